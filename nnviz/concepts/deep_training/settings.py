"""The settings of the page: which picture is large, what the networks are, what is changed, where one looks."""

from dataclasses import replace
from typing import Any, Literal, Self

from pydantic import field_validator

from nnviz.concepts.deep_training.landscape import Directions
from nnviz.concepts.deep_training.nets import Data, Net, Scheme
from nnviz.concepts.deep_training.repair import Change, Patient
from nnviz.core import params
from nnviz.data.points import within
from nnviz.data.toy import WINDOW
from nnviz.models.deep import Activation
from nnviz.models.deep_training import Optimizer
from nnviz.models.norms import Norm

Picture = Literal["landscape", "depth", "repair", "search"]
NETS: tuple[str, ...] = ("landscape", "depth", "search")
PAIR = ("landscape", "depth")  # pictures of the net that the controls describe, plain and with skips
WORK = 1.1e7  # seeds × layers × points × width² that are trained: more would take longer than ten seconds


class Params(params.Params):
    """Settings of the page."""

    picture: Picture = params.field(
        "landscape",
        "Large picture",
        "The loss around the trained net; training error over depth; a broken net to repair; a search for good settings.",
        labels={
            "landscape": "Loss landscape",
            "depth": "Error over depth",
            "repair": "Fix it",
            "search": "Find settings",
        },
    )
    depth: int = params.field(
        20,
        "Depth",
        "Hidden layers. The plain net and the net with skips have the same number, and the same weights at the start.",
        ge=1,
        le=50,
        when={"picture": NETS},
    )
    reach: float = params.field(
        1.0,
        "How far to look",
        "Half the width of the landscape, in lengths of the weights: at 1 every unit's weights change by their own length.",
        ge=0.05,
        le=3,
        log=True,
        live=True,
        when={"picture": ("landscape",), "directions": ("random",)},
    )
    directions: Directions = params.field(
        "random",
        "Directions",
        "Two random directions, the same for both nets, each unit's share as long as its weights; or the two directions "
        "in which training moved most.",
        labels={"random": "Random, filter-normalized", "path": "Along the training"},
        when={"picture": ("landscape",)},
    )
    norm: Norm = params.field(
        "batch",
        "Normalization",
        "Bring what each unit adds up to mean 0 and variance 1: over the batch, over the layer, or over a quarter of it.",
        labels={"none": "None", "batch": "Batch", "layer": "Layer", "group": "Group"},
        when={"picture": NETS},
    )
    rate: float = params.field(
        0.02, "Learning rate", "Size of the steps, of both nets.", ge=1e-3, le=3, log=True, when={"picture": PAIR},
    )  # fmt: skip
    patient: Patient = params.field(
        "faint",
        "Broken net",
        "Four nets that do not train. What is wrong differs: try to find it out before you change anything.",
        labels={"faint": "Patient A", "loud": "Patient B", "stiff": "Patient C", "quiet": "Patient D"},
        when={"picture": ("repair",)},
    )
    changes: tuple[Change, ...] = params.field(
        (),
        "Change",
        "What you change of the broken net; each adds a line to the log. Get it to train with as few as you can.",
        labels={
            "residual": "Residual connections",
            "norm": "Batch normalization",
            "init": "Suitable initialization",
            "rate": "Another learning rate",
            "clip": "Clip the gradient at 1",
            "data": "4 × the data",
        },
        when={"picture": ("repair",)},
    )
    look: int = params.field(
        0, "Draw of the directions", "Which random directions: both nets always share them.",
        ge=0, le=20, live=True, more=True, when={"picture": ("landscape",), "directions": ("random",)},
    )  # fmt: skip
    points: int = params.field(
        64, "Training points", "How many points each net learns from, all in one batch; 256 others are the test.",
        ge=16, le=128, multiple_of=16, more=True, when={"picture": PAIR},
    )  # fmt: skip
    data: Data = params.field(
        "spiral",
        "Data",
        "What the nets must tell apart. Of your own points all are learned from; copies of them, moved a little, are the "
        "test.",
        labels={"spiral": "Spiral", "moons": "Two moons", "circle": "Circle", "xor": "XOR", "points": "My own points"},
        more=True,
        when={"picture": NETS},
    )
    own: str = params.field(
        "", "My points", "Click to add a point of the chosen class, drag it, double-click to remove it",
        labels={"0": "a", "1": "b"}, editor="points", more=True, when={"picture": NETS, "data": ("points",)},
    )  # fmt: skip
    scheme: Scheme = params.field(
        "he_normal",
        "Initialization",
        "How the first weights are drawn: He's suit ReLU, Xavier's and LeCun's tanh; the last two are wrong on purpose.",
        labels={
            "he_normal": "He",
            "xavier_normal": "Xavier",
            "lecun_normal": "LeCun",
            "orthogonal": "Orthogonal",
            "pytorch": "PyTorch's own",
            "small": "Much too small (0.05)",
            "large": "Twice He's",
        },
        more=True,
        when={"picture": PAIR},
    )
    clipping: bool = params.field(
        False, "Clip the gradient", "Shorten every gradient that is longer than 1 to length 1.", more=True, when={"picture": NETS},
    )  # fmt: skip
    activation: Activation = params.field(
        "relu",
        "Activation",
        "What every hidden unit does to its sum.",
        labels={
            "relu": "ReLU",
            "leaky": "Leaky ReLU",
            "gelu": "GELU",
            "tanh": "Tanh",
            "sigmoid": "Sigmoid",
            "linear": "Linear (none)",
        },
        more=True,
        when={"picture": NETS},
    )
    optimizer: Optimizer = params.field(
        "momentum", "Optimizer", "Who takes the steps; momentum is 0.9.",
        labels={"sgd": "Gradient descent", "momentum": "Momentum", "adam": "Adam"}, more=True,
        when={"picture": PAIR},
    )  # fmt: skip
    width: int = params.field(
        16, "Width", "Units in every hidden layer.", ge=8, le=24, multiple_of=8, more=True, when={"picture": PAIR}
    )
    steps: int = params.field(
        80, "Steps", "Training steps of every net.", ge=20, le=200, multiple_of=20, more=True,
        when={"picture": PAIR},
    )  # fmt: skip
    seeds: int = params.field(
        8, "Seeds", "Nets of each kind, each with weights and points of its own. Very deep and wide ones are trained from "
        "fewer seeds, so that a run ends in time.", ge=1, le=32, more=True, when={"picture": PAIR},
    )  # fmt: skip
    seed: int = params.field(
        0, "First seed", "The seed of the net whose landscape is drawn; the others take the numbers after it.",
        ge=0, le=99, more=True,
    )  # fmt: skip
    sketch: bool = params.field(False, "Sketch", "A coarser picture, while a hand still moves.", editor="hidden")

    _points_lie_in_the_window = field_validator("own")(within(WINDOW))

    @property
    def net(self) -> Net:
        """The plain net; its twin has residual connections."""
        own = self.own if self.data == "points" else ""
        return Net(
            depth=self.depth,
            norm=self.norm,
            scheme=self.scheme,
            rate=self.rate,
            clip=1.0 if self.clipping else 0.0,
            points=self.points,
            optimizer=self.optimizer,
            width=self.width,
            activation=self.activation,
            data=self.data,
            own=own,
        )

    @property
    def numbers(self) -> tuple[int, ...]:
        """The seeds that are trained, as many as end in time."""
        affordable = int(WORK / (self.depth * max(self.points, 64) * self.width**2))
        return tuple(range(self.seed, self.seed + max(1, min(self.seeds, affordable))))

    @property
    def searched(self) -> Net:
        """The net whose hyperparameters are looked for: with skips; what the search varies or does without is plain."""
        usual = Net()
        own: dict[str, Any] = {
            "scheme": usual.scheme,
            "points": usual.points,
            "optimizer": usual.optimizer,
            "width": usual.width,
        }
        return replace(self.net, residual=True, rate=0.0, **own)

    def preview(self) -> Self:
        """Look at the nets that are trained already, with fewer points, while the hand moves."""
        return self.but(sketch=True)
