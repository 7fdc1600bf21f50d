"""A neuron against `torch.nn.Linear` and PyTorch's activations; fitted networks against least squares and autograd."""

import numpy as np
import pytest
import torch
from torch import nn

from nnviz.concepts.neuron import Params, lesson, run
from nnviz.concepts.neuron.fitting import Fitting, X, fit, shares, starting_weights
from nnviz.concepts.neuron.model import PLANE
from nnviz.concepts.neuron.unit import activate, line_distance, neuron, slope
from nnviz.core.ensemble import MLP
from nnviz.models.plain import train_module

FUNCTIONS = {
    "step": lambda z: torch.heaviside(z, torch.zeros((), dtype=z.dtype)),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "linear": lambda z: z,
}
names = pytest.mark.parametrize("name", list(FUNCTIONS))


@names
def test_outputs_equal_a_linear_layer_and_an_activation(name: str) -> None:
    random = np.random.default_rng(1)
    for _ in range(50):
        w, b = random.uniform(-3, 3, 2), float(random.uniform(-3, 3))
        layer = nn.Linear(2, 1, dtype=torch.float64)
        nn.utils.vector_to_parameters(torch.tensor([*w, b]), layer.parameters())
        with torch.no_grad():
            expected = FUNCTIONS[name](layer(torch.from_numpy(PLANE)))[..., 0].numpy()
        np.testing.assert_allclose(neuron(PLANE, w, b, name), expected, atol=1e-14)


@names
def test_values_and_slopes_equal_pytorch(name: str) -> None:
    grid = np.concatenate([np.linspace(-1000, 1000, 2001), np.linspace(-30, 30, 6001)])
    z = torch.tensor(grid, requires_grad=True)
    value = FUNCTIONS[name](z)
    np.testing.assert_allclose(activate(name, grid), value.detach(), atol=1e-15, rtol=1e-13)
    if name != "step":
        (expected,) = torch.autograd.grad(value.sum(), z)
        np.testing.assert_allclose(slope(name, grid), expected, atol=1e-15, rtol=1e-9)


def test_the_line_lies_where_an_optimizer_finds_it() -> None:
    random = np.random.default_rng(2)
    for _ in range(5):
        w, b = random.normal(size=2), float(random.normal())
        # Least ‖x‖ subject to w·x = −b, by least squares of an underdetermined system.
        nearest = np.linalg.lstsq(w[None], np.array([-b]), rcond=None)[0]
        assert line_distance(w, b) == pytest.approx(np.linalg.norm(nearest), rel=1e-12)


@names
def test_a_networks_curve_equals_two_linear_layers(name: str) -> None:
    weights = starting_weights(6, 4)
    hidden, last = nn.Linear(1, 6, dtype=torch.float64), nn.Linear(6, 1, dtype=torch.float64)
    nn.utils.vector_to_parameters(torch.from_numpy(weights), [*hidden.parameters(), *last.parameters()])
    with torch.no_grad():
        expected = last(FUNCTIONS[name](hidden(torch.from_numpy(X)[:, None])))[:, 0].numpy()
    np.testing.assert_allclose(shares(weights, name).sum(axis=0) + weights[-1], expected, atol=1e-13)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "linear"])
def test_training_equals_pytorch(name: str) -> None:
    setting = Fitting(name, "bump", seeds=(3,), epochs=25)
    trained = fit(setting, 4)
    network = MLP((1, 4, 1), name, loss="mse")
    module = network.module(starting_weights(4, 3))
    adam = torch.optim.Adam(module.parameters(), lr=setting.rate)
    inputs, wanted = torch.from_numpy(X)[:, None], torch.from_numpy(setting.curve)[:, None]
    train_module(module, inputs, wanted, nn.functional.mse_loss, adam, seed=3, epochs=25, batch=16)
    final = nn.utils.parameters_to_vector(module.parameters()).detach().numpy()
    np.testing.assert_allclose(trained.final[0], final, rtol=1e-6, atol=1e-8)


def test_a_network_of_steps_nears_the_least_squares_of_its_features() -> None:
    trained = fit(Fitting("step", "sine", seeds=tuple(range(4)), epochs=500, rate=0.03), 8)
    for index in range(4):
        w, b = trained.final[index, :8], trained.final[index, 8:16]
        features = np.column_stack([activate("step", np.outer(X, w) + b), np.ones(len(X))])
        best = features @ np.linalg.lstsq(features, trained.target, rcond=None)[0]
        least = np.sqrt(np.mean((best - trained.target) ** 2))
        assert least - 1e-9 <= trained.error[index] <= 1.1 * least + 0.02


def test_measures_equal_autograd() -> None:
    params = Params(w1=1.3, w2=-0.4, b=0.2, x1=0.7, x2=1.1, activation="sigmoid", seeds=1, epochs=10)
    x = torch.tensor([0.7, 1.1], dtype=torch.float64, requires_grad=True)
    output = torch.sigmoid(x @ torch.tensor([1.3, -0.4], dtype=torch.float64) + 0.2)
    (gradient,) = torch.autograd.grad(output, x)
    told = {measure.name: measure.of(run(params)) for measure in lesson.measures}
    assert told["output of the neuron"] == pytest.approx(output.item())
    assert told["steepness of the neuron"] == pytest.approx(gradient.norm().item())
