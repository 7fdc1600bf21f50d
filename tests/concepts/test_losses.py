"""Loss functions: closed forms, lines and outliers, masks, letters, nets, what the page shows and says, its script."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from nnviz.concepts.losses import Params, claims, functions, lesson, letters, line, look, mask, model, nets, run, view
from nnviz.concepts.losses.functions import LABELS, along
from nnviz.concepts.losses.recipe import recipe
from nnviz.concepts.losses.samples import class_points, curve_points
from nnviz.concepts.losses.wrong import durations, steps_until, unit_descent
from nnviz.core.claims import Claim
from nnviz.core.lesson import Preset
from nnviz.core.notation import significant
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent
from nnviz.core.script import as_python, cells

QUICK: dict[str, Any] = {"seeds": 2}


# Losses


@pytest.mark.parametrize(
    ("name", "z", "target", "value", "slope"),
    [
        ("mse", 3.0, 1.0, 4.0, 4.0),
        ("mae", 3.0, 1.0, 2.0, 1.0),
        ("mae", 1.0, 1.0, 0.0, 0.0),
        ("huber", 3.0, 1.0, 1.5, 1.0),
        ("huber", 1.5, 1.0, 0.125, 0.5),
        ("bce", 0.0, 1.0, np.log(2), -0.5),
        ("sigmoid_mse", 0.0, 1.0, 0.25, -0.25),
        ("hinge", -2.0, 1.0, 3.0, -1.0),
        ("hinge", 2.0, 1.0, 0.0, 0.0),
        ("hinge", 2.0, -1.0, 3.0, 1.0),
        ("focal", 0.0, 1.0, np.log(2) / 4, -0.25 * (0.5 + np.log(2))),
        ("dice", 0.0, 1.0, 1 - 2 * 0.5 / 1.5, -(2 / 1.5 - 1 / 1.5**2) * 0.25),
        ("perplexity", 0.0, 1.0, 2.0, -1.0),
        ("categorical", 0.0, -1.0, np.log(2), 0.5),
        ("sparse", 0.0, -1.0, np.log(2), 0.5),
        ("kl", 0.0, 1.0, np.log(2), -0.5),
    ],
)
def test_losses_in_closed_form(name: Any, z: float, target: float, value: float, slope: float) -> None:
    found, gradient = along(name, np.float64(z), target, 1.0, 2.0, 0.0)
    assert float(found) == pytest.approx(value, rel=1e-9, abs=1e-12)
    assert float(gradient) == pytest.approx(slope, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("target", [1.0, -1.0])
def test_logits_of_a_thousand_stay_finite(name: Any, target: float) -> None:
    z = np.array([-1000.0, -100.0, 0.0, 100.0, 1000.0])
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        values, slopes = along(name, z, target, 1.0, 2.0, 0.1)
    assert np.isfinite(values).all()
    assert np.isfinite(slopes).all()


def test_smoothing_moves_the_least_kl_away_from_certainty() -> None:
    z = np.linspace(-8, 8, 1601)
    values, slopes = along("kl", z, 1.0, 1.0, 2.0, 0.2)
    best = z[values.argmin()]
    assert best == pytest.approx(np.log(0.9 / 0.1), abs=0.01)
    assert values.min() == pytest.approx(0, abs=1e-5)
    assert np.interp(best, z, slopes) == pytest.approx(0, abs=1e-2)


def test_cross_entropy_cancels_the_slope_that_mse_keeps() -> None:
    z = np.linspace(-8, 0, 50)
    bce, kept = functions.binary_cross_entropy(z, 1.0)[1], functions.sigmoid_mse(z, 1.0)[1]
    s = functions.sigmoid(z)
    np.testing.assert_allclose(kept / bce, 2 * s * (1 - s), rtol=1e-12)


def test_focal_without_gamma_is_cross_entropy() -> None:
    z = np.linspace(-30, 30, 101)
    for ours, theirs in zip(functions.focal(z, 1.0, 0.0), functions.binary_cross_entropy(z, 1.0), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_an_empty_mask_gives_dice_no_gradient() -> None:
    value, slope = functions.dice(np.linspace(-5, 5, 9), np.zeros(9))
    assert value == pytest.approx(1)
    assert not slope.any()


# Lines


def test_lines_through_points_on_a_line_are_that_line() -> None:
    x = np.linspace(-2, 3, 7)
    np.testing.assert_allclose(line.fit(x, 2 * x - 1, 1.0), np.broadcast_to([2, -1], (3, 2)), atol=1e-9)


def test_a_wide_huber_is_mse_and_a_narrow_one_nearly_mae() -> None:
    x, y = line.with_outlier(*line.clean_points(), 4.0, 18.0)
    np.testing.assert_allclose(line.least_huber(x, y, 100.0), line.least_squares(x, y), atol=1e-9)
    cost = [np.abs(y - a * x - b).sum() for a, b in (line.least_huber(x, y, 0.02), line.least_absolute(x, y))]
    assert cost[0] == pytest.approx(cost[1], rel=0.01)


def test_no_line_nearby_is_better() -> None:
    x, y = line.with_outlier(*line.clean_points(), 3.0, -15.0)
    costs = [lambda r: (r**2).sum(), lambda r: np.abs(r).sum(), lambda r: functions.huber(r, 0.0, 1.3)[0].sum()]
    for (slope, intercept), cost in zip(line.fit(x, y, 1.3), costs, strict=True):
        least = cost(y - slope * x - intercept)
        for dx, dy in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01), (0.01, -0.02)):
            assert cost(y - (slope + dx) * x - intercept - dy) >= least - 1e-9


def test_the_sweep_holds_the_line_on_screen() -> None:
    result = run(Params(outlier=7.0, **QUICK))
    column = int(np.flatnonzero(line.LEVELS == 7.0)[0])
    np.testing.assert_allclose(result.lines.sweep[:, column], result.lines.fits, atol=1e-7)


def test_a_lever_far_out_moves_the_line_of_mae_only_beyond_the_others_sum() -> None:
    x, y = line.clean_points()
    inside, outside = 0.6 * np.abs(x).sum(), 1.4 * np.abs(x).sum()
    near, far = (line.least_absolute(*line.with_outlier(x, y, across, -20.0))[0] for across in (inside, outside))
    assert near == pytest.approx(line.SLOPE, abs=0.3)
    assert far == pytest.approx(-20 / outside, abs=0.2)


# The unit that is wrong


def test_the_unit_moves_by_its_gradient() -> None:
    path = unit_descent(-4.0, 1.0, 0.5)
    for row, loss in enumerate((functions.binary_cross_entropy, functions.sigmoid_mse)):
        steps = np.diff(path[row])
        np.testing.assert_allclose(steps, -loss(path[row, :-1], 1.0)[1], rtol=1e-9)  # 2 · rate = 1
    fast, slow = steps_until(path, 1.0)
    assert fast is not None
    assert slow is not None
    assert fast < slow


def test_a_unit_that_never_learns_is_told_so() -> None:
    assert steps_until(unit_descent(-8.0, 1.0, 0.1), 1.0)[1] is None
    assert "more than 120 steps" in view(run(Params(picture="wrong", prediction=-8.0, rate=0.1, **QUICK))).sentence


# Masks


def test_pictures_have_masks_of_that_many_pixels() -> None:
    images, truths = mask.pictures(3, 11)
    assert images.shape == truths.shape == (7, 16, 16)
    np.testing.assert_array_equal(truths.sum(axis=(1, 2)), 11)


def test_patches_hold_the_neighbours() -> None:
    images = np.arange(7 * 256, dtype=np.float64).reshape(7, 16, 16)
    row, column = 5, 9
    patch = mask.patches(images)[2, 16 * row + column]
    np.testing.assert_array_equal(patch[:9].reshape(3, 3), images[2, row - 1 : row + 2, column - 1 : column + 2])
    assert patch[9] == 1


def test_dice_finds_more_of_a_small_mask_and_raises_more_false_alarms() -> None:
    seeds = tuple(range(8))
    entropy, overlap = (mask.masks(name, 6, seeds) for name in mask.MASK_LOSSES)
    assert overlap.found.mean() > entropy.found.mean()
    assert overlap.right.mean() < entropy.right.mean()


# Letters


def test_letters_are_read_and_others_are_spaces() -> None:
    assert [letters.ALPHABET[index] for index in letters.numbers("A  b-c!")] == ["a", " ", "b", " ", "c"]


def test_the_model_learns_the_shares_it_has_counted() -> None:
    learned = np.exp(letters.train_letters(0.0))
    counts = letters.pair_counts()
    for index in np.argsort(-counts.sum(axis=1))[:8]:
        np.testing.assert_allclose(learned[index], counts[index] / counts[index].sum(), atol=0.03)
    np.testing.assert_allclose(learned.sum(axis=1), 1)


def test_blind_guessing_has_perplexity_27() -> None:
    surprise = letters.surprises(np.full((27, 27), -np.log(27)), "any words")
    np.testing.assert_allclose(letters.perplexity(surprise), 27)


def test_perplexity_is_e_to_the_mean_cross_entropy() -> None:
    result = run(Params(sentence="hello there", **QUICK))
    assert result.perplexity[-1] == pytest.approx(np.exp(result.surprise.mean()))
    assert len(result.surprise) == len("hello there")


@pytest.mark.parametrize("text", ["", "x", "?!", "a" * 41])
def test_a_sentence_must_have_letters(text: str) -> None:
    with pytest.raises(ValidationError):
        Params(sentence=text)


# Nets


def test_samples_have_the_wrong_labels_they_say() -> None:
    clean, noisy = class_points(5, 0.0), class_points(5, 0.3)
    np.testing.assert_array_equal(clean[0], noisy[0])
    assert (clean[1] != noisy[1]).mean() == pytest.approx(0.3)
    x, y = curve_points(5)
    assert np.sum(y - np.sin(np.pi * x) > 1.5) == 9


def test_categorical_and_sparse_train_the_same_nets() -> None:
    first, second = (nets.classifiers(name, 0.2, 0.0, 0.1, (0, 1)) for name in ("categorical", "sparse"))
    np.testing.assert_array_equal(first.accuracy, second.accuracy)


def test_smoothed_kl_trains_as_cross_entropy_does() -> None:
    first, second = (nets.classifiers(name, 0.2, 0.0, 0.1, (0, 1)) for name in ("categorical", "kl"))
    np.testing.assert_array_equal(first.accuracy, second.accuracy)


@pytest.mark.parametrize("name", nets.CLASS_LOSSES)
def test_every_loss_teaches_three_classes(name: str) -> None:
    found = nets.classifiers(name, 0.0, 2.0, 0.0, (0, 1, 2))
    assert found.accuracy.shape == (len(nets.AT), 3)
    assert np.all(found.accuracy[-1] > 0.85)


def test_mae_finds_the_wave_that_mse_misses() -> None:
    errors = {name: np.median(nets.curves(name, 1.0, (0, 1, 2, 3)).error) for name in nets.CURVE_LOSSES}
    assert errors["mae"] < errors["huber"] < errors["mse"]


# The page


def test_a_moving_hand_never_trains() -> None:
    run(Params(**QUICK))
    misses = nets.classifiers.cache_info().misses, mask.masks.cache_info().misses
    for change in (
        {"prediction": 2.0},
        {"outlier": -9.0},
        {"scores": (1.0, 0.0, 3.0)},
        {"target": -2.0},
        {"rate": 2.0},
    ):
        view(run(Params(**QUICK, **change).preview()))
    assert misses == (nets.classifiers.cache_info().misses, mask.masks.cache_info().misses)


def test_preview_trains_eight_seeds_at_most() -> None:
    assert Params(seeds=32).preview().seeds == 8
    assert Params(seeds=3).preview() == Params(seeds=3)


@pytest.mark.parametrize("picture", model.PICTURES)
def test_the_chosen_picture_comes_first_and_is_told(picture: Any) -> None:
    shown = view(run(Params(picture=picture, **QUICK)))
    assert shown.charts[0].name == picture
    assert len(shown.charts) == 7
    assert any(letter.isdigit() for letter in shown.sentence)
    for chart in shown.charts:
        assert len(chart.figure["data"]) <= 12
        chart.to_figure("dark")


@pytest.mark.parametrize("end", ["minimum", "maximum"])
@pytest.mark.parametrize(
    "control", [one for one in controls(Params) if one.kind in ("range", "vector")], ids=lambda one: one.name
)
def test_both_ends_of_every_slider_give_a_picture(control: Any, end: str) -> None:
    extreme = getattr(control, end)
    value = (extreme,) * control.length if control.kind == "vector" else int(extreme) if control.whole else extreme
    result = run(Params(**(QUICK | {control.name: value})))
    assert np.isfinite(result.lines.fits).all()
    assert np.isfinite(result.descents).all()
    assert len(view(result).charts) == 7


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("target", [1.0, -3.0])
def test_every_pair_can_be_compared(name: Any, target: float) -> None:
    shown = view(run(Params(first=name, second="bce", target=target, **QUICK)))
    assert look.label(name) in shown.sentence
    assert np.isfinite(shown.charts[0].figure["data"][0]["y"]).all()


def test_the_hero_holds_losses_and_gradients() -> None:
    result = run(Params(first="huber", second="mae", target=2.0, delta=1.5, prediction=5.0, **QUICK))
    data = view(result).charts[0].figure["data"]
    np.testing.assert_allclose(data[1]["y"], np.clip(model.AXIS - 2, -1.5, 1.5))
    np.testing.assert_allclose(data[3]["y"], np.sign(model.AXIS - 2))
    assert data[4]["y"] == pytest.approx([1.5 * (3 - 0.75), 3.0])
    assert data[5]["y"] == pytest.approx([1.5, 1.0])


def test_axes_stay_while_the_hand_moves() -> None:
    layouts = [
        view(run(Params(prediction=z, target=t, **QUICK))).charts[0].figure["layout"] for z, t in ((-8, 1), (8, -8))
    ]
    for name in ("xaxis", "yaxis", "xaxis2", "yaxis2"):
        assert layouts[0][name]["range"] == layouts[1][name]["range"]


def test_the_outlier_is_dragged_in_the_left_panel() -> None:
    chart = view(run(Params(**QUICK))).chart("line")
    assert chart.click == {"outlier_x": "x", "outlier": "y"}
    assert chart.drag == "xy"
    assert all("xaxis" not in trace for trace in chart.figure["data"][:5])


def test_a_click_on_the_simplex_gives_its_scores() -> None:
    chart = view(run(Params(**QUICK))).chart("simplex")
    dots = next(trace for trace in chart.figure["data"] if "customdata" in trace)
    for text, x, y in zip(dots["customdata"], dots["x"], dots["y"], strict=True):
        taken, ignored = Params.from_query({"scores": text})
        assert not ignored
        shares = np.exp(functions.log_softmax(np.array(taken.scores)))
        assert np.hypot(*(shares @ [[0.5, np.sqrt(0.75)], [0, 0], [1, 0]] - (x, y))) < 0.02


def test_a_run_that_nobody_waits_for_stops() -> None:
    def gone(fraction: float, what: str = "", partial: Any = None) -> None:
        raise Superseded(fraction, what, partial)

    with pytest.raises(Superseded):
        run(Params(), gone)


def test_the_defaults_are_whole() -> None:
    assert view(run(Params())).findings == ()


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_what_breaks_is_diagnosed(preset: Preset) -> None:
    assert preset.cause in {finding.cause for finding in view(run(Params(**preset.values))).findings}


@pytest.mark.parametrize(
    "start", [Params(), Params(picture="nets", target=-3.0, smoothing=0.4, gamma=0.0, delta=8.0, seeds=1)]
)
def test_predictions_are_computed(start: Params) -> None:
    rights = [question.choices[question.answer(run(question.setting(start))).choice] for question in lesson.predictions]
    assert rights == ["MSE", "Cross-entropy", "Neither", "No, its line follows"]


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_give_a_verdict_with_few_seeds(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "RATES", (0.2,))
    monkeypatch.setattr(claims, "TUNING_SEEDS", 2)
    monkeypatch.setattr(claims, "LEARNING_STEPS", 300)
    assert claim.test(range(2), silent).reason


def test_claims_would_see_counterexamples(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = functions.sparse
    monkeypatch.setattr(claims.functions, "sparse", lambda z, classes, _: plain(z, classes, 0.0))
    assert claims.one_number(range(1), silent).word == "contradicted"
    monkeypatch.setattr(claims.functions, "mae", functions.mse)
    assert claims.mean_and_median(range(2), silent).word == "contradicted"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"first": "focal", "gamma": 1.5, "prediction": 2.0, "target": -1.0, "flips": 0.4, "smoothing": 0.1},
        {"first": "huber", "delta": 0.7, "outlier": -20.0, "outlier_x": 30.0, "sentence": "rain in spring"},
        {"first": "kl", "smoothing": 0.2, "prediction": 3.0},
    ],
    ids=["defaults", "focal", "huber", "kl"],
)
def test_the_script_prints_the_numbers_on_screen(changes: dict[str, Any], tmp_path: Path) -> None:
    params = Params(**changes)
    script = tmp_path / "script.py"
    script.write_text(as_python(cells(recipe, params.model_dump(), "")), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", script], capture_output=True, text=True, check=True)
    printed = dict(line_.split(" = ") for line_ in done.stdout.splitlines())
    result = run(params)
    assert set(printed) == {measure.name for measure in lesson.measures}
    for measure in lesson.measures:
        assert float(printed[measure.name]) == pytest.approx(float(np.ravel(measure.of(result))[0]), rel=1e-6)


def test_numbers_are_written_as_people_write_them() -> None:
    assert significant(4987.3) == "4990"
    assert significant(-81.0) == "−81"
    assert significant(0.00012) == "1.2·10⁻⁴"


def test_one_step_is_one_step() -> None:
    assert durations(np.array([[0.0, 5.0], [0.0, 0.1]]), 1.0) == ["1 step", "more than 120 steps"]
    seeds = Params(seeds=1)
    assert "one seed" in view(run(seeds.but(picture="mask"))).sentence
    assert "(" not in view(run(seeds.but(picture="nets"))).sentence.replace("(Brier)", "")


def test_a_unit_that_is_right_is_not_called_wrong() -> None:
    def title(**changes: float) -> str:
        return view(run(Params(picture="wrong", **changes))).chart("wrong").title

    assert "who feels" in title(prediction=-4.0)
    assert "nothing is wrong" in title(prediction=4.0)


def test_a_saturated_sigmoid_is_told_only_where_one_is_looked_at() -> None:
    there = Params(prediction=-8.0)
    assert view(run(there)).findings
    assert not view(run(there.but(first="mae", second="huber"))).findings
    assert not view(run(there.but(picture="line"))).findings


@pytest.mark.parametrize(("across", "up"), [(4.0, 16.0), (-3.0, -15.0), (-40.0, 20.0), (40.0, -20.0)])
def test_the_legend_of_the_lines_keeps_away_from_the_outlier(across: float, up: float) -> None:
    notes = (
        view(run(Params(picture="line", outlier=up, outlier_x=across))).chart("line").figure["layout"]["annotations"]
    )
    assert all((note["y"] < 0.5) == (up >= 0) for note in notes)
    assert len({note["x"] for note in notes}) == 1


def test_nothing_leaves_the_axes_at_the_extremes() -> None:
    bars = view(run(Params(scores=(-8.0, 8.0, 8.0)))).chart("simplex").figure["data"][-1]
    assert max(bars["x"]) <= 8
    assert any("16.7" in text for text in bars["text"])
    text = view(run(Params(sentence="zq xj"))).chart("text").figure
    for trace, axis in zip(text["data"], ("yaxis", "yaxis2"), strict=True):
        assert np.max(trace["y"]) <= text["layout"][axis]["range"][1]
