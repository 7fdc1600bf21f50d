"""The networks of the page: too wide for their few noisy points, watched after every epoch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble import MLP, Trained, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent

Floats = NDArray[np.float64]
EDGE = 3.0  # x lies in ±EDGE
TEST = 300  # test points of each seed
LEARNING_RATE = 0.01  # of Adam
GRID: Floats = np.linspace(-EDGE, EDGE, 121)  # where fits are drawn


@dataclass(frozen=True)
class Setting:
    """Everything that the training depends on.

    Attributes:
        points: points that each network has, for training and validation together.
        share: of these, how many only watch.
        noise: standard deviation of the targets around the curve.
        width: units in each of the two hidden layers.
        epochs: how long training goes on; the rule is applied to what was recorded.
        batch: examples a step.
        seeds: of each network: its points, weights and orders.
    """

    points: int
    share: float
    noise: float
    width: int
    epochs: int
    batch: int
    seeds: tuple[int, ...]

    @property
    def watching(self) -> int:
        """How many points are in the validation set: at least one, and at least two are left to learn from."""
        return int(np.clip(round(self.share * self.points), 1, self.points - 2))

    @property
    def network(self) -> MLP:
        """Two hidden tanh layers of equal width, one output."""
        return MLP((1, self.width, self.width, 1), "tanh", loss="mse")


@dataclass(frozen=True)
class Problem:
    """The points of S seeds, x (S, N) and y (S, N), in three parts."""

    train: tuple[Floats, Floats]
    validation: tuple[Floats, Floats]
    test: tuple[Floats, Floats]


@dataclass(frozen=True)
class Curves:
    """What S networks did over E epochs.

    Attributes:
        train, validation, test: (E + 1, S) mean squared errors, epoch 0 first.
        fits: (E + 1, 121) the first network's answers on GRID, float32.
        trained: the networks themselves.
    """

    train: Floats
    validation: Floats
    test: Floats
    fits: NDArray[np.float32]
    trained: Trained


def true_curve(x: Floats) -> Floats:
    """Return what the points scatter around: sin 2x + x/3."""
    return np.asarray(np.sin(2 * x) + x / 3)


def draw_points(points: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Draw a seed's points, x even in ±3, and then its test points: (points + TEST,) each.

    More noise moves the same points further from the curve; x and order stay.
    """
    draws = np.random.default_rng([seed, 20])
    x = draws.uniform(-EDGE, EDGE, points + TEST)
    return x, true_curve(x) + noise * draws.standard_normal(points + TEST)


def problem_of(setting: Setting) -> Problem:
    """Draw the points of every seed: validation first, then training, then test."""
    drawn = [draw_points(setting.points, setting.noise, seed) for seed in setting.seeds]
    x, y = (np.stack(column) for column in zip(*drawn, strict=True))
    cuts = [setting.watching, setting.points]
    parts = list(zip(np.split(x, cuts, axis=1), np.split(y, cuts, axis=1), strict=True))
    return Problem(train=parts[1], validation=parts[0], test=parts[2])


@memo(maxsize=12)
def trained(setting: Setting, report: Report = silent) -> Curves:
    """Train one network per seed and look at it after every epoch."""
    problem = problem_of(setting)
    x, y = problem.train
    found = train(
        setting.network,
        x[..., None],
        y[..., None],
        seeds=setting.seeds,
        epochs=setting.epochs,
        batch=setting.batch,
        optimizer="adam",
        rate=LEARNING_RATE,
        snapshots=np.arange(setting.epochs + 1),
        report=part(report, 0.0, 0.6),  # without the partial networks, which are no Run
    )
    report(0.7, "looking at every epoch")
    parts = (problem.train, problem.validation, problem.test)
    answers = found.outputs(np.concatenate([x for x, _ in parts], axis=1)[..., None])[..., 0]  # (E + 1, S, N)
    targets = np.concatenate([y for _, y in parts], axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        squares = (answers.astype(np.float64) - targets) ** 2
    cuts = np.cumsum([x.shape[1] for x, _ in parts])[:-1]
    train_error, validation, test = (each.mean(axis=2) for each in np.split(squares, cuts, axis=2))
    report(0.9, "drawing the fits")
    first = setting.network.layers(found.weights[:, 0])
    return Curves(train_error, validation, test, answer(first, GRID), found)


def answer(layers: list[tuple[NDArray[np.floating], NDArray[np.floating]]], x: Floats) -> NDArray[np.float32]:
    """Return one network's answers at x (M,) for weights with any leading axes: (..., M) float32."""
    values = np.broadcast_to(x, (*layers[0][1].shape[:-1], len(x)))[..., None].astype(np.float32)
    for place, (matrix, bias) in enumerate(layers):
        values = values @ np.swapaxes(matrix, -1, -2) + bias[..., None, :]
        values = np.tanh(values) if place < len(layers) - 1 else values
    return np.asarray(values[..., 0], np.float32)
