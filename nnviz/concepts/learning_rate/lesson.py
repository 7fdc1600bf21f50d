"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

import numpy as np

from nnviz.concepts.learning_rate.boxes import count_boxes, edge
from nnviz.concepts.learning_rate.claims import CLAIMS
from nnviz.concepts.learning_rate.descent import descend
from nnviz.concepts.learning_rate.model import Run
from nnviz.concepts.learning_rate.predictions import PREDICTIONS
from nnviz.concepts.learning_rate.recipe import EARLY, RECIPES
from nnviz.concepts.learning_rate.trainability import loss_curve
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference


def early_loss(run: Run) -> float:
    """Return the loss of the tiny network in the circle after 20 steps."""
    return float(run.seen[0][EARLY])


MEASURES = (
    Measure("training loss", "", lambda run: run.chosen.losses[-1, 0], "less"),
    Measure("test loss", "", lambda run: run.chosen.test_losses[0], "less"),
    Measure("test accuracy", "%", lambda run: 100 * np.asarray(run.chosen.accuracy[0]), "more"),
    Measure("loss of the net in the circle after 20 steps", "", early_loss),
)

PRESETS = (
    Preset(
        "Just beyond 2/λ",
        {"picture": "descent", "rate": 1.04},
        "The limit is 1, the rate 1.04: every swing ends a little higher. Then drag the rate back below 1.",
        "divergence",
    ),
    Preset(
        "Far beyond 2/λ",
        {"picture": "descent", "rate": 1.6, "curvature": 4.0},
        "One step, and θ has left the picture; the numbers go on growing.",
        "divergence",
    ),
    Preset(
        "A valley hardly walked",
        {"picture": "descent", "rate": 0.001},
        "Nothing is wrong with the direction. Thirty steps of this size lead nowhere.",
        "underfitting",
    ),
    Preset(
        "A net at rate 12",
        {"picture": "curves", "rate": 12.0},
        "The loss rises in the first epochs and stays high; below, the curvature beside 2/η says why.",
        "divergence",
    ),
    Preset(
        "A net that hardly learns",
        {"picture": "curves", "rate": 0.001, "schedule": "exponential"},
        "A small rate that a schedule makes smaller still: the loss stays near log 2, a coin toss.",
        "underfitting",
    ),
)

REFERENCES = (
    Reference(
        "Bengio: Practical recommendations for gradient-based training of deep architectures",
        2012,
        "https://arxiv.org/abs/1206.5533",
    ),
    Reference("Goodfellow, Bengio & Courville: Deep Learning, chapters 8 and 11", 2016, "https://www.deeplearningbook.org"),
    Reference("Smith: Cyclical learning rates for training neural networks (the range test)", 2017, "https://arxiv.org/abs/1506.01186"),
    Reference("Loshchilov & Hutter: SGDR: Stochastic gradient descent with warm restarts (cosine)", 2017, "https://arxiv.org/abs/1608.03983"),
    Reference("Goyal et al.: Accurate, large minibatch SGD: Training ImageNet in 1 hour (warm-up)", 2017, "https://arxiv.org/abs/1706.02677"),
    Reference("Smith & Topin: Super-convergence: Very fast training of neural networks using large learning rates (one cycle)", 2017, "https://arxiv.org/abs/1708.07120"),
    Reference(
        "Cohen et al.: Gradient descent on neural networks typically occurs at the edge of stability",
        2021,
        "https://arxiv.org/abs/2103.00065",
    ),
    Reference("Sohl-Dickstein: The boundary of neural network trainability is fractal", 2024, "https://arxiv.org/abs/2402.06184"),
    Reference(
        "PyTorch: ReduceLROnPlateau",
        2025,
        "https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html",
    ),
)  # fmt: skip

lesson = Lesson(
    intro="Each pixel is a network of its own, trained from the same start at its own two learning rates: blue learned, "
    "orange blew up. **Drag a rectangle** over the edge, and the window is trained anew: is the edge still ragged there?"
    " Then choose another **large picture**: why 2/λ is a limit, what a rate does to a real net, "
    "and how to find a good one.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(descend, loss_curve, edge, count_boxes),
    references=REFERENCES,
    measures=MEASURES,
    recipe=RECIPES,
    notes=(
        Note(
            3,
            "Large picture “Descent in a valley”. Ask the first prediction, then drag the rate slowly through 1 "
            "(2/λ). Ask: “Which rate is quickest?” (1/λ: one step.) Then double the curvature: 1/λ and 2/λ halve.",
        ),
        Note(
            3,
            "“Loss curves of a net”: drag the rate, then look below (V) at “What every rate comes to”. Ask: “Where would "
            "you set it?” (Just below the edge.) Then choose warm-up and look how far right the curve stays low.",
        ),
        Note(
            3,
            "Back to the map, play. Ask: “The dotted line is one rate for both layers: where does it leave the blue?” Then "
            "ask the third prediction and “Show this run above” (or drag a rectangle over the edge): “Is it a line yet?”",
        ),
        Note(
            2,
            "Reset, then activation of the tiny nets: linear. Ask: “What became of the coast?” Box counting answers (V).",
        ),
        Note(1, "Break it, “A net at rate 12”. Ask: “Which number in the diagnosis would have warned us?” (2/η.)"),
    ),
)
