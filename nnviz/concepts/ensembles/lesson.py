"""What is said, asked and claimed about ensembles."""

from nnviz.concepts.ensembles import words
from nnviz.concepts.ensembles.claims import CLAIMS
from nnviz.concepts.ensembles.combining import ambiguity_split, boosted, growing, stacked
from nnviz.concepts.ensembles.draws import bootstrap_rows
from nnviz.concepts.ensembles.predictions import PREDICTIONS
from nnviz.concepts.ensembles.recipe import RECIPES
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference

INTRO = """Many small networks answer the same question, and their answers are made one. Play the timeline: each **member**
draws a boundary of its own, thin and wayward; their average, the thick line, grows calm. Where members disagree, on the
right, the **ensemble** is unsure. In squared error it gains exactly what they disagree by: choose how they differ."""

PRESETS = (
    Preset(
        "Boosting on wrong labels",
        {"method": "boosting", "members": 32, "width": 4, "wrong": 0.3},
        "Islands around the ringed points: rounds go on, training gets better, the test does not.",
        "overfitting",
    ),
    Preset(
        "The same seed 32 times",
        {"method": "copies", "members": 32},
        "One thin line where there should be 32: nothing on the right, and a gain of exactly zero.",
        "no diversity",
    ),
    Preset(
        "Too weak to vote",
        {"method": "seeds", "width": 1, "data": "spiral", "noise": 0.1},
        "Every member draws one straight line. Averaging cancels what differs, not what all of them lack.",
        "underfitting",
    ),
)

REFERENCES = (
    Reference(
        "Krogh & Vedelsby, Neural network ensembles, cross validation, and active learning, NeurIPS",
        1995,
        "https://papers.nips.cc/paper/1994/hash/b8c37e33defde51cf91e1e03e51657da-Abstract.html",
    ),
    Reference("Hansen & Salamon, Neural network ensembles, IEEE PAMI 12", 1990, "https://doi.org/10.1109/34.58871"),
    Reference("Breiman, Bagging predictors, Machine Learning 24", 1996, "https://doi.org/10.1007/BF00058655"),
    Reference(
        "Freund & Schapire, A decision-theoretic generalization of on-line learning and an application to boosting",
        1997,
        "https://doi.org/10.1006/jcss.1997.1504",
    ),
    Reference(
        "Zhu, Zou, Rosset & Hastie, Multi-class AdaBoost, Statistics and Its Interface 2",
        2009,
        "https://doi.org/10.4310/SII.2009.v2.n3.a8",
    ),
    Reference(
        "Wolpert, Stacked generalization, Neural Networks 5", 1992, "https://doi.org/10.1016/S0893-6080(05)80023-1"
    ),
    Reference(
        "Ho, The random subspace method for constructing decision forests, IEEE PAMI 20",
        1998,
        "https://doi.org/10.1109/34.709601",
    ),
    Reference(
        "Huang et al., Snapshot ensembles: train 1, get M for free, ICLR", 2017, "https://arxiv.org/abs/1704.00109"
    ),
    Reference(
        "Lakshminarayanan, Pritzel & Blundell, Simple and scalable predictive uncertainty estimation using deep "
        "ensembles, NeurIPS",
        2017,
        "https://arxiv.org/abs/1612.01474",
    ),
    Reference(
        "Dietterich, An experimental comparison of three methods for constructing ensembles of decision trees, "
        "Machine Learning 40",
        2000,
        "https://doi.org/10.1023/A:1007607513941",
    ),
    Reference("scikit-learn, Ensembles", 2025, "https://scikit-learn.org/stable/modules/ensemble.html"),
)

NOTES = (
    Note(
        2,
        "Play once. Ask: which of the thin lines would you trust? Nobody can say before the test, and the thick line needs "
        "no choice.",
    ),
    Note(
        3,
        "Ask the first prediction (Q), then choose Copies of one seed. Nothing differs, so nothing cancels: the gain is zero.",
    ),
    Note(
        3,
        "Reset. Below (V), the ambiguity decomposition: read the two layers and the diamonds on top. It is arithmetic, not luck: no average "
        "errs more than its average member in squared error.",
    ),
    Note(2, "Change the method from Different seeds to Bagging. The members get worse, their average does not. Why?"),
    Note(
        3,
        "Break it → Boosting on wrong labels. Follow the ringed points on the timeline: the rounds work for them alone.",
    ),
    Note(1, "Below, cost beside gain: is one large network of as many units as good? And what does an answer cost?"),
)

MEASURES = (
    Measure("test accuracy", "", lambda run: run.scores.accuracy[:, -1], "more"),
    Measure("gain over the average member", "points", words.gain, "more"),
    Measure("squared error", "", lambda run: run.scores.squared[:, -1], "less"),
    Measure("disagreement", "", lambda run: run.scores.ambiguity[:, -1]),
    Measure("calibration error", "%", lambda run: 100 * run.scores.calibration[:, -1], "less"),
)

lesson = Lesson(
    intro=INTRO,
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(ambiguity_split, growing, bootstrap_rows, boosted, stacked),
    references=REFERENCES,
    measures=MEASURES,
    recipe=RECIPES,
    notes=NOTES,
)
