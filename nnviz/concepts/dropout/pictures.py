"""Pictures of many answers: thinned networks and their average, and how far they disagree."""

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.dropout.measures import accuracy
from nnviz.concepts.dropout.model import Run
from nnviz.concepts.dropout.planes import THINNED, WIDE_WINDOW, WINDOW, axis_of
from nnviz.core import statistics

MOST_PASSES = 200
PALE = [[0.0, "$blue/0.6"], [0.5, "$paper"], [1.0, "$orange/0.6"]]
"""The house's diverging colours, seen through, so that points of the same colours stand out on them."""


def thinned(run: Run) -> Chart:
    """Draw thinned networks one by one, their average and all units at once, over the plane."""
    assert run.drawn.thinned is not None
    titles = [f"net {number + 1}" for number in range(THINNED)] + ["average", "all units"]
    layout = build.panels(2, 4, titles, gap=0.03, top=0.09)
    for key, spec in layout.items():
        if key.startswith("yaxis"):
            del spec["autorange"], spec["scaleanchor"]  # a plane points upwards and may fill its panel
    ticks = axis_of(run.params, WINDOW)
    traces: list[Trace] = []
    for panel, chances in enumerate(np.round(100 * run.drawn.thinned).astype(np.uint8)):
        number = "" if panel == 0 else str(panel + 1)
        look = {"showscale": False, "xaxis": f"x{number}", "yaxis": f"y{number}", "colorscale": PALE, "zmin": 0}
        look |= {"zmax": 100, "zmid": 50, "zsmooth": "fast"}
        traces.append(build.heat(ticks, ticks, chances, title="chance of class b in %", diverging=True, **look))
    title = f"Six thinned networks, the average of {max(run.params.passes, THINNED)}, and all units"
    return Chart("thinned", title, {"data": traces, "layout": layout}, committee_words(run))


def average(run: Run) -> Chart:
    """Draw the accuracy of averages of thinned networks, with all units and a single one as levels beside it."""
    found = run.committee
    traces = build.band(found.sizes, statistics.band(found.accuracy), "average of thinned", 0)
    traces[-1] |= {"mode": "lines+markers"}
    ends = np.array([0.9, 1.1 * MOST_PASSES])
    for index, (level, name) in enumerate(((found.all_units, "all units"), (found.single, "one, on average")), start=1):
        traces.append(build.line(ends, np.full(2, np.median(level)), name, index))
    ticks = [1, 2, 5, 10, 20, 50, 100, 200]
    x = build.axis("thinned networks averaged", ends[0], ends[1], log=True, tickvals=ticks)
    figure = build.figure(traces, x, build.axis("test accuracy", lowest(run), 1.02))
    return Chart("average", "What many thinned networks say together", figure, committee_words(run))


def lowest(run: Run) -> float:
    """Return where accuracy axes begin: at guessing between two moons, else at zero: a few own points can all be missed."""
    return 0.5 if run.params.data == "moons" else 0.0


def committee_words(run: Run) -> str:
    """Say how often one thinned network, the average and all units are right."""
    found = run.committee
    single, many, whole = (100 * np.median(each) for each in (found.single, found.accuracy[:, -1], found.all_units))
    return (
        f"One thinned network is right in {single:.0f} % of test points, the average of {found.sizes[-1]} in "
        f"{many:.0f} %, the network with all units in {whole:.0f} %."
    )


def uncertainty(run: Run) -> Chart:
    """Draw how far the thinned networks disagree over the plane, also far from all points."""
    assert run.drawn.spread is not None
    ticks = axis_of(run.params, WIDE_WINDOW)
    heat = build.heat(ticks, ticks, run.drawn.spread, title="standard deviation of the chance")
    heat |= {"zmin": 0, "zmax": 0.5, "zsmooth": "fast"}
    inputs, targets = run.problem.inputs[0].astype(np.float64), run.problem.targets[0]
    dots = build.points(inputs, targets, ("class a", "class b"))
    x, y = build.axis("x₁", -WIDE_WINDOW, WIDE_WINDOW), build.axis("x₂", -WIDE_WINDOW, WIDE_WINDOW)
    figure = build.figure([heat, *dots], x, y)
    title = f"Monte Carlo dropout: where {run.params.passes} thinned networks disagree"
    return Chart("uncertainty", title, figure, spread_words(run))


def spread_words(run: Run) -> str:
    """Compare the spread at test points that the average gets wrong with the spread at those it gets right."""
    right = run.drawn.mean.argmax(axis=1) == run.problem.test_targets[0]
    spread, score = run.drawn.test_spread, accuracy(run.drawn.mean, run.problem.test_targets[0])
    if right.all() or not right.any():
        return f"The average is right in {100 * score:.0f} % of test points; the mean spread is {spread.mean():.2f}."
    return (
        f"The spread is {spread[~right].mean():.2f} where the average is wrong and {spread[right].mean():.2f} where "
        f"it is right ({100 * score:.0f} % of {len(right)} test points)."
    )


def chance_words(run: Run) -> str:
    """Compare the mean chance of the answer at test digits that are answered wrongly and rightly."""
    right = run.drawn.mean.argmax(axis=1) == run.problem.test_targets[0]
    chance = run.drawn.mean.max(axis=1)
    words = [
        f"{chance[which].mean():.2f} where it is {name}"
        for which, name in ((~right, "wrong"), (right, "right"))
        if which.any()
    ]
    share = f"{100 * right.mean():.0f} % of {len(right)} test digits"
    return f"The mean chance of the answer is {' and '.join(words)} ({share})."


def unsure_digits(run: Run) -> Chart:
    """Draw the test digits whose answer gets the lowest mean chance over the passes, and those with the highest."""
    named = run.drawn.mean.argmax(axis=1)
    order = np.argsort(run.drawn.mean.max(axis=1), kind="stable")
    chosen = np.concatenate([order[:5], order[-5:][::-1]])
    titles = [_answer(run, row, int(named[row])) for row in chosen]
    layout = build.panels(2, 5, titles, gap=0.03, top=0.12)
    traces = [build.picture(run.problem.test_inputs[0][row].reshape(8, 8), panel) for panel, row in enumerate(chosen)]
    title = f"Monte Carlo dropout: answer · chance ± spread over {run.params.passes} passes (top: least sure)"
    return Chart("uncertainty", title, {"data": traces, "layout": layout}, chance_words(run), wide=True, height=330)


def _answer(run: Run, row: int, named: int) -> str:
    """Return what is written above a digit: the answer, what it is if that is wrong, chance ± spread."""
    truth = run.problem.test_targets[0][row]
    wrong = "" if named == truth else f", is {truth}"
    return f"{named}{wrong} · {run.drawn.mean[row, named]:.2f} ± {run.drawn.test_spread[row]:.2f}"


def sorted_matrix(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a correlation matrix with its units in the order of its leading eigenvector; dead units come last."""
    alive = np.flatnonzero(np.isfinite(np.diag(matrix)))
    dead = np.flatnonzero(~np.isfinite(np.diag(matrix)))
    if len(alive) > 1:
        leading = np.linalg.eigh(matrix[np.ix_(alive, alive)])[1][:, -1]
        alive = alive[np.argsort(leading * np.sign(leading.sum() or 1.0), kind="stable")]
    order = np.concatenate([alive, dead])
    ordered: NDArray[np.float64] = matrix[np.ix_(order, order)]
    return ordered
