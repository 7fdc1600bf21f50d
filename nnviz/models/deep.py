"""Deep networks, K at once, as one batched tensor program: residual or plain, with any normalization.

All parameters of a network lie in one row of a (K, P) tensor, layer by layer, so that optimizers, clipping, norms and
directions in the space of weights are one operation each. Units come before examples, (K, H, N): then batch
normalization works along the last axis, where PyTorch's fused kernel is quick.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nnviz.core.seeds import initial_weights
from nnviz.models.norms import Norm, Normed, Statistics, normalised

Activation = Literal["sigmoid", "tanh", "relu", "leaky", "gelu", "linear"]

ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky": functional.leaky_relu,
    "gelu": functional.gelu,
    "linear": lambda z: z,
}
Disturb = Callable[[int], tuple[Tensor, Tensor]]
"""From a layer's number (from 0) to the factor and the shift, (K, H, 1) each, that its normalised sums are given."""


@dataclass(frozen=True)
class Architecture:
    """What K networks have in common.

    Attributes:
        depth: hidden layers, at least 1.
        residual: every hidden layer but the first adds to its input instead of replacing it.
        norm: batch (each unit over the examples), layer (each example over the units), group (over a group of units).
        after: normalize the activation's output instead of its input.
        groups: of group normalization; must divide the width.
    """

    depth: int
    width: int = 16
    inputs: int = 2
    outputs: int = 1
    activation: Activation = "relu"
    residual: bool = False
    norm: Norm = "none"
    after: bool = False
    groups: int = 4

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer, inputs first."""
        return (self.inputs, *[self.width] * self.depth, self.outputs)

    @property
    def parts(self) -> tuple[tuple[str, int, int], ...]:
        """What a row of parameters holds, in order: name, and rows × columns. A hidden layer's scale γ comes last."""
        return layout(self.sizes, self.norm != "none")

    @property
    def parameters(self) -> int:
        """P, the number of parameters."""
        return sum(rows * columns for _, rows, columns in self.parts)


@lru_cache(maxsize=256)
def layout(sizes: tuple[int, ...], scaled: bool) -> tuple[tuple[str, int, int], ...]:
    """Return (name, rows, columns) of every part of a network's parameters; weights are (out, in) as in nn.Linear."""
    parts: list[tuple[str, int, int]] = []
    for layer, (before, after) in enumerate(pairwise(sizes)):
        parts += [("weight", after, before), ("bias", after, 1)]
        if scaled and layer < len(sizes) - 2:
            parts.append(("scale", after, 1))
    return tuple(parts)


def start(architecture: Architecture, seeds: Sequence[int], scheme: str = "he_normal", gain: float = 1.0) -> Tensor:
    """Draw the parameters of one network a seed, (K, P) float64; every scale γ is 1.

    Weights and biases are those of `seeds.initial_weights`; nets of equal depth share their draws, whatever their norm.
    """
    return torch.stack([_row(architecture.sizes, architecture.norm != "none", seed, scheme, gain) for seed in seeds])


@lru_cache(maxsize=1024)
def _row(sizes: tuple[int, ...], scaled: bool, seed: int, scheme: str, gain: float) -> Tensor:
    drawn = torch.from_numpy(np.array(initial_weights(sizes, seed, scheme, gain=gain)))
    pieces, used = [], 0
    for name, rows, columns in layout(sizes, scaled):
        if name == "scale":
            pieces.append(torch.ones(rows, dtype=torch.float64))
        else:
            pieces.append(drawn[used : used + rows * columns])
            used += rows * columns
    return torch.cat(pieces)


class Layer(NamedTuple):
    """Views into the parameters of K networks: weight (K, out, in), bias (K, out, 1), scale γ (K, out, 1) or None."""

    weight: Tensor
    bias: Tensor
    scale: Tensor | None


def unpacked(architecture: Architecture, theta: Tensor) -> list[Layer]:
    """Return the layers of (K, P) parameters, the read-out last: views, so that what is written to them is written there."""
    parts = architecture.parts
    split = theta.split_with_sizes([rows * columns for _, rows, columns in parts], 1)
    pieces = [piece.view(-1, rows, columns) for piece, (_, rows, columns) in zip(split, parts, strict=True)]
    if architecture.norm == "none":
        return [Layer(*pair, None) for pair in zip(pieces[::2], pieces[1::2], strict=True)]
    hidden = zip(pieces[0:-2:3], pieces[1:-2:3], pieces[2:-2:3], strict=True)
    return [*map(Layer._make, hidden), Layer(pieces[-2], pieces[-1], None)]


def fresh_statistics(architecture: Architecture, like: Tensor) -> Statistics:
    """Return the statistics with which PyTorch begins, mean 0 and variance 1, for (K, P) parameters."""
    shape = (architecture.depth, len(like), architecture.width, 1)
    return Statistics(like.new_zeros(shape), like.new_ones(shape))


class Passed(NamedTuple):
    """One pass through K networks of L hidden layers.

    Attributes:
        layers: the parameters.
        outputs: (K, C, N) logits.
        sums: L tensors (K, H, N), what each activation is given.
        activated: L tensors (K, H, N), what it makes of them.
        states: L tensors (K, H, N), what each hidden layer hands on.
        norms: L; empty without a norm.
    """

    layers: list[Layer]
    outputs: Tensor
    sums: list[Tensor]
    activated: list[Tensor]
    states: list[Tensor]
    norms: list[Normed]


def forward(
    architecture: Architecture,
    theta: Tensor,
    inputs: Tensor,
    *,
    running: Statistics | None = None,
    disturb: Disturb | None = None,
) -> Passed:
    """Pass K batches through K networks: hₗ = [hₗ₋₁ +] φ(γₗ norm(Wₗhₗ₋₁) + bₗ), logits W h_L + c.

    Without a norm φ(Wₗhₗ₋₁ + bₗ). With the norm after the activation γₗ norm(φ(Wₗhₗ₋₁ + bₗ)): the next layer's bias
    does what a shift would.

    Args:
        theta: (K, P).
        inputs: (K, d, N).
        running: statistics for batch normalization's evaluation mode; None is training mode.
        disturb: stretches and shifts what comes out of each norm.

    Source: Ioffe & Szegedy 2015; Ba et al. 2016; Wu & He 2018; He et al. 2016.
    """
    activate, layers = ACTIVATIONS[architecture.activation], unpacked(architecture, theta)
    passed = Passed(layers, inputs, [], [], [], [])
    state = inputs
    for number, (weight, bias, scale) in enumerate(layers[:-1]):
        if scale is None or architecture.after:
            sums = torch.baddbmm(bias, weight, state)
        else:
            passed.norms.append(_normed(architecture, torch.bmm(weight, state), number, running, disturb))
            sums = torch.addcmul(bias, passed.norms[-1].values, scale)
        branch = values = activate(sums)
        if scale is not None and architecture.after:
            passed.norms.append(_normed(architecture, values, number, running, disturb))
            branch = passed.norms[-1].values * scale
        state = state + branch if architecture.residual and number else branch
        passed.sums.append(sums)
        passed.activated.append(values)
        passed.states.append(state)
    return passed._replace(outputs=torch.baddbmm(layers[-1].bias, layers[-1].weight, state))


def _normed(
    architecture: Architecture, values: Tensor, layer: int, running: Statistics | None, disturb: Disturb | None
) -> Normed:
    own = None if running is None else Statistics(running.mean[layer], running.variance[layer])
    norm = normalised(values, architecture.norm, architecture.groups, own)
    if disturb is None:
        return norm
    factor, shift = disturb(layer)
    return norm._replace(values=factor * norm.values + shift)


def losses(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean cross-entropy of each network, (K,).

    Args:
        outputs: (K, C, N) logits; one logit (C = 1) is that of class 1 of two.
        targets: (K, N) int64 class numbers.
    """
    if outputs.shape[1] == 1:
        signs = 1 - 2 * targets.to(outputs.dtype)  # −1 for class 1
        return functional.softplus(signs * outputs[:, 0]).mean(1)
    right = outputs.gather(1, targets[:, None])[:, 0]
    return (outputs.logsumexp(1) - right).mean(1)


def errors(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the share of wrong answers of each network, (K,); an output that is no number is a wrong answer."""
    chosen = (outputs[:, 0] > 0).long() if outputs.shape[1] == 1 else outputs.argmax(1)
    wrong = (chosen != targets) | ~outputs.isfinite().all(1)
    return wrong.to(outputs.dtype).mean(1)
