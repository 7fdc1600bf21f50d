"""Small nets trained under each loss, all seeds at once: three classes with wrong labels, a curve with outliers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.losses import functions
from nnviz.concepts.losses.functions import Floats
from nnviz.concepts.losses.samples import HIDDEN, class_points, curve_points
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.seeds import initial_weights

MOMENTUM = 0.9
CLASS_STEPS, CLASS_RATE = 120, 0.2
CURVE_STEPS, CURVE_RATE = 400, 0.02
AT: NDArray[np.int64] = np.arange(0, CLASS_STEPS + 1, 5)
CLASS_LOSSES = ("categorical", "sparse", "kl", "softmax_mse", "softmax_mae", "multi_hinge", "multi_focal", "class_dice")
CURVE_LOSSES = ("mse", "mae", "huber")
GRID: Floats = np.linspace(-1, 1, 81)
Gradient = Callable[[Floats], Floats]
Layers = list[Floats]


@dataclass(frozen=True)
class Classifiers:
    """Nets of S seeds under one loss.

    Attributes:
        accuracy: (T, S) share of test points whose class is right, at the steps AT.
    """

    accuracy: Floats


@dataclass(frozen=True)
class Curves:
    """Nets of S seeds under one loss.

    Attributes:
        outputs: (S, 81) at GRID; error: (S,) root of the mean squared distance from the true curve.
    """

    outputs: Floats
    error: Floats


def start(sizes: tuple[int, int, int], seeds: tuple[int, ...]) -> Layers:
    """Return the initial weights and biases of every seed: (S, in, hidden), (S, 1, hidden), (S, hidden, out), (S, 1, out)."""
    inputs, hidden, outputs = sizes
    flat = np.array([initial_weights(sizes, seed, "xavier_uniform") for seed in seeds])
    first, bias, second, end = np.split(flat, np.cumsum([inputs * hidden, hidden, hidden * outputs]), axis=1)
    return [
        first.reshape(-1, hidden, inputs).transpose(0, 2, 1).copy(),
        bias[:, None, :].copy(),
        second.reshape(-1, outputs, hidden).transpose(0, 2, 1).copy(),
        end[:, None, :].copy(),
    ]


def answer(layers: Layers, x: Floats) -> tuple[Floats, Floats]:
    """Return hidden outputs tanh(xW + b) and the net's outputs, (S, N, hidden) and (S, N, out)."""
    hidden = np.tanh(x @ layers[0] + layers[1])
    return hidden, hidden @ layers[2] + layers[3]


def descend(
    layers: Layers, x: Floats, gradient: Gradient, steps: int, rate: float, seen: Callable[[int], None]
) -> None:
    """Train in place by gradient descent with momentum on all examples at once: v ← μv + ∇L, θ ← θ − ηv."""
    speed = [np.zeros_like(part) for part in layers]
    for step in range(steps):
        seen(step)
        hidden, outputs = answer(layers, x)
        error = gradient(outputs)  # (S, N, out)
        below = (error @ layers[2].transpose(0, 2, 1)) * (1 - hidden**2)
        slopes = [
            x.transpose(0, 2, 1) @ below,
            below.sum(axis=1, keepdims=True),
            hidden.transpose(0, 2, 1) @ error,
            error.sum(axis=1, keepdims=True),
        ]
        for part, moving, slope in zip(layers, speed, slopes, strict=True):
            moving *= MOMENTUM
            moving += slope
            part -= rate * moving
    seen(steps)


def class_gradient(name: str, labels: NDArray[np.int64], gamma: float, smoothing: float) -> Gradient:
    """Return the gradient of the mean loss over the examples with respect to the logits (S, N, 3)."""
    one_hot = np.eye(3)[labels]
    count = labels.shape[1]
    if name == "sparse":
        return lambda z: functions.sparse(z, labels, smoothing)[1] / count
    if name == "multi_focal":
        return lambda z: functions.multi_focal(z, one_hot, gamma)[1] / count
    if name in ("categorical", "kl"):
        smoothed = {"categorical": functions.categorical, "kl": functions.kl}[name]
        return lambda z: smoothed(z, one_hot, smoothing)[1] / count
    plain: Mapping[str, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
        "softmax_mse": functions.softmax_mse,
        "softmax_mae": functions.softmax_mae,
        "multi_hinge": functions.multi_hinge,
        "class_dice": functions.class_dice,
    }
    share = 1 if name == "class_dice" else count  # Dice counts all examples together already
    return lambda z: plain[name](z, one_hot)[1] / share


@memo(maxsize=96)
def classifiers(
    name: str, flips: float, gamma: float, smoothing: float, seeds: tuple[int, ...], report: Report = silent
) -> Classifiers:
    """Train 2-8-3 nets on three classes of which a share of the training labels is wrong."""
    report(0.0, f"training nets under {name}")
    parts = [class_points(seed, flips) for seed in seeds]
    x, labels, x_test, truth = (np.array(column) for column in zip(*parts, strict=True))
    layers = start((2, HIDDEN, 3), seeds)
    accuracy: list[Floats] = []

    def seen(step: int) -> None:
        if step in AT:
            accuracy.append((answer(layers, x_test)[1].argmax(axis=-1) == truth).mean(axis=-1))

    descend(layers, x, class_gradient(name, labels, gamma, smoothing), CLASS_STEPS, CLASS_RATE, seen)
    return Classifiers(np.array(accuracy))


@memo(maxsize=64)
def curves(name: str, delta: float, seeds: tuple[int, ...], report: Report = silent) -> Curves:
    """Train 1-8-1 nets on a wave with outliers."""
    report(0.0, f"training nets under {name}")
    parts = [curve_points(seed) for seed in seeds]
    x, y = (np.array(column)[..., None] for column in zip(*parts, strict=True))
    slopes: Mapping[str, Gradient] = {
        "mse": lambda z: functions.mse(z, y)[1],
        "mae": lambda z: functions.mae(z, y)[1],
        "huber": lambda z: functions.huber(z, y, delta)[1],
    }
    layers = start((1, HIDDEN, 1), seeds)
    descend(layers, x, lambda z: slopes[name](z) / x.shape[1], CURVE_STEPS, CURVE_RATE, lambda _: None)
    outputs = answer(layers, np.broadcast_to(GRID[:, None], (len(seeds), len(GRID), 1)))[1][..., 0]
    return Curves(outputs, np.sqrt(((outputs - np.sin(np.pi * GRID)) ** 2).mean(axis=1)))
