"""Rosenblatt's rule, one mistake at a time, and the bound on how many there can be. Plain NumPy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
TIE = 1e-9  # a score this near to 0 is on the line, however it was rounded: it counts as a mistake
MOST_MISTAKES = 5000


@dataclass(frozen=True)
class Path:
    """One training, recorded at its mistakes.

    Attributes:
        weights: (M + 1, 3) b, w₁, w₂ before the first mistake and after each.
        mistaken: (M,) which point was mistaken.
        seen: (M,) how many points had been looked at by then, that one included.
        looked: points looked at in all.
        finished: whether a whole pass went by without a mistake.
        cycle: first and last mistake (numbered from 1) of the part that repeats for ever; None where none was found.
    """

    weights: Floats
    mistaken: Whole
    seen: Whole
    looked: int
    finished: bool
    cycle: tuple[int, int] | None

    @property
    def mistakes(self) -> int:
        """M."""
        return len(self.mistaken)


def signed_points(positions: Floats, labels: Whole) -> Floats:
    """Return y·(1, x₁, x₂) of every point, (N, 3), with y = −1 for class 0 and +1 for class 1."""
    return np.column_stack([np.ones(len(positions)), positions]) * np.where(labels == 1, 1.0, -1.0)[:, None]


def learn(signed: Floats, order: Whole, rate: float, start: Floats, passes: int) -> Path:
    """Go through the points in the same order, again and again; at each mistake w ← w + η y x.

    A mistake is y (w·x + b) ≤ 0. Stops after a pass without one, after `passes` passes or 5000 mistakes, or where
    training has turned round in a circle: the weights before a pass are those before an earlier pass, so everything
    repeats. Then it goes on for one and a half rounds more, to be seen.

    Args:
        signed: (N, 3) y·(1, x₁, x₂).
        order: (N,) in which order the points come.
        rate: η.
        start: (3,) b, w₁, w₂.

    Source: Rosenblatt, "The perceptron", 1958.
    """
    w, weights = start.copy(), [start.copy()]
    mistaken: list[int] = []
    seen: list[int] = []
    before: dict[bytes, int] = {}  # weights before a pass → mistakes until then
    looked, finished, cycle, most = 0, len(order) == 0, None, MOST_MISTAKES
    while not finished and looked < passes * len(order) and len(mistaken) < most:
        made, key = len(mistaken), (np.round(w / rate, 6) + 0.0).tobytes()
        if cycle is None and key in before:
            cycle = before[key] + 1, made
            most = min(most, made + (3 * (made - before[key]) + 1) // 2)
        before[key] = made
        position = 0
        while len(mistaken) < most and (step := next_mistake(signed, order[position:], w)) is not None:
            position += step + 1
            point = int(order[position - 1])
            w = w + rate * signed[point]
            weights.append(w)
            mistaken.append(point)
            seen.append(looked + position)
        finished = len(mistaken) == made
        looked = looked + len(order) if len(mistaken) < most else seen[-1]
    return Path(np.array(weights), np.array(mistaken, np.int64), np.array(seen, np.int64), looked, finished, cycle)


def next_mistake(signed: Floats, order: Whole, w: Floats) -> int | None:
    """Return the place in the order of the first point on the wrong side or on the line; None if there is none."""
    wrong = np.flatnonzero(signed[order] @ w <= TIE)
    return int(wrong[0]) if len(wrong) else None


def margin(signed: Floats, w: Floats) -> float:
    """Return min y (w·x + b) / ‖(w₁, w₂)‖, the distance of the nearest point; negative if one is on the wrong side, nan without a line."""
    length = float(np.linalg.norm(w[1:]))
    return float((signed @ w).min()) / length if length > 0 and len(signed) else float("nan")
