"""Deep networks that start in different ways: what passes through them before training, and how far training gets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.initialization.network import Floats, activate, backward, forward, slope, very_wide
from nnviz.concepts.initialization.ridges import Ridges, ridges
from nnviz.concepts.initialization.schemes import ALIKE, Scheme, variance
from nnviz.concepts.initialization.settings import Params
from nnviz.concepts.initialization.training import (
    Curves,
    Setting,
    Start,
    Trained,
    curves,
    different_rows,
    layers_of,
    started,
    trained,
)
from nnviz.core.progress import Report, part, silent

__all__ = ["Params", "Run", "activate", "backward", "forward", "run", "very_wide"]
COMPARED: tuple[Scheme, ...] = ("small", "large", "standard", "xavier_normal", "he_normal", "orthogonal")
MOST = 8  # networks trained of each scheme that is only compared
FLAT = 0.01  # below this slope a unit is called saturated


@dataclass(frozen=True)
class Group:
    """K networks that start alike.

    Attributes:
        setting: what they are.
        forward, backward: (L, K) mean square of every layer's sums, and of one point's gradient with respect to them.
        theory: (L,) what `forward` is in a very wide network, or None where nothing is random.
        flat: (L, K) share of slopes |φ′| below 0.01 before training.
        ridges: how the layers' values are spread.
        curves: how training went, or None while a hand moves.
        rows: (T, H, H) weights of hidden layer 2 of the first network; T = 1 before training.
        units: (T,) how many different units that layer has.
    """

    setting: Setting
    forward: Floats
    backward: Floats
    theory: Floats | None
    flat: Floats
    ridges: Ridges
    curves: Curves | None
    rows: NDArray[np.float32]
    units: NDArray[np.int64]


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        params: its settings.
        own, beside: the networks that are set, and those beside them; same seeds, same points.
        others: schemes that are only compared, at gain 1 → how their training went; empty before that is known.
    """

    params: Params
    own: Group
    beside: Group
    others: Mapping[Scheme, Curves]

    @property
    def epochs(self) -> NDArray[np.int64]:
        """Recorded epochs, (T,)."""
        return np.zeros(1, np.int64) if self.own.curves is None else self.own.curves.epochs


def run(params: Params, report: Report = silent) -> Run:
    """Look at the networks before training, train both groups, then train those of every other scheme."""
    first = Run(params, group(params, params.own), group(params, params.other), {})
    if params.sketch:
        return first
    report(0.0, "training", first)
    own = trained(params.own, params.plan, part(report, 0.0, 0.2, "training your networks"))
    other = trained(params.other, params.plan, part(report, 0.2, 0.4, "training those beside them"))
    mine = group(params, params.own, own, part(report, 0.4, 0.45, "looking at every layer"))
    theirs = group(params, params.other, other, part(report, 0.45, 0.5, "looking at every layer"))
    known = replace(first, own=mine, beside=theirs)
    missing = [scheme for scheme in COMPARED if params.group(scheme) not in (params.own, params.other)]
    report(0.5, "training those of every other scheme", known)
    found: dict[Scheme, Curves] = {}
    for index, scheme in enumerate(missing):
        span = part(report, 0.5 + 0.5 * index / len(missing), 0.5 + 0.5 * (index + 1) / len(missing), scheme)
        found[scheme] = curves(params.group(scheme, most=MOST), params.plan, span)
    return replace(known, others=found)


def group(params: Params, setting: Setting, done: Trained | None = None, report: Report = silent) -> Group:
    """Measure a group of networks before training, and at every recorded moment of it."""
    start = started(setting)
    weight, bias = layers_of(setting, done.weights[:, 0])[1] if done else (each[:1] for each in start.layers[1])
    return Group(
        setting=setting,
        forward=start.forward,
        backward=start.backward,
        theory=theory(setting),
        flat=saturated(start, setting),
        ridges=ridges(params, setting, start, done, report),
        curves=done.curves if done else None,
        rows=np.asarray(weight, np.float32),
        units=np.array([different_rows(w, b) for w, b in zip(weight, bias, strict=True)]),
    )


def theory(setting: Setting) -> Floats | None:
    """Return E[z²] of every layer in a very wide network, (L,), or None where nothing is random."""
    if setting.scheme in ALIKE:
        return None
    width = setting.width
    first = 2 * variance(setting.scheme, 2, width, setting.gain)  # of two inputs, each of mean square 1
    factor = width * variance(setting.scheme, width, width, setting.gain)
    return very_wide(first, factor, setting.activation, setting.depth)


def saturated(start: Start, setting: Setting) -> Floats:
    """Return the share of slopes |φ′| below 0.01 in every layer, (L, K)."""
    if setting.activation in ("relu", "leaky_relu", "linear"):
        return np.zeros_like(start.forward)
    return np.asarray((slope(start.sums, setting.activation) < FLAT).mean(axis=(-2, -1)))


def kept(sizes: Floats) -> Floats:
    """Return the last layer's mean square over the first's, (K,); nan where the first has none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sizes[-1] / sizes[0])


def arriving(sizes: Floats) -> Floats:
    """Return the first layer's mean square of the gradient over the last's, (K,); nan where the last gets none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sizes[0] / sizes[-1])
