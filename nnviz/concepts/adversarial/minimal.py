"""Attacks that look for the smallest change: Carlini and Wagner's in L2, Papernot's in numbers of pixels."""

from collections.abc import Iterator

import torch
from torch import Tensor

from nnviz.concepts.adversarial.attacks import PIXELS, Box, Goal, Scores
from nnviz.models.training import Adam

SATURATED = 0.99  # tanh is so flat at the ends of the box that a black pixel would never leave


def carlini_wagner(
    scores: Scores,
    inputs: Tensor,
    goal: Goal,
    *,
    steps: int = 60,
    searches: int = 4,
    rate: float = 0.1,
    box: Box = PIXELS,
) -> Tensor:
    """Return the nearest inputs found that win, (K, N, d); nan where none was found.

    Minimizes ‖x′ − x‖² + c · max(−margin(x′), 0) over w, where x′ = box stretched over (1 + tanh w) / 2, with Adam.
    Each input has its own c: ten times more after a search that found nothing, else halved towards the last failure.

    Source: Carlini & Wagner, "Towards evaluating the robustness of neural networks", 2017.
    """
    best, shortest = torch.full_like(inputs, torch.nan), torch.full(inputs.shape[:2], torch.inf)
    weight, failed, worked = torch.ones_like(shortest), torch.zeros_like(shortest), shortest.clone()
    for _ in range(searches):
        found = torch.zeros_like(shortest, dtype=torch.bool)
        for candidate, wins in _search(scores, inputs, goal, weight, steps, rate, box):
            length = (candidate - inputs).norm(dim=2)
            better = wins & (length < shortest)
            best = torch.where(better.unsqueeze(2), candidate, best)
            shortest, found = torch.where(better, length, shortest), found | wins
        worked, failed = torch.where(found, weight, worked), torch.where(found, failed, weight)
        weight = torch.where(worked.isinf(), 10 * weight, (failed + worked) / 2)
    return best


def _search(
    scores: Scores, inputs: Tensor, goal: Goal, weight: Tensor, steps: int, rate: float, box: Box
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the candidates of one descent and whether they win."""
    low, high = box
    centred = 2 * (inputs - low) / (high - low) - 1
    free = (centred * SATURATED).atanh().requires_grad_()
    adam = Adam([free])
    for _ in range(steps):
        with torch.enable_grad():
            candidate = low + (high - low) * (free.tanh() + 1) / 2
            margin = goal.margin(scores(candidate))
            loss = (candidate - inputs).square().sum(dim=2) + weight * (-margin).clamp_min(0)
            gradients = torch.autograd.grad(loss.sum(), free)
        yield candidate.detach(), margin.detach() > 0
        adam.step(gradients, rate)


def jsma(scores: Scores, inputs: Tensor, targets: Tensor, *, most: int, box: Box = PIXELS) -> Tensor:
    """Return (most + 1, K, N, d), the path on which one pixel after the other is set to an end of the box.

    Chosen is the pixel with the largest |∂s_t/∂x| · |Σ_{j≠t} ∂s_j/∂x| among those that raise the target's score and
    lower the others' sum; it goes white or black, whichever does so. A path stops moving when it has won or no pixel
    qualifies. (The original sets pairs of pixels and only whitens.)

    Args:
        targets: (K, N) class to arrive at.
        most: how many pixels may change.

    Source: Papernot et al., "The limitations of deep learning in adversarial settings", 2016.
    """
    moved, path = inputs, [inputs]
    untouched = torch.ones(inputs.shape, dtype=torch.bool)
    for _ in range(most):
        with torch.no_grad():
            open_ended = scores(moved).argmax(dim=2) != targets
        saliency, whiter = _saliency(scores, moved, targets, box)
        strength, pixel = saliency.masked_fill(~untouched, 0).max(dim=2, keepdim=True)
        moves = (strength > 0) & open_ended.unsqueeze(2)
        end = torch.where(whiter.gather(2, pixel), box[1], box[0])
        moved = torch.where(moves, moved.scatter(2, pixel, end), moved)
        untouched = untouched & ~torch.zeros_like(untouched).scatter(2, pixel, moves)
        path.append(moved)
    return torch.stack(path)


def _saliency(scores: Scores, inputs: Tensor, targets: Tensor, box: Box) -> tuple[Tensor, Tensor]:
    """Return how much each pixel (K, N, d) would help if set to an end of the box, and whether that end is white."""
    slopes = jacobian(scores, inputs)
    own = slopes.gather(2, targets[:, :, None, None].expand(-1, -1, 1, inputs.shape[2])).squeeze(2)
    others = slopes.sum(dim=2) - own
    whiter = own > 0
    room = torch.where(whiter, inputs < box[1], inputs > box[0])
    return torch.where((own * others < 0) & room, -own * others, 0.0), whiter


def jacobian(scores: Scores, inputs: Tensor) -> Tensor:
    """Return (K, N, C, d), the slope of every score at every input."""
    networks, count, width = inputs.shape
    with torch.no_grad():
        classes = scores(inputs[:, :1]).shape[2]
    free = inputs.detach().repeat_interleave(classes, dim=1).requires_grad_()
    with torch.enable_grad():
        each = (
            scores(free).reshape(networks, count, classes, classes).diagonal(dim1=2, dim2=3)
        )  # copy c of input n → score c
        (slopes,) = torch.autograd.grad(each.sum(), free)
    return slopes.reshape(networks, count, classes, width)
