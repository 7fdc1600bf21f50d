"""The hero: three ways down one ravine."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.momentum import look
from nnviz.concepts.momentum.model import Run
from nnviz.concepts.momentum.theory import METHODS
from nnviz.models.surfaces import Surface

REACH = 1.6  # the plane's window on both axes
SIDE = 81
LEVELS = 14
SCALE = [[0.0, "$blue/0.45"], [0.25, "$blue/0.22"], [1.0, "$blue/0.02"]]
Floats = NDArray[np.float64]


def plane(run: Run, frames: NDArray[np.int64]) -> Chart:
    """Draw the ravine and the ways of all three methods up to each moment."""
    front = run.params.method
    traces = valley(run.params.kappa)
    moving: dict[str, Any] = {}
    ways = run.ways.astype(np.float32)
    for name in look.order(front):
        way = ways[METHODS.index(name)]
        traces.append(_whole(way, name))
    for name in look.order(front):
        way = ways[METHODS.index(name)]
        done = so_far(way, frames)
        moving |= {f"data.{len(traces)}.{axis}": done[:, :, index] for index, axis in enumerate("xy")}
        traces.append(_line(way, name, front))
        balls = at(way, frames)
        moving |= {f"data.{len(traces)}.{axis}": balls[:, index : index + 1] for index, axis in enumerate("xy")}
        traces.append(_ball(balls[-1], name, front))
    traces += [_start(run), _goal()]
    window = {"showgrid": False, "fixedrange": False}
    x = build.axis("along the ravine (curvature 1/κ)", -REACH, REACH, **window)
    y = build.axis("across the ravine (curvature 1)", -REACH, REACH, **window)
    figure = build.figure(traces, x, y, hovermode="closest")
    title = "Three ways down one ravine, from one start (click to move it)"
    return Chart("plane", title, figure, _alt(run), moving, {"x": "x", "y": "y"})


def valley(kappa: float) -> list[look.Trace]:
    """Return the ravine under lines of equal height, closer to each other towards the lowest point."""
    line = np.linspace(-REACH, REACH, SIDE)
    points = np.stack(np.meshgrid(line, line), axis=-1)
    depth = Surface("ravine", kappa).value(points) ** (1 / 3)
    hover = "along %{x:.2f}, across %{y:.2f}<extra></extra>"
    return build.relief(line, line, depth, SCALE, LEVELS, hovertemplate=hover)


def so_far(way: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return a way (T + 1, 2) as it is walked, (F, T + 1, 2): NaN for what is still to come."""
    steps = np.arange(len(way))
    return np.where((steps[None, :] <= frames[:, None])[:, :, None], way[None], np.float32(np.nan))


def at(way: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return where a way stands at each frame, (F, 2); a lost ball stays where it was last, far outside."""
    there = np.flatnonzero(np.isfinite(way).all(axis=1))
    far = np.float32(1e6)  # the browser's places are finite
    return np.asarray(np.clip(way[np.minimum(frames, there[-1])], -far, far))


def _whole(way: NDArray[np.float32], name: str) -> look.Trace:
    """Return the whole way, faint, so that a paused picture shows where it leads."""
    stroke = {"color": f"{look.TOKENS[name]}/0.28", "width": 1}
    base: look.Trace = {"type": "scatter", "mode": "lines", "x": way[:, 0], "y": way[:, 1], "line": stroke}
    return base | {"hoverinfo": "skip", "showlegend": False}


def _line(way: NDArray[np.float32], name: str, front: str) -> look.Trace:
    base: look.Trace = {"type": "scatter", "mode": "lines", "x": way[:, 0], "y": way[:, 1], "name": look.NAMES[name]}
    return base | {"line": look.stroke(name, front), "hoverinfo": "skip"}


def _ball(place: NDArray[np.float32], name: str, front: str) -> look.Trace:
    edge = {"width": 2, "color": "$paper"}
    size = 17 if name == front else 12
    face = {"size": size, "symbol": look.SYMBOLS[name], "color": look.TOKENS[name], "line": edge}
    base: look.Trace = {"type": "scatter", "mode": "markers", "x": place[:1], "y": place[1:], "marker": face}
    return base | {"hovertemplate": f"{look.NAMES[name]}<extra></extra>", "showlegend": False}


def _start(run: Run) -> look.Trace:
    face = {"size": 12, "symbol": "circle-open", "color": "$ink", "line": {"width": 2, "color": "$ink"}}
    base: look.Trace = {"type": "scatter", "mode": "markers", "x": [run.params.x], "y": [run.params.y], "marker": face}
    return base | {"hovertemplate": "start<extra></extra>", "showlegend": False}


def _goal() -> look.Trace:
    face = {"size": 13, "symbol": "star", "color": "$ink", "line": {"width": 1, "color": "$paper"}}
    base: look.Trace = {"type": "scatter", "mode": "markers", "x": [0], "y": [0], "marker": face}
    return base | {"hovertemplate": "lowest point<extra></extra>", "showlegend": False}


def _alt(run: Run) -> str:
    ends = []
    for name in look.order(run.params.method)[::-1]:
        way = run.ways[METHODS.index(name)]
        gap = float(np.hypot(*way[-1]))
        ends.append(f"{look.called(name)} {look.size(gap)}")
    return f"Distance to the lowest point after {run.params.steps} steps: {', '.join(ends)}."
