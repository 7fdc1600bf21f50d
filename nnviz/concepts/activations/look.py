"""How the functions look on every chart of the page: one colour and one dash each, whatever else is chosen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import theme
from nnviz.concepts.activations.functions import ACTIVATIONS, Name

ORDER: tuple[Name, ...] = ("sigmoid", "relu", "tanh", "leaky_relu", "swish", "elu", "softplus", "gelu", "step")
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
DASHES = ("solid", "solid", "dash", "dot", "dashdot", "longdash", "dot", "longdashdot", "dash")


def index(name: Name) -> int:
    """Return the function's place among the colours."""
    return ORDER.index(name)


def label(name: Name) -> str:
    """Return the function's name as it is written."""
    return ACTIVATIONS[name].label


def token(name: Name) -> str:
    """Return the function's colour."""
    return "$ink" if name == "step" else theme.colour(index(name))


def symbol(name: Name) -> str:
    """Return the function's marker."""
    return theme.marker(index(name))


def stroke(name: Name, width: float = 2.4) -> dict[str, object]:
    """Return the function's line style."""
    return {"color": token(name), "dash": DASHES[index(name)], "width": width}


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> NDArray[np.float64]:
    """Move labels apart until neighbours are `gap` away from each other, within low…high, and keep their order.

    Ties keep the order in which they came. When all together need more room than there is, the gap shrinks.
    """
    count = len(positions)
    if count == 0:
        return np.zeros(0)
    gap = min(gap, (high - low) / max(1, count - 1))
    order = np.argsort(positions, kind="stable")
    # Less k gaps, "at least a gap apart" becomes "not decreasing": the nearest such list is an isotonic regression.
    wanted = np.clip(np.asarray(positions, dtype=np.float64)[order], low, high) - gap * np.arange(count)
    blocks: list[tuple[float, int]] = []
    for value in wanted:
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            before, length = blocks.pop()
            mean, size = (before * length + mean * size) / (length + size), length + size
        blocks.append((mean, size))
    levels = np.concatenate([np.full(size, mean) for mean, size in blocks])
    levels = np.clip(levels, low, high - gap * (count - 1)) + gap * np.arange(count)
    placed = np.empty(count)
    placed[order] = levels
    return placed


def grid(count: int, *, flat: bool = False) -> tuple[int, int]:
    """Return columns and rows for `count` small panels: nearly square, or few rows of at most five."""
    columns = max(1, min(count, 5)) if flat else {0: 1, 1: 1, 2: 2, 4: 2}.get(count, 3)
    return columns, max(1, -(-count // columns))
