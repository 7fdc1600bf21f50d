"""The hidden space: the bent grid, the points where they land, and the line (or plane) that parts them there."""

from typing import Any

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.mlp import words
from nnviz.concepts.mlp.model import Run

BOUNDED = {"tanh": (-1.1, 1.1), "sigmoid": (-0.05, 1.05)}


def space_chart(run: Run) -> Chart:
    """Draw where the hidden layer sends a grid of the plane and the points, over the timeline."""
    space = run.space
    letters = "xyz"[: len(space.axes)]
    traces = [_grid(run), _points(run), _border(run)]
    frames: dict[str, Any] = {}
    for index, values in enumerate((space.grid, space.points, space.border)):
        for place, letter in enumerate(letters):
            part = values[..., place]
            if index == 2 and len(letters) == 3:
                part = part.reshape(-1, 2, 2)
            traces[index][letter] = part[-1]
            frames[f"data.{index}.{letter}"] = part
    figure = _solid(run, traces) if len(letters) == 3 else _flat(run, traces)
    return Chart("space", _title(run), figure, _alt(run), frames, height=380)


def _title(run: Run) -> str:
    units = run.params.hidden
    cut = f"a {'flat' if units == 3 else 'straight (dashed)'} cut parts {_parted(run)} of the points"
    if units == 0:
        return f"No hidden layer, the plane stays as it is: {cut}"
    if units == 1:
        return f"One hidden unit squeezes the plane onto a line: {cut}"
    seen = ", seen along the border" if run.space.projected else ""
    return f"The plane as {units} hidden units bend it{seen}: {cut}"


def _alt(run: Run) -> str:
    where = " and ".join(run.space.axes)
    return f"The points by {where}, behind the hidden layer: one straight cut parts {_parted(run)} of them rightly."


def _parted(run: Run) -> str:
    return words.percent(float(((run.logits[1][-1] > 0) == (run.classes == 1)).mean()))


def _grid(run: Run) -> Trace:
    stroke = {"color": "$grey", "width": 2} if len(run.space.axes) == 3 else {"color": "$grey/0.55", "width": 1}
    return {"mode": "lines", "line": stroke, "hoverinfo": "skip"} | _kind(run)


def _points(run: Run) -> Trace:
    classes = run.classes.tolist()
    symbols = ("circle", "diamond")
    look = {
        "color": [theme.colour(each) for each in classes],
        "symbol": [symbols[each] for each in classes],
        "size": 7 if len(run.space.axes) == 2 else 4,
        "line": {"width": 1, "color": "$paper"},
    }
    texts = [f"class {'ab'[each]}, point ({x:.2f}, {y:.2f})" for each, (x, y) in zip(classes, run.points, strict=True)]
    return {"mode": "markers", "marker": look, "text": texts, "hovertemplate": "%{text}<extra></extra>"} | _kind(run)


def _border(run: Run) -> Trace:
    if len(run.space.axes) == 3:
        look = {"type": "surface", "showscale": False, "opacity": 0.3, "hoverinfo": "skip"}
        return look | {
            "colorscale": [[0, "$ink"], [1, "$ink"]],
            "contours": {letter: {"highlight": False} for letter in "xyz"},
        }
    stroke = {"color": "$ink", "width": 2.5, "dash": "dash"}
    return {"type": "scatter", "mode": "lines", "line": stroke, "hoverinfo": "skip"}


def _kind(run: Run) -> Trace:
    return {"type": "scatter3d" if len(run.space.axes) == 3 else "scatter"}


def _windows(run: Run) -> list[tuple[float, float]]:
    """Return the range of each axis: what the activation can give, otherwise what this run reaches."""
    space = run.space
    fixed = BOUNDED.get(run.params.activation)
    reach = np.nan_to_num(space.reach)
    windows = [(low - 0.08 * (high - low) - 0.05, high + 0.08 * (high - low) + 0.05) for low, high in reach.tolist()]
    if fixed and not space.projected and run.params.hidden:
        windows = [fixed, windows[1]] if run.params.hidden == 1 else [fixed] * len(windows)
    return windows


def _flat(run: Run, traces: list[Trace]) -> Trace:
    axes = [
        build.axis(name, *window, showgrid=False) for name, window in zip(run.space.axes, _windows(run), strict=True)
    ]
    return build.figure(traces, axes[0], axes[1], showlegend=False)


def _solid(run: Run, traces: list[Trace]) -> Trace:
    look = {"showbackground": False, "gridcolor": "$faint", "zeroline": False, "color": "$ink"}
    axes = {
        f"{letter}axis": look | {"title": {"text": name}, "range": list(window)}
        for letter, name, window in zip("xyz", run.space.axes, _windows(run), strict=True)
    }
    scene = axes | {"aspectmode": "cube", "camera": {"eye": {"x": 1.5, "y": 1.3, "z": 0.9}}, "dragmode": "orbit"}
    layout = {"scene": scene, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "showlegend": False}
    return {"data": traces, "layout": layout}
