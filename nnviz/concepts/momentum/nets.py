"""The network of the page, trained by gradient descent, heavy ball and Nesterov: same steps, each at its own best rate."""

import numpy as np

from nnviz.concepts.momentum.theory import METHODS, Floats
from nnviz.core.progress import Report, silent
from nnviz.models.rate_sweep import EPOCHS, Plan, Sweep, swept

CALM = 0.01  # a rate at which no method overshoots: even two programs that round differently agree
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


def trained(beta: float, seeds: tuple[int, ...], epochs: int = EPOCHS, report: Report = silent) -> Sweep:
    """Train every method at every rate on the two moons of each seed."""
    return swept(Plan(METHODS, RATES, seeds, epochs, momentum=beta), report)


def calm_loss(found: Sweep, method: str) -> Floats:
    """Return one method's last losses at the small rate CALM, (S,)."""
    return np.asarray(found.last[found.index(method), RATES.index(CALM)])
