"""Two losses and their gradients against the prediction, side by side, read off under the hand."""

from typing import Any

import numpy as np

from nnviz.charts.build import Trace, axis, vertical
from nnviz.charts.view import Chart
from nnviz.concepts.losses import look
from nnviz.concepts.losses.functions import REGRESSION, Floats
from nnviz.concepts.losses.model import AXIS, LIMIT, Reading, Run
from nnviz.core.notation import significant

VALUES, SLOPES = (-0.4, 10.0), (-4.0, 4.0)  # the axes stay, whatever the hand moves
GENTLE = (-1.4, 1.4)  # for two losses whose gradient never leaves ±1
STEEP = (*REGRESSION, "perplexity", "focal")
TOKENS, DASHES, SYMBOLS = ("$blue", "$orange"), ("solid", "dash"), ("circle", "diamond")
RIGHT = {"xaxis": "x2", "yaxis": "y2"}


def curves_chart(run: Run) -> Chart:
    """Draw both losses on the left and their gradients on the right."""
    window = SLOPES if any(one.name in STEEP for one in run.pair) else GENTLE
    traces = []
    for row, reading in enumerate(run.pair):
        line = {"type": "scatter", "mode": "lines", "x": AXIS, "name": look.label(reading.name)}
        line |= {"line": {"color": TOKENS[row], "dash": DASHES[row], "width": 2.6}}
        traces += [line | {"y": _held(reading.values, VALUES)}, line | {"y": _held(reading.slopes, window)} | RIGHT]
    values, slopes = [one.value for one in run.pair], [one.slope for one in run.pair]
    traces += [_dots(run, values, VALUES), _dots(run, slopes, window) | RIGHT]
    classifiers = [one for one in run.pair if one.name not in REGRESSION]
    quantity = "prediction ŷ" if not classifiers else "logit z" if len(classifiers) == 2 else "prediction ŷ or logit z"
    layout = {
        "showlegend": False,
        "margin": {"l": 48, "r": 10, "t": 46, "b": 40},
        "xaxis": axis(quantity, -LIMIT, LIMIT, domain=[0, 0.4], dtick=4),
        "xaxis2": axis(quantity, -LIMIT, LIMIT, domain=[0.6, 1], anchor="y2", dtick=4),
        "yaxis": axis("loss", *VALUES),
        "yaxis2": axis("gradient of the loss", *window, anchor="x2", zeroline=True, zerolinecolor="$grey"),
        "shapes": _marks(run),
        "annotations": [
            *_labels(run, values, VALUES, ""),
            *_labels(run, slopes, window, "2"),
            _aim(run, classifiers),
        ],
    }
    pair = " and ".join(look.label(one.name) for one in run.pair)
    title = f"{pair}: the loss, and its gradient, which is all that learning feels"
    return Chart("curves", title, {"data": traces, "layout": layout}, _alt(run))


def _held(values: Floats, window: tuple[float, float]) -> Floats:
    """Keep a curve near its axis: browsers draw huge numbers as garbage."""
    return np.clip(values, 2 * min(window[0], -10), 3 * window[1])


def _dots(run: Run, heights: list[float], window: tuple[float, float]) -> Trace:
    marker = {"size": 12, "color": list(TOKENS), "symbol": list(SYMBOLS), "line": {"width": 1.5, "color": "$paper"}}
    y = [float(np.clip(height, *window)) for height in heights]
    base = {"type": "scatter", "mode": "markers", "x": [run.params.prediction] * 2, "y": y, "marker": marker}
    return base | {"hoverinfo": "skip", "cliponaxis": False}


def _marks(run: Run) -> list[Any]:
    hand = dict(vertical(run.params.prediction, token="$ink", dash="dot")["shape"])
    shapes = [hand, hand | {"xref": "x2"}]
    if any(one.name in REGRESSION for one in run.pair):
        aim = dict(vertical(run.params.target, token="$green", dash="solid")["shape"])
        shapes += [aim, aim | {"xref": "x2"}]
    return shapes


def _aim(run: Run, classifiers: list[Reading]) -> Trace:
    """Say what the target is, below the legend."""
    parts = []
    if len(classifiers) < 2:
        parts.append(f"target y = {significant(run.params.target)} (green)")
    if classifiers:
        parts.append(f"true class: {run.params.side:.0f}")
    spot = {"x": 1, "y": 0, "xref": "x2 domain", "yref": "y2 domain", "xanchor": "right", "yanchor": "bottom"}
    return spot | {"text": ", ".join(parts), "showarrow": False, "font": {"color": "$grey"}, "bgcolor": "$paper/0.7"}


def _labels(run: Run, numbers: list[float], window: tuple[float, float], panel: str) -> list[Trace]:
    """Return a legend above a panel with each loss's number; an arrow says that its marker is off the axis."""
    notes = []
    for row, (reading, value) in enumerate(zip(run.pair, numbers, strict=True)):
        name = "" if panel else f" {look.label(reading.name)}"  # once is enough, and fits on a phone
        off = " ↑" if value > window[1] else " ↓" if value < window[0] else ""
        where = {"x": 0, "y": 1, "xref": f"x{panel} domain", "yref": f"y{panel} domain"}
        side = {"xanchor": "left", "yanchor": "bottom", "yshift": 18 * (1 - row), "showarrow": False}
        text = f"{'——' if row == 0 else '– –'} <b>{significant(value)}</b>{off}{name}"
        notes.append(where | side | {"text": text, "font": {"color": TOKENS[row]}})
    return notes


def _alt(run: Run) -> str:
    parts = [
        f"{look.label(one.name)} is {significant(one.value)} with gradient {significant(one.slope)}" for one in run.pair
    ]
    return f"At prediction {significant(run.params.prediction)}: {'; '.join(parts)}."
