"""The page's charts: the network flickering beside what it answers, and what dropping units did."""

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart, View
from nnviz.concepts.dropout import diagram, pictures
from nnviz.concepts.dropout.findings import diagnose
from nnviz.concepts.dropout.model import Run
from nnviz.concepts.dropout.planes import WINDOW, axis_of
from nnviz.concepts.dropout.words import captions, name_of, sentence, signed
from nnviz.core import statistics
from nnviz.core.statistics import Band

LEFT, RIGHT = [0.0, 0.4], [0.55, 1.0]  # shares of the hero's width
CLASSES = ("class a", "class b")


def view(run: Run) -> View:
    """Draw a run."""
    charts = [hero(run), sweep(run)]
    if run.params.plane:
        charts += [curves(run), pictures.thinned(run), pictures.average(run), pictures.uncertainty(run)]
    else:
        charts += [pictures.average(run), pictures.unsure_digits(run)]
    charts += [coadaptation(run), penalty(run)]
    return View(
        charts=tuple(charts),
        sentence=sentence(run),
        steps=run.epochs,
        captions=captions(run),
        findings=diagnose(run),
    )


def hero(run: Run) -> Chart:
    """Draw the network of the first seed on the left, and on the right what it answers (a plane) or how it scores."""
    traces, heights = diagram.diagram(run)
    frames = {f"data.{path}": values for path, values in heights.items()}
    layout: Trace = {
        "xaxis": {"domain": LEFT, "range": [-0.25, 3.3], "visible": False, "fixedrange": True},
        "yaxis": {"range": [-28, diagram.TOP + 4], "visible": False, "fixedrange": True},
        "annotations": [layer_label(run)],
        "margin": {"l": 8, "r": 12, "t": 8, "b": 44},
    }
    if run.params.plane:
        more, extra = surface(run, len(traces))
        layout |= {
            "xaxis2": build.axis("x₁", -WINDOW, WINDOW, domain=RIGHT, anchor="y2"),
            "yaxis2": build.axis("x₂", -WINDOW, WINDOW, anchor="x2"),
        }
    else:
        more, mark, extra = score_lines(run, xaxis="x2", yaxis="y2")
        layout |= {
            "xaxis2": build.axis("epoch", 0, float(run.epochs[-1]), domain=RIGHT, anchor="y2"),
            "yaxis2": build.axis("accuracy", 0, 1.02, anchor="x2"),
            "shapes": [mark | {"xref": "x2", "yref": "y2 domain"}],
        }
    answer = "all units answer" if run.params.eval_mode else "units go on dropping at test"
    seen, right = ("example (ringed)", "the surface") if run.params.plane else ("example", "accuracy")
    title = f"Left: one training {seen}, one thinned network. Right: {right} when {answer}"
    kept, score = run.drawn.replayed.kept, 100 * run.curves["dropout"].test_accuracy[-1, 0]
    alt = (
        f"On average {(~kept).sum(axis=1).mean():.0f} of {kept.shape[1]} hidden units are dropped at a step; when "
        f"{answer}, the network drawn is right in {score:.0f} % of test points."
    )
    return Chart("network", title, {"data": traces + more, "layout": layout}, alt, frames | extra)


def layer_label(run: Run) -> Trace:
    """Return what stands under the two hidden layers."""
    shown = min(diagram.SHOWN, run.params.width)
    count = f"{shown} of {run.params.width}" if shown < run.params.width else f"{shown}"
    text = f"{count} units<br>a layer, {name_of(run).replace(' and ', ', ')}"
    place = {"x": 1.5, "y": -4, "xref": "x", "yref": "y", "xanchor": "center", "yanchor": "top"}
    return place | {"text": text, "showarrow": False, "font": {"size": 12}}


def surface(run: Run, first: int) -> tuple[list[Trace], dict[str, np.ndarray]]:
    """Return the traces of the decision surface, numbered from `first`, and their frames."""
    assert run.drawn.surface is not None
    percent = np.round(100 * run.drawn.surface).astype(np.uint8)
    ticks = axis_of(run.params, WINDOW)
    place = {"xaxis": "x2", "yaxis": "y2"}
    heat = build.heat(ticks, ticks, percent[-1], title="chance of b in %", diverging=True, **place)
    heat |= {
        "colorscale": pictures.PALE,
        "zmin": 0,
        "zmax": 100,
        "zmid": 50,
        "zsmooth": "fast" if run.params.eval_mode else False,
    }
    inputs, targets = run.problem.inputs[0], run.problem.targets[0]
    dots = build.points(inputs.astype(np.float64), targets, CLASSES, showlegend=False, **place)
    dots += untrained(run, **place)
    seen = inputs[run.drawn.replayed.example]
    look = {"symbol": "circle-open", "size": 16, "color": "$ink", "line": {"width": 2.5, "color": "$ink"}}
    ring = {"type": "scatter", "mode": "markers", "marker": look, "hoverinfo": "skip", "showlegend": False}
    ring |= place | {"x": seen[-1:, 0], "y": seen[-1:, 1]}
    number = first + 1 + len(dots)
    frames = {f"data.{first}.z": percent, f"data.{number}.x": seen[:, :1], f"data.{number}.y": seen[:, 1:]}
    return [heat, *dots, ring], frames


def untrained(run: Run, **place: str) -> list[Trace]:
    """Return the learner's own points that the drawn network is tested on, hollow; other test points are too many."""
    if run.params.data != "points":
        return []
    inputs, targets = run.problem.test_inputs[0], run.problem.test_targets[0]
    dots = build.points(inputs.astype(np.float64), targets, CLASSES, showlegend=False, **place)
    for dot in dots:
        dot["marker"] |= {"symbol": f"{dot['marker']['symbol']}-open", "line": {"width": 2}}
        dot["name"] += ", test"
    return dots


def score_lines(run: Run, **place: str) -> tuple[list[Trace], Trace, dict[str, np.ndarray]]:
    """Return train and test accuracy over the epochs with and without dropout, a mark of now, and the mark's frames."""
    traces: list[Trace] = []
    names = {"dropout": name_of(run), "none": "no dropout"}
    for index, (key, name) in enumerate(names.items()):
        for part in ("train", "test"):
            scores = statistics.band(getattr(run.curves[key], f"{part}_accuracy"), axis=1)
            traces += build.band(run.epochs, scores, f"{part}, {name}", index, dashed=part == "test", **place)
    now = float(run.epochs[-1])
    mark = dict(build.vertical(now)["shape"])
    moments = run.epochs.astype(np.float32)
    return traces, mark, {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments}


def curves(run: Run) -> Chart:
    """Draw train and test accuracy over the epochs."""
    traces, mark, frames = score_lines(run)
    x, y = build.axis("epoch", 0, float(run.epochs[-1])), build.axis("accuracy", pictures.lowest(run), 1.02)
    ends = {
        key: [np.median(part[-1]) for part in (each.train_accuracy, each.test_accuracy)]
        for key, each in run.curves.items()
    }
    alt = (
        f"Median train and test accuracy end at {ends['dropout'][0]:.2f} and {ends['dropout'][1]:.2f} with dropout, at "
        f"{ends['none'][0]:.2f} and {ends['none'][1]:.2f} without."
    )
    return Chart("curves", "Accuracy through training", build.figure(traces, x, y, shapes=[mark]), alt, frames)


def sweep(run: Run) -> Chart:
    """Draw train and test accuracy at the end of training against the rate; a click takes a rate over."""
    found = run.sweep
    bands = {"train": statistics.band(found.train, axis=1), "test": statistics.band(found.test, axis=1)}
    values = {"customdata": [f"{rate:g}" for rate in found.rates], "mode": "lines+markers"}
    traces: list[Trace] = []
    for index, (name, band) in enumerate(bands.items()):
        traces += build.band(found.rates, band, name, index, dashed=name == "test")
        traces[-1] |= values
    mark = build.vertical(run.params.rate, " now")
    title = "dropout rate" if run.params.same else f"dropout rate of layer 1 (layer 2: {run.params.second:g})"
    x, y = build.axis(title, -0.03, 0.93), build.axis("accuracy after training", pictures.lowest(run), 1.02)
    figure = build.figure(traces, x, y, shapes=[mark["shape"]], annotations=[mark["annotation"]])
    return Chart(
        "sweep", "Accuracy against the rate", figure, sweep_words(run, bands["test"]), click={"rate": "customdata"}
    )


def sweep_words(run: Run, test: Band) -> str:
    """Say where on the sweep test accuracy is highest and what it is at both ends."""
    best = int(np.argmax(test.median))
    ends = f"{test.median[0]:.2f} at rate {run.sweep.rates[0]:g} and {test.median[-1]:.2f} at {run.sweep.rates[-1]:g}"
    return f"Median test accuracy is highest, {test.median[best]:.2f}, at rate {run.sweep.rates[best]:g}; it is {ends}."


def coadaptation(run: Run) -> Chart:
    """Draw the correlations between hidden units without and with dropout, each sorted by its leading eigenvector."""
    layout: Trace = {"annotations": []}
    traces = []
    names = {"none": "no dropout", "dropout": name_of(run)}
    for number, (key, name) in enumerate(names.items(), start=1):
        suffix = "" if number == 1 else "2"
        matrix = pictures.sorted_matrix(run.correlation[key])
        units = np.arange(1, len(matrix) + 1)
        more = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "zmin": -1, "zmax": 1, "showscale": number == 2}
        traces.append(build.heat(units, units, matrix, title="correlation r", diverging=True, **more))
        left = 0.53 * (number - 1)
        layout[f"xaxis{suffix}"] = build.axis("units, sorted", domain=[left, left + 0.47], anchor=f"y{suffix}")
        layout[f"yaxis{suffix}"] = {"anchor": f"x{suffix}", "showticklabels": False, "ticks": ""}
        dead = int(np.isnan(np.diag(matrix)).sum())
        text = f"{name}<br>mean |r| {_middle(run.mean_correlation[key])}{f', {dead} dead' if dead else ''}"
        label = {"x": left + 0.235, "y": 1.02, "xref": "paper", "yref": "paper", "text": text, "showarrow": False}
        layout["annotations"].append(label | {"xanchor": "center", "yanchor": "bottom", "font": {"size": 12}})
    layout["margin"] = {"t": 44, "l": 16}
    change = statistics.paired_interval(run.mean_correlation["dropout"], run.mean_correlation["none"])
    interval = f"95 % interval {signed(change.low, 2)} to {signed(change.high, 2)}"
    alt = f"Mean |r| between units of the {run.params.layer} hidden layer changes by {signed(change.estimate, 2)}"
    alt += f" with dropout ({interval if change.kept > 1 else 'one seed'})."
    if change.kept == 0:
        alt = f"Too few units of the {run.params.layer} hidden layer are alive to be correlated (0 seeds)."
    title = f"Co-adaptation: do units of the {run.params.layer} hidden layer say the same?"
    return Chart("coadaptation", title, {"data": traces, "layout": layout}, alt)


def _middle(values: np.ndarray) -> str:
    kept = values[np.isfinite(values)]
    return f"{np.median(kept):.2f}" if len(kept) else "undefined: all units but one are dead"


def penalty(run: Run) -> Chart:
    """Draw the closed form of linear dropout: loss of the mean plus a penalty, and all masks enumerated."""
    found = run.penalty
    total = found.fit + found.spread
    traces = [
        build.line(found.rates, found.fit, "error of the mean ‖y − pXw‖²/N", 0),
        build.line(found.rates, found.spread, "penalty p(1−p)Σ‖Xⱼ‖²wⱼ²/N", 1),
        build.line(found.rates, total, "their sum", 2),
    ]
    look = {"symbol": "diamond-open", "size": 9, "color": "$ink"}
    name = f"all {2**found.units} masks, averaged"
    exact = {"type": "scatter", "mode": "markers", "x": found.rates, "y": found.exact, "name": name, "marker": look}
    mark = build.vertical(run.params.rates[1], " now")
    x, y = build.axis("dropout rate 1 − p", -0.03, 0.98), build.axis("mean squared error", rangemode="tozero")
    figure = build.figure([*traces, exact], x, y, shapes=[mark["shape"]], annotations=[mark["annotation"]])
    gap = float(np.max(np.abs(found.exact - total)))
    alt = f"The average over all {2**found.units} masks equals error plus penalty at every rate, to {gap:.1g}."
    title = f"A linear read-out fitted at rate {run.params.rates[1]:g}: dropout is a penalty on large weights"
    return Chart("penalty", title, figure, alt)
