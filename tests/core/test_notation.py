"""Numbers as people write them: signs, powers of ten, and what is no number."""

import math

import pytest

from nnviz.core.notation import decimals, number, power, significant


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.123456, "0.123"),
        (-81.0, "−81"),
        (4987.3, "4990"),
        (0.00012, "1.2·10⁻⁴"),
        (-2.5e7, "−2.5·10⁷"),
        (math.nan, "not a number"),
        (math.inf, "infinite"),
    ],
)
def test_three_significant_digits(value: float, text: str) -> None:
    assert significant(value) == text


@pytest.mark.parametrize(("value", "text"), [(1.005, "1.00"), (-0.001, "0.00"), (-1.239, "−1.24"), (12, "12.00")])
def test_a_fixed_count_of_decimals(value: float, text: str) -> None:
    assert decimals(value) == text


def test_digits_can_be_chosen() -> None:
    assert significant(3.14159, 5) == "3.1416"
    assert decimals(-3.14159, 1) == "−3.1"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0123, "0.012"), (345.6, "346"), (1234.0, "1230"), (-0.5, "−0.5"), (5.7e-13, "5.7·10⁻¹³")]
)
def test_two_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_powers_of_ten() -> None:
    assert power(-12) == "10⁻¹²"
