"""What the page says of a run in words."""

import numpy as np

from nnviz.concepts.dropout.model import Run
from nnviz.core import statistics
from nnviz.core.statistics import Interval
from nnviz.data.points import parse


def name_of(run: Run) -> str:
    """Return how the page's rates are written: "rate 0.5" or "rates 0.5 and 0.2"."""
    first, second = run.params.rates
    return f"rate {first:g}" if first == second else f"rates {first:g} and {second:g}"


def signed(value: float, digits: int = 1) -> str:
    """Write a difference with its sign."""
    return f"{value:+.{digits}f}".replace("-", "−")


def gain(run: Run) -> Interval:
    """Return the interval of the gain in test accuracy over no dropout, in points, paired by seed."""
    end = [100 * run.curves[name].test_accuracy[-1] for name in ("dropout", "none")]
    return statistics.paired_interval(*end)


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    return f"{comparison(run)}{halves(run)}"


def halves(run: Run) -> str:
    """Say how the learner's own points are divided, and whether that is enough."""
    if run.params.data != "points":
        return ""
    own = len(parse(run.params.own)[0])
    if own < 2:
        return (
            " Fewer than two points are put down yet: one of each class stands in. Click into the plane of your points."
        )
    learned, tested = run.problem.inputs.shape[1], run.problem.test_inputs.shape[1]
    if learned == own:
        return f" With {own} points none is left for a test: the training points are tested. Put down more."
    return f" Each seed draws {learned} of your {own} points to learn from; the rest ({tested}, hollow) is its test."


def comparison(run: Run) -> str:
    """Compare the accuracies with and without dropout."""
    with_dropout, without = run.curves["dropout"], run.curves["none"]
    here, there = (statistics.band(curve.test_accuracy[-1]) for curve in (with_dropout, without))
    seeds = f"{here.count} seed{'s' if here.count > 1 else ''}"
    spread = f"{here.low:.2f} to {here.high:.2f} over {seeds}" if here.count > 1 else "one seed"
    train = [float(np.median(curve.train_accuracy[-1])) for curve in (with_dropout, without)]
    start = f"With {name_of(run)} test accuracy is {here.median:.2f} ({spread}), without dropout {there.median:.2f}"
    memory = f"Training accuracy is {train[0]:.2f} instead of {train[1]:.2f}."
    change = gain(run)
    if change.kept < 2:
        return f"{start}; one seed proves nothing about the difference of {signed(change.estimate)} points. {memory}"
    interval = f"95 % interval {signed(change.low)} to {signed(change.high)}"
    return f"{start}: {signed(change.estimate)} points on average ({interval}). {memory}"


def captions(run: Run) -> list[str]:
    """Return what stands beside the transport at each recorded epoch."""
    dropped = (~run.drawn.replayed.kept).sum(axis=1)
    test = run.curves["dropout"].test_accuracy[:, 0]
    units = run.drawn.replayed.kept.shape[1]
    return [f"{off} of {units} dropped · test {value:.2f}" for off, value in zip(dropped, test, strict=True)]
