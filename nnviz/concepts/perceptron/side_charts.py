"""Beside the plane: mistakes against their bound, why there is a bound, the way of the weights, other orders and margins."""

import numpy as np

from nnviz.charts.build import Trace, axis, band, figure, line
from nnviz.charts.view import Chart
from nnviz.concepts.perceptron import look
from nnviz.concepts.perceptron.bound import lower, upper
from nnviz.concepts.perceptron.look import QUIET, short
from nnviz.concepts.perceptron.model import MARGINS, Run
from nnviz.concepts.perceptron.rule import Floats, Whole
from nnviz.core import statistics
from nnviz.core.notation import decimals
from nnviz.data.toy import WINDOW

GRID = 121
MOVING: Trace = QUIET | {"cliponaxis": False}
DOT = {"color": "$ink", "size": 11, "symbol": "circle", "line": {"color": "$paper", "width": 1.5}}


def mistakes(run: Run, moments: Whole) -> Chart:
    """Draw the mistakes so far, over the orders, against the bound."""
    path = run.path
    looked = max(1, *(each.looked for each in run.paths))
    at = np.linspace(0, looked, GRID)
    counts = np.array([np.searchsorted(each.seen, at, side="right") for each in run.paths], dtype=float)
    most = max(1.0, float(counts.max()), run.bound if np.isfinite(run.bound) else 1.0)
    traces = band(at, statistics.band(counts, axis=0), "median of orders", 0) if len(run.paths) > 1 else []
    stairs_x, stairs_y = stairs(path.seen, path.looked)
    traces.append(
        line(stairs_x, stairs_y, "the order shown", 7, dashed=False, line={"color": "$ink", "width": 2, "shape": "hv"})
    )
    shapes: list[Trace] = []
    notes: list[Trace] = []
    if np.isfinite(run.bound):
        shapes.append(
            {
                "type": "line",
                "x0": 0,
                "x1": 1,
                "xref": "paper",
                "y0": run.bound,
                "y1": run.bound,
                "line": {"color": "$red", "width": 2, "dash": "dash"},
            }
        )
        text = f"at most {bound_in_words(run)}"
        notes.append(
            {
                "x": 0.01,
                "xref": "paper",
                "y": float(np.log10(run.bound)),
                "text": text,
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "bottom",
                "font": {"color": "$red"},
            }
        )
    seen = np.concatenate([[0], path.seen])[moments].astype(np.float32)[:, None]
    height = np.maximum(moments, 0.8).astype(np.float32)[:, None]
    traces.append({"type": "scatter", "mode": "markers", "x": seen[-1], "y": height[-1], "marker": DOT} | MOVING)
    last = len(traces) - 1
    frames = {f"data.{last}.x": seen, f"data.{last}.y": height} if len(moments) > 1 else {}
    y = axis("mistakes so far (log)", 0.7, 2.2 * most, log=True, tickvals=ticks(0.7, 2.2 * most))
    spec = figure(traces, axis("points looked at", 0, looked), y, shapes=shapes, annotations=notes)
    alt = f"{look.times(path.mistakes, 'mistake')} among {path.looked} points looked at; "
    alt += (
        f"the bound is {bound_in_words(run)}." if np.isfinite(run.bound) else "no line separates, so there is no bound."
    )
    return Chart("mistakes", "Mistakes so far, against the most there can be", spec, alt, frames)


def bound_in_words(run: Run) -> str:
    """Return the bound with its numbers."""
    if run.params.start != "zero":
        return f"{short(run.bound)} (start drawn, η {short(run.params.rate)})"
    return f"(R/γ)² = {decimals(run.radius**2)}/{decimals(run.reach**2, 4)} = {short(run.bound)}"


def stairs(seen: Whole, looked: int) -> tuple[Floats, Floats]:
    """Return the corners of the count of mistakes; the axis is logarithmic, so it begins with the first."""
    counts = np.arange(1, len(seen) + 1, dtype=float)
    return np.append(seen, looked).astype(float), np.append(counts, counts[-1:] if len(seen) else np.nan)


def ticks(low: float, high: float) -> list[float]:
    """Return 1, 2, 5, 10, … within a logarithmic axis; over more than three decades the powers of ten alone."""
    digits = (1, 2, 5) if high < 1e3 * low else (1,)
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    return [tick for power in powers for digit in digits if low <= (tick := digit * 10.0**power) <= high]


def proof(run: Run, moments: Whole) -> Chart:
    """Draw ‖w‖ after every mistake between what it must be at least and what it can be at most."""
    path, rate = run.path, run.params.rate
    start, best = path.weights[0], run.longest
    lengths = np.linalg.norm(path.weights, axis=1)
    lengths = np.where(lengths > 1e-9 * rate, lengths, np.nan)  # zero has no place on a logarithmic axis
    most = max(4.0, 2.0 * path.mistakes, 3 * run.bound if np.isfinite(run.bound) else 4.0)
    k = np.geomspace(1, most, 61)
    above = upper(k, run.signed, rate, start) if len(run.signed) else np.full_like(k, np.nan)
    traces = [line(k, above, "at most √k·ηR", 3, dashed=True)]
    low = 0.5 * rate
    if best is not None:
        below = lower(k, best, run.signed, rate, start)
        traces.append(line(k, np.where(below > 0, below, np.nan), "at least k·ηγ", 2, dashed=True))
        low = max(1e-6, float(np.nanmin(np.where(below > 0, below, np.nan))))
    counted = np.arange(1.0, path.mistakes + 1)
    traces.append(line(counted, lengths[1:], "‖(b, w)‖", 0, dashed=False, mode="lines+markers", marker={"size": 5}))
    at, height = (
        np.maximum(moments, 1).astype(np.float32)[:, None],
        lengths[np.minimum(np.maximum(moments, 1), path.mistakes)].astype(np.float32)[:, None],
    )
    traces.append({"type": "scatter", "mode": "markers", "x": at[-1], "y": height[-1], "marker": DOT} | MOVING)
    last = len(traces) - 1
    frames = {f"data.{last}.x": at, f"data.{last}.y": height} if len(moments) > 1 else {}
    top = 2 * float(np.nanmax([*above, *lengths, rate]))
    low = float(np.nanmin([low, *lengths[1:]]))
    low, high = max(0.5 * low, 1e-9), max(top, 2 * low)
    x = axis("mistake k (log)", 1, most, log=True, tickvals=ticks(1, most))
    y = axis("length (log)", low, high, log=True, tickvals=ticks(low, high))
    spec = figure(traces, x, y)
    length = f"‖(b, w)‖ ends at {short(float(np.linalg.norm(path.weights[-1])))}"
    if best is None:
        alt = f"{length}; no line separates, so nothing pushes it up."
        return Chart("proof", "Without a separating line nothing pushes the weights up", spec, alt, frames)
    alt = (
        f"{length} after {look.times(path.mistakes, 'mistake')}; the dashed lines meet at {short(run.bound)} mistakes."
    )
    return Chart("proof", "Why it must stop: the two dashed lines meet at the bound", spec, alt, frames)


def weights(run: Run, moments: Whole) -> Chart:
    """Draw the way of (w₁, w₂) from mistake to mistake."""
    way = run.path.weights[:, 1:]
    reach = 1.15 * max(1e-9, float(np.abs(way).max()))
    thin = {"color": "$blue", "width": 1.5}
    traces: list[Trace] = [
        line(
            way[:, 0],
            way[:, 1],
            "w from mistake to mistake",
            0,
            dashed=False,
            line=thin,
            mode="lines+markers",
            marker={"size": 4, "color": "$blue"},
        )
    ]
    if run.path.cycle:
        first, last = run.path.cycle
        part = way[first - 1 : last + 1]
        traces.append(
            line(part[:, 0], part[:, 1], "comes back for ever", 3, dashed=False, line={"color": "$red", "width": 4})
        )
    if run.best is not None:
        x, y = 2 * reach * run.best[1:] / np.linalg.norm(run.best[1:])
        traces.append(
            line([0, x], [0, y], "normal of the best line", 2, line={"color": "$green", "width": 2, "dash": "dot"})
        )
    places = way[moments].astype(np.float32)
    traces.append(
        {"type": "scatter", "mode": "markers", "x": places[-1:, 0], "y": places[-1:, 1], "marker": DOT} | MOVING
    )
    last = len(traces) - 1
    frames = {f"data.{last}.x": places[:, :1], f"data.{last}.y": places[:, 1:]} if len(moments) > 1 else {}
    sides: Trace = {"constrain": "domain"}
    spec = figure(traces, axis("w₁", -reach, reach, **sides), axis("w₂", -reach, reach, **sides, scaleanchor="x"))
    w1, w2 = way[-1].tolist()
    alt = f"The weights go from ({decimals(way[0, 0])}, {decimals(way[0, 1])}) to ({decimals(w1)}, {decimals(w2)}) in {look.times(run.path.mistakes, 'step')}."
    return Chart("weights", "The way of the weights", spec, alt, frames, height=340)


def found_lines(run: Run) -> Chart:
    """Draw the last line of every order, and the best."""
    ends = look.segments(np.array([path.weights[-1] for path in run.paths]))  # (S, 2, 2)
    gaps = np.full((len(ends), 1, 2), np.nan)
    joined = np.concatenate([ends, gaps], axis=1).reshape(-1, 2)
    grey = {"color": "$ink/0.55", "width": 1.5}
    traces: list[Trace] = [line(joined[:, 0], joined[:, 1], "found", 0, line=grey, hoverinfo="skip")]
    if run.best is not None:
        best = look.segments(run.best)
        traces.append(
            line(
                best[:, 0], best[:, 1], "best", 2, line={"color": "$green", "width": 3, "dash": "dot"}, hoverinfo="skip"
            )
        )
    traces += [trace | {"showlegend": False} for trace in look.dots(run, 6)]
    sides: Trace = {"constrain": "domain", "dtick": 1}
    spec = figure(traces, axis("x₁", *WINDOW, **sides), axis("x₂", *WINDOW, **sides, scaleanchor="x"))
    orders = look.times(len(run.paths), "order")
    alt = f"Lines of {orders}: {int(np.sum(run.wrong == 0))} of them are right for all points."
    if run.best is not None:
        alt += f" Their margins go from {decimals(run.margins.min(), 3)} to {decimals(run.margins.max(), 3)}; the best line has {decimals(run.best_margin, 3)}."
    return Chart("lines", f"The line that each of {orders} ends with, and the best line", spec, alt, height=340)


def by_margin(run: Run) -> Chart:
    """Draw the mistakes and the bound by margin, on separable points; a click sets the margin."""
    x = np.array(MARGINS)
    counts = run.sweep.mistakes
    texts = [f"{gap:g}" for gap in MARGINS]
    marked = {"mode": "lines+markers", "marker": {"size": 7}, "customdata": texts}
    traces = band(x, statistics.band(counts, axis=1), "mistakes, median of 8 orders", 0)
    traces[-1] |= marked
    limit = line(x, run.sweep.bounds, "bound (R/γ)²", 3, dashed=True)
    traces.append(
        limit
        | marked
        | {"line": {"color": "$red", "width": 2, "dash": "dash"}, "marker": {"size": 6, "symbol": "diamond"}}
    )
    x_axis = axis("margin γ (log)", 0.04, 1.2, log=True, tickvals=[0.05, 0.1, 0.2, 0.4, 1])
    spec = figure(traces, x_axis, axis("mistakes (log)", 0.8, 6000, log=True, dtick=1))
    if run.params.data == "separable":
        spec["layout"]["shapes"] = [
            {
                "type": "line",
                "x0": run.params.gap,
                "x1": run.params.gap,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": "$grey", "dash": "dot", "width": 1.5},
            }
        ]
    ends = [
        (gap, bound, float(np.median(row))) for gap, bound, row in zip(MARGINS, run.sweep.bounds, counts, strict=True)
    ]
    told = [f"at margin {gap:g} the bound is {short(bound)} and the median {short(made)}" for gap, bound, made in ends]
    alt = f"Mistakes of 8 orders: {told[0]}; {told[-1]}."
    return Chart(
        "by-margin",
        "Mistakes and their bound by margin, on separable points (click to set it)",
        spec,
        alt,
        click={"gap": "customdata"},
    )
