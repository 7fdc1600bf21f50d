"""A network with one hidden layer as two matrices, what is left of it without bending, and what any line can do."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Layer = tuple[Array, Array]
"""Weights (..., out, in) and biases (..., out)."""

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
    is enough, with a cut between any two neighbours.

    Args:
        points: (N, 2); N(N − 1)/2 directions with N + 1 cuts are tried, in O(N³ log N).
        classes: (N,) 0 or 1.
    """
    first, second = np.triu_indices(len(points), 1)
    across = points[first] - points[second]
    turns = np.unique(np.mod(np.arctan2(across[:, 1], across[:, 0]) + np.pi / 2, np.pi))  # normals of those lines
    between = 0.5 * (turns + np.append(turns[1:], turns[0] + np.pi))
    normals = np.column_stack([np.cos(between), np.sin(between)])
    order = np.argsort(normals @ points.T, axis=1)
    signs = 2 * classes[order] - 1  # (directions, N)
    beyond = np.cumsum(signs, axis=1)  # points of class 1 less those of class 0 on the near side
    lead = np.maximum(np.abs(2 * beyond - signs.sum(axis=1, keepdims=True)).max(axis=1), np.abs(signs.sum(axis=1)))
    return float(0.5 * (1 + lead.max() / len(points)))


def probability(logits: Array) -> Array:
    """Return σ(f), the chance of class b."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)))


def loss_of(logits: Array, classes: NDArray[np.int64]) -> Array:
    """Return the mean cross-entropy −ln p(class) over the last axis, in nats: ln(1 + e^f) − y f."""
    return np.asarray((np.logaddexp(0, logits) - classes * logits).mean(axis=-1))
