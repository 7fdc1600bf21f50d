"""The gradient of deep networks, written out layer by layer: the numbers of PyTorch's autograd without its bookkeeping."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from nnviz.models.deep import Architecture, Disturb, Passed
from nnviz.models.norms import Norm, Normed

aten: Any = torch.ops.aten
SLOPES: Mapping[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "sigmoid": lambda slope, _, values: aten.sigmoid_backward(slope, values),
    "tanh": lambda slope, _, values: aten.tanh_backward(slope, values),
    "relu": lambda slope, _, values: aten.threshold_backward(slope, values, 0),
    "leaky": lambda slope, sums, _: aten.leaky_relu_backward(slope, sums, 0.01, False),
    "gelu": lambda slope, sums, _: aten.gelu_backward(slope, sums),
    "linear": lambda slope, _, __: slope,
}
"""From ∂loss/∂φ(z), z and φ(z) to ∂loss/∂z."""


def backward(
    architecture: Architecture,
    inputs: Tensor,
    targets: Tensor,
    passed: Passed,
    disturb: Disturb | None = None,
) -> Tensor:
    """Return the gradient of each network's loss with respect to its parameters, (K, P).

    Args:
        inputs: (K, d, N).
        targets: (K, N) int64 class numbers.
        passed: how the networks answered these inputs in training mode, with the same `disturb`.

    Source: Rumelhart, Hinton & Williams 1986; Ioffe & Szegedy 2015 for the norm.
    """
    *layers, last = passed.layers
    slope = output_slopes(passed.outputs, targets)  # (K, C, N)
    found = [slope.sum(2), torch.bmm(slope, passed.states[-1].mT)]  # from the last parameter to the first
    slope = torch.bmm(last.weight.mT, slope)  # (K, H, N), of a layer's state
    for number in reversed(range(architecture.depth)):
        weight, _, scale = layers[number]
        own = slope if architecture.after else _activated(architecture, slope, passed, number)
        shift = own
        if scale is not None:
            found.append((own * passed.norms[number].values).sum(2))
            own = own * scale if disturb is None else own * scale * disturb(number)[0]
            own = unnormed(own, architecture.norm, passed.norms[number])
        if architecture.after:
            own = shift = _activated(architecture, own, passed, number)
        found += [shift.sum(2), torch.bmm(own, (passed.states[number - 1] if number else inputs).mT)]
        if number:
            below = torch.bmm(weight.mT, own)
            slope = slope + below if architecture.residual else below
    return torch.cat([piece.flatten(1) for piece in reversed(found)], 1)


def output_slopes(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the slopes of `losses` in the logits, (K, C, N): the probability, less 1 for the right class, over N."""
    examples = outputs.shape[2]
    if outputs.shape[1] == 1:
        signs = 1 - 2 * targets.to(outputs.dtype)
        share = torch.full_like(signs, 1 / examples)
        slope: Tensor = aten.softplus_backward(share, signs * outputs[:, 0], 1, 20)
        return (slope * signs)[:, None]
    shares = (outputs - outputs.logsumexp(1, keepdim=True)).exp() / examples
    return shares.scatter_add(1, targets[:, None], shares.new_full(targets[:, None].shape, -1 / examples))


def _activated(architecture: Architecture, slope: Tensor, passed: Passed, layer: int) -> Tensor:
    return SLOPES[architecture.activation](slope, passed.sums[layer], passed.activated[layer])


def unnormed(slope: Tensor, norm: Norm, done: Normed) -> Tensor:
    """Return the slope (K, H, N) in what a norm was given from that in its mean-0 values."""
    own = slope if norm == "batch" else slope.mT.unflatten(2, done.given.shape[2:])
    along = done.given.shape[-1:]
    wanted = [True, False, False]  # of the input, not of the scale and shift, which it has none of
    found: Tensor = aten.native_layer_norm_backward(
        own, done.given, along, done.mean, done.inverse, None, None, wanted
    )[0]
    return found if norm == "batch" else found.flatten(2).mT
