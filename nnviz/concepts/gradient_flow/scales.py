"""Axes that stay where they are while a hand moves the gain, and still hold every value truthfully."""

import math

import numpy as np

from nnviz.charts.decades import Window
from nnviz.concepts.gradient_flow.model import Params
from nnviz.concepts.gradient_flow.training import Floats

FARTHEST = 32  # decades: no axis reaches below 10⁻³² or above 10³²; what lies beyond is marked at the edge
STRIDE = 8  # decades by which a window widens, and by this only where values have left it
SLOPES = {"linear": 1.0, "relu": 0.7, "leaky": 0.7, "gelu": 0.7, "tanh": 1.0, "sigmoid": 0.25}
"""By about how much a layer multiplies the gradient at gain 1."""


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
