"""How the page writes numbers, and the axes and colours that its charts share."""

import math

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.concepts.capacity.features import Floats
from nnviz.concepts.capacity.settings import MOST
from nnviz.core.notation import decimals, significant

TICKS = (1, 2, 5, 10, 20, 50, 100, 200)
CEILINGS = (1.0, 1.6, 2.5, 4.0)
ROUNDING = 1e-9  # an error below is that of float64
PLAIN = 0.05  # errors from here on are written with two decimals, and their parts too
HIGHEST = 1e12  # what lies beyond is drawn there, far outside every axis
NAMES = {
    "polynomial": "polynomials",
    "fourier": "random waves",
    "relu": "random ReLU units",
    "gaussian": "Gaussian features",
    "mlp": "trained networks",
}


def number(value: float) -> str:
    """Write a number with two decimals, with three digits from 1 on; tiny and huge ones as a power of ten, rounding as 0."""
    if not math.isfinite(value):
        return "∞"
    if abs(value) < ROUNDING:
        return "0"
    return decimals(value) if 0.01 <= abs(value) < 1 else significant(value, 2 if abs(value) < 0.01 else 3)


def part_of(total: float, value: float) -> str:
    """Write a part of an error: beside a total of two decimals it has two as well."""
    return decimals(value) if abs(total) >= PLAIN and abs(value) < 1 else number(value)


def capacity_axis(**more: object) -> Trace:
    """Return the axis of parameters, 1 to 200, in equal ratios."""
    ticks = {"tickvals": list(TICKS), "ticktext": [str(tick) for tick in TICKS]}
    return build.axis("parameters p (log)", 0.93, 1.07 * MOST, log=True, **ticks, **more)


def ceiling(signal: float, noise: float) -> float:
    """Return the top of the error axis: the same for all capacities, a step higher only where noise asks for it."""
    wanted = signal + 2 * noise
    return next((top for top in CEILINGS if wanted <= top), CEILINGS[-1])


def held(values: Floats, top: float) -> Floats:
    """Return values no higher than 40 times the top of their axis, so that a browser can draw them."""
    return np.asarray(np.minimum(np.nan_to_num(values, nan=0.0, posinf=HIGHEST), 40 * top))


def log_held(values: Floats, least: float = 1e-4) -> Floats:
    """Return values fit for a logarithmic axis."""
    return np.asarray(np.clip(np.nan_to_num(values, nan=least, posinf=HIGHEST), least, HIGHEST))
