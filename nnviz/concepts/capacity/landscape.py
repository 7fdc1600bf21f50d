"""The hero's right panel: the test error at every size, as areas that add up or as lines over decades."""

from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.concepts.capacity import look
from nnviz.concepts.capacity.features import Floats
from nnviz.concepts.capacity.look import number
from nnviz.concepts.capacity.model import Run
from nnviz.core.statistics import band

PART = {"bias": "$orange", "variance": "$blue", "noise": "$grey"}
HIGHEST = 1e4  # of the error over decades
SECOND = {"xaxis": "x2", "yaxis": "y2"}


def stroke(x: Any, y: Any, token: str, width: float, dash: str = "solid") -> Trace:
    """Return a line."""
    line = {"color": token, "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": np.asarray(x), "y": np.asarray(y), "line": line}


def areas(run: Run) -> list[Trace]:
    """Return noise, bias² and variance one upon the other, and what was measured."""
    parts, top = run.parts, ceiling(run)
    x = parts.capacities
    noise, bias = np.full(len(x), parts.noise), drawn_bias(run)
    floors = [noise, noise + bias, parts.expected.mean(axis=0)]
    names = [("noise", "noise"), ("bias²", "bias"), ("variance", "variance")]
    traces = []
    for index, ((name, key), height) in enumerate(zip(names, floors, strict=True)):
        fill = {"fill": "tozeroy" if index == 0 else "tonexty", "fillcolor": f"{PART[key]}/0.55"}
        base = stroke(x, look.held(height, top), PART[key], 0.6) | {
            "name": name,
            "hoverinfo": "skip",
            "showlegend": False,
        }
        traces.append(base | fill | SECOND)
    return [*traces, *_lines(run, top)]


def drawn_bias(run: Run) -> Floats:
    """Return bias² (C,) as it is drawn: what is less than two of its own sampling errors counts as variance.

    Bias² is estimated from D fits, so it is off by about variance / D, which is large where the variance explodes.
    """
    bias, variance = run.parts.bias.mean(axis=0), run.parts.variance.mean(axis=0)
    return np.where(bias > 2 * variance / run.sets, bias, 0.0)


def _lines(run: Run, top: float) -> list[Trace]:
    """Return measured test error, training error and, for Gaussian features, the theory."""
    parts, x = run.parts, run.parts.capacities
    measured = stroke(x, look.held(parts.mean, top), "$ink", 2.4) | {"name": "test error, measured"}
    training = stroke(x, parts.training.mean(axis=0), "$green", 1.8, "dash") | {"name": "training error"}
    hover = {"hovertemplate": "p = %{x}: %{y:.3g}<extra>%{fullData.name}</extra>"}
    found = [measured | hover | SECOND, training | hover | SECOND]
    if run.params.features == "gaussian":
        look_of = {"color": "$red", "size": 4}
        exact = {"type": "scatter", "mode": "markers", "x": run.gaussian.capacities, "y": look.held(run.exact, top)}
        found.append(exact | {"name": "theory, exact", "marker": look_of} | hover | SECOND)
    return found


def lines(run: Run) -> list[Trace]:
    """Return the parts as lines over decades, and the measured error with its band over the seeds."""
    parts, x = run.parts, run.parts.capacities
    traces = []
    for name, key, values in (("bias²", "bias", parts.bias), ("variance", "variance", parts.variance)):
        traces.append(
            stroke(x, look.log_held(np.median(values, axis=0)), PART[key], 2, "dashdot") | {"name": name} | SECOND
        )
    noise = stroke(x, look.log_held(np.full(len(x), parts.noise)), PART["noise"], 1.5, "dot")
    over = band(look.log_held(parts.measured))
    shown = [*traces, noise | {"name": "noise"} | SECOND, build.shade(x, over, "$ink", 0.15) | SECOND]
    return [*(each | {"showlegend": False} for each in (*shown, *_log_lines(run, over.median))), line_names(run)]


def line_names(run: Run) -> Trace:
    """Return what the lines over decades are, in two rows above them: a legend of six takes a third of the width."""
    upper = [("–·– bias²", PART["bias"]), ("–·– variance", PART["variance"]), ("··· noise", PART["noise"])]
    lower = [("— test", "$ink"), ("- - training", "$green")]
    if run.params.features == "gaussian":
        lower.append(("● theory, exact", "$red"))
    low, high = look.capacity_axis()["range"]
    spots = [
        (text if row else f"{text}<br> ", 10 ** (low + place * (high - low)), token)
        for row, names in enumerate((upper, lower))
        for place, (text, token) in zip((0, 0.28, 0.6), names, strict=False)
    ]
    texts, x, tokens = (list(column) for column in zip(*spots, strict=True))
    return build.words(x, [HIGHEST] * len(x), texts, "top right", size=12, color=tokens) | SECOND


def _log_lines(run: Run, median: Floats) -> list[Trace]:
    x, hover = run.parts.capacities, {"hovertemplate": "p = %{x}: %{y:.3g}<extra>%{fullData.name}</extra>"}
    measured = stroke(x, median, "$ink", 2.4) | {"name": "test"}
    training = stroke(x, look.log_held(run.parts.training.mean(axis=0)), "$green", 1.8, "dash")
    found = [measured | hover | SECOND, training | {"name": "training"} | hover | SECOND]
    if run.params.features == "gaussian":
        marks = {"type": "scatter", "mode": "markers", "marker": {"color": "$red", "size": 4}, "name": "theory, exact"}
        found.append(marks | {"x": run.gaussian.capacities, "y": look.log_held(run.exact)} | hover | SECOND)
    return found


def ceiling(run: Run) -> float:
    """Return the top of the error's axis."""
    return look.ceiling(1.25 if run.params.features == "gaussian" else 0.6, run.parts.noise)


def error_axis(run: Run) -> Trace:
    """Return the axis of the error."""
    if run.params.scale == "log":
        ticks = [10.0**power for power in range(-3, 7)]
        texts = [f"{tick:g}" if tick < 1e4 else f"10{'⁴⁵⁶'[round(np.log10(tick)) - 4]}" for tick in ticks]
        return build.axis("test error (log)", 1e-3, HIGHEST, log=True, tickvals=ticks, ticktext=texts)
    return build.axis("test error", 0, ceiling(run))


def part_names(run: Run) -> list[Trace]:
    """Return the names of the areas, each where its area is tallest, if there is room."""
    parts, top = run.parts, ceiling(run)
    bias = np.minimum(drawn_bias(run), top)
    spread = np.minimum(parts.variance.mean(axis=0), top)
    low, side = int(np.argmax(bias)), parts.index(2 * run.params.points)  # the label ends about there
    spots = (
        ("noise σ²", 0, 2.2, parts.noise / 2, parts.noise),
        ("bias²", 1, max(2.0, float(parts.capacities[low])), parts.noise + float(bias[low]) / 2, float(bias[low])),
        (
            "variance",
            2,
            1.12 * run.params.points,
            parts.noise + float(bias[side] + spread[side] / 2),
            float(spread[side]),
        ),
    )
    base = {"xref": "x2", "yref": "y2", "showarrow": False, "font": {"size": 12, "color": "$ink"}}
    return [
        base
        | {
            "text": name,
            "x": float(np.log10(x)),
            "y": min(y, 0.9 * top),
            "xanchor": "left" if number == 2 else "right" if x > 50 else "center",
        }
        for name, number, x, y, tall in spots
        if tall > 0.07 * top and y < 0.95 * top
    ]


def landmarks(run: Run) -> tuple[list[Any], list[Any]]:
    """Return the lines at p = n and at the capacity on screen, and what is written at them."""
    n, here, index = run.params.points, run.capacity, run.here
    log = run.params.scale == "log"
    top = HIGHEST if log else ceiling(run)
    wall = build.vertical(float(n), "", "$ink/0.5", "dot")["shape"] | {"xref": "x2", "yref": "y2 domain"}
    now = build.vertical(float(here), "", "$ink", "solid")["shape"] | {"xref": "x2", "yref": "y2 domain"}
    value = float(np.median(run.parts.measured[:, index]) if log else run.parts.mean[index])
    place = {"xref": "x2", "yref": "y2", "showarrow": False, "x": float(np.log10(n)), "xanchor": "right", "xshift": -3}
    error = float(run.parts.mean[run.parts.index(n)])
    beyond = f", {number(error)} ↑" if not log and error > top else ""
    at_top = {"y": float(np.log10(top)) if log else top, "yanchor": "top"}
    notes = [place | at_top | {"text": f"p = n{beyond}", "font": {"size": 12}, "bgcolor": "$paper/0.6"}]
    height = min(max(value, 1e-3), top)
    ring = {"x": float(np.log10(here)), "y": float(np.log10(height)) if log else height, "xref": "x2", "yref": "y2"}
    bubble = {
        "text": f"<b>{number(value)}</b>{' (median)' if log else ''}",
        "bgcolor": "$paper/0.85",
        "bordercolor": "$ink",
        "borderpad": 3,
        "borderwidth": 1,
    }
    arrow = {
        "ax": -34 if here > n else 34,
        "ay": -26 if height < (0.05 if log else 0.8) * top else 26,
        "arrowhead": 6,
        "arrowsize": 1.2,
        "arrowwidth": 1.2,
    }
    notes.append(ring | bubble | arrow | {"showarrow": True, "arrowcolor": "$ink", "font": {"size": 13}})
    return [wall, now], notes
