"""What a batch costs on this machine: seconds and bytes of one training step in plain PyTorch, measured.

Nothing else on the page is measured: all other numbers are the same in every run. What is measured here is kept for
the life of the process, so that a page shows one clock and not a new one with every change.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.core import seeds
from nnviz.core.ensemble import MLP
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent

SIZES = tuple(2**power for power in range(14))  # 1 … 8192: beyond the full batch, to find where it stops paying
WORTH = 1.1  # a doubling that makes an epoch less than a tenth quicker no longer pays
ROUNDS, PATIENCE = 5, 0.002  # seconds spent on one batch size in each round


@dataclass(frozen=True)
class Costs:
    """What one step costs.

    Attributes:
        sizes: (n,) batch sizes.
        seconds: (n,) of one step on one core: take the batch, forward, backward, update.
        bytes: (n,) int64 held at the end of the forward pass: weights, gradients, and what autograd keeps.
    """

    sizes: NDArray[np.int64]
    seconds: NDArray[np.float64]
    bytes: NDArray[np.int64]

    def per_step(self, batch: int) -> float:
        """Return the seconds of one step at a batch size that was measured."""
        return float(self.seconds[np.flatnonzero(self.sizes == batch)[0]])

    def per_epoch(self, examples: int) -> NDArray[np.float64]:
        """Return the seconds that `examples` examples take at each batch size, (n,)."""
        return self.seconds / self.sizes * examples

    @property
    def no_return(self) -> int:
        """The batch size from which doubling makes an epoch less than a tenth quicker; the largest if none does."""
        return int(point_of_no_return(self.sizes, self.seconds / self.sizes))


def point_of_no_return(sizes: NDArray[np.int64], per_example: NDArray[np.float64]) -> int:
    """Return the first size whose doubling saves too little: t(B)/t(2B) < WORTH; sizes double each time."""
    weak = np.flatnonzero(per_example[:-1] / per_example[1:] < WORTH)
    return int(sizes[weak[0]] if len(weak) else sizes[-1])


@memo(maxsize=4)
def costs(network: MLP, report: Report = silent) -> Costs:
    """Measure a network's steps at every batch size in SIZES, once in the life of the process."""
    return Costs(
        np.array(SIZES), measure(network, SIZES, report), np.array([step_bytes(network, size) for size in SIZES])
    )


def measure(network: MLP, sizes: Sequence[int], report: Report = silent) -> NDArray[np.float64]:
    """Return the seconds of one training step at each batch size, (n,), on one core.

    The quickest of several, taken in rounds over all sizes: whatever makes a step slower is not the step. A batch that
    seemed slower than a larger one was disturbed, so it counts as that larger one.

    Args:
        sizes: rising.
    """
    steps = [training_step(network, size) for size in sizes]
    rounds = []
    for done in range(ROUNDS):
        report(done / ROUNDS, "measuring this machine")
        rounds.append([_quickest(step) for step in steps])
    least = np.min(rounds, axis=0)
    return np.asarray(np.minimum.accumulate(least[::-1])[::-1])


def training_step(network: MLP, batch: int) -> Callable[[], None]:
    """Return one step of the usual loop: take a batch, forward, backward, update."""
    module, inputs, targets = _scene(network, batch)
    optimizer = torch.optim.SGD(module.parameters(), lr=1e-3)
    rows = torch.arange(batch)

    def step() -> None:
        optimizer.zero_grad()
        loss: Tensor = torch.nn.functional.cross_entropy(module(inputs[rows]), targets[rows])
        torch.autograd.backward(loss)
        optimizer.step()

    return step


def step_bytes(network: MLP, batch: int) -> int:
    """Count the bytes that a step holds: weights, their gradients, and what autograd keeps for the way back."""
    module, inputs, targets = _scene(network, batch)
    held = {parameter.data_ptr(): 2 * parameter.nbytes for parameter in module.parameters()}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        held.setdefault(storage.data_ptr(), storage.nbytes())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = torch.nn.functional.cross_entropy(module(inputs), targets)
    del loss
    return sum(held.values())


def _scene(network: MLP, batch: int) -> tuple[torch.nn.Sequential, Tensor, Tensor]:
    """Return a fresh network and a batch of random inputs: time and memory do not ask what is learned."""
    module = network.module(network.initial_weights([0])[0])
    inputs = torch.randn(batch, network.sizes[0], dtype=torch.float64, generator=seeds.generator(0, "clock"))
    return module, inputs, torch.zeros(batch, dtype=torch.int64)


def _quickest(step: Callable[[], None]) -> float:
    """Return the least seconds of one call, over as many calls as fit into PATIENCE, two at least."""
    seen: list[float] = []
    began = time.perf_counter()
    while len(seen) < 2 or time.perf_counter() - began < PATIENCE:
        before = time.perf_counter()
        step()
        seen.append(time.perf_counter() - before)
    return min(seen)
