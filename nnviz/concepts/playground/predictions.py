"""What is asked first; graded from the runs of the very settings on screen."""

import numpy as np

from nnviz.concepts.playground.model import Run, run
from nnviz.concepts.playground.problem import TOY_NAMES
from nnviz.concepts.playground.settings import Params
from nnviz.core.lesson import Answer, Prediction

NOISE = 0.3
LITTLE = 0.01  # a share of right answers that is not worth a word


def plain(params: Params) -> Params:
    """Return the settings on screen as a toy classification with room for more noise and a layer to take away."""
    data = params.data if params.data in TOY_NAMES and params.data not in ("plane", "hills") else "circle"
    noise = min(params.noise, 1 - NOISE)
    return params.but(data=data, noise=noise, layers=max(1, params.layers), editing=False, leak=0.0, sketch=False)


def right(found: Run) -> np.ndarray:
    """Return the share of test points right at the end, (K,)."""
    return np.asarray(found.scores.test_score[-1])


def hurts_more(found: Run) -> Answer:
    """Take one layer away, or add noise, at the same seeds, and compare what the test accuracy loses."""
    params = found.params
    shallow, noisy = run(params.but(layers=params.layers - 1)), run(params.but(noise=params.noise + NOISE))
    count = min(len(right(one)) for one in (found, shallow, noisy))
    less, more = (float(np.mean(right(found)[:count] - right(one)[:count])) for one in (shallow, noisy))
    choice = 2 if max(less, more) < LITTLE or abs(less - more) < LITTLE else 0 if less > more else 1
    left = params.layers - 1
    hidden = f"{left} hidden layer{'' if left == 1 else 's'}"
    because = f"With {hidden} test accuracy changes by {-100 * less:+.1f} points, with "
    because += (
        f"noise {params.noise + NOISE:.2g} instead of {params.noise:.2g} by {-100 * more:+.1f} (mean of {count} seeds)."
    )
    return Answer(choice, because)


def linear(params: Params) -> Params:
    """Return the circle with linear units in two hidden layers, and no feature that would help."""
    return plain(params).but(data="circle", features=("x1", "x2"), activation="linear", layers=2, noise=0.04)


def no_bend(found: Run) -> Answer:
    """Grade how well linear layers do on the circle."""
    share = float(np.median(right(found)))
    choice = 0 if share > 0.95 else 1 if share > 0.7 else 2
    because = (
        f"Its test accuracy is {share:.2f}: two linear layers are one linear map, whose border is a straight line."
    )
    return Answer(choice, because)


PREDICTIONS = (
    Prediction(
        f"One hidden layer fewer, or {NOISE} more noise: which hurts test accuracy more here?",
        ("One layer fewer", "More noise", "About the same, or neither"),
        plain,
        hurts_more,
    ),
    Prediction(
        "Take the bend out of every unit (linear activation): how well does the network still do on the circle?",
        ("As well as before", "Well, but not perfectly", "Hardly better than guessing"),
        linear,
        no_bend,
    ),
)
