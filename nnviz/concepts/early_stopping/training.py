"""The networks of the page: too wide for their few noisy points, watched after every epoch."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble import MLP, Trained, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.data.points import own_set

Floats = NDArray[np.float64]
Part = tuple[Floats, Floats]
EDGE = 3.0  # x lies in ±EDGE
TEST = 300  # test points of each seed
LEARNING_RATE = 0.01  # of Adam
GAIN = 6.0  # times PyTorch's first weights: units that are steep from the start can follow every point
EVALUATIONS = 1e7  # units evaluated between two reports
STAND_IN = "-1,-1,0;1,1,0"  # two points to learn from, until a learner has put down some
GRID: Floats = np.linspace(-EDGE, EDGE, 121)  # where fits are drawn


@dataclass(frozen=True)
class Setting:
    """Everything that the training depends on.

    Attributes:
        points: points that each network has, for training and validation together.
        share: of these, how many only watch.
        noise: standard deviation of the targets around the curve.
        width: units in the hidden layer.
        epochs: how long training goes on; the rule is applied to what was recorded.
        batch: examples a step.
        seeds: of each network: its points, weights and orders.
        own: a learner's own points as text instead, the same for all networks; "" for points that are drawn.
    """

    points: int
    share: float
    noise: float
    width: int
    epochs: int
    batch: int
    seeds: tuple[int, ...]
    own: str = ""

    @property
    def watching(self) -> int:
        """How many points are in the validation set: at least one, and at least two are left to learn from."""
        if self.own:
            return len(own_parts(self.own)[1][0])
        return int(np.clip(round(self.share * self.points), 1, self.points - 2))

    @property
    def network(self) -> MLP:
        """One hidden tanh layer, one output."""
        return MLP((1, self.width, 1), "tanh", loss="mse", gain=GAIN)


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
        fits: (E + 1, S, 121) answers on GRID, float32.
    """

    train: Floats
    validation: Floats
    test: Floats
    fits: NDArray[np.float32]


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


def own_parts(text: str) -> tuple[Part, Part, Part]:
    """Return a learner's own points (x, y) to learn from, to watch, and to test on.

    Class a learns, b watches, c tests. With fewer than two different x to learn from, two points stand in; where none
    watches, those that learn do; where none tests, those that watch do.
    """
    chosen = own_set(text, most_classes=3)
    x, y = chosen.inputs.T.astype(np.float64)
    learn, watch, test = ((x[chosen.targets == kind], y[chosen.targets == kind]) for kind in range(3))
    if len(np.unique(learn[0])) < 2:
        learn = (np.array([-1.0, 1.0]), np.array([-1.0, 1.0]))
    watch = watch if len(watch[0]) else learn
    return learn, watch, test if len(test[0]) else watch


def problem_of(setting: Setting) -> Problem:
    """Draw the points of every seed: validation first, then training, then test; a learner's own are as they are."""
    if setting.own:
        copies = [tuple(np.tile(each, (len(setting.seeds), 1)) for each in part) for part in own_parts(setting.own)]
        return Problem(*((x, y) for x, y in copies))
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
    parts = (problem.train, problem.validation, problem.test)
    places = np.concatenate([x for x, _ in parts] + [np.tile(GRID, (len(setting.seeds), 1))], axis=1)
    answers = answers_of(found, places[..., None], part(report, 0.6, 1.0))  # (E + 1, S, N + 121)
    targets = np.concatenate([y for _, y in parts], axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        squares = (answers[..., : -len(GRID)].astype(np.float64) - targets) ** 2
    cuts = np.cumsum([x.shape[1] for x, _ in parts])[:-1]
    learned, watched, tested = (each.mean(axis=2) for each in np.split(squares, cuts, axis=2))
    return Curves(learned, watched, tested, np.array(answers[..., -len(GRID) :]))


def answers_of(found: Trained, places: Floats, report: Report) -> NDArray[np.float32]:
    """Return the networks' answers after every epoch, (E + 1, S, N), some epochs at a time so that `report` is heard.

    Args:
        places: (S, N, 1).
    """
    work = found.weights.shape[1] * places.shape[1] * found.network.hidden_units
    size = max(1, int(EVALUATIONS / work))
    starts = range(0, len(found.at), size)
    pieces = []
    for start in starts:
        report(start / len(found.at), "looking at every epoch")
        some = slice(start, start + size)
        pieces.append(
            replace(found, at=found.at[some], steps=found.steps[some], weights=found.weights[some]).outputs(places)
        )
    return np.concatenate(pieces)[..., 0]
