"""Dropping units: masks, the forward pass of thinned networks, and their average. Float32 torch, no training."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.core.seeds import generator

Floats = NDArray[np.float32]
Scaling = Literal["inverted", "keep", "rate", "none"]
Layers = Sequence[tuple[NDArray[Any], NDArray[Any]]]
"""Per layer the weights W (..., out, in) and biases b (..., out), as `MLP.layers` returns them."""


def dropout(activations: Tensor, uniforms: Tensor, rate: float, *, rescale: bool = True) -> Tensor:
    """Drop units: r ∘ a / (1 − q) with r = 1 where the uniform is at least q, else 0; without the quotient if asked.

    The quotient (inverted dropout) makes the mean over masks equal to a itself.

    Args:
        activations: a (..., N, H) of one hidden layer.
        uniforms: broadcastable to a, numbers in [0, 1).
        rate: q in [0, 1), the share of units dropped.
        rescale: divide what is kept by the keep probability 1 − q.

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
    """
    kept = (uniforms >= rate).to(activations.dtype)
    return activations * kept / (1 - rate) if rescale else activations * kept


def test_factor(rate: float, scaling: Scaling) -> float:
    """Return what a hidden layer's outputs are multiplied by at test, when no unit is dropped any more.

    inverted: 1, because training has already divided by the keep probability  ·  keep: 1 − q, the original recipe  ·
    rate: q, the widely repeated slip  ·  none: 1 without any division in training, the forgotten rescale.
    """
    return {"inverted": 1.0, "keep": 1 - rate, "rate": rate, "none": 1.0}[scaling]


def forward(
    layers: Layers, inputs: NDArray[Any], rates: Sequence[float], scaling: Scaling, uniforms: Tensor | None = None
) -> Tensor:
    """Return the logits (..., N, C) of ReLU networks: all units, scaled as at test, or thinned as in training.

    Args:
        layers: of one or many networks.
        inputs: (..., N, d), broadcastable to the networks.
        rates: dropout rate of each hidden layer.
        scaling: how training and test are matched; see `test_factor`.
        uniforms: (..., N, H) for the hidden units of all layers; None for all units.
    """
    values = torch.tensor(inputs, dtype=torch.float32)
    first = 0
    passing: Tensor | None = None  # what the weights from the units before are multiplied by
    for (weights, biases), rate in zip(layers[:-1], rates, strict=True):
        values = torch.relu(_affine(values, weights, biases, passing))
        own = None if uniforms is None else uniforms[..., first : first + weights.shape[-2]]
        if own is None:
            values, passing = values * test_factor(rate, scaling), None
        elif own.shape[-2] == 1:  # one mask for all inputs: it costs less on the next layer's weights
            passing = dropout(torch.ones(()), own, rate, rescale=scaling == "inverted")
        else:
            values, passing = dropout(values, own, rate, rescale=scaling == "inverted"), None
        first += weights.shape[-2]
    return _affine(values, *layers[-1], passing)


def hidden(layers: Layers, inputs: NDArray[Any]) -> list[Floats]:
    """Return the outputs of each hidden layer with all units, a list of (..., N, H)."""
    values = torch.tensor(inputs, dtype=torch.float32)
    found: list[Floats] = []
    for weights, biases in layers[:-1]:
        values = torch.relu(_affine(values, weights, biases))
        found.append(values.numpy())
    return found


def thinned_networks(seed: int, count: int, units: int) -> Tensor:
    """Draw the uniforms of `count` thinned networks, (count, 1, units): one mask for all inputs of a pass."""
    return torch.rand(count, 1, units, generator=generator(seed, "thinned networks"))


def fresh_masks(seed: int, passes: int, examples: int, units: int) -> Tensor:
    """Draw uniforms as `torch.nn.Dropout` does, (passes, examples, units): every example has a mask of its own."""
    return torch.rand(passes, examples, units, generator=generator(seed, "masks at test"))


def probabilities(logits: Tensor) -> Floats:
    """Return softmax over the last axis, float32."""
    result: Floats = torch.softmax(logits, dim=-1).numpy()
    return result


def _affine(values: Tensor, weights: NDArray[Any], biases: NDArray[Any], passing: Tensor | None = None) -> Tensor:
    matrix, offset = (torch.tensor(part, dtype=torch.float32) for part in (weights, biases))
    return values @ (matrix if passing is None else matrix * passing).mT + offset.unsqueeze(-2)
