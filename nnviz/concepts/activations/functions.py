"""Ten activation functions and their exact slopes, in closed forms that stay right far out, in float32 and float64.

Every function takes an array z and its knob (leak, α or β; ignored by those that have none) and returns an array of
z's shape and dtype. No argument of exp is ever positive, so nothing overflows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Name = Literal["step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "swish", "softplus"]
Knob = Literal["", "leak", "alpha", "beta"]
Floats = NDArray[np.floating[Any]]
NAMES: tuple[Name, ...] = get_args(Name)


def step(z: Floats, _knob: float = 0.0) -> Floats:
    """Return 1 where z > 0, else 0 (McCulloch & Pitts, 1943)."""
    return np.heaviside(z, z.dtype.type(0))


def step_slope(z: Floats, _knob: float = 0.0) -> Floats:
    """Return 0: flat everywhere but at the jump, where there is no slope."""
    return np.zeros_like(z)


def sigmoid(z: Floats, _knob: float = 0.0) -> Floats:
    """Return σ(z) = 1 / (1 + e⁻ᶻ)."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


def sigmoid_slope(z: Floats, _knob: float = 0.0) -> Floats:
    """Return σ′(z) = σ(z) (1 − σ(z)) = e^−|z| / (1 + e^−|z|)²: at most ¼, at z = 0."""
    small = np.exp(-np.abs(z))
    return np.asarray(small / (1 + small) ** 2)


def tanh(z: Floats, _knob: float = 0.0) -> Floats:
    """Return tanh(z) = 2 σ(2z) − 1."""
    return np.tanh(z)


def tanh_slope(z: Floats, _knob: float = 0.0) -> Floats:
    """Return tanh′(z) = 1 − tanh²(z) = 4 σ′(2z); the second form keeps its digits where tanh is nearly ±1."""
    return np.asarray(4 * sigmoid_slope(2 * z))


def relu(z: Floats, _knob: float = 0.0) -> Floats:
    """Return max(0, z) (Nair & Hinton, 2010)."""
    return np.maximum(z, z.dtype.type(0))


def relu_slope(z: Floats, _knob: float = 0.0) -> Floats:
    """Return 1 where z > 0, else 0; at the corner 0, as PyTorch does."""
    return (z > 0).astype(z.dtype)


def leaky_relu(z: Floats, knob: float = 0.01) -> Floats:
    """Return z where z > 0, else leak · z (Maas, Hannun & Ng, 2013)."""
    return np.where(z > 0, z, z.dtype.type(knob) * z)


def leaky_relu_slope(z: Floats, knob: float = 0.01) -> Floats:
    """Return 1 where z > 0, else the leak."""
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(knob))


def elu(z: Floats, knob: float = 1.0) -> Floats:
    """Return z where z > 0, else α (eᶻ − 1) (Clevert, Unterthiner & Hochreiter, 2016)."""
    return np.where(z > 0, z, z.dtype.type(knob) * np.expm1(np.minimum(z, 0)))


def elu_slope(z: Floats, knob: float = 1.0) -> Floats:
    """Return 1 where z > 0, else α eᶻ."""
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(knob) * np.exp(np.minimum(z, 0)))


def gelu(z: Floats, _knob: float = 0.0) -> Floats:
    """Return z Φ(z), with Φ the distribution function of the standard normal (Hendrycks & Gimpel, 2016)."""
    return np.asarray(z * ndtr(z))


def gelu_slope(z: Floats, _knob: float = 0.0) -> Floats:
    """Return Φ(z) + z e^(−z²/2) / √(2π)."""
    density = np.exp(-0.5 * z * z) * z.dtype.type(1 / np.sqrt(2 * np.pi))
    return np.asarray(ndtr(z) + z * density)


def swish(z: Floats, knob: float = 1.0) -> Floats:
    """Return z σ(βz); β = 1 is SiLU (Elfwing et al., 2018; Ramachandran, Zoph & Le, 2017)."""
    return np.asarray(z * sigmoid(z.dtype.type(knob) * z))


def swish_slope(z: Floats, knob: float = 1.0) -> Floats:
    """Return σ(βz) + βz σ′(βz)."""
    inner = z.dtype.type(knob) * z
    return np.asarray(sigmoid(inner) + inner * sigmoid_slope(inner))


def softplus(z: Floats, _knob: float = 0.0) -> Floats:
    """Return log(1 + eᶻ) = max(0, z) + log(1 + e^−|z|) (Dugas et al., 2001)."""
    return np.asarray(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))))


def softplus_slope(z: Floats, _knob: float = 0.0) -> Floats:
    """Return σ(z)."""
    return sigmoid(z)


@dataclass(frozen=True)
class Activation:
    """One function with its slope; `knob` names the setting that bends it, "" for none."""

    label: str
    value: Callable[[Floats, float], Floats]
    slope: Callable[[Floats, float], Floats]
    knob: Knob = ""


ACTIVATIONS: dict[Name, Activation] = {
    "step": Activation("step", step, step_slope),
    "sigmoid": Activation("sigmoid", sigmoid, sigmoid_slope),
    "tanh": Activation("tanh", tanh, tanh_slope),
    "relu": Activation("ReLU", relu, relu_slope),
    "leaky_relu": Activation("leaky ReLU", leaky_relu, leaky_relu_slope, "leak"),
    "elu": Activation("ELU", elu, elu_slope, "alpha"),
    "gelu": Activation("GELU", gelu, gelu_slope),
    "swish": Activation("Swish", swish, swish_slope, "beta"),
    "softplus": Activation("softplus", softplus, softplus_slope),
}


def softmax(logits: Sequence[float] | Floats, temperature: float = 1.0) -> NDArray[np.float64]:
    """Return p = e^(z/T) / Σ e^(z/T) of logits z (C,), each taken less the largest, so that no power overflows.

    Source: Bridle, 1990; temperature: Hinton, Vinyals & Dean, 2015.
    """
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    powers = np.exp(scaled - scaled.max())
    return np.asarray(powers / powers.sum())


def softmax_jacobian(logits: Sequence[float] | Floats, temperature: float = 1.0) -> NDArray[np.float64]:
    """Return ∂pᵢ/∂zⱼ = pᵢ (δᵢⱼ − pⱼ) / T as a (C, C) array: symmetric, each row and each column sums to 0."""
    p = softmax(logits, temperature)
    return np.asarray((np.diag(p) - np.outer(p, p)) / temperature)
