"""The hand-made sweep against PyTorch's autograd and central differences, on random graphs and on the 2-2-1 network."""

import numpy as np
import pytest
import torch

from nnviz.concepts.backprop import Params, cost, run
from nnviz.concepts.backprop.claims import random_graph
from nnviz.concepts.backprop.expression import parse
from nnviz.concepts.backprop.graph import as_row, backward, finite_differences, forward
from nnviz.concepts.backprop.recipe import autograd

FORMULAS = {
    "a*b + c": lambda a, b, c: a * b + c,
    "(tanh(a*b) + a*c)^2": lambda a, b, c: (torch.tanh(a * b) + a * c) ** 2,
    "sigmoid(a)*relu(b) - exp(c)/a": lambda a, b, c: torch.sigmoid(a) * torch.relu(b) - torch.exp(c) / a,
    "log(a)*sqrt(b)^3 + sin(c)*cos(a)": lambda a, b, c: torch.log(a) * torch.sqrt(b) ** 3 + torch.sin(c) * torch.cos(a),
    "-(a - b)^2*c^-2": lambda a, b, c: -((a - b) ** 2) * c**-2,
}


def double(values: object) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize("seed", range(200))
def test_random_graphs_equal_autograd_and_central_differences(seed: int) -> None:
    graph, leaves = random_graph(seed)
    values = forward(graph, leaves)
    gradients = as_row(backward(graph, values)[0])
    theirs, theirs_gradients = autograd(graph, leaves)
    np.testing.assert_allclose(as_row(values), theirs, rtol=1e-13, atol=1e-14)
    # The same formulas in the same precision; sums of several contributions may be rounded in another order.
    scale = max(1.0, float(np.abs(theirs_gradients).max()))
    np.testing.assert_allclose(gradients, theirs_gradients, rtol=1e-12, atol=1e-14 * scale)
    for name, difference in finite_differences(graph, leaves).items():
        place = [one for one, node in enumerate(graph) if node.name == name]
        if place:
            assert gradients[place[0]] == pytest.approx(difference, rel=1e-6, abs=1e-6 * scale)


def test_graphs_of_sums_and_products_equal_autograd_to_the_last_bit() -> None:
    leaves = {"a": 0.1, "b": 1.7, "c": -0.3, "d": 2.9, "y": 0.7}
    for text in ("a*b*c + d*y", "(a*b - c)*(d + y)", "a*(b + c*(d - y))"):
        graph = parse(text)
        gradients = as_row(backward(graph, forward(graph, leaves))[0])
        np.testing.assert_array_equal(gradients, autograd(graph, leaves)[1])


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_mean_what_pytorch_means(text: str) -> None:
    leaves = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.7, 1.3, 0.4)]
    expected = FORMULAS[text](*leaves)
    expected.backward()
    graph = parse(text)
    values = forward(graph, dict(zip("abc", (0.7, 1.3, 0.4), strict=True)))
    gradients = backward(graph, values)[0]
    assert float(values[-1]) == pytest.approx(expected.item(), rel=1e-14)
    np.testing.assert_allclose(as_row(gradients[:3]), [leaf.grad.item() for leaf in leaves], rtol=1e-13)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_the_network_equals_linear_layers(activation: str) -> None:
    p = Params(graph="network", activation=activation, node=3)
    first, second = torch.nn.Linear(2, 2).double(), torch.nn.Linear(2, 1).double()
    with torch.no_grad():
        first.weight.copy_(double(p.weights).reshape(2, 2))
        first.bias.copy_(double(p.biases))
        second.weight.copy_(double([p.output[:2]]))
        second.bias.copy_(double(p.output[2:]))
    hidden = getattr(torch, activation)(first(double(p.inputs)))
    loss = (second(hidden)[0] - p.target) ** 2
    loss.backward()
    result = run(p)
    named = {node.name: float(g) for node, g in zip(result.graph, result.gradients, strict=True) if node.name}
    assert result.loss == pytest.approx(loss.item(), rel=1e-12)
    weights = [named[name] for name in ("w11", "w12", "w21", "w22")]
    np.testing.assert_allclose(weights, first.weight.grad.flatten(), rtol=1e-12)
    np.testing.assert_allclose([named["v1"], named["v2"]], second.weight.grad[0], rtol=1e-12)
    assert named["c"] == pytest.approx(second.bias.grad.item(), rel=1e-12)


def test_saturated_and_huge_numbers_equal_autograd() -> None:
    graph = parse("sigmoid(a*b) + tanh(a*c) + relu(-a)")
    for a in (-1000.0, 0.0, 1000.0):
        leaves = {"a": a, "b": 1.5, "c": -2.0}
        with np.errstate(all="ignore"):
            gradients = as_row(backward(graph, forward(graph, leaves))[0])
        np.testing.assert_allclose(gradients, autograd(graph, leaves)[1], atol=1e-12)


def test_operations_are_counted_by_pytorch() -> None:
    module, inputs = cost.network(8, 0), torch.zeros(16, 8)
    forward_pass = cost.flops(lambda: cost.forward_only(module, inputs))
    assert forward_pass == 2 * 16 * (8 * 8 + 8 * 8 + 8)
    # Backward: the gradient of every weight, and of every layer's input but the first.
    assert cost.flops(lambda: cost.gradient(module, inputs)) == forward_pass * 2 + 2 * 16 * (8 * 8 + 8)
