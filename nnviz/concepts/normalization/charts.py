"""From a run to the page's charts."""

from dataclasses import replace

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart, View
from nnviz.concepts.normalization import words
from nnviz.concepts.normalization.hero import valley_chart
from nnviz.concepts.normalization.model import BY_FEATURE, EVERY, RATES, RATIOS, STEPS, Run
from nnviz.concepts.normalization.outlier import outlier_chart, squeezed
from nnviz.concepts.normalization.scaling import Floats
from nnviz.concepts.normalization.wine import divided
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import number
from nnviz.core.statistics import band

MOST = 1e7  # steps that the axis shows
ACCURACY = "test wines right (%)"


def view(run: Run) -> View:
    """Draw a run."""
    charts = (
        valley_chart(run),
        steps_chart(run),
        outlier_chart(run),
        rates_chart(run),
        beside_chart(run),
        leak_chart(run),
    )
    return View(charts, words.sentence(run), np.arange(STEPS + 1), "step", words.captions(run), found(run))


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the features as they enter the model, and with how they were scaled."""
    own = run.own
    losses = 0.5 * ((own.path @ own.vectors) ** 2 * own.values).sum(axis=1)
    return diagnosis.findings(
        diagnosis.unscaled_inputs(own.inputs, ("feature 1", "feature 2")),
        diagnosis.divergence(losses),
        _one_direction(run),
        squeezed(run),
        _lost(run),
        _leak(run),
    )


def _one_direction(run: Run) -> Finding | None:
    """Tell of two features of which scaling has left one."""
    if run.params.scaler != "layer" or diagnosis.collapsed_representation(run.own.inputs) is None:
        return None
    text = "Of two features one is left: layer normalization keeps only which of them is larger, so the loss has a "
    return Finding(
        "collapse",
        "warning",
        f"{text}direction without curvature (condition number {words.kappa(run.own.conditions)}).",
    )


def _leak(run: Run) -> Finding | None:
    """Tell of a scaler that has seen the test wines, and what that did."""
    if not run.params.leak:
        return None
    if run.params.scaler in ("none", "layer"):
        return Finding("leakage", "note", f"Nothing leaks: {words.name(run)} takes nothing from other wines.")
    gap = words.leak_gap(run)
    held_out = len(divided(run.params.cellar, run.params.seed)[3])
    text = f"The scaler has seen the {held_out} test wines, which changes the test loss by {number(-gap.estimate)}"
    if np.isfinite(gap.low):
        text += f" (95 % interval {number(-gap.high)} to {number(-gap.low)})"
        text += ": that may be chance" if gap.contains(0) else ""
    return Finding("leakage", "warning", f"{text}.")


def _lost(run: Run) -> Finding | None:
    """Tell of wine networks that broke down with the page's own scaling, and how they count."""
    losses = run.scores.loss[5 + run.params.leak]
    lost = int((~np.isfinite(losses)).sum())
    if not lost:
        return None
    text = f"{lost} of {len(losses)} wine networks broke down at a learning rate of {number(run.params.rate)}"
    return Finding("non-finite", "failure", f"{text}; they count as no wine right.")


def steps_chart(run: Run) -> Chart:
    """Draw the steps needed against the scale ratio, raw and with each scaling; a click sets the ratio."""
    raw = band(run.needed["none"], axis=1)
    held = replace(raw, median=_held(raw.median), low=_held(raw.low), high=_held(raw.high))
    traces = build.band(RATIOS, held, "raw", 1, dashed=False)
    traces[-1] |= {"mode": "lines+markers", "marker": {"size": 6}, "customdata": [f"{ratio:.4g}" for ratio in RATIOS]}
    for index, scaler in enumerate(BY_FEATURE[1:]):
        level = float(_held(np.array([words.middle(run.needed[scaler])]))[0])
        traces.append(build.line(RATIOS[[0, -1]], [level, level], words.NAMES[scaler], (0, 2, 4)[index], dashed=None))
    own = float(_held(np.array([words.middle(run.raw.steps)]))[0])
    marks = {"symbol": "diamond", "size": 12, "color": "$ink"}
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [run.params.ratio],
            "y": [own],
            "marker": marks,
            "showlegend": False,
            "hoverinfo": "skip",
        }
    )
    exponent = np.arange(0, 8)
    y = build.axis(
        "steps needed (log)",
        0.7,
        MOST,
        log=True,
        tickvals=10.0**exponent,
        ticktext=["1", "10", "100", "1000", "10⁴", "10⁵", "10⁶", "10⁷"],
    )
    x = build.axis("scale ratio (log)", 0.9, 1100, log=True, tickvals=[1, 10, 100, 1000])
    alt = f"At ratio {run.params.ratio:.3g} the raw features need {words.steps(run.raw.steps)}; at ratio 1 "
    alt += f"{words.steps(run.needed['none'][0])}, at 1000 {words.steps(run.needed['none'][-1])}. With z-scores: "
    alt += f"{words.steps(run.needed['zscore'])} at any ratio."
    title = "Steps until the weights are within a hundredth (click a dot to set the ratio; top edge: more or never)"
    return Chart("steps", title, build.figure(traces, x, y), alt, click={"ratio": "customdata"})


def _held(steps: Floats) -> Floats:
    return np.clip(np.where(np.isfinite(steps), steps, MOST), 0.8, MOST)


def rates_chart(run: Run) -> Chart:
    """Draw the accuracy on wine against the learning rate for every scaling; a click sets the rate."""
    traces: list[Trace] = []
    best = []
    for index, (scaler, found_) in enumerate(run.swept.items()):
        middle = 100 * found_.mean(axis=1)
        extra = {
            "mode": "lines+markers",
            "marker": {"size": 7, "symbol": theme.marker(index)},
            "customdata": [f"{rate:.4g}" for rate in RATES],
        }
        traces.append(build.line(RATES, middle, words.NAMES[scaler], (1, 2, 0, 4, 7)[index], dashed=None, **extra))
        best.append(f"{words.NAMES[scaler]} {middle.max():.0f} % at {RATES[int(middle.argmax())]:.2g}")
    shapes = [build.vertical(run.params.rate, token="$ink", dash="solid")["shape"]]
    if run.trees.shape[1]:
        level = 100 * float(run.trees[0].mean())
        traces.append(build.line([RATES[0], RATES[-1]], [level, level], "tree, raw", 3, dashed=True))
    empty = [build.line([RATES[0]], [np.nan], "trained at every rate when you let go")]
    x = build.axis(
        "learning rate on wine (log)",
        RATES[0] / 1.5,
        RATES[-1] * 1.5,
        log=True,
        tickvals=[1e-4, 1e-3, 0.01, 0.1, 1, 10],
        ticktext=["10⁻⁴", "10⁻³", "0.01", "0.1", "1", "10"],
    )
    figure = build.figure(traces or empty, x, build.axis(ACCURACY, 20, 102), shapes=shapes)
    alt = (
        "Best test accuracy by scaling: "
        + (", ".join(best) or f"known when you let go; now at rate {run.params.rate:.2g}")
        + "."
    )
    title = "Wine: a small network at every learning rate (mean of seeds; click a dot to set the rate)"
    return Chart("rates", title, figure, alt, click={"rate": "customdata"}, wide=True)


def beside_chart(run: Run) -> Chart:
    """Draw network and tree beside each other for every scaling, one dot a seed."""
    traces: list[Trace] = []
    rows = [("network", run.scores.accuracy[: len(EVERY)], -0.16, 0), ("decision tree", run.trees, 0.16, 1)]
    for name, values, shift, index in rows:
        places = np.repeat(np.arange(len(EVERY)) + shift, values.shape[1])
        look = {"color": theme.colour(index), "symbol": theme.marker(index), "size": 8, "opacity": 0.6}
        dots = {"x": places, "y": 100 * values.ravel(), "name": name, "marker": look}
        traces.append({"type": "scatter", "mode": "markers", "hovertemplate": "%{y:.1f} %<extra></extra>"} | dots)
        if values.shape[1]:
            mark = {"symbol": "line-ew", "size": 20, "line": {"color": "$ink", "width": 2.5}}
            bar = {"x": np.arange(len(EVERY)) + shift, "y": 100 * values.mean(axis=1), "marker": mark}
            traces.append({"type": "scatter", "mode": "markers", "showlegend": False, "hoverinfo": "skip"} | bar)
    names = [words.NAMES[scaler] for scaler in EVERY]
    x = build.axis("scaling", -0.5, len(EVERY) - 0.5, tickvals=list(range(len(EVERY))), ticktext=names, showgrid=False)
    nets = ", ".join(f"{name} {words.percent(row)}" for name, row in zip(names, run.scores.accuracy, strict=False))
    alt = f"Networks at rate {run.params.rate:.2g}, test accuracy: {nets}."
    if run.trees.shape[1]:
        alt += (
            f" Trees: {', '.join(f'{name} {words.percent(row)}' for name, row in zip(names, run.trees, strict=True))}."
        )
    title = f"Wine: network (rate {run.params.rate:.2g}) and tree, by scaling; one dot a seed, bar: mean"
    return Chart("beside", title, build.figure(traces, x, build.axis(ACCURACY, 20, 102)), alt)


def leak_chart(run: Run) -> Chart:
    """Draw by how much every seed's test loss changes when the scaler has seen the test wines."""
    change = run.scores.loss[6] - run.scores.loss[5]
    gap = words.leak_gap(run)
    seeds = np.array(run.params.cellar.seeds)
    reach = max(0.02, 1.15 * float(np.nanmax(np.abs(change), initial=0.0)))
    good = np.isfinite(change)
    look = {"size": 10, "color": "$purple"}
    dots: Trace = {"type": "scatter", "mode": "markers", "x": seeds[good], "y": change[good], "marker": look}
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": {"color": "$ink", "width": 1}}
    shapes: list[Trace] = [line]
    told = "one seed has no interval"
    if np.isfinite([gap.low, gap.high]).all():
        box = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": -gap.high, "y1": -gap.low, "line": {"width": 0}}
        shapes.append(box | {"fillcolor": "$purple/0.2", "layer": "below"})
        told = f"mean {number(-gap.estimate)}, 95 % interval {number(-gap.high)} to {number(-gap.low)}"
    x = build.axis("seed", float(seeds[0]) - 0.6, float(seeds[-1]) + 0.6, dtick=1 if len(seeds) <= 16 else 4)
    y = build.axis("test loss change (nats)", -reach, reach)
    title = f"The leak: {words.name(run)} fitted on all wines against on those to learn from ({told})"
    alt = f"Change of the test loss when the scaler has seen the test wines, by seed: {told}."
    return Chart("leak", title, build.figure([dots], x, y, shapes=shapes, showlegend=False), alt)
