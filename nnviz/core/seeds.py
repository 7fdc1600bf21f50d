"""Where every random number comes from: a seed, a purpose and an explicit `torch.Generator`, never a global state."""

import hashlib
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

INITIALIZATIONS = (
    "pytorch",
    "playground",
    "xavier_uniform",
    "xavier_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "orthogonal",
    "normal",
    "uniform",
    "constant",
    "zeros",
)
BIASES = {"pytorch": math.nan, "playground": 0.1}  # NaN: drawn as the weights are; every other scheme starts at 0


def generator(seed: int, purpose: str) -> torch.Generator:
    """Return the generator of one seed for one purpose, so that drawing more for one never shifts another.

    Args:
        seed: any integer.
        purpose: what the numbers are for, for example "weights", "order" or "dropout".
    """
    digest = hashlib.sha256(f"{purpose}:{int(seed)}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)


def weight_matrix(scheme: str, outputs: int, inputs: int, gain: float, draws: torch.Generator) -> Tensor:
    """Draw one layer's weights, float64, shape (outputs, inputs).

    pytorch: U(±1/√n)  ·  xavier: variance 2/(n+m)  ·  he: 2/n  ·  lecun: 1/n  ·  playground: U(±½)
    with n inputs and m outputs, all times `gain`; normal: N(0, gain²), uniform: U(±gain), constant: gain.

    Raises:
        ValueError: for a scheme that is not in INITIALIZATIONS.
    Source: Glorot & Bengio 2010; He et al. 2015; LeCun et al. 1998; Saxe et al. 2014 (orthogonal).
    """
    if scheme not in INITIALIZATIONS:
        raise ValueError(f"initialization must be one of {', '.join(INITIALIZATIONS)}, got {scheme!r}")
    shape = (outputs, inputs)
    if scheme in ("zeros", "constant"):
        return torch.full(shape, gain if scheme == "constant" else 0.0, dtype=torch.float64)
    if scheme == "orthogonal":
        empty = torch.empty(shape, dtype=torch.float64)
        return nn.init.orthogonal_(empty, gain=gain, generator=draws)
    deviation = gain * {
        "pytorch": math.sqrt(1 / (3 * inputs)),
        "playground": math.sqrt(1 / 12),
        "xavier": math.sqrt(2 / (inputs + outputs)),
        "he": math.sqrt(2 / inputs),
        "lecun": math.sqrt(1 / inputs),
        "normal": 1.0,
        "uniform": math.sqrt(1 / 3),
    }.get(scheme.split("_")[0], 1.0)
    if scheme.endswith("normal"):
        return torch.randn(shape, dtype=torch.float64, generator=draws) * deviation
    # A uniform variable on ±b has the deviation b/√3.
    return (torch.rand(shape, dtype=torch.float64, generator=draws) * 2 - 1) * (deviation * math.sqrt(3))


def initial_weights(
    sizes: Sequence[int], seed: int, scheme: str = "pytorch", *, gain: float = 1.0, bias: float | None = None
) -> NDArray[np.float64]:
    """Draw the weights and biases of one MLP in the order of `nn.Sequential.parameters()`.

    Args:
        sizes: units per layer, inputs first, for example (2, 8, 8, 1).
        seed: the seed; same seed, same weights.
        scheme: one of INITIALIZATIONS; see `weight_matrix`.
        gain: factor on the weights (deviation of "normal", half-width of "uniform", value of "constant").
        bias: every bias, or None for the scheme's own (0.1 playground, U(±1/√n) pytorch, otherwise 0).

    Returns:
        (P,) float64: per layer the weights (out, in) row by row, then the biases (out,).
    """
    draws = generator(seed, "weights")
    start = BIASES.get(scheme, 0.0) if bias is None else bias
    parts = []
    for inputs, outputs in pairwise(sizes):
        parts.append(weight_matrix(scheme, outputs, inputs, gain, draws).flatten())
        if math.isnan(start):
            parts.append((torch.rand(outputs, dtype=torch.float64, generator=draws) * 2 - 1) / math.sqrt(inputs))
        else:
            parts.append(torch.full((outputs,), start, dtype=torch.float64))
    return torch.cat(parts).numpy()


def reset_module(module: nn.Module, seed: int) -> nn.Module:
    """Draw the linear and convolution layers of any module anew, in place, as PyTorch does by default: U(±1/√fan_in).

    Normalization layers start at 1 and 0 by themselves; every other parameter raises.

    Raises:
        TypeError: if a layer holds parameters and this function does not know how to draw them.
    """
    draws = generator(seed, "weights")
    for layer in module.modules():
        own = list(layer.parameters(recurse=False))
        if isinstance(layer, nn.Linear | nn.Conv1d | nn.Conv2d | nn.Conv3d):
            bound = 1 / math.sqrt(layer.weight[0].numel())
        elif isinstance(layer, nn.RNNBase):
            bound = 1 / math.sqrt(layer.hidden_size)
        elif isinstance(layer, nn.modules.batchnorm._NormBase | nn.LayerNorm | nn.GroupNorm) or not own:
            continue
        elif isinstance(layer, nn.Embedding):
            nn.init.normal_(layer.weight, generator=draws)
            continue
        else:
            raise TypeError(f"reset_module cannot draw the parameters of {type(layer).__name__}")
        for parameter in own:
            nn.init.uniform_(parameter, -bound, bound, generator=draws)
    return module


def epoch_orders(draws: torch.Generator, examples: int, epochs: int) -> NDArray[np.int64]:
    """Draw the next epochs' orders, (epochs, examples) int64: every row is a fresh permutation of 0…examples−1."""
    return torch.stack([torch.randperm(examples, generator=draws) for _ in range(epochs)]).numpy()


def dropout_draws(draws: torch.Generator, examples: int, units: int, epochs: int) -> NDArray[np.float32]:
    """Draw uniforms in [0, 1), (epochs, examples, units) float32: a unit is kept where its uniform is ≥ the rate.

    Rows follow the epoch's order (first row: first example of the first batch); columns are all hidden units, layer by
    layer. Rates share the uniforms, so two rates at one seed are a paired comparison.
    """
    return torch.stack([torch.rand(examples, units, generator=draws) for _ in range(epochs)]).numpy()
