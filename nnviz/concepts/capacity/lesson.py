"""The words of the page."""

from nnviz.concepts.capacity.claims import CLAIMS
from nnviz.concepts.capacity.descent import descend
from nnviz.concepts.capacity.predictions import PREDICTIONS
from nnviz.concepts.capacity.recipe import least_squares_weights, recipe
from nnviz.concepts.capacity.survey import decompose
from nnviz.concepts.capacity.theory import excess_risk
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference

INTRO = """One model is fitted again and again, each time to a new small data set. Where the mean of the fits misses the
truth there is **bias²**; how far they scatter is **variance**. Drag the number of **parameters** p: at p = n, the number of
training points, the bundle explodes. Go on dragging: with still more parameters it calms down again."""

PRESETS = (
    Preset(
        "As many parameters as points",
        {"capacity": 20},
        "The bundle: every fit passes through all of its points and swings wildly between them.",
        "interpolation peak",
    ),
    Preset(
        "Too few parameters",
        {"capacity": 2},
        "All straight lines agree with each other, and their mean (orange) with nothing.",
        "underfitting",
    ),
    Preset(
        "Ridge far too strong",
        {"capacity": 60, "ridge": "10"},
        "No peak is left, but the mean of the fits lies flat: bias² has replaced variance.",
        "underfitting",
    ),
    Preset(
        "Wrong labels, learned by heart",
        {"capacity": 60, "wrong": 0.3},
        "Three times as many parameters as points: the training error is 0, and each wrong label leaves a spike.",
        "overfitting",
    ),
)

REFERENCES = (
    Reference(
        "Belkin, Hsu, Ma & Mandal: Reconciling modern machine-learning practice and the classical bias–variance "
        "trade-off, PNAS",
        2019,
        "https://arxiv.org/abs/1812.11118",
    ),
    Reference(
        "Hastie, Montanari, Rosset & Tibshirani: Surprises in high-dimensional ridgeless least squares interpolation, "
        "Annals of Statistics",
        2022,
        "https://arxiv.org/abs/1903.08560",
    ),
    Reference(
        "Nakkiran et al.: Deep double descent: where bigger models and more data hurt, ICLR",
        2020,
        "https://arxiv.org/abs/1912.02292",
    ),
    Reference(
        "Nakkiran, Venkat, Kakade & Ma: Optimal regularization can mitigate double descent, ICLR",
        2021,
        "https://arxiv.org/abs/2003.01897",
    ),
    Reference(
        "Geman, Bienenstock & Doursat: Neural networks and the bias/variance dilemma, Neural Computation",
        1992,
        "https://doi.org/10.1162/neco.1992.4.1.1",
    ),
    Reference(
        "Rahimi & Recht: Random features for large-scale kernel machines, NeurIPS",
        2007,
        "https://papers.nips.cc/paper/3182-random-features-for-large-scale-kernel-machines",
    ),
)

NOTES = (
    Note(
        2,
        "Set p = 2, then 8. Ask which colour shrinks on the right and which grows. Orange is bias, the same orange as the "
        "mean on the left; blue is variance, the scatter of the blue bundle.",
    ),
    Note(
        3,
        "Ask the first prediction, then drag p slowly from 8 to 20. Stop at 20: every fit passes through all its points. "
        "Play: one data set after another, each with its own wild swing.",
    ),
    Note(
        3,
        "Ask: what if we double the parameters? Let hands go up. Drag to 40, then 200: of the many curves through all points "
        "least squares takes the one with the shortest weights, and that one is calm.",
    ),
    Note(
        2,
        "Drag the noise down to 0 and up again: the peak is made of noise. Then set ridge to 0.1 at p = 20.",
    ),
    Note(
        2,
        "Ridge back to none, model: Gaussian features. The dots are a formula, no fit. Ask why they stop at p = n ± 1: the mean is infinite.",
    ),
    Note(2, "Below (V), the map: walk up at p = 20. Ask: is there a place where ten more points make it worse?"),
)


MEASURES = (
    Measure("test error", "", lambda run: run.parts.measured[:, run.here], "less"),
    Measure("bias²", "", lambda run: run.parts.bias[:, run.here], "less"),
    Measure("variance", "", lambda run: run.parts.variance[:, run.here], "less"),
    Measure("bias² + variance + noise", "", lambda run: run.parts.expected[:, run.here], "less"),
    Measure("length of the weights", "", lambda run: run.parts.length[:, run.here]),
)

lesson = Lesson(
    intro=INTRO,
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(least_squares_weights, decompose, excess_risk, descend),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=NOTES,
)
