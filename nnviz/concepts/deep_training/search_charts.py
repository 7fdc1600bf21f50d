"""The search: trials as points on the two axes that mattered, the best so far over the budget, and how much each axis matters."""

from typing import Any

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.view import Chart
from nnviz.concepts.deep_training.model import Run
from nnviz.concepts.deep_training.search import (
    AXES,
    BUDGET,
    HIGH,
    LOW,
    METHODS,
    STEPS,
    Method,
    Search,
    Trials,
    actual,
)
from nnviz.core.notation import number

Trace = dict[str, Any]
NAMES: dict[Method, str] = {"grid": "Grid", "random": "Random", "halving": "Successive halving"}
BRIEF: dict[Method, str] = NAMES | {"halving": "Halving"}
SHORT = ("learning rate", "gain", "1 − momentum", "weight decay")
EDGE = 1.15  # an axis goes on this many times beyond the range, so that no dot is cut
WORST = float(np.log(2))  # losses from guessing upwards have the colour of the end


def trials_chart(run: Run) -> Chart:
    """The hero: every method's trials on the two axes that mattered most, coloured by the held-out loss."""
    found = _search(run)
    first, second = np.argsort(-found.importance)[:2].tolist()
    least = min(float(each.loss.min()) for each in found.trials.values())
    layout: Trace = {"showlegend": False, "annotations": [], "margin": {"l": 60, "r": 70, "t": 34, "b": 44}}
    traces: list[Trace] = []
    for panel, method in enumerate(METHODS):
        trials, name = found.trials[method], "" if panel == 0 else str(panel + 1)
        places = actual(trials.places)[:, [first, second]]
        best = trials.best
        axes = {"xaxis": f"x{name}", "yaxis": f"y{name}"}
        traces += [
            _dots(trials, 10**places, least, panel == 0) | axes,
            _best(10 ** places[best], trials.loss[best]) | axes,
        ]
        left = panel * 0.355
        layout[f"xaxis{name}"] = _axis(first) | {"domain": [left, left + 0.29], "anchor": f"y{name}"}
        up = _axis(second) | {"anchor": f"x{name}"}
        layout[f"yaxis{name}"] = up if panel == 0 else up | {"showticklabels": False, "title": {"text": ""}}
        words = f"<b>{BRIEF[method]}</b>: best {number(float(trials.loss[best]))}"
        note = {
            "x": left + 0.145,
            "y": 1,
            "xref": "paper",
            "yref": "paper",
            "yanchor": "bottom",
            "xanchor": "center",
            "showarrow": False,
        }
        layout["annotations"].append(note | {"text": words})
    title = f"A net with skips: trials on the two axes that mattered most, {BUDGET:,} training steps for each method (star: chosen)"
    return Chart("trials", title, {"data": traces, "layout": layout}, words_of(found), height=420, least=640)


def _axis(number_: int) -> Trace:
    low, high = 10 ** LOW[number_] / EDGE, 10 ** HIGH[number_] * EDGE
    return build.axis(f"{SHORT[number_]} (log)", low, high, log=True, dtick=1, exponentformat="power")


def _dots(trials: Trials, places: Any, least: float, bar: bool) -> Trace:
    """Draw trials, the best on top, for on two of four axes those of a grid hide each other."""
    order = np.argsort(-trials.loss, kind="stable")
    loss, steps, places = np.minimum(trials.loss, 1e6)[order], trials.steps[order], places[order]
    look: Trace = {
        "color": np.minimum(loss, WORST),
        "colorscale": theme.SEQUENTIAL,
        "reversescale": True,
        "cmin": min(least, WORST / 2),
        "cmax": WORST,
        "size": np.where(steps == STEPS, 9, np.where(steps > STEPS / 4, 6, 4)),
        "line": {"width": 0.4, "color": "$ink"},
        "showscale": bar,
    }
    look |= {"colorbar": {"title": {"text": "held-out loss", "side": "right"}, "thickness": 10, "outlinewidth": 0}}
    texts = [f"{given} steps: loss {number(float(value))}" for given, value in zip(steps, loss, strict=True)]
    base = {"type": "scatter", "mode": "markers", "x": places[:, 0], "y": places[:, 1], "marker": look}
    return base | {"text": texts, "hovertemplate": "%{text}<extra></extra>"}


def _best(place: Any, loss: float) -> Trace:
    look = {"symbol": "star", "size": 17, "color": "$red", "line": {"color": "$paper", "width": 1.5}}
    base = {"type": "scatter", "mode": "markers", "x": place[[0]], "y": place[[1]], "marker": look}
    return base | {"hovertemplate": f"chosen: loss {number(float(loss))}<extra></extra>"}


def importance_chart(run: Run) -> Chart:
    """Draw how much of the random trials' ranks each axis explains."""
    found = _search(run)
    shares = 100 * found.importance
    trace = build.bars(AXES, shares, 0)
    x, y = build.axis("hyperparameter", type="category"), build.axis("spread of the ranks explained, %", 0, 100)
    listed = ", ".join(f"{name} {share:.0f} %" for name, share in zip(AXES, shares, strict=True))
    alt = f"Of the spread of the random trials' ranks each hyperparameter alone explains: {listed}."
    return Chart("importance", "Which axes mattered (random trials)", build.figure([trace], x, y), alt)


def budget_chart(run: Run) -> Chart:
    """Draw the best held-out loss so far over the training steps spent, by method."""
    found = _search(run)
    traces, ends = [], []
    for index, method in enumerate(METHODS):
        trials = found.trials[method]
        done = trials.steps == STEPS
        if method == "halving":  # its finished trials come together, after the others are out
            spent = np.array([0.0, BUDGET])
            best = np.array([np.nan, trials.loss[done].min()])
        else:
            spent = np.cumsum(trials.steps[done]).astype(float)
            best = np.minimum.accumulate(trials.loss[done])
        look = {"symbol": theme.marker(index), "size": 9}
        more: Trace = {"mode": "markers" if method == "halving" else "lines", "marker": look}
        traces.append(build.line(spent, np.minimum(best, 10.0), NAMES[method], index, **more))
        ends.append(f"{NAMES[method].lower()} {number(float(best[-1]))}")
    x = build.axis("training steps spent", 0, BUDGET * 1.02)
    y = build.axis("best held-out loss so far (log)", log=True, dtick=1, minor={"showgrid": True})
    return Chart(
        "budget",
        "Best so far, over the budget",
        build.figure(traces, x, y),
        f"The least held-out loss: {'; '.join(ends)}.",
    )


def words_of(found: Search) -> str:
    """Say who found what, and which axes mattered."""
    order = np.argsort(-found.importance)
    parts = [
        f"{NAMES[method].lower()} {number(float(t.loss[t.best]))} from {len(t.loss)} trials"
        for method, t in found.trials.items()
    ]
    top = ", ".join(f"{AXES[i]} ({100 * found.importance[i]:.0f} %)" for i in order[:2])
    return f"With {BUDGET:,} training steps each, the least held-out loss is: {'; '.join(parts)}. What mattered most: {top}."


def _search(run: Run) -> Search:
    assert run.search is not None
    return run.search
