"""What ten layers do to signal and gradient: histograms by layer, and the gradient's size on its way back."""

import numpy as np

from nnviz.charts.build import Trace, axis, figure
from nnviz.charts.theme import SEQUENTIAL
from nnviz.charts.view import Chart
from nnviz.concepts.activations import look
from nnviz.concepts.activations.model import Run
from nnviz.concepts.activations.tower import EDGES, REACH, Passage
from nnviz.core.notation import significant

MIDDLES = (EDGES[:-1] + EDGES[1:]) / 2
BRIGHTEST = 0.25  # share of a layer's activations in one bin that gets the brightest colour
GRADIENTS = (1e-12, 1e4)
TITLE, GAP = 0.11, 0.02  # of the height: what the two lines above each panel take, and what is left below it


def tower_chart(run: Run) -> Chart:
    """Draw for each function, layer by layer, how its activations are distributed."""
    p = run.params
    count = len(run.passages)
    columns, rows = look.grid(count)
    scale = {"colorscale": SEQUENTIAL, "cmin": 0, "cmax": BRIGHTEST, "colorbar": _bar()}
    margin = {"l": 48, "r": 8, "t": 8, "b": 40}
    layout: Trace = {"showlegend": False, "annotations": [], "margin": margin, "coloraxis": scale}
    traces = []
    for place, (name, passage) in enumerate(run.passages.items()):
        row, column = divmod(place, columns)
        title = f"{look.label(name)}<br>sd {_short(float(passage.deviation[-1]))}"
        number = _panel(layout, place, column / columns, 1 - row / rows, 1 / columns, 1 / rows, title)
        traces.append(_heat(passage) | {"xaxis": f"x{number}", "yaxis": f"y{number}"})
    _title_edges(layout, columns, count)
    biased = f", bias {significant(p.bias)}" if p.bias else ""
    title = f"Activations through {p.layers} layers, weights of size {p.gain:g}/√n{biased}"
    return Chart("tower", title, {"data": traces, "layout": layout}, _tower_alt(run), height=max(300, 60 + 130 * rows))


def _heat(passage: Passage) -> Trace:
    layers = np.arange(1, passage.counts.shape[1] + 1)
    hover = "layer %{x}<br>activation %{y:.2f}<br>share %{z:.3f}<extra></extra>"
    base = {"type": "heatmap", "x": layers, "y": MIDDLES, "z": passage.counts, "coloraxis": "coloraxis"}
    return base | {"hovertemplate": hover}


def _panel(layout: Trace, place: int, left: float, top: float, wide: float, high: float, title: str) -> str:
    """Add a pair of axes to the layout, below its title; return the axes' number."""
    number = "" if place == 0 else str(place + 1)
    right, bottom, above = left + wide * 0.94, top - high + GAP, top - TITLE
    across, up = {"domain": [left, right], "anchor": f"y{number}"}, {"domain": [bottom, above], "anchor": f"x{number}"}
    layout[f"xaxis{number}"] = across | {"nticks": 6, "showgrid": False}
    layout[f"yaxis{number}"] = up | {"range": [-REACH, REACH], "showgrid": False}
    where = {"x": (left + right) / 2, "y": above, "xref": "paper", "yref": "paper"}
    words = {"text": title, "showarrow": False, "font": {"size": 11}, "xanchor": "center", "yanchor": "bottom"}
    layout["annotations"].append(where | words)
    return number


def _short(value: float) -> str:
    return significant(value) if value >= 1e5 else significant(float(f"{value:.2g}"))


def _title_edges(layout: Trace, columns: int, count: int) -> None:
    """Name the axes at the left of each row and at the foot of each column: what lies inside shares them."""
    for place in range(count):
        number = "" if place == 0 else str(place + 1)
        x, y = layout[f"xaxis{number}"], layout[f"yaxis{number}"]
        at_the_foot, at_the_left = place + columns >= count, place % columns == 0
        x |= {"title": {"text": "layer", "standoff": 2}} if at_the_foot else {"showticklabels": False}
        y |= {"title": {"text": "activation", "standoff": 2}} if at_the_left else {"showticklabels": False}


def _bar() -> Trace:
    ticks = {"tickvals": [0, BRIGHTEST], "ticktext": ["0", "≥ ¼"]}
    return {"title": {"text": "share of activations", "side": "right"}, "thickness": 10, "outlinewidth": 0} | ticks


def _tower_alt(run: Run) -> str:
    parts = [
        f"{look.label(name)} from {significant(float(each.deviation[0]))} to {significant(float(each.deviation[-1]))}"
        for name, each in run.passages.items()
    ]
    listed = "; ".join(parts) or "no function"
    return f"Standard deviation of the activations from the first to the last of {run.params.layers} layers: {listed}."


def gradient_chart(run: Run) -> Chart:
    """Draw how large the gradient still is at each layer, on a log axis."""
    layers = np.arange(1, run.params.layers + 1)
    traces, notes = [], []
    ends = [np.log10(np.clip(each.gradient[0], *GRADIENTS)) for each in run.passages.values()]
    places = look.spread(ends, 1.0, -11.5, 3.5)
    for (name, each), place in zip(run.passages.items(), places, strict=True):
        shown = np.where(each.gradient > 0, each.gradient, np.nan)
        base = {"type": "scatter", "mode": "lines+markers", "x": layers, "y": shown, "name": look.label(name)}
        traces.append(base | {"line": look.stroke(name), "marker": {"size": 5}})
        size = significant(float(each.gradient[0])) if each.gradient[0] > 0 else "0"
        note = {"x": 1, "y": float(place), "xanchor": "right", "xshift": -7, "text": f"{look.label(name)} {size}"}
        font = {"size": 11, "color": look.token(name)}
        notes.append(note | {"showarrow": False, "font": font, "bgcolor": "$paper/0.8"})
    room = 0.42 * run.params.layers  # for the labels at the first layer
    x = axis("layer", 1 - room, run.params.layers + 0.3, tickvals=_ticks(run.params.layers))
    y = axis("gradient, output's = 1", *GRADIENTS, log=True, dtick=4, exponentformat="power")
    title = "The gradient on its way back, from the last layer to layer 1"
    return Chart("gradient", title, figure(traces, x, y, annotations=notes, showlegend=False), _gradient_alt(run))


def _ticks(layers: int) -> list[int]:
    return [layer for layer in range(1, layers + 1) if layer in (1, layers) or layer % (2 if layers <= 12 else 5) == 0]


def _gradient_alt(run: Run) -> str:
    parts = [f"{look.label(name)} {significant(float(each.gradient[0]))}" for name, each in run.passages.items()]
    listed = "; ".join(parts) or "no function"
    return f"Size of the gradient at layer 1 of {run.params.layers}, when it is 1 at the output: {listed}."
