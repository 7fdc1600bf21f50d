"""The hero: what a line and what the network make of the plane, side by side, over one timeline."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import theme
from nnviz.charts.build import Trace
from nnviz.charts.planes import pair
from nnviz.charts.view import Chart
from nnviz.concepts.mlp import words
from nnviz.concepts.mlp.model import Run
from nnviz.concepts.mlp.space import line_through
from nnviz.data.toy import WINDOW

WHOLE = 10_000  # a chance of 1, so that frames are whole numbers of two bytes
PANELS: tuple[Trace, Trace] = ({}, {"xaxis": "x2", "yaxis": "y2"})
LOW, HIGH = WINDOW


def surfaces_chart(run: Run) -> Chart:
    """Draw the chance of class b by the line and by the network, the border, and rings around what is wrong."""
    traces: list[Trace] = []
    frames: dict[str, Any] = {}
    for panel in (0, 1):
        chance = np.round(WHOLE * np.nan_to_num(run.surfaces[panel], nan=0.5)).astype(np.int16)
        frames[f"data.{len(traces)}.z"] = chance
        traces.append(_surface(run, chance[-1]) | PANELS[panel])
    for panel in (0, 1):
        wrong = wrong_points(run, panel)
        traces.append(_points(run) | PANELS[panel])
        frames[f"data.{len(traces)}.y"] = wrong
        traces.append(_rings(run, wrong[-1]) | PANELS[panel])
    if run.params.lines and run.params.hidden:
        x, y = unit_lines(run)
        frames |= {f"data.{len(traces)}.x": x, f"data.{len(traces)}.y": y}
        traces.append(_lines(x[-1], y[-1]))
    titles = panel_titles(run)
    frames |= {f"layout.annotations.{panel}.text": titles[panel] for panel in (0, 1)}
    title = "A single unit against a hidden layer, on the same training points; a ring marks one on the wrong side"
    return Chart("surfaces", title, {"data": traces, "layout": pair(titles, WINDOW)}, words.picture(run), frames)


def wrong_points(run: Run, panel: int) -> NDArray[np.float32]:
    """Return x₂ of the training points on the wrong side at each moment, nan for the others, (T, N)."""
    right = (run.logits[panel] > 0) == (run.classes == 1)
    return np.where(right, np.nan, run.points[:, 1]).astype(np.float32)


def unit_lines(run: Run) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the lines on which each hidden unit's sum is 0 as one path with gaps, x and y (T, 3 h)."""
    weights, biases = run.network.layers(run.params.drawn)[0]
    ends = line_through(weights, biases)  # (T, h, 2, 2)
    gaps = np.full((*ends.shape[:2], 1, 2), np.nan, np.float32)
    path = np.concatenate([ends, gaps], axis=2).reshape(len(ends), -1, 2)
    return path[..., 0], path[..., 1]


def panel_titles(run: Run) -> tuple[list[str], list[str]]:
    """Return what stands above each panel at each moment: who it is, and how much of the training points is right."""
    units = run.params.hidden
    names = ("A line", f"{words.count(units, 'hidden unit')}" if units else "A line again")
    titles = []
    for panel in (0, 1):
        right = ((run.logits[panel] > 0) == (run.classes == 1)).mean(axis=1)
        titles.append([f"<b>{names[panel]}</b>: {100 * share:.0f} % right" for share in right])
    return titles[0], titles[1]


def _surface(run: Run, chance: NDArray[np.int16]) -> Trace:
    scale = [[0, "$blue/0.6"], [0.5, "$paper"], [1, "$orange/0.6"]]
    border = {"start": WHOLE / 2, "end": WHOLE / 2, "size": WHOLE, "coloring": "heatmap"}
    look = {"colorscale": scale, "zmin": 0, "zmax": WHOLE, "showscale": False, "contours": border}
    line = {"color": "$ink", "width": 2.5}
    base = {"type": "contour", "x": run.ticks, "y": run.ticks, "z": chance, "line": line, "hoverinfo": "skip"}
    return base | look | {"autocontour": False}


def _points(run: Run) -> Trace:
    look = {
        "color": [theme.colour(each) for each in run.classes.tolist()],
        "symbol": [theme.marker(each) for each in run.classes.tolist()],
        "size": 7,
        "line": {"width": 1, "color": "$paper"},
    }
    place = {"x": run.points[:, 0], "y": run.points[:, 1], "text": ["ab"[each] for each in run.classes.tolist()]}
    hover = {"hovertemplate": "class %{text}: (%{x:.2f}, %{y:.2f})<extra></extra>"}
    return {"type": "scatter", "mode": "markers", "marker": look} | place | hover


def _rings(run: Run, wrong: NDArray[np.float32]) -> Trace:
    look = {"symbol": "circle-open", "size": 13, "color": "$ink", "line": {"width": 1.6}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": run.points[:, 0],
        "y": wrong,
        "marker": look,
        "hoverinfo": "skip",
    }


def _lines(x: NDArray[np.float32], y: NDArray[np.float32]) -> Trace:
    stroke = {"color": "$ink/0.55", "width": 1.3, "dash": "dot"}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": stroke, "hoverinfo": "skip"} | PANELS[1]
