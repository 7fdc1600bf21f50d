"""Capacity: every fit in one pass, the split of the error, the theory's formulas, what the page shows and says."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnviz.concepts.capacity import Params, claims, features, model, networks, run, samples, survey, view
from nnviz.concepts.capacity.descent import fit_all
from nnviz.concepts.capacity.look import number, part_of
from nnviz.concepts.capacity.settings import FEATURES, MOST, Problem
from nnviz.concepts.capacity.theory import excess_risk
from nnviz.concepts.capacity.words import found
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent

LINEAR = ("polynomial", "fourier", "relu", "gaussian")
QUICK: dict[str, Any] = {"seeds": 2, "sets": 6}


def drawn(kind: str = "polynomial", points: int = 12, sets: int = 3, seed: int = 0, count: int = 40) -> samples.Samples:
    return samples.draw_samples(kind, "wave", points, 0.2, sets, seed, count)


# Least squares, one column after another


@pytest.mark.parametrize("kind", LINEAR)
@pytest.mark.parametrize("ridge", [0.0, 0.3])
def test_a_fit_satisfies_the_normal_equations(kind: str, ridge: float) -> None:
    """Answers on the training inputs themselves: Φᵀ(y − Φw) = λw, so that (y − Φw) is λ times the dual weights."""
    data = drawn(kind, points=10)
    labels = survey.labels_of(data)
    columns = data.columns[:1]
    answers, sums = fit_all(columns, columns[0], labels[:1], ridge)
    for size in (3, 9):
        phi = columns[0][:, :size]
        for side in range(2):
            rest = labels[0, side] - answers[0, size - 1, side]
            weights, *_ = np.linalg.lstsq(phi, answers[0, size - 1, side], rcond=None)
            np.testing.assert_allclose(phi.T @ rest, ridge * weights, atol=1e-7)
            assert rest @ rest == pytest.approx(sums[0, size - 1, 0, 2 * side], rel=1e-6, abs=1e-10)


@pytest.mark.parametrize("points", [5, 12])
def test_from_p_equal_n_on_every_training_point_is_met(points: int) -> None:
    data = drawn(points=points)
    answers, sums = fit_all(data.columns, data.columns[0], survey.labels_of(data), 0.0)
    met = answers[0, points - 1 :]
    np.testing.assert_allclose(met, np.broadcast_to(survey.labels_of(data)[0], met.shape), atol=1e-9)
    assert np.abs(sums[:, points - 1 :, 0]).max() < 1e-12


def test_beyond_p_equal_n_the_weights_become_shorter() -> None:
    data = drawn(points=8)
    _, sums = fit_all(data.columns, data.probes, survey.labels_of(data), 0.0)
    for side in (0, 2):
        assert np.all(np.diff(sums[:, 7:, 1, side], axis=1) <= 1e-9)


def test_a_column_that_brings_nothing_new_only_shortens_the_weights() -> None:
    """The same feature twice: the best weights share it equally, ‖w‖² = 2 (w/2)²."""
    data = drawn(points=6, sets=1, count=1)
    twice = np.concatenate([data.columns, data.columns], axis=2)
    answers, sums = fit_all(twice, np.repeat(data.probes, 2, axis=1), survey.labels_of(data), 0.0)
    np.testing.assert_allclose(answers[0, 1], answers[0, 0], rtol=1e-12)
    np.testing.assert_allclose(sums[0, 1, 1], sums[0, 0, 1] / 2, rtol=1e-12)
    np.testing.assert_allclose(sums[0, 1, 0], sums[0, 0, 0], rtol=1e-12)


def test_more_features_than_any_rank_leave_the_fit_finite() -> None:
    """Kinks outside the points make columns that depend on each other: rank below n at p = n."""
    data = samples.draw_samples("relu", "wave", 30, 0.0, 4, 3, 60)
    answers, _ = fit_all(data.columns, data.probes, survey.labels_of(data), 0.0)
    assert np.isfinite(answers).all()


# Features and samples


def test_polynomials_are_orthogonal_under_the_density_of_the_points() -> None:
    u = (np.arange(4000) + 0.5) / 4000
    values = features.polynomials(features.place(u), 6)
    np.testing.assert_allclose(values.T @ values / 4000, np.diag(1 / np.arange(1, 7) ** 2), atol=1e-9)


def test_random_waves_have_the_laplace_kernel() -> None:
    x = np.linspace(-0.5, 0.5, 7)
    values = features.waves(x, 200_000, 0)
    kernel = np.exp(-features.WAVES * np.abs(x[:, None] - x))
    np.testing.assert_allclose(values @ values.T / 200_000, kernel, atol=0.02)


def test_features_are_nested() -> None:
    x = np.linspace(-1, 1, 9)
    np.testing.assert_array_equal(features.polynomials(x, 40)[:, :7], features.polynomials(x, 7))


def test_a_walk_through_features_has_on_average_the_error_over_all_inputs() -> None:
    """Mean over angle and signs of (row·e)² is ‖e‖², for any e."""
    angles = 2 * np.pi * np.arange(360) / 360
    error = np.random.default_rng(0).normal(size=8)
    means = [np.mean((features.circle(angles, 8, seed) @ error) ** 2) for seed in range(4000)]
    assert np.mean(means) == pytest.approx(error @ error, rel=0.05)


def test_wrong_labels_have_the_variance_that_is_said() -> None:
    data = samples.draw_samples("polynomial", "wave", 60, 0.3, 60, 0, 1)
    errors = data.test_far + 0.5 * data.test_unit
    assert errors.var() == pytest.approx(samples.noise_variance(0.5, 0.3), rel=0.08)
    assert np.mean(data.test_far != 0) == pytest.approx(0.3, abs=0.03)


def test_places_are_one_in_each_part() -> None:
    data = drawn(points=9)
    shares = np.arccos(-data.places) / np.pi * 9
    np.testing.assert_array_equal(np.floor(shares), np.broadcast_to(np.arange(9), shares.shape))


# The split of the error


@pytest.mark.parametrize("kind", LINEAR)
@pytest.mark.parametrize("noise", [0.0, 0.4, 1.0])
def test_bias_and_variance_add_up_to_the_error_exactly(kind: Any, noise: float) -> None:
    """At one noise, from the answers directly: mean (f − truth)² = bias² + variance, to rounding."""
    problem = Problem(kind, "wave", 11, 0.0, 0.1, 0.0, 7, (3,))
    data = survey.draw(problem, 3)
    answers, _ = fit_all(data.columns, data.probes, survey.labels_of(data), 0.0)
    fits = answers[:, :, 0] + noise * answers[:, :, 1]
    bias, variance, measured = (survey.Parabola(terms).at(noise) for terms in survey.decompose(answers, data))
    np.testing.assert_allclose(bias + variance, np.mean((fits - data.truth) ** 2, axis=(0, 2)), rtol=1e-6)
    np.testing.assert_allclose(variance, fits.var(axis=0, ddof=1).mean(axis=1), rtol=1e-6, atol=1e-12)
    fresh = (data.truth + data.test_far + noise * data.test_unit)[:, None]
    np.testing.assert_allclose(measured, np.mean((fits - fresh) ** 2, axis=(0, 2)), rtol=1e-6)


def test_bias_is_unbiased() -> None:
    """Fits that are the truth plus pure scatter have no bias: its estimate must not keep variance / D."""
    draws = np.random.default_rng(1)
    data = drawn(sets=5)
    estimates = []
    for _ in range(400):
        scatter = draws.normal(size=(5, 1, 1, len(data.truth)))
        answers = np.concatenate([data.truth + scatter, 0 * scatter], axis=2)
        estimates.append(survey.decompose(answers, data)[0][0, 0])
    assert abs(np.mean(estimates)) < 4 * np.std(estimates) / 20


def test_parts_and_noise_make_what_fresh_labels_measure() -> None:
    shown = run(Params(capacity=6)).parts
    calm = (shown.capacities < 15) | (shown.capacities > 40)
    expected = shown.expected.mean(axis=0)[calm]
    np.testing.assert_allclose(shown.mean[calm], expected, rtol=0.03)


# The theory


def test_formulas_of_gaussian_features() -> None:
    bias, variance = excess_risk(np.array([5.0, 18.0, 19.0, 20.0, 21.0, 22.0, 40.0]), 20, 0.25, 2.0)
    np.testing.assert_allclose(variance, [0.25 * 5 / 14, 0.25 * 18, np.inf, np.inf, np.inf, 0.25 * 20, 0.25 * 20 / 19])
    np.testing.assert_allclose(bias, [0, 0, 0, 0, 4 / 21, 4 * 2 / 22, 2])


@pytest.mark.parametrize("points", [8, 20])
def test_gaussian_features_measure_what_the_theory_says(points: int) -> None:
    problem = Problem("gaussian", "wave", points, 0.0, 0.0, 0.0, 60, tuple(range(24)))
    parts = survey.least_squares(problem)
    sizes = np.array([points // 4, points // 2, 2 * points, 4 * points, 8 * points])
    signal, noise = excess_risk(sizes.astype(float), points, 0.25)
    bias, variance = parts.bias.at(0.5)[:, sizes - 1], parts.variance.at(0.5)[:, sizes - 1]
    for values, exact in ((bias, signal**2), (variance, signal - signal**2 + noise), (bias + variance, signal + noise)):
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        assert np.all(np.abs(values.mean(axis=0) - exact) < 5 * error + 1e-9)


# The run


def test_test_error_falls_rises_and_falls_again() -> None:
    errors = run(Params()).parts.mean
    assert errors[5] < errors[0] < errors[19]
    assert errors[199] < errors[39] < errors[19]


def test_noise_alone_makes_the_peak_of_gaussian_features() -> None:
    quiet = run(Params(features="gaussian", noise=0.0, **QUICK)).parts
    assert quiet.mean[:20].max() < 1e-12


def test_noise_and_capacity_fit_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    run(Params(**QUICK))

    def never(*_: Any) -> Any:
        raise AssertionError("fitted again")

    monkeypatch.setattr(survey, "fit_all", never)
    for changes in ({"capacity": 57}, {"noise": 0.85}, {"noise": 0.0, "capacity": 1, "scale": "log"}):
        view(run(Params(**QUICK, **changes)))


@pytest.mark.parametrize("noise", [0.1, 0.7])
def test_the_bundle_is_the_first_seed_of_the_survey(noise: float) -> None:
    shown = run(Params(**QUICK, noise=noise, capacity=9))
    direct = run(Params(**QUICK | {"seeds": 1}, noise=noise, capacity=9))
    np.testing.assert_allclose(shown.fits, direct.fits)
    assert shown.fits.shape == (6, survey.ACROSS)
    assert shown.parts.measured[0] == pytest.approx(direct.parts.measured[0])


def test_curves_pass_their_points_when_there_are_parameters_enough() -> None:
    shown = run(Params(**QUICK, capacity=60))
    order = np.argsort(shown.bundle.places, axis=1)
    for fit, places, labels, rows in zip(shown.fits, shown.bundle.places, shown.labels, order, strict=True):
        inner = rows[3:-3]  # at the ends the curve bends between two of the points that are drawn
        np.testing.assert_allclose(np.interp(places[inner], shown.bundle.across, fit), labels[inner], atol=0.12)


def test_networks_decompose_too() -> None:
    shown = run(Params(features="mlp", steps=100, **QUICK))
    assert tuple(shown.parts.capacities) == tuple(3 * width + 1 for width in networks.WIDTHS)
    assert shown.tuned is None
    assert shown.capacity == 7
    assert np.isfinite(shown.parts.measured).all()
    assert np.all(shown.parts.noise == pytest.approx(0.16))


def test_ridge_tuned_is_chosen_on_other_labels_than_it_is_scored_on() -> None:
    problem = Params(**QUICK).problem
    choose, score = survey.tuning(problem)
    assert choose.terms.shape == score.terms.shape == (3, 1 + len(survey.TUNING), 2, 6, MOST)
    assert not np.allclose(choose.terms, score.terms)
    own, chosen = survey.tuned(problem, 0.4)
    np.testing.assert_allclose(own, score.at(0.4)[0].mean(axis=1))
    assert np.all(chosen >= score.at(0.4)[1:].min(axis=0).mean(axis=1) - 1e-12)
    assert chosen[:, 19].mean() < own[:, 19].mean()


def test_a_run_stops_when_nobody_waits() -> None:
    def leave(*_: Any, **__: Any) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        run(Params(seeds=3, sets=9, points=17), leave)


def test_reports_rise_to_the_end() -> None:
    heard: list[float] = []

    def hear(fraction: float, *_: Any, **__: Any) -> None:
        heard.append(fraction)

    run(Params(seeds=3, sets=5, points=13), hear)
    assert heard == sorted(heard)
    assert 0.99 < heard[-1] <= 1


@pytest.mark.parametrize("kind", FEATURES)
@pytest.mark.parametrize("ends", ["lowest", "highest"])
def test_the_ends_of_all_controls_together(kind: Any, ends: str) -> None:
    values: dict[str, Any] = {
        control.name: int(limit) if control.whole else limit
        for control in controls(Params)
        if control.kind == "range" and (limit := control.minimum if ends == "lowest" else control.maximum) is not None
    }
    values |= {"features": kind, "seeds": 1 if ends == "lowest" else 3, "steps": 100, "ridge": "0"}
    shown = view(run(Params(**values)))
    assert shown.sentence
    for chart in shown.charts:
        chart.to_figure()


# Pictures and words


def test_areas_are_stacked_and_reach_the_expected_error() -> None:
    shown = run(Params())
    hero = view(shown).charts[0].figure
    areas = [trace for trace in hero["data"] if "fill" in trace]
    assert [area["name"] for area in areas] == ["noise", "bias²", "variance"]
    np.testing.assert_allclose(areas[0]["y"], 0.16)
    np.testing.assert_allclose(areas[2]["y"], shown.parts.expected.mean(axis=0))
    assert np.all(areas[1]["y"] <= areas[2]["y"] + 1e-3)


def test_the_timeline_brings_one_data_set_after_another() -> None:
    shown = view(run(Params(**QUICK)))
    moving = shown.charts[0].frames["data.0.y"]
    drawn_fits = np.isfinite(moving).reshape(6, 6, -1).any(axis=2).sum(axis=1)
    np.testing.assert_array_equal(drawn_fits, np.arange(1, 7))
    means = shown.charts[0].frames["data.2.y"]
    np.testing.assert_allclose(means[0], shown.charts[0].frames["data.1.y"][0])


def test_theory_is_dotted_in_the_hero_for_gaussian_features_only() -> None:
    cases: tuple[dict[str, Any], ...] = ({"features": "gaussian"}, {"features": "gaussian", "scale": "log"}, {})
    heroes = [view(run(Params(**QUICK, **case))).charts[0].figure for case in cases]
    names = [{trace.get("name") for trace in hero["data"]} for hero in heroes]
    assert ["theory, exact" in each for each in names] == [True, True, False]


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"capacity": 20}, "interpolation peak"),
        ({"capacity": 22, "points": 20, "features": "gaussian"}, "interpolation peak"),
        ({"capacity": 2}, "underfitting"),
        ({"capacity": 200, "features": "gaussian", "noise": 0.1}, "underfitting"),
        ({"capacity": 60, "wrong": 0.3}, "overfitting"),
        ({"capacity": 6}, None),
    ],
)
def test_the_diagnosis_names_the_cause(changes: dict[str, Any], cause: str | None) -> None:
    causes = [each.cause for each in found(run(Params(**changes)))]
    assert causes[:1] == ([cause] if cause else [])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"capacity": 16}, "leave little over"),
        ({"capacity": 20}, "must pass 20 noisy points"),
        ({"capacity": 25}, "with 5 to spare"),
        ({"capacity": 20, "ridge": "0.001"}, "ridge λ = 0.001 is too weak"),
        ({"capacity": 20, "noise": 0.0, "features": "relu"}, "the labels have no noise"),
    ],
)
def test_the_peak_is_put_down_to_what_makes_it(changes: dict[str, Any], why: str) -> None:
    first = found(run(Params(**changes)))[0]
    assert first.cause == "interpolation peak"
    assert why in first.text


def test_what_is_written_at_the_wall_is_the_error_there() -> None:
    shown = run(Params(capacity=20, noise=0.0, features="relu"))
    texts = [note["text"] for note in view(shown).charts[0].figure["layout"]["annotations"]]
    assert f"p = n, {number(float(shown.parts.mean[19]))} ↑" in texts
    decades = view(run(Params(capacity=20, features="gaussian", scale="log"))).charts[0].figure["layout"]
    (bubble,) = [note for note in decades["annotations"] if "(median)" in note["text"]]
    assert bubble["ay"] > 0, "below its point, not over the legend"


def test_numbers_are_as_exact_as_what_they_stand_beside() -> None:
    assert [number(value) for value in (0.2345, 12.34, 0.00123, 1e-20, 1e7)] == [
        "0.23",
        "12.3",
        "0.0012",
        "0",
        "1.0·10⁷",
    ]
    assert [part_of(0.23, value) for value in (0.0042, 0.1)] == ["0.00", "0.10"]
    assert part_of(0.001, 0.0004) == "4.0·10⁻⁴"


def test_the_sentence_has_the_numbers_of_the_run() -> None:
    shown = run(Params(capacity=20))
    sentence = view(shown).sentence
    assert f"{shown.parts.mean[19]:.2f}" in sentence
    assert "p = 6" in sentence
    assert int(shown.parts.mean[:19].argmin()) == 5


def test_claims_compare_on_the_same_seeds_and_choose_on_others() -> None:
    verdict = claims.over_kinds(claims.bigger, range(2), silent)
    assert set(verdict.details) == {
        "polynomials (wave)", "polynomials (step)", "random waves (wave)", "random waves (step)", "Gaussian features",
    }  # fmt: skip
    assert verdict.seeds == 2


def test_a_parabola_is_known_for_every_noise() -> None:
    problem = replace(Params(**QUICK).problem, wrong=0.2)
    parts = model.at_noise(survey.least_squares(problem), 0.0, 0.0)
    assert np.all(parts.training[:, 0] > 0)
    terms = survey.Parabola(np.array([[1.0], [2.0], [3.0]]))
    assert terms.at(2.0) == pytest.approx(1 + 4 + 12)
