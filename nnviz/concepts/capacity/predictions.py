"""What is asked before the reveal; the right answers come from the run."""

import numpy as np

from nnviz.concepts.capacity.look import number
from nnviz.concepts.capacity.model import Params, Run
from nnviz.concepts.capacity.survey import SIZES
from nnviz.core.lesson import Answer, Prediction

PLAIN = {"ridge": "0", "scale": "areas"}


def fitted(params: Params) -> Params:
    """Return the settings with a model that is fitted exactly, and noise to fit."""
    features = "polynomial" if params.features == "mlp" else params.features
    return params.but(**PLAIN, features=features, noise=max(params.noise, 0.3), wrong=0.0)


def at_the_wall(params: Params) -> Params:
    """As many parameters as points."""
    return fitted(params).but(capacity=params.points)


def best_or_worst(run: Run) -> Answer:
    """Compare the median error at p = n with those at all sizes."""
    errors = np.median(run.parts.measured, axis=0)
    here, ratio = float(errors[run.here]), float(errors[run.here] / errors.min())
    higher = float(np.mean(errors > here))
    choice = 0 if ratio < 1.1 else 1 if higher < 0.1 else 2
    because = f"At p = n the median test error is {number(here)}; the best size has {number(float(errors.min()))}, and "
    return Answer(choice, f"{because}{100 * higher:.0f} % of all sizes have a higher one.")


def far_beyond(params: Params) -> Params:
    """Polynomials with ten times as many parameters as points, 200 at most."""
    return fitted(params).but(features="polynomial", capacity=min(200, 10 * params.points))


def beyond_the_wall(run: Run) -> Answer:
    """Compare the error there with that at p = n."""
    errors = np.median(run.parts.measured, axis=0)
    here, wall = float(errors[run.here]), float(errors[run.parts.index(run.params.points)])
    choice = 0 if here > 1.1 * wall else 2 if here < 0.9 * wall else 1
    return Answer(choice, f"At {run.capacity} parameters it is {number(here)}, at p = n {number(wall)}.")


def twenty_parameters(params: Params) -> Params:
    """Twenty parameters, ten points."""
    return fitted(params).but(features="polynomial", capacity=20, points=10)


def more_data(run: Run) -> Answer:
    """Compare ten points with twenty."""
    assert run.by_size is not None
    ten, twenty = (float(np.median(run.by_size[SIZES.index(size)])) for size in (10, 20))
    choice = 0 if twenty < ten / 1.1 else 1 if twenty > 1.1 * ten else 2
    return Answer(choice, f"The median test error is {number(ten)} with 10 points and {number(twenty)} with 20.")


def no_noise(params: Params) -> Params:
    """Gaussian features at p = n, labels without noise."""
    return fitted(params).but(features="gaussian", capacity=params.points, noise=0.0)


def without_noise(run: Run) -> Answer:
    """Compare the error at p = n with the largest of all sizes."""
    errors = np.median(run.parts.measured, axis=0)
    wall, largest = float(errors[run.here]), float(errors.max())
    choice = 0 if wall > 0.5 * largest else 1
    return Answer(choice, f"Without noise it is {number(wall)} at p = n and nowhere above {number(largest)}.")


PREDICTIONS = (
    Prediction(
        "At p = n with noise: is this the best or the worst size?",
        ("The best", "The worst", "Neither"),
        at_the_wall,
        best_or_worst,
    ),
    Prediction(
        "Ten times as many parameters as points: what is the test error, compared with p = n?",
        ("Higher still", "About the same", "Lower"),
        far_beyond,
        beyond_the_wall,
    ),
    Prediction(
        "A model with 20 parameters has 10 points. You collect 10 more: what happens to its test error?",
        ("It falls", "It rises", "It stays"),
        twenty_parameters,
        more_data,
    ),
    Prediction(
        "Labels without any noise, Gaussian features: does the peak at p = n stay?",
        ("Yes", "No, there is nothing to blow up"),
        no_noise,
        without_noise,
    ),
)
