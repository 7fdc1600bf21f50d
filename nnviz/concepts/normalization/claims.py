"""Sentences from textbooks about scaling features, put to the test over seeds."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nnviz.concepts.normalization.descent import condition, covariance, curvature, features, steps_needed
from nnviz.concepts.normalization.model import BY_FEATURE, RATES, middle_half
from nnviz.concepts.normalization.scaling import Floats, Scaler, scaled
from nnviz.concepts.normalization.settings import FEATURES
from nnviz.concepts.normalization.wine import Cellar, Job, Scores, networks, tree_answers
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

TUNING = tuple(range(1000, 1008))  # seeds on which every method gets its best rate; verdicts rest on others
EPOCHS, LONG = 30, 300
OUTLIER = 30.0  # standard deviations
FEW, USUAL = 40, 90  # wines to learn from
POINT = 1.0  # percentage points; a smaller difference of accuracy is none that matters


def cellar(seeds: Sequence[int], wines: int = USUAL, outlier: float = 0.0) -> Cellar:
    """Return the wines of some seeds; an outlier stands in the flavanoids."""
    return Cellar(wines, FEATURES["flavanoids"], outlier, tuple(seeds))


def best_job(job: Job, like: Cellar, epochs: int, report: Report) -> Job:
    """Return the job at the rate with the least test loss on other seeds."""
    rates = tuple(RATES) if job.optimizer == "sgd" else tuple(rate / 10 for rate in RATES)
    found = networks(replace(like, seeds=TUNING), tuple(replace(job, rate=rate) for rate in rates), epochs, report)
    mean = np.where(np.isfinite(found.loss), found.loss, np.inf).mean(axis=1)
    return replace(job, rate=rates[int(mean.argmin())])


def at_best_rates(jobs: Sequence[Job], like: Cellar, report: Report, epochs: int = EPOCHS) -> Scores:
    """Return scores of jobs, each at the rate that is best for it on other seeds; accuracy in %."""
    own = []
    for index, job in enumerate(jobs):
        own.append(best_job(job, like, epochs, part(report, index / (len(jobs) + 1), (index + 1) / (len(jobs) + 1))))
    found = networks(like, tuple(own), epochs, part(report, 1 - 1 / (len(jobs) + 1), 1.0))
    return replace(found, accuracy=100 * found.accuracy)


def gained(better: Job, worse: Job, like: Cellar, report: Report, epochs: int = EPOCHS) -> statistics.Interval:
    """Return by how many points of test accuracy one job is ahead, each at its own best rate, paired."""
    first, second = at_best_rates((better, worse), like, report, epochs).accuracy
    return statistics.paired_interval(first, second)


def job(scaler: Scaler, optimizer: str = "sgd", activation: str = "tanh", *, leak: bool = False) -> Job:
    """Return a job whose rate is still to be found."""
    return Job(scaler, 0.1, leak, optimizer, activation)


def steps_follow_condition(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the exponent k of steps ∝ κᵏ over scale ratios from 3 to 1000, at a rate of 1/λmax."""
    report(0.0, "descending")
    slopes = []
    for seed in seeds:
        every = [curvature(covariance(features(seed, ratio, 0.0, 0.0))) for ratio in np.geomspace(3, 1000, 9)]
        kappa = np.array([float(condition(values)) for values, _ in every])
        steps = np.array([float(steps_needed(*shape, 1.0)) for shape in every])
        slopes.append(np.polyfit(np.log(kappa), np.log(steps), 1)[0])
    return claims.within(statistics.mean_interval(slopes), 0.95, 1.05, what="the exponent of the condition number")


def minmax_is_fragile(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge what one outlier of 30 deviations does under min–max scaling: to the others' spread, and to accuracy."""
    report(0.0, "scaling")
    left = [spread_left("minmax", seed) for seed in seeds]
    kept = []
    for index, outlier in enumerate((0.0, OUTLIER)):
        told = part(report, index / 2, (index + 1) / 2)
        kept.append(at_best_rates((job("minmax"),), cellar(seeds, outlier=outlier), told).accuracy[0])
    spoiled = statistics.mean_interval(100 * (1 - np.array(left)))
    points = statistics.paired_interval(kept[0], kept[1])
    return claims.by_condition(
        {
            "the others' spread": claims.at_least(
                spoiled, 50.0, what="how much of the others' spread is lost", unit="%"
            ),
            "accuracy on wine": claims.at_least(points, POINT, what="the test accuracy that is lost", unit="%"),
        }
    )


def spread_left(scaler: Scaler, seed: int) -> float:
    """Return the range of the middle half of the other examples with an outlier, over that without."""
    with_it, without = (
        middle_half(scaled(scaler, raw, raw))
        for raw in (features(seed, 1.0, 0.0, outlier) for outlier in (OUTLIER, 0.0))
    )
    return with_it / without


def robust_is_better(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge what robust scaling gains over z-scores when one wine's flavanoids are 30 deviations off."""
    gain = gained(job("robust"), job("zscore"), cellar(seeds, outlier=OUTLIER), report)
    return claims.directional(gain, POINT, what="the test accuracy that robust scaling gains", unit="points")


def zscore_is_better(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge what z-scores gain over min–max without an outlier."""
    gain = gained(job("zscore"), job("minmax"), cellar(seeds), report)
    return claims.directional(gain, POINT, what="the test accuracy that z-scores gain", unit="points")


def scaling_helps(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge what z-scores gain over raw wines by gradient descent."""
    gains = gains_of_scaling("sgd", seeds, report)
    what = "the test accuracy that z-scores gain"
    return claims.by_condition(
        {name: claims.directional(gain, POINT, what=what, unit="points") for name, gain in gains.items()}
    )


def adam_needs_none(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how far Adam on raw wines ends behind Adam on z-scores."""
    behind = gains_of_scaling("adam", seeds, report)
    what = "the test accuracy that Adam loses on raw wines"
    return claims.by_condition(
        {name: claims.at_most(gain, POINT, what=what, unit="points") for name, gain in behind.items()}
    )


def gains_of_scaling(optimizer: str, seeds: Sequence[int], report: Report) -> dict[str, statistics.Interval]:
    """Return what z-scores gain over raw wines: with tanh and with ReLU, on the usual budget and on ten times as much."""
    found: dict[str, statistics.Interval] = {}
    for activation in ("tanh", "relu"):
        for epochs in (EPOCHS, LONG):
            told = part(report, len(found) / 4, (len(found) + 1) / 4)
            better, worse = job("zscore", optimizer, activation), job("none", optimizer, activation)
            found[f"{activation}, {epochs} epochs"] = gained(better, worse, cellar(seeds), told, epochs)
    return found


def layer_norm_is_enough(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how far layer normalization of raw wines ends behind z-scores."""
    behind = gained(job("zscore"), job("layer"), cellar(seeds), report)
    return claims.at_most(behind, POINT, what="the test accuracy that layer normalization loses", unit="points")


def trees_do_not_care(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the share of test wines on which a tree answers otherwise, for each scaling against raw."""
    parts: dict[str, Verdict] = {}
    for index, scaler in enumerate(BY_FEATURE[1:]):
        report(index / 3, f"growing trees, {scaler}")
        raw, own = ([tree_answers(cellar((seed,)), seed, each) for seed in seeds] for each in ("none", scaler))
        changed: Floats = np.array([100 * np.mean(a != b) for a, b in zip(raw, own, strict=True)])
        what = "the share of test wines that get another answer"
        parts[scaler] = claims.at_most(statistics.mean_interval(changed), 1.0, what=what, unit="%")
    return claims.by_condition(parts)


def leak_flatters(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how much test accuracy rises when the scaler also sees the test wines, with few wines and with many."""
    parts: dict[str, Verdict] = {}
    for index, wines in enumerate((FEW, USUAL)):
        told = part(report, index / 2, (index + 1) / 2)
        gain = gained(job("zscore", leak=True), job("zscore"), cellar(seeds, wines), told)
        what = "the test accuracy that the leak adds"
        parts[f"{wines} wines"] = claims.directional(gain, POINT, what=what, unit="points")
    return claims.by_condition(parts)


CLAIMS = (
    Claim(
        "steps-follow-the-condition-number",
        "Gradient descent needs steps in proportion to the condition number (exponent 0.95 to 1.05).",
        "LeCun, Bottou, Orr & Müller 1998",
        steps_follow_condition,
    ),
    Claim(
        "scaling-helps-a-network",
        "A network learns more from z-scored wines than from raw ones, each at its own best learning rate.",
        "LeCun, Bottou, Orr & Müller 1998",
        scaling_helps,
    ),
    Claim(
        "min-max-is-fragile",
        "Min–max is fragile: one value 30 deviations off costs half of the others' spread and a point of accuracy.",
        "widely taught",
        minmax_is_fragile,
    ),
    Claim(
        "scaling-changes-nothing-for-trees",
        "Scaling features changes nothing for a decision tree: at most 1 % of the test answers.",
        "Breiman, Friedman, Olshen & Stone 1984",
        trees_do_not_care,
    ),
    Claim(
        "robust-beats-z-score-under-outliers",
        "With an outlier robust scaling is the better choice: it gains a point over z-scores, each at its best rate.",
        "widely repeated",
        robust_is_better,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "z-score-beats-min-max",
        "z-scores are better than min–max for a network: a point of test accuracy, each at its best rate.",
        "widely repeated",
        zscore_is_better,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "adam-needs-no-scaling",
        "With Adam scaling is not needed: on raw wines it ends at most a point behind, each at its best rate.",
        "widely repeated",
        adam_needs_none,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "layer-norm-replaces-scaling",
        "Layer normalization of the inputs does as well as scaling the features: at most a point behind z-scores.",
        "sometimes concluded from Ba, Kiros & Hinton 2016",
        layer_norm_is_enough,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "a-leaking-scaler-flatters",
        "A scaler that has seen the test wines flatters the result by a point of accuracy or more.",
        "widely warned of",
        leak_flatters,
        doubtful=True,
        seeds=32,
    ),
)
