"""The small network under the same penalty: what it answers, and which of its units are left."""

import numpy as np

from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart
from nnviz.concepts.regularization.hero import HEIGHTS, note
from nnviz.concepts.regularization.model import Run
from nnviz.concepts.regularization.network import STEPS
from nnviz.concepts.regularization.problems import GRID, true_curve

RIGHT: Trace = {"xaxis": "x2", "yaxis": "y2"}


def network_chart(run: Run) -> Chart:
    """Draw the network's fit with and without the penalty, and the size of every unit's way through it."""
    free, held, rough = run.networks
    base: Trace = {"type": "scatter", "hoverinfo": "skip"}
    dots = {"mode": "markers", "marker": {"size": 7, "color": "$ink/0.65"}}
    dashed = {"color": "$grey", "dash": "dash", "width": 1.6}
    traces = [
        base | {"mode": "lines", "x": GRID, "y": true_curve(GRID), "line": dashed},
        base
        | {
            "mode": "lines",
            "x": GRID,
            "y": free.answer(GRID),
            "line": {"color": "$red/0.7", "dash": "dot", "width": 2},
        },
        base | {"mode": "lines", "x": GRID, "y": held.answer(GRID), "line": {"color": "$blue", "width": 3}},
        base | dots | {"x": run.problem.x[0], "y": run.problem.targets[0]},
    ]
    sizes = [np.sort(np.abs(each.into * each.out))[::-1] for each in (held, rough)]
    ranks = np.arange(1, run.params.width + 1)
    solid = {"size": 9, "color": ["$red" if size == 0 else "$blue" for size in sizes[0]]}
    solid["symbol"] = ["x" if size == 0 else "circle" for size in sizes[0]]
    hollow = {"size": 13, "color": "$grey", "symbol": "circle-open"}
    traces.append(base | {"mode": "markers", "x": ranks, "y": sizes[1], "marker": hollow} | RIGHT)
    traces.append(base | {"mode": "markers", "x": ranks, "y": sizes[0], "marker": solid, "cliponaxis": False} | RIGHT)
    zeros = [int(np.sum(each.weights == 0)) for each in (held, rough)]
    alive, count = int(held.alive.sum()), 2 * run.params.width
    layout = {
        "showlegend": False,
        "margin": {"l": 48, "r": 12, "t": 30, "b": 44},
        "xaxis": axis("x", -1.02, 1.02, domain=[0, 0.46]),
        "yaxis": axis("y", *HEIGHTS),
        "xaxis2": axis("unit, largest first", 0, run.params.width + 1, domain=[0.58, 1], anchor="y2"),
        "yaxis2": axis(
            "|weight in × weight out|", -0.05, max(1.0, 1.1 * float(max(sizes[0].max(), sizes[1].max()))), anchor="x2"
        ),
        "annotations": [
            note("x domain", 0.0, 0, "— under the penalty", "$blue"),
            note("x domain", 0.55, 0, "· · without", "$red"),
            note("x2 domain", 0.0, 0, "● proximal", "$blue"),
            note("x2 domain", 0.32, 0, "✕ exactly 0", "$red"),
            note("x2 domain", 0.68, 0, "○ plain", "$grey"),
        ],
    }
    alt = (
        f"After {STEPS} steps {zeros[0]} of the network's {count} weights are exactly 0 by proximal steps and {zeros[1]} by plain "
        f"ones; {alive} of {run.params.width} units still pass something on."
    )
    title = f"The same penalty on a network of {run.params.width} units: {alive} {'is' if alive == 1 else 'are'} left"
    return Chart("network", title, {"data": traces, "layout": layout}, alt, wide=True, least=560)
