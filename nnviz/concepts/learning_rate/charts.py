"""From a run to the page's view: the chosen picture first, then the others."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.charts.view import Chart, View
from nnviz.concepts.learning_rate import look, map_chart, net_charts
from nnviz.concepts.learning_rate.model import Run
from nnviz.concepts.learning_rate.valley_chart import valley_chart
from nnviz.concepts.learning_rate.words import found, sentence
from nnviz.core.notation import significant

BESIDE = {
    "map": ("pixel", "boxes"),
    "descent": ("schedules",),
    "curves": ("ends", "bending", "schedules"),
    "range": ("ends",),
}
"""Charts that belong to a large picture and stand right below it."""


def view(run: Run) -> View:
    """Draw a run."""
    picture = run.params.picture
    charts = [
        map_chart.map_chart(run), map_chart.pixel_chart(run), valley_chart(run), net_charts.curves_chart(run),
        net_charts.ends_chart(run), net_charts.bending_chart(run), net_charts.range_chart(run),
        net_charts.schedules_chart(run),
    ]  # fmt: skip
    if picture == "map":  # only the large map is fine enough to count boxes on
        charts.append(map_chart.boxes_chart(run))
    order = (picture, *BESIDE[picture])
    ordered = sorted(charts, key=lambda chart: order.index(chart.name) if chart.name in order else len(order))
    steps, unit, captions = timeline(run, ordered[0])
    return View(tuple(ordered), sentence(run), steps, unit, captions, found(run))


def timeline(run: Run, hero: Chart) -> tuple[NDArray[np.int64] | None, str, Sequence[str]]:
    """Return what plays: steps of the tiny nets on the map, steps in the valley, or nothing."""
    if not hero.frames:
        return None, "step", ()
    if hero.name == "map":
        steps = map_chart.moments(run)
        gone = [np.mean((run.map.lasted <= step) & np.isinf(run.map.ends)) for step in steps]
        return steps, "step", [f"{look.share(float(share))} blown up" for share in gone]
    path = run.descent.path
    return np.arange(len(path)), "step", [f"θ = {significant(float(theta))}" for theta in path]
