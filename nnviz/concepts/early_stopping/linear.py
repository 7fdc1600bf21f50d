"""A linear model on which early stopping can be worked out: what t steps of gradient descent keep of each direction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spectrum:
    """A least-squares problem ½‖y − Φw‖²/n, taken apart into directions that do not touch each other.

    Attributes:
        values: (r,) eigenvalues λᵢ of ΦᵀΦ/n, largest first, those above rounding only.
        directions: (p, r) their eigenvectors.
        solution: (r,) coordinates of the least-squares solution of least norm along them.
    """

    values: Floats
    directions: Floats
    solution: Floats


def spectrum(features: Floats, targets: Floats) -> Spectrum:
    """Take a problem apart by the singular value decomposition Φ = U S Vᵀ: λᵢ = sᵢ²/n, wᵢ = uᵢᵀy / sᵢ.

    Args:
        features: (n, p); targets: (n,).
    """
    left, sizes, right = np.linalg.svd(features, full_matrices=False)
    kept = sizes > 1e-9 * sizes[0]
    coordinates = left[:, kept].T @ targets / sizes[kept]
    return Spectrum(sizes[kept] ** 2 / len(features), right[kept].T, coordinates)


def descent_factors(values: Floats, steps: ArrayLike, rate: float) -> Floats:
    """Return the share of each direction that t steps of gradient descent from 0 have learned: 1 − (1 − ηλᵢ)ᵗ.

    Args:
        values: (r,) eigenvalues; steps: (...) t; rate: η ≤ 1/λ₁.

    Returns:
        (..., r) shares 0…1.

    Source: Goodfellow, Bengio & Courville, Deep Learning, section 7.8, 2016.
    """
    with np.errstate(divide="ignore"):  # ηλ₁ = 1 is learned in one step: log 0 = −∞, kept finite for t = 0
        logs = np.maximum(np.log1p(-np.minimum(rate * values, 1.0)), -1e30)
    return np.asarray(-np.expm1(np.multiply.outer(np.asarray(steps, dtype=np.float64), logs)))


def ridge_factors(values: Floats, penalties: ArrayLike) -> Floats:
    """Return the share of each direction that an L2 penalty ½λ‖w‖² leaves: λᵢ / (λᵢ + λ), (..., r)."""
    strength = np.asarray(penalties, dtype=np.float64)[..., None]
    return np.asarray(values / (values + strength))


def errors_along(problem: Spectrum, factors: Floats, features: Floats, targets: Floats) -> Floats:
    """Return the mean squared error of the model whose coordinates are factors · solution.

    Args:
        factors: (T, r); features: (m, p); targets: (m,).

    Returns:
        (T,).
    """
    answers = (factors * problem.solution) @ (features @ problem.directions).T  # (T, m)
    return np.asarray(((answers - targets) ** 2).mean(axis=1))


def nearest_penalties(problem: Spectrum, factors: Floats, penalties: Floats) -> tuple[Floats, Floats]:
    """Return which λ of a grid gives the weights nearest to those of each row of factors, and how near.

    Args:
        factors: (T, r) of gradient descent; penalties: (G,).

    Returns:
        (T,) penalties, and (T,) distances ‖w − w_λ‖ / ‖w_λ‖.
    """
    squares = problem.solution**2
    shrunk = ridge_factors(problem.values, penalties)  # (G, r)
    sizes = shrunk**2 @ squares
    apart = (factors**2 @ squares)[:, None] - 2 * (factors * squares) @ shrunk.T + sizes  # (T, G)
    best = (apart / sizes).argmin(axis=1)
    distance = np.sqrt((factors - shrunk[best]) ** 2 @ squares / sizes[best])  # exactly, where the above cancels
    return penalties[best], distance
