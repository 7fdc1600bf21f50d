"""A recorded run: numbered snapshots that the browser plays, steps and scrubs without the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Timeline:
    """Snapshots of named arrays at chosen steps.

    Attributes:
        steps: (T,) int64, strictly increasing; what is counted is named by `unit`.
        unit: singular noun of one step, for example "epoch".
        arrays: name → (T, ...) array, float32 or uint8; first axis is the snapshot.

    Raises:
        ValueError: if steps do not increase or an array's first axis is not T.
    """

    steps: NDArray[np.int64]
    unit: str = "epoch"
    arrays: Mapping[str, NDArray[np.float32] | NDArray[np.uint8]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.steps) == 0 or np.any(np.diff(self.steps) <= 0):
            raise ValueError(f"steps must be a non-empty, strictly increasing list, got {self.steps!r}")
        for name, array in self.arrays.items():
            if len(array) != len(self.steps):
                raise ValueError(f"array {name!r} has {len(array)} snapshots, steps has {len(self.steps)}")

    def __len__(self) -> int:
        return len(self.steps)


def log_steps(last: int, count: int = 60) -> NDArray[np.int64]:
    """Return at most `count` step numbers from 0 to `last`, evenly spaced in log(1 + step)."""
    exact = np.expm1(np.linspace(0.0, np.log1p(last), count))
    return np.unique(np.round(exact).astype(np.int64))


def even_steps(last: int, count: int = 60) -> NDArray[np.int64]:
    """Return at most `count` step numbers from 0 to `last`, evenly spaced."""
    return np.unique(np.round(np.linspace(0, last, count)).astype(np.int64))
