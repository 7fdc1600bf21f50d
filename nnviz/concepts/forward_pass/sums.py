"""One cell opened to its own sum: every product, the bias, the sum and what the activation makes of it."""

import numpy as np

from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.forward_pass import words
from nnviz.concepts.forward_pass.edits import edge_text, write
from nnviz.concepts.forward_pass.model import Run
from nnviz.concepts.forward_pass.network import Floats

CLICK = {"edge": "customdata", "weight": "hovertext", "weights": "meta"}
SCALE = 3.0  # the axis grows in steps of this, so that it stays while a hand moves


def terms(run: Run) -> Floats:
    """Return the products a·w of the opened cell, and its bias as the last number, (d + 1,)."""
    layer, row, unit = run.params.opened
    here = run.layers[layer - 1]
    return np.append(here.inputs[row - 1] * here.weights[:, unit - 1], here.biases[unit - 1])


def sum_chart(run: Run) -> Chart:
    """Draw the products one after the other, each beginning where the last ended; a click takes its weight in hand."""
    layer, row, unit = run.params.opened
    here = run.layers[layer - 1]
    parts = terms(run)
    ends = np.cumsum(parts)
    total, output = float(here.sums[row - 1, unit - 1]), float(here.outputs[row - 1, unit - 1])
    count = len(parts)
    places = -np.arange(count)
    edges = [(layer, unit, source) for source in [*range(1, count), 0]]
    held = [edge == run.params.chosen for edge in edges]
    look = {
        "color": ["$orange" if part >= 0 else "$blue" for part in parts],
        "pattern": {"shape": ["" if part >= 0 else "/" for part in parts], "fgcolor": "$paper", "size": 6},
        "line": {
            "color": ["$green" if each else "$paper" for each in held],
            "width": [4 if each else 0 for each in held],
        },
    }
    weights = [*here.weights[:, unit - 1].tolist(), float(here.biases[unit - 1])]
    products: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "base": ends - parts,
        "x": parts,
        "marker": look,
        "customdata": [edge_text(edge) for edge in edges],
        "hovertext": [f"{weight:.2f}" for weight in weights],
        "meta": [write(run.params.edits)] * count,
        "hovertemplate": [
            f"{words.edge_name(edge, len(run.layers))}: {words.number(part)}<extra></extra>"
            for edge, part in zip(edges, parts.tolist(), strict=True)
        ],
    }
    results: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": [-count, -count - 1],
        "x": [total, output],
        "marker": {"color": ["$grey", "$purple"]},
        "hoverinfo": "skip",
    }
    name = words.unit_name(layer, unit, len(run.layers))
    of = f", row {row}" if run.params.rows > 1 else ""
    title = f"The sum of {name}{of}, number by number; click a bar to take its weight in hand"
    figure = {"data": [products, results], "layout": _layout(run, ends, total, output)}
    return Chart("sum", title, figure, _alt(name, parts, total, output), click=CLICK, height=390)


def labels(run: Run) -> list[str]:
    """Return what stands before each bar: the two factors, "bias", "sum z", and the activation."""
    layer, row, unit = run.params.opened
    here = run.layers[layer - 1]
    factors = zip(here.inputs[row - 1].tolist(), here.weights[:, unit - 1].tolist(), strict=True)
    names = [
        words.unit_name(layer - 1, source, len(run.layers) + 9).removesuffix(f" of layer {layer - 1}")
        for source in range(1, len(here.weights) + 1)
    ]
    products = [f"{name}: {words.number(a)} × {words.number(w)}" for name, (a, w) in zip(names, factors, strict=True)]
    last = "softmax" if here.name == "softmax" else f"{words.NAMES[here.name]}(z)"
    return [*products, "bias b", "<b>sum z</b>", f"<b>{last}</b>"]


def _layout(run: Run, ends: Floats, total: float, output: float) -> Trace:
    extent = max(float(np.abs(ends).max()), abs(total), abs(output), 0.1)
    limit = SCALE * np.ceil(1.02 * extent / SCALE)
    texts, count = labels(run), len(ends)
    numbers = [*terms(run).tolist(), total, output]
    rows = [-place for place in range(count + 2)]
    spot = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "showarrow": False}
    notes = [spot | {"y": row, "text": words.number(value)} for row, value in zip(rows, numbers, strict=True)]
    return {
        "showlegend": False,
        "barmode": "overlay",
        "bargap": 0.25,
        "margin": {"l": 142, "r": 52, "t": 8, "b": 40},
        "xaxis": {
            "title": {"text": "running sum"},
            "range": [-limit, limit],
            "zeroline": True,
            "zerolinecolor": "$ink",
            "fixedrange": True,
        },
        "yaxis": {
            "range": [-count - 1.6, 0.6],
            "tickvals": rows,
            "ticktext": texts,
            "showgrid": False,
            "ticks": "",
            "title": {"text": "input × weight", "standoff": 6},
            "automargin": True,
            "fixedrange": True,
        },
        "shapes": [
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": 0.5 - count,
                "y1": 0.5 - count,
                "line": {"color": "$ink", "width": 1},
            }
        ],
        "annotations": notes,
    }


def _alt(name: str, parts: Floats, total: float, output: float) -> str:
    added = " + ".join(words.number(part) for part in parts.tolist())
    return f"The sum of {name}: {added} = {words.number(total)}, which becomes {words.number(output)}."
