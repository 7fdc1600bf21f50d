"""Points that a learner has put into the plane by hand, as text that fits into an address."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnviz.data import Dataset

MOST = 400  # points
FARTHEST = 100.0
CLASSES = 6


def parse(text: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Read "x,y,label;x,y,label;…": positions (N, 2) float64 and class numbers (N,) int64; "" is no point.

    Raises:
        ValueError: naming the point, what came and what is accepted.
    """
    entries = [entry for entry in text.split(";") if entry.strip()]
    if len(entries) > MOST:
        raise ValueError(f"{len(entries)} points are too many: at most {MOST} are accepted")
    rows = [_point(number, entry) for number, entry in enumerate(entries, 1)]
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return table[:, :2], table[:, 2].astype(np.int64)


def own_set(text: str, *, most_classes: int = CLASSES) -> Dataset:
    """Return a learner's own points; two points, one of each class, stand in where there are fewer than two.

    Args:
        text: as `parse` reads it.
        most_classes: classes there may be, at least 2; a class beyond counts as the last of them.
    """
    positions, labels = parse(text)
    if len(positions) < 2:
        positions, labels = np.array([[-1.0, -1.0], [1.0, 1.0]]), np.array([0, 1])
    labels = np.minimum(labels, most_classes - 1)
    count = max(2, int(labels.max()) + 1)
    return Dataset(positions, labels, ("x₁", "x₂"), tuple("abcdef"[:count]), "Your own points")


def within(window: tuple[float, float]) -> Callable[[str], str]:
    """Return a check of a text of points: each coordinate in the window; raises ValueError as `parse` and beyond it."""

    def check(text: str) -> str:
        positions, _ = parse(text)
        if np.any((positions < window[0]) | (positions > window[1])):
            farthest = np.abs(positions).max()
            raise ValueError(f"points must lie from {window[0]:g} to {window[1]:g}, got {farthest:g}")
        return text

    return check


def write(positions: NDArray[np.float64], labels: NDArray[np.int64]) -> str:
    """Return the text that `parse` reads, positions with two decimals."""
    rows = zip(positions.tolist(), labels.tolist(), strict=True)
    return ";".join(f"{x:.2f},{y:.2f},{int(label)}" for (x, y), label in rows)


def _point(number: int, entry: str) -> tuple[float, float, int]:
    wanted = (
        f"point {number} must be x,y,class with |x|, |y| ≤ {FARTHEST:g} and class 0…{CLASSES - 1}, got {entry[:40]!r}"
    )
    parts = entry.split(",")
    try:
        x, y, label = float(parts[0]), float(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        raise ValueError(wanted) from None
    if len(parts) != 3 or not (abs(x) <= FARTHEST and abs(y) <= FARTHEST) or not 0 <= label < CLASSES:
        raise ValueError(wanted)
    return x, y, label
