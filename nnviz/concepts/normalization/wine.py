"""Networks and trees on wine, each on the same wines scaled in different ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.normalization.scaling import Floats, Scaler, scaled
from nnviz.core.ensemble import MLP, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.data import split_rows
from nnviz.data.real import wine

HIDDEN = 8
BATCH = 16
Whole = NDArray[np.int64]
NETWORK = MLP((13, HIDDEN, 3), "tanh", loss="cross_entropy")


@dataclass(frozen=True)
class Cellar:
    """What the wines of each seed depend on.

    Attributes:
        wines: how many are learned from; the rest is tested on.
        feature: number of the feature in which one wine to learn from is moved.
        outlier: where to, in standard deviations above the mean; 0 leaves it.
        seeds: one split of the wines a seed.
    """

    wines: int
    feature: int
    outlier: float
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Job:
    """How a network is treated: scaling, whether the scaler also saw the test wines, rate, optimizer, activation."""

    scaler: Scaler
    rate: float
    leak: bool = False
    optimizer: str = "sgd"
    activation: str = "tanh"


@dataclass(frozen=True)
class Scores:
    """Of J jobs over S seeds: share of test wines right (J, S), and mean cross-entropy on them (J, S), nan if lost."""

    accuracy: Floats
    loss: Floats


def moved_outlier(inputs: Floats, feature: int, outlier: float) -> Floats:
    """Return training inputs (N, 13) of which the first wine's feature is moved to `outlier` standard deviations."""
    if not outlier:
        return inputs
    found = inputs.copy()
    found[0, feature] = inputs[:, feature].mean() + outlier * inputs[:, feature].std()
    return found


@lru_cache(maxsize=256)
def divided(cellar: Cellar, seed: int) -> tuple[Floats, Whole, Floats, Whole]:
    """Return a seed's training inputs and classes, then its test inputs and classes; unscaled."""
    every = wine()
    classes = every.targets.astype(np.int64)
    learned, held_out = split_rows(classes, 1 - cellar.wines / len(every), np.random.default_rng(seed))
    inputs = moved_outlier(every.inputs[learned], cellar.feature, cellar.outlier)
    return inputs, classes[learned], every.inputs[held_out], classes[held_out]


def prepared(job_scaler: str, leak: bool, inputs: Floats, test: Floats) -> tuple[Floats, Floats]:
    """Return training and test inputs scaled by what the training part (or, with a leak, everything) shows."""
    seen = np.concatenate([inputs, test]) if leak else inputs
    return scaled(job_scaler, inputs, seen), scaled(job_scaler, test, seen)


@memo(maxsize=48)
def networks(cellar: Cellar, jobs: tuple[Job, ...], epochs: int, report: Report = silent) -> Scores:
    """Train a 13-8-3 network for every job and seed; equal seeds share wines, weights and orders."""
    rows: list[tuple[Floats, Whole, Floats, Whole]] = []
    for job in jobs:
        for seed in cellar.seeds:
            inputs, classes, test, answers = divided(cellar, seed)
            shown, asked = prepared(job.scaler, job.leak, inputs, test)
            rows.append((shown, classes, asked, answers))
    x, y, x_test, y_test = (np.stack(column) for column in zip(*rows, strict=True))
    done = train(
        NETWORK,
        x,
        y,
        test=(x_test, y_test),
        seeds=[seed for _ in jobs for seed in cellar.seeds],
        epochs=epochs,
        batch=BATCH,
        rate=np.repeat([job.rate for job in jobs], len(cellar.seeds)),
        optimizer=[job.optimizer for job in jobs for _ in cellar.seeds],
        activation=[job.activation for job in jobs for _ in cellar.seeds],
        report=part(report, 0.0, 1.0),
    )
    shape = (len(jobs), len(cellar.seeds))
    loss = np.where(done.diverged, np.nan, done.test_loss[-1])
    accuracy = np.where(done.diverged, 0.0, done.test_accuracy[-1])
    return Scores(accuracy.reshape(shape), loss.reshape(shape))


@memo(maxsize=256)
def tree_answers(cellar: Cellar, seed: int, scaler: Scaler) -> Whole:
    """Return the classes that scikit-learn's decision tree gives the test wines, (M,)."""
    # Imported here: scikit-learn takes a second, and only who asks for a tree should wait for it.
    from sklearn.tree import DecisionTreeClassifier

    inputs, classes, test, _ = divided(cellar, seed)
    shown, asked = prepared(scaler, False, inputs, test)
    return np.asarray(DecisionTreeClassifier(random_state=seed).fit(shown, classes).predict(asked), np.int64)


def trees(cellar: Cellar, scalers: Sequence[Scaler], report: Report = silent) -> NDArray[np.float64]:
    """Return the share of test wines that each seed's tree gets right under each scaling, (len(scalers), S)."""
    found = np.empty((len(scalers), len(cellar.seeds)))
    for column, seed in enumerate(cellar.seeds):
        report(column / len(cellar.seeds), "growing trees")
        answers = divided(cellar, seed)[3]
        for row, scaler in enumerate(scalers):
            found[row, column] = np.mean(tree_answers(cellar, seed, scaler) == answers)
    return found
