"""The points networks are trained and scored on: shared, or each network's own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.ensemble.network import MLP, plain


@dataclass(frozen=True)
class Examples:
    """Points of K networks.

    Attributes:
        inputs: (D, N, d) float64; D is 1 when all networks share the points, otherwise K.
        targets: (D, N, out) float64; class numbers have become one-hot rows.
        rows: per network the rows it may use, (n,) int64 each, or None for all.
    """

    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    rows: tuple[NDArray[np.int64], ...] | None = None

    @classmethod
    def of(cls, network: MLP, inputs: ArrayLike, targets: ArrayLike, count: int, subset: Any = None) -> "Examples":
        """Check and convert what the caller gave.

        Raises:
            ValueError: for shapes that fit neither each other nor the network, or a non-finite number.
        """
        points = points_of(network, inputs, count)
        goals = targets_of(network, targets, points.shape)
        if not (np.isfinite(points).all() and np.isfinite(goals).all()):
            raise ValueError("inputs and targets must be finite numbers, got NaN or infinity")
        return cls(points, goals, None if subset is None else rows_of(subset, points.shape[1], count))

    @property
    def count(self) -> int:
        """Points N before any subset."""
        return int(self.inputs.shape[1])

    def size(self, network: int) -> int:
        """Return the number of points of one network."""
        return self.count if self.rows is None else len(self.rows[network])

    def all_of(self, network: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return every point of one network's data, without its subset: (N, d) and (N, out)."""
        index = network if len(self.inputs) > 1 else 0
        return self.inputs[index], self.targets[index if len(self.targets) > 1 else 0]

    def chosen(self, network: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the points of one network: (n, d) and (n, out), as the kernel takes them."""
        inputs, targets = self.all_of(network)
        chosen = slice(None) if self.rows is None else self.rows[network]
        return plain(inputs[chosen]), plain(targets[chosen])


def points_of(network: MLP, inputs: ArrayLike, count: int) -> NDArray[np.float64]:
    """Return inputs as (1, N, d) or (K, N, d) float64."""
    points = plain(inputs)
    points = points[None] if points.ndim == 2 else points
    if points.ndim != 3 or points.shape[0] not in (1, count) or points.shape[2] != network.sizes[0]:
        size = network.sizes[0]
        raise ValueError(f"inputs must have shape (N, {size}) or ({count}, N, {size}), got {np.shape(inputs)}")
    return points


def targets_of(network: MLP, targets: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return targets as (D, N, out) float64; class numbers become one-hot rows."""
    goals, outputs = np.asarray(targets), network.sizes[-1]
    leading = ((shape[1],), shape[:2])
    if network.loss == "cross_entropy" and goals.shape in leading:
        classes = goals.astype(np.int64)
        if classes.min() < 0 or classes.max() >= outputs or np.any(classes != goals):
            raise ValueError(f"targets must be class numbers 0…{outputs - 1}, got {np.unique(goals)[:12]}")
        goals = np.eye(outputs)[classes]
    elif outputs == 1 and goals.shape in leading:
        goals = goals[..., None]
    if goals.shape[-1:] != (outputs,) or goals.shape[:-1] not in leading:
        raise ValueError(f"targets must match inputs {shape} and {outputs} outputs, got shape {np.shape(targets)}")
    return plain(goals if goals.ndim == 3 else goals[None])


def rows_of(subset: Any, points: int, count: int) -> tuple[NDArray[np.int64], ...]:
    """Return the training rows of each network; `subset` is rows (m,), a mask (N,), or K of either."""
    first = np.asarray(subset[0])
    each = [np.asarray(subset)] * count if first.ndim == 0 else [np.asarray(rows) for rows in subset]
    rows = [np.flatnonzero(one) if one.dtype == bool else one.astype(np.int64) for one in each]
    if len(rows) != count or any(len(one) == 0 or one.min() < 0 or one.max() >= points for one in rows):
        raise ValueError(f"subset must be rows in 0…{points - 1} or a mask, for all or for each of {count} networks")
    if any(one.dtype == bool and len(one) != points for one in each):
        raise ValueError(f"a subset mask must have {points} entries")
    return tuple(rows)
