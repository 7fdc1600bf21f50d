"""The repair log: how the broken net learns after each change, and what each change does by itself."""

from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.deep_training.depth_charts import FLOOR, TOP, loss_axis
from nnviz.concepts.deep_training.model import Run
from nnviz.concepts.deep_training.repair import CHANGES, PATIENTS, SEEDS, TRAINS, Change, Entry, Log, cured, final
from nnviz.core.notation import number
from nnviz.core.statistics import band

Trace = dict[str, Any]
WORDS: dict[Change, str] = {
    "residual": "residual connections",
    "norm": "batch normalization",
    "init": "suitable initialization",
    "rate": "another rate",
    "clip": "clipping at 1",
    "data": "4 × the data",
}


def repair_chart(run: Run) -> Chart:
    """The hero: the training loss of the broken net and after each change, one band a line of the log."""
    log = _log(run)
    traces: list[Trace] = []
    for index, each in enumerate(log.steps):
        values = band(np.clip(np.where(np.isfinite(each.loss), each.loss, TOP), FLOOR, TOP), axis=1)
        traces += build.band(np.arange(len(each.loss)), values, line_name(each), index)
    goal = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": TRAINS, "y1": TRAINS}
    note = {
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "y": float(np.log10(TRAINS)),
        "yanchor": "top",
        "showarrow": False,
    }
    words = note | {"text": f"below {TRAINS:g} it counts as trained", "font": {"size": 11, "color": "$grey"}}
    shapes = [goal | {"line": {"color": "$green", "width": 1.5, "dash": "dash"}}]
    x = build.axis("step", 0, len(log.steps[0].loss) - 1)
    figure = build.figure(traces, x, loss_axis("training loss"), shapes=shapes, annotations=[words])
    title = f"Patient {'ABCD'[list(PATIENTS).index(log.patient)]}: the loss after every change, {SEEDS} same seeds"
    return Chart("repair", title, figure, log_words(log))


def line_name(entry: Entry) -> str:
    """Name a line of the log by what was changed last."""
    return f"+ {WORDS[entry.changes[-1]]}" if entry.changes else "as it came"


def log_words(log: Log) -> str:
    """Tell the log as a sentence: every change and the loss it led to."""
    parts = [f"{line_name(each).removeprefix('+ ')}: {loss_words(each)}" for each in log.steps]
    return f"Median training loss {', then with '.join(parts)}."


def loss_words(entry: Entry) -> str:
    """Say where the loss ended."""
    value = final(entry)
    return f"{number(value)}{' (trains)' if cured(entry) else ''}" if np.isfinite(value) else "broke down"


def outcome(entry: Entry) -> str:
    """Say what became of the net of an entry."""
    value = final(entry)
    return f"ends at a median training loss of {loss_words(entry)}" if np.isfinite(value) else "breaks down"


def alone_chart(run: Run) -> Chart:
    """Draw where the loss ends with each change alone, all seeds as dots."""
    log = _log(run)
    rows = [log.steps[0], *log.alone]
    names = ["as it came", *[WORDS[each.changes[0]] for each in log.alone]]
    traces: list[Trace] = []
    for kind, good in (("trains", True), ("does not", False)):
        chosen = [index for index, each in enumerate(rows) if cured(each) is good]
        look = {"color": "$green" if good else "$red", "symbol": "circle" if good else "x", "size": 9}
        ends = [np.clip(np.nan_to_num(rows[index].loss[-1], nan=TOP), FLOOR, TOP) for index in chosen]
        trace = {"type": "scatter", "mode": "markers", "name": kind, "marker": look}
        x = np.concatenate([np.empty(0), *ends])
        y = [names[index] for index in chosen for _ in range(SEEDS)]
        traces.append(trace | {"x": x, "y": y, "hovertemplate": "%{y}: %{x:.2g}<extra></extra>"})
    across = loss_axis("training loss at the end")
    up = build.axis("", categoryorder="array", categoryarray=names[::-1]) | {"type": "category"}
    goal = {"type": "line", "x0": TRAINS, "x1": TRAINS, "y0": 0, "y1": 1, "yref": "paper"}
    shapes = [goal | {"line": {"color": "$green", "width": 1.5, "dash": "dash"}}]
    curing = [WORDS[each.changes[0]] for each in log.alone if cured(each)]
    alt = f"Of {len(log.alone)} single changes tried, {len(curing)} make the net train by themselves"
    alt += f": {', '.join(curing)}." if curing else "."
    title = f"Each change alone: where {SEEDS} seeds end"
    return Chart("alone", title, build.figure(traces, across, up, shapes=shapes), alt, height=340)


def verdict_words(log: Log) -> str:
    """Say whether the learner's net trains, and how that compares with the fewest changes."""
    last, count = log.steps[-1], len(log.steps) - 1
    changes = f"{count} change{'' if count == 1 else 's'}"
    start = f"The broken net {outcome(log.steps[0])}"
    own = f"; after {changes} it {outcome(last)}." if count else ". Change something."
    if log.fewest is None:
        return start + own + f" {len(log.alone)} of {len(CHANGES)} single changes are tried so far."
    if not log.fewest:
        return start + own + " No one or two of these changes make it train."
    if not count or not cured(last):
        needed = "One change is" if len(log.fewest) == 1 else "Two changes are"
        return start + own + f" {needed} enough."
    if count > len(log.fewest):
        return start + own + f" It can be done with {len(log.fewest)}."
    return start + own + " Fewer do not do it."


def _log(run: Run) -> Log:
    assert run.log is not None
    return run.log
