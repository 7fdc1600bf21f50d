"""Surfaces over the plane, and the ways of the seven optimizers across them: the kernel's own formulas, many ways at once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.ensemble.compilation import entry, inlined
from nnviz.core.ensemble.linear import Matrix, Vector, Whole
from nnviz.core.ensemble.network import plain
from nnviz.core.ensemble.optimizers import L1, L2, add_penalty, update
from nnviz.core.ensemble.settings import NUMBERS, OPTIMIZERS, Settings, choose, spread, strings

SURFACES = ("ravine", "rosenbrock", "beale", "saddle", "himmelblau", "rastrigin")
RAVINE, ROSENBROCK, BEALE, SADDLE, HIMMELBLAU, _ = range(len(SURFACES))
TURN = 2 * math.pi
AMPLITUDE = 10.0  # of Rastrigin's waves
LOST = 1e30  # a coordinate beyond it counts as infinite, long before its powers overflow
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """A smooth function f(x, y) whose least value is 0.

    ravine: ½(u²/κ + v²), u and v the coordinates turned by `angle`; its curvatures are 1/κ and 1
    rosenbrock: (1 − x)² + 100(y − x²)²  ·  beale: (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²
    saddle: ½x² + ¼(y² − 1)², a saddle point at 0 between minima at y = ±1
    himmelblau: (x² + y − 11)² + (x + y² − 7)²  ·  rastrigin: x² + y² + 10(2 − cos 2πx − cos 2πy)

    Attributes:
        name: one of SURFACES.
        condition: κ ≥ 1 of the ravine, the ratio of its curvatures.
        angle: of the ravine's length against the x axis, in radians.

    Raises:
        ValueError: for a name that is not in SURFACES.
    Source: Rosenbrock 1960; Beale 1958; Himmelblau 1972; Rastrigin 1974.
    """

    name: str
    condition: float = 100.0
    angle: float = 0.0

    def __post_init__(self) -> None:
        choose("surface", self.name, SURFACES)

    def value(self, points: ArrayLike) -> Floats:
        """Return f at points (..., 2), as (...)."""
        return self._measured(points)[..., 0]

    def slope(self, points: ArrayLike) -> Floats:
        """Return the gradient of f at points (..., 2), as (..., 2)."""
        return self._measured(points)[..., 1:]

    def _measured(self, points: ArrayLike) -> Floats:
        places = np.asarray(points, np.float64)
        found = np.empty((places.size // 2, 3))
        survey(SURFACES.index(self.name), self._shape(), plain(places.reshape(-1, 2).copy()), found)
        return found.reshape(*places.shape[:-1], 3)

    def _shape(self) -> Floats:
        return np.array([1 / self.condition, math.cos(self.angle), math.sin(self.angle)])


def paths(
    surface: Surface,
    starts: ArrayLike,
    *,
    steps: int,
    optimizer: str | Sequence[str] = "sgd",
    rate: ArrayLike = 0.03,
    noise: ArrayLike | None = None,
    **settings: ArrayLike,
) -> Floats:
    """Follow K ways across a surface; equal to `torch.optim` step for step.

    Args:
        surface: what is descended.
        starts: (2,) or (K, 2), where each way begins; K is the largest of the counts given.
        steps: how many to take.
        optimizer, rate: one for all, or K.
        noise: (N, steps, 2) added to each gradient, N a divisor of K: way k takes draw k mod N; None for none.
        settings: momentum, beta1, beta2, decay, weight_decay, l1, l2 as in `ensemble.Settings`, one or K values each.

    Returns:
        (K, steps + 1, 2) float64; NaN from the step on at which a way left all bounds.

    Raises:
        ValueError: naming the argument, what came and what is accepted.
    """
    places = np.atleast_2d(np.asarray(starts, np.float64))
    given: list[Any] = [rate, *settings.values()]
    chosen = [optimizer] if isinstance(optimizer, str) else list(optimizer)
    count = max(len(places), len(chosen), *(np.size(each) for each in given))
    names = strings("optimizer", chosen if len(chosen) > 1 else chosen[0], count)
    codes = np.array([choose("optimizer", name, OPTIMIZERS) for name in names])
    added = np.zeros((0, 0, 2)) if noise is None else plain(np.array(noise, np.float64))
    if len(added) and (count % len(added) or added.shape[1:] != (steps, 2)):
        raise ValueError(f"noise must be (N, {steps}, 2) with N a divisor of {count}, got {added.shape}")
    found = np.full((count, steps + 1, 2), np.nan)
    found[:, 0] = places
    travel(
        SURFACES.index(surface.name), surface._shape(), codes, numbers_of(count, rate=rate, **settings), added, found
    )
    return found


def numbers_of(count: int, **settings: ArrayLike) -> Floats:
    """Return K rows of the kernel's numbers, (K, 12) in the order of NUMBERS; what is not given has its usual value."""
    unknown = sorted(set(settings) - set(NUMBERS))
    if unknown:
        raise ValueError(f"settings must be among {', '.join(NUMBERS)}, got {', '.join(unknown)}")
    usual = Settings()
    columns = [spread(name, settings.get(name, getattr(usual, name)), count) for name in NUMBERS]
    return plain(np.stack(columns, axis=1))


@inlined
def measure(kind: int, shape: Vector, x: float, y: float, found: Vector) -> None:
    """Write f and its slopes along x and y into found (3,); shape holds 1/κ and the ravine's direction."""
    if kind == RAVINE:
        u, v = shape[1] * x + shape[2] * y, shape[1] * y - shape[2] * x
        found[0] = 0.5 * (shape[0] * u * u + v * v)
        found[1] = shape[0] * u * shape[1] - v * shape[2]
        found[2] = shape[0] * u * shape[2] + v * shape[1]
    elif kind == ROSENBROCK:
        gap = y - x * x
        found[0] = (1 - x) * (1 - x) + 100 * gap * gap
        found[1] = -2 * (1 - x) - 400 * x * gap
        found[2] = 200 * gap
    elif kind == BEALE:
        a, b, c = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
        found[0] = a * a + b * b + c * c
        found[1] = 2 * (a * (y - 1) + b * (y * y - 1) + c * (y * y * y - 1))
        found[2] = 2 * x * (a + 2 * b * y + 3 * c * y * y)
    elif kind == SADDLE:
        found[0] = 0.5 * x * x + 0.25 * (y * y - 1) * (y * y - 1)
        found[1] = x
        found[2] = y * (y * y - 1)
    elif kind == HIMMELBLAU:
        a, b = x * x + y - 11, x + y * y - 7
        found[0] = a * a + b * b
        found[1] = 4 * x * a + 2 * b
        found[2] = 2 * a + 4 * y * b
    else:
        found[0] = x * x + y * y + AMPLITUDE * (2 - math.cos(TURN * x) - math.cos(TURN * y))
        found[1] = 2 * x + AMPLITUDE * TURN * math.sin(TURN * x)
        found[2] = 2 * y + AMPLITUDE * TURN * math.sin(TURN * y)


@entry
def survey(kind: int, shape: Vector, points: Matrix, found: Matrix) -> None:
    """Measure a surface at points (N, 2) into found (N, 3)."""
    for row in range(points.shape[0]):
        measure(kind, shape, points[row, 0], points[row, 1], found[row])


@entry
def travel(kind: int, shape: Vector, optimizers: Whole, numbers: Matrix, noise: Floats, found: Floats) -> None:
    """Walk K ways, whose starts stand in found (K, T + 1, 2), to their ends; what is lost stays as it was filled."""
    place, gradient, measured = np.zeros(2), np.zeros(2), np.zeros(3)
    moments = np.zeros((2, 2))
    for way in range(found.shape[0]):
        moments[:] = 0.0
        place[:] = found[way, 0]
        for step in range(1, found.shape[1]):
            measure(kind, shape, place[0], place[1], measured)
            gradient[:] = measured[1:]
            if noise.shape[0] > 0:
                gradient += noise[way % noise.shape[0], step - 1]
            add_penalty(place, gradient, numbers[way, L1], numbers[way, L2])
            update(place, gradient, moments, optimizers[way], numbers[way, 0], step, numbers[way])
            if not (abs(place[0]) < LOST and abs(place[1]) < LOST):
                break
            found[way, step] = place
