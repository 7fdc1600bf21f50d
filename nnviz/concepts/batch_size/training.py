"""The same network at many batch sizes and seeds, trained in one call, and what is read off on the way."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.batch_size.curvature import ITERATIONS, sharpness
from nnviz.concepts.batch_size.gradients import Floats, propagate, signal_and_noise
from nnviz.core.ensemble import MLP, train
from nnviz.core.ensemble.threads import each
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.core.timeline import log_steps
from nnviz.data import Dataset, flip_labels, real, toy
from nnviz.data.points import own_set

EXAMPLES = 256  # N, a power of two: every batch size divides it
HELD_OUT = 1000
SPREAD = 0.25  # standard deviation of the moons, so that some of them overlap
TOGETHER = 40  # networks whose curves are read at once
BLUR = 0.1  # standard deviation of the examples around a learner's own points
NETWORKS = {
    "moons": MLP((2, 16, 2), "tanh", loss="cross_entropy"),
    "digits": MLP((64, 16, 10), "tanh", loss="cross_entropy"),
}


@dataclass(frozen=True)
class Sets:
    """Examples of S seeds, each with its own draw of the data and its own wrong labels.

    Attributes:
        inputs: (S, N, d); labels: (S, N) int64, some wrong.
        test_inputs: (S, M, d); test_labels: (S, M) int64, all right.
    """

    inputs: Floats
    labels: NDArray[np.int64]
    test_inputs: Floats
    test_labels: NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    """What is trained: the key of `trained`. Batch sizes, rates and steps go together, one each.

    Attributes:
        data: "moons", "digits" or "points".
        label_noise: share of wrong training labels.
        batches, rates, steps: of each of the B settings.
        seeds: of each of the S networks a setting.
        snapshots: at most so many moments are kept.
        products: products with the Hessian spent on sharpness; 0 leaves it out.
        points: a learner's own, as text, for the data "points".
    """

    data: str
    label_noise: float
    batches: tuple[int, ...]
    rates: tuple[float, ...]
    steps: tuple[int, ...]
    seeds: tuple[int, ...]
    snapshots: int = 30
    products: int = ITERATIONS
    points: str = ""

    @property
    def network(self) -> MLP:
        """The network's shape: whatever lies in the plane has that of the moons."""
        return NETWORKS["digits" if self.data == "digits" else "moons"]


@dataclass(frozen=True)
class Curves:
    """What training left: T moments, B batch sizes, S seeds.

    Attributes:
        steps: (T, B) int64 steps done; a setting whose budget is spent stays where it is.
        loss: (T, B, S) mean loss on the training examples, labels as trained.
        signal, noise: (T, B, S) ‖G‖² and tr Σ over the training examples.
        train_accuracy, test_accuracy: (B, S) at the end.
        sharpness: (B, S) largest Hessian eigenvalue of the training loss at the end; nan if left out.
        path: (T, B, P) weights of the first seed.
    """

    steps: NDArray[np.int64]
    loss: Floats
    signal: Floats
    noise: Floats
    train_accuracy: Floats
    test_accuracy: Floats
    sharpness: Floats
    path: Floats


@memo(maxsize=72)
def clean(data: str, seed: int, points: str = "") -> tuple[Dataset, Dataset]:
    """Draw one seed's training part (N rows) and test part; every seed draws anew."""
    if data == "points":
        draws = np.random.default_rng(seed)
        return around(points, EXAMPLES, draws), around(points, HELD_OUT, draws)
    if data == "moons":
        draws = np.random.default_rng(seed)
        return toy.moons(EXAMPLES, noise=SPREAD, seed=draws), toy.moons(HELD_OUT, noise=SPREAD, seed=draws)
    order = np.random.default_rng(seed).permutation(len(real.digits()))
    return real.digits().take(order[:EXAMPLES]), real.digits().take(order[EXAMPLES : EXAMPLES + HELD_OUT])


def around(text: str, count: int, draws: np.random.Generator) -> Dataset:
    """Draw examples around a learner's own points, every point equally often to within one."""
    own = own_set(text, most_classes=2)
    chosen = own.take(draws.permutation(len(own))[np.arange(count) % len(own)])
    return replace(chosen, inputs=chosen.inputs + BLUR * draws.standard_normal(chosen.inputs.shape))


def sets(data: str, label_noise: float, seeds: tuple[int, ...], points: str = "") -> Sets:
    """Draw the examples of several seeds; more label noise keeps the labels that were wrong before."""
    parts = [clean(data, seed, points) for seed in seeds]
    noisy = [flip_labels(train, label_noise, seed) for seed, (train, _) in zip(seeds, parts, strict=True)]
    tests = [test for _, test in parts]
    inputs, test_inputs = (np.stack([one.inputs for one in some]) for some in (noisy, tests))
    labels, test_labels = (np.stack([one.targets for one in some]).astype(np.int64) for some in (noisy, tests))
    return Sets(inputs, labels, test_inputs, test_labels)


@memo(maxsize=6)
def trained(task: Task, report: Report = silent) -> Curves:
    """Train all settings and seeds at once and read the curves off."""
    found = sets(task.data, task.label_noise, task.seeds, task.points)
    shape = (len(task.batches), len(task.seeds))
    every = partial(_for_every_network, count=shape[0])
    result = train(
        task.network,
        every(found.inputs),
        every(found.labels),
        seeds=list(task.seeds) * shape[0],
        batch=np.repeat(task.batches, shape[1]),
        rate=np.repeat(task.rates, shape[1]),
        steps=np.repeat(task.steps, shape[1]),
        snapshots=log_steps(max(task.steps), task.snapshots),
        unit="step",
        report=part(report, 0.0, 0.7),
    )
    weights = result.weights.reshape(-1, *shape, task.network.parameters)
    final = result.final.reshape(*shape, -1)
    return _read_off(task, found, result.steps[:, :: shape[1]], weights, final, report)


def _for_every_network(values: NDArray[np.generic], count: int) -> NDArray[np.generic]:
    """Return (S, ...) as (B·S, ...), seeds fastest."""
    return np.tile(values, (count,) + (1,) * (values.ndim - 1))


def _read_off(
    task: Task, found: Sets, steps: NDArray[np.int64], weights: NDArray[np.float32], final: Floats, report: Report
) -> Curves:
    """Compute curves from the kept weights (T, B, S, P) and the last ones (B, S, P)."""
    network = task.network
    goals = np.eye(network.sizes[-1])[found.labels]
    curves = np.empty((3, *weights.shape[:3]))  # loss, ‖G‖², tr Σ
    fresh = np.diff(steps, axis=0, prepend=-1) > 0  # (T, B): what has moved since the moment before

    moved = weights[fresh]  # (n, S, P)
    values = np.empty((3, *moved.shape[:2]))
    together = max(1, TOGETHER // len(task.seeds))

    def read(first: int) -> None:
        some = slice(first, first + together)
        passed = propagate(network, moved[some].astype(np.float64), found.inputs, goals)
        values[:, some] = passed.losses.mean(axis=-1), *signal_and_noise(passed)

    each(read, range(0, len(moved), together), lambda: report(0.8, "reading the curves"))
    curves[:, fresh] = values
    for moment, batch in np.argwhere(~fresh):  # in the order of time
        curves[:, moment, batch] = curves[:, moment - 1, batch]
    report(0.9, "measuring the curvature")
    sharp = np.full(weights.shape[1:3], np.nan)
    if task.products:
        sharp = sharpness(network, final, found.inputs, goals, task.products)
    return Curves(
        steps=steps,
        loss=curves[0],
        signal=curves[1],
        noise=curves[2],
        train_accuracy=_accuracy(network, final, found.inputs, found.labels),
        test_accuracy=_accuracy(network, final, found.test_inputs, found.test_labels),
        sharpness=sharp,
        path=weights[:, :, 0].astype(np.float64),
    )


def _accuracy(network: MLP, weights: Floats, inputs: Floats, labels: NDArray[np.int64]) -> Floats:
    """Return the share of examples whose class has the largest output, (B, S)."""
    shares = propagate(network, weights, inputs, np.eye(network.sizes[-1])[labels]).shares
    right = (shares.argmax(axis=-1) == labels) & np.isfinite(shares).all(axis=-1)
    return np.asarray(right.mean(axis=-1))


def own_examples(task: Task) -> tuple[Floats, Floats]:
    """Return inputs (N, d) and one-hot labels (N, C) of the first seed."""
    found = sets(task.data, task.label_noise, task.seeds[:1], task.points)
    return found.inputs[0], np.eye(task.network.sizes[-1])[found.labels[0]]
