"""Bands and intervals: closed forms, scipy's own tests, and coverage by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nnviz.core.statistics import (
    band,
    bootstrap_interval,
    loglog_slope,
    mean_interval,
    paired_interval,
    paired_ratio_interval,
    proportion_interval,
    rank_agreement,
)


def test_band_is_the_median_and_the_10_to_90_percent_quantiles_over_the_networks() -> None:
    values = np.arange(11.0)[:, None] * np.array([1.0, 10.0])  # (11 networks, 2 points)
    result = band(values)
    np.testing.assert_allclose(result.low, [1, 10])
    np.testing.assert_allclose(result.median, [5, 50])
    np.testing.assert_allclose(result.high, [9, 90])
    assert result.count == 11
    assert result.lost.tolist() == [0, 0]


def test_band_takes_another_axis() -> None:
    values = np.random.default_rng(0).normal(size=(3, 7, 5))
    np.testing.assert_allclose(band(values, axis=1).median, np.median(values, axis=1))


def test_band_counts_diverged_networks_and_leaves_them_out() -> None:
    values = np.array([[1.0, 1.0, np.nan], [2.0, np.inf, np.nan], [3.0, 3.0, -np.inf]])
    result = band(values)
    assert result.lost.tolist() == [0, 1, 3]
    np.testing.assert_allclose(result.median, [2, 2, np.nan])
    assert np.isnan(result.low[2])
    assert np.isnan(result.high[2])


def test_band_equals_numpys_nanquantile() -> None:
    generator = np.random.default_rng(9)
    values = generator.normal(size=(13, 6, 4))
    values[generator.random(values.shape) < 0.3] = np.nan
    result = band(values, low=0.05, high=0.8)
    expected = np.nanquantile(values, [0.05, 0.5, 0.8], axis=0)
    np.testing.assert_allclose([result.low, result.median, result.high], expected, rtol=1e-12)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_a_band_contains_its_median_and_stays_within_the_values(values: list[float]) -> None:
    result = band(values)
    tolerance = 1e-9 * (1 + max(map(abs, values)))
    assert min(values) - tolerance <= result.low <= result.median + tolerance
    assert result.median <= result.high + tolerance
    assert result.high <= max(values) + tolerance


def test_band_refuses_wrong_quantiles_and_no_networks() -> None:
    with pytest.raises(ValueError, match="low and high"):
        band([1.0], low=0.6)
    with pytest.raises(ValueError, match="no network"):
        band(np.empty((0, 3)))


def test_mean_interval_equals_scipys_one_sample_t() -> None:
    values = np.random.default_rng(1).normal(2.0, 3.0, size=9)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    interval = mean_interval(values, level=0.9)
    np.testing.assert_allclose([interval.low, interval.high], [expected.low, expected.high], rtol=1e-12)
    assert interval.estimate == pytest.approx(values.mean())


def test_paired_interval_equals_scipys_paired_t() -> None:
    generator = np.random.default_rng(2)
    a, b = generator.normal(size=12), generator.normal(size=12)
    expected = stats.ttest_rel(a, b).confidence_interval(0.95)
    interval = paired_interval(a, b)
    np.testing.assert_allclose([interval.low, interval.high], [expected.low, expected.high], rtol=1e-12)
    assert "per seed" in interval.method


def test_pairing_removes_what_the_seeds_share() -> None:
    generator = np.random.default_rng(3)
    seed_effect = 100 * generator.normal(size=16)
    a, b = seed_effect + 1 + 0.1 * generator.normal(size=16), seed_effect
    interval = paired_interval(a, b)
    assert 0.8 < interval.low < 1 < interval.high < 1.2


def test_paired_interval_counts_a_pair_with_one_diverged_side() -> None:
    interval = paired_interval([1.0, 2.0, np.inf, np.nan, 4.0], [0.0, 1.0, np.inf, 0.0, -np.inf])
    assert (interval.count, interval.lost, interval.kept) == (5, 3, 2)
    assert interval.estimate == 1
    assert (interval.low, interval.high) == (1, 1)


def test_paired_interval_refuses_unequal_lengths() -> None:
    with pytest.raises(ValueError, match="2 and 1"):
        paired_interval([1.0, 2.0], [1.0])


@pytest.mark.parametrize("values", [[3.0], [3.0, np.nan]])
def test_one_seed_proves_nothing(values: list[float]) -> None:
    for interval in (mean_interval(values), bootstrap_interval(values), paired_interval(values, [0.0] * len(values))):
        assert interval.estimate == 3
        assert interval.contains(-1e300)
        assert interval.contains(1e300)


def test_numbers_too_large_for_a_variance_have_no_ends() -> None:
    interval = mean_interval([1e200, 3e200, 5e307, 1e308, 1e308])
    assert (interval.low, interval.high, interval.lost) == (-np.inf, np.inf, 0)


def test_no_usable_seed_has_no_estimate() -> None:
    interval = mean_interval([np.nan, np.inf])
    assert np.isnan(interval.estimate)
    assert interval.lost == 2


def test_ratio_of_constant_multiples_is_exact() -> None:
    b = np.array([1.0, 5.0, 0.2, 30.0])
    interval = paired_ratio_interval(4 * b, b)
    np.testing.assert_allclose([interval.low, interval.estimate, interval.high], 4)


def test_ratio_is_the_geometric_mean_and_inverts_with_its_sides() -> None:
    a, b = np.array([1.0, 4.0, 8.0]), np.array([2.0, 1.0, 1.0])
    forth, back = paired_ratio_interval(a, b), paired_ratio_interval(b, a)
    assert forth.estimate == pytest.approx(stats.gmean(a / b))
    assert forth.low == pytest.approx(1 / back.high)


def test_ratio_refuses_what_is_not_positive_and_counts_what_diverged() -> None:
    with pytest.raises(ValueError, match="positive"):
        paired_ratio_interval([1.0, 0.0], [1.0, 1.0])
    assert paired_ratio_interval([1.0, 2.0, np.inf], [1.0, 2.0, 1.0]).lost == 1


def test_bootstrap_equals_scipys_bca() -> None:
    values = np.random.default_rng(4).exponential(size=30)
    options = {"n_resamples": 2000, "method": "BCa", "confidence_level": 0.95}
    expected = stats.bootstrap((values,), np.mean, rng=np.random.default_rng(7), **options).confidence_interval
    interval = bootstrap_interval(values, seed=7)
    assert interval.method == "BCa bootstrap"
    np.testing.assert_allclose([interval.low, interval.high], [expected.low, expected.high])


def test_bootstrap_takes_another_statistic_and_repeats_exactly() -> None:
    values = np.random.default_rng(5).normal(size=25)
    first, second = bootstrap_interval(values, np.median, seed=3), bootstrap_interval(values, np.median, seed=3)
    assert first == second
    assert first.estimate == np.median(values)
    assert first.contains(first.estimate)


def test_bootstrap_says_when_bca_is_not_defined() -> None:
    same = bootstrap_interval([2.0, 2.0, 2.0])
    assert (same.low, same.high, same.method) == (2, 2, "all values equal")
    flat = bootstrap_interval([0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0], np.median)  # leaving one out never moves the median
    assert flat.method == "percentile bootstrap"
    assert flat.low <= 1 <= flat.high


def test_wilson_closed_form() -> None:
    successes, trials, z = 7, 20, stats.norm.ppf(0.975)
    share = successes / trials
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    interval = proportion_interval(successes, trials)
    np.testing.assert_allclose([interval.low, interval.high], [middle - half, middle + half], rtol=1e-12)


def test_wilson_is_honest_at_the_ends() -> None:
    assert proportion_interval(8, 8).low < 0.7
    assert proportion_interval(0, 8).high > 0.3
    for successes, trials in ((9, 8), (-1, 8), (0, 0)):
        with pytest.raises(ValueError, match="successes"):
            proportion_interval(successes, trials)


def test_intervals_cover_what_they_say() -> None:
    """8 seeds, 400 repetitions: the binomial standard deviation of the coverage is 1.1 points."""
    generator = np.random.default_rng(6)
    samples = generator.normal(1.0, 2.0, size=(400, 8))
    student = np.mean([mean_interval(sample).contains(1.0) for sample in samples])
    assert 0.91 <= student <= 0.985
    counts = generator.binomial(20, 0.3, size=400)
    wilson = np.mean([proportion_interval(int(count), 20).contains(0.3) for count in counts])
    assert 0.91 <= wilson <= 0.985
    large = generator.exponential(size=(200, 40))
    bootstrapped = np.mean([bootstrap_interval(sample, resamples=500).contains(1.0) for sample in large])
    assert 0.86 <= bootstrapped <= 0.985


def test_rank_agreement_of_orders() -> None:
    a = [0.1, 0.5, 0.3, 0.9]
    assert rank_agreement(a, np.exp(a)) == pytest.approx(1)
    assert rank_agreement(a, np.negative(a), method="kendall") == pytest.approx(-1)
    # one neighbouring swap among four: ρ = 1 − 6 Σd²/(n(n²−1)) = 0.8, τ = (5 − 1)/6
    assert rank_agreement([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(0.8)
    assert rank_agreement([1, 2, 3, 4], [1, 2, 4, 3], method="kendall") == pytest.approx(2 / 3)


def test_rank_agreement_without_an_order_is_nan_and_with_nan_is_refused() -> None:
    assert np.isnan(rank_agreement([1, 1, 1], [1, 2, 3]))
    with pytest.raises(ValueError, match="finite"):
        rank_agreement([1, np.nan], [1, 2])


def test_loglog_slope_finds_an_exact_exponent() -> None:
    x = np.array([1.0, 2, 4, 8, 16])
    one = loglog_slope(x, 3 / x)
    np.testing.assert_allclose([one.low, one.estimate, one.high], -1, atol=1e-9)
    many = loglog_slope(x, np.outer([1.0, 5.0, 0.1], x**2))
    np.testing.assert_allclose([many.low, many.estimate, many.high], 2, atol=1e-9)


def test_loglog_slope_equals_scipys_regression() -> None:
    generator = np.random.default_rng(8)
    x = np.geomspace(1, 100, 12)
    y = x**1.5 * np.exp(0.2 * generator.normal(size=12))
    fit = stats.linregress(np.log(x), np.log(y))
    interval = loglog_slope(x, y)
    assert interval.estimate == pytest.approx(fit.slope)
    assert interval.high - interval.estimate == pytest.approx(stats.t.ppf(0.975, 10) * fit.stderr)
    seeds = x**1.5 * np.exp(0.2 * generator.normal(size=(5, 12)))
    slopes = [stats.linregress(np.log(x), np.log(row)).slope for row in seeds]
    assert loglog_slope(x, seeds).estimate == pytest.approx(np.mean(slopes))


def test_loglog_slope_counts_what_is_lost_and_refuses_what_has_no_logarithm() -> None:
    assert loglog_slope([1, 2, 4, 8], [1, 2, np.inf, 8]).lost == 1
    assert loglog_slope([1, 2, 4], [[1, 2, 4], [1, np.nan, 4], [1, 2, 4]]).lost == 1
    assert loglog_slope([1, 2], [1, 2]).high == np.inf  # a line through two points has no residual to judge by
    with pytest.raises(ValueError, match="constant"):
        loglog_slope([2, 2], [1, 2])
    with pytest.raises(ValueError, match="must be"):
        loglog_slope([1, 2], [1, 2, 3])
    for x, y in (([1, 2], [0, 1]), ([-1, 2], [1, 1])):
        with pytest.raises(ValueError, match="positive"):
            loglog_slope(x, y)
