"""One pass forward and back through K deep networks, in NumPy: what each layer is handed, and what reaches it."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Activation = Literal["tanh", "relu", "leaky_relu", "sigmoid", "linear"]
Layer = tuple[NDArray[np.floating], NDArray[np.floating]]
LEAK = 0.01
NODES, SHARES = np.polynomial.hermite_e.hermegauss(80)
SHARES = SHARES / SHARES.sum()


def forward(inputs: Floats, layers: Sequence[Layer], activation: Activation) -> tuple[list[Floats], Floats]:
    """Return the sums of every hidden layer and the logits: zˡ = Wˡ aˡ⁻¹ + bˡ, aˡ = φ(zˡ), f = v·aᴸ + c.

    Args:
        inputs: (..., N, d); leading axes count networks.
        layers: per layer W (..., out, in) and b (..., out), the read-out last.

    Returns:
        L arrays (..., N, H), and (..., N).
    """
    sums: list[Floats] = []
    values = inputs
    for weight, bias in layers[:-1]:
        sums.append(values @ weight.swapaxes(-1, -2) + bias[..., None, :])
        values = activate(sums[-1], activation)
    weight, bias = layers[-1]
    return sums, (values @ weight.swapaxes(-1, -2) + bias[..., None, :])[..., 0]


def backward(
    sums: Sequence[Floats], logits: Floats, targets: Floats, layers: Sequence[Layer], activation: Activation
) -> list[Floats]:
    """Return ∂loss/∂zˡ of each example's own loss, L arrays (..., N, H): δˡ = φ′(zˡ) · (Wˡ⁺¹ᵀ δˡ⁺¹), first δ = σ(f) − y.

    Args:
        sums, logits: of `forward`.
        targets: (..., N) classes 0 and 1.
    """
    errors = (activate(logits, "sigmoid") - targets)[..., None]
    found: list[Floats] = []
    for values, (weight, _) in zip(reversed(sums), reversed(layers), strict=False):
        errors = (errors @ weight) * slope(values, activation)
        found.append(errors)
    return found[::-1]


def activate(sums: Floats, activation: Activation) -> Floats:
    """Return φ(z)."""
    if activation == "tanh":
        return np.tanh(sums)
    if activation == "sigmoid":
        return 0.5 * (1 + np.tanh(0.5 * sums))
    if activation == "relu":
        return np.maximum(sums, 0)
    return np.where(sums > 0, sums, LEAK * sums) if activation == "leaky_relu" else sums


def slope(sums: Floats, activation: Activation) -> Floats:
    """Return φ′(z); at its kink ReLU's is 0 and leaky ReLU's is the leak."""
    if activation in ("tanh", "sigmoid"):
        values = activate(sums, activation)
        return 1 - values**2 if activation == "tanh" else values * (1 - values)
    if activation == "linear":
        return np.ones_like(sums)
    return np.where(sums > 0, 1.0, LEAK if activation == "leaky_relu" else 0.0)


def very_wide(first: float, factor: float, activation: Activation, depth: int) -> Floats:
    """Return E[z²] of every layer of a very wide network, (L,): q ← n Var(w) · E[φ(√q ξ)²], ξ ~ N(0, 1).

    Args:
        first: q of layer 1.
        factor: n Var(w), with n inputs of a unit.

    Source: Poole et al. 2016, equation 3 (without biases).
    """
    found = [first]
    for _ in range(depth - 1):
        values = activate(np.sqrt(found[-1]) * NODES, activation)
        found.append(factor * float(SHARES @ values**2))
    return np.array(found)
