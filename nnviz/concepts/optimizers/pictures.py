"""The other charts: heights over the steps, the sweeps of learning rates, the network against step and time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.optimizers import look
from nnviz.concepts.optimizers.model import Run
from nnviz.concepts.optimizers.race import Race
from nnviz.concepts.optimizers.settings import FINE, LOWEST, NAMES, RATES
from nnviz.core.ensemble import OPTIMIZERS
from nnviz.core.statistics import band

HIGHEST = 1e5  # of the axes of heights
GUESSING = float(np.log(2))
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
DECADES: look.Trace = {"exponentformat": "power"}


def heights(run: Run, race: Race, frames: Whole) -> Chart:
    """Draw the height of every racer against the step."""
    steps, traces = np.arange(run.params.steps + 1), []
    for index, name in enumerate(run.params.racers):
        middle = np.median(race.heights[index], axis=0)
        line = build.line(
            steps, look.shown(np.where(middle < LOWEST, LOWEST, middle)), f"{NAMES[name]}, η = {race.rates[index]:.2g}"
        )
        traces.append(line | {"line": look.stroke(name)})
    mark = build.vertical(float(frames[-1]))["shape"]
    moving: dict[str, Any] = {f"layout.shapes.0.{end}": frames.astype(np.float32) for end in ("x0", "x1")}
    x = build.axis("step", 0, float(run.params.steps))
    y = build.axis("height (log)", LOWEST, HIGHEST, log=True, dtick=4, **DECADES)
    ends = np.median(race.heights[:, :, -1], axis=1)
    told = [f"{NAMES[name]} {look.number(float(each))}" for name, each in zip(run.params.racers, ends, strict=True)]
    alt = f"Height after {run.params.steps} steps: {look.listed(told)}."
    title = f"Height above the lowest point, step by step ({look.LEAST} or less: at the edge)"
    return Chart("heights", title, build.figure(traces, x, y, shapes=[mark]), alt, moving, height=380)


def rates(run: Run, race: Race) -> Chart:
    """Draw the mean height of every racer over the race, against its learning rate, and the rate it runs with."""
    traces: list[look.Trace] = []
    for index, name in enumerate(run.params.racers):
        means = look.shown(race.sweep[index])
        traces.append(build.line(FINE, means, NAMES[name]) | {"line": look.stroke(name)})
        here = np.exp(np.interp(np.log(race.rates[index]), np.log(FINE), np.log(race.sweep[index])))
        own: look.Trace = {"type": "scatter", "mode": "markers", "x": [race.rates[index]], "marker": look.marker(name)}
        traces.append(own | {"y": look.shown(np.array([here])), "showlegend": False, "hoverinfo": "skip"})
    x = build.axis("learning rate η (log)", 8e-5, 12.5, log=True, dtick=1, **DECADES)
    y = build.axis("mean height (geometric, log)", LOWEST, HIGHEST, log=True, dtick=4, **DECADES)
    best = [
        f"{NAMES[name]} {FINE[int(race.sweep[index].argmin())]:.2g}" for index, name in enumerate(run.params.racers)
    ]
    title = "On this surface: how low each runs, by its learning rate (marks: the rates of the race)"
    alt = f"Best learning rates on the surface: {look.listed(best)}."
    return Chart("surface-rates", title, build.figure(traces, x, y), alt, wide=True, height=340)


def network_rates(run: Run) -> Chart:
    """Draw the network's last training loss against the learning rate, for every optimizer."""
    traces: list[look.Trace] = []
    for index, name in enumerate(OPTIMIZERS):
        ends = band(run.nets.last[index], axis=-1)
        if ends.count > 1:
            traces.append(build.shade(RATES, ends, look.token(name), 0.1, legendgroup=name))
        line = build.line(RATES, np.where(ends.median < 1e6, ends.median, np.nan), NAMES[name], legendgroup=name)
        traces.append(line | {"line": look.stroke(name)})
        best = int(run.nets.chosen[index])
        dot: look.Trace = {"type": "scatter", "mode": "markers", "x": [RATES[best]], "y": [float(ends.median[best])]}
        traces.append(
            dot | {"marker": look.marker(name), "showlegend": False, "legendgroup": name, "hoverinfo": "skip"}
        )
    x = build.axis("learning rate η (log)", 8e-5, 12.5, log=True, dtick=1, **DECADES)
    y = build.axis("training loss at the end (nats)", 0, 1.15 * GUESSING)
    told = [f"{NAMES[name]} {run.nets.best_rate(name):g}" for name in OPTIMIZERS]
    title = "On the network: loss at the end over five decades of rates (marks: each at its best)"
    alt = f"Best learning rates on the network: {look.listed(told)}."
    return Chart("network-rates", title, build.figure(traces, x, y), alt, wide=True, height=380)


def network(run: Run) -> Chart:
    """Draw the network's loss at each optimizer's best rate, against the step and against measured time."""
    gap, traces = 0.06, []
    for panel in range(2):
        for index, name in enumerate(OPTIMIZERS):
            curve = band(run.nets.curve(name), axis=1)
            x = run.nets.steps * (1e3 * run.seconds[index] if panel else 1.0)
            line = build.line(x, curve.median, f"{NAMES[name]}, η = {run.nets.best_rate(name):g}", legendgroup=name)
            axis = {"xaxis": "x2" if panel else "x", "showlegend": panel == 0}
            traces.append(line | {"line": look.stroke(name)} | axis)
    longest = 1e3 * float(run.seconds.max() * run.nets.steps[-1])
    layout = {
        "xaxis": build.axis("step", 0, float(run.nets.steps[-1])) | {"domain": [0, 0.5 - gap / 2]},
        "xaxis2": build.axis("ms in plain PyTorch, measured here", 0, longest)
        | {"domain": [0.5 + gap / 2, 1], "anchor": "y"},
        "yaxis": build.axis("training loss (nats)", 0, 1.15 * GUESSING),
    }
    told = [f"{NAMES[name]} {look.number(float(np.median(run.nets.curve(name)[-1])))}" for name in OPTIMIZERS]
    alt = f"Median training loss after {int(run.nets.steps[-1])} steps, each at its best rate: {look.listed(told)}. A step takes from "
    alt += f"{1e6 * run.seconds.min():.0f} to {1e6 * run.seconds.max():.0f} µs."
    title = "On the network, each at its best rate: loss against step, and against time"
    return Chart("network", title, {"data": traces, "layout": layout}, alt, wide=True, height=340)
