"""Small networks for scikit-learn's digits: many seeds are trained at once, and remembered.

The convolutional network is trained as a chain of matrices into which its kernels are written: on 8×8 pixels one large
matrix product is quicker than many small windows. `Digits.module` gives each network as ordinary torch layers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, pi
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.data.real import real_split
from nnviz.models.chain import Chain

Architecture = Literal["cnn", "mlp", "linear"]
Objective = Callable[[Chain, Tensor, float], Tensor]
"""From the networks, the row numbers (K, B) of one batch and the share of training done to a loss summed over K."""

SIDE, PIXELS, CLASSES = 8, 64, 10
CHANNELS = (16, 32)  # of the two convolutions, 3×3 windows, stride 2, padding 1
HIDDEN = (64, 32)  # units of the MLP's hidden layers
WINDOW, STRIDE = 3, 2
EPOCHS, BATCH, RATE = 12, 128, 0.03


@dataclass(frozen=True)
class Parts:
    """The digits as tensors: float32 pixels (N, 64) with ink 0…1, int64 labels (N,)."""

    train: Tensor
    train_labels: Tensor
    test: Tensor
    test_labels: Tensor


@dataclass(frozen=True)
class Digits:
    """K trained networks of one architecture.

    Attributes:
        architecture: cnn, mlp or linear.
        seeds: (K,) what initial weights and the order of the batches were drawn from.
        parameters: per layer weight then bias, first axis K: kernels (K, out, in, 3, 3) or matrices (K, in, out).
        chain: the same networks as matrices, ready to evaluate: `chain.logits(x)` is (K, N, 10).
    """

    architecture: Architecture
    seeds: tuple[int, ...]
    parameters: tuple[Tensor, ...]
    chain: Chain

    def module(self, network: int = 0) -> nn.Sequential:
        """Return one network as torch layers; the CNN takes (N, 1, 8, 8), the others (N, 64); logits (N, 10) come out."""
        own = [each[network] for each in self.parameters]
        layers: list[nn.Module] = []
        for weight, bias in zip(own[::2], own[1::2], strict=True):
            if weight.dim() == 2 and layers and isinstance(layers[-2], nn.Conv2d):
                layers.append(nn.Flatten())
            layers += [_layer(weight, bias), nn.ReLU()]
        return nn.Sequential(*layers[:-1])

    def accuracy(self) -> Tensor:
        """Return the (K,) shares of test digits that are classified correctly."""
        data = parts()
        return (self.chain.logits(data.test).argmax(dim=2) == data.test_labels).float().mean(dim=1)


@cache
def parts() -> Parts:
    """Return 1258 training and 539 test digits, split by class; every seed gets the same split."""
    split = real_split("digits", test_share=0.3, seed=0)
    pixels = [torch.tensor(part.inputs, dtype=torch.float32) for part in (split.train, split.test)]
    labels = [torch.tensor(part.targets.astype(np.int64)) for part in (split.train, split.test)]
    return Parts(pixels[0], labels[0], pixels[1], labels[1])


@memo(maxsize=32)
def trained(
    architecture: Architecture, seeds: tuple[int, ...], *, epochs: int = EPOCHS, report: Report = silent
) -> Digits:
    """Return networks trained in the usual way on clean digits with cross-entropy, one per seed.

    Args:
        architecture: cnn (two strided convolutions and a linear layer), mlp (64-64-32-10) or linear (64-10).
        seeds: one network each.
    """
    return train(architecture, seeds, cross_entropy, epochs=epochs, report=report)


def cross_entropy(chain: Chain, rows: Tensor, _share: float) -> Tensor:
    """Return Σ over networks of the batch mean of −log softmax(logits)[label]."""
    data = parts()
    logits = chain.logits(data.train[rows])
    return mean_loss(logits, data.train_labels[rows])


def mean_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy of logits (K, B, C) and labels (K, B), mean over the batch, sum over the networks."""
    total = nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")
    return total / labels.shape[1]


def train(
    architecture: Architecture,
    seeds: Sequence[int],
    objective: Objective,
    *,
    epochs: int = EPOCHS,
    rate: float = RATE,
    batch: int = BATCH,
    report: Report = silent,
) -> Digits:
    """Train one network per seed with Adam (β₁ 0.9, β₂ 0.99), its rate falling to zero along half a cosine.

    Args:
        objective: the loss to minimize; its gradient flows through the matrices into the parameters.

    Source: Kingma & Ba 2015 (Adam); Loshchilov & Hutter 2017 (cosine).
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    parameters = initial(architecture, generators)
    adam = Adam(parameters)
    rows = len(parts().train)
    steps = epochs * -(-rows // batch)
    for epoch in range(epochs):
        report(epoch / epochs, f"training {len(seeds)} networks")
        orders = torch.stack([torch.randperm(rows, generator=generator) for generator in generators])
        for chosen in orders.split(batch, dim=1):
            share = adam.steps / steps
            loss = objective(chain_of(parameters), chosen, share)
            adam.step(torch.autograd.grad(loss, parameters), rate * 0.5 * (1 + cos(pi * share)))
    done = tuple(each.detach() for each in parameters)
    with torch.no_grad():
        return Digits(architecture, tuple(seeds), done, chain_of(done))


class Adam:
    """Adam on a list of tensors, updated in place."""

    def __init__(self, parameters: Sequence[Tensor]) -> None:
        self.parameters = list(parameters)
        self.mean = [torch.zeros_like(each) for each in parameters]
        self.square = [torch.zeros_like(each) for each in parameters]
        self.steps = 0

    def step(self, gradients: Sequence[Tensor], rate: float) -> None:
        """Take one step: θ ← θ − rate · m̂ / (√v̂ + 1e-8)."""
        self.steps += 1
        with torch.no_grad():
            for theta, gradient, mean, square in zip(
                self.parameters, gradients, self.mean, self.square, strict=True
            ):
                mean.lerp_(gradient, 0.1)
                square.mul_(0.99).addcmul_(gradient, gradient, value=0.01)
                scale = (square / (1 - 0.99**self.steps)).sqrt_().add_(1e-8)
                theta.addcdiv_(mean, scale, value=-rate / (1 - 0.9**self.steps))


def initial(architecture: Architecture, generators: Sequence[torch.Generator]) -> list[Tensor]:
    """Return fresh parameters: weights normal with variance 2 / fan-in, the last layer's 1 / fan-in, biases zero.

    Source: He et al. 2015.
    """
    first, second = CHANNELS
    flat = second * (SIDE // STRIDE**2) ** 2
    shapes: dict[Architecture, list[tuple[int, ...]]] = {
        "cnn": [(first, 1, WINDOW, WINDOW), (second, first, WINDOW, WINDOW), (flat, CLASSES)],
        "mlp": [(PIXELS, HIDDEN[0]), HIDDEN, (HIDDEN[1], CLASSES)],
        "linear": [(PIXELS, CLASSES)],
    }
    parameters = []
    for layer, shape in enumerate(shapes[architecture]):
        fan_in = int(np.prod(shape[1:])) if len(shape) == 4 else shape[0]
        gain = 1.0 if layer == len(shapes[architecture]) - 1 else 2.0
        drawn = torch.stack([torch.randn(shape, generator=generator) for generator in generators])
        parameters.append((drawn * (gain / fan_in) ** 0.5).requires_grad_())
        outputs = shape[0] if len(shape) == 4 else shape[1]
        parameters.append(torch.zeros(len(generators), outputs, requires_grad=True))
    return parameters


def chain_of(parameters: Sequence[Tensor]) -> Chain:
    """Return parameters, kernels or matrices, as a chain of matrices; differentiable."""
    weights, biases, side = [], [], SIDE
    for weight, bias in zip(parameters[::2], parameters[1::2], strict=True):
        if weight.dim() == 5:
            side = -(-side // STRIDE)
            weights.append(unrolled(weight))
            bias = bias.repeat_interleave(side**2, dim=1)
        else:
            weights.append(weight)
        biases.append(bias.unsqueeze(1))
    return Chain(tuple(weights), tuple(biases))


def unrolled(kernels: Tensor) -> Tensor:
    """Return convolutions (K, out, in, 3, 3) as matrices (K, in·S², out·(S/2)²), S = 8 for the first, 4 for the second.

    The same weight stands wherever its window touches; elsewhere is zero.
    """
    networks, outputs, inputs = kernels.shape[:3]
    where = _places(SIDE if inputs == 1 else SIDE // STRIDE, inputs, outputs)
    padded = nn.functional.pad(kernels.flatten(1), (0, 1))  # the last entry is the zero outside every window
    return padded.index_select(1, where.flatten()).reshape(networks, *where.shape)


@cache
def _places(side: int, inputs: int, outputs: int) -> Tensor:
    """Return for each entry of the matrix (in·S², out·(S/2)²) which weight of the kernel stands there, or its length."""
    after = -(-side // STRIDE)
    where = np.full((inputs, side, side, outputs, after, after), inputs * outputs * WINDOW**2)
    number = np.arange(outputs * inputs * WINDOW**2).reshape(outputs, inputs, WINDOW, WINDOW)
    for row, column in np.ndindex(after, after):
        for a, b in np.ndindex(WINDOW, WINDOW):
            y, x = row * STRIDE + a - 1, column * STRIDE + b - 1
            if 0 <= y < side and 0 <= x < side:
                where[:, y, x, :, row, column] = number[:, :, a, b].T
    return torch.tensor(where.reshape(inputs * side**2, outputs * after**2))


def _layer(weight: Tensor, bias: Tensor) -> nn.Module:
    """Return one torch layer that holds these numbers: a convolution (out, in, 3, 3) or a matrix (in, out)."""
    layer: nn.Module
    if weight.dim() == 4:
        layer = nn.Conv2d(weight.shape[1], weight.shape[0], WINDOW, stride=STRIDE, padding=1)
        state = {"weight": weight, "bias": bias}
    else:
        layer = nn.Linear(weight.shape[0], weight.shape[1])
        state = {"weight": weight.T, "bias": bias}
    layer.load_state_dict(state)
    return layer
