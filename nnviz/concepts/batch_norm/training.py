"""How the networks are trained, what is kept of it, and how they answer in both modes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.batch_norm.company import in_company
from nnviz.concepts.batch_norm.nets import Batches, Floats, Net, Noise
from nnviz.concepts.batch_norm.pictures import Snapshot, pictures
from nnviz.concepts.batch_norm.points import POINTS, points_of
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.core.timeline import even_steps
from nnviz.models import deep, deep_training
from nnviz.models.deep_training import Plan, Seen, State

SNAPSHOTS = 31


@dataclass(frozen=True)
class Trained:
    """K networks of one kind and how their training went; float64, nan where a network has broken down.

    Attributes:
        loss: (T, K) of each step's batch, in training mode.
        moments: (F,) steps of the snapshots.
        density: (F, L, 64) how the first network's activations' inputs are spread over EDGES, all training points.
        drift: (F, K) how far those inputs' means moved since the last snapshot, in their standard deviations, mean
            over units and layers.
        reach: (2, F, K) least and greatest loss along the gradient, up to four learning rates away.
        final: (K,) training loss at the end in evaluation mode, and error, (K,), the share of wrong answers.
        modes: (2, K) share of wrong answers on the test points in evaluation and in training mode.
        flips: (K,) share of test points that get another answer in training mode when others come with them.
    """

    net: Net
    loss: Floats
    moments: NDArray[np.int64]
    density: Floats
    drift: Floats
    reach: Floats
    final: Floats
    error: Floats
    modes: Floats
    flips: Floats


@dataclass(frozen=True)
class Answered:
    """How K networks trained with one batch size answer: modes as in Trained."""

    batch: int
    modes: Floats


@memo(maxsize=96)
def train(net: Net, seeds: tuple[int, ...], report: Report = silent) -> Trained:
    """Train one network a seed, on points of its own."""
    noise = Noise(net, seeds) if net.noise else None
    batches = Batches(net, seeds, noise)
    moments = even_steps(net.steps - 1, SNAPSHOTS)
    due, losses, snapshots = set(moments.tolist()), list[Tensor](), list[Snapshot]()

    def watch(state: State, seen: Seen) -> None:
        losses.append(seen.loss)
        if state.step in due:
            snapshots.append(Snapshot(state.step, state.theta, seen.gradient))

    state = stepped(net, seeds, batches, noise, part(report, 0.0, 0.8), watch=watch)
    shown = pictures(net.architecture, net.rate, snapshots, batches, noise, part(report, 0.8, 1.0))
    inputs, targets = points_of(net.data, seeds)
    outputs = deep.forward(net.architecture, state.theta, inputs, running=state.running).outputs
    company = in_training_mode(net, state, inputs)
    return Trained(
        net=net,
        loss=_padded(torch.stack(losses).numpy(), net.steps),
        moments=moments,
        density=_padded(shown.density, len(moments)),
        drift=_padded(shown.drift, len(moments)),
        reach=_padded(shown.reach, len(moments)).swapaxes(0, 1),
        final=_finite(deep.losses(outputs[..., :POINTS], targets[:, :POINTS]).numpy()),
        error=deep.errors(outputs[..., :POINTS], targets[:, :POINTS]).numpy(),
        modes=wrong_in(outputs, company, targets),
        flips=((company > 0) != (in_training_mode(net, state, inputs, 1) > 0)).double().mean((1, 2)).numpy(),
    )


@memo(maxsize=96)
def answered(net: Net, seeds: tuple[int, ...], report: Report = silent) -> Answered:
    """Train one network a seed, and look only at what comes out."""
    noise = Noise(net, seeds) if net.noise else None
    state = stepped(net, seeds, Batches(net, seeds, noise), noise, report)
    inputs, targets = points_of(net.data, seeds)
    outputs = deep.forward(net.architecture, state.theta, inputs, running=state.running).outputs
    return Answered(net.batch, wrong_in(outputs, in_training_mode(net, state, inputs), targets))


def stepped(
    net: Net,
    seeds: tuple[int, ...],
    batches: Batches,
    noise: Noise | None,
    report: Report,
    *,
    watch: Callable[[State, Seen], None] | None = None,
    rate: Tensor | None = None,
) -> State:
    """Take all steps with one network a seed, at its rate (K, 1) if there are several."""
    begun = deep_training.begin(net.architecture, deep.start(net.architecture, seeds))
    plan = Plan(rate=net.rate if rate is None else rate, statistics=net.statistics)
    return deep_training.train(
        net.architecture, begun, plan, net.steps, batches, watch=watch, disturb=noise, report=report
    )


def in_training_mode(net: Net, state: State, inputs: Tensor, turn: int = 0) -> Tensor:
    """Return the outputs (K, 1, 256) for the test points, which come in random batches, in training mode."""
    return in_company(net.architecture, state.theta, inputs[..., POINTS:], net.batch, turn)


def wrong_in(outputs: Tensor, company: Tensor, targets: Tensor) -> Floats:
    """Return the share of wrong answers on the test points in evaluation and in training mode, (2, K)."""
    right = targets[:, POINTS:]
    return torch.stack([deep.errors(outputs[..., POINTS:], right), deep.errors(company, right)]).numpy()


def _padded(values: Floats, length: int) -> Floats:
    missing = np.full((length - len(values), *values.shape[1:]), np.nan)
    return _finite(np.concatenate([values, missing]))


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
