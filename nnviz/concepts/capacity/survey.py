"""Every capacity at once: bias², variance, measured error, training error and length of the weights, over seeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.capacity.descent import fit_all
from nnviz.concepts.capacity.features import Floats, circle, features_of, place
from nnviz.concepts.capacity.samples import HELD_OUT, SIGNAL, Samples, draw_samples, true_curve
from nnviz.concepts.capacity.settings import MOST, Problem
from nnviz.core.ensemble.threads import each
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent

DRAWN = 20  # fits of the first seed whose curves are kept
ACROSS = 161  # points of a curve
SHARES: Floats = np.linspace(0, 1, ACROSS)
TUNING = (1e-3, 1e-2, 0.1, 0.5, 2.0, 8.0, 32.0)  # ridges to choose from
SIZES = (4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 25, 30, 40, 60)  # of data sets, for the learning curves
FEW, LEAST = 6, 4  # data sets per seed for tuning, and for each size


@dataclass(frozen=True)
class Parabola:
    """A quantity that is a quadratic in the noise σ: c₀ + c₁σ + c₂σ².

    Least squares answers are linear in the labels, and labels are linear in σ: so whatever is a square, all of it is
    known for every σ once it is known for the two parts.

    Attributes:
        terms: (3, ...) c₀, c₁, c₂.
    """

    terms: Floats

    def at(self, noise: float) -> Floats:
        """Return the quantity at σ, (...)."""
        return np.asarray(self.terms[0] + noise * (self.terms[1] + noise * self.terms[2]))


@dataclass(frozen=True)
class Parts:
    """What is measured for S seeds at each of C capacities; every Parabola is (3, S, C).

    Attributes:
        capacities: (C,) numbers of parameters.
        bias: squared distance of the mean fit from the truth, less what is left of the variance in it.
        variance: of the fits around their mean, D − 1 in the denominator.
        measured: squared error on fresh labels.
        training: squared error on the training labels.
        length: squared length of the weights.
    """

    capacities: NDArray[np.int64]
    bias: Parabola
    variance: Parabola
    measured: Parabola
    training: Parabola
    length: Parabola

    def index(self, capacity: int) -> int:
        """Return which of the capacities is nearest to a number of parameters."""
        return int(np.abs(self.capacities - capacity).argmin())


@dataclass(frozen=True)
class Bundle:
    """Curves of the first seed's fits; labels and answers are part[0] + σ part[1].

    Attributes:
        across: (161,) x of the curves, or the angle in degrees on a walk through Gaussian features.
        truth: (161,).
        answers: (K, C, 2, 161) float32.
        places: (K, n); labels: (K, 2, n).
    """

    across: Floats
    truth: Floats
    answers: NDArray[np.float32]
    places: Floats
    labels: Floats


def products(one: Floats, other: Floats, axes: tuple[int, ...]) -> Floats:
    """Return the means of one², 2·one·other and other² over axes, stacked: the terms of a Parabola."""
    return np.stack([(one * one).mean(axes), 2 * (one * other).mean(axes), (other * other).mean(axes)])


def decompose(answers: Floats, samples: Samples) -> tuple[Floats, Floats, Floats]:
    """Split the error of D fits into bias² and variance, and measure it on fresh labels: three times (3, C).

    mean over fits of (f − truth)² = (f̄ − truth)² + (D − 1)/D · variance, so that with the unbiased variance
    bias² = (f̄ − truth)² − variance / D, and bias² + variance is the mean squared distance from the truth exactly.

    Args:
        answers: (D, C, 2, M).
    """
    plain, unit = answers[:, :, 0] - samples.truth, answers[:, :, 1]
    middle, middle_unit = plain.mean(axis=0), unit.mean(axis=0)
    sets = len(answers)
    variance = products(plain - middle, unit - middle_unit, (0, 2)) * sets / (sets - 1)
    bias = products(middle, middle_unit, (1,)) - variance / sets
    measured = products(plain - samples.test_far[:, None], unit - samples.test_unit[:, None], (0, 2))
    return bias, variance, measured


def labels_of(samples: Samples) -> Floats:
    """Return the labels' two parts, (D, 2, n): y = part[0] + σ part[1]."""
    return np.stack([samples.clean + samples.far, samples.unit], axis=1)


def draw(problem: Problem, seed: int, count: int = MOST) -> Samples:
    """Draw one seed's data sets for a problem."""
    return draw_samples(problem.features, problem.target, problem.points, problem.wrong, problem.sets, seed, count)


@memo(maxsize=8)
def least_squares(problem: Problem, report: Report = silent) -> Parts:
    """Fit all data sets of all seeds with 1, 2, … 200 features."""
    found = np.empty((5, 3, len(problem.seeds), MOST))

    def work(row: int) -> None:
        samples = draw(problem, problem.seeds[row])
        answers, sums = fit_all(samples.columns, samples.probes, labels_of(samples), problem.ridge)
        found[:3, :, row] = decompose(answers, samples)
        found[3, :, row] = sums[:, :, 0].mean(axis=0).T / problem.points
        found[4, :, row] = sums[:, :, 1].mean(axis=0).T

    in_turn(work, len(problem.seeds), report, "fitting")
    return Parts(np.arange(1, MOST + 1), *(Parabola(part) for part in found))


@memo(maxsize=6)
def bundle(problem: Problem) -> Bundle:
    """Return the curves of the first data sets of the first seed, at every capacity."""
    seed = problem.seeds[0]
    samples = draw(replace(problem, sets=min(problem.sets, DRAWN)), seed)
    across, truth, probes = curve_places(problem, seed)
    answers, _ = fit_all(samples.columns, probes, labels_of(samples), problem.ridge)
    return Bundle(across, truth, answers.astype(np.float32), samples.places, labels_of(samples))


def curve_places(problem: Problem, seed: int) -> tuple[Floats, Floats, Floats]:
    """Return where curves are drawn: x or angle (161,), the truth there, the features there (161, P)."""
    if problem.features == "gaussian":
        angles = 2 * np.pi * SHARES
        return 360 * SHARES, np.sqrt(2) * SIGNAL * np.cos(angles), circle(angles, MOST, seed)
    x = place(SHARES)
    return x, true_curve(problem.target, x), features_of(problem.features, x, MOST, seed)


@memo(maxsize=6)
def tuning(problem: Problem, report: Report = silent) -> tuple[Parabola, Parabola]:
    """Fit a few data sets with every ridge of TUNING, the first being `problem.ridge`.

    Returns:
        squared error on one half of the held-out labels, to choose by, and on the other, to report: (3, R, S, D, P).
    """
    ridges, few = (problem.ridge, *TUNING), replace(problem, sets=min(problem.sets, FEW))
    found = np.empty((2, 3, len(ridges), len(problem.seeds), few.sets, MOST))
    drawn: dict[int, Samples] = {}
    lock = Lock()

    def work(index: int) -> None:
        row, which = divmod(index, len(ridges))
        with lock:
            samples = drawn.get(row) or drawn.setdefault(row, draw(few, problem.seeds[row]))
        answers, _ = fit_all(samples.columns, samples.probes, labels_of(samples), ridges[which])
        plain = answers[:, :, 0] - (samples.truth + samples.test_far)[:, None]
        unit = answers[:, :, 1] - samples.test_unit[:, None]
        for half in range(2):
            found[half, :, which, row] = products(plain[..., half::2], unit[..., half::2], (2,))

    in_turn(work, len(ridges) * len(problem.seeds), report, "tuning ridge")
    return Parabola(found[0]), Parabola(found[1])


def tuned(problem: Problem, noise: float, report: Report = silent) -> tuple[Floats, Floats]:
    """Return the error of the page's own ridge and of the ridge chosen for every fit on other labels, both (S, P)."""
    choose, score = (half.at(noise) for half in tuning(problem, report))  # (R, S, D, P)
    best = choose[1:].argmin(axis=0)[None]
    chosen = np.take_along_axis(score[1:], best, axis=0)[0]
    return score[0].mean(axis=1), chosen.mean(axis=1)


@memo(maxsize=6)
def by_size(problem: Problem, report: Report = silent) -> Parabola:
    """Return the squared distance from the truth for data sets of every size in SIZES, (3, N, S, P)."""
    found = np.empty((3, len(SIZES), len(problem.seeds), MOST))
    sets = min(problem.sets, LEAST)

    def work(index: int) -> None:
        which, row = divmod(index, len(problem.seeds))
        samples = draw(replace(problem, points=SIZES[which], sets=sets), problem.seeds[row])
        answers, _ = fit_all(samples.columns, samples.probes[: HELD_OUT // 2], labels_of(samples), problem.ridge)
        plain = answers[:, :, 0] - samples.truth[: HELD_OUT // 2]
        found[:, which, row] = products(plain, answers[:, :, 1], (0, 2))

    in_turn(work, len(SIZES) * len(problem.seeds), report, "data sets of other sizes")
    return Parabola(found)


def in_turn(work: Callable[[int], None], count: int, report: Report, what: str) -> None:
    """Do numbered pieces of work on all cores and report after each."""
    done = iter(range(1, count + 1))
    each(work, range(count), lambda: report(next(done) / count, what))
