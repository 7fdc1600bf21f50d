"""Attacks and defences: closed forms, balls, proofs, what the page shows, and its words."""

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from nnviz.charts.view import View
from nnviz.concepts.adversarial import Params, lesson, run, view
from nnviz.concepts.adversarial import attacks as steepest_attacks
from nnviz.concepts.adversarial.attacks import Goal, Norm, fgsm, gradient, pgd, projected, random_start
from nnviz.concepts.adversarial.blackbox import by_chance, by_queries
from nnviz.concepts.adversarial.certified import (
    around,
    certify,
    lowest_margins,
    radius_of_votes,
    smoothed_radius,
)
from nnviz.concepts.adversarial.claims import CLAIMS, half_lost, variety
from nnviz.concepts.adversarial.defences import Defence, guarded, learned, mixture, rounded, straight_through
from nnviz.concepts.adversarial.minimal import carlini_wagner, jacobian, jsma
from nnviz.concepts.adversarial.portrait import Attack, Spec, digits_scene, farthest, portray, walk
from nnviz.concepts.adversarial.survey import EPSILONS, Bench, curves, groups, joined, smallest
from nnviz.concepts.adversarial.symptoms import gradient_masking, symptoms
from nnviz.concepts.adversarial.tasks import task_of
from nnviz.core.params import controls
from nnviz.core.progress import silent
from nnviz.core.seeds import generator
from nnviz.data.drawing import to_text
from nnviz.models.chain import Chain

NORMS: tuple[Norm, ...] = get_args(Norm)
ATTACKS: tuple[Attack, ...] = get_args(Attack)
DEFENCES: tuple[Defence, ...] = get_args(Defence)
EVERYWHERE = (-float("inf"), float("inf"))
LIGHT = {"model": "linear", "seeds": 1, "against": ()}
ROUNDING = 1e-6


def binary(width: int = 5) -> tuple[Chain, Tensor, float]:
    """Return a linear model whose logits are ∓(w·x + b) / 2, so that its cross-entropy is softplus(−y (w·x + b))."""
    weight = torch.randn(width, generator=generator(0, "test"), dtype=torch.float64)
    bias = 0.3
    columns = torch.stack([-weight / 2, weight / 2], dim=1)
    return Chain((columns.unsqueeze(0),), (torch.tensor([[[-bias / 2, bias / 2]]], dtype=torch.float64),)), weight, bias


def points(count: int = 40, width: int = 5) -> tuple[Tensor, Tensor]:
    inputs = torch.randn(1, count, width, generator=generator(1, "test"), dtype=torch.float64)
    return inputs, torch.arange(count).remainder(2).unsqueeze(0)


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.7])
@pytest.mark.parametrize("norm", NORMS)
def test_on_a_linear_model_one_step_reaches_the_worst_case(norm: Norm, epsilon: float) -> None:
    chain, weight, bias = binary()
    inputs, labels = points()
    goal = Goal(labels)
    attacked = fgsm(chain.logits, inputs, goal, epsilon, norm, EVERYWHERE)
    sign = 2.0 * labels - 1
    length = weight.abs().sum() if norm == "linf" else weight.norm()
    worst = torch.nn.functional.softplus(epsilon * length - sign * (inputs @ weight + bias))
    torch.testing.assert_close(goal.loss(chain.logits(attacked)), worst, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("norm", NORMS)
def test_one_step_of_the_whole_radius_is_the_fast_gradient(norm: Norm) -> None:
    scene = digits_scene("mlp", "none", "")
    goal = Goal(scene.labels)
    once = fgsm(scene.guard.follow, scene.inputs, goal, 0.3, norm)
    path = pgd(scene.guard.follow, scene.inputs, goal, radius=0.3, step=0.3, steps=1, norm=norm)
    torch.testing.assert_close(path[-1], once, atol=ROUNDING, rtol=0)


@pytest.mark.parametrize("defence", ["none", "masking", "smoothing", "detection", "ensemble"])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_every_moment_stays_in_the_ball_and_in_the_box(attack: Attack, norm: Norm, defence: Defence) -> None:
    scene = digits_scene("linear", defence, "")
    for epsilon in (0.0, 0.15, 0.5):
        for changes in ({}, {"target": 3, "adapted": True, "restarts": 2}):
            spec = replace(Spec(attack=attack, norm=norm, epsilon=epsilon, steps=3), **changes)
            path = walk(scene, spec, farthest(scene, spec))
            change = path - scene.inputs
            assert path.min() >= 0
            assert path.max() <= 1
            assert torch.equal(path[0], scene.inputs)
            if spec.ball is None:
                assert (change != 0).sum(dim=3).max() <= round(64 * epsilon)
            elif spec.ball == "linf":
                assert change.abs().max() <= epsilon + ROUNDING
            else:
                assert change.norm(dim=3).max() <= 8 * epsilon + 10 * ROUNDING


@pytest.mark.parametrize("norm", NORMS)
def test_random_starts_and_random_signs_stay_in_the_ball(norm: Norm) -> None:
    inputs = torch.rand(2, 30, 64, generator=generator(0, "test"))
    for moved in (random_start(inputs, 0.4, norm, generator(0, "draws")), by_chance(inputs, 0.4, norm)):
        change = moved - inputs
        size = change.abs().amax(dim=2) if norm == "linf" else change.norm(dim=2)
        assert size.max() <= 0.4 + ROUNDING
        assert size.max() > 0.1
        assert moved.min() >= 0
        assert moved.max() <= 1


def test_restarts_never_make_the_attack_weaker() -> None:
    scene = digits_scene("mlp", "adversarial", "")
    goal, margins = Goal(scene.labels), []
    for restarts in (1, 4):
        path = pgd(scene.guard.follow, scene.inputs, goal, radius=0.2, step=0.05, steps=5, restarts=restarts)
        margins.append(goal.margin(scene.guard.decide(path[-1])))
    assert (margins[1] >= margins[0]).all()
    assert (margins[1] > margins[0]).any()


def test_a_targeted_attack_arrives_at_its_target() -> None:
    scene = digits_scene("mlp", "none", "")
    goal = Goal(torch.full_like(scene.labels, 8), reach=True)
    path = pgd(scene.guard.follow, scene.inputs, goal, radius=0.4, step=0.1, steps=20)
    assert goal.won(scene.guard.decide(path[-1])).float().mean() > 0.9


def test_the_margin_is_positive_exactly_where_the_attacker_has_won() -> None:
    scores = torch.randn(2, 50, 10, generator=generator(0, "test"))
    for reach in (False, True):
        goal = Goal(torch.arange(50).remainder(10).expand(2, -1), reach=reach)
        assert torch.equal(goal.margin(scores) > 0, goal.won(scores))


def test_projection_moves_nothing_that_is_inside_already() -> None:
    origin = torch.full((1, 3, 64), 0.5)
    inside = origin + 0.01
    for norm in NORMS:
        torch.testing.assert_close(projected(inside, origin, 0.1, norm), inside, atol=ROUNDING, rtol=0)


def test_carlini_and_wagner_find_the_distance_to_a_linear_boundary() -> None:
    chain, weight, bias = binary(2)
    inputs, _ = points(30, 2)
    inputs = 0.5 + 0.05 * inputs
    labels = chain.logits(inputs).argmax(dim=2)
    near = carlini_wagner(chain.logits, inputs, Goal(labels), steps=300, searches=8, rate=0.02, box=(-1.0, 2.0))
    distance = (inputs @ weight + bias).abs() / weight.norm()
    found = (near - inputs).norm(dim=2)
    assert (found >= distance - 1e-9).all()
    assert float((found / distance).median()) < 1.02


def test_the_saliency_map_paints_one_pixel_at_a_time_black_or_white() -> None:
    scene = digits_scene("mlp", "none", "")
    targets = (scene.labels + 1) % 10
    path = jsma(scene.guard.follow, scene.inputs, targets, most=6)
    changed = path != scene.inputs
    assert changed.sum(dim=3).diff(dim=0).min() >= 0
    assert changed.sum(dim=3).diff(dim=0).max() == 1
    assert set(path[-1][changed[-1]].tolist()) <= {0.0, 1.0}


def test_the_jacobian_of_a_linear_model_is_its_weights() -> None:
    chain, _, _ = binary()
    inputs, _ = points()
    slopes = jacobian(chain.logits, inputs)
    torch.testing.assert_close(slopes, chain.weights[0].mT.unsqueeze(1).expand_as(slopes))


@pytest.mark.parametrize("norm", NORMS)
def test_questions_only_ever_help_and_need_no_gradient(norm: Norm) -> None:
    scene = digits_scene("mlp", "masking", "")
    goal = Goal(scene.labels)
    path = by_queries(scene.guard.decide, scene.inputs, goal, radius=0.3, norm=norm, budget=60)
    margins = torch.stack([goal.margin(scene.guard.decide(moment)) for moment in path])
    assert margins.diff(dim=0).min() >= 0
    assert margins[-1].mean() > margins[0].mean()


def test_the_staircase_hides_the_slope_and_leaves_clean_digits_alone() -> None:
    bare, masked = guarded("cnn", "none", (0,)), guarded("cnn", "masking", (0,))
    scene = digits_scene("cnn", "masking", "")
    assert torch.equal(masked.decide(scene.inputs), bare.decide(scene.inputs))
    assert gradient(masked.follow, scene.inputs, Goal(scene.labels)).abs().max() == 0
    assert gradient(masked.adapted, scene.inputs, Goal(scene.labels)).abs().max() > 0
    inputs = torch.rand(100, generator=generator(0, "test"))
    assert torch.equal(straight_through(inputs, 7), inputs + (rounded(inputs, 7) - inputs))


def test_distillation_flattens_the_softmax_and_keeps_the_margin() -> None:
    scene = digits_scene("mlp", "distillation", "")
    plain = gradient(scene.guard.follow, scene.inputs, Goal(scene.labels)).eq(0).all(dim=2)
    knowing = gradient(scene.guard.follow, scene.inputs, Goal(scene.labels, margins=True)).eq(0).all(dim=2)
    assert plain.float().mean() > 0.5
    assert not knowing.any()


def test_a_mixture_is_the_logarithm_of_the_mean_probability() -> None:
    logits = torch.randn(2, 3, 4, 5, generator=generator(0, "test"), dtype=torch.float64)
    expected = logits.softmax(dim=3).mean(dim=1).log()
    torch.testing.assert_close(mixture(logits), expected)


def test_the_detector_refuses_one_clean_training_digit_in_twenty() -> None:
    guard = guarded("mlp", "detection", (0, 1))
    train = task_of("mlp").parts.train.expand(2, -1, -1)
    assert guard.refused(train).float().mean(dim=1).numpy() == pytest.approx([0.05, 0.05], abs=0.002)
    assert not guarded("mlp", "none", (0,)).refused(train[:1]).any()


def test_on_a_linear_model_the_bound_is_the_worst_case_itself() -> None:
    chain = learned("linear", "clean", (0, 1)).double()
    data = task_of("linear").parts
    inputs, labels = data.test[:40].double().expand(2, -1, -1), data.test_labels[:40].expand(2, -1)
    low, high = around(inputs, 0.1)
    bound = lowest_margins(chain, low, high, labels)
    weight = chain.weights[0].mT  # (K, C, d)
    for other in range(10):
        against = weight.gather(1, labels.unsqueeze(2).expand(-1, -1, 64)) - weight[:, other : other + 1]
        corner = torch.where(against > 0, low, high)  # each pixel at the end that hurts most
        scores = chain.logits(corner)
        worst = scores.gather(2, labels.unsqueeze(2)).squeeze(2) - scores[:, :, other]
        torch.testing.assert_close(bound[:, :, other], worst, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("norm", NORMS)
def test_no_sample_of_the_ball_falls_below_the_bound(norm: Norm) -> None:
    chain = learned("mlp", "certified", (0,)).double()
    data = task_of("mlp").parts
    inputs, labels = data.test[:30].double().unsqueeze(0), data.test_labels[:30].unsqueeze(0)
    low, high = around(inputs, 0.1) if norm == "linf" else (inputs - 0.1, inputs + 0.1)
    bound = lowest_margins(chain, low, high, labels, None if norm == "linf" else 0.1)
    draws = generator(0, "samples")
    for _ in range(200):
        scores = chain.logits(random_start(inputs, 0.1, norm, draws, (0, 1) if norm == "linf" else EVERYWHERE))
        assert (scores.gather(2, labels.unsqueeze(2)) - scores >= bound - 1e-9).all()


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("defence", DEFENCES)
def test_certified_accuracy_lies_below_every_attack(defence: Defence, norm: Norm) -> None:
    measured = curves("linear", defence, norm, (0, 1))
    assert (measured.certified <= measured.strongest + 1e-12).all()
    assert all((measured.strongest <= kept + 1e-12).all() for kept in measured.kept.values())
    assert (np.diff(measured.strongest, axis=1) <= 1e-12).all()
    assert (np.diff(measured.certified, axis=1) <= 1e-12).all()
    if norm == "linf" and defence in ("none", "adversarial", "certified", "detection", "ensemble"):
        assert measured.certified[:, 1].min() > 0.5, "a linear model's bound is exact"


def test_certified_training_proves_more_than_it_was_born_with() -> None:
    usual, trained = (curves("mlp", defence, "linf", (0, 1)) for defence in ("none", "certified"))
    place = usual.at(0.1)
    assert trained.certified[:, place].min() > usual.certified[:, place].max() + 0.3
    assert (trained.certified <= trained.strongest).all()


def test_certificates_speak_of_the_very_digits() -> None:
    chain = learned("mlp", "certified", (0,))
    scene = digits_scene("mlp", "certified", "")
    proven = certify(chain, scene.inputs, scene.labels, 0.05)
    attacked = pgd(chain.logits, scene.inputs, Goal(scene.labels), radius=0.05, step=0.0125, steps=20, restarts=3)[-1]
    assert proven.any()
    assert not (proven & Goal(scene.labels).won(chain.logits(attacked))).any()


def test_the_smoothed_radius_of_a_linear_model_is_the_distance_to_its_boundary() -> None:
    from scipy import stats

    chain, weight, bias = binary()
    inputs, _ = points()
    noise = 0.25
    margin = (inputs @ weight + bias).abs().numpy() / float(weight.norm())
    share = stats.norm.cdf(margin / noise)  # of the Gaussian noise that leaves the answer
    known = share < 1 - 1e-12
    assert smoothed_radius(share, noise)[known] == pytest.approx(margin[known], rel=1e-4)
    assert chain.classes == 2


def test_votes_prove_less_than_their_share_and_nothing_below_a_half() -> None:
    votes = np.array([0, 50, 100, 150, 199, 200])
    proven = radius_of_votes(votes, 200, 0.25)
    assert (np.diff(proven) >= 0).all()
    assert (proven[:3] == 0).all()
    assert 0 < proven[3] < smoothed_radius(np.array([0.75]), 0.25)[0]
    assert np.isfinite(proven).all()


def test_measurements_join_in_the_order_of_the_seeds() -> None:
    assert groups(range(6)) == [(0, 1, 2, 3), (4, 5)]
    both = joined([curves("linear", "none", "linf", (0, 1)), curves("linear", "none", "linf", (2,))])
    assert both.networks == 3
    alone = curves("linear", "none", "linf", (1,))
    assert both.clean[1] == pytest.approx(alone.clean[0])
    assert both.kept["pgd"][1] == pytest.approx(alone.kept["pgd"][0], abs=0.02)


def test_without_an_attack_nothing_is_lost() -> None:
    measured, near = curves("linear", "none", "linf", (0, 1)), smallest("linear", "none", (0, 1))
    for kept in (*measured.kept.values(), near.cw, near.jsma, measured.strongest, measured.certified):
        assert kept[:, 0] == pytest.approx(measured.kept["pgd"][:, 0])
    assert EPSILONS[0] == 0


def test_masked_gradients_are_diagnosed_by_their_symptoms_and_honest_ones_are_not() -> None:
    masked, honest = (curves("mlp", defence, "linf", (0, 1)) for defence in ("masking", "none"))
    finding = gradient_masking(masked)
    assert finding is not None
    assert finding.cause == "gradient masking"
    assert sum(symptom.present for symptom in symptoms(masked)) >= 4
    assert not any(symptom.present for symptom in symptoms(honest))
    assert gradient_masking(honest) is None
    assert masked.flat == pytest.approx([1, 1])
    assert honest.flat == pytest.approx([0, 0])


def test_half_lost_is_read_off_between_the_measured_strengths() -> None:
    kept = np.interp(EPSILONS, [0, 0.2, 0.5], [0.9, 0.0, 0.0])
    assert half_lost(kept) == pytest.approx(0.1)
    assert np.isnan(half_lost(np.full(len(EPSILONS), 0.9)))
    assert 0.5 < variety() < 3


@pytest.mark.parametrize("ink", ["x" * 64, "0" * 63, "0" * 65, "<b>" + "0" * 61])
def test_a_malformed_drawing_is_refused(ink: str) -> None:
    with pytest.raises(ValidationError):
        Params(drawing=ink)
    taken, ignored = Params.from_query({"drawing": ink})
    assert taken.drawing == ""
    assert len(ignored) == 1


def test_a_drawing_is_attacked_as_what_it_is_taken_for_and_an_empty_one_is_no_drawing() -> None:
    own = task_of("mlp").parts.test[60].numpy()
    drawn = portray("mlp", "none", Spec(epsilon=0.1), 0, to_text(own))
    usual = portray("mlp", "none", Spec(epsilon=0.1), 0, "")
    assert drawn.drawn
    assert drawn.path[0] == pytest.approx(own, abs=1 / 32)
    assert drawn.label == drawn.probabilities[0].argmax()
    assert not usual.drawn
    assert usual.path[0] == pytest.approx(task_of("mlp").parts.test[0].numpy())
    assert np.array_equal(drawn.strip, usual.strip), "the forty do not care"


def drawn_view(**changes: Any) -> View:
    return view(run(Params(**(LIGHT | changes)), silent))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"lines": "defences", "against": ("none", "adversarial")},
        {"detail": "transfer"},
        {"plane": "cut"},
        {"plane": "cut", "attack": "jsma", "epsilon": 0.0},
        {"attack": "cw", "norm": "l2"},
        {"attack": "queries", "target": "3"},
        {"defence": "detection", "attack": "jsma"},
        {"drawing": "0" * 24 + "g" * 16 + "0" * 24},
    ],
)
def test_every_chart_is_a_figure_with_its_numbers_in_words(changes: dict[str, Any]) -> None:
    shown = drawn_view(**changes)
    assert [chart.name for chart in shown.charts[:-1]] == [
        "pictures", "strip", "path", "accuracy", "defences", "certified",
    ]  # fmt: skip
    for chart in shown.charts:
        assert len(chart.to_figure().data) > 0
        assert any(letter.isdigit() for letter in chart.alt), chart.name
    assert "nan" not in shown.sentence


def test_the_hero_shows_what_was_run() -> None:
    result = run(Params(**LIGHT, epsilon=0.2), silent)
    figure = view(result).charts[0].figure
    before, change, after, _, bars = (trace.get("z", trace.get("x")) for trace in figure["data"])
    assert np.clip(before + change / 5, 0, 1) == pytest.approx(after, abs=1e-6)
    assert bars.sum() == pytest.approx(1, abs=1e-5)
    assert np.abs(after - before).max() <= 0.2 + ROUNDING
    frames = view(result).charts[0].frames
    assert len(frames["data.2.z"]) == len(result.portrait.path) == 11


def test_the_ledger_and_the_curves_hold_the_medians() -> None:
    result = run(Params(**(LIGHT | {"seeds": 3})), silent)
    own = result.own
    assert own is not None
    assert own.networks == 3
    lines = {trace["name"]: trace for trace in view(result).chart("accuracy").figure["data"] if trace.get("name")}
    assert lines["PGD"]["y"] == pytest.approx(100 * np.median(own.kept["pgd"], axis=0))
    dots = {trace["name"]: trace for trace in view(result).chart("defences").figure["data"] if trace.get("name")}
    assert dots["clean digits"]["x"] == pytest.approx([100 * np.median(own.clean)])


def test_a_hurried_run_waits_for_no_curve_and_keeps_those_it_knows() -> None:
    fresh = Params(model="linear", seeds=1, against=("squeezing",), defence="smoothing", norm="l2")
    early = run(fresh.preview(), silent)
    assert early.curves == {}
    for chart in view(early).charts:
        assert len(chart.to_figure().data) > 0, "a chart that waits says so"
    full = run(fresh, silent)
    late = run(fresh.preview().but(epsilon=0.3), silent)
    assert set(full.curves) == set(late.curves) == {"squeezing", "smoothing"}
    assert late.portrait.path.shape == full.portrait.path.shape


def test_the_first_word_is_the_picture_and_each_further_one_knows_more() -> None:
    heard: list[Any] = []
    curves.cache_clear()
    smallest.cache_clear()

    def report(fraction: float, _what: str = "", partial: Any = None) -> None:
        assert 0 <= fraction <= 1
        if partial is not None:
            heard.append((len(partial.curves), partial.smallest is not None))
            view(partial)

    run(Params(model="linear", seeds=2, against=("none", "ensemble"), defence="squeezing"), report)
    assert heard[0] == (0, False)
    assert heard == sorted(heard)


@pytest.mark.parametrize("control", [one for one in controls(Params) if one.kind == "range"], ids=lambda one: one.name)
def test_both_ends_of_every_control_give_a_picture(control: Any) -> None:
    for end in (control.minimum, control.maximum):
        value = int(end) if control.whole else end
        changes = LIGHT | {"hurried": True, control.name: value}
        shown = view(run(Params(**changes), silent))
        assert np.isfinite(shown.charts[0].figure["data"][4]["x"]).all()


def test_the_sentence_says_what_was_so_before_the_attack() -> None:
    wrong = next(
        digit for digit in range(40)
        if run(Params(model="linear", digit=digit, epsilon=0.0, hurried=True), silent).portrait.answer
        != int(digits_scene("linear", "none", "").labels[0, digit])
    )  # fmt: skip
    shown = view(run(Params(model="linear", digit=wrong, epsilon=0.0, hurried=True), silent))
    assert "as before the attack" in shown.sentence
    assert "though" not in view(run(Params(model="mlp", epsilon=0.005, hurried=True), silent)).sentence


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_flat_gradient_is_told_of_those_who_follow_it(attack: Attack) -> None:
    told = [
        "exactly zero" in view(run(Params(model="mlp", defence=defence, attack=attack, hurried=True), silent)).sentence
        for defence in ("masking", "distillation")
    ]
    assert told == [attack not in ("transfer", "queries"), attack in ("fgsm", "pgd")]


def test_what_the_detector_refuses_counts_beside_what_is_right() -> None:
    changes = LIGHT | {"defence": "detection", "seeds": 1}
    shown = view(run(Params(**changes), silent)).sentence
    assert "right or refused" in shown
    assert "Over 1 network with" in shown


def test_no_strength_is_no_attack() -> None:
    for attack in ATTACKS:
        result = run(Params(**LIGHT, attack=attack, epsilon=0.0, hurried=True), silent)
        assert np.abs(result.portrait.change).max() == 0
        assert result.portrait.answer == result.portrait.label


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_presets_are_diagnosed(preset: Any) -> None:
    broken = Params(**(dict(preset.values) | {"model": "mlp", "seeds": 2, "against": ()}))
    assert {finding.cause for finding in view(run(broken, silent)).findings} == {preset.cause}


@pytest.mark.parametrize("index", range(len(lesson.predictions)))
@pytest.mark.parametrize("changes", [{}, {"defence": "smoothing", "attack": "cw", "norm": "l2", "epsilon": 0.5}])
def test_predictions_are_graded_from_the_run(index: int, changes: dict[str, Any]) -> None:
    prediction = lesson.predictions[index]
    asked = prediction.setting(Params(**(changes | {"model": "mlp", "seeds": 2, "against": (), "hurried": True})))
    result = run(asked, silent)
    answer = prediction.answer(result)
    assert result.own is not None
    place = result.own.at(0.15)
    kept = {way: 100 * np.median(values[:, place]) for way, values in result.own.kept.items()}
    if index == 0:
        assert answer.choice == 0, "ten looks find more than one"
        assert kept["pgd"] < kept["fgsm"]
    else:
        assert kept["pgd"] > 90
        assert answer.choice == (0 if kept["transfer"] > 90 else 1 if kept["transfer"] > 50 else 2)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_claims_are_judged_from_runs(claim: Any) -> None:
    verdict = claim.test(range(2), silent)
    assert verdict.seeds == 2
    assert verdict.low <= verdict.effect <= verdict.high
    assert len(verdict.details) >= 2


def test_the_entrys_doubtful_claims_are_marked() -> None:
    assert {claim.name for claim in CLAIMS if claim.doubtful} == {
        "masking-defends", "distillation-defends", "imperceptible",
    }  # fmt: skip
    assert len(CLAIMS) == 6


def test_a_bench_measures_l2_by_the_same_mean_square() -> None:
    bench = Bench.of("linear", guarded("linear", "none", (0,)), 1)
    assert bench.radius(0.1, "l2") == pytest.approx(0.8)
    assert Spec(norm="l2", epsilon=0.1).radius(64) == pytest.approx(0.8)
    assert steepest_attacks.PIXELS == (0.0, 1.0)
