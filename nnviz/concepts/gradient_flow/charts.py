"""From a run to the page's charts: gradient and activation by layer first, then how training changes them."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build, theme
from nnviz.charts.decades import Window
from nnviz.charts.view import Chart, View
from nnviz.concepts.gradient_flow import breakdown, training_charts
from nnviz.concepts.gradient_flow.model import Run, flow_ratio, typical
from nnviz.concepts.gradient_flow.scales import FARTHEST, window
from nnviz.concepts.gradient_flow.sweep import over_gains
from nnviz.concepts.gradient_flow.training import Floats
from nnviz.concepts.gradient_flow.words import cure, noun, sentence
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import number
from nnviz.core.statistics import band
from nnviz.core.timeline import even_steps

FRAMES = 41
Trace = dict[str, Any]


def view(run: Run) -> View:
    """Draw a run."""
    frames = even_steps(len(run.own.loss) - 1, FRAMES)
    charts = (
        flow(run, frames),
        training_charts.layers_over_training(run, frames),
        training_charts.losses(run, frames),
        by_gain(run),
        training_charts.pairs(run),
        training_charts.updates(run, frames),
    )
    captions = [f"loss {number(float(loss))}" for loss in band(run.own.loss[frames], axis=1).median]
    return View(charts, sentence(run), frames, "step", captions, found(run))


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the networks as they are set."""
    own = run.own
    losses = band(own.loss, axis=1).median
    return diagnosis.findings(
        breakdown.explain(breakdown.locate(own), noun(run.params)),
        _uneven(run),
        breakdown.silent_layers(own),
        diagnosis.divergence(losses) if len(losses) > 2 else None,
    )


def _uneven(run: Run) -> Finding | None:
    """Tell of a gradient that fades or grows on its way back, counted in what the network is counted in."""
    uneven = diagnosis.gradient_flow(run.own.signal[0][:, typical(run.own)])
    if uneven is None:
        return None
    return replace(uneven, text=f"Before training: {uneven.text.replace('layer', noun(run.params))}")


def flow(run: Run, frames: NDArray[np.int64]) -> Chart:
    """The hero: norms by layer at initialization with their bands, and the gradient at the moment of the timeline."""
    own, name, depth = run.own, noun(run.params), run.params.depth
    layers = np.arange(1.0, depth + 1)
    held = window(run.params, own.signal[0], own.activation[0], own.gradient[0])
    signal, activation = band(own.signal[0], axis=1), band(own.activation[0], axis=1)
    weights, other = band(own.gradient[0], axis=1).median, band(run.other.signal[0], axis=1).median
    moving = held.held(band(own.signal[frames], axis=2).median)  # (T, L)
    traces = [
        *build.band(layers, held.held_band(activation), "activation", 1),
        *build.band(layers, held.held_band(signal), "gradient", 0),
        _line(layers, weights, held, "gradient of weights", 2, "dot"),
        _line(layers, other, held, f"gradient {'without' if run.cured else 'with'} {cure(run)}", 7, "dashdot"),
        _moving(layers, moving[-1]),
        _beyond(layers, (signal.median, activation.median, other), held),
    ]
    first = "next to the input" if name == "layer" else "the first that is read"
    x = build.axis(f"{name} (1 is {first})", 0.5, depth + 0.5)
    alt = f"At initialization the gradient's norm is {number(signal.median[0])} at {name} 1 and "
    alt += f"{number(signal.median[-1])} at {name} {depth}; the activation's goes from "
    alt += f"{number(activation.median[0])} to {number(activation.median[-1])}."
    title = f"Gradient and activation by {name} at initialization; circles: the gradient at this step"
    figure = build.figure(traces, x, held.axis(f"norm ({held.title})"))
    return Chart("flow", title, figure, alt, {f"data.{len(traces) - 2}.y": moving})


def by_gain(run: Run) -> Chart:
    """Draw which share of the gradient reaches the first layer at every gain, with the gain that is set."""
    params, name = run.params, noun(run.params)
    sweep = over_gains(run.own.setting)
    shares, own = band(sweep.ratio, axis=1), float(flow_ratio(run.own)[typical(run.own)])
    held = Window(-FARTHEST, FARTHEST) if params.depth > 32 else Window(-FARTHEST, FARTHEST // 2)
    traces = build.band(sweep.gains, held.held_band(shares), "measured", 0)
    traces[-1] |= {"mode": "lines+markers", "marker": {"size": 6}, "customdata": [f"{gain:g}" for gain in sweep.gains]}
    if sweep.theory is not None:
        traces.append(_line(sweep.gains, sweep.theory, held, "theory (very wide)", 7, "dot"))
    traces.append(_here(params.gain, float(held.held(np.array(own)))))
    even = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": 1, "y1": 1, "line": {"color": "$grey", "width": 1}}
    x = build.axis("initialization gain (log)", 0.09, 3.3, log=True, tickvals=[0.1, 0.2, 0.5, 1, 2, 3])
    y = held.axis("share (log)")
    alt = f"Of the last {name}'s gradient {number(own)} reaches {name} 1 at gain {params.gain:g}; "
    alt += f"over gains from 0.1 to 3 the share goes from {number(shares.median[0])} to {number(shares.median[-1])}."
    title = f"Which share of the gradient reaches {name} 1, by gain (click a dot to set it)"
    return Chart("by-gain", title, build.figure(traces, x, y, shapes=[even]), alt, click={"gain": "customdata"})


def _line(x: Floats, y: Floats, held: Window, name: str, index: int, dash: str) -> Trace:
    trace = build.line(x, held.held(y), name, index)
    return trace | {"line": {"color": theme.colour(index), "dash": dash, "width": 1.8}}


def _moving(layers: Floats, norms: Floats) -> Trace:
    """Return the trace that follows the timeline."""
    dots = {"color": "$paper", "size": 6, "line": {"color": "$blue", "width": 1.5}}
    look = {"type": "scatter", "mode": "markers", "marker": dots, "name": "at this step", "showlegend": False}
    return look | {"x": layers, "y": norms}


def _beyond(layers: Floats, lines: tuple[Floats, ...], held: Window) -> Trace:
    """Mark at the edge of the axis what lies beyond it: zero, or more than 32 decades away."""
    low, high = held.limits
    places = [(layer, low if norm < low else high) for line in lines for layer, norm in zip(layers, line, strict=True)
              if norm < low or norm > high]  # fmt: skip
    x, y = np.array(places).reshape(-1, 2).T
    symbols = ["triangle-down-open" if edge == low else "triangle-up-open" for edge in y]
    marks = {"symbol": symbols, "size": 9, "color": "$red"}
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marks, "name": "beyond the axis",
            "showlegend": len(places) > 0}  # fmt: skip


def _here(gain: float, share: float) -> Trace:
    marks = {"symbol": "diamond", "size": 12, "color": "$orange", "line": {"color": "$ink", "width": 1}}
    return {"type": "scatter", "mode": "markers", "x": [gain], "y": [share], "marker": marks, "name": f"gain {gain:g}",
            "showlegend": False}  # fmt: skip
