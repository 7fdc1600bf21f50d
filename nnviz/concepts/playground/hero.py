"""The hero: the network with all its thumbnails and wires, and beside it its answer over the plane."""

import html
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import theme
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.playground.diagram import Places, diagram, feature_names
from nnviz.concepts.playground.model import SURFACE, Run
from nnviz.concepts.playground.problem import Floats

SPLIT = (0.575, 0.665)  # where the diagram ends and the surface begins
SHADES = 40  # codes of one class where there are several
CODES = 240
MARGIN = 46  # pixels for numbers and name of an axis
DIVERGING = [[0.0, "$blue/0.6"], [0.5, "$paper"], [1.0, "$orange/0.6"]]
SYMBOLS = np.array([0, 2, 1, 3, 5, 4], np.uint8)  # circle, diamond, square, cross, triangle, x: as theme.MARKERS
SIGNS = "●◆■✚▲✕"
Bytes = NDArray[np.uint8]


def hero(run: Run, words: str) -> Chart:
    """Draw the network and its surface; `words` is the chart's text for those who cannot see it."""
    traces, frames, headings = diagram(run)
    codes = shades(run)
    middles = np.linspace(*run.window, 2 * SURFACE + 1)[1::2]
    axes = {"xaxis": "x2", "yaxis": "y2"}
    heat = {"type": "heatmap", "x": middles, "y": middles, "z": codes[-1], "zmin": 0, "zmax": CODES}
    scale = {"colorscale": colours(run), "showscale": False, "hoverinfo": "skip"}
    moving = {f"data.{path}": values for path, values in frames.items()} | {f"data.{len(traces)}.z": codes}
    traces = [*traces, heat | scale | axes]
    traces += [points(run, test=False) | axes, points(run, test=True) | axes]
    hidden = {"type": "linear", "visible": False, "fixedrange": True}
    layout = {
        "xaxis": hidden | {"domain": [0, SPLIT[0]], "range": ends(run)},
        "yaxis": hidden | {"range": [max(run.network.sizes), 0]},
        "xaxis2": plane(run, 0) | {"domain": [SPLIT[1], 1], "anchor": "y2"},
        "yaxis2": plane(run, 1) | {"anchor": "x2", "side": "right", "scaleanchor": "x2"},
        "annotations": [*headings, *legend(run)],
        "showlegend": False,
        "hovermode": "closest",
        "margin": {"l": 6, "r": MARGIN, "t": 40, "b": MARGIN},
    }
    title = "What every unit computes, and the answer over the plane (click a unit to see it large, a dot to set its weight)"
    click = {"edge": "customdata", "weight": "text", "editing": "marker.opacity", "unit": "id"}
    return Chart("network", title, {"data": traces, "layout": layout}, words, moving, click)


def plane(run: Run, number: int) -> Trace:
    """Return what both axes of the surface have in common; fixed margins, for plotly.js finds others by drawing twice."""
    title = {"text": html.escape(run.problem.axes[number]), "standoff": 4 - 2 * number}
    look = {"range": list(run.window), "showgrid": False, "constrain": "domain", "automargin": False}
    return look | {"title": title}


def ends(run: Run) -> list[float]:
    """Return how far the diagram's axis reaches: names stand left of the features, and right of several outputs."""
    places = Places.of(run.network.sizes)
    last = len(run.network.sizes) - 1
    names = 0.04 * len(run.network.sizes)
    return [
        places.corner(0, 0)[0] - 1.6 * names,
        places.side(last, True) + (1.6 if run.problem.outputs > 1 else 0.2) * names,
    ]


def shades(run: Run) -> Bytes:
    """Return the surface as codes (T, S, S): 0…240 from class a to class b (or −1 to 1), or class by class."""
    outputs = run.story.surface.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        if run.problem.outputs > 1 and run.large is None:
            return _classes(run, np.nan_to_num(outputs, nan=0.0, posinf=1e30, neginf=-1e30))
        values = np.nan_to_num(outputs[..., 0], nan=0.0, posinf=1e30, neginf=-1e30)
        if run.large is not None:
            signed = values / np.maximum(1.0, np.abs(values).max(axis=(1, 2), keepdims=True))  # as its thumbnail
        else:
            signed = np.tanh(values / 2) if run.problem.loss == "bce" else values / reach(run)
        if run.params.discrete:
            signed = np.sign(signed)
        return np.asarray(np.round(CODES / 2 * (1 + np.clip(signed, -1, 1))), np.uint8)


def legend(run: Run) -> list[Trace]:
    """Return what stands above the surface: the unit that is shown, or the classes in their colours, with their signs."""
    if run.large is not None:
        column, number = run.large
        name = feature_names(run)[number] if column == 0 else f"layer {column}, unit {number + 1}"
        entries = [(f"{name} (blue −, orange +)", "$grey")]
    elif run.problem.classes:
        kinds = zip(SIGNS, run.problem.classes, strict=False)
        entries = [
            (f"{sign} {html.escape(name[:12])}", theme.colour(index)) for index, (sign, name) in enumerate(kinds)
        ]
    else:
        entries = [(f"−{reach(run):.2g}", "$blue"), (f"+{reach(run):.2g}", "$orange")]
    last = len(entries) - 1
    look = {"xref": "paper", "yref": "paper", "y": 1.005, "yanchor": "bottom", "showarrow": False}
    return [
        look
        | {
            "x": SPLIT[1] + (1 - SPLIT[1]) * index / max(1, last),
            "xanchor": "left" if index == 0 else "right" if index == last else "center",
            "xshift": MARGIN - 10 if index == last > 0 else 0,  # room on a phone
            "text": text,
            "font": {"size": 12 if len(entries) < 4 else 10, "color": token},
        }
        for index, (text, token) in enumerate(entries)
    ]


def reach(run: Run) -> float:
    """Return the number that has the full colour in a regression, or of classes ±1."""
    return 1.0 if run.problem.classes else max(1.0, float(np.abs(run.problem.labels).max()))


def _classes(run: Run, outputs: Floats) -> Bytes:
    """Return codes of the class that wins, the paler the less it leads."""
    top = np.sort(outputs, axis=-1)
    if run.problem.loss == "cross_entropy":
        powers = np.exp(top - top[..., -1:])
        lead = (1 - powers[..., -2]) / powers.sum(axis=-1)
    else:
        lead = np.clip(top[..., -1] - top[..., -2], 0, 1)
    sure = np.ones_like(lead) if run.params.discrete else lead
    return np.asarray(outputs.argmax(axis=-1) * SHADES + 1 + np.round((SHADES - 3) * sure), np.uint8)


def colours(run: Run) -> list[list[Any]]:
    """Return the surface's colour scale."""
    if run.problem.outputs == 1 or run.large is not None:
        return DIVERGING
    scale: list[list[Any]] = []
    for index in range(CODES // SHADES):
        ends = (index * SHADES / CODES, ((index + 1) * SHADES - 0.01) / CODES)
        scale += [[ends[0], f"{theme.colour(index)}/0.12"], [ends[1], f"{theme.colour(index)}/0.6"]]
    return [*scale, [1, f"{theme.colour(5)}/0.6"]]


def points(run: Run, *, test: bool) -> Trace:
    """Return the training points, or hollow the test points, as one trace: colour and sign by class."""
    problem = run.problem
    positions, labels = (problem.test, problem.test_labels) if test else (problem.train, problem.labels)
    if test and not run.params.test_shown:
        positions, labels = positions[:0], labels[:0]
    look: dict[str, Any] = {"size": 7 if test else 6, "line": {"width": 1, "color": "$ink" if test else "$paper"}}
    if problem.classes:
        count = len(problem.classes)
        steps = [[edge, theme.colour(index)] for index in range(count) for edge in (index / count, (index + 1) / count)]
        look |= {"color": labels.astype(np.uint8), "cmin": -0.5, "cmax": count - 0.5, "colorscale": steps}
        look["symbol"] = SYMBOLS[labels.astype(np.int64) % 6] + (100 if test else 0)
        if test:
            look["line"] = {"width": 1.4}
    else:
        limit = reach(run)
        look |= {
            "color": labels,
            "cmin": -limit,
            "cmax": limit,
            "colorscale": [[0, "$blue"], [0.5, "$paper"], [1, "$orange"]],
        }
        look |= {"symbol": "square" if test else "circle", "line": {"width": 1, "color": "$ink"}}
    base = {"type": "scatter", "mode": "markers", "x": positions[:, 0], "y": positions[:, 1], "marker": look}
    if run.params.sketch:  # a moving hand does not read them
        return base | {"hoverinfo": "skip"}
    name = "test" if test else "training"
    said = [f"{name} point, class {html.escape(problem.classes[int(label)])}" if problem.classes
            else f"{name} point, {label:.2g}" for label in labels]  # fmt: skip
    return base | {"hovertext": said, "hovertemplate": "%{hovertext}<extra></extra>", "name": name}
