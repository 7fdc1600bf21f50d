"""The plane over the mistakes: the line before and after, the vector that is added, the point that asked for it."""

from typing import Any

import numpy as np

from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart
from nnviz.concepts.perceptron import look
from nnviz.concepts.perceptron.look import QUIET
from nnviz.concepts.perceptron.model import Run
from nnviz.concepts.perceptron.rule import Floats, Whole
from nnviz.core.notation import decimals
from nnviz.data.toy import WINDOW

ARROW = 1.8  # length of the longest weight vector, in units of the plane
NUMBERS = 0.68  # where the column of numbers begins


def boundary(run: Run, moments: Whole) -> Chart:
    """Draw the run at each of the moments (numbers of mistakes)."""
    weights = run.path.weights
    after, before = weights[moments], weights[np.maximum(moments - 1, 0)]
    scale = ARROW / max(1e-12, float(np.linalg.norm(weights[:, 1:], axis=1).max()))
    traces: list[Trace] = []
    frames: dict[str, Any] = {}
    for sign, token in ((-1.0, "$blue/0.13"), (1.0, "$orange/0.15")):
        fill: Trace = {"type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": token, "line": {"width": 0}}
        _add(traces, frames, fill, look.sides(after, sign))
    if run.best is not None:
        ends = look.segments(run.best)
        dotted = {"color": "$green", "width": 2, "dash": "dot"}
        traces.append({"type": "scatter", "mode": "lines", "x": ends[:, 0], "y": ends[:, 1], "line": dotted} | QUIET)
    traces += look.dots(run, 11 if len(run.labels) < 10 else 8)
    _add(traces, frames, _with_arrow("$grey", "dash", 2), _line_and_vector(before, scale))
    _add(traces, frames, _asked(), _mistaken(run, moments))
    _add(traces, frames, _arrow("$purple"), scale * np.stack([before[:, 1:], after[:, 1:]], axis=1))
    _add(traces, frames, _with_arrow("$ink", "solid", 3), _line_and_vector(after, scale))
    notes, texts = _numbers(before, after)
    for index, column in enumerate(texts):
        frames[f"layout.annotations.{index}.text"] = column
    if len(moments) < 2:
        frames = {}
    square: Trace = {"constrain": "domain", "dtick": 1, "fixedrange": True}
    x = axis("x₁", *WINDOW, **square, domain=[0, NUMBERS - 0.03], constraintoward="right")
    y = axis("x₂", *WINDOW, **square, scaleanchor="x")
    layout: Trace = {"xaxis": x, "yaxis": y, "annotations": notes + _key(run), "showlegend": False, "dragmode": False}
    title = "The line before and after each mistake, and the vector that is added: w ← w + ηyx"
    margins = {"margin": {"l": 44, "r": 4, "t": 6, "b": 40}, "font": {"size": 13}}
    return Chart("boundary", title, {"data": traces, "layout": layout | margins}, _alt(run), frames)


def _add(traces: list[Trace], frames: dict[str, Any], trace: Trace, places: Floats) -> None:
    """Add a trace that moves: places (T, n, 2)."""
    at = f"data.{len(traces)}"
    x, y = (places[..., index].astype(np.float32) for index in (0, 1))
    frames |= {f"{at}.x": x, f"{at}.y": y}
    traces.append(trace | QUIET | {"x": x[-1], "y": y[-1]})


def _line_and_vector(weights: Floats, scale: float) -> Floats:
    """Return the line, a gap, and the vector w from the origin, (T, 5, 2)."""
    gap = np.full((len(weights), 1, 2), np.nan)
    origin = np.zeros((len(weights), 1, 2))
    return np.concatenate([look.segments(weights), gap, origin, scale * weights[:, None, 1:]], axis=1)


def _with_arrow(token: str, dash: str, width: float) -> Trace:
    head = {"color": token, "size": [0, 0, 0, 0, 12], "symbol": "arrow", "angleref": "previous"}
    line = {"color": token, "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines+markers", "line": line, "marker": head}


def _arrow(token: str) -> Trace:
    head = {"color": token, "size": [0, 14], "symbol": "arrow", "angleref": "previous"}
    return {"type": "scatter", "mode": "lines+markers", "line": {"color": token, "width": 3.5}, "marker": head}


def _asked() -> Trace:
    """Return the look of the mistaken point: a ring, and a dotted way to it from the origin."""
    ring = {"size": [0, 20], "symbol": "circle-open", "color": "$purple", "line": {"width": 3, "color": "$purple"}}
    line = {"color": "$purple", "width": 1.2, "dash": "dot"}
    return {"type": "scatter", "mode": "lines+markers", "line": line, "marker": ring}


def _mistaken(run: Run, moments: Whole) -> Floats:
    """Return the origin and the mistaken point at every moment, (T, 2, 2); NaN before the first mistake."""
    places = np.full((len(moments), 2, 2), np.nan)
    some = moments > 0
    places[some, 0] = 0.0
    places[some, 1] = run.positions[run.path.mistaken[moments[some] - 1]]
    return places


def _numbers(before: Floats, after: Floats) -> tuple[list[Trace], list[list[str]]]:
    """Return the column of numbers and its texts at every moment: w before, what is added, w after."""
    heads = ("before ╌╌", "+ η·y·x", "after ──")
    notes, texts = [], []
    for index, (head, rows) in enumerate(zip(heads, (before, after - before, after), strict=True)):
        column = [
            f"<b>{head}</b><br>w {decimals(w1)}, {decimals(w2)}<br>b {decimals(b)}" for b, w1, w2 in rows.tolist()
        ]
        token = ("$grey", "$purple", "$ink")[index]
        notes.append(_note(1 - 0.235 * index, column[-1], token))
        texts.append(column)
    return notes, texts


def _key(run: Run) -> list[Trace]:
    best = [_note(0.105, "┄ best line", "$green")] if run.best is not None else []
    return [_note(0.28, "● y = −1", "$blue"), _note(0.193, "◆ y = +1", "$orange"), *best]


def _note(y: float, text: str, token: str) -> Trace:
    place: Trace = {"x": NUMBERS, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top"}
    return place | {"text": text, "showarrow": False, "align": "left", "font": {"color": token}}


def _alt(run: Run) -> str:
    b, w1, w2 = run.path.weights[-1].tolist()
    text = f"{len(run.labels)} points; after {look.times(run.path.mistakes, 'mistake')} the line is "
    text += f"{decimals(w1)}·x₁ + {decimals(w2)}·x₂ + {decimals(b)} = 0, and {look.times(int(run.wrong[0]), 'point')} "
    return text + ("lies" if run.wrong[0] == 1 else "lie") + " on the wrong side."
