"""Two-dimensional sets made from a seed: to see with the eye what a network does.

Every classification set lies within [−2, 2]² before noise, so that inputs are of order one. Circle, XOR, spiral and
two Gaussians have the shapes of TensorFlow Playground's, times 2/5; multiply the inputs by 2.5 for its units.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nnviz.data import Dataset

WINDOW = (-2.5, 2.5)  # what a chart shows on both axes
FEATURES = ("x₁", "x₂")
MOST_POINTS = 100_000
Seed = int | np.random.Generator
Floats = NDArray[np.float64]
Shape = Callable[[np.random.Generator, int], Floats]


class Toy(Protocol):
    """Makes a set: `noise` is the standard deviation of the Gaussian added to both coordinates, in their units."""

    def __call__(self, points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset: ...


def moons(points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return two interleaved half circles: scikit-learn's make_moons, centred and times 4/3."""
    return _make("Two moons", (upper_moon, lower_moon), points, noise, seed)


def circle(points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return a disc of radius 1 (class "inside") in a ring from 1.4 to 2 (class "outside"), even in radius."""
    inside, outside = ring(0.0, 1.0), ring(1.4, 2.0)
    return _make("Circle", (outside, inside), points, noise, seed, ("outside", "inside"))


def xor(points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return four squares, 0.24 apart: class "same" where x₁ and x₂ have the same sign, else "different"."""
    return _make("XOR", (quadrants(-1), quadrants(1)), points, noise, seed, ("different", "same"))


def two_gaussians(points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return two clouds around (−0.8, −0.8) and (0.8, 0.8), standard deviation 0.3 before noise, cut at 4 of them."""
    return _make("Two Gaussians", (cloud(-0.8, -0.8), cloud(0.8, 0.8)), points, noise, seed)


def spiral(points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return two spirals of 1.75 turns out to radius 2."""
    return _make("Spiral", (arm(0.0), arm(np.pi)), points, noise, seed)


def three_classes(points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return three clouds at 120° from each other, 0.8 from the middle, standard deviation 0.3 before noise."""
    angles = np.pi / 2 + 2 * np.pi * np.arange(3) / 3
    clouds = tuple(cloud(0.8 * np.cos(angle), 0.8 * np.sin(angle)) for angle in angles)
    return _make("Three classes", clouds, points, noise, seed, ("a", "b", "c"))


def plane(points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return points with the target (x₁ + x₂) / 4 ∈ [−1, 1]; noise is added to the target. Regression."""
    return _surface("Plane", lambda x: x.sum(axis=1) / 4, points, noise, seed)


def hills(points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return points with the target Σⱼ sⱼ max(0, 1 − ‖x − cⱼ‖ / 0.8): six cones, up and down. Regression."""
    centres = 0.4 * np.array([[-4, 2.5], [0, 2.5], [4, 2.5], [-4, -2.5], [0, -2.5], [4, -2.5]])
    signs = np.array([1, -1, 1, -1, 1, -1])

    def height(x: Floats) -> Floats:
        distance = np.linalg.norm(x[:, None, :] - centres[None], axis=2)  # (N, 6)
        return np.asarray(np.clip(1 - distance / 0.8, 0, None) @ signs)

    return _surface("Hills", height, points, noise, seed)


TOYS: Mapping[str, Toy] = {
    "moons": moons,
    "circle": circle,
    "xor": xor,
    "two_gaussians": two_gaussians,
    "spiral": spiral,
    "three_classes": three_classes,
}
SURFACES: Mapping[str, Toy] = {"plane": plane, "hills": hills}


def toy(name: str, points: int = 250, *, noise: float = 0.1, seed: Seed = 0) -> Dataset:
    """Return the toy set of this name, from TOYS or SURFACES.

    Raises:
        ValueError: if there is none.
    """
    known = {**TOYS, **SURFACES}
    if name not in known:
        raise ValueError(f"no toy set {name!r}; there are {', '.join(known)}")
    return known[name](points, noise=noise, seed=seed)


def _make(
    name: str,
    shapes: tuple[Shape, ...],
    points: int,
    noise: float,
    seed: Seed,
    classes: tuple[str, ...] = ("a", "b"),
) -> Dataset:
    """Return one class per shape, sizes equal to within one, in random order."""
    _check(points, noise, len(shapes))
    inputs, targets = drawn(shapes, points, noise, np.random.default_rng(seed))
    return Dataset(inputs, targets, FEATURES, classes, name)


def drawn(
    shapes: tuple[Shape, ...], points: int, noise: float, generator: np.random.Generator
) -> tuple[Floats, NDArray[np.int64]]:
    """Return points (N, 2) and classes (N,) in random order: one class per shape, sizes equal to within one."""
    sizes = [points // len(shapes) + (index < points % len(shapes)) for index in range(len(shapes))]
    inputs = np.concatenate([shape(generator, size) for shape, size in zip(shapes, sizes, strict=True)])
    targets = np.repeat(np.arange(len(shapes)), sizes)
    inputs = inputs + noise * generator.standard_normal(inputs.shape)
    order = generator.permutation(points)
    return inputs[order], targets[order]


def _surface(name: str, height: Callable[[Floats], Floats], points: int, noise: float, seed: Seed) -> Dataset:
    """Return points even in [−2, 2]² with the height of a surface."""
    _check(points, noise, 1)
    generator = np.random.default_rng(seed)
    inputs = generator.uniform(-2, 2, size=(points, 2))
    return Dataset(inputs, height(inputs) + noise * generator.standard_normal(points), FEATURES, (), name)


def _check(points: int, noise: float, least: int) -> None:
    if not least <= points <= MOST_POINTS:
        raise ValueError(f"points must be from {least} to {MOST_POINTS}, got {points}")
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise must be a finite standard deviation of at least 0, got {noise}")


def upper_moon(_: np.random.Generator, count: int) -> Floats:
    """Return points (count, 2) along the upper half circle."""
    angle = np.linspace(0, np.pi, count)
    return 4 / 3 * np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])


def lower_moon(_: np.random.Generator, count: int) -> Floats:
    """Return points (count, 2) along the lower half circle."""
    angle = np.linspace(0, np.pi, count)
    return 4 / 3 * np.column_stack([0.5 - np.cos(angle), 0.25 - np.sin(angle)])


def ring(inner: float, outer: float) -> Shape:
    """Return what draws points between two radii, even in radius."""

    def draw(generator: np.random.Generator, count: int) -> Floats:
        radius, angle = generator.uniform(inner, outer, count), generator.uniform(0, 2 * np.pi, count)
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])

    return draw


def quadrants(sign: int) -> Shape:
    """Return what draws points where x₁ x₂ has this sign, 0.12 to 2 from both axes."""

    def draw(generator: np.random.Generator, count: int) -> Floats:
        first = generator.uniform(0.12, 2, count) * generator.choice([-1, 1], count)
        return np.column_stack([first, sign * np.sign(first) * generator.uniform(0.12, 2, count)])

    return draw


def cloud(x: float, y: float) -> Shape:
    """Return what draws a Gaussian cloud around (x, y)."""

    def draw(generator: np.random.Generator, count: int) -> Floats:
        return np.array([x, y]) + 0.3 * np.clip(generator.standard_normal((count, 2)), -4, 4)

    return draw


def arm(turn: float) -> Shape:
    """Return what puts points on an arm of a spiral, turned by an angle."""

    def draw(_: np.random.Generator, count: int) -> Floats:
        share = np.arange(count) / max(count, 1)
        radius, angle = 2 * share, 1.75 * 2 * np.pi * share + turn
        return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])

    return draw
