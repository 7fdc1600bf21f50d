"""The map of trainability: every pixel a network trained at its own pair of learning rates, coarse first, then finer.

Source: Sohl-Dickstein, "The boundary of neural network trainability is fractal", 2024.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.learning_rate import kernel
from nnviz.core.ensemble.threads import each
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent

Floats = NDArray[np.float64]
Activation = Literal["tanh", "relu", "linear"]
KINDS = {"tanh": kernel.TANH, "relu": kernel.RELU, "linear": kernel.LINEAR}
UNITS, EXAMPLES = 8, 16
STRIDES = (8, 4, 2, 1)  # every eighth pixel first, then those between
CHUNK = 256  # pixels a thread trains at a time
PARTIAL_SECONDS = 0.25  # between two partial maps
LEAST_SPAN = 1e-9  # decades: with float64 rates, neighbouring pixels of a narrower window would soon be equal


@dataclass(frozen=True)
class Tiny:
    """The network, its data, its first weights and its training: the same at every pixel.

    f(x) = Σₖ vₖ φ(wₖ·x) / √8 with 8 hidden units, 16 random examples with random targets, all standard normal.
    """

    activation: Activation = "tanh"
    steps: int = 150
    seed: int = 0

    def drawn(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return initial w (8, 2) and v (8,), inputs (16, 2) and targets (16,)."""
        return drawn_numbers(self.seed)


def drawn_numbers(seed: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Draw weights w (8, 2) and v (8,), inputs (16, 2) and targets (16,), all standard normal."""
    draws = np.random.default_rng(seed)
    entries, readout = draws.standard_normal((UNITS, 2)), draws.standard_normal(UNITS)
    return entries, readout, draws.standard_normal((EXAMPLES, 2)), draws.standard_normal(EXAMPLES)


@dataclass(frozen=True)
class Window:
    """The part of the plane of rates that is looked at, in powers of ten: layer 1 across, layer 2 upwards."""

    x0: float
    x1: float
    y0: float
    y1: float

    @classmethod
    def of(cls, x0: float, x1: float, y0: float, y1: float) -> "Window":
        """Return the window between two corners, in whatever order, no narrower than float64 can tell apart."""
        return cls(*_apart(x0, x1), *_apart(y0, y1))

    @property
    def width(self) -> float:
        """Decades across."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Decades upwards."""
        return self.y1 - self.y0

    def centres(self, rows: int, columns: int) -> tuple[Floats, Floats]:
        """Return the log₁₀ rates of the columns (C,) and of the rows (R,)."""
        x = self.x0 + (np.arange(columns) + 0.5) / columns * self.width
        return x, self.y0 + (np.arange(rows) + 0.5) / rows * self.height

    def around(self, x: float, y: float, times: float) -> "Window":
        """Return the window `times` as small around a point."""
        half_width, half_height = self.width / times / 2, self.height / times / 2
        return Window.of(x - half_width, x + half_width, y - half_height, y + half_height)

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies inside."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


def _apart(low: float, high: float) -> tuple[float, float]:
    low, high = min(low, high), max(low, high)
    if high - low >= LEAST_SPAN:
        return low, high
    middle = (low + high) / 2
    return middle - LEAST_SPAN / 2, middle + LEAST_SPAN / 2


@dataclass(frozen=True)
class Map:
    """R × C networks; rows upwards by layer 2's rate, columns by layer 1's. What is not trained yet is coarser.

    Attributes:
        totals: (R, C) Σₜ loss(t) / loss(0) while it lasted: the lower, the faster it learned.
        ends: (R, C) mean of loss / loss(0) over the last 20 steps; inf where the loss blew up.
        lasted: (R, C) step, interpolated, at which the loss passed 10¹² times its start; `steps` for never.
        done: share of the pixels that are trained, 0…1.
    """

    tiny: Tiny
    window: Window
    totals: Floats
    ends: Floats
    lasted: Floats
    done: float = 1.0

    @property
    def trained(self) -> NDArray[np.bool_]:
        """Whether a network ended below its first loss, (R, C)."""
        return self.ends < 1

    @property
    def share(self) -> float:
        """Share of the networks that ended below their first loss."""
        return float(self.trained.mean())


def train_pixels(tiny: Tiny, first: Floats, second: Floats) -> Floats:
    """Train one network per pair of rates (P,), (P,) and return totals, ends and lasted, (3, P); see `Map`."""
    count = -(-len(first) // kernel.LANES) * kernel.LANES
    layer1, layer2 = (np.pad(rate, (0, count - len(rate)), mode="edge") for rate in (first, second))
    found, kind = np.empty((3, count)), KINDS[tiny.activation]
    entries, readout, x, y = tiny.drawn()
    kernel.train_pixels(layer1, layer2, entries, readout, x, y, tiny.steps, kind, found[0], found[1], found[2])
    return found[:, : len(first)]


@memo(maxsize=24)
def train_map(tiny: Tiny, window: Window, rows: int, columns: int, report: Report = silent) -> Map:
    """Train R × C networks on all cores, every eighth pixel first; `report` sees the coarse maps as partial results."""
    x, y = window.centres(rows, columns)
    found = np.full((3, rows, columns), np.nan)
    heard = shown = time.perf_counter()
    report(0.0, "training the map")

    def map_of(numbers: Floats, done: float = 1.0) -> Map:
        return Map(tiny, window, numbers[0], numbers[1], numbers[2], done)

    def train_chunk(cells: NDArray[np.int64]) -> None:
        at = np.unravel_index(cells, (rows, columns))
        found[:, at[0], at[1]] = train_pixels(tiny, 10.0 ** x[at[1]], 10.0 ** y[at[0]])

    def tell(words: str) -> None:
        nonlocal heard, shown
        now = time.perf_counter()
        if now - heard < 0.03:
            return
        done = float(np.isfinite(found[2]).mean())
        drawable = now - shown > PARTIAL_SECONDS and np.isfinite(found[2, ::8, ::8]).all()
        report(done, words, map_of(filled(found), done) if drawable else None)
        heard, shown = now, now if drawable else shown

    for stride, cells in passes(rows, columns):
        words = f"training {rows // stride} × {columns // stride} networks"
        each(train_chunk, np.array_split(cells, -(-len(cells) // CHUNK)), partial(tell, words))
    return map_of(found)


def passes(rows: int, columns: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each stride and the flat numbers of the pixels that it adds; together they are all pixels, once."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    known = np.zeros(rows * columns, np.bool_)
    for stride in STRIDES:
        chosen = (row % stride == 0) & (column % stride == 0) & ~known
        known |= chosen
        yield stride, np.flatnonzero(chosen)


def filled(found: Floats) -> Floats:
    """Give every pixel that is not trained yet the numbers of the nearest coarser one below and left of it."""
    result = found.copy()
    for stride in reversed(STRIDES):
        coarse = found[:, ::stride, ::stride].repeat(stride, axis=1).repeat(stride, axis=2)
        coarse = coarse[:, : found.shape[1], : found.shape[2]]
        result = np.where(np.isnan(result), coarse, result)
    return result


def loss_curve(tiny: Tiny, first: float, second: float) -> Floats:
    """Return the loss ½ mean (f − y)² before every step of one network, (steps,), in plain NumPy; inf once it overflows."""
    losses = np.full(tiny.steps, np.inf)
    w, v, x, y = tiny.drawn()
    scale = len(v) ** -0.5
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(tiny.steps):
            z = x @ w.T  # (N, h)
            a = np.tanh(z) if tiny.activation == "tanh" else np.maximum(z, 0) if tiny.activation == "relu" else z
            slope = 1 - a**2 if tiny.activation == "tanh" else (z > 0) * 1.0 if tiny.activation == "relu" else 1.0
            error = scale * (a @ v) - y  # (N,)
            losses[step] = (error**2).mean() / 2
            if not np.isfinite(losses[step]):
                losses[step] = np.inf
                break
            back = scale * np.outer(error, v) * slope  # (N, h)
            w, v = w - first * back.T @ x / len(x), v - second * scale * a.T @ error / len(x)
    return losses
