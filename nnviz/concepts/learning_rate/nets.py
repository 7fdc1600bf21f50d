"""A small network, 2-8-8-1, trained at many learning rates, under a schedule, and by a range test."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from nnviz.concepts.learning_rate.points import Points, own_points, points_of
from nnviz.core.ensemble import MLP, OnPlateau, Trained, grid, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.schedules import schedule
from nnviz.core.timeline import even_steps

Floats = NDArray[np.float64]
Data = Literal["moons", "circle", "xor", "spiral", "points"]
Schedule = Literal["constant", "step", "exponential", "cosine", "warmup", "one_cycle", "plateau"]
BATCH = 10
PATIENCE = 5  # epochs without progress before the rate falls
FRAMES = 31
RATES = tuple(float(2.0**power) for power in range(-10, 6))  # 0.001 to 32
TEST_RATES = (1e-3, 32.0)  # of the range test, from and to
TEST_EPOCHS = 60
BENDS = 11  # snapshots at which curvature is measured
CHANCE = float(np.log(2))  # loss of always answering ½


@dataclass(frozen=True)
class Setting:
    """What training depends on besides the rate and the seeds; `flips` is the share of wrong training labels."""

    data: Data = "moons"
    noise: float = 0.2
    flips: float = 0.1
    schedule: Schedule = "constant"
    epochs: int = 60
    activation: Literal["tanh", "relu"] = "tanh"
    points: str = ""

    @property
    def network(self) -> MLP:
        """The network's shape."""
        return MLP((2, 8, 8, 1), self.activation)

    def drawn(self, seed: int) -> Points:
        """Return the points of a seed."""
        if self.data == "points":
            return own_points(self.points, self.noise, self.flips, seed)
        return points_of(self.data, self.noise, self.flips, seed)


@dataclass(frozen=True)
class Sweep:
    """K seeds at each of R rates.

    Attributes:
        rates: (R,).
        epochs: (T,) snapshots.
        losses: (T, R, K) training loss; test_losses, accuracy, training_accuracy: (R, K) at the end.
        weights: (T, R, K, P) float32.
    """

    rates: Floats
    epochs: NDArray[np.int64]
    losses: Floats
    test_losses: Floats
    accuracy: Floats
    training_accuracy: Floats
    weights: NDArray[np.float32]

    @property
    def trains(self) -> NDArray[np.bool_]:
        """Whether a network's loss over the last tenth of the epochs is finite and below the first, (R, K)."""
        last = self.losses[-max(1, len(self.epochs) // 10) :]
        with np.errstate(invalid="ignore"):
            return np.asarray(np.median(last, axis=0) < self.losses[0])

    @property
    def largest_stable(self) -> Floats:
        """The largest rate at which each seed trains, (K,); nan where none does."""
        return np.asarray([max(self.rates[good], default=np.nan) for good in self.trains.T], np.float64)

    @property
    def best(self) -> Floats:
        """The rate with the least training loss at the end, per seed (K,)."""
        return np.asarray(self.rates[self._last.argmin(axis=0)])

    @property
    def least(self) -> float:
        """The rate with the least median training loss at the end."""
        return float(self.rates[np.median(self._last, axis=1).argmin()])

    @property
    def largest(self) -> float:
        """The largest rate at which at least half of the seeds train; nan where there is none."""
        return float(max(self.rates[self.trains.mean(axis=1) >= 0.5], default=np.nan))

    @property
    def _last(self) -> Floats:
        return np.where(np.isfinite(self.losses[-1]), self.losses[-1], np.inf)


@memo(maxsize=48)
def sweep(setting: Setting, rates: tuple[float, ...], seeds: tuple[int, ...], report: Report = silent) -> Sweep:
    """Train every seed at every rate, batches of 10; seeds share points, first weights and orders across rates."""
    trained = train_at(setting, rates, seeds, report)
    shape = (len(rates), len(seeds))
    return Sweep(
        rates=np.array(rates),
        epochs=trained.at,
        losses=trained.train_loss.reshape(-1, *shape),
        test_losses=trained.test_loss[-1].reshape(shape),
        accuracy=trained.test_accuracy[-1].reshape(shape),
        training_accuracy=trained.train_accuracy[-1].reshape(shape),
        weights=trained.weights.reshape(len(trained.at), *shape, -1),
    )


def train_at(setting: Setting, rates: Sequence[float], seeds: Sequence[int], report: Report = silent) -> Trained:
    """Train seeds × rates networks, the seeds running fastest."""
    x, y, x_test, y_test = (
        np.tile(np.stack(part), (len(rates), *[1] * part[0].ndim))
        for part in zip(*map(setting.drawn, seeds), strict=True)
    )
    on_plateau = setting.schedule == "plateau"
    return train(
        setting.network,
        x,
        y,
        test=(x_test, y_test),
        epochs=setting.epochs,
        batch=BATCH,
        schedule=None if on_plateau else schedule(setting.schedule, setting.epochs),
        plateau=OnPlateau(patience=PATIENCE) if on_plateau else None,
        snapshots=even_steps(setting.epochs, FRAMES),
        report=report,
        **grid(seeds, rate=rates),
    )


@dataclass(frozen=True)
class RangeTest:
    """One training in which the rate grows after every epoch by the same factor, per seed.

    Attributes:
        rates: (E,) rate of each epoch.
        losses: (E, K) training loss after it.
    """

    rates: Floats
    losses: Floats

    @property
    def lowest(self) -> float:
        """The rate at which the median loss is least."""
        return float(self.rates[np.nanargmin(_median(self.losses))])

    @property
    def blows(self) -> float:
        """The first rate at which the median loss is above twice its least so far and above chance; nan for none."""
        median = _median(self.losses)
        above = median > np.maximum(2 * np.fmin.accumulate(median), CHANCE)
        return float(self.rates[above.argmax()]) if above.any() else float("nan")


def _median(losses: Floats) -> Floats:
    """Return the median over the seeds; a loss that overflowed counts as infinite."""
    return np.asarray(np.median(np.where(np.isfinite(losses), losses, np.inf), axis=1))


@memo(maxsize=48)
def range_test(setting: Setting, seeds: tuple[int, ...], report: Report = silent) -> RangeTest:
    """Let the rate grow from 0.001 to 32 within one training of 60 epochs. Source: Smith 2017."""
    low, high = TEST_RATES
    rates = np.geomspace(low, high, TEST_EPOCHS)
    x, y, _, _ = (np.stack(part) for part in zip(*map(setting.drawn, seeds), strict=True))
    trained = train(
        setting.network,
        x,
        y,
        seeds=seeds,
        epochs=TEST_EPOCHS,
        batch=BATCH,
        rate=high,
        schedule=rates / high,
        snapshots=np.arange(TEST_EPOCHS + 1),
        report=report,
    )
    return RangeTest(rates, trained.train_loss[1:])


def curvature(network: MLP, weights: NDArray[np.floating], x: Floats, y: NDArray[np.int64]) -> Floats:
    """Return the largest eigenvalue of the Hessian of the training loss at weights (T, P), (T,); nan if not finite."""
    finite = np.isfinite(weights).all(axis=1)
    found = np.full(len(weights), np.nan)
    vectors = torch.from_numpy(weights[finite].astype(np.float64)).requires_grad_()
    if len(vectors):
        loss = losses_at(
            network, vectors, torch.from_numpy(x), torch.from_numpy(y).double()
        ).sum()  # they share nothing
        (slopes,) = torch.autograd.grad(loss, vectors, create_graph=True)
        rows = [torch.autograd.grad(slope.sum(), vectors, retain_graph=True)[0] for slope in slopes.unbind(1)]
        matrices = torch.stack(rows, dim=1).numpy()  # (T', P, P)
        found[finite] = [np.linalg.eigvalsh(each)[-1] if np.isfinite(each).all() else np.nan for each in matrices]
    return found


def losses_at(network: MLP, vectors: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean cross-entropy of T networks given as rows of parameters: (T, P), (N, 2), (N,) to (T,)."""
    activate = {"tanh": torch.tanh, "relu": torch.relu}[str(network.activation)]
    values, start = inputs.expand(len(vectors), -1, -1), 0
    for layer, (before, after) in enumerate(pairwise(network.sizes)):
        middle = start + before * after
        matrices = vectors[:, start:middle].reshape(-1, after, before)
        start = middle + after
        values = values @ matrices.mT + vectors[:, None, middle:start]  # (T, N, after)
        values = activate(values) if layer < network.depth - 1 else values
    logits = values[..., 0]
    return functional.binary_cross_entropy_with_logits(logits, targets.expand_as(logits), reduction="none").mean(1)


@dataclass(frozen=True)
class Bending:
    """How sharply the training loss bends under one net as it trains.

    Attributes:
        epochs: (T,) snapshots.
        largest: (T,) largest eigenvalue of the Hessian; nan where the weights are not finite.
        losses: (T,) training loss there.
        limits: (T,) 2 / η, with the rate of that epoch.
    """

    epochs: NDArray[np.int64]
    largest: Floats
    losses: Floats
    limits: Floats


@memo(maxsize=48)
def bending(setting: Setting, rate: float, seed: int) -> Bending:
    """Train one net and measure its curvature at eleven epochs."""
    done = sweep(setting, (rate,), (seed,))
    chosen = np.unique(np.linspace(0, len(done.epochs) - 1, BENDS).round().astype(int))
    x, y, _, _ = setting.drawn(seed)
    found = curvature(setting.network, done.weights[chosen, 0, 0], x, y)
    return Bending(
        done.epochs[chosen], found, done.losses[chosen, 0, 0], 2 / rates_on_the_way(setting, rate, done.epochs[chosen])
    )


def rates_on_the_way(setting: Setting, rate: float, epochs: NDArray[np.int64]) -> Floats:
    """Return the rate in force at each of the epochs (T,); on plateau it is the first rate, which only falls."""
    factors = np.array(schedule(setting.schedule, setting.epochs))
    return np.asarray(rate * np.maximum(factors[np.minimum(epochs, setting.epochs - 1)], 1e-9))
