"""Training over steps, error over depth, the gradient in every layer, and what depth costs."""

from typing import Any

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.view import Chart
from nnviz.concepts.deep_training.depths import DEPTHS
from nnviz.concepts.deep_training.model import Run
from nnviz.concepts.deep_training.nets import Trained
from nnviz.core.notation import number
from nnviz.core.statistics import band

Trace = dict[str, Any]
GUESSING = float(np.log(2))  # the loss of a net that always answers one half
FLOOR, TOP = 1e-4, 30.0  # of the loss's axis
KINDS = (("plain", 1), ("with skips", 0))  # name and colour


def losses_chart(run: Run) -> Chart:
    """Draw the training loss of both kinds with bands, and the moment of the timeline."""
    steps = np.arange(len(run.plain.loss))
    traces: list[Trace] = []
    for (name, index), each in zip(KINDS, (run.plain, run.skip), strict=True):
        held = np.clip(each.loss, FLOOR, TOP)
        traces += build.band(steps, band(held, axis=1), name + lost_words(each), index)
    cursor = build.vertical(float(steps[-1]), token="$ink", dash="solid")["shape"]
    guess = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": GUESSING, "y1": GUESSING}
    shapes = [cursor, guess | {"line": {"color": "$grey", "width": 1, "dash": "dot"}}]
    x = build.axis("step", 0, float(steps[-1]))
    figure = build.figure(traces, x, loss_axis("training loss"), shapes=shapes)
    ends = [number(float(band(each.final).median)) for each in (run.plain, run.skip)]
    text = f"After {steps[-1]} steps the plain nets' median training loss is {ends[0]}, with skips {ends[1]}; guessing "
    moments = run.plain.moments if len(run.plain.moments) >= len(run.skip.moments) else run.skip.moments
    frames = {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments}
    return Chart("losses", "Training loss, same seeds (dotted: guessing)", figure, text + "gives 0.69.", frames)


def loss_axis(title: str) -> Trace:
    """Return the log axis of a loss."""
    ticks = (1e-4, 1e-3, 0.01, 0.1, 1, 10)
    return build.axis(f"{title} (log)", FLOOR, TOP, log=True, tickvals=list(ticks), ticktext=[f"{t:g}" for t in ticks])


def lost_words(trained: Trained) -> str:
    """Say how many networks broke down, if any did."""
    lost = int(np.sum(~np.isfinite(trained.final)))
    return f" ({lost} of {len(trained.final)} lost)" if lost else ""


def depth_chart(run: Run) -> Chart:
    """Draw training and test error over depth, both kinds; those not trained yet are missing."""
    assert run.depths is not None
    depths, traces = run.depths.depths, []
    for name, index in KINDS:
        wrong = 100 * run.depths.values("error", residual=index == 0)
        test = 100 * run.depths.values("test_error", residual=index == 0)
        traces += build.band(depths, band(wrong, axis=1), f"{name}: training", index, dashed=False)
        traces[-1] |= {"mode": "lines+markers", "marker": {"size": 8, "symbol": theme.marker(index)}}
        traces[-1]["customdata"] = depths.tolist()
        traces.append(build.line(depths, band(test, axis=1).median, f"{name}: test", index, dashed=True, opacity=0.7))
    mark = build.vertical(float(np.log10(run.params.depth)), "", "$grey")["shape"]
    x = build.axis("hidden layers (log)", 0.9, 60, log=True, tickvals=list(DEPTHS), ticktext=[str(d) for d in DEPTHS])
    y = build.axis("wrong answers, %", -1, 55)
    figure = build.figure(traces, x, y, shapes=[mark | {"x0": run.params.depth, "x1": run.params.depth}])
    title = "Error over depth (click a dot to go there)"
    return Chart("depth", title, figure, depth_words(run), click={"depth": "x"}, height=360)


def depth_words(run: Run) -> str:
    """Say where the plain nets are best and what more depth does to them, in numbers."""
    assert run.depths is not None
    depths = run.depths.depths
    plain, skip = (
        100 * band(run.depths.values("error", residual=residual), axis=1).median for residual in (False, True)
    )
    best, last = int(np.argmin(plain)), len(depths) - 1
    text = (
        f"Plain nets make {plain[best]:.0f} % training errors at depth {depths[best]} and {plain[last]:.0f} % at depth "
    )
    return text + f"{depths[last]}; with skips {skip[best]:.0f} % and {skip[last]:.0f} %."


def gradient_chart(run: Run) -> Chart:
    """Draw the gradient of each layer's weights before the first step."""
    traces: list[Trace] = []
    words = []
    for (name, index), each in zip(KINDS, (run.plain, run.skip), strict=True):
        layers = np.arange(1, len(each.signal) + 1)
        middle = band(np.clip(each.signal, 1e-12, 1e12), axis=1)
        traces += build.band(layers, middle, name, index)
        words.append(f"{number(float(middle.median[0]))} and {number(float(middle.median[-1]))} {name}")
    x = build.axis("layer (1 is next to the input)", 0.5, run.params.depth + 0.5)
    y = build.axis("norm of the gradient (log)", log=True, exponentformat="power", dtick=1)
    alt = f"Before training the gradient's norm at the first and last hidden layer is {' and '.join(words)}."
    return Chart("gradient", "Gradient of each layer's weights, before training", build.figure(traces, x, y), alt)


def cost_chart(run: Run) -> Chart:
    """Draw time, parameters and memory of one step over depth, each as a multiple of the shallowest net's."""
    assert run.costs is not None
    costs = run.costs
    rows = {
        "time of a step": (costs.seconds, [f"{1000 * each:.2g} ms" for each in costs.seconds]),
        "parameters": (costs.parameters, [f"{each:,}" for each in costs.parameters]),
        "memory of a step": (costs.bytes, [f"{each / 1024:,.0f} KiB" for each in costs.bytes]),
    }
    traces = []
    for index, (name, (values, texts)) in enumerate(rows.items()):
        trace = build.line(DEPTHS, values / values[0], name, index, mode="lines+markers", customdata=texts)
        trace["marker"] = {"symbol": theme.marker(index), "size": 7}
        traces.append(trace | {"hovertemplate": "%{x} layers: %{customdata}<extra></extra>"})
    x = build.axis("hidden layers (log)", 0.9, 60, log=True, tickvals=list(DEPTHS), ticktext=[str(d) for d in DEPTHS])
    y = build.axis("times a net of one layer (log)", log=True, dtick=1)
    alt = f"From 1 to {DEPTHS[-1]} hidden layers the parameters go from {costs.parameters[0]:,} to "
    alt += f"{costs.parameters[-1]:,}, the time of a step from {rows['time of a step'][1][0]} to "
    alt += f"{rows['time of a step'][1][-1]}, its memory from {rows['memory of a step'][1][0]} to {rows['memory of a step'][1][-1]}."
    return Chart("cost", "What depth costs: one plain net, one step, on this machine", build.figure(traces, x, y), alt)
