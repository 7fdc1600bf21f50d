"""From a run to the page's charts."""

import math
from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.decades import Window
from nnviz.charts.view import Chart, View
from nnviz.concepts.initialization import words
from nnviz.concepts.initialization.hero import COLOURS, ridges_chart
from nnviz.concepts.initialization.model import Run
from nnviz.concepts.initialization.network import Floats, slope
from nnviz.concepts.initialization.schemes import NAMES
from nnviz.concepts.initialization.training import Curves, started
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import number
from nnviz.core.statistics import band

FARTHEST, STRIDE = 32, 8  # decades that an axis reaches at most, and by which it widens
DASHES = {"forward": "solid", "back": "dot"}
LOSSES = (0.0, 1.0)  # nats that the axes of the loss show


def view(run: Run) -> View:
    """Draw a run."""
    charts = (ridges_chart(run), signal_chart(run), curves_chart(run), schemes_chart(run), rows_chart(run))
    return View(charts, words.sentence(run), run.epochs, "epoch", words.captions(run), found(run))


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the networks that are set."""
    own = run.own
    layer = f"hidden layer 2 (seed {run.params.seed})"
    start = started(own.setting)
    flattest = int(np.median(own.flat, axis=1).argmax())
    slopes = slope(start.sums[flattest], run.params.activation).reshape(-1, run.params.width)
    back = np.sqrt(band(own.backward, axis=1).median)
    losses = None if own.curves is None else own.curves.loss
    middle = np.zeros(0) if losses is None else band(losses, axis=1).median
    return diagnosis.findings(
        diagnosis.symmetric_units(own.rows[-1], layer),
        diagnosis.gradient_flow(back),
        diagnosis.saturation(slopes, f"hidden layer {flattest + 1}")
        if run.params.activation in ("tanh", "sigmoid")
        else None,
        None if losses is None else diagnosis.non_finite({"the loss": losses}, run.epochs, unit="epoch"),
        None if losses is None else diagnosis.divergence(middle, run.epochs, unit="epoch"),
        None if losses is None else diagnosis.underfitting(float(middle[-1]), words.COIN),
    )


def window(*values: Floats) -> Window:
    """Return the decades from 10⁻¹² to 10⁴, or wider by strides where values leave them."""
    seen = np.concatenate([each[np.isfinite(each) & (each > 0)].ravel() for each in values])
    low, high = -12, 4
    if len(seen):
        least, most = math.floor(math.log10(seen.min())), math.ceil(math.log10(seen.max()))
        low = low if least >= low else STRIDE * math.floor(least / STRIDE)
        high = high if most <= high else STRIDE * math.ceil(most / STRIDE)
    return Window(max(low, -FARTHEST), min(high, FARTHEST))


def signal_chart(run: Run) -> Chart:
    """Draw the mean square of every layer's sums and of the gradient with respect to them, before training."""
    layers = np.arange(1.0, run.params.depth + 1)
    groups = (run.own, run.beside)
    middles = [band(sizes, axis=1).median for group in groups for sizes in (group.forward, group.backward)]
    held = window(*middles)
    traces: list[Trace] = []
    for index, group in enumerate(groups):
        for sizes, way in ((group.forward, "forward"), (group.backward, "back")):
            name = words.name(group) if way == "forward" else f"{words.name(group)}, back"
            drawn = _band(layers, held.held_band(band(sizes, axis=1)), name, COLOURS[index], DASHES[way])
            traces += [trace | {"showlegend": way == "forward"} if "name" in trace else trace for trace in drawn]
    if run.own.theory is not None:
        stroke = {"line": {"color": "$ink", "width": 1, "dash": "dash"}}
        traces.append(build.line(layers, held.held(run.own.theory), "theory, very wide network") | stroke)
    x = build.axis("hidden layer (1 is next to the input)", 0.5, run.params.depth + 0.5)
    ends = [f"from {number(each[0])} to {number(each[-1])}" for each in middles]
    alt = f"Before training the mean square goes, by layer, forward {ends[0]} with {words.name(run.own)} and {ends[2]} "
    alt += f"with {words.name(run.beside)}; the gradient's {ends[1]} and {ends[3]}."
    title = "Variance by layer before training: forward solid, back dotted (bands: seeds)"
    return Chart("signal", title, build.figure(traces, x, held.axis("mean square (log)")), alt)


def _band(x: Floats, values: Any, name: str, token: str, dash: str) -> list[Trace]:
    stroke = {"line": {"color": token, "dash": dash, "width": 2.2}}
    return [
        build.shade(x, values, token, 0.15, legendgroup=name),
        build.line(x, values.median, name, legendgroup=name) | stroke,
    ]


def curves_chart(run: Run) -> Chart:
    """Draw the loss while the networks learn, with bands for the two groups and a thin line for every other scheme."""
    epochs = run.epochs
    traces = [
        build.line(curves.epochs, band(curves.loss, axis=1).median, NAMES[scheme], 7, dashed=False, showlegend=False)
        | {"line": {"color": "$grey/0.55", "width": 1.3}, "hovertemplate": NAMES[scheme] + ": %{y:.2f}<extra></extra>"}
        for scheme, curves in run.others.items()
    ]
    ends = []
    for index, group in enumerate((run.own, run.beside)):
        if group.curves is None:
            continue
        values = band(group.curves.loss, axis=1)
        traces += _band(epochs.astype(float), values, words.name(group), COLOURS[index], "dash" if index else "solid")
        ends.append(f"{words.loss(group.curves)} with {words.name(group)}")
    shapes: list[Trace] = [build.vertical(float(epochs[-1]), token="$ink", dash="solid")["shape"]]
    coin = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": words.COIN, "y1": words.COIN}
    shapes.append(coin | {"line": {"color": "$grey", "width": 1, "dash": "dot"}})
    label = {"x": 1, "xref": "paper", "y": words.COIN, "text": "coin toss", "xanchor": "right", "yanchor": "bottom"}
    frames = {f"layout.shapes.0.{end}": epochs.astype(np.float32) for end in ("x0", "x1")}
    figure = build.figure(
        traces or [build.line([0.0], [np.nan], "trained when you let go")],
        build.axis("epoch", 0, float(run.params.epochs)),
        build.axis("training loss (nats)", *LOSSES),
        shapes=shapes,
        annotations=[label | {"showarrow": False, "font": {"size": 11}}],
    )
    told = " and ".join(ends) or "known when you let go of the control"
    alt = f"The median training loss after {run.params.epochs} epochs is {told}; a coin toss has {words.COIN:.2f}."
    title = "Training from each start (bands: seeds; thin: the other starts)"
    return Chart("curves", title, figure, alt, frames)


def schemes_chart(run: Run) -> Chart:
    """Draw every network's last loss by how it started; a click starts yours that way."""
    groups = [("own", run.own), ("beside", run.beside)]
    rows: list[tuple[str, str, Curves, str]] = [
        (words.name(each), each.setting.scheme, each.curves, COLOURS[index])
        for index, (_, each) in enumerate(groups)
        if each.curves is not None and not (index and run.own.setting == run.beside.setting)
    ]
    rows += [(NAMES[scheme], scheme, curves, "$grey") for scheme, curves in run.others.items()]
    traces: list[Trace] = []
    for name, scheme, curves, token in rows:
        last = curves.loss[-1]
        good = np.isfinite(last)
        places = np.where(good, np.minimum(last, LOSSES[1]), LOSSES[1])
        look = {"size": 9, "color": token, "symbol": ["circle" if each else "x" for each in good], "opacity": 0.65}
        texts = [f"{number(float(each))}" for each in last]
        dots = {"x": places, "y": [name] * len(places), "customdata": [scheme] * len(places), "text": texts}
        hover = {"hovertemplate": "%{y}: %{text}<extra></extra>", "cliponaxis": False, "showlegend": False}
        traces.append({"type": "scatter", "mode": "markers", "marker": look} | dots | hover)
        middle = min(words.middle(last), LOSSES[1])
        mark = {"symbol": "line-ns", "size": 18, "line": {"color": "$ink", "width": 2.5}}
        one = {"x": [middle], "y": [name], "customdata": [scheme], "hoverinfo": "skip", "showlegend": False}
        traces.append({"type": "scatter", "mode": "markers", "marker": mark} | one)
    names = [name for name, *_ in rows][::-1]
    y = build.axis("", categoryorder="array", categoryarray=names, type="category") | {
        "title": {"text": "start", "standoff": 12}
    }
    figure = build.figure(
        traces or [build.line([np.nan], [""], "trained when you let go")],
        build.axis("training loss at the end (nats)", *LOSSES),
        y,
        showlegend=False,
    )
    told = ", ".join(f"{name} {words.loss(curves)}" for name, _, curves, _ in rows) or "known when you let go"
    alt = f"Median training loss after {run.params.epochs} epochs by start: {told}."
    title = "Every network's last loss, by its start (click one to choose it; ✗ or the right edge: 1 or more, or lost)"
    return Chart("schemes", title, figure, alt, click={"scheme": "customdata"})


def rows_chart(run: Run) -> Chart:
    """Draw the weights of hidden layer 2 as a map over the timeline: units that are alike are equal rows."""
    rows = run.own.rows
    size = rows.shape[1]
    with np.errstate(invalid="ignore"):
        largest = float(np.nanmax(np.abs(np.where(np.isfinite(rows), rows, np.nan)), initial=0.0)) or 1.0
        scaled = np.round(100 * np.nan_to_num(rows / largest, nan=0.0, posinf=1, neginf=-1)).astype(np.int8)
    places = np.arange(1, size + 1)
    bar = {"title": {"text": "weight", "side": "right"}, "thickness": 10, "outlinewidth": 0}
    bar |= {"tickvals": [-100, 0, 100], "ticktext": [f"{value:.2g}" for value in (-largest, 0.0, largest)]}
    picture = build.heat(places, places, scaled[-1], title="weight", diverging=True, zmin=-100, zmax=100, colorbar=bar)
    picture |= {"hoverinfo": "skip"}
    x = build.axis("from unit of layer 1", 0.5, size + 0.5, constrain="domain")
    y = build.axis("unit of layer 2", size + 0.5, 0.5, scaleanchor="x", constrain="domain")
    told = words.units(run.own)
    alt = f"Weights of hidden layer 2 of the network of seed {run.params.seed}, one row a unit: {told}."
    title = f"Weights of hidden layer 2, one row a unit (seed {run.params.seed}): {told}"
    return Chart("rows", title, build.figure([picture], x, y), alt, {"data.0.z": scaled})
