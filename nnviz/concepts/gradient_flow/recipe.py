"""One deep network of the page, written out: its gradient at every layer, and its training."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nnviz.concepts.gradient_flow.network import EXAMPLES, NOISE
from nnviz.concepts.gradient_flow.training import STEPS, norm
from nnviz.core.seeds import generator
from nnviz.data.toy import drawn, lower_moon, upper_moon
from nnviz.models.deep import ACTIVATIONS
from nnviz.models.deep_training import GUARD

SEED = 0


def recipe(
    network: str, depth: int, width: int, gain: float, training: bool, rate: float, decay: float, **others: Any
) -> dict[str, float]:
    """Look at the gradient of a fresh network layer by layer, then train it by gradient descent on one batch."""
    x, y = moons() if network == "mlp" else sequences(depth)
    weights = fresh_weights(network, depth, width, gain)
    share = growth = 0.0
    for step in range(STEPS + 1 if training else 2):
        loss, states = forward(weights, x, y, depth, **others)
        signals = torch.autograd.grad(loss, states, retain_graph=True)
        gradients = list(torch.autograd.grad(loss, weights))
        if step == 0:
            first, last = norm(signals[0]), norm(signals[-1])
            share = float(first / last) if last > 0 else float("nan")
            growth = float(norm(states[-1].detach()) / norm(states[0].detach()))
        with torch.no_grad():
            for weight, gradient in zip(weights, clipped(gradients, **others), strict=True):
                weight -= rate * (gradient + decay * weight)
    return {"layer 1's share of the gradient": share, "last activation over the first": growth, "loss": loss.item()}


def forward(
    weights: list[Tensor],
    x: Tensor,
    y: Tensor,
    depth: int,
    activation: str,
    residual: bool,
    normalization: str,
    loss: str,
    **_others: object,
) -> tuple[Tensor, list[Tensor]]:
    """Return the loss and the output of every layer: hₗ = [hₗ₋₁ +] φ(norm(hₗ₋₁Wₗ + xₗU) + bₗ).

    An MLP has its own W and b in every layer and reads x at the first; an RNN has one of each and reads at every step.
    """
    entry, out, out_bias, *rest = weights
    biases, hidden = [each for each in rest if len(each) == 1], [each for each in rest if len(each) > 1]
    states: list[Tensor] = []
    for layer in range(depth):
        parts = [states[-1] @ hidden[(layer - 1) % len(hidden)]] if states else []
        parts += [x[layer] @ entry] if layer < len(x) else []
        z = torch.stack(parts).sum(dim=0)
        if normalization == "batch":
            z = functional.layer_norm(z.T, z.T.shape[1:]).T  # every unit over the examples
        elif normalization == "layer":
            z = functional.layer_norm(z, z.shape[1:])  # every example over the units
        branch = ACTIVATIONS[activation](z + biases[layer % len(biases)])
        states.append(states[-1] + branch if residual and states else branch)
    f = (states[-1] @ out + out_bias).squeeze(1)
    return (functional.softplus(-y * f) if loss == "cross-entropy" else 0.5 * (f - y) ** 2).mean(), states


def clipped(gradients: list[Tensor], clipping: str, threshold: float, **_others: object) -> list[Tensor]:
    """Hold the gradient in check, over all weights together."""
    if clipping == "value":
        return [gradient.clamp(-threshold, threshold) for gradient in gradients]
    length = norm(torch.stack([norm(gradient) for gradient in gradients])[None])
    factor = torch.ones(())
    if clipping == "norm":
        factor = (threshold / (length + GUARD)).clamp(max=1.0)
    elif clipping == "rescale":
        factor = threshold / length if length > 0 else torch.zeros(())
    return [gradient * factor for gradient in gradients]


def fresh_weights(network: str, depth: int, width: int, gain: float) -> list[Tensor]:
    """Draw w ~ N(0, gain²/fan-in), for the read-out N(0, 1/fan-in); biases are 0."""
    features, layers = (2, depth) if network == "mlp" else (1, 1)
    draws = generator(SEED, "weights")
    matrices = max(layers - 1, 1)
    shapes = ((width, 1), (features, width), (matrices, width, width))
    out, entry, hidden = (torch.randn(shape, dtype=torch.float64, generator=draws) for shape in shapes)
    weights = [entry * (gain / features**0.5), out / width**0.5, torch.zeros(1, 1, dtype=torch.float64)]
    weights += [matrix * (gain / width**0.5) for matrix in hidden]
    weights += [torch.zeros(1, width, dtype=torch.float64) for _ in range(layers)]
    return [weight.requires_grad_() for weight in weights]


def moons() -> tuple[Tensor, Tensor]:
    """Return two standardised moons: inputs (1, N, 2), read at the first layer, and targets ±1 (N,)."""
    points, classes = drawn((upper_moon, lower_moon), EXAMPLES, 0.1, np.random.default_rng(SEED))
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    return torch.tensor(points)[None], torch.tensor(2.0 * classes - 1)


def sequences(length: int) -> tuple[Tensor, Tensor]:
    """Return sequences (L, N, 1) that begin with their target ±1; what follows is noise."""
    targets = torch.tensor([1.0, -1.0], dtype=torch.float64).repeat(EXAMPLES // 2)
    noise = NOISE * torch.randn(length, EXAMPLES, dtype=torch.float64, generator=generator(SEED, "data"))
    noise[0] = targets
    return noise[..., None], targets
