"""The page's nets against a plain PyTorch loop over torch.nn modules, one network at a time."""

from typing import Any

import numpy as np
import pytest
import torch

from nnviz.concepts.deep_training import Params, model
from nnviz.concepts.deep_training.search import halving_cost
from nnviz.models import deep
from tests.oracles.plain_deep import DeepNet, plain_loop

SETTINGS: list[dict[str, Any]] = [
    {"depth": 4},
    {"depth": 3, "norm": "layer", "activation": "tanh", "optimizer": "adam"},
    {"depth": 3, "norm": "group", "activation": "gelu", "clipping": True, "scheme": "orthogonal"},
    {"depth": 2, "norm": "none", "data": "xor", "optimizer": "sgd", "rate": 0.1, "scheme": "pytorch"},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_both_nets_are_those_of_a_plain_loop(settings: dict[str, Any]) -> None:
    params = Params(**settings, steps=40, seeds=2, seed=3)
    found, plain = model.pair(params), plain_loop(**params.model_dump())
    assert found.plain.final[0] == pytest.approx(plain["training loss of plain nets"], rel=1e-8)
    assert found.skip.final[0] == pytest.approx(plain["training loss of nets with skips"], rel=1e-8)
    assert 100 * found.plain.error[0] == pytest.approx(plain["training error of plain nets"])
    assert 100 * found.skip.error[0] == pytest.approx(plain["training error of nets with skips"])


@pytest.mark.parametrize("norm", ["none", "batch", "layer", "group"])
def test_parameter_counts_equal_the_sum_over_modules(norm: Any) -> None:
    for depth in (1, 7, 50):
        module = DeepNet((2, *[16] * depth, 1), norm, "relu", True)
        own = deep.Architecture(depth, 16, norm=norm).parameters
        assert own == sum(parameter.numel() for parameter in module.parameters())


def test_the_landscape_is_the_loss_of_modules_with_those_weights() -> None:
    params = Params(depth=3, norm="none", steps=20, seeds=1)
    found = model.pair(params)
    shown = model.landscapes(found)[0]
    middle = len(shown.ticks) // 2
    module = DeepNet(found.plain.net.architecture.sizes, "none", "relu", False)
    module.load(torch.tensor(found.plain.ends[0]))
    from nnviz.concepts.deep_training.nets import examples

    x, y, _, _ = examples(found.plain.net, (0,))
    loss = torch.nn.functional.binary_cross_entropy_with_logits(module(x[0].T), y[0].double())
    assert shown.loss[middle, middle] == pytest.approx(loss.item(), rel=1e-4)


def test_successive_halving_costs_what_its_rungs_say() -> None:
    assert halving_cost(9) == 9 * 6 + 3 * 12 + 1 * 30
    assert np.isclose(halving_cost(90), 90 * 6 + 30 * 12 + 10 * 30)
