"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

from nnviz.concepts.initialization.claims import CLAIMS
from nnviz.concepts.initialization.model import Run, arriving, backward, forward, kept, very_wide
from nnviz.concepts.initialization.network import Floats
from nnviz.concepts.initialization.predictions import PREDICTIONS
from nnviz.concepts.initialization.recipe import recipe
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference


def last_loss(run: Run) -> Floats:
    """Return every network's training loss at the end; nan while a hand moves."""
    return kept(run.own.forward) * float("nan") if run.own.curves is None else run.own.curves.loss[-1]


MEASURES = (
    Measure("variance kept", "", lambda run: kept(run.own.forward)),
    Measure("gradient kept", "", lambda run: arriving(run.own.backward)),
    Measure("training loss", "nats", last_loss, "less"),
)

PRESETS = (
    Preset(
        "All weights zero",
        {"scheme": "zeros"},
        "Every hill is a needle at 0 and stays one: no unit ever has a reason to differ from another.",
        "symmetric units",
    ),
    Preset(
        "All weights equal",
        {"scheme": "constant", "depth": 4},
        "Something is learned, but play the map of weights: its rows stay equal, four layers of one unit each.",
        "symmetric units",
    ),
    Preset(
        "Gain 10: everything saturates",
        {"gain": 10.0},
        "The outputs pile up at −1 and 1 from the first layers on, where tanh has no slope left.",
        "saturation",
    ),
    Preset(
        "Gain 10 with ReLU",
        {"gain": 10.0, "scheme": "he_normal", "activation": "relu"},
        "ReLU has no ceiling: the variance by layer runs off the chart, forward and back.",
        "exploding gradient",
    ),
    Preset(
        "Xavier under 30 ReLU layers",
        {"scheme": "xavier_normal", "beside": "he_normal", "activation": "relu", "depth": 30},
        "Half of the mean square is lost at every layer; beside it He makes up for that.",
        "vanishing gradient",
    ),
    Preset(
        "Small random numbers",
        {"scheme": "small"},
        "They look harmless. Follow the variance down: after a few layers nothing is left, in either direction.",
        "vanishing gradient",
    ),
)

REFERENCES = (
    Reference("LeCun, Bottou, Orr & Müller: Efficient BackProp", 1998, "https://doi.org/10.1007/3-540-49430-8_2"),
    Reference(
        "Glorot & Bengio: Understanding the difficulty of training deep feedforward neural networks",
        2010,
        "https://proceedings.mlr.press/v9/glorot10a.html",
    ),
    Reference(
        "Saxe, McClelland & Ganguli: Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
        2014,
        "https://arxiv.org/abs/1312.6120",
    ),
    Reference("He, Zhang, Ren & Sun: Delving deep into rectifiers", 2015, "https://arxiv.org/abs/1502.01852"),
    Reference("Ioffe & Szegedy: Batch normalization", 2015, "https://arxiv.org/abs/1502.03167"),
    Reference(
        "Poole, Lahiri, Raghu, Sohl-Dickstein & Ganguli: Exponential expressivity in deep neural networks through "
        "transient chaos",
        2016,
        "https://arxiv.org/abs/1606.05340",
    ),
)

lesson = Lesson(
    intro="Before a network learns, its random weights already decide what can pass. Every hill shows how the outputs of "
    "one layer are spread, from the first at the top to the last. Drag the gain and watch the hills: too little and "
    "they shrink to needles, too much and they pile up at the edges. Then see which start training can use.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(forward, backward, very_wide),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=(
        Note(
            2,
            "Before touching anything ask: “Both sides are random numbers around 0. Why does one fade?” (Each layer "
            "multiplies the spread; a factor of 0.58, twenty times, is 0.00002.)",
        ),
        Note(
            3,
            "Drag the gain down to 0.5, then up to 3. Ask: “Where is the signal best kept?” (Close to 1: that is what "
            "2/(n + m) was made for. Above 2 tanh is flat for most units.)",
        ),
        Note(
            3,
            "Choose ReLU, He beside Xavier. Ask: “What does ReLU take away?” (Half of the mean square at each layer; "
            "He's factor 2 gives it back.)",
        ),
        Note(
            3,
            "Break it, “All weights equal”. Play, and watch the map of weights. Ask: “Why do the rows never part?” "
            "(Same weights, same gradient.)",
        ),
        Note(2, "Look at every network's last loss. Ask: “Which start would you take for 20 layers, and why?”"),
    ),
)
