"""The trained nets on charts: learning curves with bands, dead units, and what each net has learned to tell apart."""

import numpy as np

from nnviz.charts import theme
from nnviz.charts.build import Trace, axis, figure
from nnviz.charts.view import Chart
from nnviz.concepts.activations import look
from nnviz.concepts.activations.depth import ROW
from nnviz.concepts.activations.functions import Name
from nnviz.concepts.activations.model import Run
from nnviz.concepts.activations.nets import PIXELS, Nets
from nnviz.core.statistics import Band, band
from nnviz.data.toy import WINDOW

LOSSES = (3e-3, 3.0)
RIGHT = {"xaxis": "x2", "yaxis": "y2"}


def training_chart(run: Run) -> Chart:
    """Draw training loss and test accuracy by epoch: median and 10–90 % band over seeds."""
    traces: list[Trace] = []
    notes: list[Trace] = []
    ends = [float(np.nanmedian(nets.accuracy[-1])) for nets in run.nets.values()]
    places = look.spread(ends, 0.045, 0.42, 1.0)
    for (name, nets), end, place in zip(run.nets.items(), ends, places, strict=True):
        traces += _band(name, nets, band(nets.loss, axis=1), {})
        traces += _band(name, nets, band(nets.accuracy, axis=1), RIGHT)
        note = {
            "xref": "x2 domain",
            "x": 1,
            "yref": "y2",
            "y": float(place),
            "xanchor": "left",
            "xshift": 4,
            "showarrow": False,
        }
        notes.append(note | {"text": f"{look.label(name)} {end:.2f}", "font": {"color": look.token(name), "size": 12}})
    epochs = {"range": [0, run.params.epochs], "title": {"text": "epoch", "standoff": 4}}
    layout = {
        "showlegend": False,
        "margin": {"l": 56, "r": 112, "t": 8, "b": 40},
        "xaxis": epochs | {"domain": [0, 0.44]},
        "yaxis": axis("training loss (nats)", *LOSSES, log=True, dtick=1),
        "xaxis2": epochs | {"domain": [0.56, 1], "anchor": "y2"},
        "yaxis2": axis("test accuracy", 0.4, 1.02, anchor="x2"),
        "annotations": notes,
    }
    count = run.params.seeds
    title = (
        f"Nets trained with each function: median and 10–90 % of {count} seeds"
        if count > 1
        else "Nets trained with each function: one seed"
    )
    return Chart("training", title, {"data": traces, "layout": layout}, _training_alt(run), wide=True, height=320)


def _band(name: Name, nets: Nets, over: Band, axes: Trace) -> list[Trace]:
    base = {"type": "scatter", "mode": "lines", "x": nets.epochs, "name": look.label(name)} | axes
    edge = base | {"line": {"width": 0}, "hoverinfo": "skip"}
    fill = {"fill": "tonexty", "fillcolor": theme.faded(look.token(name), 0.13)}
    return [
        edge | {"y": over.low},
        edge | {"y": over.high} | fill,
        base | {"y": over.median, "line": look.stroke(name)},
    ]


def _training_alt(run: Run) -> str:
    parts = []
    for name, nets in run.nets.items():
        end = band(nets.accuracy[-1])
        parts.append(f"{look.label(name)} {float(end.median):.2f} ({float(end.low):.2f} to {float(end.high):.2f})")
    return (
        f"Median test accuracy after {run.params.epochs} epochs, 10–90 % of seeds: {'; '.join(parts) or 'no function'}."
    )


def dead_chart(run: Run) -> Chart:
    """Draw the share of hidden units that are flat at every training point, before and after training."""
    names = [look.label(name) for name in run.nets]
    before = [100 * nets.dead[0].mean() for nets in run.nets.values()]
    after = [100 * nets.dead[1].mean() for nets in run.nets.values()]
    tokens = [look.token(name) for name in run.nets]
    pale = {"color": "rgba(0,0,0,0)", "line": {"color": tokens, "width": 1.5}}
    text = [f"{value:.0f} %" for value in after]
    bars = [
        {"type": "bar", "x": names, "y": np.array(before), "name": "before training", "marker": pale},
        {
            "type": "bar",
            "x": names,
            "y": np.array(after),
            "name": "after",
            "marker": {"color": tokens},
            "text": text,
            "textposition": "outside",
            "cliponaxis": False,
        },
    ]
    y = axis("dead units (% of hidden units)", 0, 108, tickvals=[0, 25, 50, 75, 100])
    title = "Dead units: flat at every training point"
    note = {"text": "outline: before training · filled: after", "xref": "paper", "yref": "paper", "x": 1, "y": 1.0}
    notes = [
        note | {"xanchor": "right", "yanchor": "bottom", "showarrow": False, "font": {"size": 11, "color": "$grey"}}
    ]
    spec = figure(
        bars,
        {"type": "category", "showgrid": False},
        y,
        barmode="group",
        bargap=0.35,
        showlegend=False,
        annotations=notes,
        margin={"t": 22},
    )
    parts = [
        f"{name} {first:.0f} % before and {last:.0f} % after"
        for name, first, last in zip(names, before, after, strict=True)
    ]
    return Chart(
        "dead", title, spec, f"Mean share of dead hidden units over seeds: {'; '.join(parts) or 'no function'}."
    )


def surface_chart(run: Run) -> Chart:
    """Draw what the first net of each function has learned, over the plane, with its test points."""
    count = max(1, len(run.nets))
    columns, rows = min(count, ROW), -(-count // ROW)
    layout: Trace = {"showlegend": False, "annotations": [], "margin": {"l": 8, "r": 8, "t": 8, "b": 8}}
    traces: list[Trace] = []
    for place, (name, nets) in enumerate(run.nets.items()):
        row, column = divmod(place, columns)
        number = "" if place == 0 else str(place + 1)
        left, top = column / columns, 1 - row / rows
        side = {"range": list(WINDOW), "visible": False, "constrain": "domain"}
        layout[f"xaxis{number}"] = side | {"domain": [left, left + 0.97 / columns], "anchor": f"y{number}"}
        layout[f"yaxis{number}"] = side | {
            "domain": [top - 0.9 / rows, top - 0.09 / rows],
            "anchor": f"x{number}",
            "scaleanchor": f"x{number}",
        }
        text = f"{look.label(name)} · {nets.accuracy[-1, 0]:.2f} right"
        where = {
            "x": left + 0.485 / columns,
            "y": top - 0.08 / rows,
            "xref": "paper",
            "yref": "paper",
            "yanchor": "bottom",
        }
        layout["annotations"].append(where | {"text": text, "showarrow": False, "font": {"size": 12}})
        traces += _surface(nets, {"xaxis": f"x{number}", "yaxis": f"y{number}"})
    parts = [f"{look.label(name)} {nets.accuracy[-1, 0]:.2f}" for name, nets in run.nets.items()]
    alt = f"Share of test points on the right side, first seed: {'; '.join(parts) or 'no function'}."
    title = "What each net has learned: first seed, test points"
    return Chart("surfaces", title, {"data": traces, "layout": layout}, alt, wide=True, height=20 + 230 * rows)


def _surface(nets: Nets, axes: Trace) -> list[Trace]:
    scale = [[0, "$blue"], [0.5, "$paper"], [1, "$orange"]]
    base = {"x": PIXELS, "y": PIXELS, "z": nets.surface, "showscale": False, "hoverinfo": "skip"} | axes
    heat = base | {"type": "heatmap", "colorscale": scale, "zmin": 0, "zmax": 1, "opacity": 0.6, "zsmooth": "best"}
    traces = [heat]
    for index in (0, 1):
        chosen = nets.points[nets.classes == index]
        marker = {
            "color": theme.colour(index),
            "symbol": theme.marker(index),
            "size": 5,
            "line": {"width": 1, "color": "$paper"},
        }
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": chosen[:, 0],
                "y": chosen[:, 1],
                "marker": marker,
                "hoverinfo": "skip",
            }
            | axes
        )
    return traces
