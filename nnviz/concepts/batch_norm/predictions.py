"""What the page asks before it shows, and how the answers are read from the run."""

import numpy as np

from nnviz.concepts.batch_norm.model import Run
from nnviz.concepts.batch_norm.settings import Params
from nnviz.concepts.batch_norm.words import rate_words
from nnviz.core.lesson import Answer, Prediction

ALIKE = 5.0  # points of test error that make no difference


def undone(params: Params) -> Params:
    """Ask with noise after the norm, as strong as in the paper."""
    return params.but(norm="batch", noise=0.5, eval_mode=True)


def collapse(run: Run) -> Answer:
    """Grade where the noisy net ends: at chance, beside the net without a norm, or still better."""
    plain, noisy = (100 * float(np.median(each.modes[0])) for each in (run.plain, run.own))
    choice = 0 if noisy > 50 - ALIKE else 1 if noisy > plain - ALIKE else 2
    because = f"Test error: {noisy:.0f} % with the norm and noise after it, {plain:.0f} % without a norm (medians); guessing gives 50 %."
    together = 100 * float(np.median(run.own.modes[1]))
    return Answer(choice, f"{because} By the statistics of its own batches the noisy net errs on {together:.0f} %.")


def tiny(params: Params) -> Params:
    """Ask with two examples a batch, where the net without a norm learns."""
    return params.but(norm="batch", batch=2, data="moons", rate=0.1, noise=0.0, eval_mode=True)


def pairs(run: Run) -> Answer:
    """Grade which of both nets has fewer test errors."""
    plain, own = (100 * float(np.median(each.modes[0])) for each in (run.plain, run.own))
    choice = 0 if own < plain - ALIKE else 2 if own > plain + ALIKE else 1
    because = f"With batches of 2 the test error is {own:.0f} % with batch normalization and {plain:.0f} % without (medians). "
    return Answer(
        choice, because + "Two numbers, centred and scaled, are always −1 and +1: how far apart they were is lost."
    )


def bolder(params: Params) -> Params:
    """Ask for the sweep over rates."""
    return params.but(noise=0.0)


def largest(run: Run) -> Answer:
    """Grade how many times larger the largest rate is that trains."""
    assert run.rates is not None
    plain, own = (each.largest for each in run.rates)
    ratio = own / plain
    choice = 2 if ratio >= 9 else 1 if ratio >= 2 else 0
    if not np.isfinite(ratio):
        choice = 2 if np.isfinite(own) else 0
    return Answer(choice, rate_words(run))


PREDICTIONS = (
    Prediction(
        "Random noise after the norm, new at every step, undoes it. Does training collapse?",
        ("Yes: it only guesses", "It is no better than without a norm", "No: still better than without a norm"),
        undone,
        collapse,
    ),
    Prediction(
        "Two moons, batches of 2: who has fewer test errors?",
        ("The net with batch normalization", f"About the same (within {ALIKE:g} points)", "The net without"),
        tiny,
        pairs,
    ),
    Prediction(
        "How much larger can the learning rate be with the norm before training fails?",
        ("No larger", "Two to eight times", "Ten times or more"),
        bolder,
        largest,
    ),
)
