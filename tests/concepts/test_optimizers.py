"""Optimizers: the race, the sweeps, Reddi's sequence, what breaks, what is drawn and graded."""

import warnings
from typing import Any

import numpy as np
import pytest
import torch

from nnviz.concepts.optimizers import Params, claims, clock, lesson, online, pictures, race, run, view, words
from nnviz.concepts.optimizers.hero import TAIL, grid, tails
from nnviz.concepts.optimizers.model import ROUNDS, Run
from nnviz.concepts.optimizers.reddi import thinned
from nnviz.concepts.optimizers.settings import FINE, GROUNDS, LOWEST, NAMES, RATES, STARTS, WINDOWS
from nnviz.core.ensemble import MLP, OPTIMIZERS, train
from nnviz.core.progress import Superseded
from nnviz.models.surfaces import paths

QUICK: dict[str, Any] = {"seeds": 1, "quick": True}
REDDI: dict[str, Any] = {"surface": "reddi", "beta1": 0.0, "beta2": 1 / 17, "decay": 1 / 17}


@pytest.fixture(scope="module")
def quick() -> Run:
    return run(Params(**QUICK))


# The race


def test_every_racer_runs_at_the_best_rate_of_its_own_sweep(quick: Run) -> None:
    assert quick.race is not None
    for index, name in enumerate(quick.params.racers):
        assert quick.race.rates[index] == FINE[quick.race.sweep[index].argmin()]
        alone = paths(
            quick.params.ground, quick.params.place, steps=150, optimizer=name, rate=quick.race.rates[index],
            **quick.params.memory,
        )[0]  # fmt: skip
        np.testing.assert_array_equal(quick.race.ways[index, 0], alone)
        heights = np.maximum(quick.params.ground.value(alone), LOWEST)
        assert np.exp(np.log(heights).mean()) == pytest.approx(quick.race.sweep[index].min(), rel=1e-9)


def test_the_rates_cover_five_decades() -> None:
    for rates in (RATES, FINE, claims.RATES):
        assert np.log10(max(rates) / min(rates)) == pytest.approx(5.0, abs=0.01)


def test_one_rate_for_all_and_rates_of_ones_own() -> None:
    same = run(Params(rates="same", rate=0.02, **QUICK)).race
    own = run(Params(rates="own", heavy=0.002, adam=0.3, **QUICK)).race
    assert same is not None
    assert own is not None
    assert set(same.rates) == {0.02}
    assert own.rates[1] == 0.002
    assert own.rates[5] == 0.3


def test_noise_has_the_size_it_says_and_each_seed_its_own_draw() -> None:
    params = Params(noise=0.5, steps=500, seeds=4)
    blown = race.noise_of(params)
    assert blown is not None
    size = 0.5 * np.linalg.norm(params.ground.slope(params.place))
    assert blown.std() == pytest.approx(size, rel=0.05)
    assert np.abs(blown[0] - blown[1]).max() > size
    more = race.noise_of(params.but(seeds=5))
    assert more is not None
    np.testing.assert_array_equal(more[:4], blown)
    assert race.noise_of(Params()) is None


def test_turning_the_ravine_leaves_gradient_descent_alone_and_moves_adam() -> None:
    ends = {}
    for angle in (0.0, 45.0):
        params = Params(surface="ravine", angle=angle, rates="same", rate=0.3, optimizers=("sgd", "momentum", "adam"))
        ends[angle] = race.held(params).heights[:, 0]
    np.testing.assert_allclose(ends[45.0][:2], ends[0.0][:2], rtol=1e-6, atol=1e-14)
    assert np.abs(np.log(ends[45.0][2, 1:20] / ends[0.0][2, 1:20])).max() > 0.5


def test_usual_starts_and_minima_lie_in_the_window() -> None:
    assert set(WINDOWS) == set(STARTS) == set(GROUNDS)
    for name, (x, y, reach) in WINDOWS.items():
        assert abs(STARTS[name][0] - x) <= reach
        assert abs(STARTS[name][1] - y) <= reach
        if name != "reddi":
            _, _, height = grid(run(Params(surface=name, **QUICK)))
            assert np.isfinite(height).all()
    assert Params(start=(1.0, 2.0)).place == (1.0, 2.0)


# The network


def test_weight_decay_in_gradient_descent_is_an_l2_penalty_and_in_adam_it_is_not() -> None:
    places = np.random.default_rng(0).uniform(-1, 1, (5, 2))
    ground = Params(surface="ravine").ground
    descent = paths(ground, places, steps=20, rate=0.1, l2=0.1)
    shrunk = places.copy()
    for _ in range(20):
        shrunk = (1 - 0.1 * 0.1) * shrunk - 0.1 * ground.slope(shrunk)
    np.testing.assert_allclose(descent[:, -1], shrunk, rtol=1e-10)
    coupled = paths(ground, places, steps=20, optimizer="adam", rate=0.1, l2=0.1)
    apart = paths(ground, places, steps=20, optimizer="adamw", rate=0.1, weight_decay=0.1)
    assert np.linalg.norm(coupled[:, -1] - apart[:, -1], axis=1).mean() > 0.01


def test_the_first_adam_step_of_a_network_is_the_rate_against_the_sign() -> None:
    x, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2
    made: dict[str, Any] = {
        "batch": 30,
        "steps": 1,
        "optimizer": "adam",
        "rate": 1e-3,
        "unit": "step",
        "snapshots": [0, 1],
    }
    done = train(MLP((2, 8, 1)), x, y, seeds=[0, 1], **made)
    start, slopes = done.network.initial_weights([0, 1]), done.gradients()[0]
    big = np.abs(slopes) > 1e-4
    np.testing.assert_allclose((done.final - start)[big], -1e-3 * np.sign(slopes)[big], rtol=1e-3)


def test_seconds_are_measured_once_and_positive() -> None:
    first = clock.seconds_per_step()
    assert first.shape == (7,)
    assert first.min() > 1e-6
    assert clock.seconds_per_step() is first


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_clock_times_the_right_optimizers(name: str) -> None:
    made = clock.in_torch(name, [torch.zeros(1, requires_grad=True)])
    kinds = {"sgd": "SGD", "momentum": "SGD", "nesterov": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop"}
    assert type(made).__name__ == kinds.get(name, {"adam": "Adam", "adamw": "AdamW"}.get(name))


def test_a_run_stops_when_it_is_superseded() -> None:
    def impatient(*_told: object) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        run(Params(beta1=0.77), impatient)


# Reddi's sequence


def in_torch(amsgrad: bool, rounds: int, beta1: float, beta2: float) -> np.ndarray:
    place = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([place], lr=0.5, betas=(beta1, beta2), amsgrad=amsgrad)
    found = [0.0]
    for step, slope in enumerate(online.slopes_of(rounds), start=1):
        place.grad = torch.tensor([slope], dtype=torch.float64)
        optimizer.param_groups[0]["lr"] = 0.5 / step**0.5
        optimizer.step()
        with torch.no_grad():
            place.clamp_(-1, 1)
        found.append(place.item())
    return np.array(found)


@pytest.mark.parametrize(("beta1", "beta2"), [(0.0, 1 / 17), (0.5, 0.9)])
def test_every_round_is_torchs_adam_and_amsgrad(beta1: float, beta2: float) -> None:
    found = online.play(["adam", "amsgrad"], 0.0, rounds=300, beta1=beta1, beta2=beta2)
    np.testing.assert_allclose(found[0], in_torch(False, 300, beta1, beta2), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found[1], in_torch(True, 300, beta1, beta2), rtol=1e-9, atol=1e-12)


def test_adam_ends_at_the_worst_point_and_amsgrad_at_the_best() -> None:
    ends = online.play(["adam", "amsgrad"], 0.0, rounds=4500, beta1=0.0, beta2=1 / 17)[:, -1]
    assert ends[0] > 0.95
    assert ends[1] < -0.95


def test_regret_against_the_best_fixed_point() -> None:
    points = np.array([[-1.0, -1.0, -1.0, -1.0], [1.0, 1.0, 1.0, 1.0]])
    means = online.regret(points)
    np.testing.assert_allclose(means[0], 0.0)
    assert means[1, -1] == pytest.approx(2 * (4 - 2) / 3)
    slopes = online.slopes_of(6)
    np.testing.assert_array_equal(slopes, [4, -1, -1, 4, -1, -1])
    assert slopes.sum() * -1 < slopes.sum() * 1


def test_the_game_has_four_rounds_a_step_and_is_drawn_at_one_phase_of_the_period() -> None:
    found = run(Params(steps=20, **REDDI, **QUICK))
    assert found.game is not None
    assert found.game.shape == (8, 20 * ROUNDS + 1)
    for last in (30, 600, 15000):
        assert set(thinned(last) % online.PERIOD) == {0}
        assert len(thinned(last)) <= 402


# What is drawn and said


def test_tails_end_at_their_balls(quick: Run) -> None:
    assert quick.race is not None
    way, frames = quick.race.ways[3, 0], np.array([0, 5, 150])
    found = tails(way, frames)
    assert found.shape == (3, TAIL + 1, 2)
    np.testing.assert_allclose(found[:, -1], way[frames], rtol=1e-6)
    assert np.isnan(found[0, :-1]).all()


@pytest.mark.parametrize("surface", GROUNDS)
def test_every_surface_at_its_extremes_is_drawn(surface: str) -> None:
    for changes in (
        {"rates": "same", "rate": 10.0, "noise": 1.0, "steps": 40, "start": (6.0, 6.0)},
        {"momentum": 0.0, "beta1": 0.0, "beta2": 0.0, "decay": 0.0, "weight_decay": 1.0, "optimizers": (), "steps": 10},
    ):
        shown = view(run(Params(surface=surface, **changes, **QUICK)))
        assert " nan" not in shown.sentence
        assert all(len(chart.alt) > 20 for chart in shown.charts)


def test_findings_name_their_numbers() -> None:
    texts = [view(run(Params(**preset.values, **QUICK))).findings[0].text for preset in lesson.presets]
    assert "AMSGrad" in texts[0]
    assert "bears rates up to 2" in texts[1]
    assert "divides by the root of all squared slopes" in texts[2]


def causes(**changes: Any) -> list[str]:
    return [finding.text for finding in view(run(Params(**changes, **QUICK))).findings]


def test_adagrad_does_not_grind_where_the_slope_itself_ends() -> None:
    assert not any("grinds" in text for text in causes(surface="rastrigin"))  # a local minimum
    assert not any("grinds" in text for text in causes(surface="saddle", start=(-1.5, 0.0)))  # the saddle itself
    ground = Params(surface="ravine").ground
    place = np.array([0.4, -0.3])
    assert words.still_to_fall(ground, place) == pytest.approx(float(ground.value(place)), rel=1e-6)


def test_who_only_jumps_about_climbs_and_who_is_lost_diverges() -> None:
    texts = causes(surface="rastrigin", rates="same", rate=10.0)
    assert any(text.startswith("RMSprop climbs") and "median of the last tenth" in text for text in texts)
    assert any(text.startswith("Momentum diverges") and "out of all bounds" in text for text in texts)


def test_only_who_forgets_and_stays_up_is_said_to_walk_to_the_worst_point() -> None:
    assert not causes(surface="reddi", rates="same", rate=1e-4, start=(0.9, 0.0))  # too slow to have left the start
    (text,) = causes(**REDDI, rates="same", rate=10.0, steps=30)
    assert "Gradient descent" not in text  # which only swings from edge to edge
    (text,) = causes(**{**REDDI, "decay": 0.99})
    assert "β₂ = 0.0588 keeps 0.346 %" in text
    assert "decay" not in text


def test_captions_name_a_leader_only_where_there_is_one() -> None:
    captions = view(
        run(Params(surface="rosenbrock", rates="same", rate=10.0, optimizers=("sgd", "momentum"), **QUICK))
    ).captions
    assert captions[0] == "all at 24.2"
    assert captions[-1] == "all lost"


def test_the_window_holds_the_start() -> None:
    far = Params(surface="ravine", start=(4.0, -3.0))
    x, y, reach = far.window
    assert max(abs(far.place[0] - x), abs(far.place[1] - y)) < reach
    assert Params(surface="ravine", start=(1.0, 1.0)).window == WINDOWS["ravine"]


def test_the_steepest_curvature_is_the_hessians() -> None:
    place = (0.3, -0.7)
    for name in ("ravine", "himmelblau", "rastrigin"):
        ground = Params(surface=name).ground
        exact = {
            "ravine": 1.0,
            "himmelblau": np.linalg.eigvalsh(
                np.array(
                    [[12 * 0.3**2 + 4 * -0.7 - 42, 4 * (0.3 - 0.7)], [4 * (0.3 - 0.7), 12 * 0.7**2 + 4 * 0.3 - 26]]
                )
            )[-1],
            "rastrigin": max(2 + 40 * np.pi**2 * np.cos(2 * np.pi * each) for each in place),
        }[name]
        assert words.steepest(ground, place) == pytest.approx(float(exact), rel=1e-4)


def test_best_rates_are_marked_in_the_sweep(quick: Run) -> None:
    marks = [trace for trace in pictures.network_rates(quick).figure["data"] if trace.get("mode") == "markers"]
    assert [trace["x"][0] for trace in marks] == [quick.nets.best_rate(name) for name in OPTIMIZERS]


def test_the_map_sets_the_start_by_a_click(quick: Run) -> None:
    chart = view(quick).chart("map")
    assert chart.click == {"start": "customdata"}
    ground = chart.figure["data"][0]
    taken, ignored = Params.from_query({"start": ground["customdata"][3][7]})
    assert not ignored
    assert taken.place == pytest.approx((ground["x"][7], ground["y"][3]), rel=0.01)


# Predictions and claims


def test_the_first_step_is_judged_by_its_length() -> None:
    question = lesson.predictions[1]
    assert question.answer(run(question.setting(Params(**QUICK)))).choice == 0


def test_a_per_coordinate_method_suffers_from_turning() -> None:
    question = lesson.predictions[0]
    choice = question.answer(run(question.setting(Params(**QUICK)))).choice
    assert question.choices[choice] in (NAMES["rmsprop"], NAMES["adam"])


def test_good_decades_count_the_rates_near_the_best() -> None:
    last = np.full((21, 1), 1.0)
    last[4:9] = 0.1
    assert claims.good_decades(last)[0] == pytest.approx(5 * 0.25, rel=0.01)


def test_claims_tell_their_numbers_and_tuning_seeds_are_others() -> None:
    for claim in lesson.claims:
        assert claim.seeds <= min(claims.TUNED_ON)
        assert (claim.seeds == 32) == claim.doubtful
    before, after = claims.turned_ends(3, "sgd", 1.0)
    assert after == pytest.approx(before, rel=1e-6)


def test_nothing_warns_on_a_way_that_is_lost() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        view(run(Params(surface="rosenbrock", rates="same", rate=10.0, start=(6.0, -6.0), **QUICK)))
