"""The page's charts: the touching shapes, weights and errors along λ, exact zeros, and L1 two ways."""

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart, View
from nnviz.concepts.regularization import words
from nnviz.concepts.regularization.findings import diagnose
from nnviz.concepts.regularization.hero import cursor, touch_chart
from nnviz.concepts.regularization.model import STRENGTHS, Run, zeros_of
from nnviz.concepts.regularization.network_chart import network_chart
from nnviz.concepts.regularization.settings import NAMES
from nnviz.concepts.regularization.solvers import eigen
from nnviz.core.notation import significant
from nnviz.core.statistics import band

RIGHT: Trace = {"xaxis": "x2", "yaxis": "y2"}
TICKS = {"tickvals": [1e-4, 1e-3, 0.01, 0.1, 1, 10], "ticktext": ["10⁻⁴", "0.001", "0.01", "0.1", "1", "10"]}
EDGES = np.linspace(-2, 2, 41)
TINY = 1e-5  # weights are drawn from here on, on a log axis


def view(run: Run) -> View:
    """Draw a run."""
    network = (network_chart(run),) if run.networks else ()
    charts = (
        touch_chart(run),
        errors_chart(run),
        paths_chart(run),
        zeros_chart(run),
        histogram_chart(run),
        descent_chart(run),
        *network,
        directions_chart(run),
    )
    return View(charts, words.sentence(run), run.steps, "step", words.captions(run), diagnose(run))


def strength_axis(**more: object) -> Trace:
    """Return the axis of λ."""
    return axis("λ (log)", 0.8e-4, 12.5, log=True, **TICKS) | more


def paths_chart(run: Run) -> Chart:
    """Draw every weight of the draw shown along λ; a click sets λ."""
    skip, traces = int(run.params.bias), []
    spots = {"customdata": [f"{value:.6g}" for value in STRENGTHS], "mode": "lines"}
    reach = float(np.clip(1.1 * np.abs(run.weights[0, :, skip:]).max(), 1.0, 3.0))
    for index, name in enumerate(run.problem.names):
        line = {"color": theme.colour(index), "dash": theme.dash(index // 2), "width": 2}
        hover = {"hovertemplate": f"{name}: %{{y:.3f}} at λ = %{{x:.3g}}<extra></extra>"}
        base = {"type": "scatter", "x": STRENGTHS, "y": np.clip(run.weights[0, :, skip + index], -9, 9), "name": name}
        traces.append(base | spots | hover | {"line": line})
    figure = build.figure(traces, strength_axis(), axis("weight", -reach, reach), shapes=[cursor(run)])
    zeros = zeros_of(run.weights[0], run.params)
    alt = (
        f"Of {words.counted(run)} weights {int(zeros[0])} are exactly 0 at λ = 0.0001, {int(run.zeros[0])} at {words.strength(run.params.strength)} "
        f"and {int(zeros[-1])} at 10."
    )
    return Chart("paths", "Every weight along λ (click to set it)", figure, alt, click={"strength": "customdata"})


def errors_chart(run: Run) -> Chart:
    """Draw training and validation error along λ, bands over draws; a click sets λ."""
    top = float(np.clip(2.5 * np.median(run.validation.min(axis=1)) + 0.1, 0.3, 5))
    traces: list[Trace] = []
    for index, (name, errors) in enumerate((("training", run.train), ("validation", run.validation))):
        traces += build.band(STRENGTHS, band(np.clip(errors, 0, 10 * top)), name, index)
        traces[-1] |= {"customdata": [f"{value:.6g}" for value in STRENGTHS]}
    low = words.best(run)
    lowest = float(np.median(run.validation[:, low]))
    look = {"size": 14, "symbol": "star", "color": "$orange", "line": {"width": 1.2, "color": "$ink"}}
    star = {
        "type": "scatter",
        "mode": "markers",
        "x": [STRENGTHS[low]],
        "y": [lowest],
        "marker": look,
        "name": "lowest",
    }
    figure = build.figure([*traces, star], strength_axis(), axis("mean squared error", 0, top), shapes=[cursor(run)])
    ends = [significant(float(np.median(run.validation[:, end]))) for end in (0, -1)]
    alt = (
        f"Median validation error is {ends[0]} at λ = 0.0001, lowest, {significant(lowest)}, at "
        f"{words.strength(float(STRENGTHS[low]))}, and {ends[1]} at λ = 10."
    )
    title = "Training and validation error along λ (click to set it)"
    return Chart("errors", title, figure, alt, click={"strength": "customdata"})


def zeros_chart(run: Run) -> Chart:
    """Draw how many weights are exactly 0 under each penalty at the same λ."""
    counts = {name: zeros_of(weights, run.params) for name, weights in run.here.items()}
    bands = {name: band(each.astype(float)) for name, each in counts.items()}
    middle = np.array([float(each.median) for each in bands.values()])
    whiskers = build.whiskers(
        middle, [float(each.low) for each in bands.values()], [float(each.high) for each in bands.values()]
    )
    colours = ["$blue" if name == run.params.penalty else "$blue/0.35" for name in counts]
    trace = build.bars([NAMES[name] for name in counts], middle, 0, error_y=whiskers) | {"marker": {"color": colours}}
    trace |= {
        "text": [f"{value:g}" for value in middle],
        "textposition": "inside",
        "insidetextanchor": "start",
        "customdata": list(counts),
    }
    y = axis(f"weights that are exactly 0, of {words.counted(run)}", 0, words.counted(run) + 0.5)
    figure = build.figure([trace], {"title": {"text": "penalty"}, "type": "category"}, y, showlegend=False)
    told = ", ".join(f"{value:g} under {words.SHORT[name]}" for name, value in zip(counts, middle, strict=True))
    title = f"Exact zeros at the same {words.strength(run.params.strength)} (click a penalty)"
    return Chart(
        "zeros", title, figure, f"Weights exactly 0, median over draws: {told}.", click={"penalty": "customdata"}
    )


def histogram_chart(run: Run) -> Chart:
    """Draw the weights of all draws as a histogram, those that are exactly 0 apart."""
    weights = run.chosen[:, int(run.params.bias) :]
    exact, others = int((weights == 0).sum()), weights[weights != 0]
    counts, _ = np.histogram(np.clip(others, EDGES[0], EDGES[-1]), EDGES)
    middles = (EDGES[:-1] + EDGES[1:]) / 2
    top = max(5.0, 1.5 * float(counts.max()))
    traces = [
        build.bars([], counts, 0, name="not 0") | {"x": middles, "width": 0.1},
        build.bars([], [min(exact, top)], 3, name="exactly 0")
        | {"x": [0], "width": 0.035, "marker": {"color": "$red"}},
    ]
    spot = {"x": 0.06, "y": min(exact, top), "xanchor": "left", "yanchor": "top", "showarrow": False}
    spot |= {"text": f"{exact} exactly 0{' ↑' if exact > top else ''}", "font": {"color": "$red"}}
    x = axis("weight (beyond ±2 counts at the end)", -2.05, 2.05)
    figure = build.figure(traces, x, axis("weights of all draws", 0, top), barmode="overlay", annotations=[spot])
    share = 100 * exact / weights.size
    alt = f"Of {weights.size} weights {exact} ({share:.0f} %) are exactly 0; the others spread by {significant(float(others.std()) if len(others) else 0.0)}."
    return Chart("weights", f"All weights: {exact} of {weights.size} are exactly 0", figure, alt)


def descent_chart(run: Run) -> Chart:
    """Draw the size of every weight while gradient descent learns under L1: by proximal and by plain steps."""
    steps, traces = run.steps + 1.0, []
    sizes = np.abs(run.descents)
    for panel in (0, 1):
        for index, name in enumerate(run.problem.names):
            drawn = np.where(
                sizes[panel, :, index + int(run.params.bias)] == 0,
                np.nan,
                np.maximum(sizes[panel, :, index + int(run.params.bias)], TINY),
            )
            line = {"color": theme.colour(index), "width": 1.7}
            base = {"type": "scatter", "mode": "lines", "x": steps, "y": drawn, "line": line, "name": name}
            traces.append(base | {"hovertemplate": f"{name}: %{{y:.2g}}<extra></extra>"} | (RIGHT if panel else {}))
    zeros = [int(zeros_of(each[-1], run.params)) for each in run.descents]
    y = {"tickvals": [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1], "ticktext": ["10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1"]}
    x = {"tickvals": [1, 11, 101, 1001], "ticktext": ["0", "10", "100", "1000"]}
    shape = build.vertical(float(steps[-1]), token="$ink", dash="solid")["shape"] | {"yref": "y domain"}
    spot = {
        "xref": "x domain",
        "yref": "paper",
        "x": 0.0,
        "y": 1.0,
        "yanchor": "bottom",
        "xanchor": "left",
        "showarrow": False,
    }
    layout = {
        "showlegend": False,
        "margin": {"l": 56, "r": 12, "t": 28, "b": 44},
        "xaxis": axis("step (log of 1 + step)", 0.9, steps[-1] * 1.1, log=True, domain=[0, 0.47], **x),
        "xaxis2": axis("step (log of 1 + step)", 0.9, steps[-1] * 1.1, log=True, domain=[0.53, 1], anchor="y2", **x),
        "yaxis": axis("size of the weight (log)", TINY, 5, log=True, **y),
        "yaxis2": axis("", TINY, 5, log=True, anchor="x2", **y) | {"showticklabels": False},
        "shapes": [dict(shape), dict(shape) | {"xref": "x2", "yref": "y2 domain"}],
        "annotations": [
            spot | {"text": f"<b>proximal (ISTA)</b>: {zeros[0]} of {words.counted(run)} end at exactly 0"},
            spot | {"xref": "x2 domain", "text": f"<b>plain gradient</b>: {zeros[1]} of {words.counted(run)}"},
        ],
    }
    moments = steps.astype(np.float32)
    frames = {f"layout.shapes.{shape}.{end}": moments for shape in (0, 1) for end in ("x0", "x1")}
    rattle = ", whose weights rattle around 0" if zeros[0] > zeros[1] else ""
    alt = (
        f"After {int(run.steps[-1])} steps under L1, {zeros[0]} of {words.counted(run)} weights are exactly 0 by proximal steps and {zeros[1]} by plain "
        f"gradient steps{rattle}."
    )
    title = f"L1 two ways at {words.strength(run.params.strength)}: a line that ends has reached exactly 0"
    return Chart("descent", title, {"data": traces, "layout": layout}, alt, frames, wide=True, least=560)


def directions_chart(run: Run) -> Chart:
    """Draw how much of each eigen-direction is left under the chosen penalty, with L2's closed form."""
    values, vectors = eigen(run.normal.grams[:1])
    free, here = run.free[0] @ vectors[0], run.chosen[0] @ vectors[0]
    useful = (values[0] > 1e-9) & (np.abs(free) > 1e-9)
    shares = np.clip(here[useful] / free[useful], -0.5, 1.5)
    line = np.logspace(-6, 1, 121)
    look = {"size": 10, "color": "$blue", "line": {"width": 1, "color": "$paper"}}
    traces: list[Trace] = [
        build.line(line, line / (line + run.params.strength), "L2: e / (e + λ)", 1),
        {
            "type": "scatter",
            "mode": "markers",
            "x": values[0][useful],
            "y": shares,
            "marker": look,
            "name": f"under {words.SHORT[run.params.penalty]}",
        },
    ]
    x = axis(
        "eigenvalue e of the direction (log)",
        1e-6,
        10,
        log=True,
        tickvals=[1e-6, 1e-4, 0.01, 1],
        ticktext=["10⁻⁶", "10⁻⁴", "0.01", "1"],
    )
    figure = build.figure(traces, x, axis("share of least squares left", -0.55, 1.55), shapes=[])
    closed = values[0][useful] / (values[0][useful] + run.params.strength)
    gap = float(np.abs(shares - closed).max()) if useful.any() else 0.0
    alt = f"Of {int(useful.sum())} directions the share that is left differs from e / (e + λ) by up to {gap:.2g}."
    return Chart(
        "directions", "What is left of each direction of the data; L2 lies on its curve", figure, alt, wide=True
    )
