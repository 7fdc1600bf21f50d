"""The page's claims as experiments over seeds. Every comparison is paired: same points, first weights and orders."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.early_stopping.frozen import all_paths
from nnviz.concepts.early_stopping.model import best_epoch
from nnviz.concepts.early_stopping.rule import stop_all, valleys
from nnviz.concepts.early_stopping.training import Curves, Setting, trained
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
PATIENCE = 30
LEAST = 5.0  # % of the test error that matter
FRESH = 100  # the task was chosen on seeds below 24, so a claim does not use them
TUNING = 1000  # seeds from here on choose the fixed number of epochs
ONCE = 0.8  # share of curves from which "falls, then rises once" is a description


def task(seeds: Sequence[int]) -> Setting:
    """Return the page's default task, on seeds that nobody had seen when it was chosen."""
    return Setting(40, 0.5, 0.5, 64, 600, 10, tuple(FRESH + seed for seed in seeds))


def everything(setting: Setting) -> Setting:
    """Return the same task with all points but one to learn from."""
    return replace(setting, share=1 / setting.points)


def kept(curves: Curves) -> tuple[Whole, Floats]:
    """Return the epoch that the rule keeps, with patience 30 and the best restored, and its test error, (S,) each."""
    epochs = stop_all(curves.validation, PATIENCE, 0.0).best
    return epochs, at(curves, epochs)


def at(curves: Curves, epochs: Whole) -> Floats:
    """Return the test error of each network at an epoch of its own."""
    return np.asarray(curves.test[epochs, np.arange(len(epochs))])


def saved(with_it: Floats, without: Floats) -> statistics.Interval:
    """Return what is taken off the test error, in %, as the paired interval over seeds."""
    return statistics.paired_interval(100 * (1 - with_it / without), np.zeros(len(without)))


def lowers_test_error(seeds: Sequence[int], report: Report) -> Verdict:
    """Test the stop against training to the end: here, with less noise, with more points, and with all points to learn."""
    conditions = {
        "this task": task(seeds),
        "half the noise": replace(task(seeds), noise=0.25),
        "three times the points": replace(task(seeds), points=120),
    }
    parts = {}
    for number, (name, setting) in enumerate(conditions.items()):
        curves = trained(setting, part(report, number / 4, (number + 1) / 4))
        change = saved(kept(curves)[1], curves.test[-1])
        parts[name] = claims.directional(change, LEAST, what=f"the share of test error saved on {name}", unit="%")
    stopped = kept(trained(task(seeds)))[1]
    rival = trained(everything(task(seeds)), part(report, 0.75, 1.0))
    change = saved(stopped, rival.test[-1])
    what = "the share of test error saved against learning from all points to the end"
    parts["all points to the end"] = claims.directional(change, LEAST, what=what, unit="%")
    return claims.by_condition(parts)


def beats_fixed_epochs(seeds: Sequence[int], report: Report) -> Verdict:
    """Test the stop against a number of epochs chosen on other seeds, which leaves all points to learn from."""
    others = [TUNING + seed for seed in seeds]
    tuning = trained(everything(task(others)), part(report, 0.0, 0.4))
    fixed = int(best_epoch(np.median(tuning.test, axis=1)[:, None])[0])
    rival = trained(everything(task(seeds)), part(report, 0.4, 0.8)).test[fixed]
    stopped = kept(trained(task(seeds), part(report, 0.8, 1.0)))[1]
    what = f"the share of test error saved against always {fixed} epochs on all points (chosen on other seeds)"
    return claims.directional(saved(stopped, rival), LEAST, what=what, unit="%")


def equals_l2(seeds: Sequence[int], report: Report) -> Verdict:
    """Test the equivalence on the linear model: are the stopped weights those of some λ, and are the errors the same?"""
    found = all_paths(task(seeds), report)
    apart = statistics.mean_interval([100 * each.distance[each.stop] for each in found])
    ratio = [100 * (each.descent[each.stop, 1] / each.ridge[each.penalty, 1] - 1) for each in found]
    return claims.by_condition(
        {
            "weights": claims.at_most(
                apart, 5.0, what="the distance of the stopped weights from the nearest of L2", unit="%"
            ),
            "test error": claims.within(
                statistics.mean_interval(ratio), -5.0, 5.0, what="test error beside that of the best L2", unit="%"
            ),
        }
    )


def falls_then_rises_once(seeds: Sequence[int], report: Report) -> Verdict:
    """Count the validation curves with one valley, with small batches and with all points in every step."""
    parts = {}
    for number, (name, batch) in enumerate((("batches of 10", 10), ("full batches", 40))):
        curves = trained(replace(task(seeds), batch=batch), part(report, number / 2, (number + 1) / 2))
        counts = [valleys(curve) for curve in curves.validation[1:].T]
        twice = sum(count > 1 for count in counts)
        share = statistics.proportion_interval(sum(count == 1 for count in counts), len(counts))
        what = f"with {name} ({twice} of {len(counts)} fall a second time) the share of curves with one valley"
        parts[name] = claims.at_least(share, ONCE, what=what)
    return claims.by_condition(parts)


def retrain_on_everything(seeds: Sequence[int], report: Report) -> Verdict:
    """Test training anew on all points for as long as the stopped network had: as many epochs, or as many steps."""
    epochs, stopped = kept(trained(task(seeds), part(report, 0.0, 0.5)))
    again = trained(everything(task(seeds)), part(report, 0.5, 1.0))
    parts = {}
    for name, length in (("as many epochs", epochs), ("as many steps", np.maximum(epochs // 2, 1))):
        change = saved(at(again, length), stopped)
        parts[name] = claims.directional(change, LEAST, what=f"the share of test error saved by {name}", unit="%")
    return claims.by_condition(parts)


CLAIMS = (
    Claim(
        "lowers-test-error",
        "Early stopping lowers the test error of a wide network on few noisy points.",
        "Prechelt, 1998",
        lowers_test_error,
    ),
    Claim(
        "equals-l2-on-a-quadratic",
        "On a quadratic loss, early stopping equals an L2 penalty: stopping after t steps is λ = 1/(ηt).",
        "Goodfellow, Bengio & Courville, Deep Learning, section 7.8, 2016",
        equals_l2,
    ),
    Claim(
        "falls-then-rises-once",
        "The validation error falls, reaches its minimum, and then rises.",
        "drawn so in most textbooks; Prechelt, 1998, already showed otherwise",
        falls_then_rises_once,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "better-than-a-fixed-number-of-epochs",
        "Watching a validation set is better than fixing the number of epochs in advance.",
        "often taken for granted; the validation points could have been learned from",
        beats_fixed_epochs,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "train-again-on-all-points",
        "Once the stop is known, training anew on all points for as long gives a lower test error.",
        "Goodfellow, Bengio & Courville, Deep Learning, algorithm 7.2, 2016",
        retrain_on_everything,
    ),
)
