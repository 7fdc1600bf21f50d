"""How fast momentum converges on a quadratic: closed forms, one curvature at a time.

Along a direction of curvature λ both methods are a recurrence of two terms, eₖ₊₁ = t eₖ − d eₖ₋₁, whose larger root is
the factor by which the error shrinks a step. Source: Polyak 1964; Goh, "Why momentum really works", 2017.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
METHODS = ("sgd", "momentum", "nesterov")
ROUNDING = 1e-9  # a factor this near to 1 is 1


def factor(method: str, rate: ArrayLike, beta: ArrayLike, curvature: ArrayLike) -> Floats:
    """Return by what the error along one curvature is multiplied each step in the long run; above 1 it grows.

    sgd: |1 − αλ|  ·  momentum: t = 1 + β − αλ, d = β  ·  nesterov: t = (1 + β)(1 − αλ), d = β(1 − αλ)

    Args:
        method: one of METHODS; rate, beta, curvature: α, β and λ, shapes that go together.
    """
    left = 1 - np.asarray(rate, np.float64) * np.asarray(curvature, np.float64)
    friction = np.asarray(beta, np.float64)
    if method == "sgd":
        return np.abs(left) + 0 * friction
    trace, product = (left + friction, friction) if method == "momentum" else ((1 + friction) * left, friction * left)
    root = trace**2 / 4 - product
    real = np.abs(trace) / 2 + np.sqrt(np.maximum(root, 0))
    return np.where(root < 0, np.sqrt(np.maximum(product, 0)), real)


def convergence(method: str, rate: ArrayLike, beta: ArrayLike, condition: ArrayLike) -> Floats:
    """Return the slowest factor on a quadratic of curvatures 1/κ to 1: it is reached at one of the two ends."""
    return slowest(method, rate, beta, 1 / np.asarray(condition, np.float64), 1.0)


def slowest(method: str, rate: ArrayLike, beta: ArrayLike, *curvatures: ArrayLike) -> Floats:
    """Return the largest factor of several curvatures; 0 for none."""
    found: Floats = np.zeros(())
    for curvature in curvatures:
        found = np.maximum(found, factor(method, rate, beta, curvature))
    return found


def limit(method: str, beta: ArrayLike) -> Floats:
    """Return the rate α from which on the error grows, for curvature 1 and β < 1.

    sgd: 2  ·  momentum: 2 + 2β  ·  nesterov: (2 + 2β) / (1 + 2β)
    """
    friction = np.asarray(beta, np.float64)
    if method == "sgd":
        return 2 + 0 * friction
    return (2 + 2 * friction) / (1 if method == "momentum" else 1 + 2 * friction)


def best(method: str, condition: float) -> tuple[float, float]:
    """Return the α and β that converge fastest on curvatures 1/κ to 1.

    sgd: α = 2/(λ₁ + λₙ)  ·  momentum: α = (2/(√λ₁ + √λₙ))², β = ((√κ − 1)/(√κ + 1))²
    nesterov: α = 4/(3λₙ + λ₁), β = (√(3κ + 1) − 2)/(√(3κ + 1) + 2)

    Source: Polyak 1964; Lessard, Recht & Packard 2016, table 1.
    """
    root = condition**0.5
    if method == "sgd":
        return 2 / (1 + 1 / condition), 0.0
    if method == "momentum":
        return (2 / (1 + 1 / root)) ** 2, ((root - 1) / (root + 1)) ** 2
    wide = (3 * condition + 1) ** 0.5
    return 4 / (3 + 1 / condition), (wide - 2) / (wide + 2)


def best_convergence(method: str, condition: ArrayLike) -> Floats:
    """Return the factor a step at the best α and β: sgd (κ − 1)/(κ + 1), momentum (√κ − 1)/(√κ + 1), nesterov 1 − 2/√(3κ + 1)."""
    kappa = np.asarray(condition, np.float64)
    if method == "nesterov":
        return 1 - 2 / np.sqrt(3 * kappa + 1)
    size = kappa if method == "sgd" else np.sqrt(kappa)
    return (size - 1) / (size + 1)


def steps_for_a_tenth(shrinking: ArrayLike) -> Floats:
    """Return how many steps it takes at a factor a step until a tenth is left; inf where nothing shrinks but by rounding."""
    factors = np.asarray(shrinking, np.float64)
    with np.errstate(divide="ignore"):
        return np.where(factors < 1 - ROUNDING, -1 / np.log10(np.minimum(factors, 1)), np.inf)
