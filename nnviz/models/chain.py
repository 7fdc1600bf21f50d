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
    def classes(self) -> int:
        """How many logits a network answers with."""
        return int(self.weights[-1].shape[2])

    def logits(self, inputs: Tensor) -> Tensor:
        """Return (K, N, C) logits of inputs (K, N, d), or of (N, d) shown to every network."""
        last = len(self.weights) - 1
        hidden = self.batched(inputs)
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            hidden = torch.baddbmm(bias, hidden, weight)
            if layer < last:
                hidden = hidden.relu()
        return hidden

    def pull(self, inputs: Tensor, upstream: Tensor) -> Tensor:
        """Return (K, N, d), the gradient at the inputs of Σ upstream · logits, by the chain rule, without autograd.

        Args:
            inputs: (K, N, d).
            upstream: (K, N, C) gradient of the loss at the logits.
        """
        hidden, masks = inputs, []
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = torch.baddbmm(bias, hidden, weight).relu_()
            masks.append(hidden > 0)
        for weight, mask in zip(reversed(self.weights[1:]), reversed(masks), strict=True):
            upstream = torch.bmm(upstream, weight.mT) * mask
        return torch.bmm(upstream, self.weights[0].mT)

    def take(self, networks: Sequence[int]) -> "Chain":
        """Return the chain of some of the networks, by number."""
        chosen = list(networks)
        return Chain(tuple(w[chosen] for w in self.weights), tuple(b[chosen] for b in self.biases))

    def double(self) -> "Chain":
        """Return the same networks in float64, for tests with tight tolerances."""
        return Chain(tuple(w.double() for w in self.weights), tuple(b.double() for b in self.biases))

    def batched(self, inputs: Tensor) -> Tensor:
        """Return the inputs as (K, N, d), in the networks' own precision."""
        inputs = inputs.to(self.weights[0].dtype)
        return inputs.expand(len(self), *inputs.shape) if inputs.dim() == 2 else inputs

