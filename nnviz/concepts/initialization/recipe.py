"""The page's first network, as anyone would write it in PyTorch: what passes through it, then its training."""

import torch
from torch import Tensor, nn

from nnviz.concepts.initialization.points import points_of
from nnviz.concepts.initialization.schemes import drawn_as
from nnviz.models.plain import make_mlp, train_module


def recipe(
    scheme: str,
    gain: float,
    activation: str,
    depth: int,
    width: int,
    rate: float,
    epochs: int,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Measure the signal of a fresh network layer by layer, forward and back, then train it by gradient descent."""
    points, classes = points_of(seed)
    x, y = torch.from_numpy(points), torch.from_numpy(classes).double()[:, None]
    name, factor = drawn_as(scheme, gain)
    module = make_mlp((2, *[width] * depth, 1), activation, seed=seed, scheme=name, gain=factor, bias=0.0)
    loss = nn.BCEWithLogitsLoss()
    forward, back = mean_squares(module, x, y)
    optimizer = torch.optim.SGD(module.parameters(), lr=rate)
    train_module(module, x, y, loss, optimizer, seed=seed, epochs=epochs, batch=16)
    with torch.no_grad():
        last = loss(module(x), y).item()
    return {"variance kept": forward[-1] / forward[0], "gradient kept": back[0] / back[-1], "training loss": last}


def mean_squares(module: nn.Sequential, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean square of every hidden layer's sums, and of each point's own gradient with respect to them."""
    sums, values = [], x
    for layer in module:
        values = layer(values)
        if isinstance(layer, nn.Linear):
            sums.append(values)
    loss = nn.functional.binary_cross_entropy_with_logits(sums[-1], y, reduction="sum")
    back = torch.autograd.grad(loss, sums[:-1])
    return tuple(torch.stack([each.detach().square().mean() for each in part]) for part in (sums[:-1], back))  # type: ignore[return-value]
