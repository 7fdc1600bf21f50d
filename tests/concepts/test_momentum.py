"""Momentum: the closed forms of a quadratic, what breaks, what is drawn and graded."""

from dataclasses import replace

import numpy as np
import pytest

from nnviz.concepts.momentum import Params, claims, lesson, nets, run, theory, view
from nnviz.concepts.momentum.hero import at, so_far
from nnviz.concepts.momentum.model import MEASURED, Run, descend, shrinking
from nnviz.concepts.momentum.theory import METHODS
from nnviz.core.progress import Superseded, silent
from nnviz.models.surfaces import Surface

QUICK = Params().preview()


@pytest.fixture(scope="module")
def quick() -> Run:
    return run(QUICK)


# Closed forms


def roots(method: str, rate: float, beta: float, curvature: float) -> float:
    """Return the spectral radius of the matrix that takes (w, z) to the next (w, z)."""
    kept, pull = beta, curvature
    heavy = [[1 - rate * pull, -rate * kept], [pull, kept]]  # w′ = w − αz′
    ahead = [[1 - rate * pull * (1 + kept), -rate * kept**2], [pull, kept]]  # w′ = w − α(λw + βz′), z′ = βz + λw
    return float(np.abs(np.linalg.eigvals(np.array(ahead if method == "nesterov" else heavy))).max())


@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_the_factor_a_step_is_the_spectral_radius_of_the_step(method: str) -> None:
    draws = np.random.default_rng(0)
    for rate, beta, curvature in zip(
        draws.uniform(0, 4.5, 200), draws.uniform(0, 1, 200), draws.uniform(0, 1, 200), strict=True
    ):
        expected = roots(method, rate, beta, curvature)
        assert float(theory.factor(method, rate, beta, curvature)) == pytest.approx(expected, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("kappa", [3.0, 10.0, 100.0, 1000.0])
@pytest.mark.parametrize("method", METHODS)
def test_the_best_rate_and_momentum_give_the_best_convergence_and_no_others_beat_it(method: str, kappa: float) -> None:
    rate, beta = theory.best(method, kappa)
    least = float(theory.best_convergence(method, kappa))
    assert float(theory.convergence(method, rate, beta, kappa)) == pytest.approx(least, rel=1e-7)
    rates, betas = np.meshgrid(np.linspace(0.01, 4.5, 300), np.linspace(0, 1, 200))
    assert theory.convergence(method, rates, betas, kappa).min() >= least - 1e-9


def test_gohs_formulas() -> None:
    first, last = 1 / 50.0, 1.0
    assert theory.best("momentum", 50.0)[0] == pytest.approx((2 / (first**0.5 + last**0.5)) ** 2, rel=1e-12)
    assert theory.best("momentum", 50.0)[1] == pytest.approx(((50**0.5 - 1) / (50**0.5 + 1)) ** 2, rel=1e-12)
    assert theory.best("sgd", 50.0)[0] == pytest.approx(2 / (first + last), rel=1e-12)


@pytest.mark.parametrize("kappa", [10.0, 100.0, 1000.0])
def test_the_measured_rate_is_within_one_percent_of_the_formula_over_200_steps(kappa: float) -> None:
    rate, beta = theory.best("momentum", kappa)
    measured = shrinking(descend(kappa, (1.0, 1.0), rate, beta, MEASURED))
    assert MEASURED == 200
    assert measured[1] == pytest.approx(float(theory.best_convergence("momentum", kappa)), rel=0.01)
    plain = shrinking(descend(kappa, (1.0, 1.0), theory.best("sgd", kappa)[0], 0.0, MEASURED))
    assert plain[0] == pytest.approx(float(theory.best_convergence("sgd", kappa)), rel=1e-3)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_error_grows_exactly_beyond_the_limit(method: str, beta: float) -> None:
    bound = float(theory.limit(method, beta))
    index = METHODS.index(method)
    below, beyond = (descend(1.0, (0.0, 1.0), bound * side, beta, 4000)[index, :, 1] for side in (0.995, 1.005))
    assert abs(below[-1]) < 1e-3
    assert not np.abs(beyond[-1]) < 1e3
    assert float(theory.factor(method, bound, beta, 1.0)) == pytest.approx(1.0, abs=1e-9)


def test_no_momentum_is_gradient_descent() -> None:
    ways = descend(20.0, (1.0, -0.5), 0.7, 0.0, 30)
    np.testing.assert_allclose(ways[1], ways[0], rtol=1e-12)
    np.testing.assert_allclose(ways[2], ways[0], rtol=1e-12)
    steps = np.arange(31)
    np.testing.assert_allclose(ways[0], np.stack([(1 - 0.7 / 20) ** steps, -0.5 * 0.3**steps], axis=1), rtol=1e-9)


# The run


def test_a_run_agrees_with_its_formulas(quick: Run) -> None:
    assert quick.ways.shape == (3, QUICK.steps + 1, 2)
    np.testing.assert_allclose(
        quick.heights[:, 0], Surface("ravine", QUICK.kappa).value((QUICK.x, QUICK.y)), rtol=1e-12
    )
    np.testing.assert_allclose(quick.measured, quick.formula, rtol=0.02)
    expected = [theory.best_convergence(name, np.array([3.0, 10, 30, 100, 300, 1000])) for name in METHODS[:2]]
    np.testing.assert_allclose(quick.by_condition[:, 1:], expected, rtol=0.01)


def test_every_method_is_judged_at_its_own_best_rate(quick: Run) -> None:
    for index, name in enumerate(METHODS):
        ends = np.median(quick.nets.last[index], axis=-1)
        assert quick.nets.best_rate(name) == nets.RATES[int(ends.argmin())]
        np.testing.assert_allclose(quick.nets.curve(name)[-1], quick.nets.last[index, ends.argmin()], rtol=1e-4)
    assert len({quick.nets.best_rate(name) for name in METHODS}) > 1


def test_without_momentum_all_networks_are_the_same() -> None:
    found = nets.trained(0.0, (0, 1), 5)
    np.testing.assert_allclose(found.last[1], found.last[0], rtol=1e-9)


def test_a_run_stops_when_it_is_superseded() -> None:
    def impatient(*_told: object) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        run(Params(beta=0.37), impatient)


# What is drawn


def test_balls_stand_at_the_end_of_their_lines(quick: Run) -> None:
    frames = np.array([0, 3, QUICK.steps])
    way = quick.ways[1].astype(np.float32)
    done, balls = so_far(way, frames), at(way, frames)
    for row, frame in enumerate(frames):
        np.testing.assert_array_equal(done[row, frame], balls[row])
        assert np.isnan(done[row, frame + 1 :]).all()


def test_a_lost_ball_stays_finite() -> None:
    way = descend(100.0, (1.0, 1.0), 4.5, 1.0, 400)[1].astype(np.float32)
    assert np.isnan(way[-1]).all()
    assert np.isfinite(at(way, np.array([0, 200, 400]))).all()


def test_a_click_goes_where_it_says(quick: Run) -> None:
    charts = view(quick)
    assert charts.chart("plane").click == {"x": "x", "y": "y"}
    heat = charts.chart("phase").figure["data"][0]
    assert charts.chart("phase").click == {"rate": "x", "beta": "y"}
    for rate, beta in ((heat["x"][3], heat["y"][7]), (heat["x"][-1], heat["y"][-1])):
        assert Params(rate=float(rate), beta=float(beta)).rate == pytest.approx(rate)


def test_the_phase_diagram_is_the_formula(quick: Run) -> None:
    heat = view(quick).chart("phase").figure["data"][0]
    row, column = 10, 19
    factor = float(theory.convergence("momentum", heat["x"][column], heat["y"][row], QUICK.kappa))
    assert 10 ** heat["z"][row, column] == pytest.approx(-1 / np.log10(factor), rel=1e-4)
    beyond = heat["x"][None, :] >= theory.limit("momentum", heat["y"])[:, None] + 1e-9
    assert np.isnan(heat["z"][beyond]).all()


def test_findings_name_their_numbers() -> None:
    quick = {"seeds": 1, "quick": True}
    texts = [view(run(Params(**preset.values, **quick))).findings[0].text for preset in lesson.presets]
    assert "2 + 2β = 3.8" in texts[0]
    assert "(2 + 2β)/(1 + 2β) = 1.36" in texts[1]
    assert "β = 0.99" in texts[2]
    assert "β = 1" in texts[3]
    assert not view(run(Params(beta=0.0, **quick))).findings


def test_directions_without_an_error_do_not_count() -> None:
    floor = view(run(QUICK.but(rate=3.9, y=0.0)))
    assert floor.findings[0].severity == "note"
    assert "its floor" in floor.findings[0].text
    assert "for a tenth of the error" in floor.sentence
    wall = run(QUICK.but(x=0.0))
    np.testing.assert_allclose(wall.measured, wall.formula, rtol=0.01)
    rest = view(run(QUICK.but(x=0.0, y=0.0)))
    assert "they stay" in rest.sentence
    assert not rest.findings


def test_at_its_limit_nothing_shrinks() -> None:
    for changes in ({"rate": 3.8, "beta": 0.9}, {"rate": 2.0, "beta": 0.0}, {"rate": 4.0, "beta": 1.0}):
        shown = view(run(QUICK.but(**changes)))
        assert "never arrives" in shown.sentence
        assert "at the limit 2 + 2β" in shown.findings[0].text


def test_a_lost_way_is_out_of_all_bounds() -> None:
    shown = view(run(QUICK.but(rate=4.5, steps=400)))
    assert "out of all bounds" in shown.sentence
    assert "not a number" not in "".join(shown.captions)


def test_sentence_at_the_ends() -> None:
    for changes in (
        {"rate": 4.5, "beta": 1.0, "steps": 400},
        {"kappa": 1.0, "rate": 1.0, "beta": 0.0},
        {"x": 0.0, "y": 0.0},
    ):
        text = view(run(Params(**changes).preview())).sentence
        assert "nan" not in text
        assert "inf " not in text


# Predictions and claims


@pytest.mark.parametrize(("number", "choice"), [(0, 1), (1, 1), (2, 1)])
def test_predictions_are_graded_by_measurement(number: int, choice: int) -> None:
    question = lesson.predictions[number]
    answer = question.answer(run(question.setting(QUICK)))
    assert answer.choice == choice


def test_a_lighter_ball_would_be_graded_otherwise() -> None:
    question = lesson.predictions[0]
    found = run(question.setting(QUICK))
    assert question.answer(replace(found, measured=np.array([0.9, 0.5, 0.9]))).choice == 0


def test_the_search_finds_the_best_rate() -> None:
    rate, beta = claims.searched("momentum", 10.0)
    assert float(theory.convergence("momentum", rate, beta, 10.0)) == pytest.approx(
        float(theory.best_convergence("momentum", 10.0)), rel=0.03
    )


def test_basins_are_those_of_the_whole_numbers() -> None:
    places = np.array([[0.1, 0.2], [1.1, -0.9], [-2.1, 1.9]])
    np.testing.assert_array_equal(claims.basin(places), [[0, 0], [1, -1], [-2, 2]])


def test_claims_tell_their_numbers_and_tuning_seeds_are_others() -> None:
    for claim in lesson.claims:
        assert claim.seeds <= min(claims.TUNED_ON)
        assert (claim.seeds == 32) == claim.doubtful
    verdict = claims.stable((0, 1), silent)
    assert verdict.word == "supported"
    shares = claims.both_shares(0, claims.ESCAPING, 0.0, silent)
    assert all(0 <= share <= 1 for share in shares)
