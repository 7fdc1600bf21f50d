"""Settings that work, each with the reason why: the counterparts of what breaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Good:
    """Settings that work.

    Attributes:
        name: two to five words; values: the fields that change, the others return to their defaults.
        why: one or two sentences.
        reaches: test accuracy (or R²) that the median seed has at least.
    """

    name: str
    values: Mapping[str, Any]
    why: str
    reaches: float


GALLERY = (
    Good(
        "TensorFlow Playground's start",
        {"loss": "half_mse", "initialization": "playground", "scaling": "playground", "rate": 0.03, "noise": 0.0},
        "Circle, 4 and 2 tanh units, ½ squared error on ±1, weights from ±½, rate 0.03: what its page opens with.",
        0.95,
    ),
    Good(
        "The right feature, no layer",
        {"layers": 0, "features": ("x1x1", "x2x2"), "noise": 0.0, "rate": 0.3},
        "On squares the circle is a straight line: three parameters do what a hidden layer would have to learn.",
        0.97,
    ),
    Good(
        "XOR by one product",
        {"data": "xor", "layers": 0, "features": ("x1x2",), "noise": 0.0, "rate": 0.3},
        "x₁x₂ is positive just where the class is “same”: one weight is enough.",
        0.97,
    ),
    Good(
        "The spiral, from x₁ and x₂ alone",
        {
            "data": "spiral",
            "layers": 3,
            "units1": 16,
            "units2": 16,
            "units3": 8,
            "optimizer": "adam",
            "rate": 0.01,
            "epochs": 400,
            "activation": "relu",
            "initialization": "he_normal",
            "share": 0.7,
        },
        "Width to draw many borders, depth to combine them, He's scale for ReLU, and Adam, which finds a rate for "
        "every weight.",
        0.95,
    ),
    Good(
        "Six layers that learn",
        {
            "data": "spiral",
            "layers": 6,
            **{f"units{layer}": 12 for layer in range(1, 7)},
            "residual": True,
            "normalization": "layer",
            "optimizer": "adam",
            "rate": 0.005,
            "epochs": 300,
            "activation": "relu",
            "initialization": "he_normal",
            "share": 0.7,
        },
        "Residual connections let the gradient pass by, layer normalization keeps every layer's sums at one scale.",
        0.95,
    ),
    Good(
        "Six layers from tiny weights",
        {
            "layers": 6,
            **{f"units{layer}": 16 for layer in range(1, 7)},
            "normalization": "batch",
            "activation": "relu",
            "initialization": "he_normal",
            "gain": 0.1,
        },
        "Weights a tenth of what six layers need: each layer would hand on less, but batch normalization brings every unit "
        "back to variance 1. Without it nothing is learned.",
        0.95,
    ),
    Good(
        "Noise, and a penalty against it",
        {
            "noise": 0.5,
            "examples": 60,
            "epochs": 1000,
            "rate": 0.3,
            "units1": 16,
            "units2": 16,
            "penalty": "l2",
            "strength": 0.02,
        },
        "About the points of “Memorizing”, with an L2 penalty: borders stay as simple as the points allow, and the "
        "test loss stays down.",
        0.7,
    ),
    Good(
        "Real data: iris by its petals",
        {"data": "iris", "first": 3, "second": 4, "units1": 6, "units2": 4, "rate": 0.1, "share": 0.6},
        "Two of four columns are enough for three species; cross-entropy over three outputs gives chances that add up "
        "to 1.",
        0.92,
    ),
    Good(
        "A landscape of hills",
        {
            "data": "hills",
            "layers": 3,
            "units1": 16,
            "units2": 16,
            "units3": 8,
            "optimizer": "adam",
            "rate": 0.01,
            "schedule": "cosine",
            "noise": 0.0,
            "share": 0.8,
            "epochs": 300,
        },
        "A regression: tanh units add up to smooth hills; the rate falls to 0, so that the last steps are small.",
        0.9,
    ),
)
