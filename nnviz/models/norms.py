"""Normalization of K networks' units at once: over a batch, over a layer, over groups of units; training and evaluation."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor

Norm = Literal["none", "batch", "layer", "group"]
EPSILON = 1e-5  # under the root, as in PyTorch


class Statistics(NamedTuple):
    """Running mean and variance of batch normalization, each (L, K, H, 1), or (K, H, 1) of one layer."""

    mean: Tensor
    variance: Tensor

    def take(self, networks: Sequence[int]) -> "Statistics":
        """Return those of some of the networks, by number."""
        return Statistics(self.mean[:, list(networks)], self.variance[:, list(networks)])


class Normed(NamedTuple):
    """What a norm did.

    Attributes:
        values: (K, H, N) of mean 0 and variance 1, or what noise made of it.
        given: what was normalised along its last axis: (K, H, N), or (K, N, groups, H / groups).
        mean, inverse: along that axis, which has length 1; the inverse is 1/√(variance + ε), the variance the biased one.
    """

    values: Tensor
    given: Tensor
    mean: Tensor
    inverse: Tensor


def normalised(values: Tensor, norm: Norm, groups: int = 4, running: Statistics | None = None) -> Normed:
    """Bring (K, H, N) to mean 0 and variance 1: each unit over the examples, or each example over (a group of) the units.

    Args:
        groups: of group normalization; must divide H.
        running: mean and variance (K, H, 1) by which batch normalization's evaluation mode goes.

    Source: Ioffe & Szegedy 2015; Ba et al. 2016; Wu & He 2018.
    """
    if norm == "batch" and running is not None:
        inverse = (running.variance + EPSILON).rsqrt()
        return Normed((values - running.mean) * inverse, values, running.mean, inverse)
    if norm == "batch":
        normed, mean, inverse = torch.native_layer_norm(values, values.shape[2:], None, None, EPSILON)
        return Normed(normed, values, mean, inverse)
    parts = groups if norm == "group" else 1
    split = values.mT.unflatten(2, (parts, -1))  # (K, N, groups, H / groups)
    normed, mean, inverse = torch.native_layer_norm(split, split.shape[3:], None, None, EPSILON)
    return Normed(normed.flatten(2).mT, split, mean, inverse)


def follow(running: Statistics, norms: Sequence[Normed], momentum: float) -> Statistics:
    """Return running statistics moved towards a batch's, given each layer's norm: r ← (1 − m) r + m s, the variance by its unbiased estimate."""
    examples = norms[0].given.shape[2]
    means, inverses = (torch.stack([getattr(norm, name) for norm in norms]) for name in ("mean", "inverse"))
    unbiased = (inverses.pow(-2) - EPSILON) * (examples / max(examples - 1, 1))
    return Statistics(torch.lerp(running.mean, means, momentum), torch.lerp(running.variance, unbiased, momentum))
