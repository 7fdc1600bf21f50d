"""A slice through the loss of a trained network, along two directions in the space of its weights.

Random directions are filter-normalized: every unit's share of a direction is as long as the unit's own weights, so that
a step of 1 means the same for units of any size. Source: Li, Xu, Taylor, Studer & Goldstein 2018.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from nnviz.concepts.deep_training.nets import Floats, Net, Trained, examples
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.seeds import generator
from nnviz.models import deep
from nnviz.models.deep import Architecture

Directions = Literal["random", "path"]
GROUP = 96  # networks in one program: more do not fit into a core's cache
MARGIN = 1.25  # how far beyond the path a slice along it reaches
LEAST = 1e-3  # of the slice's range of log₁₀ loss: a smaller turn is no valley
ROUNDING = 1e-5  # of log₁₀ loss: no turn that float32 could have made is a valley
FLAT = 1e-3  # a range of log₁₀ loss, a quarter of a per cent: no slope that steps could follow


@dataclass(frozen=True)
class Slice:
    """The loss of one network around the place where its training ended.

    Attributes:
        ticks: (G,) steps along both directions; 0 is the trained network.
        loss: (G, G) training loss; first axis: the second direction.
        path: (F, 2) the networks of the training, projected onto the two directions.
        heights: (F,) their true loss, which is not that of the slice beneath them.
        share: which share of the path's squared length the two directions hold, 0…1.
    """

    ticks: Floats
    loss: Floats
    path: Floats
    heights: Floats
    share: float

    @property
    def valleys(self) -> float:
        """How many valleys one meets, on average, when walking straight across; a bowl has 1."""
        return valleys(self.loss)

    @property
    def broken(self) -> bool:
        """Whether no loss here is a finite number."""
        return not np.isfinite(self.loss).any()

    @property
    def flat(self) -> bool:
        """Whether the loss is as good as the same everywhere."""
        return not self.broken and float(np.ptp(heights(self.loss))) < FLAT


def valleys(loss: Floats) -> float:
    """Return the mean number of local minima along the rows and columns of a surface (G, G).

    Heights are logarithms. A turn smaller than a thousandth of their range, or than ROUNDING, is no valley.
    """
    relief = heights(loss)
    slack = max(LEAST * float(np.ptp(relief)), ROUNDING)
    return float(np.mean([_minima(line, slack) for line in (*relief, *relief.T)]))


def heights(loss: Floats) -> Floats:
    """Return log₁₀ of losses; what is not a finite number stands at the top."""
    return np.asarray(np.log10(np.clip(np.nan_to_num(loss, nan=np.inf, posinf=1e30), 1e-12, 1e30)))


def _minima(line: Floats, slack: float) -> int:
    """Count the places, edges too, where a line of heights stops falling; a turn of at most `slack` is none."""
    count, falling, extreme = 0, True, float(line[0])
    for height in line[1:].tolist():
        onwards = height < extreme if falling else height > extreme
        if onwards:
            extreme = height
        elif abs(height - extreme) > slack:
            count, falling, extreme = count + falling, not falling, height
    return count + falling


def filter_normalized(architecture: Architecture, theta: Tensor, seed: int) -> Tensor:
    """Return two random directions (2, P) around parameters (P,): in every unit as long as its weights; 0 in biases and γ.

    Networks of one depth and width share the draws.
    """
    draws, pieces, used = generator(seed, "directions"), [], 0
    for name, rows, columns in architecture.parts:
        own = theta[used : used + rows * columns].view(1, rows, columns)
        used += rows * columns
        if name == "weight":
            drawn = torch.randn(2, rows, columns, dtype=theta.dtype, generator=draws)
            along = drawn * (own.norm(dim=2, keepdim=True) / drawn.norm(dim=2, keepdim=True))
        else:
            along = torch.zeros(2, rows, columns, dtype=theta.dtype)
        pieces.append(along.flatten(1))
    return torch.cat(pieces, dim=1)


def along_path(path: Tensor) -> Tensor:
    """Return the two directions (2, P) in which the networks (F, P) differ most from the last, of length 1.

    Principal components of the path, as in Li et al. 2018, section 7.
    """
    _, _, directions = torch.linalg.svd(path - path[-1], full_matrices=False)
    return directions[:2] if len(directions) > 1 else torch.eye(2, path.shape[1], dtype=path.dtype)


def projected(offsets: Tensor, directions: Tensor) -> tuple[Tensor, float]:
    """Return the coordinates (F, 2) of offsets (F, P) in the plane of two directions (2, P), and the share they hold."""
    coordinates = offsets @ torch.linalg.pinv(directions)
    total = float(offsets.square().sum())
    return coordinates, float((coordinates @ directions).square().sum()) / total if total > 0 else 1.0


@memo(maxsize=48)
def slice_of(trained: "Key", kind: Directions, seed: int, reach: float, points: int, report: Report = silent) -> Slice:
    """Return the slice around the first network's end, `points` × `points` networks along two directions.

    Args:
        reach: how far a random slice goes, in lengths of the weights; a slice along the path takes what it needs.
    """
    run = trained.run
    finite = np.isfinite(run.path).all(axis=1)
    path = torch.tensor(run.path[finite] if finite.any() else np.nan_to_num(run.path[:1]))
    architecture = run.net.architecture
    directions = filter_normalized(architecture, path[-1], seed) if kind == "random" else along_path(path)
    coordinates, share = projected(path - path[-1], directions)
    if kind == "path":
        reach = MARGIN * max(float(coordinates.abs().max()), 1e-6)
    ticks = torch.linspace(-reach, reach, points, dtype=torch.float64)
    loss = surface(run.net, run.seed, path[-1], directions, ticks, report)
    return Slice(ticks.numpy(), loss, coordinates.numpy(), run.loss[run.moments[finite], 0], share)


def surface(net: Net, seed: int, centre: Tensor, directions: Tensor, ticks: Tensor, report: Report = silent) -> Floats:
    """Return the training loss (G, G) on a seed's points at centre + a·d₁ + b·d₂; first axis b. Computed in float32."""
    inputs, targets, _, _ = examples(net, (seed,))
    first, second = directions.float()
    places = torch.cartesian_prod(ticks.float(), ticks.float())  # (G², 2): b, a
    found = []
    with torch.no_grad():
        for number, group in enumerate(places.split(GROUP)):
            report(number * GROUP / len(places), "measuring the landscape")
            theta = centre.float() + group[:, :1] * second + group[:, 1:] * first
            x, y = inputs.float().expand(len(group), -1, -1), targets.expand(len(group), -1)
            found.append(deep.losses(deep.forward(net.architecture, theta, x).outputs, y))
    return torch.cat(found).view(len(ticks), len(ticks)).double().numpy()


@dataclass(frozen=True, eq=False)
class Key:
    """A training as a key of the memo: equal where net, first seed and steps are, without comparing arrays."""

    run: Trained

    @property
    def _own(self) -> tuple[object, ...]:
        return self.run.net, self.run.seed, len(self.run.loss)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._own == other._own

    def __hash__(self) -> int:
        return hash(self._own)
