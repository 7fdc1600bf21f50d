"""Many answers made one: weights, votes, and the exact split of the squared error. Pure NumPy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Floats = NDArray[np.float64]
HEAVY = 1e3  # how strictly stacked weights must sum to one, before they are divided by their sum
BINS = 10
ROUNDING = 1e-9  # a tie of votes stays a tie, and 3 of 10 in its bin, in whatever order they were added


@dataclass(frozen=True)
class Split:
    """Squared errors of the first 1 … M members together, each (..., M).

    Attributes:
        ensemble: mean (P − y)² of the weighted average P.
        member: the weighted mean of the members' own mean (q − y)².
        ambiguity: the weighted mean of (q − P)²: how far the members are from their average.
    """

    ensemble: Floats
    member: Floats
    ambiguity: Floats


def ambiguity_split(answers: Floats, weights: Floats, targets: Floats) -> Split:
    """Split the squared error of averages: ensemble = member − ambiguity, for any answers, targets and weights.

    Σᵢwᵢ(qᵢ − y)² = (P − y)² + Σᵢwᵢ(qᵢ − P)² with P = Σᵢwᵢqᵢ, Σᵢwᵢ = 1: so no average is worse than its average member.

    Args:
        answers: q (M, N), one row per member.
        weights: (Q, M), one row per average; rows sum to one.
        targets: y (N,).

    Returns:
        Each (Q,).

    Source: Krogh & Vedelsby, "Neural network ensembles, cross validation, and active learning", 1995.
    """
    average = weights @ answers  # (Q, N)
    own = np.mean((answers - targets) ** 2, axis=1)  # (M,)
    apart = np.mean((answers[None] - average[:, None]) ** 2, axis=2)  # (Q, M)
    return Split(np.mean((average - targets) ** 2, axis=1), weights @ own, np.sum(weights * apart, axis=1))


def named(answers: Floats) -> NDArray[np.bool_]:
    """Return whether answers (...) name class b; a tie names a, as `argmax` does."""
    return answers > 0.5 + ROUNDING


def disagreement(answers: Floats, weights: Floats) -> Floats:
    """Return √Σᵢwᵢ(qᵢ − P)² at every point: (Q, N) from answers (M, N) and weights (Q, M)."""
    average = weights @ answers
    return np.sqrt(np.maximum(weights @ answers**2 - average**2, 0.0))


def growing(scores: Floats) -> Floats:
    """Return the weights (M, M) of the first 1 … M members, in proportion to their scores (M,); equal if all are 0."""
    members = len(scores)
    shares = np.tril(np.broadcast_to(scores, (members, members)))
    totals = shares.sum(axis=1, keepdims=True)
    equal = np.tril(np.ones((members, members))) / np.arange(1, members + 1)[:, None]
    return np.where(totals > 0, shares / np.where(totals > 0, totals, 1.0), equal)


def stacked(held_out: Floats, targets: Floats) -> Floats:
    """Fit weights w ≥ 0, Σw = 1 that make Σᵢwᵢqᵢ nearest to the targets, for the first 1 … M members: (M, M).

    Args:
        held_out: (M, N) answers of each member to points that it had not learned from.
        targets: (N,).

    Source: Wolpert, "Stacked generalization", 1992; Breiman, "Stacked regressions", 1996.
    """
    members = len(held_out)
    rows = np.asarray(np.linalg.qr(np.column_stack([held_out.T, targets]), mode="r"))
    weights = np.zeros((members, members))
    for size in range(1, members + 1):
        system = np.vstack([rows[:, :size], np.full((1, size), HEAVY)])
        found, _ = nnls(system, np.append(rows[:, -1], HEAVY))
        weights[size - 1, :size] = found / found.sum()
    return weights


def boosted(wrong: NDArray[np.bool_], weights: Floats) -> tuple[float, Floats]:
    """Return a member's say α = ln((1 − ε)/ε) and the points' new weights w·exp(α·[wrong]), which sum to one.

    ε is the weighted share of points that are wrong, kept at least 1/2N, so that no say is infinite; a member no better
    than guessing has no say and the weights begin again at 1/N.

    Args:
        wrong: (N,) which points the member gets wrong.
        weights: (N,) that sum to one.

    Source: Zhu, Zou, Rosset & Hastie, "Multi-class AdaBoost" (SAMME), 2009; with two classes Freund & Schapire's
        AdaBoost, 1997, whose α is half as large and gives the same answers.
    """
    error = float(weights[wrong].sum())
    if error >= 0.5:
        return 0.0, np.full(len(weights), 1 / len(weights))
    error = max(error, 0.5 / len(weights))
    say = float(np.log((1 - error) / error))
    raised = weights * np.exp(say * wrong)
    return say, raised / raised.sum()


def log_odds(accuracies: Floats, count: int) -> Floats:
    """Return max(ln(a / (1 − a)), 0) of members' accuracies a on `count` points, kept half a point away from 1."""
    kept = np.clip(accuracies, 0.5, 1 - 0.5 / count)
    return np.log(kept / (1 - kept))


def calibration_error(chances: Floats, targets: Floats) -> Floats:
    """Return the expected calibration error (...) of chances (..., N): Σ over ten bins of (n/N)·|mean chance − share of b|.

    Source: Naeini, Cooper & Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015.
    """
    rows = chances.reshape(-1, chances.shape[-1])
    gaps, _, _ = binned(rows, np.broadcast_to(targets, rows.shape))
    return np.asarray(np.abs(gaps).sum(axis=1) / rows.shape[1]).reshape(chances.shape[:-1])


def binned(chances: Floats, targets: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
    """Return per row and bin the sum of (chance − target), the sum of chances and the count: (R, BINS) each."""
    rows = len(chances)
    places = np.minimum((chances * BINS + ROUNDING).astype(np.int64), BINS - 1) + BINS * np.arange(rows)[:, None]

    def summed(values: Floats) -> Floats:
        return np.bincount(places.ravel(), values.ravel(), rows * BINS).astype(np.float64).reshape(rows, BINS)

    return summed(chances - targets), summed(chances), summed(np.ones_like(chances))


def pairs(named: NDArray[np.bool_], targets: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return for every pair of members the share of points that they name differently, and their mean accuracy.

    Args:
        named: (M, N) whether each member names class b; targets: (N,) whether it is.

    Returns:
        Each (M (M − 1) / 2,).

    Source: Margineantu & Dietterich, "Pruning adaptive boosting", 1997 (the kappa–error diagram).
    """
    signs = np.where(named, 1.0, -1.0)
    first, second = np.triu_indices(len(named), 1)
    apart = 0.5 * (1 - (signs @ signs.T)[first, second] / named.shape[1])
    right = (named == targets).mean(axis=1)
    return apart, 0.5 * (right[first] + right[second])
