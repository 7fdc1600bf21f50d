"""What a gradient costs, in forward passes: reverse mode at once, finite differences one weight at a time."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nnviz.core.memo import memo
from nnviz.core.seeds import reset_module
from nnviz.models.flops import flops

WIDTHS = (4, 8, 16, 32, 64, 128, 256)
EXAMPLES = 256
REPEATS = 9
SLOWEST = 700  # weights up to which finite differences are really run
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cost:
    """Cost of a gradient over that of a forward pass, by the size of an MLP.

    Attributes:
        weights: (W,) parameters of the network.
        operations: (W,) ratio of floating-point operations, reverse mode.
        seconds: (W,) ratio of measured times, reverse mode.
        differences: (W,) ratio of measured times, finite differences; nan where they were not run.
    """

    weights: NDArray[np.int64]
    operations: Floats
    seconds: Floats
    differences: Floats


def network(width: int, seed: int) -> nn.Sequential:
    """Return a w-w-w-1 tanh network."""
    layers = [nn.Linear(width, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1)]
    return reset_module(nn.Sequential(*layers), seed)  # type: ignore[return-value]  # it returns what it is given


def loss_of(module: nn.Module, inputs: Tensor) -> Tensor:
    """Return the mean square of the outputs."""
    return module(inputs).square().mean()  # type: ignore[no-any-return]  # a module's output has no type


def gradient(module: nn.Module, inputs: Tensor) -> None:
    """Compute the gradient for all weights by reverse mode: one forward pass, one backward pass."""
    module.zero_grad()
    torch.autograd.backward(loss_of(module, inputs))


@torch.no_grad()
def one_at_a_time(module: nn.Module, inputs: Tensor, width: float = 1e-3) -> list[float]:
    """Compute the gradient by finite differences: a forward pass for every weight, and one more."""
    found = []
    start = float(loss_of(module, inputs))
    for parameter in module.parameters():
        flat = parameter.view(-1)
        for index in range(flat.numel()):
            kept = float(flat[index])
            flat[index] = kept + width
            found.append((float(loss_of(module, inputs)) - start) / width)
            flat[index] = kept
    return found


def seconds(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the fastest of several runs: what disturbs a clock only ever makes it slower."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return min(taken)


@torch.no_grad()
def forward_only(module: nn.Module, inputs: Tensor) -> None:
    """Compute the loss and nothing else."""
    loss_of(module, inputs)


def ratios(width: int, seed: int, slowest: int = SLOWEST) -> tuple[int, float, float, float]:
    """Return weights, ratio of operations, ratio of times, and that of finite differences (nan if too many weights)."""
    module = network(width, seed)
    inputs = torch.linspace(-1, 1, EXAMPLES * width).reshape(EXAMPLES, width)
    weights = sum(parameter.numel() for parameter in module.parameters())
    plain, whole = flops(lambda: forward_only(module, inputs)), flops(lambda: gradient(module, inputs))
    base = seconds(lambda: forward_only(module, inputs))
    reverse = seconds(lambda: gradient(module, inputs)) / base
    single = seconds(lambda: one_at_a_time(module, inputs), 3) / base if weights <= slowest else np.nan
    return weights, whole / plain, reverse, single


@memo(maxsize=8)
def measured(seed: int = 0) -> Cost:
    """Measure every width once; a clock gives other digits each time, so the first answer is kept."""
    with torch.enable_grad():
        rows = np.array([ratios(width, seed) for width in WIDTHS])
    return Cost(rows[:, 0].astype(np.int64), rows[:, 1], rows[:, 2], rows[:, 3])
