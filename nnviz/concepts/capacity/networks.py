"""Networks of one hidden layer and growing width, all weights trained, fitted to the same data sets."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.capacity.features import Floats, generator_normals, place
from nnviz.concepts.capacity.samples import Samples, draw_samples, true_curve
from nnviz.concepts.capacity.settings import Problem
from nnviz.concepts.capacity.survey import DRAWN, SHARES, Bundle, Parabola, Parts, decompose
from nnviz.core import ensemble
from nnviz.core.ensemble import MLP
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.core.seeds import generator

WIDTHS = (1, 2, 3, 4, 5, 6, 8, 11, 16, 22, 32, 44, 66)
RATE = 0.03
STEEPNESS = 3.0


def starting_weights(width: int, seed: int) -> Floats:
    """Draw w, b, v of each unit and c = 0, (3h + 1,): every unit bends at a place drawn like the points."""
    draws = generator(seed, "weights")
    w = STEEPNESS * generator_normals((width,), draws)
    bends = np.tanh(generator_normals((width,), draws))
    v = generator_normals((width,), draws) / math.sqrt(width)
    return np.concatenate([w, -w * bends, v, [0.0]])


def weight_decay(ridge: float, points: int) -> float:
    """Return the factor l of loss = mean squared error + ½ l Σw² that makes it (‖y − f‖² + λ‖w‖²) / n."""
    return 2 * ridge / points


@memo(maxsize=4)
def networks(problem: Problem, report: Report = silent) -> tuple[Parts, Bundle]:
    """Train every width on every data set of every seed, and keep the curves of the first seed."""
    samples = [
        draw_samples("polynomial", problem.target, problem.points, problem.wrong, problem.sets, seed, 1)
        for seed in problem.seeds
    ]
    x = place(SHARES)
    found, curves = np.zeros((5, 3, len(problem.seeds), len(WIDTHS))), []
    done = np.cumsum([0, *(width + 8 for width in WIDTHS)]) / sum(width + 8 for width in WIDTHS)
    for column, width in enumerate(WIDTHS):
        share = part(report, float(done[column]), float(done[column + 1]), f"training {width} hidden units")
        found[..., column], shown = fit_width(problem, width, samples, x, share)
        curves.append(shown)
    answers = np.stack(curves, axis=1)[:, :, None]  # (K, C, 1, 161)
    answers = np.concatenate([answers, np.zeros_like(answers)], axis=2)
    first = samples[0]
    labels = first.clean + first.far + problem.noise * first.unit
    labels = np.stack([labels, np.zeros_like(labels)], axis=1)
    kept = slice(0, min(problem.sets, DRAWN))
    view = Bundle(x, true_curve(problem.target, x), answers[kept], first.places[kept], labels[kept])
    capacities = 3 * np.array(WIDTHS) + 1
    return Parts(capacities, *(Parabola(quantity) for quantity in found)), view


def fit_width(
    problem: Problem, width: int, samples: list[Samples], x: Floats, report: Report
) -> tuple[Floats, NDArray[np.float32]]:
    """Train one width; return bias, variance, measured, training, length (5, 3, S), and the first seed's curves (D, 161)."""
    network = MLP((1, width, 1), "tanh", loss="mse")
    places = np.concatenate([each.places for each in samples])[..., None]  # (S·D, n, 1)
    labels = np.concatenate([each.clean + each.far + problem.noise * each.unit for each in samples])
    start = np.repeat([starting_weights(width, seed) for seed in problem.seeds], problem.sets, axis=0)
    trained = ensemble.train(
        network,
        places,
        labels,
        seeds=np.repeat(problem.seeds, problem.sets).tolist(),
        initial=start,
        steps=problem.steps,
        batch=problem.points,
        optimizer="adam",
        rate=RATE,
        l2=weight_decay(problem.ridge, problem.points),
        report=report,
    )
    tests = np.repeat([each.test_places for each in samples], problem.sets, axis=0)[..., None]
    shape = (len(samples), problem.sets)
    answers = trained.outputs(tests)[-1, ..., 0].astype(np.float64).reshape(*shape, -1)
    training = trained.train_loss[-1].reshape(shape).mean(axis=1)
    length = np.square(trained.final).sum(axis=-1).reshape(shape).mean(axis=1)
    parts = np.zeros((5, 3, len(samples)))
    for row, each in enumerate(samples):
        noisy = replace(each, test_far=each.test_far + problem.noise * each.test_unit, test_unit=0 * each.test_unit)
        both = np.stack([answers[row], 0 * answers[row]], axis=1)[:, None]  # (D, 1, 2, M)
        parts[:3, :, row] = np.stack(decompose(both, noisy))[..., 0]
    parts[3, 0], parts[4, 0] = training, length
    return parts, trained.outputs(x[:, None])[-1, : problem.sets, :, 0]
