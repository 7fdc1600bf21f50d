"""A network of tanh units learns to draw a wave: plain NumPy, gradients by hand, trained anew for every position of the hand."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from nnviz.core import params as core
from nnviz.core.params import field
from nnviz.core.progress import Report, silent
from nnviz.core.timeline import Timeline, log_steps

POINTS = 40
STEPS = 600
MOMENTUM = 0.9
Array = NDArray[np.float64]


class Params(core.Params):
    """Settings of the first experiment."""

    units: int = field(
        6,
        "Neurons",
        "How many tanh neurons the network adds up. Each one bends the curve once.",
        ge=1,
        le=16,
        live=True,
    )
    rate: float = field(
        0.03,
        "Learning rate",
        "How far the weights move at each step. Too little crawls, too much jumps about.",
        ge=0.001,
        le=1,
        log=True,
        live=True,
    )
    waves: float = field(
        1.5, "Waves to learn", "How many periods the target has.", ge=0.5, le=3, multiple_of=0.25, live=True
    )
    seed: int = field(0, "Seed of the weights", "Another number draws other weights to start from.", ge=0, le=99)

    def preview(self) -> Self:
        """Return the settings themselves: training is quick enough to follow the hand."""
        return self


class Weights(NamedTuple):
    """f(x) = Σⱼ outⱼ · tanh(inⱼ x + biasⱼ) + offset, with h units.

    Attributes:
        slope: (h,) incoming weights.
        bias: (h,) biases of the units.
        out: (h,) outgoing weights.
        offset: (1,) bias of the output.
    """

    slope: Array
    bias: Array
    out: Array
    offset: Array


@dataclass(frozen=True)
class Run:
    """A recorded training.

    Attributes:
        params: the settings.
        x: (N,) inputs of the points; target: (N,) what to learn.
        timeline: steps with arrays `curve` (T, N) and `parts` (T, h, N): each unit's share of the curve.
        loss: (T,) mean squared error at the recorded steps; inf or nan where training diverged.
    """

    params: Params
    x: Array
    target: Array
    timeline: Timeline
    loss: Array


def initial(units: int, seed: int) -> Weights:
    """Draw weights so that the units' bends lie spread over the inputs −1…1."""
    random = np.random.default_rng(seed)
    slope = random.normal(0, 3, units)
    return Weights(slope, -slope * random.uniform(-1, 1, units), random.normal(0, units**-0.5, units), np.zeros(1))


def parts(weights: Weights, x: Array) -> Array:
    """Return each unit's share of the curve, (h, N)."""
    hidden: Array = np.tanh(np.outer(weights.slope, x) + weights.bias[:, None])
    return weights.out[:, None] * hidden


def gradient(weights: Weights, x: Array, target: Array) -> Weights:
    """Return the gradient of the mean squared error, by the chain rule."""
    hidden = np.tanh(np.outer(weights.slope, x) + weights.bias[:, None])  # (h, N)
    upstream = 2 / len(x) * (weights.out @ hidden + weights.offset - target)  # (N,): dL/df
    inner = weights.out[:, None] * (1 - hidden**2) * upstream  # (h, N): dL/d(in x + bias)
    return Weights(inner @ x, inner.sum(axis=1), hidden @ upstream, upstream.sum(keepdims=True))


def run(params: Params, report: Report = silent) -> Run:
    """Train by gradient descent with momentum, v ← 0.9 v − η∇L, w ← w + v, and record it."""
    report(0.0, "Training")
    x = np.linspace(-1, 1, POINTS)
    target = np.sin(np.pi * params.waves * x)
    recorded = log_steps(STEPS, 60)
    weights = initial(params.units, params.seed)
    velocity = Weights(*(np.zeros_like(part) for part in weights))
    shares = []
    with np.errstate(all="ignore"):  # a diverging run overflows on purpose; the diagnosis names it
        for step in range(STEPS + 1):
            if step in recorded:
                shares.append((parts(weights, x), weights.offset))
            slope = gradient(weights, x, target)
            pairs = zip(velocity, slope, strict=True)
            velocity = Weights(*(MOMENTUM * v - params.rate * g for v, g in pairs))
            weights = Weights(*(w + v for w, v in zip(weights, velocity, strict=True)))
        single = np.array([share for share, _ in shares])  # (T, h, N)
        curve = single.sum(axis=1) + np.array([offset for _, offset in shares])  # (T, N)
        loss = ((curve - target) ** 2).mean(axis=1)
        arrays = {"curve": curve.astype(np.float32), "parts": single.astype(np.float32)}
    return Run(params, x, target, Timeline(recorded, "step", arrays), loss)
