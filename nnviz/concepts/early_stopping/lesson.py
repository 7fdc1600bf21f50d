"""What is said, asked and claimed about early stopping."""

import numpy as np

from nnviz.concepts.early_stopping.claims import CLAIMS
from nnviz.concepts.early_stopping.linear import descent_factors, ridge_factors
from nnviz.concepts.early_stopping.predictions import PREDICTIONS
from nnviz.concepts.early_stopping.recipe import recipe
from nnviz.concepts.early_stopping.rule import stopping
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference

INTRO = """A wide network first learns the curve, then the noise. Play: the training loss keeps falling while the loss
on the **validation set** and on the test turns. The rule waits for **patience** epochs without a new best, stops (red
line) and goes back to the best weights (star). Drag patience and watch the stop move; or hide the answer and click
where you would have stopped."""

PRESETS = (
    Preset(
        "Patience 0",
        {"patience": 0},
        "The curve jitters, and the first jitter ends training: the fit has hardly begun to bend.",
        "stopped too early",
    ),
    Preset(
        "Two points watch",
        {"share": 0.05},
        "A validation set of two points: its curve has little to do with the test curve, and so has the stop.",
        "noisy validation",
    ),
    Preset(
        "Keep the last weights",
        {"restore": False, "patience": 300},
        "A patient rule that keeps what it has when it stops: everything it waited through is memorized.",
        "overfitting",
    ),
)

REFERENCES = (
    Reference(
        "Prechelt, Early stopping – but when? In: Neural networks: tricks of the trade",
        1998,
        "https://doi.org/10.1007/3-540-49430-8_3",
    ),
    Reference(
        "Goodfellow, Bengio & Courville, Deep Learning, section 7.8",
        2016,
        "https://www.deeplearningbook.org/contents/regularization.html",
    ),
    Reference(
        "Ali, Kolter & Tibshirani, A continuous-time view of early stopping for least squares regression, AISTATS",
        2019,
        "https://arxiv.org/abs/1810.10082",
    ),
    Reference(
        "Yao, Rosasco & Caponnetto, On early stopping in gradient descent learning, Constructive Approximation",
        2007,
        "https://doi.org/10.1007/s00365-006-0663-2",
    ),
    Reference(
        "Keras, EarlyStopping (patience, min_delta, restore_best_weights)",
        2025,
        "https://keras.io/api/callbacks/early_stopping/",
    ),
)

NOTES = (
    Note(
        2,
        "Turn on “Guess first”, then “New weights”: curves that nobody has seen. Let the class vote where to stop, click "
        "there (or set “Your stop” under More) and read the grade. Ask what they looked at: only the validation curve, "
        "as one must.",
    ),
    Note(
        3,
        "Reset and play the timeline. Ask at which moment the right picture is nearest to the dashed curve. (Near the star; "
        "afterwards it bends towards single points.) The noise cannot be learned, only memorized.",
    ),
    Note(
        3,
        "Drag patience from 0 to 300. Ask what is lost at either end. (Too little: the first jitter decides. Too "
        "much: only time, as long as the best weights are restored. Turn restoring off and ask again.)",
    ),
    Note(
        2,
        "Reset, validation share to 0.05, then to 0.8. Ask what is lost at either end. (Two points judge badly: what is "
        "kept lies above the lowest. Eight teach badly: even the lowest is high.)",
    ),
    Note(
        2,
        "The linear model: under More take its steps, look below (V) and move them with the arrow keys. Ask what the dots do. "
        "(Directions with large eigenvalues are learned first, those with small ones never: that is what L2 does too, with "
        "λ = 1/(ηt).)",
    ),
)

MEASURES = (
    Measure("test error", "", lambda run: run.test_at(run.kept), "less"),
    Measure("test error of the last epoch", "", lambda run: run.curves.test[-1], "less"),
    Measure("lowest test error", "", lambda run: run.test_at(run.oracle), "less"),
    Measure("epoch kept", "", lambda run: np.asarray(run.kept, dtype=np.float64)),
)

lesson = Lesson(
    intro=INTRO,
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(stopping, descent_factors, ridge_factors),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=NOTES,
)
