"""What least squares with isotropic Gaussian features does on average, exactly: no data set needed."""

import numpy as np

from nnviz.concepts.capacity.features import Floats


def excess_risk(capacity: Floats, points: int, variance: float, signal: float = 1.0) -> tuple[Floats, Floats]:
    """Return both parts of the shortest fit's error with isotropic Gaussian features: from the signal, from the noise.

    y = x·w + ε with x ~ N(0, I_p), ‖w‖ = r, Var ε = σ²; the excess risk is E(x·ŵ − x·w)²:
    p < n − 1: 0 + σ² p / (n − p − 1)   ·   p > n + 1: r² (1 − n/p) + σ² n / (p − n − 1)
    In between the second part is infinite, unless σ = 0. These are bias² and variance at fixed inputs. Over data sets whose
    inputs change too, the mean of the fits misses by r² (1 − n/p)², and the rest of the first part counts as variance.

    Args:
        capacity: (C,) p.
        points: n.
        variance: σ².
        signal: r.

    Source: Hastie, Montanari, Rosset & Tibshirani, "Surprises in high-dimensional ridgeless least squares
    interpolation", 2022, in their limit of large n and p; from the mean of an inverse Wishart matrix it holds for all.
    """
    p, n = np.asarray(capacity, dtype=np.float64), float(points)
    below, above = p < n - 1, p > n + 1
    gap = np.where(below, n - p - 1, np.where(above, p - n - 1, np.nan))
    spread = np.where(gap > 0, variance * np.minimum(p, n) / gap, np.inf if variance > 0 else 0.0)
    return np.where(p > n, signal**2 * (1 - n / np.maximum(p, n)), 0.0), spread
