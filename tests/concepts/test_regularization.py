"""Regularization: closed forms, the conditions of a minimum, what the charts hold, what breaks."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnviz.charts.view import View
from nnviz.concepts.regularization import Params, lesson, predictions, run, view
from nnviz.concepts.regularization.hero import ellipse, loss_above, region
from nnviz.concepts.regularization.model import STEPS, STRENGTHS, Run, solve, zeros_of
from nnviz.concepts.regularization.network import Cost, cost_of
from nnviz.concepts.regularization.problems import (
    HELD_OUT,
    answers,
    curve_problem,
    draw_curve,
    normal,
    patients_problem,
    polynomial,
    true_curve,
)
from nnviz.concepts.regularization.solvers import (
    ball_paths,
    coordinate_descent,
    descend,
    descent_path,
    elastic_paths,
    ridge_paths,
    soft_threshold,
)
from nnviz.core.claims import Verdict
from nnviz.core.notation import significant
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent

PENALTIES = ("l1", "l2", "elastic", "max_norm")


def problem(seed: int = 3, count: int = 30, width: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Return G and g of correlated features."""
    draws = np.random.default_rng(seed)
    x = draws.normal(size=(count, width)) @ draws.normal(size=(width, width))
    y = x @ np.array([1.0, -2.0, 0.0, 0.0, 0.5, 0.0]) + draws.normal(size=count)
    return x.T @ x / count, x.T @ y / count


# The solvers


def test_soft_threshold_by_hand() -> None:
    values = soft_threshold([-3.0, -1.0, -0.2, 0.0, 0.5, 1.0, 2.5], 1.0)
    np.testing.assert_array_equal(values, [-2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.5])
    assert soft_threshold(2.0, 0.0) == 2.0


@pytest.mark.parametrize("l1", [0.01, 0.3, 2.0])
def test_one_weight_alone_is_soft_thresholded(l1: float) -> None:
    for curvature, pull, l2 in ((0.5, 1.2, 0.0), (2.0, -0.7, 0.4)):
        found = np.zeros(1)
        coordinate_descent(np.array([[curvature]]), np.array([pull]), l1, l2, found)
        assert found[0] == pytest.approx(float(soft_threshold(pull, l1)) / (curvature + l2), abs=1e-12)


def test_orthogonal_features_are_soft_thresholded_each_for_itself() -> None:
    pulls = np.array([1.0, -0.4, 0.05, -2.0])
    found = np.zeros(4)
    coordinate_descent(np.eye(4), pulls, 0.3, 0.0, found)
    np.testing.assert_allclose(found, soft_threshold(pulls, 0.3), atol=1e-13)
    assert (found == 0).sum() == 1


@pytest.mark.parametrize("mix", [1.0, 0.5, 0.1])
def test_the_minimum_meets_its_conditions(mix: float) -> None:
    """Karush, Kuhn and Tucker: pull = l1 · sign(w) + l2 · w where w is not 0, and |pull| ≤ l1 where it is."""
    gram, correlation = problem()
    found = elastic_paths(gram[None], correlation[None], STRENGTHS, mix)[0]
    for strength, weights in zip(STRENGTHS, found, strict=True):
        pull = correlation - gram @ weights - strength * (1 - mix) * weights
        active = weights != 0
        np.testing.assert_allclose(pull[active], strength * mix * np.sign(weights[active]), atol=1e-9)
        assert (np.abs(pull[~active]) <= strength * mix * (1 + 1e-8)).all()
    assert (np.diff((found == 0).sum(axis=1)) >= 0).mean() > 0.9


def test_the_compiled_path_is_the_plain_function() -> None:
    gram, correlation = problem()
    found = elastic_paths(gram[None], correlation[None], np.array([0.05, 0.5]), 0.7)[0]
    for strength, weights in zip((0.05, 0.5), found, strict=True):
        plain = np.zeros(6)
        coordinate_descent(gram, correlation, 0.7 * strength, 0.3 * strength, plain)
        np.testing.assert_allclose(weights, plain, atol=1e-11)


@pytest.mark.parametrize("strength", [1e-3, 0.2, 5.0])
def test_ridge_equals_the_normal_equations(strength: float) -> None:
    gram, correlation = problem()
    found = ridge_paths(gram[None], correlation[None], np.array([strength]))[0, 0]
    np.testing.assert_allclose(found, np.linalg.solve(gram + strength * np.eye(6), correlation), rtol=1e-9)


def test_without_a_penalty_ridge_is_least_squares_of_least_norm() -> None:
    draws = np.random.default_rng(0)
    x, y = draws.normal(size=(4, 7)), draws.normal(size=4)
    found = ridge_paths((x.T @ x / 4)[None], (x.T @ y / 4)[None], np.zeros(1))[0, 0]
    np.testing.assert_allclose(found, np.linalg.pinv(x) @ y, rtol=1e-8)


def test_max_norm_is_ridge_for_some_strength_or_least_squares() -> None:
    gram, correlation = problem()
    free = np.linalg.solve(gram, correlation)
    radii = np.array([0.1, 0.5, 0.9, 1.5]) * np.linalg.norm(free)
    found = ball_paths(gram[None], correlation[None], radii)[0]
    np.testing.assert_allclose(np.linalg.norm(found, axis=1)[:3], radii[:3], rtol=1e-9)
    np.testing.assert_allclose(found[3], free, rtol=1e-6)
    for weights in found[:3]:  # the gradient points along the weights: that is ridge's condition
        pull = correlation - gram @ weights
        strength = pull @ weights / (weights @ weights)
        assert strength > 0
        np.testing.assert_allclose(pull, strength * weights, atol=1e-8)


# Gradient descent


@pytest.mark.parametrize(("l1", "l2"), [(0.1, 0.0), (0.1, 0.3), (0.0, 0.5)])
def test_proximal_steps_reach_the_minimum_and_its_zeros(l1: float, l2: float) -> None:
    gram, correlation = problem()
    exact = np.zeros(6)
    coordinate_descent(gram, correlation, l1, l2, exact)
    path = descent_path(gram, correlation, 20_000, l1=l1, l2=l2)
    np.testing.assert_allclose(path[-1], exact, atol=1e-7)
    np.testing.assert_array_equal(path[-1] == 0, exact == 0)


def test_plain_steps_come_near_the_minimum_but_never_rest_at_zero() -> None:
    gram, correlation = problem()
    exact = np.zeros(6)
    coordinate_descent(gram, correlation, 0.4, 0.0, exact)
    path = descent_path(gram, correlation, 5000, l1=0.4, proximal=False)
    assert (exact == 0).any()
    assert not (path[1:] == 0).any()
    np.testing.assert_allclose(path[-100:].mean(axis=0), exact, atol=0.1)


def test_one_step_by_hand_and_the_ball() -> None:
    path = np.array([[1.0, -0.2], [0.0, 0.0]])
    descend(np.eye(2), np.zeros(2), 0.5, 0.0, np.inf, 0.4, True, path)
    np.testing.assert_allclose(path[1], [1.0 - 0.4 - 0.2, 0.0])  # along the slope, then 0.4 · 0.5 nearer to 0
    descend(np.eye(2), np.zeros(2), 0.5, 0.0, np.inf, 0.4, False, path)
    np.testing.assert_allclose(path[1], [1.0 - 0.4 * 1.5, -0.2 + 0.4 * 0.7])
    path = np.array([[0.0, 0.0], [0.0, 0.0]])
    descend(np.eye(2), np.array([3.0, 4.0]), 0.0, 0.0, 2.0, 1.0, True, path)
    np.testing.assert_allclose(path[1], [1.2, 1.6])
    assert (np.linalg.norm(descent_path(*problem(), 50, radius=0.3), axis=1) <= 0.3 + 1e-12).all()


# The problems


def test_noise_only_moves_the_points_and_parts_do_not_overlap() -> None:
    found, quiet = curve_problem(20, 0.4, 5, (0, 1)), curve_problem(20, 0.0, 5, (0, 1))
    assert found.features.shape == (2, 20, 5)
    assert found.held_out.shape == (2, HELD_OUT, 5)
    np.testing.assert_array_equal(found.x, quiet.x)
    np.testing.assert_allclose(quiet.targets, true_curve(quiet.x))
    np.testing.assert_array_equal(np.concatenate([found.x[1], found.held_x[1]]), draw_curve(20, 0.4, 1)[0])


def test_polynomials_are_legendres() -> None:
    x = np.linspace(-1, 1, 9)
    found = polynomial(x, 3)
    np.testing.assert_allclose(found.T, [x, (3 * x**2 - 1) / 2, (5 * x**3 - 3 * x) / 2])


def test_patients_are_standardised_by_those_that_are_learned_from() -> None:
    found = patients_problem(50, (0, 1))
    assert found.features.shape == (2, 50, 10)
    assert found.held_out.shape == (2, 392, 10)
    np.testing.assert_allclose(found.features.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(found.features.std(axis=1), 1)
    np.testing.assert_allclose(found.targets.std(axis=1), 1)


@pytest.mark.parametrize("bias", [True, False])
def test_answers_of_least_squares_equal_numpys(bias: bool) -> None:
    made = curve_problem(30, 0.3, 4, (0, 1))
    found = normal(made, bias=bias)
    weights = solve(found, "l2", np.array([0.0]), 0.5)
    given = answers(found, weights, made.held_out)[:, 0]
    for index in range(2):
        x = np.column_stack([np.ones(30), made.features[index]])
        least = np.linalg.lstsq(x, made.targets[index], rcond=None)[0]
        np.testing.assert_allclose(given[index], least[0] + made.held_out[index] @ least[1:], atol=1e-8)


# The run


@pytest.fixture(scope="module")
def default() -> Run:
    return run(Params())


@pytest.fixture(scope="module")
def default_view(default: Run) -> View:
    return view(default)


def test_errors_along_the_path_hold_the_one_that_is_set() -> None:
    place = 27
    found = run(Params(strength=float(f"{STRENGTHS[place]:.12g}")))
    np.testing.assert_allclose(found.error[1], found.validation[:, place], rtol=1e-6)
    np.testing.assert_allclose(found.error[0], found.train[:, place], rtol=1e-6)
    np.testing.assert_allclose(found.chosen, found.weights[:, place], atol=1e-7)
    assert (np.diff(found.train, axis=1) > -1e-9).all()  # a larger λ never fits the training points better


def test_by_default_l1_helps_leaves_zeros_and_nothing_is_diagnosed(default: Run, default_view: View) -> None:
    assert np.median(default.error[1]) < 0.2 * np.median(default.validation[:, 0])
    assert (default.zeros >= 5).all()
    assert default_view.findings == ()


def test_only_l1_and_the_elastic_net_leave_zeros(default: Run) -> None:
    counts = {name: zeros_of(weights, default.params) for name, weights in default.here.items()}
    assert (counts["l1"] >= counts["elastic"]).all()
    assert (counts["elastic"] > 0).all()
    assert not counts["l2"].any()
    assert not counts["max_norm"].any()


def test_a_penalized_bias_is_not_counted_as_a_zero() -> None:
    found = run(Params(bias=True, strength=10.0))
    assert found.chosen.shape[1] == 13
    assert (found.zeros == 12).all()
    np.testing.assert_array_equal(found.chosen, 0)


# The plane


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("data", ["curve", "diabetes"])
def test_the_shape_and_the_contour_touch_without_crossing(penalty: Any, data: Any) -> None:
    found = run(Params(penalty=penalty, data=data, strength=2.0 if penalty == "max_norm" else 0.1, seeds=1))
    plane = found.plane
    edge = region(found)
    outside = 0.5 * np.einsum("ri,ij,rj->r", edge - plane.free, plane.gram, edge - plane.free)
    assert outside.min() >= loss_above(plane) * (1 - 1e-9)  # nothing on the edge has less loss than where they touch
    assert outside.min() == pytest.approx(loss_above(plane), rel=0.02)
    assert np.linalg.norm(edge - plane.touching, axis=1).min() < 0.05
    contour = ellipse(plane, loss_above(plane))
    assert np.linalg.norm(contour - plane.touching, axis=1).min() < 0.05
    np.testing.assert_allclose(plane.path[-1], plane.touching, atol=1e-6)


def test_the_diamond_is_met_at_a_corner_and_the_circle_is_not(default: Run) -> None:
    assert default.plane.touching[1] == 0
    assert default.plane.touching[0] != 0
    assert (run(Params(penalty="l2")).plane.touching != 0).all()


# The network


def test_a_network_loses_units_by_proximal_steps_only(default: Run) -> None:
    free, held, rough = default.networks
    assert not (free.weights == 0).any()
    assert (held.weights == 0).sum() > 30
    assert not (rough.weights == 0).any()
    assert held.alive.sum() < 5 < free.alive.sum()


@pytest.mark.parametrize(("penalty", "strength"), [("l2", 0.1), ("max_norm", 2.0), ("elastic", 0.02)])
def test_every_penalty_shortens_the_networks_weights(penalty: str, strength: float) -> None:
    found = run(Params(penalty=penalty, strength=strength, seeds=1))
    free, held, _ = found.networks
    assert np.linalg.norm(held.out) < np.linalg.norm(free.out)
    if penalty == "max_norm":
        assert np.linalg.norm(held.out) <= 0.5 + 1e-12
        assert np.linalg.norm(held.into) <= 0.5 + 1e-12
    assert ((held.weights == 0).any()) == (penalty == "elastic")


def test_what_a_penalty_costs() -> None:
    assert cost_of("l1", 0.3, 0.5) == Cost(l1=0.3)
    assert cost_of("l2", 0.3, 0.5) == Cost(l2=0.3)
    assert cost_of("elastic", 0.4, 0.25) == Cost(l1=0.1, l2=pytest.approx(0.3))
    assert cost_of("max_norm", 0.5, 0.5) == Cost(radius=2.0)


# What is drawn


def test_charts_and_their_moments(default: Run, default_view: View) -> None:
    names = [chart.name for chart in default_view.charts]
    assert names == ["touch", "errors", "paths", "zeros", "weights", "descent", "network", "directions"]
    assert default_view.steps is not None
    assert default_view.steps[0] == 0
    assert default_view.steps[-1] == STEPS
    hero = default_view.chart("touch")
    path = next(name for name in hero.frames if name.endswith(".x"))
    np.testing.assert_allclose(np.asarray(hero.frames[path])[:, 0], default.plane.path[:, 0], atol=1e-6)


def test_the_descents_are_of_both_kinds(default: Run, default_view: View) -> None:
    assert zeros_of(default.descents[0, -1], default.params) == default.zeros[0]
    assert zeros_of(default.descents[1, -1], default.params) == 0
    assert f"{default.zeros[0]} exact zeros by proximal steps, 0 by plain" in default_view.captions[-1]


@pytest.mark.parametrize(("chart", "parameter"), [("paths", "strength"), ("errors", "strength"), ("zeros", "penalty")])
def test_clicks_take_over_what_they_point_at(default_view: View, chart: str, parameter: str) -> None:
    found = default_view.chart(chart)
    assert found.click == {parameter: "customdata"}
    offered = [text for trace in found.figure["data"] for text in trace.get("customdata", ())]
    assert offered
    assert all(Params.from_query({parameter: text})[1] == () for text in offered)


def test_the_sentence_has_the_runs_numbers(default: Run, default_view: View) -> None:
    assert f"{default.zeros[0]} of 12 weights are exactly 0" in default_view.sentence
    assert significant(float(np.median(default.error[1]))) in default_view.sentence


def test_patients_are_drawn_as_bars() -> None:
    found = view(run(Params(data="diabetes", points=60, bias=True)))
    bars = [trace for trace in found.chart("touch").figure["data"] if trace["type"] == "bar"]
    assert [len(bar["x"]) for bar in bars] == [10, 10]
    assert "bmi" in bars[0]["x"]


# What breaks, what is asked and claimed


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_presets_break_and_are_diagnosed(preset: Any) -> None:
    found = view(run(Params(**preset.values)))
    assert preset.cause in {finding.cause for finding in found.findings}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "touch on an axis"),
        ({"penalty": "l2"}, "touch off the axes"),
        ({"strength": 10.0}, "both weights are exactly 0"),
        ({"penalty": "max_norm", "strength": 1e-4}, "inside the circle"),
        ({"penalty": "max_norm", "strength": 1.0}, "touch off the axes"),
    ],
)
def test_words_say_where_the_shapes_meet(settings: Any, words: str) -> None:
    assert words in view(run(Params(**settings, seeds=1))).charts[0].alt


def test_the_transport_does_not_count_a_penalized_bias_as_a_zero() -> None:
    found = run(Params(bias=True, strength=10.0, seeds=1))
    assert view(found).captions[-1].startswith("L1: 12 exact zeros")
    assert view(found).captions[0].startswith("L1: 12 exact zeros")


def test_a_free_bias_is_not_accused() -> None:
    found = view(run(Params(penalty="l2", strength=0.5)))
    assert "penalized bias" not in {finding.cause for finding in found.findings}


def test_predictions_are_graded_from_the_run(default: Run) -> None:
    for prediction in lesson.predictions:
        asked = prediction.setting(Params(data="diabetes", points=100, strength=1.0, bias=True, seeds=2))
        assert Params.from_query(asked.to_query()) == (asked, ())
        assert (asked.data, asked.points, asked.bias, asked.seeds) == ("curve", 20, False, 8)
    swapped = {"l1": default.here["l2"], "l2": default.here["l1"], "elastic": default.here["elastic"]}
    assert predictions.most_zeros(default).choice == 0
    assert predictions.most_zeros(replace(default, here=swapped)).choice == 1
    assert predictions.most_zeros(replace(default, here=dict.fromkeys(swapped, default.here["l2"]))).choice == 3
    assert predictions.zeros_by_plain_steps(default).choice == 0
    assert predictions.zeros_by_plain_steps(replace(default, descents=default.descents[[0, 0]])).choice == 2
    assert predictions.a_hundred_times(default).choice == 0
    assert predictions.a_hundred_times(replace(default, validation=np.ones_like(default.validation))).choice == 1


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_can_be_run(claim: Any) -> None:
    verdict = claim.test(range(3), silent)
    assert isinstance(verdict, Verdict)
    assert verdict.seeds == 3
    assert verdict.reason


def ends() -> list[tuple[str, Any]]:
    """Return every control with each of its extreme values."""
    found: list[tuple[str, Any]] = []
    for control in controls(Params):
        if control.kind == "range":
            cast = int if control.whole else float
            found += [(control.name, cast(control.minimum or 0)), (control.name, cast(control.maximum or 0))]
        elif control.kind == "select":
            found += [(control.name, value) for value, _ in control.options]
        else:
            found += [(control.name, value) for value in (True, False)]
    return found


@pytest.mark.parametrize(("name", "value"), ends())
@pytest.mark.parametrize("penalty", PENALTIES)
def test_every_end_of_every_control_runs(name: str, value: Any, penalty: str) -> None:
    found = view(run(Params(**{"seeds": 2, "penalty": penalty} | {name: value})))
    assert all(len(chart.to_figure().data) > 0 for chart in found.charts)
    assert "nan" not in found.sentence


def test_a_superseded_run_stops() -> None:
    def gone(fraction: float, what: str = "", partial: Any = None) -> None:
        raise Superseded(f"{fraction} {what} {partial}")

    with pytest.raises(Superseded):
        run(Params(seed=77), gone)
