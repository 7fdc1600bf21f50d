"""What is said, asked and claimed about regularization."""

from nnviz.concepts.regularization.claims import CLAIMS
from nnviz.concepts.regularization.predictions import PREDICTIONS
from nnviz.concepts.regularization.recipe import recipe
from nnviz.concepts.regularization.solvers import coordinate_descent, descend, ridge_paths, soft_threshold
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference

INTRO = """A free fit chases every point. A penalty of λ on the weights calms it: drag λ and watch. On the right is
why **L1** and **L2** differ: the weights lie where the penalty's shape meets the contours of the **loss**. A diamond
is often met at a corner, where a weight is exactly 0; a circle has none. Below, the same for all weights along λ."""

PRESETS = (
    Preset(
        "λ too large",
        {"strength": 10.0},
        "A flat line: every weight is 0, and the penalty has nothing left to pay.",
        "underfitting",
    ),
    Preset(
        "Penalize the bias",
        {"bias": True, "penalty": "l2", "strength": 0.5},
        "The whole curve sinks below its points: its height is punished like a wiggle.",
        "penalized bias",
    ),
    Preset(
        "Hardly any penalty",
        {"strength": 0.0001, "penalty": "l2"},
        "Twelve wiggles through twenty points: little training error, much validation error.",
        "overfitting",
    ),
)

REFERENCES = (
    Reference(
        "Hoerl & Kennard, Ridge regression: biased estimation for nonorthogonal problems, Technometrics",
        1970,
        "https://doi.org/10.1080/00401706.1970.10488634",
    ),
    Reference(
        "Tibshirani, Regression shrinkage and selection via the lasso, JRSS B",
        1996,
        "https://doi.org/10.1111/j.2517-6161.1996.tb02080.x",
    ),
    Reference(
        "Zou & Hastie, Regularization and variable selection via the elastic net, JRSS B",
        2005,
        "https://doi.org/10.1111/j.1467-9868.2005.00503.x",
    ),
    Reference(
        "Beck & Teboulle, A fast iterative shrinkage-thresholding algorithm for linear inverse problems, SIAM J. Imaging Sciences",
        2009,
        "https://doi.org/10.1137/080716542",
    ),
    Reference(
        "Friedman, Hastie & Tibshirani, Regularization paths for generalized linear models via coordinate descent, J. Statistical Software",
        2010,
        "https://doi.org/10.18637/jss.v033.i01",
    ),
    Reference(
        "Goodfellow, Bengio & Courville, Deep Learning, section 7.1",
        2016,
        "https://www.deeplearningbook.org/contents/regularization.html",
    ),
    Reference("scikit-learn, Linear models", 2025, "https://scikit-learn.org/stable/modules/linear_model.html"),
)

NOTES = (
    Note(2, "Drag λ from left to right. Ask where the fit is best, before anyone looks at the error curve below."),
    Note(
        4,
        "At λ = 0.05 switch between L1 and L2. Ask which shape has corners, and what it means to be at one. (One "
        "weight is exactly 0.) Play the timeline: the dot walks from 0 to the touching point.",
    ),
    Note(
        3,
        "“L1 two ways”: the same penalty, the same rate. Ask why the lines on the left end and those on the right do "
        "not. (Soft threshold; the plain gradient steps over 0 and back for ever.)",
    ),
    Note(2, "Set points to 200. Ask what is left for the penalty to do."),
    Note(1, "Break it → Penalize the bias. Ask why nobody should be charged for the height of a curve."),
)

MEASURES = (
    Measure("validation error", "", lambda run: run.error[1], "less"),
    Measure("weights exactly 0", "", lambda run: run.zeros),
    Measure("training error", "", lambda run: run.error[0], "less"),
)

lesson = Lesson(
    intro=INTRO,
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(soft_threshold, coordinate_descent, descend, ridge_paths),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=NOTES,
)
