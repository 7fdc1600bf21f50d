"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

import numpy as np

from nnviz.concepts.losses import look
from nnviz.concepts.losses.claims import CLAIMS
from nnviz.concepts.losses.functions import binary_cross_entropy, huber, sigmoid_mse
from nnviz.concepts.losses.line import LINES, shift
from nnviz.concepts.losses.model import Run
from nnviz.concepts.losses.recipe import recipe
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference
from nnviz.core.notation import significant


def _pulled(run: Run) -> Answer:
    moved = shift(run.lines.fits, run.lines.calm)
    told = ", ".join(f"{look.label(name)} {significant(float(far))}" for name, far in zip(LINES, moved, strict=True))
    return Answer(int(np.argmax(moved)), f"On average over the other points the lines move by: {told}.")


def _harder(run: Run) -> Answer:
    first, second = (abs(one.slope) for one in run.pair)
    ratio = first / second
    choice = 0 if ratio > 1.05 else 1 if ratio < 0.95 else 2
    because = (
        f"The gradients are {significant(first)} and {significant(second)}: σ′ is {significant(second / (2 * first))}."
    )
    return Answer(choice, because)


def _same(run: Run) -> Answer:
    first, second = run.penalties["categorical"], run.penalties["sparse"]
    choice = 2 if abs(first - second) < 1e-9 else 0 if first > second else 1
    return Answer(
        choice, f"Both are {significant(first)}: the first reads (1, 0, 0), the second the number of the class."
    )


def _lever(run: Run) -> Answer:
    moved = shift(run.lines.fits, run.lines.calm)
    choice = 0 if moved[1] > 0.5 * moved[0] else 1
    return Answer(
        choice, f"MAE's line moves by {significant(float(moved[1]))}, MSE's by {significant(float(moved[0]))}."
    )


PREDICTIONS = (
    Prediction(
        "Drag one point to +20: which line moves most?",
        tuple(look.label(name) for name in LINES),
        lambda p: p.but(picture="line", outlier=20.0, outlier_x=4.0, delta=1.0),
        _pulled,
    ),
    Prediction(
        "A sigmoid says −6 and class 1 is true. Which loss pulls harder, cross-entropy or MSE?",
        ("Cross-entropy", "MSE", "Both alike"),
        lambda p: p.but(
            picture="curves", first="bce", second="sigmoid_mse", prediction=-6.0, target=1.0, smoothing=0.0
        ),
        _harder,
    ),
    Prediction(
        "Same scores, same true class: which is larger, categorical or sparse cross-entropy?",
        ("Categorical", "Sparse", "Neither"),
        lambda p: p.but(picture="simplex"),
        _same,
    ),
    Prediction(
        "Now the outlier lies far out to the right, at x = 40 and y = −20. Does MAE resist it?",
        ("No, its line follows", "Yes, its line hardly moves"),
        lambda p: p.but(picture="line", outlier=-20.0, outlier_x=40.0, delta=1.0),
        _lever,
    ),
)

PRESETS = (
    Preset(
        "Sure and wrong",
        {"picture": "wrong", "prediction": -8.0},
        "The orange curve stays at the bottom: MSE's gradient carries σ′, and σ′ is nearly 0 where the sigmoid is sure.",
        "saturation",
    ),
    Preset(
        "A mask given up",
        {"picture": "mask", "pixels": 4},
        "Four pixels of 256: under cross-entropy black is the cheapest answer, and is right for 98 % of the pixels.",
        "collapse",
    ),
    Preset(
        "Dice without a mask",
        {"first": "dice", "second": "bce", "target": -1.0, "prediction": 4.0},
        "No pixel is true and the net shouts: Dice is 1 everywhere and its gradient 0, only cross-entropy objects.",
        "vanishing gradient",
    ),
)

REFERENCES = (
    Reference("Huber: Robust estimation of a location parameter", 1964, "https://doi.org/10.1214/aoms/1177703732"),
    Reference("Koenker & Bassett: Regression quantiles, Econometrica", 1978, "https://doi.org/10.2307/1913643"),
    Reference(
        "Cortes & Vapnik: Support-vector networks (hinge), Machine Learning", 1995, "https://doi.org/10.1007/BF00994018"
    ),
    Reference(
        "Nielsen: Neural Networks and Deep Learning, chapter 3",
        2015,
        "https://neuralnetworksanddeeplearning.com/chap3.html",
    ),
    Reference(
        "Szegedy et al.: Rethinking the Inception architecture for computer vision (label smoothing)",
        2016,
        "https://arxiv.org/abs/1512.00567",
    ),
    Reference("Milletari, Navab & Ahmadi: V-Net (Dice)", 2016, "https://arxiv.org/abs/1606.04797"),
    Reference(
        "Lin, Goyal, Girshick, He & Dollár: Focal loss for dense object detection",
        2017,
        "https://arxiv.org/abs/1708.02002",
    ),
    Reference(
        "Ghosh, Kumar & Sastry: Robust loss functions under label noise for deep neural networks",
        2017,
        "https://arxiv.org/abs/1712.09482",
    ),
    Reference("PyTorch: loss functions", 2025, "https://docs.pytorch.org/docs/stable/nn.html#loss-functions"),
)

lesson = Lesson(
    intro="A loss says how bad an answer is; its gradient says how hard it is pulled back. Drag the prediction and compare "
    "two losses: what does each feel when the answer is surely wrong? Then choose another **large picture**: an outlier "
    "that pulls three lines, classes on a simplex, a small mask, a sentence letter by letter, nets trained under each loss.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(binary_cross_entropy, sigmoid_mse, huber),
    references=REFERENCES,
    measures=(
        Measure("gradient", "", lambda run: run.pair[0].slope),
        Measure("loss", "", lambda run: run.pair[0].value, "less"),
        Measure("slope of the MSE line", "", lambda run: float(run.lines.fits[0, 0])),
        Measure("slope of the MAE line", "", lambda run: float(run.lines.fits[1, 0])),
        Measure("slope of the Huber line", "", lambda run: float(run.lines.fits[2, 0])),
        Measure(
            "test accuracy under cross-entropy", "", lambda run: run.classifiers["categorical"].accuracy[-1], "more"
        ),
        Measure("perplexity", "", lambda run: float(run.perplexity[-1]), "less"),
        Measure("bits of the sentence", "bits", lambda run: float(run.surprise.sum() / np.log(2)), "less"),
    ),
    recipe=recipe,
    notes=(
        Note(
            3,
            "Drag the prediction from 4 to −8 and watch the right panel only. Ask: “Which loss still pulls when the "
            "net is surely wrong?” Cross-entropy's gradient goes to −1, MSE's back to 0.",
        ),
        Note(
            3,
            "Large picture “A line and an outlier”. Ask the first prediction, then drag the height. Then the place, "
            "beyond 28, with the height at −20: MAE follows too. It resists in y, not in x.",
        ),
        Note(
            2,
            "Large picture “Three classes”. Click into the lower corners. Ask: “Which arrow is long where we are most "
            "wrong?” Then read off categorical and sparse: one number.",
        ),
        Note(2, "Break it, “A mask given up”. Ask: “98 % of the pixels are right. Is this a good net?”"),
        Note(2, "Large picture “A sentence”. Let the class dictate one. Ask: “Which letter will cost most?”"),
        Note(
            2, "Large picture “Nets trained under each”, wrong labels 0 and then 40 %. Ask: “Who believes the liars?”"
        ),
    ),
)
