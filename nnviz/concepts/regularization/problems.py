"""What is fitted: a polynomial to a few noisy points, or a plane to patients of the diabetes study."""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray

from nnviz.core.memo import memo

Floats = NDArray[np.float64]
HELD_OUT = 200  # points of the curve that validate
LEVEL = 2.0  # the curve's height, so that the bias has something to do
GRID: Floats = np.linspace(-1, 1, 161)
STUDY = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")  # features of the diabetes study


@dataclass(frozen=True)
class Problem:
    """Regression problems of S seeds.

    Attributes:
        features: (S, n, p) and held_out: (S, m, p), each seed's own.
        targets: (S, n); held_targets: (S, m).
        names: (p,) of the features.
        x: (S, n) and held_x: (S, m) where the points lie; empty for patients.
    """

    features: Floats
    targets: Floats
    held_out: Floats
    held_targets: Floats
    names: tuple[str, ...]
    x: Floats
    held_x: Floats


@dataclass(frozen=True)
class Normal:
    """What least squares knows of S problems, with the bias left free or made one of the weights.

    Attributes:
        grams: (S, p, p) XᵀX/n and correlations: (S, p) Xᵀy/n.
        centre: (S, p) and level: (S,) what was taken off features and targets; 0 where the bias is a weight.
    """

    grams: Floats
    correlations: Floats
    centre: Floats
    level: Floats


def true_curve(x: Floats) -> Floats:
    """Return what the points scatter around: 2 + sin 3x + x²/4."""
    return np.asarray(LEVEL + np.sin(3 * x) + x**2 / 4)


def draw_curve(points: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Draw a seed's points, x even in ±1, and then those held out: (points + HELD_OUT,) each; noise only moves them."""
    draws = np.random.default_rng([seed, 13])
    x = draws.uniform(-1, 1, points + HELD_OUT)
    return x, true_curve(x) + noise * draws.standard_normal(points + HELD_OUT)


def polynomial(x: Floats, degree: int) -> Floats:
    """Return Legendre's polynomials P₁…P_d at x, (..., d): waves between ±1 that are ever more wiggly.

    They span the same curves as x, x², …, xᵈ, but are almost uncorrelated, so that one λ is fair to all.
    """
    return np.asarray(legvander(x, degree)[..., 1:])


@memo(maxsize=32)
def curve_problem(points: int, noise: float, degree: int, seeds: tuple[int, ...]) -> Problem:
    """Draw every seed's points of the curve."""
    x, y = (np.stack(column) for column in zip(*(draw_curve(points, noise, seed) for seed in seeds), strict=True))
    features = polynomial(x, degree)
    names = tuple(f"P{str(k).translate(LOWERED)}" for k in range(1, degree + 1))
    return Problem(
        features[:, :points], y[:, :points], features[:, points:], y[:, points:], names, x[:, :points], x[:, points:]
    )


LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@memo(maxsize=32)
def patients_problem(points: int, seeds: tuple[int, ...]) -> Problem:
    """Draw every seed's patients; the others validate. Features and target in standard deviations of the drawn."""
    inputs, targets = diabetes_table()
    parts = [standard_parts(inputs, targets, points, seed) for seed in seeds]
    features, learned, held_out, held = (np.stack(column) for column in zip(*parts, strict=True))
    nothing = np.zeros((len(seeds), 0))
    return Problem(features, learned, held_out, held, STUDY, nothing, nothing)


def diabetes_table() -> tuple[Floats, Floats]:
    """Return 442 patients' 10 measurements in their own units, and the disease's progression after a year."""
    from sklearn.datasets import load_diabetes

    bundle = load_diabetes(scaled=False)
    return np.asarray(bundle.data, dtype=np.float64), np.asarray(bundle.target, dtype=np.float64)


def standard_parts(inputs: Floats, targets: Floats, points: int, seed: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Draw patients to learn from, in standard deviations, and leave the others to validate."""
    order = np.random.default_rng([seed, 19]).permutation(len(targets))
    learn, others = order[:points], order[points:]
    centre, scale = inputs[learn].mean(axis=0), inputs[learn].std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    level, size = targets[learn].mean(), targets[learn].std()
    x, y = (inputs - centre) / scale, (targets - level) / size
    return x[learn], y[learn], x[others], y[others]


def normal(problem: Problem, *, bias: bool) -> Normal:
    """Reduce problems to what least squares needs; `bias` puts a column of ones in front and centres nothing."""
    x, y = with_ones(problem.features) if bias else problem.features, problem.targets
    centre = np.zeros((len(x), x.shape[2])) if bias else x.mean(axis=1)
    level = np.zeros(len(y)) if bias else y.mean(axis=1)
    away, off = x - centre[:, None], y - level[:, None]
    count = x.shape[1]
    grams = np.einsum("snp,snq->spq", away, away) / count
    return Normal(grams, np.einsum("snp,sn->sp", away, off) / count, centre, level)


def with_ones(features: Floats) -> Floats:
    """Return features with a column of ones in front, (..., p + 1)."""
    return np.concatenate([np.ones((*features.shape[:-1], 1)), features], axis=-1)


def answers(found: Normal, weights: Floats, features: Floats) -> Floats:
    """Return the answers of weights (S, G, p) to features (S, m, p or p − 1): (S, G, m)."""
    x = features if features.shape[-1] == weights.shape[-1] else with_ones(features)
    away = x - found.centre[:, None]
    return np.asarray(np.einsum("sgp,smp->sgm", weights, away) + found.level[:, None, None])
