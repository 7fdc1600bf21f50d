"""The best line, and what Novikoff's theorem says of the number of mistakes."""

from math import sqrt

import numpy as np
from scipy.optimize import nnls

from nnviz.concepts.perceptron.rule import Floats

SHARP = 1e3  # scale of the points, so that a line between points 1e-5 apart is still told from none
CONSTANT = 1e3  # in place of 1: then a bias costs next to nothing, and the margin is that in the plane


def best_weights(signed: Floats) -> Floats | None:
    """Return the unit (b, w₁, w₂) that keeps the least y (w·x + b) as large as possible; None where no line separates.

    The shortest w with y (w·x + b) ≥ 1 everywhere is a least-distance problem: with E = [signedᵀ; 1…1] and
    f = (0, 0, 0, 1) it is −r[:3] / r[3], where r = E u − f for the u ≥ 0 that makes r smallest.

    Source: Lawson & Hanson, "Solving Least Squares Problems", chapter 23, 1974.
    """
    if len(signed) == 0:
        return None
    table = np.vstack([SHARP * signed.T, np.ones(len(signed))])
    goal = np.array([0.0, 0.0, 0.0, 1.0])
    residual = table @ nnls(table, goal)[0] - goal
    if abs(residual[3]) < 1e-9:
        return None
    w: Floats = -residual[:3] / residual[3]
    if not SHARP * (signed @ w).min() > 0.5:  # 1 up to rounding
        return None
    return np.asarray(w / np.linalg.norm(w))


def best_line(signed: Floats) -> Floats | None:
    """Return (b, w₁, w₂) of the line that keeps farthest from all points; None where no line separates."""
    if len(np.unique(signed[:, 0])) < 2:
        return None  # points of one class: a line is best infinitely far away
    stretch = np.array([CONSTANT, 1.0, 1.0])
    best = best_weights(signed * stretch)
    return None if best is None else best * stretch


def radius(signed: Floats) -> float:
    """Return R, the length of the longest (1, x₁, x₂)."""
    return float(np.linalg.norm(signed, axis=1).max())


def lower(mistakes: Floats, best: Floats, signed: Floats, rate: float, start: Floats) -> Floats:
    """Return the least that ‖w‖ can be after k mistakes, w₀·w* + kηγ: each mistake adds at least ηγ along w*."""
    return np.asarray(float(start @ best) + mistakes * rate * float((signed @ best).min()))


def upper(mistakes: Floats, signed: Floats, rate: float, start: Floats) -> Floats:
    """Return the most that ‖w‖ can be after k mistakes, √(‖w₀‖² + kη²R²): a mistake's x never points along w."""
    return np.asarray(np.sqrt(float(start @ start) + mistakes * (rate * radius(signed)) ** 2))


def most_mistakes(signed: Floats, best: Floats, rate: float, start: Floats) -> float:
    """Return where the two meet; with w₀ = 0 that is (R/γ)², whatever the learning rate.

    Source: Novikoff, "On convergence proofs on perceptrons", 1962.
    """
    gain, along = rate * float((signed @ best).min()), float(start @ best)
    growth = (rate * radius(signed)) ** 2
    # (a + gk)² = ‖w₀‖² + R²η²k, solved for the larger k.
    half = growth / 2 - along * gain
    return (half + sqrt(max(0.0, half**2 - gain**2 * (along**2 - float(start @ start))))) / gain**2
