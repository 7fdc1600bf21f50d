"""A neuron, and many: closed forms, geometry, the curve drawn by hand, the fitted networks, what the page shows and says."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.concepts.neuron import Params, claims, fitting, lesson, look, run, view
from nnviz.concepts.neuron.fitting import MOST, Fitting, X, fit, fits, rms_error, shares, starting_weights
from nnviz.concepts.neuron.geometry import line_pieces
from nnviz.concepts.neuron.model import PIXELS
from nnviz.concepts.neuron.network_charts import joined
from nnviz.concepts.neuron.targets import DRAWN, parse_heights, target_curve
from nnviz.concepts.neuron.unit import LABELS, activate, line_distance, neuron, slope
from nnviz.core.notation import decimals
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent
from nnviz.core.script import as_python, cells

QUICK: dict[str, Any] = {"seeds": 2, "epochs": 10}
NAMES = tuple(LABELS)


# One neuron


@pytest.mark.parametrize(
    ("name", "output", "steepness"),
    [("step", 1, 0), ("sigmoid", 0.880797, 0.104994), ("tanh", 0.964028, 0.070651), ("relu", 2, 1), ("linear", 2, 1)],
)
def test_known_values_at_two(name: str, output: float, steepness: float) -> None:
    assert activate(name, 2.0) == pytest.approx(output, abs=1e-6)
    assert slope(name, 2.0) == pytest.approx(steepness, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_slope_is_the_derivative_and_nothing_overflows(name: str) -> None:
    z = np.linspace(-9, 9, 181) + 0.0371  # no point within h of the corner at 0
    h = 1e-6
    np.testing.assert_allclose(slope(name, z), (activate(name, z + h) - activate(name, z - h)) / (2 * h), atol=1e-8)
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(activate(name, [-1e4, 1e4])).all()
        assert np.isfinite(slope(name, [-1e4, 1e4])).all()


def test_a_worked_example() -> None:
    result = run(Params(w1=2.0, w2=-1.0, b=0.5, x1=1.5, x2=-0.5, activation="linear", **QUICK))
    np.testing.assert_allclose(result.products, [3.0, 0.5])
    assert result.sum == result.output == pytest.approx(4.0)
    assert result.distance == pytest.approx(0.5 / np.sqrt(5))


def test_distance_of_the_line_is_that_of_its_nearest_point() -> None:
    random = np.random.default_rng(0)
    for _ in range(200):
        w, b = random.normal(size=2), float(random.normal())
        ends = line_pieces(w, b, 50.0)
        np.testing.assert_allclose(ends @ w + b, 0, atol=1e-9 * 50)
        along = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
        nearest = ends[0] - (ends[0] @ along) * along
        assert line_distance(w, b) == pytest.approx(np.linalg.norm(nearest), abs=1e-9)
        assert abs(along @ w) < 1e-9 * np.linalg.norm(w), "w is the normal"


def test_a_line_ends_at_the_window_or_is_not_there() -> None:
    assert np.abs(line_pieces(np.array([1.0, 0.3]), 0.4, 2.0)).max() == pytest.approx(2.0)
    np.testing.assert_allclose(np.sort(line_pieces(np.array([0.0, 2.0]), -1.0, 2.0)[:, 1]), [0.5, 0.5])
    assert np.isnan(line_pieces(np.array([1.0, 0.0]), 5.0, 2.0)).all()
    assert np.isnan(line_pieces(np.zeros(2), 1.0, 2.0)).all()
    assert line_distance([0.0, 0.0], 1.0) == np.inf


def test_doubling_weights_and_bias_keeps_the_line_and_doubles_the_slope_across_it() -> None:
    one, two = (run(Params(w1=f * 1.0, w2=f * -0.7, b=f * 0.6, **QUICK)) for f in (1, 2))
    assert one.distance == pytest.approx(two.distance)
    on_the_line = line_pieces(one.weights, one.params.b, 2.0)
    np.testing.assert_allclose(neuron(on_the_line, two.weights, two.params.b, "tanh"), 0, atol=1e-12)
    step = 1e-6 * one.weights / one.length
    rises = [(neuron(on_the_line[0] + step, r.weights, r.params.b, "tanh")) / 1e-6 for r in (one, two)]
    assert rises[1] == pytest.approx(2 * rises[0], rel=1e-6)


# Curves


def test_curves_have_their_known_values() -> None:
    x = np.array([-0.25, 0.0, 0.25, 0.3])
    np.testing.assert_allclose(target_curve("sine", x, ""), [-1, 0, 1, np.sin(0.6 * np.pi)], atol=1e-12)
    np.testing.assert_array_equal(target_curve("step", x, ""), [-1, -1, 1, 1])
    np.testing.assert_allclose(target_curve("bump", x, "")[[1, 3]], [1, np.exp(-1)])
    np.testing.assert_allclose(target_curve("drawn", np.linspace(-1, 1, 16), DRAWN), parse_heights(DRAWN))


@pytest.mark.parametrize(
    ("text", "named"),
    [("0,1", "16 heights"), ("0," * 16, "this has 17"), (",".join(["0"] * 15 + ["1.2"]), "height 16"),
     (",".join(["nan"] + ["0"] * 15), "height 1"), (",".join(["0"] * 3 + ["1e-1"] + ["0"] * 12), "height 4"),
     (",".join(["٠"] + ["0"] * 15), "height 1"), (",".join([""] + ["0"] * 15), "height 1")],
)  # fmt: skip
def test_what_is_no_curve_is_named(text: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        parse_heights(text)
    taken, ignored = Params.from_query({"heights": text})
    assert taken == Params()
    assert len(ignored) == 1


def test_no_heights_are_a_flat_curve() -> None:
    np.testing.assert_array_equal(parse_heights(""), np.zeros(16))
    assert np.all(run(Params(target="drawn", heights="", **QUICK)).fit.target == 0)


def test_a_curve_travels_in_the_address_and_is_followed() -> None:
    text = ",".join(f"{height:g}" for height in np.round(np.linspace(-1, 1, 16), 2))
    params = Params(picture="network", target="drawn", heights=text, neurons=3, **QUICK)
    assert Params.from_query(params.to_query()) == (params, ())
    np.testing.assert_allclose(run(params).fit.target, X, atol=0.01)


# Networks


def test_a_network_is_the_sum_of_its_neurons_and_a_constant() -> None:
    weights = np.array([2.0, -1.0, 0.5, 0.2, 3.0, -0.7, 0.1])  # w, b, v of two neurons, c
    expected = 3.0 * np.tanh(2 * X + 0.5) - 0.7 * np.tanh(-X + 0.2)
    np.testing.assert_allclose(shares(weights, "tanh").sum(axis=0), expected)
    error = rms_error(shares(weights, "tanh"), weights[..., -1], expected)
    assert error == pytest.approx(0.1)


def test_every_neuron_starts_with_a_bend_in_view_and_seeds_differ() -> None:
    w, b, v = np.split(starting_weights(16, 3)[:-1], 3)
    assert np.all(np.abs(b / w) <= 1)
    assert starting_weights(16, 3)[-1] == 0
    assert not np.array_equal(starting_weights(2, 0), starting_weights(2, 1))
    many = np.concatenate([np.split(starting_weights(16, seed)[:-1], 3)[2] for seed in range(200)])
    assert np.var(many) == pytest.approx(1 / 16, rel=0.1)
    assert len(v) == 16


def test_a_step_learns_only_what_has_a_gradient() -> None:
    trained = fit(Fitting("step", "step", seeds=(0, 1), epochs=60), 5)
    for index, seed in enumerate((0, 1)):
        start = starting_weights(5, seed)
        np.testing.assert_array_equal(trained.final[index, :10], start[:10])
        assert np.all(trained.final[index, 10:] != start[10:])
    assert np.all(trained.errors[-1] < trained.errors[0])


def test_errors_at_the_last_snapshot_are_those_at_the_end() -> None:
    trained = fit(Fitting("tanh", "bump", seeds=(0, 1, 2), epochs=30), 4)
    np.testing.assert_allclose(trained.errors[-1], trained.error, rtol=1e-5)
    np.testing.assert_allclose(trained.shares(1)[-1], shares(trained.final, "tanh")[1], atol=1e-5)


def test_linear_neurons_reach_the_best_line_and_no_further() -> None:
    target = target_curve("sine", X, DRAWN)
    line = np.polyval(np.polyfit(X, target, 1), X)
    best = np.sqrt(np.mean((line - target) ** 2))
    for units in (1, 12):
        errors = fit(Fitting("linear", "sine", seeds=tuple(range(4))), units).error
        assert np.all(errors >= best - 1e-9)
        assert np.median(errors) == pytest.approx(best, rel=0.02)


def test_moving_hands_train_nothing() -> None:
    base = Params(**QUICK)
    view(run(base))
    misses = fits.cache_info().misses
    for change in ({"w1": 2.0}, {"b": -1.0}, {"x2": 0.3}, {"neurons": 9}, {"picture": "network"}, {"shown": 1}):
        view(run(base.but(**change).preview()))
    assert fits.cache_info().misses == misses


def test_a_curve_that_is_not_asked_for_trains_nothing() -> None:
    heights = ",".join(["0.5"] * 16)
    assert Params(heights=heights).fitting == Params().fitting
    assert Params(heights=heights, target="drawn").fitting != Params(target="drawn").fitting


def test_one_seed_is_the_same_alone_and_among_others() -> None:
    alone, among = (fit(Fitting(seeds=seeds, epochs=20), 3) for seeds in ((1,), (0, 1, 2)))
    np.testing.assert_array_equal(alone.final[0], among.final[1])


def test_a_run_reports_and_can_be_given_up() -> None:
    seen: list[float] = []

    def report(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the protocol's words
        seen.append(fraction)
        if fraction > 0.5:
            raise Superseded

    with pytest.raises(Superseded):
        run(Params(seeds=1, epochs=10, rate=0.0123), report)
    assert seen == sorted(seen)
    assert all(type(fraction) is float for fraction in seen)


# What is shown


def test_the_diagram_has_every_number_on_it() -> None:
    result = run(Params(w1=1.5, w2=-0.4, b=0.25, x1=-1.0, x2=2.0, activation="tanh", **QUICK))
    chart = view(result).chart("neuron")
    texts = " ".join(chart.figure["data"][-1]["text"])
    words = " ".join(text for trace in chart.figure["data"][-3:-1] for text in trace["text"])
    for number in (-1.0, 2.0, -1.5, -0.8, 0.25, -2.05, np.tanh(-2.05)):
        assert decimals(number) in texts
    for number in (1.5, -0.4, 0.25, 1 - np.tanh(-2.05) ** 2):
        assert decimals(number) in words
    dashes = [shape["line"].get("dash") for shape in chart.figure["layout"]["shapes"][:6]]
    assert dashes == ["solid", "solid", "dash", "dash", "solid", "solid"]
    assert len(chart.figure["data"]) <= 12


def test_the_plane_is_the_neuron_at_every_pixel() -> None:
    result = run(Params(activation="sigmoid", b=0.7, **QUICK))
    z = view(result).chart("plane").figure["data"][0]["z"]
    for row, column in ((0, 0), (10, 33), (40, 5)):
        inside = result.params.w1 * PIXELS[column] + result.params.w2 * PIXELS[row] + 0.7
        assert z[row, column] == pytest.approx(1 / (1 + np.exp(-inside)), abs=1e-6)
    line = view(result).chart("plane").figure["data"][1]
    np.testing.assert_allclose(np.array(line["x"]) - np.array(line["y"]) + 0.7, 0, atol=1e-9)


def test_axes_and_colours_stand_still_while_the_hand_moves() -> None:
    shown = [view(run(Params(w1=w, b=b, x1=x, **QUICK))) for w, b, x in ((-3, -3, -2), (2, 1, 2))]
    for name in ("neuron", "plane", "across"):
        one, two = (one.chart(name).figure for one in shown)
        for axis in ("xaxis", "yaxis"):
            assert one["layout"][axis]["range"] == two["layout"][axis]["range"]
    heats = [one.chart("plane").figure["data"][0] for one in shown]
    assert heats[0]["zmin"] == heats[1]["zmin"] == -1
    assert heats[0]["zmax"] == heats[1]["zmax"] == 1


def test_the_weights_leave_the_networks_charts_alone() -> None:
    shown = [view(run(Params(w1=w, **QUICK))) for w in (1.0, 2.0)]
    same = [a.name for a, b in zip(shown[0].charts, shown[1].charts, strict=True) if repr(a) == repr(b)]
    assert same == ["network", "by-size", "training"]


@pytest.mark.parametrize("units", [1, 5, 16])
def test_the_networks_curve_is_drawn_as_the_sum_at_every_moment(units: int) -> None:
    shown = view(run(Params(picture="network", neurons=units, **QUICK)))
    chart, fitted = shown.chart("network"), run(Params(picture="network", neurons=units, **QUICK)).fit
    count = min(units, 8)
    assert len(chart.figure["data"]) == count + 2
    own = np.concatenate([chart.frames[f"data.{index}.y"] for index in range(count)], axis=1)
    curves = own.reshape(len(own), units, 65)[..., :64]
    whole = curves.sum(axis=1) + fitted.weights[:, 0, -1:]
    np.testing.assert_allclose(chart.frames[f"data.{count + 1}.y"], whole, atol=1e-4)
    assert shown.steps is not None
    assert shown.steps[-1] == 10


def test_curves_are_joined_with_gaps() -> None:
    x, y = joined(np.arange(2 * 3 * 64, dtype=np.float32).reshape(2, 3, 64))
    assert x.shape == (195,)
    assert y.shape == (2, 195)
    assert np.flatnonzero(np.isnan(y[0])).tolist() == [64, 129, 194]


def test_only_the_network_has_a_timeline_and_the_chosen_picture_comes_first() -> None:
    for picture in ("neuron", "plane", "network"):
        shown = view(run(Params(picture=picture, **QUICK)))
        assert shown.charts[0].name == picture
        assert (shown.steps is not None) == (picture == "network")


def test_single_runs_are_drawn_on_request() -> None:
    shown = view(run(Params(picture="network", singles=True, **QUICK))).chart("training")
    x = shown.figure["data"][0]["x"]
    assert int(np.isnan(x).sum()) == 2
    band = view(run(Params(picture="network", **QUICK))).chart("training")
    assert len(band.figure["data"]) == len(shown.figure["data"]) + 1


def test_a_click_sets_inputs_and_neurons() -> None:
    shown = view(run(Params(**QUICK)))
    assert shown.chart("plane").click == {"x1": "x", "x2": "y"}
    sizes = next(trace["customdata"] for trace in shown.chart("by-size").figure["data"] if "customdata" in trace)
    assert [Params.from_query({"neurons": size})[0].neurons for size in sizes] == list(range(1, MOST + 1))


@pytest.mark.parametrize("control", [one for one in controls(Params) if one.kind != "text"], ids=lambda one: one.name)
def test_both_ends_of_every_control_give_a_picture(control: Any) -> None:
    ends = [control.minimum, control.maximum] if control.kind == "range" else [value for value, _ in control.options]
    for end in ends or [False, True]:
        value = int(end) if control.whole else end
        for picture in ("neuron", "network"):
            shown = view(run(Params(**{**QUICK, "picture": picture, control.name: value})))
            assert shown.sentence
            for chart in shown.charts:
                assert chart.to_figure("dark").data


@pytest.mark.parametrize("rate", [1.0, 0.001])
@pytest.mark.parametrize("name", NAMES)
def test_extremes_are_finite_or_diagnosed(name: Any, rate: float) -> None:
    result = run(Params(picture="network", activation=name, rate=rate, neurons=16, **QUICK))
    causes = {finding.cause for finding in view(result).findings}
    assert np.isfinite(result.fit.errors).all() or "non-finite" in causes


def test_the_sentence_has_the_runs_numbers() -> None:
    one = view(run(Params(w1=2.0, w2=0.0, b=1.0, **QUICK))).sentence
    assert "|b|/‖w‖ = 0.50" in one
    many = run(Params(picture="network", neurons=4, **QUICK))
    assert look.short(float(np.median(many.fit.error))) in view(many).sentence


@pytest.mark.parametrize(("value", "text"), [(0.0, "0.00"), (-0.001, "0.00"), (-1.5, "−1.50"), (2.346, "2.35")])
def test_numbers_are_written_for_people(value: float, text: str) -> None:
    assert decimals(value) == text
    assert look.short(3.2e-7) == "3.2·10⁻⁷"


# Words


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_what_breaks_is_diagnosed_and_the_defaults_are_whole(preset: Any) -> None:
    assert preset.cause in {finding.cause for finding in view(run(Params(**preset.values))).findings}
    assert view(run(Params())).findings == ()


def test_a_zero_start_keeps_a_network_of_zeros_constant() -> None:
    fitted = run(Params(**lesson.presets[3].values)).fit
    assert np.all(fitted.final[:, :-1] == 0)
    sigmoid = run(Params(picture="network", activation="sigmoid", neurons=5, start="zeros", **QUICK))
    assert "symmetric units" in {finding.cause for finding in view(sigmoid).findings}


@pytest.mark.parametrize(
    "start", [Params(), Params(w1=-3.0, b=3.0, activation="step", target="drawn", start="zeros", seeds=3)]
)
def test_predictions_are_graded_from_the_run_wherever_they_are_asked(start: Params) -> None:
    right = [one.choices[one.answer(run(one.setting(start))).choice] for one in lesson.predictions]
    assert right[0] == "No, but the output gets steeper across it"
    assert right[1] == "It moves away from the origin, parallel to itself"
    assert right[2] == "2"
    assert right[3] == "It is about the same"


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_give_a_verdict_with_few_seeds(claim: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "RESTARTS", 2)
    verdict = claim.test(range(2), silent)
    assert verdict.reason
    assert verdict.seeds == 2


def test_the_bias_claim_would_see_a_line_that_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    def turning(x: Any, w: Any, b: float, name: str) -> Any:
        return neuron(x, [w[0], w[1] + 0.01 * b], b, name)

    monkeypatch.setattr(claims, "neuron", turning)
    assert claims.bias_moves_without_turning(range(3), silent).word == "contradicted"


def test_prominence_knows_a_bump() -> None:
    weights = np.array([[10.0, -10.0, 5.0, 5.0, 1.0, 1.0, 0.0], [10.0, 10.0, 5.0, -5.0, 1.0, 0.0, 0.0]])
    bump, rise = claims.prominence(fitting.Fit("tanh", 2, np.array([0]), weights[None], weights, np.zeros(64)))
    assert bump > 0.9
    assert rise <= 0


@pytest.mark.parametrize(
    "changes",
    [{}, {"activation": "step", "neurons": 5, "epochs": 20}, {"activation": "relu", "neurons": 7, "target": "drawn", "epochs": 30},
     {"activation": "sigmoid", "neurons": 3, "start": "zeros", "target": "bump", "w1": -2.0, "epochs": 30}],
)  # fmt: skip
def test_the_script_prints_the_numbers_of_the_screen(changes: dict[str, Any], tmp_path: Path) -> None:
    assert lesson.recipe is not None
    params = Params(**changes)
    script = tmp_path / "run.py"
    script.write_text(as_python(cells(lesson.recipe, params.model_dump(), "")), encoding="utf-8")
    printed = subprocess.run([sys.executable, "-I", script], capture_output=True, text=True, check=True).stdout
    told = dict(line.rsplit(" = ", 1) for line in printed.splitlines())
    result = run(params)
    for measure in lesson.measures:
        assert float(told[measure.name]) == pytest.approx(
            float(np.atleast_1d(measure.of(result))[0]), rel=1e-6, abs=1e-12
        )


def test_without_weights_the_cause_is_named_and_not_only_the_symptom() -> None:
    for activation in ("tanh", "relu", "step"):
        found = view(run(Params(w1=0.0, w2=0.0, b=0.5, activation=activation))).findings
        text = next(finding.text for finding in found if finding.cause == "collapse")
        assert "Both weights are 0" in text
