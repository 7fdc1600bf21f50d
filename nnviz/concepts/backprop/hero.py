"""The graph with a value above and a gradient below each edge, swept forward and then backward by the timeline."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.backprop import words
from nnviz.concepts.backprop.layout import Layout, layout
from nnviz.concepts.backprop.model import Run

Floats = NDArray[np.float64]
STUB = 0.7  # how far the loss's own numbers stand to its right, in columns
TINTS = {"computed": "$blue/0.16", "swept": "$red/0.3", "now": "$orange/0.85"}
COLUMN = 80  # pixels that a column needs at least, so that numbers and nodes keep apart
TOP = 0.8  # share of the height below the words


def operations(run: Run) -> list[int]:
    """Return the nodes that compute something, in order."""
    return [place for place, node in enumerate(run.graph) if node.inputs]


def moments(run: Run) -> list[tuple[str, int]]:
    """Return what happens at each moment: the start, each operation forward, the loss, each operation backward, the end."""
    order = operations(run)
    there = [("forward", place) for place in order]
    back = [("backward", place) for place in reversed(order)]
    return [("start", -1), *there, ("loss", order[-1]), *back, ("end", -1)]


def graph_chart(run: Run) -> Chart:
    """Draw the graph with its frames."""
    spots, story = layout(run.graph), moments(run)
    edges = list(spots.edges)
    frames = [_frame(run, spots, edges, story[: moment + 1]) for moment in range(len(story))]
    last = frames[-1]
    traces = [
        _polyline(_chosen(run, spots), "$orange/0.35", 11),
        _polyline([spots.edges[edge] for edge in edges], "$faint", 1.5),
        _polyline([], "$red", 3.5) | {"x": last["x"], "y": last["y"]},
        _ring(run, spots),
        *_tints(run, spots, last),
        _nodes(run, spots),
        _labels(run, spots, edges, "top center", "$blue") | {"text": last["values"]},
        _labels(run, spots, edges, "bottom center", "$red") | {"text": last["gradients"]},
    ]
    low, high = spots.rows
    room = max(0.6, 0.1 * (high - low))
    note = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top", "align": "left"}
    layout_ = {
        "showlegend": False,
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "xaxis": {"visible": False, "range": [-0.42, spots.columns + STUB + 0.4]},
        "yaxis": {"visible": False, "range": [low - room, high + room], "domain": [0, TOP]},
        "annotations": [note | {"showarrow": False, "text": last["words"]}],
    }
    moving = {
        "data.2.x": [frame["x"] for frame in frames],
        "data.2.y": [frame["y"] for frame in frames],
        **{f"data.{5 + row}.marker.opacity": [frame[name] for frame in frames] for row, name in enumerate(TINTS)},
        "data.9.text": [frame["values"] for frame in frames],
        "data.10.text": [frame["gradients"] for frame in frames],
        "layout.annotations.0.text": [frame["words"] for frame in frames],
    }
    heading = "Value above each edge, gradient below; broad: the chosen path to the inspected node"
    figure, click = {"data": traces, "layout": layout_}, {"node": "customdata"}
    return Chart("graph", heading, figure, _alt(run), moving, click=click, least=COLUMN * spots.columns)


def _frame(run: Run, spots: Layout, edges: list[tuple[int, int]], so_far: list[tuple[str, int]]) -> dict[str, Any]:
    """Return what the graph shows after some moments: texts, fills, the edges at work and the words above."""
    graph, (stage, now) = run.graph, so_far[-1]
    computed = {place for place, node in enumerate(graph) if not node.inputs}
    computed |= {place for kind, place in so_far if kind == "forward"}
    swept = {place for kind, place in so_far if kind == "backward"}
    values = [_value(run, graph[place].inputs[which], computed) for place, which in edges]
    gradients = [words.short(float(run.sent[place][which])) if place in swept else "" for place, which in edges]
    reached = any(kind == "loss" for kind, _ in so_far)
    root = len(graph) - 1
    active = [spots.edges[edge] for edge in edges if edge[0] == now and stage in ("forward", "backward")]
    x, y = _joined(active)
    places = range(len(graph))
    return {
        "x": x,
        "y": y,
        "computed": [float(place in computed and place not in swept) for place in places],
        "swept": [float(place in swept) for place in places],
        "now": [float(place == now) for place in places],
        "values": [*values, f"L = {words.short(run.loss)}" if root in computed else ""],
        "gradients": [*gradients, "1" if reached else ""],
        "words": _words(run, stage, now),
    }


def _value(run: Run, place: int, computed: set[int]) -> str:
    return words.short(float(run.values[place])) if place in computed else ""


def _words(run: Run, stage: str, place: int) -> str:
    if stage == "start":
        return "Forward: every node computes its value from its inputs"
    if stage == "forward":
        return words.going_forward(run, place)
    if stage == "loss":
        return f"<b>The loss is {words.number(run.loss)}</b>; its gradient with respect to itself is 1<br>Now backward"
    return words.going_back(run, place) if stage == "backward" else words.arriving(run)


def _joined(lines: list[Floats]) -> tuple[Floats, Floats]:
    """Return several polylines as one, with gaps."""
    gap = np.full((1, 2), np.nan)
    whole = np.concatenate([part for line in lines for part in (line, gap)]) if lines else np.zeros((0, 2))
    return whole[:, 0], whole[:, 1]


def _polyline(lines: list[Floats], token: str, width: float) -> Trace:
    x, y = _joined(lines)
    look = {"color": token, "width": width}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": look, "hoverinfo": "skip"}


def _chosen(run: Run, spots: Layout) -> list[Floats]:
    if run.path < 0:
        return []
    return [spots.edges[edge] for edge in run.paths[run.path]]


def _ring(run: Run, spots: Layout) -> Trace:
    x, y = spots.places[run.node]
    square = not run.graph[run.node].inputs
    marker = {"size": spots.size + 10, "color": "$paper/0", "line": {"color": "$orange", "width": 4}}
    marker |= {"symbol": "square" if square else "circle"}
    return {"type": "scatter", "mode": "markers", "x": [x], "y": [y], "marker": marker, "hoverinfo": "skip"}


def _tints(run: Run, spots: Layout, last: dict[str, Any]) -> list[Trace]:
    """Return the nodes in the colour of the paper, so that no edge shines through, and a tint for each state of theirs."""
    base: Trace = {"type": "scatter", "mode": "markers", "x": spots.places[:, 0], "y": spots.places[:, 1]}
    base |= {"hoverinfo": "skip"}
    paper = base | {"marker": _marker(run, spots) | {"color": "$paper", "line": {"color": "$ink", "width": 1.2}}}
    states = [{"marker": _marker(run, spots) | {"color": TINTS[name], "opacity": last[name]}} for name in TINTS]
    return [paper, *(base | state for state in states)]


def _marker(run: Run, spots: Layout) -> Trace:
    shapes = ["circle" if node.inputs else "square" for node in run.graph]
    return {"size": spots.size, "symbol": shapes}


def _nodes(run: Run, spots: Layout) -> Trace:
    texts = [words.symbol(run.graph, place) for place in range(len(run.graph))]
    hover = [
        f"node {place + 1}: {words.title(run.graph, place)}<br>value {words.number(float(run.values[place]))}"
        f"<br>gradient {words.number(float(run.gradients[place]))}, by autograd {words.number(float(run.autograd[place]))}"
        for place in range(len(run.graph))
    ]
    base: Trace = {"type": "scatter", "mode": "markers+text", "x": spots.places[:, 0], "y": spots.places[:, 1]}
    base |= {"text": texts, "marker": _marker(run, spots) | {"opacity": 0}}
    return base | {"hovertext": hover, "hoverinfo": "text", "customdata": list(range(1, len(run.graph) + 1))}


def _labels(run: Run, spots: Layout, edges: list[tuple[int, int]], side: str, token: str) -> Trace:
    """Return the numbers of all edges; the last is the loss's own."""
    end = spots.places[len(run.graph) - 1] + np.array([STUB, 0])
    where = np.array([*(spots.labels[edge] for edge in edges), end])
    base = {"type": "scatter", "mode": "markers+text", "x": where[:, 0], "y": where[:, 1], "textposition": side}
    unseen = {"size": 1, "opacity": 0}  # keeps the text a little off the edge
    return base | {"marker": unseen, "textfont": {"color": token}, "hoverinfo": "skip"}


def _alt(run: Run) -> str:
    leaves = [place for place, node in enumerate(run.graph) if node.operation == "leaf"]
    listed = ", ".join(
        f"{words.symbol(run.graph, place)} = {words.number(float(run.values[place]))} has gradient "
        f"{words.number(float(run.gradients[place]))}"
        for place in leaves
    )
    return f"A computation graph of {len(run.graph)} nodes with loss {words.number(run.loss)}: {listed}."
