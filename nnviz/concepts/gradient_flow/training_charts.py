"""What happens while the networks learn: every layer at every step, the loss with and without a cure, the updates."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build, theme
from nnviz.charts.view import Chart
from nnviz.concepts.gradient_flow.breakdown import locate
from nnviz.concepts.gradient_flow.model import Run
from nnviz.concepts.gradient_flow.network import Setting
from nnviz.concepts.gradient_flow.scales import window
from nnviz.concepts.gradient_flow.training import STEPS, Floats, Record
from nnviz.concepts.gradient_flow.words import cure, group, lost, noun
from nnviz.core.notation import number, power
from nnviz.core.statistics import band

Trace = dict[str, Any]
Frames = NDArray[np.int64]
QUANTITIES = {
    "signal": "Gradient at the {noun}",
    "gradient": "Gradient of the {noun}'s weights",
    "activation": "Activation of the {noun}",
    "update": "Update of the {noun}'s weights",
}
LOSSES = ((0.1, 2.0), (0.01, 10.0), (1e-3, 1e3))  # what the axes of the loss may show
OUTLINED = {"color": "$blue/0.35", "line": {"color": "$blue", "width": 1.5}}
WIDTH = 0.25  # of a bar of the histogram, in decades
EDGES = np.arange(-8, 8 + WIDTH / 2, WIDTH)


def layers_over_training(run: Run, frames: Frames) -> Chart:
    """Draw one quantity of every layer at every step as a map, with the moment of the timeline."""
    own, params, name = run.own, run.params, noun(run.params)
    values = band(getattr(own, params.shown), axis=2).median.T  # (L, T)
    held = window(params, own.signal[0], own.activation[0], own.gradient[0])
    with np.errstate(divide="ignore"):
        exponents = np.log10(held.held(values))
    reach = max(4, 2 * round(-held.low / 4))  # the same on both sides, so that the middle colour is a norm of 1
    steps, layers = np.arange(values.shape[1]), np.arange(1, params.depth + 1)
    hover = f"step %{{x}}, {name} %{{y}}: 10^%{{z:.1f}}<extra></extra>"
    limits = {"zmin": -reach, "zmax": reach, "colorbar": _colours(reach), "hovertemplate": hover, "hoverongaps": False}
    cursor, route = _cursor(frames)
    x, y = build.axis("step", -0.5, STEPS + 0.5), build.axis(name, 0.5, params.depth + 0.5)
    picture = build.heat(steps, layers, exponents, title="norm", diverging=True, **limits)
    title = QUANTITIES[params.shown].format(noun=name) + " over training (median)"
    alt = f"{title}, {name} 1 to {params.depth}: at step 0 from {number(values[0, 0])} to {number(values[-1, 0])}, at "
    alt += f"step {steps[-1]} from {number(values[0, -1])} to {number(values[-1, -1])}. {lost(own)} networks are lost."
    return Chart("layers-over-training", title, build.figure([picture, _broken(own)], x, y, **cursor), alt, route)


def _broken(record: Record) -> Trace:
    """Return a cross where the first number that is not finite appeared, or nowhere."""
    found = locate(record)
    places = [(found.step, found.layer or record.setting.depth)] if found else []
    x, y = np.array(places, dtype=np.float64).reshape(-1, 2).T
    marks = {"symbol": "x", "size": 12, "color": "$red", "line": {"color": "$ink", "width": 1}}
    hover = "first number that is not finite<extra></extra>"
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marks, "name": "breakdown",
            "hovertemplate": hover, "showlegend": False}  # fmt: skip


def _colours(reach: int) -> Trace:
    """Return the bar of the map's colours; what lies beyond its ends has the colour of the end."""
    ticks = [-reach, -(reach // 2), 0, reach // 2, reach]
    texts = [power(tick) for tick in ticks]
    texts[0], texts[-1] = f"≤ {texts[0]}", f"≥ {texts[-1]}"
    look = {"tickvals": ticks, "ticktext": texts, "thickness": 10, "outlinewidth": 0}
    return look | {"title": {"text": "norm (log)", "side": "right"}}


def losses(run: Run, frames: Frames) -> Chart:
    """Draw the loss with the cure and without, same seeds, with the moment of the timeline."""
    steps = np.arange(len(run.own.loss))
    traces = [
        *_loss_band(steps, run.without, group(run, run.without), 1),
        *_loss_band(steps, run.treated, group(run, run.treated), 0),
    ]
    cursor, route = _cursor(frames)
    x, y = build.axis("step", -0.5, STEPS + 0.5), _loss_axis("loss", _limits(run))
    ends = [f"{number(float(band(each.loss[-1]).median))} {group(run, each)}" for each in (run.without, run.treated)]
    alt = f"The loss at step {steps[-1]} is {ends[0]} and {ends[1]}."
    title = f"Loss with and without {cure(run)}, same seeds"
    return Chart("losses", title, build.figure(traces, x, y, **cursor), alt, route)


def pairs(run: Run) -> Chart:
    """Draw one line a seed from its last loss without the cure to that with it; a lost network stands at the top."""
    ends = np.stack([run.without.loss[-1], run.treated.loss[-1]])  # (2, K)
    limits = _limits(run)
    places = np.clip(np.where(np.isfinite(ends), ends, np.inf), limits[0], limits[1] / 1.05)
    traces = [_pair(ends[:, seed], places[:, seed], seed) for seed in range(ends.shape[1])]
    names = [f"{which}<br>{cure(run)}" for which in ("without", "with")]
    x = build.axis("group of networks, same seeds", -0.3, 1.3, tickvals=[0, 1], ticktext=names)
    y = _loss_axis("loss at the last step", limits)
    both = np.isfinite(ends).all(axis=0)
    lower = int(np.sum(ends[1, both] < ends[0, both]))
    alt = f"Of {int(both.sum())} pairs with both losses finite, {lower} have the lower loss with {cure(run)}; "
    alt += f"{lost(run.without)} networks are lost without it and {lost(run.treated)} with it."
    title = "The last loss, seed by seed (cross at the top: lost)"
    return Chart("pairs", title, build.figure(traces, x, y, showlegend=False), alt)


def updates(run: Run, frames: Frames) -> Chart:
    """Draw how large the steps were, before clipping and after, with the clip."""
    own, setting = run.own, run.own.setting
    asked, taken = (_shares(_exponents(sizes, setting)) for sizes in (own.size, own.clipped))
    now = _exponents(band(own.clipped[frames], axis=1).median, setting)
    mark = _clip_mark(setting)
    bars = {"x": (EDGES[:-1] + EDGES[1:]) / 2, "width": WIDTH}
    traces = [
        build.bars([], asked, 7, name="before clipping", opacity=0.45) | bars,
        build.bars([], taken, 0, name="after clipping") | bars | {"marker": OUTLINED},
        _pointer(now[-1]),
    ]
    ticks = range(-8, 9, 2)
    what = "largest entry" if setting.clipping == "value" else "norm"
    x = build.axis(f"η · {what} of the gradient (log)", EDGES[0] - 0.2, EDGES[-1] + 0.2, tickvals=list(ticks))
    y = build.axis("share of all updates, %", rangemode="tozero")
    x["ticktext"] = [power(tick) for tick in ticks]
    figure = build.figure(traces, x, y, barmode="overlay", shapes=[mark["shape"]], annotations=[mark["annotation"]])
    shortened = 100 * float(np.mean(own.clipped < own.size * (1 - 1e-5)))
    middle = number(setting.rate * float(band(own.size.ravel()).median))
    alt = f"Half of the updates asked for are above {middle}; clipping shortens {shortened:.0f} % of them."
    return Chart("updates", "Size of the updates and the clip", figure, alt, {"data.2.x": now[:, None]}, wide=True)


def _clip_mark(setting: Setting) -> Mapping[str, Any]:
    clips, largest = setting.clipping != "none", setting.rate * setting.threshold
    text = f"{'clip' if clips else 'clip (off)'}: {number(largest)}"
    return build.vertical(float(np.log10(largest)), text, "$red", "solid" if clips else "dot")


def _loss_band(steps: Frames, record: Record, name: str, index: int) -> list[Trace]:
    """Return the band of the losses; what lies far beyond the axis is moved to where float32 still holds it."""
    held = np.where(np.isfinite(record.loss), np.clip(record.loss, 1e-30, 1e30), np.nan)
    few = {"mode": "lines+markers", "marker": {"size": 9}} if len(steps) == 2 else {}
    return [trace | few if "name" in trace else trace for trace in build.band(steps, band(held, axis=1), name, index)]


def _limits(run: Run) -> tuple[float, float]:
    """Return the least of the fixed ranges that holds the middle of both groups, or the last."""
    bands = [band(record.loss, axis=1) for record in (run.own, run.other)]
    ends = np.concatenate([np.r_[middle.low, middle.high] for middle in bands])
    seen = ends[np.isfinite(ends)]
    return next((limits for limits in LOSSES if limits[0] <= seen.min() and seen.max() <= limits[1]), LOSSES[-1])


def _loss_axis(title: str, limits: tuple[float, float]) -> Trace:
    marks = (0.1, 0.2, 0.5, 1, 2) if limits == LOSSES[0] else (1e-3, 0.01, 0.1, 1, 10, 100, 1e3)
    ticks = [mark for mark in marks if limits[0] <= mark <= limits[1]]
    return build.axis(f"{title} (log)", *limits, log=True, tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])


def _pair(ends: Floats, places: Floats, seed: int) -> Trace:
    """Return one seed's line between its two last losses, each drawn at its place on the axis."""
    finite = np.isfinite(ends)
    marks = {"symbol": ["circle" if good else "x" for good in finite], "size": 9}
    marks["color"] = [theme.colour(1 - which) if good else "$red" for which, good in enumerate(finite)]
    texts = [f"seed {seed}: {number(float(end))}" for end in ends]
    look = {"type": "scatter", "mode": "lines+markers", "marker": marks, "line": {"color": "$grey/0.6", "width": 1.5}}
    return look | {"x": [0, 1], "y": places, "hovertext": texts, "hoverinfo": "text", "cliponaxis": False}


def _shares(exponents: Floats) -> Floats:
    """Return which share of all sizes falls into each bar, in per cent; beyond the ends counts at the ends."""
    known = exponents[~np.isnan(exponents)]
    counts, _ = np.histogram(known, EDGES)
    return np.asarray(100 * counts / max(1, len(known)))


def _exponents(sizes: Floats, setting: Setting) -> Floats:
    """Return log₁₀ of η times the sizes, held within the histogram."""
    with np.errstate(divide="ignore"):  # a gradient of 0 stands at the lower end
        exponents = np.log10(sizes) + np.log10(setting.rate)
    return np.asarray(np.clip(exponents, EDGES[0], EDGES[-1]))


def _pointer(place: float) -> Trace:
    marks = {"symbol": "triangle-up", "size": 13, "color": "$orange", "line": {"color": "$ink", "width": 1}}
    return {"type": "scatter", "mode": "markers", "x": [place], "y": [0], "marker": marks, "name": "at this step",
            "cliponaxis": False}  # fmt: skip


def _cursor(frames: Frames) -> tuple[Trace, dict[str, Frames]]:
    """Return the layout of a vertical line at the moment of the timeline, and how it moves."""
    shape = build.vertical(float(frames[-1]), token="$ink", dash="solid")["shape"]
    return {"shapes": [shape]}, {"layout.shapes.0.x0": frames, "layout.shapes.0.x1": frames}
