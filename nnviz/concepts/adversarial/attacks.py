"""Attacks that follow a gradient: fast gradient sign, projected gradient descent, and the balls they stay in.

Shapes: K networks, N inputs of d numbers within the box [0, 1], C classes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from nnviz.core.seeds import generator

Norm = Literal["linf", "l2"]
Scores = Callable[[Tensor], Tensor]
"""From inputs (K, N, d) to scores (K, N, C), the largest of which is the answer; differentiable by autograd."""
Box = tuple[float, float]
PIXELS: Box = (0.0, 1.0)
TINY = 1e-12  # a gradient shorter than this has no direction


@dataclass(frozen=True)
class Goal:
    """What an attacker wants.

    Attributes:
        classes: (K, N) int64, the class to get away from, or with `reach` the class to arrive at.
        reach: a targeted attack.
        margins: follow the margin of the scores instead of the cross-entropy, which a saturated softmax cannot flatten.
    """

    classes: Tensor
    reach: bool = False
    margins: bool = False

    def loss(self, scores: Tensor) -> Tensor:
        """Return the (K, N) loss that the attacker raises: ± cross-entropy, or the margin."""
        if self.margins:
            return self.margin(scores)
        logarithm = torch.log_softmax(scores, dim=2).gather(2, self.classes.unsqueeze(2)).squeeze(2)
        return logarithm if self.reach else -logarithm

    def margin(self, scores: Tensor) -> Tensor:
        """Return (K, N), positive where the attacker has won: best other score − own, or its negative to reach."""
        index = self.classes.unsqueeze(2)
        own = scores.gather(2, index).squeeze(2)
        other = scores.scatter(2, index, -torch.inf).amax(dim=2)
        return own - other if self.reach else other - own

    def won(self, scores: Tensor) -> Tensor:
        """Return (K, N) bool: the answer is what the attacker wants."""
        return (scores.argmax(dim=2) == self.classes) == self.reach

    def repeated(self, times: int) -> "Goal":
        """Return the same goal for every input `times` times in a row: (K, N·times)."""
        return Goal(self.classes.repeat_interleave(times, dim=1), self.reach, self.margins)


def gradient(scores: Scores, inputs: Tensor, goal: Goal) -> Tensor:
    """Return (K, N, d), the gradient of the attacker's loss at the inputs."""
    free = inputs.detach().requires_grad_()
    with torch.enable_grad():
        return torch.autograd.grad(goal.loss(scores(free)).sum(), free)[0]


def steepest(slope: Tensor, norm: Norm) -> Tensor:
    """Return the direction of length 1 that raises a linear loss most: sign(g) in L∞, g / ‖g‖₂ in L2."""
    if norm == "linf":
        return slope.sign()
    length: Tensor = slope.norm(dim=2, keepdim=True)
    return slope / length.clamp_min(TINY)


def projected(inputs: Tensor, origin: Tensor, radius: float, norm: Norm, box: Box = PIXELS) -> Tensor:
    """Return the inputs moved back into the ball around `origin`, then into the box (which keeps them in the ball)."""
    change = inputs - origin
    if norm == "linf":
        return (origin + change.clamp(-radius, radius)).clamp(*box)
    shrink: Tensor = radius / change.norm(dim=2, keepdim=True).clamp_min(TINY)
    return (origin + change * shrink.clamp_max(1.0)).clamp(*box)


def fgsm(scores: Scores, inputs: Tensor, goal: Goal, radius: float, norm: Norm = "linf", box: Box = PIXELS) -> Tensor:
    """Return x + ε · sign(∇ₓ loss), cut to the box: one step as far as it may go. Source: Goodfellow et al. 2015."""
    step = radius * steepest(gradient(scores, inputs, goal), norm)
    return (inputs + step).clamp(*box)


def ascent(
    scores: Scores,
    inputs: Tensor,
    goal: Goal,
    *,
    radius: float,
    step: float,
    steps: int,
    norm: Norm = "linf",
    start: Tensor | None = None,
    box: Box = PIXELS,
) -> Iterator[Tensor]:
    """Yield x₀ and then xₜ₊₁ = Π(xₜ + α · steepest(∇ loss)), Π being the projection into ball and box.

    With one step of α = ε from the input itself this is the fast gradient sign method.

    Source: Madry et al., "Towards deep learning models resistant to adversarial attacks", 2018.
    """
    moved = inputs if start is None else start
    yield moved
    for _ in range(steps):
        raised = moved + step * steepest(gradient(scores, moved, goal), norm)
        moved = projected(raised, inputs, radius, norm, box)
        yield moved


def pgd(
    scores: Scores,
    inputs: Tensor,
    goal: Goal,
    *,
    radius: float,
    step: float,
    steps: int,
    norm: Norm = "linf",
    restarts: int = 1,
    box: Box = PIXELS,
    seed: int = 0,
) -> Tensor:
    """Return (steps + 1, K, N, d), the path of projected gradient descent with the highest margin at its end.

    The first start is the input itself, each further one a random point of the ball; every path has the input as its
    first moment, whichever point its first step was made from.
    """
    draws = generator(seed, "restarts")
    paths = []
    for restart in range(restarts):
        start = random_start(inputs, radius, norm, draws, box) if restart else None
        walk = ascent(scores, inputs, goal, radius=radius, step=step, steps=steps, norm=norm, start=start, box=box)
        next(walk)
        paths.append(torch.stack([inputs, *walk]))
    if restarts == 1:
        return paths[0]
    with torch.no_grad():
        margins = torch.stack([goal.margin(scores(path[-1])) for path in paths])  # (restarts, K, N)
    best = margins.argmax(dim=0)[None, None, :, :, None].expand(1, *paths[0].shape)
    return torch.stack(paths).gather(0, best)[0]


def random_start(inputs: Tensor, radius: float, norm: Norm, draws: torch.Generator, box: Box = PIXELS) -> Tensor:
    """Return a point drawn evenly from the ball around each input, cut to the box; the K networks share the draw."""
    shape = inputs.shape[1:]  # (N, d)
    if norm == "linf":
        change = radius * (2 * torch.rand(shape, generator=draws) - 1)
    else:
        direction = torch.randn(shape, generator=draws)
        share = torch.rand(shape[:1], generator=draws).unsqueeze(1) ** (1 / shape[1])
        change = radius * share * direction / direction.norm(dim=1, keepdim=True)
    return (inputs + change.to(inputs.dtype)).clamp(*box)
