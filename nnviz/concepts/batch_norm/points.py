"""What the networks learn from, in which order, and the noise that undoes a norm: all drawn before the first step."""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from nnviz.core.seeds import generator
from nnviz.data.toy import arm, drawn, lower_moon, quadrants, ring, upper_moon

POINTS = 256  # to learn from, and as many to test on
SCATTER = 0.05  # standard deviation of the points around their shape
SHAPES = {
    "spiral": (arm(0.0), arm(np.pi)),
    "moons": (upper_moon, lower_moon),
    "circle": (ring(1.4, 2.0), ring(0.0, 1.0)),
    "xor": (quadrants(-1), quadrants(1)),
}


def points_of(data: str, seeds: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return inputs (K, 2, 512) and classes (K, 512) of every seed; the first half is for learning."""
    rows = [_points(data, seed) for seed in seeds]
    return torch.stack([row[0] for row in rows]).mT, torch.stack([row[1] for row in rows])


@lru_cache(maxsize=256)
def _points(data: str, seed: int) -> tuple[Tensor, Tensor]:
    inputs, targets = drawn(SHAPES[data], 2 * POINTS, SCATTER, np.random.default_rng(seed))
    return torch.tensor(inputs), torch.tensor(targets)


def orders_of(seeds: tuple[int, ...], steps: int, batch: int) -> Tensor:
    """Return which points every step learns from, (K, steps, batch): passes over all points, each in a new order."""
    passes = -(-steps * batch // POINTS)
    rows = []
    for seed in seeds:
        draws = generator(seed, "order")
        rows.append(torch.cat([torch.randperm(POINTS, generator=draws) for _ in range(passes)]))
    return torch.stack(rows)[:, : steps * batch].reshape(len(seeds), steps, batch)


def shaken(seeds: tuple[int, ...], steps: int, depth: int, width: int, noise: float) -> tuple[Tensor, Tensor]:
    """Return a factor from U(1, 1 + n/2) and a shift from U(−n, n) for every step, layer and unit, (T, L, K, H, 1) each.

    With n = 0.5 these are the ranges of Santurkar et al. 2018; what they add for each single example is left out.
    """
    shape = (2, steps, depth, width)
    draws = [torch.rand(shape, generator=generator(seed, "noise"), dtype=torch.float64) for seed in seeds]
    unit = torch.stack(draws, dim=3)[..., None]
    return 1 + noise / 2 * unit[0], noise * (2 * unit[1] - 1)
