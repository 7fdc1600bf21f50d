"""The gradient of every single example, and what a mini-batch makes of it.

Symbols: B examples a batch, N examples in all, P parameters, g the gradient of one example (P,), G = mean g the full
gradient, Σ the covariance of g over the N examples. Leading axes "..." are networks and run through every function.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.core import seeds
from nnviz.core.ensemble import MLP
from nnviz.core.memo import memo

Floats = NDArray[np.float64]
SWEEPS = 3  # of the power iteration


@dataclass(frozen=True)
class Passed:
    """What one forward and one backward pass leave behind.

    Attributes:
        losses: (..., N) cross-entropy of every example.
        shares: (..., N, C) softmax of the outputs.
        values: per layer, what goes into it, (..., N, in).
        errors: per layer, the derivative of an example's loss by what comes out before φ, (..., N, out).
    """

    losses: Floats
    shares: Floats
    values: tuple[Floats, ...]
    errors: tuple[Floats, ...]


def propagate(network: MLP, weights: Floats, inputs: Floats, goals: Floats) -> Passed:
    """Go through tanh networks with a softmax on top, forward and back.

    δᴸ = softmax(z) − y and δˡ = (δˡ⁺¹ Wˡ⁺¹) ∘ (1 − a²) for a = tanh(z).

    Args:
        network: hidden layers of tanh, loss cross_entropy.
        weights: (..., P).
        inputs: (..., N, d), broadcast against the networks.
        goals: (..., N, C) one-hot rows.
    """
    layers = network.layers(weights)
    values = [inputs]
    with np.errstate(over="ignore", invalid="ignore"):  # a network that diverged is infinite: its loss says so
        for matrix, bias in layers[:-1]:
            values.append(np.tanh(values[-1] @ matrix.swapaxes(-1, -2) + bias[..., None, :]))
        outputs = values[-1] @ layers[-1][0].swapaxes(-1, -2) + layers[-1][1][..., None, :]
        outputs = outputs - outputs.max(axis=-1, keepdims=True)
        logs = outputs - np.log(np.exp(outputs).sum(axis=-1, keepdims=True))
        shares = np.exp(logs)
        errors = [shares - goals]
        for (matrix, _), value in zip(layers[:0:-1], values[:0:-1], strict=True):
            errors.append(errors[-1] @ matrix * (1 - value**2))
        losses = -np.where(goals > 0, logs, 0.0).sum(axis=-1)
    return Passed(losses, shares, tuple(values), tuple(errors[::-1]))


def example_gradients(passed: Passed) -> Floats:
    """Return every example's own gradient, (..., N, P): for layer l the outer product δˡ aˡ⁻¹ᵀ, and δˡ for the bias."""
    parts = []
    for value, error in zip(passed.values, passed.errors, strict=True):
        outer = error[..., :, None] * value[..., None, :]  # (..., N, out, in)
        parts += [outer.reshape(*error.shape[:-1], -1), error]
    return np.concatenate(parts, axis=-1)


def summed_gradient(passed: Passed, weights: Floats) -> Floats:
    """Return Σ wᵢ gᵢ, (..., P), without building the single gradients; weights (..., N) of the examples."""
    parts = []
    for value, error in zip(passed.values, passed.errors, strict=True):
        weighted = error * weights[..., None]
        product = weighted.swapaxes(-1, -2) @ value  # (..., out, in)
        parts += [product.reshape(*product.shape[:-2], -1), weighted.sum(axis=-2)]
    return np.concatenate(parts, axis=-1)


def full_gradient(passed: Passed) -> Floats:
    """Return G, the mean over the examples, (..., P)."""
    count = passed.losses.shape[-1]
    return summed_gradient(passed, np.full(count, 1 / count))


def along(network: MLP, passed: Passed, direction: Floats) -> Floats:
    """Return every example's gradient along a direction (..., P): Σₗ δˡ · (Vˡ aˡ⁻¹ + vˡ), (..., N)."""
    total: Floats = np.zeros(1)
    for (turn, shift), value, error in zip(network.layers(direction), passed.values, passed.errors, strict=True):
        total = total + (error * (value @ turn.swapaxes(-1, -2) + shift[..., None, :])).sum(axis=-1)
    return total


def signal_and_noise(passed: Passed) -> tuple[Floats, Floats]:
    """Return ‖G‖² and tr Σ = mean ‖g‖² − ‖G‖² of each network, (...) each.

    ‖g‖² needs no gradient: it is Σₗ ‖δˡ‖² (‖aˡ⁻¹‖² + 1). Source: Goodfellow, "Efficient per-example gradient
    computations", 2015.
    """
    pairs = zip(passed.values, passed.errors, strict=True)
    squares = sum((error**2).sum(axis=-1) * ((value**2).sum(axis=-1) + 1) for value, error in pairs)
    signal = (full_gradient(passed) ** 2).sum(axis=-1)
    return signal, np.asarray(squares).mean(axis=-1) - signal


def noise_share(batch: Floats, examples: int, *, replace: bool) -> Floats:
    """Return f(B) with E‖G_B − G‖² = f(B) tr Σ: 1/B with replacement, (N − B)/((N − 1) B) without.

    Source: Cochran, Sampling Techniques, 1977 (the finite population correction).
    """
    return 1 / batch if replace else (examples - batch) / ((examples - 1) * batch)


def mini_batch_gradients(single: Floats, weights: Floats) -> Floats:
    """Return the gradients of M mini-batches, (M, P): each is a weighted mean of the single gradients.

    Args:
        single: (N, P) gradients of the examples.
        weights: (M, N) how often each example is in the batch, over B.
    """
    return weights @ single


def variance(drawn: Floats, full: Floats) -> float:
    """Return the mean of ‖G_B − G‖² over the mini-batches drawn: their total variance around the true mean."""
    return float(((drawn - full) ** 2).sum(axis=1).mean())


def two_batch_estimates(small: Floats, large: Floats, shares: tuple[float, float]) -> tuple[Floats, Floats]:
    """Estimate ‖G‖² and tr Σ without bias from the squared gradient norms of a small and a large batch.

    𝒢² = (f_s ‖G_l‖² − f_l ‖G_s‖²) / (f_s − f_l)  and  𝒮 = (‖G_s‖² − ‖G_l‖²) / (f_s − f_l), with f = 1/B.

    Args:
        small, large: (M,) squared norms of the gradients of M batches of either size.
        shares: f_s and f_l from `noise_share`.

    Source: McCandlish et al., "An empirical model of large-batch training", 2018, appendix A.1.
    """
    first, second = shares
    return (first * large - second * small) / (first - second), (small - large) / (first - second)


@memo(maxsize=40)
def batches(batch: int, examples: int, count: int, replace: bool, seed: int = 0) -> Floats:
    """Draw `count` mini-batches as weights (count, N): each row sums to one; always the same for the same arguments."""
    draws = seeds.generator(seed, f"mini-batches of {batch}")
    if replace:
        rows = torch.randint(examples, (count, batch), generator=draws).numpy()
    else:
        rows = torch.rand(count, examples, generator=draws).argsort(dim=1)[:, :batch].numpy()
    places = rows + examples * np.arange(count)[:, None]
    return np.bincount(places.ravel(), minlength=count * examples).reshape(count, examples) / batch


def plane(network: MLP, passed: Passed, before: Floats | None = None) -> Floats:
    """Return the two directions (2, P) to look along: the full gradient's, and across it the noisiest one.

    The second is the first principal component of what remains of the single gradients without the first, found by
    power iteration from `before` (the direction of an earlier moment), so that it neither jumps nor turns round.
    """
    full = full_gradient(passed)
    first = _unit(full)
    across = np.ones_like(first) if before is None else before
    for _ in range(SWEEPS if before is not None else 4 * SWEEPS):
        across = _unit(across - (across @ first) * first)
        scores = along(network, passed, across)
        across = summed_gradient(passed, scores - scores.mean())
    return np.stack([first, _unit(across - (across @ first) * first)])


def _unit(vector: Floats) -> Floats:
    return vector / max(float(np.linalg.norm(vector)), 1e-300)
