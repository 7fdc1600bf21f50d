"""Chains of affine maps and ReLUs, K networks at once: what linear models, MLPs and small convolutions all are."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Chain:
    """K networks of one shape: h₀ = x, hₗ = ReLU(hₗ₋₁ Wₗ + bₗ), logits = h_{L−1} W_L + b_L.

    Attributes:
        weights: L tensors (K, in, out).
        biases: L tensors (K, 1, out).
    """

    weights: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]

    def __len__(self) -> int:
        """Return K, the number of networks."""
        return len(self.weights[0])

    @property
    def inputs(self) -> int:
        """How many numbers a network is shown."""
        return int(self.weights[0].shape[1])

    @property
    def classes(self) -> int:
        """How many logits a network answers with."""
        return int(self.weights[-1].shape[2])

    def logits(self, inputs: Tensor) -> Tensor:
        """Return (K, N, C) logits of inputs (K, N, d), or of (N, d) shown to every network; differentiable."""
        hidden = inputs.expand(len(self), *inputs.shape) if inputs.dim() == 2 else inputs
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            hidden = torch.baddbmm(bias, hidden.relu() if layer else hidden, weight)
        return hidden

    def take(self, networks: Sequence[int]) -> "Chain":
        """Return the chain of some of the networks, by number."""
        chosen = list(networks)
        return Chain(tuple(w[chosen] for w in self.weights), tuple(b[chosen] for b in self.biases))

    def double(self) -> "Chain":
        """Return the same networks in float64, for comparisons with tight tolerances."""
        return Chain(tuple(w.double() for w in self.weights), tuple(b.double() for b in self.biases))
