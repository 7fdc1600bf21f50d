"""The network with units flickering out: wires and units as plotly traces, one frame per recorded epoch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.charts.build import Trace
from nnviz.charts.theme import colour, marker
from nnviz.concepts.dropout.model import Run

SHOWN = 10  # units drawn of each hidden layer
TOP = 200  # height of the diagram in its own units, so that frames are bytes
AWAY = 255  # where what is not there is put: outside the axes
FAINT, STRONG = 0.15, 0.5  # shares of a layer's largest weight from which a wire is drawn, and drawn thick
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Wires:
    """E possible wires: both ends (E, 2), and over T epochs their weights (T, E) and whether both ends live."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    weights: NDArray[np.float64]
    alive: NDArray[np.bool_]


def diagram(run: Run) -> tuple[list[Trace], dict[str, Bytes]]:
    """Return the traces of the diagram and their frames, keyed by "index of the trace.y"."""
    wires = collect_wires(run)
    looks = [("$blue", "dot", 2.6, -1, True), ("$blue", "dot", 1.0, -1, False), ("$orange", "solid", 2.6, 1, True)]
    looks.append(("$orange", "solid", 1.0, 1, False))
    traces: list[Trace] = []
    frames: dict[str, Bytes] = {}
    for token, dash, width, sign, strong in looks:
        heights = wire_heights(wires, sign, strong)
        frames[f"{len(traces)}.y"] = heights
        along = np.column_stack([wires.start[:, 0], wires.end[:, 0], np.full(len(wires.start), np.nan)]).ravel()
        stroke = {"color": token, "dash": dash, "width": width}
        base = {"type": "scatter", "mode": "lines", "x": along, "y": heights[-1], "line": stroke, "opacity": 0.75}
        traces.append(base | {"hoverinfo": "skip", "showlegend": False})
    for kept, trace in (
        (True, _units("kept unit", "circle", "$ink")),
        (False, _units("dropped", "circle-x-open", "$grey")),
    ):
        heights = unit_heights(run, kept)
        frames[f"{len(traces)}.y"] = heights
        shown = min(SHOWN, run.params.width)
        where = {"x": np.repeat([1.0, 2.0], shown), "y": heights[-1], "text": unit_names(run)}
        traces.append(trace | where)
    return [*traces, *_ends(run)], frames


def collect_wires(run: Run) -> Wires:
    """Gather the wires between the units that are drawn; the 64 pixels of a digit are one unit, wired by the norm."""
    network, shown = run.params.setting.network, min(SHOWN, run.params.width)
    kept = run.drawn.replayed.kept.reshape(len(run.epochs), 2, -1)[:, :, :shown]
    matrices = [weights for weights, _ in network.layers(run.drawn.weights.astype(np.float64))]
    if run.params.data == "digits":
        matrices[0] = np.linalg.norm(matrices[0], axis=2, keepdims=True)
    ends = np.ones((len(run.epochs), 1), dtype=bool)
    alive = [np.repeat(ends, matrices[0].shape[2], axis=1), kept[:, 0], kept[:, 1]]
    alive.append(np.repeat(ends, matrices[2].shape[1], axis=1))
    parts = []
    for layer, matrix in enumerate(matrices):
        sources, sinks = alive[layer].shape[1], alive[layer + 1].shape[1]
        block = matrix[:, :sinks, :sources] / max(float(np.abs(matrix[-1]).max()), 1e-12)
        both = alive[layer + 1][:, :, None] & alive[layer][:, None, :]
        sink, source = (index.ravel() for index in np.indices((sinks, sources)))
        start, end = places(layer, sources)[source], places(layer + 1, sinks)[sink]
        parts.append((start, end, block.reshape(len(block), -1), both.reshape(len(both), -1)))
    start, end, weights, living = zip(*parts, strict=True)
    return Wires(np.concatenate(start), np.concatenate(end), np.hstack(weights), np.hstack(living))


def places(layer: int, count: int) -> NDArray[np.float64]:
    """Return the (count, 2) positions of a layer's units, evenly spread over the height."""
    heights = np.round(TOP * (1 - (np.arange(count) + 0.5) / count))
    return np.column_stack([np.full(count, float(layer)), heights])


def wire_heights(wires: Wires, sign: int, strong: bool) -> Bytes:
    """Return the heights (T, 3E) of the wires of one sign and thickness; the others lie outside the axes."""
    size = wires.weights * sign
    wanted = (size >= STRONG) if strong else (size >= FAINT) & (size < STRONG)
    drawn = (wanted & wires.alive)[..., None]
    ends = np.column_stack([wires.start[:, 1], wires.end[:, 1], np.zeros(len(wires.start))])
    return np.where(drawn, ends, AWAY).astype(np.uint8).reshape(len(drawn), -1)


def unit_heights(run: Run, kept: bool) -> Bytes:
    """Return the heights (T, units drawn) of the hidden units that are kept, or of those that are dropped."""
    shown = min(SHOWN, run.params.width)
    mask = run.drawn.replayed.kept.reshape(len(run.epochs), 2, -1)[:, :, :shown] == kept
    return np.where(mask, places(0, shown)[:, 1], AWAY).astype(np.uint8).reshape(len(mask), -1)


def unit_names(run: Run) -> list[str]:
    """Return for each drawn unit its number and how often it was dropped at the recorded steps."""
    dropped = 1 - run.drawn.replayed.kept.reshape(len(run.epochs), 2, -1).mean(axis=0)
    shown = min(SHOWN, run.params.width)
    return [
        f"layer {layer + 1}, unit {unit + 1}: dropped in {100 * dropped[layer, unit]:.0f} % of the steps shown"
        for layer in range(2)
        for unit in range(shown)
    ]


def _units(name: str, symbol: str, token: str) -> Trace:
    look = {"symbol": symbol, "size": 13, "color": token, "line": {"color": token, "width": 1.2}}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "marker": look,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _ends(run: Run) -> list[Trace]:
    """Return the inputs and outputs, which are never dropped; the two classes have the look of their points."""
    if run.params.data == "digits":
        outputs = _end(3, [str(digit) for digit in range(10)], "$grey", "square", "middle right")
        return [_end(0, ["64 pixels"], "$grey", "square", "top right"), outputs]
    looks = [colour(0), colour(1)], [marker(0), marker(1)]
    return [_end(0, ["x₁", "x₂"], "$grey", "square", "top center"), _end(3, ["a", "b"], *looks, "middle right")]


def _end(layer: int, names: list[str], colours: str | list[str], symbols: str | list[str], side: str) -> Trace:
    where = places(layer, len(names))
    look = {"symbol": symbols, "size": 13, "color": colours}
    base = {"type": "scatter", "mode": "markers+text", "x": where[:, 0], "y": where[:, 1], "text": names}
    return base | {"marker": look, "textposition": side, "hoverinfo": "text", "showlegend": False}
