"""Softmax of three logits: its probabilities, its place on the simplex, and how each logit would move it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.charts import theme
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.activations.functions import softmax
from nnviz.concepts.activations.model import Run
from nnviz.core.notation import significant

CORNERS: NDArray[np.float64] = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
CLASSES = ("class 1", "class 2", "class 3")
TOKENS = ("$blue", "$orange", "$green")
RIGHT = {"xaxis": "x2", "yaxis": "y2"}


def place(probabilities: ArrayLike) -> NDArray[np.float64]:
    """Return where probabilities (..., 3) lie in the plane: the corners' average with these weights, (..., 2)."""
    return np.asarray(probabilities, dtype=np.float64) @ CORNERS


def simplex_chart(run: Run) -> Chart:
    """Draw bars of the probabilities and the triangle of all probabilities with the way that T leads through it."""
    temperature = run.params.temperature
    traces = [_bars(run), _outlines(run), *_grid(), _path(run), _point(run)]
    layout = {
        "showlegend": False,
        "barmode": "overlay",
        "margin": {"l": 48, "r": 10, "t": 14, "b": 40},
        "xaxis": {"domain": [0, 0.34], "title": {"text": "logit", "standoff": 4}, "showgrid": False},
        "yaxis": {"range": [0, 1.12], "title": {"text": "probability p"}, "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        "xaxis2": {"domain": [0.4, 1], "range": [-0.16, 1.16], "visible": False, "anchor": "y2"},
        "yaxis2": {
            "range": [-0.1, 0.97],
            "visible": False,
            "anchor": "x2",
            "scaleanchor": "x2",
            "constrain": "domain",
        },
        "annotations": _corner_labels() + _arrows(run) + _numbers(run),
    }
    drawn = "probabilities (outline: T = 1) and their place on the simplex"
    title = f"Softmax at temperature {significant(temperature)}: {drawn}"
    return Chart("simplex", title, {"data": traces, "layout": layout}, _alt(run))


def _names(run: Run) -> list[str]:
    return [f"z{number}<br>{significant(logit)}" for number, logit in zip("₁₂₃", run.params.logits, strict=True)]


def _bars(run: Run) -> Trace:
    marker = {"color": list(TOKENS), "pattern": {"shape": ["", "/", "."], "fgcolor": "$paper", "size": 6}}
    bars = {"type": "bar", "x": _names(run), "y": run.probabilities, "marker": marker, "width": 0.6}
    return bars | {"hovertemplate": "p = %{y:.4f}<extra></extra>"}


def _outlines(run: Run) -> Trace:
    """Return the bars as they stand at temperature 1, as outlines."""
    outline = {"color": "$paper/0", "line": {"color": "$grey", "width": 2}}
    bars = {"type": "bar", "x": _names(run), "y": softmax(run.params.logits), "marker": outline, "width": 0.6}
    return bars | {"hovertemplate": "at T = 1: %{y:.4f}<extra></extra>"}


def _grid() -> list[Trace]:
    """Return the triangle's edges, and the lines on which one class has ¼, ½ or ¾."""
    closed = place(np.eye(3)[[0, 1, 2, 0]])
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"} | RIGHT
    edges = line | {"x": closed[:, 0], "y": closed[:, 1], "line": {"color": "$grey", "width": 1.5}}
    ends = []
    for share in (0.25, 0.5, 0.75):
        for first in range(3):
            low, high = np.roll([share, 1 - share, 0], first), np.roll([share, 0, 1 - share], first)
            ends += [place(low), place(high), np.full(2, np.nan)]
    inner = np.array(ends)
    return [edges, line | {"x": inner[:, 0], "y": inner[:, 1], "line": {"color": "$faint", "width": 1}}]


def _path(run: Run) -> Trace:
    way = place(run.path)
    line = {"color": "$ink/0.55", "width": 2, "dash": "dot"}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": way[:, 0],
        "y": way[:, 1],
        "line": line,
        "hoverinfo": "skip",
    } | RIGHT


def _point(run: Run) -> Trace:
    x, y = place(run.probabilities)
    marker = {"size": 15, "color": "$red", "line": {"width": 2, "color": "$paper"}}
    text = "p = " + ", ".join(significant(float(p)) for p in run.probabilities)
    base = {"type": "scatter", "mode": "markers", "x": [x], "y": [y], "marker": marker, "text": [text]}
    return base | {"hoverinfo": "text"} | RIGHT


def _corner_labels() -> list[Trace]:
    labels = []
    for name, token, (x, y) in zip(CLASSES, TOKENS, CORNERS, strict=True):
        spot = {"x": float(x), "y": float(y), "xref": "x2", "yref": "y2", "showarrow": False}
        side = {"yanchor": "bottom" if y else "top", "xanchor": "center", "font": {"color": token, "size": 12}}
        labels.append(spot | side | {"text": name})
    centre = dict(zip("xy", (float(c) for c in place(np.full(3, 1 / 3))), strict=True))
    labels.append(
        centre | {"xref": "x2", "yref": "y2", "text": "+", "showarrow": False, "font": {"color": "$grey", "size": 16}}
    )
    return labels


def _arrows(run: Run) -> list[Trace]:
    """Return from the point one arrow per logit: where it would go, to first order, if that logit rose by 1."""
    x, y = (float(c) for c in place(run.probabilities))
    arrows = []
    for column, token in zip(run.jacobian.T, TOKENS, strict=True):
        across, up = (float(c) for c in column @ CORNERS)
        length = float(np.hypot(across, up))
        if length < 0.01:
            continue
        shorter = min(1.0, 0.5 / length)
        head = {"x": x + across * shorter, "y": y + up * shorter, "xref": "x2", "yref": "y2"}
        tail = {"ax": x, "ay": y, "axref": "x2", "ayref": "y2", "showarrow": True, "text": ""}
        arrows.append(head | tail | {"arrowhead": 2, "arrowwidth": 2.2, "arrowcolor": theme.faded(token, 0.9)})
    return arrows


def _numbers(run: Run) -> list[Trace]:
    names = _names(run)
    return [
        {"x": name, "y": float(p), "text": significant(float(p)), "showarrow": False, "yanchor": "bottom", "yshift": 2}
        for name, p in zip(names, run.probabilities, strict=True)
    ]


def _alt(run: Run) -> str:
    shares = ", ".join(
        f"{significant(float(p))} for {name}" for name, p in zip(CLASSES, run.probabilities, strict=True)
    )
    return f"Softmax of the logits at temperature {significant(run.params.temperature)} gives {shares}."
