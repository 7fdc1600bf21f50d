"""The words of the first experiment."""

from nnviz.concepts.home.model import Params, Run, gradient
from nnviz.concepts.home.recipe import recipe
from nnviz.core.lesson import Answer, Lesson, Measure, Prediction, Preset, Reference


def _asked(params: Params) -> Params:
    return params.but(units=1, waves=1.5, rate=0.03)


def _answer(run: Run) -> Answer:
    fits = float(run.loss[-1]) < 0.1 * float(run.target.var())
    return Answer(
        0 if fits else 1,
        f"Its mean squared error ends at {run.loss[-1]:.2g}; the wave's variance is {run.target.var():.2g}.",
    )


lesson = Lesson(
    intro="Drag a slider: a network is trained anew at every position of your hand, and its curve follows. Then play the training.",
    predictions=(Prediction("Can a single neuron draw the whole wave?", ("Yes", "No"), _asked, _answer),),
    presets=(
        Preset("Far too large a rate", {"rate": 1.0, "units": 16}, "The curve leaves the picture.", "divergence"),
    ),
    claims=(),
    heart=(gradient,),
    references=(
        Reference(
            "Cybenko, Approximation by superpositions of a sigmoidal function",
            1989,
            "https://doi.org/10.1007/BF02551274",
        ),
    ),
    measures=(Measure("mean squared error", "", lambda run: run.loss[-1], "less"),),
    recipe=recipe,
)
