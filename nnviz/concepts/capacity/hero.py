"""The hero: on the left the same model fitted to one data set after another, on the right its error at every size."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.capacity import look
from nnviz.concepts.capacity.landscape import areas, ceiling, error_axis, landmarks, lines, part_names, stroke
from nnviz.concepts.capacity.look import number, part_of
from nnviz.concepts.capacity.model import Run
from nnviz.concepts.capacity.postcards import postcards

LEFT, RIGHT = [0.0, 0.385], [0.485, 1.0]  # shares of the width
TALL = 2.4  # top of the curves' axis
BEYOND = 9.0  # curves are cut here, far outside the picture


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
    moving = frames | {"layout.annotations.0.text": [counted(step) for step in range(1, len(run.fits) + 1)]}
    figure = {"data": [*curves, *errors, *cards[0], size_told(run)], "layout": layout}
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
        stroke(gaps, later, "$blue/0.3", 1.1) | quiet,
        stroke(across, later, "$blue", 2.2) | quiet,
        stroke(across, later, "$orange", 3.2) | quiet,
        stroke(across, run.bundle.truth, "$ink", 2, "dash") | quiet,
    ]
    frames: dict[str, NDArray[Any]] = {"data.0.y": so_far, "data.1.y": fits, "data.2.y": means}
    if run.params.features != "gaussian":
        look_of = {"color": "$paper", "size": 7, "line": {"color": "$blue", "width": 1.8}}
        dots = {"type": "scatter", "mode": "markers", "x": places[-1], "y": labels[-1], "marker": look_of}
        frames |= {f"data.{len(traces)}.x": places, f"data.{len(traces)}.y": labels}
        traces.append(dots | quiet)
    return traces, frames


def headings(run: Run) -> list[Trace]:
    """Return what stands above the left panel."""
    base = {"xref": "x domain", "yref": "y domain", "x": 0, "y": 1, "showarrow": False, "xanchor": "left"}
    return [base | {"yanchor": "bottom", "text": counted(len(run.fits)), "font": {"size": 11}}]


def size_told(run: Run) -> Trace:
    """Return how many parameters are fitted to how many points, above that."""
    size, left = run.capacity, _across(run)["range"][0]
    first = f"<b>{size} parameter{'' if size == 1 else 's'}, {run.params.points} points</b><br> "
    return build.words([left], [TALL], [first], "top right", size=13)


def counted(fits: int) -> str:
    """Say what is drawn in which colour."""
    return f"{fits} fit{'' if fits == 1 else 's'} blue, <b>mean</b> orange, truth dashed"


def described(run: Run) -> str:
    """Say in one sentence what both panels show."""
    parts, index = run.parts, run.here
    bias, variance = float(parts.bias[:, index].mean()), float(parts.variance[:, index].mean())
    error = float(parts.mean[index])
    return (
        f"With {run.capacity} parameters and {run.params.points} points the test error is {number(error)}: noise "
        f"{part_of(error, parts.noise)}, bias² {part_of(error, max(bias, 0))}, variance {part_of(error, variance)}. At p = n it is "
        f"{number(float(parts.mean[parts.index(run.params.points)]))}, at {int(parts.capacities[-1])} parameters "
        f"{number(float(parts.mean[-1]))}."
    )


def _across(run: Run) -> Trace:
    if run.params.features == "gaussian":
        return build.axis("angle of a walk through feature space, °", 0, 360, tickvals=[0, 90, 180, 270, 360])
    return build.axis("x", -1.02, 1.02, tickvals=[-1, -0.5, 0, 0.5, 1])
