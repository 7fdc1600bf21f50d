"""The points that a line and a network must tell apart. Plain NumPy: the runnable script takes it as it is."""

import numpy as np
from numpy.typing import NDArray

from nnviz.data.points import own_set
from nnviz.data.toy import Floats, Shape, arm, drawn, lower_moon, quadrants, ring, upper_moon

TRAINING = 100  # points to learn from
TEST = 200  # points held out
COPIES = 2  # held out for each of a learner's own points
Points = tuple[Floats, NDArray[np.int64], Floats, NDArray[np.int64]]
"""Training points (N, 2) and classes (N,), test points (M, 2) and classes (M,)."""


def corners(sign: int) -> Shape:
    """Return what draws two clouds around (1, sign) and (−1, −sign), standard deviation 0.25, cut at 3.5 of them."""

    def draw(generator: np.random.Generator, count: int) -> Floats:
        first = generator.choice([-1.0, 1.0], count)
        spread = 0.25 * np.clip(generator.standard_normal((count, 2)), -3.5, 3.5)
        return np.column_stack([first, sign * first]) + spread

    return draw


SHAPES = {
    "xor": (corners(-1), corners(1)),
    "squares": (quadrants(-1), quadrants(1)),
    "circle": (ring(1.4, 2.0), ring(0.0, 1.0)),
    "moons": (upper_moon, lower_moon),
    "spiral": (arm(0.0), arm(np.pi)),
}


def points_of(data: str, noise: float, seed: int) -> Points:
    """Return a seed's training points (100, 2) and classes (100,), then its test points (200, 2) and classes (200,)."""
    x, y = drawn(SHAPES[data], TRAINING + TEST, noise, np.random.default_rng(seed))
    return x[:TRAINING], y[:TRAINING], x[TRAINING:], y[TRAINING:]


def own_points(text: str, noise: float, seed: int) -> Points:
    """Return a learner's own points as they stand to learn from, and copies of them, moved by the noise, to test on."""
    chosen = own_set(text, most_classes=2)
    x, y = chosen.inputs, chosen.targets.astype(np.int64)
    moved = np.tile(x, (COPIES, 1)) + noise * np.random.default_rng(seed).standard_normal((COPIES * len(x), 2))
    return x, y, moved, np.tile(y, COPIES)
