"""A drawing survives its text, and nothing else passes for one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.data.drawing import BLANK, LETTERS, DrawingError, to_array, to_text
from nnviz.data.real import digits


@given(st.text(alphabet=LETTERS, min_size=64, max_size=64))
def test_every_drawing_survives(text: str) -> None:
    array = to_array(text)
    assert array.shape == (8, 8)
    assert to_text(array) == text


def test_scikit_learns_digits_survive_exactly() -> None:
    for image in digits().inputs[:50]:
        np.testing.assert_array_equal(to_array(to_text(image)).ravel(), image)


def test_letters_go_row_by_row_from_no_ink_to_full_ink() -> None:
    array = to_array("8g" + BLANK[2:])
    assert (array[0, 0], array[0, 1], array.sum()) == (0.5, 1.0, 1.5)


@given(st.text(max_size=80))
def test_other_texts_are_refused_with_a_message(text: str) -> None:
    if len(text) == 64 and set(text) <= set(LETTERS):
        return
    with pytest.raises(DrawingError, match="drawing"):
        to_array(text)


def test_the_message_names_the_place() -> None:
    with pytest.raises(DrawingError, match="Row 2, column 3: 'h' is no ink"):
        to_array(BLANK[:10] + "h" + BLANK[11:])
    with pytest.raises(DrawingError, match="this has 3"):
        to_array("000")


def test_ink_outside_its_range_is_refused_and_within_is_rounded() -> None:
    assert to_text(np.full((8, 8), 0.49)) == "8" * 64
    for level in (-0.1, 1.01, np.nan):
        with pytest.raises(DrawingError, match="0 to 1"):
            to_text(np.full((8, 8), level))
    with pytest.raises(DrawingError, match="this has 16"):
        to_text(np.zeros((4, 4)))
