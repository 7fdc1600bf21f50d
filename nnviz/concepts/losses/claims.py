"""Sentences about losses, put to the test over seeds."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar

from nnviz.concepts.losses import functions, nets
from nnviz.concepts.losses.functions import Floats
from nnviz.concepts.losses.line import ACROSS, HALF, INTERCEPT, NOISE, SLOPE, clean_points, fit, shift, with_outlier
from nnviz.concepts.losses.samples import HIDDEN, class_points
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report

FAR = 20.0
DELTA = 1.0
RATES = (0.05, 0.2, 0.8, 3.2, 12.8, 51.2)
WRONG_STEPS, LEARNING_STEPS = 30, 800
OTHER = 10_000  # added to a seed: rates are chosen on nets that are never compared
TUNING_SEEDS = 6
LEARNED = 0.9  # share of training points
SAMPLES = 25  # per seed
SLOWER = 1.2  # times as many steps that count as slower


def lifted(seed: int, count: int) -> tuple[Floats, Floats, Floats]:
    """Return x, y and y with `count` of the ten points lifted by 20."""
    x, y = clean_points(seed)
    chosen = np.random.default_rng([seed, 3]).permutation(len(x))[:count]
    raised = y.copy()
    raised[chosen] += FAR
    return x, y, raised


def moved_lines(x: Floats, y: Floats, other: Floats) -> Floats:
    """Return how far each of the three lines moves, in units of the noise, (3,)."""
    return shift(fit(x, other, DELTA), fit(x, y, DELTA)) / NOISE


def breakdown(seed: int) -> list[int]:
    """Return how many of ten points must be lifted until each line has moved by more than 3 units of the noise."""
    curves = np.array([moved_lines(*lifted(seed, count)) for count in range(1, 7)])  # (6, 3)
    return [int(np.argmax(column > 3)) + 1 if (column > 3).any() else 7 for column in curves.T]


def mae_resists(seeds: Sequence[int], report: Report) -> Verdict:
    """Measure how far the answer under MAE moves, in units of the noise, when some points go far away."""
    rows: dict[str, list[float]] = {"the middle of 21 numbers, 8 far up": [], "a line, 1 point far up": []}
    rows |= {"a line, 2 of 10 points far up": [], "a line, 1 point far out and low": []}
    broken = []
    for index, seed in enumerate(seeds):
        report(index / len(seeds), "lifting points")
        numbers = np.random.default_rng([seed, 5]).normal(0, NOISE, 21)
        raised = np.where(np.arange(21) < 8, FAR, numbers)
        x, y, _ = lifted(seed, 1)
        near, plain = with_outlier(x, y, HALF - 1, FAR), with_outlier(x, y, HALF - 1, SLOPE * (HALF - 1) + INTERCEPT)
        out, level = with_outlier(x, y, ACROSS, -FAR), with_outlier(x, y, ACROSS, SLOPE * ACROSS + INTERCEPT)
        found = [
            abs(float(np.median(raised) - np.median(numbers))) / NOISE,
            float(moved_lines(near[0], plain[1], near[1])[1]),
            float(moved_lines(*lifted(seed, 2))[1]),
            float(moved_lines(out[0], level[1], out[1])[1]),
        ]
        for values, value in zip(rows.values(), found, strict=True):
            values.append(value)
        broken.append(breakdown(seed))
    verdicts = {
        name: claims.at_most(statistics.mean_interval(values), 2.0, what=f"the shift under MAE ({name})", unit="σ")
        for name, values in rows.items()
    }
    verdict = claims.by_condition(verdicts)
    mse, mae, huber = np.median(np.array(broken), axis=0)
    aside = f"Of 10 points lifted in y, {mse:.0f} break the MSE line, {mae:.0f} the MAE line, {huber:.0f} Huber's."
    return replace(verdict, reason=f"{verdict.reason} {aside}")


def mistaken(seeds: tuple[int, ...]) -> tuple[nets.Layers, Floats, Floats]:
    """Return nets that have learned two classes the wrong way round, with the points and the right labels."""
    parts = [class_points(seed, 0.0) for seed in seeds]
    kept = parts[0][1] > 0  # the same rows in every seed: labels go round 0, 1, 2
    x = np.array([points[kept] for points, *_ in parts])
    right = np.array([labels[kept] - 1.0 for _, labels, *_ in parts])[..., None]
    layers = nets.start((2, HIDDEN, 1), seeds)
    upside_down = _mean_gradient(functions.binary_cross_entropy, 1 - right)
    nets.descend(layers, x, upside_down, WRONG_STEPS, nets.CLASS_RATE, lambda _: None)
    return layers, x, right


def _mean_gradient(loss: Callable[[Floats, Floats], tuple[Floats, Floats]], y: Floats) -> nets.Gradient:
    return lambda z: loss(z, y)[1] / y.shape[1]


def steps_to_learn(
    loss: Callable[[Floats, Floats], tuple[Floats, Floats]], rate: float, seeds: tuple[int, ...]
) -> Floats:
    """Return the steps until nets that were taught wrong have 90 % of the training points right, at most 800."""
    layers, x, right = mistaken(seeds)
    until = np.full(len(seeds), float(LEARNING_STEPS))

    def seen(step: int) -> None:
        accuracy = ((nets.answer(layers, x)[1] > 0) == (right > 0.5)).mean(axis=(1, 2))
        until[:] = np.where((accuracy >= LEARNED) & (until == LEARNING_STEPS), max(step, 1), until)

    nets.descend(layers, x, _mean_gradient(loss, right), LEARNING_STEPS, rate, seen)
    return until


def mse_learns_slower(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare steps of the same nets under both losses, paired by seed, at one rate and each at its own best rate."""
    losses = {"cross-entropy": functions.binary_cross_entropy, "MSE": functions.sigmoid_mse}
    others = tuple(OTHER + seed for seed in range(TUNING_SEEDS))
    best = {}
    for index, (name, loss) in enumerate(losses.items()):
        report(0.4 * index, f"choosing the rate for {name}")
        best[name] = RATES[int(np.argmin([steps_to_learn(loss, rate, others).mean() for rate in RATES]))]
    verdicts = {}
    for index, (condition, rates) in enumerate(
        {"the same rate": dict.fromkeys(losses, 0.2), "each at its best rate": best}.items()
    ):
        report(0.8 + 0.1 * index, f"training at {condition}")
        slow, fast = (steps_to_learn(losses[name], rates[name], tuple(seeds)) for name in ("MSE", "cross-entropy"))
        interval = statistics.paired_ratio_interval(slow, fast)
        what = "steps under MSE for one under cross-entropy"
        verdicts[condition] = claims.at_least(interval, SLOWER, what=what, unit="times")
    verdict = claims.by_condition(verdicts)
    chosen = ", ".join(f"{rate:g} for {name}" for name, rate in best.items())
    aside = f"Best rates: {chosen}. Whoever had not learned after {LEARNING_STEPS} steps counts as {LEARNING_STEPS}."
    return replace(verdict, reason=f"{verdict.reason} {aside}")


def one_number(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare categorical and sparse cross-entropy, values and gradients, on random logits up to ±1000."""
    same = trials = 0
    for index, seed in enumerate(seeds):
        report(index / len(seeds), "comparing")
        draws = np.random.default_rng([seed, 11])
        for scale in np.geomspace(1, 300, SAMPLES):
            logits, classes = np.clip(draws.normal(0, scale, (8, 5)), -1000, 1000), draws.integers(0, 5, 8)
            first = functions.categorical(logits, np.eye(5)[classes], 0.1)
            second = functions.sparse(logits, classes, 0.1)
            close = all(np.allclose(a, b, rtol=1e-12, atol=1e-12) for a, b in zip(first, second, strict=True))
            same, trials = same + close, trials + 1
    return claims.in_every(same, trials, what="categorical = sparse cross-entropy", seeds=len(seeds))


def mean_and_median(seeds: Sequence[int], report: Report) -> Verdict:
    """Minimise MSE and MAE over a constant, on skewed samples, and compare with their mean and median."""
    hit = trials = 0
    for index, seed in enumerate(seeds):
        report(index / len(seeds), "minimising")
        draws = np.random.default_rng([seed, 13])
        for _ in range(SAMPLES):
            sample = draws.exponential(1, 2 * int(draws.integers(2, 12)) + 1)
            for loss, centre in ((functions.mse, np.mean(sample)), (functions.mae, np.median(sample))):
                inside = (float(sample.min()), float(sample.max()))
                least = minimize_scalar(_cost(loss, sample), bounds=inside, method="bounded", options={"xatol": 1e-9})
                hit, trials = hit + bool(abs(least.x - centre) < 1e-4), trials + 1
    return claims.in_every(hit, trials, what="MSE ends at the mean, MAE at the median", seeds=len(seeds))


def _cost(loss: Callable[[float, Floats], tuple[Floats, Floats]], sample: Floats) -> Callable[[float], float]:
    return lambda constant: float(loss(constant, sample)[0].mean())


CLAIMS = (
    Claim("mae-outliers", "MAE resists outliers.", "Huber, Robust Statistics, 1981, and most textbooks", mae_resists),
    Claim(
        "mse-slower",
        "A sigmoid with MSE learns slower from confident mistakes than with cross-entropy.",
        "Nielsen, Neural Networks and Deep Learning, 2015",
        mse_learns_slower,
    ),
    Claim(
        "categorical-sparse",
        "Categorical and sparse cross-entropy are the same number.",
        "Keras documentation, 2024",
        one_number,
    ),
    Claim(
        "mean-median",
        "Minimising MSE gives the mean, minimising MAE the median.",
        "Bishop, Pattern Recognition and Machine Learning, 2006",
        mean_and_median,
    ),
)
