"""Numbers, lines and points as every chart of the page draws them."""

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.concepts.perceptron.model import Run
from nnviz.concepts.perceptron.rule import Floats

FAR = 20.0  # how far a line or a side is drawn; the window cuts it off
QUIET: Trace = {"hoverinfo": "skip", "showlegend": False}
NAMES = ("class 0, y = −1", "class 1, y = +1")


def short(value: float) -> str:
    """Return a number with three significant digits, or whole from 1000 on, and a real minus sign."""
    text = f"{value:.0f}" if 999.5 <= abs(value) < 1e6 else f"{value:.3g}"
    return text.replace("-", "−")


def times(count: int, noun: str) -> str:
    """Return "1 mistake", "2 mistakes", … with passes and orders too."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{count} {noun if count == 1 else plural}"


def lines(weights: Floats) -> tuple[Floats, Floats]:
    """Return foot and direction, both (..., 2), of the lines b + w₁x₁ + w₂x₂ = 0; NaN where w is zero or it is far off."""
    b, w = weights[..., :1], weights[..., 1:]
    square = np.square(w).sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        foot = np.where(square > 0, -b * w / square, np.nan)
        along = np.stack([-w[..., 1], w[..., 0]], axis=-1) / np.sqrt(square)
    return np.where(np.abs(foot) < FAR, foot, np.nan), along


def segments(weights: Floats) -> Floats:
    """Return both ends of every line, (..., 2, 2): the last axis is x₁, x₂."""
    foot, along = lines(weights)
    return np.stack([foot - FAR * along, foot + FAR * along], axis=-2)


def sides(weights: Floats, sign: float) -> Floats:
    """Return the corners (..., 4, 2) of the side where sign·(b + w·x) > 0, far beyond the window."""
    foot, along = lines(weights)
    normal = sign * np.stack([along[..., 1], -along[..., 0]], axis=-1)
    near = [foot - FAR * along, foot + FAR * along]
    return np.stack([*near, near[1] + 2 * FAR * normal, near[0] + 2 * FAR * normal], axis=-2)


def dots(run: Run, size: int) -> list[Trace]:
    """Return the points, each class with a colour and a marker of its own."""
    traces = build.points(run.positions, run.labels, NAMES, hoverinfo="skip", cliponaxis=False)
    return [trace | {"marker": trace["marker"] | {"size": size}} for trace in traces]
