"""Lines under the outlier's pull, and the unit that starts confidently wrong."""

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart
from nnviz.concepts.losses import look
from nnviz.concepts.losses.functions import Floats
from nnviz.concepts.losses.line import ACROSS, FARTHEST, HALF, INTERCEPT, LEVELS, LINES, SLOPE, shift
from nnviz.concepts.losses.model import Run
from nnviz.concepts.losses.wrong import STEPS, durations
from nnviz.core.notation import significant

RIGHT = {"xaxis": "x2", "yaxis": "y2"}
FADED = 1e-4  # the gradient's axis ends here
WIDTHS = (HALF + 1, 15.0, ACROSS + 1)  # half widths of the plane: the least that holds the outlier


def line_chart(run: Run) -> Chart:
    """Draw points, outlier and the three lines; beside them, each line's slope at every height of the outlier."""
    p, lines = run.params, run.lines
    wide = next(end for end in WIDTHS if abs(p.outlier_x) <= end - 0.5)
    x = np.array([-wide, wide])
    traces = [_truth(x), *(_line(run, row, x) for row in range(3)), _points(run)]
    for row, name in enumerate(LINES):
        slope = {
            "type": "scatter",
            "mode": "lines",
            "x": LEVELS,
            "y": lines.sweep[row, :, 0],
            "line": look.stroke(name),
        }
        traces.append(slope | {"name": look.label(name), "hoverinfo": "skip"} | RIGHT)
    traces.append(_slopes(run))
    moved = shift(lines.fits, lines.calm)
    layout = {
        "showlegend": False,
        "margin": {"l": 48, "r": 10, "t": 8, "b": 40},
        "xaxis": axis("x", -wide, wide, domain=[0, 0.5], fixedrange=True),
        "yaxis": axis("y", -FARTHEST - 2, FARTHEST + 2, fixedrange=True),
        "xaxis2": axis("outlier's height", -FARTHEST, FARTHEST, domain=[0.7, 1], anchor="y2", dtick=10),
        "yaxis2": axis("slope of the line", SLOPE - 2.0, SLOPE + 2.0, anchor="x2"),
        "annotations": _legend(run),
        "shapes": [build.vertical(p.outlier, token="$red")["shape"] | {"xref": "x2"}],
    }
    words = ", ".join(
        f"{look.label(name)} by {significant(float(far))}" for name, far in zip(LINES, moved, strict=True)
    )
    alt = f"The outlier at ({significant(p.outlier_x)}, {significant(p.outlier)}) moves the lines: {words}."
    title = "One outlier pulls three lines (drag it); right: their slope at every height of it"
    click = {"outlier_x": "x", "outlier": "y"}
    return Chart("line", title, {"data": traces, "layout": layout}, alt, click=click, drag="xy", wide=True)


def _truth(x: Floats) -> Trace:
    look_ = {"color": "$grey", "width": 1.2, "dash": "longdash"}
    base = {"type": "scatter", "mode": "lines", "x": x, "y": SLOPE * x + INTERCEPT, "line": look_}
    return base | {"name": "true line", "hoverinfo": "skip"}


def _line(run: Run, row: int, x: Floats) -> Trace:
    slope, intercept = run.lines.fits[row]
    base = {"type": "scatter", "mode": "lines", "x": x, "y": slope * x + intercept, "hoverinfo": "skip"}
    return base | {"line": look.stroke(LINES[row], 3), "name": look.label(LINES[row])}


def _points(run: Run) -> Trace:
    count = len(run.lines.x)
    marker = {
        "color": ["$ink/0.6"] * (count - 1) + ["$red"],
        "size": [7] * (count - 1) + [15],
        "symbol": ["circle"] * (count - 1) + ["star"],
    }
    base = {"type": "scatter", "mode": "markers", "x": run.lines.x, "y": run.lines.y, "marker": marker}
    return base | {"name": "points", "hoverinfo": "skip", "cliponaxis": False}


def _slopes(run: Run) -> Trace:
    """Return the slopes at the outlier's present height."""
    marker = {
        "size": 10,
        "color": [look.TOKENS[name] for name in LINES],
        "symbol": [look.SYMBOLS[name] for name in LINES],
    }
    base = {"type": "scatter", "mode": "markers", "x": [run.params.outlier] * 3, "y": run.lines.fits[:, 0]}
    return base | {"marker": marker, "hoverinfo": "skip"} | RIGHT


def _legend(run: Run) -> list[Trace]:
    """Name each line with its slope, in the corner that outlier and lines leave free."""
    notes = []
    above, rising = run.params.outlier < 0, run.lines.fits[1, 0] >= 0
    side = "left" if above == rising else "right"
    corner = {"x": float(side == "right"), "xanchor": side, "yanchor": "top", "xref": "x domain", "yref": "y domain"}
    top = 1.0 if above else 0.3
    signs = {"mse": "- -", "mae": "—", "huber": "· ·"}
    for row, name in enumerate(LINES):
        slope = significant(float(run.lines.fits[row, 0]))
        text = f"{signs[name]} {look.label(name)}: slope {slope}"
        spot = corner | {"y": top - 0.075 * row, "showarrow": False}
        notes.append(spot | {"text": text, "font": {"color": look.TOKENS[name]}})
    spot = corner | {"y": top - 0.075 * 3, "showarrow": False}
    return [*notes, spot | {"text": f"true slope {SLOPE:g}", "font": {"color": "$grey"}}]


def wrong_chart(run: Run) -> Chart:
    """Draw a unit's probability of the right class over its steps, and the gradient that it feels, under both losses."""
    p, steps = run.params, np.arange(STEPS + 1)
    side = 2 * p.side - 1
    right = 1 / (1 + np.exp(-np.clip(side * run.descents, -500, 500)))
    pulls = [1 - right[0], 2 * (1 - right[1]) * right[1] * (1 - right[1])]
    names, traces = ("cross-entropy", "MSE"), []
    for row, name in enumerate(names):
        line = {"type": "scatter", "mode": "lines", "x": steps, "name": name}
        line |= {"line": {"color": ("$blue", "$orange")[row], "dash": ("solid", "dash")[row], "width": 2.6}}
        traces.append(line | {"y": right[row]})
        traces.append(line | {"y": np.maximum(pulls[row], FADED / 10), "showlegend": False} | RIGHT)
    ticks = {"tickvals": [1e-4, 1e-3, 1e-2, 0.1, 1], "ticktext": ["10⁻⁴", "0.001", "0.01", "0.1", "1"]}
    layout = {
        "margin": {"l": 48, "r": 10, "t": 8, "b": 40},
        "xaxis": axis("step", 0, STEPS, domain=[0, 0.4]),
        "yaxis": axis("probability of the right class", -0.02, 1.02),
        "xaxis2": axis("step", 0, STEPS, domain=[0.62, 1], anchor="y2"),
        "yaxis2": axis("size of the gradient (log)", FADED, 3, log=True, anchor="x2", **ticks),
    }
    until = durations(run.descents, p.side)
    alt = f"From probability {significant(float(right[0, 0]))} of the right class, it takes {until[0]} under cross-entropy "
    alt += f"and {until[1]} under MSE to reach 0.9."
    start = f"logit {significant(p.prediction)}, class {p.side:.0f} is right"
    asked = "who feels that it is wrong?" if right[0, 0] < 0.5 else "nothing is wrong here"
    title = f"One sigmoid unit that starts at {start}: {asked}"
    return Chart("wrong", title, {"data": traces, "layout": layout}, alt)
