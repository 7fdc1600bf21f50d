"""How the weights start, by name: what the page calls it, and how `core.seeds` draws it."""

from collections.abc import Mapping
from typing import Literal

Scheme = Literal[
    "zeros",
    "constant",
    "small",
    "large",
    "standard",
    "lecun_normal",
    "xavier_uniform",
    "xavier_normal",
    "he_normal",
    "orthogonal",
]
NAMES: Mapping[str, str] = {
    "zeros": "Zeros",
    "constant": "Constant 0.1",
    "small": "Small normal",
    "large": "Large normal",
    "standard": "Standard ±1/√n",
    "lecun_normal": "LeCun",
    "xavier_uniform": "Xavier uniform",
    "xavier_normal": "Xavier normal",
    "he_normal": "He",
    "orthogonal": "Orthogonal",
}
LABELS: Mapping[str, str] = {
    "zeros": "Zeros: all 0",
    "constant": "Constant: all 0.1",
    "small": "Small normal: σ = 0.01",
    "large": "Large normal: σ = 1",
    "standard": "Standard: uniform ±1/√n",
    "lecun_normal": "LeCun normal: 1/n",
    "xavier_uniform": "Xavier uniform: 2/(n + m)",
    "xavier_normal": "Xavier normal: 2/(n + m)",
    "he_normal": "He normal: 2/n",
    "orthogonal": "Orthogonal matrices",
}
DRAWN_AS: Mapping[str, tuple[str, float]] = {
    "constant": ("constant", 0.1),
    "small": ("normal", 0.01),
    "large": ("normal", 1.0),
    "standard": ("pytorch", 1.0),
}
"""Scheme → its name in `core.seeds` and the factor there; any other has its own name and the factor 1."""
ALIKE = ("zeros", "constant")  # nothing is random, so all units of a layer are one unit


def drawn_as(scheme: str, gain: float) -> tuple[str, float]:
    """Return the name of a scheme in `core.seeds`, and the gain there."""
    name, factor = DRAWN_AS.get(scheme, (scheme, 1.0))
    return name, factor * gain


def variance(scheme: str, inputs: int, outputs: int, gain: float) -> float:
    """Return the variance of one weight: gain² times 2/(n + m) Xavier, 2/n He, 1/n LeCun, 1/(3n) standard, σ².

    Orthogonal: 1/max(n, m), since its rows or columns have length 1. Zeros and a constant do not vary.

    Source: Glorot & Bengio 2010; He et al. 2015; LeCun et al. 1998; Saxe et al. 2014.
    """
    return gain**2 * {
        "small": 1e-4,
        "large": 1.0,
        "standard": 1 / (3 * inputs),
        "lecun_normal": 1 / inputs,
        "xavier_uniform": 2 / (inputs + outputs),
        "xavier_normal": 2 / (inputs + outputs),
        "he_normal": 2 / inputs,
        "orthogonal": 1 / max(inputs, outputs),
    }.get(scheme, 0.0)
