"""The functions and their slopes side by side, read off at the hand's input; where they are flat is shaded."""

from typing import Any

import numpy as np

from nnviz.charts.build import Trace, axis, vertical, words
from nnviz.charts.view import Chart
from nnviz.concepts.activations import look
from nnviz.concepts.activations.functions import Name
from nnviz.concepts.activations.model import INPUTS, LIMIT, Reading, Run
from nnviz.core.diagnosis import SATURATED
from nnviz.core.notation import significant

VALUES = (-2.0, 4.4)  # the axis of φ: the same at every setting, so that the eye keeps the change
SLOPES = (-0.2, 1.45)
LABEL_GAP = 0.066  # of an axis, between two labels
FARTHEST_RIGHT = 3.5  # input up to which the slopes' labels have room between the marker and the edge of the picture
RIGHT = {"xaxis": "x2", "yaxis": "y2"}
ROW, MOST = 0.055, 0.4  # share of the height that each row of flat stretches takes, and all of them at most


def functions_chart(run: Run) -> Chart:
    """Draw φ(g·x) on the left, φ′(g·x) on the right, and below it where |φ′| < 0.01."""
    g, x = run.params.gain, run.params.x
    curves = [trace for name, reading in run.readings.items() for trace in _curves(name, reading)]
    values = [reading.value for reading in run.readings.values()]
    slopes = [reading.slope for reading in run.readings.values()]
    panel = 1 - _floor(len(slopes))
    labels = [_labels(run, values, VALUES, 1.0, 0.0), _labels(run, slopes, SLOPES, panel, FARTHEST_RIGHT) | RIGHT]
    traces = [*curves, _markers(run, values), _markers(run, slopes) | RIGHT, _flat_bars(run), *labels]
    layout = _axes([look.label(name) for name in run.readings], "" if g == 1 else f"{g:g}·")
    line = vertical(x)["shape"]
    layout["shapes"] = [line, dict(line) | {"xref": "x2"}]
    times = "" if g == 1 else f" times gain {g:g}"
    title = f"Each function and its slope, at input {significant(x)}{times}; shaded where |slope| < {SATURATED:g}"
    return Chart("functions", title, {"data": traces, "layout": layout}, _alt(run), least=560)


def _curves(name: Name, reading: Reading) -> list[Trace]:
    """Return the function with a broad pale line where it is flat, and its slope."""
    line = {"type": "scatter", "mode": "lines", "x": INPUTS, "name": look.label(name), "line": look.stroke(name)}
    pale = {"color": f"{look.token(name)}/0.28", "width": 11}
    flat = line | _pieces(reading) | {"line": pale, "hoverinfo": "skip"}
    return [flat, line | {"y": reading.values}, line | {"y": reading.slopes} | RIGHT]


def _pieces(reading: Reading) -> Trace:
    """Return the flat stretches of a function, with one gap after each."""
    gap = np.full(1, np.nan, INPUTS.dtype)
    pieces = [slice(first, last + 1) for first, last in reading.flat_stretches]
    x, y = ([part for piece in pieces for part in (curve[piece], gap)] for curve in (INPUTS, reading.values))
    return {"x": np.concatenate([gap, *x]), "y": np.concatenate([gap, *y])}


def _markers(run: Run, heights: list[float]) -> Trace:
    """Return every function's marker at the input. All are one trace: each trace costs the moving hand some time."""
    tokens, symbols = [look.token(name) for name in run.readings], [look.symbol(name) for name in run.readings]
    dots = {"color": tokens, "size": 9, "symbol": symbols, "line": {"width": 1.5, "color": "$paper"}}
    base = {"type": "scatter", "mode": "markers", "marker": dots, "hoverinfo": "skip"}
    return base | {"x": [run.params.x] * len(heights), "y": heights}


def _flat_bars(run: Run) -> Trace:
    """Return a bar for every stretch of inputs in which a function is flat, one row a function."""
    rows = [
        (-row, float(INPUTS[first]), float(INPUTS[last] - INPUTS[first]), look.token(name))
        for row, (name, reading) in enumerate(run.readings.items())
        for first, last in reading.flat_stretches
    ]
    levels, starts, lengths, tokens = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
    bars = {"type": "bar", "orientation": "h", "y": levels, "base": starts, "x": lengths, "width": 0.6}
    hover = {"hovertemplate": "flat from %{base:.2f} to %{x:.2f}<extra></extra>"}
    return bars | hover | {"marker": {"color": tokens, "opacity": 0.75}, "xaxis": "x2", "yaxis": "y3"}


def _axes(names: list[str], gain: str) -> dict[str, Any]:
    inputs: Trace = {"range": [-LIMIT, LIMIT], "dtick": 4, "title": {"text": "input x", "standoff": 4}}
    zero: Trace = {"zeroline": True, "zerolinecolor": "$faint"}
    rows: Trace = {"tickvals": [-row for row in range(len(names))], "ticktext": names, "tickfont": {"size": 9}}
    strips: Trace = {
        "range": [-len(names) + 0.4, 0.6],
        "showgrid": False,
        "ticks": "",
        "fixedrange": True,
        "anchor": "x2",
        "title": {"text": "flat", "standoff": 2, "font": {"size": 11}},
    }
    return {
        "showlegend": False,
        "margin": {"l": 48, "r": 72, "t": 22, "b": 40},
        "xaxis": inputs | {"domain": [0, 0.4]},
        "yaxis": axis(f"output φ({gain}x)", *VALUES, **zero),
        "xaxis2": inputs | {"domain": [0.6, 1], "anchor": "y3"},
        "yaxis2": axis(f"slope φ′({gain}x)", *SLOPES, domain=[_floor(len(names)), 1], anchor="x2", **zero),
        "yaxis3": strips | rows | {"domain": [0, max(0.01, _floor(len(names)) - 0.05)]},
    }


def _floor(count: int) -> float:
    """Return how far up the slopes' panel begins, above the rows of flat stretches."""
    return 0.05 + min(MOST, ROW * max(3, count))


def _labels(run: Run, numbers: list[float], window: tuple[float, float], share: float, farthest: float) -> Trace:
    """Return "number name" beside each marker, apart from each other; an arrow says that the marker is off the axis."""
    low, high = window
    gap = LABEL_GAP * (high - low) / share
    places = look.spread(numbers, gap, low + 0.5 * gap, high - 0.5 * gap)
    right = run.params.x <= farthest
    texts = []
    for name, number in zip(run.readings, numbers, strict=True):
        off = " ↑" if number > high else " ↓" if number < low else ""
        text = f"{significant(number)}{off} {look.label(name)}"  # the number first: it stays when the page is narrow
        texts.append(f"\u2002{text}" if right else f"{text}\u2002")
    place, tokens = f"middle {'right' if right else 'left'}", [look.token(name) for name in run.readings]
    return words([run.params.x] * len(texts), places, texts, place, size=12, color=tokens)


def _alt(run: Run) -> str:
    parts = [
        f"{look.label(name)} is {significant(reading.value)} with slope {significant(reading.slope)}"
        for name, reading in run.readings.items()
    ]
    return f"At input {significant(run.params.x)} and gain {run.params.gain:g}: {'; '.join(parts) or 'no function'}."
