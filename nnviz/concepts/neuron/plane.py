"""What the neuron answers over the plane: the line, its normal, its distance; and the output across the line."""

import numpy as np

from nnviz.charts.build import Trace, axis, heat, line
from nnviz.charts.view import Chart
from nnviz.concepts.neuron import look
from nnviz.concepts.neuron.geometry import line_pieces
from nnviz.concepts.neuron.model import INPUTS, PIXELS, Run
from nnviz.concepts.neuron.unit import activate, slope
from nnviz.core.notation import decimals

FARTHEST = 5.0  # from the line, on the axis across it


def plane(run: Run) -> Chart:
    """Draw the outputs, the line w·x + b = 0, its normal w, its distance from the origin, and the input."""
    p = run.params
    low, high = look.LIMITS[p.activation]
    field = heat(PIXELS, PIXELS, run.plane.astype(np.float32), title="output y") | {"colorscale": look.DIVERGING}
    field |= {"zmin": low, "zmax": high, "opacity": 0.75, "zsmooth": "fast"}
    field["hovertemplate"] = "x₁ %{x:.2f}, x₂ %{y:.2f}: y = %{z:.2f}<extra></extra>"
    traces = [field, *_line_and_normal(run), _input(run)]
    sides: Trace = {"constrain": "domain", "dtick": 1}
    x = axis("input x₁", -INPUTS, INPUTS, **sides)
    y = axis("input x₂", -INPUTS, INPUTS, **sides, scaleanchor="x")
    layout: Trace = {"showlegend": False, "annotations": _distance_note(run), "dragmode": False}
    title = "Its outputs over the plane, the line where w·x + b = 0, and its normal w (click to set the input)"
    figure = {"data": traces, "layout": {"xaxis": x, "yaxis": y} | layout}
    return Chart("plane", title, figure, _alt(run), click={"x1": "x", "x2": "y"}, height=380)


def foot(run: Run) -> tuple[float, float]:
    """Return the point of the line next to the origin, −b w/‖w‖²; not a number where there is no line."""
    if run.length == 0:
        return float("nan"), float("nan")
    x, y = -run.params.b * run.weights / run.length**2
    return float(x), float(y)


def _line_and_normal(run: Run) -> list[Trace]:
    ends = line_pieces(run.weights, run.params.b, INPUTS)
    base: Trace = {"type": "scatter", "hoverinfo": "skip"}
    border = base | {"mode": "lines", "x": ends[:, 0], "y": ends[:, 1], "line": {"color": "$ink", "width": 3}}
    x, y = foot(run)
    arrow = {"color": "$purple", "size": [0, 16], "symbol": "arrow", "angleref": "previous"}
    left, low = (0.75 * ends[0] + 0.25 * ends[1]).tolist()  # beside the foot, where the distance is drawn
    tip = {"x": [left, left + 0.5 * run.params.w1], "y": [low, low + 0.5 * run.params.w2]}
    normal = base | tip | {"mode": "lines+markers+text", "line": {"color": "$purple", "width": 3}, "marker": arrow}
    away = base | {"mode": "lines", "x": [0, x], "y": [0, y], "line": {"color": "$ink", "width": 1.5, "dash": "dot"}}
    return [border, away, normal | {"text": ["", "w"], "textposition": "bottom center"}]


def _input(run: Run) -> Trace:
    marker = {"size": 14, "color": "$ink", "symbol": "circle", "line": {"color": "$paper", "width": 2.5}}
    place = {"x": [run.params.x1], "y": [run.params.x2], "marker": marker, "hoverinfo": "skip"}
    label = {
        "text": [f"y = {decimals(run.output)}"],
        "textposition": "top center" if run.params.x2 < 1.5 else "bottom center",
    }
    return {"type": "scatter", "mode": "markers+text", "cliponaxis": False} | place | label


def _distance_note(run: Run) -> list[Trace]:
    """Return the distance, written half way between the origin and the line."""
    x, y = foot(run)
    if not np.isfinite(x) or max(abs(x), abs(y)) > INPUTS or run.distance < 0.2:
        return []
    text = f"|b|/‖w‖ = {decimals(run.distance)}"
    note = {"x": x / 2, "y": y / 2, "text": text, "showarrow": False, "bgcolor": "$paper/0.7", "xanchor": "left"}
    return [note | {"xshift": 6, "yshift": -14}]


def _alt(run: Run) -> str:
    if run.length == 0:
        return f"Both weights are 0: the output is {decimals(run.output)} at every input and there is no line."
    low, high = float(run.plane.min()), float(run.plane.max())
    where = "" if np.isfinite(line_pieces(run.weights, run.params.b, INPUTS)).all() else ", outside of the picture"
    text = f"The line lies {decimals(run.distance)} from the origin{where}, across the normal "
    text += f"({decimals(run.params.w1)}, {decimals(run.params.w2)}); "
    return f"{text}outputs go from {decimals(low)} to {decimals(high)}."


def across(run: Run) -> Chart:
    """Draw the output on a straight way across the line: how steep it is depends on ‖w‖ alone."""
    p = run.params
    places = np.linspace(-FARTHEST, FARTHEST, 201)
    along = places * run.length if run.length else np.full_like(places, p.b)
    here = run.sum / run.length if run.length else 0.0
    origin = p.b / run.length if run.length else 0.0
    curve = line(places, activate(p.activation, along), "output y", 0, hoverinfo="skip")
    dots: Trace = {"type": "scatter", "mode": "markers+text", "hoverinfo": "skip", "cliponaxis": False}
    x = [float(np.clip(each, -FARTHEST, FARTHEST)) for each in (here, origin)]
    low, high = {"step": (-0.2, 1.3), "sigmoid": (-0.2, 1.3), "tanh": (-1.3, 1.5)}.get(p.activation, (-10.0, 10.0))
    y = np.clip(activate(p.activation, [run.sum, p.b]), low, high)
    marker = {"size": [12, 10], "symbol": ["circle", "x"], "color": ["$ink", "$grey"]}
    dots |= {
        "x": x,
        "y": y,
        "marker": marker,
        "text": ["input", "origin"],
        "textposition": ["top center", "bottom center"],
    }
    steep = float(slope(p.activation, 0.0)) * run.length
    mark = {
        "type": "line",
        "x0": 0,
        "x1": 0,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": "$ink", "width": 1.5},
    }
    note = {
        "x": 0,
        "y": 1,
        "yref": "paper",
        "text": "the line",
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "top",
    }
    layout: Trace = {"shapes": [mark], "annotations": [note | {"xshift": -4}], "showlegend": False}
    layout |= {"xaxis": axis("signed distance from the line (w·x + b)/‖w‖", -FARTHEST, FARTHEST)}
    layout["yaxis"] = axis("output y", low, high)
    jump = f"slope ‖w‖·φ′(0) = {decimals(steep)} at the line"
    jump = {
        "step": "a jump at the line",
        "relu": f"a kink at the line, then slope ‖w‖ = {decimals(run.length)}",
    }.get(p.activation, jump)
    kept = jump if run.length else "no change, for both weights are 0"
    alt = f"Across the line the output has {kept}; ‖w‖ is {decimals(run.length)}, the input lies "
    alt += f"{decimals(here)} from the line and its output is {decimals(run.output)}."
    return Chart("across", f"The output across the line: {kept}", {"data": [curve, dots], "layout": layout}, alt)
