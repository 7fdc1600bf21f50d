"""The perceptron against scikit-learn: the same weights given the same order; the best line against a support vector machine."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize
from sklearn.linear_model import Perceptron
from sklearn.svm import SVC

from nnviz.concepts.perceptron.bound import best_line, best_weights
from nnviz.concepts.perceptron.clouds import overlapping, separable
from nnviz.concepts.perceptron.rule import learn, margin, signed_points
from nnviz.concepts.perceptron.starts import order_of, starting_weights


def by_sklearn(
    positions: np.ndarray, labels: np.ndarray, order: np.ndarray, rate: float, start: np.ndarray, passes: int
) -> np.ndarray:
    """Return b, w₁, w₂ after so many passes of scikit-learn's perceptron in the same order."""
    peer = Perceptron(eta0=rate, shuffle=False, max_iter=passes, tol=None)
    peer.fit(positions[order], labels[order], coef_init=start[None, 1:].copy(), intercept_init=start[:1].copy())
    return np.array([peer.intercept_[0], *peer.coef_[0]])


@pytest.mark.parametrize("rate", [0.05, 1.0, 4.0])
@pytest.mark.parametrize("seed", range(8))
def test_weights_equal_sklearns_on_separable_points(seed: int, rate: float) -> None:
    positions, labels = separable(40, 0.1, seed)
    order, start = order_of(40, seed), starting_weights("zero", seed)
    path = learn(signed_points(positions, labels), order, rate, start, 1000)
    assert path.finished
    expected = by_sklearn(positions, labels, order, rate, start, path.looked // 40)
    np.testing.assert_allclose(path.weights[-1], expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_weights_equal_sklearns_where_no_line_separates(seed: int) -> None:
    positions, labels = overlapping(30, seed)
    order, start = order_of(30, seed), starting_weights("drawn", seed)
    path = learn(signed_points(positions, labels), order, 0.3, start, 12)
    assert path.looked == 12 * 30
    np.testing.assert_allclose(
        path.weights[-1], by_sklearn(positions, labels, order, 0.3, start, 12), rtol=1e-8, atol=1e-8
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_best_line_is_that_of_a_support_vector_machine(seed: int) -> None:
    positions, labels = separable(30, 0.05 + 0.1 * seed, seed)
    signed = signed_points(positions, labels)
    best = best_line(signed)
    peer = SVC(kernel="linear", C=1e8).fit(positions, labels)
    expected = np.array([peer.intercept_[0], *peer.coef_[0]])
    assert best is not None
    assert margin(signed, best) >= margin(signed, expected) - 1e-6
    assert margin(signed, best) == pytest.approx(margin(signed, expected), rel=1e-2)
    np.testing.assert_allclose(best / np.linalg.norm(best[1:]), expected / np.linalg.norm(expected[1:]), atol=2e-2)


@pytest.mark.parametrize("seed", range(4))
def test_the_bounds_margin_is_that_of_a_machine_without_a_bias(seed: int) -> None:

    signed = signed_points(*separable(20, 0.3, seed))
    best = best_weights(signed)
    assert best is not None
    start = linprog(np.zeros(3), A_ub=-signed, b_ub=-np.ones(20), bounds=(None, None)).x
    limits = {"type": "ineq", "fun": lambda w: signed @ w - 1}
    shortest = minimize(lambda w: w @ w, start, jac=lambda w: 2 * w, constraints=limits, options={"ftol": 1e-12}).x
    assert (signed @ best).min() == pytest.approx(1 / np.linalg.norm(shortest), rel=1e-5)


def test_separability_is_judged_as_a_linear_programme_does() -> None:

    random = np.random.default_rng(3)
    seen = set()
    for _ in range(120):
        positions, labels = random.normal(size=(6, 2)), random.integers(0, 2, 6)
        signed = signed_points(positions, labels)
        feasible = linprog(np.zeros(3), A_ub=-signed, b_ub=-np.ones(6), bounds=(None, None)).status == 0
        assert (best_weights(signed) is not None) == feasible
        seen.add(feasible)
    assert seen == {True, False}
