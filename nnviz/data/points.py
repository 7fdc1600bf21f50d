"""Points that a learner has put into the plane by hand, as text that fits into an address."""

import numpy as np
from numpy.typing import NDArray

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
