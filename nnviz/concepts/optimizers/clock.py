"""How long a step of each optimizer takes in plain PyTorch on this machine: forwards, backwards, update."""

import time
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nnviz.core.ensemble import OPTIMIZERS
from nnviz.models.plain import make_mlp
from nnviz.models.rate_sweep import BATCH, SIZES

REPEATS = 25


def in_torch(name: str, parameters: list[Tensor], rate: float = 0.01) -> torch.optim.Optimizer:
    """Return the optimizer of `torch.optim` with its usual settings (RMSprop's α is 0.99, momentum 0.9)."""
    if name in ("sgd", "momentum", "nesterov"):
        return torch.optim.SGD(parameters, lr=rate, momentum=0.0 if name == "sgd" else 0.9, nesterov=name == "nesterov")
    if name == "adagrad":
        return torch.optim.Adagrad(parameters, lr=rate)
    if name == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate)
    return (torch.optim.Adam if name == "adam" else torch.optim.AdamW)(parameters, lr=rate)


@lru_cache(maxsize=1)
def seconds_per_step() -> NDArray[np.float64]:
    """Measure the least seconds of one step of the page's network, (7,) in the order of OPTIMIZERS; once a process.

    The optimizers take turns, and the least counts: whatever else the machine does only adds.
    """
    x, y, loss = (
        torch.zeros(BATCH, SIZES[0], dtype=torch.float64),
        torch.ones(BATCH, 1).double(),
        nn.BCEWithLogitsLoss(),
    )
    modules = [make_mlp(SIZES, "tanh", seed=0) for _ in OPTIMIZERS]
    makers = [in_torch(name, list(module.parameters())) for name, module in zip(OPTIMIZERS, modules, strict=True)]
    found = np.empty((REPEATS, len(OPTIMIZERS)))
    for turn in range(REPEATS):
        for index, (module, optimizer) in enumerate(zip(modules, makers, strict=True)):
            begun = time.perf_counter()
            optimizer.zero_grad()
            loss(module(x), y).backward()
            optimizer.step()
            found[turn, index] = time.perf_counter() - begun
    return np.asarray(found.min(axis=0))
