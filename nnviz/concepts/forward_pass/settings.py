"""The settings of the page."""

from typing import Literal

from pydantic import field_validator

from nnviz.concepts.forward_pass.edits import CELL, EDGE, edge_of, parse
from nnviz.concepts.forward_pass.network import Edge
from nnviz.core import params

Name = Literal["tanh", "relu", "sigmoid", "linear"]
LABELS = {"tanh": "tanh", "relu": "ReLU", "sigmoid": "Sigmoid", "linear": "Linear (none)"}
MOST_LAYERS = 5
FROM = {layer: tuple(str(count) for count in range(layer, MOST_LAYERS + 1)) for layer in range(1, MOST_LAYERS + 1)}
"""Hidden layer → the numbers of layers with which it is there."""


def _activation(layer: int) -> Name:
    words = f"φ of hidden layer {layer}: what each of its units makes of its sum."
    taken: Name = params.field(
        "tanh", f"Activation of layer {layer}", words, labels=LABELS, live=True, more=True, when={"layers": FROM[layer]}
    )
    return taken


def _units(layer: int, default: int) -> int:
    words = f"Units in hidden layer {layer}; what is already there keeps its weights."
    taken: int = params.field(
        default, f"Units in layer {layer}", words, ge=1, le=6, live=True, more=True, when={"layers": FROM[layer]}
    )
    return taken


class Params(params.Params):
    """A small network, its input, and one weight in the hand."""

    x1: float = params.field(
        1.2, "Input x₁", "First coordinate of the input; you can also click into the plane below.",
        ge=-2, le=2, multiple_of=0.05, live=True,
    )  # fmt: skip
    x2: float = params.field(
        -0.8, "Input x₂", "Second coordinate of the input.", ge=-2, le=2, multiple_of=0.05, live=True
    )
    weight: float = params.field(
        1.2, "Weight of the chosen wire", "The green wire's weight. Click another wire, or a bar of a sum, to choose it.",
        ge=-3, le=3, multiple_of=0.01, live=True,
    )  # fmt: skip
    batch: Literal["1", "32"] = params.field(
        "1", "Batch", "How many inputs go through at once, one per row. Your input is always the first row.",
        labels={"1": "1 input", "32": "32 inputs"}, live=True,
    )  # fmt: skip
    layers: int = params.field(
        2, "Hidden layers", "Layers between input and output; their units and activations are under More.",
        ge=1, le=MOST_LAYERS, live=True,
    )  # fmt: skip
    activation1: Name = _activation(1)
    activation2: Name = _activation(2)
    activation3: Name = _activation(3)
    activation4: Name = _activation(4)
    activation5: Name = _activation(5)
    units1: int = _units(1, 4)
    units2: int = _units(2, 3)
    units3: int = _units(3, 3)
    units4: int = _units(4, 3)
    units5: int = _units(5, 3)
    classes: int = params.field(
        2,
        "Classes",
        "Output units: softmax turns their sums into one probability each.",
        ge=2,
        le=4,
        live=True,
        more=True,
    )
    seed: int = params.field(
        0, "Seed", "All weights but those you have changed are drawn from it.", ge=0, le=99, more=True
    )
    edge: str = params.field(
        "1.1.1", "Chosen wire", "layer.to.from, set by a click; from 0 is the bias.", editor="hidden", pattern=EDGE
    )
    weights: str = params.field("", "Changed weights", "Wires changed before, layer.to.from=value;…", editor="hidden")
    cell: str = params.field("1.1.1", "Opened cell", "layer.row.unit, set by a click.", editor="hidden", pattern=CELL)

    @field_validator("weights")
    @classmethod
    def _readable(cls, text: str) -> str:
        parse(text)
        return text

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units per layer, inputs first."""
        units = (self.units1, self.units2, self.units3, self.units4, self.units5)
        return (2, *units[: self.layers], self.classes)

    @property
    def activations(self) -> tuple[Name, ...]:
        """φ of the hidden layers."""
        names = (self.activation1, self.activation2, self.activation3, self.activation4, self.activation5)
        return names[: self.layers]

    @property
    def rows(self) -> int:
        """How many inputs go through at once."""
        return int(self.batch)

    @property
    def chosen(self) -> Edge | None:
        """The wire in the hand; None where this network has no such wire."""
        edge = edge_of(self.edge)
        return edge if self.has(edge) else None

    @property
    def edits(self) -> dict[Edge, float]:
        """All changed weights, that of the chosen wire among them."""
        return parse(self.weights) | {edge_of(self.edge): self.weight}

    @property
    def opened(self) -> tuple[int, int, int]:
        """The cell whose sum is opened, moved into the network where it lies outside: layer, row, unit, from 1."""
        layer, row, unit = (int(part) for part in self.cell.split("."))
        layer = min(layer, len(self.sizes) - 1)
        return layer, min(row, self.rows), min(unit, self.sizes[layer])

    def has(self, edge: Edge) -> bool:
        """Tell whether the network has a wire."""
        layer, to, start = edge
        return layer < len(self.sizes) and to <= self.sizes[layer] and start <= self.sizes[layer - 1]
