"""The trained nets on charts: learning curves with bands, dead units, and what each net has learned to tell apart."""

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import theme
from nnviz.charts.build import Trace, axis, figure, shade
from nnviz.charts.view import Chart
from nnviz.concepts.activations import look
from nnviz.concepts.activations.functions import Name
from nnviz.concepts.activations.model import Run
from nnviz.concepts.activations.nets import PIXELS, Nets
from nnviz.core.statistics import Band, band
from nnviz.data.toy import WINDOW

LOSSES = (1e-3, 3.0)
TITLE, GAP = 0.12, 0.02  # of the height: what the two lines above each panel take, and what is left below it


def training_chart(run: Run) -> Chart:
    """Draw the training loss by epoch, median and 10–90 % band over seeds, with the test accuracy at the end."""
    traces: list[Trace] = []
    notes: list[Trace] = []
    bands = {name: band(nets.loss, axis=1) for name, nets in run.nets.items()}
    ends = [np.log10(np.clip(np.nan_to_num(over.median[-1], nan=LOSSES[1]), *LOSSES)) for over in bands.values()]
    low, high = np.log10(LOSSES)
    places = look.spread(ends, 0.06 * (high - low), low, high)
    for (name, over), place in zip(bands.items(), places, strict=True):
        traces += _band(name, run.nets[name].epochs, over)
        accuracy = float(np.median(run.nets[name].accuracy[-1]))
        note = {"xref": "paper", "x": 1, "y": float(place), "xanchor": "left", "xshift": 4, "showarrow": False}
        font = {"color": look.token(name), "size": 12}
        notes.append(note | {"text": f"{look.label(name)} {100 * accuracy:.0f} %", "font": font})
    x, y = axis("epoch", 0, run.params.epochs), axis("training loss (nats)", *LOSSES, log=True, dtick=1)
    spec = figure(traces, x, y, annotations=notes, showlegend=False, margin={"r": 112})
    seeds = run.params.seeds
    over_seeds = f"median and 10–90 % of {seeds} seeds" if seeds > 1 else "one seed"
    title = f"Training loss, {over_seeds}; at the end: test points right"
    return Chart("training", title, spec, _training_alt(run))


def _band(name: Name, epochs: NDArray[np.int64], over: Band) -> list[Trace]:
    base = {"type": "scatter", "mode": "lines", "x": epochs, "y": over.median, "name": look.label(name)}
    return [shade(epochs, over, look.token(name), 0.13), base | {"line": look.stroke(name)}]


def _training_alt(run: Run) -> str:
    parts = []
    for name, nets in run.nets.items():
        end = band(nets.accuracy[-1])
        parts.append(f"{look.label(name)} {float(end.median):.2f} ({float(end.low):.2f} to {float(end.high):.2f})")
    listed = "; ".join(parts) or "no function"
    return f"Median test accuracy after {run.params.epochs} epochs, 10–90 % of seeds: {listed}."


def dead_chart(run: Run) -> Chart:
    """Draw the share of hidden units that are flat at every training point, before and after training."""
    names = [look.label(name) for name in run.nets]
    before = np.array([100 * nets.dead[0].mean() for nets in run.nets.values()])
    after = np.array([100 * nets.dead[1].mean() for nets in run.nets.values()])
    tokens = [look.token(name) for name in run.nets]
    outline = {"color": "$paper/0", "line": {"color": tokens, "width": 1.5}}
    written = {"text": [f"{value:.0f} %" for value in after], "textposition": "outside", "cliponaxis": False}
    bars: list[Trace] = [
        {"type": "bar", "x": names, "y": before, "name": "before training", "marker": outline},
        {"type": "bar", "x": names, "y": after, "name": "after training", "marker": {"color": tokens}} | written,
    ]
    x = axis("activation function") | {"type": "category", "showgrid": False}
    y = axis("dead units (% of hidden units)", 0, 118, tickvals=[0, 25, 50, 75, 100])
    corner: Trace = {"xref": "paper", "yref": "paper", "x": 1, "y": 1.0, "xanchor": "right", "yanchor": "bottom"}
    key: Trace = {"text": "outline: before training · filled: after", "font": {"size": 11, "color": "$grey"}}
    layout: Trace = {"barmode": "group", "bargap": 0.35, "showlegend": False, "margin": {"t": 22}}
    spec = figure(bars, x, y, annotations=[corner | key | {"showarrow": False}], **layout)
    told = zip(names, before, after, strict=True)
    parts = [f"{name} {was:.0f} % before and {now:.0f} % after" for name, was, now in told]
    alt = f"Mean share of dead hidden units over seeds: {'; '.join(parts) or 'no function'}."
    return Chart("dead", "Dead units: flat at every training point", spec, alt)


def surface_chart(run: Run) -> Chart:
    """Draw what the first net of each function has learned, over the plane, with its test points."""
    columns, rows = look.grid(len(run.nets), flat=run.params.picture == "surfaces")
    layout: Trace = {"showlegend": False, "annotations": [], "margin": {"l": 8, "r": 8, "t": 8, "b": 8}}
    traces: list[Trace] = []
    for place, (name, nets) in enumerate(run.nets.items()):
        row, column = divmod(place, columns)
        left, top = column / columns, 1 - row / rows
        number = _window(layout, place, (left, left + 0.97 / columns), (top - 1 / rows + GAP, top - TITLE))
        text = f"{look.label(name)}<br>{100 * nets.accuracy[-1, 0]:.0f} % right"
        where = {"x": left + 0.485 / columns, "y": top - TITLE, "xref": "paper", "yref": "paper"}
        words = {"text": text, "showarrow": False, "font": {"size": 12}, "xanchor": "center", "yanchor": "bottom"}
        layout["annotations"].append(where | words)
        traces += _surface(nets, {"xaxis": f"x{number}", "yaxis": f"y{number}"})
    parts = [f"{look.label(name)} {nets.accuracy[-1, 0]:.2f}" for name, nets in run.nets.items()]
    alt = f"Share of test points on the right side, first seed: {'; '.join(parts) or 'no function'}."
    shown = "copies of your points" if run.params.data == "points" else "test points"
    title = f"What each net has learned: first seed, {shown}"
    return Chart("surfaces", title, {"data": traces, "layout": layout}, alt, height=max(300, 20 + 150 * rows))


def _window(layout: Trace, place: int, across: tuple[float, float], up: tuple[float, float]) -> str:
    """Add a pair of square axes over the plane of the points; return its number."""
    number = "" if place == 0 else str(place + 1)
    side = {"range": list(WINDOW), "visible": False, "constrain": "domain"}
    layout[f"xaxis{number}"] = side | {"domain": list(across), "anchor": f"y{number}"}
    square = {"scaleanchor": f"x{number}", "constraintoward": "top"}
    layout[f"yaxis{number}"] = side | square | {"domain": list(up), "anchor": f"x{number}"}
    return number


def _surface(nets: Nets, axes: Trace) -> list[Trace]:
    scale = [[0, "$blue"], [0.5, "$paper"], [1, "$orange"]]
    base = {"x": PIXELS, "y": PIXELS, "z": nets.surface, "showscale": False, "hoverinfo": "skip"} | axes
    heat = base | {"type": "heatmap", "colorscale": scale, "zmin": 0, "zmax": 1, "opacity": 0.6, "zsmooth": "fast"}
    traces = [heat]
    for index in (0, 1):
        chosen = nets.points[nets.classes == index]
        edge = {"width": 1, "color": "$paper"}
        marker = {"color": theme.colour(index), "symbol": theme.marker(index), "size": 5, "line": edge}
        dots = {"type": "scatter", "mode": "markers", "x": chosen[:, 0], "y": chosen[:, 1], "marker": marker}
        traces.append(dots | {"hoverinfo": "skip"} | axes)
    return traces
