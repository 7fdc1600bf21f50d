"""An MLP and its training as anyone would write them in PyTorch: what runnable scripts are made of."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from nnviz.core.seeds import generator, initial_weights

LAYERS: dict[str, Callable[[], nn.Module]] = {
    "linear": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
}


def make_mlp(
    sizes: Sequence[int],
    activation: str | Callable[[], nn.Module] = "tanh",
    *,
    seed: int = 0,
    scheme: str = "pytorch",
    gain: float = 1.0,
    bias: float | None = None,
) -> nn.Sequential:
    """Return a float64 multilayer perceptron whose weights are drawn from the seed; the last layer stays linear.

    Args:
        sizes: units per layer, inputs first, for example (2, 8, 8, 1).
        activation: of the hidden layers: one of LAYERS, or what makes the layer.
        seed, scheme, gain, bias: as in `initial_weights`.
    """
    make = LAYERS[activation] if isinstance(activation, str) else activation
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs, dtype=torch.float64), make()]
    module = nn.Sequential(*layers[:-1])
    weights = torch.from_numpy(initial_weights(sizes, seed, scheme, gain=gain, bias=bias))
    nn.utils.vector_to_parameters(weights, module.parameters())
    return module


def train_module(
    module: nn.Module,
    x: Tensor,
    y: Tensor,
    loss: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    *,
    seed: int = 0,
    epochs: int = 100,
    batch: int = 10,
    steps: int | None = None,
) -> None:
    """Train in place: every epoch a fresh order of the examples (N, …), drawn from the seed, one step per batch.

    Args:
        steps: how many to take instead of `epochs`; the last epoch may be cut short.
    """
    orders = generator(seed, "order")
    left = steps if steps is not None else epochs * -(-len(x) // batch)
    while left > 0:
        for rows in torch.randperm(len(x), generator=orders).split(batch)[:left]:
            optimizer.zero_grad()
            loss(module(x[rows]), y[rows]).backward()
            optimizer.step()
            left -= 1
