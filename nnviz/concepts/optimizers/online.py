"""Adam's counterexample: an online convex problem on which it walks to the worst point.

In round t a player stands at xₜ ∈ [−1, 1] and pays fₜ(xₜ): C x in every third round, −x in the two others. With C > 2 the
best fixed point is −1. Steps shrink as α/√t. Source: Reddi, Kale & Kumar, "On the convergence of Adam and beyond", 2018.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.compilation import entry
from nnviz.core.ensemble.linear import Matrix, Vector, Whole
from nnviz.core.ensemble.optimizers import BETA1, BETA2, update
from nnviz.core.ensemble.settings import OPTIMIZERS
from nnviz.models.surfaces import numbers_of

STEEP = 4.0  # C
PERIOD = 3
AMSGRAD = -1  # code: Adam whose second moment never falls; torch.optim.Adam(amsgrad=True)
Floats = NDArray[np.float64]


def slopes_of(rounds: int, steep: float = STEEP) -> Floats:
    """Return the slope of fₜ in each round, (T,): C in rounds 1, 4, 7, …, else −1."""
    return np.where(np.arange(rounds) % PERIOD == 0, steep, -1.0)


def play(
    optimizers: Sequence[str],
    start: float | Floats,
    *,
    rounds: int,
    rate: float = 0.5,
    steep: float = STEEP,
    **settings: float,
) -> Floats:
    """Let optimizers play, each from a start in [−1, 1]: (K, T + 1) points, the start first.

    Args:
        optimizers: K names of `ensemble.OPTIMIZERS`, or "amsgrad".
        rounds, rate, steep: T, α and C.
        settings: momentum, beta1, beta2, decay, weight_decay.
    """
    codes = np.array([AMSGRAD if name == "amsgrad" else OPTIMIZERS.index(name) for name in optimizers])
    numbers = numbers_of(len(codes), rate=rate, **settings)
    found = np.empty((len(codes), rounds + 1))
    found[:, 0] = np.clip(start, -1, 1)
    play_rounds(codes, numbers, slopes_of(rounds, steep), found)
    return found


def regret(points: Floats, steep: float = STEEP) -> Floats:
    """Return the mean regret against the best fixed point, −1, after each round: (K, T + 1) points → (K, T)."""
    slopes = slopes_of(points.shape[1] - 1, steep)
    return np.asarray(np.cumsum(slopes * (points[:, :-1] + 1), axis=1) / np.arange(1, points.shape[1]))


@entry
def play_rounds(codes: Whole, numbers: Matrix, slopes: Vector, found: Matrix) -> None:
    """Fill found (K, T + 1) from its first column on; after each step the point is put back into [−1, 1]."""
    place, gradient, moments, highest = np.zeros(1), np.zeros(1), np.zeros((2, 1)), 0.0
    for row in range(found.shape[0]):
        moments[:] = 0.0
        highest = 0.0
        place[0] = found[row, 0]
        for step in range(1, found.shape[1]):
            gradient[0] = slopes[step - 1]
            rate = numbers[row, 0] / math.sqrt(step)
            if codes[row] == AMSGRAD:
                beta1, beta2 = numbers[row, BETA1], numbers[row, BETA2]
                moments[0, 0] = beta1 * moments[0, 0] + (1 - beta1) * gradient[0]
                moments[1, 0] = beta2 * moments[1, 0] + (1 - beta2) * gradient[0] * gradient[0]
                highest = max(highest, moments[1, 0])
                unbiased = math.sqrt(highest) / math.sqrt(1 - beta2**step) + 1e-8
                place[0] -= rate / (1 - beta1**step) * moments[0, 0] / unbiased
            else:
                update(place, gradient, moments, codes[row], rate, step, numbers[row])
            place[0] = min(max(place[0], -1.0), 1.0)
            found[row, step] = place[0]
