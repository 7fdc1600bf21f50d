"""The ravine and the network of the first seed, as anyone would write them with PyTorch's own optimizers."""

import torch
from torch import Tensor

from nnviz.concepts.momentum.nets import CALM
from nnviz.models.plain_moons import trained_loss

SEED = 0


def recipe(
    rate: float, beta: float, kappa: float, method: str, x: float, y: float, steps: int, **_others: object
) -> dict[str, float]:
    """Return heights in the ravine, and losses of the network at a rate so small that rounding does not tell."""
    nesterov = method == "nesterov"
    return {
        "height at the end": height(rate, beta, nesterov, kappa, (x, y), steps),
        "height without momentum": height(rate, 0.0, False, kappa, (x, y), steps),
        "network's loss at the rate 0.01": trained_loss(lambda own: descent(own, CALM, beta, nesterov), SEED),
        "network's loss at the rate 0.01, without momentum": trained_loss(
            lambda own: descent(own, CALM, 0.0, False), SEED
        ),
    }


def descent(parameters: list[Tensor], rate: float, beta: float, nesterov: bool) -> torch.optim.SGD:
    """Return gradient descent with momentum; PyTorch has Nesterov's only for β > 0, where it differs."""
    return torch.optim.SGD(parameters, lr=rate, momentum=beta, nesterov=nesterov and beta > 0)


def height(rate: float, beta: float, nesterov: bool, kappa: float, start: tuple[float, float], steps: int) -> float:
    """Walk down ½(x²/κ + y²) and return the height at the end."""
    place = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    curvatures = torch.tensor([1 / kappa, 1.0], dtype=torch.float64)
    optimizer = descent([place], rate, beta, nesterov)
    for _ in range(steps):
        optimizer.zero_grad()
        (curvatures * place**2).sum().div(2).backward()
        optimizer.step()
    return 0.5 * float((curvatures * place.detach() ** 2).sum())
