"""The settings of the page."""

from typing import Literal, Self

from nnviz.concepts.batch_norm.nets import Data, Net
from nnviz.core import params

WORK = 4e7  # seeds × layers × width × batch × steps that are trained: more would take longer than ten seconds
FOLLOWED = 50  # steps of training while a hand moves


class Params(params.Params):
    """Settings of the page."""

    norm: Literal["batch", "layer", "group"] = params.field(
        "batch",
        "Normalization",
        "Bring what each unit adds up to mean 0 and variance 1: over the batch, over the layer, or over a quarter of it. "
        "The same net without any is always beside it.",
        labels={"batch": "Batch", "layer": "Layer", "group": "Group"},
    )
    batch: int = params.field(
        32, "Batch size", "Examples that each step learns from, and over which batch normalization takes its means.",
        ge=2, le=256, log=True,
    )  # fmt: skip
    rate: float = params.field(
        0.3, "Learning rate", "Size of the steps, of both nets.", ge=0.01, le=10, log=True, live=True
    )  # fmt: skip
    depth: int = params.field(6, "Depth", "Hidden layers of both nets.", ge=1, le=20)
    noise: float = params.field(
        0.0,
        "Noise after the norm",
        "At every step of training each unit's normalised sum is stretched and moved at random by up to this much: it "
        "undoes the norm. 0.5 is what Santurkar and others used.",
        ge=0,
        le=2,
        multiple_of=0.05,
    )
    eval_mode: bool = params.field(
        True,
        "Evaluation mode",
        "Answer with the running statistics of training. Off: the mistake of leaving the net in training mode, so that each "
        "answer depends on the batch it comes in.",
    )
    statistics: float = params.field(
        0.1, "Momentum of the running statistics", "The share of each new batch in the running mean and variance.",
        ge=0.01, le=1, log=True, more=True, when={"norm": ("batch",)},
    )  # fmt: skip
    after: bool = params.field(
        False, "Norm after the activation", "Normalize what the activation gives instead of what it gets.", more=True
    )
    activation: Literal["relu", "tanh", "sigmoid"] = params.field(
        "relu", "Activation", "What every hidden unit does to its sum.",
        labels={"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid"}, more=True,
    )  # fmt: skip
    data: Data = params.field(
        "spiral", "Data", "What the nets must tell apart: 256 points to learn from, 256 others to test on.",
        labels={"spiral": "Spiral", "moons": "Two moons", "circle": "Circle", "xor": "XOR"}, more=True,
    )  # fmt: skip
    steps: int = params.field(
        200, "Steps", "Training steps of every net.", ge=50, le=400, multiple_of=50, more=True
    )  # fmt: skip
    seeds: int = params.field(
        8, "Seeds", "Nets of each kind, each with weights and points of its own. Deep nets on large batches are trained from "
        "fewer seeds, so that a run ends in time.", ge=1, le=32, more=True,
    )  # fmt: skip
    seed: int = params.field(
        0, "First seed", "The seed of the net whose layers are drawn; the others take the numbers after it.",
        ge=0, le=99, more=True,
    )  # fmt: skip

    sketch: bool = params.field(False, "Sketch", "Without other rates and batch sizes.", editor="hidden")

    @property
    def net(self) -> Net:
        """The net with the norm; its plain twin has none."""
        return Net(
            norm=self.norm,
            depth=self.depth,
            batch=self.batch,
            rate=self.rate,
            statistics=self.statistics,
            noise=self.noise,
            after=self.after,
            activation=self.activation,
            data=self.data,
            steps=self.steps,
        )

    @property
    def numbers(self) -> tuple[int, ...]:
        """The seeds that are trained, as many as end in time."""
        affordable = int(WORK / (self.depth * 16 * max(self.batch, 64) * self.steps))
        return tuple(range(self.seed, self.seed + max(1, min(self.seeds, affordable))))

    def preview(self) -> Self:
        """Train one net of both kinds through its first steps, and nothing else."""
        return self.but(sketch=True, seeds=1, steps=min(self.steps, FOLLOWED))
