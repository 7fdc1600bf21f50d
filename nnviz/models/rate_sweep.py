"""One small network on two moons, trained by several optimizers at several learning rates: each is judged at its own best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble import MLP, grid, train
from nnviz.core.ensemble.metrics import data_loss
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.core.timeline import even_steps
from nnviz.data import toy

SIZES = (2, 8, 1)
NETWORK = MLP(SIZES, "tanh")
POINTS, NOISE, BATCH = 200, 0.3, 20
EPOCHS = 30
SNAPSHOTS = 31
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """What is trained: the key of `swept`.

    Attributes:
        optimizers: M names of `ensemble.OPTIMIZERS`; rates: R learning rates; seeds: S of them.
        epochs: passes over the points.
        momentum, beta1, beta2, decay, weight_decay, l2: as in `ensemble.Settings`.
    """

    optimizers: tuple[str, ...]
    rates: tuple[float, ...]
    seeds: tuple[int, ...]
    epochs: int = EPOCHS
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    decay: float = 0.99
    weight_decay: float = 0.01
    l2: float = 0.0


@dataclass(frozen=True)
class Sweep:
    """M optimizers at R rates for S seeds, T moments.

    Attributes:
        plan: what was trained.
        steps: (T,) int64.
        loss: (T, M, R, S) mean cross-entropy on the training points in nats.
        last: (M, R, S) the same after the last step; infinite where it is not a number.
    """

    plan: Plan
    steps: NDArray[np.int64]
    loss: Floats
    last: Floats

    @property
    def chosen(self) -> NDArray[np.int64]:
        """Which rate ends with the lowest median loss, (M,): each optimizer is judged at its own."""
        return np.asarray(np.median(self.last, axis=-1).argmin(axis=-1))

    def index(self, optimizer: str) -> int:
        """Return the number of an optimizer."""
        return self.plan.optimizers.index(optimizer)

    def curve(self, optimizer: str) -> Floats:
        """Return one optimizer's losses at its best rate, (T, S)."""
        index = self.index(optimizer)
        return np.asarray(self.loss[:, index, self.chosen[index]])

    def best_rate(self, optimizer: str) -> float:
        """Return one optimizer's best rate."""
        return self.plan.rates[int(self.chosen[self.index(optimizer)])]


@memo(maxsize=24)
def swept(plan: Plan, report: Report = silent) -> Sweep:
    """Train every optimizer at every rate on the two moons of each seed, all from the seed's own weights and orders."""
    sets = [toy.moons(POINTS, noise=NOISE, seed=seed) for seed in plan.seeds]
    x, y = (np.stack([getattr(one, name) for one in sets]) for name in ("inputs", "targets"))
    many = len(plan.optimizers) * len(plan.rates)
    done = train(
        NETWORK,
        np.tile(x, (many, 1, 1)),
        np.tile(y, (many, 1)),
        epochs=plan.epochs,
        batch=BATCH,
        momentum=plan.momentum,
        beta1=plan.beta1,
        beta2=plan.beta2,
        decay=plan.decay,
        weight_decay=plan.weight_decay,
        l2=plan.l2,
        snapshots=even_steps(plan.epochs, SNAPSHOTS),
        report=part(report, 0.0, 0.9),
        **grid(plan.seeds, optimizer=plan.optimizers, rate=plan.rates),
    )
    report(0.9, "reading the losses")
    shape = (len(plan.optimizers), len(plan.rates), len(plan.seeds))
    loss = done.train_loss.reshape(-1, *shape)
    last = last_losses(done.final.reshape(*shape, -1), x, y)
    return Sweep(plan, done.at * (POINTS // BATCH), loss, last)


def last_losses(weights: Floats, x: Floats, y: NDArray[np.int64]) -> Floats:
    """Return the loss of final weights (..., S, P) on the points (S, N, 2) and classes (S, N) of each seed, (..., S)."""
    (first, first_bias), (second, second_bias) = NETWORK.layers(weights)
    with np.errstate(over="ignore", invalid="ignore"):
        hidden = np.tanh(x @ np.swapaxes(first, -1, -2) + first_bias[..., None, :])
        logits = hidden @ np.swapaxes(second, -1, -2) + second_bias[..., None, :]
        losses = data_loss("bce", logits, y[..., None].astype(np.float64))
    return np.where(np.isfinite(losses), losses, np.inf)
