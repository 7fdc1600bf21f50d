"""Charts of what the batch size costs and brings: accuracy, sharpness, time and memory."""

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build, theme
from nnviz.charts.view import Chart
from nnviz.concepts.batch_size import look
from nnviz.concepts.batch_size.model import Run
from nnviz.concepts.batch_size.training import EXAMPLES
from nnviz.core.notation import significant
from nnviz.core.statistics import band

Floats = NDArray[np.float64]
DECADES: look.Trace = {"dtick": 1, "exponentformat": "power"}
CHANCE = {"moons": 0.5, "digits": 0.1}


def accuracy(run: Run) -> Chart:
    """Draw test and training accuracy against the batch size."""
    train, test = band(run.curves.train_accuracy, axis=1), band(run.curves.test_accuracy, axis=1)
    traces = [
        look.dots(run.batches, train, "training (labels as given)", 0),
        look.dots(run.batches, test, "test (labels right)", 1),
    ]
    y = build.axis("accuracy at the end", CHANCE[run.params.family], 1.02, tickformat=".0%")
    seeds = run.params.seeds
    ends = [f"{look.span(test, place, seeds)} for {look.name(int(b))}" for place, b in enumerate(run.batches)]
    alt = f"Test accuracy by batch size, {_seeds(seeds)}: {look.listed(ends)}."
    return Chart("accuracy", "Accuracy against batch size", build.figure(traces, look.batch_axis(), y), alt)


def sharpness(run: Run) -> Chart:
    """Draw the largest eigenvalue of the Hessian at the end, and what full-batch descent would tolerate."""
    found = band(look.no_less(run.curves.sharpness, 0.0), axis=1)
    limit = {"color": "$grey", "symbol": "line-ew-open", "size": 16, "line": {"width": 2, "color": "$grey"}}
    traces = [
        look.dots(run.batches, found, "sharpness λ_max", 0),
        {"type": "scatter", "mode": "markers", "x": run.batches, "y": 2 / run.rates, "name": "2/η", "marker": limit},
    ]
    y = build.axis("largest Hessian eigenvalue (log)", 0.05, 1e3, log=True, **DECADES)
    seeds = run.params.seeds
    ends = [f"{look.span(found, place, seeds)} for {look.name(int(b))}" for place, b in enumerate(run.batches)]
    alt = f"Sharpness at the end of training, {_seeds(seeds)}: {look.listed(ends)}."
    title = "Sharpness: curvature of the loss at the end"
    return Chart("sharpness", title, build.figure(traces, look.batch_axis(), y), alt)


def costs(run: Run) -> Chart:
    """Draw the measured time of an epoch and the memory of a step against the batch size, beyond the full batch too."""
    own = run.costs
    times, memory = 1e3 * own.per_epoch(EXAMPLES), own.bytes / 1e3
    traces = [*_cost(run, times, 0, "time", ""), *_cost(run, memory, 1, "memory", "2")]
    stop = build.vertical(own.no_return, "point of no return")
    place = {"x": float(np.log10(own.no_return)), "xref": "x"}  # an annotation on a log axis takes the logarithm
    batch = look.batch_axis(int(own.sizes[-1])) | {"tickangle": 0}
    layout = {
        "xaxis": batch | {"domain": [0, 0.45]},
        "xaxis2": batch | {"domain": [0.57, 1], "anchor": "y2"},
        "yaxis": build.axis(f"ms for {EXAMPLES} examples (log)", 0.01, 100, log=True, **DECADES),
        "yaxis2": build.axis("kB held by a step (log)", 1, 1e5, log=True, anchor="x2", **DECADES),
        "shapes": [dict(stop["shape"])],
        "annotations": [dict(stop["annotation"]) | place],
    }
    ends = [own.sizes == 1, own.sizes == EXAMPLES]
    spent, held = ([significant(float(values[end][0])) for end in ends] for values in (times, memory))
    alt = f"Measured on one core of this machine in plain PyTorch: an epoch of {EXAMPLES} examples takes {spent[0]} ms "
    alt += f"at batch 1 and {spent[1]} ms at full batch; from batch {own.no_return:,} on, doubling saves less than a "
    alt += f"tenth. A step holds {held[0]} kB at batch 1 and {held[1]} kB at full batch."
    title = "Time and memory of an epoch, measured on this machine (hollow: a larger set would be needed)"
    return Chart("costs", title, {"data": traces, "layout": layout}, alt, wide=True)


def _cost(run: Run, values: Floats, index: int, name: str, axis: str) -> list[look.Trace]:
    """Return one measured quantity against the batch size, hollow beyond the full batch."""
    sizes, traces = run.costs.sizes, []
    for chosen, ending, what in ((sizes <= EXAMPLES, "", name), (sizes >= EXAMPLES, "-open", f"{name}, larger set")):
        face = {"color": theme.colour(index), "symbol": theme.marker(index) + ending, "size": 8}
        axes: look.Trace = {
            "xaxis": f"x{axis}",
            "yaxis": f"y{axis}",
            "showlegend": False,
            "mode": "lines+markers",
            "marker": face,
        }
        traces.append(build.line(sizes[chosen], values[chosen], what, index) | axes)
    return traces[::-1]  # the filled marker of the full batch lies on top of the hollow one


def _seeds(count: int) -> str:
    return "one seed" if count == 1 else f"median (10 to 90 %) over {count} seeds"


def best(run: Run) -> int:
    """Return the index of the batch size with the lowest median training loss at the end."""
    ends = np.median(np.where(np.isfinite(run.curves.loss[-1]), run.curves.loss[-1], np.inf), axis=1)
    return int(np.argmin(ends))
