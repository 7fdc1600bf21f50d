"""What is trained: the shape of a multilayer perceptron, where its parameters lie, and its plain PyTorch twin."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from nnviz.core.seeds import INITIALIZATIONS
from nnviz.core.seeds import initial_weights as draw_weights

ACTIVATIONS = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
LOSSES = ("mse", "half_mse", "bce", "cross_entropy", "mae", "huber")
DEFAULT_SHAPES = {"leaky_relu": 0.01, "elu": 1.0, "silu": 1.0}
LANES = 4  # the kernel works on blocks of 4 units, so that its inner loops need no remainder

NORMALIZATIONS = ("none", "layer")

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
    def hidden_units(self) -> int:
        """Number of hidden units H in all layers."""
        return sum(self.sizes[1:-1])

    @property
    def joints(self) -> NDArray[np.int64]:
        """How each weight layer is joined to the one below, (L,): bit 1 normalized, bit 2 residual; see `joints`."""
        found = np.zeros(self.depth, np.int64)
        for layer in range(self.depth - 1):
            found[layer] += self.normalization == "layer"
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
        """Draw the initial weights of several seeds, (K, P) float64; equal seeds are drawn once."""
        unique = {
            seed: draw_weights(self.sizes, seed, self.initialization, gain=self.gain, bias=self.bias)
            for seed in dict.fromkeys(int(seed) for seed in seeds)
        }
        return np.stack([unique[int(seed)] for seed in seeds])

    def layers(self, weights: NDArray[np.floating]) -> list[tuple[NDArray[np.floating], NDArray[np.floating]]]:
        """Split weights (..., P) into views per layer: W (..., out, in) and b (..., out)."""
        parts, start = [], 0
        for inputs, outputs in pairwise(self.sizes):
            middle = start + inputs * outputs
            matrix = weights[..., start:middle].reshape(*weights.shape[:-1], outputs, inputs)
            start = middle + outputs
            parts.append((matrix, weights[..., middle:start]))
        return parts

    def module(
        self, weights: NDArray[np.floating], activation: Names | None = None, shape: float | None = None
    ) -> nn.Sequential:
        """Return the same network as float64 `nn.Sequential`: Linear, activation, …, Linear(, output activation).

        With normalization or residual connections every hidden Linear and its activation are one `Joined` instead.
        """
        steps: list[nn.Module] = []
        layers = zip(self.layer_activations(activation), self.layers(weights), self.joints.tolist(), strict=True)
        for name, (matrix, bias), joint in layers:
            linear = nn.Linear(matrix.shape[1], matrix.shape[0], device="meta")  # drawn nowhere, filled below
            linear.weight = nn.Parameter(torch.from_numpy(np.array(matrix, dtype=np.float64)))
            linear.bias = nn.Parameter(torch.from_numpy(np.array(bias, dtype=np.float64)))
            active = activation_module(name, self.shape if shape is None else shape)
            plainly = not self.joints.any() or len(steps) == self.depth - 1
            steps += [linear, active] if plainly else [Joined(linear, active, bool(joint & 1), bool(joint & 2))]
        return nn.Sequential(*steps[:-1] if self.output == "linear" else steps)


class Joined(nn.Module):
    """A hidden layer φ(norm(W x + b)), and x added to that if it is residual."""

    def __init__(self, linear: nn.Linear, activation: nn.Module, normalized: bool, residual: bool) -> None:
        super().__init__()
        self.linear, self.activation, self.normalized, self.residual = linear, activation, normalized, residual

    def forward(self, x: Tensor, mask: Tensor | float = 1.0) -> Tensor:
        """Return the layer's values; `mask` multiplies what the activation returns."""
        sums = self.linear(x)
        if self.normalized:
            sums = nn.functional.layer_norm(sums, sums.shape[-1:])
        branch: Tensor = self.activation(sums) * mask
        return x + branch if self.residual else branch


class Swish(nn.Module):
    """x σ(βx). Source: Ramachandran, Zoph & Le 2017."""

    def __init__(self, beta: float) -> None:
        super().__init__()
        self.beta = beta

    def forward(self, x: Tensor) -> Tensor:
        """Return x σ(βx) for every element of x."""
        return x * torch.sigmoid(self.beta * x)


def activation_module(name: str, shape: float | None = None) -> nn.Module:
    """Return the PyTorch module of one of ACTIVATIONS; `shape` as in `MLP`."""
    factor = DEFAULT_SHAPES.get(name, 1.0) if shape is None else shape
    modules: dict[str, nn.Module] = {
        "linear": nn.Identity(),
        "sigmoid": nn.Sigmoid(),
        "tanh": nn.Tanh(),
        "relu": nn.ReLU(),
        "leaky_relu": nn.LeakyReLU(factor),
        "elu": nn.ELU(factor),
        "gelu": nn.GELU(),
        "silu": nn.SiLU() if factor == 1.0 else Swish(factor),
        "softplus": nn.Softplus(),
    }
    return modules[name]


def loss_module(name: str) -> nn.Module:
    """Return the PyTorch loss of one of LOSSES; half_mse is ½ nn.MSELoss (see `replay`)."""
    modules: dict[str, nn.Module] = {
        "mse": nn.MSELoss(),
        "half_mse": nn.MSELoss(),
        "bce": nn.BCEWithLogitsLoss(),
        "cross_entropy": nn.CrossEntropyLoss(),
        "mae": nn.L1Loss(),
        "huber": nn.HuberLoss(),
    }
    return modules[name]


def plain(array: ArrayLike) -> NDArray[np.float64]:
    """Return float64 in one block that may be written to: for anything else numba would compile the kernel again."""
    return np.require(array, np.float64, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])


def padded(units: int) -> int:
    """Round a width up to whole blocks of LANES units."""
    return -(-units // LANES) * LANES


@lru_cache(maxsize=256)
def padded_positions(sizes: tuple[int, ...]) -> tuple[NDArray[np.int64], int]:
    """Say where each of the P parameters lies in the kernel's vector, and how long that vector is.

    The kernel keeps each layer as W' (in, out) then b (out), both padded with zeros to blocks of LANES: its inner
    loop runs over a row's neighbours in memory.
    """
    positions, start = [], 0
    for inputs, outputs in pairwise(sizes):
        rows, columns = padded(inputs), padded(outputs)
        positions.append((start + np.arange(outputs)[:, None] + np.arange(inputs)[None, :] * columns).ravel())
        positions.append(start + rows * columns + np.arange(outputs))
        start += (rows + 1) * columns
    return np.concatenate(positions), start


def pad_weights(weights: NDArray[np.floating], sizes: tuple[int, ...]) -> NDArray[np.float64]:
    """Lay weights (..., P) out as the kernel keeps them, (..., P') float64."""
    positions, length = padded_positions(sizes)
    result = np.zeros((*weights.shape[:-1], length))
    result[..., positions] = weights
    return result
