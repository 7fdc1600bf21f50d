"""How the page writes numbers, and the axes and colours that its charts share."""

import math

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.concepts.capacity.features import Floats
from nnviz.concepts.capacity.settings import MOST

TICKS = (1, 2, 5, 10, 20, 50, 100, 200)
CEILINGS = (1.0, 1.6, 2.5, 4.0)
HIGHEST = 1e12  # what lies beyond is drawn there, far outside every axis
NAMES = {
    "polynomial": "polynomials",
    "fourier": "random waves",
    "relu": "random ReLU units",
    "gaussian": "Gaussian features",
    "mlp": "trained networks",
}


def number(value: float) -> str:
    """Write a number with two or three digits; large ones as a power of ten."""
    if not math.isfinite(value):
        return "∞"
    if abs(value) >= 1e5:
        exponent = math.floor(math.log10(abs(value)))
        raised = "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(exponent))
        return f"{'−' if value < 0 else ''}{abs(value) / 10**exponent:.1f}·10{raised}"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) >= 1 else f"{value:.2f}"
    return text.replace("-", "−")


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
