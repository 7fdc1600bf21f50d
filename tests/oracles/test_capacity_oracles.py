"""Capacity against NumPy, SciPy and scikit-learn: the shortest weights, ridge, kernels, networks."""

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import torch
from sklearn.gaussian_process.kernels import Matern
from sklearn.linear_model import Ridge
from torch import nn

from nnviz.concepts.capacity import Params, networks, run, samples, survey
from nnviz.concepts.capacity.descent import fit_all
from nnviz.concepts.capacity.features import WAVES, place, polynomials, waves
from nnviz.concepts.capacity.recipe import recipe
from nnviz.concepts.capacity.settings import Problem

SIZES = (1, 4, 11, 12, 13, 30, 60)


@pytest.mark.parametrize("kind", ["polynomial", "gaussian"])
@pytest.mark.parametrize("size", SIZES)
def test_the_shortest_weights_are_lapacks(kind: str, size: int) -> None:
    data = samples.draw_samples(kind, "wave", 12, 0.1, 4, 5, 60)
    labels = survey.labels_of(data)
    answers, sums = fit_all(data.columns, data.probes, labels, 0.0)
    for d in range(4):
        weights, *_ = scipy.linalg.lstsq(data.columns[d][:, :size], labels[d].T, lapack_driver="gelsd")
        np.testing.assert_allclose(answers[d, size - 1].T, data.probes[:, :size] @ weights, rtol=1e-6, atol=1e-8)
        lengths = [weights[:, 0] @ weights[:, 0], 2 * weights[:, 0] @ weights[:, 1], weights[:, 1] @ weights[:, 1]]
        np.testing.assert_allclose(sums[d, size - 1, 1], lengths, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("kind", ["polynomial", "fourier", "relu", "gaussian"])
@pytest.mark.parametrize("price", [0.01, 3.0])
@pytest.mark.parametrize("size", SIZES)
def test_ridge_is_scikit_learns(kind: str, price: float, size: int) -> None:
    data = samples.draw_samples(kind, "bump", 12, 0.0, 2, 1, 60)
    labels = survey.labels_of(data)
    answers, sums = fit_all(data.columns, data.probes, labels, price)
    for d in range(2):
        theirs = Ridge(price, fit_intercept=False, solver="svd").fit(data.columns[d][:, :size], labels[d].T)
        np.testing.assert_allclose(answers[d, size - 1].T, theirs.predict(data.probes[:, :size]), rtol=1e-7, atol=1e-9)
        rest = labels[d].T - theirs.predict(data.columns[d][:, :size])
        np.testing.assert_allclose(sums[d, size - 1, 0, [0, 2]], (rest**2).sum(axis=0), rtol=1e-6)
        np.testing.assert_allclose(sums[d, size - 1, 1, [0, 2]], (theirs.coef_**2).sum(axis=1), rtol=1e-6)


@pytest.mark.parametrize("kind", ["relu", "fourier"])
@pytest.mark.parametrize("size", [5, 100])
def test_dependent_columns_are_pseudo_inverted(kind: str, size: int) -> None:
    """Away from the peak, where numbers are not lost, NumPy's pseudo-inverse with the same tolerance agrees."""
    data = samples.draw_samples(kind, "wave", 20, 0.0, 1, 0, 100)
    labels = survey.labels_of(data)
    answers, _ = fit_all(data.columns, data.probes, labels, 0.0)
    weights = np.linalg.pinv(data.columns[0][:, :size], rcond=1e-9) @ labels[0].T
    np.testing.assert_allclose(answers[0, size - 1].T, data.probes[:, :size] @ weights, rtol=1e-4, atol=1e-5)


def test_polynomials_are_numpys_chebyshev_polynomials() -> None:
    x = np.linspace(-1, 1, 41)
    scale = np.where(np.arange(30) == 0, 1, np.sqrt(2)) / np.arange(1, 31)
    theirs = np.polynomial.chebyshev.chebvander(x, 29) * scale
    np.testing.assert_allclose(polynomials(x, 30), theirs, atol=1e-11)


def test_waves_tend_to_scikit_learns_matern_kernel() -> None:
    """Matérn with ν = ½ is the Laplace kernel of length 1/5."""
    x = np.linspace(-1, 1, 9)
    values = waves(x, 200_000, 1)
    theirs = Matern(length_scale=1 / WAVES, nu=0.5)(x[:, None])
    np.testing.assert_allclose(values @ values.T / 200_000, theirs, atol=0.02)


def test_gaussian_formula_is_the_mean_of_an_inverse_wishart_matrix() -> None:
    """Variance for p < n is σ² E tr (XᵀX)⁻¹, and scipy knows the mean of a Wishart matrix's inverse by sampling."""
    from nnviz.concepts.capacity.theory import excess_risk

    draws = scipy.stats.wishart(df=20, scale=np.eye(6)).rvs(20_000, random_state=0)
    traces = np.trace(np.linalg.inv(draws), axis1=1, axis2=2)
    exact = float(excess_risk(np.array([6.0]), 20, 0.25)[1][0])
    assert 0.25 * traces.mean() == pytest.approx(exact, abs=4 * 0.25 * traces.std() / np.sqrt(20_000))


@pytest.mark.parametrize("price", [0.0, 0.5])
def test_networks_are_pytorchs(price: float) -> None:
    problem = Problem("mlp", "wave", 9, 0.3, 0.0, price, 4, (2,), 60)
    _, bundle = networks.networks(problem)
    data = samples.draw_samples("polynomial", "wave", 9, 0.0, 4, 2, 1)
    labels = torch.from_numpy(data.clean + 0.3 * data.unit)
    width = networks.WIDTHS[4]
    first, last = nn.Linear(1, width).double(), nn.Linear(width, 1).double()
    network = nn.Sequential(first, nn.Tanh(), last)
    nn.utils.vector_to_parameters(torch.from_numpy(networks.starting_weights(width, 2)), network.parameters())
    adam = torch.optim.Adam(network.parameters(), lr=networks.RATE)
    x = torch.from_numpy(data.places[1])[:, None]
    for _ in range(60):
        adam.zero_grad()
        penalty = price / 9 * (first.weight.square().sum() + last.weight.square().sum())
        (nn.functional.mse_loss(network(x)[:, 0], labels[1]) + penalty).backward()
        adam.step()
    curve = network(torch.from_numpy(place(survey.SHARES))[:, None])[:, 0].detach().numpy()
    np.testing.assert_allclose(bundle.answers[1, 4, 0], curve, atol=2e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"capacity": 20},
        {"capacity": 3, "target": "step", "wrong": 0.2, "points": 9},
        {"capacity": 90, "features": "gaussian", "noise": 0.7},
        {"capacity": 200, "features": "fourier", "ridge": "0.1"},
        {"capacity": 33, "features": "relu", "ridge": "1"},
        {"capacity": 12, "features": "mlp", "steps": 100, "ridge": "0.1"},
    ],
)
def test_the_recipe_prints_the_numbers_of_the_page(changes: dict[str, Any]) -> None:
    params = Params(**changes, seeds=2, sets=6)
    shown, printed = run(params), recipe(**params.model_dump())
    parts, index = shown.parts, shown.here
    assert printed["test error"] == pytest.approx(parts.measured[0, index], rel=1e-6)
    assert printed["variance"] == pytest.approx(parts.variance[0, index], rel=1e-6)
    assert printed["bias²"] == pytest.approx(parts.bias[0, index], rel=1e-6, abs=1e-9)
    assert printed["bias² + variance + noise"] == pytest.approx(parts.expected[0, index], rel=1e-6)
    assert printed["length of the weights"] == pytest.approx(parts.length[0, index], rel=1e-6)
