"""The kernel's optimizers: penalty, clipping, the update of all parameters, and a bound on weights. Compiled, float64."""

import math

import numpy as np

from nnviz.core.ensemble.compilation import inlined
from nnviz.core.ensemble.linear import Matrix, Vector, Whole
from nnviz.core.ensemble.settings import NUMBERS, OPTIMIZERS

RATE, MOMENTUM, BETA1, BETA2, DECAY, L1, L2, WEIGHT_DECAY, CLIP_VALUE, CLIP_NORM, MAX_NORM, SHAPE = range(len(NUMBERS))
SGD, HEAVY_BALL, NESTEROV, ADAGRAD, RMSPROP, _, ADAMW = range(len(OPTIMIZERS))


@inlined
def regularize(matrices: list[Vector], slopes: list[Vector], gradient: Vector, numbers: Vector) -> None:
    """Add the penalty's slope, l1 sign(w) + l2 w, then clip by value and by norm (Pascanu et al. 2013).

    `matrices` and `slopes` are the weights, without biases, and their part of the gradient, flat per layer.
    """
    if numbers[L1] > 0 or numbers[L2] > 0:
        for layer in range(len(matrices)):
            add_penalty(matrices[layer], slopes[layer], numbers[L1], numbers[L2])
    if numbers[CLIP_VALUE] < np.inf:
        for i in range(gradient.size):
            gradient[i] = min(max(gradient[i], -numbers[CLIP_VALUE]), numbers[CLIP_VALUE])
    if numbers[CLIP_NORM] < np.inf:
        square = 0.0
        for i in range(gradient.size):
            square += gradient[i] * gradient[i]
        factor = numbers[CLIP_NORM] / (math.sqrt(square) + 1e-6)
        for i in range(gradient.size):
            gradient[i] *= 1.0 if factor >= 1 else factor


@inlined
def add_penalty(weights: Vector, slopes: Vector, l1: float, l2: float) -> None:
    """Add l1 sign(w) + l2 w; the sign of 0 is 0."""
    for i in range(weights.size):
        sign = 1.0 if weights[i] > 0 else -1.0 if weights[i] < 0 else 0.0
        slopes[i] += l1 * sign + l2 * weights[i]


@inlined
def update(
    weights: Vector, gradient: Vector, moments: Matrix, optimizer: int, rate: float, step: int, numbers: Vector
) -> None:
    """Take one step with the formulas, and the ε, of `torch.optim`; step counts from 1."""
    mean, square = moments[0], moments[1]
    if optimizer == SGD:
        for i in range(weights.size):
            weights[i] -= rate * gradient[i]
    elif optimizer in (HEAVY_BALL, NESTEROV):
        ahead = numbers[MOMENTUM] if optimizer == NESTEROV else 0.0
        for i in range(weights.size):
            mean[i] = numbers[MOMENTUM] * mean[i] + gradient[i]
            weights[i] -= rate * (mean[i] if ahead == 0 else gradient[i] + ahead * mean[i])
    elif optimizer == ADAGRAD:
        for i in range(weights.size):
            square[i] += gradient[i] * gradient[i]
            weights[i] -= rate * gradient[i] / (math.sqrt(square[i]) + 1e-10)
    elif optimizer == RMSPROP:
        for i in range(weights.size):
            square[i] = numbers[DECAY] * square[i] + (1 - numbers[DECAY]) * gradient[i] * gradient[i]
            weights[i] -= rate * gradient[i] / (math.sqrt(square[i]) + 1e-8)
    else:
        beta1, beta2 = numbers[BETA1], numbers[BETA2]
        size = rate / (1 - beta1**step)
        unbias = 1 / math.sqrt(1 - beta2**step)
        shrink = 1 - rate * numbers[WEIGHT_DECAY] if optimizer == ADAMW else 1.0
        for i in range(weights.size):
            mean[i] = beta1 * mean[i] + (1 - beta1) * gradient[i]
            square[i] = beta2 * square[i] + (1 - beta2) * gradient[i] * gradient[i]
            weights[i] = weights[i] * shrink - size * mean[i] / (math.sqrt(square[i]) * unbias + 1e-8)


@inlined
def shorten(matrices: list[Matrix], sizes: Whole, numbers: Vector) -> None:
    """Bring every unit's incoming weights (a column) back to the norm that is allowed, as torch.renorm does.

    Source: Srivastava et al. 2014, max-norm regularization.
    """
    if numbers[MAX_NORM] == np.inf:
        return
    for layer in range(len(matrices)):
        matrix = matrices[layer]
        for unit in range(sizes[layer + 1]):
            square = 0.0
            for source in range(sizes[layer]):
                square += matrix[source, unit] ** 2
            norm = math.sqrt(square)
            if norm > numbers[MAX_NORM]:
                for source in range(sizes[layer]):
                    matrix[source, unit] *= numbers[MAX_NORM] / (norm + 1e-7)
