"""From a run to the page's charts: ridges, loss, the loss along the gradient, learning rates, and both modes."""

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart, View
from nnviz.concepts.batch_norm.hero import ridges_chart
from nnviz.concepts.batch_norm.model import Run
from nnviz.concepts.batch_norm.nets import Floats
from nnviz.concepts.batch_norm.sweeps import TRAINS, modes_of
from nnviz.concepts.batch_norm.words import found, kind, rate_words, sentence
from nnviz.core.notation import number
from nnviz.core.statistics import band

FLOOR, TOP = 1e-3, 30.0  # of a loss's axis
FAILED = 2.0  # a loss at the end beyond which it is all the same
LOSSES = [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2]  # numbers at the axis that ends at FAILED
FEW = 3  # numbers at a log axis that follows the losses
SMOOTH = 0.9  # share of the running mean of the loss that stays at each step


def view(run: Run) -> View:
    """Draw a run, as far as it has come."""
    charts = [ridges_chart(run), loss_chart(run), smooth_chart(run)]
    if run.rates is not None:
        charts.append(rates_chart(run))
    if run.batches:
        charts.append(modes_chart(run))
    steps = run.own.moments
    losses = [band(running(each.loss)[steps], axis=1).median for each in (run.plain, run.own)]
    captions = [f"loss {number(float(a))} without, {number(float(b))} with" for a, b in zip(*losses, strict=True)]
    return View(tuple(charts), sentence(run), steps, "step", captions, found(run))


def running(loss: Floats) -> Floats:
    """Return the running mean of losses (T, K) over about ten steps; nan from where one is not a number."""
    kept = [loss[0]]
    for row in loss[1:]:
        kept.append(SMOOTH * kept[-1] + (1 - SMOOTH) * row)
    return np.stack(kept)


def held(loss: Floats, top: float = TOP) -> Floats:
    """Return losses as they are drawn: one that is no number any more stands at the top."""
    return np.clip(np.nan_to_num(loss, nan=top, posinf=top), FLOOR, top)


def kinds(run: Run) -> tuple[tuple[str, int], ...]:
    """Return name and colour of both kinds."""
    return ("without a norm", 1), (kind(run), 0)


def loss_chart(run: Run) -> Chart:
    """Draw the training loss of both kinds."""
    steps, traces = np.arange(len(run.own.loss)), list[Trace]()
    for (name, index), each in zip(kinds(run), (run.plain, run.own), strict=True):
        traces += build.band(steps, band(held(running(each.loss)), axis=1), name, index)
    cursor = build.vertical(float(steps[-1]), token="$ink", dash="solid")["shape"]
    x = build.axis("step", 0, float(steps[-1]))
    figure = build.figure(traces, x, held_axis("training loss (log)", traces), shapes=[cursor])
    ends = [number(float(band(running(each.loss)[-1]).median)) for each in (run.plain, run.own)]
    alt = f"After {len(steps)} steps the median loss of a batch is {ends[0]} without a norm and {ends[1]} with {kind(run)}."
    moments = run.own.moments
    frames = {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments}
    return Chart("loss", "Training loss, same seeds (mean of about ten steps)", figure, alt, frames)


def smooth_chart(run: Run) -> Chart:
    """Draw how much the loss varies along the gradient, up to four learning rates away."""
    traces: list[Trace] = []
    ends = []
    for (name, index), each in zip(kinds(run), (run.plain, run.own), strict=True):
        width = np.clip(each.reach[1] - each.reach[0], 1e-5, TOP)
        traces += build.band(each.moments, band(width, axis=1), name, index)
        ends.append(number(float(np.nanmedian(width)) if np.isfinite(width).any() else np.nan))
    x = build.axis("step", 0, float(run.own.moments[-1]))
    figure = build.figure(traces, x, held_axis("loss, highest − lowest (log)", traces))
    alt = f"Along the gradient, from half a learning rate to four, the loss varies by {ends[0]} without a norm and by "
    title = "How much the loss varies along the gradient, within four steps"
    return Chart("smooth", title, figure, f"{alt}{ends[1]} with {kind(run)} (medians over training).")


def held_axis(title: str, traces: list[Trace]) -> Trace:
    """Return a logarithmic axis that ends at half decades around all that is drawn: it stays under a moving hand."""
    powers = np.log10(np.concatenate([np.asarray(trace["y"], float) for trace in traces]))
    seen = 2 * powers[np.isfinite(powers)]
    ends = (np.floor(seen.min()), np.ceil(seen.max())) if len(seen) else (-2.0, 2.0)
    low, high = (float(10 ** (end / 2)) for end in (ends[0], max(ends[1], ends[0] + 1)))
    return build.axis(title, low, high, log=True, nticks=FEW)


def dotted(index: int) -> Trace:
    """Return the look of a line whose points are marked."""
    return {"mode": "lines+markers", "marker": {"size": 7, "symbol": theme.marker(index)}}


def modes_chart(run: Run) -> Chart:
    """Draw the test error in both modes over the batch size in training."""
    sizes, wrong = modes_of(run.batches)
    traces: list[Trace] = []
    for index, name in enumerate(("evaluation mode", "training mode")):
        traces += build.band(sizes, band(wrong[index], axis=1), name, 2 + index)
        traces[-1] |= dotted(2 + index)
    ticks = {"tickvals": sizes.tolist(), "ticktext": [str(size) for size in sizes]}
    x = build.axis("batch size in training and at the test (log)", 1.8, 150, log=True, **ticks)
    figure = build.figure(traces, x, build.axis("test error (%)", 0, 60))
    medians = np.median(wrong, axis=2)
    alt = f"Test error with batches of {sizes[0]}: {medians[0, 0]:.0f} % in evaluation mode, {medians[1, 0]:.0f} % in "
    alt += f"training mode; with {sizes[-1]}: {medians[0, -1]:.0f} % and {medians[1, -1]:.0f} %."
    return Chart("modes", f"Evaluation and training mode, {kind(run)}", figure, alt)


def rates_chart(run: Run) -> Chart:
    """Draw the loss after training at every rate."""
    assert run.rates is not None
    traces: list[Trace] = []
    for (name, index), each in zip(kinds(run), run.rates, strict=True):
        traces += build.band(each.rates, band(held(each.loss, FAILED), axis=1), name, index)
        traces[-1] |= dotted(index)
    x = build.axis("learning rate (log)", 0.008, 12.5, log=True, tickvals=[0.01, 0.1, 1, 10])
    line = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": TRAINS, "y1": TRAINS}
    shapes = [line | {"line": {"color": "$grey", "width": 1, "dash": "dot"}}]
    figure = build.figure(
        traces, x, build.axis(f"final loss (log, up to {FAILED:g})", log=True, tickvals=LOSSES), shapes=shapes
    )
    return Chart(
        "rates",
        "Which rates still train (below the dotted line; click a dot to set the rate)",
        figure,
        rate_words(run),
        click={"rate": "x"},
    )
