"""Ensembles: the exact split of the squared error, weights, votes, boundaries, and members that are what they claim."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnviz.concepts.ensembles import Params, combining, draws, lesson, observing, planes, run, view, words
from nnviz.concepts.ensembles.charts import split as split_chart
from nnviz.concepts.ensembles.findings import diagnose
from nnviz.concepts.ensembles.hero import strokes
from nnviz.concepts.ensembles.model import Run
from nnviz.concepts.ensembles.training import Setting, chances, large_chances, members_of, points_of
from nnviz.core.ensemble import MLP
from nnviz.core.progress import Superseded

SMALL = Setting(members=4, epochs=20, seeds=(0, 1))
Floats = NDArray[np.float64]


def random_ensemble(seed: int, members: int, points: int) -> tuple[Floats, Floats, Floats]:
    generator = np.random.default_rng(seed)
    weights = generator.random((3, members)) ** 4
    return (
        generator.random((members, points)),
        weights / weights.sum(axis=1, keepdims=True),
        generator.integers(0, 2, points).astype(np.float64),
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 60))
def test_the_ambiguity_decomposition_is_exact(seed: int, members: int, points: int) -> None:
    answers, weights, targets = random_ensemble(seed, members, points)
    split = combining.ambiguity_split(answers, weights, targets)
    np.testing.assert_allclose(split.ensemble, split.member - split.ambiguity, rtol=0, atol=1e-12)
    assert np.all(split.ambiguity >= 0)
    assert np.all(split.ensemble <= split.member + 1e-12)


def test_the_split_is_what_its_words_say() -> None:
    answers, targets = np.array([[0.2, 0.9], [0.6, 0.5]]), np.array([0.0, 1.0])
    split = combining.ambiguity_split(answers, np.array([[0.5, 0.5]]), targets)
    assert split.ensemble[0] == pytest.approx((0.4**2 + 0.3**2) / 2, abs=1e-15)
    assert split.member[0] == pytest.approx(((0.04 + 0.01) / 2 + (0.36 + 0.25) / 2) / 2, abs=1e-15)
    assert split.ambiguity[0] == pytest.approx(0.04, abs=1e-15)


@pytest.mark.parametrize("method", ["seeds", "bagging", "boosting", "stacking", "snapshot", "subspaces", "copies"])
@pytest.mark.parametrize("combine", ["own", "mean", "vote", "weighted"])
def test_every_method_splits_exactly_at_every_size(method: Any, combine: Any) -> None:
    found = run(Params(method=method, combine=combine, members=5, epochs=20, seeds=2, wrong=0.1).preview())
    scores = found.scores
    np.testing.assert_allclose(scores.weights.sum(axis=2), 1.0, atol=1e-12)
    assert np.all(scores.weights >= 0)
    assert np.all(np.triu(scores.weights[0], 1) == 0), "nobody speaks before joining"
    np.testing.assert_allclose(scores.squared, scores.member_squared - scores.ambiguity, rtol=0, atol=1e-12)
    first = ((found.members.chances(0, found.points[0].test_inputs)[0] > 0.5) == found.points[0].test_targets).mean()
    assert scores.accuracy[0, 0] == scores.own[0, 0] == first


def test_copies_gain_nothing() -> None:
    found = run(Params(method="copies", members=6, epochs=20, seeds=2))
    assert np.ptp(found.members.weights, axis=1).max() == 0
    assert found.scores.ambiguity.max() < 1e-15
    assert np.all(found.scores.accuracy == found.scores.own)
    assert {each.cause for each in view(found).findings} >= {"no diversity"}


def test_members_differ_as_their_method_says() -> None:
    trained = members_of(Setting(method="subspaces", members=4, epochs=20, seeds=(0, 1)))
    assert np.all(trained.seen.sum(axis=2) == draws.SEEN)
    blind = int(np.flatnonzero(trained.seen[0, 0] == 0)[0])
    x = np.random.default_rng(0).normal(size=(5, 2))
    features = draws.features_of(x)
    moved = features.copy()
    moved[:, blind] += 10
    weights, seen = trained.weights[0, :1], trained.seen[0, :1, None]
    ours, other = (chances(trained.network, weights, ("tanh",), seen * each) for each in (features, moved))
    np.testing.assert_array_equal(ours, other)


def test_bootstrap_leaves_out_a_third() -> None:
    share = np.mean([len(np.unique(draws.bootstrap_rows(seed, 0, 200))) / 200 for seed in range(200)])
    assert share == pytest.approx(1 - (1 - 1 / 200) ** 200, abs=0.005)  # standard error 0.0016


def test_weighted_resamples_follow_the_weights() -> None:
    weights = np.array([0.5, 0.0, 0.3, 0.2])
    drawn = np.concatenate([draws.resampled_rows(seed, 1, weights) for seed in range(4000)])
    counts = np.bincount(drawn, minlength=4)
    np.testing.assert_allclose(counts / 16000, weights, atol=0.016)  # four standard errors of the largest
    assert counts[1] == 0


def test_boosting_by_hand() -> None:
    wrong = np.array([True, False, False, False])
    say, weights = combining.boosted(wrong, np.full(4, 0.25))
    assert say == pytest.approx(np.log(3), abs=1e-15)
    np.testing.assert_allclose(weights, [0.5, 1 / 6, 1 / 6, 1 / 6], atol=1e-15)
    assert weights[wrong].sum() == pytest.approx(0.5), "the last member is a guess on the new weights"
    say, weights = combining.boosted(~wrong, np.full(4, 0.25))
    assert say == 0
    np.testing.assert_array_equal(weights, 0.25)
    say, _ = combining.boosted(np.zeros(4, bool), np.full(4, 0.25))
    assert say == pytest.approx(np.log(7), abs=1e-15), "no error counts as half a point"


def test_growing_weights() -> None:
    found = combining.growing(np.array([0.0, 3.0, 1.0]))
    np.testing.assert_allclose(found, np.array([[1, 0, 0], [0, 1, 0], [0, 0.75, 0.25]]))


def test_a_tie_of_votes_names_a() -> None:
    for members in range(2, 33, 2):
        votes = np.repeat([0.0, 1.0], members // 2)
        assert not combining.named(np.full(members, 1 / members) @ votes)


def test_stacking_finds_the_member_that_knows() -> None:
    generator = np.random.default_rng(1)
    targets = generator.integers(0, 2, 80).astype(np.float64)
    members = np.stack([generator.random(80), targets, generator.random(80)])
    np.testing.assert_allclose(combining.stacked(members, targets)[-1], [0, 1, 0], atol=1e-5)


def test_calibration_error_by_hand() -> None:
    chances_said, truth = np.array([0.15, 0.15, 0.95, 0.95]), np.array([0.0, 1.0, 1.0, 1.0])
    assert combining.calibration_error(chances_said, truth) == pytest.approx(0.5 * 0.35 + 0.5 * 0.05, abs=1e-12)
    assert combining.calibration_error(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0


def test_pairs_by_hand() -> None:
    named, truth = np.array([[1, 1, 0, 0], [1, 0, 1, 0]], bool), np.array([1, 1, 0, 0], bool)
    apart, right = combining.pairs(named, truth)
    assert apart.tolist() == [0.5]
    assert right.tolist() == [0.75]


def test_level_line_of_a_circle_and_a_saddle() -> None:
    ticks = np.linspace(-2.5, 2.5, 61)
    x, y = np.meshgrid(ticks, ticks)
    line = planes.level_line(ticks, x**2 + y**2, 2.25)
    radius = np.hypot(*line[:, np.isfinite(line[0])])
    np.testing.assert_allclose(radius, 1.5, atol=2e-3)
    length = np.nansum(np.hypot(*np.diff(line.reshape(2, -1, 3)[:, :, :2], axis=2)[..., 0]))
    assert length == pytest.approx(2 * np.pi * 1.5, rel=2e-3)
    corner = np.array([[1.0, 0.0], [0.0, 1.0]])  # a saddle; its middle is 0.5
    for level, joined in ((0.4, [1.0, 0.0]), (0.6, [0.0, 0.0])):
        pieces = planes.level_line(np.array([0.0, 1.0]), corner, level).reshape(2, 2, 3)[:, :, :2]
        middles = pieces.mean(axis=2).T  # of the two pieces
        cut = {tuple(np.round(each).astype(int)) for each in middles}
        assert cut == ({(1, 0), (0, 1)} if joined[0] else {(0, 0), (1, 1)}), level
    assert np.isnan(planes.level_line(ticks, np.zeros((61, 61)))).all()


def test_chances_are_those_of_pytorch() -> None:
    setting = Setting(method="stacking", members=4, epochs=20, seeds=(3,))
    trained, points = members_of(setting), points_of(setting)[0]
    ours = trained.chances(0, points.test_inputs)
    for member, name in enumerate(setting.activations):
        module = MLP((2, 8, 1), name, "bce").module(trained.weights[0, member])
        with torch.no_grad():
            theirs = torch.sigmoid(module(torch.tensor(points.test_inputs)))[:, 0].numpy()
        np.testing.assert_allclose(ours[member], theirs, atol=1e-12)


def test_snapshots_go_on_where_the_last_ended() -> None:
    longer, shorter = (members_of(Setting(method="snapshot", members=count, epochs=20)) for count in (3, 2))
    np.testing.assert_array_equal(longer.weights[:, :2], shorter.weights)
    assert np.abs(np.diff(longer.weights, axis=1)).max() > 0.01


def test_the_large_network_has_the_units_of_all_members() -> None:
    answers = large_chances(SMALL)
    assert answers.shape == (2, draws.TEST)
    assert np.all((answers >= 0) & (answers <= 1))


def test_a_run_and_its_measures_have_one_value_per_seed() -> None:
    found = run(Params(members=3, epochs=20, seeds=3))
    assert found.large.shape == (3,)
    for measure in lesson.measures:
        assert np.asarray(measure.of(found)).shape == (3,)


def test_own_points_are_learned_and_tested() -> None:
    text = "0,0,0;1,1,1;0.5,0,0;1,0.5,1"
    found = run(Params(data="points", own=text, members=3, epochs=100, seeds=2, noise=0.05))
    assert found.points[0].inputs.shape == (4, 2)
    assert found.points[0].test_inputs.shape == (40, 2)
    assert found.scores.train_accuracy[:, -1].min() == 1
    assert "stands in" in view(run(Params(data="points", own="", members=2, epochs=20, seeds=1))).sentence
    with pytest.raises(ValueError, match="points must lie"):
        Params(data="points", own="0,9,0")


def test_the_hero_grows_member_by_member() -> None:
    found = run(Params(members=5, epochs=20, seeds=1))
    shown = view(found)
    assert shown.steps is not None
    assert shown.steps.tolist() == [1, 2, 3, 4, 5]
    opacity, width = strokes(found.scores.weights[0])
    assert np.all((opacity > 0) == np.tril(np.ones((5, 5), bool)))
    assert width[2, 2] > width[2, 1]
    lines = [trace for trace in shown.charts[0].figure["data"] if str(trace.get("name", "")).startswith("member")]
    assert [bool(np.isfinite(line["x"]).any()) for line in lines] == [True] * 5 + [False] * 3


def test_the_stack_reaches_the_average_member() -> None:
    found: Run = run(Params(members=6, epochs=20, seeds=3))
    bottom, top, total = split_chart(found).figure["data"]
    np.testing.assert_allclose(bottom["y"] + top["y"], total["y"], rtol=0, atol=1e-12)


def test_a_superseded_run_stops() -> None:
    def stop(fraction: float, what: str = "", partial: object = None) -> None:  # noqa: ARG001 - a Report
        if fraction > 0:
            raise Superseded

    with pytest.raises(Superseded):
        run(Params(method="boosting", members=32, epochs=200, seed=77), stop)


def test_where_members_differ_most_comes_last() -> None:
    answers = np.array([[0.9, 0.1, 0.2, 0.8, 0.5, 0.0], [0.9, 0.1, 0.3, 0.6, 0.9, 0.6]])
    truth = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 1.0])
    found = observing.wrong_by_disagreement(answers, np.array([[0.5, 0.5]]), truth)
    assert found.tolist() == [0, 0, 0, 1, 1]  # the last two of six differ by 0.4 and 0.6, and both are wrong


def test_the_average_member_is_weighed_as_in_its_ensemble() -> None:
    found = run(Params(method="stacking", members=4, epochs=20, seeds=2))
    weights, own = found.scores.weights, found.scores.own
    np.testing.assert_allclose(words.average_member(found)[1], weights[1, -1] @ own[1], atol=1e-15)
    np.testing.assert_allclose(words.average_members(found)[:, 0], own[:, 0], atol=1e-15)
    gain = 100 * (found.scores.accuracy[:, -1] - words.average_member(found))
    np.testing.assert_allclose(words.gain(found), gain, atol=1e-12)


@pytest.mark.parametrize(("method", "each"), [("bagging", 1.0), ("stacking", 3.0), ("snapshot", 0.2)])
def test_costs_count_the_epochs_that_are_trained(method: Any, each: float) -> None:
    found = run(Params(method=method, members=3, epochs=20, seeds=1))
    np.testing.assert_allclose(words.training_cost(found), each * np.array([1, 2, 3]), atol=1e-12)


def test_boosting_repeats_wrong_labels_and_the_diagnosis_counts_them() -> None:
    preset = next(each for each in lesson.presets if each.cause == "overfitting")
    found = run(Params(**preset.values))
    points, votes = found.points[0], found.members.chances(0, found.points[0].inputs) > 0.5
    wrong = points.targets != points.truth
    assert wrong.sum() == round(0.3 * 40)
    ours = (found.scores.weights[0, -1] @ votes > 0.5) == (points.targets == 1)
    assert found.scores.repeated[0] == ours[wrong].mean()
    (text,) = (each.text for each in view(found).findings if each.cause == "overfitting")
    assert f"{100 * np.median(found.scores.repeated):.0f} % of them are repeated" in text


def test_predictions_have_the_answers_that_follow_from_arithmetic() -> None:
    copies = lesson.predictions[0]
    asked = copies.setting(Params(seeds=2, epochs=20))
    assert isinstance(asked, Params)
    answer = copies.answer(run(asked))
    assert copies.choices[answer.choice] == "Nothing at all"


def test_one_member_has_nobody_to_disagree_with() -> None:
    shown = view(run(Params(members=1, epochs=20, seeds=2)))
    assert "nobody to disagree with" in shown.sentence
    assert not [each for each in shown.findings if each.cause == "no diversity"]
    assert "arbitrary" in shown.chart("unsure").alt


def test_a_sketch_trains_no_more_than_the_hand_can_wait_for() -> None:
    heavy = Params(members=32, points=200, epochs=200, seeds=32, method="boosting").preview()
    assert (heavy.sketch, heavy.seeds, heavy.members) == (True, 1, 32)
    assert heavy.epochs == 20
    assert Params().preview().epochs == Params().epochs


def test_long_runs_train_fewer_seeds_and_say_so() -> None:
    heavy = Params(method="stacking", members=32, points=200, epochs=200, seeds=32)
    assert 1 <= heavy.trained < 32
    assert len(heavy.setting.seeds) == heavy.trained
    assert heavy.examples * heavy.trained <= 9e7
    assert Params(members=32, points=100, epochs=200, seeds=32).trained == 32
    found = run(Params(members=2, epochs=20, seeds=2))
    assert words.remarks(found) == ""
    assert f"Only {heavy.trained} of 32 seeds" in words.remarks(replace(found, params=heavy))


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"rate": 0.001, "epochs": 20, "data": "circle"}, "hardly trained (40 steps at rate 0.001"),
        ({"noise": 1.0, "data": "circle", "points": 200, "width": 2}, "noise 1 has mixed"),
        ({"data": "spiral", "width": 1, "method": "seeds", "noise": 0.1}, "too weak"),
    ],
)
def test_members_that_learn_little_are_told_why(changes: dict[str, Any], cause: str) -> None:
    assert [cause in found.text for found in diagnose(run(Params(**changes)))] == [True]


def test_the_sentences_parts_add_up() -> None:
    found = run(Params(members=4, epochs=20, wrong=0.4))
    together, alone, gain = (
        100 * np.mean(found.scores.accuracy[:, -1]),
        100 * np.mean(words.average_member(found)),
        words.gain(found).mean(),
    )
    assert together - alone == pytest.approx(gain)
    for number in (f"{together:.1f} %", f"{alone:.1f} %", words.signed(float(gain))):
        assert number in words.sentence(found)
