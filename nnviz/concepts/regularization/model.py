"""Regularization in closed form: every fit along λ, the touching point in the plane of two weights, and L1 two ways."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.regularization.network import Cost, Network, cost_of, train_network
from nnviz.concepts.regularization.problems import (
    Normal,
    Problem,
    answers,
    curve_problem,
    normal,
    patients_problem,
)
from nnviz.concepts.regularization.settings import NAMES, Params, Penalty
from nnviz.concepts.regularization.solvers import (
    ball_paths,
    coordinate_descent,
    descend,
    descent_path,
    elastic_paths,
    ridge_paths,
    soft_threshold,
)
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.timeline import log_steps

__all__ = ["Params", "Run", "coordinate_descent", "descend", "run", "soft_threshold"]
Floats = NDArray[np.float64]
STRENGTHS: Floats = np.logspace(-4, 1, 51)
STEPS = 3000  # of gradient descent
FRAMES = 50


@dataclass(frozen=True)
class Plane:
    """The model with two of the features only: what can be drawn as a plane.

    Attributes:
        names: of the two features.
        gram: (2, 2) and correlation: (2,).
        free: (2,) least squares; touching: (2,) under the penalty; trail: (51, 2) along STRENGTHS.
        path: (F, 2) descent from 0 at the recorded steps.
    """

    names: tuple[str, str]
    gram: Floats
    correlation: Floats
    free: Floats
    touching: Floats
    trail: Floats
    path: Floats


@dataclass(frozen=True)
class Run:
    """A finished run of S draws.

    Attributes:
        params: its settings.
        problem: the points of every draw, and `normal` what least squares needs of them.
        weights: (S, 51, p) along STRENGTHS under the chosen penalty; the bias first if it is penalized.
        train, validation: (S, 51) mean squared errors.
        here: penalty → (S, p) weights of all four at the λ that is set.
        free: (S, p) least squares, of least norm.
        error: (2, S) training and validation error at the λ that is set.
        plane: the first draw with two features.
        steps: (F,) int64 recorded steps of descent.
        descents: (2, F, p) the first draw's weights under L1, by proximal steps and by plain (sub)gradient.
        networks: of the first draw of the curve: without penalty, with it by proximal steps, and by plain ones.
    """

    params: Params
    problem: Problem
    normal: Normal
    weights: Floats
    train: Floats
    validation: Floats
    here: Mapping[str, Floats]
    free: Floats
    error: Floats
    plane: Plane
    steps: NDArray[np.int64]
    descents: Floats
    networks: tuple[Network, ...]

    @property
    def chosen(self) -> Floats:
        """Weights (S, p) under the chosen penalty at the λ that is set."""
        return self.here[self.params.penalty]

    @property
    def zeros(self) -> NDArray[np.int64]:
        """How many weights of each draw are exactly 0, (S,); a penalized bias is not counted."""
        return zeros_of(self.chosen, self.params)


def zeros_of(weights: Floats, params: Params) -> NDArray[np.int64]:
    """Count the weights (..., p) that are exactly 0; a penalized bias is not counted."""
    return np.asarray(np.sum(weights[..., int(params.bias) :] == 0, axis=-1))


def run(params: Params, report: Report = silent) -> Run:
    """Solve every draw along λ, under all penalties at the λ that is set, and follow gradient descent."""
    seeds = tuple(range(params.seed, params.seed + params.seeds))
    problem = problem_of(params, seeds)
    found = normal(problem, bias=params.bias)
    report(0.2, "solving along λ")
    path = along(params.but(strength=float(STRENGTHS[0])))  # the same wherever λ stands
    at = np.array([params.strength])
    here = {name: solve(found, name, at, params.mix)[:, 0] for name in NAMES}
    report(0.7, "following gradient descent")
    steps = log_steps(STEPS, FRAMES)
    return Run(
        params=params,
        problem=problem,
        normal=found,
        weights=path[0],
        train=path[1],
        validation=path[2],
        here=here,
        free=ridge_paths(found.grams, found.correlations, np.zeros(1))[:, 0],
        error=np.stack(errors(problem, found, here[params.penalty][:, None]))[..., 0],
        plane=plane_of(params, problem, steps),
        steps=steps,
        descents=np.stack([l1_descent(found, params.strength, proximal=each)[steps] for each in (True, False)]),
        networks=networks_of(params, problem),
    )


@memo(maxsize=32)
def along(params: Params) -> tuple[Floats, Floats, Floats]:
    """Return weights (S, 51, p) along STRENGTHS under the chosen penalty, and their two errors (S, 51)."""
    problem = problem_of(params, tuple(range(params.seed, params.seed + params.seeds)))
    found = normal(problem, bias=params.bias)
    weights = solve(found, params.penalty, STRENGTHS, params.mix)
    return weights, *errors(problem, found, weights)


def errors(problem: Problem, found: Normal, weights: Floats) -> tuple[Floats, Floats]:
    """Return the mean squared errors (S, G) of weights (S, G, p) on the points learned from and on those held out."""
    train = answers(found, weights, problem.features) - problem.targets[:, None]
    held_out = answers(found, weights, problem.held_out) - problem.held_targets[:, None]
    return (train**2).mean(axis=2), (held_out**2).mean(axis=2)


def problem_of(params: Params, seeds: tuple[int, ...]) -> Problem:
    """Draw what the settings ask for."""
    if params.data == "diabetes":
        return patients_problem(params.points, seeds)
    return curve_problem(params.points, params.noise, params.degree, seeds)


def solve(found: Normal, penalty: Penalty | str, strengths: Floats, mix: float) -> Floats:
    """Return the weights (S, G, p) under a penalty at strengths λ (G,); max-norm's radius is 1/λ."""
    if penalty == "l2":
        return ridge_paths(found.grams, found.correlations, strengths)
    if penalty == "max_norm":
        return ball_paths(found.grams, found.correlations, 1 / strengths)
    return elastic_paths(found.grams, found.correlations, strengths, 1.0 if penalty == "l1" else mix)


def l1_descent(found: Normal, strength: float, *, proximal: bool) -> Floats:
    """Return the first draw's weights (STEPS + 1, p) on the way from 0 under an L1 penalty."""
    return descent_path(found.grams[0], found.correlations[0], STEPS, l1=strength, proximal=proximal)


def networks_of(params: Params, problem: Problem) -> tuple[Network, ...]:
    """Train the networks of the first draw; none where there is no curve."""
    if params.data != "curve":
        return ()
    x, y = tuple(problem.x[0].tolist()), tuple(problem.targets[0].tolist())
    cost = cost_of(params.penalty, params.strength, params.mix)
    return (
        train_network(x, y, params.width, params.seed, Cost()),
        train_network(x, y, params.width, params.seed, cost),
        train_network(x, y, params.width, params.seed, cost, proximal=False),
    )


def plane_of(params: Params, problem: Problem, steps: NDArray[np.int64]) -> Plane:
    """Fit the first draw with two features only: P₁ and P₂ of the curve, bmi and s5 of the patients."""
    pair = (0, 1) if params.data == "curve" else (2, 8)
    x = problem.features[:1, :, pair]
    small = Problem(x, problem.targets[:1], x, problem.targets[:1], (), problem.x, problem.held_x)
    found = normal(small, bias=False)
    both = solve(found, params.penalty, np.array([params.strength, *STRENGTHS]), params.mix)[0]
    cost = cost_of(params.penalty, params.strength, params.mix)
    gram, correlation = found.grams[0], found.correlations[0]
    path = descent_path(gram, correlation, STEPS, l1=cost.l1, l2=cost.l2, radius=cost.radius)
    return Plane(
        names=(problem.names[pair[0]], problem.names[pair[1]]),
        gram=gram,
        correlation=correlation,
        free=ridge_paths(found.grams, found.correlations, np.zeros(1))[0, 0],
        touching=both[0],
        trail=both[1:],
        path=path[steps],
    )
