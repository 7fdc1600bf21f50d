"""The networks of the page: drawn by a scheme, passed through before training, then trained; all remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.initialization.network import Activation, Floats, Layer, backward, forward
from nnviz.concepts.initialization.points import points_of
from nnviz.concepts.initialization.schemes import Scheme, drawn_as
from nnviz.core import ensemble
from nnviz.core.ensemble import MLP
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.core.seeds import initial_weights
from nnviz.core.timeline import even_steps

BATCH = 16
MOMENTS = 16  # recorded moments of a training, start and end included, at most
KEPT = 8  # networks whose weights are kept over training


@dataclass(frozen=True)
class Setting:
    """What a group of networks is; one network a seed."""

    scheme: Scheme
    gain: float
    activation: Activation
    depth: int
    width: int
    seeds: tuple[int, ...]

    @property
    def network(self) -> MLP:
        """2 inputs, L hidden layers of H units, one logit; biases start at 0."""
        name, gain = drawn_as(self.scheme, self.gain)
        sizes = (2, *[self.width] * self.depth, 1)
        return MLP(sizes, self.activation, initialization=name, gain=gain, bias=0.0)

    @property
    def shape(self) -> tuple[int, ...]:
        """Units of every layer."""
        return self.network.sizes


@dataclass(frozen=True)
class Plan:
    """How they are trained: gradient descent in batches of 16."""

    rate: float
    epochs: int


@dataclass(frozen=True)
class Start:
    """K networks before training.

    Attributes:
        layers: per layer W (K, out, in) and b (K, out), the read-out last.
        sums: (L, K, N, H) sums z of every hidden layer, for each network's own N points.
        forward: (L, K) mean of z² over points and units.
        backward: (L, K) mean of (∂ one point's loss / ∂z)² over points and units.
    """

    layers: list[Layer]
    sums: Floats
    forward: Floats
    backward: Floats


@dataclass(frozen=True)
class Curves:
    """How K trainings went: epochs (T,), and the loss of the training points (T, K) in nats, nan once a network is lost."""

    epochs: NDArray[np.int64]
    loss: Floats


@dataclass(frozen=True)
class Trained:
    """K trainings, and the weights (T, up to 8, P) float32 of the first of them."""

    curves: Curves
    weights: NDArray[np.float32]


@memo(maxsize=256)
def unit_weights(name: str, shape: tuple[int, ...], seed: int) -> Floats:
    """Draw a seed's weights at gain 1, (P,): a gain only scales them, since biases are 0."""
    return initial_weights(shape, seed, name, gain=1.0, bias=0.0)


def starting_weights(setting: Setting) -> Floats:
    """Return the initial weights of K networks, (K, P) float64."""
    name, gain = drawn_as(setting.scheme, setting.gain)
    return gain * np.stack([unit_weights(name, setting.shape, seed) for seed in setting.seeds])


def points(seeds: Sequence[int]) -> tuple[Floats, NDArray[np.int64]]:
    """Return every seed's own points (K, N, 2) and classes (K, N)."""
    inputs, classes = zip(*(points_of(seed) for seed in seeds), strict=True)
    return np.stack(inputs), np.stack(classes)


@memo(maxsize=12)
def started(setting: Setting) -> Start:
    """Pass every network's points forward and back before the first step."""
    layers = layers_of(setting, starting_weights(setting))
    inputs, classes = points(setting.seeds)
    with np.errstate(over="ignore", invalid="ignore"):  # a signal may explode beyond the largest number
        sums, logits = forward(inputs, layers, setting.activation)
        errors = backward(sums, logits, classes.astype(np.float64), layers, setting.activation)
        sizes = [np.array([(each**2).mean(axis=(-2, -1)) for each in values]) for values in (sums, errors)]
    return Start(layers, np.stack(sums), *sizes)


def layers_of(setting: Setting, weights: NDArray[np.floating]) -> list[Layer]:
    """Split weights (..., P) into layers: W (..., out, in) and b (..., out)."""
    return list(setting.network.layers(weights))


@memo(maxsize=6)
def trained(setting: Setting, plan: Plan, report: Report = silent) -> Trained:
    """Train K networks and keep the weights of the first."""
    blocks = _train(setting, plan, report)
    return Trained(_joined([each.curves for each in blocks]), blocks[0].weights)


@memo(maxsize=64)
def curves(setting: Setting, plan: Plan, report: Report = silent) -> Curves:
    """Train K networks and keep their losses only."""
    return _joined([each.curves for each in _train(setting, plan, report)])


def _joined(blocks: Sequence[Curves]) -> Curves:
    return Curves(blocks[0].epochs, np.concatenate([each.loss for each in blocks], axis=1))


def _train(setting: Setting, plan: Plan, report: Report) -> list[Trained]:
    """Train networks eight at a time, so that there is something to report between."""
    starts = range(0, len(setting.seeds), KEPT)
    return [
        _block(
            replace(setting, seeds=setting.seeds[start : start + KEPT]),
            plan,
            part(report, start / len(setting.seeds), min(1.0, (start + KEPT) / len(setting.seeds))),
        )
        for start in starts
    ]


def _block(setting: Setting, plan: Plan, report: Report) -> Trained:
    inputs, classes = points(setting.seeds)
    done = ensemble.train(
        setting.network,
        inputs,
        classes,
        seeds=setting.seeds,
        initial=starting_weights(setting),
        epochs=plan.epochs,
        batch=BATCH,
        rate=plan.rate,
        snapshots=even_steps(plan.epochs, MOMENTS),
        report=report,
    )
    lost = done.diverged & (done.steps >= done.nonfinite_step)
    return Trained(Curves(done.at, np.where(lost, np.nan, done.train_loss)), done.weights)


def different_rows(weight: NDArray[np.floating], bias: NDArray[np.floating]) -> int:
    """Return how many different units a layer (H, d) has: equal weights and bias count once."""
    rows = np.column_stack([weight, bias])
    return len(np.unique(rows, axis=0))
