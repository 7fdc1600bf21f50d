"""A network with one hidden layer as two matrices, what is left of it without bending, and what any line can do."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layer = tuple[Array, Array]
"""Weights (..., out, in) and biases (..., out)."""

NARROW = 1e-9  # between angles as close as this there is rounding, but no direction
BLOCK = 4000  # directions tried at once

PHI: Mapping[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(0.5 * z)),
    "linear": lambda z: z,
}


def affine(points: Array, layer: Layer) -> Array:
    """Return x Wᵀ + b: points (..., N, in) → sums (..., N, out)."""
    weights, biases = layer
    return np.asarray(points @ np.swapaxes(weights, -1, -2) + biases[..., None, :])


def forward(points: Array, layers: list[Layer], activation: str) -> tuple[Array, Array]:
    """Return what the hidden units answer and the logit f(x) = w₂·φ(W₁x + b₁) + b₂; f > 0 means class b.

    Args:
        points: (N, 2).
        layers: hidden layer and output, or the output alone for a perceptron; leading axes are networks or moments.

    Returns:
        (..., N, H) hidden values (the points themselves for a perceptron) and (..., N) logits.
    """
    hidden = points
    for layer in layers[:-1]:
        hidden = PHI[activation](affine(hidden, layer))  # (..., N, 2) → (..., N, H)
    return hidden, affine(hidden, layers[-1])[..., 0]


def one_line(layers: list[Layer]) -> Layer:
    """Multiply linear layers out: W₂(W₁x + b₁) + b₂ = (W₂W₁)x + (W₂b₁ + b₂), one matrix (1, 2) and one bias (1,)."""
    weights, biases = layers[0]
    for following, shift in layers[1:]:
        weights, biases = following @ weights, following @ biases + shift
    return weights, biases


def best_line(points: Array, classes: NDArray[np.int64]) -> float:
    """Return the largest share of points that any line can have on their right sides, by trying every line.

    Which points a line parts changes only where it passes through two of them, so between those directions one each
    is enough, with a cut between any two neighbours. Points on one place stay together.

    Args:
        points: (N, 2); N(N − 1)/2 directions with N + 1 cuts are tried, in O(N³ log N).
        classes: (N,) 0 or 1.
    """
    points, place = np.unique(points, axis=0, return_inverse=True)
    surplus = np.zeros(len(points))  # of each place: points of class 1 less those of class 0
    np.add.at(surplus, place.ravel(), 2.0 * classes - 1)
    first, second = np.triu_indices(len(points), 1)
    across = points[first] - points[second]
    turns = np.sort(np.append(np.mod(np.arctan2(across[:, 1], across[:, 0]) + np.pi / 2, np.pi), 0.0))  # their normals
    gaps = np.diff(turns, append=turns[0] + np.pi)
    between = (turns + gaps / 2)[gaps > NARROW]
    lead = max(_lead(block, points, surplus) for block in np.array_split(between, 1 + len(between) // BLOCK))
    return float(0.5 * (1 + lead / len(classes)))


def _lead(angles: Array, points: Array, surplus: Array) -> float:
    """Return the most by which right points outnumber wrong ones, over all lines with normals at these angles."""
    normals = np.column_stack([np.cos(angles), np.sin(angles)])
    near = np.cumsum(surplus[np.argsort(normals @ points.T, axis=1)], axis=1)  # (directions, N)
    return float(max(np.abs(2 * near - surplus.sum()).max(), abs(surplus.sum())))


def probability(logits: Array) -> Array:
    """Return σ(f), the chance of class b."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)))


def loss_of(logits: Array, classes: NDArray[np.int64]) -> Array:
    """Return the mean cross-entropy −ln p(class) over the last axis, in nats: ln(1 + e^f) − y f."""
    return np.asarray((np.logaddexp(0, logits) - classes * logits).mean(axis=-1))
