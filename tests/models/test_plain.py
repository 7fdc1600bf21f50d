"""Plain PyTorch, of which scripts are made, does what the engines of the pages do."""

import numpy as np
import pytest
import torch
from torch import nn

from nnviz.core.ensemble import MLP, train
from nnviz.core.seeds import INITIALIZATIONS, generator
from nnviz.models import digits
from nnviz.models.digits import Architecture
from nnviz.models.plain import LAYERS, make_mlp, train_module
from nnviz.models.plain_digits import digit_data, digit_network, train_digits

SIZES = (3, 5, 4, 1)


@pytest.mark.parametrize("scheme", INITIALIZATIONS)
def test_initial_weights_are_those_of_the_engine(scheme: str) -> None:
    module = make_mlp(SIZES, "relu", seed=4, scheme=scheme, gain=0.5, bias=0.25)
    expected = MLP(SIZES, "relu", initialization=scheme, gain=0.5, bias=0.25).initial_weights([4])[0]
    found = nn.utils.parameters_to_vector(module.parameters()).detach().numpy()
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("activation", LAYERS)
@pytest.mark.parametrize("budget", [{"epochs": 6}, {"steps": 17}])
def test_training_is_that_of_the_engine(activation: str, budget: dict[str, int]) -> None:
    draws = generator(0, "test")
    x = torch.randn(23, 3, dtype=torch.float64, generator=draws)
    y = (torch.rand(23, 1, dtype=torch.float64, generator=draws) > 0.5).double()
    module = make_mlp(SIZES, activation, seed=2)
    optimizer = torch.optim.Adam(module.parameters(), lr=0.03)
    loss = nn.functional.binary_cross_entropy_with_logits
    train_module(module, x, y, loss, optimizer, seed=2, batch=5, **budget)
    network = MLP(SIZES, activation, loss="bce")
    expected = train(network, x.numpy(), y.numpy()[:, 0], seeds=[2], batch=5, rate=0.03, optimizer="adam", **budget)
    found = nn.utils.parameters_to_vector(module.parameters()).detach().numpy()
    np.testing.assert_allclose(found, expected.final[0], rtol=1e-9, atol=1e-12)


def test_an_activation_may_be_given_as_a_layer() -> None:
    module = make_mlp((2, 3, 1), lambda: nn.LeakyReLU(0.3))
    assert [type(layer) for layer in module] == [nn.Linear, nn.LeakyReLU, nn.Linear]


def test_the_digits_are_split_as_on_the_pages() -> None:
    parts = digits.parts()
    for found, expected in zip(
        digit_data(), (parts.train, parts.train_labels, parts.test, parts.test_labels), strict=True
    ):
        torch.testing.assert_close(found, expected, rtol=0, atol=0)


@pytest.mark.parametrize("architecture", ["cnn", "mlp", "linear"])
def test_networks_for_digits_learn_as_on_the_pages(architecture: Architecture) -> None:
    x, y, test, labels = digit_data()
    network = digit_network(architecture, 3)
    train_digits(network, lambda rows, _: nn.functional.cross_entropy(network(x[rows]), y[rows]), seed=3)
    expected = digits.trained(architecture, (3,))
    with torch.no_grad():
        torch.testing.assert_close(network(test), expected.chain.logits(test)[0], rtol=1e-3, atol=1e-3)
        assert float((network(test).argmax(dim=1) == labels).float().mean()) == float(expected.accuracy()[0])
