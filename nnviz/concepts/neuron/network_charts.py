"""Many neurons on charts: their curves and the sum, the error by epoch and by number of neurons."""

import numpy as np

from nnviz.charts import theme
from nnviz.charts.build import Trace, axis, band, figure, vertical
from nnviz.charts.view import Chart
from nnviz.concepts.neuron import look
from nnviz.concepts.neuron.fitting import MOST, X
from nnviz.concepts.neuron.model import TARGETS, Run
from nnviz.core import statistics
from nnviz.core.notation import decimals
from nnviz.core.statistics import Band

HEIGHT = 2.2  # of the axis of outputs
LINES = 8  # traces that the neurons' curves share: each costs the moving hand some time
FLOOR = 1e-3  # of the axis of errors
CEILING = 2.0
GAP = np.full(1, np.nan)


def network(run: Run) -> Chart:
    """Draw the curve to follow, every neuron's own curve, and their sum, over the epochs."""
    fit, moves = run.fit, run.params.picture == "network"
    parts = np.clip(fit.shares(run.shown), -1e3, 1e3).astype(np.float32)  # (T, h, 64)
    offset = fit.weights[:, run.shown, -1]
    with np.errstate(invalid="ignore"):
        whole = parts.sum(axis=1) + np.clip(offset, -1e3, 1e3)[:, None]
    traces, frames = [], {}
    for index in range(min(fit.units, LINES)):
        x, y = joined(parts[:, index::LINES])
        style = {"color": theme.colour(2 + index % 6), "width": 1.6, "dash": theme.dash(index + 1)}
        name = "one neuron" if fit.units == 1 else "each neuron"
        own: Trace = {"type": "scatter", "mode": "lines", "x": x, "y": y[-1], "line": style, "name": name}
        own |= {"showlegend": index == 0, "legendgroup": "own", "hoverinfo": "skip"}
        frames[f"data.{index}.y"] = y
        traces.append(own)
    wanted = {"mode": "markers", "marker": {"color": "$orange", "size": 6, "symbol": "diamond"}}
    traces.append({"type": "scatter", "x": X, "y": fit.target, "name": "target"} | wanted)
    sum_line = {"color": "$blue", "width": 4}
    traces.append({"type": "scatter", "mode": "lines", "x": X, "y": whole[-1], "line": sum_line, "name": "network"})
    frames[f"data.{len(traces) - 1}.y"] = whole
    error = float(fit.error[run.shown])
    alt = f"After {fit.epochs[-1]} epochs {many(fit.units)} {follows(fit.units)} the curve to follow "
    alt += f"({TARGETS[run.params.target].lower()}) with an error of {look.short(error)}; the constant added to the "
    alt += f"sum is {decimals(float(offset[-1]))}."
    title = f"The network’s curve is the sum of {many(fit.units)}’ curves, plus a constant"
    title = title if fit.units > 1 else "The network’s curve: one neuron’s, plus a constant"
    spec = figure(traces, axis("input x", -1, 1), axis("output", -HEIGHT, HEIGHT))
    return Chart("network", title, spec, alt, frames if moves else {}, height=360)


def many(units: int) -> str:
    """Return "one neuron" or "h neurons"."""
    return "one neuron" if units == 1 else f"{units} neurons"


def follows(units: int) -> str:
    """Return the verb that goes with `many`."""
    return "follows" if units == 1 else "follow"


def joined(curves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return several curves (T, k, 64) as one line with gaps: x (k·65,) and y (T, k·65)."""
    snapshots, count, _ = curves.shape
    x = np.tile(np.append(X, np.nan), count).astype(np.float32)
    gaps = np.full((snapshots, count, 1), np.nan, dtype=np.float32)
    return x, np.concatenate([curves, gaps], axis=-1).reshape(snapshots, -1)


def training(run: Run) -> Chart:
    """Draw the error by epoch: the middle of the seeds and 10–90 %, or every seed."""
    fit, p = run.fit, run.params
    errors = held(fit.errors)
    if p.singles:
        count = errors.shape[1]
        x = np.tile(np.append(fit.epochs + 1.0, np.nan), count)
        y = np.concatenate([errors, np.full((1, count), np.nan)]).T.ravel()
        thin = {"color": "$blue/0.6", "width": 1.2}
        traces: list[Trace] = [{"type": "scatter", "mode": "lines", "x": x, "y": y, "line": thin, "name": "each seed"}]
    else:
        traces = band(fit.epochs + 1.0, statistics.band(errors, axis=1), "median of seeds", 0)
    frames = {}
    if p.picture == "network":
        dot = {"color": "$ink", "size": 10, "symbol": "circle", "line": {"color": "$paper", "width": 1.5}}
        at = {"x": [fit.epochs[-1] + 1.0], "y": errors[-1:, run.shown], "name": f"seed {run.shown}, drawn above"}
        traces.append({"type": "scatter", "mode": "markers", "marker": dot} | at)
        last = len(traces) - 1
        frames = {f"data.{last}.x": fit.epochs[:, None] + 1.0, f"data.{last}.y": errors[:, [run.shown]]}
    x_axis = axis("epoch + 1 (log)", 1, p.epochs + 1, log=True, dtick=1)
    spec = figure(traces, x_axis, axis("error, root mean square (log)", FLOOR, CEILING, log=True, dtick=1))
    over = statistics.band(fit.errors[-1])
    alt = f"The error of {many(fit.units)} falls from {look.short(float(np.median(fit.errors[0])))} to "
    alt += (
        f"{look.short(float(over.median))} (10–90 %: {look.short(float(over.low))} to {look.short(float(over.high))})."
    )
    over_seeds = "one seed" if p.seeds == 1 else f"{p.seeds} seeds"
    return Chart("training", f"Error of {many(fit.units)} by epoch, {over_seeds}", spec, alt, frames)


def held(errors: np.ndarray) -> np.ndarray:
    """Return errors held inside the axis; what is not finite stays so."""
    return np.where(np.isfinite(errors), np.clip(errors, FLOOR, CEILING), np.nan)


def by_size(run: Run) -> Chart:
    """Draw the error after training by number of neurons; a click sets the number."""
    p = run.params
    sizes = np.arange(1.0, MOST + 1)
    errors = np.array([fit.error for fit in run.fits])  # (16, K)
    over = statistics.band(held(errors), axis=1)
    traces = band(sizes, over, f"median of {p.seeds} seeds", 0)
    traces[-1] |= {
        "mode": "lines+markers",
        "marker": {"size": 7, "color": "$blue"},
        "customdata": [str(size) for size in range(1, MOST + 1)],
    }
    here = {"size": 14, "color": "$paper/0", "symbol": "circle-open", "line": {"color": "$ink", "width": 2.5}}
    traces.append(
        {"type": "scatter", "mode": "markers", "x": [p.neurons], "y": over.median[[p.neurons - 1]], "marker": here}
        | {"showlegend": False, "hoverinfo": "skip"}
    )
    mark = vertical(p.neurons, "", "$grey")
    spec = figure(
        traces,
        axis("neurons in the network", 0.5, MOST + 0.5, dtick=3, tick0=1),
        axis("error, root mean square (log)", FLOOR, CEILING, log=True, dtick=1),
        shapes=[mark["shape"]],
    )
    ends = statistics.band(errors, axis=1)
    alt = f"Median error over {p.seeds} seeds: {_told(ends, 1)} with one neuron, {_told(ends, 4)} with 4, "
    alt += f"{_told(ends, MOST)} with {MOST}."
    title = f"Error after {p.epochs} epochs by number of neurons (click a dot to set it)"
    return Chart("by-size", title, spec, alt, click={"neurons": "customdata"})


def _told(ends: Band, size: int) -> str:
    return look.short(float(ends.median[size - 1]))
