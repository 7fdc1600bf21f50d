"""Networks of one hidden layer, f(x) = Σⱼ vⱼ φ(wⱼx + bⱼ) + c, fitted to a curve: every size from 1 to 16, over seeds."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.concepts.neuron.targets import DRAWN, target_curve
from nnviz.concepts.neuron.unit import Activation, Floats, activate
from nnviz.core import ensemble
from nnviz.core.ensemble import MLP
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.core.seeds import generator
from nnviz.core.timeline import log_steps

POINTS = 64
X: Floats = np.linspace(-1, 1, POINTS)
BATCH = 16
MOST = 16  # neurons
FRAMES = 41


@dataclass(frozen=True)
class Fitting:
    """What fitted networks depend on. `zeros`: all weights start at zero instead of being drawn."""

    activation: Activation = "tanh"
    target: str = "sine"
    heights: str = DRAWN
    rate: float = 0.03
    epochs: int = 250
    zeros: bool = False
    seeds: tuple[int, ...] = tuple(range(8))

    @property
    def curve(self) -> Floats:
        """The curve at X, (64,)."""
        return target_curve(self.target, X, self.heights)


@dataclass(frozen=True)
class Fit:
    """K networks of one size.

    Attributes:
        activation, units: φ and h, the number of neurons.
        epochs: (T,) snapshots.
        weights: (T, K, 3h + 1) float32: w, b, v of the neurons, then c.
        final: (K, 3h + 1) float64, after the last epoch.
        target: (64,) the curve at X.
    """

    activation: Activation
    units: int
    epochs: NDArray[np.int64]
    weights: NDArray[np.float32]
    final: Floats
    target: Floats

    @property
    def error(self) -> Floats:
        """Root-mean-square distance from the curve after training, (K,)."""
        return rms_error(shares(self.final, self.activation), self.final[..., -1], self.target)

    @cached_property
    def errors(self) -> Floats:
        """The same at every snapshot, (T, K)."""
        weights = self.weights.astype(np.float64)
        return rms_error(shares(weights, self.activation), weights[..., -1], self.target)

    def shares(self, network: int) -> Floats:
        """Each neuron's own curve vⱼφ(wⱼx + bⱼ) at every snapshot, (T, h, 64), of one network."""
        return shares(self.weights[:, network].astype(np.float64), self.activation)


def starting_weights(units: int, seed: int) -> NDArray[np.float64]:
    """Draw w, b, v of each neuron and c = 0, (3h + 1,): every neuron bends at a random place between −1 and 1."""
    draws = generator(seed, "weights")
    w = 3 * torch.randn(units, generator=draws, dtype=torch.float64)
    bends = 2 * torch.rand(units, generator=draws, dtype=torch.float64) - 1
    v = torch.randn(units, generator=draws, dtype=torch.float64) / units**0.5
    return torch.cat([w, -w * bends, v, torch.zeros(1, dtype=torch.float64)]).numpy()


def shares(weights: Floats, activation: str) -> Floats:
    """Return vⱼ φ(wⱼx + bⱼ) at X, (..., h, 64), from weights (..., 3h + 1)."""
    w, b, v = (each[..., None] for each in np.split(weights[..., :-1], 3, axis=-1))
    with np.errstate(over="ignore", invalid="ignore"):  # a network that diverged is named by the diagnosis
        return np.asarray(v * activate(activation, w * X + b))


def rms_error(parts: Floats, offset: Floats, target: Floats) -> Floats:
    """Return √ mean (Σⱼ parts + c − target)²: (..., h, 64) and (...) to (...)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.sqrt(np.square(parts.sum(axis=-2) + offset[..., None] - target).mean(axis=-1)))


def fit(fitting: Fitting, units: int, report: Report = silent) -> Fit:
    """Train one network per seed by Adam on the squared error, batches of 16.

    A step has slope 0, so no gradient reaches w and b: then v and c alone are trained, on steps that stay as drawn.
    """
    start = np.stack([starting_weights(units, seed) for seed in fitting.seeds]) * (0.0 if fitting.zeros else 1.0)
    stepped = fitting.activation == "step"
    network = MLP((units, 1) if stepped else (1, units, 1), "linear" if stepped else fitting.activation, loss="mse")
    hidden = 2 * units if stepped else 0  # weights that stay
    w, b = start[:, :units, None], start[:, units : 2 * units, None]
    inputs = activate("step", w * X + b).swapaxes(1, 2) if stepped else X[:, None]
    trained = ensemble.train(
        network,
        inputs,
        fitting.curve,
        seeds=fitting.seeds,
        initial=start[:, hidden:],
        snapshots=log_steps(fitting.epochs, FRAMES),
        report=report,
        epochs=fitting.epochs,
        rate=fitting.rate,
        optimizer="adam",
        batch=BATCH,
    )
    kept = np.broadcast_to(start[:, :hidden], (len(trained.at), *start[:, :hidden].shape))
    weights = np.concatenate([kept.astype(np.float32), trained.weights], axis=-1)
    final = np.concatenate([start[:, :hidden], trained.final], axis=-1)
    return Fit(fitting.activation, units, trained.at, weights, final, fitting.curve)


@memo(maxsize=12)
def fits(fitting: Fitting, report: Report = silent) -> tuple[Fit, ...]:
    """Train every size from 1 to 16 neurons: the hand then moves among networks that are there already."""
    done = (np.cumsum([0, *range(4, 4 + MOST)]) / sum(range(4, 4 + MOST))).tolist()  # cost of a size: 3 + its neurons
    spans = [part(report, done[size], done[size + 1], f"training {size + 1} neurons") for size in range(MOST)]
    return tuple(fit(fitting, size + 1, spans[size]) for size in range(MOST))
