"""Weight initialization: variances in closed form, what layers keep, symmetry, and what the charts hold."""

from typing import Any, get_args

import numpy as np
import pytest

from nnviz.concepts.initialization import Params, lesson, run, view
from nnviz.concepts.initialization.charts import window
from nnviz.concepts.initialization.claims import one_unit_each
from nnviz.concepts.initialization.hero import HEIGHT, paths
from nnviz.concepts.initialization.model import COMPARED, Run, arriving, group, kept, theory
from nnviz.concepts.initialization.network import Activation, activate, backward, forward, slope, very_wide
from nnviz.concepts.initialization.ridges import BINS, drawn_layers, hill, limits
from nnviz.concepts.initialization.schemes import ALIKE, LABELS, NAMES, Scheme, drawn_as, variance
from nnviz.concepts.initialization.training import (
    KEPT,
    Plan,
    Setting,
    different_rows,
    layers_of,
    points,
    started,
    starting_weights,
    trained,
)
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent
from nnviz.core.seeds import generator, weight_matrix
from nnviz.core.statistics import mean_interval

QUICK: dict[str, Any] = {"seeds": 2, "depth": 4, "width": 8, "epochs": 5}
RANDOM = [scheme for scheme in NAMES if scheme not in ALIKE]
MANY = tuple(range(400))


@pytest.mark.parametrize("scheme", RANDOM)
@pytest.mark.parametrize(("inputs", "outputs"), [(60, 40), (40, 60), (50, 50)])
def test_weights_have_the_variance_that_their_name_promises(scheme: str, inputs: int, outputs: int) -> None:
    name, gain = drawn_as(scheme, 1.3)
    drawn = np.stack([weight_matrix(name, outputs, inputs, gain, generator(seed, "w")).numpy() for seed in range(60)])
    each = (drawn**2).mean(axis=(1, 2))
    assert mean_interval(each, level=0.9999).contains(variance(scheme, inputs, outputs, 1.3)) or np.allclose(
        each, variance(scheme, inputs, outputs, 1.3), rtol=1e-9
    )
    assert abs(drawn.mean()) < 5 * drawn.std() / np.sqrt(drawn.size)


def test_the_two_named_variances() -> None:
    assert variance("xavier_normal", 30, 50, 1.0) == pytest.approx(2 / 80)
    assert variance("xavier_uniform", 30, 50, 2.0) == pytest.approx(4 * 2 / 80)
    assert variance("he_normal", 30, 50, 1.0) == pytest.approx(2 / 30)
    assert variance("lecun_normal", 30, 50, 1.0) == pytest.approx(1 / 30)


@pytest.mark.parametrize(("scheme", "factor"), [("he_normal", 1.0), ("lecun_normal", 0.5), ("xavier_normal", 0.5)])
def test_a_relu_layer_multiplies_the_mean_square_by_one_under_he_and_by_a_half_under_one_over_n(
    scheme: Any, factor: float
) -> None:
    start = started(Setting(scheme, 1.0, "relu", 6, 32, MANY))
    for sizes in (kept(start.forward), arriving(start.backward)):
        growth = mean_interval(sizes / factor**5, level=0.999)
        assert growth.contains(1.0)
        assert growth.high - growth.low < 0.8


@pytest.mark.parametrize("gain", [0.8, 1.0, 1.2])
def test_a_linear_network_keeps_gain_to_the_power_of_twice_its_depth(gain: float) -> None:
    start = started(Setting("lecun_normal", gain, "linear", 6, 32, MANY))
    assert mean_interval(kept(start.forward) / gain**10, level=0.999).contains(1.0)


def test_orthogonal_matrices_keep_every_length() -> None:
    start = started(Setting("orthogonal", 1.0, "linear", 12, 16, (0, 1, 2)))
    np.testing.assert_allclose(start.forward, np.repeat(start.forward[:1], 12, axis=0), rtol=1e-10)
    np.testing.assert_allclose(start.backward, np.repeat(start.backward[:1], 12, axis=0), rtol=1e-10)


def test_the_theory_of_very_wide_networks_has_closed_forms() -> None:
    np.testing.assert_allclose(very_wide(2.0, 2.0, "relu", 5), 2.0, rtol=1e-9)
    np.testing.assert_allclose(very_wide(2.0, 1.0, "relu", 5), 2.0 * 0.5 ** np.arange(5), rtol=1e-9)
    np.testing.assert_allclose(very_wide(3.0, 1.0, "linear", 4), 3.0, rtol=1e-9)
    np.testing.assert_allclose(very_wide(1.0, 1.0, "leaky_relu", 3), ((1 + 1e-4) / 2) ** np.arange(3), rtol=1e-9)
    small = very_wide(1e-4, 1.0, "tanh", 2)[1]
    assert small == pytest.approx(1e-4 - 2e-8, rel=1e-7)  # tanh² z ≈ z² − ⅔ z⁴, E z⁴ = 3 q²
    assert very_wide(1e-9, 1.0, "sigmoid", 2)[1] == pytest.approx(0.25, rel=1e-6)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
@pytest.mark.parametrize("scheme", ["xavier_normal", "he_normal", "orthogonal", "standard"])
def test_theory_agrees_with_networks(scheme: Any, activation: Any) -> None:
    setting = Setting(scheme, 1.0, activation, 5, 32, tuple(range(64)))
    expected = theory(setting)
    assert expected is not None
    measured = started(setting).forward.mean(axis=1)
    assert np.abs(np.log(measured / expected)).max() < 0.35


def test_a_network_that_starts_equal_has_no_theory_and_one_unit_a_layer() -> None:
    for scheme in get_args(Scheme)[:2]:
        assert scheme in ALIKE
        setting = Setting(scheme, 1.0, "tanh", 3, 8, (0, 1))
        assert theory(setting) is None
        assert one_unit_each(setting) == [True, True]
    assert one_unit_each(Setting("small", 1.0, "tanh", 3, 8, (0, 1))) == [False, False]


def test_a_gain_only_scales() -> None:
    for scheme in get_args(Scheme)[2:]:
        assert scheme in RANDOM
        one, three = (starting_weights(Setting(scheme, gain, "relu", 3, 8, (4,))) for gain in (1.0, 3.0))
        np.testing.assert_allclose(three, 3 * one, rtol=1e-14)


def test_weights_are_those_of_the_shared_seeds() -> None:
    setting = Setting("he_normal", 1.7, "relu", 3, 8, (0, 5))
    np.testing.assert_allclose(starting_weights(setting), setting.network.initial_weights((0, 5)), rtol=1e-14)


def test_slopes_are_differences_of_values() -> None:
    z = np.array([-2.0, -0.3, 0.4, 1.9])
    for activation in get_args(Activation):
        both = activate(z + 1e-6, activation) - activate(z - 1e-6, activation)
        np.testing.assert_allclose(slope(z, activation), both / 2e-6, atol=1e-9)


def test_the_gradient_is_that_of_differences() -> None:
    setting = Setting("he_normal", 1.0, "tanh", 3, 8, (0,))
    layers, (x, y) = layers_of(setting, starting_weights(setting)), points((0,))
    sums, logits = forward(x, layers, "tanh")
    found = backward(sums, logits, y.astype(np.float64), layers, "tanh")[1][0, 5, 2]  # layer 2, point 5, unit 2

    def loss(shift: float) -> float:
        moved = sums[1][0, 5].copy()
        moved[2] += shift
        value = np.tanh(moved)
        for weight, bias in layers[2:]:
            z = weight[0] @ value + bias[0]
            value = np.tanh(z)
        return float(np.log1p(np.exp(z[0])) - y[0, 5] * z[0])

    assert found == pytest.approx((loss(1e-5) - loss(-1e-5)) / 2e-5, rel=1e-6)


def test_points_are_standardised() -> None:
    x, y = points(range(3))
    np.testing.assert_allclose((x**2).mean(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(x.mean(axis=1), 0.0, atol=1e-12)
    assert sorted(np.unique(y)) == [0, 1]


def test_hills_count_what_they_are_given() -> None:
    edges = np.linspace(-1, 1, BINS + 1)
    one = hill(np.full(50, 0.5), edges)
    assert edges[one.argmax()] <= 0.5 < edges[one.argmax() + 1] + 1e-9
    assert one.max() == 1
    outside = hill(np.array([9.0, -9.0, np.nan, np.inf]), edges)
    assert outside[0] == outside[-1] == 1
    assert hill(np.array([np.nan]), edges).max() == 0
    relu = hill(np.array([0.0] * 100 + [0.5]), np.linspace(0, 2, BINS + 1))
    assert relu.argmax() == int(0.5 / 2 * BINS)  # what is exactly 0 is left out


def test_hills_during_training_begin_where_those_before_it_stand() -> None:
    result = run(Params(seeds=4, depth=6, epochs=10))
    hills = result.own.ridges
    assert hills.now.shape == (len(result.epochs), 6, BINS)
    assert np.abs(hills.now[0] - hills.start).mean() < 0.05  # the same networks, fewer of their points
    assert np.abs(hills.now[-1] - hills.start).mean() > np.abs(hills.now[0] - hills.start).mean()


def test_paths_stand_layer_under_layer() -> None:
    drawn = paths(np.zeros((3, 4, BINS)))
    assert drawn.shape == (3, 4 * (BINS + 1))
    assert [drawn[0, row * (BINS + 1)] for row in range(4)] == [0, -1, -2, -3]
    assert np.isnan(drawn[0, BINS])
    assert paths(np.ones((1, 1, BINS)))[0, 0] == HEIGHT


@pytest.mark.parametrize(("depth", "layers"), [(2, [1, 2]), (10, list(range(1, 11))), (30, None)])
def test_first_and_last_layer_are_always_drawn(depth: int, layers: list[int] | None) -> None:
    found = drawn_layers(depth).tolist()
    assert found[0] == 1
    assert found[-1] == depth
    assert len(found) <= 10
    assert layers is None or found == layers


def test_the_axis_of_values_follows_the_activation() -> None:
    assert limits("tanh", "outputs")[1] < 1.1
    assert limits("relu", "outputs")[0] == 0
    assert limits("tanh", "sums") == (-3, 3)


def test_both_sides_share_points_and_seeds_and_the_others_leave_them_out() -> None:
    result = run(Params(**QUICK))
    assert result.own.setting.seeds == result.beside.setting.seeds
    assert set(result.others) == set(COMPARED) - {"xavier_normal", "standard"}
    louder = run(Params(**QUICK, gain=2.0))
    assert "xavier_normal" in louder.others  # at gain 1 it is another start


def test_training_from_zero_moves_only_the_last_bias() -> None:
    setting = Setting("zeros", 1.0, "tanh", 3, 8, (0,))
    weights = trained(setting, Plan(0.1, 5)).weights[-1, 0]
    assert np.all(weights[:-1] == 0)
    assert different_rows(np.zeros((4, 3)), np.zeros(4)) == 1


def test_a_constant_start_learns_but_stays_one_unit() -> None:
    result = run(Params(scheme="constant", depth=3, width=8, seeds=2))
    assert result.own.units.tolist() == [1] * len(result.epochs)
    assert result.own.curves is not None
    assert np.all(result.own.curves.loss[-1] < 0.6)
    assert result.beside.units[-1] == 8


def test_a_preview_is_the_same_networks_before_training() -> None:
    params = Params(seeds=8, depth=5, width=8, epochs=5)
    quick, full = run(params.preview()), run(params)
    np.testing.assert_allclose(quick.own.forward, full.own.forward[:, :4], rtol=1e-12)
    assert [chart.name for chart in view(quick).charts] == [chart.name for chart in view(full).charts]
    assert quick.own.curves is None


def test_the_axis_stands_still_while_the_gain_moves_a_little() -> None:
    found = {window(started(Params(gain=gain).own).forward) for gain in (0.7, 1.0, 1.5, 3.0)}
    assert len(found) == 1
    assert window(np.zeros(3), np.array([np.nan])).low == -12


def test_charts_hold_what_they_say() -> None:
    result = run(Params(seeds=3, epochs=10))
    drawn = view(result)
    assert [chart.name for chart in drawn.charts] == ["ridges", "signal", "curves", "schemes", "rows"]
    theory_line = drawn.chart("signal").figure["data"][-1]["y"]
    assert result.own.theory is not None
    np.testing.assert_allclose(theory_line, result.own.theory)
    dots = drawn.chart("schemes").figure["data"][0]
    assert result.own.curves is not None
    np.testing.assert_allclose(dots["x"], result.own.curves.loss[-1])
    assert set(dots["customdata"]) == {"xavier_normal"}
    picture = drawn.chart("rows")
    assert np.shape(picture.frames["data.0.z"]) == (len(result.epochs), 32, 32)
    largest = np.abs(result.own.rows).max()
    np.testing.assert_allclose(picture.frames["data.0.z"][-1] * largest / 100, result.own.rows[-1], atol=largest / 190)


def test_the_sentence_has_the_runs_numbers() -> None:
    text = view(run(Params(seeds=3, epochs=10))).sentence
    assert "layer 20's sums have" in text
    assert "After 10 epochs" in text
    assert "3 seeds" in text
    nothing = view(run(Params(scheme="zeros", beside="zeros", **QUICK))).sentence
    assert "all sums of all 4 layers are 0 on both sides" in nothing
    one = view(run(Params(scheme="zeros", **QUICK))).sentence
    assert "With Zeros all sums are 0" in one
    assert "Standard" in one
    assert "not a number times" not in one


def test_what_the_hills_leave_out_and_weights_that_are_lost_are_said() -> None:
    lost = view(run(Params(scheme="large", gain=10.0, **(QUICK | {"depth": 30, "activation": "relu"}))))
    assert "no finite weights at the end" in lost.chart("rows").title
    assert "zeros are left out" in lost.chart("ridges").title
    assert any("finite at epoch" in finding.text for finding in lost.findings)
    assert "left out" not in view(run(Params(**QUICK))).chart("ridges").title


@pytest.mark.parametrize("scheme", list(LABELS))
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear", "leaky_relu"])
@pytest.mark.parametrize("gain", [0.1, 10.0])
def test_extremes_draw_and_travel(scheme: Any, activation: Any, gain: float) -> None:
    changes: dict[str, Any] = {"scheme": scheme, "beside": "large", "activation": activation, "gain": gain, "rate": 3.0}
    drawn = view(run(Params(**changes, seeds=2, depth=30, width=8, epochs=5, shown="sums")))
    assert drawn.sentence
    assert all(chart.to_figure().data for chart in drawn.charts)


def test_every_control_runs_at_both_ends() -> None:
    for control in controls(Params):
        ends = (
            [control.minimum, control.maximum] if control.kind == "range" else [value for value, _ in control.options]
        )
        for end in ends or [False, True]:
            value: Any = int(end) if control.whole and isinstance(end, float | int) else end
            drawn = view(run(Params(**QUICK | {control.name: value})))
            assert drawn.sentence


def test_a_lost_network_has_no_loss_and_is_said() -> None:
    result = run(Params(scheme="large", gain=10.0, activation="relu", seeds=2, depth=10, rate=3.0))
    assert result.own.curves is not None
    assert np.isnan(result.own.curves.loss[-1]).any()
    found = {finding.cause for finding in view(result).findings}
    assert "non-finite" in found
    assert "lost)" in view(result).sentence


def test_a_run_reports_and_can_be_given_up() -> None:
    seen: list[tuple[float, Any]] = []

    def report(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the protocol's words
        seen.append((fraction, partial))

    run(Params(seeds=2, depth=3, gain=1.23), report)
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    first = next(partial for _, partial in seen if partial is not None)
    assert isinstance(first, Run)
    assert view(first).charts

    def give_up(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the protocol's words
        if fraction > 0.2:
            raise Superseded

    with pytest.raises(Superseded):
        run(Params(seeds=2, depth=3, gain=1.24), give_up)


def test_only_the_first_networks_weights_are_kept() -> None:
    params = Params(seeds=10, depth=3, width=8, epochs=5)
    done = trained(params.own, params.plan)
    assert done.weights.shape[1] == KEPT
    assert done.curves.loss.shape[1] == 10
    assert group(params, params.own, done).forward.shape == (3, 10)


def test_predictions_come_out_as_taught() -> None:
    asked = [(each, Params.model_validate(each.setting(Params()).model_dump())) for each in lesson.predictions]
    right = [each.choices[each.answer(run(params)).choice] for each, params in asked]
    assert right == ["Xavier", "One", "Piled up at −1 and 1"]


@pytest.mark.parametrize("claim", lesson.claims[:3], ids=lambda claim: claim.name)
def test_claims_about_the_start_give_a_verdict(claim: Any) -> None:
    verdict = claim.test(range(3), silent)
    assert verdict.reason
    assert np.isfinite(verdict.effect)
