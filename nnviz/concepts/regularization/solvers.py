"""Least squares under a penalty: ½‖y − Xw‖²/n + λ(α‖w‖₁ + ½(1 − α)‖w‖²), or within a ball ‖w‖ ≤ c.

Everything works on G = XᵀX/n and g = Xᵀy/n, which is all that such a problem knows of its data.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.ensemble.compilation import entry, inlined
from nnviz.core.ensemble.network import plain

Floats = NDArray[np.float64]
SWEEPS = 6  # of coordinate descent between two attempts to settle
ROUNDS = 3000


def soft_threshold(values: ArrayLike, threshold: float) -> Floats:
    """Return sign(v) max(|v| − θ, 0): what one weight alone does under an L1 penalty; below θ it is exactly 0."""
    array = np.asarray(values, dtype=np.float64)
    return np.asarray(np.sign(array) * np.maximum(np.abs(array) - threshold, 0.0))


def sweep(gram: Floats, correlation: Floats, l1: float, l2: float, weights: Floats) -> float:
    """Give each weight in turn its best value while the others stand still: soft threshold, then shrinkage; in place.

    Returns:
        the largest change of a weight.

    Source: Friedman, Hastie & Tibshirani, "Regularization paths for generalized linear models", 2010.
    """
    moved = 0.0
    for j in range(len(weights)):
        before, pull = weights[j], correlation[j]
        for k in range(len(weights)):
            if k != j:
                pull -= gram[j, k] * weights[k]
        size = max(abs(pull) - l1, 0.0)
        weights[j] = np.sign(pull) * size / (gram[j, j] + l2) if size > 0 else 0.0
        moved = max(moved, abs(weights[j] - before))
    return moved


def settle(gram: Floats, correlation: Floats, l1: float, l2: float, weights: Floats) -> bool:
    """Solve exactly for the weights that are not 0, their signs held; keep that if it is the minimum of all.

    It is, if no sign has turned and no weight at 0 is pulled harder than l1 (Karush, Kuhn and Tucker's conditions).
    """
    active = np.flatnonzero(weights)
    signs = np.sign(weights[active])
    matrix = gram[active][:, active] + (l2 + 1e-15 * np.trace(gram)) * np.eye(len(active))
    solved = np.linalg.solve(matrix, correlation[active] - l1 * signs)
    if np.any(np.sign(solved) != signs):
        return False
    whole = np.zeros(len(weights))
    whole[active] = solved
    pull = np.abs(correlation - np.dot(gram, whole))
    for j in range(len(weights)):
        if whole[j] == 0 and pull[j] > l1 * (1 + 1e-9):
            return False
    weights[:] = whole
    return True


def coordinate_descent(gram: Floats, correlation: Floats, l1: float, l2: float, weights: Floats) -> None:
    """Minimize ½wᵀGw − gᵀw + l1‖w‖₁ + ½ l2‖w‖² by solving for one weight after the other, in place.

    Every few sweeps it is asked whether the weights that are 0 are known by now; then the others follow exactly.

    Args:
        gram: G (p, p); correlation: g (p,); weights: (p,) where to begin.
    """
    for _ in range(ROUNDS):
        moved = 0.0
        for _again in range(SWEEPS):
            moved = sweep(gram, correlation, l1, l2, weights)
        if settle(gram, correlation, l1, l2, weights) or moved == 0:
            return


def descend(
    gram: Floats, correlation: Floats, l1: float, l2: float, radius: float, rate: float, proximal: bool, path: Floats
) -> None:
    """Take steps of gradient descent from path[0], written into path (T + 1, p).

    Proximal: step along the smooth part, then the soft threshold (ISTA). Otherwise L1 takes part in the gradient, as
    λ sign(w), and nothing ever stops at 0. After each step weights outside the ball are put back on it (max-norm).

    Source: Beck & Teboulle, "A fast iterative shrinkage-thresholding algorithm", 2009.
    """
    for step in range(1, len(path)):
        before = path[step - 1]
        pull = np.dot(gram, before) - correlation + l2 * before
        if proximal:
            moved = before - rate * pull
            after = np.sign(moved) * np.maximum(np.abs(moved) - rate * l1, 0.0)
        else:
            after = before - rate * (pull + l1 * np.sign(before))
        norm = np.sqrt(np.sum(after**2))
        path[step] = after * (radius / norm) if norm > radius else after


_descend = entry(descend)
# The same functions compiled; numba looks a function's callees up by name, so each needs its own compiled names.
_sweep, _settle = inlined(sweep), inlined(settle)


@inlined
def _coordinate_descent(gram: Floats, correlation: Floats, l1: float, l2: float, weights: Floats) -> None:
    """Do what `coordinate_descent` does, compiled."""
    for _ in range(ROUNDS):
        moved = 0.0
        for _again in range(SWEEPS):
            moved = _sweep(gram, correlation, l1, l2, weights)
        if _settle(gram, correlation, l1, l2, weights) or moved == 0:
            return


@entry
def _elastic_paths(grams: Floats, correlations: Floats, l1: Floats, l2: Floats, weights: Floats) -> None:
    """Solve S problems (S, p, p), (S, p) at G strengths, each beginning where the one before ended: (S, G, p)."""
    for index in range(len(grams)):
        for place in range(len(l1)):
            if place > 0:
                weights[index, place] = weights[index, place - 1]
            _coordinate_descent(grams[index], correlations[index], l1[place], l2[place], weights[index, place])


def elastic_paths(grams: Floats, correlations: Floats, strengths: Floats, mix: float) -> Floats:
    """Return the elastic net's weights (S, G, p) at strengths λ (G,), largest first for speed; mix is α.

    Args:
        grams: (S, p, p); correlations: (S, p).
    """
    found = np.zeros((len(grams), len(strengths), grams.shape[-1]))
    order = np.argsort(strengths)[::-1]
    l1, l2 = strengths[order] * mix, strengths[order] * (1 - mix)
    _elastic_paths(plain(grams), plain(correlations), l1, l2, found)
    result = np.empty_like(found)
    result[:, order] = found
    return result


def ridge_paths(grams: Floats, correlations: Floats, strengths: Floats) -> Floats:
    """Return ridge's weights in closed form, V diag(1/(e + λ)) Vᵀg: (S, G, p). Directions without data stay 0.

    Source: Hoerl & Kennard, "Ridge regression", 1970.
    """
    values, vectors = eigen(grams)
    along = np.einsum("spr,sp->sr", vectors, correlations)  # (S, r)
    bottom = values[:, None] + strengths[:, None]  # (S, G, r)
    kept = np.divide(along[:, None], bottom, out=np.zeros(bottom.shape), where=bottom > 0)
    return np.asarray(np.einsum("spr,sgr->sgp", vectors, kept))


def ball_paths(grams: Floats, correlations: Floats, radii: Floats) -> Floats:
    """Return the least-squares weights within ‖w‖ ≤ c, for radii c (G,): (S, G, p).

    Where the ball is too small for least squares, they are ridge's for the one λ at which ‖w‖ = c, found by halving.
    """
    values, vectors = eigen(grams)
    along = np.einsum("spr,sp->sr", vectors, correlations)[:, None]  # (S, 1, r)
    spread = values[:, None]  # (S, 1, r)
    shape = (len(grams), len(radii))
    low, high = np.full(shape, -30.0), np.full(shape, 30.0)  # ln λ
    for _ in range(80):
        middle = (low + high) / 2
        norms = np.sqrt(((along / (spread + np.exp(middle)[..., None])) ** 2).sum(axis=-1))
        low, high = np.where(norms > radii, middle, low), np.where(norms > radii, high, middle)
    kept = along / (spread + np.exp(high)[..., None])
    return np.asarray(np.einsum("spr,sgr->sgp", vectors, kept))


def eigen(grams: Floats) -> tuple[Floats, Floats]:
    """Return eigenvalues (S, p), what is only rounding set to 0, and eigenvectors (S, p, p) of symmetric matrices."""
    values, vectors = np.linalg.eigh(grams)
    return np.where(values > 1e-13 * values[:, -1:], values, 0.0), vectors


def descent_path(
    gram: Floats,
    correlation: Floats,
    steps: int,
    *,
    l1: float = 0.0,
    l2: float = 0.0,
    radius: float = np.inf,
    proximal: bool = True,
) -> Floats:
    """Return the weights (T + 1, p) on the way from 0, at the rate 1 / (largest eigenvalue of G, plus l2)."""
    path = np.zeros((steps + 1, len(correlation)))
    rate = 1 / max(float(np.linalg.eigvalsh(gram)[-1]) + l2, 1e-12)
    _descend(plain(gram), plain(correlation), float(l1), float(l2), float(radius), rate, proximal, path)
    return path
