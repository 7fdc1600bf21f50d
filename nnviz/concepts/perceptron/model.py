"""The perceptron learning rule on points in the plane: one order shown mistake by mistake, others beside it."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import field_validator

from nnviz.concepts.perceptron.bound import best_line, best_weights, most_mistakes, radius
from nnviz.concepts.perceptron.clouds import cloud
from nnviz.concepts.perceptron.rule import Floats, Path, Whole, learn, margin, signed_points
from nnviz.concepts.perceptron.starts import order_of, starting_weights
from nnviz.core import params
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.data.points import within
from nnviz.data.toy import WINDOW

Data = Literal["separable", "overlapping", "xor", "own"]
Start = Literal["zero", "drawn"]
LABELS = {"separable": "Separable", "overlapping": "Overlapping", "xor": "XOR", "own": "Your own points"}
MARGINS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
SWEPT_PASSES = 1000
MOST_PASSES = 1000


class Params(params.Params):
    """The settings of the page."""

    data: Data = params.field(
        "separable",
        "Points",
        "Separable: a line with the margin below. Overlapping: no line is right for all. XOR: four corners. Your own: "
        "click to add points of two classes.",
        labels=LABELS,
    )
    points: str = params.field(
        "",
        "Your points",
        "Click to add points, drag to move them. Class 0 is y = −1, any other class is y = +1.",
        labels={"0": "−1", "1": "+1"},
        editor="points",
        when={"data": ("own",)},
    )
    gap: float = params.field(
        0.4,
        "Margin γ",
        "How far the nearest points are from the best line, on either side.",
        ge=0.05,
        le=1,
        multiple_of=0.05,
        live=True,
        when={"data": ("separable",)},
    )
    rate: float = params.field(
        1.0,
        "Learning rate η",
        "How much of the mistaken point is added to the weights: w ← w + ηyx.",
        ge=0.01,
        le=10,
        log=True,
        live=True,
    )
    order: int = params.field(
        0,
        "Order seed",
        "In which order the points come; every pass repeats it. The order of this seed is shown.",
        ge=0,
        le=99,
        live=True,
    )
    start: Start = params.field(
        "zero",
        "Starting weights",
        "Zero, as Rosenblatt’s proof has it, or drawn from the order seed: then the learning rate matters.",
        labels={"zero": "Zero", "drawn": "Drawn at random"},
    )
    size: int = params.field(40, "Number of points", "Half of them in each class.", ge=6, le=100, live=True, more=True)
    draw: int = params.field(9, "Data seed", "Another number draws other points.", ge=0, le=99, live=True, more=True)
    passes: int = params.field(
        200, "Most passes", "Where no line separates, training is broken off here.", ge=1, le=MOST_PASSES, more=True
    )
    seeds: int = params.field(
        8, "Seeds", "Orders that are compared: the one shown and those that follow it.", ge=1, le=32, more=True
    )

    _points_lie_in_the_window = field_validator("points")(within(WINDOW))

    def preview(self) -> Self:
        """Show one order while the hand moves."""
        return self.but(seeds=1)


@dataclass(frozen=True)
class Run:
    """Trainings on the same points, one per order.

    Attributes:
        positions: (N, 2); labels: (N,) 0 or 1; signed: (N, 3) y·(1, x₁, x₂).
        paths: one per order seed, the shown one first.
        best: (3,) b, w₁, w₂ of the line with the largest margin; None where no line separates, or there is one class.
        longest: (3,) unit weights with the largest min y (w·x + b), of which the bound speaks; None likewise.
        radius: R; reach: γ = min y longest·(1, x), 0 where no line separates; bound: most mistakes that the shown order
            can make, inf where no line separates.
        margins: (S,) distance of the nearest point from each final line, negative where it is on the wrong side.
        sweep: mistakes and bounds at other margins.
    """

    params: Params
    positions: Floats
    labels: Whole
    signed: Floats
    paths: tuple[Path, ...]
    best: Floats | None
    longest: Floats | None
    radius: float
    reach: float
    bound: float
    margins: Floats
    sweep: "Sweep"

    @property
    def path(self) -> Path:
        """The training that is shown."""
        return self.paths[0]

    @property
    def best_margin(self) -> float:
        """Distance of the nearest point from the best line; nan where there is none."""
        return float("nan") if self.best is None else margin(self.signed, self.best)

    @property
    def mistakes(self) -> Whole:
        """Mistakes of every order, (S,)."""
        return np.array([path.mistakes for path in self.paths])

    @property
    def wrong(self) -> Whole:
        """Points that each order leaves on the wrong side or on the line, (S,)."""
        return np.array([int(np.sum(self.signed @ path.weights[-1] <= 0)) for path in self.paths])


@dataclass(frozen=True)
class Sweep:
    """The same points, moved to other margins.

    Attributes:
        mistakes: (9, 8) of eight orders at MARGINS; bounds: (9,) (R/γ)².
    """

    mistakes: Floats
    bounds: Floats


@memo(maxsize=64)
def sweep(size: int, draw: int) -> Sweep:
    """Train from zero at every margin, in eight orders."""
    mistakes, bounds = [], []
    for gap in MARGINS:
        signed = signed_points(*cloud("separable", size, gap, draw, ""))
        orders = [order_of(size, seed) for seed in range(8)]
        mistakes.append([learn(signed, order, 1.0, np.zeros(3), SWEPT_PASSES).mistakes for order in orders])
        bounds.append(bound_of(signed))
    return Sweep(np.array(mistakes, float), np.array(bounds))


def bound_of(signed: Floats) -> float:
    """Return (R/γ)², the most mistakes from zero weights; inf where no line separates."""
    best = best_weights(signed)
    return float("inf") if best is None else most_mistakes(signed, best, 1.0, np.zeros(3))


def run(params: Params, report: Report = silent) -> Run:
    """Train in every order on the same points."""
    p = params
    positions, labels = cloud(p.data, p.size, p.gap, p.draw, p.points)
    signed = signed_points(positions, labels)
    paths = []
    for index in range(p.seeds):
        report(index / p.seeds, "training in another order")
        start = starting_weights(p.start, p.order + index)
        paths.append(learn(signed, order_of(len(signed), p.order + index), p.rate, start, p.passes))
    longest = best_weights(signed)
    start = paths[0].weights[0]
    return Run(
        params=p,
        positions=positions,
        labels=labels,
        signed=signed,
        paths=tuple(paths),
        best=best_line(signed),
        longest=longest,
        radius=radius(signed) if len(signed) else 1.0,
        reach=0.0 if longest is None else float((signed @ longest).min()),
        bound=float("inf") if longest is None else most_mistakes(signed, longest, p.rate, start),
        margins=np.array([margin(signed, path.weights[-1]) for path in paths]),
        sweep=sweep(p.size, p.draw),
    )
