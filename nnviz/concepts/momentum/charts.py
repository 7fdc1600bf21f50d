"""From a run to the page's charts."""

from nnviz.charts.view import View
from nnviz.concepts.momentum import hero, pictures, words
from nnviz.concepts.momentum.model import Run
from nnviz.core.timeline import even_steps

FRAMES = 61


def view(run: Run) -> View:
    """Draw a run."""
    frames = even_steps(run.params.steps, FRAMES)
    charts = (
        hero.plane(run, frames),
        pictures.phase(run),
        pictures.directions(run, frames),
        pictures.speed_up(run),
        pictures.network(run),
    )
    return View(charts, words.sentence(run), frames, "step", words.captions(run, frames), words.found(run))
