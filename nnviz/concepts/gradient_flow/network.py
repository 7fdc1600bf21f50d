"""Deep networks, many at once: an MLP, or an RNN unrolled in time, with the gradient at every layer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from nnviz.core.memo import memo
from nnviz.core.seeds import generator
from nnviz.data import toy
from nnviz.models.deep import ACTIVATIONS, Activation

Network = Literal["mlp", "rnn"]
Normalization = Literal["none", "batch", "layer"]
Clipping = Literal["none", "norm", "value", "rescale"]
Loss = Literal["cross-entropy", "squared"]

EXAMPLES = 32  # one batch, the same at every step
NOISE = 0.5  # standard deviation of what an RNN reads after the one number it has to keep


@dataclass(frozen=True)
class Setting:
    """What a group of networks is and how it is trained; one network a seed. Fields as in the page's Params."""

    network: Network = "mlp"
    depth: int = 20
    width: int = 16
    activation: Activation = "relu"
    gain: float = 1.0
    residual: bool = False
    normalization: Normalization = "none"
    loss: Loss = "cross-entropy"
    clipping: Clipping = "none"
    threshold: float = 1.0
    rate: float = 0.05
    decay: float = 0.0
    seeds: tuple[int, ...] = tuple(range(8))


class Weights(NamedTuple):
    """The weights of K networks, float64; the first axis counts the layers that have a tensor of their own.

    An MLP of depth L has entry (1, K, d, H), hidden (L − 1, K, H, H), bias (L, K, 1, H), out (1, K, H, 1) and
    out_bias (1, K, 1, 1). An RNN has one of each and uses it at every time step.
    """

    entry: Tensor
    hidden: Tensor
    bias: Tensor
    out: Tensor
    out_bias: Tensor


@dataclass(frozen=True)
class Flow:
    """One pass forward and back through K networks of depth L; layer 1 (or time step 1) comes first.

    Attributes:
        loss: (K,) mean over the N examples.
        states: (L, K, N, H) output of every layer.
        signals: (L, K, N, H) ∂loss/∂state.
        gradients: ∂loss/∂weights at each of their uses: entry (1 or L, …), hidden (L − 1, …), bias (L, …).
    """

    loss: Tensor
    states: Tensor
    signals: Tensor
    gradients: Weights


def forward(setting: Setting, weights: Weights, inputs: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Pass K batches through K networks: hₗ = [hₗ₋₁ +] φ(norm(hₗ₋₁Wₗ + xₗUₗ) + bₗ), output hₗv + c.

    An MLP reads x at its first layer only, an RNN at every time step; h₀ = 0.

    Args:
        weights: unrolled, one entry a use.
        inputs: (1 or L, K, N, d).

    Returns:
        Outputs (K, N) and the L states (K, N, H).
    """
    activate = ACTIVATIONS[setting.activation]
    entry, hidden, bias = (tensor.unbind(0) for tensor in weights[:3])
    states: list[Tensor] = []
    for layer in range(setting.depth):
        parts = [states[-1] @ hidden[layer - 1]] if states else []
        if layer < len(entry):
            parts.append(inputs[layer] @ entry[layer])  # (K, N, d) @ (K, d, H)
        branch = activate(normalised(sum(parts[1:], parts[0]), setting.normalization) + bias[layer])
        states.append(states[-1] + branch if setting.residual and states else branch)
    outputs = states[-1] @ weights.out[0] + weights.out_bias[0]  # (K, N, 1)
    return outputs.squeeze(-1), states


def normalised(values: Tensor, kind: Normalization) -> Tensor:
    """Bring (K, N, H) to mean 0 and variance 1: each unit over the batch, or each example over the layer's units.

    ε = 10⁻⁵ under the root, no scale of its own. Source: Ioffe & Szegedy 2015; Ba, Kiros & Hinton 2016.
    """
    if kind == "batch":
        return functional.layer_norm(values.mT, values.shape[1:2]).mT  # over the N examples
    return functional.layer_norm(values, values.shape[2:]) if kind == "layer" else values


def backward(setting: Setting, weights: Weights, inputs: Tensor, targets: Tensor) -> Flow:
    """Return the loss of K networks and its gradient at every layer, by automatic differentiation."""
    uses = Weights(*(tensor.requires_grad_() for tensor in unrolled(setting, weights)))
    outputs, states = forward(setting, uses, inputs)
    loss = LOSSES[setting.loss](outputs, targets)  # (K,)
    found = torch.autograd.grad(loss.sum(), [*states, *uses])  # networks share nothing, so the sum parts them
    signals, gradients = found[: setting.depth], Weights(*found[setting.depth :])
    return Flow(loss.detach(), torch.stack(states).detach(), torch.stack(signals), gradients)


def unrolled(setting: Setting, weights: Weights) -> Weights:
    """Return new leaves, one a use: an RNN's one matrix stands there once for every time step."""
    if setting.network == "mlp":
        return Weights(*(tensor.detach() for tensor in weights))
    times = (setting.depth, setting.depth - 1, setting.depth, 1, 1)
    spread = [tensor.expand(count, -1, -1, -1) for tensor, count in zip(weights, times, strict=True)]
    return Weights(*(tensor.detach().clone() for tensor in spread))


def rolled(setting: Setting, gradients: Weights) -> Weights:
    """Return the gradient of each tensor from those of its uses: their sum, where an RNN uses it often."""
    if setting.network == "mlp":
        return gradients
    return Weights(*(tensor.sum(0, keepdim=True) for tensor in gradients))


def cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of log(1 + e^(−yf)) over the examples, y = ±1: (K, N) → (K,)."""
    return functional.softplus(-targets * outputs).mean(1)


def squared(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of ½(f − y)² over the examples: (K, N) → (K,)."""
    return 0.5 * (outputs - targets).square().mean(1)


LOSSES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {"cross-entropy": cross_entropy, "squared": squared}


def initial(setting: Setting) -> Weights:
    """Draw w ~ N(0, gain²/fan-in) for every layer, N(0, 1/fan-in) for the read-out; biases are 0.

    Seeds share their draws between all gains, activations and cures, so comparisons are paired.
    """
    out, entry, hidden = _draws(setting.network, setting.depth, setting.width, setting.seeds)
    networks, width, layers = len(setting.seeds), setting.width, setting.depth if setting.network == "mlp" else 1
    return Weights(
        entry=entry * (setting.gain / entry.shape[2] ** 0.5),
        hidden=hidden * (setting.gain / width**0.5),
        bias=torch.zeros(layers, networks, 1, width, dtype=torch.float64),
        out=out / width**0.5,
        out_bias=torch.zeros(1, networks, 1, 1, dtype=torch.float64),
    )


@memo(maxsize=24)
def _draws(network: Network, depth: int, width: int, seeds: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """Draw standard normal numbers, which a gain only scales; a deeper net begins like a shallower one."""
    features, matrices = (2, depth - 1) if network == "mlp" else (1, 1)
    shapes = ((1, width, 1), (1, features, width), (matrices, width, width))
    each = []
    for seed in seeds:
        source = generator(seed, "weights")
        each.append([torch.randn(shape, dtype=torch.float64, generator=source) for shape in shapes])
    out, entry, hidden = (torch.stack(parts, dim=1) for parts in zip(*each, strict=True))
    return out, entry, hidden


@memo(maxsize=24)
def examples(network: Network, depth: int, seeds: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return inputs (1, K, N, 2) or (L, K, N, 1) and targets ±1 (K, N): each seed has examples of its own.

    MLP: two moons. RNN: the sign of the first number of a sequence; the numbers after it are noise.
    """
    draw = _moons if network == "mlp" else _first_sign
    inputs, targets = zip(*(draw(seed, depth) for seed in seeds), strict=True)
    return torch.stack(inputs, dim=1), torch.stack(targets)


def _moons(seed: int, _: int) -> tuple[Tensor, Tensor]:
    moons = toy.moons(EXAMPLES, noise=0.1, seed=seed)
    inputs = (moons.inputs - moons.inputs.mean(axis=0)) / moons.inputs.std(axis=0)
    return torch.tensor(inputs)[None], torch.tensor(2.0 * moons.targets - 1)


def _first_sign(seed: int, length: int) -> tuple[Tensor, Tensor]:
    source = generator(seed, "data")
    targets = torch.tensor([1.0, -1.0], dtype=torch.float64).repeat(EXAMPLES // 2)
    noise = NOISE * torch.randn(length, EXAMPLES, dtype=torch.float64, generator=source)
    noise[0] = targets
    return noise[..., None], targets
