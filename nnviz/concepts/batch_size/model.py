"""Batch size: one network trained at many batch sizes, seen by three clocks, and the noise of its gradients."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from nnviz.concepts.batch_size import clock
from nnviz.concepts.batch_size.clock import Costs
from nnviz.concepts.batch_size.cloud import DRAWN, Cloud, Spread, cloud, spread
from nnviz.concepts.batch_size.training import BLUR, EXAMPLES, NETWORKS, Curves, Task, own_examples, trained
from nnviz.core import params
from nnviz.core.progress import Report, part, silent
from nnviz.data.points import parse

Size = Literal["1", "2", "4", "8", "16", "32", "64", "128", "full"]
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, EXAMPLES)
ANCHOR = 16  # the batch size at which a scaled rate is the rate on the slider
QUICK = {  # the most a preview spends
    "moons": {"epochs": 20, "steps": 60, "seconds": 0.02},
    "digits": {"epochs": 8, "steps": 40, "seconds": 0.01},
}
QUICK_SNAPSHOTS, QUICK_PRODUCTS, QUICK_DRAWN, QUICK_MOMENTS = 16, 8, 40, 6


class Params(params.Params):
    """Settings of the page."""

    batch_sizes: tuple[Size, ...] = params.field(
        ("1", "4", "16", "64", "full"),
        "Batch sizes",
        "How many examples each step averages over. All chosen sizes train at once, from the same initial weights. "
        f"The full batch is all {EXAMPLES} training examples; with none chosen, it trains alone.",
        labels={"full": f"full ({EXAMPLES})"},
    )
    rate: float = params.field(
        0.3,
        "Learning rate",
        "Size of a step, η. Drag it: small batches break first, because their steps follow noisy gradients.",
        ge=0.001,
        le=10,
        log=True,
        live=True,
    )
    scaling: Literal["fixed", "linear", "root"] = params.field(
        "fixed",
        "Rate against batch size",
        f"Fixed: one rate for all. Linear: η·B/{ANCHOR}, so that an epoch covers the same ground at any batch size. "
        f"Square root: η·√(B/{ANCHOR}), which keeps the variance of a step the same.",
        labels={"fixed": "fixed: η", "linear": f"linear: η·B/{ANCHOR}", "root": f"square root: η·√(B/{ANCHOR})"},
    )
    budget: Literal["epochs", "steps", "seconds"] = params.field(
        "epochs",
        "Budget counted in",
        "What is equal for all batch sizes: passes over the data, updates, or seconds of this machine.",
        labels={"epochs": "epochs: equal data", "steps": "steps: equal updates", "seconds": "seconds: equal time"},
    )
    epochs: int = params.field(
        40,
        "Epochs",
        f"Passes over the {EXAMPLES} training examples: {EXAMPLES} steps each at batch size 1, one step at full batch.",
        ge=1,
        le=100,
        when={"budget": ("epochs",)},
    )
    steps: int = params.field(
        200, "Steps", "Updates of the weights.", ge=10, le=600, multiple_of=10, when={"budget": ("steps",)}
    )
    seconds: float = params.field(
        0.1,
        "Seconds",
        "Time for each batch size, by the seconds that a step takes in plain PyTorch on this machine.",
        ge=0.01,
        le=0.15,
        multiple_of=0.01,
        unit="s",
        when={"budget": ("seconds",)},
    )
    label_noise: float = params.field(
        0.1,
        "Label noise",
        "Share of training labels that are wrong. The test labels stay right: learning the wrong ones costs accuracy.",
        ge=0,
        le=0.4,
        multiple_of=0.02,
        live=True,
    )
    data: Literal["moons", "digits", "points"] = params.field(
        "moons",
        "Data",
        f"Two overlapping moons or your own points (network 2-16-2), or handwritten digits (64-16-10); {EXAMPLES} "
        "examples to train on.",
        labels={"moons": "Two moons", "digits": "Digits", "points": "Your own points"},
        more=True,
    )
    points: str = params.field(
        "",
        "Your points",
        "Click to add a point of the chosen class, drag it, double-click to remove it. The "
        f"{EXAMPLES} examples are drawn around your points, every point equally often, standard deviation {BLUR:g}; "
        "so are the test examples. With fewer than two points, one of each class stands in.",
        labels={"0": "a", "1": "b"},
        editor="points",
        live=True,
        more=True,
        when={"data": ("points",)},
    )
    seeds: int = params.field(
        8,
        "Seeds",
        "Networks for each batch size, each with its own data, initial weights and order of examples.",
        ge=1,
        le=32,
        more=True,
    )
    race: Literal["steps", "examples", "seconds"] = params.field(
        "seconds",
        "Race by",
        "The clock that runs when you press play: at every moment all batch sizes stand at the same reading of it.",
        labels={"steps": "steps", "examples": "examples", "seconds": "seconds"},
        more=True,
    )
    shown: Literal["all", "steps", "examples", "seconds"] = params.field(
        "all",
        "Clocks shown",
        "All three side by side, or a single one with all the room: better on a small screen.",
        labels={"all": "all three", "steps": "steps", "examples": "examples", "seconds": "seconds"},
        more=True,
    )
    draw: Literal["with", "without"] = params.field(
        "with",
        "Mini-batches of the cloud",
        "With replacement the variance is exactly tr Σ / B. Without, as an epoch does it, it also falls by "
        "(N − B)/(N − 1), and the full batch has no noise left.",
        labels={"with": "drawn with replacement", "without": "drawn without replacement"},
        more=True,
    )
    moment: Literal["start", "middle", "end"] = params.field(
        "middle",
        "Variance measured at",
        "The network at which the gradient's variance is measured. Early on the signal ‖G‖² is large and small batches "
        "see it; late in training it sinks below the noise of all but the largest.",
        labels={"start": "the start of training", "middle": "a moment midway", "end": "the end of training"},
        more=True,
    )
    quick: bool = params.field(False, "Quick", "One seed and less training, while the hand drags.", editor="hidden")

    @field_validator("points")
    @classmethod
    def _readable(cls, text: str) -> str:
        parse(text)
        return text

    @property
    def family(self) -> Literal["moons", "digits"]:
        """By which networks, ranges and chances are looked up: whatever lies in the plane is like the moons."""
        return "digits" if self.data == "digits" else "moons"

    def preview(self) -> Self:
        """Return the settings that train one seed and stop early."""
        return self.but(seeds=1, quick=True)


@dataclass(frozen=True)
class Run:
    """B batch sizes trained for S seeds, T moments kept.

    Attributes:
        params: the settings.
        batches: (B,) int64 rising; rates: (B,) learning rate of each.
        horizon: (B,) steps that the whole budget allows (a preview stops before).
        curves: what training left, see `Curves`.
        watched: index of the batch size whose first network the clouds and the spread are drawn at.
        cloud, spread: mini-batch gradients along that network's way, and at one moment of it.
        costs: seconds and bytes of a step, measured; the only part that differs between processes.
    """

    params: Params
    batches: NDArray[np.int64]
    rates: NDArray[np.float64]
    horizon: NDArray[np.int64]
    curves: Curves
    watched: int
    cloud: Cloud
    spread: Spread
    costs: Costs

    @property
    def examples(self) -> NDArray[np.int64]:
        """Examples seen, (T, B)."""
        return self.curves.steps * self.batches

    @property
    def step_seconds(self) -> NDArray[np.float64]:
        """Measured seconds of one step at each batch size, (B,)."""
        return np.array([self.costs.per_step(batch) for batch in self.batches])

    @property
    def noise_scale(self) -> NDArray[np.float64]:
        """Gradient noise scale tr Σ / ‖G‖² in examples, (T, B, S). Source: McCandlish et al. 2018."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.asarray(self.curves.noise / self.curves.signal)


def scaled_rate(rate: float, batch: int, scaling: str) -> float:
    """Return η, η·B/16 or η·√(B/16). Source: Goyal et al. 2017 (linear), Krizhevsky 2014 (square root)."""
    return rate * float((batch / ANCHOR) ** {"fixed": 0.0, "linear": 1.0, "root": 0.5}[scaling])


def allowed_steps(batch: int, budget: str, amount: float, step_seconds: float) -> int:
    """Return how many steps a budget allows: epochs · N/B, the steps themselves, or seconds / (seconds a step)."""
    if budget == "seconds":
        return max(1, int(amount / step_seconds))
    return int(amount * EXAMPLES // batch) if budget == "epochs" else int(amount)


def plan(params: Params, amount: float, costs: Costs) -> Task:
    """Return what is trained for an amount of the budget."""
    batches = tuple(EXAMPLES if size == "full" else int(size) for size in params.batch_sizes) or (EXAMPLES,)
    quick = {"snapshots": QUICK_SNAPSHOTS, "products": QUICK_PRODUCTS} if params.quick else {}
    return Task(
        data=params.data,
        label_noise=params.label_noise,
        batches=batches,
        rates=tuple(scaled_rate(params.rate, batch, params.scaling) for batch in batches),
        steps=tuple(allowed_steps(batch, params.budget, amount, costs.per_step(batch)) for batch in batches),
        seeds=tuple(range(params.seeds)),
        points=params.points if params.data == "points" else "",
        **quick,
    )


def run(params: Params, report: Report = silent) -> Run:
    """Train every batch size within its budget; then look at the gradients of one of the networks."""
    report(0.0, "measuring this machine")
    costs = clock.costs(NETWORKS[params.family], part(report, 0.0, 0.1))
    asked = float(getattr(params, params.budget))
    whole = plan(params, asked, costs)
    task = plan(params, min(asked, QUICK[params.family][params.budget]), costs) if params.quick else whole
    curves = trained(task, part(report, 0.1, 0.95))
    report(0.95, "drawing mini-batches")
    watched = len(task.batches) // 2
    inputs, goals = own_examples(task)
    path, steps = _way(curves, watched, QUICK_MOMENTS if params.quick else len(curves.steps))
    replace, drawn = params.draw == "with", QUICK_DRAWN if params.quick else DRAWN
    chosen = {"start": 0, "middle": len(path) // 2, "end": len(path) - 1}[params.moment]
    return Run(
        params=params,
        batches=np.array(task.batches),
        rates=np.array(task.rates),
        horizon=np.array(whole.steps),
        curves=curves,
        watched=watched,
        cloud=cloud(task.network, path, steps, inputs, goals, task.batches, replace=replace),
        spread=spread(task.network, path[chosen], inputs, goals, SIZES, replace=replace, drawn=drawn),
        costs=costs,
    )


def _way(curves: Curves, watched: int, moments: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return weights (T', P) and steps (T',) of one batch size's first seed, finite ones only, at most `moments`."""
    steps, first = np.unique(curves.steps[:, watched], return_index=True)
    path = curves.path[first, watched]
    alive = np.flatnonzero(np.isfinite(path).all(axis=1))
    chosen = alive[np.unique(np.linspace(0, len(alive) - 1, moments).round().astype(int))]
    return path[chosen], steps[chosen]
