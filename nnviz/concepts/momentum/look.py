"""How the page's three methods look, and its numbers."""

from typing import Any

import numpy as np

from nnviz.concepts.momentum.theory import METHODS
from nnviz.core.notation import significant

Trace = dict[str, Any]
NAMES = {"sgd": "gradient descent", "momentum": "heavy ball", "nesterov": "Nesterov"}
TOKENS = {"sgd": "$grey", "momentum": "$blue", "nesterov": "$orange"}
DASHES = {"sgd": "dot", "momentum": "solid", "nesterov": "dash"}
SYMBOLS = {"sgd": "square", "momentum": "circle", "nesterov": "diamond"}


def called(name: str) -> str:
    """Return how a sentence speaks of a method."""
    return {"sgd": "gradient descent", "momentum": "the heavy ball", "nesterov": "Nesterov's method"}[name]


def order(front: str) -> tuple[str, ...]:
    """Return the methods in the order in which they are drawn: the one in front last."""
    return (*(name for name in METHODS if name != front), front)


def stroke(name: str, front: str) -> Trace:
    """Return the line style of a method; the one in front is wider."""
    return {"color": TOKENS[name], "dash": DASHES[name], "width": 3 if name == front else 1.8}


def size(value: float) -> str:
    """Return a distance or a height, which may have left all bounds."""
    return significant(value) if np.isfinite(value) else "out of all bounds"


def factor(value: float) -> str:
    """Return a factor a step with as many digits as tell it from 1."""
    if not np.isfinite(value):
        return "no number"
    if abs(value - 1) < 1e-6 or value < 1e-3:
        return significant(round(value, 6))
    digits = 3 if abs(value - 1) > 0.02 else 4 if abs(value - 1) > 0.002 else 5
    return f"{value:.{digits}f}"


def steps(value: float) -> str:
    """Return a number of steps; less than one is one."""
    count = significant(max(value, 1.0))
    return "1 step" if count == "1" else f"{count} steps"


def need(value: float) -> str:
    """Say how many steps a method needs until a tenth of the error is left."""
    return f"needs {steps(value)} for a tenth of the error" if np.isfinite(value) else "never arrives"
