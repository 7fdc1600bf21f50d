"""What the page says of a run in words."""

import numpy as np

from nnviz.concepts.ensembles.model import Run
from nnviz.concepts.ensembles.observing import Floats, hard
from nnviz.core import statistics
from nnviz.core.statistics import Interval
from nnviz.data.points import parse

HOW = {
    "seeds": "started from different seeds",
    "bagging": "each trained on its own resample",
    "boosting": "each drawn to what the ones before got wrong",
    "stacking": "of four kinds, weighed by points held out",
    "snapshot": "kept along one training",
    "subspaces": "each seeing 4 of 7 features",
    "copies": "all from one seed",
}


def signed(value: float, digits: int = 1) -> str:
    """Write a difference with its sign; what rounds to nothing has none."""
    text = f"{value:+.{digits}f}"
    return (text if float(text) else f"{0:.{digits}f}").replace("-", "−")


def count(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def average_members(run: Run) -> Floats:
    """Return the mean test accuracy of the first 1 … M members alone, in the weights of their ensemble, (S, M)."""
    return np.asarray(np.einsum("sqm,sm->sq", run.scores.weights, run.scores.own))


def average_member(run: Run) -> Floats:
    """Return the mean test accuracy of all members alone, in the weights of the whole ensemble, (S,)."""
    return np.asarray(average_members(run)[:, -1])


def gain(run: Run) -> Floats:
    """Return what the ensemble adds to the accuracy of its average member, in points, (S,)."""
    return np.asarray(100 * (run.scores.accuracy[:, -1] - average_member(run)))


def over_best(run: Run) -> Floats:
    """Return what the ensemble adds to the member that is best on the test points themselves, in points, (S,)."""
    return np.asarray(100 * (run.scores.accuracy[:, -1] - run.scores.own.max(axis=1)))


def own_calibration(run: Run) -> Floats:
    """Return the mean calibration error of the members alone, in the weights of the whole ensemble, (S,)."""
    return np.asarray(np.sum(run.scores.weights[:, -1] * run.scores.own_calibration, axis=1))


def training_cost(run: Run) -> Floats:
    """Return what ensembles of 1 … M members cost in training, in trainings of one usual member, (M,)."""
    return np.asarray(np.arange(1, run.params.members + 1) * run.params.setting.cost, np.float64)


def interval_words(found: Interval, unit: str = "points") -> str:
    """Write a difference with its interval, or say that one seed has none."""
    if found.kept < 2:
        return f"{signed(found.estimate)} {unit} (one seed, which may be luck)"
    return f"{signed(found.estimate)} {unit} (95 % interval {signed(found.low)} to {signed(found.high)})"


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    scores, size = run.scores, run.params.members
    accuracy, alone = 100 * np.mean(scores.accuracy[:, -1]), 100 * np.mean(average_member(run))
    seeds = count(len(scores.accuracy), "seed")
    if size == 1:
        return f"One member is right in {accuracy:.1f} % of test points (mean over {seeds}): nobody to disagree with.{remarks(run)}"
    change = statistics.mean_interval(gain(run))
    split = [float(np.mean(each[:, -1])) for each in (scores.squared, scores.member_squared, scores.ambiguity)]
    return (
        f"{size} members, {HOW[run.params.method]}, are right together in {accuracy:.1f} % of test points, alone in "
        f"{alone:.1f} % (means over {seeds}): {interval_words(change)}. Squared error: {split[1]:.3f} of the average member "
        f"− {split[2]:.3f} of disagreement = {split[0]:.3f}.{remarks(run)}"
    )


def remarks(run: Run) -> str:
    """Say which seeds are left out of a long run, and what stands in while there are too few points."""
    few = ""
    if run.params.trained < run.params.seeds:
        few = f" Only {run.params.trained} of {run.params.seeds} seeds are trained: all would take too long."
    if run.params.data != "points" or len(parse(run.params.own)[0]) >= 2:
        return few
    return f"{few} Fewer than two points are put down yet: one of each class stands in. Click into the plane of your points."


def captions(run: Run) -> list[str]:
    """Return what stands beside the transport at each size."""
    return [
        f"together {100 * share:.1f} % · this one {100 * own:.1f} %"
        for share, own in zip(run.scores.accuracy[0], run.scores.own[0], strict=True)
    ]


def picture(run: Run) -> str:
    """Say what the hero shows."""
    alone, together = 100 * run.scores.own[0], 100 * run.scores.accuracy[0, -1]
    spread = float(run.plane.spread[-1].mean())
    kind = "votes" if hard(run.params) else "chances"
    return (
        f"{count(len(alone), 'boundary') if len(alone) == 1 else f'{len(alone)} boundaries'} over the plane: alone the "
        f"members are right in {alone.min():.1f} to {alone.max():.1f} % of test points, together in {together:.1f} %; "
        f"their {kind} differ by {spread:.2f} (standard deviation, averaged over the plane)."
    )
