"""Points of one's own, as text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.data import points

PLACES = st.floats(-2.5, 2.5).map(lambda value: round(value, 2))


@given(st.lists(st.tuples(PLACES, PLACES, st.integers(0, 5)), max_size=30))
def test_what_is_written_is_read(rows: list[tuple[float, float, int]]) -> None:
    table = np.array(rows, dtype=float).reshape(-1, 3)
    positions, labels = points.parse(points.write(table[:, :2], table[:, 2].astype(np.int64)))
    np.testing.assert_allclose(positions, table[:, :2], atol=1e-9)
    np.testing.assert_array_equal(labels, table[:, 2])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("1,2", "point 1 must be"),
        ("1,2,0;x,0,0", "point 2 must be"),
        ("nan,0,0", "point 1 must be"),
        ("inf,0,0", "point 1 must be"),
        ("0,0,6", "class 0…5"),
        ("0,0,-1", "class 0…5"),
        ("0,0,0,0", "point 1 must be"),
        (";".join(["0,0,0"] * 401), "401 points are too many"),
    ],
)
def test_junk_is_named(text: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        points.parse(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    refused = ""
    try:
        positions, labels = points.parse(text)
        assert len(positions) == len(labels)
        assert np.isfinite(positions).all()
    except ValueError as error:
        refused = str(error)
    assert not refused or "point" in refused


def test_no_text_is_no_point() -> None:
    positions, labels = points.parse("")
    assert positions.shape == (0, 2)
    assert labels.shape == (0,)


def test_own_points_are_a_set_of_as_many_classes_as_are_named() -> None:
    found = points.own_set("0,0,0;1,1,5;0.5,-1,2")
    assert found.classes == tuple("abcdef")
    two = points.own_set("0,0,0;1,1,5;0.5,-1,1", most_classes=2)
    assert two.classes == ("a", "b")
    np.testing.assert_array_equal(two.targets, [0, 1, 1])


@pytest.mark.parametrize("text", ["", "2,2,3"])
def test_two_points_stand_in_where_there_are_fewer(text: str) -> None:
    found = points.own_set(text)
    assert len(found) == 2
    np.testing.assert_array_equal(found.targets, [0, 1])


def test_points_outside_the_window_are_refused_with_the_farthest() -> None:
    check = points.within((-2.5, 2.5))
    assert check("1,2,0;-2.5,2.5,1") == "1,2,0;-2.5,2.5,1"
    assert check("") == ""
    with pytest.raises(ValueError, match=r"from -2.5 to 2.5, got 7"):
        check("0,0,1;1,-7,0")
