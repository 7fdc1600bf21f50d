"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

from nnviz.concepts.deep_training.claims import CLAIMS
from nnviz.concepts.deep_training.landscape import filter_normalized, surface, valleys
from nnviz.concepts.deep_training.predictions import PREDICTIONS
from nnviz.concepts.deep_training.recipe import recipe
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference
from nnviz.models.deep import forward

MEASURES = (
    Measure("training loss of plain nets", "", lambda run: run.plain.final, "less"),
    Measure("training loss of nets with skips", "", lambda run: run.skip.final, "less"),
    Measure("training error of plain nets", "%", lambda run: 100 * run.plain.error, "less"),
    Measure("training error of nets with skips", "%", lambda run: 100 * run.skip.error, "less"),
)

PRESETS = (
    Preset(
        "Fifty plain layers",
        {"depth": 50},
        "Left, many shallow valleys and none that leads far down: the plain nets hardly learn. Right, one funnel.",
        "underfitting",
    ),
    Preset(
        "Skips without a norm",
        {"norm": "none", "depth": 40},
        "Every layer adds to the sum and nothing holds it: the nets with skips break down in the first steps.",
        "non-finite",
    ),
    Preset(
        "Weights much too small",
        {"norm": "none", "scheme": "small", "depth": 12},
        "The signal dies on its way through the plain nets: whatever goes in, the answer is one half, and the loss stays at 0.69.",
        "underfitting",
    ),
    Preset(
        "Patient B",
        {"picture": "repair", "patient": "loud"},
        "It breaks down at once. One change is enough: which?",
        "non-finite",
    ),
)

REFERENCES = (
    Reference("He, Zhang, Ren & Sun: Deep residual learning", 2016, "https://arxiv.org/abs/1512.03385"),
    Reference(
        "Li, Xu, Taylor, Studer & Goldstein: Visualizing the loss landscape of neural nets",
        2018,
        "https://arxiv.org/abs/1712.09913",
    ),
    Reference(
        "Goodfellow, Vinyals & Saxe: Qualitatively characterizing neural network optimization problems",
        2015,
        "https://arxiv.org/abs/1412.6544",
    ),
    Reference(
        "Bergstra & Bengio: Random search for hyper-parameter optimization",
        2012,
        "https://jmlr.org/papers/v13/bergstra12a.html",
    ),
    Reference(
        "Jamieson & Talwalkar: Non-stochastic best arm identification and hyperparameter optimization",
        2016,
        "https://arxiv.org/abs/1502.07943",
    ),
    Reference("Ioffe & Szegedy: Batch normalization", 2015, "https://arxiv.org/abs/1502.03167"),
)

lesson = Lesson(
    intro="Add layers, and a net may fit its own training points worse. See why: turn the two landscapes, one of a plain net, "
    "one of the same net with residual connections (skips). Then repair broken nets, and search for good settings.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(forward, filter_normalized, surface, valleys),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=(
        Note(
            2,
            "Turn the two landscapes before you say anything. Ask: “You are blind and want to get down. Where would you "
            "rather start?” (Every slope on the right leads down; on the left you are lost after a few steps.)",
        ),
        Note(
            3,
            "Set depth to 5, then 20, then 50. Ask: “Both nets have the same weights and the same points. What is the only "
            "difference?” (h + φ(·) against φ(·).)",
        ),
        Note(
            3,
            "“Error over depth”. Ask before: “A deeper net can copy the shallower one. So its training error is…?” (It "
            "should be no higher. It is: training does not find what is there to be found.)",
        ),
        Note(
            4,
            "“Fix it”, Patient A. The class names a change, you tick it; same seeds each time. Stop when it trains and "
            "ask: “Was every change needed?” (“Each change alone” shows it.)",
        ),
        Note(2, "“Find settings”. Ask: “Three values on each of four axes: how many rates did the grid try?” (Three.)"),
    ),
)
