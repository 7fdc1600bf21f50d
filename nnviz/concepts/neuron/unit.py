"""One neuron, y = φ(w·x + b): its output, its slope, and where its line lies. Plain NumPy."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Activation = Literal["step", "sigmoid", "tanh", "relu", "linear"]
Floats = NDArray[np.float64]
LABELS: dict[str, str] = {
    "step": "Step",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "relu": "ReLU",
    "linear": "Linear (none)",
}


def activate(name: str, z: ArrayLike) -> Floats:
    """Return φ(z); the step is 1 above 0 and 0 elsewhere. Nothing overflows: σ(z) = ½(1 + tanh(z/2))."""
    sums = np.asarray(z, dtype=np.float64)
    if name == "step":
        return np.heaviside(sums, 0.0)
    if name == "sigmoid":
        return np.asarray(0.5 * (1 + np.tanh(0.5 * sums)))
    if name == "tanh":
        return np.asarray(np.tanh(sums))
    return np.maximum(sums, 0.0) if name == "relu" else sums


def slope(name: str, z: ArrayLike) -> Floats:
    """Return φ′(z); at their corners step and ReLU have slope 0, as in PyTorch."""
    sums = np.asarray(z, dtype=np.float64)
    if name == "sigmoid":
        tail = np.exp(-np.abs(sums))
        return np.asarray(tail / (1 + tail) ** 2)
    if name == "tanh":
        tail = np.exp(-2 * np.abs(sums))
        return np.asarray(4 * tail / (1 + tail) ** 2)
    return np.zeros_like(sums) if name == "step" else np.heaviside(sums, 0.0) if name == "relu" else np.ones_like(sums)


def neuron(x: ArrayLike, w: ArrayLike, b: float, activation: str) -> Floats:
    """Return y = φ(w·x + b) for inputs x (..., d) and weights w (d,).

    Source: McCulloch & Pitts 1943 (the step); Rosenblatt 1958 (weights that learn).
    """
    return activate(activation, np.asarray(x) @ np.asarray(w) + b)


def line_distance(w: ArrayLike, b: float) -> float:
    """Return how far the line w·x + b = 0 lies from the origin, |b| / ‖w‖; inf where all weights are zero."""
    length = float(np.linalg.norm(w))
    return abs(b) / length if length > 0 else float("inf")
