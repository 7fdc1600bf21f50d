"""The points that are to be told apart. Plain NumPy."""

import numpy as np

from nnviz.concepts.perceptron.rule import Floats, Whole
from nnviz.data.points import parse

AWAY = 0.9  # of the separating line from the origin
DEEP = 1.1  # no point lies farther from that line
WIDE = 1.4  # nor farther along it
APART = 0.7  # of the overlapping clouds' centres from the origin
SPREAD = 0.65  # their standard deviation


def separable(points: int, margin: float, seed: int) -> tuple[Floats, Whole]:
    """Return points on both sides of a line 0.9 from the origin, the nearest exactly `margin` away.

    Two points of class 1 and one of class 0 between them lie at that distance, so that no line has a larger margin;
    the others lie anywhere beyond it.
    """
    random = np.random.default_rng([seed, 3])
    turn = random.uniform(0, 2 * np.pi)
    normal, along = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    labels = np.concatenate([[1, 1, 0], np.arange(points - 3) % 2]).astype(np.int64)
    height = margin + (DEEP - margin) * random.uniform(0, 1, points)
    place = random.uniform(-WIDE, WIDE, points)
    height[:3], place[:3] = margin, (1.2, -1.2, 0.0)
    side = np.where(labels == 1, 1.0, -1.0)
    return (AWAY + side * height)[:, None] * normal + place[:, None] * along, labels


def overlapping(points: int, seed: int) -> tuple[Floats, Whole]:
    """Return two Gaussian clouds that no line separates; the first two points stand in each other's cloud."""
    random = np.random.default_rng([seed, 4])
    labels = (np.arange(points) % 2).astype(np.int64)
    centre = np.where(labels == 1, APART, -APART)[:, None] * np.array([1.0, 0.6])
    positions = centre + np.clip(SPREAD * random.standard_normal((points, 2)), -1.4, 1.4)
    positions[:2] = -centre[:2]
    return positions, labels


def xor() -> tuple[Floats, Whole]:
    """Return the four corners (±1, ±1); class 1 where the signs agree."""
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    return corners, (corners[:, 0] * corners[:, 1] > 0).astype(np.int64)


def cloud(data: str, points: int, margin: float, seed: int, own: str) -> tuple[Floats, Whole]:
    """Return positions (N, 2) and classes (N,) of one of the kinds of data; `own` is a learner's own text."""
    if data == "separable":
        return separable(points, margin, seed)
    if data == "overlapping":
        return overlapping(points, seed)
    if data == "xor":
        return xor()
    positions, labels = parse(own)
    return positions, np.minimum(labels, 1)  # one class against the others
