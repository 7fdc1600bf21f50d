"""The page's charts: the ensemble growing, and what its members' differences are worth."""

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart, View
from nnviz.concepts.ensembles import words
from nnviz.concepts.ensembles.findings import SAME, diagnose
from nnviz.concepts.ensembles.hero import hero
from nnviz.concepts.ensembles.model import Run
from nnviz.core import statistics
from nnviz.core.statistics import Band

Floats = np.ndarray


def view(run: Run) -> View:
    """Draw a run."""
    return View(
        charts=(hero(run), growth(run), split(run), diversity(run), calibration(run), unsure(run), cost(run)),
        sentence=words.sentence(run),
        steps=np.arange(1, run.params.members + 1),
        unit="member",
        captions=words.captions(run),
        findings=diagnose(run),
    )


def growth(run: Run) -> Chart:
    """Draw test accuracy against the number of members, beside the average and the best of them."""
    sizes, own = np.arange(1, run.params.members + 1), run.scores.own
    alone = words.average_members(run)
    best = np.maximum.accumulate(own, axis=1)
    named = {"together": run.scores.accuracy, "best so far (hindsight)": best, "alone, on average": alone}
    traces: list[Trace] = []
    for index, (name, values) in enumerate(named.items()):
        found = statistics.band(100 * values)
        if index == 0:
            traces += build.band(sizes, found, name, index, dashed=False)
            traces[-1] |= {"mode": "lines+markers", "marker": {"size": 4}}
        else:
            traces.append(build.line(sizes, found.median, name, index, mode="lines+markers", marker={"size": 4}))
    mark, frames = moment(run)
    x = build.axis("members", 0.5, max(run.params.members, 2) + 0.5)
    y = build.axis("test points right in %", *accuracy_range(run))
    ends = [100 * float(np.median(values[:, -1])) for values in named.values()]
    alt = (
        f"With {words.count(run.params.members, 'member')} the median test accuracy is {ends[0]:.1f} % together, "
        f"{ends[1]:.1f} % for the member that proves best, {ends[2]:.1f} % alone on average."
    )
    figure = build.figure(traces, x, y, shapes=[mark])
    return Chart("growth", "Accuracy against the number of members", figure, alt, frames)


def accuracy_range(run: Run) -> tuple[float, float]:
    """Return the ends of accuracy axes; the lower one moves in tens, so that it rests while a slider moves."""
    shown = [*np.quantile(run.scores.accuracy, 0.1, axis=0), *np.median(run.scores.own, axis=0), *run.large]
    return float(np.clip(10 * np.floor(10 * min(shown)), 0, 80)), 101.0


def moment(run: Run) -> tuple[Trace, dict[str, Floats]]:
    """Return a mark of the size that the timeline stands at, and its frames."""
    sizes = np.arange(1, run.params.members + 1).astype(np.float32)
    mark = dict(build.vertical(float(sizes[-1]))["shape"])
    return mark, {"layout.shapes.0.x0": sizes, "layout.shapes.0.x1": sizes}


def split(run: Run) -> Chart:
    """Stack the ensemble's squared error and the ambiguity: together they are the average member's error, exactly."""
    sizes, scores = np.arange(1, run.params.members + 1), run.scores
    squared, ambiguity, member = (
        each.mean(axis=0) for each in (scores.squared, scores.ambiguity, scores.member_squared)
    )
    bottom = build.line(sizes, squared, "error of the ensemble", 0, dashed=False)
    bottom |= {"stackgroup": "split", "fillcolor": "$blue/0.25"}
    top = build.line(sizes, ambiguity, "+ disagreement (ambiguity)", 1, dashed=False)
    top |= {"stackgroup": "split", "fillcolor": "$orange/0.3"}
    look = {"symbol": "diamond-open", "size": 8, "color": "$ink"}
    name = "= error of the average member"
    total = {"type": "scatter", "mode": "markers", "x": sizes, "y": member, "name": name, "marker": look}
    mark, frames = moment(run)
    x = build.axis("members", 0.5, max(run.params.members, 2) + 0.5)
    y = build.axis("mean squared error", rangemode="tozero")
    gap = float(np.max(np.abs(scores.member_squared - scores.ambiguity - scores.squared)))
    alt = (
        f"Means over {words.count(len(scores.squared), 'seed')}: the average member errs {member[-1]:.3f}, the members "
        f"differ by {ambiguity[-1]:.3f}, the ensemble errs {squared[-1]:.3f}; the sum is exact to {gap:.0e}."
    )
    figure = build.figure([bottom, top, total], x, y, shapes=[mark])
    return Chart("split", "What disagreement is worth: the ambiguity decomposition", figure, alt, frames)


def diversity(run: Run) -> Chart:
    """Draw every pair of the first seed's members: how often they differ, and how often they are right."""
    apart, right = 100 * run.scores.apart, 100 * run.scores.pair_accuracy
    look = {"size": 7, "color": "$blue/0.45", "symbol": "circle"}
    hover = {"hovertemplate": "differ in %{x:.1f} %, right in %{y:.1f} %<extra></extra>"}
    pairs = {"type": "scatter", "mode": "markers", "x": apart, "y": right, "name": "a pair of members", "marker": look}
    together = 100 * float(run.scores.accuracy[0, -1])
    level = build.line(np.array([0.0, 100.0]), np.full(2, together), "all together", 1)
    low, high = accuracy_range(run)
    x = build.axis("test points named differently in %", -1, 61)
    y = build.axis("mean accuracy of the two in %", min(low, 10 * np.floor(right.min(initial=100) / 10)), high)
    if len(apart):
        alt = (
            f"{words.count(len(apart), 'pair')} of the first seed's members differ in {apart.min():.1f} to {apart.max():.1f} % "
            f"of test points and are right in {right.min():.1f} to {right.max():.1f} %; all together in {together:.1f} %."
        )
    else:
        alt = f"One member makes no pair (0 pairs); it is right in {together:.1f} % of test points."
    return Chart(
        "diversity", "Diversity against accuracy, pair by pair", build.figure([pairs | hover, level], x, y), alt
    )


def calibration(run: Run) -> Chart:
    """Draw how often b is right where the chance of b is said to be so and so: members alone and all together."""
    together, alone = 100 * run.scores.calibration[:, -1], 100 * words.own_calibration(run)
    named = {"alone": (run.scores.reliability[0], 1), "together": (run.scores.reliability[1], 0)}
    diagonal = build.line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "as often as said", 7, dashed=True)
    diagonal["line"] |= {"width": 1.2}
    traces = [diagonal]
    for name, (bins, index) in named.items():
        line = build.line(bins[0], bins[1], name, index, mode="lines+markers")
        line["marker"] = {"symbol": "circle" if index == 0 else "diamond", "size": 7}
        line |= {"customdata": bins[2], "hovertemplate": "said %{x:.2f}, is %{y:.2f} (%{customdata} answers)"}
        traces.append(line)
    change = statistics.paired_interval(together, alone)
    x, y = build.axis("chance of b that is said", -0.02, 1.02), build.axis("share that is b", -0.02, 1.02)
    alt = (
        f"Calibration error (mean over seeds): {alone.mean():.1f} % alone, {together.mean():.1f} % together, a change of "
        f"{words.interval_words(change)}."
    )
    return Chart("calibration", "Calibration: does a chance of 0.8 mean 8 of 10?", build.figure(traces, x, y), alt)


def unsure(run: Run) -> Chart:
    """Draw how often the ensemble is wrong where its members agree, and where they do not."""
    found = statistics.band(100 * run.scores.unsure)
    names = ["agree most", "", "between", "", "differ most"]
    traces = [build.bars([str(group) for group in range(1, len(names) + 1)], found.median, 0)]
    traces[0] |= {"error_y": build.whiskers(found.median, found.low, found.high), "hovertemplate": "%{y:.1f} % wrong"}
    ticks = {"tickvals": [str(group) for group in range(1, len(names) + 1)], "ticktext": names}
    x = build.axis("test points in five equal groups, by disagreement", type="category") | ticks
    y = build.axis("wrong in %", rangemode="tozero")
    alt = (
        f"Of the fifth of test points on which the members agree most {found.median[0]:.1f} % are wrong, of the fifth on "
        f"which they differ most {found.median[-1]:.1f} % (medians over {words.count(len(run.scores.unsure), 'seed')})."
    )
    title = "Is it wrong where its members disagree?"
    if run.scores.ambiguity[:, -1].max() < SAME:
        wrong = 100 - 100 * float(np.median(run.scores.accuracy[:, -1]))
        alt = f"The members never differ, so the five groups are arbitrary: {wrong:.1f} % of all test points are wrong."
        title = "Nobody disagrees: five arbitrary groups of test points"
    return Chart("unsure", title, build.figure(traces, x, y, showlegend=False), alt)


def cost(run: Run) -> Chart:
    """Draw test accuracy against the cost of training, and one large network of as many units beside it."""
    found: Band = statistics.band(100 * run.scores.accuracy)
    paid = words.training_cost(run)
    traces = build.band(paid, found, "ensembles of 1, 2, 3, …", 0, dashed=False)
    traces[-1] |= {"mode": "lines+markers", "marker": {"size": 5}}
    alt = (
        f"{words.count(run.params.members, 'member')} cost {paid[-1]:.3g} trainings of one and {run.params.members} times its "
        f"answer, for {words.interval_words(statistics.mean_interval(words.gain(run)))} over the average member"
    )
    if len(run.large):
        large = statistics.band(100 * run.large)
        look = {"symbol": "diamond", "size": 12, "color": "$orange", "line": {"width": 1, "color": "$ink"}}
        name = f"one network of {run.params.width * run.params.members} units, same rate"
        place = {"x": [float(run.params.members)], "y": [float(large.median)]}
        ends = build.whiskers([large.median], [large.low], [large.high])
        traces.append({"type": "scatter", "mode": "markers", "name": name, "marker": look, "error_y": ends} | place)
        shared = 100 * run.scores.accuracy[: len(run.large), -1] - 100 * run.large
        alt += f"; over {name} the ensemble gains {words.interval_words(statistics.mean_interval(shared))}"
    ticks = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]
    x = build.axis("cost of training, in trainings of one member", 0.15, 120, log=True, tickvals=ticks)
    y = build.axis("test points right in %", *accuracy_range(run))
    title = f"Cost beside gain: {run.params.members} times the work for each answer"
    return Chart("cost", title, build.figure(traces, x, y), f"{alt}.")
