"""Sharpness: the largest eigenvalue of the loss's Hessian at the weights where training ended."""

from collections.abc import Callable

import numpy as np

from nnviz.concepts.batch_size.gradients import Floats, Passed, propagate
from nnviz.core.ensemble import MLP

ITERATIONS = 20


def hessian_times(network: MLP, weights: Floats, passed: Passed, directions: Floats) -> Floats:
    """Return H v for every network, (..., P), exactly and without building H (P, P).

    Every quantity of the forward and backward pass is differentiated along v: R{a} = (1 − a²) R{z},
    R{δᴸ} = p ∘ (R{z} − p·R{z}), R{δˡ} = (R{δ} W + δ V)(1 − a²) − 2 a R{a} (δ W).

    Args:
        weights, directions: (..., P).
        passed: `propagate` at these weights.

    Source: Pearlmutter, "Fast exact multiplication by the Hessian", 1994.
    """
    layers, ways = network.layers(weights), network.layers(directions)
    moved: list[Floats] = [np.zeros(1)]  # R{a} of what goes into each layer; the inputs do not move
    for index, ((matrix, _), (turn, shift)) in enumerate(zip(layers, ways, strict=True)):
        change = passed.values[index] @ turn.swapaxes(-1, -2) + shift[..., None, :]
        if index:
            change = change + moved[-1] @ matrix.swapaxes(-1, -2)
        moved.append(change * (1 - passed.values[index + 1] ** 2) if index + 1 < network.depth else change)
    last = moved.pop()
    bent = passed.shares * (last - (passed.shares * last).sum(axis=-1, keepdims=True))  # R{δ} of the layer at hand
    parts: list[Floats] = []
    for index in range(network.depth - 1, -1, -1):
        value, error = passed.values[index], passed.errors[index]
        product = bent.swapaxes(-1, -2) @ value
        if index:
            product = product + error.swapaxes(-1, -2) @ moved[index]
        parts[:0] = [product.reshape(*product.shape[:-2], -1), bent.sum(axis=-2)]
        if index:
            matrix, turn = layers[index][0], ways[index][0]
            bent = (bent @ matrix + error @ turn) * (1 - value**2) - 2 * value * moved[index] * (error @ matrix)
    result: Floats = np.concatenate(parts, axis=-1) / passed.losses.shape[-1]
    return result


def largest_eigenvalue(apply: Callable[[Floats], Floats], start: Floats, iterations: int = ITERATIONS) -> Floats:
    """Return the largest eigenvalue of symmetric operators by Lanczos' method, power iteration that keeps what it saw.

    Args:
        apply: (..., P) → (..., P), one symmetric matrix per leading index.
        start: (..., P) vectors to begin with.
        iterations: products to spend; at P of them the answer is exact up to rounding.

    Source: Lanczos 1950; full re-orthogonalization as in Golub & Van Loan, Matrix Computations.
    """
    basis = [start / np.linalg.norm(start, axis=-1, keepdims=True)]
    size = min(iterations, start.shape[-1])
    reduced = np.zeros((*start.shape[:-1], size, size))
    for index in range(size):
        image = apply(basis[-1])
        reduced[..., index, index] = (image * basis[-1]).sum(axis=-1)
        for _ in range(2):  # twice is enough to stay orthogonal to rounding
            for vector in basis:
                image = image - (image * vector).sum(axis=-1, keepdims=True) * vector
        length = np.linalg.norm(image, axis=-1)
        if index + 1 < size:
            reduced[..., index, index + 1] = reduced[..., index + 1, index] = length
            basis.append(image / np.maximum(length, 1e-300)[..., None])
    return np.asarray(np.linalg.eigvalsh(reduced)[..., -1])


def sharpness(network: MLP, weights: Floats, inputs: Floats, goals: Floats, iterations: int = ITERATIONS) -> Floats:
    """Return λ_max of the Hessian of the mean loss, (...); nan where a network is not finite.

    Source: Keskar et al. 2017 and Jastrzębski et al. 2018 use curvature to tell sharp minima from flat ones.
    """
    finite = np.asarray(np.isfinite(weights).all(axis=-1))
    usable = np.where(finite[..., None], weights, 0.0)
    passed = propagate(network, usable, inputs, goals)
    start = np.broadcast_to(np.random.default_rng(0).standard_normal(usable.shape[-1]), usable.shape)
    found = largest_eigenvalue(lambda way: hessian_times(network, usable, passed, way), start, iterations)
    return np.where(finite, found, np.nan)
