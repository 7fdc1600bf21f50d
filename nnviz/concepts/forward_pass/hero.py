"""The hero: the network as a diagram through which the input flows, layer by layer, every number on its unit."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts.build import Trace, unit_positions
from nnviz.charts.view import Chart
from nnviz.concepts.forward_pass import words
from nnviz.concepts.forward_pass.edits import edge_text, write
from nnviz.concepts.forward_pass.model import Run
from nnviz.concepts.forward_pass.network import Edge, Floats

THICK = 0.9  # a wire is drawn thick from this weight on
STRONGEST = 2.0  # a number's colour grows up to here
PALE = 1.65  # how much further the colour scale goes, so that a number on it stays readable
SPOTS = (0.2, 0.35, 0.65, 0.8)  # where along a wire it can be clicked
CLICK = {"cell": "hovertext", "edge": "customdata", "weight": "text", "weights": "meta"}
"""Field → what of a clicked point sets it: a wire sets all four, a unit only the cell to open."""


@dataclass(frozen=True)
class Wires:
    """E wires: which they are, both ends (E, 2), weights (E,), and the layer (E,) they lead to, from 1."""

    edges: list[Edge]
    start: Floats
    end: Floats
    weights: Floats
    layers: NDArray[np.int64]


def network_chart(run: Run) -> Chart:
    """Draw units and wires; the frames let the signal arrive layer by layer."""
    wires = collect_wires(run)
    shown, frames = _flowing(run, wires)
    units = _units(run)
    unit_at = 1 + len(shown) + 2
    frames |= {f"data.{unit_at}.marker.color": units.colours, f"data.{unit_at + 1}.text": units.texts}
    traces = [_waiting(wires), *shown, _chosen(run, wires), _targets(run, wires)]
    traces += [units.markers, units.labels, _ring(run)]
    lit = _lit(len(run.layers))
    frames |= {f"layout.shapes.0.{end}": lit[:, side] for side, end in enumerate(("x0", "x1"))}
    formulas = words.formulas(run)
    frames["layout.annotations.0.text"] = formulas
    figure = {"data": traces, "layout": _layout(run, wires, formulas[-1], lit[-1])}
    title = "The input flows from left to right: click a wire to take its weight in hand, a unit to open its sum"
    return Chart("network", title, figure, _alt(run), frames, CLICK)


def collect_wires(run: Run) -> Wires:
    """Gather the wires between all units; biases have none."""
    places = unit_positions(run.sizes)
    edges, start, end, weights = [], [], [], []
    for layer, (before, after) in enumerate(pairwise(places), 1):
        for source in range(len(before)):
            for sink in range(len(after)):
                edges.append((layer, sink + 1, source + 1))
                start.append(before[source])
                end.append(after[sink])
                weights.append(run.layers[layer - 1].weights[source, sink])
    layers = np.array([edge[0] for edge in edges])
    return Wires(edges, np.array(start), np.array(end), np.array(weights), layers)


def _paths(wires: Wires, which: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return some wires as one path with gaps, x and y (3 E,)."""
    gap = np.full((int(which.sum()), 1), np.nan)
    x, y = (np.hstack([wires.start[which, axis, None], wires.end[which, axis, None], gap]).ravel() for axis in (0, 1))
    return x, y


def _waiting(wires: Wires) -> Trace:
    """Return all wires as they look before the signal arrives."""
    x, y = _paths(wires, np.ones(len(wires.edges), bool))
    return _path(x, y, "$faint", 1.0, "solid")


def _flowing(run: Run, wires: Wires) -> tuple[list[Trace], dict[str, Any]]:
    """Return the wires by sign and size, each shown from the step on in which its layer is summed."""
    steps = np.arange(2 * len(run.layers) + 1)
    looks = [("$orange", "solid", 1), ("$blue", "dash", -1)]
    traces: list[Trace] = []
    frames: dict[str, Any] = {}
    for token, dash, sign in looks:
        for width, thick in ((1.4, False), (4.0, True)):
            size = sign * wires.weights
            which = (size >= THICK) if thick else (size > 0) & (size < THICK)
            x, y = _paths(wires, which)
            arrived = steps[:, None] >= np.repeat(2 * wires.layers[which] - 1, 3)
            frames[f"data.{1 + len(traces)}.y"] = np.where(arrived, y, np.nan).astype(np.float32)
            traces.append(_path(x, y, token, width, dash))
    return traces, frames


def _path(x: Floats, y: Floats, token: str, width: float, dash: str) -> Trace:
    line = {"color": token, "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _chosen(run: Run, wires: Wires) -> Trace:
    """Return the wire in the hand; a bias is a short stub from below its unit."""
    edge = run.params.chosen
    x, y = np.full(2, np.nan), np.full(2, np.nan)
    if edge is not None and edge[2] == 0:
        (right, up), count = _place(run, edge[0], edge[1]), run.sizes[edge[0]]
        x, y = np.array([right, right]), np.array([up, up - 0.42 / count])
    elif edge is not None:
        x, y = _paths(wires, np.array([each == edge for each in wires.edges]))
    return _path(x, y, "$green", 6.0, "solid")


def _place(run: Run, layer: int, unit: int) -> tuple[float, float]:
    right, up = unit_positions(run.sizes)[layer][unit - 1]
    return float(right), float(up)


def _targets(run: Run, wires: Wires) -> Trace:
    """Return unseen points along every wire, which say what a click there sets."""
    spots = np.array(SPOTS)[None, :, None]
    points = (wires.start[:, None] * (1 - spots) + wires.end[:, None] * spots).reshape(-1, 2)
    layers = len(run.layers)
    rows = run.params.opened[1]
    names = [edge_text(edge) for edge in wires.edges]
    values = [f"{weight:.2f}" for weight in wires.weights]
    cells = [f"{layer}.{min(rows, run.params.rows)}.{sink}" for layer, sink, _ in wires.edges]
    hover = [
        f"{words.edge_name(edge, layers)}: weight {words.number(weight)}<extra></extra>"
        for edge, weight in zip(wires.edges, wires.weights.tolist(), strict=True)
    ]
    columns = {"customdata": names, "text": values, "hovertext": cells, "hovertemplate": hover}
    columns["meta"] = [write(run.params.edits)] * len(names)
    repeated = {key: [value for value in column for _ in SPOTS] for key, column in columns.items()}
    look = {"size": 14, "color": "$paper/0"}
    return {"type": "scatter", "mode": "markers", "x": points[:, 0], "y": points[:, 1], "marker": look} | repeated


@dataclass(frozen=True)
class _Units:
    markers: Trace
    labels: Trace
    colours: NDArray[np.float32]
    texts: list[list[str]]


def _units(run: Run) -> _Units:
    """Return the units as discs, and over the steps their numbers and colours: sums first, then outputs."""
    places = unit_positions(run.sizes)
    numbers = unit_numbers(run)
    crowded = _crowded(run)
    size = 30 if crowded else 44
    colours = np.clip(np.nan_to_num(numbers), -STRONGEST, STRONGEST).astype(np.float32)
    texts = [["" if np.isnan(value) else words.brief(value) for value in row] for row in numbers.tolist()]
    where = np.concatenate(places)
    base: Trace = {"type": "scatter", "x": where[:, 0], "y": where[:, 1]}
    reach = PALE * STRONGEST
    look = {"size": size, "color": colours[-1], "colorscale": [[0, "$blue"], [0.5, "$paper"], [1, "$orange"]]}
    look |= {"cmin": -reach, "cmax": reach, "line": {"color": "$ink", "width": 1.3}}
    row = run.params.opened[1]
    cells = [
        None if layer == 0 else f"{layer}.{row}.{unit + 1}" for layer, n in enumerate(run.sizes) for unit in range(n)
    ]
    names = [
        f"{words.unit_name(layer, unit + 1, len(run.layers))}<extra></extra>"
        for layer, n in enumerate(run.sizes)
        for unit in range(n)
    ]
    markers = base | {"mode": "markers", "marker": look, "hovertext": cells, "hovertemplate": names}
    labels = base | {"mode": "text", "text": texts[-1], "hoverinfo": "skip"}
    if crowded:
        labels["textfont"] = {"size": 10}
    return _Units(markers, labels, colours, texts)


def _crowded(run: Run) -> bool:
    return max(run.sizes) > 4 or len(run.sizes) > 5


def unit_numbers(run: Run) -> Floats:
    """Return what stands on each unit at each step, (2L + 1, units): nan before, the sum, then the output."""
    total = sum(run.sizes)
    numbers = np.full((2 * len(run.layers) + 1, total), np.nan)
    numbers[:, :2] = run.batch[0]
    first = 2
    for place, layer in enumerate(run.layers, 1):
        after = first + layer.sums.shape[1]
        numbers[2 * place - 1, first:after] = layer.sums[0]
        numbers[2 * place :, first:after] = layer.outputs[0]
        first = after
    return numbers


def _ring(run: Run) -> Trace:
    """Return the ring around the unit whose sum is opened."""
    layer, _, unit = run.params.opened
    right, up = _place(run, layer, unit)
    size = 40 if _crowded(run) else 56
    look = {"symbol": "circle-open", "size": size, "color": "$purple", "line": {"width": 3}}
    return {"type": "scatter", "mode": "markers", "x": [right], "y": [up], "marker": look, "hoverinfo": "skip"}


def _lit(layers: int) -> NDArray[np.float32]:
    """Return from where to where the picture is lit at each step: a column of units, or the wires into it, (T, 2)."""
    step, margin = 1 / layers, 0.045
    spans = [(-margin, margin)]
    for layer in range(1, layers + 1):
        spans.append(((layer - 1) * step + margin, layer * step + margin))
        spans.append((layer * step - margin, layer * step + margin))
    return np.array(spans, np.float32)


def _layout(run: Run, wires: Wires, formula: str, lit: NDArray[np.float32]) -> Trace:
    bare = {"visible": False, "fixedrange": True}
    light = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "x0": float(lit[0]), "x1": float(lit[1])}
    bottom = {"text": formula, "xref": "paper", "x": 0.5, "yref": "paper", "y": 0, "showarrow": False}
    return {
        "showlegend": False,
        "margin": {"l": 8, "r": 8, "t": 44, "b": 28},
        "xaxis": bare | {"range": [-0.1, 1.1]},
        "yaxis": bare | {"range": [-0.02, 1.02]},
        "shapes": [light | {"fillcolor": "$green/0.1", "line": {"width": 0}, "layer": "below"}],
        "annotations": [bottom | {"yanchor": "top", "yshift": -4}, *_heads(run), *_ends(run), *_held(run, wires)],
    }


def _heads(run: Run) -> list[Trace]:
    """Return each column's name and activation above it."""
    last = len(run.layers)
    heads = ["input"] + [f"layer {place}<br>{words.NAMES[layer.name]}" for place, layer in enumerate(run.layers, 1)]
    heads[-1] = "output<br>softmax"
    spot = {"yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
    return [spot | {"x": place / last, "text": text} for place, text in enumerate(heads)]


def _ends(run: Run) -> list[Trace]:
    """Return the names of inputs and classes beside their units; the winning class is marked."""
    spot = {"showarrow": False}
    notes = []
    for unit in (1, 2):
        x, y = _place(run, 0, unit)
        notes.append(
            spot | {"x": x, "y": y, "text": f"x{unit}".translate(words.LOWERED), "xanchor": "right", "xshift": -22}
        )
    for unit in range(1, run.sizes[-1] + 1):
        x, y = _place(run, len(run.layers), unit)
        text = f"<b>class {unit} ✓</b>" if unit == run.winner + 1 else f"class {unit}"
        below = {
            "xanchor": "center",
            "yanchor": "top",
            "yshift": -15 if _crowded(run) else -24,
            "bgcolor": "$paper/0.7",
            "borderpad": 1,
        }
        notes.append(spot | {"x": x, "y": y, "text": text} | below)
    return notes


def _held(run: Run, wires: Wires) -> list[Trace]:
    """Return the number of the wire in the hand, beside it."""
    edge = run.params.chosen
    if edge is None:
        return []
    if edge[2] == 0:
        (x, y), name = _place(run, edge[0], edge[1]), "b"
        y -= 0.42 / run.sizes[edge[0]]
    else:
        place = wires.edges.index(edge)
        x, y = (0.5 * (wires.start[place] + wires.end[place])).tolist()
        name = "w"
    look = {"bgcolor": "$paper", "bordercolor": "$green", "borderpad": 2, "showarrow": False}
    return [{"x": x, "y": y, "text": f"<b>{name} = {words.number(run.params.weight)}</b>"} | look]


def _alt(run: Run) -> str:
    shape = "–".join(str(size) for size in run.sizes)
    chances = ", ".join(f"class {index + 1} {chance:.3f}" for index, chance in enumerate(run.probabilities))
    x1, x2 = words.number(run.params.x1), words.number(run.params.x2)
    return f"A {shape} network with input ({x1}, {x2}); its output probabilities are {chances}."
