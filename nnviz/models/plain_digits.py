"""Networks for scikit-learn's digits as anyone would write them in PyTorch: what runnable scripts are made of.

The same data, draws and steps as `nnviz.models.digits`, one network at a time.
"""

from collections.abc import Callable
from math import cos, pi

import numpy as np
import torch
from torch import Tensor, nn

from nnviz.core.seeds import generator
from nnviz.data import split_rows


def digit_data() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return 1258 training digits (N, 64), ink 0…1, their labels (N,), and the same of 539 test digits."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    train, test = split_rows(digits.target, 0.3, np.random.default_rng(0))
    pixels, labels = torch.tensor(digits.data / 16, dtype=torch.float32), torch.tensor(digits.target)
    return pixels[train], labels[train], pixels[test], labels[test]


def digit_network(architecture: str, seed: int) -> nn.Sequential:
    """Return a float32 network from pixels (N, 64) to logits (N, 10): "cnn", "mlp" or "linear".

    Weights are normal with variance 2 / fan-in, in the last layer 1 / fan-in; biases are 0. Source: He et al. 2015.
    """
    convolutions: list[nn.Module] = [
        *(nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 12, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Conv2d(12, 24, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(96, 10)),
    ]
    dense: list[nn.Module] = [nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)]
    kinds: dict[str, list[nn.Module]] = {"cnn": convolutions, "mlp": dense, "linear": [nn.Linear(64, 10)]}
    layers, draws = kinds[architecture], generator(seed, "weights")
    for layer in layers:
        if isinstance(layer, nn.Linear | nn.Conv2d):
            (weight, bias), gain = layer.parameters(), 1 if layer is layers[-1] else 2
            shape = weight.T.shape if isinstance(layer, nn.Linear) else weight.shape
            drawn = torch.randn(shape, generator=draws) * (gain / weight[0].numel()) ** 0.5
            weight.data = drawn.T.contiguous() if isinstance(layer, nn.Linear) else drawn
            bias.data.zero_()
    return nn.Sequential(*layers)


def train_digits(
    network: nn.Module,
    loss: Callable[[Tensor, float], Tensor],
    *,
    seed: int,
    rows: int = 1258,
    epochs: int = 12,
    rate: float = 0.03,
) -> None:
    """Train in place with Adam in batches of 128; the rate falls to zero along half a cosine.

    Args:
        loss: from the row numbers of a batch and the share 0…1 of training done to the loss.
        rows: how many rows of data there are.
    """
    optimizer = torch.optim.Adam(network.parameters(), betas=(0.9, 0.99))
    orders, step, steps = generator(seed, "order"), 0, epochs * -(-rows // 128)
    for _ in range(epochs):
        for chosen in torch.randperm(rows, generator=orders).split(128):
            optimizer.param_groups[0]["lr"] = rate * 0.5 * (1 + cos(pi * step / steps))
            optimizer.zero_grad()
            loss(chosen, step / steps).backward()
            optimizer.step()
            step += 1
