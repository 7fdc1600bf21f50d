"""Vanishing and exploding gradients: a deep network at initialization and while it learns, with one cure and without.

Both groups of networks share seeds: the same data and the same random numbers, so their difference is the cure's.
"""

from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np

from nnviz.concepts.gradient_flow.network import Clipping, Loss, Network, Normalization, Setting
from nnviz.concepts.gradient_flow.training import STEPS, Floats, Record, train
from nnviz.core import params
from nnviz.core.progress import Report, part, silent
from nnviz.models.deep import Activation

HE = 2**0.5  # the gain that keeps ReLU's signal: He et al. 2015
Cure = Literal["initialization", "residual", "normalization", "clipping"]
Shown = Literal["signal", "gradient", "activation", "update"]
PREVIEWED = 4  # networks that follow the hand


class Params(params.Params):
    """Settings of a deep network and of its training."""

    gain: float = params.field(
        1.1,
        "Initialization gain",
        "Weights are drawn from a normal distribution with standard deviation gain / √(inputs of the unit). "
        "1 keeps a linear net's signal, √2 ≈ 1.41 a ReLU net's (He).",
        ge=0.1,
        le=3,
        multiple_of=0.01,
        live=True,
    )
    depth: int = params.field(
        20,
        "Depth",
        "Hidden layers of the MLP, or time steps of the RNN: how many factors the chain rule multiplies.",
        ge=2,
        le=64,
        live=True,
    )
    activation: Activation = params.field(
        "relu",
        "Activation",
        "Its slope is one factor of every layer: at most ¼ for the sigmoid, 0 or 1 for ReLU, up to 1 for tanh.",
        labels={
            "sigmoid": "Sigmoid",
            "tanh": "Tanh",
            "relu": "ReLU",
            "leaky": "Leaky ReLU",
            "gelu": "GELU",
            "linear": "Linear (none)",
        },
    )
    residual: bool = params.field(
        False, "Residual connections", "Every layer adds to its input instead of replacing it: h + φ(Wh + b)."
    )
    normalization: Normalization = params.field(
        "none",
        "Normalization",
        "Bring each layer's sums to mean 0 and variance 1: each unit over the batch, or each example over the units.",
        labels={"none": "None", "batch": "Batch", "layer": "Layer"},
    )
    cure: Cure = params.field(
        "initialization",
        "Compare with and without",
        "A second group of networks with the same seeds differs in this only: it has the cure if yours lacks it, "
        "and lacks it if yours has it (without ReLU and He: the sigmoid, gain 1).",
        labels={
            "initialization": "ReLU with He initialization",
            "residual": "Residual connections",
            "normalization": "Normalization",
            "clipping": "Clipping",
        },
        more=True,
    )
    network: Network = params.field(
        "mlp",
        "Network",
        "An MLP on two moons, or an RNN unrolled in time: one matrix used at every time step, asked for the sign of "
        "the first number it read.",
        labels={"mlp": "Deep MLP", "rnn": "Unrolled RNN"},
        more=True,
    )
    width: int = params.field(
        16, "Width", "Units in every hidden layer. Narrow layers scatter more.", ge=4, le=24, multiple_of=4,
        live=True, more=True,
    )  # fmt: skip
    clipping: Clipping = params.field(
        "none",
        "Gradient clipping",
        "By norm shortens a gradient longer than the threshold, by value cuts each entry, normalization gives every "
        "gradient exactly the threshold's length.",
        labels={"none": "None", "norm": "By norm", "value": "By value", "rescale": "Gradient normalization"},
        more=True,
    )
    threshold: float = params.field(
        1.0,
        "Clipping threshold",
        "The longest gradient (or the largest entry) that is let through.",
        ge=1e-3,
        le=100,
        log=True,
        more=True,
    )
    rate: float = params.field(
        0.05, "Learning rate", "Step size of gradient descent.", ge=1e-3, le=10, log=True, more=True
    )
    decay: float = params.field(
        0.0, "L2 penalty", "λ: every step also pulls each weight towards 0 by ηλ of its size.",
        ge=0, le=0.1, multiple_of=0.002, more=True,
    )  # fmt: skip
    loss: Loss = params.field(
        "cross-entropy",
        "Loss",
        "Cross-entropy's slope is never steeper than 1; the squared error's grows with the output.",
        labels={"cross-entropy": "Cross-entropy", "squared": "Squared error"},
        more=True,
    )
    shown: Shown = params.field(
        "signal",
        "Map shows",
        "What the map over training shows: the gradient that reaches a layer's output, that of its weights, the "
        "layer's output, or the step its weights take.",
        labels={
            "signal": "Gradient at the layer",
            "gradient": "Gradient of its weights",
            "activation": "Activation",
            "update": "Update of its weights",
        },
        more=True,
    )
    training: bool = params.field(
        True, "Train", f"Off: look at the initialization and one step only. On: {STEPS} steps.", more=True
    )
    seeds: int = params.field(
        8, "Seeds", "Networks trained at once, each with weights and examples of its own.", ge=1, le=32, more=True
    )

    def preview(self) -> Self:
        """Look at few networks' initialization while the hand moves."""
        return self.but(training=False, seeds=min(self.seeds, PREVIEWED))

    def setting(self) -> Setting:
        """Return what the networks are, without what only the pictures need."""
        own = self.model_dump(exclude={"cure", "shown", "training", "seeds"})
        return Setting(**own, seeds=tuple(range(self.seeds)))


@dataclass(frozen=True)
class Run:
    """A page's run.

    Attributes:
        params: its settings.
        own: the networks as they are set.
        other: the networks that differ by one cure; same seeds.
        cured: whether `own` are those with the cure.
    """

    params: Params
    own: Record
    other: Record
    cured: bool

    @property
    def without(self) -> Record:
        """The networks without the cure."""
        return self.other if self.cured else self.own

    @property
    def treated(self) -> Record:
        """The networks with the cure."""
        return self.own if self.cured else self.other


def run(params: Params, report: Report = silent) -> Run:
    """Train the networks as they are set and those that differ by one cure; initialization is known at once."""
    own = params.setting()
    other, cured = counterpart(own, params.cure)
    start = Run(params, train(own, 1), train(other, 1), cured)
    if not params.training:
        return start
    report(0.0, "Training", start)
    first = train(own, STEPS, part(report, 0.0, 0.5))
    second = train(other, STEPS, part(report, 0.5, 1.0))
    return Run(params, first, second, cured)


def counterpart(own: Setting, cure: Cure) -> tuple[Setting, bool]:
    """Return the setting that differs by one cure, and whether the given one has it already."""
    if cure == "residual":
        return replace(own, residual=not own.residual), own.residual
    if cure == "normalization":
        has = own.normalization != "none"
        return replace(own, normalization="none" if has else "layer"), has
    if cure == "clipping":
        has = own.clipping != "none"
        return replace(own, clipping="none" if has else "norm"), has
    has = own.activation == "relu" and abs(own.gain - HE) < 0.01
    before, after = replace(own, activation="sigmoid", gain=1.0), replace(own, activation="relu", gain=HE)
    return (before, True) if has else (after, False)


def flow_ratio(record: Record) -> Floats:
    """Return layer 1's share of the last layer's gradient before training, (K,); nan where no layer gets any."""
    first, last = record.signal[0, 0], record.signal[0, -1]
    return np.asarray(np.divide(first, last, out=np.full_like(first, np.nan), where=last > 0))


def typical(record: Record) -> int:
    """Return which network has the middle share of the gradient at layer 1 (of two, the lower)."""
    ratio = flow_ratio(record)
    return int(np.argsort(ratio)[(int(np.isfinite(ratio).sum()) - 1) // 2])
