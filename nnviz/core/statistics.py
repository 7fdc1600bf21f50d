"""Bands and intervals over seeds: how sure a number is, and how many networks it leaves out.

Only finite values enter an estimate. A network that diverged is counted as lost and the count travels with the result,
because leaving it out silently would make the method that diverges look better than it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy  # loads scipy.stats when it is first used: it takes a second, and home needs none of it
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A number and how sure it is.

    Attributes:
        estimate: the effect, in the unit of the values; nan when nothing usable came.
        low, high: ends of the interval; −inf and inf when fewer than two values are usable, since one proves nothing,
            or when they are too large to have a variance.
        level: coverage in 0…1.
        count: how many values came, finite or not.
        lost: how many of them are not finite (diverged) and are left out.
        method: name of the interval in words.
    """

    estimate: float
    low: float
    high: float
    level: float
    count: int
    lost: int
    method: str

    @property
    def kept(self) -> int:
        """How many values the estimate rests on."""
        return self.count - self.lost

    def contains(self, value: float) -> bool:
        """Whether `value` lies in the closed interval."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Band:
    """Where the middle of K networks runs.

    Attributes:
        median, low, high: (...) float64, in the unit of the values; nan where no network is finite.
        count: K, the networks that came.
        lost: (...) int64, networks that are not finite at each point and are left out there.
    """

    median: Floats
    low: Floats
    high: Floats
    count: int
    lost: NDArray[np.int64]


def band(values: ArrayLike, axis: int = 0, *, low: float = 0.1, high: float = 0.9) -> Band:
    """Return the median and the `low`–`high` quantiles over the networks along `axis`, default 10–90 %.

    Args:
        values: (..., K, ...) numbers; not finite means that the network is lost at that point.
        axis: the axis of the K networks.

    Raises:
        ValueError: if there is no network, or the quantiles are not 0 ≤ low ≤ 0.5 ≤ high ≤ 1.
    """
    if not 0 <= low <= 0.5 <= high <= 1:
        raise ValueError(f"low and high must satisfy 0 <= low <= 0.5 <= high <= 1, got {low} and {high}")
    array = np.moveaxis(np.atleast_1d(np.asarray(values, dtype=np.float64)), axis, 0)
    if len(array) == 0:
        raise ValueError("values hold no network along the axis")
    finite = np.isfinite(array)
    lost = np.asarray(np.sum(~finite, axis=0), dtype=np.int64)
    if len(array) == 1:  # every quantile of one number is that number; under a moving hand this is the usual case
        lower = middle = upper = np.where(finite[0], array[0], np.nan)
    else:
        lower, middle, upper = _quantiles(array, finite, np.array([low, 0.5, high]))
    return Band(median=middle, low=lower, high=upper, count=len(array), lost=lost)


def _quantiles(array: Floats, finite: NDArray[np.bool_], shares: Floats) -> Floats:
    """Return the linear quantiles of the finite values along axis 0: (K, ...) → (len(shares), ...).

    Equal to np.nanquantile, which loops over the points in Python: 70 times slower on (32, 60, 40).
    """
    count = finite.sum(axis=0)
    ordered = np.sort(np.where(finite, array, np.inf), axis=0)  # what is lost stands at the end
    position = np.multiply.outer(shares, np.maximum(count - 1, 0))  # (shares, ...)
    below = np.floor(position).astype(np.int64)
    lower = np.take_along_axis(ordered, below, axis=0)
    upper = np.take_along_axis(ordered, np.ceil(position).astype(np.int64), axis=0)
    with np.errstate(invalid="ignore"):  # inf − inf at points where every network is lost
        result: Floats = lower + (position - below) * (upper - lower)
    return np.where(count == 0, np.nan, result)


def mean_interval(values: ArrayLike, *, level: float = 0.95) -> Interval:
    """Return Student's t interval of the mean: x̄ ± t₍ₙ₋₁₎ s / √n.

    Args:
        values: (n,) one number per seed.

    Source: Student, "The probable error of a mean", 1908.
    """
    usable, count = _usable(values)
    return _student(usable, count, level, "Student t on the mean")


def paired_interval(a: ArrayLike, b: ArrayLike, *, level: float = 0.95) -> Interval:
    """Return Student's t interval of the mean of a − b, where a[i] and b[i] share seed i.

    A t interval, because at the usual 8 seeds a bootstrap interval covers less than it says.
    A pair with one diverged side is lost.

    Args:
        a, b: (n,) one number per seed.

    Raises:
        ValueError: if the lengths differ.
    """
    first, second = _pairs(a, b)
    usable, count = _usable(np.where(np.isfinite(first) & np.isfinite(second), first, np.nan) - second)
    return _student(usable, count, level, "Student t on the difference per seed")


def paired_ratio_interval(a: ArrayLike, b: ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the interval of the geometric mean of a / b per seed: exp of Student's t interval of log a − log b.

    Args:
        a, b: (n,) positive numbers, one per seed.

    Raises:
        ValueError: if the lengths differ or a finite number is not positive.
    """
    first, second = _pairs(a, b)
    logs = paired_interval(_logarithm(first), _logarithm(second), level=level)
    with np.errstate(over="ignore"):  # an end beyond the largest float is inf, which is what it is
        low, estimate, high = np.exp([logs.low, logs.estimate, logs.high])
    method = "Student t on the logarithm of the ratio per seed"
    return Interval(float(estimate), float(low), float(high), level, logs.count, logs.lost, method)


def bootstrap_interval(
    values: ArrayLike,
    statistic: Callable[..., Any] = np.mean,
    *,
    level: float = 0.95,
    seed: int = 0,
    resamples: int = 2000,
) -> Interval:
    """Return the bias-corrected and accelerated (BCa) bootstrap interval of a statistic.

    Where BCa is not defined (all leave-one-out values equal, or every resample on one side of the estimate) the
    percentile interval is returned; `method` says which. Below about 20 values both cover less than they say.

    Args:
        values: (n,) one number per seed or row.
        statistic: callable of (array, axis=...), such as np.mean or np.median.

    Source: Efron, "Better bootstrap confidence intervals", 1987.
    """
    usable, count = _usable(values)
    lost = count - len(usable)
    if len(usable) < 2:
        return _unknown(usable, count, level, "bootstrap")
    estimate = float(statistic(usable, axis=0))
    if np.ptp(usable) == 0:
        return Interval(estimate, estimate, estimate, level, count, lost, "all values equal")
    options: dict[str, Any] = {"confidence_level": level, "vectorized": True, "rng": np.random.default_rng(seed)}
    result = scipy.stats.bootstrap((usable,), statistic, n_resamples=resamples, method="percentile", **options)
    method = "percentile bootstrap"
    if _bca_is_defined(usable, estimate, result.bootstrap_distribution, statistic):
        result = scipy.stats.bootstrap(
            (usable,), statistic, n_resamples=0, bootstrap_result=result, method="BCa", **options
        )
        method = "BCa bootstrap"
    low, high = result.confidence_interval
    return Interval(estimate, float(low), float(high), level, count, lost, method)


def _bca_is_defined(values: Floats, estimate: float, resampled: Floats, statistic: Callable[..., Any]) -> bool:
    """Whether bias correction and acceleration exist, so that scipy has nothing to warn about."""
    leave_one_out = np.array([statistic(np.delete(values, i), axis=0) for i in range(len(values))])
    below = np.mean(resampled < estimate) + 0.5 * np.mean(resampled == estimate)
    return bool(np.ptp(leave_one_out) > 0 and 0 < below < 1)


def proportion_interval(successes: int, trials: int, *, level: float = 0.95) -> Interval:
    """Return Wilson's score interval of a share.

    Args:
        successes: how many of the trials succeeded; a diverged network is a trial without success.
        trials: at least 1.

    Raises:
        ValueError: unless 0 ≤ successes ≤ trials and trials ≥ 1.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if not 0 <= successes <= trials or trials < 1:
        raise ValueError(f"need 0 <= successes <= trials and trials >= 1, got {successes} of {trials}")
    low, high = scipy.stats.binomtest(successes, trials).proportion_ci(confidence_level=level, method="wilson")
    return Interval(successes / trials, float(low), float(high), level, trials, 0, "Wilson score")


def rank_agreement(a: ArrayLike, b: ArrayLike, *, method: Literal["spearman", "kendall"] = "spearman") -> float:
    """Return the rank correlation −1…1 of two lists of scores; nan when one is constant and so has no order.

    Args:
        a, b: (n,) finite scores of the same n things, n ≥ 2.

    Raises:
        ValueError: if the lengths differ, there are fewer than two, or a score is not finite.

    Source: Spearman 1904; Kendall 1938 (τ-b, which allows ties).
    """
    first, second = _pairs(a, b)
    if len(first) < 2 or not np.isfinite(first).all() or not np.isfinite(second).all():
        raise ValueError("rank agreement needs at least two finite scores on each side")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    correlate = scipy.stats.spearmanr if method == "spearman" else scipy.stats.kendalltau
    return float(correlate(first, second).statistic)


def loglog_slope(x: ArrayLike, y: ArrayLike, *, level: float = 0.95) -> Interval:
    """Return the exponent k of y ∝ xᵏ: the least-squares slope of log y on log x.

    One curve: the regression's own t interval (points assumed independent). Several seeds: one slope per seed and
    Student's t over the seeds, because the points of one seed are not independent of each other.

    Args:
        x: (n,) positive numbers.
        y: (n,) one curve, or (K, n) one curve per seed. In one curve a point that is not finite is lost; of several
            seeds the whole curve is.

    Raises:
        ValueError: if shapes do not fit, x is not positive and finite, x is constant, or a finite y is not positive.
    """
    abscissa, ordinate = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if abscissa.ndim != 1 or ordinate.ndim not in (1, 2) or ordinate.shape[-1] != len(abscissa):
        raise ValueError(f"x must be (n,) and y (n,) or (K, n), got {abscissa.shape} and {ordinate.shape}")
    if not np.isfinite(abscissa).all() or np.ptp(abscissa) == 0:
        raise ValueError("x must be finite and not constant to have a slope")
    logs = _logarithm(ordinate)
    if ordinate.ndim == 1:
        return _slope_of_one(_logarithm(abscissa), logs, level)
    centred = _logarithm(abscissa) - _logarithm(abscissa).mean()
    usable, count = _usable(logs @ centred / (centred @ centred))  # (K, n) @ (n,) → (K,); nan where a point is lost
    return _student(usable, count, level, "Student t on the slope per seed")


def _slope_of_one(x: Floats, y: Floats, level: float) -> Interval:
    """Return the slope of y on x and its regression interval: k ± t₍ₙ₋₂₎ · standard error."""
    finite = np.isfinite(y)
    x, y, count = x[finite], y[finite], len(y)
    method = "t interval of the regression slope"
    if len(x) < 2 or np.ptp(x) == 0:
        return Interval(np.nan, -np.inf, np.inf, level, count, count - len(x), method)
    fit = scipy.stats.linregress(x, y)
    half = float(scipy.stats.t.ppf((1 + level) / 2, len(x) - 2) * fit.stderr) if len(x) > 2 else np.inf
    return Interval(float(fit.slope), fit.slope - half, fit.slope + half, level, count, count - len(x), method)


def _student(values: Floats, count: int, level: float, method: str) -> Interval:
    """Return mean ± t₍ₙ₋₁₎ s / √n of finite values."""
    if len(values) < 2:
        return _unknown(values, count, level, method)
    with np.errstate(over="ignore", invalid="ignore"):  # nearly diverged: squares beyond the largest float
        mean = float(values.mean())
        half = float(scipy.stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    if not np.isfinite(half):
        return Interval(mean, float("-inf"), float("inf"), level, count, count - len(values), method)
    return Interval(mean, mean - half, mean + half, level, count, count - len(values), method)


def _unknown(values: Floats, count: int, level: float, method: str) -> Interval:
    """Return the interval of fewer than two values: it reaches everywhere."""
    estimate = float(values[0]) if len(values) else float("nan")
    return Interval(estimate, float("-inf"), float("inf"), level, count, count - len(values), method)


def _usable(values: ArrayLike) -> tuple[Floats, int]:
    """Return the finite values and how many came in all."""
    array = np.asarray(values, dtype=np.float64).reshape(-1)
    return array[np.isfinite(array)], len(array)


def _logarithm(values: Floats) -> Floats:
    """Return log values, nan where a value is not finite; raises ValueError where a finite value is not positive."""
    if np.any(values[np.isfinite(values)] <= 0):
        raise ValueError("the values must be positive to have logarithms")
    return np.log(np.where(np.isfinite(values), values, np.nan))


def _pairs(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    """Return both lists as float64 of equal length."""
    first, second = np.asarray(a, dtype=np.float64).reshape(-1), np.asarray(b, dtype=np.float64).reshape(-1)
    if len(first) != len(second):
        raise ValueError(f"a and b must hold one number per seed each, got {len(first)} and {len(second)}")
    return first, second
