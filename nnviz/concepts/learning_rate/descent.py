"""Gradient descent on one valley, f(θ) = ½ λ θ²: everything about a learning rate that can be said exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.core.schedules import Plateau, schedule

Floats = NDArray[np.float64]
START = -1.0
STEPS = 30
PATIENCE = 3  # steps without progress before the rate falls on the valley


@dataclass(frozen=True)
class Descent:
    """One path.

    Attributes:
        path: (31,) θ before each step and after the last.
        rates: (30,) learning rate of each step.
        curvature: λ.
    """

    path: Floats
    rates: Floats
    curvature: float

    @property
    def losses(self) -> Floats:
        """½ λ θ² along the path, (31,)."""
        return 0.5 * self.curvature * self.path**2

    @property
    def factors(self) -> Floats:
        """1 − ηλ, by which each step multiplies θ, (30,)."""
        return 1 - self.rates * self.curvature


def descend(rate: float, curvature: float, name: str = "constant") -> Descent:
    """Walk θ ← θ − ηₜ λ θ = (1 − ηₜλ) θ from θ = −1 for 30 steps.

    It converges for 0 < ηλ < 2, monotonically up to ηλ = 1; beyond 2 every step ends farther away, on the other side.
    """
    factors = schedule(name, STEPS)
    watch = Plateau(1, patience=PATIENCE)
    path, rates = [START], []
    for step in range(STEPS):
        if name == "plateau":
            loss = 0.5 * curvature * path[-1] ** 2
            rates.append(rate * float(watch.observe(loss)[0]))
        else:
            rates.append(rate * factors[step])
        path.append(path[-1] - rates[-1] * curvature * path[-1])
    return Descent(np.array(path), np.array(rates), curvature)
