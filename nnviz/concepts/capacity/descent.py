"""Least squares with 1, 2, … P features in one pass: every step adds one column, and no step begins anew.

With Q (orthonormal), L (lower triangular) and Z (orthonormal) such that Φ = Q L Zᵀ, the shortest of the best weights are
w = Z L⁻¹ Qᵀ y. A new column either adds a row to L or, once Φ has full rank, is turned into it by Givens rotations; the
same rotations turn the features T = Φ_test Z of the test points, so that answers are T L⁻¹ Qᵀ y.
Ridge is the same with the columns √λ I in front, whose test features are 0.
Source: Golub & Van Loan, Matrix Computations, 4th ed. 2013, sections 5.1 and 6.5.
"""

import math

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.compilation import entry, inlined

Floats = NDArray[np.float64]
DEPENDENT = 1e-7  # a column whose new part is this small beside itself brings nothing new, only rounding errors


@inlined
def new_part(column: Floats, basis: Floats, rank: int, rest: Floats, along: Floats) -> float:
    """Split a column into `along` (its coordinates in the basis) and `rest`; return the length of the rest.

    Twice Gram-Schmidt, because once leaves rounding errors that grow. A full basis leaves no rest.
    """
    size = 0.0
    for i in range(len(column)):
        rest[i] = column[i]
        size += column[i] * column[i]
    for j in range(rank + 1):
        along[j] = 0.0
    for _ in range(1 if rank == len(column) else 2):
        for j in range(rank):
            share = 0.0
            for i in range(len(column)):
                share += basis[j, i] * rest[i]
            along[j] += share
            for i in range(len(column)):
                rest[i] -= share * basis[j, i]
    left = 0.0
    for i in range(len(column)):
        left += rest[i] * rest[i]
    return 0.0 if rank == len(column) or left <= DEPENDENT**2 * size else math.sqrt(left)


@inlined
def turn_in(lower: Floats, along: Floats, turned: Floats, probe: Floats, rank: int, rows: int) -> None:
    """Rotate a new column into the first `rank` columns of L, and its test features into theirs."""
    for j in range(rank):
        if along[j] == 0.0:
            continue
        length = math.hypot(lower[j, j], along[j])
        cosine, sine = lower[j, j] / length, along[j] / length
        for k in range(j, rows):
            old, new = lower[j, k], along[k]
            lower[j, k] = cosine * old + sine * new
            along[k] = cosine * new - sine * old
        for m in range(len(probe)):
            old, new = turned[j, m], probe[m]
            turned[j, m] = cosine * old + sine * new
            probe[m] = cosine * new - sine * old


@inlined
def measure(
    lower: Floats, seen: Floats, rank: int, labels: Floats, ridge: float, solution: Floats, back: Floats, sums: Floats
) -> None:
    """Solve L z = Qᵀy for both labels; put squared residuals and squared lengths of the weights into `sums` (2, 3)."""
    for k in range(rank):
        for side in range(2):
            value = seen[side, k]
            for j in range(k):
                value -= lower[j, k] * solution[side, j]
            solution[side, k] = value / lower[k, k]
    for side in range(2):  # only ridge leaves something on the way back: residual = λ L⁻ᵀ z
        for k in range(rank - 1, -1, -1):
            value = solution[side, k] if ridge > 0 else 0.0
            for j in range(k + 1, rank):
                value -= lower[k, j] * back[side, j]
            back[side, k] = value / lower[k, k]
    for term in range(3):
        one, other = (0 if term < 2 else 1), (0 if term == 0 else 1)
        weight = 2.0 if term == 1 else 1.0
        residual = length = 0.0
        for i in range(labels.shape[1]):
            residual += labels[one, i] * labels[other, i]
        for k in range(rank):
            residual -= seen[one, k] * seen[other, k]
            length += solution[one, k] * solution[other, k]
        if ridge > 0:
            residual = 0.0
            for k in range(rank):
                residual += ridge * ridge * back[one, k] * back[other, k]
                length -= ridge * back[one, k] * back[other, k]
        sums[0, term] = weight * residual
        sums[1, term] = weight * length


@entry
def descend(columns: Floats, probes: Floats, labels: Floats, ridge: float, answers: Floats, sums: Floats) -> None:
    """Fit every data set with 1, 2, … P features.

    Args:
        columns: (D, P, n) features, one row a feature.
        probes: (P, M) features of the test points.
        labels: (D, 2, n) two sets of labels y₀, y₁ for the same points.
        ridge: λ ≥ 0.
        answers: (D, P, 2, M) is filled with the predictions for both.
        sums: (D, P, 2, 3) is filled with the products 00, 2·01, 11 of the residuals, and of the weights.
    """
    sets, most, points = columns.shape
    count = probes.shape[1]
    basis, lower, turned = np.zeros((points, points)), np.zeros((points, points)), np.zeros((points, count))
    seen, solution, back = np.zeros((2, points)), np.zeros((2, points)), np.zeros((2, points))
    rest, along, probe = np.zeros(points), np.zeros(points + 1), np.zeros(count)
    for d in range(sets):
        rank = 0
        turned[:] = 0.0
        lower[:] = 0.0
        if ridge > 0:
            rank = points
            basis[:] = 0.0
            for i in range(points):
                basis[i, i], lower[i, i] = 1.0, math.sqrt(ridge)
                seen[0, i], seen[1, i] = labels[d, 0, i], labels[d, 1, i]
        for p in range(most):
            left = new_part(columns[d, p], basis, rank, rest, along)
            for m in range(count):
                probe[m] = probes[p, m]
            rows = rank
            if left > 0.0:
                rows, along[rank] = rank + 1, left
                for i in range(points):
                    basis[rank, i] = rest[i] / left
                for side in range(2):
                    seen[side, rank] = 0.0
                    for i in range(points):
                        seen[side, rank] += basis[rank, i] * labels[d, side, i]
            turn_in(lower, along, turned, probe, rank, rows)
            if left > 0.0:
                lower[rank, rank] = along[rank]
                for m in range(count):
                    turned[rank, m] = probe[m]
                rank += 1
            measure(lower, seen, rank, labels[d], ridge, solution, back, sums[d, p])
            for side in range(2):
                answers[d, p, side] = 0.0
                for k in range(rank):
                    for m in range(count):
                        answers[d, p, side, m] += solution[side, k] * turned[k, m]


def fit_all(columns: Floats, probes: Floats, labels: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Return the answers (D, P, 2, M) and sums (D, P, 2, 3) of `descend`.

    Args:
        columns: (D, n, P) features of the data sets.
        probes: (M, P) features of the test points.
        labels: (D, 2, n).
    """
    sets, _, most = columns.shape
    answers, sums = np.empty((sets, most, 2, len(probes))), np.empty((sets, most, 2, 3))
    rows = np.ascontiguousarray(columns.swapaxes(1, 2))
    descend(rows, np.ascontiguousarray(probes.T), np.ascontiguousarray(labels), float(ridge), answers, sums)
    return answers, sums
