"""What is asked before the reveal; the right answers come from the run."""

import numpy as np

from nnviz.concepts.ensembles import words
from nnviz.concepts.ensembles.findings import SAME
from nnviz.concepts.ensembles.model import Params, Run
from nnviz.core import statistics
from nnviz.core.lesson import Answer, Prediction

NOTHING = 0.05  # points of accuracy
CLEAR = {"data": "moons", "noise": 0.4, "points": 40, "wrong": 0.0, "width": 8, "epochs": 150, "rate": 0.1}
AT_LEAST = 8  # seeds


def copied(params: Params) -> Params:
    """Thirty-two copies of one seed, on the data on screen."""
    return params.but(method="copies", members=32, combine="own", sketch=False)


def what_copies_gain(run: Run) -> Answer:
    """Grade by the mean gain over the average member: nothing, up to a point, more."""
    gain = float(words.gain(run).mean())
    choice = 0 if abs(gain) < NOTHING else 1 if gain < 1 else 2
    ambiguity = float(run.scores.ambiguity[:, -1].mean())
    apart = f"differ by {ambiguity:.3f}" if ambiguity > SAME else "do not differ at all"
    cost = f"{run.params.members} times the cost"
    because = (
        f"The gain is {words.signed(gain, 2)} points at {cost}: the members {apart}, and only what differs can cancel."
    )
    return Answer(choice, because)


def bagged(params: Params) -> Params:
    """Sixteen bagged members on overlapping moons."""
    changes = CLEAR | {"method": "bagging", "members": 16, "combine": "own", "sketch": False}
    return params.but(**changes, seeds=max(params.seeds, AT_LEAST))


def beats_the_best(run: Run) -> Answer:
    """Grade by the interval of the difference to the member that is best on the test points themselves."""
    change = statistics.mean_interval(words.over_best(run))
    choice = 0 if change.low > 0 else 1 if change.high < 0 else 2
    wins = int(np.sum(words.over_best(run) > 0))
    return Answer(
        choice,
        f"Against its best member: {words.interval_words(change)}, ahead in {wins} of {change.count} seeds. Nobody knows "
        "before the test which member is the best.",
    )


def noisy(params: Params) -> Params:
    """AdaBoost with small members and 30 % wrong labels."""
    changes = CLEAR | {"method": "boosting", "members": 32, "width": 4, "wrong": 0.3, "combine": "own", "sketch": False}
    return params.but(**changes, seeds=max(params.seeds, AT_LEAST))


def what_it_repeats(run: Run) -> Answer:
    """Grade by the median share of the wrong labels that the ensemble repeats on its training points."""
    share = 100 * float(np.nanmedian(run.scores.repeated))
    choice = 0 if share < 100 / 3 else 1 if share < 200 / 3 else 2
    test = 100 * float(np.median(run.scores.accuracy[:, -1]))
    because = (
        f"{share:.0f} % of the wrong labels are repeated and test accuracy is {test:.1f} %: each round puts more weight "
        "on what is still wrong, and wrong labels stay wrong longest."
    )
    return Answer(choice, because)


PREDICTIONS = (
    Prediction(
        "32 copies with the same seed: what do they gain over one?",
        ("Nothing at all", "Up to one point of accuracy", "More than a point"),
        copied,
        what_copies_gain,
    ),
    Prediction(
        "16 bagged members: are they together more often right than the best of them?",
        ("Yes, clearly", "No, clearly less often", "No clear difference"),
        bagged,
        beats_the_best,
    ),
    Prediction(
        "30 % of the labels are wrong, and AdaBoost adds 32 small members: how many of the wrong labels does it learn?",
        ("Less than a third", "About half", "More than two thirds"),
        noisy,
        what_it_repeats,
    ),
)
