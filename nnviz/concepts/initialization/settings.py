"""The settings of the page."""

from typing import Literal, Self

from nnviz.concepts.initialization.network import Activation
from nnviz.concepts.initialization.schemes import LABELS, Scheme
from nnviz.concepts.initialization.training import Plan, Setting
from nnviz.core import params

Shown = Literal["outputs", "sums"]
PREVIEWED = 4  # networks that follow the hand


class Params(params.Params):
    """How a deep network's weights start, and the network."""

    scheme: Scheme = params.field(
        "xavier_normal",
        "Weights start as",
        "How every weight is drawn before training. Fractions without a root are variances; a unit has n inputs, its "
        "layer m units. Biases start at 0.",
        labels=LABELS,
    )
    gain: float = params.field(
        1.0, "Gain", "All these weights are multiplied by it. Only the left side follows.",
        ge=0.1, le=10, log=True, live=True,
    )  # fmt: skip
    beside: Scheme = params.field(
        "standard",
        "Beside it",
        "A second group of networks for comparison, at gain 1: same points, same seeds.",
        labels=LABELS,
    )
    activation: Activation = params.field(
        "tanh",
        "Activation",
        "What every hidden unit does to its sum.",
        labels={
            "tanh": "tanh",
            "relu": "ReLU",
            "leaky_relu": "Leaky ReLU",
            "sigmoid": "Sigmoid",
            "linear": "Linear (none)",
        },
    )
    depth: int = params.field(
        20, "Depth", "Hidden layers: how often the signal is multiplied on its way.", ge=2, le=30, live=True
    )
    width: int = params.field(
        32, "Width", "Units in every hidden layer. Narrow layers scatter more.", ge=8, le=32, multiple_of=8, live=True
    )
    shown: Shown = params.field(
        "outputs",
        "Ridges show",
        "The units' outputs φ(z), or the sums z that they are handed. Of ReLU's outputs those that are exactly 0 are "
        "left out.",
        labels={"outputs": "Outputs φ(z)", "sums": "Sums z"},
        more=True,
    )
    rate: float = params.field(
        0.05, "Learning rate", "Step size of gradient descent, batches of 16.", ge=1e-3, le=3, log=True, more=True
    )
    epochs: int = params.field(
        30, "Epochs", "Passes over the 64 training points, four steps each.", ge=5, le=60, multiple_of=5, more=True
    )
    seeds: int = params.field(
        8, "Seeds", "Networks trained at once, each with points, weights and orders of its own.", ge=1, le=32, more=True
    )
    seed: int = params.field(
        0, "First seed", "The seed of the first network; the others take the numbers after it.", ge=0, le=99, more=True
    )
    sketch: bool = params.field(
        False, "Sketch", "Before training only, while a hand still moves a control.", editor="hidden"
    )

    def preview(self) -> Self:
        """Look at few networks before training while the hand moves."""
        return self.but(sketch=True, seeds=min(self.seeds, PREVIEWED))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The seeds."""
        return tuple(range(self.seed, self.seed + self.seeds))

    @property
    def own(self) -> Setting:
        """The networks that are set."""
        return self.group(self.scheme, self.gain)

    @property
    def other(self) -> Setting:
        """The networks beside them."""
        return self.group(self.beside)

    @property
    def plan(self) -> Plan:
        """How all are trained."""
        return Plan(self.rate, self.epochs)

    def group(self, scheme: Scheme, gain: float = 1.0, most: int = 32) -> Setting:
        """Return the same networks started by a scheme, at most so many of them."""
        return Setting(scheme, gain, self.activation, self.depth, self.width, self.numbers[:most])
