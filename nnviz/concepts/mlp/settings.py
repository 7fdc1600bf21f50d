"""The settings of the page."""

from typing import Self

from pydantic import field_validator

from nnviz.concepts.mlp.training import SIZES, Activation, Data, Initialization, Setting
from nnviz.core import params
from nnviz.data.points import within
from nnviz.data.toy import WINDOW

DATA = {
    "xor": "XOR: four clouds",
    "squares": "XOR: four squares",
    "circle": "Circle",
    "moons": "Two moons",
    "spiral": "Spiral",
    "points": "Your own points",
}
ACTIVATIONS = {"tanh": "tanh", "relu": "ReLU", "sigmoid": "Sigmoid", "linear": "Linear (none)"}
STEADY = ("epochs", "noise", "rate")
"""Live settings on which all trained networks depend; at their defaults those of every width are remembered."""


class Params(params.Params):
    """What to tell apart, and with what network."""

    data: Data = params.field(
        "xor",
        "Data",
        "What must be told apart: 100 points to learn from, 200 held out. XOR is the set on which a line fails by "
        "design. Of your own points all are learned from; copies of them, moved by the noise, are held out.",
        labels=DATA,
    )
    points: str = params.field(
        "",
        "Your points",
        "Click to add a point of the chosen class, drag it, double-click to remove it.",
        labels={"0": "a", "1": "b"},
        editor="points",
        live=True,
        when={"data": ("points",)},
    )
    hidden: int = params.field(
        4,
        "Hidden units",
        "Units between input and output. Each draws a line of its own; with 0 the network is the perceptron itself.",
        ge=0,
        le=16,
        live=True,
    )
    activation: Activation = params.field(
        "tanh",
        "Activation",
        "What bends each hidden unit's sum. Linear bends nothing: then two layers are no more than one.",
        labels=ACTIVATIONS,
    )
    epochs: int = params.field(
        100, "Epochs", "Passes over the training points.", ge=10, le=1000, multiple_of=10, live=True
    )
    shown: int = params.field(
        0,
        "Network drawn",
        "Which of the seeds the pictures show, counted from 0; a click on a dot in “Every seed” chooses it too.",
        ge=0,
        le=31,
        more=True,
    )
    noise: float = params.field(
        0.1, "Noise", "Standard deviation of what is added to every point.", ge=0, le=0.6, multiple_of=0.02,
        live=True, more=True,
    )  # fmt: skip
    rate: float = params.field(
        0.03, "Learning rate", "Step size of Adam, batches of 10.", ge=1e-3, le=1, log=True, live=True, more=True
    )
    initialization: Initialization = params.field(
        "pytorch",
        "Initialization",
        "Where all weights start: at random as PyTorch draws them, or all at one number.",
        labels={"pytorch": "Random (PyTorch's)", "zeros": "All zero", "constant": "All equal"},
        more=True,
    )
    solved: float = params.field(
        95.0, "Solved from", "Share of test points right from which a network counts as having solved the task.",
        ge=80, le=100, multiple_of=1, unit="%", live=True, more=True,
    )  # fmt: skip
    lines: bool = params.field(
        True, "Lines of the units", "Draw where each hidden unit's sum is zero: the lines that the network puts together.",
        more=True,
    )  # fmt: skip
    seeds: int = params.field(
        8, "Seeds", "Networks trained at once, each with its own points, weights and orders.", ge=1, le=32, more=True
    )
    seed: int = params.field(
        0, "First seed", "The seed of the first network; the others take the numbers after it.", ge=0, le=99, more=True
    )
    sketch: bool = params.field(
        False, "Sketch", "Coarser pictures, while a hand still moves a control.", editor="hidden"
    )

    _points_lie_in_the_window = field_validator("points")(within(WINDOW))

    @property
    def quick(self) -> bool:
        """Whether only the network drawn is trained: a hand moves something on which every network depends."""
        fields = type(self).model_fields
        unusual = self.data == "points" or any(getattr(self, name) != fields[name].default for name in STEADY)
        return self.sketch and unusual

    @property
    def numbers(self) -> tuple[int, ...]:
        """The seeds that are trained."""
        every = tuple(range(self.seed, self.seed + self.seeds))
        return (every[self.place],) if self.quick else every

    @property
    def place(self) -> int:
        """Which of all seeds is drawn, counted from 0."""
        return min(self.shown, self.seeds - 1)

    @property
    def drawn(self) -> int:
        """Which of the trained networks is drawn."""
        return 0 if self.quick else self.place

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of hidden units that are compared."""
        return (self.hidden,) if self.quick else tuple(sorted({*SIZES, self.hidden}))

    @property
    def setting(self) -> Setting:
        """What training depends on besides the number of hidden units and the seeds."""
        own = self.points if self.data == "points" else ""
        return Setting(self.data, self.activation, self.initialization, self.epochs, self.rate, self.noise, own)

    def preview(self) -> Self:
        """Draw coarsely while the hand moves."""
        return self.but(sketch=True)
