"""Attacks without a gradient: asking the network again and again, and plain chance."""

import torch
from torch import Tensor

from nnviz.concepts.adversarial.attacks import PIXELS, Box, Goal, Norm, Scores, projected
from nnviz.core.seeds import generator

LARGEST = 0.5  # side of the first squares, as a share of the picture's
HOP = 0.5  # length of a proposal in L2, as a share of the radius


def by_queries(
    scores: Scores,
    inputs: Tensor,
    goal: Goal,
    *,
    radius: float,
    norm: Norm = "linf",
    budget: int = 200,
    box: Box = PIXELS,
    seed: int = 0,
) -> Tensor:
    """Return (budget, K, N, d), the best inputs after 1, 2, … questions: random squares, kept when the margin grows.

    Starts from vertical stripes at ±ε; each proposal sets a square, which shrinks as the questions run out, to +ε or
    −ε (in L2: adds to it and returns into the ball). Only scores are used, so no gradient can be hidden from it.

    Source: after Andriushchenko et al., "Square attack", 2020.
    """
    draws = generator(seed, "queries")
    sign = _signs(inputs.shape[1:], draws) if inputs.shape[2] < 4 else _stripes(inputs.shape[1:], draws)
    length = radius if norm == "linf" else radius / inputs.shape[2] ** 0.5
    with torch.no_grad():
        best = projected(inputs + length * sign, inputs, radius, norm, box)
        margin, path = goal.margin(scores(best)), [best]
        for query in range(1, budget):
            square, side = _squares(inputs.shape[1:], 1 - query / budget, draws)
            push = square * _signs((inputs.shape[1], 1), draws)
            added = best + HOP * radius / side * push
            proposal = torch.where(square, inputs + radius * push, best) if norm == "linf" else added
            proposal = projected(proposal, inputs, radius, norm, box)
            asked = goal.margin(scores(proposal))
            better = asked > margin
            best, margin = torch.where(better.unsqueeze(2), proposal, best), torch.where(better, asked, margin)
            path.append(best)
    return torch.stack(path)


def by_chance(inputs: Tensor, radius: float, norm: Norm = "linf", *, seed: int = 0, box: Box = PIXELS) -> Tensor:
    """Return the inputs with every pixel moved up or down by the same amount, at random, to the edge of the ball."""
    length = radius if norm == "linf" else radius / inputs.shape[2] ** 0.5
    return (inputs + length * _signs(inputs.shape[1:], generator(seed, "chance"))).clamp(*box)


def _signs(shape: torch.Size | tuple[int, ...], draws: torch.Generator) -> Tensor:
    """Return −1 and +1 with equal chance."""
    return 2.0 * torch.randint(0, 2, tuple(shape), generator=draws) - 1


def _stripes(shape: torch.Size, draws: torch.Generator) -> Tensor:
    """Return (N, d) pictures of vertical stripes of −1 and +1."""
    side = round(shape[1] ** 0.5)
    return _signs((shape[0], 1, side), draws).expand(-1, side, -1).flatten(1)


def _squares(shape: torch.Size, left: float, draws: torch.Generator) -> tuple[Tensor, int]:
    """Return (N, d) bool, a square somewhere in each picture, and its side; of two features, one of them."""
    count, width = shape
    if width < 4:
        return torch.arange(width) == torch.randint(0, width, (count, 1), generator=draws), 1
    whole = round(width**0.5)
    side = max(1, round(LARGEST * whole * left))
    corner = torch.randint(0, whole - side + 1, (count, 2, 1), generator=draws)
    span = torch.arange(whole)
    within = (span >= corner) & (span < corner + side)  # (N, 2, whole): rows, columns
    return (within[:, 0, :, None] & within[:, 1, None, :]).flatten(1), side
