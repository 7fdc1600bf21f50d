"""An 8×8 drawing as text, so that it fits into a link: 64 letters, row by row, 0…9 and a…g for ink 0…16."""

import numpy as np
from numpy.typing import NDArray

SIDE = 8
LETTERS = "0123456789abcdefg"  # 17 levels: the scale of scikit-learn's digits
BLANK = "0" * SIDE**2


class DrawingError(ValueError):
    """A text or an array that is no drawing; the message says what is accepted."""


def to_array(text: str) -> NDArray[np.float64]:
    """Return the drawing as (8, 8) float64 ink 0…1, on the scale of `nnviz.data.real.digits`.

    Raises:
        DrawingError: if the text is not 64 of the 17 letters.
    """
    if len(text) != SIDE**2:
        raise DrawingError(f"A drawing has {SIDE**2} letters, this has {len(text)}.")
    for index, letter in enumerate(text):
        if letter not in LETTERS:
            place = f"Row {index // SIDE + 1}, column {index % SIDE + 1}"
            raise DrawingError(f"{place}: {letter!r} is no ink. A drawing is written in 0 to 9 and a to g.")
    return np.array([LETTERS.index(letter) for letter in text], dtype=np.float64).reshape(SIDE, SIDE) / 16


def to_text(ink: NDArray[np.float64]) -> str:
    """Return the drawing as 64 letters; ink is rounded to 16ths.

    Args:
        ink: (8, 8) or (64,) numbers 0…1.

    Raises:
        DrawingError: if there are not 64 numbers, or one is not within 0…1.
    """
    flat = np.asarray(ink, dtype=np.float64).reshape(-1)
    if flat.size != SIDE**2:
        raise DrawingError(f"A drawing has {SIDE} × {SIDE} numbers, this has {flat.size}.")
    if not np.all((flat >= 0) & (flat <= 1)):
        raise DrawingError(f"Ink goes from 0 to 1, this goes from {flat.min():g} to {flat.max():g}.")
    return "".join(LETTERS[round(level)] for level in 16 * flat)
