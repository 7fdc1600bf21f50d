"""A tower of equal layers, pushed through forwards and backwards: what a function does to signal and gradient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.activations.functions import ACTIVATIONS, Name
from nnviz.core.memo import memo

INPUTS, WIDTH = 64, 48
REACH = 3.0  # activations beyond ±REACH are counted in the outermost bins
BINS = 49
EDGES = np.linspace(-REACH, REACH, BINS + 1)
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Passage:
    """What came out of one tower.

    Attributes:
        counts: (BINS, L) float32, share of a layer's activations in each bin of EDGES; columns sum to 1.
        deviation: (L,) standard deviation of a layer's activations.
        gradient: (L,) root mean square of ∂loss/∂z at each layer, when that of ∂loss/∂output is 1.
    """

    counts: NDArray[np.float32]
    deviation: NDArray[np.float64]
    gradient: NDArray[np.float64]


@memo(maxsize=8)
def draws(seed: int, layers: int) -> tuple[Array, Array, Array]:
    """Draw N(0, 1): inputs (64, 48), weights (layers, 48, 48) and the gradient at the top (64, 48)."""
    random = np.random.default_rng([seed, 15])
    inputs = random.standard_normal((INPUTS, WIDTH), dtype=np.float32)
    top = random.standard_normal((INPUTS, WIDTH), dtype=np.float32)
    return inputs, random.standard_normal((layers, WIDTH, WIDTH), dtype=np.float32), top


def forward(name: Name, knob: float, inputs: Array, weights: Array, bias: float) -> tuple[list[Array], list[Array]]:
    """Push inputs through all layers: z = h Wᵀ + b, h = φ(z).

    Args:
        inputs: (N, n) float32; weights: (L, n, n) float32; bias: the same for every unit.

    Returns:
        Pre-activations z and activations h of every layer, each (N, n).
    """
    sums, outputs, hidden = [], [], inputs
    for matrix in weights:
        sums.append(hidden @ matrix.T + np.float32(bias))
        hidden = ACTIVATIONS[name].value(sums[-1], knob)
        outputs.append(hidden)
    return sums, outputs


def backward(slopes: list[Array], weights: Array, top: Array) -> list[Array]:
    """Send the gradient back: δ_L = φ′(z_L) ⊙ ∂loss/∂h_L, then δ_l = φ′(z_l) ⊙ (δ_{l+1} W_{l+1}).

    Args:
        slopes: φ′(z) of every layer, each (N, n); weights: (L, n, n); top: ∂loss/∂h_L, (N, n).

    Returns:
        ∂loss/∂z of every layer, first layer first, each (N, n).
    """
    errors = [slopes[-1] * top]
    for slope, matrix in zip(slopes[-2::-1], weights[:0:-1], strict=True):
        errors.append(slope * (errors[-1] @ matrix))
    return errors[::-1]


@memo(maxsize=128)
def passage(name: Name, knob: float, gain: float, bias: float, layers: int, seed: int = 0) -> Passage:
    """Push 64 standard normal inputs through `layers` layers of 48 units with weights N(0, gain²/48)."""
    inputs, standard, top = draws(seed, layers)
    weights = standard * np.float32(gain / np.sqrt(WIDTH))
    sums, outputs = forward(name, knob, inputs, weights, bias)
    slopes = [ACTIVATIONS[name].slope(z, knob) for z in sums]
    errors = backward(slopes, weights, top)
    return Passage(
        counts=np.stack([_shares(hidden) for hidden in outputs], axis=1),
        deviation=np.array([_deviation(hidden) for hidden in outputs]),
        gradient=np.array([_size(error) for error in errors]),
    )


def _shares(hidden: Array) -> NDArray[np.float32]:
    bins = ((np.clip(hidden, -REACH, REACH) + REACH) * (BINS / (2 * REACH))).astype(np.int64)
    counts = np.bincount(np.minimum(bins, BINS - 1).ravel(), minlength=BINS)
    return (counts / hidden.size).astype(np.float32)


def _deviation(hidden: Array) -> float:
    return float(np.std(hidden, dtype=np.float64))


def _size(error: Array) -> float:
    """Return the root mean square, summed in float64 so that squares of small numbers do not underflow."""
    return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))
