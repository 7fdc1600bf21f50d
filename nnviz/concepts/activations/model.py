"""Activation functions: read off under the hand, pushed through a tower, trained over seeds; softmax on its simplex."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from nnviz.concepts.activations.functions import ACTIVATIONS, Floats, Name, softmax, softmax_jacobian
from nnviz.concepts.activations.nets import Data, Nets, Training, train
from nnviz.concepts.activations.tower import Passage, passage
from nnviz.core import params
from nnviz.core.diagnosis import SATURATED
from nnviz.core.progress import Report, part, silent
from nnviz.data.points import within
from nnviz.data.toy import WINDOW

LIMIT = 8.0  # the input runs from −LIMIT to LIMIT
INPUTS: NDArray[np.float32] = np.linspace(-LIMIT, LIMIT, 241, dtype=np.float32)
TEMPERATURES: NDArray[np.float64] = np.geomspace(0.02, 50.0, 49)
PREVIEW_EPOCHS = 40
LABELS: dict[str, str] = {name: activation.label for name, activation in ACTIVATIONS.items()}
PICTURES = {
    "functions": "Functions and slopes",
    "tower": "Layer upon layer",
    "nets": "Trained nets",
    "surfaces": "What nets learn",
    "softmax": "Softmax",
}
TRAINED = ("nets", "surfaces")  # pictures of trained nets


class Params(params.Params):
    """The settings of the page."""

    picture: Literal["functions", "tower", "nets", "surfaces", "softmax"] = params.field(
        "functions", "Large picture", "Which of the charts gets the room; all others stay below", labels=PICTURES
    )
    data: Data = params.field(
        "circle", "Data of the nets", "What the trained nets must tell apart: 200 points, 100 of them for the test. Of "
        "your own points all are learned from; copies of them, moved by 0.1, are the test",
        labels={"moons": "Two moons", "circle": "Circle", "xor": "XOR", "spiral": "Spiral", "points": "My own points"},
        when={"picture": TRAINED},
    )  # fmt: skip
    points: str = params.field(
        "", "My points", "Click to add a point of the chosen class, drag it, double-click to remove it",
        labels={"0": "a", "1": "b"}, editor="points", live=True,
        when={"picture": TRAINED, "data": ("points",)},
    )  # fmt: skip
    functions: tuple[Name, ...] = params.field(
        ("sigmoid", "tanh", "relu", "swish"),
        "Functions",
        "Which functions to compare; all charts show the same ones",
        labels=LABELS,
        when={"picture": ("functions", "tower", *TRAINED)},
    )
    x: float = params.field(
        3.5, "Input x", "Where every function and its slope are read off: push it outwards and see who goes flat",
        ge=-LIMIT, le=LIMIT, multiple_of=0.05, live=True, when={"picture": ("functions",)},
    )  # fmt: skip
    gain: float = params.field(
        1.0, "Gain g", "Size of the weights: one unit computes φ(g·x); weights of the tower have deviation g/√n",
        ge=0.1, le=4, multiple_of=0.05, live=True, when={"picture": ("functions", "tower")},
    )  # fmt: skip
    temperature: float = params.field(
        1.0, "Softmax temperature T", "Logits are divided by T: small T sharpens towards one class, large T evens out",
        ge=0.05, le=20, log=True, live=True, when={"picture": ("softmax",)},
    )  # fmt: skip
    logits: tuple[float, ...] = params.field(
        (2.0, 1.0, -0.5), "Softmax logits z", "One score per class; only their differences matter",
        ge=-5, le=5, multiple_of=0.1, live=True, when={"picture": ("softmax",)},
    )  # fmt: skip
    leak: float = params.field(
        0.1, "Leak of leaky ReLU", "Slope for negative inputs: 0 is ReLU; PyTorch's default is 0.01",
        ge=0, le=0.5, multiple_of=0.01, live=True, more=True,
    )  # fmt: skip
    alpha: float = params.field(
        1.0,
        "α of ELU",
        "ELU sinks to −α for very negative inputs",
        ge=0.1,
        le=2,
        multiple_of=0.05,
        live=True,
        more=True,
    )
    beta: float = params.field(
        1.0, "β of Swish", "z·σ(βz): β → 0 is the line z/2, large β is ReLU, 1 is SiLU",
        ge=0.1, le=5, multiple_of=0.1, live=True, more=True,
    )  # fmt: skip
    layers: int = params.field(
        10, "Layers of the tower", "How many equal layers signal and gradient pass through", ge=2, le=20, more=True,
    )  # fmt: skip
    hidden: int = params.field(
        2, "Hidden layers of the nets", "8 units each; Xavier's weights for step, sigmoid and tanh, He's for the rest",
        ge=1, le=10, more=True,
    )  # fmt: skip
    bias: float = params.field(
        0.0, "Initial bias", "Bias of every hidden unit at the start; very negative ones silence units",
        ge=-10, le=10, multiple_of=0.5, when={"picture": ("tower", *TRAINED)},
    )  # fmt: skip
    rate: float = params.field(
        0.1, "Learning rate", "Step size of plain gradient descent, batches of 10", ge=1e-3, le=3, log=True, more=True
    )
    epochs: int = params.field(60, "Epochs", "Passes over the training points", ge=10, le=200, more=True)
    seeds: int = params.field(
        8, "Seeds", "How many nets are trained per function, each from its own seed", ge=1, le=32, more=True
    )

    _points_lie_in_the_window = field_validator("points")(within(WINDOW))

    def knob(self, name: Name) -> float:
        """Return the leak, α or β of a function; 0 for one that has none."""
        knob = ACTIVATIONS[name].knob
        return float(getattr(self, knob)) if knob else 0.0

    @property
    def training(self) -> Training:
        """All that the trained nets depend on, besides their function and its knob."""
        points = self.points if self.data == "points" else ""
        seeds = tuple(range(self.seeds))
        return Training(self.data, self.hidden, self.bias, self.rate, self.epochs, seeds, points=points)

    def preview(self) -> Self:
        """Train one seed while the hand may move what nets depend on: a point, leak, α or β; else keep all, remembered."""
        fields = type(self).model_fields
        knobs = [ACTIVATIONS[name].knob for name in self.functions]
        bent = any(getattr(self, knob) != fields[knob].default for knob in knobs if knob)
        drawing = self.picture in TRAINED and self.data == "points"
        return self.but(seeds=1, epochs=min(self.epochs, PREVIEW_EPOCHS)) if bent or drawing else self


@dataclass(frozen=True)
class Reading:
    """One function, drawn and read off.

    Attributes:
        values, slopes: (241,) float32, φ(g·x) and φ′(g·x) at INPUTS.
        value, slope: both at the hand's input, float64.
    """

    values: Floats
    slopes: Floats
    value: float
    slope: float

    @property
    def flat_stretches(self) -> list[tuple[int, int]]:
        """First and last index of every stretch of inputs in which the function is saturated: |φ′| < 0.01."""
        flat = np.concatenate([[False], np.abs(self.slopes) < SATURATED, [False]])
        first, after = np.flatnonzero(np.diff(flat)).reshape(-1, 2).T
        return list(zip(first.tolist(), (after - 1).tolist(), strict=True))


@dataclass(frozen=True)
class Run:
    """Everything on the page.

    Attributes:
        readings, passages, nets: one of each per chosen function.
        probabilities: (3,) softmax of the logits at the temperature; jacobian: (3, 3) ∂pᵢ/∂zⱼ.
        path: (49, 3) softmax of the logits at TEMPERATURES.
    """

    params: Params
    readings: dict[Name, Reading]
    passages: dict[Name, Passage]
    nets: dict[Name, Nets]
    probabilities: NDArray[np.float64]
    jacobian: NDArray[np.float64]
    path: NDArray[np.float64]


def read(name: Name, x: float, gain: float = 1.0, knob: float = 0.0) -> Reading:
    """Return φ(g·x) and φ′(g·x) on the whole axis and at one input."""
    activation = ACTIVATIONS[name]
    sums, here = np.float32(gain) * INPUTS, np.array(gain * x)
    value, slope = float(activation.value(here, knob)), float(activation.slope(here, knob))
    return Reading(activation.value(sums, knob), activation.slope(sums, knob), value, slope)


def run(params: Params, report: Report = silent) -> Run:
    """Read off, push through, train; what is trained does not depend on input, gain, temperature or logits."""
    p = params
    return Run(
        params=p,
        readings={name: read(name, p.x, p.gain, p.knob(name)) for name in p.functions},
        passages={name: passage(name, p.knob(name), p.gain, p.bias, p.layers) for name in p.functions},
        nets=_nets(p, report),
        probabilities=softmax(p.logits, p.temperature),
        jacobian=softmax_jacobian(p.logits, p.temperature),
        path=np.array([softmax(p.logits, temperature) for temperature in TEMPERATURES]),
    )


def _nets(p: Params, report: Report) -> dict[Name, Nets]:
    nets: dict[Name, Nets] = {}
    share = 1 / max(1, len(p.functions))
    for index, name in enumerate(p.functions):
        told = part(report, index * share, (index + 1) * share, f"training nets with {LABELS[name]}")
        nets[name] = train(name, p.knob(name), p.training, report=told)
    return nets
