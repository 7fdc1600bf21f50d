"""From a run to the page's charts: the picture that is asked for first."""

import numpy as np

from nnviz.charts.view import Chart, View
from nnviz.concepts.deep_training import depth_charts, repair_charts, search_charts
from nnviz.concepts.deep_training.hero import landscape_chart
from nnviz.concepts.deep_training.model import Run
from nnviz.concepts.deep_training.words import found, sentence
from nnviz.core.notation import number
from nnviz.core.statistics import band

LARGE = {"landscape": "landscape", "depth": "depth", "repair": "repair", "search": "trials"}


def view(run: Run) -> View:
    """Draw a run, as far as it has come."""
    ordered = sorted(_charts(run), key=lambda chart: chart.name != LARGE[run.params.picture])
    if not any(chart.frames for chart in ordered):
        return View(tuple(ordered), sentence(run), findings=found(run))
    moments = run.plain.moments if len(run.plain.moments) >= len(run.skip.moments) else run.skip.moments
    losses = [band(each.loss[moments], axis=1).median for each in (run.plain, run.skip)]
    captions = [f"plain {short(float(a))}, skips {short(float(b))}" for a, b in zip(*losses, strict=True)]
    return View(tuple(ordered), sentence(run), moments, "step", captions, found(run))


def short(loss: float) -> str:
    """Write a loss for the transport."""
    return number(loss) if np.isfinite(loss) else "broke down"


def _charts(run: Run) -> list[Chart]:
    if run.params.picture == "repair" and run.log is not None:
        return [repair_charts.repair_chart(run), repair_charts.alone_chart(run)]
    if run.params.picture == "search" and run.search is not None:
        draw = (search_charts.trials_chart, search_charts.importance_chart, search_charts.budget_chart)
        return [each(run) for each in draw]
    charts = [depth_charts.losses_chart(run), depth_charts.gradient_chart(run)]
    if run.slices is not None:
        charts.insert(0, landscape_chart(run))
    if run.depths is not None:
        charts.append(depth_charts.depth_chart(run))
    if run.costs is not None:
        charts.append(depth_charts.cost_chart(run))
    return charts
