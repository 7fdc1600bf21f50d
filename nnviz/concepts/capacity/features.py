"""What a model weighs: p columns Φ of features, nested, so that p + 1 features are p features and one more."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.core.seeds import generator

Floats = NDArray[np.float64]
WAVES = 5.0  # scale of the random frequencies


def place(share: Floats) -> Floats:
    """Return x = −cos πu in −1…1 for u in 0…1: evenly spread u make x denser towards both ends.

    Polynomials through points as dense as these at the ends stay tame between them (Chebyshev nodes).
    """
    return np.asarray(-np.cos(np.pi * share))


def polynomials(x: Floats, count: int) -> Floats:
    """Return √2 Tₖ(x)/(k + 1) for k = 0 … count − 1 (T₀ without the root): (..., count).

    Chebyshev polynomials are orthogonal under the density of `place`. Higher degrees are made smaller, so that of all
    fits with equal error the shortest weights take the low degrees.
    """
    degree = np.arange(count)
    scale = np.where(degree == 0, 1.0, math.sqrt(2)) / (degree + 1)
    return np.asarray(np.cos(degree * np.arccos(np.clip(x, -1, 1))[..., None]) * scale)


def waves(x: Floats, count: int, seed: int) -> Floats:
    """Return √2 cos(wₖx + bₖ) with wₖ from a Cauchy distribution and bₖ uniform: (..., count).

    Their inner products tend to the Laplace kernel e^(−5|x − x′|). Source: Rahimi & Recht 2007.
    """
    draws = generator(seed, "features")
    frequency, phase = torch.rand(2, count, generator=draws, dtype=torch.float64).numpy()
    frequency = WAVES * np.tan(np.pi * (frequency - 0.5))
    return np.asarray(math.sqrt(2) * np.cos(x[..., None] * frequency + 2 * np.pi * phase))


def kinks(x: Floats, count: int, seed: int) -> Floats:
    """Return ReLU(±(x − tₖ)) with the kinks tₖ spread like the points, and either side at random: (..., count)."""
    draws = generator(seed, "features")
    where, side = torch.rand(2, count, generator=draws, dtype=torch.float64).numpy()
    return np.asarray(np.maximum(0.0, np.where(side < 0.5, -1.0, 1.0) * (x[..., None] - place(where))))


def features_of(kind: str, x: Floats, count: int, seed: int) -> Floats:
    """Return the first `count` features at places x: (...) → (..., count)."""
    if kind == "polynomial":
        return polynomials(x, count)
    return waves(x, count, seed) if kind == "fourier" else kinks(x, count, seed)


def gaussians(shape: Sequence[int], seed: int, purpose: str) -> Floats:
    """Draw independent standard normal features."""
    return generator_normals(shape, generator(seed, purpose))


def generator_normals(shape: Sequence[int], draws: torch.Generator) -> Floats:
    """Return standard normals as float64."""
    return np.asarray(torch.randn(tuple(shape), generator=draws, dtype=torch.float64).numpy())


def circle(angles: Floats, count: int, seed: int) -> Floats:
    """Return rows √2 (cos θ e₁ + sin θ s) with s = (0, ±1, ±1, …): a walk through p Gaussian features, (A, count).

    e₁ is the direction of the truth. The mean over θ of a linear model's squared error on this walk has, over random
    signs, the expectation ‖ŵ − w‖², which is the error over all Gaussian inputs.
    """
    signs = torch.randint(0, 2, (count,), generator=generator(seed, "signs")).numpy() * 2.0 - 1.0
    signs[0] = 0.0
    first = np.eye(1, count)[0]
    return np.asarray(math.sqrt(2) * (np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * signs))
