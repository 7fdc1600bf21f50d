"""What is asked before the reveal; the right answers come from the run."""

import numpy as np

from nnviz.concepts.dropout.model import Params, Run
from nnviz.concepts.dropout.words import signed
from nnviz.core import statistics
from nnviz.core.lesson import Answer, Prediction

CLEAR = {"data": "moons", "same": True, "eval_mode": True, "scaling": "inverted", "sketch": False}
SIZES = (1.0, 2.0, 4.0, 8.0)
POINTS = 5.0


def too_small(params: Params) -> Params:
    """Four units a layer, plenty of clean points, rate 0.5."""
    changes = CLEAR | {"width": 4, "points": 200, "noise": 0.2, "rate": 0.5, "epochs": 200}
    return params.but(**changes, seeds=max(params.seeds, 8))


def better_or_worse(run: Run) -> Answer:
    """Grade by the paired interval of the change in test accuracy."""
    scores = [100 * run.curves[name].test_accuracy[-1] for name in ("dropout", "none")]
    change = statistics.paired_interval(scores[0], scores[1])
    choice = 0 if change.low > 0 else 1 if change.high < 0 else 2
    interval = f"{signed(change.estimate)} points (95 % interval {signed(change.low)} to {signed(change.high)})"
    medians = f"{np.median(scores[0]):.0f} % with dropout, {np.median(scores[1]):.0f} % without"
    return Answer(choice, f"Test accuracy is {medians}: {interval} over {change.count} seeds.")


def forgotten(params: Params) -> Params:
    """The page's network at rate 0.5 in both layers, with no rescaling anywhere."""
    return params.but(**CLEAR | {"scaling": "none", "rate": 0.5})


def how_large(run: Run) -> Answer:
    """Grade by the factor nearest to the one measured, on a logarithmic scale."""
    measured = run.drawn.size_ratio
    choice = int(np.argmin(np.abs(np.log(SIZES) - np.log(measured)))) if measured > 0 else 0
    because = f"Measured on the first network: {measured:.2f} times. Each of the two layers doubles what it passes on."
    return Answer(choice, because)


def left_in_training_mode(params: Params) -> Params:
    """The page's network at rate 0.8, still dropping units at test."""
    return params.but(**CLEAR | {"eval_mode": False, "rate": 0.8})


def what_becomes(run: Run) -> Answer:
    """Grade by the median change of test accuracy when units go on dropping."""
    dropping, whole = run.curves["dropout"].test_accuracy[-1], run.committee.all_units
    change = 100 * float(np.median(dropping - whole))
    choice = 0 if change > POINTS else 2 if change < -POINTS else 1
    medians = f"{100 * np.median(dropping):.0f} % while units drop, {100 * np.median(whole):.0f} % with all of them"
    return Answer(choice, f"Test accuracy is {medians}: {signed(change)} points.")


PREDICTIONS = (
    Prediction(
        "Dropout 0.5 on a net that is too small, four units a layer: better or worse?",
        ("Better at test", "Worse at test", "No clear difference"),
        too_small,
        better_or_worse,
    ),
    Prediction(
        "Rate 0.5, two hidden layers, and you forget to rescale: how large are the outputs at test beside training's?",
        ("About the same", "About 2 times", "About 4 times", "About 8 times"),
        forgotten,
        how_large,
    ),
    Prediction(
        "Rate 0.8, and you forget eval mode: what becomes of the test accuracy?",
        ("It rises by more than 5 points", "It stays within 5 points", "It falls by more than 5 points"),
        left_in_training_mode,
        what_becomes,
    ),
)
