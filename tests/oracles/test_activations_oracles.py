"""Activation functions against PyTorch: values, autograd's derivatives, softmax, the tower and the nets' gradients."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from nnviz.concepts.activations import nets as trained
from nnviz.concepts.activations.functions import ACTIVATIONS, NAMES, Name, softmax, softmax_jacobian
from nnviz.concepts.activations.tower import backward, draws, forward

KNOBS: dict[str, float] = {"leak": 0.2, "alpha": 1.5, "beta": 1.3}
TORCH: dict[Name, Callable[[Tensor, float], Tensor]] = {
    "step": lambda z, _: torch.heaviside(z, torch.zeros((), dtype=z.dtype)),
    "sigmoid": lambda z, _: torch.sigmoid(z),
    "tanh": lambda z, _: torch.tanh(z),
    "relu": lambda z, _: F.relu(z),
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "gelu": lambda z, _: F.gelu(z),
    "swish": lambda z, beta: z * torch.sigmoid(beta * z),
    "softplus": lambda z, _: F.softplus(z),
}
GRID = np.unique(np.concatenate([np.linspace(-1000, 1000, 4001), np.linspace(-30, 30, 6001), [0.0]]))


def knob(name: Name) -> float:
    return KNOBS.get(ACTIVATIONS[name].knob, 0.0)


def by_torch(name: Name, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return PyTorch's value and autograd's derivative on a grid."""
    z = torch.tensor(grid, requires_grad=True)
    value = TORCH[name](z, knob(name))
    (slope,) = torch.autograd.grad(value.sum(), z)
    return value.detach().numpy(), slope.numpy()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "step"])
@pytest.mark.parametrize(("kind", "tolerance"), [(np.float32, 2e-6), (np.float64, 5e-9)])
def test_values_and_derivatives_equal_pytorch(name: Name, kind: type, tolerance: float) -> None:
    grid = GRID.astype(kind)
    value, slope = by_torch(name, grid)
    # float64's bound is softplus's: PyTorch turns to the straight line at 20, which is off by e⁻²⁰ = 2·10⁻⁹.
    np.testing.assert_allclose(ACTIVATIONS[name].value(grid, knob(name)), value, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(ACTIVATIONS[name].slope(grid, knob(name)), slope, rtol=tolerance, atol=tolerance)


def test_step_equals_heaviside() -> None:
    grid = GRID.astype(np.float32)
    expected = torch.heaviside(torch.tensor(grid), torch.zeros(()))
    np.testing.assert_array_equal(ACTIVATIONS["step"].value(grid, 0.0), expected)


def test_silu_is_swish_with_beta_one() -> None:
    grid = GRID.astype(np.float32)
    np.testing.assert_allclose(ACTIVATIONS["swish"].value(grid, 1.0), F.silu(torch.tensor(grid)), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("temperature", [0.05, 1.0, 7.0])
def test_softmax_and_its_jacobian_equal_autograd(temperature: float) -> None:
    logits = torch.tensor([2.0, -1.0, 0.4], dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda z: torch.softmax(z / temperature, dim=0), logits)
    np.testing.assert_allclose(softmax(logits.numpy(), temperature), torch.softmax(logits / temperature, 0), atol=1e-14)
    np.testing.assert_allclose(softmax_jacobian(logits.numpy(), temperature), jacobian, atol=1e-13)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "step"])
def test_tower_equals_autograd(name: Name) -> None:
    inputs, standard, top = draws(3, 5)
    weights = standard * np.float32(1.1 / np.sqrt(standard.shape[1]))
    sums, outputs = forward(name, knob(name), inputs, weights, 0.3)
    slopes = [ACTIVATIONS[name].slope(z, knob(name)) for z in sums]
    hidden, kept = torch.tensor(inputs).requires_grad_(), []
    for matrix in torch.tensor(weights):
        kept.append(hidden @ matrix.T + 0.3)
        kept[-1].retain_grad()
        hidden = TORCH[name](kept[-1], knob(name))
    hidden.backward(torch.tensor(top))
    np.testing.assert_allclose(outputs[-1], hidden.detach(), rtol=1e-3, atol=1e-5)
    for ours, theirs in zip(backward(slopes, weights, top), kept, strict=True):
        np.testing.assert_allclose(ours, theirs.grad, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "step"])
def test_first_gradient_of_the_nets_equals_autograd(name: Name) -> None:
    setting = trained.Training(seeds=(4, 7), epochs=10, hidden=3)
    net = trained.network(name, knob(name), setting)
    inputs, classes = trained.examples(setting.data, setting.noise, setting.seeds)
    found = trained.train(name, knob(name), setting).gradient
    for index, weights in enumerate(net.initial_weights(setting.seeds)):
        module = net.module(weights)
        logits = module(torch.tensor(inputs[index, :100]))[:, 0]
        F.binary_cross_entropy_with_logits(logits, torch.tensor(classes[index, :100]).double()).backward()
        grads = [parameter.grad for parameter in module.parameters()]
        norms = [float(torch.cat([w.flatten(), b]).norm()) for w, b in zip(grads[::2], grads[1::2], strict=True)]
        np.testing.assert_allclose(found[index], norms, rtol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_hidden_layers_and_scores_equal_the_modules(name: Name) -> None:
    setting = trained.Training(seeds=(4,), hidden=2)
    net = trained.network(name, knob(name), setting)
    weights = net.initial_weights(setting.seeds)
    inputs = np.random.default_rng(0).normal(size=(1, 50, 2))
    layers = net.layers(weights)
    signal = torch.tensor(inputs[0])
    for matrix, bias in layers[:-1]:
        signal = TORCH[name](F.linear(signal, torch.tensor(matrix[0]), torch.tensor(bias[0])), knob(name))
    outputs, _ = trained.push(name, knob(name), layers, inputs)
    np.testing.assert_allclose(outputs[0, :, -trained.UNITS :], signal, atol=1e-12)
    matrix, bias = layers[-1]
    logits = F.linear(signal, torch.tensor(matrix[0]), torch.tensor(bias[0]))[:, 0]
    np.testing.assert_allclose(trained.score(name, knob(name), layers, inputs)[0], logits, atol=1e-12)
