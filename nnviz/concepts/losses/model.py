"""Loss functions: read off under the hand, fitted through an outlier, trained, and counted letter by letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from nnviz.concepts.losses import functions
from nnviz.concepts.losses.functions import LABELS, Floats, Name, along
from nnviz.concepts.losses.letters import numbers, perplexity, surprises, train_letters
from nnviz.concepts.losses.line import ACROSS, FARTHEST, Lines, lines
from nnviz.concepts.losses.mask import MASK_LOSSES, Masks, masks
from nnviz.concepts.losses.nets import CLASS_LOSSES, CURVE_LOSSES, Classifiers, Curves, classifiers, curves
from nnviz.concepts.losses.wrong import unit_descent
from nnviz.core import params
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent

LIMIT = 8.0  # predictions run from −LIMIT to LIMIT
AXIS: Floats = np.linspace(-LIMIT, LIMIT, 161)
FOLLOWED = 8  # seeds that are trained anew while the hand moves
LETTERS = (2, 40)
PICTURES = {
    "curves": "Losses and gradients",
    "line": "A line and an outlier",
    "wrong": "Confidently wrong",
    "simplex": "Three classes",
    "mask": "A small mask",
    "text": "A sentence",
    "nets": "Nets trained under each",
}
CURVES = {"picture": ("curves",)}


class Params(params.Params):
    """The settings of the page."""

    picture: Literal["curves", "line", "wrong", "simplex", "mask", "text", "nets"] = params.field(
        "curves", "Large picture", "Which of the charts gets the room; all others stay below.", labels=PICTURES
    )
    first: Name = params.field("bce", "Loss", "The first of the pair that is compared.", labels=LABELS, when=CURVES)
    second: Name = params.field(
        "sigmoid_mse", "Compared with", "The second of the pair, drawn dashed.", labels=LABELS, when=CURVES
    )
    prediction: float = params.field(
        -4.0,
        "Prediction",
        "Where losses and gradients are read off. For a classifier it is the logit: −4 says “class 0” with probability "
        "0.98. The unit that is confidently wrong starts here.",
        ge=-LIMIT, le=LIMIT, multiple_of=0.1, live=True, when={"picture": ("curves", "wrong")},
    )  # fmt: skip
    target: float = params.field(
        1.0,
        "Target",
        "What the prediction should be. A classifier reads it as class 1 if it is above 0, else as class 0.",
        ge=-LIMIT, le=LIMIT, multiple_of=0.1, live=True, when={"picture": ("curves", "wrong")},
    )  # fmt: skip
    outlier: float = params.field(
        16.0,
        "Outlier's height",
        "How high the point lies that does not belong. You can also drag it in the picture, and see which line follows.",
        ge=-FARTHEST, le=FARTHEST, multiple_of=0.5, live=True, when={"picture": ("line",)},
    )  # fmt: skip
    outlier_x: float = params.field(
        4.0,
        "Outlier's place",
        "Beyond ±5 there are no other points: far out, a single point has a long lever on every line.",
        ge=-ACROSS, le=ACROSS, multiple_of=0.5, live=True, when={"picture": ("line",)},
    )  # fmt: skip
    rate: float = params.field(
        0.5, "Learning rate", "Of the unit that starts confidently wrong.",
        ge=0.01, le=10, log=True, live=True, when={"picture": ("wrong",)},
    )  # fmt: skip
    scores: tuple[float, ...] = params.field(
        (0.5, 2.0, -0.5), "Class scores z₁, z₂, z₃", "Logits of the three classes; class 1 is the true one. Or click.",
        ge=-LIMIT, le=LIMIT, multiple_of=0.05, live=True, when={"picture": ("simplex",)},
    )  # fmt: skip
    pixels: int = params.field(
        9, "Pixels of the mask", "How large the spot is, out of 256 pixels.",
        ge=2, le=60, live=True, when={"picture": ("mask",)},
    )  # fmt: skip
    sentence: str = params.field(
        "the loss is small", "Sentence", f"{LETTERS[0]} to {LETTERS[1]} letters; all but a to z are read as spaces.",
        when={"picture": ("text",)},
    )  # fmt: skip
    flips: float = params.field(
        0.2, "Wrong labels", "Share of the training points that carry the label of another class.",
        ge=0, le=0.45, multiple_of=0.05, when={"picture": ("nets",)},
    )  # fmt: skip
    delta: float = params.field(
        1.0, "Huber's δ", "Errors up to δ count squared, larger ones only in proportion: the gradient is cut at ±δ.",
        ge=0.1, le=8, multiple_of=0.1, live=True, more=True,
    )  # fmt: skip
    gamma: float = params.field(
        2.0, "Focal γ", "How much examples that are already right are played down: 0 is cross-entropy.",
        ge=0, le=5, multiple_of=0.1, live=True, more=True,
    )  # fmt: skip
    smoothing: float = params.field(
        0.0, "Label smoothing ε", "The true class counts 1 − ε, and ε is spread over all classes.",
        ge=0, le=0.5, multiple_of=0.01, live=True, more=True,
    )  # fmt: skip
    seeds: int = params.field(
        8, "Seeds", "How many nets are trained under each loss, each from its own seed.", ge=1, le=32, more=True
    )

    @field_validator("sentence")
    @classmethod
    def _readable(cls, text: str) -> str:
        if len(text) > LETTERS[1] or len(numbers(text)) < LETTERS[0]:
            raise ValueError(f"a sentence has {LETTERS[0]} to {LETTERS[1]} letters a to z and spaces, got {len(text)}")
        return text

    def preview(self) -> Self:
        """Train at most eight seeds anew while the hand moves."""
        return self.but(seeds=min(self.seeds, FOLLOWED))

    @property
    def side(self) -> float:
        """The class that a classifier should say: 1 or 0."""
        return float(self.target > 0)


@dataclass(frozen=True)
class Reading:
    """One loss along the prediction.

    Attributes:
        values, slopes: (161,) at AXIS; value, slope: at the prediction.
    """

    name: Name
    values: Floats
    slopes: Floats
    value: float
    slope: float


@dataclass(frozen=True)
class Run:
    """Everything on the page.

    Attributes:
        pair: the two losses that are compared.
        lines: lines through the points under MSE, MAE and Huber.
        descents: (2, 121) logit of the unit under cross-entropy and under MSE, by step.
        probabilities: (3,) softmax of the scores; class 1 is true.
        penalties: loss → its value at the scores; pulls: loss → (3,) its gradient with respect to them.
        masks: what cross-entropy and Dice find.
        surprise: (L,) nats of each letter; perplexity: (L,) of all letters so far.
        classifiers, curves: nets trained under each loss.
    """

    params: Params
    pair: tuple[Reading, Reading]
    lines: Lines
    descents: Floats
    probabilities: Floats
    penalties: dict[str, float]
    pulls: dict[str, Floats]
    masks: dict[str, Masks]
    letters: NDArray[np.int64]
    surprise: Floats
    perplexity: Floats
    classifiers: Mapping[str, Classifiers]
    curves: Mapping[str, Curves]


def read(name: Name, p: Params) -> Reading:
    """Read a loss and its gradient off along the whole axis and at the prediction."""
    knobs = (p.target, p.delta, p.gamma, p.smoothing)
    values, slopes = along(name, AXIS, *knobs)
    value, slope = along(name, np.float64(p.prediction), *knobs)
    return Reading(name, values, slopes, float(value), float(slope))


def at_scores(p: Params) -> tuple[dict[str, float], dict[str, Floats]]:
    """Return every loss of the three scores, and its gradient with respect to them; the true class is class 1."""
    z, one_hot = np.array(p.scores), np.array([1.0, 0.0, 0.0])
    found = {
        "categorical": functions.categorical(z, one_hot, p.smoothing),
        "sparse": functions.sparse(z, np.array(0), p.smoothing),
        "kl": functions.kl(z, one_hot, p.smoothing),
        "softmax_mse": functions.softmax_mse(z, one_hot),
        "multi_hinge": functions.multi_hinge(z, one_hot),
        "multi_focal": functions.multi_focal(z, one_hot, p.gamma),
    }
    return {name: float(value) for name, (value, _) in found.items()}, {
        name: slope for name, (_, slope) in found.items()
    }


letter_model = memo(maxsize=64)(train_letters)


def run(params: Params, report: Report = silent) -> Run:
    """Read off, fit, descend, train; what is trained depends on its own settings alone and is remembered."""
    p, seeds = params, tuple(range(params.seeds))
    report(0.0, "reading off losses")
    surprise = surprises(letter_model(p.smoothing), p.sentence)
    penalties, pulls = at_scores(p)
    trained: dict[str, Classifiers] = {}
    for index, name in enumerate(CLASS_LOSSES):
        report(0.1 + 0.6 * index / len(CLASS_LOSSES), "training nets under each loss")
        smoothed = name in ("categorical", "sparse", "kl")
        knobs = (p.gamma if name == "multi_focal" else 0.0, p.smoothing if smoothed else 0.0)
        trained[name] = classifiers(name, p.flips, *knobs, seeds)
    report(0.7, "training nets under each loss")
    return Run(
        params=p,
        pair=(read(p.first, p), read(p.second, p)),
        lines=lines(p.outlier_x, p.outlier, p.delta),
        descents=unit_descent(p.prediction, p.side, p.rate),
        probabilities=np.exp(functions.log_softmax(np.array(p.scores))),
        penalties=penalties,
        pulls=pulls,
        masks={name: masks(name, p.pixels, seeds) for name in MASK_LOSSES},
        letters=numbers(p.sentence),
        surprise=surprise,
        perplexity=perplexity(surprise),
        classifiers=trained,
        curves={name: curves(name, p.delta if name == "huber" else 0.0, seeds) for name in CURVE_LOSSES},
    )
