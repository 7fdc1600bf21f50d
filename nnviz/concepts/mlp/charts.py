"""From a run to the page's charts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build, theme
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart, View
from nnviz.concepts.mlp import words
from nnviz.concepts.mlp.hero import surfaces_chart
from nnviz.concepts.mlp.model import Run
from nnviz.concepts.mlp.network import forward
from nnviz.concepts.mlp.space_chart import space_chart
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.statistics import band, proportion_interval

ACCURACY = "test points right (%)"


def view(run: Run) -> View:
    """Draw a run."""
    charts = (surfaces_chart(run), space_chart(run), success_chart(run), seeds_chart(run), training_chart(run))
    return View(
        charts=charts,
        sentence=words.sentence(run),
        steps=run.network.epochs,
        unit="epoch",
        captions=words.captions(run),
        findings=found(run),
    )


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the networks; a line that cannot do the task is no fault of theirs."""
    p, drawn = run.params, run.params.drawn
    layers = run.network.layers(drawn, final=True)
    hidden, _ = forward(run.points, layers, p.activation)
    losses = np.median(run.network.training_loss, axis=1)
    name = f"the hidden layer (seed {p.numbers[drawn]})"
    constant = float(np.median([constant_loss(p.setting.drawn(seed)[1]) for seed in p.numbers]))
    rows = np.column_stack([layers[0][0], layers[0][1]])
    merged = Finding("collapse", "warning", words.collapsed(run)) if p.activation == "linear" and p.hidden else None
    return diagnosis.findings(
        diagnosis.non_finite({"the loss": run.network.training_loss}, run.network.epochs, unit="epoch"),
        diagnosis.divergence(losses, run.network.epochs, unit="epoch"),
        diagnosis.underfitting(float(losses[-1]), constant) if constant else None,
        diagnosis.symmetric_units(rows, name) if p.hidden > 1 else None,
        diagnosis.dead_units(hidden, name) if p.hidden and p.activation == "relu" else None,
        merged,
    )


def constant_loss(classes: NDArray[np.int64]) -> float:
    """Return the cross-entropy of the best constant answer, −Σ p ln p over the classes there are, in nats."""
    shares = np.unique(classes, return_counts=True)[1] / len(classes)
    return float(-np.sum(shares * np.log(shares)))


def accuracy_axis(lowest: float) -> Trace:
    """Return the axis of test accuracy in %; it begins below guessing, or lower where a run does."""
    return build.axis(ACCURACY, min(38.0, lowest - 4), 102)


def success_chart(run: Run) -> Chart:
    """Draw the share of seeds that solve the task against the number of hidden units; a click sets the number."""
    solved = {size: int(np.sum(values >= run.solved)) for size, values in run.accuracies.items()}
    intervals = [proportion_interval(solved[size], len(run.accuracies[size])) for size in solved]
    shares = [100 * each.estimate for each in intervals]
    sizes = list(solved)
    own = sizes.index(run.params.hidden)
    whiskers = build.whiskers(shares, [100 * each.low for each in intervals], [100 * each.high for each in intervals])
    trace = build.line(sizes, shares, "networks", 0, dashed=False, mode="lines+markers") | {
        "error_y": whiskers | {"color": "$blue/0.45"},
        "marker": {"size": 9, "color": "$blue"},
        "hovertemplate": "%{x} units: %{y:.0f} % of the seeds<extra></extra>",
    }
    ring = {"symbol": "circle-open", "size": 17, "color": "$ink", "line": {"width": 2.5}}
    here: Trace = {"type": "scatter", "mode": "markers", "x": [sizes[own]], "y": [shares[own]], "marker": ring}
    label = build.vertical(0, "", "$grey")["annotation"] | {
        "x": sizes[own], "y": shares[own], "yref": "y", "text": f"{solved[run.params.hidden]} of {len(run.accuracies[sizes[own]])}",
        "yanchor": "bottom" if shares[own] < 60 else "top", "xanchor": "left" if sizes[own] < 12 else "right",
        "xshift": 12 if sizes[own] < 12 else -12,
    }  # fmt: skip
    figure = build.figure(
        [trace, here | {"hoverinfo": "skip"}],
        build.axis("hidden units", -0.7, 16.7, dtick=2),
        build.axis("seeds that solve it (%)", -4, 104, dtick=25),
        showlegend=False,
        annotations=[label],
    )
    threshold = f"{run.params.solved:g} % of the test points right"
    told = ", ".join(f"{solved[size]} of {len(run.accuracies[size])} with {size}" for size in sizes)
    title = f"Share of seeds that solve it ({threshold}), with 95 % intervals; click to choose"
    return Chart("success", title, figure, f"Seeds that solve it by hidden units: {told}.", click={"hidden": "x"})


def seeds_chart(run: Run) -> Chart:
    """Draw every seed's test accuracy, by the line and by the network; a click chooses the network drawn."""
    p = run.params
    line, network = 100 * run.line.accuracy[-1], 100 * run.network.accuracy[-1]
    places = [p.place] if p.quick else list(range(len(network)))
    good = network >= p.solved
    base: Trace = {"type": "scatter", "mode": "markers", "x": places, "customdata": places}
    look = {
        "size": 11,
        "color": [theme.colour(0) if each else "$red" for each in good],
        "symbol": ["circle" if each else "x" for each in good],
    }
    hover = {"hovertemplate": "%{y:.1f} %<extra></extra>"}
    nets = base | {"y": network, "marker": look, "name": "network (✗ not solved)"} | hover
    lines = base | {"y": line, "marker": {"size": 9, "color": "$grey", "symbol": "square-open"}, "name": "line"} | hover
    bar = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": p.solved, "y1": p.solved}
    shapes: list[Trace] = [bar | {"line": {"color": "$ink", "width": 1, "dash": "dash"}}]
    shown = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": p.place, "x1": p.place}
    shapes.append(shown | {"line": {"color": "$faint", "width": 12}, "layer": "below"})
    figure = build.figure(
        [lines, nets],
        build.axis("seed, counted from the first", -0.6, p.seeds - 0.4, dtick=1 if p.seeds <= 16 else 4),
        accuracy_axis(float(min(line.min(), network.min()))),
        shapes=shapes,
    )
    alt = f"Test accuracy of {len(network)} networks from {network.min():.1f} to {network.max():.1f} %, {good.sum()} of them solve it; "
    alt += f"of the lines from {line.min():.1f} to {line.max():.1f} %."
    return Chart("seeds", "Every seed: click one to draw its network", figure, alt, click={"shown": "customdata"})


def training_chart(run: Run) -> Chart:
    """Draw test accuracy over the epochs, bands over seeds, and the moment shown."""
    epochs = run.network.epochs
    traces = [
        *build.band(epochs, band(100 * run.line.accuracy, axis=1), "line", 7, dashed=True),
        *build.band(epochs, band(100 * run.network.accuracy, axis=1), "network", 0, dashed=False),
    ]
    mark = build.vertical(float(epochs[-1]))["shape"]
    frames: dict[str, Any] = {f"layout.shapes.0.{end}": epochs.astype(np.float32) for end in ("x0", "x1")}
    figure = build.figure(
        traces,
        build.axis("epoch", 0, float(epochs[-1])),
        accuracy_axis(100 * float(min(run.line.accuracy.min(), run.network.accuracy.min()))),
        shapes=[mark],
    )
    ends = [float(np.median(nets.accuracy[-1])) for nets in (run.line, run.network)]
    alt = f"After {epochs[-1]} epochs the median line has {words.percent(ends[0])} of its test points right, the median network {words.percent(ends[1])}."
    title = "Test accuracy while they learn: median and 10–90 % band over seeds"
    return Chart("training", title, figure, alt, frames)
