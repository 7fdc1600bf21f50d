"""A line against a hidden layer: closed forms, what the charts hold, presets, predictions, claims, the script."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.concepts.mlp import Params, claims, lesson, run, view
from nnviz.concepts.mlp.charts import constant_loss
from nnviz.concepts.mlp.hero import WHOLE, unit_lines, wrong_points
from nnviz.concepts.mlp.network import best_line, forward, one_line
from nnviz.concepts.mlp.points import own_points, points_of
from nnviz.concepts.mlp.recipe import RECIPES
from nnviz.concepts.mlp.space import hidden_space, line_through, plane_through
from nnviz.concepts.mlp.training import SIZES, Setting, trained
from nnviz.core.lesson import Prediction, Preset
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent
from nnviz.core.script import as_python, cells

QUICK: dict[str, Any] = {"seeds": 2, "epochs": 10}
OWN = "-1,-1,0;1,1,0;-1,1,1;1,-1,1"


# The network in two matrices


def test_two_units_built_by_hand_solve_xor() -> None:
    first = (np.array([[4.0, 4.0], [4.0, 4.0]]), np.array([4.0, -4.0]))  # two parallel lines, a strip between them
    second = (np.array([[-1.0, 1.0]]), np.array([1.0]))
    x, y, x_test, y_test = points_of("xor", 0.0, 0)
    for points, classes in ((x, y), (x_test, y_test)):
        _, logits = forward(points, [first, second], "tanh")
        assert np.mean((logits > 0) == classes) > 0.95


def test_one_line_by_hand() -> None:
    first = (np.array([[1.0, 2.0], [3.0, 4.0], [0.0, -1.0]]), np.array([1.0, 0.0, 2.0]))
    second = (np.array([[1.0, -1.0, 2.0]]), np.array([0.5]))
    weights, bias = one_line([first, second])
    np.testing.assert_array_equal(weights, [[1 - 3 + 0, 2 - 4 - 2]])
    np.testing.assert_array_equal(bias, [1 - 0 + 4 + 0.5])


def test_the_best_line_through_corners_gets_three_of_four() -> None:
    corners = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    assert best_line(corners, np.array([1, 1, 0, 0])) == 0.75
    assert best_line(corners, np.array([1, 0, 0, 0])) == 1
    assert best_line(corners, np.array([1, 1, 1, 1])) == 1


def test_points_on_one_place_or_one_line_are_not_parted_by_rounding() -> None:
    place = np.array([[0.3, 0.1], [0.3, 0.1], [0.3, 0.1]])
    assert best_line(place, np.array([0, 1, 1])) == pytest.approx(2 / 3)
    row = np.column_stack([0.1 * np.arange(9), 0.3 * np.arange(9)])
    assert best_line(row, np.arange(9) % 2) == pytest.approx(5 / 9)
    assert best_line(row @ [[0.0, 0.0], [1.0, 0.0]], np.arange(9) % 2) == pytest.approx(5 / 9)


def test_the_best_line_is_not_beaten_by_many_random_lines() -> None:
    draws = np.random.default_rng(0)
    for seed in range(3):
        points, classes, _, _ = points_of("squares", 0.2, seed)
        normals = draws.standard_normal((4000, 2))
        sides = points @ normals.T > draws.uniform(-2, 2, 4000)
        right = (sides == (classes == 1)[:, None]).mean(axis=0)
        best = best_line(points, classes)
        assert max(right.max(), 1 - right.min()) <= best
        assert best - max(right.max(), 1 - right.min()) < 0.05


@pytest.mark.parametrize("data", ["xor", "squares", "circle", "moons", "spiral"])
def test_points_are_the_seeds_own_and_both_classes_are_there(data: str) -> None:
    first, again, other = points_of(data, 0.1, 0), points_of(data, 0.1, 0), points_of(data, 0.1, 1)
    assert [len(part) for part in first] == [100, 100, 200, 200]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert 30 < first[1].sum() < 70
    assert np.concatenate([first[1], first[3]]).sum() == 150


def test_own_points_are_learned_as_they_stand_and_tested_where_noise_moves_them() -> None:
    x, y, x_test, y_test = own_points(OWN, 0.1, 3)
    np.testing.assert_array_equal(x, [[-1, -1], [1, 1], [-1, 1], [1, -1]])
    np.testing.assert_array_equal(y, [0, 0, 1, 1])
    assert 0 < np.abs(x_test - np.tile(x, (2, 1))).max() < 0.5
    np.testing.assert_array_equal(y_test, np.tile(y, 2))
    np.testing.assert_array_equal(own_points(OWN, 0.0, 3)[2], np.tile(x, (2, 1)))


def test_four_own_points_are_xor() -> None:
    found = run(Params(data="points", points=OWN, epochs=300, seeds=4))
    assert found.best == 0.75
    assert found.line.training_accuracy[-1].max() <= 0.75
    assert found.network.training_accuracy[-1].max() == 1
    assert "the same 4 points" in view(found).charts[0].alt


def test_without_points_of_ones_own_two_stand_in_and_are_named() -> None:
    assert "stand in" in view(run(Params(data="points", **QUICK))).sentence
    assert "stand in" not in view(run(Params(data="points", points=OWN, **QUICK))).sentence
    with pytest.raises(ValueError, match="must lie from"):
        Params(points="3,0,1")


def test_a_constant_answer_is_judged_by_the_shares_of_the_classes() -> None:
    assert constant_loss(np.array([0, 1, 1, 0])) == pytest.approx(np.log(2))
    assert constant_loss(np.array([0, 0, 0])) == 0
    lopsided = "0,0,1;" + ";".join(f"{n / 10},1,0" for n in range(9))
    assert constant_loss(run(Params(data="points", points=lopsided, **QUICK)).classes) == pytest.approx(0.325, abs=1e-3)


def test_own_points_of_one_class_are_named_and_nothing_is_below_the_charts() -> None:
    shown = view(run(Params(data="points", points="1,1,0;2,2,0;1,2,0", hidden=3, **QUICK)))
    assert "of one class" in shown.sentence
    assert "underfitting" not in {finding.cause for finding in shown.findings}
    found = run(Params(data="points", points=OWN, **QUICK))
    for name, when in (("seeds", slice(-1, None)), ("training", slice(None))):
        low, _ = view(found).chart(name).figure["layout"]["yaxis"]["range"]
        assert low < 100 * min(nets.accuracy[when].min() for nets in (found.line, found.network))


def test_one_seed_alone_is_the_seed_in_company() -> None:
    company, alone = (trained(Setting(epochs=20), 3, seeds) for seeds in ((4, 5, 6), (5,)))
    np.testing.assert_array_equal(company.final[1], alone.final[0])
    np.testing.assert_array_equal(company.accuracy[:, 1], alone.accuracy[:, 0])


# The hidden space


def test_ends_of_a_line_lie_on_it_and_no_weight_is_no_line() -> None:
    weights, bias = np.array([[1.0, -2.0], [0.0, 0.0], [0.3, 0.0]]), np.array([0.5, 1.0, -0.6])
    ends = line_through(weights, bias)
    for row in (0, 2):
        np.testing.assert_allclose(ends[row] @ weights[row] + bias[row], 0, atol=1e-4)
    np.testing.assert_allclose(ends[2, :, 0], 2.0, atol=1e-6)
    assert np.isnan(ends[1]).all()


def test_corners_of_a_plane_lie_on_it() -> None:
    weights = np.array([[1.0, 2.0, -1.0], [3.0, 0.0, 0.0]])
    bias = np.array([0.4, -1.5])
    corners = plane_through(weights, bias)
    np.testing.assert_allclose(np.einsum("tcd,td->tc", corners, weights) + bias[:, None], 0, atol=1e-5)


@pytest.mark.parametrize("hidden", [0, 1, 2, 3, 4, 9])
@pytest.mark.parametrize("activation", ["tanh", "relu", "linear"])
def test_the_cut_in_hidden_space_is_the_border_in_the_plane(hidden: int, activation: Any) -> None:
    nets = trained(Setting(activation=activation, epochs=30), hidden, (0,))
    layers = nets.layers(0)
    points, _, _, _ = points_of("xor", 0.1, 0)
    space = hidden_space(layers, points, activation)
    _, logits = forward(points, layers, activation)
    weights, bias = layers[-1][0][:, 0], layers[-1][1][:, 0]
    clear = np.abs(logits) > 1e-3
    if hidden == 1:
        side = space.points[..., 1]
    elif hidden >= 4:
        side = space.points[..., 0]
        np.testing.assert_allclose(side * np.linalg.norm(weights, axis=1)[:, None], logits, rtol=1e-3, atol=1e-3)
    else:
        side = np.einsum("tnd,td->tn", space.points, weights) + bias[:, None]
    assert np.array_equal(side[clear] > 0, logits[clear] > 0)
    assert space.grid.shape[0] == space.points.shape[0] == len(nets.epochs)
    assert len(space.axes) == (3 if hidden == 3 else 2)


# Charts


def test_the_hero_holds_surfaces_borders_and_rings() -> None:
    result = run(Params(hidden=2, seeds=2))
    drawn = view(result)
    hero = drawn.charts[0]
    assert drawn.steps is not None
    assert drawn.steps[0] == 0
    assert drawn.steps[-1] == 100
    for panel in (0, 1):
        frames = hero.frames[f"data.{panel}.z"]
        np.testing.assert_allclose(frames[-1] / WHOLE, result.surfaces[panel][-1], atol=1e-4)
        wrong = wrong_points(result, panel)
        share = np.isnan(wrong).mean(axis=1)
        nets = (result.line, result.network)[panel]
        np.testing.assert_allclose(share, nets.training_accuracy[:, 0], atol=1e-6)
        assert f"{100 * share[-1]:.0f} % right" in hero.frames[f"layout.annotations.{panel}.text"][-1]
    centre = len(result.ticks) // 2
    _, bias = result.line.layers(0)[0]
    assert result.surfaces[0][-1, centre, centre] == pytest.approx(1 / (1 + np.exp(-bias[-1, 0])), abs=1e-5)


def test_lines_of_the_units_are_where_their_sums_are_zero() -> None:
    result = run(Params(hidden=5, **QUICK))
    x, y = unit_lines(result)
    weights, bias = result.network.layers(0)[0]
    for unit in range(5):
        ends = np.stack([x[-1, 3 * unit : 3 * unit + 2], y[-1, 3 * unit : 3 * unit + 2]], axis=-1)
        np.testing.assert_allclose(ends @ weights[-1, unit] + bias[-1, unit], 0, atol=1e-4)
    plain = view(run(Params(hidden=5, lines=False, **QUICK))).charts[0]
    assert len(plain.figure["data"]) == 6


@pytest.mark.parametrize("hidden", [0, 1, 2, 3, 7])
def test_every_chart_can_be_drawn_at_every_width(hidden: int) -> None:
    drawn = view(run(Params(hidden=hidden, **QUICK)))
    assert [chart.name for chart in drawn.charts] == ["surfaces", "space", "success", "seeds", "training"]
    for chart in drawn.charts:
        assert chart.to_figure("dark").data
        assert any(letter.isdigit() for letter in chart.alt)


def test_success_is_counted_over_seeds_and_can_be_clicked() -> None:
    result = run(Params(seeds=4, epochs=60, hidden=5))
    chart = view(result).chart("success")
    trace = chart.figure["data"][0]
    assert trace["x"].tolist() == sorted({*SIZES, 5})
    expected = [100 * np.mean(result.accuracies[size] >= 0.95) for size in trace["x"].tolist()]
    np.testing.assert_allclose(trace["y"], expected)
    assert chart.click == {"hidden": "x"}


def test_a_click_on_a_seed_draws_its_network() -> None:
    chart = view(run(Params(seeds=3, epochs=20))).chart("seeds")
    assert chart.click == {"shown": "customdata"}
    assert all(trace["customdata"] == [0, 1, 2] for trace in chart.figure["data"])
    first, second = (run(Params(seeds=3, epochs=20, shown=shown)) for shown in (0, 2))
    assert not np.array_equal(first.points, second.points)
    np.testing.assert_array_equal(first.network.final, second.network.final)
    assert run(Params(seeds=3, epochs=20, shown=31)).params.place == 2


# Settings


@pytest.mark.parametrize("end", ["minimum", "maximum"])
@pytest.mark.parametrize("control", [one for one in controls(Params) if one.kind == "range"], ids=lambda one: one.name)
def test_both_ends_of_every_slider_give_a_picture(control: Any, end: str) -> None:
    extreme = getattr(control, end)
    quick = QUICK | {control.name: int(extreme) if control.whole else extreme}
    shown = view(run(Params(**quick).but(sketch=control.name == "epochs")))
    assert shown.sentence
    assert all(chart.to_figure().data for chart in shown.charts)


def test_a_preview_is_the_same_network_seen_coarsely() -> None:
    params = Params(epochs=50, seeds=3, shown=1, hidden=3)
    quick, full = run(params.preview()), run(params)
    np.testing.assert_array_equal(quick.network.final[0], full.network.final[1])
    np.testing.assert_array_equal(quick.points, full.points)
    steady = run(Params(seeds=3, shown=1).preview())
    assert steady.network.final.shape[0] == 3
    assert view(quick).charts[0].name == view(full).charts[0].name


def test_a_run_can_be_given_up_and_shows_what_it_has() -> None:
    seen: list[Any] = []

    def report(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the protocol's words
        seen.append(partial)
        if fraction > 0.6:
            raise Superseded

    with pytest.raises(Superseded):
        run(Params(seeds=3, epochs=30, noise=0.14), report)
    first = next(partial for partial in seen if partial is not None)
    assert set(first.accuracies) == {0, 4}
    assert view(first).charts


# Words


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_what_breaks_is_diagnosed(preset: Preset) -> None:
    assert preset.cause in {finding.cause for finding in view(run(Params(**preset.values))).findings}


def test_the_defaults_are_whole() -> None:
    assert view(run(Params())).findings == ()


def test_a_linear_network_is_told_to_be_a_line() -> None:
    found = view(run(Params(activation="linear", hidden=8, **QUICK))).findings
    text = next(finding.text for finding in found if finding.cause == "collapse")
    assert "x₁" in text
    assert float(text.rstrip(".").split()[-1]) < 1e-6


@pytest.mark.parametrize("prediction", lesson.predictions, ids=lambda one: one.question[:20])
@pytest.mark.parametrize("start", [Params(), Params(data="spiral", noise=0.6, epochs=10, rate=1.0, seeds=1, solved=80)])
def test_predictions_are_the_same_from_any_settings(prediction: Prediction, start: Params) -> None:
    answer = prediction.answer(run(prediction.setting(start)))
    assert answer == prediction.answer(run(prediction.setting(Params())))
    assert any(letter.isdigit() for letter in answer.because)


def test_xor_with_two_units_is_solved_by_some_seeds_only() -> None:
    result = run(lesson.predictions[0].setting(Params()))
    solved = int(np.sum(result.network.accuracy[-1] >= 0.95))
    assert 0 < solved < 32
    assert f"{solved} of 32" in lesson.predictions[0].answer(result).because


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_give_a_verdict_with_few_seeds(claim: Any) -> None:
    verdict = claim.test(range(2), silent)
    assert verdict.reason
    assert verdict.word in ("supported", "contradicted", "it depends")


def test_the_claim_on_lines_would_see_a_counterexample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "SOLVED", 0.4)
    assert claims.no_line_solves(range(4), silent).word == "contradicted"


def test_seeds_for_shares_are_all_different() -> None:
    assert len(set(claims.several(range(16)))) == 16 * claims.MANY


# The script


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hidden": 0, "epochs": 20},
        {"hidden": 3, "activation": "relu", "data": "moons", "epochs": 20, "seed": 5},
        {"hidden": 6, "activation": "sigmoid", "data": "circle", "noise": 0.2, "rate": 0.1, "epochs": 30},
        {"hidden": 5, "initialization": "constant", "data": "squares", "epochs": 20},
        {"data": "points", "points": OWN, "epochs": 20, "noise": 0.3, "seed": 2},
    ],
)
def test_the_script_prints_the_runs_numbers(changes: dict[str, Any], tmp_path: Path) -> None:
    params = Params(**changes)
    file = tmp_path / "run.py"
    file.write_text(as_python(cells(RECIPES, params.model_dump(), "")), encoding="utf-8")
    printed = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True, check=True).stdout
    numbers = {name: float(value) for name, value in (line.split(" = ") for line in printed.splitlines())}
    result = run(params)
    assert list(numbers) == [measure.name for measure in lesson.measures]
    for measure in lesson.measures:
        assert numbers[measure.name] == pytest.approx(np.atleast_1d(measure.of(result))[0], rel=1e-6)
