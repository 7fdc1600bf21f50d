"""From a run to the page's charts."""

from nnviz.charts.view import Chart, View
from nnviz.concepts.optimizers import hero, pictures, reddi, words
from nnviz.concepts.optimizers.model import Run
from nnviz.core.timeline import even_steps, log_steps

FRAMES = 61  # of a race evenly in the logarithm of the step: most is decided early


def view(run: Run) -> View:
    """Draw a run."""
    own: tuple[Chart, ...]
    if run.race is not None:
        frames, unit = log_steps(run.params.steps, FRAMES), "step"
        own = (
            hero.solid(run, run.race, frames),
            hero.above(run, run.race, frames),
            pictures.heights(run, run.race, frames),
            pictures.rates(run, run.race),
        )
    else:
        assert run.game is not None
        frames, unit = even_steps(run.game.shape[1] - 1, FRAMES), "round"
        own = (reddi.points(run, run.game, frames), reddi.regrets(run, run.game))
    charts = (*own, pictures.network_rates(run), pictures.network(run))
    return View(charts, words.sentence(run), frames, unit, words.captions(run, frames), words.found(run))
