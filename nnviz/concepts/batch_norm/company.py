"""Answers in training mode: what a net says of a point depends on the points that come with it."""

import torch
from torch import Tensor

from nnviz.models.deep import Architecture, forward


def in_company(architecture: Architecture, theta: Tensor, inputs: Tensor, batch: int, turn: int = 0) -> Tensor:
    """Answer in training mode, batch by batch: outputs (K, 1, N) of K networks on inputs (K, d, N).

    Args:
        turn: which random order puts the points into batches; the last batch is filled up with the first points.
    """
    points = inputs.shape[2]
    order = torch.randperm(points, generator=torch.Generator().manual_seed(turn))
    groups = -(-points // batch)
    rows = order.repeat(2)[: groups * batch]
    parts = inputs[..., rows].unflatten(2, (groups, batch)).transpose(1, 2).flatten(0, 1)
    outputs = forward(architecture, theta.repeat_interleave(groups, 0), parts).outputs
    joined = outputs.unflatten(0, (-1, groups)).transpose(1, 2).flatten(2)[..., :points]
    answers = torch.empty_like(joined)
    answers[..., order] = joined
    return answers
