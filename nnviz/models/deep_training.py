"""Training of K deep networks at once: gradient descent, momentum or Adam, clipping, each network its own settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from nnviz.core.progress import Report, silent
from nnviz.models.deep import Architecture, Disturb, Passed, forward, fresh_statistics, losses
from nnviz.models.deep_backward import backward
from nnviz.models.norms import Statistics, follow

Optimizer = Literal["sgd", "momentum", "adam"]
GUARD = 1e-6  # what clip_grad_norm_ adds to the norm it divides by
BETAS, TINY = (0.9, 0.999), 1e-8  # of Adam, as in PyTorch


@dataclass(frozen=True)
class Plan:
    """How networks are trained; a number may be a tensor (K, 1), one for each network.

    Attributes:
        momentum: share of the last step's velocity that stays (of the optimizer "momentum").
        decay: λ of the L2 penalty: the gradient gets λθ added.
        threshold: gradients longer than this are shortened to it; inf for no clipping.
        statistics: share of a new batch in the running statistics of batch normalization.
    """

    optimizer: Optimizer = "sgd"
    rate: float | Tensor = 0.1
    momentum: float | Tensor = 0.9
    decay: float | Tensor = 0.0
    threshold: float | Tensor = float("inf")
    statistics: float = 0.1


@dataclass(frozen=True)
class State:
    """K networks in training.

    Attributes:
        theta: (K, P) parameters.
        running: statistics of batch normalization, or None.
        first, second: (K, P) velocity or mean of the gradient, and mean of its square.
        step: steps taken.
    """

    theta: Tensor
    running: Statistics | None
    first: Tensor
    second: Tensor
    step: int = 0

    def take(self, networks: Sequence[int]) -> "State":
        """Return some of the networks, by number."""
        rows = list(networks)
        running = None if self.running is None else self.running.take(rows)
        return State(self.theta[rows], running, self.first[rows], self.second[rows], self.step)


def begin(architecture: Architecture, theta: Tensor) -> State:
    """Return networks before their first step."""
    running = fresh_statistics(architecture, theta) if architecture.norm == "batch" else None
    return State(theta, running, torch.zeros_like(theta), torch.zeros_like(theta))


@dataclass(frozen=True)
class Seen:
    """What a step looked at before it was taken: loss (K,), gradient (K, P) before clipping, and the pass."""

    loss: Tensor
    gradient: Tensor
    passed: Passed


Batch = Callable[[int], tuple[Tensor, Tensor]]
"""From a step's number to its inputs (K, d, N) and targets (K, N)."""


def gradient(
    architecture: Architecture, theta: Tensor, inputs: Tensor, targets: Tensor, disturb: Disturb | None = None
) -> Seen:
    """Return the loss of K networks in training mode and its gradient with respect to all their parameters."""
    passed = forward(architecture, theta, inputs, disturb=disturb)
    slope = backward(architecture, inputs, targets, passed, disturb)
    return Seen(losses(passed.outputs, targets), slope, passed)


def clipped(slope: Tensor, threshold: float | Tensor) -> Tensor:
    """Return each network's gradient g · min(1, θ/(‖g‖ + 10⁻⁶)). Source: Pascanu, Mikolov & Bengio 2013."""
    if isinstance(threshold, float) and threshold == float("inf"):
        return slope
    factor: Tensor = threshold / (slope.norm(dim=1, keepdim=True) + GUARD)
    return slope * factor.clamp(max=1.0)


def stepped(plan: Plan, state: State, slope: Tensor) -> State:
    """Take one step along gradients (K, P): clip, add λθ, then gradient descent, momentum or Adam, as in PyTorch."""
    slope = clipped(slope, plan.threshold)
    if not (isinstance(plan.decay, float) and plan.decay == 0):
        slope = slope + plan.decay * state.theta
    count = state.step + 1
    if plan.optimizer == "adam":
        first = torch.lerp(state.first, slope, 1 - BETAS[0])
        second = torch.lerp(state.second, slope.square(), 1 - BETAS[1])
        size = (second / (1 - BETAS[1] ** count)).sqrt_().add_(TINY)
        theta = state.theta - plan.rate * (first / (1 - BETAS[0] ** count) / size)
        return replace(state, theta=theta, first=first, second=second, step=count)
    first = slope if plan.optimizer == "sgd" else plan.momentum * state.first + slope
    return replace(state, theta=state.theta - plan.rate * first, first=first, step=count)


def train(
    architecture: Architecture,
    state: State,
    plan: Plan,
    steps: int,
    batch: Batch,
    *,
    watch: Callable[[State, Seen], None] | None = None,
    disturb: Disturb | None = None,
    report: Report = silent,
) -> State:
    """Take `steps` steps with K networks. It ends early when no network is finite any more.

    Args:
        batch: what each step learns from; steps are numbered on from `state.step`.
        watch: is shown every state before its step is taken, with its loss and gradient.
    """
    networks = len(state.theta)
    for step in range(steps):
        report(
            step / steps,
            f"training {networks} network{'' if networks == 1 else 's'} of {architecture.depth} layers, step {step}",
        )
        seen = gradient(architecture, state.theta, *batch(state.step), disturb)
        if watch is not None:
            watch(state, seen)
        if not seen.loss.isfinite().any():
            break
        running = None if state.running is None else follow(state.running, seen.passed.norms, plan.statistics)
        state = stepped(plan, replace(state, running=running), seen.gradient)
    return state
