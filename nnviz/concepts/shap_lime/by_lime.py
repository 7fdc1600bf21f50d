"""The `lime` package on the page's subject: a weighted linear fit to the network's answers around one row."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.shap_lime.game import SIDE, Game
from nnviz.concepts.shap_lime.network import Floats

PICTURE_SHARE = 1 / 3  # lime's own widths are 0.75·√d for tables and 0.25 for pictures: one setting serves both


@dataclass(frozen=True)
class Line:
    """LIME's linear stand-in for the network near one row.

    Attributes:
        weights: (d,) slope per standard deviation, or effect of being in the row's own quartile; of a digit (M,) effect
            of showing a tile instead of the background's mean.
        intercept: where the line starts; prediction: what it says of the row itself.
        score: R², weighted, on its own samples.
        effects: (M,) by player, what the line says that the row's value changes against the background's mean.
        samples: (n, d) inputs that the network was asked about, the row first; answers: (n,) what it said.
        shown: (n, M) for a digit, which tiles each sample shows; empty for a table.
        closeness: (n,) weight of each sample in the fit, 0…1.
    """

    weights: Floats
    intercept: float
    prediction: float
    score: float
    effects: Floats
    samples: Floats
    answers: Floats
    shown: Floats
    closeness: Floats

    @property
    def neighbours(self) -> float:
        """Effective number of samples, (Σ w)² / Σ w² (Kish 1965): 1 if only the row itself has weight."""
        return float(self.closeness.sum() ** 2 / np.sum(self.closeness**2))


def explain(game: Game, row: Floats, *, samples: int, width: float, bins: bool, seed: int) -> Line:
    """Return lime's explanation of a row (d,).

    Args:
        samples: how many points around the row are tried.
        width: of the kernel √exp(−distance²/width²), in units of √d for a table; see PICTURE_SHARE for a digit.
        bins: describe a table's values by quartile, lime's own default, instead of by slope.
        seed: of the samples.

    Source: Ribeiro, Singh & Guestrin, "Why should I trust you?", 2016.
    """
    if game.subject.picture:
        return _picture(game, row, samples, width, seed)
    return _table(game, row, samples, width, bins, seed)


def closeness(distances: Floats, kernel_width: float) -> Floats:
    """Return lime's kernel √exp(−d²/w²)."""
    return np.asarray(np.sqrt(np.exp(-(distances**2) / kernel_width**2)))


class Notebook:
    """Writes down what lime asks and how it weighs, and answers as the network does."""

    def __init__(self, answer: Callable[[Floats], Floats]) -> None:
        self._answer = answer
        self.samples: list[Floats] = []
        self.answers: list[Floats] = []
        self.closeness = np.zeros(0)

    def ask(self, inputs: Floats) -> Floats:
        """Answer inputs (n, d) with (n,)."""
        self.samples.append(np.array(inputs))
        self.answers.append(self._answer(inputs))
        return self.answers[-1]

    def weigh(self, distances: Floats, kernel_width: float) -> Floats:
        """Weigh samples by their distance."""
        self.closeness = closeness(distances, kernel_width)
        return self.closeness


def _table(game: Game, row: Floats, samples: int, width: float, bins: bool, seed: int) -> Line:
    notes = Notebook(game.answer)
    explainer = table_explainer(game, width, bins, seed, notes.weigh)
    found = explainer.explain_instance(row, notes.ask, num_features=len(row), num_samples=samples)
    weights = _in_order(found.local_exp[1], len(row))
    against = 1.0 if bins else row - game.background.mean(axis=0)
    return Line(
        weights=weights,
        intercept=float(found.intercept[1]),
        prediction=float(found.local_pred[0]),
        score=float(found.score),
        effects=game.summed(weights * against),
        samples=notes.samples[0],
        answers=notes.answers[0],
        shown=np.zeros((samples, 0)),
        closeness=notes.closeness,
    )


def table_explainer(
    game: Game, width: float, bins: bool, seed: int, kernel: Callable[[Floats, float], Floats] = closeness
) -> Any:
    """Return lime's explainer of a table; answers are taken as numbers, so log-odds and values work as well."""
    from lime.lime_tabular import LimeTabularExplainer

    return LimeTabularExplainer(
        game.subject.train,
        mode="regression",
        discretize_continuous=bins,
        sample_around_instance=not bins,
        kernel_width=width * np.sqrt(game.subject.train.shape[1]),
        kernel=kernel,
        feature_selection="none",
        random_state=seed,
    )


def _picture(game: Game, row: Floats, samples: int, width: float, seed: int) -> Line:
    notes = Notebook(game.answer)
    segments = np.empty(row.shape, dtype=np.int64)
    for tile, pixels in enumerate(game.groups):
        segments[list(pixels)] = tile
    explainer = picture_package().LimeImageExplainer(
        kernel_width=PICTURE_SHARE * width, kernel=notes.weigh, random_state=seed
    )
    hidden = game.background.mean(axis=0)
    found = explainer.explain_instance(
        _grey(row),
        lambda pictures: notes.ask(np.asarray(pictures)[..., 0].reshape(len(pictures), -1))[:, None],
        labels=(0,),
        hide_color=_grey(hidden),
        top_labels=None,
        num_samples=samples,
        batch_size=samples,
        segmentation_fn=lambda _picture: segments.reshape(SIDE, SIDE),
        random_seed=seed,
    )
    weights = _in_order(found.local_exp[0], len(game.groups))
    asked = np.concatenate(notes.samples)
    return Line(
        weights=weights,
        intercept=float(found.intercept[0]),
        prediction=float(found.local_pred[0]),
        score=float(found.score),
        effects=weights,
        samples=asked,
        answers=np.concatenate(notes.answers),
        shown=_shown(asked, row, game),
        closeness=notes.closeness,
    )


@cache
def picture_package() -> Any:
    """Import lime's pictures, without the progress bar that it would print to the server's log."""
    from lime import lime_image

    lime_image.tqdm = partial(lime_image.tqdm, disable=True)
    return lime_image


def _shown(samples: Floats, row: Floats, game: Game) -> Floats:
    """Return (n, M) which tiles of a digit stand in each sample as they are."""
    same = np.isclose(samples, row)
    return np.stack([same[:, list(pixels)].all(axis=1) for pixels in game.groups], axis=1).astype(np.float64)


def _grey(pixels: Floats) -> Floats:
    """Return (8, 8, 3): lime takes pictures in colour."""
    return np.repeat(pixels.reshape(SIDE, SIDE, 1), 3, axis=2)


def _in_order(pairs: list[tuple[NDArray[np.int64], float]], count: int) -> Floats:
    """Return the weights in the order of the features, from lime's pairs sorted by size."""
    weights = np.zeros(count)
    for index, weight in pairs:
        weights[int(index)] = weight
    return weights
