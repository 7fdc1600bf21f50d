"""The hero: the loss of the same runs against steps, against examples and against seconds, raced by one clock."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.batch_size import look
from nnviz.concepts.batch_size.model import Run
from nnviz.concepts.batch_size.training import EXAMPLES
from nnviz.core.notation import significant
from nnviz.core.statistics import Band, band
from nnviz.core.timeline import log_steps

FRAMES = 40
CLOCKS = ("steps", "examples", "seconds")
GAP = 0.07  # between two clocks
LEGEND = {"legend": {"title": {"text": "batch"}}}
CLASSES = {"moons": 2, "digits": 10}
TOP = 1.6  # the loss axis reaches to so many times the loss of guessing
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Race:
    """Where every batch size stands at each frame.

    Attributes:
        readings: (F,) int64 of the clock that runs: steps, examples or milliseconds.
        unit: noun of a reading.
        at: (F, B) step at which each batch size stands, 1 before its first step is done.
        loss: (F, B) median training loss there.
    """

    readings: NDArray[np.int64]
    unit: str
    at: Floats
    loss: Floats


def per_step(run: Run, clock: str) -> Floats:
    """Return what one step of each batch size takes by a clock, (B,)."""
    ones = np.ones(len(run.batches))
    return {"steps": ones, "examples": ones * run.batches, "seconds": run.step_seconds}[clock]


def guessing(run: Run) -> float:
    """Return the loss of a constant answer, ln C."""
    return float(np.log(CLASSES[run.params.family]))


def least(run: Run) -> float:
    """Return the loss of knowing all but which labels are wrong: −(1 − ν) ln(1 − ν) − ν ln(ν / (C − 1))."""
    noise, others = run.params.label_noise, CLASSES[run.params.family] - 1
    return float(-(1 - noise) * np.log(1 - noise) - noise * np.log(noise / others)) if noise else 0.0


def rows_of(run: Run, index: int) -> NDArray[np.int64]:
    """Return the moments at which one batch size has moved on, from its first step."""
    steps = run.curves.steps[:, index]
    return np.flatnonzero((steps > 0) & (np.diff(steps, prepend=0) > 0))


def losses(run: Run, index: int) -> Band:
    """Return the band over seeds of one batch size's training loss, at `rows_of`."""
    return band(run.curves.loss[rows_of(run, index), index], axis=1)


def race(run: Run) -> Race:
    """Let one clock run, evenly in its logarithm, and see where everyone stands."""
    clock = run.params.race
    unit = per_step(run, clock)
    last = run.curves.steps[-1]
    scale = 1000 if clock == "seconds" else 1
    readings = log_steps(max(2, int(np.ceil(scale * (last * unit).max()))), FRAMES)
    at = np.clip(readings[:, None] / (scale * unit), 1, last)
    found = [
        np.interp(np.log(at[:, index]), np.log(run.curves.steps[rows_of(run, index), index]), losses(run, index).median)
        for index in range(len(run.batches))
    ]
    names = {"steps": "step", "examples": "example", "seconds": "ms"}
    return Race(readings, names[clock], at, np.stack(found, axis=1))


def shown(run: Run) -> tuple[str, ...]:
    """Return the clocks that the hero shows."""
    return CLOCKS if run.params.shown == "all" else (run.params.shown,)


def clocks(run: Run, raced: Race) -> Chart:
    """Draw the loss of every batch size by the clocks shown."""
    traces: list[look.Trace] = []
    frames: dict[str, Any] = {}
    for panel, clock in enumerate(shown(run)):
        unit, axis = per_step(run, clock), f"x{panel + 1 if panel else ''}"
        for index, batch in enumerate(run.batches):
            x = run.curves.steps[rows_of(run, index), index] * unit[index]
            traces += look.curve(x, losses(run, index), int(batch), xaxis=axis, showlegend=panel == 0)
        frames |= {f"data.{len(traces)}.x": raced.at * unit, f"data.{len(traces)}.y": raced.loss}
        traces.append(_runners(run, raced, unit, axis))
    title = "The same runs by three clocks (seconds: measured on this machine)"
    return Chart("clocks", title, {"data": traces, "layout": _layout(run)}, _words(run), frames)


def _runners(run: Run, raced: Race, unit: Floats, axis: str) -> look.Trace:
    """Return one marker for each batch size, where it stands in the race."""
    batches = [int(batch) for batch in run.batches]
    face = {
        "color": [look.token(batch) for batch in batches],
        "symbol": [look.marker(batch) for batch in batches],
        "size": 10,
        "line": {"width": 1.5, "color": "$paper"},
    }
    text = [look.name(batch) for batch in batches]
    place = {"x": raced.at[-1] * unit, "y": raced.loss[-1], "xaxis": axis}
    return {"type": "scatter", "mode": "markers", "marker": face, "text": text, "showlegend": False} | place


def _layout(run: Run) -> look.Trace:
    guess, names = guessing(run), shown(run)
    layout: look.Trace = {"yaxis": build.axis("training loss (nats)", 0, TOP * guess), "annotations": []} | LEGEND
    wide = (1 + GAP) / len(names)
    for panel, clock in enumerate(names):
        unit = per_step(run, clock)
        low, high = 0.8 * float(unit.min()), 1.6 * float((run.horizon * unit).max())
        axis = build.axis(f"{clock} (log)", low, high, log=True, exponentformat="power", tickangle=0)
        axis["title"]["font"] = {"size": 12}
        axis |= {"tickfont": {"size": 11}, "domain": [panel * wide, (panel + 1) * wide - GAP], "anchor": "y"}
        axis["dtick"] = 2 if np.log10(high / low) > 3 and len(names) > 1 else 1
        layout[f"xaxis{panel + 1 if panel else ''}"] = axis
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": guess, "y1": guess}
    layout["shapes"] = [line | {"line": {"color": "$grey", "width": 1, "dash": "dot"}}]
    mark = {"x": 1, "xref": "paper", "y": guess, "text": "guessing", "showarrow": False, "xanchor": "right"}
    layout["annotations"].append(mark | {"yanchor": "bottom", "font": {"size": 11, "color": "$grey"}})
    layout["annotations"] += _beyond(run)
    return layout


def _beyond(run: Run) -> list[look.Trace]:
    """Say who ends above the chart, and where: the axis stays put, so a loss that diverges leaves it."""
    ends = {int(batch): float(losses(run, index).median[-1]) for index, batch in enumerate(run.batches)}
    gone = {batch: end for batch, end in ends.items() if not end <= TOP * guessing(run)}
    place = {"x": 0.01, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top", "showarrow": False}
    return [
        place
        | {"text": f"▲ {look.name(batch)} ends at {significant(end)}", "y": 0.99 - 0.06 * line}
        | {"font": {"size": 12, "color": look.token(batch)}, "bgcolor": "$paper/0.7"}
        for line, (batch, end) in enumerate(gone.items())
    ]


def _words(run: Run) -> str:
    ends = []
    for index, batch in enumerate(run.batches):
        steps = int(run.curves.steps[-1, index])
        spent = f"{steps:,} steps, {steps * int(batch):,} examples, {significant(steps * run.step_seconds[index])} s"
        ends.append(
            f"{look.name(int(batch))} ends at {significant(float(losses(run, index).median[-1]))} after {spent}"
        )
    return f"Training loss by three clocks, {EXAMPLES} training examples: {'; '.join(ends)}."


def captions(run: Run, raced: Race) -> list[str]:
    """Say who leads at each frame."""
    leaders = [int(np.argmin(np.where(np.isfinite(row), row, np.inf))) for row in raced.loss]
    return [
        f"{look.name(int(run.batches[leader]))} leads, loss {significant(float(row[leader]))}"
        for leader, row in zip(leaders, raced.loss, strict=True)
    ]
