"""Train K small networks at once, on any loss, as one batched tensor program."""

from collections.abc import Callable, Sequence
from math import cos, pi, sqrt

import torch
from torch import Tensor, nn

from nnviz.core.progress import Report, silent
from nnviz.core.seeds import generator
from nnviz.models.chain import Chain

Build = Callable[[Sequence[Tensor]], Chain]
Objective = Callable[[Chain, Tensor, float], Tensor]
"""From the networks, their row numbers (K, B) and the share 0…1 of training done to a loss summed over the networks."""


class Adam:
    """Adam on a list of tensors, updated in place; β₁ = 0.9, β₂ = 0.99. Source: Kingma & Ba 2015."""

    def __init__(self, parameters: Sequence[Tensor]) -> None:
        self.parameters = list(parameters)
        self.mean = [torch.zeros_like(each) for each in parameters]
        self.square = [torch.zeros_like(each) for each in parameters]
        self.steps = 0

    def step(self, gradients: Sequence[Tensor], rate: float) -> None:
        """Take one step: θ ← θ − rate · m̂ / (√v̂ + 1e-8)."""
        self.steps += 1
        with torch.no_grad():
            for theta, gradient, mean, square in zip(self.parameters, gradients, self.mean, self.square, strict=True):
                mean.lerp_(gradient, 0.1)
                square.mul_(0.99).addcmul_(gradient, gradient, value=0.01)
                scale = (square / (1 - 0.99**self.steps)).sqrt_().add_(1e-8)
                theta.addcdiv_(mean, scale, value=-rate / (1 - 0.9**self.steps))


def fit(
    parameters: Sequence[Tensor],
    build: Build,
    objective: Objective,
    *,
    seeds: Sequence[int],
    rows: int,
    epochs: int,
    rate: float,
    batch: int = 128,
    report: Report = silent,
) -> tuple[Tensor, ...]:
    """Minimize an objective with Adam, whose rate falls to zero along half a cosine; return the trained parameters.

    Args:
        parameters: tensors whose first axis is K, one network per seed; they are copied.
        build: from parameters to networks; differentiable.
        seeds: (K,) what the order of the rows is drawn from.
        rows: how many rows of data there are to draw batches from.

    Source: Loshchilov & Hutter, "SGDR", 2017 (cosine).
    """
    own = [each.detach().clone().requires_grad_() for each in parameters]
    adam, draws = Adam(own), [generator(seed, "order") for seed in seeds]
    steps = epochs * -(-rows // batch)
    for _ in range(epochs):
        orders = torch.stack([torch.randperm(rows, generator=each) for each in draws])
        for chosen in torch.split(orders, batch, dim=1):
            share = adam.steps / steps
            report(share, "training")
            loss = objective(build(own), chosen, share)
            adam.step(torch.autograd.grad(loss, own), rate * 0.5 * (1 + cos(pi * share)))
    return tuple(each.detach() for each in own)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return −log softmax(logits)[label], mean over the batch, summed over the networks.

    Args:
        logits: (K, B, C).
        labels: (K, B) class numbers, or (K, B, C) probabilities.
    """
    labels = labels.flatten(0, 1)
    return nn.functional.cross_entropy(logits.flatten(0, 1), labels, reduction="sum") / logits.shape[1]


def normal_weights(shape: tuple[int, ...], fan_in: int, gain: float, draws: Sequence[torch.Generator]) -> Tensor:
    """Return (K, *shape) normal weights of variance gain / fan_in, one network a generator. Source: He et al. 2015."""
    drawn = torch.stack([torch.randn(shape, generator=each) for each in draws])
    return drawn * sqrt(gain / fan_in)
