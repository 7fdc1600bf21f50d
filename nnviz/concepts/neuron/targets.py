"""The curve that a network is to follow: a formula, or sixteen heights drawn by hand."""

import re

import numpy as np
from numpy.typing import NDArray

HEIGHTS = 16  # of a curve drawn by hand, evenly spaced from −1 to 1
DRAWN = "0,0.2,0.45,0.7,0.8,0.7,0.4,0,-0.4,-0.7,-0.8,-0.7,-0.2,0.5,0.8,0.6"
NUMBER = re.compile(r"-?[0-9]{0,3}\.?[0-9]{1,12}")


def parse_heights(text: str) -> NDArray[np.float64]:
    """Read "0.1,0.5,…": sixteen heights in −1…1, (16,) float64; "" is a flat curve.

    Raises:
        ValueError: naming the height, what came and what is accepted.
    """
    parts = text.split(",") if text else ["0"] * HEIGHTS
    if len(parts) != HEIGHTS:
        raise ValueError(f"a curve has {HEIGHTS} heights separated by commas, this has {len(parts)}")
    for place, part in enumerate(parts, 1):
        if not NUMBER.fullmatch(part) or abs(float(part)) > 1:
            raise ValueError(f"height {place} must be a number from -1 to 1, got {part[:20]!r}")
    return np.array([float(part) for part in parts])


def target_curve(name: str, x: NDArray[np.float64], heights: str) -> NDArray[np.float64]:
    """Return the curve at x in −1…1: sin 2πx, the sign of x, e^−(x/0.3)², or straight pieces between the heights."""
    if name == "sine":
        return np.asarray(np.sin(2 * np.pi * x))
    if name == "step":
        return np.where(x > 0, 1.0, -1.0)
    if name == "bump":
        return np.asarray(np.exp(-((x / 0.3) ** 2)))
    drawn = parse_heights(heights)
    return np.interp(x, np.linspace(-1, 1, len(drawn)), drawn)
