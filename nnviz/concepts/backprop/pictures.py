"""Below the graph: the chain rule path by path, the loss along one node, the step downhill, and what it all costs."""

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.backprop import words
from nnviz.concepts.backprop.model import RATES, Run
from nnviz.concepts.backprop.words import number

Floats = NDArray[np.float64]
SHOWN = 8  # paths drawn at most; all count


def paths_chart(run: Run) -> Chart:
    """Draw each path's local slopes as one product, and the products' sum."""
    ways = run.paths[:SHOWN]
    longest = max((len(way) for way in ways), default=1)
    rows = [-float(row) for row in range(len(ways))]
    bottom = -float(max(1, len(ways))) - 0.15
    total = float(run.gradients[run.node])
    bars = [*(float(product) for product in run.products[: len(ways)]), total]
    colours = ["$orange" if row == run.path else "$blue" for row in range(len(ways))] + ["$ink"]
    names = [str(row + 1) for row in range(len(ways))] + ["sum"]
    right = {"xaxis": "x2", "yaxis": "y"}
    drawn: Trace = {"type": "bar", "orientation": "h", "y": [*rows, bottom], "x": np.array(bars), "width": 0.5}
    drawn |= {
        "marker": {"color": colours},
        "text": [number(bar) for bar in bars],
        "textposition": "auto",
        "cliponaxis": False,
    }
    widest = nice(max((abs(bar) for bar in bars if np.isfinite(bar)), default=1.0))
    layout: Trace = {
        "showlegend": False,
        "margin": {"l": 52, "r": 10, "t": 6, "b": 40},
        "xaxis": {"domain": [0, 0.66], "range": [-0.6, longest - 0.35], "visible": False},
        "xaxis2": build.axis(
            "product of slopes", -1.25 * widest, 1.25 * widest, domain=[0.7, 1], nticks=4, zeroline=True
        ),
        "yaxis": {"range": [bottom - 0.6, 0.75], "tickvals": [*rows, bottom], "ticktext": names},
    }
    layout["yaxis"] |= {"showgrid": False, "ticks": "", "title": {"text": "path"}}
    name = words.title(run.graph, run.node)
    alt = (
        f"The gradient of {name} is {number(total)}, the sum over {len(run.paths)} paths; the products along them are "
    )
    alt += f"{', '.join(number(float(product)) for product in run.products[: len(ways)])}."
    shown = "" if len(run.paths) <= SHOWN else f" (first {SHOWN} of {len(run.paths)} paths)"
    heading = f"The chain rule for {name}: slopes multiply along a path, paths add{shown}"
    figure = {"data": [*_factors(run, rows), drawn | right], "layout": layout}
    return Chart("paths", heading, figure, alt, click={"path": "customdata"}, height=max(240, 62 * len(ways) + 150))


def _factors(run: Run, rows: list[float]) -> list[Trace]:
    """Return the local slopes of every path as numbers, each above the node that it belongs to."""
    spots, slopes, nodes, own = [], [], [], []
    for row, (height, way) in enumerate(zip(rows, run.paths, strict=False)):
        for column, (place, which) in enumerate(way):
            spots.append((column, height))
            times = "" if column == 0 else "× "
            slopes.append(f"{times}{words.short(float(run.slopes[place][which]))}")
            nodes.append(
                f"{words.symbol(run.graph, place)} → {words.symbol(run.graph, run.graph[place].inputs[which])}"
            )
            own.append(row + 1)
    where = np.array(spots, dtype=np.float64).reshape(-1, 2)
    base: Trace = {"type": "scatter", "mode": "text", "x": where[:, 0], "y": where[:, 1], "customdata": own}
    above = base | {"text": slopes, "textposition": "top center", "hoverinfo": "none"}
    below = base | {"text": nodes, "textposition": "bottom center", "textfont": {"color": "$grey", "size": 10}}
    return [above, below | {"hoverinfo": "none"}]


def tangent_chart(run: Run) -> Chart:
    """Draw the loss while the inspected node alone is changed; its gradient is the slope of the tangent."""
    value, slope, name = float(run.values[run.node]), float(run.gradients[run.node]), words.title(run.graph, run.node)
    with np.errstate(invalid="ignore", over="ignore"):  # where the graph has broken down there is no tangent
        tangent = run.loss + slope * (run.grid - value)
    low, high = _window(run)
    marker = {"size": 13, "color": "$red", "line": {"color": "$paper", "width": 2}}
    traces = [
        build.line(run.grid, _inside(run.answer, low, high), "loss", 0),
        build.line(run.grid, _inside(tangent, low, high), f"tangent, slope {number(slope)}", 3, dashed=True),
        {"type": "scatter", "mode": "markers", "x": [value], "y": [run.loss], "marker": marker, "name": "now"},
    ]
    x = build.axis(f"value of {name}", float(run.grid[0]), float(run.grid[-1]))
    figure = build.figure(traces, x, build.axis("loss L", low, high))
    alt = (
        f"At {name} = {number(value)} the loss is {number(run.loss)} and its slope along this node is {number(slope)}."
    )
    return Chart("tangent", f"Change {name} alone: the gradient is the slope of the loss", figure, alt)


def _window(run: Run) -> tuple[float, float]:
    """Return an axis for the loss that holds all squares near the present one, in steps that the eye can follow."""
    finite = run.answer[np.isfinite(run.answer)]
    centre = run.loss if np.isfinite(run.loss) else 0.0
    reach = nice(max(1e-3, float(np.quantile(np.abs(finite - centre), 0.8, method="lower")) if finite.size else 1.0))
    floor = min(0.0, float(finite.min(initial=0.0)))
    low = max(centre - reach, -0.08 * reach if floor >= 0 else floor - 0.1 * reach)
    return min(low, centre - 0.08 * reach), centre + reach


def _inside(values: Floats, low: float, high: float) -> Floats:
    """Blank what lies far outside of an axis: browsers draw huge numbers as garbage."""
    room = 2 * (high - low)
    return np.where((values > low - room) & (values < high + room), values, np.nan)


def step_chart(run: Run) -> Chart:
    """Draw the loss before the step and after it, for every step size."""
    rate, before = run.params.rate, run.loss
    with np.errstate(invalid="ignore", over="ignore"):
        linear = before - RATES * run.length
    finite = before if np.isfinite(before) else 0.0
    reach = nice(max(abs(finite), 1e-3))
    low = -0.1 * reach if finite >= 0 else finite - reach
    high = finite + reach
    here = float(np.clip(run.after, low, high)) if np.isfinite(run.after) else high
    marks = {
        "size": 13,
        "color": ["$ink", "$red"],
        "symbol": ["circle", "diamond"],
        "line": {"color": "$paper", "width": 2},
    }
    traces = [
        build.line(RATES, _inside(run.curve, low, high), "loss after the step", 0),
        build.line(RATES, _inside(linear, low, high), "L − η‖∇L‖², a straight slope", 7, dashed=True),
        {"type": "scatter", "mode": "markers", "x": [RATES[0], rate], "y": [finite, here], "marker": marks,
         "name": "before, after", "showlegend": False},
    ]  # fmt: skip
    level = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": finite, "y1": finite}
    level |= {"line": {"color": "$grey", "width": 1, "dash": "dot"}}
    side = "right" if rate > 0.1 else "left"
    off = " (off the axis)" if run.after > high else " (below the axis)" if run.after < low else ""
    note = {"x": float(np.log10(rate)), "y": here, "text": f"{number(run.after)}{off}", "showarrow": False}
    note |= {
        "xanchor": side,
        "yanchor": "bottom" if here < high else "top",
        "xshift": -8 if side == "right" else 8,
        "bgcolor": "$paper/0.8",
    }
    x = build.axis("step size η (log)", float(RATES[0]), float(RATES[-1]), log=True, tickvals=[0.001, 0.01, 0.1, 1, 10])
    figure = build.figure(traces, x, build.axis("loss L", low, high), shapes=[level], annotations=[note])
    alt = (
        f"Before the step the loss is {number(before)}, after a step of size {number(rate)} it is {number(run.after)}; "
    )
    alt += f"a straight slope would give {number(before - rate * run.length)}."
    return Chart("step", f"One step down the gradient: from {number(before)} to {number(run.after)}", figure, alt)


def cost_chart(run: Run) -> Chart:
    """Draw what a gradient costs in forward passes, by the number of weights."""
    cost = run.cost
    traces = [
        build.line(cost.weights, cost.weights + 1.0, "one weight at a time: P + 1", 1),
        build.line(
            cost.weights, cost.differences, "the same, time measured", 1, mode="markers", marker=_dots("$orange", "x")
        ),
        build.line(cost.weights, cost.operations, "backpropagation: operations", 0),
        build.line(
            cost.weights, cost.seconds, "the same, time measured", 0, mode="markers", marker=_dots("$blue", "circle")
        ),
    ]
    x = build.axis(
        "weights P (log)", 30, 2e5, log=True, tickvals=[100, 1e3, 1e4, 1e5], ticktext=["100", "1,000", "10⁴", "10⁵"]
    )
    ticks = {"tickvals": [1, 10, 100, 1e3, 1e4, 1e5], "ticktext": ["1", "10", "100", "1,000", "10⁴", "10⁵"]}
    figure = build.figure(traces, x, build.axis("forward passes (log)", 0.7, 3e5, log=True, **ticks))
    most = f"{number(float(cost.operations.max()))} in operations and {number(float(np.max(cost.seconds)))} in time"
    alt = f"A gradient by backpropagation costs at most {most} of a forward pass, for {cost.weights[0]} to "
    alt += f"{cost.weights[-1]} weights; by finite differences it takes P + 1 passes."
    return Chart("cost", "What a whole gradient costs, in forward passes", figure, alt)


def _dots(token: str, symbol: str) -> Trace:
    return {"size": 9, "color": token, "symbol": symbol}


def nice(value: float) -> float:
    """Return the next of 1, 2, 5 × 10ᵏ, so that an axis keeps still while a value moves a little."""
    if not np.isfinite(value) or value <= 0:
        return 1.0
    size = 10.0 ** np.floor(np.log10(value))
    return float(next(step * size for step in (1, 2, 5, 10) if step * size >= value * (1 - 1e-12)))
