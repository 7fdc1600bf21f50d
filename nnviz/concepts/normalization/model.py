"""Badly scaled features: the loss they make, the way of gradient descent across it, and what scaling does to real wines."""

from dataclasses import dataclass, replace

import numpy as np

from nnviz.concepts.normalization.descent import condition, covariance, curvature, features, path, steps_needed
from nnviz.concepts.normalization.scaling import Floats, Scaler, fitted, scaled
from nnviz.concepts.normalization.settings import Params
from nnviz.concepts.normalization.wine import Job, Scores, networks, trees
from nnviz.core.progress import Report, part, silent

__all__ = ["Params", "Run", "curvature", "fitted", "path", "run", "scaled", "steps_needed"]
EVERY: tuple[Scaler, ...] = ("none", "minmax", "zscore", "robust", "layer")
BY_FEATURE: tuple[Scaler, ...] = ("none", "minmax", "zscore", "robust")
RATES = tuple(float(rate) for rate in np.geomspace(1e-4, 10, 11))
RATIOS = np.geomspace(1, 1000, 13)
SWEPT = 4  # seeds at each rate


@dataclass(frozen=True)
class Valley:
    """The loss over two weights, for S data sets, and the descent of the first.

    Attributes:
        inputs: (N, 2) features of the first, as they enter the model.
        values, vectors: (2,) curvatures and (2, 2) their directions, of the first.
        conditions, steps: (S,) condition number, and steps until the distance is a hundredth.
        path: (T, 2) weights of the first, measured from the best ones.
    """

    inputs: Floats
    values: Floats
    vectors: Floats
    conditions: Floats
    steps: Floats
    path: Floats


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        params: its settings.
        raw, own: the valley of the features as they are, and as they are scaled.
        needed: scaling → steps needed, (S,), which no ratio changes; raw: at each of RATIOS, (G, S).
        scores: networks on wine, one job a scaling at the page's rate, in the order of EVERY, then twice the page's own
            scaling: fitted on the wines to learn from, and on all.
        swept: scaling → share of test wines right at each of RATES, (11, S'); empty while a hand moves.
        trees: (5, S) share of test wines right by the tree, in the order of EVERY; empty rows while a hand moves.
    """

    params: Params
    raw: Valley
    own: Valley
    needed: dict[Scaler, Floats]
    scores: Scores
    swept: dict[Scaler, Floats]
    trees: Floats


STEPS = 60


def run(params: Params, report: Report = silent) -> Run:
    """Descend on two features, raw and scaled; train networks and trees on wine, then networks at every rate."""
    report(0.0, "descending")
    valleys = {scaler: valley(params, scaler) for scaler in EVERY}
    raw, own = valleys["none"], valleys[params.scaler]
    needed: dict[Scaler, Floats] = {scaler: valleys[scaler].steps for scaler in BY_FEATURE[1:]}
    needed["none"] = steps_by_ratio(params)
    cellar, rate = params.cellar, params.rate
    own_job = Job(params.scaler, rate, activation=params.activation)
    jobs = (*(replace(own_job, scaler=scaler) for scaler in EVERY), own_job, replace(own_job, leak=True))
    scores = networks(cellar, jobs, params.epochs, part(report, 0.1, 0.3, "training on wine"))
    nothing = np.full((len(EVERY), 0), np.nan)
    first = Run(params, raw, own, needed, scores, {}, nothing)
    if params.quick:
        return first
    report(0.3, "growing trees", first)
    grown = replace(first, trees=trees(cellar, EVERY, part(report, 0.3, 0.5)))
    report(0.5, "training at every rate", grown)
    few = replace(cellar, seeds=cellar.seeds[:SWEPT])
    swept: dict[Scaler, Floats] = {}
    for index, scaler in enumerate(EVERY):
        told = part(report, 0.5 + 0.1 * index, 0.6 + 0.1 * index, "training at every rate")
        swept[scaler] = networks(
            few, tuple(Job(scaler, each, activation=params.activation) for each in RATES), params.epochs, told
        ).accuracy
    return replace(grown, swept=swept)


def valley(params: Params, scaler: Scaler) -> Valley:
    """Measure the loss of every data set under a scaling, and descend on the first."""
    raw = [features(seed, params.ratio, params.correlation, params.outlier) for seed in params.numbers]
    inputs = np.stack([scaled(scaler, each, each) for each in raw])
    values, vectors = curvature(covariance(inputs))
    return Valley(
        inputs=inputs[0],
        values=values[0],
        vectors=vectors[0],
        conditions=condition(values),
        steps=steps_needed(values, vectors, params.step),
        path=path(values[0], vectors[0], params.step, STEPS),
    )


def steps_by_ratio(params: Params) -> Floats:
    """Return the steps that the raw features need at each of RATIOS, (G, S): a wider feature only scales C."""
    even = np.stack([features(seed, 1.0, params.correlation, params.outlier) for seed in params.numbers])
    wide = np.stack([np.ones_like(RATIOS), RATIOS], axis=1)[:, None]  # (G, 1, 2)
    values, vectors = curvature(covariance(even) * wide[..., :, None] * wide[..., None, :])
    return steps_needed(values, vectors, params.step)


def middle_half(inputs: Floats) -> float:
    """Return the range of the middle half of the first feature without example 0, as it enters the model."""
    lower, upper = np.quantile(inputs[1:, 0], [0.25, 0.75])
    return float(upper - lower)
