"""Small networks for scikit-learn's digits: many seeds are trained at once, and remembered.

The convolutional network is trained as a chain of matrices into which its kernels are written: on 8×8 pixels one large
matrix product is quicker than many small windows. `Digits.module` gives each network as ordinary torch layers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.seeds import generator
from nnviz.data.real import real_split
from nnviz.models.chain import Chain
from nnviz.models.spread import spread
from nnviz.models.training import Objective, cross_entropy, fit, normal_weights

Architecture = Literal["cnn", "mlp", "linear"]

SIDE, PIXELS, CLASSES = 8, 64, 10
CHANNELS = (12, 24)  # of the two convolutions
WINDOW, STRIDE = 3, 2  # of both, with one pixel of zeros around
HIDDEN = (64, 32)  # units of the MLP's hidden layers
EPOCHS, RATE = 12, 0.03
GROUP = 4  # networks trained in one program: more do not fit into a core's cache


@dataclass(frozen=True)
class Parts:
    """Data as tensors: float32 inputs (N, d), digits with ink 0…1, and int64 labels (N,)."""

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
        """Return one network as torch layers: (N, 1, 8, 8) for the CNN, (N, 64) for the others → (N, 10) logits."""
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

    A network does not depend on those trained beside it.

    Args:
        architecture: cnn (two strided convolutions and a linear layer), mlp (64-64-32-10) or linear (64-10).
        seeds: one network each.

    Raises:
        ValueError: if there is no seed.
    """
    if not seeds:
        raise ValueError("seeds must name at least one network")
    groups = [seeds[start : start + GROUP] for start in range(0, len(seeds), GROUP)]

    def work(group: tuple[int, ...], heed: Report) -> Digits:
        return train(architecture, group, on_labels, epochs=epochs, report=heed)

    return joined(spread(work, groups, report, f"training {len(seeds)} networks"))


def on_labels(chain: Chain, rows: Tensor, _share: float) -> Tensor:
    """Return the cross-entropy with the labels, the usual objective."""
    data = parts()
    return cross_entropy(chain.logits(data.train[rows]), data.train_labels[rows])


def train(
    architecture: Architecture,
    seeds: Sequence[int],
    objective: Objective,
    *,
    epochs: int = EPOCHS,
    rate: float = RATE,
    report: Report = silent,
) -> Digits:
    """Train one network per seed on any objective; see `nnviz.models.training.fit`. Nothing is remembered."""
    parameters = initial(architecture, seeds)
    done = fit(
        parameters,
        chain_of,
        objective,
        seeds=seeds,
        rows=len(parts().train),
        epochs=epochs,
        rate=rate,
        report=report,
    )
    return Digits(architecture, tuple(seeds), done, chain_of(done))


def initial(architecture: Architecture, seeds: Sequence[int]) -> list[Tensor]:
    """Return fresh parameters: normal weights of variance 2 / fan-in, in the last layer 1 / fan-in, and zero biases."""
    draws = [generator(seed, "weights") for seed in seeds]
    first, second = CHANNELS
    flat = second * (SIDE // STRIDE**2) ** 2
    shapes: dict[Architecture, list[tuple[int, ...]]] = {
        "cnn": [(first, 1, WINDOW, WINDOW), (second, first, WINDOW, WINDOW), (flat, CLASSES)],
        "mlp": [(PIXELS, HIDDEN[0]), HIDDEN, (HIDDEN[1], CLASSES)],
        "linear": [(PIXELS, CLASSES)],
    }
    parameters = []
    for layer, shape in enumerate(shapes[architecture]):
        convolution = len(shape) == 4
        fan_in, outputs = (int(np.prod(shape[1:])), shape[0]) if convolution else shape
        gain = 1.0 if layer == len(shapes[architecture]) - 1 else 2.0
        parameters += [normal_weights(shape, fan_in, gain, draws), torch.zeros(len(seeds), outputs)]
    return parameters


def joined(groups: Sequence[Digits]) -> Digits:
    """Return networks of one architecture that were trained apart as one."""
    parameters = tuple(torch.cat(layers) for layers in zip(*(group.parameters for group in groups), strict=True))
    seeds = tuple(seed for group in groups for seed in group.seeds)
    return Digits(groups[0].architecture, seeds, parameters, chain_of(parameters))


def chain_of(parameters: Sequence[Tensor]) -> Chain:
    """Return parameters, kernels or matrices, as a chain of matrices; differentiable."""
    weights, biases, side = [], [], SIDE
    for weight, bias in zip(parameters[::2], parameters[1::2], strict=True):
        if weight.dim() == 5:
            side //= STRIDE
            weights.append(unrolled(weight))
            biases.append(bias.repeat_interleave(side**2, dim=1).unsqueeze(1))
        else:
            weights.append(weight)
            biases.append(bias.unsqueeze(1))
    return Chain(tuple(weights), tuple(biases))


def unrolled(kernels: Tensor) -> Tensor:
    """Return convolutions (K, out, in, 3, 3) as matrices (K, in·S², out·(S/2)²): S = 8 for one input channel, else 4.

    The same weight stands wherever its window touches; elsewhere is zero.
    """
    networks, outputs, inputs = kernels.shape[:3]
    where = _places(SIDE if inputs == 1 else SIDE // STRIDE, inputs, outputs)
    padded = nn.functional.pad(kernels.flatten(1), (0, 1))  # the last entry is the zero outside every window
    return padded.index_select(1, where.flatten()).reshape(networks, *where.shape)


@cache
def _places(side: int, inputs: int, outputs: int) -> Tensor:
    """Return for each entry of the matrix (in·S², out·(S/2)²) the number of the weight that stands there."""
    after = side // STRIDE  # where nothing stands, the number is one past the last weight
    where = np.full((inputs, side, side, outputs, after, after), inputs * outputs * WINDOW**2)
    number = np.arange(outputs * inputs * WINDOW**2).reshape(outputs, inputs, WINDOW, WINDOW)
    for row, column, down, right in np.ndindex(after, after, WINDOW, WINDOW):
        y, x = row * STRIDE + down - 1, column * STRIDE + right - 1
        if 0 <= y < side and 0 <= x < side:
            where[:, y, x, :, row, column] = number[:, :, down, right].T
    return torch.tensor(where.reshape(inputs * side**2, outputs * after**2))


def _layer(weight: Tensor, bias: Tensor) -> nn.Module:
    """Return one torch layer that holds these numbers: a convolution (out, in, 3, 3) or a matrix (in, out)."""
    if weight.dim() == 4:
        layer: nn.Module = nn.Conv2d(weight.shape[1], weight.shape[0], WINDOW, stride=STRIDE, padding=1)
    else:
        weight = weight.T
        layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer
