"""Early stopping: the rule by hand, filter factors against steps taken one by one, what the charts hold, what breaks."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnviz.charts.view import View
from nnviz.concepts.early_stopping import Params, findings, lesson, predictions, run, view, words
from nnviz.concepts.early_stopping.frozen import STEPS, all_paths, hidden_values
from nnviz.concepts.early_stopping.hero import moments
from nnviz.concepts.early_stopping.linear import (
    descent_factors,
    errors_along,
    nearest_penalties,
    ridge_factors,
    spectrum,
)
from nnviz.concepts.early_stopping.model import PATIENCES, Run, best_epoch
from nnviz.concepts.early_stopping.rule import records, stop_all, stopping, stopping_at, valleys
from nnviz.concepts.early_stopping.training import (
    TEST,
    Setting,
    draw_points,
    own_parts,
    problem_of,
    trained,
    true_curve,
)
from nnviz.core.claims import Verdict
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent

SMALL: dict[str, Any] = {"epochs": 100, "seeds": 2, "width": 8, "points": 20}


# The rule


@pytest.mark.parametrize(
    ("losses", "patience", "min_delta", "expected"),
    [
        ([5, 4, 3, 2, 1], 1, 0.0, (5, 5)),  # never worse: the budget ends it
        ([5, 4, 6, 3, 1], 1, 0.0, (3, 2)),
        ([5, 4, 6, 3, 1], 0, 0.0, (3, 2)),  # as with 1
        ([5, 4, 6, 3, 1], 2, 0.0, (5, 5)),  # waits through the bump
        ([5, 4, 4, 4, 1], 2, 0.0, (4, 2)),  # equal is no improvement
        ([5, 4.9, 4.8, 4.7, 4.6], 2, 0.25, (3, 1)),  # too small steps count for nothing
        ([5, 4.9, 4.8, 4.7, 4.6], 3, 0.25, (5, 4)),  # but they add up
        ([np.nan, np.nan, np.nan], 2, 0.0, (2, 0)),
        ([3, np.nan, 2, np.nan, np.nan], 2, 0.0, (5, 3)),
    ],
)
def test_the_rule_by_hand(losses: list[float], patience: int, min_delta: float, expected: tuple[int, int]) -> None:
    assert stopping(np.array(losses), patience, min_delta) == expected


@pytest.mark.parametrize("min_delta", [0.0, 0.05, 0.3])
def test_all_patiences_at_once_equal_the_rule_one_by_one(min_delta: float) -> None:
    draws = np.random.default_rng(0)
    patiences = np.array([0, *PATIENCES])
    for case in range(30):
        curve = np.exp(-np.arange(60) / 20) + 0.3 * draws.random(60)
        if case % 5 == 0:
            curve[draws.integers(0, 60, 8)] = np.nan
        stopped, kept = stopping_at(records(curve, min_delta), patiences, 60)
        for index, patience in enumerate(patiences.tolist()):
            assert (stopped[index], kept[index]) == stopping(curve, patience, min_delta)


def test_whether_patience_or_the_budget_ran_out() -> None:
    curves = np.array([[9.0, 9.0], [3.0, 5.0], [4.0, 4.0], [5.0, 3.0]])  # epoch 0 first
    found = stop_all(curves, 2, 0.0)
    assert found.stopped.tolist() == [3, 3]
    assert found.best.tolist() == [1, 3]
    assert found.ran_out.tolist() == [True, False]


def test_valleys_by_hand() -> None:
    assert valleys(np.array([5.0, 4, 3, 2, 1])) == 0
    assert valleys(np.array([5.0, 2, 1, 2, 5])) == 1
    assert valleys(np.array([5.0, 1, 3, 1, 5])) == 2
    assert valleys(np.array([5.0, 1, 1.1, 1, 1.1, 1])) == 0  # jitter
    assert valleys(np.array([5.0, 1, 1.1, 1, 1.1, 1]), 0.05) == 2
    assert valleys(np.array([np.nan, np.nan])) == 0


# The linear model


def problem(seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    draws = np.random.default_rng(seed)
    return draws.normal(size=(12, 5)) * [3, 1, 0.3, 0.1, 0.03], draws.normal(size=12)


@pytest.mark.parametrize("steps", [1, 2, 7, 400])
def test_filter_factors_equal_gradient_descent_step_by_step(steps: int) -> None:
    features, targets = problem()
    found = spectrum(features, targets)
    rate = 0.7 / found.values[0]
    weights = np.zeros(5)
    for _ in range(steps):
        weights -= rate * features.T @ (features @ weights - targets) / len(targets)
    closed = found.directions @ (descent_factors(found.values, steps, rate) * found.solution)
    np.testing.assert_allclose(closed, weights, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("penalty", [1e-4, 0.1, 10.0])
def test_ridge_factors_equal_the_normal_equations(penalty: float) -> None:
    features, targets = problem()
    found = spectrum(features, targets)
    matrix = features.T @ features / len(targets) + penalty * np.eye(5)
    solved = np.linalg.solve(matrix, features.T @ targets / len(targets))
    closed = found.directions @ (ridge_factors(found.values, penalty) * found.solution)
    np.testing.assert_allclose(closed, solved, rtol=1e-10, atol=1e-13)


def test_both_filters_begin_at_nothing_and_end_at_least_squares() -> None:
    values = np.array([1.0, 0.1, 0.001])
    np.testing.assert_array_equal(descent_factors(values, 0, 1.0), 0)
    np.testing.assert_allclose(descent_factors(values, 10**6, 1.0), 1)
    np.testing.assert_allclose(ridge_factors(values, 1e-12), 1)
    few = descent_factors(values[1:], 1, 0.01), ridge_factors(values[1:], 1 / 0.01)
    np.testing.assert_allclose(few[0], few[1], rtol=2e-3)  # both are ηλᵢt while that is small


def test_errors_along_the_path_and_the_nearest_penalty() -> None:
    features, targets = problem()
    found = spectrum(features, targets)
    least = np.linalg.lstsq(features, targets, rcond=None)[0]
    errors = errors_along(found, np.array([np.zeros(5), np.ones(5)]), features, targets)
    np.testing.assert_allclose(errors, [np.mean(targets**2), np.mean((features @ least - targets) ** 2)])
    grid = np.logspace(-6, 3, 181)
    nearest, distance = nearest_penalties(found, ridge_factors(found.values, grid[[40, 90]]), grid)
    np.testing.assert_array_equal(nearest, grid[[40, 90]])
    np.testing.assert_allclose(distance, 0, atol=1e-12)


def test_the_frozen_model_has_the_networks_own_hidden_layer() -> None:
    setting = Setting(20, 0.5, 0.3, 8, 10, 10, (3,))
    x = np.linspace(-2, 2, 7)
    (first, bias), _ = setting.network.layers(setting.network.initial_weights([3])[0])
    np.testing.assert_allclose(hidden_values(setting, 3, x), np.tanh(x[:, None] @ first.T + bias))
    found = all_paths(setting)[0]
    assert found.descent.shape == found.ridge.shape == (len(STEPS), 2)
    assert found.problem.values[0] * found.rate == pytest.approx(1)


# The networks


def test_points_are_the_seeds_own_and_noise_only_moves_them() -> None:
    x, y = draw_points(20, 0.5, 1)
    again, quiet = draw_points(20, 0.5, 1), draw_points(20, 0.0, 1)
    assert len(x) == 20 + TEST
    np.testing.assert_array_equal(y, again[1])
    np.testing.assert_array_equal(x, quiet[0])
    np.testing.assert_allclose(quiet[1], true_curve(x))
    assert not np.array_equal(draw_points(20, 0.5, 2)[0], x)


@pytest.mark.parametrize(("share", "watching"), [(0.05, 1), (0.3, 6), (0.8, 16), (0.99, 18)])
def test_points_are_shared_out_without_overlap(share: float, watching: int) -> None:
    setting = Setting(20, share, 0.5, 8, 10, 10, (0, 1))
    found = problem_of(setting)
    sizes = [part[0].shape for part in (found.validation, found.train, found.test)]
    assert sizes == [(2, watching), (2, 20 - watching), (2, TEST)]
    together = np.concatenate([found.validation[0][1], found.train[0][1], found.test[0][1]])
    np.testing.assert_array_equal(together, draw_points(20, 0.5, 1)[0])


def test_networks_learn_more_than_a_constant() -> None:
    setting = Setting(20, 0.5, 0.5, 8, 300, 10, (0, 1))
    curves, found = trained(setting), problem_of(setting)
    assert curves.train.shape == curves.test.shape == (301, 2)
    assert curves.fits.shape == (301, 2, 121)
    flat = np.mean((found.train[1] - found.train[1].mean(axis=1, keepdims=True)) ** 2, axis=1)
    assert (curves.train[-1] < flat).all()


@pytest.fixture(scope="module")
def default() -> Run:
    return run(Params())


@pytest.fixture(scope="module")
def default_view(default: Run) -> View:
    return view(default)


def test_by_default_stopping_helps_and_nothing_is_diagnosed(default: Run, default_view: View) -> None:
    kept = default.test_at(default.kept)
    assert np.median(kept) < 0.8 * np.median(default.curves.test[-1])
    assert (kept >= default.test_at(default.oracle)).all()
    assert (default.stops.stopped - default.stops.best == 30)[default.stops.ran_out].all()
    assert default_view.findings == ()


def test_the_sweep_holds_the_rule(default: Run) -> None:
    place = PATIENCES.tolist().index(30)
    np.testing.assert_array_equal(default.sweep.stopped[place], default.stops.stopped)
    np.testing.assert_array_equal(default.sweep.kept[place], default.kept)
    assert (np.diff(default.sweep.stopped, axis=0) >= 0).all()


def test_without_restoring_the_last_weights_are_kept() -> None:
    found = run(Params(restore=False))
    np.testing.assert_array_equal(found.kept, found.stops.stopped)
    np.testing.assert_array_equal(found.sweep.kept, found.sweep.stopped)


def test_patience_trains_nothing_anew(default: Run) -> None:
    other = run(Params(patience=7, min_delta=0.02, restore=False, steps=10))
    assert other.curves is default.curves
    assert other.frozen.paths is default.frozen.paths


def test_the_best_epoch_is_never_one_that_is_not_finite() -> None:
    assert best_epoch(np.array([[np.nan, 3.0], [2.0, np.inf], [5.0, 4.0]])).tolist() == [1, 0]


# What is drawn


def test_charts_and_their_moments(default: Run, default_view: View) -> None:
    names = [chart.name for chart in default_view.charts]
    assert names == ["curves", "patience", "seeds", "valleys", "filters", "paths", "equivalent"]
    when = moments(default)
    assert default_view.steps is not None
    np.testing.assert_array_equal(default_view.steps, when)
    for epochs in (default.stops.stopped, default.kept, default.oracle):
        assert epochs[default.drawn] in when
    frames = default_view.chart("curves").frames
    path = next(name for name in frames if name.startswith("data."))
    np.testing.assert_allclose(frames[path], default.curves.fits[when, default.drawn], atol=1e-6)


def test_kept_and_last_fit_are_drawn(default: Run, default_view: View) -> None:
    lines = [trace for trace in default_view.chart("curves").figure["data"] if trace.get("xaxis") == "x2"]
    np.testing.assert_array_equal(lines[-2]["y"], default.curves.fits[default.kept[0], 0])
    np.testing.assert_array_equal(lines[-1]["y"], default.curves.fits[-1, 0])


def test_guessing_hides_the_answer_until_a_click() -> None:
    asked, told = view(run(Params(ask=True))), view(run(Params(ask=True, guess=80)))
    assert [chart.name for chart in asked.charts] == ["curves", "valleys", "filters", "paths", "equivalent"]
    assert not [trace for trace in asked.chart("curves").figure["data"] if trace.get("name") == "test"]
    assert asked.findings == ()
    assert "test error" not in asked.sentence
    assert not [caption for caption in asked.captions if "test" in caption]
    assert [trace for trace in told.chart("curves").figure["data"] if trace.get("name") == "test"]
    assert told.sentence.startswith("Your stop at epoch 80: test error")
    assert asked.chart("curves").click == {"guess": "x"}


def test_every_place_between_the_axes_takes_a_click(default_view: View) -> None:
    ground = default_view.chart("curves").figure["data"][0]
    assert ground["type"] == "heatmap"
    for epoch in np.asarray(ground["x"]).tolist():
        assert Params.from_query({"guess": str(epoch)})[1] == ()


def test_a_guess_is_graded_by_its_own_test_error(default: Run) -> None:
    best = replace(default, params=Params(guess=int(default.oracle[0])))
    late = replace(default, params=Params(guess=600))
    assert "0 % above the lowest: as good as the best" in words.grade(best)
    above = 100 * (default.curves.test[600, 0] / default.curves.test[default.oracle[0], 0] - 1)
    assert f"{above:.0f} % above the lowest: off the best and worse than the rule" in words.grade(late)
    assert words.grade(default) == ""


def test_the_sentence_has_the_runs_numbers(default: Run, default_view: View) -> None:
    assert f"stops at epoch {default.stops.stopped[0]}" in default_view.sentence
    assert "8 seeds" in default_view.sentence
    assert "proves nothing" in view(run(Params(**SMALL | {"seeds": 1}))).sentence
    assert "never runs out" in view(run(Params(**SMALL, patience=300))).sentence


@pytest.mark.parametrize(("chart", "parameter"), [("patience", "patience"), ("seeds", "shown")])
def test_clicks_take_over_what_they_point_at(default_view: View, chart: str, parameter: str) -> None:
    found = default_view.chart(chart)
    assert found.click == {parameter: "customdata"}
    offered = [text for trace in found.figure["data"] for text in trace.get("customdata", ())]
    assert offered
    assert all(Params.from_query({parameter: text})[1] == () for text in offered)


def test_another_network_is_drawn_and_a_sketch_draws_the_same() -> None:
    whole = run(Params(shown=2))
    sketch = run(Params(shown=2).preview())
    np.testing.assert_array_equal(whole.curves.test[:, 2], sketch.curves.test[:, 0])
    assert whole.drawn == 2
    assert sketch.drawn == 0
    assert run(Params(shown=31, seeds=2)).drawn == 1


# Points of one's own

OWN = "-2,0,0;-1,1,0;0,0,0;1,1,0;2,0,0;-1.5,0.5,1;0.5,0.5,1;1.5,0.4,2"


def test_own_points_learn_watch_and_test_as_they_are_told() -> None:
    learn, watch, test = own_parts(OWN)
    assert [len(part[0]) for part in (learn, watch, test)] == [5, 2, 1]
    assert (test[0].tolist(), test[1].tolist()) == ([1.5], [0.4])
    found = run(Params(data="points", own=OWN, **SMALL))
    np.testing.assert_array_equal(found.problem.validation[0], [[-1.5, 0.5]] * 2)
    assert "Your points" not in words.sentence(found)
    assert not np.array_equal(found.curves.fits[-1, 0], found.curves.fits[-1, 1]), "networks differ by their weights"


@pytest.mark.parametrize(
    ("own", "stands_in"),
    [
        ("", ("two points stand in", "nobody watches", "nothing is kept")),
        ("0,0,0;0,1,0;0,1,1", ("two points stand in", "nothing is kept")),
        ("0,0,0;1,1,0;2,1,2", ("nobody watches",)),
        ("2.5,2.5,2", ("two points stand in", "nobody watches")),
    ],
)
def test_too_few_own_points_run_and_say_what_stands_in(own: str, stands_in: tuple[str, ...]) -> None:
    found = view(run(Params(data="points", own=own, **SMALL)))
    every = ("two points stand in", "nobody watches", "nothing is kept")
    assert tuple(text for text in every if text in found.sentence) == stands_in
    assert view(run(Params(data="points", own=own, **SMALL).preview())).charts


def test_own_points_have_no_true_curve_and_the_script_meets_them() -> None:
    params = Params(data="points", own=OWN, **SMALL | {"seeds": 1})
    found = run(params)
    names = [note["text"] for note in view(found).chart("curves").figure["layout"]["annotations"]]
    assert not [name for name in names if "true" in name]
    assert "□ tests" in names
    assert lesson.recipe is not None
    told = lesson.recipe(**params.model_dump())
    assert told["test error of the last epoch"] == pytest.approx(float(found.curves.test[-1, 0]), rel=1e-4)
    assert told["epoch kept"] == found.kept[0]


# What breaks, what is asked and claimed


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_presets_break_and_are_diagnosed(preset: Any) -> None:
    found = view(run(Params(**preset.values)))
    assert preset.cause in {finding.cause for finding in found.findings}


def test_the_diagnosis_counts_what_it_says(default: Run) -> None:
    early = replace(default, kept=np.zeros_like(default.kept))
    found = findings.stopped_early(early)
    assert found is not None
    assert "8 of 8 networks" in found.text
    late = replace(default, kept=np.full_like(default.kept, 600))
    found = findings.kept_too_late(late)
    assert found is not None
    assert found.cause == "overfitting"
    assert findings.kept_too_late(replace(default, kept=default.oracle)) is None


def test_a_difference_is_named_only_where_the_interval_is_clear_of_zero(default: Run) -> None:
    change = words.difference(default)
    assert change.high < 0
    assert "lowers test error" in words.over_seeds(default)
    same = replace(default, kept=np.full_like(default.kept, 600))
    assert "no clear difference" in words.over_seeds(same)
    worse = replace(default, kept=np.zeros_like(default.kept))
    assert ("raises test error" in words.over_seeds(worse)) == (words.difference(worse).low > 0)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"patience": 0}, "With patience 0 the first jitter"),
        ({"patience": 5}, "5 epochs without a new best"),
        ({"patience": 3, "min_delta": 0.2}, "below min-delta 0.2"),
    ],
)
def test_an_early_stop_is_put_down_to_what_caused_it(changes: dict[str, Any], cause: str) -> None:
    found = findings.stopped_early(run(Params(**changes)))
    assert found is not None
    assert cause in found.text


def test_a_stop_beyond_the_budget_is_drawn_at_its_end() -> None:
    shown = view(run(Params(**SMALL, guess=700))).chart("curves").figure
    assert max(shape["x1"] for shape in shown["layout"]["shapes"] if shape["type"] == "line") <= 100
    assert "▼ 100" in [text for trace in shown["data"] for text in trace.get("text", ())]


def test_predictions_are_graded_from_the_run(default: Run) -> None:
    for prediction in lesson.predictions:
        asked = prediction.setting(Params(share=0.1, patience=3, restore=False, seeds=1, guess=50, shown=3))
        assert Params.from_query(asked.to_query()) == (asked, ())
        assert (asked.share, asked.guess, asked.restore) == (0.5, 0, True)
    for epoch, choice in ((0, 0), (29, 0), (30, 1), (100, 2), (299, 2), (300, 3)):
        found = replace(default, oracle=np.full(8, epoch))
        assert predictions.where(found).choice == choice
    assert predictions.before_or_after(replace(default, kept=default.oracle)).choice == 1
    assert predictions.before_or_after(replace(default, kept=4 * default.oracle)).choice == 2
    assert predictions.worse_at_the_end(replace(default, kept=default.oracle)).choice == 2


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
        elif control.kind == "toggle":
            found += [(control.name, value) for value in (True, False)]
    return found


@pytest.mark.parametrize(("name", "value"), ends())
def test_every_end_of_every_control_runs(name: str, value: Any) -> None:
    found = view(run(Params(**SMALL | {name: value})))
    assert all(len(chart.to_figure().data) > 0 for chart in found.charts)
    assert np.isfinite([float(len(found.sentence))]).all()


def test_a_superseded_run_stops() -> None:
    def gone(fraction: float, what: str = "", partial: Any = None) -> None:
        raise Superseded(f"{fraction} {what} {partial}")

    with pytest.raises(Superseded):
        run(Params(seed=77), gone)
