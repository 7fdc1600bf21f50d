"""A line and networks with one hidden layer against PyTorch and scikit-learn."""

import warnings
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from nnviz.concepts.mlp.network import PHI, forward, loss_of, one_line, probability
from nnviz.concepts.mlp.points import points_of
from nnviz.concepts.mlp.training import Setting, network_of, trained

SEEDS = tuple(range(12))


@pytest.mark.parametrize(("data", "epochs"), [("xor", 60), ("moons", 150)])
def test_accuracy_is_within_a_point_of_sklearns_mlp_on_the_same_budget(data: Any, epochs: int) -> None:
    setting = Setting(data=data, epochs=epochs)
    ours = trained(setting, 8, SEEDS).accuracy[-1]
    theirs = []
    for seed in SEEDS:
        x, y, x_test, y_test = points_of(data, setting.noise, seed)
        settings = {"activation": "tanh", "solver": "adam", "alpha": 0.0, "batch_size": 10, "tol": 0.0}
        oracle = MLPClassifier(
            (8,),
            learning_rate_init=setting.rate,
            max_iter=epochs,
            n_iter_no_change=epochs,
            random_state=seed,
            **settings,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the budget is the point
            oracle.fit(x, y)
        theirs.append(oracle.score(x_test, y_test))
    assert 100 * abs(ours.mean() - np.mean(theirs)) <= 1


@pytest.mark.parametrize("data", ["moons", "squares"])
def test_the_line_is_logistic_regression(data: Any) -> None:
    nets = trained(Setting(data=data, epochs=400, rate=0.003), 0, SEEDS[:4])
    for seed in SEEDS[:4]:
        x, y, x_test, y_test = points_of(data, 0.1, seed)
        oracle = LogisticRegression(C=np.inf).fit(x, y)
        assert abs(nets.accuracy[-1, seed] - oracle.score(x_test, y_test)) <= 0.03
        best = loss_of(oracle.decision_function(x), y)
        assert best - 1e-9 <= nets.training_loss[-1, seed] <= best + 0.02


@pytest.mark.parametrize("activation", list(PHI))
@pytest.mark.parametrize("hidden", [0, 1, 5])
def test_forward_equals_pytorch(activation: Any, hidden: int) -> None:
    network = network_of(Setting(activation=activation), hidden)
    weights = network.initial_weights([3])[0]
    x, y, _, _ = points_of("circle", 0.1, 0)
    module = network.module(weights)
    with torch.no_grad():
        expected = module(torch.from_numpy(x))[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(expected, torch.from_numpy(y).double())
    _, logits = forward(x, list(network.layers(weights)), activation)
    np.testing.assert_allclose(logits, expected.numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(probability(logits), torch.sigmoid(expected).numpy(), rtol=1e-12)
    np.testing.assert_allclose(loss_of(logits, y), loss.item(), rtol=1e-12)


def test_a_product_of_linear_layers_is_one_matrix() -> None:
    nets = trained(Setting(activation="linear", epochs=50), 16, SEEDS[:4])
    x = torch.from_numpy(points_of("xor", 0.1, 0)[2])
    for index in range(4):
        weights, bias = one_line(nets.layers(index, final=True))
        assert weights.shape == (1, 2)
        line = torch.nn.functional.linear(x, torch.from_numpy(weights), torch.from_numpy(bias))
        with torch.no_grad():
            deep = nets.network.module(nets.final[index])(x)
        torch.testing.assert_close(deep, line, rtol=1e-6, atol=1e-12)
