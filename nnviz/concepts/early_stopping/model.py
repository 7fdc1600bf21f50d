"""Early stopping on small networks: record every epoch, then ask when the rule would have stopped and what it keeps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.early_stopping.frozen import Frozen, frozen_models
from nnviz.concepts.early_stopping.linear import descent_factors, ridge_factors
from nnviz.concepts.early_stopping.rule import Stops, records, stop_all, stopping, stopping_at
from nnviz.concepts.early_stopping.settings import Params
from nnviz.concepts.early_stopping.training import Curves, Problem, problem_of, trained
from nnviz.core.progress import Report, part, silent

__all__ = ["Params", "Run", "descent_factors", "ridge_factors", "run", "stopping"]
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
ROUNDING = 1e-6  # a test error below is as good as none
PATIENCES: Whole = np.array([1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300], dtype=np.int64)


@dataclass(frozen=True)
class Sweep:
    """What every patience of PATIENCES does, (P, S): epoch of the stop, and epoch of the weights that are kept."""

    stopped: Whole
    kept: Whole


@dataclass(frozen=True)
class Run:
    """A finished run of S networks over E epochs.

    Attributes:
        params: its settings.
        problem: the points of every seed.
        curves: errors after every epoch, epoch 0 first.
        stops: where the rule stops.
        kept: (S,) epoch of the weights that are kept.
        oracle: (S,) epoch of the lowest test error: known only to whoever may look at the test.
        sweep: the same for every patience.
        frozen: the linear model on which stopping and L2 can be compared exactly.
    """

    params: Params
    problem: Problem
    curves: Curves
    stops: Stops
    kept: Whole
    oracle: Whole
    sweep: Sweep
    frozen: Frozen

    @property
    def drawn(self) -> int:
        """Which network is drawn."""
        return self.params.drawn

    def test_at(self, epochs: Whole) -> Floats:
        """Return every network's test error at an epoch of its own: (..., S) → (..., S)."""
        return np.asarray(self.curves.test[epochs, np.arange(self.curves.test.shape[1])])

    def above_lowest(self, epochs: Whole) -> Floats:
        """Return by what share every network's test error at an epoch of its own is above its lowest: (..., S) → (..., S)."""
        lowest = self.test_at(self.oracle)
        return np.asarray((self.test_at(epochs) - lowest) / np.maximum(lowest, ROUNDING))


def run(params: Params, report: Report = silent) -> Run:
    """Train to the end of the budget, then stop where the rule says."""
    setting = params.setting
    problem = problem_of(setting)
    curves = trained(setting, part(report, 0.0, 0.9))
    stops = stop_all(curves.validation, params.patience, params.min_delta)
    return Run(
        params=params,
        problem=problem,
        curves=curves,
        stops=stops,
        kept=stops.best if params.restore else stops.stopped,
        oracle=best_epoch(curves.test),
        sweep=sweep(curves.validation, params.min_delta, restore=params.restore),
        frozen=frozen_models(setting, params.steps, part(report, 0.9, 1.0)),
    )


def best_epoch(errors: Floats) -> Whole:
    """Return the epoch of the lowest error of each column, (E + 1, S) → (S,); what is not finite is never lowest."""
    return np.asarray(np.where(np.isfinite(errors), errors, np.inf).argmin(axis=0), dtype=np.int64)


def sweep(validation: Floats, min_delta: float, *, restore: bool) -> Sweep:
    """Return where every patience stops and what it keeps."""
    last = len(validation) - 1
    found = [stopping_at(records(curve, min_delta), PATIENCES, last) for curve in validation[1:].T]
    stopped, best = (np.stack(column, axis=1) for column in zip(*found, strict=True))
    return Sweep(stopped, best if restore else stopped)
