"""Answers over the plane of the points: the surface through training, thinned networks, where they disagree."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.dropout import thinning
from nnviz.concepts.dropout.settings import Params
from nnviz.concepts.dropout.thinning import Layers
from nnviz.concepts.dropout.training import Recorded

WINDOW = 2.5  # decision surfaces reach from −WINDOW to WINDOW on both axes
WIDE_WINDOW = 5.0  # the uncertainty map also looks where there are no points
THINNED = 6  # thinned networks drawn one by one
AT_ONCE = 50  # passes held in memory together
Floats = NDArray[np.float32]


def compute(params: Params, net: Recorded, masks: Tensor) -> tuple[Floats, Floats, Floats]:
    """Return over the plane: the surface through training, the thinned networks with their averages, and the spread."""
    network = params.setting.network
    points, wide = mesh(params, WINDOW), mesh(params, WIDE_WINDOW)
    history, last = network.layers(net.weights[:, 0]), network.layers(net.weights[-1, 0])
    uniforms = None
    if not params.eval_mode:
        uniforms = thinning.fresh_masks(params.seed, len(net.epochs), len(points), 2 * params.width)
    surface = _chance(history, points, params, uniforms)
    thin = _in_passes(last, points, params, masks)
    all_units = _chance(last, points, params, None)
    thinned = np.concatenate([thin[:THINNED], thin.mean(axis=0)[None], all_units[None]])
    return surface, thinned, _in_passes(last, wide, params, masks).std(axis=0)


def mesh(params: Params, window: float) -> Floats:
    """Return the points (G², 2) of a square grid, x₁ running fastest."""
    ticks = axis_of(params, window)
    first, second = np.meshgrid(ticks, ticks)
    return np.column_stack([first.ravel(), second.ravel()])


def axis_of(params: Params, window: float) -> Floats:
    """Return the G coordinates of the grid on one axis."""
    return np.linspace(-window, window, 31 if params.sketch else 51, dtype=np.float32)


def _chance(layers: Layers, points: Floats, params: Params, uniforms: Tensor | None) -> Floats:
    """Return the chance of class b (..., G, G)."""
    logits = thinning.forward(layers, points, params.rates, params.scaling_at(params.rates), uniforms)
    side = int(np.sqrt(len(points)))
    return thinning.probabilities(logits)[..., 1].reshape(*logits.shape[:-2], side, side)


def _in_passes(layers: Layers, points: Floats, params: Params, masks: Tensor) -> Floats:
    parts = [masks[start : start + AT_ONCE] for start in range(0, len(masks), AT_ONCE)]
    return np.concatenate([_chance(layers, points, params, part) for part in parts])
