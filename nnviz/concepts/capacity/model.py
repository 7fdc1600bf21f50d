"""How good is a model with p parameters? Fitted again and again to new data sets, at every p from 1 to 200."""

from dataclasses import dataclass

import numpy as np

from nnviz.concepts.capacity import networks, survey
from nnviz.concepts.capacity.features import Floats
from nnviz.concepts.capacity.samples import SIGNAL, noise_variance
from nnviz.concepts.capacity.settings import Params, Problem
from nnviz.concepts.capacity.survey import Bundle, Parts
from nnviz.concepts.capacity.theory import excess_risk
from nnviz.core.progress import Report, part, silent

__all__ = ["Decomposition", "Params", "Run", "run"]


@dataclass(frozen=True)
class Decomposition:
    """The parts of the test error at one noise, for S seeds at C capacities.

    Attributes:
        capacities: (C,) numbers of parameters.
        bias, variance: (S, C); noise: σ² of the labels, all parts in squared units of y.
        measured: (S, C) squared error on fresh labels.
        training: (S, C) squared error on the training labels.
        length: (S, C) root mean squared length of the weights.
    """

    capacities: Floats
    bias: Floats
    variance: Floats
    noise: float
    measured: Floats
    training: Floats
    length: Floats

    @property
    def expected(self) -> Floats:
        """Bias² + variance + noise, (S, C)."""
        return self.bias + self.variance + self.noise

    @property
    def mean(self) -> Floats:
        """The measured error's mean over the seeds, (C,)."""
        return np.asarray(self.measured.mean(axis=0))

    def index(self, capacity: int) -> int:
        """Return which of the capacities is nearest to a number of parameters."""
        return int(np.abs(self.capacities - capacity).argmin())


@dataclass(frozen=True)
class Run:
    """All capacities of the page's model, and beside them the theory's.

    Attributes:
        parts: of the model on screen.
        bundle: curves of the first seed's fits, for all noises.
        gaussian: parts for isotropic Gaussian features with the same n, noise and ridge 0.
        exact: (C,) what the theory says of them: bias² + variance + noise.
        tuned: the error with the page's ridge and with ridge chosen on held-out labels, (S, P) each; None for networks.
        by_size: (N, S) error at this capacity for data sets of every size in `survey.SIZES`, with fresh noise; None for networks.
        size_map: (N, P) its median over the seeds at every capacity; None for networks.
    """

    params: Params
    parts: Decomposition
    bundle: Bundle
    gaussian: Decomposition
    exact: Floats
    tuned: tuple[Floats, Floats] | None
    by_size: Floats | None
    size_map: Floats | None

    @property
    def here(self) -> int:
        """Which capacity is on screen."""
        return self.parts.index(self.params.capacity)

    @property
    def sets(self) -> int:
        """How many data sets each seed has."""
        return self.params.problem.sets

    @property
    def capacity(self) -> int:
        """The number of parameters on screen: for networks that of the nearest width."""
        return int(self.parts.capacities[self.here])

    @property
    def fits(self) -> Floats:
        """Curves of the first seed's fits at this capacity, (K, 161)."""
        plain, unit = self.bundle.answers[:, self.here].astype(np.float64).swapaxes(0, 1)
        return np.asarray(plain + self.params.noise * unit)

    @property
    def labels(self) -> Floats:
        """Labels of the first seed's data sets, (K, n)."""
        return np.asarray(self.bundle.labels[:, 0] + self.params.noise * self.bundle.labels[:, 1])


def at_noise(parts: Parts, noise: float, variance: float) -> Decomposition:
    """Return the parts at one noise σ, where labels vary by `variance`; what rounding makes negative is 0."""
    return Decomposition(
        capacities=parts.capacities.astype(np.float64),
        bias=parts.bias.at(noise),
        variance=np.maximum(parts.variance.at(noise), 0),
        noise=variance,
        measured=np.maximum(parts.measured.at(noise), 0),
        training=np.maximum(parts.training.at(noise), 0),
        length=np.sqrt(np.maximum(parts.length.at(noise), 0)),
    )


def theory_problem(params: Params) -> Problem:
    """Return the theory's twin of the page's problem: Gaussian features, the shortest weights."""
    return Problem("gaussian", "wave", params.points, 0.0, params.wrong, 0.0, 20, tuple(range(params.seeds)))


def run(params: Params, report: Report = silent) -> Run:
    """Fit what is not remembered; a change of capacity or noise fits nothing anew (networks: noise does)."""
    p, problem, trained = params, params.problem, params.features == "mlp"
    variance = noise_variance(p.noise, p.wrong)
    if trained:
        parts, bundle = networks.networks(problem, part(report, 0, 0.8))
    else:
        parts, bundle = survey.least_squares(problem, part(report, 0, 0.25)), survey.bundle(problem)
    twin = survey.least_squares(theory_problem(p), part(report, 0.8 if trained else 0.25, 1.0 if trained else 0.4))
    gaussian = at_noise(twin, p.noise, variance)
    tuned = sizes = None
    if not trained:
        tuned = survey.tuned(problem, p.noise, part(report, 0.4, 0.7))
        sizes = survey.by_size(problem, part(report, 0.7, 1.0)).at(p.noise) + variance
    return Run(
        params=p,
        parts=at_noise(parts, 0.0 if trained else p.noise, variance),
        bundle=bundle,
        gaussian=gaussian,
        exact=np.sum(excess_risk(gaussian.capacities, p.points, variance, SIGNAL), axis=0) + variance,
        tuned=tuned,
        by_size=None if sizes is None else sizes[:, :, p.capacity - 1],
        size_map=None if sizes is None else np.asarray(np.median(sizes, axis=1)),
    )
