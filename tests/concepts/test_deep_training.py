"""Why deep nets are hard: landscapes by closed form, repairs and searches by their rules, charts by what they hold."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from nnviz.concepts.deep_training import Params, lesson, model, run, view
from nnviz.concepts.deep_training import landscape as slices
from nnviz.concepts.deep_training import repair as repairs
from nnviz.concepts.deep_training import search as searches
from nnviz.concepts.deep_training.depths import DEPTHS, costs
from nnviz.concepts.deep_training.hero import ceiling, cut, valley_words
from nnviz.concepts.deep_training.landscape import Key, Slice, filter_normalized, projected, slice_of, surface, valleys
from nnviz.concepts.deep_training.nets import Net, start, train
from nnviz.concepts.deep_training.points import TEST, points_of
from nnviz.concepts.deep_training.predictions import PREDICTIONS
from nnviz.concepts.deep_training.search_charts import trials_chart
from nnviz.core.progress import Superseded
from nnviz.models import deep, deep_training
from nnviz.models.deep import Architecture

QUICK: dict[str, Any] = {"depth": 3, "steps": 20, "seeds": 2, "points": 16}
SMALL = Net(depth=3, points=16)


def test_directions_have_in_every_unit_the_length_of_its_weights_and_leave_biases_alone() -> None:
    architecture = Architecture(3, 8, norm="batch")
    theta = deep.start(architecture, (4,))[0] + 0.1
    for direction in filter_normalized(architecture, theta, 0):
        own, along = (deep.unpacked(architecture, each[None]) for each in (theta, direction))
        for mine, its in zip(own, along, strict=True):
            torch.testing.assert_close(its.weight.norm(dim=2), mine.weight.norm(dim=2), rtol=1e-12, atol=0)
            assert not its.bias.any()
            assert its.scale is None or not its.scale.any()


def test_the_landscape_does_not_change_when_relu_units_are_rescaled() -> None:
    # Multiply a unit's incoming weights by a and divide its outgoing ones by a: the same function of the inputs.
    net = replace(SMALL, norm="none")
    theta = start(net, (0,))[0].clone()
    other = theta.clone()
    layers, scaled = (deep.unpacked(net.architecture, each[None]) for each in (theta, other))
    factors = torch.linspace(0.25, 4.0, net.width, dtype=torch.float64)
    scaled[0].weight.mul_(factors[:, None])
    scaled[1].weight.div_(factors)
    assert not torch.equal(layers[0].weight, scaled[0].weight)
    ticks = torch.linspace(-1, 1, 7, dtype=torch.float64)
    found = [surface(net, 0, each, filter_normalized(net.architecture, each, 0), ticks) for each in (theta, other)]
    # Each unit's share of a direction is as long as its weights, so incoming shares scale with them; outgoing shares of
    # one unit go into several units' lengths, so only the incoming direction is compared.
    only = [filter_normalized(net.architecture, each, 0) for each in (theta, other)]
    for each in only:
        each[:, net.width * 2 :] = 0
    alike = [surface(net, 0, each, along, ticks) for each, along in zip((theta, other), only, strict=True)]
    np.testing.assert_allclose(alike[0], alike[1], rtol=2e-4)
    assert found[0][3, 3] == pytest.approx(found[1][3, 3], rel=1e-5)  # the middle is the network itself


def test_a_surface_is_the_loss_of_the_network_that_stands_there() -> None:
    trained = train(SMALL, (0,), 20)
    shown = slice_of(Key(trained), "random", 3, 0.7, 5)
    directions = filter_normalized(SMALL.architecture, torch.tensor(trained.path[-1]), 3)
    theta = torch.tensor(trained.path[-1]) + shown.ticks[4] * directions[0] + shown.ticks[1] * directions[1]
    inputs, targets, _, _ = model_examples(SMALL)
    own = deep.losses(deep.forward(SMALL.architecture, theta[None], inputs).outputs, targets)
    assert shown.loss[1, 4] == pytest.approx(own.item(), rel=1e-4)
    assert shown.loss[2, 2] == pytest.approx(trained.final[0], rel=1e-4)
    assert shown.heights[-1] == trained.final[0]


def model_examples(net: Net) -> Any:
    from nnviz.concepts.deep_training.nets import examples

    return examples(net, (0,))


def test_along_the_training_the_slice_holds_the_way_and_ends_in_the_middle() -> None:
    trained = train(SMALL, (0,), 40)
    along = slice_of(Key(trained), "path", 0, 1.0, 5)
    across = slice_of(Key(trained), "random", 0, 1.0, 5)
    assert along.share > 0.6 > across.share
    np.testing.assert_allclose(along.path[-1], 0, atol=1e-9)
    assert np.abs(along.path).max() < along.ticks[-1]


def test_projection_is_exact_for_what_lies_in_the_plane() -> None:
    directions = torch.tensor([[1.0, 1.0, 0.0], [0.0, 2.0, 0.0]], dtype=torch.float64)
    offsets = torch.tensor([[3.0, 5.0, 0.0], [1.0, 1.0, 0.0]], dtype=torch.float64)
    coordinates, share = projected(offsets, directions)
    np.testing.assert_allclose(coordinates.numpy(), [[3, 1], [1, 0]], atol=1e-12)
    assert share == pytest.approx(1.0)
    assert projected(torch.tensor([[0.0, 0.0, 2.0]], dtype=torch.float64), directions)[1] == pytest.approx(0.0)


def test_valleys_are_counted_as_one_walks_across() -> None:
    ticks = np.linspace(-1, 1, 41)
    bowl = 0.1 + ticks[:, None] ** 2 + ticks[None] ** 2
    assert valleys(bowl) == 1
    waves = 1.5 + np.cos(3 * np.pi * ticks)[None] + 0 * ticks[:, None]  # minima at ±1/3, ±1: four a row, one a column
    assert valleys(waves) == pytest.approx((4 + 1) / 2)
    assert valleys(np.ones((5, 5))) == 1
    assert valleys(np.full((5, 5), np.nan)) == 1


def test_rounding_makes_no_valleys_and_words_count_none_where_there_is_nothing_to_walk_on() -> None:
    plateau = np.log(2) * (1 + 1e-6 * np.random.default_rng(0).standard_normal((9, 9)))
    assert valleys(plateau) == 1
    level, broken = (
        Slice(np.linspace(-1, 1, 9), each, np.zeros((1, 2)), np.ones(1), 0.5) for each in (plateau, plateau * np.nan)
    )
    assert level.flat
    assert not level.broken
    assert broken.broken
    assert not broken.flat
    assert "flat" in valley_words(level)
    assert "broke down" in valley_words(broken)
    found = run(Params(norm="none", depth=40, steps=20, seeds=1))
    assert "valleys" not in view(found).sentence
    assert "not a number" not in view(found).sentence + " ".join(view(found).captions)


def test_a_mountain_is_cut_off_with_one_ring_at_the_rim() -> None:
    loss = np.add.outer(np.arange(-3.0, 4) ** 2, np.arange(-3.0, 4) ** 2)
    shown = cut(loss, 2.5)
    assert np.nanmax(shown) == 2.5
    assert np.isnan(shown[0, 0])
    assert shown[3, 3] == 0
    assert shown[1, 3] == 2.5  # 4 > 2.5, next to 1
    assert np.isnan(shown[0, 3])


def test_the_twin_differs_in_nothing_but_the_sum() -> None:
    found = model.pair(Params(**QUICK))
    assert found.skip.net == replace(found.plain.net, residual=True)
    assert np.array_equal(found.plain.path[0], found.skip.path[0])
    one = model.pair(Params(**QUICK | {"depth": 1}))  # one layer has nothing to skip
    assert np.array_equal(one.plain.loss, one.skip.loss)


def test_points_are_split_and_every_seed_has_its_own() -> None:
    x, y, test, answers = points_of("moons", 32, 0.05, 1)
    assert (len(x), len(y), len(test), len(answers)) == (32, 32, TEST, TEST)
    assert not (x[:, None] == test[None]).all(axis=2).any()
    assert not np.array_equal(x, points_of("moons", 32, 0.05, 2)[0])


def test_own_points_are_learned_from() -> None:
    own = "0,0,0;1,1,1;-1,1,0;1,-1,1"
    found = model.pair(Params(**QUICK, data="points", own=own))
    assert found.plain.error.shape == (2,)
    with pytest.raises(ValueError, match=r"points must lie from -2.5"):
        Params(own="9,9,0")


def test_what_depth_costs() -> None:
    found = costs(SMALL)
    expected = [2 * 16 + 16 + (d - 1) * (16 * 16 + 16) + 16 * d + 17 for d in DEPTHS]
    assert found.parameters.tolist() == expected
    assert (np.diff(found.bytes) > 0).all()
    assert (found.seconds > 0).all()


def test_a_network_that_breaks_down_is_nan_to_the_end_and_is_named() -> None:
    found = run(Params(norm="none", depth=40, steps=20, seeds=2, picture="landscape"))
    assert np.isnan(found.skip.final).any()
    shown = view(found)
    assert "non-finite" in {each.cause for each in shown.findings}
    assert all(np.isfinite(each.path).all() for each in found.slices or ())


def test_the_repair_log_starts_as_it_came_and_adds_one_change_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairs, "STEPS", 15)
    every = list(repairs.log("stiff", ("norm", "residual")))
    last = every[-1]
    assert [each.changes for each in last.steps] == [(), ("norm",), ("norm", "residual")]
    assert [each.changes for each in last.alone] == [(change,) for change in repairs.CHANGES]
    assert all(before.done <= after.done for before, after in pairwise(every))
    good = [each for each in last.alone if repairs.cured(each)]
    assert last.fewest is not None
    assert len(last.fewest) == 1 if good else len(last.fewest) in (0, 2)


def test_a_repair_is_tried_on_the_seeds_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairs, "STEPS", 5)
    first, other = (repairs.entry("faint", (), seed).loss for seed in (0, 1))
    np.testing.assert_array_equal(first[:, 1:], other[:, :-1])
    assert not np.array_equal(first, other)


def test_every_change_changes_one_thing_of_every_patient() -> None:
    for net in repairs.PATIENTS.values():
        for change in repairs.CHANGES:
            other = repairs.changed(net, change)
            differing = [name for name in vars(net) if getattr(net, name) != getattr(other, name)]
            assert len(differing) == 1, (net, change)


def test_the_best_trial_lies_on_top_of_those_at_the_same_place() -> None:
    places = np.full((3, 4), 0.5)
    tried = searches.Trials(places, np.full(3, searches.STEPS), np.array([0.3, 0.1, np.inf]))
    found = searches.Search(dict.fromkeys(searches.METHODS, tried), np.arange(4) / 4)
    chart = trials_chart(replace(model.pair(Params(**QUICK)), search=found))
    dots = chart.figure["data"][0]["marker"]
    assert dots["color"][-1] == dots["cmin"] == 0.1


def test_every_search_spends_the_same_budget() -> None:
    assert (
        searches.halving_cost(searches.beginners()) <= searches.BUDGET < searches.halving_cost(searches.beginners() + 1)
    )
    assert len(searches.grid()) * searches.STEPS == searches.BUDGET
    middles = np.unique(searches.grid()[:, 0])
    np.testing.assert_allclose(middles, [1 / 6, 1 / 2, 5 / 6])


def test_successive_halving_keeps_the_best_of_each_rung_and_a_trial_is_what_it_is_alone() -> None:
    net, places = replace(SMALL, rate=0.0), searches.drawn(12, 0)
    found = searches.attempt(net, 0, places, ((4, 3), (8, 2), (12, 1)))
    assert sorted(np.unique(found.steps, return_counts=True)[1].tolist()) == [2, 2, 8]
    whole = searches.attempt(net, 0, places, ((12, 1),))
    kept = found.steps == 12
    np.testing.assert_allclose(found.loss[kept], whole.loss[kept], rtol=1e-8)
    short = searches.attempt(net, 0, places, ((4, 1),))
    assert set(np.argsort(short.loss)[:4]) == set(np.flatnonzero(found.steps > 4))
    assert found.best in np.flatnonzero(kept)


def test_importance_finds_the_axis_that_decides() -> None:
    places = np.random.default_rng(0).uniform(size=(400, 4))
    trials = searches.Trials(places, np.full(400, searches.STEPS), np.exp(5 * places[:, 2]))
    found = searches.importance(trials)
    assert found[2] > 0.9
    assert (found[[0, 1, 3]] < 0.05).all()


def test_a_trial_has_its_own_gain_rate_momentum_and_decay() -> None:
    net, place = replace(SMALL, rate=0.0), np.array([[0.6, 0.4, 0.5, 0.9]])
    rate, gain, friction, decay = 10 ** searches.actual(place)[0]
    states = searches.beginning(net, 0, place)
    theta = start(net, (0,))
    weight = deep.unpacked(net.architecture, states.theta)[1].weight
    torch.testing.assert_close(weight, gain * deep.unpacked(net.architecture, theta)[1].weight)
    inputs, targets, _, _ = model_examples(net)
    plan = deep_training.Plan("momentum", float(rate), momentum=float(1 - friction), decay=float(decay))
    alone = deep_training.train(net.architecture, states, plan, 5, lambda _: (inputs, targets))
    together = searches.trained(net, 0, states, place, 5)
    torch.testing.assert_close(alone.theta, together.theta, rtol=1e-10, atol=1e-12)


def test_moving_the_reach_trains_nothing_anew() -> None:
    params = Params(**QUICK)
    first = run(params)
    missed = train.cache_info().misses
    second = run(params.but(reach=0.3).preview())
    assert train.cache_info().misses == missed
    assert second.plain is first.plain
    assert second.slices is not None
    assert first.slices is not None
    assert len(second.slices[0].ticks) < len(first.slices[0].ticks)


def test_charts_hold_the_run() -> None:
    found = run(Params(**QUICK))
    shown = view(found)
    hero = shown.charts[0]
    assert hero.name == "landscape"
    assert found.slices is not None
    top = ceiling(found.slices)
    for index, each in enumerate(found.slices):
        assert np.nanmax(hero.figure["data"][3 * index]["z"]) <= np.float32(top)
        assert hero.frames[f"data.{3 * index + 2}.z"][-1, 0] == pytest.approx(min(each.heights[-1], top))
    assert f"{found.slices[0].valleys:.1f} valleys" in shown.sentence
    assert shown.steps is not None
    assert shown.steps.tolist() == found.plain.moments.tolist()


def test_the_pictures_come_line_by_line() -> None:
    partial: list[Any] = []

    def report(_fraction: float, _what: str = "", seen: Any = None) -> None:
        if seen is not None:
            partial.append(seen)

    last = run(Params(**QUICK, picture="depth"), report)
    assert [len(each.depths.depths) for each in partial] == list(range(1, len(DEPTHS) + 1))
    for each in (partial[0], last):
        shown = view(each)
        assert shown.charts[0].name == "depth"
        assert "training errors at depth" in shown.sentence
    answer = PREDICTIONS[0].answer(last)
    assert answer.choice in (0, 1, 2)


def test_a_run_stops_when_nobody_waits() -> None:
    def report(fraction: float, *_: Any) -> None:
        if fraction > 0.05:
            raise Superseded

    with pytest.raises(Superseded):
        run(Params(depth=50, seeds=4, seed=77), report)


def test_deep_wide_nets_are_trained_from_fewer_seeds() -> None:
    assert len(Params(depth=50, width=24, points=128, seeds=32).numbers) < len(Params(seeds=32).numbers) == 32
    assert Params(depth=50, width=24, points=128, seeds=32, seed=5).numbers[0] == 5


def test_measures_have_one_value_a_seed() -> None:
    found = run(Params(**QUICK))
    assert [np.shape(each.of(found)) for each in lesson.measures] == [(2,)] * 4


def test_a_slice_says_its_valleys() -> None:
    ticks = np.linspace(-1, 1, 5)
    flat = Slice(ticks, np.ones((5, 5)), np.zeros((1, 2)), np.ones(1), 1.0)
    assert flat.valleys == 1
    assert slices.LEAST > 0
