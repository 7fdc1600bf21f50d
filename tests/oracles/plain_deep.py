"""The page's nets once more, as a plain PyTorch loop over torch.nn modules: one network at a time."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from nnviz.concepts.deep_training.nets import OFF
from nnviz.concepts.deep_training.points import points_of
from nnviz.core.seeds import initial_weights
from nnviz.models.deep import ACTIVATIONS

NOISE = 0.05


class DeepNet(nn.Module):
    """hₗ = [hₗ₋₁ +] φ(norm(Wₗhₗ₋₁) + bₗ), then a linear read-out; a norm brings the shift bₗ with it."""

    def __init__(self, sizes: Sequence[int], norm: str, activation: str, residual: bool) -> None:
        super().__init__()
        width, last = sizes[1], len(sizes) - 2
        self.residual, self.activation = residual, ACTIVATIONS[activation]
        plain = norm == "none"
        self.linear = nn.ModuleList(
            [nn.Linear(sizes[i], sizes[i + 1], bias=plain or i == last) for i in range(len(sizes) - 1)]
        )
        self.norm = nn.ModuleList([normalization(norm, width) for _ in range(last)])
        self.double()

    def forward(self, x: Tensor) -> Tensor:
        state = x
        for layer, norm in enumerate(self.norm):
            branch = self.activation(norm(self.linear[layer](state)))
            state = state + branch if self.residual and layer else branch
        logits: Tensor = self.linear[-1](state)
        return logits.squeeze(1)

    @torch.no_grad()
    def load(self, numbers: Tensor) -> None:
        """Take weights and biases as they are drawn: layer by layer, biases after weights."""
        used = 0
        for layer, linear in enumerate(self.linear):
            own = linear if layer == len(self.norm) or isinstance(self.norm[layer], nn.Identity) else self.norm[layer]
            for parameter in (linear.get_parameter("weight"), own.get_parameter("bias")):
                parameter.copy_(numbers[used : used + parameter.numel()].view_as(parameter))
                used += parameter.numel()


def normalization(norm: str, width: int) -> nn.Module:
    """Return one layer's normalization."""
    if norm == "batch":
        return nn.BatchNorm1d(width)
    if norm == "layer":
        return nn.LayerNorm(width)
    return nn.GroupNorm(4, width) if norm == "group" else nn.Identity()


def plain_loop(
    depth: int,
    width: int,
    norm: str,
    activation: str,
    scheme: str,
    data: str,
    points: int,
    steps: int,
    seed: int,
    **others: Any,
) -> dict[str, float]:
    """Train the same net plain and with residual connections, all points in one batch."""
    parts = points_of(data, points, NOISE, seed)
    x, y = torch.tensor(parts[0]), torch.tensor(parts[1]).double()
    sizes = (2, *[width] * depth, 1)
    drawn, gain = OFF.get(scheme, (scheme, 1.0))
    numbers = torch.tensor(initial_weights(sizes, seed, drawn, gain=gain))
    found = {}
    for name, residual in (("plain nets", False), ("nets with skips", True)):
        net = DeepNet(sizes, norm, activation, residual)
        net.load(numbers)
        found[f"training loss of {name}"], found[f"training error of {name}"] = trained(net, x, y, steps, **others)
    return found


def trained(
    net: DeepNet, x: Tensor, y: Tensor, steps: int, optimizer: str, rate: float, clipping: bool, **_others: object
) -> tuple[float, float]:
    """Return a net's loss after training, and the share of points it gets wrong in evaluation mode, in per cent."""
    parameters = list(net.parameters())
    if optimizer == "adam":
        steps_by: torch.optim.Optimizer = torch.optim.Adam(parameters, lr=rate)
    else:
        steps_by = torch.optim.SGD(parameters, lr=rate, momentum=0.9 if optimizer == "momentum" else 0.0)
    for _ in range(steps):
        steps_by.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(net(x), y).backward()
        if clipping:
            nn.utils.clip_grad_norm_(parameters, 1.0)
        steps_by.step()
    with torch.no_grad():
        wrong = (net.eval()(x) > 0) != (y > 0)
        loss = nn.functional.binary_cross_entropy_with_logits(net.train()(x), y)
    return (loss.item() if torch.isfinite(loss) else float("nan")), 100 * wrong.double().mean().item()
