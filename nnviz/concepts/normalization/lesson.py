"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

import numpy as np

from nnviz.concepts.normalization.claims import CLAIMS
from nnviz.concepts.normalization.model import Run, curvature, fitted, path, scaled, steps_needed
from nnviz.concepts.normalization.predictions import PREDICTIONS
from nnviz.concepts.normalization.recipe import recipe
from nnviz.concepts.normalization.scaling import Floats
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference


def own_accuracy(run: Run) -> Floats:
    """Return the share of test wines right with the page's own scaling, in %, (S,)."""
    return np.asarray(100 * run.scores.accuracy[6 if run.params.leak else 5])


def own_loss(run: Run) -> Floats:
    """Return the test loss on wine with the page's own scaling, (S,)."""
    return np.asarray(run.scores.loss[6 if run.params.leak else 5])


MEASURES = (
    Measure("condition number", "", lambda run: run.own.conditions, "less"),
    Measure("steps needed", "", lambda run: run.own.steps, "less"),
    Measure("test accuracy on wine", "%", own_accuracy, "more"),
    Measure("test loss on wine", "nats", own_loss, "less"),
)

PRESETS = (
    Preset(
        "Nothing scaled, ratio 1000",
        {"scaler": "none", "ratio": 1000.0},
        "A needle: across it the descent is done at once, along it nothing moves. On wine the network guesses.",
        "unscaled inputs",
    ),
    Preset(
        "A step beyond the edge",
        {"step": 2.1},
        "Every step lands farther out on the other side, however round the valley is.",
        "divergence",
    ),
    Preset(
        "Min–max meets an outlier",
        {"scaler": "minmax", "outlier": 30.0},
        "One value takes the whole range; look how little is left to all the others.",
        "outlier",
    ),
    Preset(
        "Layer norm on two features",
        {"scaler": "layer"},
        "Each example is scaled by itself: what told the examples apart is gone, and the valley has no floor.",
        "collapse",
    ),
    Preset(
        "The scaler has seen the test wines",
        {"leak": True, "wines": 30},
        "The last chart shows by how much that changes the result: measure before you worry, and do not do it anyway.",
        "leakage",
    ),
)

REFERENCES = (
    Reference("LeCun, Bottou, Orr & Müller: Efficient BackProp", 1998, "https://doi.org/10.1007/3-540-49430-8_2"),
    Reference(
        "Breiman, Friedman, Olshen & Stone: Classification and regression trees",
        1984,
        "https://doi.org/10.1201/9781315139470",
    ),
    Reference("Aeberhard & Forina: Wine, UCI machine learning repository", 1992, "https://doi.org/10.24432/C5PC7J"),
    Reference("Ba, Kiros & Hinton: Layer normalization", 2016, "https://arxiv.org/abs/1607.06450"),
    Reference(
        "scikit-learn: Compare the effect of different scalers on data with outliers",
        2024,
        "https://scikit-learn.org/stable/auto_examples/preprocessing/plot_all_scaling.html",
    ),
)

lesson = Lesson(
    intro="When one feature is much wider than another, the loss becomes a narrow valley: gradient descent bounces across "
    "it and crawls along it. Drag the scale ratio and watch the left valley turn into a needle while the scaled one on "
    "the right stays round. Below, the same on real wine, with an outlier to move and a tree that does not care.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(scaled, fitted, curvature, path, steps_needed),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=(
        Note(
            2,
            "Ratio 1, then drag slowly to 10. Ask: “Why does the same rule suddenly need so long?” (One learning rate "
            "must suit both directions; the steep one sets it.)",
        ),
        Note(
            3,
            "Click through the ratios in the second chart. Ask: “Ten times as wide: how many times the steps?” (A "
            "hundred: curvature goes with the square.)",
        ),
        Note(
            3,
            "Drag the outlier to 30 with min–max chosen, then z-score, then robust. Ask: “Which would you take?” "
            "(Robust keeps the others' spread, but its outlier now stands far out: look at the valley.)",
        ),
        Note(
            3,
            "Wine: ask before scrolling “Does the raw network only need another learning rate?” (The curve: no rate "
            "helps it.) Then: “And the tree?” (It asks for order only.)",
        ),
        Note(2, "Break it, “The scaler has seen the test wines”. Ask: “Is that cheating? How much does it pay here?”"),
    ),
)
