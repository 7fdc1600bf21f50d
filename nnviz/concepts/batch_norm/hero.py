"""The hero: how the inputs of every layer's activations are spread, over training, without the norm and with it."""

from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.batch_norm.model import Run
from nnviz.concepts.batch_norm.nets import Floats
from nnviz.concepts.batch_norm.pictures import EDGES
from nnviz.concepts.batch_norm.training import Trained
from nnviz.concepts.batch_norm.words import kind

PANELS: tuple[Trace, Trace] = ({}, {"xaxis": "x2", "yaxis": "y2"})
COLOURS = ("$orange", "$blue")
TALLEST = 0.1  # share of a layer's inputs in one bin that is drawn one layer high
HIGHEST = 1.5  # layers that a ridge reaches up at most
CENTRES = (EDGES[1:] + EDGES[:-1]) / 2


def ridges_chart(run: Run) -> Chart:
    """Draw one ridge a layer, the first layer at the bottom; it moves with the timeline."""
    traces: list[Trace] = []
    frames: dict[str, Any] = {}
    for panel, trained in enumerate((run.plain, run.own)):
        for layer in reversed(range(trained.net.depth)):
            outline = ridge(trained.density[:, layer], layer + 1)
            frames[f"data.{len(traces)}.y"] = outline
            traces.append(_trace(outline[-1], COLOURS[panel], layer + 1) | PANELS[panel])
    title = "What the activations of every layer are given, over training (first seed)"
    spreads = [f"{name} {spread_words(each)}" for name, each in (("without a norm", run.plain), (kind(run), run.own))]
    alt = f"Ridges, one a layer, {run.params.depth} layers. Standard deviations at the last step, first to last layer: "
    return Chart("ridges", title, {"data": traces, "layout": _layout(run)}, alt + "; ".join(spreads) + ".", frames)


def ridge(density: Floats, base: float) -> Floats:
    """Return the outline over each snapshot's shares (F, 64): (F, 66) heights, beginning and ending on the base."""
    height = np.minimum(np.nan_to_num(density) / TALLEST, HIGHEST)
    return np.asarray(base + np.pad(height, ((0, 0), (1, 1))), dtype=np.float32)


def deviations(trained: Trained) -> Floats:
    """Return the standard deviation of each layer's inputs at the last snapshot, (L,), with ±4 the most that counts."""
    share = trained.density[-1]
    mean = share @ CENTRES
    return np.asarray(np.sqrt(np.maximum(share @ CENTRES**2 - mean**2, 0)))


def spread_words(trained: Trained) -> str:
    """Write the first and the last layer's standard deviation."""
    first, last = deviations(trained)[[0, -1]]
    return f"{first:.2f} to {last:.2f}" if np.isfinite([first, last]).all() else "not a number any more"


def _trace(heights: Floats, token: str, layer: int) -> Trace:
    places = np.concatenate([CENTRES[:1], CENTRES, CENTRES[-1:]])
    look = {"mode": "lines", "fill": "toself", "fillcolor": f"{token}/0.35", "line": {"color": token, "width": 1.2}}
    hover = {"name": f"layer {layer}", "hoveron": "fills", "hoverinfo": "name"}
    return {"type": "scatter", "x": places, "y": heights} | look | hover


def _layout(run: Run) -> Trace:
    depth = run.params.depth
    across = build.axis("input of the activation", EDGES[0], EDGES[-1], fixedrange=True, tickvals=[-2, 0, 2])
    every = max(1, -(-depth // 10))
    up = build.axis("layer", 0.8, depth + HIGHEST + 0.1, fixedrange=True, tickvals=list(range(1, depth + 1, every)))
    note = {"y": 1, "yanchor": "bottom", "xanchor": "center", "showarrow": False, "xref": "paper", "yref": "paper"}
    names = ("Without a norm", kind(run).capitalize())
    return {
        "showlegend": False,
        "margin": {"l": 44, "r": 8, "t": 28, "b": 40},
        "xaxis": across | {"domain": [0, 0.485]},
        "yaxis": up,
        "xaxis2": across | {"domain": [0.515, 1], "anchor": "y2"},
        "yaxis2": up | {"anchor": "x2", "showticklabels": False, "title": {"text": ""}, "matches": "y"},
        "annotations": [note | {"x": x, "text": f"<b>{name}</b>"} for x, name in zip((0.24, 0.76), names, strict=True)],
    }
