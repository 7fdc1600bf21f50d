"""A learner's own points, to train on and to test on. Plain NumPy: scripts reuse it."""

import numpy as np
from numpy.typing import NDArray

from nnviz.data.points import own_set


def own_points(text: str, noise: float, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the points as they stand and, after them, copies moved by the noise: inputs (2N, 2) and classes (2N,).

    The first half is to learn from, the second is held out.
    """
    chosen = own_set(text, most_classes=2)
    x, classes = chosen.inputs, chosen.targets.astype(np.int64)
    moved = x + noise * np.random.default_rng([seed, 15]).standard_normal(x.shape)
    return np.concatenate([x, moved]), np.tile(classes, 2)
