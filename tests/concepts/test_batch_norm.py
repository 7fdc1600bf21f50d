"""Batch normalization: the norm by closed form, both modes, noise and batches by their rules, charts by what they hold."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from nnviz.concepts.batch_norm import Params, lesson, run, view
from nnviz.concepts.batch_norm.charts import FLOOR, TOP, held
from nnviz.concepts.batch_norm.company import in_company
from nnviz.concepts.batch_norm.hero import CENTRES, ridge
from nnviz.concepts.batch_norm.model import gathered
from nnviz.concepts.batch_norm.nets import Net
from nnviz.concepts.batch_norm.pictures import EDGES, spread_of
from nnviz.concepts.batch_norm.points import POINTS, orders_of, points_of, shaken
from nnviz.concepts.batch_norm.sweeps import BATCHES, RATES, Sweep, over_rates
from nnviz.concepts.batch_norm.training import train
from nnviz.core.progress import Superseded
from nnviz.models import deep, deep_training
from nnviz.models.deep import Architecture
from nnviz.models.norms import normalised

QUICK: dict[str, Any] = {"depth": 2, "steps": 50, "seeds": 2, "sketch": True}


def test_scaling_the_weights_before_a_norm_changes_no_loss_and_divides_the_gradient() -> None:
    shape = Architecture(3, 8, norm="batch")
    theta = deep.start(shape, (0, 1))
    deep.unpacked(shape, theta)[1].weight.mul_(1000)  # beside this the 10⁻⁵ under the root is nothing
    inputs, targets = points_of("moons", (0, 1))
    scaled, factor = theta.clone(), 7.0
    deep.unpacked(shape, scaled)[1].weight.mul_(factor)
    one, two = (deep_training.gradient(shape, each, inputs, targets) for each in (theta, scaled))
    torch.testing.assert_close(two.loss, one.loss, rtol=1e-9, atol=0)
    slopes = [deep.unpacked(shape, each.gradient)[1].weight for each in (one, two)]
    torch.testing.assert_close(slopes[1] * factor, slopes[0], rtol=1e-6, atol=1e-12)
    others = [deep.unpacked(shape, each.gradient)[0].weight for each in (one, two)]
    torch.testing.assert_close(others[1], others[0], rtol=1e-6, atol=1e-12)


def test_two_examples_are_always_minus_one_and_one() -> None:
    values = torch.tensor([[[3.0, 10.0], [0.5, -4.0]]], dtype=torch.float64)
    found = normalised(values, "batch").values
    torch.testing.assert_close(
        found, torch.tensor([[[-1.0, 1.0], [1.0, -1.0]]], dtype=torch.float64), rtol=1e-5, atol=0
    )


def test_alone_in_one_batch_training_mode_is_the_pass_itself() -> None:
    shape = Architecture(2, 8, norm="batch")
    theta, (inputs, _) = deep.start(shape, (0, 1)), points_of("moons", (0, 1))
    whole = deep.forward(shape, theta, inputs).outputs
    torch.testing.assert_close(in_company(shape, theta, inputs, 512), whole, rtol=1e-9, atol=1e-9)
    layer = Architecture(2, 8, norm="layer")  # which asks nobody else
    alone = deep.forward(layer, theta, inputs).outputs
    torch.testing.assert_close(in_company(layer, theta, inputs, 7, 3), alone, rtol=1e-9, atol=1e-9)
    assert not torch.allclose(in_company(shape, theta, inputs, 7), whole)


def test_every_pass_shows_every_point_once_and_seeds_do_not_lean_on_each_other() -> None:
    rows = orders_of((3, 4), 16, 32)
    assert rows.shape == (2, 16, 32)
    assert torch.equal(rows[0, :8].flatten().sort().values, torch.arange(POINTS))
    assert torch.equal(orders_of((4,), 16, 32)[0], rows[1])
    factors, shifts = shaken((3, 4), 5, 2, 8, 0.5)
    assert factors.shape == shifts.shape == (5, 2, 2, 8, 1)
    assert torch.equal(shaken((4,), 5, 2, 8, 0.5)[1][:, :, 0], shifts[:, :, 1])
    assert 1 <= factors.min() < factors.max() <= 1.25
    assert -0.5 <= shifts.min() < 0 < shifts.max() <= 0.5


def test_noise_moves_what_the_norm_keeps_in_place() -> None:
    quiet, noisy = (train(Net(depth=2, steps=50, noise=noise), (0, 1)) for noise in (0.0, 0.5))
    assert (noisy.drift[1:].mean(0) > 5 * quiet.drift[1:].mean(0)).all()
    assert (noisy.drift[0] == 0).all()


def test_the_plain_twin_has_no_norm_and_the_same_batches() -> None:
    found = run(Params(**QUICK, noise=0.3))
    assert found.plain.net.norm == "none"
    assert found.plain.net.noise == 0
    assert found.plain.flips.max() == 0  # without a norm nobody asks the neighbours
    assert np.array_equal(found.plain.modes[0], found.plain.modes[1])
    assert found.own.flips.max() > 0


def test_densities_sum_to_one_and_ridges_stand_on_their_layer() -> None:
    sums = torch.linspace(-9, 9, 60, dtype=torch.float64).reshape(2, 3, 10)
    share = spread_of(sums)
    np.testing.assert_allclose(share.sum(axis=1), 1)
    for layer, found in zip(sums.clamp(-4, 4).numpy(), share, strict=True):
        np.testing.assert_array_equal(found, np.histogram(layer, EDGES)[0] / layer.size)
    assert np.isnan(spread_of(sums * torch.nan)).all()
    outline = ridge(share, 3.0)
    assert outline.shape == (2, len(CENTRES) + 2)
    assert (outline[:, [0, -1]] == 3).all()
    assert outline.min() == 3
    assert len(EDGES) == len(CENTRES) + 1


def test_one_rate_of_a_sweep_is_a_training_at_that_rate() -> None:
    net = Net(depth=2, steps=50, rate=0.1)
    swept, alone = over_rates(net, (0, 1), RATES), train(net, (0, 1))
    np.testing.assert_allclose(swept.loss[RATES.index(0.1)], alone.final, rtol=1e-6)


def test_the_best_and_the_largest_rate() -> None:
    loss = np.array([[0.6, 0.6], [0.1, 0.2], [0.5, 0.6], [np.nan, 0.01], [np.nan, np.nan]])
    sweep = Sweep((0.1, 0.2, 0.4, 0.8, 1.6), loss, loss)
    assert sweep.best == 1
    assert sweep.largest == 0.4
    assert np.isnan(Sweep((1.0,), np.array([[0.7]]), np.array([[0.5]])).largest)


def test_a_run_draws_its_charts_and_partials_come_in_order() -> None:
    params = Params(**QUICK | {"sketch": False})
    kept: list[Any] = []
    done = run(params, lambda *words: kept.append(words[2] if len(words) > 2 else None))
    names = ["ridges", "loss", "smooth", "rates", "modes"]
    assert [chart.name for chart in view(done).charts] == names
    assert [each.batch for each in done.batches] == list(BATCHES)
    for partial in (each for each in kept if each):
        shown = [chart.name for chart in view(partial).charts]
        assert shown == names[: len(shown)]
        assert len(shown) >= 3
    assert done.rates is not None
    parts = [done.plain, done.own, *done.rates, *done.batches]
    assert [gathered(params, [each, None, *parts[2:]]) for each in (None, done.plain)] == [None, None]
    for count, charts in ((2, 3), (3, 3), (4, 4), (6, 5)):
        found = gathered(params, parts[:count] + [None] * (9 - count))
        assert found is not None
        assert [chart.name for chart in view(found).charts] == names[:charts]


def test_a_net_that_breaks_down_is_named() -> None:
    found = run(Params(**QUICK | {"depth": 12, "steps": 100}, rate=10.0, norm="layer"))
    assert view(found).sentence
    text = [each.cause for each in view(found).findings]
    assert set(text) <= {"non-finite", "underfitting"}


def test_running_statistics_that_lag_are_not_called_a_net_that_learned_nothing() -> None:
    lagging = run(Params(statistics=0.01, **QUICK | {"depth": 6, "steps": 200, "seeds": 4}))
    shown = view(lagging)
    assert [each.cause for each in shown.findings] == ["running statistics"]
    assert "by 1 % of the way" in shown.findings[0].text
    assert lagging.own.modes[0].mean() > lagging.own.modes[1].mean()


def test_a_tiny_batch_is_blamed_only_if_the_net_without_a_norm_learns() -> None:
    stuck = run(Params(batch=2, rate=0.01, **QUICK))
    assert [each.cause for each in view(stuck).findings] == ["underfitting"]
    assert "deviation" not in view(stuck).findings[0].text


def test_the_sentence_counts_who_broke_down_and_names_a_mode_where_there_are_two() -> None:
    layer = run(Params(norm="layer", **QUICK))
    assert " mode" not in view(layer).sentence
    lost = replace(layer.plain, final=np.array([np.nan, 0.3]), drift=np.full_like(layer.plain.drift, np.nan))
    words = view(replace(layer, plain=lost)).sentence
    assert "1 of 2 without a norm broke down" in words
    assert "not a number" not in words


def test_a_loss_that_is_no_number_stands_at_the_top() -> None:
    np.testing.assert_array_equal(held(np.array([np.nan, np.inf, 0.5, 0.0])), [TOP, TOP, 0.5, FLOOR])
    assert held(np.array([np.nan]), 2.0) == 2.0


def test_it_stops_when_the_learner_moves_on() -> None:
    def moved_on(*_: Any, **__: Any) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        run(Params(**QUICK, seed=77), moved_on)


def test_words_of_the_lesson() -> None:
    assert 10 <= sum(note.minutes for note in lesson.notes) <= 14
    assert next(claim for claim in lesson.claims if claim.doubtful).seeds == 32
