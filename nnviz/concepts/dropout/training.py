"""The networks of the page: for every seed its own training points, initial weights, orders and masks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble import MLP, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.core.seeds import dropout_draws, epoch_orders, generator
from nnviz.core.timeline import even_steps
from nnviz.data import Dataset, flip_labels, split, toy
from nnviz.data.points import own_set
from nnviz.data.real import digits

TEST = 500  # test points of each seed, where they are not your own
BATCH = 50
LEARNING_RATE = 0.02  # of Adam
Rates = tuple[float, float]


@dataclass(frozen=True)
class Setting:
    """Everything that a training depends on, except the dropout rates.

    Attributes:
        points: training points of each seed.
        noise: of moons: standard deviation around the arcs; of digits: share of training labels that are wrong.
        snapshots: how many moments are recorded, start and end included.
        rescale: inverted dropout; False trains on bare masks.
        own: the learner's own points, as text.
    """

    data: Literal["moons", "digits", "points"]
    width: int
    points: int
    noise: float
    epochs: int
    seeds: tuple[int, ...]
    rescale: bool = True
    snapshots: int = 2
    own: str = ""

    @property
    def network(self) -> MLP:
        """Two hidden ReLU layers of equal width, one logit per class, He initialization."""
        ends = (64, 10) if self.data == "digits" else (2, 2)
        sizes = (ends[0], self.width, self.width, ends[1])
        return MLP(sizes, activation="relu", loss="cross_entropy", initialization="he_normal")

    def ends(self, most: int) -> "Setting":
        """Return the same for at most so many seeds, with only start and end recorded."""
        return replace(self, seeds=self.seeds[:most], snapshots=2)


@dataclass(frozen=True)
class Problem:
    """The points of S seeds: inputs (S, N, d) float32, targets (S, N) int64, and the same of the test points."""

    inputs: NDArray[np.float32]
    targets: NDArray[np.int64]
    test_inputs: NDArray[np.float32]
    test_targets: NDArray[np.int64]


@dataclass(frozen=True)
class Recorded:
    """Networks of one pair of rates: epochs (T,) int64 and weights (T, S, P) float32."""

    rates: Rates
    epochs: NDArray[np.int64]
    weights: NDArray[np.float32]


@memo(maxsize=16)
def problem(data: str, points: int, noise: float, seeds: tuple[int, ...], own: str) -> Problem:
    """Draw the training and test points of every seed."""
    parts = [_parts(data, points, noise, seed, own) for seed in seeds]
    columns = [np.stack(column) for column in zip(*parts, strict=True)]
    return Problem(columns[0].astype(np.float32), columns[1], columns[2].astype(np.float32), columns[3])


def _parts(data: str, points: int, noise: float, seed: int, own: str) -> tuple[NDArray[Any], ...]:
    if data == "points":
        learn, test = own_parts(own, seed)
        return learn.inputs, learn.targets, test.inputs, test.targets
    return _moons(points, noise, seed) if data == "moons" else _digits(points, noise, seed)


def own_parts(text: str, seed: int) -> tuple[Dataset, Dataset]:
    """Halve a learner's own points, class by class; with no point left for a test, the training points are tested."""
    parts = split(own_set(text, most_classes=2), test_share=0.5, seed=seed)
    return parts.train, parts.test if len(parts.test) else parts.train


def _moons(points: int, noise: float, seed: int) -> tuple[NDArray[Any], ...]:
    draws = np.random.default_rng([seed, 1])
    learn, test = toy.moons(points, noise=noise, seed=draws), toy.moons(TEST, noise=noise, seed=draws)
    return learn.inputs, learn.targets, test.inputs, test.targets


def _digits(points: int, wrong: float, seed: int) -> tuple[NDArray[Any], ...]:
    draws = np.random.default_rng([seed, 2])
    rows = draws.permutation(len(digits()))
    learn, test = digits().take(rows[:points]), digits().take(rows[points : points + TEST])
    learn = flip_labels(learn, wrong, draws)
    return learn.inputs, learn.targets, test.inputs, test.targets


def problem_of(setting: Setting) -> Problem:
    """Return the points of a setting's seeds."""
    return problem(setting.data, setting.points, setting.noise, setting.seeds, setting.own)


@memo(maxsize=6)
def recorded(setting: Setting, rates: Rates, report: Report = silent) -> Recorded:
    """Train one network per seed at one pair of rates, with snapshots."""
    epochs, weights = _train(setting, [rates], report)
    return Recorded(rates, epochs, weights[:, 0])


@memo(maxsize=12)
def finals(setting: Setting, pairs: tuple[Rates, ...], report: Report = silent) -> NDArray[np.float32]:
    """Train rates × seeds in one ensemble; return the final weights (R, S, P)."""
    _, weights = _train(setting, pairs, report)
    return np.array(weights[-1])


def _train(setting: Setting, pairs: Sequence[Rates], report: Report) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the recorded epochs (T,) and weights (T, R, S, P); equal seeds share points, weights, orders and draws."""
    points, count, seeds = problem_of(setting), len(pairs), len(setting.seeds)
    trained = train(
        setting.network,
        np.tile(points.inputs, (count, 1, 1)),
        np.tile(points.targets, (count, 1)),
        seeds=setting.seeds * count,
        dropout=np.repeat(pairs, seeds, axis=0),
        rescale=setting.rescale,
        epochs=setting.epochs,
        batch=BATCH,
        optimizer="adam",
        rate=LEARNING_RATE,
        snapshots=even_steps(setting.epochs, setting.snapshots),
        report=part(report, 0.0, 1.0),  # without the partial networks, which are no Run
    )
    return trained.at, trained.weights.reshape(len(trained.at), count, seeds, -1)


@dataclass(frozen=True)
class Replayed:
    """What one seed's training saw at recorded epochs: kept (T, H) bool by unit, example (T,) int64 by row."""

    kept: NDArray[np.bool_]
    example: NDArray[np.int64]


def replay(setting: Setting, rates: Rates, epochs: NDArray[np.int64]) -> Replayed:
    """Return the mask of the first example of each recorded epoch's last step (of the first step for epoch 0).

    The engine draws from the same generators, so these are the very masks that were used.
    """
    seed, units = setting.seeds[0], 2 * setting.width
    uniforms = dropout_draws(generator(seed, "dropout"), setting.points, units, setting.epochs)
    orders = epoch_orders(generator(seed, "order"), setting.points, setting.epochs)
    first = (setting.points - 1) // BATCH * BATCH
    rows, columns = np.maximum(epochs - 1, 0), np.where(epochs == 0, 0, first)
    limits = np.repeat(rates, setting.width)
    return Replayed(uniforms[rows, columns] >= limits, orders[rows, columns])
