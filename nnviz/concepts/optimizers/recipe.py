"""Ways across the surface and a trained network, as anyone would write them with PyTorch's own optimizers."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from nnviz.concepts.optimizers.settings import place_of
from nnviz.models.plain_moons import trained_loss

SEED = 0
CALM, SMALL = 0.01, 1e-4  # rates at which rounding does not tell


def recipe(
    surface: str,
    angle: float,
    condition: float,
    start: tuple[float, float],
    steps: int,
    beta1: float,
    beta2: float,
    momentum: float,
    **_others: object,
) -> dict[str, float]:
    """Return heights after the race without noise, and losses of the network, at small rates."""

    def adam(parameters: list[Tensor], rate: float = CALM) -> torch.optim.Adam:
        return torch.optim.Adam(parameters, lr=rate, betas=(beta1, beta2))

    def heavy(parameters: list[Tensor], rate: float = CALM) -> torch.optim.SGD:
        return torch.optim.SGD(parameters, lr=rate, momentum=momentum)

    place = torch.tensor(place_of(surface, angle, start), dtype=torch.float64)
    ground = (surface, condition, math.radians(angle))
    return {
        "network's loss, Adam at the rate 0.01": trained_loss(adam, SEED),
        "network's loss, momentum at the rate 0.01": trained_loss(heavy, SEED),
        "height, Adam at the rate 0.01": walked(ground, place, steps, adam),
        "height, gradient descent at the rate 0.0001": walked(ground, place, steps, descent),
    }


def descent(parameters: list[Tensor]) -> torch.optim.SGD:
    """Return plain gradient descent at a small rate."""
    return torch.optim.SGD(parameters, lr=SMALL)


def walked(
    ground: tuple[str, float, float], start: Tensor, steps: int, make: Callable[..., torch.optim.Optimizer]
) -> float:
    """Walk down a surface and return the height at the end; Reddi's sequence has none."""
    if ground[0] == "reddi":
        return float("nan")
    place = start.clone().requires_grad_()
    optimizer = make([place])
    for _ in range(steps):
        optimizer.zero_grad()
        height(place, *ground).backward()
        optimizer.step()
    return float(height(place.detach(), *ground))


def height(place: Tensor, surface: str, condition: float, angle: float) -> Tensor:
    """Return the height of a surface at a place (2,)."""
    x, y = place
    u, v = math.cos(angle) * x + math.sin(angle) * y, math.cos(angle) * y - math.sin(angle) * x
    heights: dict[str, Tensor] = {
        "ravine": (u**2 / condition + v**2) / 2,
        "rosenbrock": (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        "beale": (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
        "saddle": x**2 / 2 + (y**2 - 1) ** 2 / 4,
        "himmelblau": (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        "rastrigin": x**2 + y**2 + 10 * (2 - torch.cos(2 * math.pi * x) - torch.cos(2 * math.pi * y)),
    }
    return heights[surface]
