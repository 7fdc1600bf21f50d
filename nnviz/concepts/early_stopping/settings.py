"""The settings of the early stopping page."""

from typing import Literal, Self

from pydantic import field_validator

from nnviz.concepts.early_stopping.training import STAND_IN, Setting
from nnviz.core import params
from nnviz.data.points import parse, within
from nnviz.data.toy import WINDOW

LONGEST = 800  # epochs
DRAWN: dict[str, tuple[str, ...]] = {"data": ("curve",)}
LIVE = 1.6e7  # weights × points × epochs of a training that follows the hand


class Params(params.Params):
    """Settings of the early stopping page."""

    patience: int = params.field(
        30,
        "Patience",
        "Training stops after so many epochs in a row without a new best validation loss. As in Keras and Lightning, "
        "0 and 1 both stop at the first epoch that is no better.",
        ge=0,
        le=300,
        unit="epochs",
        live=True,
    )
    data: Literal["curve", "points"] = params.field(
        "curve",
        "Data",
        "Points around a curve, drawn by each seed; or your own, the same for all seeds.",
        labels={"curve": "Noisy curve", "points": "Your own points"},
        more=True,
    )
    own: str = params.field(
        "",
        "Your points",
        "Click to add a point, drag it, double-click to remove it. L: the network learns from it. W: it watches "
        "(validation). T: it tests. Where none watches, those that learn do; where none tests, those that watch do.",
        labels={"0": "L", "1": "W", "2": "T"},
        editor="points",
        live=True,
        more=True,
        when={"data": ("points",)},
    )
    noise: float = params.field(
        0.5,
        "Noise",
        "Standard deviation of the points around the true curve. There is nothing to learn in it, but it can be memorized.",
        ge=0,
        le=1,
        multiple_of=0.05,
        live=True,
        when=DRAWN,
    )
    share: float = params.field(
        0.5,
        "Validation share",
        "Share of the points that only watch. What watches does not teach: the rest is left to learn from.",
        ge=0.05,
        le=0.8,
        multiple_of=0.05,
        live=True,
        when=DRAWN,
    )
    restore: bool = params.field(
        True,
        "Restore the best",
        "On: go back to the weights of the best validation loss. Off: keep those of the epoch at which training stopped.",
        live=True,
    )
    ask: bool = params.field(
        False,
        "Guess first",
        "Hides the test curve and both stops until you have clicked on the curves where you would have stopped.",
    )
    guess: int = params.field(
        0,
        "Your stop",
        "The epoch at which you would have stopped: click on the curves, or set it here. 0 is no guess.",
        ge=0,
        le=LONGEST,
        unit="epochs",
        live=True,
        more=True,
    )
    min_delta: float = params.field(
        0.0,
        "Min-delta",
        "How much lower the validation loss must be to count as a new best.",
        ge=0,
        le=0.2,
        multiple_of=0.005,
        live=True,
        more=True,
    )
    points: int = params.field(
        40,
        "Points",
        "How many points there are, for learning and watching together.",
        ge=10,
        le=120,
        multiple_of=5,
        live=True,
        more=True,
        when=DRAWN,
    )
    width: int = params.field(
        64,
        "Width",
        "Units in the hidden layer. Each adds three weights; sixty-four are far more than twenty points need.",
        ge=4,
        le=96,
        multiple_of=4,
        unit="units",
        live=True,
        more=True,
    )
    batch: int = params.field(
        10,
        "Batch",
        "Points in each step of training. Small batches make the curves jitter.",
        ge=2,
        le=120,
        unit="points",
        live=True,
        more=True,
    )
    epochs: int = params.field(
        600,
        "Budget",
        "Training goes on to here, so that you see what happens after the stop.",
        ge=100,
        le=LONGEST,
        multiple_of=50,
        unit="epochs",
        more=True,
    )
    steps: int = params.field(
        300,
        "Steps of the linear model",
        "How many steps of gradient descent the linear model below has taken.",
        ge=1,
        le=1_000_000,
        log=True,
        unit="steps",
        live=True,
        more=True,
    )
    shown: int = params.field(
        0,
        "Network drawn",
        "Which of the seeds is drawn, counted from the first. Or click one in the chart of all seeds.",
        ge=0,
        le=31,
        more=True,
    )
    seeds: int = params.field(
        8, "Seeds", "Networks trained at once; each has its own points, weights and orders.", ge=1, le=32, more=True
    )
    seed: int = params.field(3, "First seed", "The others take the numbers after it.", ge=0, le=99, more=True)
    sketch: bool = params.field(
        False, "Sketch", "One network and fewer epochs, while a hand still moves a control.", editor="hidden"
    )

    _points_lie_in_the_window = field_validator("own")(within(WINDOW))

    @property
    def by_hand(self) -> str:
        """The learner's own points, or "" where points are drawn; two points stand in for none."""
        return (self.own or STAND_IN) if self.data == "points" else ""

    @property
    def drawn(self) -> int:
        """Which of the networks is drawn: the one asked for, or the last there is."""
        return 0 if self.sketch else min(self.shown, self.seeds - 1)

    @property
    def setting(self) -> Setting:
        """Return what the training depends on."""
        first = self.seed + (min(self.shown, self.seeds - 1) if self.sketch else 0)
        count = 1 if self.sketch else self.seeds
        return Setting(
            points=self.points,
            share=self.share,
            noise=self.noise,
            width=self.width,
            epochs=self.epochs,
            batch=self.batch,
            seeds=tuple(range(first, first + count)),
            own=self.by_hand,
        )

    def preview(self) -> Self:
        """Return a sketch: the network drawn alone, for fewer epochs where each takes long."""
        weights = self.setting.network.parameters
        points = len(parse(self.by_hand)[0]) if self.by_hand else self.points
        steps = -(-points // self.batch)
        most = int(LIVE / (weights * points + 2000 * steps)) // 50 * 50
        return self.but(sketch=True, epochs=min(self.epochs, max(100, most)))
