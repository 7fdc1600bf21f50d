"""What the networks learn from. Plain NumPy: the runnable script takes it as it is."""

import numpy as np
from numpy.typing import NDArray

from nnviz.data.toy import Floats, drawn, lower_moon, upper_moon

POINTS = 64
NOISE = 0.1


def points_of(seed: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return a seed's two moons, standardised: points (64, 2) with mean 0 and variance 1, and classes (64,)."""
    points, classes = drawn((upper_moon, lower_moon), POINTS, NOISE, np.random.default_rng(seed))
    return (points - points.mean(axis=0)) / points.std(axis=0), classes
