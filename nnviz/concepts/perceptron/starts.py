"""What a seed decides: in which order the points come, and where the weights start."""

import numpy as np
import torch

from nnviz.concepts.perceptron.rule import Floats, Whole
from nnviz.core.seeds import generator


def order_of(points: int, seed: int) -> Whole:
    """Return the order in which the points come, (N,): a permutation that every pass repeats."""
    return np.asarray(torch.randperm(points, generator=generator(seed, "order")).numpy())


def starting_weights(start: str, seed: int) -> Floats:
    """Return b, w₁, w₂ before the first point: zeros, or drawn from a standard normal distribution."""
    if start == "zero":
        return np.zeros(3)
    return np.asarray(torch.randn(3, generator=generator(seed, "weights"), dtype=torch.float64).numpy())
