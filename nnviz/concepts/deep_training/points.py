"""The points that the networks must tell apart. Plain NumPy: the runnable script takes it as it is."""

import numpy as np
from numpy.typing import NDArray

from nnviz.data.points import own_set
from nnviz.data.toy import Floats, arm, drawn, lower_moon, quadrants, ring, upper_moon

TEST = 256  # points held out
COPIES = 2  # held out for each of a learner's own points
SHAPES = {
    "spiral": (arm(0.0), arm(np.pi)),
    "moons": (upper_moon, lower_moon),
    "circle": (ring(1.4, 2.0), ring(0.0, 1.0)),
    "xor": (quadrants(-1), quadrants(1)),
}
Points = tuple[Floats, NDArray[np.int64], Floats, NDArray[np.int64]]
"""Training points (N, 2) and classes (N,), test points (M, 2) and classes (M,)."""


def points_of(data: str, count: int, noise: float, seed: int) -> Points:
    """Return a seed's training points (count, 2) and classes, then its test points (256, 2) and classes."""
    x, y = drawn(SHAPES[data], count + TEST, noise, np.random.default_rng(seed))
    return x[:count], y[:count], x[count:], y[count:]


def own_points(text: str, noise: float, seed: int) -> Points:
    """Return a learner's own points as they stand to learn from, and copies of them, moved by the noise, to test on."""
    chosen = own_set(text, most_classes=2)
    x, y = chosen.inputs, chosen.targets.astype(np.int64)
    moved = np.tile(x, (COPIES, 1)) + noise * np.random.default_rng(seed).standard_normal((COPIES * len(x), 2))
    return x, y, moved, np.tile(y, COPIES)
