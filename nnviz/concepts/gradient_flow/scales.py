"""Axes that stay where they are while a hand moves the gain, and still hold every value truthfully."""

import math
from dataclasses import dataclass

import numpy as np

from nnviz.concepts.gradient_flow.model import Params
from nnviz.concepts.gradient_flow.notation import power
from nnviz.concepts.gradient_flow.training import Floats

FARTHEST = 32  # decades: no axis reaches below 10⁻³² or above 10³²; what lies beyond is marked at the edge
STRIDE = 8  # decades by which a window widens, and by this only where values have left it
SLOPES = {"linear": 1.0, "relu": 0.7, "leaky": 0.7, "gelu": 0.7, "tanh": 1.0, "sigmoid": 0.25}
"""By about how much a layer multiplies the gradient at gain 1."""


@dataclass(frozen=True)
class Window:
    """The decades of a log axis, 10^low to 10^high."""

    low: int
    high: int

    @property
    def limits(self) -> tuple[float, float]:
        """Both ends in the unit of the values."""
        return 10.0**self.low, 10.0**self.high

    @property
    def title(self) -> str:
        """Name what the axis can show, so that an edge is known for an edge."""
        return f"log, {power(self.low)} to {power(self.high)}"

    def held(self, values: Floats) -> Floats:
        """Return the values with those beyond the window moved to its edge; nan stays nan."""
        low, high = self.limits
        return np.clip(values, low, high)

    def ticks(self, most: int = 7) -> list[int]:
        """Return whole exponents to write at the axis, at most `most` + 1 of them."""
        stride = max(1, math.ceil((self.high - self.low) / most))
        return [exponent for exponent in range(self.low, self.high + 1) if exponent % stride == 0]


def window(params: Params, *values: Floats) -> Window:
    """Return the window for a network's norms: what gains from 0.6 to 2 reach; wider only where values leave it."""
    low, high = _expected(params)
    seen = np.concatenate([array[np.isfinite(array) & (array > 0)].ravel() for array in values])
    if len(seen):
        least, most = math.floor(math.log10(seen.min())), math.ceil(math.log10(seen.max()))
        low = low if least >= low else STRIDE * math.floor(least / STRIDE)
        high = high if most <= high else STRIDE * math.ceil(most / STRIDE)
    return Window(max(low, -FARTHEST), min(high, FARTHEST))


def _expected(params: Params) -> tuple[int, int]:
    """Return the decades that norms span between the gains 0.6 and 2; what a cure keeps near 1 spans few."""
    slope, layers = SLOPES[params.activation], params.depth
    down, up = math.log10(0.6 * slope), max(0.0, math.log10(2 * slope))
    if params.residual:
        down, up = 0.0, math.log10(1 + slope)
    if params.normalization != "none":
        down, up = 0.0, 0.12
    return 2 * math.floor(min(layers * down, -4) / 2), 2 * math.ceil((layers * up + 1) / 2)
