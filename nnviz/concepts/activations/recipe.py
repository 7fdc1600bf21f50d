"""One net with each of the chosen activation functions, written out in PyTorch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nnviz.concepts.activations.own import own_points
from nnviz.core.script import Cases
from nnviz.data.toy import Floats, Shape, arm, drawn, lower_moon, quadrants, ring, upper_moon
from nnviz.models.plain import make_mlp, train_module

SEED, POINTS, NOISE, UNITS, BATCH, FLAT = 0, 200, 0.1, 8, 10, 0.01
SHAPES: dict[str, tuple[Shape, ...]] = {
    "moons": (upper_moon, lower_moon),
    "circle": (ring(1.4, 2.0), ring(0.0, 1.0)),
    "xor": (quadrants(-1), quadrants(1)),
    "spiral": (arm(0.0), arm(np.pi)),
}

Examples = tuple[Floats, NDArray[np.int64]]
"""Points (2N, 2) and classes (2N,), first half to train on, second half to test on."""


class Function(nn.Module):
    """An activation function as a layer."""

    def __init__(self, value: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.value = value

    def forward(self, z: Tensor) -> Tensor:
        """Return φ(z)."""
        return self.value(z)

    def slope(self, z: Tensor) -> Tensor:
        """Return φ′(z), by automatic differentiation."""
        z = z.detach().requires_grad_()
        return torch.autograd.grad(self.value(z).sum(), z)[0]


def on_toy_points(data: str, **settings: Any) -> dict[str, float]:
    """Compare functions on the points of a toy set."""
    points, classes = drawn(SHAPES[data], POINTS, NOISE, np.random.default_rng(SEED))
    order = np.random.default_rng([SEED, 15]).permutation(POINTS)
    return compared((points[order], classes[order]), **settings)


def on_own_points(points: str, **settings: Any) -> dict[str, float]:
    """Compare functions on points of one's own."""
    return compared(own_points(points, NOISE, SEED), **settings)


def compared(
    examples: Examples,
    functions: tuple[str, ...],
    x: float,
    gain: float,
    leak: float,
    alpha: float,
    beta: float,
    **training: Any,
) -> dict[str, float]:
    """Read every function's slope off at one input, and train a net with each of them."""
    layers: dict[str, Callable[[Tensor], Tensor]] = {
        "step": lambda z: z.sign().clamp(min=0) + 0 * z,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": nn.LeakyReLU(leak),
        "elu": nn.ELU(alpha),
        "gelu": nn.GELU(),
        "swish": lambda z: z * torch.sigmoid(beta * z),
        "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),
    }
    here = torch.tensor(gain * x, dtype=torch.float64)
    slopes = [float(Function(layers[name]).slope(here)) for name in functions]
    nets = [trained(name, layers[name], examples, **training) for name in functions]
    none = [(float("nan"), float("nan"))]
    accuracies, dead = zip(*(nets or none), strict=True)
    return {
        "best test accuracy": max(accuracies),
        "worst test accuracy": min(accuracies),
        "most dead units": max(dead),
        "steepest slope at x": max(slopes, key=abs, default=float("nan")),
    }


def trained(
    name: str,
    value: Callable[[Tensor], Tensor],
    examples: Examples,
    hidden: int,
    bias: float,
    rate: float,
    epochs: int,
    **_others: object,
) -> tuple[float, float]:
    """Return the test accuracy of a net after training, and which share of its hidden units is dead."""
    inputs, targets = torch.tensor(examples[0]), torch.tensor(examples[1], dtype=torch.float64)[:, None]
    (x, test_x), (y, test_y) = inputs.chunk(2), targets.chunk(2)

    scheme = "xavier_normal" if name in ("step", "sigmoid", "tanh") else "he_normal"
    net = make_mlp((2, *[UNITS] * hidden, 1), lambda: Function(value), seed=SEED, scheme=scheme, bias=bias)
    body, last, features = net[:-1], net[-1:], x
    learner: nn.Module = net
    if name == "step":  # its slope is 0: only the output layer learns, on features that stay as they were drawn
        learner = last = make_mlp((UNITS, 1), seed=SEED, scheme=scheme)
        features = body(x).detach()
    optimizer = torch.optim.SGD(learner.parameters(), lr=rate)
    loss = nn.functional.binary_cross_entropy_with_logits
    train_module(learner, features, y, loss, optimizer, seed=SEED, epochs=epochs, batch=BATCH)

    right = (last(body(test_x)) > 0) == (test_y > 0.5)
    flat, below = [], x
    for layer in body.children():
        if isinstance(layer, Function):  # dead: flat at every training point
            flat.append((layer.slope(below).abs() < FLAT).all(dim=0))
        below = layer(below)
    return float(right.double().mean()), float(torch.cat(flat).double().mean())


RECIPES = Cases("data", {"points": on_own_points}, on_toy_points)
