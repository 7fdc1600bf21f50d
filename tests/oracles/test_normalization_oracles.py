"""Normalizing inputs against scikit-learn's scalers and tree, NumPy's condition number and PyTorch's layer norm."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_wine
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from torch import nn

from nnviz.concepts.normalization.descent import BEGIN, condition, covariance, curvature, features, path
from nnviz.concepts.normalization.scaling import fitted, scaled
from nnviz.concepts.normalization.wine import Cellar, Job, divided, networks, prepared, tree_answers
from nnviz.models.plain import make_mlp, train_module

SCALERS = {"minmax": MinMaxScaler, "zscore": StandardScaler, "robust": RobustScaler}


@pytest.mark.parametrize("name", list(SCALERS))
@pytest.mark.parametrize("outlier", [0.0, 30.0])
def test_scalers_are_scikit_learns(name: str, outlier: float) -> None:
    x, _, test, _ = divided(Cellar(90, 6, outlier, (0,)), 0)
    x = np.column_stack([x, np.full(len(x), 7.0)])  # a feature that does not vary
    test = np.column_stack([test, np.linspace(0, 1, len(test))])
    oracle = SCALERS[name]().fit(x)
    np.testing.assert_allclose(scaled(name, x, x), oracle.transform(x), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(scaled(name, test, x), oracle.transform(test), rtol=1e-10, atol=1e-12)


def test_layer_norm_is_pytorchs() -> None:
    x = divided(Cellar(90, 6, 0.0, (0,)), 0)[0]
    expected = nn.functional.layer_norm(torch.from_numpy(x), (13,))
    np.testing.assert_allclose(scaled("layer", x, x), expected, rtol=1e-10)
    assert fitted("layer", x)[1].tolist() == [1.0] * 13


@pytest.mark.parametrize("ratio", [1.0, 7.0, 300.0])
@pytest.mark.parametrize("correlation", [0.0, 0.7])
def test_the_condition_number_is_numpys(ratio: float, correlation: float) -> None:
    for seed in range(4):
        x = features(seed, ratio, correlation, 3.0)
        values, _ = curvature(covariance(x))
        centred = x - x.mean(axis=0)
        assert condition(values) == pytest.approx(np.linalg.cond(centred) ** 2, rel=1e-6)
        assert condition(values) == pytest.approx(np.linalg.cond(np.cov(x.T)), rel=1e-6)


def test_descent_on_the_loss_itself_goes_the_same_way_to_the_least_squares_fit() -> None:
    x = scaled("zscore", features(5, 3.0, 0.5, 0.0), features(5, 3.0, 0.5, 0.0))
    y = x @ np.array([0.4, -1.3]) + 0.7 + 0.1 * np.random.default_rng(0).standard_normal(len(x))
    best = LinearRegression().fit(x, y).coef_
    values, vectors = curvature(covariance(x))
    weights = torch.tensor(best + BEGIN, requires_grad=True)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)
    for expected in path(values, vectors, 1.2, 15):
        np.testing.assert_allclose(weights.detach().numpy() - best, expected, rtol=1e-7, atol=1e-9)
        errors = inputs @ weights - targets
        (gradient,) = torch.autograd.grad(0.5 * (errors - errors.mean()).square().mean(), weights)  # the best bias
        weights = (weights - 1.2 / values[1] * gradient).detach().requires_grad_()


def test_the_wines_are_scikit_learns() -> None:
    table, classes = load_wine(return_X_y=True)
    x, y, test, answers = divided(Cellar(90, 6, 0.0, (0,)), 0)
    rows, labels = np.concatenate([x, test]).tolist(), np.concatenate([y, answers]).tolist()
    ours = {(*row, label) for row, label in zip(rows, labels, strict=True)}
    theirs = {(*row, label) for row, label in zip(table.tolist(), classes.tolist(), strict=True)}
    assert ours == theirs


def test_the_tree_is_scikit_learns() -> None:
    cellar = Cellar(90, 6, 0.0, (4,))
    x, y, test, _ = divided(cellar, 4)
    scaler = StandardScaler().fit(x)
    tree = DecisionTreeClassifier(random_state=4).fit(scaler.transform(x), y)
    np.testing.assert_array_equal(tree_answers(cellar, 4, "zscore"), tree.predict(scaler.transform(test)))


@pytest.mark.parametrize("scaler", ["zscore", "minmax", "none"])
def test_the_network_is_plain_pytorchs(scaler: Any) -> None:
    cellar = Cellar(40, 6, 5.0, (3,))
    x, y, test, answers = divided(cellar, 3)
    shown, asked = (torch.from_numpy(each) for each in prepared(scaler, True, x, test))
    module, loss = make_mlp((13, 8, 3), "tanh", seed=3), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    train_module(module, shown, torch.from_numpy(y), loss, optimizer, seed=3, epochs=10, batch=16)
    found = networks(cellar, (Job(scaler, 0.1, leak=True),), 10)
    with torch.no_grad():
        logits = module(asked)
    assert found.loss[0, 0] == pytest.approx(loss(logits, torch.from_numpy(answers)).item(), rel=1e-5)
    assert found.accuracy[0, 0] == np.mean(logits.argmax(1).numpy() == answers)
