"""The kernel's arithmetic: matrix product, activations with their slopes, the loss's slope. Compiled, float64.

Plain loops over neighbours in memory, without calls or branches where that matters, so that LLVM makes vector code of
them. A layer's units are padded to blocks of LANES and its examples to blocks of LANES rows.
"""

import math

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.compilation import inlined
from nnviz.core.ensemble.network import ACTIVATIONS, LANES, LOSSES

SIGMOID, TANH, RELU, LEAKY_RELU, ELU, GELU, SILU, SOFTPLUS = (
    ACTIVATIONS.index(name) for name in ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
)
MSE, HALF_MSE, BCE, CROSS_ENTROPY, MAE = (
    LOSSES.index(name) for name in ("mse", "half_mse", "bce", "cross_entropy", "mae")
)
WIDE = 24  # columns from which streaming whole rows beats blocks of 4 × 4 (measured: 30 against 15 GFLOP/s at 128)

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


@inlined
def multiply(left: Matrix, right: Matrix, start: Vector, out: Matrix, rows: int, inner: int) -> None:
    """out = left · right + start for `rows` (whole blocks) rows and `inner` products per sum.

    For wide matrices, left's columns and right's rows beyond `inner` are read up to a whole block: one must be zero.
    """
    if right.shape[1] >= WIDE:
        multiply_wide(left, right, start, out, rows, inner)
    else:
        multiply_narrow(left, right, start, out, rows, inner)


@inlined
def multiply_narrow(left: Matrix, right: Matrix, start: Vector, out: Matrix, rows: int, inner: int) -> None:
    """Compute blocks of 4 rows × 4 columns, whose sixteen sums stay in registers."""
    for row in range(0, rows, LANES):
        for column in range(0, right.shape[1], LANES):
            a0, a1, a2, a3 = start[column], start[column + 1], start[column + 2], start[column + 3]
            b0, b1, b2, b3 = a0, a1, a2, a3
            c0, c1, c2, c3 = a0, a1, a2, a3
            d0, d1, d2, d3 = a0, a1, a2, a3
            for k in range(inner):
                w0, w1, w2, w3 = right[k, column], right[k, column + 1], right[k, column + 2], right[k, column + 3]
                a, b, c, d = left[row, k], left[row + 1, k], left[row + 2, k], left[row + 3, k]
                a0, a1, a2, a3 = a0 + a * w0, a1 + a * w1, a2 + a * w2, a3 + a * w3
                b0, b1, b2, b3 = b0 + b * w0, b1 + b * w1, b2 + b * w2, b3 + b * w3
                c0, c1, c2, c3 = c0 + c * w0, c1 + c * w1, c2 + c * w2, c3 + c * w3
                d0, d1, d2, d3 = d0 + d * w0, d1 + d * w1, d2 + d * w2, d3 + d * w3
            out[row, column], out[row, column + 1], out[row, column + 2], out[row, column + 3] = a0, a1, a2, a3
            out[row + 1, column], out[row + 1, column + 1], out[row + 1, column + 2], out[row + 1, column + 3] = b0, b1, b2, b3
            out[row + 2, column], out[row + 2, column + 1], out[row + 2, column + 2], out[row + 2, column + 3] = c0, c1, c2, c3
            out[row + 3, column], out[row + 3, column + 1], out[row + 3, column + 2], out[row + 3, column + 3] = d0, d1, d2, d3


@inlined
def multiply_wide(left: Matrix, right: Matrix, start: Vector, out: Matrix, rows: int, inner: int) -> None:
    """Add four of right's rows at a time to a whole row of the result."""
    for row in range(rows):
        result = out[row]
        for column in range(result.size):
            result[column] = start[column]
        for k in range(0, inner, LANES):
            a, b, c, d = left[row, k], left[row, k + 1], left[row, k + 2], left[row, k + 3]
            w0, w1, w2, w3 = right[k], right[k + 1], right[k + 2], right[k + 3]
            for column in range(result.size):
                result[column] += a * w0[column] + b * w1[column] + c * w2[column] + d * w3[column]


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
def activate(code: int, shape: float, values: Vector, slopes: Vector) -> None:
    """Replace every value z by φ(z) and write φ′(z) beside it."""
    if code == TANH:
        for i in range(values.size):
            less = exponential_minus_one(-2 * abs(values[i]))
            values[i] = math.copysign(-less / (less + 2), values[i])
            slopes[i] = 1 - values[i] * values[i]
    elif code == SIGMOID:
        for i in range(values.size):
            values[i], slopes[i] = logistic(values[i])
    elif code == RELU:
        for i in range(values.size):
            slopes[i] = 1.0 if values[i] > 0 else 0.0
            values[i] = 0.0 if values[i] <= 0 else values[i]  # a NaN stays a NaN
    elif code == LEAKY_RELU:
        for i in range(values.size):
            slopes[i] = 1.0 if values[i] > 0 else shape
            values[i] *= slopes[i]
    elif code == ELU:
        for i in range(values.size):
            less = shape * exponential_minus_one(min(values[i], 0.0))
            slopes[i] = 1.0 if values[i] > 0 else less + shape
            values[i] = less + max(values[i], 0.0)
    elif code == GELU:
        for i in range(values.size):
            z = values[i]
            normal = 0.5 * (1 + math.erf(z * math.sqrt(0.5)))
            values[i] = z * normal
            slopes[i] = normal + z * exponential(-0.5 * z * z) / math.sqrt(2 * math.pi)
    elif code == SILU:
        for i in range(values.size):
            z = values[i]
            sigmoid, slope = logistic(shape * z)
            values[i] = z * sigmoid
            slopes[i] = sigmoid + shape * z * slope
    elif code == SOFTPLUS:
        for i in range(values.size):
            z = values[i]
            values[i] = max(z, 0.0) + math.log1p(exponential(-abs(z)))
            slopes[i] = logistic(z)[0]
    else:
        slopes[:] = 1.0


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
