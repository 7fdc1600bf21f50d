"""Activation functions: closed forms, the tower, the trained nets, what the page shows and says."""

import warnings
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from nnviz.concepts.activations import Params, claims, lesson, look, model, run, view
from nnviz.concepts.activations import nets as trained
from nnviz.concepts.activations.functions import ACTIVATIONS, NAMES, Name, softmax, softmax_jacobian
from nnviz.concepts.activations.model import INPUTS
from nnviz.concepts.activations.simplex import CORNERS, place
from nnviz.concepts.activations.tower import BINS, EDGES, backward, draws, forward, passage
from nnviz.core.claims import Claim
from nnviz.core.lesson import Prediction, Preset
from nnviz.core.notation import significant
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent

KNOBS: dict[str, float] = {"leak": 0.1, "alpha": 1.3, "beta": 1.7}
QUICK: dict[str, Any] = {"seeds": 2, "epochs": 10}


def knob(name: Name) -> float:
    return KNOBS.get(ACTIVATIONS[name].knob, 0.0)


every_function = pytest.mark.parametrize("name", NAMES)


# Functions and slopes


@every_function
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_nothing_overflows_and_the_type_stays(name: Name, kind: type) -> None:
    z = np.linspace(-1000, 1000, 4001, dtype=kind)
    with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        value, slope = ACTIVATIONS[name].value(z, knob(name)), ACTIVATIONS[name].slope(z, knob(name))
    assert value.dtype == slope.dtype == kind
    assert np.isfinite(value).all()
    assert np.isfinite(slope).all()


@every_function
def test_the_slope_is_the_derivative(name: Name) -> None:
    z = np.linspace(-12, 12, 480) + 0.0123  # no point within h of the corner at 0
    h = 1e-5
    activation = ACTIVATIONS[name]
    difference = (activation.value(z + h, knob(name)) - activation.value(z - h, knob(name))) / (2 * h)
    np.testing.assert_allclose(activation.slope(z, knob(name)), difference, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "at_zero", "slope_at_zero"),
    [
        ("step", 0, 0),
        ("sigmoid", 0.5, 0.25),
        ("tanh", 0, 1),
        ("relu", 0, 0),
        ("leaky_relu", 0, 0.1),
        ("elu", 0, 1.3),
        ("gelu", 0, 0.5),
        ("swish", 0, 0.5),
        ("softplus", np.log(2), 0.5),
    ],
)
def test_values_at_zero(name: Name, at_zero: float, slope_at_zero: float) -> None:
    zero = np.zeros(1)
    assert ACTIVATIONS[name].value(zero, knob(name))[0] == pytest.approx(at_zero, abs=1e-15)
    assert ACTIVATIONS[name].slope(zero, knob(name))[0] == pytest.approx(slope_at_zero, abs=1e-15)


def test_tails_keep_their_digits() -> None:
    far = np.array([-40.0, -15.0, 15.0, 40.0])
    np.testing.assert_allclose(ACTIVATIONS["sigmoid"].slope(far, 0), np.exp(-np.abs(far)), rtol=1e-6)
    np.testing.assert_allclose(ACTIVATIONS["tanh"].slope(far, 0), 4 * np.exp(-2 * np.abs(far)), rtol=1e-12)
    np.testing.assert_allclose(ACTIVATIONS["softplus"].value(far[:2], 0), np.exp(far[:2]), rtol=1e-6)


def test_families_meet_at_their_limits() -> None:
    z = np.linspace(-8, 8, 101)
    values = {name: ACTIVATIONS[name].value for name in NAMES}
    np.testing.assert_array_equal(values["leaky_relu"](z, 0.0), values["relu"](z, 0.0))
    np.testing.assert_allclose(values["swish"](z, 1e-9), z / 2, atol=1e-7)
    np.testing.assert_allclose(values["swish"](z, 500.0), values["relu"](z, 0.0), atol=1e-3)
    np.testing.assert_allclose(values["tanh"](z, 0), 2 * values["sigmoid"](2 * z, 0) - 1, atol=1e-15)
    np.testing.assert_allclose(ACTIVATIONS["softplus"].slope(z, 0), values["sigmoid"](z, 0), atol=1e-15)


# Softmax


def test_softmax_of_two_classes_is_the_sigmoid() -> None:
    p = softmax((3.0, 1.0), temperature=2.0)
    assert p[0] == pytest.approx(1 / (1 + np.exp(-1.0)), abs=1e-15)
    assert p.sum() == pytest.approx(1, abs=1e-15)


def test_softmax_forgets_a_shift_and_survives_large_logits() -> None:
    logits = np.array([2.0, 1.0, -0.5])
    np.testing.assert_allclose(softmax(logits + 1000), softmax(logits), rtol=1e-12)
    np.testing.assert_allclose(softmax((1000.0, 0.0, -1000.0), 0.05), [1, 0, 0])


def test_temperature_leads_from_a_corner_to_the_centre() -> None:
    way = run(Params(functions=())).path
    np.testing.assert_allclose(way[0], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(way[-1], np.full(3, 1 / 3), atol=0.02)
    assert np.all(np.diff(way.max(axis=1)) <= 1e-12)


def test_softmax_jacobian_in_closed_form() -> None:
    jacobian = softmax_jacobian((0.0, 0.0, 0.0), temperature=2.0)
    np.testing.assert_allclose(jacobian, (np.eye(3) / 3 - 1 / 9) / 2, atol=1e-15)
    np.testing.assert_allclose(softmax_jacobian((2.0, -1.0, 0.3), 0.7).sum(axis=0), 0, atol=1e-15)


def test_corners_and_centre_of_the_simplex() -> None:
    np.testing.assert_array_equal(place(np.eye(3)), CORNERS)
    sides = CORNERS - np.roll(CORNERS, 1, axis=0)
    np.testing.assert_allclose(np.hypot(*sides.T), 1)
    np.testing.assert_allclose(place(np.full(3, 1 / 3)), [0.5, np.sqrt(3) / 6])


# The tower


@every_function
def test_every_activation_is_in_a_bin(name: Name) -> None:
    through = passage(name, knob(name), 1.0, 0.0, 6)
    assert through.counts.shape == (BINS, 6)
    np.testing.assert_allclose(through.counts.sum(axis=0), 1, rtol=1e-5)


def test_histogram_counts_what_the_tower_holds() -> None:
    inputs, standard, _ = draws(0, 3)
    weights = standard * np.float32(1 / np.sqrt(standard.shape[1]))
    _, outputs = forward("tanh", 0.0, inputs, weights, 0.0)
    through = passage("tanh", 0.0, 1.0, 0.0, 3)
    for layer, hidden in enumerate(outputs):
        expected = np.histogram(hidden.astype(np.float64), EDGES)[0] / hidden.size
        np.testing.assert_allclose(through.counts[:, layer], expected, atol=2 / hidden.size)
        assert through.deviation[layer] == pytest.approx(hidden.std(dtype=np.float64), rel=1e-6)


def test_a_linear_tower_multiplies_the_gradient_by_its_matrices() -> None:
    _, weights, top = draws(1, 4)
    slopes = [np.ones_like(top)] * 4
    expected = top @ weights[3] @ weights[2] @ weights[1]
    np.testing.assert_allclose(backward(slopes, weights, top)[0], expected, rtol=1e-4, atol=1e-2)


def test_relu_keeps_its_gradient_under_he_and_halves_its_square_under_xavier() -> None:
    seeds = range(40)
    ratios = {
        gain: [passage("relu", 0.0, gain, 0.0, 11, seed).gradient[[0, -1]] for seed in seeds]
        for gain in (1.0, float(np.sqrt(2)))
    }
    means = {gain: np.mean([2 * np.log2(first / last) for first, last in pairs]) for gain, pairs in ratios.items()}
    assert means[1.0] == pytest.approx(-10, abs=0.6)  # ten factors of ½ in the mean square
    assert means[float(np.sqrt(2))] == pytest.approx(0, abs=0.6)


def test_a_sigmoid_layer_passes_at_most_a_quarter() -> None:
    inputs, standard, top = draws(2, 8)
    weights = standard * np.float32(1 / np.sqrt(standard.shape[1]))
    sums, _ = forward("sigmoid", 0.0, inputs, weights, 0.0)
    slopes = [ACTIVATIONS["sigmoid"].slope(z, 0.0) for z in sums]
    errors = backward(slopes, weights, top)
    norms = [float(np.linalg.norm(error)) for error in errors]
    largest = max(np.linalg.norm(matrix, 2) for matrix in weights)
    assert all(below <= 0.25 * largest * above * 1.001 for below, above in pairwise(norms))


def test_bias_minus_ten_silences_a_relu_tower() -> None:
    through = passage("relu", 0.0, 1.0, -10.0, 5)
    assert np.all(through.gradient == 0)
    assert np.all(through.deviation == 0)
    assert np.all(passage("leaky_relu", 0.1, 1.0, -10.0, 5).gradient > 0)


# The trained nets

SMALL = trained.Training(seeds=(0, 1), epochs=10)


@every_function
def test_nets_have_the_shapes_they_say(name: Name) -> None:
    nets = trained.train(name, knob(name), SMALL)
    snapshots = len(nets.epochs)
    assert nets.loss.shape == nets.accuracy.shape == (snapshots, 2)
    assert nets.dead.shape == (2, 2)
    assert nets.gradient.shape == (2, 3)
    assert nets.outputs.shape == nets.slopes.shape == (100, 16)
    assert nets.surface.shape == (trained.SIDE, trained.SIDE)
    assert len(nets.points) == len(nets.classes) == 100
    assert np.isfinite(nets.loss).all()
    assert ((nets.surface >= 0) & (nets.surface <= 1)).all()


def test_a_step_net_learns_with_its_output_layer_only() -> None:
    nets = trained.train("step", 0.0, trained.Training(seeds=(0, 1, 2), epochs=40))
    assert np.all(nets.gradient[:, :-1] == 0)
    assert np.all(nets.gradient[:, -1] > 0)
    assert np.all(nets.dead == 1)
    assert np.all(nets.loss[-1] < nets.loss[0])


def test_bias_minus_ten_kills_every_relu_and_no_leaky_relu() -> None:
    setting = replace(SMALL, bias=-10.0)
    assert np.all(trained.train("relu", 0.0, setting).dead == 1)
    assert np.all(trained.train("leaky_relu", 0.01, setting).dead == 0)


def test_dead_means_flat_at_every_point() -> None:
    slopes = np.array([[0.0, 0.0, 1.0, 0.009], [0.0, 1.0, 1.0, -0.009]])
    assert trained.dead_share(slopes) == pytest.approx(0.5)


def test_seeds_have_points_of_their_own_and_functions_share_them() -> None:
    inputs, classes = trained.examples("moons", 0.1, (0, 1))
    assert inputs.shape == (2, 200, 2)
    assert not np.array_equal(inputs[0], inputs[1])
    assert set(np.unique(classes)) == {0, 1}
    tanh, relu = (trained.train(name, 0.0, SMALL) for name in ("tanh", "relu"))
    np.testing.assert_array_equal(tanh.points, relu.points)


OWN = "1,1,0;-1,-1,0;1,-1,1;-1,1,1"


def test_own_points_are_all_learned_from_and_tested_by_copies_near_them() -> None:
    inputs, classes = trained.examples("points", 0.1, (0, 1), OWN)
    assert inputs.shape == (2, 8, 2)
    np.testing.assert_array_equal(inputs[0, :4], [[1, 1], [-1, -1], [1, -1], [-1, 1]])
    np.testing.assert_array_equal(inputs[0, :4], inputs[1, :4])
    np.testing.assert_array_equal(classes[:, :4], classes[:, 4:])
    assert 0 < np.abs(inputs[:, 4:] - inputs[:, :4]).max() < 0.5
    assert not np.array_equal(inputs[0, 4:], inputs[1, 4:])


@pytest.mark.parametrize("points", ["", "0,0,1", "1,1,0;1,1,1", OWN, ";".join(["2.5,-2.5,5"] * 400)])
@every_function
def test_any_own_points_train(points: str, name: Name) -> None:
    result = run(Params(data="points", points=points, picture="surfaces", functions=(name,), **QUICK))
    shown = view(result)
    assert np.isfinite(result.nets[name].loss).all()
    assert ("stand in" in shown.sentence) == (points.count(";") < 1)
    assert "copies of your points" in shown.charts[0].title


def test_the_recipe_prints_the_numbers_of_own_points() -> None:
    settings = Params(data="points", points=OWN, functions=("tanh", "relu", "step"), x=-3.0, **QUICK)
    printed, result = lesson.recipe(**settings.model_dump()), run(settings)
    expected = {measure.name: np.atleast_1d(measure.of(result))[0] for measure in lesson.measures}
    assert printed == pytest.approx(expected, rel=1e-6)


def test_own_points_are_told_apart_by_a_line_that_bends() -> None:
    nets = trained.train("tanh", 0.0, trained.Training("points", epochs=200, rate=1.0, points=OWN))
    assert np.median(nets.accuracy[-1]) == 1


def test_points_outside_the_plane_are_refused_and_other_data_forget_them() -> None:
    with pytest.raises(ValueError, match=r"points must lie from -2\.5 to 2\.5, got 3"):
        Params(points="3,0,0")
    assert Params(points=OWN).training == Params().training


def test_a_moving_point_trains_one_seed() -> None:
    drawing = Params(picture="nets", data="points", points=OWN)
    assert drawing.preview().seeds == 1
    assert drawing.but(picture="functions").preview() == drawing.but(picture="functions")


def test_learning_is_seen_on_the_circle() -> None:
    nets = trained.train("tanh", 0.0, trained.Training(seeds=(0, 1, 2, 3)))
    assert np.median(nets.accuracy[-1]) > 0.9
    assert np.median(nets.loss[-1]) < 0.5 * np.median(nets.loss[0])
    centre, edge = nets.surface[trained.SIDE // 2, trained.SIDE // 2], nets.surface[2, 2]
    assert (centre > 0.5) != (edge > 0.5)


# Settings


def test_same_settings_same_numbers() -> None:
    setting = Params(**QUICK)
    first = run(setting)
    trained.train.cache_clear()
    passage.cache_clear()
    second = run(setting)
    np.testing.assert_array_equal(first.nets["relu"].loss, second.nets["relu"].loss)
    np.testing.assert_array_equal(first.passages["tanh"].counts, second.passages["tanh"].counts)


@pytest.mark.parametrize("change", [{"x": -7.0}, {"gain": 3.0}, {"temperature": 9.0}, {"logits": (0.0, 4.0, 1.0)}])
def test_a_moving_hand_never_trains(change: dict[str, Any]) -> None:
    setting = Params(**QUICK)
    run(setting)
    misses = trained.train.cache_info().misses
    view(run(setting.but(**change).preview()))
    assert trained.train.cache_info().misses == misses


def test_a_moving_leak_trains_one_seed_of_one_function() -> None:
    setting = Params(functions=("tanh", "leaky_relu"), leak=0.3, seeds=8)
    small = setting.preview()
    assert (small.seeds, small.leak, small.functions) == (1, 0.3, setting.functions)
    run(small)
    misses = trained.train.cache_info().misses
    run(setting.but(leak=0.35).preview())
    assert trained.train.cache_info().misses == misses + 1


def test_preview_keeps_all_seeds_where_no_chosen_function_bends() -> None:
    assert Params(functions=("tanh", "relu"), leak=0.3).preview().seeds == 8
    assert Params(functions=("swish",), beta=2.0).preview().seeds == 1


@pytest.mark.parametrize("end", ["minimum", "maximum"])
@pytest.mark.parametrize("control", [one for one in controls(Params) if one.kind == "range"], ids=lambda one: one.name)
def test_both_ends_of_every_slider_give_a_picture(control: Any, end: str) -> None:
    extreme = getattr(control, end)
    changes = QUICK | {control.name: int(extreme) if control.whole else extreme}
    shown = view(run(Params(functions=("relu", "leaky_relu", "elu", "swish"), **changes)))
    assert len(shown.charts) == 7
    assert shown.sentence


@pytest.mark.parametrize("picture", list(model.PICTURES))
@pytest.mark.parametrize("functions", [(), ("step",), NAMES], ids=["none", "one", "all"])
def test_any_choice_of_functions_can_be_drawn(picture: Any, functions: Any) -> None:
    shown = view(run(Params(picture=picture, functions=functions, **QUICK)))
    assert shown.sentence
    for chart in shown.charts:
        assert chart.alt
        chart.to_figure("dark")


def test_a_run_that_nobody_waits_for_stops() -> None:
    def gone(fraction: float, what: str = "", partial: Any = None) -> None:
        raise Superseded(fraction, what, partial)

    with pytest.raises(Superseded):
        run(Params(seeds=3, epochs=199, rate=0.123), gone)


# Charts


def test_the_chosen_picture_comes_first() -> None:
    first = {picture: view(run(Params(picture=picture, **QUICK))).charts[0].name for picture in model.PICTURES}
    pictures = {"functions": "functions", "tower": "tower", "nets": "training", "surfaces": "surfaces"}
    assert first == pictures | {"softmax": "simplex"}


def test_the_hero_holds_functions_slopes_markers_and_flat_stretches() -> None:
    result = run(Params(functions=("tanh",), x=2.0, gain=1.5, **QUICK))
    traces = view(result).chart("functions").figure["data"]
    pale, value, slope, dots, slope_dots, bars, words, slope_words = traces
    assert words["text"] == ["0.995 tanh\u2002"]
    assert slope_words["text"] == ["\u20020.00987 tanh"]
    np.testing.assert_allclose(value["y"], np.tanh(1.5 * INPUTS.astype(np.float64)), atol=1e-6)
    np.testing.assert_allclose(slope["y"], 1 - np.tanh(1.5 * INPUTS.astype(np.float64)) ** 2, atol=1e-6)
    assert dots["y"] == [pytest.approx(np.tanh(3.0))]
    assert slope_dots["y"] == [pytest.approx(1 - np.tanh(3.0) ** 2)]
    flat = INPUTS[np.abs(slope["y"]) < 0.01]
    np.testing.assert_array_equal(pale["x"][np.isfinite(pale["y"])], flat)
    edge = np.arccosh(10) / 1.5  # sech² = 0.01
    assert bars["base"] == pytest.approx([-8, edge], abs=0.07)
    assert np.add(bars["base"], bars["x"]) == pytest.approx([-edge, 8], abs=0.07)


def test_a_function_without_flat_stretches_has_no_bar() -> None:
    result = run(Params(functions=("leaky_relu",), **QUICK))
    assert result.readings["leaky_relu"].flat_stretches == []
    assert view(result).chart("functions").figure["data"][-3]["base"] == []


def test_a_moving_input_changes_the_hero_alone() -> None:
    shown = [view(run(Params(x=x, **QUICK))) for x in (1.0, 4.0)]
    changed = [a.name for a, b in zip(shown[0].charts, shown[1].charts, strict=True) if repr(a) != repr(b)]
    assert changed == ["functions"]


def test_axes_of_the_hero_stay_while_the_hand_moves() -> None:
    layouts = [
        view(run(Params(x=x, gain=g, **QUICK))).chart("functions").figure["layout"] for x, g in ((-8, 0.1), (8, 4))
    ]
    for name in ("xaxis", "yaxis", "xaxis2", "yaxis2"):
        assert layouts[0][name]["range"] == layouts[1][name]["range"]


def test_gradient_is_drawn_in_full_and_a_zero_is_left_out() -> None:
    result = run(Params(functions=("relu", "step"), **QUICK))
    relu, step = view(result).chart("gradient").figure["data"]
    np.testing.assert_array_equal(relu["y"], result.passages["relu"].gradient)
    assert np.isnan(step["y"]).all()


def test_simplex_holds_the_probabilities() -> None:
    result = run(Params(logits=(1.0, 1.0, 1.0), functions=()))
    bars = view(result).chart("simplex").figure["data"][0]
    np.testing.assert_allclose(bars["y"], 1 / 3)


@pytest.mark.parametrize(
    ("positions", "gap"),
    [([0, 0, 0], 0.1), ([0.95, 1, 0.2], 0.2), ([5, -5, 0.5], 0.3), (list(range(9)), 0.4), ([], 0.1)],
)
def test_labels_keep_apart_inside_their_window_and_in_order(positions: list[float], gap: float) -> None:
    placed = look.spread(positions, gap, 0.0, 1.0)
    assert len(placed) == len(positions)
    if len(positions) > 1:
        room = min(gap, 1 / (len(positions) - 1))
        assert np.all(np.diff(np.sort(placed)) >= room - 1e-9)
        assert np.array_equal(np.argsort(placed, kind="stable"), np.argsort(positions, kind="stable"))
        assert placed.min() >= -1e-9
        assert placed.max() <= 1 + 1e-9


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (-1.5, "−1.5"), (3.6e-8, "3.6·10⁻⁸"), (0.0012345, "0.00123"), (2.5e7, "2.5·10⁷")]
)
def test_numbers_are_written_for_people(number: float, text: str) -> None:
    assert significant(number) == text


# Words


def test_the_sentence_names_who_is_flat() -> None:
    said = view(run(Params(x=3.5, functions=("sigmoid", "tanh"), **QUICK))).sentence
    assert "Tanh is flat here" in said
    assert "Tanh is flat here" in view(run(Params(x=6, functions=("tanh", "relu"), **QUICK))).sentence
    assert "None of the 2 is flat" in view(run(Params(x=0.5, functions=("sigmoid", "tanh"), **QUICK))).sentence


@pytest.mark.parametrize(
    ("functions", "x", "words"),
    [
        (("sigmoid", "swish"), -3.0, "Swish is the steepest, with slope −0.0881."),
        (("relu", "leaky_relu", "tanh"), 6.0, "ReLU and leaky ReLU are the steepest, with slope 1. Tanh is flat"),
        (("step", "relu"), -2.0, "At input −2 step and ReLU are flat here"),
        (("tanh",), 0.0, "tanh is the steepest, with slope 1. It is not flat here"),
    ],
)
def test_the_steepest_is_the_steepest(functions: tuple[Name, ...], x: float, words: str) -> None:
    assert words in view(run(Params(functions=functions, x=x, **QUICK))).sentence


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_what_breaks_is_diagnosed(preset: Preset) -> None:
    broken = view(run(Params(**preset.values)))
    assert preset.cause in {finding.cause for finding in broken.findings}


def test_the_defaults_are_whole() -> None:
    assert view(run(Params())).findings == ()


@pytest.mark.parametrize("prediction", lesson.predictions, ids=lambda one: one.question[:20])
@pytest.mark.parametrize("start", [Params(), Params(functions=(), gain=4.0, leak=0.0, data="spiral", seeds=1)])
def test_predictions_are_answered_from_any_settings(prediction: Prediction, start: Params) -> None:
    answer = prediction.answer(run(prediction.setting(start)))
    assert 0 <= answer.choice < len(prediction.choices)


def test_swish_has_the_largest_slope_at_six() -> None:
    prediction = lesson.predictions[0]
    answer = prediction.answer(run(prediction.setting(Params())))
    assert prediction.choices[answer.choice] == "Swish"
    inner = 1 / (1 + np.exp(-6.0))
    assert f"Swish {inner + 6 * inner * (1 - inner):.5f}" in answer.because


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_give_a_verdict_with_few_seeds(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "RATES", (0.1,))
    monkeypatch.setattr(claims, "TUNING_SEEDS", 2)
    verdict = claim.test(range(2), silent)
    assert verdict.reason
    assert verdict.word in ("supported", "contradicted", "it depends")


def test_sigmoid_slope_claim_would_see_a_counterexample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "sigmoid_slope", ACTIVATIONS["tanh"].slope)
    assert claims.slope_at_most_a_quarter(range(2), silent).word == "contradicted"


def test_relu_claim_depends_on_the_initialization() -> None:
    verdict = claims.relu_keeps_the_gradient(range(6), silent)
    assert verdict.word == "it depends"
    assert verdict.details["He's"]["word"] == "supported"
    assert verdict.details["half of He's weights"]["word"] == "contradicted"
