"""How a layer's numbers are spread: one smooth hill a layer, before training and at every recorded moment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.initialization.network import Activation, Floats, activate
from nnviz.concepts.initialization.settings import Params, Shown
from nnviz.concepts.initialization.training import KEPT, Setting, Start, Trained, layers_of, points
from nnviz.core.progress import Report, silent

BINS = 140
DRAWN = 10  # layers that are drawn at most
EXAMPLES = 48  # points of each network that enter a hill during training
RANGES = {"tanh": (-1.05, 1.05), "sigmoid": (-0.05, 1.05), "relu": (0.0, 4.0)}
UNBOUNDED = (-3.0, 3.0)
BLUR = np.array([0.03, 0.11, 0.22, 0.28, 0.22, 0.11, 0.03])


@dataclass(frozen=True)
class Ridges:
    """Hills of the drawn layers.

    Attributes:
        layers: (R,) numbers of the drawn layers, from 1.
        centres: (B,) of the bins.
        start: (R, B) before training, each with its highest place at 1; 0 where nothing is finite.
        now: (T, R, B) the same at every recorded moment.
    """

    layers: NDArray[np.int64]
    centres: Floats
    start: Floats
    now: Floats


def drawn_layers(depth: int) -> NDArray[np.int64]:
    """Return the numbers of the layers that are drawn, first and last included."""
    return np.unique(np.round(np.linspace(1, depth, min(depth, DRAWN))).astype(np.int64))


def limits(activation: Activation, shown: Shown) -> tuple[float, float]:
    """Return what the axis of values shows; what lies beyond is counted at its ends."""
    return RANGES.get(activation, UNBOUNDED) if shown == "outputs" else UNBOUNDED


def ridges(params: Params, setting: Setting, start: Start, trained: Trained | None, report: Report = silent) -> Ridges:
    """Count the values of every drawn layer, before training and while it goes on."""
    layers, shape = drawn_layers(setting.depth), limits(setting.activation, params.shown)
    edges = np.linspace(*shape, BINS + 1)
    first = np.stack([hill(_values(start.sums[layer - 1], params, setting), edges) for layer in layers])
    later = [] if trained is None else [_later(params, setting, trained, layers, edges, report)]
    now = np.concatenate([first[None], *later])
    return Ridges(layers, (edges[:-1] + edges[1:]) / 2, first, now if trained is None else now[1:])


def _later(
    params: Params, setting: Setting, trained: Trained, layers: NDArray[np.int64], edges: Floats, report: Report
) -> Floats:
    """Return the hills at every recorded moment, (T, R, B), layer by layer so that little is held at a time."""
    inputs, _ = points(setting.seeds[:KEPT])
    values: NDArray[np.floating] = inputs[:, :EXAMPLES]
    found = np.zeros((len(trained.weights), len(layers), BINS))
    weights = layers_of(setting, trained.weights)
    with np.errstate(over="ignore", invalid="ignore"):
        for layer, (weight, bias) in enumerate(weights[:-1], 1):
            report((layer - 1) / setting.depth)
            sums = values @ weight.swapaxes(-1, -2) + bias[..., None, :]  # (T, K, N, H)
            if layer in layers:
                shown = _values(sums, params, setting)
                found[:, layers.tolist().index(layer)] = [hill(each, edges) for each in shown]
            values = activate(sums, setting.activation)
    return found


def _values(sums: Floats, params: Params, setting: Setting) -> Floats:
    return activate(sums, setting.activation) if params.shown == "outputs" else sums


def hill(values: Floats, edges: Floats) -> Floats:
    """Return how often values fall into each bin, blurred by a bin and scaled to a highest place of 1, (B,).

    What is no number, and what a ReLU has set to exactly 0 at the end of the axis, is left out; what lies beyond the
    axis is counted at its ends.
    """
    flat = values.ravel()
    kept = flat[np.isfinite(flat) & (flat != 0)] if edges[0] == 0 else flat[np.isfinite(flat)]
    width = edges[1] - edges[0]
    places = np.clip((kept - edges[0]) / width, 0, BINS - 1).astype(np.int64)
    counts = np.bincount(places, minlength=BINS).astype(np.float64)
    smooth = np.convolve(np.pad(counts, 3, mode="constant"), BLUR, mode="valid")
    return smooth / smooth.max() if smooth.max() > 0 else smooth
