"""Dropout: closed forms, the masks that were really used, what breaks, what is drawn."""

from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
import torch

from nnviz.charts.view import View
from nnviz.concepts.dropout import Params, lesson, measures, observing, predictions, run, thinning, training, view
from nnviz.concepts.dropout.diagram import AWAY, SHOWN
from nnviz.concepts.dropout.model import Run
from nnviz.concepts.dropout.training import Setting
from nnviz.core.claims import Verdict
from nnviz.core.ensemble import train
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent
from nnviz.data.points import write

SMALL = {"epochs": 50, "seeds": 2, "width": 8, "passes": 5}


def linear_layers() -> list[tuple[np.ndarray, np.ndarray]]:
    """Return a 2-3-3-2 network whose units never go below zero on positive inputs, so that ReLU is the identity."""
    draws = np.random.default_rng(3)
    sizes = (2, 3, 3, 2)
    return [(draws.uniform(0.1, 1, (out, into)), draws.uniform(0, 0.5, out)) for into, out in pairwise(sizes)]


def every_mask(units: int) -> torch.Tensor:
    """Return all 2ᵘ masks as uniforms: 1 (kept at any rate) or −1 (dropped at any rate), (2ᵘ, 1, u)."""
    return torch.tensor(list(product((-1.0, 1.0), repeat=units)))[:, None, :]


def chances(rates: tuple[float, float], units: int) -> torch.Tensor:
    """Return the probability of every mask of two layers of `units` each."""
    kept = every_mask(2 * units)[:, 0] > 0
    limits = torch.tensor(rates).repeat_interleave(units)
    return torch.where(kept, 1 - limits, limits).prod(dim=1)


@pytest.mark.parametrize(("scaling", "factor"), [("inverted", 1.0), ("keep", 0.7), ("rate", 0.3), ("none", 1.0)])
def test_factor_at_test(scaling: Any, factor: float) -> None:
    assert thinning.test_factor(0.3, scaling) == pytest.approx(factor)


def test_what_is_kept_is_divided_by_the_keep_probability() -> None:
    values, uniforms = torch.tensor([4.0, 4.0, 4.0]), torch.tensor([0.0, 0.75, 0.7499])
    assert thinning.dropout(values, uniforms, 0.75).tolist() == [0.0, 16.0, 0.0]
    assert thinning.dropout(values, uniforms, 0.75, rescale=False).tolist() == [0.0, 4.0, 0.0]


@pytest.mark.parametrize("scaling", ["inverted", "keep"])
@pytest.mark.parametrize("rates", [(0.5, 0.5), (0.2, 0.8), (0.0, 0.9)])
def test_the_mean_over_all_masks_equals_eval_mode_for_a_linear_net(scaling: Any, rates: tuple[float, float]) -> None:
    draws = np.random.default_rng(3)
    layers, inputs = linear_layers(), draws.uniform(0, 1, (5, 2))
    thinned = thinning.forward(layers, inputs, rates, scaling, every_mask(6))  # (64, 5, 2)
    mean = (thinned.double() * chances(rates, 3)[:, None, None]).sum(dim=0)
    whole = thinning.forward(layers, inputs, rates, scaling)
    np.testing.assert_allclose(mean, whole, rtol=1e-5)


def test_with_the_rate_instead_of_the_keep_probability_the_mean_is_missed() -> None:
    draws = np.random.default_rng(3)
    layers, inputs, rates = linear_layers(), draws.uniform(0, 1, (5, 2)), (0.2, 0.2)
    mean = (thinning.forward(layers, inputs, rates, "rate", every_mask(6)) * chances(rates, 3)[:, None, None]).sum(
        dim=0
    )
    whole = thinning.forward(layers, inputs, rates, "rate")
    assert float((whole / mean).max()) < 0.6


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_closed_form_of_linear_dropout_with_a_mask_for_every_entry(rate: float) -> None:
    draws = np.random.default_rng(3)
    columns, targets, weights = draws.normal(size=(3, 2)), draws.normal(size=3), draws.normal(size=2)
    expected = 0.0
    for bits in product((0, 1), repeat=6):
        mask = np.array(bits).reshape(3, 2)
        chance = np.prod(np.where(mask, 1 - rate, rate))
        expected += chance * np.mean((targets - (mask * columns) @ weights) ** 2)
    found = measures.linear_penalty(columns, targets, weights, np.array([rate]))
    assert found.fit[0] + found.spread[0] == pytest.approx(expected, abs=1e-12)
    assert found.exact[0] == pytest.approx(expected, abs=1e-12)


def test_penalty_vanishes_at_both_ends_and_is_largest_at_one_half() -> None:
    draws = np.random.default_rng(3)
    columns, targets, weights = draws.normal(size=(9, 4)), draws.normal(size=9), draws.normal(size=4)
    found = measures.linear_penalty(columns, targets, weights, np.array([0.0, 0.25, 0.5, 0.75, 1.0]))
    assert found.spread[[0, 4]] == pytest.approx([0, 0], abs=1e-15)
    assert found.spread.argmax() == 2
    assert found.spread[1] == pytest.approx(0.75 * found.spread[2])


def test_readout_minimizes_the_expected_loss_at_its_rate() -> None:
    draws = np.random.default_rng(3)
    outputs, targets = draws.normal(size=(30, 5)), draws.integers(0, 2, 30)
    columns, wanted, weights = measures.readout(outputs, targets, 0.4, units=4)
    at = np.array([0.4])
    best = measures.linear_penalty(columns, wanted, weights, at).exact[0]
    for direction in np.eye(4):
        for step in (-0.05, 0.05):
            assert measures.linear_penalty(columns, wanted, weights + step * direction, at).exact[0] > best


def test_size_ratio_and_best_factor_of_a_linear_net() -> None:
    draws = np.random.default_rng(3)
    layers, inputs = linear_layers(), draws.uniform(0, 1, (40, 2))
    masks = thinning.fresh_masks(0, 4000, 40, 6)
    training_outputs = thinning.forward(layers, inputs, (0.5, 0.5), "none", masks)
    forgotten = measures.size_ratio(thinning.forward(layers, inputs, (0.5, 0.5), "none"), training_outputs)
    mended = measures.size_ratio(thinning.forward(layers, inputs, (0.5, 0.5), "keep"), training_outputs)
    assert forgotten / mended == pytest.approx(4, rel=1e-4)  # two layers, each twice as large
    assert mended == pytest.approx(1, abs=0.1)
    assert measures.best_factor(layers, inputs, (0.2, 0.2), masks) == pytest.approx(0.8, abs=0.02)


def test_mean_correlation_leaves_dead_units_out() -> None:
    draws = np.random.default_rng(3)
    one = draws.normal(size=50)
    matrix = measures.correlations(np.column_stack([one, -2 * one, np.zeros(50)]))
    assert measures.mean_correlation(matrix) == pytest.approx(1)
    assert np.isnan(matrix[2]).all()
    assert np.isnan(measures.mean_correlation(measures.correlations(np.zeros((4, 3)))))


def test_averages_grow_one_by_one() -> None:
    passes = np.array([[[0.9, 0.1]], [[0.0, 1.0]], [[0.2, 0.8]]], dtype=np.float32)  # (3 passes, 1 row, 2 classes)
    assert measures.averaged(passes, np.array([1]), np.array([1, 2, 3])).tolist() == [0, 1, 1]
    assert measures.committee_sizes(2).tolist() == [1, 2]
    assert measures.committee_sizes(50).tolist() == [1, 2, 3, 5, 10, 20, 30, 50]


def test_replayed_masks_and_examples_are_those_of_the_training() -> None:
    setting, rates = Setting("moons", 6, training.BATCH + 1, 0.3, 1, (5,), snapshots=2), (0.5, 0.5)
    points = training.problem_of(setting)
    trained = train(
        setting.network, points.inputs[0], points.targets[0], seeds=(5,), dropout=0.5, epochs=1,
        batch=training.BATCH, optimizer="sgd", rate=0.1, snapshots=(1, 2), unit="step",
    )  # fmt: skip
    found = training.replay(setting, rates, np.array([0, 1]))
    before, after = (setting.network.layers(weights[0]) for weights in trained.weights)
    change = [new[0] - old[0] for old, new in zip(before, after, strict=True)]
    kept = found.kept[1].reshape(2, 6)
    assert not change[1][:, ~kept[0]].any()  # the last step of the epoch has one example: its dropped units stand still
    assert not change[2][:, ~kept[1]].any()
    assert change[2].any()
    moved = np.flatnonzero(np.abs(change[0]).sum(axis=1))
    ratio = change[0][moved, 1] / change[0][moved, 0]
    example = points.inputs[0, found.example[1]]
    np.testing.assert_allclose(ratio, example[1] / example[0], rtol=1e-3)


@pytest.fixture(scope="module")
def default() -> Run:
    return run(Params())


@pytest.fixture(scope="module")
def default_view(default: Run) -> View:
    return view(default)


def test_the_sweep_and_the_page_train_the_same_networks(default: Run) -> None:
    row = default.sweep.rates.tolist().index(0.5)
    np.testing.assert_array_equal(default.sweep.test[row], default.curves["dropout"].test_accuracy[-1])
    np.testing.assert_array_equal(default.sweep.train[0], default.curves["none"].train_accuracy[-1])


def test_dropout_helps_by_default_and_nothing_is_diagnosed(default: Run, default_view: View) -> None:
    gain = default.curves["dropout"].test_accuracy[-1] - default.curves["none"].test_accuracy[-1]
    assert np.mean(gain) > 0.01
    assert default_view.findings == ()


def test_every_chart_is_there_and_valid(default_view: View) -> None:
    names = [chart.name for chart in default_view.charts]
    assert names == [
        "network", "sweep", "curves", "thinned", "average", "uncertainty", "coadaptation", "penalty",
    ]  # fmt: skip
    for chart in default_view.charts:
        assert len(chart.to_figure().data) > 0


def test_units_flicker_with_the_masks(default: Run, default_view: View) -> None:
    hero = default_view.chart("network")
    kept, dropped = hero.frames["data.4.y"], hero.frames["data.5.y"]
    shown = default.drawn.replayed.kept.reshape(-1, 2, 32)[:, :, :SHOWN].reshape(len(default.epochs), -1)
    np.testing.assert_array_equal(np.asarray(kept) != AWAY, shown)
    np.testing.assert_array_equal(np.asarray(dropped) != AWAY, ~shown)
    assert 0.4 < shown.mean() < 0.6
    surface = np.asarray(hero.frames["data.8.z"])
    assert surface.shape == (len(default.epochs), 51, 51)
    assert surface.max() <= 100


def test_no_wire_leads_to_a_dropped_unit(default: Run) -> None:
    from nnviz.concepts.dropout.diagram import collect_wires, wire_heights

    wires = collect_wires(default)
    for sign in (-1, 1):
        for strong in (True, False):
            heights = wire_heights(wires, sign, strong).reshape(len(default.epochs), -1, 3)
            assert (heights[~wires.alive][:, :2] == AWAY).all()


def test_the_sentence_has_the_runs_numbers(default: Run, default_view: View) -> None:
    assert f"{np.median(default.curves['none'].test_accuracy[-1]):.2f}" in default_view.sentence
    assert "8 seeds" in default_view.sentence
    assert "one seed" in view(run(Params(**SMALL | {"seeds": 1}))).sentence


def test_clicking_the_sweep_takes_its_rate_over(default_view: View) -> None:
    sweep = default_view.chart("sweep")
    offered = [trace["customdata"] for trace in sweep.figure["data"] if "customdata" in trace]
    assert offered
    for text in offered[0]:
        assert Params.from_query({"rate": text})[1] == ()


def test_eval_mode_answers_twice_alike_and_train_mode_does_not() -> None:
    quiet, loud = run(Params(**SMALL, rate=0.7)), run(Params(**SMALL, rate=0.7, eval_mode=False))
    assert quiet.drawn.flips == 0
    assert loud.drawn.flips > 0.05
    assert loud.committee.all_units == pytest.approx(quiet.committee.all_units)
    assert loud.curves["dropout"].test_accuracy[-1].mean() < quiet.committee.all_units.mean()


def test_without_dropout_thinned_networks_all_agree() -> None:
    found = run(Params(**SMALL, rate=0))
    assert found.drawn.spread is not None
    assert found.drawn.spread.max() < 1e-6
    np.testing.assert_array_equal(found.committee.accuracy, found.committee.all_units[:, None].repeat(4, axis=1))
    np.testing.assert_array_equal(found.curves["dropout"].test_loss, found.curves["none"].test_loss)


def test_a_rate_of_its_own_for_the_second_layer() -> None:
    found = run(Params(**SMALL, rate=0.1, same=False, second=0.8))
    kept = found.drawn.replayed.kept.reshape(-1, 2, 8).mean(axis=(0, 2))
    assert kept[0] > 0.75
    assert kept[1] < 0.4
    assert "rates 0.1 and 0.8" in view(found).sentence


def test_digits_show_pictures_and_curves_instead_of_planes() -> None:
    picture = view(run(Params(**SMALL, data="digits")))
    assert [chart.name for chart in picture.charts] == [
        "network", "sweep", "average", "uncertainty", "coadaptation", "penalty",
    ]  # fmt: skip
    assert "layout.shapes.0.x0" in picture.chart("network").frames
    assert len(picture.chart("uncertainty").figure["data"]) == 10


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_presets_break_and_are_diagnosed(preset: Any) -> None:
    found = view(run(Params(**preset.values)))
    assert preset.cause in {finding.cause for finding in found.findings}


def test_the_rescaled_training_is_not_accused() -> None:
    for scaling in ("inverted", "keep"):
        found = view(run(Params(**SMALL, rate=0.9, scaling=scaling)))
        assert "missing rescale" not in {finding.cause for finding in found.findings}


def test_predictions_are_graded_from_the_run(default: Run) -> None:
    for prediction in lesson.predictions:
        asked = prediction.setting(Params(data="digits", rate=0.15, same=False, scaling="rate", seeds=1, sketch=True))
        assert Params.from_query(asked.to_query()) == (asked, ())
        assert not asked.sketch
    swapped = replace(default, curves={"dropout": default.curves["none"], "none": default.curves["dropout"]})
    assert predictions.better_or_worse(default).choice == 0
    assert predictions.better_or_worse(swapped).choice == 1
    assert predictions.how_large(replace(default, drawn=replace(default.drawn, size_ratio=7.0))).choice == 3
    assert predictions.what_becomes(default).choice == 1


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_can_be_run(claim: Any) -> None:
    verdict = claim.test(range(3), silent)
    assert isinstance(verdict, Verdict)
    assert verdict.seeds == 3
    assert verdict.reason


def own_text(count: int = 24) -> str:
    """Return points of two classes that one line parts, as text."""
    draws = np.random.default_rng(5)
    positions, labels = draws.uniform(-2, 2, (count, 2)), np.arange(count) % 2
    positions[:, 1] = np.abs(positions[:, 1]) * (2 * labels - 1)
    return write(positions, labels)


def ends() -> list[tuple[str, Any]]:
    """Return every control with each of its extreme values."""
    found: list[tuple[str, Any]] = []
    for control in controls(Params):
        if control.kind == "range":
            cast = int if control.whole else float
            found += [(control.name, cast(control.minimum or 0)), (control.name, cast(control.maximum or 0))]
        elif control.kind == "select":
            found += [(control.name, value) for value, _ in control.options]
        elif control.kind == "text":
            found += [(control.name, ""), (control.name, own_text(400))]
        else:
            found += [(control.name, value) for value in (True, False)]
    return found


@pytest.mark.parametrize(("name", "value"), ends())
def test_every_end_of_every_control_runs(name: str, value: Any) -> None:
    few = {**SMALL, "seeds": 1, "points": 20, "eval_mode": name != "scaling"} if name != "seeds" else SMALL
    few = few | ({"data": "points"} if name == "own" else {})
    found = view(run(Params(**few | {name: value})))
    assert "nan" not in found.sentence
    for chart in found.charts:
        assert "nan" not in chart.alt, chart.name


def test_preview_is_cheaper_and_draws_the_same_charts(default_view: View) -> None:
    preview = Params(seeds=32, epochs=300, passes=200).preview()
    assert (preview.seeds, preview.epochs, preview.passes) == (1, 200, 20)
    assert preview.preview() == preview
    sketched = view(run(Params().preview()))
    assert [chart.name for chart in sketched.charts] == [chart.name for chart in default_view.charts]
    assert sketched.steps is not None
    assert len(sketched.steps) < 12


def test_a_long_run_shows_what_is_known_and_stops_when_nobody_waits() -> None:
    partials: list[Run] = []

    def listen(fraction: float, what: str = "", partial: Any = None) -> None:
        assert 0 <= fraction <= 1
        assert what
        if partial is not None:
            partials.append(partial)

    settings = Params(**SMALL | {"epochs": 60})
    run(settings, listen)
    assert len(partials) == 1
    assert partials[0].sweep.rates.tolist() == [0.0, 0.5]
    assert view(partials[0]).chart("sweep").figure["data"]

    def leave(*_: Any) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        run(settings.but(width=9), leave)


def test_a_heavy_sweep_takes_fewer_rates_and_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Setting, Any]] = []

    def fake(setting: Setting, pairs: Any, report: Any) -> np.ndarray:  # noqa: ARG001
        asked.append((setting, pairs))
        return np.zeros((len(pairs), len(setting.seeds), setting.network.parameters), np.float32)

    monkeypatch.setattr(observing, "finals", fake)
    heavy = Params(data="digits", width=64, points=200, epochs=300, seeds=9)
    for params in (heavy, Params(), Params(same=False, second=0.5)):
        count = (2, len(params.setting.seeds), params.setting.network.parameters)
        plain = training.Recorded((0.0, 0.0), np.array([0, 1]), np.zeros(count, np.float32))
        swept = observing.sweep(params, training.problem_of(params.setting), plain, silent)
        assert swept.train.shape == (len(swept.rates), min(len(params.setting.seeds), observing.SWEEP_SEEDS))
    # Nothing is trained again where nothing is dropped, in either layer.
    expected = [len(observing.COARSE) - 1, len(observing.GRID) - 1, len(observing.GRID)]
    assert [len(pairs) for _, pairs in asked] == expected
    assert len(asked[0][0].seeds) == observing.SWEEP_SEEDS


def test_own_points_are_halved_class_by_class_and_both_halves_are_drawn() -> None:
    found = run(Params(data="points", own=own_text(), **SMALL))
    assert found.problem.inputs.shape == (2, 12, 2)
    assert found.problem.test_inputs.shape == (2, 12, 2)
    assert found.problem.targets.sum(axis=1).tolist() == [6, 6]
    seen = {tuple(point) for part in (found.problem.inputs[0], found.problem.test_inputs[0]) for point in part.tolist()}
    assert len(seen) == 24, "no point is in both halves"
    drawn = view(found)
    hollow = [trace for trace in drawn.charts[0].figure["data"] if trace.get("name", "").endswith(", test")]
    assert sum(len(trace["x"]) for trace in hollow) == 12
    assert all(trace["marker"]["symbol"].endswith("-open") for trace in hollow)
    assert "12 of your 24 points" in drawn.sentence


@pytest.mark.parametrize(
    ("own", "said"),
    [("", "one of each class stands in"), ("1,1,0", "one of each class stands in"), ("0,0,0;1,1,1", "none is left")],
)
def test_too_few_own_points_are_said_to_be_too_few(own: str, said: str) -> None:
    assert said in view(run(Params(data="points", own=own, **SMALL))).sentence


@pytest.mark.parametrize("changes", [{}, {"eval_mode": False}, {"scaling": "keep", "rate": 0.3}])
def test_the_script_of_own_points_prints_the_numbers_of_the_page(changes: dict[str, Any]) -> None:
    params = Params(data="points", own=own_text(), **SMALL | changes)
    found = run(params)
    assert lesson.recipe is not None
    printed = lesson.recipe(**params.model_dump())
    for measure in lesson.measures:
        assert printed[measure.name] == pytest.approx(float(np.ravel(measure.of(found))[0]), abs=1e-4)


def test_own_points_that_cannot_be_read_are_named() -> None:
    params, ignored = Params.from_query({"data": "points", "own": "1,2"})
    assert params.own == ""
    assert "point 1" in str(ignored[0])


def test_a_heavy_preview_takes_fewer_epochs() -> None:
    assert Params().preview().epochs == 200
    assert Params(points=200).preview().epochs < 200
    assert Params(data="digits", points=200, width=64).preview().epochs == 50
    assert Params(epochs=60).preview().epochs == 60


def test_where_nothing_is_dropped_no_rescaling_is_missed() -> None:
    found = run(Params(rate=0, scaling="rate", **SMALL))
    np.testing.assert_array_equal(found.committee.all_units, found.curves["none"].test_accuracy[-1])
    np.testing.assert_array_equal(found.sweep.test[0], found.curves["none"].test_accuracy[-1])
    assert "missing rescale" not in {finding.cause for finding in view(found).findings}


def test_a_finding_counts_epochs_and_names_the_layers_in_order() -> None:
    findings = view(run(Params(rate=0.2, same=False, second=0.9, scaling="none", seeds=2))).findings
    assert "keep probability 0.8 and 0.1" in findings[0].text
    memory = [finding for finding in view(run(Params(rate=0, seeds=2))).findings if finding.cause == "overfitting"]
    assert "lowest at epoch" in memory[0].text
