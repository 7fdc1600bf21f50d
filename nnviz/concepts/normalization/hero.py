"""The hero: the loss over two weights, raw and scaled, as nested ellipses, and the way of gradient descent across it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.normalization import words
from nnviz.concepts.normalization.descent import BEGIN
from nnviz.concepts.normalization.model import Run, Valley
from nnviz.concepts.normalization.scaling import Floats

LEVELS, FILLED = 16, 3  # ellipses, and of how many one is filled
WIDEST, NARROWEST = 5.0, 0.15  # half axes of the outermost and innermost ellipse, across and along the valley
REACH = (2.3, 1.6)  # of the axes at least, on both sides of the best weights; one grows with the window
FLATTEST = 1e-7  # share of the largest curvature below which a valley is drawn as if it had that much
TURN = np.linspace(0, 2 * np.pi, 91)
PANELS: tuple[Trace, Trace] = ({}, {"xaxis": "x2", "yaxis": "y2"})
COLOURS = ("$orange", "$blue")


def valley_chart(run: Run) -> Chart:
    """Draw both losses and both ways."""
    traces: list[Trace] = []
    frames: dict[str, Any] = {}
    for panel, valley in enumerate((run.raw, run.own)):
        traces += [each | PANELS[panel] for each in _nested(ellipses(valley), COLOURS[panel])]
        x, y = so_far(valley.path)
        frames |= {f"data.{len(traces)}.x": x, f"data.{len(traces)}.y": y}
        traces.append(_path(x[-1], y[-1]) | PANELS[panel])
        traces.append(_ends() | PANELS[panel])
    title = "The loss over two weights, and the way of gradient descent: as measured, and scaled (first seed)"
    alt = f"Ellipses of equal loss. Raw: condition number {words.kappa(run.raw.conditions)}, {words.steps(run.raw.steps)}. "
    alt += f"{words.name(run)}: {words.kappa(run.own.conditions)}, {words.steps(run.own.steps)}."
    return Chart("valley", title, {"data": traces, "layout": _layout(run)}, alt, frames)


def ellipses(valley: Valley) -> list[Floats]:
    """Return points (2, 91) of equal loss, the largest first: half axes √(2ℓ/λ) along the eigenvectors."""
    curvatures = np.maximum(valley.values, FLATTEST * valley.values[1])
    outer, inner = WIDEST * np.sqrt(curvatures[1]), NARROWEST * np.sqrt(curvatures[0])
    circle = np.stack([np.cos(TURN), np.sin(TURN)])
    sizes = np.geomspace(outer, inner, LEVELS)
    return [valley.vectors @ (circle * size / np.sqrt(curvatures)[:, None]) for size in sizes]


def so_far(path: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the way until each step, x and y (T, T); nan for what is still to come."""
    steps = np.arange(len(path))
    known = steps[None, :] <= steps[:, None]
    held = np.clip(path, -1e6, 1e6)
    x, y = (np.where(known, held[:, axis], np.nan).astype(np.float32) for axis in (0, 1))
    return x, y


def _nested(lines: list[Floats], token: str) -> list[Trace]:
    """Return every third ellipse filled, and all as one line: each trace costs the moving hand some time."""
    base: Trace = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    area = {"fill": "toself", "fillcolor": f"{token}/0.18", "line": {"width": 0}}
    filled = [base | area | {"x": line[0], "y": line[1]} for line in lines[::FILLED]]
    x, y = np.hstack([np.column_stack([line, [np.nan, np.nan]]) for line in lines])
    return [*filled, base | {"x": x, "y": y, "line": {"color": f"{token}/0.75", "width": 1}}]


def _path(x: NDArray[np.float32], y: NDArray[np.float32]) -> Trace:
    look = {"line": {"color": "$ink", "width": 1.6}, "marker": {"size": 5, "color": "$ink"}}
    return {"type": "scatter", "mode": "lines+markers", "x": x, "y": y, "hoverinfo": "skip"} | look


def _ends() -> Trace:
    look = {"symbol": ["circle-open", "x"], "size": [13, 10], "color": ["$ink", "$red"], "line": {"width": 2}}
    names = {"text": ["start", "best weights"], "hovertemplate": "%{text}<extra></extra>"}
    return {"type": "scatter", "mode": "markers", "x": [BEGIN[0], 0.0], "y": [BEGIN[1], 0.0], "marker": look} | names


def _layout(run: Run) -> Trace:
    look: Trace = {"showgrid": False, "fixedrange": True, "nticks": 4, "constrain": "range"}
    across = build.axis("weight 1, from its best", -REACH[0], REACH[0], **look)
    up = build.axis("weight 2, from its best", -REACH[1], REACH[1], **look)
    texts = [
        f"<b>{name}</b>: κ = {words.kappa(valley.conditions[:1])}, {_steps(valley)}"
        for name, valley in (("Raw", run.raw), (words.name(run).capitalize(), run.own))
    ]
    note = {"y": 1, "yanchor": "bottom", "xanchor": "center", "showarrow": False, "xref": "paper", "yref": "paper"}
    return {
        "showlegend": False,
        "margin": {"l": 44, "r": 8, "t": 28, "b": 40},
        "xaxis": across | {"domain": [0, 0.49]},
        "yaxis": up | {"scaleanchor": "x"},
        "xaxis2": across | {"domain": [0.51, 1], "anchor": "y2"},
        "yaxis2": up | {"anchor": "x2", "scaleanchor": "x2", "showticklabels": False, "title": {"text": ""}},
        "annotations": [note | {"x": place, "text": text} for place, text in zip((0.245, 0.755), texts, strict=True)],
    }


def _steps(valley: Valley) -> str:
    return words.steps(valley.steps[:1]) if np.isfinite(valley.steps[0]) else "never there"
