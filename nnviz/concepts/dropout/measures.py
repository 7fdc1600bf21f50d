"""What is measured on trained networks: averages of thinned nets, spread, correlation, the cost of dropping units."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.dropout import thinning
from nnviz.concepts.dropout.thinning import Layers, Scaling

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Committee:
    """Thinned networks against their average, per seed.

    Attributes:
        sizes: (Q,) int64 how many thinned networks are averaged.
        accuracy: (S, Q) test accuracy of the averaged probabilities.
        single: (S,) mean test accuracy of one thinned network alone.
        all_units: (S,) test accuracy of the network with all units, scaled as at test.
    """

    sizes: NDArray[np.int64]
    accuracy: Doubles
    single: Doubles
    all_units: Doubles


@dataclass(frozen=True)
class Penalty:
    """The mean loss of a linear read-out under dropout, split in two, at keep probabilities p = 1 − rate.

    Attributes:
        rates: (R,) dropout rates.
        fit: (R,) ‖y − pXw‖² / N.
        spread: (R,) p(1 − p) Σⱼ ‖Xⱼ‖² wⱼ² / N.
        exact: (R,) E‖y − (r∘X)w‖² / N over all 2ᵈ masks r, weighed by their probability.
        units: d.
    """

    rates: Doubles
    fit: Doubles
    spread: Doubles
    exact: Doubles
    units: int


def committee_sizes(passes: int) -> NDArray[np.int64]:
    """Return 1, 2, 3, 5, 10, 20, … up to the number of passes, itself included."""
    steps = [size for size in (1, 2, 3, 5, 10, 20, 30, 50, 100, 200) if size < passes]
    return np.array([*steps, passes], dtype=np.int64)


def accuracy(scores: NDArray[Any], targets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of rows whose largest of the (..., N, C) scores is the target (N,)."""
    return np.asarray(np.mean(scores.argmax(axis=-1) == targets, axis=-1), dtype=np.float64)


def cross_entropy(logits: Tensor, targets: NDArray[np.int64]) -> Doubles:
    """Return the mean of −ln softmax(z)_target over the (..., N, C) rows."""
    chosen = torch.tensor(targets).expand(logits.shape[:-1])[..., None]
    logs = torch.log_softmax(logits, dim=-1).gather(-1, chosen)[..., 0]
    return np.asarray(-logs.mean(dim=-1).numpy(), dtype=np.float64)


def averaged(passes: Floats, targets: NDArray[np.int64], sizes: NDArray[np.int64]) -> Doubles:
    """Return the accuracy (Q,) of the mean of the first 1, 2, … of the passes' probabilities (passes, N, C)."""
    return accuracy(np.cumsum(passes, axis=0)[sizes - 1], targets)


def correlations(outputs: NDArray[Any]) -> Doubles:
    """Return the correlation matrix (H, H) of units' outputs (N, H); nan where a unit never changes."""
    centred = outputs.astype(np.float64) - outputs.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(centred, axis=0)
    length[length < 1e-6] = np.nan
    unit = torch.from_numpy(centred / length)
    return np.asarray((unit.T @ unit).numpy())  # torch, because numpy's BLAS would start threads for this


def mean_correlation(matrix: Doubles) -> float:
    """Return the mean |r| of different units that change at all; nan with fewer than two."""
    alive = np.isfinite(np.diag(matrix))
    if alive.sum() < 2:
        return float("nan")
    part = np.abs(matrix[np.ix_(alive, alive)])
    return float((part.sum() - np.trace(part)) / (part.size - len(part)))


def linear_penalty(columns: Doubles, targets: Doubles, weights: Doubles, rates: Doubles) -> Penalty:
    """Split the mean loss of a linear model under dropout, and enumerate all masks beside it.

    E‖y − (r∘X)w‖² = ‖y − pXw‖² + p(1 − p) Σⱼ ‖Xⱼ‖² wⱼ², r ∈ {0, 1}ᵈ per row, p the keep probability.

    Args:
        columns: X (N, d), d ≤ 12.
        targets: y (N,).
        weights: w (d,).
        rates: (R,) dropout rates 1 − p.

    Source: Srivastava et al. 2014, section 9.1 (for masks per entry of X; one mask for all rows has the same mean).
    """
    keep, count = 1 - rates, len(columns)
    fit = np.array([np.sum((targets - p * columns @ weights) ** 2) for p in keep]) / count
    spread = keep * (1 - keep) * np.sum((columns**2).sum(axis=0) * weights**2) / count
    masks = np.array(list(product((0.0, 1.0), repeat=len(weights))))  # (2ᵈ, d)
    losses = np.sum((targets - (masks * weights) @ columns.T) ** 2, axis=1) / count  # (2ᵈ,)
    chances = np.prod(np.where(masks[None] > 0, keep[:, None, None], rates[:, None, None]), axis=2)  # (R, 2ᵈ)
    return Penalty(rates, fit, spread, chances @ losses, len(weights))


def readout(
    outputs: NDArray[Any], targets: NDArray[np.int64], rate: float, units: int = 8
) -> tuple[Doubles, Doubles, Doubles]:
    """Return X, y and the w that reads a class off the units whose outputs vary most, fitted under dropout.

    w = argmin E‖y − (r∘X)w‖² = (p² XᵀX + p(1 − p) diag XᵀX)⁻¹ p Xᵀy with p = 1 − rate: ridge, unit by unit.

    Args:
        outputs: (N, H) of a hidden layer.
        targets: (N,) class numbers; y is +1 for the upper half of them and −1 for the lower, less its mean.
    """
    varying = np.sort(np.argsort(-outputs.std(axis=0), kind="stable")[:units])
    columns = outputs[:, varying].astype(np.float64)
    columns = columns - columns.mean(axis=0)
    upper = np.where(targets > (targets.max() + targets.min()) / 2, 1.0, -1.0)
    wanted, keep = upper - upper.mean(), 1 - rate
    square = columns.T @ columns
    # A trace of ridge, so that units that never change, or do the same at rate 0, leave the system solvable.
    trace = 1e-6 * max(float(np.trace(square)), 1e-12) * np.eye(len(varying))
    system = keep**2 * square + keep * rate * np.diag(np.diag(square)) + trace
    return columns, wanted, np.linalg.solve(system, keep * columns.T @ wanted)


def size_ratio(logits: Tensor, passes: Tensor) -> float:
    """Return how large the outputs at test are beside the mean of the outputs in training: 1 where they match.

    ⟨t, ½(m₁ + m₂)⟩ / ⟨m₁, m₂⟩ with t the outputs at test and m₁, m₂ the means of two halves of the passes, all less
    their mean over examples and classes; two halves, because the noise of one mean would not average out of its square.

    Args:
        logits: (N, C) at test.
        passes: (passes, N, C) in training mode, at least 2.
    """
    half = len(passes) // 2
    parts = [part.mean(dim=0) for part in (passes[:half], passes[half : 2 * half])]
    test, first, second = (_centred(part) for part in (logits, *parts))
    below = float(first @ second)
    return float(test @ (first + second)) / 2 / below if below > 0 else float("nan")


def _centred(values: Tensor) -> Tensor:
    rows = values.double() - values.double().mean(dim=-1, keepdim=True)
    return (rows - rows.mean(dim=0)).flatten()


def flips(passes: Tensor) -> float:
    """Return the share of examples that get different classes when asked twice: (2, N, C) logits."""
    first, second = passes.argmax(dim=-1)
    return float((first != second).double().mean())


def best_factor(layers: Layers, inputs: NDArray[Any], rates: Sequence[float], masks: Tensor) -> float:
    """Return the factor on each hidden layer's outputs at test that comes nearest to the mean over bare masks.

    argmin_c ‖z(c) − E_r z(r)‖² over logits z, by golden section on [0, 1.5].

    Args:
        masks: (passes, N or 1, H) uniforms.
    """
    wanted = _centred(thinning.forward(layers, inputs, rates, "none", masks).mean(dim=0))

    def distance(factor: float) -> float:
        found = _centred(thinning.forward(layers, inputs, [1 - factor] * len(rates), "keep"))
        return float(((found - wanted) ** 2).sum())

    low, high, golden = 0.0, 1.5, (5**0.5 - 1) / 2
    while high - low > 1e-3:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if distance(left) < distance(right) else (left, high)
    return (low + high) / 2


def network_scores(
    layers: Layers,
    inputs: NDArray[Any],
    targets: NDArray[np.int64],
    rates: Sequence[float],
    scaling: Scaling,
    uniforms: Tensor | None,
) -> tuple[Doubles, Doubles]:
    """Return accuracy and mean cross-entropy (...) of networks on the same points, as `thinning.forward` answers."""
    logits = thinning.forward(layers, inputs, rates, scaling, uniforms)
    return accuracy(logits.numpy(), targets), cross_entropy(logits, targets)
