"""The points that the small network learns from. Plain NumPy: the runnable script takes it as it is."""

import numpy as np
from numpy.typing import NDArray

from nnviz.data.points import own_set
from nnviz.data.toy import Floats, arm, drawn, lower_moon, quadrants, ring, upper_moon

TRAINING = 80  # points to learn from
TEST = 400  # points held out
COPIES = 4  # held out for each of a learner's own points
Points = tuple[Floats, NDArray[np.int64], Floats, NDArray[np.int64]]
"""Training points (N, 2) and classes (N,), test points (M, 2) and classes (M,)."""

SHAPES = {
    "moons": (upper_moon, lower_moon),
    "circle": (ring(1.4, 2.0), ring(0.0, 1.0)),
    "xor": (quadrants(-1), quadrants(1)),
    "spiral": (arm(0.0), arm(np.pi)),
}


def points_of(data: str, noise: float, flips: float, seed: int) -> Points:
    """Return a seed's training and test points; a share `flips` of the training points carry the other class."""
    draws = np.random.default_rng(seed)
    x, y = drawn(SHAPES[data], TRAINING + TEST, noise, draws)
    return x[:TRAINING], mislabelled(y[:TRAINING], flips, draws), x[TRAINING:], y[TRAINING:]


def own_points(text: str, noise: float, flips: float, seed: int) -> Points:
    """Return a learner's own points to learn from, and copies of them, moved by the noise, to test on."""
    chosen = own_set(text, most_classes=2)
    x, y = chosen.inputs.copy(), chosen.targets.astype(np.int64)  # a set is read-only, and PyTorch warns of that
    draws = np.random.default_rng(seed)
    moved = np.tile(x, (COPIES, 1)) + noise * draws.standard_normal((COPIES * len(x), 2))
    return x, mislabelled(y, flips, draws), moved, np.tile(y, COPIES)


def mislabelled(classes: NDArray[np.int64], flips: float, draws: np.random.Generator) -> NDArray[np.int64]:
    """Return the classes (N,) with a share of them, rounded down, turned into the other of the two."""
    wrong = draws.permutation(len(classes))[: int(flips * len(classes))]
    result = classes.copy()
    result[wrong] = 1 - result[wrong]
    return result
