"""The same small network trained by gradient descent, heavy ball and Nesterov: same steps, each at its own best rate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.momentum.theory import METHODS
from nnviz.core.ensemble import MLP, grid, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.timeline import even_steps
from nnviz.data import toy

NETWORK = MLP((2, 8, 1), "tanh")
POINTS, NOISE, BATCH = 200, 0.15, 20
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
EPOCHS = 30
SNAPSHOTS = 41
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Nets:
    """M methods at R rates for S seeds, T moments.

    Attributes:
        beta: of momentum and nesterov.
        steps: (T,) int64.
        loss: (T, M, R, S) mean cross-entropy on the training points in nats, methods in the order of METHODS.
    """

    beta: float
    steps: NDArray[np.int64]
    loss: Floats

    @property
    def last(self) -> Floats:
        """Loss after the last step, (M, R, S); what is not finite counts as infinite."""
        return np.where(np.isfinite(self.loss[-1]), self.loss[-1], np.inf)

    @property
    def chosen(self) -> NDArray[np.int64]:
        """Which rate ends with the lowest median loss, (M,): each method is judged at its own."""
        return np.asarray(np.median(self.last, axis=-1).argmin(axis=-1))

    def curve(self, method: str) -> Floats:
        """Return one method's losses at its best rate, (T, S)."""
        index = METHODS.index(method)
        return np.asarray(self.loss[:, index, self.chosen[index]])

    def best_rate(self, method: str) -> float:
        """Return one method's best rate."""
        return RATES[int(self.chosen[METHODS.index(method)])]

    def lowest(self, method: str) -> Floats:
        """Return the lowest last loss of each seed over all rates, (S,)."""
        return np.asarray(self.last[METHODS.index(method)].min(axis=0))


@memo(maxsize=24)
def trained(beta: float, seeds: tuple[int, ...], epochs: int = EPOCHS, report: Report = silent) -> Nets:
    """Train every method at every rate on the two moons of each seed, all from the seed's own weights and orders."""
    sets = [toy.moons(POINTS, noise=NOISE, seed=seed) for seed in seeds]
    many = len(METHODS) * len(RATES)
    done = train(
        NETWORK,
        np.tile(np.stack([one.inputs for one in sets]), (many, 1, 1)),
        np.tile(np.stack([one.targets for one in sets]), (many, 1)),
        epochs=epochs,
        batch=BATCH,
        momentum=beta,
        snapshots=even_steps(epochs, SNAPSHOTS),
        report=report,
        **grid(seeds, optimizer=METHODS, rate=RATES),
    )
    shape = (len(done.at), len(METHODS), len(RATES), len(seeds))
    return Nets(beta, done.at * (POINTS // BATCH), done.train_loss.reshape(shape))
