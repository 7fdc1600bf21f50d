"""What is measured on trained ensembles: every size from one member to all of them, on each seed's own test points."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.ensembles import combining
from nnviz.concepts.ensembles.combining import BINS
from nnviz.concepts.ensembles.draws import Points
from nnviz.concepts.ensembles.settings import Params
from nnviz.concepts.ensembles.training import Members
from nnviz.core.progress import Report

Floats = NDArray[np.float64]
GROUPS = 5


@dataclass(frozen=True)
class Scores:
    """Of S seeds' ensembles of the first 1 … M members; accuracies are shares 0…1 of the test points.

    Attributes:
        weights: (S, M, M) rows of weights that sum to one, row m for the first m + 1 members.
        accuracy: (S, M) of the ensembles.
        own: (S, M) of each member alone.
        train_accuracy: (S, M) of the ensembles on the training labels as given, right or wrong.
        squared, member_squared, ambiguity: (S, M) the squared error of the ensembles, of their average member, and what
            lies between the two.
        calibration: (S, M) calibration error of the ensembles; own_calibration: (S, M) of each member alone.
        reliability: (2, 3, BINS) over all seeds, all members together (0) and the whole ensembles (1): per bin of the
            chance, the mean chance, the share of class b, and the number of answers; nan where a bin is empty.
        apart, pair_accuracy: (pairs,) of all pairs of the drawn seed's members; see `combining.pairs`.
        overlap: (S,) mean share of test points that two members name differently; nan with one member.
        repeated: (S,) share of the wrong training labels that the whole ensemble repeats; nan where none is wrong.
        unsure: (S, GROUPS) share of test points that the whole ensemble gets wrong, in equal groups from the least to the
            most disagreement.
        missed: (S,) share of the rightly labelled training points that the whole ensemble gets wrong.
    """

    weights: Floats
    accuracy: Floats
    own: Floats
    train_accuracy: Floats
    squared: Floats
    member_squared: Floats
    ambiguity: Floats
    calibration: Floats
    own_calibration: Floats
    reliability: Floats
    apart: Floats
    pair_accuracy: Floats
    overlap: Floats
    repeated: Floats
    unsure: Floats
    missed: Floats


def hard(params: Params) -> bool:
    """Whether members name a class instead of giving a chance."""
    return params.combine == "vote" or (params.combine == "own" and params.method == "boosting")


def answers_of(chances: Floats, *, votes: bool) -> Floats:
    """Return what members put in: their chance of b, or 1 for b and 0 for a."""
    return (chances > 0.5).astype(np.float64) if votes else chances


def weights_of(params: Params, members: Members, index: int, points: Points) -> Floats:
    """Return the weights (M, M) of the first 1 … M members in one seed's ensemble."""
    equal = np.ones(len(members.activations))
    if params.combine in ("mean", "vote"):
        return combining.growing(equal)
    if members.held_out is not None:
        return combining.stacked(members.held_out[index], points.targets.astype(np.float64))
    if params.method == "boosting":
        return combining.growing(members.say[index])
    if params.combine == "own":
        return combining.growing(equal)
    right = (members.chances(index, points.inputs) > 0.5) == (points.targets == 1)
    return combining.growing(combining.log_odds(right.mean(axis=1), right.shape[1]))


def scores_of(params: Params, members: Members, points: tuple[Points, ...], report: Report) -> Scores:
    """Measure every seed's ensembles of 1 … M members."""
    rows: list[dict[str, Any]] = []
    chances, mixed, targets = [], [], []
    for index, each in enumerate(points):
        report(index / len(points), "testing")
        weights = weights_of(params, members, index, each)
        own = members.chances(index, each.test_inputs)
        rows.append(one_seed(params, members, index, each, own, weights))
        chances.append(own)
        mixed.append(weights[-1:] @ answers_of(own, votes=hard(params)))
        targets.append(each.test_targets)
    table = {name: np.stack([row[name] for row in rows]) for name in rows[0] if name not in ("apart", "pair_accuracy")}
    parts = [reliability(answers, targets) for answers in (chances, mixed)]
    first = {name: rows[0][name] for name in ("apart", "pair_accuracy")}
    return Scores(**table, **first, reliability=np.stack(parts))


def one_seed(
    params: Params, members: Members, index: int, points: Points, chances: Floats, weights: Floats
) -> dict[str, Any]:
    """Measure one seed's ensembles; the names are those of `Scores`."""
    votes, truth = hard(params), points.test_targets.astype(np.float64)
    answers = answers_of(chances, votes=votes)
    split = combining.ambiguity_split(answers, weights, truth)
    mixed = weights @ answers
    trained = weights @ answers_of(members.chances(index, points.inputs), votes=votes)
    apart, pair_accuracy = combining.pairs(chances > 0.5, truth == 1)
    wrong = points.targets != points.truth
    repeats = combining.named(trained[-1]) == (points.targets == 1)
    return {
        "weights": weights,
        "accuracy": (combining.named(mixed) == (truth == 1)).mean(axis=1),
        "own": ((chances > 0.5) == (truth == 1)).mean(axis=1),
        "train_accuracy": (combining.named(trained) == (points.targets == 1)).mean(axis=1),
        "squared": split.ensemble,
        "member_squared": split.member,
        "ambiguity": split.ambiguity,
        "calibration": combining.calibration_error(mixed, truth),
        "own_calibration": combining.calibration_error(answers, truth),
        "apart": apart,
        "pair_accuracy": pair_accuracy,
        "overlap": apart.mean() if len(apart) else np.nan,
        "repeated": repeats[wrong].mean() if wrong.any() else np.nan,
        "unsure": wrong_by_disagreement(answers, weights[-1:], truth),
        "missed": 1 - repeats[~wrong].mean(),
    }


def wrong_by_disagreement(answers: Floats, weights: Floats, truth: Floats) -> Floats:
    """Return the share of points wrong in equal groups from the least to the most disagreement, (GROUPS,).

    Args:
        answers: (M, N) of the members; weights: (1, M) of the ensemble; truth: (N,), at least GROUPS points.
    """
    order = np.argsort(combining.disagreement(answers, weights)[0], kind="stable")
    wrong = combining.named(weights @ answers)[0] != (truth == 1)
    return np.array([part.mean() for part in np.array_split(wrong[order].astype(np.float64), GROUPS)])


def reliability(answers: list[Floats], targets: list[NDArray[np.int64]]) -> Floats:
    """Return mean chance, share of b and count by bin, (3, BINS), of all rows of all seeds together."""
    gaps, sums, counts = (np.zeros(BINS) for _ in range(3))
    for rows, truth in zip(answers, targets, strict=True):
        found = combining.binned(rows, np.broadcast_to(truth, rows.shape))
        gaps, sums, counts = (total + each.sum(axis=0) for total, each in zip((gaps, sums, counts), found, strict=True))
    with np.errstate(invalid="ignore"):
        return np.stack([sums / counts, (sums - gaps) / counts, counts])
