"""Beside the hero: the theory and its measurement, ridge, other sizes of data set, training error, long weights."""

from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.capacity import look
from nnviz.concepts.capacity.look import number
from nnviz.concepts.capacity.model import Run
from nnviz.concepts.capacity.survey import SIZES
from nnviz.core.statistics import band

COLUMNS = np.unique(np.round(np.geomspace(1, 200, 64)).astype(int))  # capacities on the map
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
LOWEST = 1e-3  # of the error's logarithmic axes


def theory(run: Run) -> Chart:
    """Draw what Gaussian features measure against what the theory says, at every capacity."""
    found, x = run.gaussian, run.gaussian.capacities
    over = band(look.log_held(found.measured))
    exact = {"type": "scatter", "mode": "markers", "x": x, "y": look.log_held(run.exact), "name": "theory, exact"}
    exact |= {"marker": {"color": "$red", "size": 4.5}, "hovertemplate": "p = %{x}: %{y:.3g}<extra>theory</extra>"}
    traces = [*build.band(x, over, "measured", 0), exact]
    finite = np.isfinite(run.exact) & (np.abs(x - run.params.points) > 3)
    gap = float(np.max(np.abs(found.mean[finite] / run.exact[finite] - 1))) if run.exact[finite].all() else float("nan")
    below, above = (
        float(run.exact[min(size, 200) - 1]) for size in (max(1, run.params.points // 2), 2 * run.params.points)
    )
    alt = (
        f"Gaussian features, n = {run.params.points}: the theory says {number(below)} at half as many parameters as points and "
        f"{number(above)} at twice as many. Away from p = n the measured mean is within {100 * gap:.0f} % of it."
    )
    title = "The theory, dot by dot: isotropic Gaussian features, σ²p/(n−p−1) and r²(1−n/p) + σ²n/(p−n−1), plus σ²"
    return Chart("theory", title, _figure(run, traces, log_axis("test error (log)", *limits(run)[:1])), alt)


def ridge(run: Run) -> Chart:
    """Draw the page's own ridge against a ridge chosen for every fit."""
    assert run.tuned is not None
    own, chosen = run.tuned
    x, price = run.parts.capacities, run.params.ridge
    name = "shortest weights (no ridge)" if price == "0" else f"ridge λ = {price}"
    traces = build.band(x, band(look.log_held(own)), name, 1) + build.band(
        x, band(look.log_held(chosen)), "ridge, tuned", 0
    )
    wall = run.parts.index(run.params.points)
    ends = [number(float(np.median(each[:, wall]))) for each in (own, chosen)]
    alt = f"At p = n the median test error is {ends[0]} with {name} and {ends[1]} with ridge tuned for every fit on held-out labels."
    title = "Ridge, tuned for every fit on 32 held-out labels, scored on 32 others"
    return Chart("ridge", title, _figure(run, traces, log_axis("test error (log)", *limits(run))), alt)


def samples(run: Run) -> Chart:
    """Draw the learning curve: the error at the capacity on screen for data sets of every size."""
    assert run.by_size is not None
    sizes, over = np.array(SIZES), band(look.log_held(run.by_size), axis=1)
    traces = build.band(sizes, over, f"{run.capacity} parameters", 0)
    traces[-1] |= {"mode": "lines+markers", "customdata": sizes}
    noise = build.line(sizes, np.full(len(sizes), run.parts.noise), "noise: no model gets below", 7, dashed=True)
    wall = build.vertical(float(run.capacity), " n = p", "$ink/0.6")
    shapes, notes = ([wall["shape"]], [wall["annotation"]]) if 4 <= run.capacity <= 60 else ([], [])
    x = build.axis("training points n", 3, 61)
    worst = int(np.argmax(over.median))
    alt = (
        f"With {run.capacity} parameters the median test error is {number(over.median[0])} at {sizes[0]} points and "
        f"{number(over.median[-1])} at {sizes[-1]}; it is largest, {number(over.median[worst])}, at {sizes[worst]} points."
    )
    figure = build.figure(
        [*traces, noise], x, log_axis("test error (log)", *limits(run)), shapes=shapes, annotations=notes
    )
    return Chart("samples", "Learning curve: does more data help?", figure, alt, click={"points": "x"})


def size_map(run: Run) -> Chart:
    """Draw the error for every number of parameters and points as a map; a click goes there."""
    assert run.size_map is not None
    exponents = np.log10(np.clip(run.size_map[:, COLUMNS - 1], LOWEST, 1e3))
    low = float(np.log10(max(run.parts.noise, 0.01))) - 0.1
    ticks = list(range(int(np.floor(low)), 3))
    bar = {
        "title": {"text": "test error (log)", "side": "right"},
        "thickness": 10,
        "outlinewidth": 0,
        "tickvals": ticks,
    }
    bar["ticktext"] = [f"{10.0**tick:g}" for tick in ticks]
    hover = "p = %{x}, n = %{y}: 10^%{z:.2f}<extra></extra>"
    scale: Trace = {"zmin": low, "zmax": low + 2, "colorbar": bar, "hovertemplate": hover}
    heat = build.heat(COLUMNS, list(SIZES), exponents, title="test error", **scale)
    wall: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": np.arange(4, 61),
        "y": np.arange(4, 61),
        "name": "p = n",
        "hoverinfo": "skip",
    }
    wall |= {"line": {"color": "$paper", "width": 1.5, "dash": "dot"}, "showlegend": False}
    here: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [run.capacity],
        "y": [run.params.points],
        "hoverinfo": "skip",
    }
    here |= {
        "marker": {"symbol": "circle-open", "size": 14, "color": "$orange", "line": {"width": 3}},
        "showlegend": False,
    }
    y = build.axis("training points n", 3.5, 61)
    inside = np.array([run.size_map[row, size - 1] for row, size in enumerate(SIZES)])
    tenfold = np.array([run.size_map[row, min(200, 10 * size) - 1] for row, size in enumerate(SIZES)])
    alt = (
        f"Along p = n the median test error is {number(float(np.median(inside)))} in the middle, with ten times as many "
        f"parameters (200 at most) {number(float(np.median(tenfold)))}."
    )
    title = "The wall at p = n: test error by parameters and points (click to go there)"
    figure = build.figure([heat, wall, here], look.capacity_axis(showgrid=False), y | {"showgrid": False})
    return Chart("map", title, figure, alt, click={"capacity": "x", "points": "y"})


def errors(run: Run) -> Chart:
    """Draw training and test error over decades, with bands over the seeds."""
    parts, x = run.parts, run.parts.capacities
    traces = build.band(x, band(look.log_held(parts.training)), "training", 2, dashed=False)
    traces += build.band(x, band(look.log_held(parts.measured)), "test", 0, dashed=True)
    gone = np.flatnonzero(np.median(parts.training, axis=0) < 1e-6)
    falls = (
        f"is below a millionth from p = {int(x[gone[0]])} on"
        if len(gone)
        else f"ends at {number(float(np.median(parts.training[:, -1])))}"
    )
    worst = int(np.argmax(np.median(parts.measured, axis=0)))
    alt = (
        f"The median training error {falls}; the median test error is largest, "
        f"{number(float(np.median(parts.measured[:, worst])))}, at p = {int(x[worst])}."
    )
    return Chart(
        "errors",
        "Training and test error over decades",
        _figure(run, traces, log_axis("error (log)", LOWEST, limits(run)[1])),
        alt,
    )


def length(run: Run) -> Chart:
    """Draw how long the weights are."""
    parts, x = run.parts, run.parts.capacities
    values = look.log_held(parts.length)
    traces = build.band(x, band(values), "length of the weights", 4)
    shown = np.median(parts.length, axis=0)
    wall = parts.index(run.params.points)
    alt = (
        f"The median length of the weights is {number(float(shown[0]))} at p = {int(x[0])}, {number(float(shown[wall]))} at "
        f"p = {int(x[wall])} and {number(float(shown[-1]))} at p = {int(x[-1])}."
    )
    y = build.axis("‖w‖ (log)", log=True, exponentformat="power")
    return Chart("length", "Why the peak: long weights that fit the noise", _figure(run, traces, y), alt)


def limits(run: Run) -> tuple[float, float]:
    """Return the ends of an error's logarithmic axis: one for a model and a decade of noise, whatever the capacity."""
    noise = run.parts.noise
    low = 0.1 if noise >= 0.1 else 0.01 if noise >= 0.01 else LOWEST
    return low, 10.0 if run.params.features in ("polynomial", "mlp") else 1e3


def log_axis(title: str, low: float, high: float = 1e3) -> Trace:
    """Return the logarithmic axis of an error."""
    powers = range(-6, 9)
    texts = [f"{10.0**power:g}" if -5 < power < 5 else f"10{str(power).translate(RAISED)}" for power in powers]
    return build.axis(title, low, high, log=True, tickvals=[10.0**power for power in powers], ticktext=texts)


def _figure(run: Run, traces: list[Trace], y: Trace) -> Any:
    """Return a figure over the capacities with a line at p = n; it stays as it is while the capacity moves."""
    wall = build.vertical(float(run.params.points), " p = n", "$ink/0.6")
    note = wall["annotation"] | {"x": float(np.log10(run.params.points)), "font": {"size": 11}}
    return build.figure(traces, look.capacity_axis(), y, shapes=[wall["shape"]], annotations=[note])
