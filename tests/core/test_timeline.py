"""Snapshots: steps increase, arrays fit, spacing is as promised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.timeline import Timeline, even_steps, log_steps


@given(st.integers(0, 100_000), st.integers(1, 60))
def test_steps_increase_from_zero_to_the_last(last: int, count: int) -> None:
    for steps in (log_steps(last, count + 1), even_steps(last, count + 1)):
        assert steps[0] == 0
        assert steps[-1] == last
        assert np.all(np.diff(steps) > 0)
        assert len(steps) <= count + 1


def test_log_steps_are_dense_at_the_start() -> None:
    steps = log_steps(1000, 30)
    assert np.all(np.diff(np.diff(steps.astype(float))) >= -1)
    assert list(steps[:4]) == [0, 1, 2, 3] or steps[1] == 1


@pytest.mark.parametrize("steps", [[], [0, 0], [2, 1]])
def test_bad_steps_are_refused(steps: list[int]) -> None:
    with pytest.raises(ValueError, match="strictly increasing"):
        Timeline(np.array(steps))


def test_an_array_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="'loss' has 2 snapshots, steps has 3"):
        Timeline(np.arange(3), arrays={"loss": np.zeros(2, dtype=np.float32)})
    assert len(Timeline(np.arange(3), arrays={"loss": np.zeros(3, dtype=np.float32)})) == 3
