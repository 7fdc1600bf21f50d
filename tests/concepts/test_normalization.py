"""Normalizing inputs: closed forms of descent, scaling, outliers, trees, and what the charts hold."""

from typing import Any

import numpy as np
import pytest

from nnviz.concepts.normalization import Params, lesson, run, view
from nnviz.concepts.normalization.descent import (
    BEGIN,
    CLOSE,
    condition,
    covariance,
    curvature,
    features,
    path,
    steps_needed,
)
from nnviz.concepts.normalization.hero import LEVELS, NARROWEST, WIDEST, ellipses, so_far
from nnviz.concepts.normalization.model import BY_FEATURE, EVERY, RATES, RATIOS, STEPS, Run, steps_by_ratio, valley
from nnviz.concepts.normalization.outlier import SHOWN, share_left
from nnviz.concepts.normalization.scaling import scaled
from nnviz.concepts.normalization.wine import Cellar, Job, divided, networks, prepared, tree_answers
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent
from nnviz.data.real import wine

QUICK: dict[str, Any] = {"seeds": 2, "epochs": 5, "wines": 40}


@pytest.mark.parametrize("step", [0.3, 1.0, 1.5, 1.9])
def test_the_path_is_that_of_gradient_descent_step_by_step(step: float) -> None:
    matrix = covariance(features(3, 4.0, 0.6, 0.0))
    values, vectors = curvature(matrix)
    at = BEGIN.copy()
    for expected in path(values, vectors, step, 40):
        np.testing.assert_allclose(at, expected, rtol=1e-9, atol=1e-12)
        at = at - step / values[1] * (matrix @ at)


@pytest.mark.parametrize("step", [0.3, 1.0, 1.7])
@pytest.mark.parametrize("ratio", [1.0, 3.0, 30.0])
def test_the_steps_needed_are_the_first_that_are_close_enough(step: float, ratio: float) -> None:
    values, vectors = curvature(covariance(features(1, ratio, 0.3, 0.0)))
    needed = int(steps_needed(values, vectors, step))
    far = np.linalg.norm(path(values, vectors, step, needed), axis=1) / np.linalg.norm(BEGIN)
    assert far[needed] <= CLOSE * (1 + 1e-9)
    assert needed == 0 or far[needed - 1] > CLOSE


def test_steps_have_a_closed_form_where_all_directions_are_alike() -> None:
    values, vectors = np.array([2.0, 2.0]), np.eye(2)
    for step in (0.1, 0.5, 1.5):
        assert steps_needed(values, vectors, step) == np.ceil(np.log(CLOSE) / np.log(abs(1 - step)))
    assert steps_needed(values, vectors, 1.0) == 1
    assert steps_needed(values, vectors, 2.0) == np.inf
    assert steps_needed(np.array([0.0, 1.0]), vectors, 1.0) == np.inf


def test_steps_grow_with_the_square_of_the_ratio() -> None:
    steps = steps_by_ratio(Params(step=1.0, seeds=4))
    growth = steps[-1] / steps[-5]  # ratios 1000 and 100
    np.testing.assert_allclose(growth, (RATIOS[-1] / RATIOS[-5]) ** 2, rtol=0.02)


def test_steps_by_ratio_are_those_of_the_valley_at_that_ratio() -> None:
    for place in (0, 5, 12):
        params = Params(ratio=float(RATIOS[place]), seeds=3, correlation=0.4, outlier=7.0)
        np.testing.assert_allclose(steps_by_ratio(params)[place], valley(params, "none").steps, atol=1)


def test_z_scores_leave_only_the_correlation() -> None:
    params = Params(ratio=500.0, correlation=0.8, seeds=5)
    for seed, kappa in zip(params.numbers, valley(params, "zscore").conditions, strict=True):
        r = abs(float(np.asarray(np.corrcoef(features(seed, 1.0, 0.8, 0.0).T))[0, 1]))
        assert kappa == pytest.approx((1 + r) / (1 - r), rel=1e-9)


def test_scaling_of_single_features_takes_any_ratio_away() -> None:
    for scaler in BY_FEATURE[1:]:
        low, high = (valley(Params(ratio=ratio, outlier=4.0), scaler).conditions for ratio in (1.0, 1000.0))
        np.testing.assert_allclose(low, high, rtol=1e-8)


def test_layer_norm_over_two_features_leaves_one_direction() -> None:
    found = valley(Params(), "layer")
    assert np.isinf(found.conditions).all()
    assert np.isinf(found.steps).all()


def test_the_outlier_is_where_it_is_put_and_nothing_else_moves() -> None:
    before, after = features(2, 3.0, 0.2, 0.0), features(2, 3.0, 0.2, 12.0)
    assert after[0, 0] == 12
    np.testing.assert_array_equal(before[1:], after[1:])
    np.testing.assert_array_equal(before[:, 1], after[:, 1])


def test_one_outlier_in_closed_form() -> None:
    result = run(Params(outlier=30.0, **QUICK))
    raw = features(0, 10.0, 0.0, 30.0)[:, 0]
    without = features(0, 10.0, 0.0, 0.0)[:, 0]
    assert share_left(result, "minmax") == pytest.approx(np.ptp(without) / np.ptp(raw))
    assert share_left(result, "zscore") == pytest.approx(without.std() / raw.std())
    assert share_left(result, "robust") > 0.9
    assert [share_left(run(Params(**QUICK)), scaler) for scaler in SHOWN] == [1.0] * 3


def test_ellipses_are_lines_of_equal_loss() -> None:
    found = valley(Params(ratio=20.0, correlation=0.5), "none")
    lines = ellipses(found)
    assert len(lines) == LEVELS
    matrix = found.vectors @ np.diag(found.values) @ found.vectors.T
    for line in lines:
        losses = 0.5 * np.einsum("in,ij,jn->n", line, matrix, line)
        np.testing.assert_allclose(losses, losses[0], rtol=1e-9)
    across = np.abs(found.vectors[:, 1] @ lines[0]).max()
    along = np.abs(found.vectors[:, 0] @ lines[-1]).max()
    assert across == pytest.approx(WIDEST, rel=1e-3)
    assert along == pytest.approx(NARROWEST, rel=1e-3)


def test_a_way_is_drawn_as_far_as_it_has_come() -> None:
    x, y = so_far(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    assert np.isnan(x[0, 1:]).all()
    assert y[1, :2].tolist() == [2.0, 4.0]
    assert x[2].tolist() == [1.0, 3.0, 5.0]


def test_the_parts_of_the_wines_share_no_row_and_have_the_sizes_asked_for() -> None:
    for wines in (30, 90, 150):
        cellar = Cellar(wines, 6, 0.0, (0, 1))
        x, y, test, answers = divided(cellar, 1)
        assert abs(len(x) - wines) <= 2
        assert len(x) + len(test) == len(wine())
        assert {row.tobytes() for row in x}.isdisjoint({row.tobytes() for row in test})
        assert set(y) == set(answers) == {0, 1, 2}


def test_one_wine_gets_the_outlier_in_one_feature() -> None:
    plain, spoiled = (divided(Cellar(90, 12, outlier, (0,)), 0)[0] for outlier in (0.0, 20.0))
    different = np.argwhere(plain != spoiled)
    assert different.tolist() == [[0, 12]]
    assert spoiled[0, 12] == pytest.approx(plain[:, 12].mean() + 20 * plain[:, 12].std())


def test_only_the_leak_sees_the_test_wines() -> None:
    x, _, test, _ = divided(Cellar(40, 6, 0.0, (0,)), 0)
    honest, _ = prepared("minmax", False, x, test)
    assert honest.min(axis=0).tolist() == [0] * 13
    assert honest.max() == 1
    leaked, asked = prepared("minmax", True, x, test)
    both = np.concatenate([leaked, asked])
    assert both.min() == 0
    assert both.max() == 1
    assert leaked.max(axis=0).min() < 1


def test_trees_give_identical_answers_where_scaling_is_exact() -> None:
    from sklearn.tree import DecisionTreeClassifier

    x, y, test, _ = divided(Cellar(90, 6, 0.0, (0,)), 0)
    powers = 2.0 ** np.arange(-6, 7)  # multiplying by them rounds nothing
    for seed in range(6):
        plain, wide = (
            DecisionTreeClassifier(random_state=seed).fit(x * factor, y).predict(test * factor)
            for factor in (np.ones(13), powers)
        )
        np.testing.assert_array_equal(plain, wide)


def test_trees_hardly_change_under_any_scaling_of_features() -> None:
    cellar = Cellar(90, 6, 0.0, tuple(range(6)))
    for scaler in BY_FEATURE[1:]:
        changed = [np.mean(tree_answers(cellar, s, "none") != tree_answers(cellar, s, scaler)) for s in cellar.seeds]
        assert np.mean(changed) < 0.02


def test_jobs_at_equal_seeds_are_paired_and_independent_of_each_other() -> None:
    cellar = Cellar(40, 6, 0.0, (0, 1))
    both = networks(cellar, (Job("zscore", 0.1), Job("minmax", 0.3)), 5)
    alone = networks(cellar, (Job("minmax", 0.3),), 5)
    np.testing.assert_array_equal(both.accuracy[1], alone.accuracy[0])
    np.testing.assert_array_equal(both.loss[1], alone.loss[0])


def test_a_preview_leaves_the_wines_alone_unless_they_change() -> None:
    assert not Params(ratio=77.0).preview().quick
    assert Params(outlier=3.0).preview().quick
    assert not Params(outlier=3.0).quick
    quick = run(Params(outlier=3.0).preview())
    assert quick.scores.accuracy.shape[1] == 2
    assert not quick.swept
    drawn = view(quick)
    assert [chart.name for chart in drawn.charts] == ["valley", "steps", "outlier", "rates", "beside", "leak"]
    full = run(Params(outlier=3.0))
    np.testing.assert_array_equal(quick.scores.accuracy, full.scores.accuracy[:, :2])
    np.testing.assert_array_equal(quick.own.conditions, full.own.conditions)


def test_charts_hold_what_they_say() -> None:
    result = run(Params(seeds=3))
    drawn = view(result)
    assert drawn.steps is not None
    assert drawn.steps.tolist() == list(range(STEPS + 1))
    steps = drawn.chart("steps")
    line = next(trace for trace in steps.figure["data"] if trace.get("name") == "raw" and "customdata" in trace)
    np.testing.assert_allclose(line["y"], np.median(result.needed["none"], axis=1))
    assert [Params.from_query({"ratio": text})[1] for text in line["customdata"]] == [()] * len(RATIOS)
    rates = drawn.chart("rates")
    assert [Params.from_query({"rate": text})[1] for text in rates.figure["data"][0]["customdata"]] == [()] * len(RATES)
    outlier = drawn.chart("outlier")
    raw, diamond = outlier.figure["data"][:2]
    assert outlier.drag == raw["xaxis"] + raw["yaxis"] == diamond["xaxis"] + diamond["yaxis"]
    assert outlier.click == {"outlier": "x"}
    assert {trace["hoverinfo"] for trace in outlier.figure["data"]} == {"skip"}  # a click there would set its x
    nets = drawn.chart("beside").figure["data"][0]
    np.testing.assert_allclose(nets["y"], 100 * result.scores.accuracy[: len(EVERY)].ravel())
    change = drawn.chart("leak").figure["data"][0]["y"]
    np.testing.assert_allclose(change, result.scores.loss[6] - result.scores.loss[5])


def test_networks_that_broke_down_are_counted_and_a_rate_beyond_the_edge_is_named() -> None:
    shown = view(run(Params(rate=10.0, activation="relu", step=2.0, **QUICK | {"wines": 90})))
    assert [each.cause for each in shown.findings] == ["non-finite"]
    assert "wine networks broke down" in shown.findings[0].text
    assert "at a learning rate of 2 no number of steps is enough" in shown.sentence


@pytest.mark.parametrize("scaler", ["none", "layer"])
def test_what_is_not_fitted_cannot_leak(scaler: Any) -> None:
    found = {each.cause: each for each in view(run(Params(scaler=scaler, leak=True, **QUICK))).findings}
    assert found["leakage"].severity == "note"
    assert "Nothing leaks" in found["leakage"].text
    assert "norm scaling" not in view(run(Params(scaler=scaler, **QUICK))).sentence


def test_without_scaling_both_valleys_are_one() -> None:
    result = run(Params(scaler="none", **QUICK))
    np.testing.assert_array_equal(result.raw.path, result.own.path)
    assert "with raw" not in view(result).sentence


def test_the_sentence_has_the_runs_numbers() -> None:
    result = run(Params(seeds=3))
    text = view(result).sentence
    assert f"{100 * result.scores.accuracy[2].mean():.1f} %" in text
    assert f"{100 * result.trees[0].mean():.1f} %" in text
    assert "medians of 3 data sets" in text
    assert "1 data set)" in view(run(Params(seeds=1))).sentence
    assert "no number of steps is enough" in view(run(Params(scaler="layer", **QUICK))).sentence


def test_what_diverges_is_drawn_and_said() -> None:
    drawn = view(run(Params(step=2.2, **QUICK)))
    assert "divergence" in {finding.cause for finding in drawn.findings}
    ways = [values for path, values in drawn.charts[0].frames.items() if path.endswith(".x")]
    assert np.isfinite(np.asarray(ways[0])[-1]).all()


@pytest.mark.parametrize("scaler", EVERY)
@pytest.mark.parametrize("outlier", [0.0, 30.0])
def test_extremes_draw(scaler: Any, outlier: float) -> None:
    for extreme in ({"ratio": 1000.0, "correlation": 0.95, "rate": 10.0}, {"ratio": 1.0, "rate": 1e-4, "step": 0.1}):
        changes: dict[str, Any] = extreme | QUICK | {"wines": 30, "seeds": 1, "leak": True}
        drawn = view(run(Params(scaler=scaler, outlier=outlier, **changes)))
        assert drawn.sentence
        assert all(chart.to_figure().data for chart in drawn.charts)


def test_every_control_runs_at_both_ends() -> None:
    for control in controls(Params):
        ends = (
            [control.minimum, control.maximum] if control.kind == "range" else [value for value, _ in control.options]
        )
        for end in ends or [False, True]:
            value: Any = int(end) if control.whole and isinstance(end, float | int) else end
            assert view(run(Params(**QUICK | {control.name: value}))).sentence


def test_a_run_reports_and_can_be_given_up() -> None:
    seen: list[tuple[float, Any]] = []

    def report(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the protocol's words
        seen.append((fraction, partial))

    run(Params(seeds=2, rate=0.123), report)
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    first = next(partial for _, partial in seen if partial is not None)
    assert isinstance(first, Run)
    assert view(first).charts

    def give_up(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the protocol's words
        if fraction > 0.4:
            raise Superseded

    with pytest.raises(Superseded):
        run(Params(seeds=2, rate=0.124), give_up)


def test_predictions_come_out_as_taught() -> None:
    asked = [(each, Params.model_validate(each.setting(Params()).model_dump())) for each in lesson.predictions]
    right = [each.choices[each.answer(run(params)).choice] for each, params in asked]
    assert right == ["Thousands of times", "Robust", "At most 1 %"]


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_every_claim_gives_a_verdict(claim: Any) -> None:
    verdict = claim.test(range(3), silent)
    assert verdict.reason
    assert np.isfinite(verdict.effect)


def test_the_condition_number_of_flat_directions_is_infinite() -> None:
    assert condition(np.array([0.0, 1.0])) == np.inf
    assert condition(np.array([0.5, 2.0])) == 4
    assert scaled("zscore", np.ones((4, 2)), np.ones((4, 2))).tolist() == [[0, 0]] * 4  # constant features stay finite
