"""Descent in the valley: the path on the curve, and the factor of every rate with the limit 2/λ."""

from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.learning_rate.descent import START, STEPS
from nnviz.concepts.learning_rate.model import Run
from nnviz.concepts.learning_rate.trainability import Floats
from nnviz.core.notation import significant

REACH = 1.6  # of θ on the left panel
SMALLEST, LARGEST = 1e-3, 32.0  # of the rate, as its slider
TICKS = (0.001, 0.1, 10)
HIGHEST = 3.0  # of the factor |1 − ηλ| on the right panel
FAR = 1e6  # drawn no farther out: browsers draw huge numbers as garbage


def valley_chart(run: Run) -> Chart:
    """Draw the walk over the timeline on the left, |1 − ηλ| against the rate on the right."""
    moves = run.params.picture == "descent"
    x, y = trail(run)
    steps = len(run.descent.path)
    upto = [slice(0, count + 1) for count in range(steps)]
    frames: dict[str, Any] = {}
    if moves:
        frames = {
            "data.1.x": [x[: 3 * each.stop - 2] for each in upto],
            "data.1.y": [y[: 3 * each.stop - 2] for each in upto],
        }
        frames |= {"data.2.x": [x[3 * each.stop - 3 : 3 * each.stop - 2] for each in upto]}
        frames |= {"data.2.y": [y[3 * each.stop - 3 : 3 * each.stop - 2] for each in upto]}
    figure = {"data": [*_left(run, x, y), *_right(run)], "layout": _layout(run)}
    product = run.params.rate * run.params.curvature
    title = f"θ ← θ − ηλθ: every step multiplies θ by 1 − ηλ = {significant(1 - product)}"
    if run.params.schedule != "constant":
        title = "Gradient descent in a valley, and the factor of every rate"
    return Chart("descent", title, figure, _alt(run), frames)


def trail(run: Run) -> tuple[Floats, Floats]:
    """Return the walk as a line: on the curve, then across at that height to where the step ends, (91,) each."""
    path = np.clip(run.descent.path, -FAR, FAR)
    heights = 0.5 * run.params.curvature * path**2
    x, y = np.empty((len(path), 3)), np.empty((len(path), 3))
    x[:, 0], x[:, 1], x[:, 2] = path, np.append(path[1:], path[-1]), np.append(path[1:], path[-1])
    y[:, 0], y[:, 1], y[:, 2] = heights, heights, np.append(heights[1:], heights[-1])
    return x.ravel()[:-2], y.ravel()[:-2]


def _left(run: Run, x: Floats, y: Floats) -> list[dict[str, Any]]:
    theta = np.linspace(-2 * REACH, 2 * REACH, 161)
    curve = build.line(theta, 0.5 * run.params.curvature * theta**2, "loss ½λθ²", 0)
    line = {"color": "$orange", "width": 2, "dash": "solid"}
    walk = {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "name": "the walk"}
    ball = {"size": 14, "color": "$orange", "line": {"width": 1.5, "color": "$ink"}}
    return [
        curve,
        walk,
        {"type": "scatter", "mode": "markers", "x": x[-1:], "y": y[-1:], "marker": ball, "name": "θ now"},
    ]


def _right(run: Run) -> list[dict[str, Any]]:
    rates = np.geomspace(SMALLEST, LARGEST, 301)
    factor = np.abs(1 - rates * run.params.curvature)
    base = {"xaxis": "x2", "yaxis": "y2"}
    here = abs(1 - run.params.rate * run.params.curvature)
    mark = {"size": 14, "color": "$orange", "symbol": "diamond", "line": {"width": 1.5, "color": "$ink"}}
    line = build.line(rates, np.minimum(factor, 2 * HIGHEST), "|1 − ηλ|", 0)
    spot = {"type": "scatter", "mode": "markers", "x": [run.params.rate], "y": [min(here, HIGHEST)], "marker": mark}
    return [line | base, spot | base | {"name": "your rate", "cliponaxis": False}]


def _layout(run: Run) -> dict[str, Any]:
    curvature = run.params.curvature
    limit, fastest = 2 / curvature, 1 / curvature
    top = 0.5 * curvature * REACH**2
    wall = {"type": "line", "xref": "x2", "yref": "y2", "y0": 0, "y1": HIGHEST}
    across = {"type": "line", "xref": "x2", "yref": "y2", "x0": SMALLEST, "x1": LARGEST, "y0": 1, "y1": 1}
    zone = {"type": "rect", "xref": "x2", "yref": "y2", "x0": limit, "x1": LARGEST, "y0": 0, "y1": HIGHEST}
    word = {"xref": "x2", "yref": "y2 domain", "y": 1, "xanchor": "right", "yanchor": "top", "showarrow": False}
    word |= {"font": {"size": 12}}  # left of the limit no factor is above 1: there is room
    notes = [
        word | {"x": np.log10(limit), "text": f"2/λ = {significant(limit)} "},
        word | {"x": np.log10(fastest), "text": f"1/λ = {significant(fastest)} ", "yshift": -18},
    ]
    return {
        "showlegend": False,
        "margin": {"l": 52, "r": 12, "t": 10, "b": 44},
        "xaxis": build.axis("θ", -REACH, REACH, domain=[0, 0.48]),
        "yaxis": build.axis("loss ½λθ²", -0.05 * top, top),
        "xaxis2": build.axis("rate η (log)", SMALLEST, LARGEST, log=True, domain=[0.66, 1], anchor="y2",
                             tickvals=TICKS, ticktext=[f"{rate:g}" for rate in TICKS]),
        "yaxis2": build.axis("factor |1 − ηλ|", 0, HIGHEST, anchor="x2"),
        "shapes": [
            zone | {"fillcolor": "$red/0.15", "line": {"width": 0}, "layer": "below"},
            wall | {"x0": limit, "x1": limit, "line": {"color": "$red", "width": 2}},
            wall | {"x0": fastest, "x1": fastest, "line": {"color": "$grey", "width": 1, "dash": "dot"}},
            across | {"line": {"color": "$grey", "width": 1}},
        ],
        "annotations": notes,
    }  # fmt: skip


def _alt(run: Run) -> str:
    p, path = run.params, run.descent.path
    factor = significant(1 - p.rate * p.curvature)
    return (
        f"From θ = {significant(START)} in {STEPS} steps at rate {significant(p.rate)}, curvature {significant(p.curvature)}: "
        f"the factor of a step is {factor} at the start, the limit of the rate {significant(2 / p.curvature)}; "
        f"θ ends at {significant(float(path[-1]))}."
    )
