"""One input, or thirty-two, through every sum of a small network."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.forward_pass.network import (
    Floats,
    forward,
    make_batch,
    make_layers,
    multiplications,
    softmax,
)
from nnviz.concepts.forward_pass.settings import Params
from nnviz.core.progress import Report, silent

__all__ = ["Params", "Run", "forward", "multiplications", "run", "softmax"]
EDGE_OF_PLANE = 2.0
PICTURE = 15  # side of the small picture of what a unit answers
PLANE: NDArray[np.float64] = np.round(np.linspace(-EDGE_OF_PLANE, EDGE_OF_PLANE, 41), 1)


@dataclass(frozen=True)
class Layer:
    """One layer as it computes.

    Attributes:
        name: tanh, relu, sigmoid, linear or softmax.
        weights: (d, h); biases: (h,).
        inputs: (n, d); sums: (n, h) = inputs @ weights + biases; outputs: (n, h) = φ(sums).
        answers: (225, h) outputs over a 15 × 15 grid of the plane, x₁ fastest.
    """

    name: str
    weights: Floats
    biases: Floats
    inputs: Floats
    sums: Floats
    outputs: Floats
    answers: Floats

    @property
    def slopes(self) -> Floats:
        """φ′ over the plane, (225, h), of a saturating activation; ones for the others."""
        if self.name == "tanh":
            return np.asarray(1 - self.answers**2)
        if self.name == "sigmoid":
            return np.asarray(self.answers * (1 - self.answers))
        return np.ones_like(self.answers)


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        params: its settings.
        sizes: units per layer, inputs first.
        batch: (n, 2) inputs, the hand's first.
        layers: hidden layers, then the output.
        logits: (41, 41, C) sums of the output units over the plane, rows by x₂.
    """

    params: Params
    sizes: tuple[int, ...]
    batch: Floats
    layers: tuple[Layer, ...]
    logits: Floats

    @property
    def plane(self) -> Floats:
        """Probabilities over the plane, (41, 41, C)."""
        return softmax(self.logits)

    @property
    def probabilities(self) -> Floats:
        """Of the classes for the hand's input, (C,)."""
        return np.asarray(self.layers[-1].outputs[0])

    @property
    def winner(self) -> int:
        """The most probable class, from 0."""
        return int(self.probabilities.argmax())

    @property
    def costs(self) -> list[int]:
        """Multiplications of every layer."""
        return [multiplications(pair, self.params.rows) for pair in pairwise(self.sizes)]

    @property
    def flops(self) -> int:
        """A multiplication and an addition each, as PyTorch counts a matrix product; biases apart."""
        return 2 * sum(self.costs)


def run(params: Params, report: Report = silent) -> Run:  # noqa: ARG001 - too quick to report
    """Send the batch through, and a grid of the whole plane for the pictures."""
    layers = make_layers(params.sizes, params.seed, params.edits)
    batch = make_batch(params.x1, params.x2, params.rows)
    passed = forward(batch, layers, params.activations)
    small = forward(square(np.linspace(-EDGE_OF_PLANE, EDGE_OF_PLANE, PICTURE)), layers, params.activations)
    fine = forward(square(PLANE), layers, params.activations)[-1][1]
    names = [*params.activations, "softmax"]
    done = tuple(
        Layer(name, weights, biases, inputs, sums, outputs, over[2])
        for name, (weights, biases), (inputs, sums, outputs), over in zip(names, layers, passed, small, strict=True)
    )
    return Run(params, params.sizes, batch, done, fine.reshape(len(PLANE), len(PLANE), -1))


def square(ticks: Floats) -> Floats:
    """Return the points of a square grid, x₁ fastest, (G², 2)."""
    return np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
