"""The hero: how each layer's values are spread, one hill a layer, with what is set on the left and another start beside."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.initialization import words
from nnviz.concepts.initialization.model import Group, Run
from nnviz.concepts.initialization.ridges import Ridges, limits
from nnviz.core.notation import number

HEIGHT = 1.75  # of a hill, in distances between two layers
PANELS: tuple[Trace, Trace] = ({}, {"xaxis": "x2", "yaxis": "y2"})
COLOURS = ("$blue", "$orange")


def ridges_chart(run: Run) -> Chart:
    """Draw the hills before training, filled, and a line over each for the moment of the timeline."""
    traces: list[Trace] = []
    frames: dict[str, Any] = {}
    for panel, group in enumerate((run.own, run.beside)):
        hills = group.ridges
        traces += [_hill(hills, row, COLOURS[panel]) | PANELS[panel] for row in range(len(hills.layers))]
        moving = paths(hills.now)  # (T, R (B + 1))
        frames[f"data.{len(traces)}.y"] = moving
        traces.append(_line(hills, moving[-1]) | PANELS[panel])
    noun = "outputs" if run.params.shown == "outputs" else "sums"
    title = f"How the {noun} of every layer are spread: filled before training, line at this epoch{_left_out(run)}"
    return Chart("ridges", title, {"data": traces, "layout": _layout(run)}, alt(run, noun), frames)


def _left_out(run: Run) -> str:
    """Say what the hills of values without a bound cannot show."""
    outputs, activation = run.params.shown == "outputs", run.params.activation
    if outputs and activation in ("tanh", "sigmoid"):
        return ""
    zeros = "zeros are left out, " if outputs and activation == "relu" else ""
    return f" ({zeros}what lies beyond the axis stands at its end)"


def paths(hills: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return hills (T, R, B) as one path with gaps, layer under layer, (T, R (B + 1))."""
    rows = HEIGHT * hills - np.arange(hills.shape[1])[:, None]
    gaps = np.full((*rows.shape[:2], 1), np.nan)
    return np.concatenate([rows, gaps], axis=2).reshape(len(rows), -1).astype(np.float32)


def _hill(hills: Ridges, row: int, token: str) -> Trace:
    x, y = hills.centres, HEIGHT * hills.start[row] - row
    closed = {"x": np.r_[x[0], x, x[-1]], "y": np.r_[-row, y, -row]}
    look = {"fill": "toself", "fillcolor": f"{token}/0.55", "line": {"color": token, "width": 1}}
    name = {"name": f"layer {hills.layers[row]}", "hoverinfo": "name", "hoveron": "fills"}
    return {"type": "scatter", "mode": "lines"} | closed | look | name


def _line(hills: Ridges, path: NDArray[np.float32]) -> Trace:
    x = np.tile(np.r_[hills.centres, np.nan], len(hills.layers)).astype(np.float32)
    stroke = {"color": "$ink", "width": 1.1}
    return {"type": "scatter", "mode": "lines", "x": x, "y": path, "line": stroke, "hoverinfo": "skip"}


def _layout(run: Run) -> Trace:
    low, high = limits(run.params.activation, run.params.shown)
    rows = run.own.ridges.layers
    what = "output φ(z) of a unit" if run.params.shown == "outputs" else "sum z of a unit"
    across = build.axis(what, low, high, fixedrange=True, nticks=5, zeroline=True, zerolinecolor="$faint")
    ticks: Trace = {"tickvals": [-row for row in range(len(rows))], "ticktext": [str(layer) for layer in rows]}
    up = build.axis("hidden layer", -len(rows) + 0.8, HEIGHT + 0.1, fixedrange=True, showgrid=False, **ticks)
    note = {"xanchor": "center", "yanchor": "bottom", "showarrow": False, "y": 1, "yref": "paper", "xref": "paper"}
    names = (words.name(run.own), words.name(run.beside))
    return {
        "showlegend": False,
        "margin": {"l": 46, "r": 8, "t": 28, "b": 40},
        "xaxis": across | {"domain": [0, 0.475]},
        "yaxis": up,
        "xaxis2": across | {"domain": [0.525, 1], "anchor": "y2"},
        "yaxis2": up | {"anchor": "x2", "matches": "y", "showticklabels": False, "title": {"text": ""}},
        "annotations": [
            note | {"x": place, "text": f"<b>{text}</b>"} for place, text in zip((0.2375, 0.7625), names, strict=True)
        ],
    }


def alt(run: Run, noun: str) -> str:
    """Describe the hills in numbers: their widths at the first and the last layer."""
    low, high = limits(run.params.activation, run.params.shown)
    said = [
        f"with {words.name(group)} from {spread(group, 0)} to {spread(group, -1)}" for group in (run.own, run.beside)
    ]
    text = f"Hills of the {noun}, layer 1 at the top; the root mean square of the sums goes "
    return f"{text}{', '.join(said)}. Values beyond {low:g} and {high:g} are counted at the edge."


def spread(group: Group, layer: int) -> str:
    """Return the root mean square of a layer's sums, in the median network."""
    return number(float(np.sqrt(words.middle(group.forward[layer]))))
