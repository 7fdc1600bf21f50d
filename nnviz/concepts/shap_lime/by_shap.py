"""The `shap` package on the page's game. It takes seconds to import, so it is imported when it is first needed."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, Literal

import numpy as np
import torch

from nnviz.concepts.shap_lime.game import Game
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.shapley import Groups, worth

Explainer = Literal["exact", "kernel", "permutation", "gradient", "deep"]
DRAWING = ("kernel", "permutation", "gradient")
"""Explainers that draw at random."""

_turn = Lock()


@cache
def package() -> Any:
    """Import shap; it uses functions of matplotlib that will be deprecated, which is no news to a learner."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=PendingDeprecationWarning, module=r"shap\.plots\.colors")
        import shap
    return shap


@contextmanager
def drawing_from(seed: int) -> Iterator[None]:
    """Seed NumPy's shared generator, from which shap draws, and leave it as it was found; one thread at a time."""
    from sklearn.utils import check_random_state

    shared = check_random_state(None)  # the generator behind numpy.random
    with _turn:
        before = shared.get_state()
        shared.seed(seed)
        try:
            yield
        finally:
            shared.set_state(before)


def values(explainer: Explainer, game: Game, row: Floats, *, samples: int, seed: int, everyone: bool = False) -> Floats:
    """Return the package's SHAP values: (M,) by player, or (d,) by feature if every feature plays.

    gradient and deep explain every feature in any case; their values are added up by player unless `everyone`.

    Args:
        row: (d,).
        samples: coalitions asked (kernel), evaluations (permutation) or gradients taken (gradient).
        seed: of what is drawn.
        everyone: each feature is a player of its own.
    """
    if explainer in ("gradient", "deep"):
        by_feature = _through_layers(explainer, game, row, samples, seed)
        return by_feature if everyone else game.summed(by_feature)
    groups = tuple((feature,) for feature in range(len(row))) if everyone else game.groups
    with drawing_from(seed):
        return _by_coalitions(explainer, asked(game, row, groups), len(groups), samples, seed)


def asked(game: Game, row: Floats, groups: Groups) -> Callable[[Floats], Floats]:
    """Return the game as a function that shap can ask: from who is present (n, M) as 0 or 1 to worths (n,)."""
    return lambda present: worth(game.answer, row, game.background, groups, np.asarray(present) > 0.5)


def _by_coalitions(
    explainer: Explainer, ask: Callable[[Floats], Floats], players: int, samples: int, seed: int
) -> Floats:
    shap, nobody, all_present = package(), np.zeros((1, players)), np.ones((1, players))
    if explainer == "exact":
        return np.asarray(shap.explainers.Exact(ask, nobody)(all_present, silent=True).values[0])
    if explainer == "permutation":
        explain = shap.explainers.Permutation(ask, nobody, seed=seed)
        return np.asarray(explain(all_present, max_evals=max(samples, 2 * players + 1), silent=True).values[0])
    kernel = shap.KernelExplainer(ask, nobody)
    enough = max(samples, 4 * players)  # with fewer the regression has more unknowns than equations
    return np.asarray(kernel.shap_values(all_present, nsamples=enough, l1_reg=False, silent=True)[0])


def _through_layers(explainer: Explainer, game: Game, row: Floats, samples: int, seed: int) -> Floats:
    """Return (d,) values of the explainers that look inside: expected gradients, or DeepLIFT averaged over the background."""
    shap, module = package(), game.answer.module()
    background, own = torch.tensor(game.background), torch.tensor(row[None])
    if explainer == "deep":
        found = shap.DeepExplainer(module, background).shap_values(own, check_additivity=False)
    else:
        explain = shap.GradientExplainer(module.float(), background.float())  # it mixes in float32 only
        with drawing_from(seed):
            found = explain.shap_values(own.float(), nsamples=samples, rseed=seed)
    return np.asarray(found, dtype=np.float64).reshape(-1)
