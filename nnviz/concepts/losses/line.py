"""A line through ten points and one outlier, under MSE, MAE and Huber."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.core.memo import memo
from nnviz.core.seeds import generator

Floats = NDArray[np.float64]
POINTS = 10
SLOPE, INTERCEPT, NOISE = 0.8, 0.5, 0.8
HALF = 5.0  # the ten points lie in ±HALF
FARTHEST = 20.0  # how high the outlier goes, both ways
ACROSS = 40.0  # how far out; beyond Σ|xᵢ| of the others, about 28, even the MAE line follows
LEVELS: Floats = np.linspace(-FARTHEST, FARTHEST, 41)
LINES = ("mse", "mae", "huber")
MOST = 300  # rounds of reweighting


@dataclass(frozen=True)
class Lines:
    """Lines under the three losses.

    Attributes:
        x, y: (11,) the points, the outlier last.
        fits: (3, 2) slope and intercept of each line; calm: (3, 2) the same with the outlier on the true line.
        sweep: (3, 41, 2) lines as the outlier's height goes through LEVELS.
    """

    x: Floats
    y: Floats
    fits: Floats
    calm: Floats
    sweep: Floats


def clean_points(seed: int = 0) -> tuple[Floats, Floats]:
    """Return ten points around y = 0.8x + 0.5."""
    x = np.linspace(-HALF, HALF, POINTS)
    noise = torch.randn(POINTS, generator=generator(seed, "line"), dtype=torch.float64).numpy()
    return x, SLOPE * x + INTERCEPT + NOISE * noise


def with_outlier(x: Floats, y: Floats, across: float, up: float) -> tuple[Floats, Floats]:
    """Return the points with one more."""
    return np.append(x, across), np.append(y, up)


def least_squares(x: Floats, y: Floats, weight: Floats | None = None) -> Floats:
    """Return slope and intercept that minimise Σ w (y − ax − b)², in closed form: (..., N) → (..., 2)."""
    w = np.ones_like(y) if weight is None else weight
    whole = w.sum(axis=-1)
    mean_x, mean_y = (w * x).sum(axis=-1) / whole, (w * y).sum(axis=-1) / whole
    away = x - mean_x[..., None]
    slope = (w * away * y).sum(axis=-1) / (w * away * x).sum(axis=-1)
    return np.stack([slope, mean_y - slope * mean_x], axis=-1)


def least_absolute(x: Floats, y: Floats) -> Floats:
    """Return slope and intercept that minimise Σ|y − ax − b|: the best line through two of the points.

    (N,), (..., N) → (..., 2). Some best line passes through two points (a vertex of the linear program), so all pairs
    are tried. Source: Boscovich 1757; Koenker & Bassett 1978.
    """
    first, second = np.triu_indices(len(x), 1)
    apart = np.abs(x[first] - x[second]) > 1e-9
    first, second = first[apart], second[apart]
    slopes = (y[..., first] - y[..., second]) / (x[first] - x[second])
    lines = np.stack([slopes, y[..., first] - slopes * x[first]], axis=-1)  # (..., pairs, 2)
    errors = np.abs(y[..., None, :] - lines[..., :1] * x - lines[..., 1:]).sum(axis=-1)
    best = errors.argmin(axis=-1)
    return np.take_along_axis(lines, best[..., None, None], axis=-2)[..., 0, :]


def least_huber(x: Floats, y: Floats, delta: float) -> Floats:
    """Return slope and intercept that minimise Huber's loss, by reweighted least squares: w = min(1, δ/|r|).

    (N,), (..., N) → (..., 2). Source: Huber 1964; Holland & Welsch 1977.
    """
    line = least_squares(x, y)
    for _ in range(MOST):
        size = np.abs(y - line[..., :1] * x - line[..., 1:])
        moved = least_squares(x, y, np.minimum(1.0, delta / np.maximum(size, 1e-12)))
        step = float(np.abs(moved - line).max())
        line = moved
        if step < 1e-10:
            break
    return line


def fit(x: Floats, y: Floats, delta: float) -> Floats:
    """Return the lines under MSE, MAE and Huber: (N,), (..., N) → (3, ..., 2)."""
    return np.stack([least_squares(x, y), least_absolute(x, y), least_huber(x, y, delta)])


@memo(maxsize=256)
def sweep(across: float, delta: float, seed: int = 0) -> Floats:
    """Return the three lines at every height of the outlier, (3, 41, 2)."""
    x, y = clean_points(seed)
    heights = np.concatenate([np.broadcast_to(y, (len(LEVELS), len(y))), LEVELS[:, None]], axis=1)
    return fit(np.append(x, across), heights, delta)


def lines(across: float, up: float, delta: float, seed: int = 0) -> Lines:
    """Fit the lines with the outlier at (across, up)."""
    x, y = with_outlier(*clean_points(seed), across, up)
    calm = y.copy()
    calm[-1] = SLOPE * across + INTERCEPT
    both = fit(x, np.stack([y, calm]), delta)
    return Lines(x, y, both[:, 0], both[:, 1], sweep(across, delta, seed))


def shift(moved: Floats, calm: Floats) -> Floats:
    """Return how far lines have moved, as the mean distance within ±5: (..., 2) → (...)."""
    x = np.linspace(-HALF, HALF, 101)
    return np.asarray(np.abs((moved[..., :1] - calm[..., :1]) * x + moved[..., 1:] - calm[..., 1:]).mean(axis=-1))
