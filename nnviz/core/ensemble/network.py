"""What is trained: the shape of a multilayer perceptron, where its parameters lie, and its plain PyTorch twin."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

from nnviz.core.ensemble.twins import Joined, activation_module, normalization_module
from nnviz.core.seeds import INITIALIZATIONS
from nnviz.core.seeds import initial_weights as draw_weights

ACTIVATIONS = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
LOSSES = ("mse", "half_mse", "bce", "cross_entropy", "mae", "huber")
LANES = 4  # the kernel works on blocks of 4 units, so that its inner loops need no remainder
NORMALIZATIONS = ("none", "layer", "batch")

Names = str | tuple[str, ...]


@dataclass(frozen=True)
class MLP:
    """A multilayer perceptron: a⁰ = x, aˡ = φ(Wˡ aˡ⁻¹ + bˡ), output φ_out(Wᴸ aᴸ⁻¹ + bᴸ).

    Attributes:
        sizes: units per layer, inputs first: (2, 8, 8, 1).
        activation: φ of the hidden layers, one of ACTIVATIONS, or one name per hidden layer.
        loss: mse, half_mse (½ the squared error), mae, huber (δ = 1): mean over examples and outputs; bce: logits and
            targets 0…1, mean over both; cross_entropy: logits and class numbers (or class probabilities).
        output: φ_out; "linear" with bce and cross_entropy, whose outputs are logits.
        initialization: one of `seeds.INITIALIZATIONS`.
        gain: factor on the initial weights.
        bias: initial biases, or None for the scheme's own.
        shape: slope of leaky_relu, α of elu, β of silu; None for 0.01, 1, 1.
        normalization: "layer" normalizes the sums of every hidden layer over its units, example by example, as
            LayerNorm without gain and bias: φ(norm(Wˡ aˡ⁻¹ + bˡ)). A batch's other examples play no part in it.
            "batch" normalizes each unit's sums over the examples of the batch, as BatchNorm1d(affine=False) does, and
            in evaluation by running statistics. A batch of one has no variance: its sums become 0, and the running
            statistics stay.
        residual: a hidden layer as wide as the hidden layer below adds to it: aˡ⁻¹ + φ(…).

    Raises:
        ValueError: for an unknown name, a size below 1, or a wrong number of activations.
    """

    sizes: tuple[int, ...]
    activation: Names = "tanh"
    loss: str = "bce"
    output: str = "linear"
    initialization: str = "pytorch"
    gain: float = 1.0
    bias: float | None = None
    shape: float | None = None
    normalization: str = "none"
    residual: bool = False

    def __post_init__(self) -> None:
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ValueError(f"sizes must be at least two numbers ≥ 1, got {self.sizes}")
        if self.loss not in LOSSES:
            raise ValueError(f"loss must be one of {', '.join(LOSSES)}, got {self.loss!r}")
        if self.output != "linear" and self.loss in ("bce", "cross_entropy"):
            raise ValueError(f"loss {self.loss!r} takes logits, so output must be 'linear', got {self.output!r}")
        if self.initialization not in INITIALIZATIONS:
            raise ValueError(f"initialization must be one of {INITIALIZATIONS}, got {self.initialization!r}")
        if self.normalization not in NORMALIZATIONS:
            raise ValueError(f"normalization must be one of {NORMALIZATIONS}, got {self.normalization!r}")
        self.layer_activations()

    @property
    def depth(self) -> int:
        """Number of weight layers L."""
        return len(self.sizes) - 1

    @property
    def parameters(self) -> int:
        """Number of weights and biases P."""
        return sum((inputs + 1) * outputs for inputs, outputs in pairwise(self.sizes))

    @property
    def length(self) -> int:
        """Numbers in a network's vector: P, and with batch normalization the 2 H running statistics behind them."""
        return self.parameters + (2 * self.hidden_units if self.normalization == "batch" else 0)

    @property
    def hidden_units(self) -> int:
        """Number of hidden units H in all layers."""
        return sum(self.sizes[1:-1])

    @property
    def joints(self) -> NDArray[np.int64]:
        """How each weight layer is joined to the one below, (L,): bits 1 layer norm, 2 residual, 4 batch norm."""
        found = np.zeros(self.depth, np.int64)
        for layer in range(self.depth - 1):
            found[layer] += {"none": 0, "layer": 1, "batch": 4}[self.normalization]
            found[layer] += 2 * (self.residual and layer > 0 and self.sizes[layer] == self.sizes[layer + 1])
        return found

    def layer_activations(self, names: Names | None = None) -> tuple[str, ...]:
        """Return the L activation names, output last; `names` replaces the network's own for the hidden layers."""
        chosen = self.activation if names is None else names
        hidden = (chosen,) * (self.depth - 1) if isinstance(chosen, str) else tuple(chosen)
        if len(hidden) != self.depth - 1:
            raise ValueError(f"activation must be one name or {self.depth - 1} names, got {chosen!r}")
        for name in (*hidden, self.output):
            if name not in ACTIVATIONS:
                raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {name!r}")
        return (*hidden, self.output)

    def initial_weights(self, seeds: Sequence[int]) -> NDArray[np.float64]:
        """Draw the initial weights of several seeds, (K, length) float64; equal seeds are drawn once.

        Running means begin at 0, running variances at 1.
        """
        unique = {
            seed: draw_weights(self.sizes, seed, self.initialization, gain=self.gain, bias=self.bias)
            for seed in dict.fromkeys(int(seed) for seed in seeds)
        }
        vectors = np.zeros((len(seeds), self.length))
        vectors[:, : self.parameters] = [unique[int(seed)] for seed in seeds]
        for _, variance in self.statistics(vectors):
            variance[:] = 1.0
        return vectors

    def layers(self, weights: NDArray[np.floating]) -> list[tuple[NDArray[np.floating], NDArray[np.floating]]]:
        """Split weights (..., P) into views per layer: W (..., out, in) and b (..., out); what lies behind is left out."""
        parts, start = [], 0
        for inputs, outputs in pairwise(self.sizes):
            middle = start + inputs * outputs
            matrix = weights[..., start:middle].reshape(*weights.shape[:-1], outputs, inputs)
            start = middle + outputs
            parts.append((matrix, weights[..., middle:start]))
        return parts

    def statistics(self, weights: NDArray[np.floating]) -> list[tuple[NDArray[np.floating], NDArray[np.floating]]]:
        """Return views of the running mean and variance (..., units) of each hidden layer; empty without batch norm."""
        parts, start = [], self.parameters
        for units in self.sizes[1:-1] if self.normalization == "batch" else ():
            parts.append((weights[..., start : start + units], weights[..., start + units : start + 2 * units]))
            start += 2 * units
        return parts

    def module(
        self, weights: NDArray[np.floating], activation: Names | None = None, shape: float | None = None
    ) -> nn.Sequential:
        """Return the same network as float64 `nn.Sequential`: Linear, activation, …, Linear(, output activation).

        With normalization or residual connections every hidden Linear and its activation are one `Joined` instead. It
        comes in evaluation mode, which for batch normalization is another function than training mode.
        """
        steps: list[nn.Module] = []
        statistics = iter(self.statistics(weights))
        layers = zip(self.layer_activations(activation), self.layers(weights), self.joints.tolist(), strict=True)
        for name, (matrix, bias), joint in layers:
            linear = nn.Linear(matrix.shape[1], matrix.shape[0], device="meta")  # drawn nowhere, filled below
            linear.weight = nn.Parameter(torch.from_numpy(np.array(matrix, dtype=np.float64)))
            linear.bias = nn.Parameter(torch.from_numpy(np.array(bias, dtype=np.float64)))
            active = activation_module(name, self.shape if shape is None else shape)
            plainly = not self.joints.any() or len(steps) == self.depth - 1
            if plainly:
                steps += [linear, active]
                continue
            norm = normalization_module(self.normalization, len(bias))
            for buffer, values in zip(norm.buffers(), next(statistics, ()), strict=False):  # mean, variance, a counter
                buffer.copy_(torch.from_numpy(np.array(values, dtype=np.float64)))
            steps.append(Joined(linear, norm, active, bool(joint & 2)))
        return nn.Sequential(*steps[:-1] if self.output == "linear" else steps).eval()


def plain(array: ArrayLike) -> NDArray[np.float64]:
    """Return float64 in one block that may be written to: for anything else numba would compile the kernel again."""
    return np.require(array, np.float64, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])


def padded(units: int) -> int:
    """Round a width up to whole blocks of LANES units."""
    return -(-units // LANES) * LANES


@lru_cache(maxsize=256)
def padded_positions(network: MLP) -> tuple[NDArray[np.int64], int]:
    """Say where each number of a network's vector lies in the kernel's, and how long that one is.

    The kernel keeps each layer as W' (in, out) then b (out), both padded with zeros to blocks of LANES: its inner
    loop runs over a row's neighbours in memory. Behind all parameters come the running means and variances of each
    hidden layer, padded too.
    """
    positions, start = [], 0
    for inputs, outputs in pairwise(network.sizes):
        rows, columns = padded(inputs), padded(outputs)
        positions.append((start + np.arange(outputs)[:, None] + np.arange(inputs)[None, :] * columns).ravel())
        positions.append(start + rows * columns + np.arange(outputs))
        start += (rows + 1) * columns
    for units in network.sizes[1:-1] if network.length > network.parameters else ():
        positions += [start + np.arange(units), start + padded(units) + np.arange(units)]
        start += 2 * padded(units)
    return np.concatenate(positions), start


def pad_weights(weights: NDArray[np.floating], network: MLP) -> NDArray[np.float64]:
    """Lay vectors (..., length) out as the kernel keeps them, float64."""
    positions, length = padded_positions(network)
    result = np.zeros((*weights.shape[:-1], length))
    result[..., positions] = weights
    return result
