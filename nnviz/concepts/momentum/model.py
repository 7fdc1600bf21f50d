"""Momentum: three ways down one ravine, and the same three methods on a small network."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.concepts.momentum import nets
from nnviz.concepts.momentum.theory import METHODS, best, slowest
from nnviz.core import params
from nnviz.core.progress import Report, part, silent
from nnviz.models.rate_sweep import EPOCHS, Sweep
from nnviz.models.surfaces import Surface, paths

MEASURED = 200  # steps over which a rate of convergence is measured
CONDITIONS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
QUICK_EPOCHS = 5
Floats = NDArray[np.float64]


class Params(params.Params):
    """Settings of the page."""

    rate: float = params.field(
        0.5,
        "Learning rate α",
        "Size of a step. The steepest curvature is 1, so gradient descent bears α up to 2, the heavy ball up to 2 + 2β.",
        ge=0.01,
        le=4.5,
        multiple_of=0.01,
        live=True,
    )
    beta: float = params.field(
        0.9,
        "Momentum β",
        "What is kept of the last step: 0 is gradient descent, 1 a ball without friction.",
        ge=0,
        le=1,
        multiple_of=0.005,
        live=True,
    )
    kappa: float = params.field(
        100.0,
        "Condition number κ",
        "The steepest curvature over the flattest: how much longer the ravine is than it is wide, squared.",
        ge=1,
        le=1000,
        log=True,
        live=True,
    )
    method: Literal["momentum", "nesterov"] = params.field(
        "momentum",
        "Method in front",
        "Which method the map, the errors and the words are about. Nesterov looks at the slope ahead of the step.",
        labels={"momentum": "Heavy ball", "nesterov": "Nesterov"},
    )
    x: float = params.field(
        -1.2,
        "Start along the ravine",
        "Where all three begin, along the flat direction. A click into the picture sets it.",
        ge=-1.5,
        le=1.5,
        multiple_of=0.01,
        live=True,
    )
    y: float = params.field(
        0.9,
        "Start across the ravine",
        "Where all three begin, along the steep direction. A click into the picture sets it.",
        ge=-1.5,
        le=1.5,
        multiple_of=0.01,
        live=True,
    )
    steps: int = params.field(
        120, "Steps", "Steps down the ravine.", ge=20, le=400, multiple_of=20, live=True, more=True
    )
    seeds: int = params.field(
        8,
        "Seeds",
        "Networks of each method and rate, each with its own points, initial weights and order of examples.",
        ge=1,
        le=32,
        more=True,
    )
    quick: bool = params.field(False, "Quick", "One seed, trained briefly, while the hand drags.", editor="hidden")

    @property
    def curvatures(self) -> tuple[float, ...]:
        """Curvatures of the directions in which the start is off the lowest point, the flat one first."""
        both = ((self.x, 1 / self.kappa), (self.y, 1.0))
        return tuple(curvature for off, curvature in both if off != 0)

    def preview(self) -> Self:
        """Follow the ball in full; train one network of each kind, and only a little."""
        return self.but(seeds=1, quick=True)


@dataclass(frozen=True)
class Run:
    """Three ways down the ravine and three ways to train a network; methods in the order of METHODS.

    Attributes:
        params: the settings.
        ways: (3, T + 1, 2) places, the flat direction first; NaN once a way has left all bounds.
        formula: (3,) factor by which the error shrinks a step in the long run, over the directions in which the start is off.
        measured: (3,) the same, measured over steps 100 to 200 of a way of its own, which starts 1 off in each of these.
        by_condition: (2, C) measured factor of gradient descent and of the heavy ball at their best α and β.
        nets: losses of the networks.
    """

    params: Params
    ways: Floats
    formula: Floats
    measured: Floats
    by_condition: Floats
    nets: Sweep

    @property
    def front(self) -> int:
        """Index of the method in front."""
        return METHODS.index(self.params.method)

    @property
    def heights(self) -> Floats:
        """Height above the lowest point, (3, T + 1)."""
        return Surface("ravine", self.params.kappa).value(self.ways)


def descend(kappa: float, start: ArrayLike, rate: ArrayLike, beta: ArrayLike, steps: int) -> Floats:
    """Follow gradient descent, heavy ball and Nesterov from one place, (3, steps + 1, 2).

    z ← βz + ∇f(w);  w ← w − αz (heavy ball), w ← w − α(∇f(w) + βz) (Nesterov); α and β: one for all or three.
    """
    surface = Surface("ravine", kappa)
    return paths(surface, start, steps=steps, optimizer=METHODS, rate=rate, momentum=beta)


def shrinking(ways: Floats) -> Floats:
    """Measure by what the distance to the minimum at 0 is multiplied each step, over the second half: (K, T + 1, 2) → (K,).

    Both coordinates of two steps in a row count, so that a ball on its way through 0 is not taken for one at rest.
    """
    size = np.abs(ways).max(axis=-1)
    distance = np.maximum(size[:, 1:], size[:, :-1])  # (K, T)
    middle, last = distance.shape[1] // 2, distance.shape[1] - 1
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = distance[:, last] / distance[:, middle]
        found = ratio ** (1 / (last - middle))
    return np.where(distance[:, middle] == 0, 0.0, found)


def speed_up() -> Floats:
    """Measure the factor a step at the best α and β for every κ of CONDITIONS: gradient descent, heavy ball (2, C)."""
    found = []
    for kappa in CONDITIONS:
        rates, betas = zip(*(best(method, kappa) for method in METHODS), strict=True)
        found.append(shrinking(descend(kappa, (1.0, 1.0), rates, betas, 2 * MEASURED))[:2])
    return np.transpose(found)


def run(params: Params, report: Report = silent) -> Run:
    """Walk down the ravine, measure how fast, train the networks."""
    start = (params.x, params.y)
    long = descend(params.kappa, (float(params.x != 0), float(params.y != 0)), params.rate, params.beta, MEASURED)
    epochs = QUICK_EPOCHS if params.quick else EPOCHS
    return Run(
        params=params,
        ways=descend(params.kappa, start, params.rate, params.beta, params.steps),
        formula=np.array([float(slowest(name, params.rate, params.beta, *params.curvatures)) for name in METHODS]),
        measured=shrinking(long),
        by_condition=speed_up(),
        nets=nets.trained(params.beta, tuple(range(params.seeds)), epochs, part(report, 0.1, 1.0)),
    )
