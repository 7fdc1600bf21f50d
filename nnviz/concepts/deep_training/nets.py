"""The networks of the page: what one is, what it learns from, and how a group of them is trained, one a seed."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.deep_training.points import TEST, own_points, points_of
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.timeline import log_steps
from nnviz.models import deep, deep_training
from nnviz.models.deep import Activation, Architecture
from nnviz.models.deep_training import Optimizer, Plan, Seen, State
from nnviz.models.norms import Norm

Floats = NDArray[np.float64]
Data = Literal["spiral", "moons", "circle", "xor", "points"]
Scheme = Literal["he_normal", "xavier_normal", "lecun_normal", "orthogonal", "pytorch", "small", "large"]
OFF = {"small": ("normal", 0.05), "large": ("he_normal", 2.0)}
"""Initializations that are wrong on purpose: → scheme and gain of `core.seeds`."""
STEPS = 80
SNAPSHOTS = 41


@dataclass(frozen=True)
class Net:
    """What a group of networks is and how it is trained.

    Attributes:
        clip: longest gradient that is let through; 0 for no clipping.
        points: training points of each network.
        own: a learner's points as text, where data is "points".
    """

    depth: int = 20
    residual: bool = False
    norm: Norm = "batch"
    scheme: Scheme = "he_normal"
    rate: float = 0.02
    clip: float = 0.0
    points: int = 64
    optimizer: Optimizer = "momentum"
    width: int = 16
    activation: Activation = "relu"
    data: Data = "spiral"
    noise: float = 0.05
    own: str = ""

    @property
    def architecture(self) -> Architecture:
        """The shape of the networks."""
        return Architecture(self.depth, self.width, activation=self.activation, residual=self.residual, norm=self.norm)

    @property
    def plan(self) -> Plan:
        """How they are trained."""
        return Plan(self.optimizer, self.rate, threshold=self.clip or float("inf"))

    def twin(self) -> "Net":
        """Return the same network with residual connections if this one has none, and without if it has."""
        return replace(self, residual=not self.residual)


@dataclass(frozen=True)
class Trained:
    """K networks of one kind and how their training went; float64, nan once a network has broken down.

    Attributes:
        net: what was trained.
        seed: of the first network.
        loss: (T + 1, K) training loss before each step and after the last, in training mode.
        error, test_error: (K,) share of wrong answers at the end, in evaluation mode, on training and on test points.
        moments: (F,) steps at which the first network's parameters were kept.
        path: (F, P) those parameters.
        ends: (K, P) the parameters of all networks at the end.
        signal: (L, K) norm of ∂loss/∂(a hidden layer's weights) before the first step, first layer first.
    """

    net: Net
    seed: int
    loss: Floats
    error: Floats
    test_error: Floats
    moments: NDArray[np.int64]
    path: Floats
    ends: Floats
    signal: Floats

    @property
    def final(self) -> Floats:
        """The training loss at the end, (K,)."""
        return np.asarray(self.loss[-1])


@memo(maxsize=256)
def train(
    net: Net,
    seeds: tuple[int, ...],
    steps: int = STEPS,
    report: Report = silent,
    weights: tuple[int, ...] | None = None,
) -> Trained:
    """Train one network a seed on points of its own, all points in one batch.

    Args:
        weights: the seeds of the first weights, where they are not those of the points.
    """
    theta = start(net, weights or seeds)
    architecture, (inputs, targets, test, answers) = net.architecture, examples(net, seeds)
    moments = log_steps(steps, SNAPSHOTS)
    curve: list[Tensor] = []
    path: list[Tensor] = []
    first: list[Tensor] = []

    def watch(state: State, seen: Seen) -> None:
        curve.append(seen.loss)
        if state.step in moments:
            path.append(state.theta[0])
        if not first:
            first.append(layer_norms(architecture, seen.gradient))

    begun = deep_training.begin(architecture, theta)
    state = deep_training.train(
        architecture, begun, net.plan, steps, lambda _: (inputs, targets), watch=watch, report=report
    )
    with torch.no_grad():
        curve.append(deep.losses(deep.forward(architecture, state.theta, inputs).outputs, targets))
        wrong = [
            deep.errors(deep.forward(architecture, state.theta, x, running=state.running).outputs, y)
            for x, y in ((inputs, targets), (test, answers))
        ]
    path.append(state.theta[0])
    missing = np.full((steps + 1 - len(curve), len(seeds)), np.nan)
    kept = np.concatenate([torch.stack(curve).numpy(), missing])
    places = np.full((len(moments), theta.shape[1]), np.nan)
    places[: min(len(path), len(moments))] = torch.stack(path[: len(moments)]).numpy()
    return Trained(
        net=net,
        seed=seeds[0],
        loss=np.where(np.isfinite(kept), kept, np.nan),
        error=wrong[0].numpy(),
        test_error=wrong[1].numpy(),
        moments=moments,
        path=places,
        ends=state.theta.numpy(),
        signal=first[0].numpy(),
    )


def start(net: Net, seeds: tuple[int, ...]) -> Tensor:
    """Return the parameters with which the networks begin, (K, P)."""
    scheme, gain = OFF.get(net.scheme, (net.scheme, 1.0))
    return deep.start(net.architecture, seeds, scheme, gain)


@memo(maxsize=64)
def examples(net: Net, seeds: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return training inputs (K, 2, N) and classes (K, N), then test inputs (K, 2, M) and classes (K, M)."""
    rows = [
        own_points(net.own, net.noise, seed)
        if net.data == "points"
        else points_of(net.data, net.points, net.noise, seed)
        for seed in seeds
    ]
    x, y, test, answers = (np.stack(each) for each in zip(*rows, strict=True))
    return torch.tensor(x).mT, torch.tensor(y), torch.tensor(test).mT, torch.tensor(answers)


def layer_norms(architecture: Architecture, slope: Tensor) -> Tensor:
    """Return the norm of the gradient of each hidden layer's weights, (L, K), from gradients (K, P)."""
    return torch.stack([layer.weight.flatten(1).norm(dim=1) for layer in deep.unpacked(architecture, slope)[:-1]])


__all__ = ["OFF", "STEPS", "TEST", "Data", "Floats", "Net", "Scheme", "Trained", "examples", "start", "train"]
