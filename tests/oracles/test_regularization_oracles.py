"""Regularization against independent libraries: scikit-learn's Ridge, Lasso and ElasticNet, PyTorch's autograd."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import ElasticNet, Lasso, Ridge
from torch import nn

from nnviz.concepts.regularization.model import solve
from nnviz.concepts.regularization.network import GAIN, RATE, Cost, train_network
from nnviz.concepts.regularization.problems import Problem, answers, curve_problem, normal, patients_problem
from nnviz.concepts.regularization.solvers import descent_path
from nnviz.models.plain import make_mlp

TASKS = {"curve": curve_problem(30, 0.4, 8, (0, 1)), "patients": patients_problem(60, (0, 1))}
STRENGTHS = (0.01, 0.1, 0.5)
EXACT = {"tol": 1e-13, "max_iter": 1_000_000}
every_task = pytest.mark.parametrize("made", TASKS.values(), ids=TASKS.keys())


def compare(made: Problem, penalty: str, strength: float, mix: float, theirs: list[object]) -> None:
    """Hold weights, zeros and answers of both draws against fitted models of scikit-learn."""
    found = normal(made, bias=False)
    weights = solve(found, penalty, np.array([strength]), mix)
    given = answers(found, weights, made.held_out)[:, 0]
    for index, model in enumerate(theirs):
        model.fit(made.features[index], made.targets[index])  # type: ignore[attr-defined]
        np.testing.assert_allclose(weights[index, 0], model.coef_, atol=1e-6)  # type: ignore[attr-defined]
        np.testing.assert_array_equal(weights[index, 0] == 0, model.coef_ == 0)  # type: ignore[attr-defined]
        np.testing.assert_allclose(given[index], model.predict(made.held_out[index]), atol=1e-5)  # type: ignore[attr-defined]


@every_task
@pytest.mark.parametrize("strength", STRENGTHS)
def test_l2_equals_ridge(made: Problem, strength: float) -> None:
    count = made.features.shape[1]
    compare(made, "l2", strength, 0.5, [Ridge(alpha=count * strength, solver="svd") for _ in range(2)])


@every_task
@pytest.mark.parametrize("strength", STRENGTHS)
def test_l1_equals_lasso(made: Problem, strength: float) -> None:
    compare(made, "l1", strength, 0.5, [Lasso(alpha=strength, **EXACT) for _ in range(2)])


@every_task
@pytest.mark.parametrize("mix", [0.2, 0.8])
@pytest.mark.parametrize("strength", STRENGTHS)
def test_elastic_net_equals_scikit_learns(made: Problem, strength: float, mix: float) -> None:
    compare(made, "elastic", strength, mix, [ElasticNet(alpha=strength, l1_ratio=mix, **EXACT) for _ in range(2)])


@every_task
def test_a_penalized_bias_equals_ridge_on_a_column_of_ones(made: Problem) -> None:
    weights = solve(normal(made, bias=True), "l2", np.array([0.3]), 0.5)[:, 0]
    count = made.features.shape[1]
    for index in range(2):
        x = np.column_stack([np.ones(count), made.features[index]])
        theirs = Ridge(alpha=0.3 * count, fit_intercept=False, solver="svd").fit(x, made.targets[index])
        np.testing.assert_allclose(weights[index], theirs.coef_, atol=1e-9)


def test_plain_l1_steps_equal_pytorchs_autograd() -> None:
    found = normal(TASKS["patients"], bias=False)
    gram, correlation = found.grams[0], found.correlations[0]
    path = descent_path(gram, correlation, 200, l1=0.1, proximal=False)
    rate = 1 / float(np.linalg.eigvalsh(gram)[-1])
    g, c = torch.from_numpy(gram), torch.from_numpy(correlation)
    weights = torch.zeros(10, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=rate)
    for _ in range(200):
        optimizer.zero_grad()
        (0.5 * weights @ g @ weights - c @ weights + 0.1 * weights.abs().sum()).backward()
        optimizer.step()
    np.testing.assert_allclose(path[-1], weights.detach().numpy(), atol=1e-9)
    assert not (weights == 0).any()


@pytest.mark.parametrize("proximal", [True, False])
def test_the_network_equals_pytorch_with_the_penalty_on_its_weights_only(proximal: bool) -> None:
    made, cost, steps = TASKS["curve"], Cost(l1=0.02, l2=0.01), 60
    x, y = (torch.tensor(part[0])[:, None] for part in (made.x, made.targets))
    ours = train_network(
        tuple(made.x[0].tolist()), tuple(made.targets[0].tolist()), 12, 3, cost, proximal=proximal, steps=steps
    )
    net = make_mlp((1, 12, 1), "tanh", seed=3, gain=GAIN)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    matrices = [net[0].weight, net[2].weight]
    for _ in range(steps):
        optimizer.zero_grad()
        squares = torch.stack([(each**2).sum() for each in matrices]).sum()
        absolute = torch.stack([each.abs().sum() for each in matrices]).sum()
        loss = 0.5 * nn.functional.mse_loss(net(x), y) + 0.5 * cost.l2 * squares
        (loss if proximal else loss + cost.l1 * absolute).backward()
        optimizer.step()
        if proximal:
            with torch.no_grad():
                for each in matrices:
                    each.copy_(nn.functional.softshrink(each, RATE * cost.l1))
    theirs = torch.cat([net[0].weight.flatten(), net[2].weight.flatten()]).detach().numpy()
    np.testing.assert_allclose(ours.weights, theirs, atol=1e-10)
    np.testing.assert_allclose(ours.bias, net[0].bias.detach().numpy(), atol=1e-10)
    np.testing.assert_allclose(ours.answer(made.x[0]), net(x).detach().numpy()[:, 0], atol=1e-9)
