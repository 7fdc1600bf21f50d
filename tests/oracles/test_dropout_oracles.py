"""Dropout against independent libraries: torch.nn.Dropout, scikit-learn, plain PyTorch training."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics import accuracy_score, log_loss
from torch import nn

from nnviz.concepts.dropout import measures, thinning, training
from nnviz.concepts.dropout.training import Setting
from nnviz.core.ensemble import replay_in_pytorch

SETTING = Setting("moons", 8, 60, 0.3, 30, (4, 5))
RATES = (0.3, 0.6)


@pytest.fixture(scope="module")
def weights() -> np.ndarray:
    return training.finals(SETTING, (RATES,))[0]


def with_dropout(layers: Any, rates: tuple[float, float]) -> nn.Sequential:
    """Return the network as anybody would write it, with nn.Dropout after each hidden layer."""
    steps: list[nn.Module] = []
    for index, (matrix, bias) in enumerate(layers):
        linear = nn.Linear(matrix.shape[1], matrix.shape[0])
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(matrix))
            linear.bias.copy_(torch.tensor(bias))
        steps += [linear] + ([nn.ReLU(), nn.Dropout(rates[index])] if index < 2 else [])
    return nn.Sequential(*steps)


@pytest.mark.parametrize("rate", [0.0, 0.25, 0.5, 0.9])
def test_one_layer_equals_nn_dropout_given_its_mask(rate: float) -> None:
    layer = nn.Dropout(rate)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        mask = layer(torch.ones(200, 30)) > 0
        torch.manual_seed(0)
        values = torch.linspace(-3, 3, 6000).reshape(200, 30)
        theirs = layer(values)
    ours = thinning.dropout(values, mask.float() * 2 - 1, rate)
    torch.testing.assert_close(ours, theirs)
    assert abs(1 - mask.float().mean() - rate) < 0.02


def test_eval_mode_equals_pytorch(weights: np.ndarray) -> None:
    layers = SETTING.network.layers(weights[0])
    inputs = training.problem_of(SETTING).test_inputs[0]
    theirs = with_dropout(layers, RATES).eval()(torch.tensor(inputs))
    torch.testing.assert_close(thinning.forward(layers, inputs, RATES, "inverted"), theirs.detach())


def test_train_mode_equals_pytorch_given_its_masks(weights: np.ndarray) -> None:
    layers = SETTING.network.layers(weights[1])
    inputs = training.problem_of(SETTING).test_inputs[1]
    network = with_dropout(layers, RATES).train()
    masks = []

    def listen(layer: nn.Module, taken: Any, given: torch.Tensor) -> None:  # noqa: ARG001
        # A unit at zero is zero whether dropped or not, so either reading of its mask gives the same network.
        masks.append(torch.where(given != 0, 1.0, -1.0))

    for layer in network:
        if isinstance(layer, nn.Dropout):
            layer.register_forward_hook(listen)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        theirs = network(torch.tensor(inputs)).detach()
    ours = thinning.forward(layers, inputs, RATES, "inverted", torch.cat(masks, dim=1))
    torch.testing.assert_close(ours, theirs)


def test_training_equals_plain_pytorch(weights: np.ndarray) -> None:
    points = training.problem_of(SETTING)
    module = replay_in_pytorch(
        SETTING.network,
        points.inputs[0],
        points.targets[0],
        seed=4,
        epochs=30,
        batch=training.BATCH,
        optimizer="adam",
        rate=training.LEARNING_RATE,
        dropout=np.array([RATES]),
    )
    theirs = torch.cat([parameter.detach().flatten() for parameter in module.parameters()]).numpy()
    np.testing.assert_allclose(weights[0], theirs, atol=1e-5)


def test_scores_equal_scikit_learn(weights: np.ndarray) -> None:
    points = training.problem_of(SETTING)
    logits = thinning.forward(SETTING.network.layers(weights[0]), points.test_inputs[0], RATES, "inverted")
    chances, targets = thinning.probabilities(logits).astype(np.float64), points.test_targets[0]
    assert float(measures.accuracy(logits.numpy(), targets)) == accuracy_score(targets, chances.argmax(axis=1))
    chances /= chances.sum(axis=1, keepdims=True)
    assert float(measures.cross_entropy(logits, targets)) == pytest.approx(log_loss(targets, chances), rel=1e-5)


def test_correlations_equal_numpy() -> None:
    outputs = np.random.default_rng(0).normal(size=(40, 6))
    np.testing.assert_allclose(measures.correlations(outputs), np.corrcoef(outputs.T), atol=1e-12)


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.8])
def test_linear_dropout_is_ridge_on_columns_of_length_one(rate: float) -> None:
    draws = np.random.default_rng(1)
    outputs, targets = draws.normal(size=(50, 5)) * (1, 2, 3, 4, 5), draws.integers(0, 2, 50)
    columns, wanted, weights = measures.readout(outputs, targets, rate, units=5)
    lengths, keep = np.linalg.norm(columns, axis=0), 1 - rate
    ridge = Ridge(alpha=rate / keep, fit_intercept=False).fit(columns / lengths, wanted)
    np.testing.assert_allclose(keep * weights * lengths, ridge.coef_, rtol=1e-3)
