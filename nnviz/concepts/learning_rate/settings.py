"""The settings of the page."""

from typing import Any, Literal, Self

from pydantic import field_validator

from nnviz.concepts.learning_rate.nets import Data, Schedule, Setting
from nnviz.concepts.learning_rate.trainability import Activation, Tiny, Window
from nnviz.core import params
from nnviz.data.points import within
from nnviz.data.toy import WINDOW as PLANE

Picture = Literal["map", "descent", "curves", "range"]
PICTURES = {
    "map": "Map of trainability",
    "descent": "Descent in a valley",
    "curves": "Loss curves of a net",
    "range": "Range test",
}
SCHEDULES = {
    "constant": "Constant",
    "step": "Steps: ÷ 10 at ½ and ¾",
    "exponential": "Exponential",
    "cosine": "Cosine",
    "warmup": "Warm-up, then cosine",
    "one_cycle": "One cycle",
    "plateau": "Reduce on plateau",
}
DATA = {"moons": "Two moons", "circle": "Circle", "xor": "XOR", "spiral": "Spiral", "points": "Your own points"}
GRIDS = {"sketch": (24, 64), "medium": (96, 256), "fine": (192, 512)}
"""Rows and columns of the map; multiples of 16 but where nobody counts boxes: under a moving hand, and beside another picture."""
FARTHEST = 6.0  # decades from 1 that the map reaches
HOME = (-0.6, 2.4, 0.2, 1.2)  # the window the map opens with
MAP, VALLEY, NET = {"picture": ("map",)}, {"picture": ("descent",)}, {"picture": ("curves", "range")}
RATED = {"picture": ("descent", "curves", "range")}
SCHEDULED = {"picture": ("descent", "curves")}
FOLLOWED = 4  # nets that follow the hand


def corner(default: float, title: str) -> Any:
    """Declare one side of the map's window, or a coordinate of the pixel looked at."""
    help_text = f"{title}, as a power of ten; drag a rectangle on the map to set it."
    return params.field(default, title, help_text, ge=-FARTHEST, le=FARTHEST, editor="hidden")


class Params(params.Params):
    """Which picture, which rate, and where on the map."""

    picture: Picture = params.field(
        "map", "Large picture", "Which of the charts gets the room; the others stay below.", labels=PICTURES
    )
    rate: float = params.field(
        0.8, "Learning rate η", "How far one step goes along the negative gradient.",
        ge=1e-3, le=32, log=True, live=True, when=RATED,
    )  # fmt: skip
    curvature: float = params.field(
        2.0, "Curvature λ", "How sharply the valley bends: f(θ) = ½ λθ², with slope λθ. The rate's limit is 2/λ.",
        ge=0.1, le=20, log=True, live=True, when=VALLEY,
    )  # fmt: skip
    schedule: Schedule = params.field(
        "constant",
        "Schedule",
        "How the rate changes on the way. It multiplies your rate; reduce on plateau divides it by 10 when the loss "
        "has stopped falling.",
        labels=SCHEDULES,
        when=SCHEDULED,
    )
    unit: Activation = params.field(
        "tanh", "Activation of the tiny nets", "What bends a hidden unit's sum. Compare the edges, and the dimension that box counting finds.",
        labels={"tanh": "tanh", "relu": "ReLU", "linear": "Linear (none)"}, when=MAP,
    )  # fmt: skip
    steps: int = params.field(
        150, "Steps of each tiny net", "Full-batch steps; more of them let finer filaments of the edge appear.",
        ge=50, le=500, multiple_of=50, live=True, when=MAP,
    )  # fmt: skip
    detail: Literal["medium", "fine"] = params.field(
        "medium", "Networks on the map", "Fine trains four times as many networks and takes four times as long.",
        labels={"medium": "256 × 96", "fine": "512 × 192"}, when=MAP,
    )  # fmt: skip
    data: Data = params.field(
        "moons", "Data of the net",
        "80 points to learn from, 400 held out. Of your own points all are learned from; moved copies are held out.",
        labels=DATA, when=NET,
    )  # fmt: skip
    points: str = params.field(
        "", "Your points", "Click to add a point of the chosen class, drag it, double-click to remove it.",
        labels={"0": "a", "1": "b"}, editor="points", when={"data": ("points",)},
    )  # fmt: skip
    noise: float = params.field(
        0.2, "Noise", "Standard deviation of what is added to every point.", ge=0, le=0.6, multiple_of=0.05, more=True
    )
    flips: float = params.field(
        0.1, "Wrong labels", "Share of the training points that carry the other class: something to overfit.",
        ge=0, le=0.4, multiple_of=0.05, more=True,
    )  # fmt: skip
    hidden: Literal["tanh", "relu"] = params.field(
        "tanh", "Activation of the net", "Of both hidden layers of the 2-8-8-1 net.",
        labels={"tanh": "tanh", "relu": "ReLU"}, more=True,
    )  # fmt: skip
    epochs: int = params.field(
        60, "Epochs", "Passes of the net over its training points, batches of 10.",
        ge=10, le=100, multiple_of=10, more=True,
    )  # fmt: skip
    seeds: int = params.field(
        8, "Seeds", "Nets trained at once at every rate, each with its own points, weights and orders.",
        ge=1, le=32, more=True,
    )  # fmt: skip
    seed: int = params.field(
        1, "First seed", "Draws the tiny net of the map and the first of the nets; the others take the numbers after it.",
        ge=0, le=99, more=True,
    )  # fmt: skip
    x0: float = corner(HOME[0], "Layer 1's rate at the left")
    x1: float = corner(HOME[1], "Layer 1's rate at the right")
    y0: float = corner(HOME[2], "Layer 2's rate at the bottom")
    y1: float = corner(HOME[3], "Layer 2's rate at the top")
    px: float = corner(1.1, "Layer 1's rate of the pixel looked at")
    py: float = corner(0.72, "Layer 2's rate of the pixel looked at")
    sketch: bool = params.field(False, "Sketch", "Coarser and fewer, while a hand still moves.", editor="hidden")

    _points_lie_in_the_window = field_validator("points")(within(PLANE))

    @property
    def window(self) -> Window:
        """The part of the plane of rates that the map shows."""
        return Window.of(self.x0, self.x1, self.y0, self.y1)

    @property
    def pixel(self) -> tuple[float, float]:
        """The pair of rates, as powers of ten, whose network is looked at: in the middle if it lies outside the map."""
        window = self.window
        if window.holds(self.px, self.py):
            return self.px, self.py
        return (window.x0 + window.x1) / 2, (window.y0 + window.y1) / 2

    @property
    def tiny(self) -> Tiny:
        """The network of the map."""
        return Tiny(self.unit, self.steps, self.seed)

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the map; only the large picture trains them all."""
        return GRIDS["sketch" if self.sketch or self.picture != "map" else self.detail]

    @property
    def setting(self) -> Setting:
        """What the net's training depends on besides the rate and the seeds."""
        own = self.points if self.data == "points" else ""
        return Setting(self.data, self.noise, self.flips, self.schedule, self.epochs, self.hidden, own)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The seeds of the nets."""
        return tuple(range(self.seed, self.seed + self.seeds))

    def preview(self) -> Self:
        """Train few nets and few pixels while the hand moves."""
        return self.but(sketch=True, seeds=min(self.seeds, FOLLOWED))
