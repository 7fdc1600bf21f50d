"""The kernel's functions: activations with their slopes, and the slope of the loss. Compiled, float64.

Plain loops over neighbours in memory, without calls or branches where that matters, so that LLVM makes vector code of
them.
"""

import math

import numpy as np

from nnviz.core.ensemble.compilation import inlined
from nnviz.core.ensemble.linear import Matrix, Vector
from nnviz.core.ensemble.network import ACTIVATIONS, LOSSES

SIGMOID, TANH, RELU, LEAKY_RELU, ELU, GELU, SILU, SOFTPLUS = (
    ACTIVATIONS.index(name) for name in ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
)
MSE, HALF_MSE, BCE, CROSS_ENTROPY, MAE = (
    LOSSES.index(name) for name in ("mse", "half_mse", "bce", "cross_entropy", "mae")
)


@inlined
def power_of_e(x: float) -> tuple[float, float]:
    """Return p and s with eˣ = (1 + p) s, s a power of two and |p| < ½, to 1e-15; x is clamped to −708…709.

    Cody & Waite 1980: x = k ln 2 + r with |r| ≤ ½ ln 2, eʳ by its Taylor sum. Adding 1.5 · 2⁵² rounds to a whole number
    and leaves it in the low bits. Ten times as fast as the library's, which cannot be vectorised.
    """
    x = min(max(x, -708.0), 709.0)
    shifted = np.float64(x * 1.4426950408889634 + 6755399441055744.0)
    whole = shifted - 6755399441055744.0
    r = (x - whole * 6.93147180369123816490e-01) - whole * 1.90821492927058770002e-10
    p = 1 / 479001600
    p = p * r + 1 / 39916800
    p = p * r + 1 / 3628800
    p = p * r + 1 / 362880
    p = p * r + 1 / 40320
    p = p * r + 1 / 5040
    p = p * r + 1 / 720
    p = p * r + 1 / 120
    p = p * r + 1 / 24
    p = p * r + 1 / 6
    p = p * r + 1 / 2
    # Shifted to the exponent's place, with the exponent's bias 1023 added, the whole number k is the bits of 2ᵏ.
    scale = np.int64((shifted.view(np.int64) << 52) + 4607182418800017408).view(np.float64)
    return p * r * r + r, scale


@inlined
def exponential(x: float) -> float:
    """Return eˣ for x in −708…709, clamped outside."""
    p, scale = power_of_e(x)
    return scale + p * scale


@inlined
def exponential_minus_one(x: float) -> float:
    """Return eˣ − 1 without cancellation near 0."""
    p, scale = power_of_e(x)
    return p * scale + (scale - 1)


@inlined
def logistic(x: float) -> tuple[float, float]:
    """Return σ(x) = 1 / (1 + e⁻ˣ) and σ′(x), both exact in either tail."""
    tail = exponential(-abs(x))
    upper = 1 / (1 + tail)
    return (upper if x >= 0 else tail * upper if x < 0 else x), tail * upper * upper


@inlined
def activate(code: int, shape: float, values: Vector, slopes: Vector, count: int) -> None:
    """Replace the first `count` values z by φ(z) and write φ′(z) beside them."""
    if code == TANH:
        for i in range(count):
            less = exponential_minus_one(-2 * abs(values[i]))
            values[i] = math.copysign(-less / (less + 2), values[i])
            slopes[i] = 1 - values[i] * values[i]
    elif code == SIGMOID:
        for i in range(count):
            values[i], slopes[i] = logistic(values[i])
    elif code == RELU:
        for i in range(count):
            slopes[i] = 1.0 if values[i] > 0 else 0.0
            values[i] = 0.0 if values[i] <= 0 else values[i]  # a NaN stays a NaN
    elif code == LEAKY_RELU:
        for i in range(count):
            slopes[i] = 1.0 if values[i] > 0 else shape
            values[i] *= slopes[i]
    elif code == ELU:
        for i in range(count):
            less = shape * exponential_minus_one(min(values[i], 0.0))
            slopes[i] = 1.0 if values[i] > 0 else less + shape
            values[i] = less + max(values[i], 0.0)
    elif code == GELU:
        for i in range(count):
            z = values[i]
            normal = 0.5 * (1 + math.erf(z * math.sqrt(0.5)))
            values[i] = z * normal
            slopes[i] = normal + z * exponential(-0.5 * z * z) / math.sqrt(2 * math.pi)
    elif code == SILU:
        for i in range(count):
            z = values[i]
            sigmoid, slope = logistic(shape * z)
            values[i] = z * sigmoid
            slopes[i] = sigmoid + shape * z * slope
    elif code == SOFTPLUS:
        for i in range(count):
            z = values[i]
            values[i] = max(z, 0.0) + math.log1p(exponential(-abs(z)))
            slopes[i] = logistic(z)[0]
    else:
        slopes[:count] = 1.0


@inlined
def loss_slopes(loss: int, outputs: Matrix, targets: Matrix, errors: Matrix, rows: int) -> None:
    """Write ∂loss/∂output of `rows` examples into errors, and zeros into the padding rows."""
    columns = targets.shape[1]
    share = 1 / rows if loss == CROSS_ENTROPY else 1 / (rows * columns)
    errors[rows:] = 0.0
    for row in range(rows):
        if loss == CROSS_ENTROPY:
            softmax_slopes(outputs[row], targets[row], errors[row], columns, share)
            continue
        for column in range(columns):
            gap = outputs[row, column] - targets[row, column]
            if loss == MSE:
                gap *= 2
            elif loss == BCE:
                gap = logistic(outputs[row, column])[0] - targets[row, column]
            elif loss == MAE:
                gap = np.sign(gap)
            elif loss != HALF_MSE:  # Huber 1964, δ = 1
                gap = min(max(gap, -1.0), 1.0)
            errors[row, column] = gap * share


@inlined
def softmax_slopes(outputs: Vector, targets: Vector, errors: Vector, columns: int, share: float) -> None:
    """Write share · (softmax(z) Σt − t): the slope of −Σ t ln softmax(z). The largest logit is taken off first."""
    top, total, mass = outputs[0], 0.0, 0.0
    for column in range(columns):
        top = max(top, outputs[column])
    for column in range(columns):
        errors[column] = exponential(outputs[column] - top)
        total += errors[column]
        mass += targets[column]
    for column in range(columns):
        errors[column] = share * (errors[column] / total * mass - targets[column])
