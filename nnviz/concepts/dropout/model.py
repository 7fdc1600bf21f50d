"""Dropout on small networks: train with units dropped, answer with all of them, and look at what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.dropout import observing
from nnviz.concepts.dropout.measures import Committee, Penalty
from nnviz.concepts.dropout.observing import Curves, Drawn, Sweep
from nnviz.concepts.dropout.settings import Params
from nnviz.concepts.dropout.thinning import dropout, forward
from nnviz.concepts.dropout.training import Problem, problem_of, recorded
from nnviz.core.progress import Report, part, silent

__all__ = ["Params", "Run", "dropout", "forward", "run"]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        params: its settings.
        problem: the points of every seed.
        epochs: (T,) int64 recorded epochs.
        curves: "dropout" (the page's rates) and "none" (rate 0, same seeds) → scores (T, S).
        sweep: accuracy against the rate; before the sweep is done, only rate 0 and the page's.
        drawn: what is drawn of the first seed.
        committee: thinned networks against their average.
        correlation: "dropout" and "none" → (H, H) of the chosen layer's units at the first seed's test points.
        mean_correlation: the same keys → (S,) mean |r| of different units.
        penalty: the closed form of linear dropout on the first seed's last hidden layer.
    """

    params: Params
    problem: Problem
    epochs: NDArray[np.int64]
    curves: Mapping[str, Curves]
    sweep: Sweep
    drawn: Drawn
    committee: Committee
    correlation: Mapping[str, Doubles]
    mean_correlation: Mapping[str, Doubles]
    penalty: Penalty


def run(params: Params, report: Report = silent) -> Run:
    """Train with and without dropout at the same seeds, measure what dropping and averaging do, then sweep the rate."""
    problem = problem_of(params.setting)
    dropped = recorded(params.setting, params.rates, part(report, 0.0, 0.2))
    plain = replace(params.setting, rescale=True)  # nothing is dropped, so nothing needs rescaling
    nets = {"dropout": dropped, "none": recorded(plain, (0.0, 0.0), part(report, 0.2, 0.35))}
    curves = {name: observing.curves_of(params, problem, net, part(report, 0.35, 0.4)) for name, net in nets.items()}
    correlation, mean_correlation = observing.coadaptation(params, problem, nets, part(report, 0.4, 0.42))
    so_far = Run(
        params=params,
        problem=problem,
        epochs=dropped.epochs,
        curves=curves,
        sweep=observing.ends(params, curves),
        drawn=observing.draw(params, problem, dropped),
        committee=observing.committee(params, problem, dropped, part(report, 0.42, 0.5)),
        correlation=correlation,
        mean_correlation=mean_correlation,
        penalty=observing.penalty(params, problem, dropped),
    )
    report(0.5, "sweeping the rate", so_far)
    return replace(so_far, sweep=observing.sweep(params, problem, nets["none"], part(report, 0.5, 1.0)))
