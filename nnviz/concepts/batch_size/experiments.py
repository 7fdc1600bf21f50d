"""The claims of the page, each a small experiment over seeds; written before they were run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.batch_size import clock
from nnviz.concepts.batch_size.cloud import spread
from nnviz.concepts.batch_size.model import SIZES
from nnviz.concepts.batch_size.training import EXAMPLES, NETWORKS, Task, own_examples, trained
from nnviz.core import claims
from nnviz.core.claims import Verdict
from nnviz.core.progress import Report
from nnviz.core.statistics import Interval, loglog_slope, paired_interval, paired_ratio_interval

SMALL, LARGE = 8, EXAMPLES
STEPS, EPOCHS, RATE = 400, 40, 0.1
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
TUNED_ON = range(1000, 1008)  # seeds that no comparison uses
MATTERS = 0.5  # points of test accuracy
USUAL_NOISE, HIGH_NOISE = 0.1, 0.3  # share of wrong training labels


@dataclass(frozen=True)
class Contest:
    """The small batch against the large one on one set and one budget.

    Attributes:
        rates: of the small and of the large batch.
        small, large: (S,) test accuracy in points.
        training: accuracy on the training labels in points, mean over seeds, of the small and of the large batch.
    """

    rates: tuple[float, float]
    small: NDArray[np.float64]
    large: NDArray[np.float64]
    training: tuple[float, float]


def gradient_variance(seeds: Sequence[int], report: Report) -> Verdict:
    """Measure the exponent of variance ∝ Bᵏ after training, with batches of each seed's own, drawn with replacement."""
    verdicts = {}
    for place, data in enumerate(NETWORKS):
        curves = []
        for done, seed in enumerate(seeds):
            report((place + done / len(seeds)) / len(NETWORKS), f"drawing mini-batches on {data}")
            task = Task(data, USUAL_NOISE, (16,), (RATE,), (20 * EXAMPLES // 16,), (seed,), snapshots=2, products=0)
            weights = trained(task).path[-1, 0]
            curves.append(spread(task.network, weights, *own_examples(task), SIZES, replace=True, seed=seed).measured)
        slope = loglog_slope(SIZES, np.array(curves))
        verdicts[data] = claims.within(slope, -1.05, -0.95, what="the exponent k of variance ∝ Bᵏ")
    return claims.by_condition(verdicts)


def small_generalize_better(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare test accuracy, small minus large, at equal steps and at equal epochs with each batch's best rate."""
    contests = run_contests(USUAL_NOISE, seeds, report)
    gains = {name: paired_interval(one.small, one.large) for name, one in contests.items()}
    return _judge(gains, contests, f"the gain in test accuracy of batch {SMALL} over {LARGE}")


def large_regularize(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare test accuracy, large minus small, where a regularizer would help: three labels in ten are wrong."""
    contests = run_contests(HIGH_NOISE, seeds, report)
    gains = {name: paired_interval(one.large, one.small) for name, one in contests.items()}
    return _judge(gains, contests, f"the gain in test accuracy of batch {LARGE} over {SMALL}")


def _judge(gains: dict[str, Interval], contests: dict[str, Contest], what: str) -> Verdict:
    verdict = claims.by_condition(
        {name: claims.directional(gain, MATTERS, what=what, unit="points") for name, gain in gains.items()}
    )
    rates = {name: {str(SMALL): one.rates[0], str(LARGE): one.rates[1]} for name, one in contests.items()}
    training = {name: {str(SMALL): one.training[0], str(LARGE): one.training[1]} for name, one in contests.items()}
    fits = [f"{one.training[0] - one.training[1]:+.1f} ({name})" for name, one in contests.items()]
    reason = f"{verdict.reason} Whoever tests better may only have learned more: training accuracy of batch {SMALL} "
    reason += f"minus {LARGE} is {', '.join(fits)} points."
    more: dict[str, Any] = {"rates": rates, "training accuracy, points": training}
    return replace(verdict, reason=reason, details=dict(verdict.details) | more)


def run_contests(label_noise: float, seeds: Sequence[int], report: Report) -> dict[str, Contest]:
    """Run small against large on both sets: at equal steps and one rate, at equal epochs and each one's best rate."""
    contests = {}
    for place, data in enumerate(NETWORKS):
        report(place / 2, f"equal steps on {data}")
        same = (RATE, RATE)
        contests[f"{data}, {STEPS} steps each"] = contest(data, label_noise, seeds, same, (STEPS, STEPS))
        steps = (EPOCHS * EXAMPLES // SMALL, EPOCHS * EXAMPLES // LARGE)
        report(place / 2 + 0.1, f"tuning the rates on {data}")
        rates = tuned(data, label_noise, steps)
        report(place / 2 + 0.35, f"equal epochs on {data}")
        contests[f"{data}, {EPOCHS} epochs each, rates tuned"] = contest(data, label_noise, seeds, rates, steps)
    return contests


def contest(
    data: str, label_noise: float, seeds: Sequence[int], rates: tuple[float, float], steps: tuple[int, int]
) -> Contest:
    """Train both batch sizes on the same seeds: same data, wrong labels and initial weights."""
    task = Task(data, label_noise, (SMALL, LARGE), rates, steps, tuple(seeds), snapshots=2, products=0)
    curves = trained(task)
    lost = ~np.isfinite(curves.loss[-1])
    test = 100 * np.where(lost, np.nan, curves.test_accuracy)
    training = 100 * curves.train_accuracy.mean(axis=1)
    return Contest(rates, test[0], test[1], (float(training[0]), float(training[1])))


def tuned(data: str, label_noise: float, steps: tuple[int, int]) -> tuple[float, float]:
    """Return the rate with the best mean test accuracy for the small and the large batch, on seeds of its own."""
    chosen = []
    for batch, budget in zip((SMALL, LARGE), steps, strict=True):
        count = len(RATES)
        task = Task(data, label_noise, (batch,) * count, RATES, (budget,) * count, tuple(TUNED_ON), 2, 0)
        chosen.append(RATES[int(trained(task).test_accuracy.mean(axis=1).argmax())])
    return chosen[0], chosen[1]


def less_time_per_epoch(seeds: Sequence[int], report: Report) -> Verdict:
    """Time every batch size anew once per seed: does each doubling make an epoch at least a tenth quicker?"""
    network = NETWORKS["moons"]
    times = []
    for done, _ in enumerate(seeds):
        report(done / len(seeds), "measuring this machine")
        times.append(clock.measure(network, clock.SIZES) / clock.SIZES)
    seconds = np.array(times)
    what, verdicts = "the time per epoch at half the batch, over that at the whole,", {}
    for index, size in enumerate(clock.SIZES[:-1]):
        ratio = paired_ratio_interval(seconds[:, index], seconds[:, index + 1])
        verdicts[f"{size} to {2 * size}"] = claims.at_least(ratio, clock.WORTH, what=what, unit="times")
    verdict = claims.by_condition(verdicts)
    point = clock.point_of_no_return(np.array(clock.SIZES), np.median(seconds, axis=0))
    epoch = {
        str(size): 1e3 * EXAMPLES * float(t) for size, t in zip(clock.SIZES, np.median(seconds, axis=0), strict=True)
    }
    more: dict[str, Any] = {"point of no return": point, f"ms for {EXAMPLES} examples": epoch}
    reason = f"{verdict.reason} Measured here, from batch {point:,} on doubling saves less than a tenth."
    return replace(verdict, reason=reason, details=dict(verdict.details) | more)
