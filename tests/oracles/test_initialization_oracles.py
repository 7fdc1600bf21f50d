"""Weight initialization against PyTorch: its own initializers, its autograd, and its training."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nnviz.concepts.initialization.network import backward, forward
from nnviz.concepts.initialization.schemes import variance
from nnviz.concepts.initialization.training import Plan, Setting, curves, layers_of, points, started, starting_weights
from nnviz.models.plain import make_mlp, train_module

INITIALIZERS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "xavier_normal": nn.init.xavier_normal_,
    "xavier_uniform": nn.init.xavier_uniform_,
    "he_normal": nn.init.kaiming_normal_,
    "orthogonal": nn.init.orthogonal_,
}


@pytest.mark.parametrize("scheme", list(INITIALIZERS))
def test_variances_are_those_of_pytorchs_initializers(scheme: str) -> None:
    torch.manual_seed(0)
    squares = [INITIALIZERS[scheme](torch.empty(70, 40)).square().mean().item() for _ in range(80)]
    assert np.mean(squares) == pytest.approx(variance(scheme, 40, 70, 1.0), rel=0.01)


def test_standard_is_the_range_of_pytorchs_linear_layer() -> None:
    torch.manual_seed(0)
    squares = [nn.Linear(40, 70).weight.square().mean().item() for _ in range(80)]
    assert np.mean(squares) == pytest.approx(variance("standard", 40, 70, 1.0), rel=0.01)


@pytest.mark.parametrize("activation", ["tanh", "relu", "leaky_relu", "sigmoid", "linear"])
@pytest.mark.parametrize("scheme", ["he_normal", "constant", "orthogonal"])
def test_sums_and_gradients_are_autograds(scheme: Any, activation: Any) -> None:
    setting = Setting(scheme, 1.2, activation, 4, 8, (3,))
    layers, (x, y) = layers_of(setting, starting_weights(setting)), points((3,))
    sums, logits = forward(x, layers, activation)
    found = backward(sums, logits, y.astype(np.float64), layers, activation)
    module = setting.network.module(starting_weights(setting)[0])
    kept: list[torch.Tensor] = []
    values = torch.from_numpy(x[0])
    for layer in module:
        values = layer(values)
        if isinstance(layer, nn.Linear):
            kept.append(values)
    loss = nn.functional.binary_cross_entropy_with_logits(kept[-1][:, 0], torch.from_numpy(y[0] * 1.0), reduction="sum")
    slopes = torch.autograd.grad(loss, kept[:-1])
    for index in range(4):
        np.testing.assert_allclose(sums[index][0], kept[index].detach(), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found[index][0], slopes[index], rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(started(setting).forward[:, 0], [(z**2).mean() for z in sums], rtol=1e-12)


@pytest.mark.parametrize(("scheme", "name", "factor"), [("he_normal", "he_normal", 1.0), ("small", "normal", 0.01)])
def test_training_is_plain_pytorchs(scheme: Any, name: str, factor: float) -> None:
    (x,), (y,) = points((2,))
    module = make_mlp((2, 8, 8, 8, 1), "tanh", seed=2, scheme=name, gain=factor, bias=0.0)
    loss, optimizer = nn.BCEWithLogitsLoss(), torch.optim.SGD(module.parameters(), lr=0.1)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y * 1.0)[:, None]
    train_module(module, inputs, targets, loss, optimizer, seed=2, epochs=10, batch=16)
    ours = curves(Setting(scheme, 1.0, "tanh", 3, 8, (2,)), Plan(0.1, 10))
    with torch.no_grad():
        assert ours.loss[-1, 0] == pytest.approx(loss(module(inputs), targets).item(), rel=1e-6)
