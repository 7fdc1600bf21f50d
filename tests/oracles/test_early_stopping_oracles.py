"""Early stopping against independent libraries: PyTorch's training and SGD, scikit-learn's Ridge."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from torch import nn

from nnviz.concepts.early_stopping.frozen import STEPS, all_paths, hidden_values
from nnviz.concepts.early_stopping.linear import descent_factors, ridge_factors, spectrum
from nnviz.concepts.early_stopping.training import GRID, LEARNING_RATE, Setting, problem_of, trained
from nnviz.core.ensemble import replay_in_pytorch

SETTING = Setting(30, 0.4, 0.5, 16, 40, 10, (5, 6))


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("epoch", [1, 40])
def test_the_recorded_network_equals_plain_pytorch(index: int, epoch: int) -> None:
    curves, problem = trained(SETTING), problem_of(SETTING)
    x, y = (part[index][:, None] for part in problem.train)
    module = replay_in_pytorch(
        SETTING.network, x, y, seed=SETTING.seeds[index], epochs=epoch, batch=10, optimizer="adam", rate=LEARNING_RATE
    )
    with torch.no_grad():
        for part, errors in (
            (problem.train, curves.train),
            (problem.validation, curves.validation),
            (problem.test, curves.test),
        ):
            places, targets = (torch.from_numpy(each[index])[:, None] for each in part)
            assert float(nn.functional.mse_loss(module(places), targets)) == pytest.approx(
                errors[epoch, index], rel=1e-5
            )
        answers = module(torch.from_numpy(GRID)[:, None])[:, 0].numpy()
    np.testing.assert_allclose(curves.fits[epoch, index], answers, atol=1e-5)


def linear_problem() -> tuple[np.ndarray, np.ndarray]:
    x, y = (part[0] for part in problem_of(SETTING).train)
    features = hidden_values(SETTING, SETTING.seeds[0], x)
    return features - features.mean(axis=0), y - y.mean()


@pytest.mark.parametrize("steps", [1, 50, 2000])
def test_filter_factors_equal_torch_sgd(steps: int) -> None:
    features, targets = linear_problem()
    found = spectrum(features, targets)
    rate = 1 / found.values[0]
    x, y = torch.from_numpy(features), torch.from_numpy(targets)
    layer = nn.Linear(features.shape[1], 1, bias=False, dtype=torch.float64)
    nn.init.zeros_(layer.weight)
    optimizer = torch.optim.SGD(layer.parameters(), lr=float(rate))
    for _ in range(steps):
        optimizer.zero_grad()
        (0.5 * nn.functional.mse_loss(layer(x)[:, 0], y)).backward()
        optimizer.step()
    closed = found.directions @ (descent_factors(found.values, steps, rate) * found.solution)
    np.testing.assert_allclose(closed, layer.weight.detach().numpy()[0], atol=1e-9)


@pytest.mark.parametrize("penalty", [1e-4, 1e-2, 1.0])
def test_ridge_factors_equal_scikit_learn(penalty: float) -> None:
    features, targets = linear_problem()
    found = spectrum(features, targets)
    theirs = Ridge(alpha=len(targets) * penalty, fit_intercept=False, solver="svd").fit(features, targets)
    closed = found.directions @ (ridge_factors(found.values, penalty) * found.solution)
    np.testing.assert_allclose(closed, theirs.coef_, atol=1e-8)


def test_errors_on_the_ridge_path_equal_scikit_learn_with_its_own_intercept() -> None:
    problem = problem_of(SETTING)
    found = all_paths(SETTING)[0]
    x, y = (part[0] for part in problem.train)
    features = hidden_values(SETTING, SETTING.seeds[0], x)
    for place in (0, 20, 40):
        alpha = len(y) * found.problem.values[0] / STEPS[place]
        theirs = Ridge(alpha=alpha, solver="svd").fit(features, y)
        for column, part in enumerate((problem.validation, problem.test)):
            answers = theirs.predict(hidden_values(SETTING, SETTING.seeds[0], part[0][0]))
            assert np.mean((answers - part[1][0]) ** 2) == pytest.approx(found.ridge[place, column], rel=1e-5)
