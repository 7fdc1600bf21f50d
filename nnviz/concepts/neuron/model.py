"""A neuron whose every number is on screen, and networks of one to sixteen of them that follow a curve."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import field_validator

from nnviz.concepts.neuron.fitting import MOST, Fit, Fitting, fits
from nnviz.concepts.neuron.targets import DRAWN, parse_heights
from nnviz.concepts.neuron.unit import LABELS, Activation, Floats, activate, line_distance, neuron, slope
from nnviz.core import params
from nnviz.core.progress import Report, silent

Picture = Literal["neuron", "plane", "network"]
Target = Literal["sine", "step", "bump", "drawn"]
PICTURES = {"neuron": "One neuron", "plane": "Its outputs over the plane", "network": "Many neurons"}
TARGETS = {"sine": "Sine", "step": "Step", "bump": "Bump", "drawn": "Drawn by hand"}
ALONE = {"picture": ("neuron", "plane")}
MANY = {"picture": ("network",)}
INPUTS = 2.0  # both inputs run from −INPUTS to INPUTS
PIXELS: Floats = np.linspace(-INPUTS, INPUTS, 41)
PLANE: Floats = np.stack(np.meshgrid(PIXELS, PIXELS), axis=-1)  # (41, 41, 2), first axis x₂


class Params(params.Params):
    """The settings of the page."""

    picture: Picture = params.field(
        "neuron", "Large picture", "Which of the charts gets the room; the others stay below.", labels=PICTURES
    )
    w1: float = params.field(
        1.0, "Weight w₁", "How strongly input x₁ counts, and in which direction it pushes.",
        ge=-3, le=3, multiple_of=0.05, live=True, when=ALONE,
    )  # fmt: skip
    w2: float = params.field(
        -1.0, "Weight w₂", "How strongly input x₂ counts. Both weights together are the normal of the line.",
        ge=-3, le=3, multiple_of=0.05, live=True, when=ALONE,
    )  # fmt: skip
    b: float = params.field(
        0.0, "Bias b", "Added to the sum whatever the inputs are: it moves the line and never turns it.",
        ge=-3, le=3, multiple_of=0.05, live=True, when=ALONE,
    )  # fmt: skip
    x1: float = params.field(
        1.2, "Input x₁", "First number that comes in. A click in the plane of outputs sets both inputs.",
        ge=-INPUTS, le=INPUTS, multiple_of=0.05, live=True, when=ALONE,
    )  # fmt: skip
    x2: float = params.field(
        0.6, "Input x₂", "Second number that comes in. A click in the plane of outputs sets both inputs.",
        ge=-INPUTS, le=INPUTS, multiple_of=0.05, live=True, when=ALONE,
    )  # fmt: skip
    activation: Activation = params.field(
        "tanh", "Activation φ", "What the neuron makes of its sum. All neurons of the network have the same one.",
        labels=LABELS,
    )  # fmt: skip
    neurons: int = params.field(
        1, "Neurons in the network", "How many neurons side by side add up to the network's curve.",
        ge=1, le=MOST, live=True,
    )  # fmt: skip
    target: Target = params.field(
        "sine", "Curve to follow", "What the network is trained on: 64 points of this curve, without noise.",
        labels=TARGETS, when=MANY,
    )  # fmt: skip
    heights: str = params.field(
        DRAWN, "Your curve", "Sixteen heights from −1 to 1, evenly spaced from the left end to the right.",
        editor="curve", when={"picture": ("network",), "target": ("drawn",)},
    )  # fmt: skip
    start: Literal["drawn", "zeros"] = params.field(
        "drawn", "Starting weights", "Drawn: every neuron bends at a random place. Zeros: all neurons start alike.",
        labels={"drawn": "Drawn at random", "zeros": "All zero"}, more=True,
    )  # fmt: skip
    rate: float = params.field(0.03, "Learning rate", "Step size of Adam.", ge=1e-3, le=1, log=True, more=True)
    epochs: int = params.field(
        250, "Epochs", "How often training passes over the 64 points.", ge=10, le=500, multiple_of=10, more=True
    )
    seeds: int = params.field(
        8, "Seeds", "Networks of each size, every one with starting weights of its own.", ge=1, le=32, more=True
    )
    shown: int = params.field(
        0, "Seed shown", "Which network's curve is drawn; the numbers over seeds stay.", ge=0, le=31, more=True
    )
    singles: bool = params.field(
        False, "Single runs", "Draw every seed's error instead of the middle and the band.", more=True
    )

    @field_validator("heights")
    @classmethod
    def _heights_are_a_curve(cls, text: str) -> str:
        parse_heights(text)
        return text

    def preview(self) -> Self:
        """Keep everything: all sizes of network are trained once and remembered, so nothing that moves live trains."""
        return self

    @property
    def fitting(self) -> Fitting:
        """What the networks depend on; a curve that is not asked for does not count."""
        heights = self.heights if self.target == "drawn" else DRAWN
        seeds = tuple(range(self.seeds))
        return Fitting(self.activation, self.target, heights, self.rate, self.epochs, self.start == "zeros", seeds)


@dataclass(frozen=True)
class Run:
    """One neuron at one input and over the plane, and the trained networks.

    Attributes:
        products: (2,) w₁x₁ and w₂x₂; sum: z = w·x + b; output: φ(z); slope: φ′(z).
        plane: (41, 41) outputs over the inputs −2…2, first axis x₂; slopes: φ′ there.
        distance: |b| / ‖w‖, of the line from the origin; inf where all weights are zero.
        fits: the networks of 1, 2, … 16 neurons.
    """

    params: Params
    products: Floats
    sum: float
    output: float
    slope: float
    plane: Floats
    slopes: Floats
    distance: float
    fits: tuple[Fit, ...]

    @property
    def weights(self) -> Floats:
        """w, (2,)."""
        return np.array([self.params.w1, self.params.w2])

    @property
    def length(self) -> float:
        """‖w‖."""
        return float(np.linalg.norm(self.weights))

    @property
    def fit(self) -> Fit:
        """The networks of the chosen number of neurons."""
        return self.fits[self.params.neurons - 1]

    @property
    def shown(self) -> int:
        """Which network is drawn, of those that there are."""
        return min(self.params.shown, self.params.seeds - 1)


def run(params: Params, report: Report = silent) -> Run:
    """Compute the neuron; train the networks unless they are remembered."""
    p = params
    w, x = np.array([p.w1, p.w2]), np.array([p.x1, p.x2])
    z = float(w @ x + p.b)
    return Run(
        params=p,
        products=w * x,
        sum=z,
        output=float(activate(p.activation, z)),
        slope=float(slope(p.activation, z)),
        plane=neuron(PLANE, w, p.b, p.activation),
        slopes=slope(p.activation, PLANE @ w + p.b),
        distance=line_distance(w, p.b),
        fits=fits(p.fitting, report),
    )
