"""The plane of the points: every member's boundary, and what the first 1 … M of them say together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.ensembles import combining
from nnviz.concepts.ensembles.observing import answers_of, hard
from nnviz.concepts.ensembles.settings import Params
from nnviz.concepts.ensembles.training import Members
from nnviz.data.toy import WINDOW

Floats = NDArray[np.float64]
SIDE, COARSE = 61, 33


@dataclass(frozen=True)
class Plane:
    """Pictures of the first seed's ensembles over a square grid, rows x₂.

    Attributes:
        ticks: (G,) coordinates on both axes.
        average: (M, G, G) the answer of the first 1 … M members together, 0…1.
        spread: (M, G, G) their disagreement: standard deviation of the members' answers.
        lines: per member its boundary as (2, L) x and y of short pieces with nan between them.
    """

    ticks: Floats
    average: Floats
    spread: Floats
    lines: tuple[Floats, ...]


def draw(params: Params, members: Members, weights: Floats) -> Plane:
    """Ask the first seed's members over the plane; weights (M, M) of the first 1 … M of them."""
    side = COARSE if params.sketch else SIDE
    ticks = np.linspace(*WINDOW, side)
    first, second = np.meshgrid(ticks, ticks)
    chances = members.chances(0, np.column_stack([first.ravel(), second.ravel()]))
    answers = answers_of(chances, votes=hard(params))
    return Plane(
        ticks=ticks,
        average=(weights @ answers).reshape(-1, side, side),
        spread=combining.disagreement(answers, weights).reshape(-1, side, side),
        lines=tuple(level_line(ticks, each) for each in chances.reshape(-1, side, side)),
    )


def level_line(ticks: Floats, heights: Floats, level: float = 0.5) -> Floats:
    """Return where a surface crosses a level: (2, L) x and y, pieces of two points with nan after each.

    Marching squares: an edge of a cell is crossed where its ends lie on both sides, at the place of linear
    interpolation; a cell with four crossings joins them so that its middle lies on the side of its mean.

    Args:
        ticks: (G,) coordinates of both axes.
        heights: (G, G), rows x₂.

    Source: Lorensen & Cline, "Marching cubes", 1987, in the plane.
    """
    above = heights > level
    corners = np.stack([above[:-1, :-1], above[:-1, 1:], above[1:, 1:], above[1:, :-1]])  # around each cell
    crossed = corners != np.roll(corners, -1, axis=0)  # (4, G−1, G−1): edge k lies between corners k and k + 1
    rows, columns = np.nonzero(crossed.any(axis=0))
    if not len(rows):
        return np.full((2, 1), np.nan)
    places = _crossings(ticks, heights - level, rows, columns)  # (cells, 4, 2)
    edges = crossed[:, rows, columns].T  # (cells, 4)
    twice = edges.all(axis=1)
    simple = np.argsort(~edges[~twice], axis=1, kind="stable")[:, :2]
    pieces = [np.take_along_axis(places[~twice], simple[:, :, None], axis=1)]
    if twice.any():
        around = [heights[rows + down, columns + right] for down in (0, 1) for right in (0, 1)]
        middle = np.mean(around, axis=0) > level
        same = (middle == above[rows, columns])[twice]  # the middle belongs to the first corner: cut off the other two
        order = np.where(same[:, None], [0, 1, 2, 3], [3, 0, 1, 2])
        turned = np.take_along_axis(places[twice], order[:, :, None], axis=1)
        pieces += [turned[:, :2], turned[:, 2:]]
    found = np.concatenate(pieces)  # (pieces, 2 ends, 2 coordinates)
    gaps = np.full((len(found), 1, 2), np.nan)
    return np.concatenate([found, gaps], axis=1).reshape(-1, 2).T


def _crossings(ticks: Floats, heights: Floats, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Floats:
    """Return where the level crosses each of the four edges of cells (cells, 4, 2); meaningless where it does not."""
    around = ((0, 0), (0, 1), (1, 1), (1, 0))  # (down, right) of the corners, in order
    x = np.stack([ticks[columns + right] for _, right in around], axis=1)
    y = np.stack([ticks[rows + down] for down, _ in around], axis=1)
    z = np.stack([heights[rows + down, columns + right] for down, right in around], axis=1)
    ahead = np.roll(z, -1, axis=1)
    gap = z - ahead
    share = np.clip(z / np.where(gap == 0, 1.0, gap), 0, 1)
    return np.stack([each + share * (np.roll(each, -1, axis=1) - each) for each in (x, y)], axis=2)
