"""The page's network with its hidden layers frozen: a linear model, on which stopping and L2 are compared exactly."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.early_stopping.linear import (
    Spectrum,
    descent_factors,
    errors_along,
    nearest_penalties,
    ridge_factors,
    spectrum,
)
from nnviz.concepts.early_stopping.training import Problem, Setting, problem_of
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent

Floats = NDArray[np.float64]
STEPS: Floats = np.logspace(0, 6, 61)
PENALTIES: Floats = np.logspace(-8, 2, 401)  # in units of the largest eigenvalue


@dataclass(frozen=True)
class Paths:
    """A linear model on its way from 0 to least squares, once by gradient descent and once by a falling penalty.

    Rates and penalties are measured by the largest eigenvalue: η = 1/λ₁, and λ stands for λ·λ₁.

    Attributes:
        problem: its spectrum.
        rate: η.
        descent, ridge: (61, 2) mean squared errors on validation and test, after STEPS and at λ = 1/STEPS.
        nearest, distance: (61,) the λ whose weights are nearest to those after STEPS, and how near.
    """

    problem: Spectrum
    rate: float
    descent: Floats
    ridge: Floats
    nearest: Floats
    distance: Floats

    @cached_property
    def stop(self) -> int:
        """Index into STEPS of the lowest validation error of gradient descent."""
        return int(self.descent[:, 0].argmin())

    @cached_property
    def penalty(self) -> int:
        """Index into STEPS (λ = 1/STEPS) of the lowest validation error of the penalty."""
        return int(self.ridge[:, 0].argmin())


@dataclass(frozen=True)
class Frozen:
    """The linear models of S seeds, and the steps at which the first is looked at."""

    paths: tuple[Paths, ...]
    steps: int


def frozen_models(setting: Setting, steps: int, report: Report = silent) -> Frozen:
    """Work out the linear model of every seed."""
    return Frozen(all_paths(setting, report), steps)


@memo(maxsize=16)
def all_paths(setting: Setting, report: Report = silent) -> tuple[Paths, ...]:
    """Work out the paths of every seed's linear model."""
    problem, found = problem_of(setting), []
    for index in range(len(setting.seeds)):
        report(index / len(setting.seeds), "comparing with L2")
        found.append(paths(setting, problem, index))
    return tuple(found)


def hidden_values(setting: Setting, seed: int, x: Floats) -> Floats:
    """Return the values of the last hidden layer before training, at x (M,): (M, width)."""
    layers = setting.network.layers(setting.network.initial_weights([seed])[0])
    values = x[:, None]
    for matrix, bias in layers[:-1]:
        values = np.tanh(values @ matrix.T + bias)
    return values


def paths(setting: Setting, problem: Problem, index: int) -> Paths:
    """Work out one seed's paths; features and targets are centred by the training points, so that no bias is penalized."""
    (x, y), watched = (problem.train[0][index], problem.train[1][index]), (problem.validation, problem.test)
    features = hidden_values(setting, setting.seeds[index], x)
    centre, level = features.mean(axis=0), y.mean()
    found = spectrum(features - centre, y - level)
    top = found.values[0]
    kept = descent_factors(found.values, STEPS, 1 / top), ridge_factors(found.values, top / STEPS)
    errors = np.empty((2, len(STEPS), len(watched)))
    for column, (places, targets) in enumerate(watched):
        there = hidden_values(setting, setting.seeds[index], places[index]) - centre
        for row, factors in enumerate(kept):
            errors[row, :, column] = errors_along(found, factors, there, targets[index] - level)
    nearest, distance = nearest_penalties(found, kept[0], top * PENALTIES)
    return Paths(found, float(1 / top), errors[0], errors[1], nearest / top, distance)
