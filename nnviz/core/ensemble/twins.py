"""The plain PyTorch modules that do what the kernel does: joined layers, activations and losses."""

from functools import cache

import torch
from torch import Tensor, nn

DEFAULT_SHAPES = {"leaky_relu": 0.01, "elu": 1.0, "silu": 1.0}


class BatchNorm(nn.BatchNorm1d):
    """Batch normalization that takes a batch of one: it has no variance, its sums become 0, nothing is remembered.

    PyTorch's own refuses such a batch while training.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalized sums, (B, units): by the batch while training, by the running statistics otherwise."""
        if self.training and len(x) == 1:
            return 0 * x
        normal: Tensor = super().forward(x)
        return normal


def normalization_module(name: str, units: int) -> nn.Module:
    """Return the float64 module of one of `network.NORMALIZATIONS`, without gain and bias of its own."""
    if name == "batch":
        return BatchNorm(units, affine=False, dtype=torch.float64)
    return nn.LayerNorm(units, elementwise_affine=False) if name == "layer" else nn.Identity()


class Joined(nn.Module):
    """A hidden layer φ(norm(W x + b)), and x added to that if it is residual."""

    def __init__(self, linear: nn.Linear, norm: nn.Module, activation: nn.Module, residual: bool) -> None:
        super().__init__()
        self.linear, self.norm, self.activation, self.residual = linear, norm, activation, residual

    def forward(self, x: Tensor, mask: Tensor | float = 1.0) -> Tensor:
        """Return the layer's values; `mask` multiplies what the activation returns."""
        branch: Tensor = self.activation(self.norm(self.linear(x))) * mask
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


@cache
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
