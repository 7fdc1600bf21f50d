"""How the racers look, whichever of them take part, and the page's numbers."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.optimizers.settings import LOWEST, NAMES
from nnviz.core.notation import power, significant

Trace = dict[str, Any]
KEYS = tuple(NAMES)
TOKENS = ("$grey", "$blue", "$sky", "$green", "$purple", "$red", "$orange", "$ink")
DASHES = ("dot", "solid", "dash", "dashdot", "longdash", "solid", "dash", "longdashdot")
MARKERS = ("square", "circle", "diamond", "cross", "triangle-up", "x", "star", "pentagon")
SOLIDS = (
    "square",
    "circle",
    "diamond",
    "cross",
    "square-open",
    "x",
    "diamond-open",
    "circle-open",
)  # 3-D has no others
LEAST = power(round(math.log10(LOWEST)))
Pixels = NDArray[np.float32]


def token(name: str) -> str:
    """Return the colour token of an optimizer."""
    return TOKENS[KEYS.index(name)]


def stroke(name: str, width: float = 2.2) -> Trace:
    """Return the line style of an optimizer."""
    return {"color": token(name), "dash": DASHES[KEYS.index(name)], "width": width}


def marker(name: str, size: int = 11) -> Trace:
    """Return the marker of an optimizer."""
    edge = {"width": 1.5, "color": "$paper"}
    return {"color": token(name), "symbol": MARKERS[KEYS.index(name)], "size": size, "line": edge}


def solid(name: str) -> Trace:
    """Return the marker of an optimizer in three dimensions."""
    return {
        "color": token(name),
        "symbol": SOLIDS[KEYS.index(name)],
        "size": 8,
        "line": {"width": 1, "color": "$paper"},
    }


def shown(values: NDArray[np.float64], least: float = 1e-30) -> NDArray[np.float64]:
    """Return what a logarithmic axis can show, in numbers that a browser holds in 32 bits; the rest is left out."""
    return np.where((values >= least) & (values < 1e30), values, np.nan)


def number(value: float) -> str:
    """Return three significant digits; what no chart tells from 0 is only bounded."""
    if not np.isfinite(value):
        return "lost"
    if 0 < value < LOWEST:
        return f"under {LEAST}"
    return significant(value)


def listed(parts: list[str]) -> str:
    """Join with commas and a last "and"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
