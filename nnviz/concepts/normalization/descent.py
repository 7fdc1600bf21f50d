"""Gradient descent on two features: a loss whose shape is the features' covariance, and the way across it.

The model is ŷ = w·x + b with half the mean squared error. The bias is kept at its best, so the loss over the two weights
is ½ (w − w*)ᵀ C (w − w*) above its lowest, with the covariance C of the features. Plain NumPy.
"""

import numpy as np

from nnviz.concepts.normalization.scaling import Floats

EXAMPLES = 60
BEGIN = np.array([1.8, 0.95])  # where every descent starts, measured from the best weights
CLOSE = 0.01  # share of its first distance at which a descent has arrived
MOST_STEPS = 1e9
FLAT = 1e-12  # a curvature below this share of the largest is rounding


def features(seed: int, ratio: float, correlation: float, outlier: float) -> Floats:
    """Return two normal features (60, 2), the second `ratio` times as wide; example 0 is moved in the first.

    Args:
        outlier: where its first feature is moved to, in standard deviations; 0 leaves it.
    """
    draws = np.random.default_rng(seed).standard_normal((EXAMPLES, 2))
    second = correlation * draws[:, 0] + np.sqrt(1 - correlation**2) * draws[:, 1]
    first = draws[:, 0].copy()
    if outlier:
        first[0] = outlier
    return np.column_stack([first, ratio * second])


def covariance(inputs: Floats) -> Floats:
    """Return the features' covariance: (..., N, 2) to (..., 2, 2)."""
    centred = inputs - inputs.mean(axis=-2, keepdims=True)
    return np.asarray(np.swapaxes(centred, -1, -2) @ centred / inputs.shape[-2])


def curvature(matrix: Floats) -> tuple[Floats, Floats]:
    """Return the curvatures of the loss (..., 2), least first, and their directions (..., 2, 2), one a column."""
    values, vectors = np.linalg.eigh(matrix)
    return np.where(values > FLAT * values[..., 1:], values, 0.0), vectors


def condition(values: Floats) -> Floats:
    """Return κ = λmax/λmin, (..., 2) to (...); infinity where a direction has no curvature."""
    with np.errstate(divide="ignore"):
        return np.asarray(values[..., 1] / values[..., 0])


def path(values: Floats, vectors: Floats, step: float, steps: int) -> Floats:
    """Return the weights, from the best ones, after 0 … `steps` steps of size η = step/λmax, (steps + 1, 2).

    In the directions of the eigenvectors gradient descent is a power: u ← u − ηCu gives (1 − ηλ)ᵗ u₀.
    """
    shrink = 1 - step * values / values[1]
    powers = shrink ** np.arange(steps + 1)[:, None]  # (t, 2)
    return np.asarray((powers * (vectors.T @ BEGIN)) @ vectors.T)


def steps_needed(values: Floats, vectors: Floats, step: float) -> Floats:
    """Return after how many steps the distance is a hundredth of the first, (...); infinity if not within 10⁹.

    The distance's square after t steps is Σ (1 − ηλᵢ)²ᵗ (vᵢ·u₀)²; t is found by halving.
    """
    shrink = np.abs(1 - step * values / values[..., 1:])
    squares = (np.swapaxes(vectors, -1, -2) @ BEGIN) ** 2
    goal = CLOSE**2 * squares.sum(axis=-1)
    low, high = np.full(goal.shape, -1.0), np.full(goal.shape, MOST_STEPS)  # far at `low`, close at `high`
    with np.errstate(over="ignore", under="ignore"):
        never = (shrink ** (2 * MOST_STEPS) * squares).sum(axis=-1) > goal
        while np.any(high - low > 1):
            middle = np.floor((low + high) / 2)
            far = (shrink ** (2 * middle[..., None]) * squares).sum(axis=-1) > goal
            low, high = np.where(far, middle, low), np.where(far, high, middle)
    return np.asarray(np.where(never, np.inf, high))
