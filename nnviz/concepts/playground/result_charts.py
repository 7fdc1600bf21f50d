"""How training went: losses, right answers, the confusion matrix, gradients by layer, and what the network costs."""

import html
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.playground.batches import normalized
from nnviz.concepts.playground.model import Run, Scores
from nnviz.concepts.playground.problem import Floats
from nnviz.core.notation import significant
from nnviz.core.statistics import band

FLOOR = 1e-5  # the lowest loss on the log axis
SMALL, LARGE = 1e-8, 1e4  # the axis of gradient norms


def losses(run: Run) -> Chart:
    """Draw training and test loss with their bands over the seeds; the penalty apart."""
    found, more = run.scores, run.later
    train, test = held(found.train_loss), held(found.test_loss)
    traces = [*build.band(found.at, band(train, 1), "training", 0), *build.band(found.at, band(test, 1), "test", 1)]
    if run.params.penalty in ("l1", "l2", "both"):
        traces.append(build.line(found.at, held(band(found.penalty, 1).median), "penalty", 7, dashed=None))
    if more is not None:
        traces += _after(run, more, held(more.train_loss), held(more.test_loss))
    top = 10 ** np.ceil(np.log10(max(2.0, float(np.nanmax(np.minimum(train[0], 1e4))))))
    y = build.axis(f"{LOSS_NAMES[run.problem.loss]} (log)", FLOOR, top, log=True, exponentformat="power", dtick=1)
    end = (
        f"training loss {significant(float(np.median(train[-1])))}, test loss {significant(float(np.median(test[-1])))}"
    )
    alt = f"After {found.at[-1]} epochs the median over {train.shape[1]} seeds is: {end}."
    if run.params.penalty in ("l1", "l2", "both"):
        alt += f" The penalty is {significant(float(np.median(found.penalty[-1])))}."
    return _over_epochs(
        run, "losses", "Loss on training and test points: median and 10–90 % band over the seeds", traces, y, alt
    )


def rightness(run: Run) -> Chart:
    """Draw the share of right answers, or R², with bands."""
    found, more = run.scores, run.later
    train, test = np.clip(found.train_score, -1, 1), np.clip(found.test_score, -1, 1)
    traces = [*build.band(found.at, band(train, 1), "training", 0), *build.band(found.at, band(test, 1), "test", 1)]
    if more is not None:
        traces += _after(run, more, np.clip(more.train_score, -1, 1), np.clip(more.test_score, -1, 1))
    name = "accuracy" if run.problem.classes else "R² (1 − squared error / variance)"
    y = build.axis(name, 0 if run.problem.classes else -0.5, 1.02)
    ends = f"training {significant(float(np.median(train[-1])))}, test {significant(float(np.median(test[-1])))}"
    alt = f"After {found.at[-1]} epochs the median {name} is: {ends}."
    title = (
        "Share of points answered right" if run.problem.classes else "How much of the targets' variance is explained"
    )
    return _over_epochs(run, "accuracy", title, traces, y, alt)


def _after(run: Run, more: Scores, train: Floats, test: Floats) -> list[Trace]:
    """Return how the changed network goes on, as one line each."""
    at = run.plan.epochs + more.at
    return [build.line(at, train[:, 0], "after your change, training", 2, dashed=False),
            build.line(at, test[:, 0], "after your change, test", 2, dashed=True)]  # fmt: skip


def _over_epochs(run: Run, name: str, title: str, traces: list[Trace], y: Trace, alt: str) -> Chart:
    """Return a chart over epochs with a line at the moment of the timeline."""
    now = build.vertical(float(run.story.at[-1]))["shape"]
    x = build.axis("epoch", 0, max(1, int(run.story.at[-1])))
    places = run.story.at.astype(np.float32)
    frames = {"layout.shapes.0.x0": places, "layout.shapes.0.x1": places}
    return Chart(name, title, build.figure(traces, x, y, shapes=[dict(now)]), alt, frames)


def answers(run: Run) -> Chart:
    """Draw which class the test points get, moving with the timeline; of a regression, answers against targets."""
    return _confusion(run) if run.problem.classes else _against_targets(run)


def confusion(run: Run) -> NDArray[np.float32]:
    """Return how many test points of each class (rows) get each class (columns) at each frame, (T, C, C)."""
    outputs, count = run.story.outputs, len(run.problem.classes)
    given = outputs.argmax(axis=-1) if run.problem.outputs > 1 else (outputs[..., 0] > 0).astype(np.int64)
    truth = run.problem.test_labels.astype(np.int64)
    onehot = np.eye(count, dtype=np.float32)
    table: NDArray[np.float32] = np.einsum("nc,tnd->tcd", onehot[truth], onehot[given])
    return table


def _confusion(run: Run) -> Chart:
    tables = confusion(run)
    sums = np.maximum(tables[0].sum(axis=1), 1)  # (C,) points of each class
    shares = (tables / sums[:, None]).astype(np.float32)
    classes = [html.escape(name) for name in run.problem.classes]
    texts = [[[f"{count:.0f}" for count in row] for row in table] for table in tables]
    heat = {"type": "heatmap", "x": classes, "y": classes, "z": shares[-1], "zmin": 0, "zmax": 1, "text": texts[-1],
            "texttemplate": "%{text}", "textfont": {"size": 15}, "colorscale": [[0, "$paper"], [1, "$blue/0.7"]],
            "showscale": False, "xgap": 2, "ygap": 2,
            "hovertemplate": "class %{y} answered as %{x}: %{text}<extra></extra>"}  # fmt: skip
    x = build.axis("the network's answer") | {"type": "category"}
    y = build.axis("class", autorange="reversed") | {"type": "category"}
    right = float(np.trace(tables[-1]) / max(1.0, tables[-1].sum()))
    alt = f"Of {int(tables[-1].sum())} test points {100 * right:.0f} % get their class; rows are classes, columns answers."
    figure = build.figure([heat], x, y)
    return Chart("confusion", "Confusion matrix of the test points (network in the picture)", figure, alt,
                 {"data.0.z": shares, "data.0.text": texts})  # fmt: skip


def _against_targets(run: Run) -> Chart:
    given, truth = run.story.outputs[..., 0], run.problem.test_labels
    limit = 1.1 * max(1.0, float(np.abs(truth).max()))
    dots = {"type": "scatter", "mode": "markers", "x": truth, "y": given[-1], "name": "test points",
            "marker": {"color": "$blue", "size": 5, "opacity": 0.7}, "showlegend": False}  # fmt: skip
    ideal = build.line([-limit, limit], [-limit, limit], "right answer", 7, dashed=True)
    axes = build.axis("target", -limit, limit), build.axis("the network's answer", -limit, limit)
    worst = float(np.abs(given[-1] - truth).max())
    alt = f"Answers against targets of {len(truth)} test points; the largest error is {significant(worst)}."
    figure = build.figure([ideal, dots], *axes, showlegend=False)
    return Chart("confusion", "Answer against target, test points", figure, alt, {"data.1.y": given})


def gradients(run: Run) -> Chart:
    """Draw the norm of every layer's gradient over training, median over the seeds."""
    found = run.scores
    norms = np.clip(np.nan_to_num(np.median(found.gradients, axis=1), nan=LARGE, posinf=LARGE), SMALL, LARGE)  # (T, L)
    layers = norms.shape[1]
    traces = [build.line(found.at, norms[:, layer], _layer(layer, layers), layer) for layer in range(layers)]
    y = build.axis("norm of the gradient (log)", SMALL, LARGE, log=True, exponentformat="power", dtick=2)
    alt = f"At the end the gradient's norm is {significant(float(norms[-1, 0]))} in layer 1 and "
    alt += f"{significant(float(norms[-1, -1]))} in the output layer."
    batch = " as one batch" if normalized(run) else ""
    title = f"Gradient by layer (all training points{batch}, without penalty)"
    return _over_epochs(run, "gradients", title, traces, y, alt)


def costs(run: Run) -> Chart:
    """Draw parameters and multiplications of one answer by layer."""
    network = run.network
    matrices = [matrix.shape for matrix, _ in network.layers(run.story.weights[-1])]
    names = [_layer(layer, network.depth) for layer in range(network.depth)]
    weights = np.array([rows * columns for rows, columns in matrices])
    flops = 2 * weights
    traces = [
        build.bars(names, weights + [rows for rows, _ in matrices], 0, name="parameters"),
        build.bars(names, flops, 1, name="FLOPs of one answer"),
    ]
    traces[1]["marker"] |= {"pattern": {"shape": "/"}}
    alt = f"{network.parameters} parameters; one answer takes {int(flops.sum())} floating-point operations in its "
    alt += f"matrix products, one epoch of training about {int(3 * flops.sum() * len(run.problem.train)):,}."
    title = f"{network.parameters} parameters, {int(flops.sum())} FLOPs an answer, {network.length * 4} bytes"
    title += " with running statistics" if normalized(run) else ""
    x = build.axis("layer") | {"type": "category"}
    figure = build.figure(traces, x, build.axis("count", rangemode="tozero"), barmode="group")
    return Chart("costs", title, figure, alt)


def seeds(run: Run) -> Chart:
    """Draw every seed's loss at the end, on training and test points, and mark the one in the picture."""
    found = run.scores
    train, test = held(found.train_loss[-1]), held(found.test_loss[-1])
    numbers = [str(seed) for seed in run.plan.seeds]
    dots = {"type": "scatter", "mode": "markers", "x": numbers}
    traces: list[Trace] = [
        dots | {"y": train, "name": "training", "marker": {"color": "$blue", "size": 9}},
        dots | {"y": test, "name": "test", "marker": {"color": "$orange", "size": 10, "symbol": "diamond-open",
                                                      "line": {"width": 2}}},
    ]  # fmt: skip
    y = build.axis(
        f"{LOSS_NAMES[run.problem.loss]} at the end (log)", FLOOR, 10, log=True, exponentformat="power", dtick=1
    )
    alt = f"Test loss at the end goes from {significant(float(test.min()))} to {significant(float(test.max()))} over {len(test)} seeds."
    x = build.axis("weight seed (click one to see its network)") | {"type": "category"}
    return Chart("seeds", "Is it luck? The same training from other first weights", build.figure(traces, x, y), alt,
                 click={"seed": "x"})  # fmt: skip


LOSS_NAMES = {"bce": "cross-entropy", "cross_entropy": "cross-entropy", "half_mse": "½ squared error",
              "huber": "Huber loss", "mae": "absolute error"}  # fmt: skip


def held(values: Any) -> Any:
    """Keep losses on the axis: what is no number is drawn at the top."""
    return np.clip(np.nan_to_num(values, nan=1e4, posinf=1e4), FLOOR, 1e4)


def _layer(index: int, layers: int) -> str:
    return "output" if index == layers - 1 else f"layer {index + 1}"
