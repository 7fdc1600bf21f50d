"""A small trained network, and the one number of its answer that an explanation speaks of."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor, nn

Floats = NDArray[np.float64]
Kind = Literal["probability", "log_odds", "value"]
# Multiplications in one matrix product. Above 2¹⁸ OpenBLAS wakes other threads, which on small products cost far more
# than they help: a run would be ten times slower as soon as two learners share the machine.
QUIET_PRODUCT = 250_000


@dataclass(frozen=True)
class Network:
    """h₀ = x, hₗ = ReLU(hₗ₋₁ Wₗ + bₗ); the last layer has no ReLU.

    Attributes:
        weights: L matrices (in, out), float64.
        biases: L vectors (out,), float64.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def logits(self, inputs: Floats) -> Floats:
        """Return (..., C) logits, or (..., 1) standardised values, of inputs (..., d)."""
        flat = inputs.reshape(-1, inputs.shape[-1])
        step = max(1, QUIET_PRODUCT // max(weight.size for weight in self.weights))
        parts = [self._forward(flat[start : start + step]) for start in range(0, len(flat), step)]
        return np.concatenate(parts).reshape(*inputs.shape[:-1], -1)

    def _forward(self, hidden: Floats) -> Floats:
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            hidden = (np.maximum(hidden, 0.0) if layer else hidden) @ weight + bias
        return hidden


@dataclass(frozen=True)
class Answer:
    """One number of a network's answer: a function from inputs (..., d) to (...).

    Attributes:
        network: who answers.
        kind: the probability of a class, its log-odds, or a predicted value in the target's own unit.
        label: class number; 0 for a value.
        centre, scale: of the target that a value is restored to.
    """

    network: Network
    kind: Kind
    label: int = 0
    centre: float = 0.0
    scale: float = 1.0

    def __call__(self, inputs: Floats) -> Floats:
        """Return the answer to inputs (..., d)."""
        logits = self.network.logits(inputs)
        if self.kind == "value":
            return self.centre + self.scale * logits[..., 0]
        odds = log_odds(logits, self.label)
        return odds if self.kind == "log_odds" else np.asarray(expit(odds))

    def module(self) -> nn.Module:
        """Return the same function as float64 torch layers (N, d) → (N, 1), one object per activation."""
        layers: list[nn.Module] = []
        for weight, bias in zip(self.network.weights, self.network.biases, strict=True):
            layers += [linear(weight, bias), nn.ReLU()]
        layers[-1] = self._head()
        return nn.Sequential(*layers)

    def _head(self) -> nn.Module:
        if self.kind == "value":
            return linear(np.array([[self.scale]]), np.array([self.centre]))
        odds = LogOdds(len(self.network.biases[-1]), self.label)
        return odds if self.kind == "log_odds" else nn.Sequential(odds, nn.Sigmoid())


class LogOdds(nn.Module):
    """The log-odds of one class as layers whose every non-linear step is a module: log Σ eᶻ by softplus, term by term.

    log(eᵃ + eᵇ) = b + softplus(a − b). DeepLIFT's rule is known for softplus, not for logsumexp.
    """

    def __init__(self, classes: int, label: int) -> None:
        super().__init__()
        self.label = label
        self.others = [other for other in range(classes) if other != label]
        self.steps = nn.ModuleList(nn.Softplus(threshold=40) for _ in self.others[1:])

    def forward(self, logits: Tensor) -> Tensor:
        """Return (N, 1) log-odds of logits (N, C)."""
        total = logits[:, self.others[0] : self.others[0] + 1]
        for other, softplus in zip(self.others[1:], self.steps, strict=True):
            column = logits[:, other : other + 1]
            total = column + softplus(total - column)
        return logits[:, self.label : self.label + 1] - total


def log_odds(logits: Floats, label: int) -> Floats:
    """Return log p/(1 − p) of one class, (...), from logits (..., C): z_c − log Σ_{j≠c} e^{z_j}."""
    others = np.delete(logits, label, axis=-1)
    return np.asarray(logits[..., label] - np.logaddexp.reduce(others, axis=-1))


def linear(weight: Floats, bias: Floats) -> nn.Linear:
    """Return a float64 torch layer with the given weight (in, out) and bias (out,)."""
    layer = nn.Linear(weight.shape[0], weight.shape[1], device="meta")  # draws no initial weights
    layer.weight = nn.Parameter(torch.tensor(weight.T))
    layer.bias = nn.Parameter(torch.tensor(bias))
    return layer
