"""What the charts show of a training, snapshot by snapshot: how the layers' inputs are spread, move, and how smooth the loss is.

Training keeps the parameters of a snapshot only; all pictures are computed afterwards, some snapshots at a time.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from nnviz.concepts.batch_norm.nets import Batches, Floats, Noise
from nnviz.core.progress import Report, silent
from nnviz.models import deep
from nnviz.models.deep import Architecture

EDGES = np.linspace(-4, 4, 65)  # of the distributions; what lies beyond is counted in the outermost bins
REACHES = (0.5, 1.0, 2.0, 4.0)  # how far to look along the gradient, in learning rates
TOGETHER = 16  # networks in one pass: more do not fit the processor's cache


class Snapshot(NamedTuple):
    """K networks before a step: its number, their parameters (K, P) and the gradient of the step's loss (K, P)."""

    step: int
    theta: Tensor
    gradient: Tensor


class Pictures(NamedTuple):
    """Of F snapshots: density (F, L, 64), drift (F, K), reach (F, 2, K); see `training.Trained`."""

    density: Floats
    drift: Floats
    reach: Floats


def pictures(
    architecture: Architecture,
    rate: float,
    snapshots: Sequence[Snapshot],
    batches: Batches,
    noise: Noise | None,
    report: Report = silent,
) -> Pictures:
    """Look at every snapshot: at all training points, and along the gradient at the points of its own step."""
    networks = len(snapshots[0].theta)
    at_once = max(1, TOGETHER // networks)
    density, means, deviations, reach = list[Floats](), list[Tensor](), list[Tensor](), list[Tensor]()
    for first in range(0, len(snapshots), at_once):
        report(first / len(snapshots), "looking at the layers")
        group = snapshots[first : first + at_once]
        sums = sums_of(architecture, group, batches, noise)  # (L, F, K, H, N)
        density += [spread_of(sums[:, frame, 0]) for frame in range(len(group))]
        means.append(sums.mean(4))
        deviations.append(torch.linalg.vector_norm(sums - means[-1][..., None], dim=4) / (sums.shape[4] - 1) ** 0.5)
        reach.append(along(architecture, rate, group, batches, noise))
    mean, deviation = torch.cat(means, 1), torch.cat(deviations, 1)  # (L, F, K, H)
    moved = (mean - torch.cat([mean[:, :1], mean[:, :-1]], 1)).abs()
    moved[:, 0] = 0
    drift = (moved / (deviation.mean(3, keepdim=True) + 1e-9)).mean((0, 3))
    return Pictures(np.stack(density), drift.numpy(), torch.cat(reach).numpy())


def sums_of(architecture: Architecture, snapshots: Sequence[Snapshot], batches: Batches, noise: Noise | None) -> Tensor:
    """Return what every activation is given by all training points, (L, F, K, H, N)."""
    theta = torch.cat([each.theta for each in snapshots])
    inputs = batches.inputs.repeat(len(snapshots), 1, 1)
    disturb = noise and noise.at([each.step for each in snapshots])
    sums = torch.stack(deep.forward(architecture, theta, inputs, disturb=disturb).sums)
    return sums.view(len(sums), len(snapshots), -1, *sums.shape[2:])


def along(
    architecture: Architecture, rate: float, snapshots: Sequence[Snapshot], batches: Batches, noise: Noise | None
) -> Tensor:
    """Return the least and the greatest loss of each step's batch on the way along its gradient, (F, 2, K)."""
    steps = [each.step for each in snapshots]
    theta, slope = (torch.cat([getattr(each, name) for each in snapshots]) for name in ("theta", "gradient"))
    there = torch.cat([theta - reach * rate * slope for reach in REACHES])
    inputs, targets = (torch.cat(each) for each in zip(*[batches(step) for step in steps * len(REACHES)], strict=True))
    disturb = noise and noise.at(steps * len(REACHES))
    losses = deep.losses(deep.forward(architecture, there, inputs, disturb=disturb).outputs, targets)
    found = losses.unflatten(0, (len(REACHES), len(steps), -1))
    return torch.stack([found.amin(0), found.amax(0)], 1)


def spread_of(sums: Tensor) -> Floats:
    """Return for each layer of (L, H, N) sums the share in each bin of EDGES, (L, 64); all nan if one is not finite."""
    layers, bins = sums.flatten(1).numpy(), len(EDGES) - 1
    if not np.isfinite(layers).all():
        return np.full((len(layers), bins), np.nan)
    places = np.floor((layers.clip(EDGES[0], EDGES[-1]) - EDGES[0]) / (EDGES[1] - EDGES[0])).astype(np.int64)
    places = places.clip(max=bins - 1) + bins * np.arange(len(layers))[:, None]
    counts = np.bincount(places.ravel(), minlength=bins * len(layers)).reshape(-1, bins)
    return np.asarray(counts / layers.shape[1])
