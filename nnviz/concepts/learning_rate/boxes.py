"""Box counting: how the number of boxes that a set needs grows as the boxes shrink."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.core.statistics import Interval, loglog_slope

Mask = NDArray[np.bool_]
SIDES = (1, 2, 4, 8, 16)  # of the boxes, in pixels


@dataclass(frozen=True)
class Counting:
    """A set's boxes.

    Attributes:
        counts: (5,) boxes of each side of SIDES that hold a part of the set.
        dimension: the slope of log count on log (1 / side), with the regression's interval; nan for an empty set.
    """

    counts: NDArray[np.int64]
    dimension: Interval


def edge(trained: Mask) -> Mask:
    """Return where the boundary runs: squares between four neighbouring pixels that are not all alike, (R, C) to (R, C).

    The squares of the last row and column, which lack neighbours, are never in it. A slanting line is so covered as
    boxes of any size cover it; single pixels along it would be too few, and its dimension come out below 1.
    """
    crossed = np.zeros_like(trained)
    corner, right, below, opposite = trained[:-1, :-1], trained[:-1, 1:], trained[1:, :-1], trained[1:, 1:]
    crossed[:-1, :-1] = (corner != right) | (corner != below) | (corner != opposite)
    return crossed


def count_boxes(chosen: Mask) -> Counting:
    """Count the boxes of 1, 2, 4, 8, 16 pixels that hold a part of a set (R, C), and take the slope as its dimension.

    D = − d log N(s) / d log s: 1 for a line, 2 for an area, between them for a fractal curve.

    Raises:
        ValueError: if a side of the mask is no multiple of 16.
    Source: Falconer, "Fractal Geometry", ch. 3 (the box-counting dimension).
    """
    rows, columns = chosen.shape
    if rows % SIDES[-1] or columns % SIDES[-1]:
        raise ValueError(f"both sides of the mask must be multiples of {SIDES[-1]}, got {rows} × {columns}")
    counts = np.array(
        [chosen.reshape(rows // side, side, columns // side, side).any(axis=(1, 3)).sum() for side in SIDES]
    )
    if counts[0] == 0:
        return Counting(counts, Interval(np.nan, -np.inf, np.inf, 0.95, len(SIDES), len(SIDES), "no box"))
    return Counting(counts, loglog_slope(1 / np.array(SIDES), counts))
