"""The hero: on the left the same model fitted to one data set after another, on the right its error at every size."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.capacity import look
from nnviz.concepts.capacity.features import Floats
from nnviz.concepts.capacity.look import number
from nnviz.concepts.capacity.model import Run
from nnviz.concepts.capacity.postcards import postcards
from nnviz.core.statistics import band

LEFT, RIGHT = [0.0, 0.39], [0.48, 1.0]  # shares of the width
TALL = 2.4  # top of the curves' axis
BEYOND = 9.0  # curves are cut here, far outside the picture
PART = {"bias": "$orange", "variance": "$blue", "noise": "$grey"}
SECOND = {"xaxis": "x2", "yaxis": "y2"}


def hero(run: Run) -> Chart:
    """Draw both panels; the timeline brings one data set after another."""
    curves, frames = bundle(run)
    errors = areas(run) if run.params.scale == "areas" else lines(run)
    marks, notes = landmarks(run)
    cards: tuple[list[Trace], Trace, list[Trace], list[Trace]] = ([], {}, [], [])
    if run.params.scale == "areas":
        cards = postcards(run, RIGHT, ceiling(run))
        notes = [*notes, *part_names(run)]
    layout: Trace = {
        "xaxis": _across(run) | {"domain": LEFT, "fixedrange": True},
        "yaxis": build.axis("y", -TALL, TALL, tickvals=[-2, -1, 0, 1, 2], fixedrange=True),
        "xaxis2": look.capacity_axis(domain=RIGHT, anchor="y2", fixedrange=True),
        "yaxis2": error_axis(run) | {"anchor": "x2", "fixedrange": True},
        "shapes": [*marks, *cards[2]],
        "annotations": [*headings(run), *cards[3], *notes],
        "legend": {"x": RIGHT[0], "xanchor": "left", "y": 1.005, "yanchor": "bottom", "font": {"size": 11}},
        "margin": {"t": 44, "r": 12, "l": 48},
    } | cards[1]
    title = "Left: one model, refitted to data set after data set. Right: its test error, whatever its size"
    moving = frames | {"layout.annotations.1.text": [counted(step) for step in range(1, len(run.fits) + 1)]}
    figure = {"data": [*curves, *errors, *cards[0]], "layout": layout}
    return Chart("descent", title, figure, described(run), moving, click={"capacity": "x"}, drag="x2y2", least=620)


def bundle(run: Run) -> tuple[list[Trace], dict[str, NDArray[Any]]]:
    """Return the fits so far, their mean, the truth, the newest fit and its points, and how they come in."""
    fits = np.clip(run.fits, -BEYOND, BEYOND).astype(np.float32)  # (K, A)
    count, across = len(fits), run.bundle.across
    growing = np.full((count, count, len(across) + 1), np.nan, np.float32)
    for step in range(count):
        growing[step, : step + 1, :-1] = fits[: step + 1]
    so_far = growing.reshape(count, -1)
    means = (np.cumsum(fits, axis=0) / np.arange(1, count + 1)[:, None]).astype(np.float32)
    places, labels = run.bundle.places.astype(np.float32), run.labels.astype(np.float32)
    gaps = np.tile(np.append(across, np.nan), count).astype(np.float32)
    quiet = {"hoverinfo": "skip", "showlegend": False}
    later = np.zeros(0, np.float32)  # heights come with the frames, and need not travel twice
    traces = [
        _stroke(gaps, later, "$blue/0.3", 1.1) | quiet,
        _stroke(across, later, "$blue", 2.2) | quiet,
        _stroke(across, later, "$orange", 3.2) | quiet,
        _stroke(across, run.bundle.truth, "$ink", 2, "dash") | quiet,
    ]
    frames: dict[str, NDArray[Any]] = {"data.0.y": so_far, "data.1.y": fits, "data.2.y": means}
    if run.params.features != "gaussian":
        look_of = {"color": "$paper", "size": 7, "line": {"color": "$blue", "width": 1.8}}
        dots = {"type": "scatter", "mode": "markers", "x": places[-1], "y": labels[-1], "marker": look_of}
        frames |= {f"data.{len(traces)}.x": places, f"data.{len(traces)}.y": labels}
        traces.append(dots | quiet)
    return traces, frames


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
        base = _stroke(x, look.held(height, top), PART[key], 0.6) | {
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
    measured = _stroke(x, look.held(parts.mean, top), "$ink", 2.4) | {"name": "test error, measured"}
    training = _stroke(x, parts.training.mean(axis=0), "$green", 1.8, "dash") | {"name": "training error"}
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
            _stroke(x, look.log_held(np.median(values, axis=0)), PART[key], 2, "dashdot") | {"name": name} | SECOND
        )
    noise = _stroke(x, look.log_held(np.full(len(x), parts.noise)), PART["noise"], 1.5, "dot")
    over = band(look.log_held(parts.measured))
    return [
        *traces,
        noise | {"name": "noise"} | SECOND,
        build.shade(x, over, "$ink", 0.15) | SECOND,
        *_log_lines(run, over.median),
    ]


def _log_lines(run: Run, median: Floats) -> list[Trace]:
    x, hover = run.parts.capacities, {"hovertemplate": "p = %{x}: %{y:.3g}<extra>%{fullData.name}</extra>"}
    measured = _stroke(x, median, "$ink", 2.4) | {"name": "test"}
    training = _stroke(x, look.log_held(run.parts.training.mean(axis=0)), "$green", 1.8, "dash")
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
        return build.axis("test error (log)", 1e-3, 1e4, log=True, tickvals=ticks, ticktext=texts)
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
    top = 1e4 if log else ceiling(run)
    wall = build.vertical(float(n), "", "$ink/0.5", "dot")["shape"] | {"xref": "x2", "yref": "y2 domain"}
    now = build.vertical(float(here), "", "$ink", "solid")["shape"] | {"xref": "x2", "yref": "y2 domain"}
    value = float(np.median(run.parts.measured[:, index]) if log else run.parts.mean[index])
    place = {"xref": "x2", "yref": "y2", "showarrow": False, "x": float(np.log10(n)), "xanchor": "right", "xshift": -3}
    peak = run.parts.index(n)
    tallest = float(run.parts.mean[max(0, peak - 2) : peak + 3].max())
    beyond = f", {number(tallest)} ↑" if not log and tallest > top else ""
    at_top = {"y": float(np.log10(top)) if log else top, "yanchor": "top"}
    notes = [place | at_top | {"text": f"p = n{beyond}", "font": {"size": 12}, "bgcolor": "$paper/0.6"}]
    height = min(max(value, 1e-3), top)
    ring = {"x": float(np.log10(here)), "y": float(np.log10(height)) if log else height, "xref": "x2", "yref": "y2"}
    bubble = {
        "text": f"<b>{number(value)}</b>",
        "bgcolor": "$paper/0.85",
        "bordercolor": "$ink",
        "borderpad": 3,
        "borderwidth": 1,
    }
    arrow = {
        "ax": -34 if here > n else 34,
        "ay": -26 if height < 0.8 * top else 26,
        "arrowhead": 6,
        "arrowsize": 1.2,
        "arrowwidth": 1.2,
    }
    notes.append(ring | bubble | arrow | {"showarrow": True, "arrowcolor": "$ink", "font": {"size": 13}})
    return [wall, now], notes


def headings(run: Run) -> list[Trace]:
    """Return what stands above the left panel."""
    base = {"xref": "x domain", "yref": "y domain", "x": 0, "y": 1, "showarrow": False, "xanchor": "left"}
    size = run.capacity
    first = f"<b>{size} parameter{'' if size == 1 else 's'}, {run.params.points} points</b>"
    return [
        base | {"yanchor": "bottom", "yshift": 15, "text": first, "font": {"size": 13}},
        base | {"yanchor": "bottom", "text": counted(len(run.fits)), "font": {"size": 11}},
    ]


def counted(fits: int) -> str:
    """Say what is drawn in which colour."""
    return f"{fits} fit{'' if fits == 1 else 's'} (blue), <b>mean of the fits</b> (orange), truth (dashed)"


def described(run: Run) -> str:
    """Say in one sentence what both panels show."""
    parts, index = run.parts, run.here
    bias, variance = float(parts.bias[:, index].mean()), float(parts.variance[:, index].mean())
    return (
        f"With {run.capacity} parameters and {run.params.points} points the test error is {number(float(parts.mean[index]))}: noise "
        f"{number(parts.noise)}, bias² {number(max(bias, 0))}, variance {number(variance)}. At p = n it is "
        f"{number(float(parts.mean[parts.index(run.params.points)]))}, at {int(parts.capacities[-1])} parameters "
        f"{number(float(parts.mean[-1]))}."
    )


def _across(run: Run) -> Trace:
    if run.params.features == "gaussian":
        return build.axis("angle of a walk through feature space, °", 0, 360, tickvals=[0, 90, 180, 270, 360])
    return build.axis("x", -1.02, 1.02, tickvals=[-1, -0.5, 0, 0.5, 1])


def _stroke(x: Any, y: Any, token: str, width: float, dash: str = "solid") -> Trace:
    line = {"color": token, "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": np.asarray(x), "y": np.asarray(y), "line": line}
