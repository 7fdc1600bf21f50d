"""The page's nets against torch.nn.BatchNorm1d, LayerNorm and GroupNorm and torch.optim.SGD, one network at a time."""

from typing import Any

import pytest
import torch

from nnviz.concepts.batch_norm.nets import Net
from nnviz.concepts.batch_norm.points import POINTS, orders_of, points_of
from nnviz.concepts.batch_norm.training import train
from nnviz.core.seeds import initial_weights
from nnviz.models.norms import Statistics, follow, normalised
from tests.oracles.plain_deep import DeepNet

NETS = (
    Net("batch", depth=3, steps=30),
    Net("batch", depth=2, steps=30, statistics=0.5, batch=4, activation="tanh"),
    Net("layer", depth=3, steps=30, batch=2),
    Net("group", depth=2, steps=30, rate=0.5),
    Net("none", depth=2, steps=30, activation="sigmoid"),
)


@pytest.mark.parametrize("net", NETS, ids=str)
def test_a_net_is_trained_and_answers_in_both_modes_as_plain_modules_do(net: Net) -> None:
    seed, (inputs, targets) = 3, points_of(net.data, (3,))
    module: Any = DeepNet(net.architecture.sizes, net.norm, net.activation, False)
    module.load(torch.tensor(initial_weights(net.architecture.sizes, seed, "he_normal")))
    for each in module.modules():
        if isinstance(each, torch.nn.BatchNorm1d):
            each.momentum = net.statistics
    optimizer = torch.optim.SGD(module.parameters(), lr=net.rate)
    x, y = inputs[0].T, targets[0].double()
    losses = []
    for rows in orders_of((seed,), net.steps, net.batch)[0]:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(module(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    own = train(net, (2, seed))
    assert own.loss[:, 1] == pytest.approx(losses, rel=1e-6)
    with torch.no_grad():
        outputs = module.eval()(x)
    final = torch.nn.functional.binary_cross_entropy_with_logits(outputs[:POINTS], y[:POINTS])
    assert own.final[1] == pytest.approx(final.item(), rel=1e-6)
    assert own.modes[0, 1] == pytest.approx(((outputs > 0) != (y > 0))[POINTS:].double().mean().item())


@pytest.mark.parametrize("momentum", [0.1, 1.0])
def test_the_norm_equals_batchnorm1d_in_both_modes(momentum: float) -> None:
    source = torch.Generator().manual_seed(0)
    values = 3 * torch.randn(1, 6, 9, dtype=torch.float64, generator=source) + 2
    module = torch.nn.BatchNorm1d(6, momentum=momentum, affine=False, dtype=torch.float64)
    norm = normalised(values, "batch")
    torch.testing.assert_close(norm.values[0].T, module(values[0].T), rtol=1e-12, atol=1e-12)
    begun = Statistics(torch.zeros(1, 1, 6, 1, dtype=torch.float64), torch.ones(1, 1, 6, 1, dtype=torch.float64))
    running = follow(begun, [norm], momentum)
    torch.testing.assert_close(running.mean.flatten(), module.running_mean, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(running.variance.flatten(), module.running_var, rtol=1e-9, atol=1e-12)
    mine = normalised(values, "batch", running=Statistics(running.mean[0], running.variance[0])).values
    torch.testing.assert_close(mine[0].T, module.eval()(values[0].T), rtol=1e-9, atol=1e-12)
