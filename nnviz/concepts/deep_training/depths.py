"""Training at every depth, plain and with residual connections, and what depth costs."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial as bound

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.concepts.deep_training.nets import Floats, Net, Trained, examples, start, train
from nnviz.core.ensemble.threads import side_by_side
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.models import deep, deep_training

DEPTHS = (1, 2, 5, 10, 20, 35, 50)
ROUNDS = 5  # steps of which the quickest counts


@dataclass(frozen=True)
class Depths:
    """Plain and residual networks of every depth; columns not trained yet are missing.

    Attributes:
        depths: (D,) int64, of those that are trained.
        plain, skip: D groups of networks.
    """

    depths: NDArray[np.int64]
    plain: tuple[Trained, ...]
    skip: tuple[Trained, ...]

    @property
    def done(self) -> float:
        """The share of the work that is done; it is in proportion to the layers."""
        return float(self.depths.sum()) / sum(DEPTHS)

    def values(self, what: str, *, residual: bool) -> Floats:
        """Return final, error or test_error of one kind, (D, K)."""
        return np.stack([getattr(each, what) for each in (self.skip if residual else self.plain)])


def over_depths(net: Net, seeds: tuple[int, ...], steps: int, report: Report = silent) -> Iterator[Depths]:
    """Train both kinds at every depth, shallow first, and hand out what there is after each."""
    plain: list[Trained] = []
    skip: list[Trained] = []
    work = np.cumsum((0, *DEPTHS)) / sum(DEPTHS)
    for index, depth in enumerate(DEPTHS):
        own = replace(net, depth=depth, residual=False)
        works = [bound(_train, each, seeds, steps) for each in (own, own.twin())]
        pair = side_by_side(works, part(report, float(work[index]), float(work[index + 1])))
        plain.append(pair[0])
        skip.append(pair[1])
        yield Depths(np.array(DEPTHS[: index + 1]), tuple(plain), tuple(skip))


def _train(net: Net, seeds: tuple[int, ...], steps: int, report: Report) -> Trained:
    return train(net, seeds, steps, report)


@dataclass(frozen=True)
class Costs:
    """What one network of each of DEPTHS costs.

    Attributes:
        parameters: (D,) int64.
        seconds: (D,) of one training step on this machine, the quickest of five.
        bytes: (D,) int64 held at the end of a forward pass: parameters, gradients, and what autograd keeps.
    """

    parameters: NDArray[np.int64]
    seconds: Floats
    bytes: NDArray[np.int64]


@memo(maxsize=16)
def costs(net: Net, report: Report = silent) -> Costs:
    """Measure a training step at every depth, once in the life of the process: a page shows one clock, not a new one
    with every change.
    """
    nets = [replace(net, depth=depth) for depth in DEPTHS]
    seconds, held = [], []
    for index, each in enumerate(nets):
        report(index / len(nets), "measuring this machine")
        step = _step(each)
        seconds.append(min(_seconds(step) for _ in range(ROUNDS)))
        held.append(step_bytes(each))
    return Costs(np.array([each.architecture.parameters for each in nets]), np.array(seconds), np.array(held))


def step_bytes(net: Net) -> int:
    """Count the bytes that a step holds: parameters, their gradients, and what autograd keeps for the way back."""
    inputs, targets, _, _ = examples(net, (0,))
    theta = start(net, (0,)).requires_grad_()
    held = {theta.untyped_storage().data_ptr(): 2 * theta.nbytes}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        held.setdefault(storage.data_ptr(), storage.nbytes())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = deep.losses(deep.forward(net.architecture, theta, inputs).outputs, targets)
    del loss
    return sum(held.values())


def _step(net: Net) -> Callable[[], object]:
    inputs, targets, _, _ = examples(net, (0,))
    state = deep_training.begin(net.architecture, start(net, (0,)))
    return lambda: deep_training.train(net.architecture, state, net.plan, 1, lambda _: (inputs, targets))


def _seconds(step: Callable[[], object]) -> float:
    before = time.perf_counter()
    step()
    return time.perf_counter() - before
