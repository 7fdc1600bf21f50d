"""Training of many deep networks at once, with every layer's gradient on record, and the gradient held in check."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from nnviz.concepts.gradient_flow.network import (
    EXAMPLES,
    Clipping,
    Setting,
    Weights,
    backward,
    examples,
    initial,
    rolled,
    unrolled,
)
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.models.deep_training import GUARD

Floats = NDArray[np.float64]
STEPS = 80


@dataclass(frozen=True)
class Record:
    """K networks of depth L at steps 0…T − 1; float64, not finite once a network has broken down.

    Attributes:
        setting: what was trained.
        loss: (T, K) loss of the batch.
        activation: (T, L, K) norm of each layer's output, root mean square over the examples.
        signal: (T, L, K) norm of ∂(one example's loss)/∂(each layer's output), root mean square over the examples.
        gradient: (T, L, K) norm of ∂loss/∂(each layer's weights), biases apart.
        update: (T, L, K) norm of the step that each layer's weights take then; an RNN's are the same at all.
        size, clipped: (T, K) size of the whole gradient before and after clipping, in the norm by which it clips:
            the largest entry for clipping by value, otherwise the Euclidean norm.
        change: (T, K) norm of the whole step over the norm of all weights.
    """

    setting: Setting
    loss: Floats
    activation: Floats
    signal: Floats
    gradient: Floats
    update: Floats
    size: Floats
    clipped: Floats
    change: Floats


@memo(maxsize=24)
def train(setting: Setting, steps: int = STEPS, report: Report = silent) -> Record:
    """Train K networks by gradient descent on one batch each and record every step before it is taken.

    w ← w − η(clip(∂loss/∂w) + λw). It ends early, the rest filled with nan, when no network is finite any more.
    """
    weights = initial(setting)
    inputs, targets = examples(setting.network, setting.depth, setting.seeds)
    rows: list[dict[str, Tensor]] = []
    for step in range(steps + 1):
        report(step / (steps + 1), f"Training {len(setting.seeds)} networks, step {step}")
        flow = backward(setting, weights, inputs, targets)
        gradients = rolled(setting, flow.gradients)
        held = clip(gradients, setting.clipping, setting.threshold)
        change = Weights(*(setting.rate * (g + setting.decay * w) for g, w in zip(held, weights, strict=True)))
        rows.append(
            {
                "loss": flow.loss,
                "activation": norm(flow.states) / EXAMPLES**0.5,
                "signal": norm(flow.signals) * EXAMPLES**0.5,  # the loss is a mean: N times for one example's, over √N
                "gradient": by_layer(flow.gradients),
                "update": by_layer(unrolled(setting, change)),
                "size": size(gradients, setting.clipping),
                "clipped": size(held, setting.clipping),
                "change": whole(change) / whole(weights),
            }
        )
        if not flow.loss.isfinite().any():
            break
        weights = Weights(*(w - c for w, c in zip(weights, change, strict=True)))
    return Record(setting, **{name: _stacked([row[name] for row in rows], steps + 1) for name in rows[0]})


def clip(gradients: Weights, kind: Clipping, threshold: float) -> Weights:
    """Hold the gradient g of each network in check, over all its weights together.

    norm: g · min(1, θ/(‖g‖ + 10⁻⁶)) · value: every entry into [−θ, θ] · rescale: g · θ/‖g‖

    Source: Pascanu, Mikolov & Bengio 2013 (norm); Mikolov 2012 (value); Hazan, Levy & Shalev-Shwartz 2015 (rescale).
    """
    if kind == "none":
        return gradients
    if kind == "value":
        return Weights(*(tensor.clamp(-threshold, threshold) for tensor in gradients))
    total = whole(gradients)  # (K,)
    shorter, rescaled = (threshold / (total + GUARD)).clamp(max=1.0), torch.where(total > 0, threshold / total, 0.0)
    factor = shorter if kind == "norm" else rescaled
    return Weights(*(tensor * factor[:, None, None] for tensor in gradients))


def norm(values: Tensor) -> Tensor:
    """Return the Euclidean norm over the last two axes; no square of it can overflow or underflow."""
    largest = values.abs().amax((-2, -1), keepdim=True)
    scale = torch.where(largest == 0, 1.0, largest)
    return (values / scale).square().sum((-2, -1)).sqrt() * scale[..., 0, 0]


def whole(tensors: Weights) -> Tensor:
    """Return the Euclidean norm of all tensors of each network together, (K,)."""
    return norm(torch.cat([norm(tensor) for tensor in tensors]).T[:, None])


def size(gradients: Weights, kind: Clipping) -> Tensor:
    """Return how large a gradient is in the eyes of a kind of clipping: its largest entry or its norm, (K,)."""
    if kind != "value":
        return whole(gradients)
    return torch.stack([tensor.abs().amax((0, 2, 3)) for tensor in gradients]).amax(0)


def by_layer(tensors: Weights) -> Tensor:
    """Return the norm of each layer's (or time step's) own weights, biases apart, (L, K)."""
    entry, hidden = norm(tensors.entry), norm(tensors.hidden)
    depth = max(len(entry), len(hidden) + 1)
    entry = functional.pad(entry, (0, 0, 0, depth - len(entry)))  # only layer 1 of an MLP has input weights
    hidden = functional.pad(hidden, (0, 0, depth - len(hidden), 0))  # layer 1 has no hidden weights
    return torch.hypot(entry, hidden)


def _stacked(rows: list[Tensor], steps: int) -> Floats:
    values = torch.stack(rows).numpy()
    rest = np.full((steps - len(rows), *values.shape[1:]), np.nan)
    return np.concatenate([values, rest])
