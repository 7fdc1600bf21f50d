"""What is drawn at random for an ensemble: points, who learns from which, who sees what. Plain NumPy, also in the script."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.data import flipped
from nnviz.data.points import own_set
from nnviz.data.toy import Floats, arm, drawn, lower_moon, quadrants, ring, upper_moon

Method = Literal["seeds", "bagging", "boosting", "stacking", "snapshot", "subspaces", "copies"]
Rows = NDArray[np.int64]

TEST = 1000  # test points of each seed
COPIES = 10  # test points for each of a learner's own points
FOLDS = 3  # of stacking
SEEN = 4  # features that a member of a random subspace sees, of seven
MIXED = ("tanh", "relu", "sigmoid", "elu")  # activations that take turns in stacking
SHAPES = {
    "moons": (upper_moon, lower_moon),
    "circle": (ring(1.4, 2.0), ring(0.0, 1.0)),
    "xor": (quadrants(-1), quadrants(1)),
    "spiral": (arm(0.0), arm(np.pi)),
}


@dataclass(frozen=True)
class Points:
    """The points of one seed.

    Attributes:
        inputs: (N, 2) float64 to learn from; targets: (N,) int64 their labels, right or wrong.
        truth: (N,) int64 their right labels.
        test_inputs, test_targets: (T, 2) and (T,), all labels right.
    """

    inputs: Floats
    targets: Rows
    truth: Rows
    test_inputs: Floats
    test_targets: Rows


def points_of(data: str, count: int, noise: float, wrong: float, seed: int, own: str = "") -> Points:
    """Draw points to learn from, others to test on, and which labels are wrong.

    A learner's own points are all learned from; copies of them, moved by the noise, are the test.

    Args:
        data: one of SHAPES, or "points" for the learner's own.
        count: points to learn from, where they are drawn.
        noise: standard deviation of what is added to both coordinates.
        wrong: share of training labels that are turned over.
        own: the learner's own points, as text.
    """
    draws = np.random.default_rng([seed, 3])
    if data == "points":
        chosen = own_set(own, most_classes=2)
        inputs, truth = np.array(chosen.inputs), chosen.targets.astype(np.int64)
        test_targets = np.tile(truth, COPIES)
        test_inputs = np.tile(inputs, (COPIES, 1)) + noise * draws.standard_normal((len(test_targets), 2))
    else:
        inputs, truth = drawn(SHAPES[data], count, noise, draws)
        test_inputs, test_targets = drawn(SHAPES[data], TEST, noise, draws)
    return Points(inputs, flipped(truth, 2, wrong, draws), truth, test_inputs, test_targets)


def network_seed(method: str, seed: int, member: int) -> int:
    """Return the seed of a member's initial weights and orders; copies all have the first member's."""
    return 1000 * seed + (0 if method == "copies" else member)


def bootstrap_rows(seed: int, member: int, count: int) -> Rows:
    """Draw as many rows as there are, with replacement: about 63 % of the points, some of them repeated.

    Source: Breiman, "Bagging predictors", 1996.
    """
    return np.random.default_rng([seed, member, 4]).integers(0, count, count)


def resampled_rows(seed: int, member: int, weights: Floats) -> Rows:
    """Draw as many rows as there are weights (N,), with replacement, each with a chance in proportion to its weight."""
    uniforms = np.random.default_rng([seed, member, 5]).random(len(weights))
    shares = np.cumsum(weights) / np.sum(weights)
    return np.minimum(np.searchsorted(shares, uniforms, side="right"), len(weights) - 1)


def fold_numbers(seed: int, count: int) -> Rows:
    """Return the fold 0 … FOLDS − 1 of every row, sizes equal to within one."""
    return np.random.default_rng([seed, 6]).permutation(count) % FOLDS


def features_of(inputs: Floats) -> Floats:
    """Return the seven features of TensorFlow Playground of points (N, 2): x₁, x₂, x₁², x₂², x₁x₂, sin 2.5x₁, sin 2.5x₂."""
    squares, product = inputs**2, inputs[:, :1] * inputs[:, 1:]
    return np.concatenate([inputs, squares, product, np.sin(2.5 * inputs)], axis=1)


def subspace(seed: int, member: int) -> Floats:
    """Draw which of the seven features a member sees: (7,) ones and zeros.

    Source: Ho, "The random subspace method for constructing decision forests", 1998.
    """
    seen = np.zeros(7)
    seen[np.random.default_rng([seed, member, 7]).permutation(7)[:SEEN]] = 1.0
    return seen


def cosine_cycle(epochs: int) -> Floats:
    """Return the factor on the learning rate in each epoch of one cycle: ½ (1 + cos πt/E), from 1 down to almost 0.

    Source: Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    """
    return 0.5 * (1 + np.cos(np.pi * np.arange(epochs) / epochs))


def cycle_epochs(epochs: int) -> int:
    """Return the length of a snapshot's cycle: a fifth of the training of a member."""
    return max(2, epochs // 5)
