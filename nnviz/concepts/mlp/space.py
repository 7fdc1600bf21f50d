"""What the hidden layer makes of the plane: where a grid and the points land, and the line that parts them there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.mlp.network import Array, Layer, forward

EDGE = 2.0  # the grid reaches from −EDGE to EDGE
GRID_LINES = 9
GRID_POINTS = 21
FAR = 50.0
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Space:
    """The hidden layer of one network at T moments, in D = 2 or 3 dimensions.

    Attributes:
        axes: (D,) what each axis is.
        grid: (T, M, D) where the grid of the plane lands, its lines parted by nan.
        points: (T, N, D) where the training points land.
        border: where the output is undecided: two ends of a line (T, 2, 2), or four corners of a plane (T, 4, 3).
        projected: whether more than three units are seen from one side only.
    """

    axes: tuple[str, ...]
    grid: Floats
    points: Floats
    border: Floats
    projected: bool

    @property
    def reach(self) -> NDArray[np.float64]:
        """Return the lowest and the highest value on each axis over all moments, (D, 2)."""
        both = np.concatenate([self.grid, self.points], axis=1).reshape(-1, len(self.axes))
        return np.column_stack([np.nanmin(both, axis=0), np.nanmax(both, axis=0)]).astype(np.float64)


def plane_grid() -> Floats:
    """Return the lines of a square grid of the plane one after the other, parted by nan, (M, 2)."""
    across, along = np.linspace(-EDGE, EDGE, GRID_LINES), np.linspace(-EDGE, EDGE, GRID_POINTS)
    gap = np.full((1, 2), np.nan)
    rows = [np.vstack([np.column_stack([along, np.full(GRID_POINTS, level)]), gap]) for level in across]
    return np.vstack([*rows, *(row[:, ::-1] for row in rows)]).astype(np.float32)


def hidden_space(layers: list[Layer], points: Array, activation: str) -> Space:
    """Return what the hidden layer makes of a grid and of the points.

    Two and three units are drawn as they are, and no hidden layer as the plane itself. One unit gets the points' logit
    as a second axis. More units are projected: across is the distance from the border, up is the direction within the
    border along which the points spread most at the end.
    """
    grid = forward(plane_grid(), layers, activation)[0]
    hidden, logits = forward(points, layers, activation)
    weights, bias = layers[-1][0][:, 0], layers[-1][1][:, 0]  # (T, H), (T,)
    units = weights.shape[1]
    if hidden.ndim == 2:
        grid, hidden = (np.broadcast_to(part, (len(weights), *part.shape)) for part in (grid, hidden))
    if len(layers) == 1:
        axes: tuple[str, ...] = ("x₁", "x₂")
        border = line_through(weights, bias)
    elif units == 1:
        return _one_unit(grid, hidden, logits, weights, bias)
    elif units == 2:
        axes, border = ("output of unit 1", "output of unit 2"), line_through(weights, bias)
    elif units == 3:
        axes, border = ("unit 1", "unit 2", "unit 3"), plane_through(weights, bias)
    else:
        return _projected(grid, hidden, weights, bias)
    return Space(axes, _small(grid), _small(hidden), border, projected=False)


def line_through(weights: Array, bias: Array) -> Floats:
    """Return two far ends of the line w·x + b = 0, (..., 2, 2); nan where w is 0 and there is no line."""
    with np.errstate(divide="ignore", invalid="ignore"):
        square = (weights**2).sum(axis=-1, keepdims=True)
        foot = -bias[..., None] * weights / square  # the point of the line next to the origin
        along = np.stack([-weights[..., 1], weights[..., 0]], axis=-1) / np.sqrt(square)
    return _small(np.stack([foot - FAR * along, foot + FAR * along], axis=-2))


def plane_through(weights: Array, bias: Array) -> Floats:
    """Return four corners of a large square on the plane w·x + b = 0 around the foot of the origin, (..., 4, 3)."""
    size = np.linalg.norm(weights, axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        normal = weights / size
        foot = -bias[..., None] * weights / size**2
    helper = np.where(np.abs(normal[..., :1]) < 0.8, [[1.0, 0, 0]], [[0, 1.0, 0]])
    first = np.cross(normal, helper)
    first = first / np.linalg.norm(first, axis=-1, keepdims=True)
    second = np.cross(normal, first)
    corners = [foot + 2 * (s * first + t * second) for s, t in ((-1, -1), (1, -1), (-1, 1), (1, 1))]
    return _small(np.stack(corners, axis=-2))


def _one_unit(grid: Array, hidden: Array, logits: Array, weights: Array, bias: Array) -> Space:
    """Return one unit's output against the logit: the plane has become a line, and the border a height."""
    height = grid[..., 0] * weights + bias[:, None]
    lifted = np.stack([grid[..., 0], height], axis=-1)
    points = np.stack([hidden[..., 0], logits], axis=-1)
    border = np.broadcast_to(np.array([[-FAR, 0.0], [FAR, 0.0]]), (len(weights), 2, 2))
    return Space(("output of the unit", "logit"), _small(lifted), _small(points), _small(border), projected=False)


def _projected(grid: Array, hidden: Array, weights: Array, bias: Array) -> Space:
    size = np.linalg.norm(weights, axis=1, keepdims=True)
    normal = np.where(size > 0, weights / np.where(size > 0, size, 1), np.eye(weights.shape[1])[0])  # (T, H)
    offset = (bias / np.where(size[:, 0] > 0, size[:, 0], 1))[:, None]
    rest = hidden[-1] - hidden[-1].mean(axis=0)
    rest = rest - np.outer(rest @ normal[-1], normal[-1])
    widest = np.linalg.svd(rest, full_matrices=False)[2][0] if np.isfinite(rest).all() else normal[-1]
    widest = widest * (1 if widest[np.abs(widest).argmax()] > 0 else -1)  # a singular vector has no sign of its own
    up = widest - (normal @ widest)[:, None] * normal
    length = np.linalg.norm(up, axis=1, keepdims=True)
    up = up / np.where(length > 0, length, 1)

    def seen(values: Array) -> Floats:
        return _small(
            np.stack([np.einsum("tmh,th->tm", values, normal) + offset, np.einsum("tmh,th->tm", values, up)], -1)
        )

    border = np.broadcast_to(np.array([[0.0, -FAR], [0.0, FAR]]), (len(weights), 2, 2))
    axes = ("distance from the border", "widest direction along the border")
    return Space(axes, seen(grid), seen(hidden), _small(border), projected=True)


def _small(values: Array) -> Floats:
    return np.asarray(values, np.float32)
