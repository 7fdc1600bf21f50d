"""What is said, asked and claimed about activation functions."""

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.activations.claims import CLAIMS
from nnviz.concepts.activations.functions import sigmoid, sigmoid_slope
from nnviz.concepts.activations.model import Run
from nnviz.concepts.activations.predictions import DYING, PREDICTIONS
from nnviz.concepts.activations.recipe import RECIPES
from nnviz.concepts.activations.tower import backward
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference

INTRO = """An activation function decides what a unit tells the next layer, and its slope decides how much the unit
learns: the gradient is multiplied by φ′ at every unit it passes. Push the **input** outwards and watch who goes flat.
Then choose another **large picture**: a signal pushed through ten layers, nets trained with each function, softmax."""

PRESETS = (
    Preset(
        "Dying ReLU",
        DYING,
        "Biases start at −10: ReLU's units output zero for every point and never learn; a leak of 0.3 revives them.",
        "dead units",
    ),
    Preset(
        "Sigmoid tower",
        {"picture": "nets", "functions": ("sigmoid", "relu"), "hidden": 10},
        "Ten sigmoid layers, every slope at most ¼: no gradient reaches the first, and the loss stands still at log 2.",
        "vanishing gradient",
    ),
    Preset(
        "Frozen steps",
        {"picture": "nets", "functions": ("step", "sigmoid", "relu")},
        "A step has slope 0 everywhere: only the output layer learns, on features that stay as they were drawn.",
        "saturation",
    ),
)

REFERENCES = (
    Reference(
        "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS",
        2010,
        "https://proceedings.mlr.press/v9/glorot10a.html",
    ),
    Reference(
        "Nair & Hinton, Rectified linear units improve restricted Boltzmann machines, ICML",
        2010,
        "https://icml.cc/Conferences/2010/papers/432.pdf",
    ),
    Reference(
        "Glorot, Bordes & Bengio, Deep sparse rectifier neural networks, AISTATS",
        2011,
        "https://proceedings.mlr.press/v15/glorot11a.html",
    ),
    Reference(
        "Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models, ICML workshop",
        2013,
        "https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf",
    ),
    Reference("He, Zhang, Ren & Sun, Delving deep into rectifiers, ICCV", 2015, "https://arxiv.org/abs/1502.01852"),
    Reference(
        "Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by exponential linear units, ICLR",
        2016,
        "https://arxiv.org/abs/1511.07289",
    ),
    Reference("Hendrycks & Gimpel, Gaussian error linear units (GELUs)", 2016, "https://arxiv.org/abs/1606.08415"),
    Reference("Ramachandran, Zoph & Le, Searching for activation functions", 2017, "https://arxiv.org/abs/1710.05941"),
    Reference(
        "Hinton, Vinyals & Dean, Distilling the knowledge in a neural network (softmax with a temperature)",
        2015,
        "https://arxiv.org/abs/1503.02531",
    ),
)

NOTES = (
    Note(2, "Input at 0, then slowly to 6. Ask: who still learns here? ReLU and Swish; sigmoid and tanh are shaded."),
    Note(
        3,
        "Ask the first prediction before the hand moves. Most of a class says ReLU, whose slope is exactly 1; "
        "Swish's is a little larger.",
    ),
    Note(
        4,
        "Large picture “Layer upon layer”. Drag the gain from 1 to 1.4 (√2): ReLU's spread stays from layer to "
        "layer. Ask why 1 is too small: half of the inputs are cut off.",
    ),
    Note(
        3,
        "Break it → Dying ReLU. Ask how the units could come back: not by the gradient, which is 0. A leak, or "
        "another start.",
    ),
    Note(
        3,
        "Large picture “Softmax”. Drag the temperature: in which corner does the path begin, where does it end? "
        "Then raise all logits alike: nothing moves.",
    ),
)


def accuracies(run: Run) -> NDArray[np.float64]:
    """Return the test accuracy of every function's nets at the end, (functions, K); nan where none is chosen."""
    return np.array([nets.accuracy[-1] for nets in run.nets.values()] or [[np.nan] * run.params.seeds])


def dead_units(run: Run) -> NDArray[np.float64]:
    """Return the share of dead hidden units of every function's nets at the end, likewise."""
    return np.array([nets.dead[1] for nets in run.nets.values()] or [[np.nan] * run.params.seeds])


def _steepest_slope(run: Run) -> float:
    return max((each.slope for each in run.readings.values()), key=abs, default=np.nan)


MEASURES = (
    Measure("best test accuracy", "", lambda run: accuracies(run).max(axis=0), "more"),
    Measure("worst test accuracy", "", lambda run: accuracies(run).min(axis=0), "more"),
    Measure("most dead units", "", lambda run: dead_units(run).max(axis=0), "less"),
    Measure("steepest slope at x", "", _steepest_slope),
)

lesson = Lesson(
    intro=INTRO,
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(sigmoid, sigmoid_slope, backward),
    references=REFERENCES,
    measures=MEASURES,
    recipe=RECIPES,
    notes=NOTES,
)
