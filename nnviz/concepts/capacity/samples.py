"""Data sets drawn again and again: places, labels, and held-out points, all from the seed."""

from dataclasses import dataclass

import numpy as np
import torch

from nnviz.concepts.capacity.features import Floats, features_of, gaussians, generator_normals, place
from nnviz.core.seeds import generator

HELD_OUT = 64  # test points per seed
FAR = 1.5  # standard deviation of a wrong label's error
SIGNAL = 1.0  # r, length of the true weights of the Gaussian features


@dataclass(frozen=True)
class Samples:
    """The data of one seed: D data sets of n points, and M held-out places with fresh labels for every data set.

    Labels are y = clean + far + σ·unit: all but σ is drawn here.

    Attributes:
        places: (D, n) x, or the first feature; test_places: (M,).
        columns: (D, n, P) features Φ; probes: (M, P) at the held-out places.
        clean, far, unit: (D, n) the true curve, the errors of wrong labels, standard normals.
        truth: (M,) the true curve; test_far, test_unit: (D, M).
    """

    places: Floats
    test_places: Floats
    columns: Floats
    probes: Floats
    clean: Floats
    far: Floats
    unit: Floats
    truth: Floats
    test_far: Floats
    test_unit: Floats


def true_curve(name: str, x: Floats) -> Floats:
    """Return the true curve at x in −1…1: sin(4x + 0.6), 2e^−(x/0.3)² − 0.6, the sign of x, or x."""
    if name == "wave":
        return np.asarray(np.sin(4 * x + 0.6))
    if name == "bump":
        return np.asarray(2 * np.exp(-((x / 0.3) ** 2)) - 0.6)
    return np.where(x > 0, 1.0, -1.0) if name == "step" else np.asarray(1.0 * x)


def spread_places(rows: int, count: int, draws: torch.Generator) -> Floats:
    """Draw places, one in each of `count` equal parts of u in 0…1, then x = −cos πu: (rows, count), from left to right."""
    inside = torch.rand(rows, count, generator=draws, dtype=torch.float64).numpy()
    return place((np.arange(count) + inside) / count)


def wrong_errors(rows: int, count: int, share: float, draws: torch.Generator) -> Floats:
    """Draw errors of standard deviation FAR for a share of the labels, 0 for the others: (rows, count)."""
    chosen = torch.rand(rows, count, generator=draws, dtype=torch.float64).numpy() < share
    return np.asarray(chosen * FAR * generator_normals((rows, count), draws))


def noise_variance(noise: float, wrong: float) -> float:
    """Return the variance of a label around the true curve: σ² + q FAR²."""
    return noise**2 + wrong * FAR**2


def draw_samples(kind: str, target: str, points: int, wrong: float, sets: int, seed: int, count: int) -> Samples:
    """Draw one seed's data sets with `count` features.

    Gaussian features are drawn anew in every data set, and the truth is SIGNAL times the first; all others are
    functions of x, the same in every data set of the seed.
    """
    labels, tests = generator(seed, "labels"), generator(seed, "test labels")
    if kind == "gaussian":
        columns = gaussians((sets, points, count), seed, "inputs")
        probes = gaussians((HELD_OUT, count), seed, "test inputs")
        places, test_places = columns[..., 0], probes[:, 0]
        clean, truth = SIGNAL * places, SIGNAL * test_places
    else:
        places = spread_places(sets, points, generator(seed, "inputs"))
        test_places = spread_places(1, HELD_OUT, generator(seed, "test inputs"))[0]
        columns, probes = (features_of(kind, x, count, seed) for x in (places, test_places))
        clean, truth = true_curve(target, places), true_curve(target, test_places)
    return Samples(
        places=places,
        test_places=test_places,
        columns=columns,
        probes=probes,
        clean=clean,
        far=wrong_errors(sets, points, wrong, labels),
        unit=generator_normals((sets, points), labels),
        truth=truth,
        test_far=wrong_errors(sets, HELD_OUT, wrong, tests),
        test_unit=generator_normals((sets, HELD_OUT), tests),
    )
