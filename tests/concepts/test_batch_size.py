"""Batch size: closed forms of the gradient's noise, the clocks, what breaks, what is drawn and graded."""

from dataclasses import fields, is_dataclass, replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from nnviz.concepts.batch_size import (
    Params,
    clock,
    curvature,
    experiments,
    gradients,
    hero,
    lesson,
    look,
    model,
    noise_charts,
    run,
    training,
    view,
)
from nnviz.concepts.batch_size.cloud import Spread, spread
from nnviz.concepts.batch_size.model import SIZES, Run
from nnviz.concepts.batch_size.training import EXAMPLES, NETWORKS, Task
from nnviz.core.claims import Claim
from nnviz.core.lesson import Prediction, Preset
from nnviz.core.notation import significant
from nnviz.core.params import Control, controls
from nnviz.core.progress import Superseded, silent
from nnviz.core.statistics import paired_interval

SMALL: dict[str, Any] = {"seeds": 2, "epochs": 5}
CROSS = "-1,-1,0;1,1,0;-1,1,1;1,-1,1"  # no line parts its classes
NAMES = ["clocks", "cloud", "variance", "noise-scale", "accuracy", "sharpness", "costs"]


@pytest.fixture(scope="module")
def small() -> Run:
    return run(Params(**SMALL))


def few(examples: int = 5, parameters: int = 3) -> np.ndarray[Any, Any]:
    """Return gradients of a few examples, (N, P)."""
    return np.random.default_rng(2).normal(size=(examples, parameters)) + 0.5


def moments(single: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Return ‖G‖² and tr Σ of single gradients."""
    full = single.mean(axis=0)
    return float(full @ full), float(((single - full) ** 2).sum(axis=1).mean())


# The gradient's noise


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_over_all_batches_with_replacement_the_variance_is_exactly_one_over_b(batch: int) -> None:
    single = few()
    every = np.array([np.bincount(rows, minlength=5) / batch for rows in product(range(5), repeat=batch)])
    measured = gradients.variance(gradients.mini_batch_gradients(single, every), single.mean(axis=0))
    assert measured == pytest.approx(moments(single)[1] / batch, rel=1e-12)
    assert gradients.noise_share(np.array([batch], float), 5, replace=True)[0] == 1 / batch


@pytest.mark.parametrize("batch", [1, 2, 4, 5])
def test_over_all_batches_without_replacement_the_variance_is_corrected_for_the_finite_set(batch: int) -> None:
    single = few()
    every = np.array([np.bincount(rows, minlength=5) / batch for rows in combinations(range(5), batch)])
    measured = gradients.variance(gradients.mini_batch_gradients(single, every), single.mean(axis=0))
    share = gradients.noise_share(np.array([batch], float), 5, replace=False)[0]
    assert measured == pytest.approx(moments(single)[1] * share, rel=1e-12, abs=1e-15)
    assert share == (5 - batch) / (4 * batch)


@pytest.mark.parametrize("replacing", [True, False])
def test_the_two_batch_estimates_are_unbiased_over_all_batches(replacing: bool) -> None:
    single, sizes = few(), (2, 4)
    squares = []
    for batch in sizes:
        chosen = product(range(5), repeat=batch) if replacing else combinations(range(5), batch)
        every = np.array([np.bincount(rows, minlength=5) / batch for rows in chosen])
        squares.append((gradients.mini_batch_gradients(single, every) ** 2).sum(axis=1).mean(keepdims=True))
    shares = gradients.noise_share(np.array(sizes, float), 5, replace=replacing)
    signal, noise = gradients.two_batch_estimates(squares[0], squares[1], (shares[0], shares[1]))
    assert (signal[0], noise[0]) == pytest.approx(moments(single), rel=1e-12)


def test_with_replacement_the_estimates_are_those_of_mccandlish() -> None:
    small, large, squares = 8.0, 64.0, (np.array([0.7]), np.array([0.3]))
    signal, noise = gradients.two_batch_estimates(*squares, (1 / small, 1 / large))
    assert signal[0] == pytest.approx((large * 0.3 - small * 0.7) / (large - small))
    assert noise[0] == pytest.approx((0.7 - 0.3) / (1 / small - 1 / large))


def state(data: str, steps: int) -> tuple[Task, np.ndarray[Any, Any]]:
    task = Task(data, 0.1, (16,), (0.3,), (steps,), (0,), snapshots=2, products=0)
    return task, training.trained(task).path[-1, 0]


@pytest.mark.parametrize("steps", [1, 320], ids=["start", "end"])
@pytest.mark.parametrize("data", NETWORKS)
def test_the_measured_variance_falls_as_one_over_b_and_the_estimates_agree(data: str, steps: int) -> None:
    task, weights = state(data, steps)
    found = spread(task.network, weights, *training.own_examples(task), SIZES, replace=True)
    slope = np.polyfit(np.log(found.sizes), np.log(found.measured), 1)[0]
    assert -1.05 < slope < -0.95
    np.testing.assert_allclose(found.measured, found.expected, rtol=0.25)
    exact = np.array([found.signal, found.noise])
    assert np.all(np.abs(found.estimates - exact) < 4 * found.errors)
    assert found.errors[1] < 0.15 * found.noise


def test_signal_and_noise_are_those_of_the_single_gradients() -> None:
    task, weights = state("digits", 20)
    passed = gradients.propagate(task.network, weights, *training.own_examples(task))
    single = gradients.example_gradients(passed)
    assert gradients.signal_and_noise(passed) == pytest.approx(moments(single), rel=1e-9)
    np.testing.assert_allclose(gradients.full_gradient(passed), single.mean(axis=0), atol=1e-14)
    way = np.random.default_rng(0).normal(size=(single.shape[1],))
    assert gradients.along(task.network, passed, way) == pytest.approx(single @ way, abs=1e-12)


def test_batches_are_means_and_without_replacement_take_nobody_twice() -> None:
    for replacing in (True, False):
        drawn = gradients.batches(8, 20, 50, replacing)
        np.testing.assert_allclose(drawn.sum(axis=1), 1)
    assert set(np.unique(drawn)) == {0, 1 / 8}
    assert not np.array_equal(gradients.batches(8, 20, 50, False, 1), drawn)


def test_without_replacement_the_full_batch_has_no_noise() -> None:
    found = run(Params(**SMALL, draw="without"))
    assert found.spread.measured[-1] < noise_charts.LEAST
    assert found.spread.measured[0] > 0.1
    assert np.ptp(found.cloud.points[:, -1], axis=1).max() < 1e-6
    figure = view(found).chart("variance").figure
    assert np.isnan(figure["data"][1]["y"][-1])


def test_the_cloud_shrinks_and_its_axis_is_the_full_gradient(small: Run) -> None:
    centre = np.stack([small.cloud.full, np.zeros_like(small.cloud.full)], axis=1)[:, None, None]
    widths = np.sqrt(((small.cloud.points - centre) ** 2).sum(axis=-1).mean(axis=(0, 2)))
    assert np.all(widths[1:] < 0.75 * widths[:-1])  # four times the batch: half the width
    passed = gradients.propagate(NETWORKS["moons"], small.curves.path[0, 2], *training.own_examples(own_task(small)))
    assert small.cloud.full[0] == pytest.approx(np.linalg.norm(gradients.full_gradient(passed)), rel=1e-9)


def own_task(found: Run) -> Task:
    return model.plan(found.params, found.params.epochs, found.costs)


# Curvature


def test_lanczos_finds_the_largest_eigenvalue_also_where_a_negative_one_is_larger_in_size() -> None:
    eigenvalues = np.array([[-9.0, 1.0, 2.0, 3.0], [0.0, 0.0, 0.0, 5.0]])
    start = np.random.default_rng(0).normal(size=(2, 4))
    found = curvature.largest_eigenvalue(lambda vector: eigenvalues * vector, start)
    np.testing.assert_allclose(found, [3.0, 5.0], rtol=1e-10)


def test_a_network_that_is_not_finite_has_no_sharpness() -> None:
    network = NETWORKS["moons"]
    weights = np.stack([network.initial_weights([0])[0], np.full(network.parameters, np.nan)])
    inputs, goals = np.zeros((3, 2)), np.eye(2)[[0, 1, 0]]
    found = curvature.sharpness(network, weights, inputs, goals)
    assert np.isfinite(found[0])
    assert np.isnan(found[1])


# Clocks and budgets


def test_scaled_rates() -> None:
    assert [model.scaled_rate(0.2, 64, scaling) for scaling in ("fixed", "linear", "root")] == pytest.approx(
        [0.2, 0.8, 0.4]
    )
    assert model.scaled_rate(0.2, model.ANCHOR, "linear") == 0.2


def test_allowed_steps() -> None:
    assert [model.allowed_steps(batch, "epochs", 3, 1.0) for batch in (1, 64, 256)] == [768, 12, 3]
    assert [model.allowed_steps(batch, "steps", 70, 1.0) for batch in (1, 256)] == [70, 70]
    assert [model.allowed_steps(1, "seconds", 0.1, seconds) for seconds in (1e-3, 5.0)] == [100, 1]


def test_the_same_runs_by_three_clocks(small: Run) -> None:
    assert np.array_equal(small.curves.steps[-1], [1280, 320, 80, 20, 5])
    assert np.all(small.examples[-1] == 5 * EXAMPLES)
    ends = {name: hero.per_step(small, name) * small.curves.steps[-1] for name in hero.CLOCKS}
    assert ends["seconds"] == pytest.approx(
        [small.costs.per_step(int(b)) * s for b, s in zip(small.batches, ends["steps"], strict=True)]
    )
    assert ends["seconds"][0] > 2 * ends["seconds"][-1]  # 1,280 small steps take longer than 5 large ones


@pytest.mark.parametrize("clock_name", hero.CLOCKS)
def test_in_the_race_everyone_stands_at_the_same_reading(clock_name: Any) -> None:
    found = run(Params(**SMALL, race=clock_name))
    raced = hero.race(found)
    unit = hero.per_step(found, clock_name)
    scale = 1000 if clock_name == "seconds" else 1
    under_way = (raced.at > 1) & (raced.at < found.curves.steps[-1])
    reading = np.broadcast_to(raced.readings[:, None], raced.at.shape)
    np.testing.assert_allclose((scale * raced.at * unit)[under_way], reading[under_way])
    np.testing.assert_allclose(raced.loss[-1], np.median(found.curves.loss[-1], axis=1))


def test_a_budget_of_seconds_gives_each_batch_size_the_same_time() -> None:
    found = run(Params(budget="seconds", seconds=0.02, seeds=1, batch_sizes=("1", "full")))
    spent = found.horizon * found.step_seconds
    assert np.all(spent <= 0.02 * 1.001)
    assert np.all(spent > 0.02 - 2 * found.step_seconds)


def test_measured_seconds_stay_the_same_for_the_life_of_the_process(small: Run) -> None:
    assert run(Params(seeds=1, epochs=2)).costs is small.costs
    assert np.all(small.costs.seconds > 0)
    assert np.all(np.diff(small.costs.seconds) >= 0)  # a larger batch never takes a shorter step
    assert small.costs.per_epoch(EXAMPLES)[0] > 2 * small.costs.per_epoch(EXAMPLES)[8]


def test_point_of_no_return() -> None:
    sizes = np.array([1, 2, 4, 8])
    assert clock.point_of_no_return(sizes, np.array([8.0, 4.0, 3.9, 2.0])) == 2
    assert clock.point_of_no_return(sizes, np.array([8.0, 4.0, 2.0, 1.0])) == 8


@pytest.mark.parametrize("batch", [1, 32, 512])
def test_memory_grows_with_the_batch_by_inputs_hidden_values_outputs_and_labels(batch: int) -> None:
    network = NETWORKS["moons"]
    assert clock.step_bytes(network, batch) == 16 * network.parameters + 8 * (batch * (2 + 16 + 2 + 1) + 1)


# Data and training


def test_every_seed_has_its_own_data_and_more_noise_keeps_the_wrong_labels() -> None:
    right, some, more = (training.sets("moons", noise, (0, 1)) for noise in (0.0, 0.1, 0.2))
    assert not np.array_equal(right.inputs[0], right.inputs[1])
    wrong, worse = some.labels != right.labels, more.labels != right.labels
    assert np.all(wrong.sum(axis=1) == round(0.1 * EXAMPLES))
    assert np.all(worse.sum(axis=1) == round(0.2 * EXAMPLES))
    assert np.all(worse[wrong])
    assert np.array_equal(some.test_labels, right.test_labels)
    assert np.array_equal(some.inputs, right.inputs)


def test_equal_seeds_start_from_the_same_weights(small: Run) -> None:
    assert np.all(small.curves.path[0] == small.curves.path[0, :1])
    assert np.ptp(small.curves.loss[0], axis=0).max() < 1e-12


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Return every array and number inside a run but what is measured."""
    if is_dataclass(value) and not isinstance(value, type):
        found: dict[str, Any] = {}
        for field in fields(value):
            if field.name not in ("costs", "params"):
                found |= leaves(getattr(value, field.name), f"{path}.{field.name}")
        return found
    return {path: value}


def test_a_run_is_the_same_bit_for_bit_but_for_what_is_measured(small: Run) -> None:
    training.trained.cache_clear()
    gradients.batches.cache_clear()
    again = leaves(run(small.params))
    for name, value in leaves(small).items():
        assert np.array_equal(value, again[name], equal_nan=True), name


def test_the_defaults_tell_the_story() -> None:
    found = run(Params())
    by_steps = run(Params(budget="steps"))
    ends = [np.median(one.curves.loss[-1], axis=1) for one in (found, by_steps)]
    assert 0 < ends[0].argmin() < 4  # at equal epochs something between wins
    assert ends[1].argmin() == 4  # at equal steps the full batch
    assert view(found).findings == ()


def test_no_batch_size_chosen_means_the_full_batch() -> None:
    found = run(Params(**SMALL, batch_sizes=()))
    assert np.array_equal(found.batches, [EXAMPLES])
    assert "full batch" in view(found).sentence


def test_a_preview_is_cheaper_and_keeps_the_axes() -> None:
    params = Params(budget="steps", steps=400)
    first, second = run(params), run(params.preview())
    assert second.curves.loss.shape[2] == 1
    assert second.curves.steps.max() < first.curves.steps.max()
    axes = [view(one).charts[0].figure["layout"] for one in (first, second)]
    for name in ("xaxis", "xaxis2", "xaxis3", "yaxis"):
        assert axes[0][name]["range"] == axes[1][name]["range"]
    assert params.preview().preview() == params.preview()


def ends(control: Control) -> list[Any]:
    """Return the ends of a range, all options of a select, none and all of the pills."""
    options = tuple(option for option, _ in control.options)
    if control.kind == "range":
        return [control.minimum, control.maximum]
    if control.kind == "text":
        return ["", CROSS]
    return [(), options] if control.kind == "pills" else list(options) or [False, True]


ENDS = [(control.name, value) for control in controls(Params) for value in ends(control)]
AMOUNTS = {"steps": {"budget": "steps"}, "seconds": {"budget": "seconds"}, "points": {"data": "points"}}


@pytest.mark.parametrize(("name", "value"), ENDS)
def test_both_ends_of_every_control_give_a_picture(name: str, value: Any) -> None:
    whole = int(value) if name in ("epochs", "steps", "seeds") else value
    params = Params(**({"seeds": 1, "epochs": 3} | AMOUNTS.get(name, {}) | {name: whole}))
    found = run(params.preview())
    shown = view(found)
    usable = np.isfinite(found.curves.loss[-1]).all() or "divergence" in {one.cause for one in shown.findings}
    assert usable
    assert [chart.name for chart in shown.charts] == NAMES
    for chart in shown.charts:
        chart.to_figure()


def test_a_run_stops_when_nobody_waits() -> None:
    def gone(*_: Any, **__: Any) -> None:
        raise Superseded

    training.trained.cache_clear()
    with pytest.raises(Superseded):
        run(Params(seeds=3, epochs=7), gone)


# What is drawn


def test_charts_hold_the_runs_numbers(small: Run) -> None:
    shown = view(small)
    assert [chart.name for chart in shown.charts] == NAMES
    hero_lines = [trace for trace in shown.charts[0].figure["data"] if trace.get("name")]
    assert [trace["name"] for trace in hero_lines] == 3 * ["1", "4", "16", "64", "full"]
    for index, trace in enumerate(hero_lines[:5]):
        assert trace["y"][-1] == pytest.approx(np.median(small.curves.loss[-1, index]))
    assert [trace["x"][-1] for trace in hero_lines[5:10]] == [5 * EXAMPLES] * 5
    assert len({trace["line"]["dash"] for trace in hero_lines}) == 5
    accuracy = shown.chart("accuracy").figure["data"][1]
    assert np.array_equal(accuracy["y"], np.median(small.curves.test_accuracy, axis=1))
    sharpness = shown.chart("sharpness").figure["data"]
    assert np.array_equal(sharpness[1]["y"], 2 / small.rates)
    costs = shown.chart("costs").figure["data"]
    assert sum(len(trace["x"]) for trace in costs) == 2 * (len(clock.SIZES) + 1)
    assert "machine" in shown.chart("costs").title
    for chart in shown.charts:
        chart.to_figure("dark")
        assert any(letter.isdigit() for letter in chart.alt)


def test_one_clock_alone_has_all_the_room() -> None:
    layout = view(run(Params(**SMALL, shown="seconds"))).charts[0].figure["layout"]
    assert layout["xaxis"]["domain"] == pytest.approx([0, 1])
    assert "seconds" in layout["xaxis"]["title"]["text"]
    assert "xaxis2" not in layout


def test_who_leaves_the_chart_is_named_on_it() -> None:
    broken = run(Params(**lesson.presets[0].values))
    layout = view(broken).charts[0].figure["layout"]
    texts = [note["text"] for note in layout["annotations"] if note["text"].startswith("▲")]
    assert texts == [f"▲ batch 1 ends at {significant(float(np.median(broken.curves.loss[-1, 0])))}"]
    assert broken.curves.loss[-1, 0].mean() > layout["yaxis"]["range"][1]


def test_a_batch_size_keeps_its_colour_whichever_others_are_chosen() -> None:
    looks = [(look.token(size), look.marker(size)) for size in SIZES]
    assert len(set(looks)) == len(SIZES)
    alone = view(run(Params(**SMALL, batch_sizes=("64",)))).charts[0].figure["data"]
    assert next(trace for trace in alone if trace.get("name"))["line"]["color"] == look.token(64)


# What breaks, what is asked, what is claimed


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_presets_break_and_the_cause_is_named_with_the_batch_size(preset: Preset) -> None:
    found = view(run(Params(**preset.values))).findings
    texts = [finding.text for finding in found if finding.cause == preset.cause]
    assert texts
    assert all(text.startswith(("Batch", "Full batch")) for text in texts)


def test_it_is_the_single_example_that_breaks_first() -> None:
    found = view(run(Params(**lesson.presets[0].values))).findings
    assert [finding.text.split(" (")[0] for finding in found if finding.cause == "divergence"] == ["Batch 1"]


def test_the_noise_is_graded_by_what_was_measured(small: Run) -> None:
    question = lesson.predictions[0]
    assert question.answer(small).choice == 1
    for choice, factor in ((0, 1.0), (2, 1 / 16), (3, 1 / 256)):
        law = {"measured": small.spread.sizes ** (np.log(factor) / np.log(4))}
        changed: Spread = replace(small.spread, **law)
        assert question.answer(replace(small, spread=changed)).choice == choice


@pytest.mark.parametrize("index", [1, 2])
def test_the_winner_is_graded_by_the_loss_at_the_end(index: int) -> None:
    question: Prediction = lesson.predictions[index]
    asked = question.setting(Params(**SMALL, scaling="linear", batch_sizes=(), quick=True))
    assert isinstance(asked, Params)
    assert (asked.scaling, asked.budget) == ("fixed", ("epochs", "steps")[index - 1])
    found = run(asked)
    for winner in range(3):
        loss = np.ones_like(found.curves.loss)
        loss[-1, winner] = 0.1
        assert question.answer(replace(found, curves=replace(found.curves, loss=loss))).choice == winner


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_can_be_tested(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments, "TUNED_ON", range(1000, 1002))
    monkeypatch.setattr(experiments, "RATES", (0.1, 0.3))
    monkeypatch.setattr(experiments, "EPOCHS", 4)
    monkeypatch.setattr(experiments, "STEPS", 20)
    verdict = claim.test((0, 1), silent)
    assert verdict.low <= verdict.effect <= verdict.high
    assert verdict.seeds == 2
    assert verdict.reason


def test_the_opposite_claims_are_judged_on_opposite_gains() -> None:
    seeds = (0, 1)
    same = (experiments.RATE, experiments.RATE)
    one = experiments.contest("moons", 0.1, seeds, same, (50, 50))
    assert one.small.shape == one.large.shape == (2,)
    verdicts = [
        experiments._judge({"here": paired_interval(*pair)}, {"here": one}, "the gain")
        for pair in ((one.small, one.large), (one.large, one.small))
    ]
    assert verdicts[0].effect == -verdicts[1].effect


# A learner's own points


def test_examples_are_drawn_around_own_points_every_point_equally_often() -> None:
    train, test = training.clean("points", 3, CROSS)
    assert (len(train), len(test)) == (EXAMPLES, training.HELD_OUT)
    centres = np.array([[-1, -1], [1, 1], [-1, 1], [1, -1]])
    distance = np.linalg.norm(train.inputs[:, None] - centres, axis=2)
    nearest = distance.argmin(axis=1)
    assert np.bincount(nearest).tolist() == [EXAMPLES // 4] * 4
    np.testing.assert_array_equal(train.targets, nearest // 2)
    deviation = (train.inputs - centres[nearest]).std()
    assert deviation == pytest.approx(training.BLUR, rel=0.15)
    many = ";".join(f"{x / 100},{x % 2},{x % 2}" for x in range(400))
    chosen = np.unique(np.round(training.around(many, EXAMPLES, np.random.default_rng(0)).inputs, 9), axis=0)
    assert len(chosen) == EXAMPLES


def test_own_points_are_learned_and_the_script_prints_the_same_numbers() -> None:
    params = Params(data="points", points=CROSS, label_noise=0, seeds=2, rate=1, batch_sizes=("4", "64"))
    found = run(params)
    assert found.curves.test_accuracy[0].min() > 0.95
    assert lesson.recipe is not None
    printed = lesson.recipe(**params.model_dump())
    for measure in lesson.measures:
        assert printed[measure.name] == pytest.approx(float(np.ravel(measure.of(found))[0]), abs=1e-5)


def test_without_own_points_two_stand_in_and_bad_ones_are_named() -> None:
    assert set(training.clean("points", 0, "")[0].targets.tolist()) == {0, 1}
    params, ignored = Params.from_query({"data": "points", "points": "1,2"})
    assert params.points == ""
    assert "point 1" in str(ignored[0])


# What wrong labels leave to reach


def test_who_knows_all_but_the_wrong_labels_is_not_told_to_have_learned_little() -> None:
    found = run(Params(label_noise=0.4, seeds=2, batch_sizes=("16", "full")))
    accuracies, losses = found.curves.test_accuracy.min(), np.median(found.curves.loss[-1], axis=1)
    assert accuracies > 0.7
    assert losses.max() > 0.9 * hero.guessing(found), "a bar that ignores the wrong labels would be missed"
    assert view(found).findings == ()


@pytest.mark.parametrize(("data", "noise"), [("moons", 0.3), ("digits", 0.2)])
def test_the_least_loss_is_the_entropy_of_the_wrong_labels(small: Run, data: str, noise: float) -> None:
    classes = {"moons": 2, "digits": 10}[data]
    shares = np.array([1 - noise] + [noise / (classes - 1)] * (classes - 1))
    params = Params(data=data, label_noise=noise, **SMALL)
    assert hero.least(replace(small, params=params)) == pytest.approx(-(shares * np.log(shares)).sum())
    assert hero.least(replace(small, params=params.but(label_noise=0))) == 0
