"""The network of `rate_sweep` on two moons, as anyone would train it with PyTorch's own optimizers."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from nnviz.data.toy import drawn, lower_moon, upper_moon
from nnviz.models.plain import make_mlp, train_module
from nnviz.models.rate_sweep import BATCH, EPOCHS, NOISE, POINTS, SIZES

Make = Callable[[list[Tensor]], torch.optim.Optimizer]
"""From the parameters to an optimizer."""


def trained_loss(make: Make, seed: int) -> float:
    """Train the network and return its training loss in nats."""
    points, classes = drawn((upper_moon, lower_moon), POINTS, NOISE, np.random.default_rng(seed))
    x, y = torch.from_numpy(points), torch.from_numpy(classes).double()[:, None]
    module, loss = make_mlp(SIZES, "tanh", seed=seed), nn.BCEWithLogitsLoss()
    train_module(module, x, y, loss, make(list(module.parameters())), seed=seed, epochs=EPOCHS, batch=BATCH)
    return float(loss(module(x), y).detach())
