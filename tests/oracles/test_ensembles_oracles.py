"""Ensembles against scikit-learn: bagging, AdaBoost, calibration, stacked weights; boundaries against contourpy."""

from typing import Any, Self

import numpy as np
import pytest
from contourpy import contour_generator
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import calibration_curve
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier

from nnviz.concepts.ensembles import Params, combining, draws, planes, run
from nnviz.concepts.ensembles.training import Members, Setting, chances, members_of, points_of

Floats = NDArray[np.float64]
BAGGED = Setting(method="bagging", members=7, epochs=40, seeds=(5,))


class Member(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One of our networks as scikit-learn sees a classifier; it has been trained already."""

    def __init__(self, members: Members | None = None, number: int = 0) -> None:
        self.members = members
        self.number = number

    def fit(self, _inputs: Floats, _targets: Any, sample_weight: Any = None) -> Self:  # noqa: ARG002 - the interface
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, inputs: Floats) -> Floats:
        members = self.members
        assert members is not None
        weights, seen = members.weights[0, [self.number]], members.seen[0, [self.number], None]
        chance = chances(members.network, weights, (members.activations[self.number],), seen * inputs)[0]
        return np.column_stack([1 - chance, chance])

    def predict(self, inputs: Floats) -> NDArray[np.int64]:
        return np.asarray(self.predict_proba(inputs).argmax(axis=1))


def test_bagging_agrees_with_scikit_learn_on_the_same_members() -> None:
    trained, points = members_of(BAGGED), points_of(BAGGED)[0]
    theirs = BaggingClassifier(Member(), n_estimators=7, random_state=0).fit(points.inputs, points.targets)
    theirs.estimators_ = [Member(trained, number).fit(points.inputs, points.targets) for number in range(7)]
    theirs.estimators_features_ = [np.arange(2)] * 7
    params = Params(method="bagging", members=7, epochs=40, seed=5, seeds=1)
    mixed = run(params).scores.weights[0, -1] @ trained.chances(0, points.test_inputs)
    np.testing.assert_allclose(mixed, theirs.predict_proba(points.test_inputs)[:, 1], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(combining.named(mixed), theirs.predict(points.test_inputs) == 1)
    accuracy = theirs.score(points.test_inputs, points.test_targets)
    assert run(params).scores.accuracy[0, -1] == pytest.approx(accuracy, abs=1e-12)


def test_bagging_draws_rows_as_often_as_scikit_learn() -> None:
    points = points_of(BAGGED)[0]
    theirs = BaggingClassifier(DecisionTreeClassifier(), n_estimators=300, random_state=1)
    theirs.fit(points.inputs, points.targets)
    count = len(points.inputs)
    shares = [
        [len(np.unique(rows)) / count for rows in every]
        for every in (theirs.estimators_samples_, [draws.bootstrap_rows(1, member, count) for member in range(300)])
    ]
    assert np.mean(shares[0]) == pytest.approx(np.mean(shares[1]), abs=0.02)  # standard error 0.004


@pytest.mark.parametrize("members", [6, 7])
def test_votes_agree_with_scikit_learn_ties_included(members: int) -> None:
    setting = Setting(method="bagging", members=members, epochs=20, seeds=(6,))
    trained, points = members_of(setting), points_of(setting)[0]
    named = [(f"m{number}", Member(trained, number)) for number in range(members)]
    theirs = VotingClassifier(named, voting="hard").fit(points.inputs, points.targets)
    votes = (trained.chances(0, points.test_inputs) > 0.5).astype(np.float64)
    ours = combining.named(combining.growing(np.ones(members))[-1] @ votes)
    np.testing.assert_array_equal(ours, theirs.predict(points.test_inputs) == 1)


def test_boosting_reweights_as_scikit_learns_adaboost() -> None:
    setting = Setting(method="boosting", data="circle", points=150, noise=0.3, seeds=(2,))
    points = points_of(setting)[0]
    theirs = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=12, random_state=0)
    theirs.fit(points.inputs, points.targets)
    assert len(theirs.estimators_) == 12
    weights, say = np.full(150, 1 / 150), []
    for tree in theirs.estimators_:
        alpha, weights = combining.boosted(tree.predict(points.inputs) != points.targets, weights)
        say.append(alpha)
    np.testing.assert_allclose(say, theirs.estimator_weights_, rtol=1e-9)
    votes = np.stack([tree.predict(points.test_inputs) for tree in theirs.estimators_]).astype(np.float64)
    ours = combining.named(combining.growing(np.array(say))[-1] @ votes)
    np.testing.assert_array_equal(ours, theirs.predict(points.test_inputs) == 1)


def test_our_boosting_is_adaboost_of_its_members() -> None:
    setting = Setting(method="boosting", members=5, width=2, epochs=30, seeds=(4,), wrong=0.2)
    trained, points = members_of(setting), points_of(setting)[0]
    weights = np.full(len(points.inputs), 1 / len(points.inputs))
    for member, given in enumerate(trained.chances(0, points.inputs)):
        wrong = (given > 0.5) != (points.targets == 1)
        error = float(weights[wrong].sum())
        assert 0 < error < 0.5, "a case in which nothing is clipped"
        assert trained.say[0, member] == pytest.approx(np.log((1 - error) / error), abs=1e-9)
        weights = weights * np.where(wrong, (1 - error) / error, 1.0)
        weights /= weights.sum()


def test_calibration_bins_agree_with_scikit_learn() -> None:
    trained, points = members_of(BAGGED), points_of(BAGGED)[0]
    said = trained.chances(0, points.test_inputs).mean(axis=0)
    share, mean = calibration_curve(points.test_targets, said, n_bins=10)
    gaps, sums, counts = (each[0] for each in combining.binned(said[None], points.test_targets[None].astype(float)))
    kept = counts > 0
    np.testing.assert_allclose(sums[kept] / counts[kept], mean, atol=1e-12)
    np.testing.assert_allclose((sums - gaps)[kept] / counts[kept], share, atol=1e-12)
    expected = float(np.sum(counts[kept] / len(said) * np.abs(mean - share)))
    assert combining.calibration_error(said, points.test_targets.astype(float)) == pytest.approx(expected, abs=1e-12)


def test_stacked_weights_agree_with_least_squares_of_scikit_learn() -> None:
    setting = Setting(method="stacking", members=6, epochs=40, seeds=(7,))
    trained, points = members_of(setting), points_of(setting)[0]
    assert trained.held_out is not None
    table, targets, heavy = trained.held_out[0], points.targets.astype(float), 1e3
    rows, wanted = np.vstack([table.T, np.full((1, 6), heavy)]), np.append(targets, heavy)
    theirs = LinearRegression(fit_intercept=False, positive=True).fit(rows, wanted).coef_
    ours = combining.stacked(table, targets)[-1]
    errors = [np.mean((weights @ table - targets) ** 2) for weights in (ours, theirs / theirs.sum())]
    assert errors[0] == pytest.approx(errors[1], rel=1e-8)
    np.testing.assert_allclose(ours, theirs / theirs.sum(), atol=1e-5)


def test_boundaries_agree_with_contourpy() -> None:
    ticks = np.linspace(-2.5, 2.5, 41)
    x, y = np.meshgrid(ticks, ticks)
    heights = 0.5 + 0.5 * np.sin(2.3 * x) * np.cos(1.7 * y) + 0.1 * x
    ours = planes.level_line(ticks, heights)
    pieces = ours.reshape(2, -1, 3)[:, :, :2]
    length = float(np.hypot(*np.diff(pieces, axis=2)[..., 0]).sum())
    theirs: list[Any] = list(contour_generator(x, y, heights).lines(0.5))
    expected = sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in theirs)
    assert length == pytest.approx(expected, rel=1e-9)
