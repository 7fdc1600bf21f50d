"""Vanishing and exploding gradients: closed forms, pairing, breakdowns, clips, and what the charts hold."""

from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from nnviz.concepts.gradient_flow import Params, breakdown, lesson, network, run, scales, sweep, training, view
from nnviz.concepts.gradient_flow.model import HE, Run, counterpart, flow_ratio
from nnviz.concepts.gradient_flow.network import Setting, Weights
from nnviz.concepts.gradient_flow.training import STEPS, Record, train
from nnviz.concepts.gradient_flow.training_charts import EDGES
from nnviz.core.notation import number
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent
from nnviz.core.statistics import mean_interval

MANY = tuple(range(900))
QUICK = {"seeds": 2, "depth": 5, "width": 4}


def flow(setting: Setting) -> network.Flow:
    inputs, targets = network.examples(setting.network, setting.depth, setting.seeds)
    return network.backward(setting, network.initial(setting), inputs, targets)


def numbers(setting: Setting, seed: int = 0) -> list[np.ndarray[Any, Any]]:
    """Return one network's weights as a list of arrays: entry, hidden…, read-out."""
    weights = network.initial(setting)
    return [weights.entry[0, seed].numpy(), *weights.hidden[:, seed].numpy(), weights.out[0, seed].numpy()]


@pytest.mark.parametrize("gain", [0.7, 1.0, 1.3])
def test_a_deep_linear_net_grows_as_gain_to_the_depth_in_expectation(gain: float) -> None:
    depth, width = 6, 32
    setting = Setting(depth=depth, width=width, activation="linear", gain=gain, seeds=MANY)
    inputs, _ = network.examples("mlp", depth, MANY)
    passed = flow(setting)
    size = training.norm(inputs[0]).numpy() ** 2 * width / 2  # ‖x‖² · H/d: the first layer leads from d = 2 to H units
    forward = training.norm(passed.states[-1]).numpy() ** 2 / size / gain ** (2 * depth)
    back = (training.norm(passed.signals[0]) / training.norm(passed.signals[-1])).numpy() ** 2 / gain ** (
        2 * (depth - 1)
    )
    for growth in (forward, back):
        mean = mean_interval(growth, level=0.999)
        assert mean.contains(1.0)
        assert mean.high - mean.low < 0.3


def test_the_spread_of_a_deep_linear_net_is_that_of_a_product_of_random_matrices() -> None:
    # ‖Wv‖²/‖v‖² is a χ² of H degrees over H: E of its square is 1 + 2/H, and layers multiply.
    depth, width = 6, 32
    passed = flow(Setting(depth=depth, width=width, activation="linear", seeds=MANY))
    back = (training.norm(passed.signals[0]) / training.norm(passed.signals[-1])).numpy() ** 4
    assert mean_interval(back, level=0.999).contains((1 + 2 / width) ** (depth - 1))


def test_the_gradient_of_a_linear_net_is_the_product_of_its_matrices() -> None:
    setting = Setting(depth=7, width=8, activation="linear", gain=1.2, loss="squared", seeds=(3, 4))
    inputs, targets = network.examples("mlp", 7, setting.seeds)
    passed = flow(setting)
    matrices = numbers(setting, 1)
    outputs = np.linalg.multi_dot([inputs[0, 1].numpy(), *matrices])[:, 0]
    slope = (outputs - targets[1].numpy()) / network.EXAMPLES  # ∂(mean ½(f − y)²)/∂f
    for layer in range(7):
        after = np.linalg.multi_dot([*matrices[layer + 1 :], np.eye(1)])
        np.testing.assert_allclose(passed.signals[layer, 1].numpy(), slope[:, None] * after[:, 0], rtol=1e-11)


def test_two_losses_by_hand() -> None:
    outputs, targets = torch.tensor([[0.0, 2.0]]), torch.tensor([[1.0, -1.0]])
    assert network.cross_entropy(outputs, targets).item() == pytest.approx((np.log(2) + np.log1p(np.exp(2))) / 2)
    assert network.squared(outputs, targets).item() == pytest.approx((0.5 + 4.5) / 2)


def test_a_gain_only_scales_the_same_draws_and_a_deeper_net_begins_like_a_shallower() -> None:
    one, two = (network.initial(Setting(gain=gain)) for gain in (1.0, 2.0))
    torch.testing.assert_close(two.hidden, 2 * one.hidden, rtol=1e-14, atol=0)
    torch.testing.assert_close(two.out, one.out, rtol=0, atol=0)
    deeper = network.initial(Setting(depth=21))
    torch.testing.assert_close(deeper.hidden[:19], one.hidden, rtol=0, atol=0)


def test_one_seed_alone_is_the_seed_in_company() -> None:
    company, alone = (train(Setting(depth=6, gain=1.4, seeds=seeds), 10) for seeds in ((0, 1, 2), (1,)))
    np.testing.assert_allclose(company.loss[:, 1], alone.loss[:, 0], rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1.0, 1e30, 1e300])
def test_a_norm_neither_overflows_nor_underflows(scale: float) -> None:
    assert training.norm(scale * torch.tensor([[3.0, 4.0]], dtype=torch.float64)).item() == pytest.approx(
        5 * scale, rel=1e-12
    )


def test_a_norm_of_nothing_and_of_nan() -> None:
    assert training.norm(torch.zeros(1, 2, 2)).item() == 0
    assert np.isnan(training.norm(torch.tensor([[1.0, torch.nan]])).item())


def gradients(scale: float) -> Weights:
    setting = Setting(depth=4, gain=1.4, seeds=(0, 1, 2))
    return Weights(*(tensor * scale for tensor in flow(setting).gradients))


@pytest.mark.parametrize("kind", ["norm", "rescale"])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_clipping_by_norm_keeps_the_direction(kind: network.Clipping, scale: float) -> None:
    before = gradients(scale)
    after = training.clip(before, kind, 0.1)
    flat = [torch.cat([tensor.transpose(0, 1).flatten(1) for tensor in each], dim=1) for each in (before, after)]
    cosine = torch.nn.functional.cosine_similarity(*flat, dim=1, eps=0)
    torch.testing.assert_close(cosine, torch.ones_like(cosine), rtol=1e-12, atol=0)
    length, was = training.whole(after), training.whole(before)
    expected = torch.full_like(was, 0.1) if kind == "rescale" else was.clamp(max=0.1)
    torch.testing.assert_close(length, expected, rtol=1e-5, atol=0)


def test_clipping_by_value_turns_the_gradient() -> None:
    before = gradients(1e3)
    after = training.clip(before, "value", 0.1)
    flat = [torch.cat([tensor.transpose(0, 1).flatten(1) for tensor in each], dim=1) for each in (before, after)]
    assert torch.nn.functional.cosine_similarity(*flat, dim=1).max() < 0.99
    assert training.size(after, "value").max() == 0.1


def test_a_zero_gradient_stays_zero_when_rescaled() -> None:
    zero = Weights(*(torch.zeros_like(tensor) for tensor in gradients(1.0)))
    assert training.whole(training.clip(zero, "rescale", 1.0)).max() == 0


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_the_recorded_steps_are_those_that_clip_and_penalty_ask_for(decay: float) -> None:
    setting = Setting(depth=5, gain=1.4, rate=0.2, decay=decay, clipping="norm", threshold=0.05)
    record, start = train(setting, 1), network.initial(setting)
    held = training.clip(flow(setting).gradients, "norm", 0.05)
    step = Weights(*(0.2 * (gradient + decay * weight) for gradient, weight in zip(held, start, strict=True)))
    np.testing.assert_allclose(record.change[0] * training.whole(start).numpy(), training.whole(step), rtol=1e-12)
    np.testing.assert_allclose(record.update[0, 1:], training.norm(step.hidden), rtol=1e-12)
    np.testing.assert_allclose(record.update[0, 0], training.norm(step.entry)[0], rtol=1e-12)
    assert np.all(record.clipped[0] <= 0.05 + 1e-12)


def test_a_sigmoid_tower_loses_at_least_a_factor_of_its_steepest_slope() -> None:
    record = train(Setting(activation="sigmoid", seeds=tuple(range(16))), 1)
    factor = np.exp(np.log(flow_ratio(record)).mean() / 19)
    assert 0.2 < factor < 0.25  # σ′ ≤ ¼, and at width 16 a product of matrices loses a little more


def test_batch_and_layer_normalization_make_the_gain_irrelevant() -> None:
    for kind in ("batch", "layer"):
        low, high = (train(Setting(normalization=kind, gain=gain, depth=6), 1) for gain in (1.0, 3.0))
        np.testing.assert_allclose(flow_ratio(low), flow_ratio(high), rtol=1e-2)


def test_residual_connections_add() -> None:
    plain, added = (flow(Setting(depth=2, residual=residual)).states for residual in (False, True))
    torch.testing.assert_close(added[0], plain[0])
    torch.testing.assert_close(added[1], plain[0] + plain[1])


def test_the_sweep_agrees_with_the_network_that_is_set_and_with_theory() -> None:
    setting = Setting(gain=float(sweep.GAINS[7]), seeds=(0, 1, 2))
    swept = sweep.over_gains(setting)
    np.testing.assert_allclose(swept.ratio[7], flow_ratio(train(setting, 1)), rtol=1e-9)
    np.testing.assert_allclose(swept.theory, (sweep.GAINS / HE) ** 19)
    wide = sweep.over_gains(replace(setting, depth=6, width=32, seeds=tuple(range(3))))
    assert np.abs(np.log10(np.median(wide.ratio, axis=1) / wide.theory)).max() < 0.5
    assert sweep.theory(replace(setting, residual=True)) is None


@pytest.mark.parametrize("cure", ["initialization", "residual", "normalization", "clipping"])
def test_the_groups_differ_by_the_cure_alone(cure: Any) -> None:
    allowed = {"initialization": {"activation", "gain"}}.get(cure, {cure})
    own = Params(activation="tanh").setting()
    other, cured = counterpart(own, cure)
    differing = {field.name for field in fields(Setting) if getattr(own, field.name) != getattr(other, field.name)}
    assert differing == allowed
    assert not cured
    back, cured_now = counterpart(other, cure)
    assert cured_now
    assert {
        field.name for field in fields(Setting) if getattr(back, field.name) != getattr(other, field.name)
    } == allowed


def broken(**places: tuple[int, ...]) -> Record:
    """Return a record of 2 networks, 3 layers and 4 steps that is finite but for the named places."""
    layered = ("activation", "signal", "gradient", "update")
    names = [field.name for field in fields(Record) if field.name != "setting"]
    arrays = {name: np.ones((4, 3, 2) if name in layered else (4, 2)) for name in names}
    for name, place in places.items():
        arrays[name][place] = np.nan
    return Record(setting=Setting(depth=3, seeds=(7, 9)), **arrays)


def test_a_breakdown_is_located_in_the_order_of_computation() -> None:
    assert breakdown.locate(broken()) is None
    forward = breakdown.locate(broken(activation=(2, 1, 0), loss=(2, 0), signal=(2, 2, 0)))
    assert forward is not None
    assert (forward.step, forward.seed, forward.going, forward.layer, forward.lost) == (2, 7, "forward", 2, 1)
    loss = breakdown.locate(broken(loss=(1, 1), signal=(1, 2, 1)))
    assert loss is not None
    assert (loss.step, loss.seed, loss.layer) == (1, 9, None)
    back = breakdown.locate(broken(gradient=(3, 1, 0), signal=(3, 0, 0)))
    assert back is not None
    assert (back.step, back.going, back.layer) == (3, "back", 2)


def test_nan_is_caught_located_and_explained() -> None:
    result = run(Params(gain=1.8))
    found = breakdown.locate(result.own)
    assert found is not None
    network_ = result.own.setting.seeds.index(found.seed)
    assert np.isfinite(result.own.loss[: found.step]).all()
    assert not np.isfinite(result.own.loss[found.step, network_])
    assert list(found.changes) == sorted(found.changes)  # a cascade
    text = next(finding.text for finding in view(result).findings if finding.cause == "non-finite")
    assert f"at step {found.step}, going {found.going}, at layer {found.layer} (seed {found.seed})" in text
    assert number(found.changes[-1]) in text
    cross = view(result).chart("layers-over-training").figure["data"][1]
    assert (cross["x"][0], cross["y"][0]) == (found.step, found.layer)


@pytest.mark.parametrize(
    ("lost", "networks", "changes", "growth", "words"),
    [
        (1, 1, (2.0,), 100.0, "1 of 1 networks is lost. The step before had moved its weights by 2 times"),
        (2, 8, (0.5, 3.0), 100.0, "2 of 8 networks are lost. The steps before had moved its weights by 0.5, 3 times"),
        (2, 8, (0.5,), 1.1, "times their own size: what passes through them grew, beyond 1.8·10³⁰⁸"),
    ],
)
def test_a_breakdown_reads_well(
    lost: int, networks: int, changes: tuple[float, ...], growth: float, words: str
) -> None:
    found = breakdown.Breakdown(3, 7, "forward", 4, changes, growth, lost, networks)
    told = breakdown.explain(found, "layer")
    assert told is not None
    assert words in told.text


def test_an_rnn_counts_time_steps() -> None:
    shown = view(run(Params(network="rnn", activation="tanh", gain=0.5, depth=40, training=False)))
    text = next(finding.text for finding in shown.findings if finding.cause == "vanishing gradient")
    assert text.startswith("Before training: The gradient vanishes on its way back: time step 1 has norm")
    assert "layer" not in text
    assert shown.chart("flow").figure["layout"]["xaxis"]["title"]["text"] == "time step (1 is the first that is read)"


def test_a_gradient_that_never_arrives_has_no_rate() -> None:
    text = view(run(Params(width=4, gain=0.5, depth=64, training=False, seeds=32))).sentence
    assert "gets 0 of the gradient" in text
    assert "not a number" not in text


def test_what_leaves_the_axis_is_marked_for_the_other_group_too() -> None:
    result = run(Params(normalization="batch", depth=64, cure="normalization", training=False, seeds=2))
    flow = view(result).chart("flow").figure
    low = 10 ** flow["layout"]["yaxis"]["range"][0]
    below = np.median(result.other.signal[0], axis=1) < low
    assert below.any()
    assert flow["data"][-1]["x"] == pytest.approx(1 + np.flatnonzero(below))


def test_a_lost_group_stops_early_and_says_so() -> None:
    record = train(Setting(gain=3.0, loss="squared", seeds=(0, 1)), STEPS)
    assert record.loss.shape == (STEPS + 1, 2)
    assert np.isnan(record.loss[-1]).all()
    charts = view(run(Params(gain=3.0, loss="squared", seeds=2)))
    assert "(2 of 2 lost)" in charts.chart("losses").figure["data"][1]["name"]


def test_vanishing_is_drawn_truthfully_down_to_the_stated_floor() -> None:
    result = run(Params(activation="sigmoid", gain=0.1, depth=20, training=False))
    chart = view(result).charts[0]
    line = next(trace for trace in chart.figure["data"] if trace.get("name") == "gradient")
    truth = np.median(result.own.signal[0], axis=1)
    assert truth[0] < 1e-30
    np.testing.assert_allclose(line["y"].astype(np.float32), np.maximum(truth, 1e-32), rtol=1e-6)
    assert "10⁻³²" in chart.figure["layout"]["yaxis"]["title"]["text"]
    assert chart.figure["layout"]["yaxis"]["range"][0] == -32


def test_what_lies_below_the_floor_is_marked_at_the_floor() -> None:
    result = run(Params(activation="sigmoid", gain=0.1, depth=64, training=False))
    marks = view(result).charts[0].figure["data"][-1]
    below = int(np.sum(np.median(result.own.signal[0], axis=1) < 1e-32))
    assert below > 30
    assert len(marks["x"]) == below
    assert set(marks["marker"]["symbol"]) == {"triangle-down-open"}
    assert np.allclose(marks["y"], 1e-32)


def test_the_axis_stands_still_while_the_gain_moves() -> None:
    windows = {scales.window(Params(gain=g), train(Params(gain=g).setting(), 1).signal[0]) for g in (0.7, 1, 1.4, 2)}
    assert len(windows) == 1


def test_the_charts_hold_what_they_say() -> None:
    result = run(Params(clipping="norm", threshold=0.2, gain=1.5, seeds=4))
    drawn = view(result)
    assert [chart.name for chart in drawn.charts] == [
        "flow",
        "layers-over-training",
        "losses",
        "by-gain",
        "pairs",
        "updates",
    ]
    assert drawn.steps is not None
    assert drawn.steps[0] == 0
    assert drawn.steps[-1] == STEPS
    for chart in drawn.charts:
        chart.to_figure()
        assert any(letter.isdigit() for letter in chart.alt)
    heat = drawn.chart("layers-over-training").figure["data"][0]
    assert heat["z"].shape == (20, STEPS + 1)
    np.testing.assert_allclose(10 ** heat["z"][:, 0], np.median(result.own.signal[0], axis=1), rtol=1e-9)
    asked, taken = (trace["y"] for trace in drawn.chart("updates").figure["data"][:2])
    assert asked.sum() == pytest.approx(100)
    assert taken.sum() == pytest.approx(100)
    mark = drawn.chart("updates").figure["layout"]["shapes"][0]["x0"]
    assert mark == pytest.approx(np.log10(0.05 * 0.2))
    right = EDGES[:-1] > mark
    assert taken[right].sum() == 0 < asked[right].sum()
    moving = drawn.charts[0].frames["data.6.y"]
    np.testing.assert_allclose(moving[0], np.median(result.own.signal[0], axis=1), rtol=1e-9)


def test_a_click_on_the_sweep_is_a_gain_that_can_be_set() -> None:
    chart = view(run(Params(training=False))).chart("by-gain")
    texts = next(trace["customdata"] for trace in chart.figure["data"] if "customdata" in trace)
    assert chart.click == {"gain": "customdata"}
    assert [Params.from_query({"gain": text})[0].gain for text in texts] == list(sweep.GAINS)


def test_the_sentence_has_the_runs_numbers() -> None:
    result = run(Params())
    text = view(result).sentence
    assert "layer 1 gets" in text
    assert number(float(np.median(result.treated.loss[-1]))) in text
    assert "8 pairs" in text


def test_every_control_runs_at_both_ends() -> None:
    for control in controls(Params):
        ends = (
            [control.minimum, control.maximum] if control.kind == "range" else [value for value, _ in control.options]
        )
        for end in ends or [False, True]:
            changes = QUICK | {control.name: int(end) if control.whole else end}
            drawn = view(run(Params(**changes).but(training=control.name in ("rate", "threshold", "decay"))))
            assert drawn.sentence
            assert all(chart.to_figure().data for chart in drawn.charts)


@pytest.mark.parametrize("extreme", [{"gain": 3.0, "depth": 64}, {"gain": 0.1, "depth": 64, "width": 4}, {"depth": 2}])
@pytest.mark.parametrize("kind", ["mlp", "rnn"])
def test_extremes_together_are_finite_or_diagnosed(extreme: dict[str, Any], kind: str) -> None:
    drawn = view(run(Params(network=kind, activation="linear", loss="squared", rate=10.0, seeds=2, **extreme)))
    finite = all(np.isfinite(chart.frames["data.6.y"]).all() for chart in drawn.charts[:1])
    assert finite or "non-finite" in {finding.cause for finding in drawn.findings}


def test_a_preview_is_the_same_network_seen_sooner() -> None:
    params = Params(gain=1.2)
    quick, full = run(params.preview()), run(params)
    assert len(quick.own.loss) == 2
    np.testing.assert_allclose(quick.own.signal[0], full.own.signal[0][:, : quick.params.seeds], rtol=1e-12)
    assert [chart.name for chart in view(quick).charts] == [chart.name for chart in view(full).charts]


def test_a_run_reports_and_can_be_given_up() -> None:
    seen: list[tuple[float, Any]] = []

    def report(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the protocol's words
        seen.append((fraction, partial))

    run(Params(seeds=3, depth=4, gain=1.23), report)
    fractions = [fraction for fraction, _ in seen]
    assert all(before <= after for before, after in pairwise(fractions))
    assert 0 <= min(fractions) < max(fractions) <= 1
    first = next(partial for _, partial in seen if partial is not None)
    assert isinstance(first, Run)
    assert view(first).charts

    def give_up(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the protocol's words
        if fraction > 0.2:
            raise Superseded

    with pytest.raises(Superseded):
        run(Params(seeds=3, depth=4, gain=1.24), give_up)


def test_silent_layers_are_found() -> None:
    record = broken()
    assert breakdown.silent_layers(record) is None
    record.activation[0, 1:, 0] = 0
    found = breakdown.silent_layers(record)
    assert found is not None
    assert "1 of 2 networks" in found.text
    assert "first: 2" in found.text


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_presets_break_and_name_their_cause(preset: Any) -> None:
    assert preset.cause in {finding.cause for finding in view(run(Params(**preset.values))).findings}
    assert preset.cause not in {finding.cause for finding in view(run(Params())).findings}


def test_the_predictions_are_graded_from_the_run_wherever_they_are_asked() -> None:
    elsewhere = Params(network="rnn", depth=64, width=24, clipping="value", decay=0.1, residual=True, seeds=3, gain=3.0)
    right = {prediction.question: [] for prediction in lesson.predictions}
    for params in (Params(), elsewhere):
        for prediction in lesson.predictions:
            answer = prediction.answer(run(prediction.setting(params)))
            right[prediction.question].append(prediction.choices[answer.choice])
    answers = ["A billionth or less", "It stays as small a fraction", "It grows"]
    assert list(right.values()) == [[answer, answer] for answer in answers]


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_every_claim_gives_a_verdict(claim: Any) -> None:
    verdict = claim.test(range(3), silent)
    assert verdict.reason
    assert verdict.seeds == 3
    assert np.isfinite(verdict.effect)
