"""Two runs side by side: paired differences, words, and what is said of settings."""

import numpy as np
import pytest
from scipy import stats

from nnviz.core import compare
from nnviz.core.lesson import Measure
from nnviz.core.params import Params, field

MEASURE = Measure("test accuracy", "%", np.asarray, "more")


class Settings(Params):
    rate: float = field(0.5, "Rate", "Share that is dropped.", ge=0, le=1, multiple_of=0.1)
    seeds: int = field(8, "Seeds", "How many networks.", ge=1, le=16)


class Single(Params):
    seed: int = field(0, "Seed", "Of the weights.", ge=0, le=99)


def found(here: list[float], there: list[float]) -> compare.Comparison:
    return compare.compare(MEASURE, np.array(here, float), np.array(there, float))


def test_the_interval_is_the_paired_one() -> None:
    rng = np.random.default_rng(0)
    there = rng.normal(size=12)
    here = there + 0.5 + 0.1 * rng.normal(size=12)
    result = found(list(here), list(there))
    low, high = stats.ttest_rel(here, there).confidence_interval()
    assert result.difference is not None
    assert (result.difference.low, result.difference.high) == pytest.approx((low, high))
    assert (result.word, result.better, result.higher) == ("higher", True, 12)
    assert "higher in 12 of 12" in str(result)
    assert "not by luck" in str(result)


def test_a_difference_whose_interval_holds_zero_is_inconclusive() -> None:
    result = found([1, 2, 3, 4], [2, 1, 4, 3])
    assert result.word == "inconclusive"
    assert result.better is None
    assert "could be luck" in str(result)


def test_lower_is_worse_where_more_is_better() -> None:
    assert found([1, 2, 3.1], [5, 6, 7]).better is False
    assert found([1, 2, 3.1], [5, 6, 7]).word == "lower"


def test_one_run_each_proves_nothing_and_equal_is_equal() -> None:
    assert found([3], [2]).word == "one run each"
    assert "says nothing of luck" in str(found([3], [2]))
    assert found([3, 4], [3, 4]).word == "equal"
    assert found([3], [3]).word == "equal"


def test_what_differs_by_rounding_is_equal() -> None:
    result = found([0.1 + 0.2, 1.0], [0.3, 1.0])
    assert result.word == "equal"
    assert "equal in every seed" in str(result)


def test_a_difference_of_shares_is_told_in_points() -> None:
    assert "difference −4 points" in str(found([50, 60, 71], [54, 64, 75]))


def test_runs_of_different_numbers_of_seeds_share_the_first_ones() -> None:
    assert len(found([1, 2, 3, 4], [1, 1]).here) == 2


def test_networks_that_diverged_are_counted_as_lost() -> None:
    result = found([1, 2, 3, np.nan], [0, 1.1, 2, 3])
    assert result.difference is not None
    assert result.difference.lost == 1


def test_changes_are_named_by_their_titles() -> None:
    assert compare.changes(Settings(rate=0.2), Settings()) == ["Rate: 0.5 → 0.2"]
    assert compare.changes(Settings(), Settings()) == []


def test_more_seeds_stay_within_what_a_page_allows() -> None:
    assert compare.seeded(Settings(rate=0.1), 32) == [Settings(rate=0.1, seeds=16)]
    assert compare.seeded(Single(seed=7), 4) == [Single(seed=seed) for seed in range(4)]
    assert compare.seeded(Params(), 4) == []


def test_a_band_is_said_with_its_seeds() -> None:
    assert compare.spread(MEASURE, np.array([3.0])) == "Test accuracy: 3 %."
    assert "10–90 % of 11 seeds: 1 to 9" in compare.spread(MEASURE, np.arange(11.0))
