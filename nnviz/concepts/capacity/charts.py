"""From a run to the page's view."""

import numpy as np

from nnviz.charts.view import View
from nnviz.concepts.capacity import side_charts
from nnviz.concepts.capacity.hero import hero
from nnviz.concepts.capacity.look import number
from nnviz.concepts.capacity.model import Run
from nnviz.concepts.capacity.words import found, sentence


def view(run: Run) -> View:
    """Draw a run; the timeline brings the data sets of the first seed one after another."""
    charts = [hero(run), side_charts.theory(run)]
    if run.tuned is not None:
        charts += [side_charts.ridge(run), side_charts.samples(run), side_charts.size_map(run)]
    charts += [side_charts.errors(run), side_charts.length(run)]
    fits = run.fits
    misses = np.sqrt(np.square(fits - run.bundle.truth).mean(axis=1))
    captions = [f"off the truth by {number(float(miss))}" for miss in misses]
    return View(tuple(charts), sentence(run), np.arange(1, len(fits) + 1), "data set", captions, found(run))
