"""The same step as a matrix product: inputs times weights is sums, with the shapes of all four arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.forward_pass import words
from nnviz.concepts.forward_pass.model import Layer, Run
from nnviz.concepts.forward_pass.network import Floats

COLUMNS = ((0.0, 0.43), (0.57, 1.0))
ROWS = ((0.54, 0.92), (0.0, 0.36))
"""Two panels above each other, twice: A and W in the upper row, Z and φ(Z) in the lower."""
SIGNS = (("@", 0.5, 0.74), ("=", -0.03, 0.2), ("→", 0.5, 0.2))
REACH = 5.0  # where the colours end: beyond what numbers here mostly reach, so that they stay readable
READABLE = 4  # a batch of more rows is drawn without numbers
AWAY = -9.0  # where an outline that is not wanted is put: outside the axes


def product_chart(run: Run) -> Chart:
    """Draw A @ W + b = Z → φ(Z) of the layer that the timeline is at; the opened cell's row and column are outlined."""
    moments = [_panels(run, step) for step in range(2 * len(run.layers) + 1)]
    traces, frames = _traces(run, moments)
    shapes, moving = _outlines(run)
    heads = [moment.heads for moment in moments]
    for panel in range(4):
        frames[f"layout.annotations.{panel}.text"] = [head[panel] for head in heads]
    layout = _layout(moments[-1], heads[-1]) | {"shapes": shapes}
    title = "The same step as a matrix product: rows are inputs, columns are units; click a sum to open it"
    return Chart(
        "product",
        title,
        {"data": traces, "layout": layout},
        _alt(run),
        frames | moving,
        {"cell": "customdata"},
        height=390,
    )


class _Moment:
    """What the four panels hold at one step."""

    def __init__(self, layer: Layer, place: int, stage: int) -> None:
        rows = len(layer.inputs)
        self.arrays: list[Floats] = [
            layer.inputs,
            np.vstack([layer.weights, layer.biases]),
            layer.sums if stage > 0 else np.full(layer.sums.shape, np.nan),
            layer.outputs if stage > 1 else np.full(layer.sums.shape, np.nan),
        ]
        inner, outer = layer.weights.shape
        now, before = (str(each).translate(words.RAISED) for each in (place, place - 1))
        self.heads = [
            f"A{before} ({rows}, {inner})",
            f"W{now} ({inner}, {outer}), last row b{now}",
            f"Z{now} ({rows}, {outer})",
            f"A{now} = {words.NAMES[layer.name]}(Z{now})",
        ]
        self.cells = [[f"{place}.{row + 1}.{unit + 1}" for unit in range(outer)] for row in range(rows)]


def _panels(run: Run, step: int) -> _Moment:
    place = max(1, (step + 1) // 2)
    stage = 0 if step == 0 else 2 - step % 2
    return _Moment(run.layers[place - 1], place, stage)


def _traces(run: Run, moments: list[_Moment]) -> tuple[list[Trace], dict[str, Any]]:
    frames: dict[str, Any] = {}
    traces: list[Trace] = []
    font = {"color": "$ink"} | ({"size": 10} if max(run.sizes) > 4 else {})
    for panel in range(4):
        number = str(panel + 1) if panel else ""
        arrays = [np.asarray(moment.arrays[panel], np.float32) for moment in moments]
        look = {"zmin": -REACH, "zmax": REACH, "colorscale": [[0, "$blue"], [0.5, "$paper"], [1, "$orange"]]}
        trace: Trace = {
            "type": "heatmap",
            "z": arrays[-1],
            "showscale": False,
            "xgap": 2,
            "ygap": 2 if run.params.rows == 1 else 0.5,
        }
        trace |= look | {"xaxis": f"x{number}", "yaxis": f"y{number}", "hovertemplate": "%{z:.3f}<extra></extra>"}
        if panel == 1 or run.params.rows <= READABLE:
            texts = [_texts(array) for array in arrays]
            trace |= {"text": texts[-1], "texttemplate": "%{text}", "textfont": font}
            frames[f"data.{panel}.text"] = texts
        if panel > 1:
            trace["customdata"] = moments[-1].cells
            frames[f"data.{panel}.customdata"] = [moment.cells for moment in moments]
        frames[f"data.{panel}.z"] = arrays
        frames[f"layout.xaxis{number}.range"] = np.array([[-0.5, array.shape[1] - 0.5] for array in arrays], np.float32)
        frames[f"layout.yaxis{number}.range"] = np.array([[_depth(array) - 0.5, -0.5] for array in arrays], np.float32)
        traces.append(trace)
    return traces, frames


def _depth(array: NDArray[Any]) -> int:
    """Return how many rows a panel shows: a few at least, so that a single row is no tower."""
    return max(len(array), 3)


def _texts(array: NDArray[np.float32]) -> list[list[str]]:
    return [["" if np.isnan(value) else words.number(value) for value in row] for row in array.tolist()]


def _outlines(run: Run) -> tuple[list[Trace], dict[str, Any]]:
    """Return frames around the opened cell, its row of A and its column of W, there while its layer is shown."""
    layer, row, unit = run.params.opened
    inner = run.layers[layer - 1].weights.shape[0]
    boxes = [
        (-0.5, inner - 0.5, row - 1.5, row - 0.5),
        (unit - 1.5, unit - 0.5, -0.5, inner + 0.5),
        (unit - 1.5, unit - 0.5, row - 1.5, row - 0.5),
        (unit - 1.5, unit - 0.5, row - 1.5, row - 0.5),
    ]
    there = np.array([max(1, (step + 1) // 2) == layer for step in range(2 * len(run.layers) + 1)])
    shapes: list[Trace] = []
    frames: dict[str, Any] = {}
    for panel, box in enumerate(boxes):
        number = str(panel + 1) if panel else ""
        shape: Trace = {
            "type": "rect",
            "xref": f"x{number}",
            "yref": f"y{number}",
            "line": {"color": "$purple", "width": 3},
        }
        for side, value in zip(("x0", "x1", "y0", "y1"), box, strict=True):
            values = np.where(there, value, AWAY).astype(np.float32)
            shape[side] = float(values[-1])
            frames[f"layout.shapes.{panel}.{side}"] = values
        shapes.append(shape)
    return shapes, frames


def _layout(last: _Moment, heads: list[str]) -> Trace:
    layout: Trace = {"margin": {"l": 20, "r": 6, "t": 8, "b": 6}}
    places = [(COLUMNS[panel % 2], ROWS[panel // 2]) for panel in range(4)]
    for panel, (across, up) in enumerate(places):
        number = str(panel + 1) if panel else ""
        array = last.arrays[panel]
        bare = {"visible": False, "fixedrange": True}
        layout[f"xaxis{number}"] = bare | {
            "domain": list(across),
            "anchor": f"y{number}",
            "range": [-0.5, array.shape[1] - 0.5],
        }
        layout[f"yaxis{number}"] = bare | {
            "domain": list(up),
            "anchor": f"x{number}",
            "range": [_depth(array) - 0.5, -0.5],
        }
    spot = {"xref": "paper", "yref": "paper", "showarrow": False}
    notes = [
        spot | {"x": sum(across) / 2, "y": up[1], "yanchor": "bottom", "text": head}
        for (across, up), head in zip(places, heads, strict=True)
    ]
    notes += [spot | {"x": x, "y": y, "text": f"<b>{sign}</b>", "font": {"size": 18}} for sign, x, y in SIGNS]
    return layout | {"annotations": notes}


def _alt(run: Run) -> str:
    rows = run.params.rows
    steps = [f"({rows}, {layer.weights.shape[0]}) @ {layer.weights.shape}" for layer in run.layers]
    return f"The forward pass as matrix products, one per layer: {', then '.join(steps)}."
