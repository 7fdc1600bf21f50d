"""Every number of the forward pass against PyTorch, and the count of operations against PyTorch's own counter."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from nnviz.concepts.forward_pass import Params, run
from nnviz.concepts.forward_pass.hero import unit_numbers
from nnviz.concepts.forward_pass.model import PLANE, Run, square
from nnviz.concepts.forward_pass.network import softmax
from nnviz.concepts.forward_pass.sums import terms

MODULES = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "linear": nn.Identity}
LARGEST: dict[str, Any] = {"layers": 5, "classes": 4} | {f"units{layer}": 6 for layer in range(1, 6)}
MIXED = {"activation1": "relu", "activation2": "sigmoid", "activation3": "linear"}
SETTINGS: list[dict[str, Any]] = [
    {},
    {"batch": "32"},
    {"layers": 1, "units1": 1, "classes": 3, "x1": -2.0},
    {"layers": 3, "seed": 7, "batch": "32", "weights": "1.2.0=-3.00;2.1.4=2.50"} | MIXED,
    LARGEST | {"batch": "32", "seed": 3},
    LARGEST | MIXED | {"edge": "6.4.6", "weight": -2.75},
]


def module_of(result: Run) -> nn.Sequential:
    """Build the same network in 32-bit PyTorch."""
    steps: list[nn.Module] = []
    for layer in result.layers:
        linear = nn.Linear(*layer.weights.shape)
        linear.weight.data = torch.from_numpy(layer.weights.T).float()
        linear.bias.data = torch.from_numpy(layer.biases).float()
        steps += [linear, nn.Softmax(dim=-1) if layer.name == "softmax" else MODULES[layer.name]()]
    return nn.Sequential(*steps)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_number_equals_pytorchs(settings: dict[str, Any]) -> None:
    result = run(Params(**settings))
    module = module_of(result)
    with torch.no_grad():
        passed = [torch.from_numpy(result.batch).float()]
        for step in module:
            passed.append(step(passed[-1]))
        plane = module(torch.from_numpy(square(PLANE)).float()).reshape(*result.plane.shape)
    close: dict[str, float] = {"rtol": 1e-4, "atol": 1e-5}
    for place, layer in enumerate(result.layers):
        inputs, sums, outputs = passed[2 * place : 2 * place + 3]
        np.testing.assert_allclose(layer.inputs, inputs.numpy(), **close)
        np.testing.assert_allclose(layer.sums, sums.numpy(), **close)
        np.testing.assert_allclose(layer.outputs, outputs.numpy(), **close)
    np.testing.assert_allclose(result.plane, plane.numpy(), **close)
    shown = unit_numbers(result)[-1]
    expected = torch.cat([passed[0][0], *(passed[2 * place][0] for place in range(1, len(result.layers) + 1))])
    np.testing.assert_allclose(shown, expected.numpy(), **close)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_count_of_operations_equals_pytorchs(settings: dict[str, Any]) -> None:
    result = run(Params(**settings))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module_of(result)(torch.from_numpy(result.batch).float())
    assert result.flops == counter.get_total_flops()


@pytest.mark.parametrize("cell", ["1.1.1", "2.1.3", "3.1.2", "3.31.1"])
def test_the_opened_sum_is_pytorchs_sum(cell: str) -> None:
    result = run(Params(cell=cell, batch="32"))
    layer, row, unit = (int(part) for part in cell.split("."))
    linear = module_of(result)[2 * (layer - 1)]
    inputs = torch.from_numpy(result.layers[layer - 1].inputs[row - 1]).float()
    with torch.no_grad():
        assert terms(result).sum() == pytest.approx(linear(inputs)[unit - 1].item(), abs=1e-5)


def test_softmax_equals_pytorchs_even_where_powers_overflow() -> None:
    logits = np.array([[1.0, 2.0, 3.0], [1000.0, 999.0, -1000.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(softmax(logits), torch.softmax(torch.from_numpy(logits), -1).numpy(), rtol=1e-12)
