"""SHAP and LIME: the axioms, closed forms, what is drawn, what breaks, a learner's own table."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from nnviz.concepts.shap_lime import Params, evidence, lesson, repeats, run, view, words
from nnviz.concepts.shap_lime.by_shap import drawing_from
from nnviz.concepts.shap_lime.game import Case, game, ranking, stand_ins, tiles
from nnviz.concepts.shap_lime.model import Run
from nnviz.concepts.shap_lime.network import Answer, Network, log_odds
from nnviz.concepts.shap_lime.order_charts import spread_out
from nnviz.concepts.shap_lime.set_charts import swarm
from nnviz.concepts.shap_lime.shapley import (
    every_coalition,
    gains,
    orders,
    sampled_values,
    shapley_values,
    walks,
    worth,
)
from nnviz.concepts.shap_lime.subject import FALLBACK, Which, resolve, subject
from nnviz.core.claims import Verdict
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent
from nnviz.data import uploads
from nnviz.ui import wire

METHODS = ("definition", "exact", "kernel", "permutation", "gradient", "deep")
RUNS: dict[Params, Run] = {}


def run_of(**changes: Any) -> Run:
    """Return a run, remembered across tests."""
    params = Params(**changes)
    if params not in RUNS:
        RUNS[params] = run(params)
    return RUNS[params]


def causes(run_: Run) -> set[str]:
    return {finding.cause for finding in view(run_).findings}


def network(seed: int = 0, width: int = 5, classes: int = 3) -> Network:
    """Return a small network with random weights."""
    draws = np.random.default_rng(seed)
    shapes = ((width, 7), (7, 4), (4, classes))
    return Network(
        tuple(draws.normal(size=shape) for shape in shapes), tuple(draws.normal(size=out) for _, out in shapes)
    )


def alone(count: int) -> tuple[tuple[int, ...], ...]:
    return tuple((feature,) for feature in range(count))


def explained(answer: Answer, row: NDArray[Any], background: NDArray[Any]) -> NDArray[np.float64]:
    groups = alone(len(row))
    return shapley_values(worth(answer, row, background, groups, every_coalition(len(groups))))


def table(rows: int = 40, *, words_: bool = False, hole: bool = False, seed: int = 0) -> str:
    """Keep a table of three features and return its setting; the first name carries markup."""
    draws = np.random.default_rng(seed)
    lines = ["<b>bold</b>,second,third,target"]
    for index in range(rows):
        x = draws.normal(size=3).round(3)
        target = ("<i>yes</i>" if x[0] > 0 else "no") if words_ else round(float(3 * x[0] - x[1] + 100), 3)
        first = "" if hole and index % 4 == 0 else x[0]
        lines.append(f"{first},{x[1]},{x[2]},{target}")
    text = "\n".join(lines)
    return f"csv:{uploads.keep(uploads.read_table(text.encode()))}"


# The definition


def test_two_players_by_hand() -> None:
    nobody, first, second, both = 1.0, 4.0, 3.0, 10.0
    values = shapley_values(np.array([nobody, first, second, both]))
    assert values == pytest.approx([((4 - 1) + (10 - 3)) / 2, ((3 - 1) + (10 - 4)) / 2])


def test_the_glove_game() -> None:
    """One left glove and two right ones: the left is worth 2/3, each right 1/6 (Shapley 1953)."""
    worths = np.array([float(present[0] and (present[1] or present[2])) for present in every_coalition(3)])
    assert shapley_values(worths) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@pytest.mark.parametrize("players", [1, 2, 4, 7, 10])
def test_efficiency_linearity_dummy_and_symmetry(players: int) -> None:
    draws = np.random.default_rng(players)
    first, second = draws.normal(size=(2, 2**players))
    assert shapley_values(first).sum() == pytest.approx(first[-1] - first[0])
    together = shapley_values(2 * first - second)
    assert together == pytest.approx(2 * shapley_values(first) - shapley_values(second))
    present = every_coalition(players)
    additive = present @ np.arange(players, dtype=float)  # player 0 adds nothing anywhere
    assert shapley_values(additive) == pytest.approx(np.arange(players))
    size = present.sum(axis=1).astype(float)
    assert shapley_values(size**2) == pytest.approx(np.full(players, players))


def test_a_dummy_feature_gets_nothing_and_equal_features_get_the_same() -> None:
    plain = network()
    first = plain.weights[0].copy()
    first[3] = 0.0
    first[1] = first[0]
    answer = Answer(Network((first, *plain.weights[1:]), plain.biases), "probability", 1)
    draws = np.random.default_rng(1)
    row, background = draws.normal(size=5), draws.normal(size=(9, 5))
    row[1], background[:, 1] = row[0], background[:, 0]
    values = explained(answer, row, background)
    assert values[3] == pytest.approx(0.0, abs=1e-12)
    assert values[0] == pytest.approx(values[1], abs=1e-12)
    assert abs(values[0]) > 1e-3


@pytest.mark.parametrize("kind", ["log_odds", "value"])
def test_a_linear_model_has_weights_times_distance_from_the_mean(kind: Any) -> None:
    draws = np.random.default_rng(2)
    classes = 2 if kind == "log_odds" else 1
    weights, bias = draws.normal(size=(6, classes)), draws.normal(size=classes)
    answer = Answer(Network((weights,), (bias,)), kind, 0, 5.0, 3.0)
    row, background = draws.normal(size=6), draws.normal(size=(8, 6))
    slope = weights[:, 0] - weights[:, 1] if kind == "log_odds" else 3.0 * weights[:, 0]
    assert explained(answer, row, background) == pytest.approx(slope * (row - background.mean(axis=0)), abs=1e-12)


def test_the_linear_network_on_the_page_too() -> None:
    shown = run_of(data="breast_cancer", network="linear", output="log_odds")
    weights = shown.game.answer.network.weights[0]
    label = shown.case.label
    slope = (weights[:, label] - weights[:, 1 - label]) * (shown.row - shown.game.background.mean(axis=0))
    assert shown.exact == pytest.approx(shown.game.summed(slope), abs=1e-10)


def test_worth_is_the_mean_over_mixed_rows() -> None:
    answer = Answer(network(), "probability", 2)
    draws = np.random.default_rng(3)
    row, background = draws.normal(size=5), draws.normal(size=(4, 5))
    groups = ((0, 3), (1,), (2, 4))
    found = worth(answer, row, background, groups, np.array([[True, False, True]]))
    mixed = background.copy()
    mixed[:, [0, 3, 2, 4]] = row[[0, 3, 2, 4]]
    assert found[0] == pytest.approx(answer(mixed).mean())


@pytest.mark.parametrize("players", [1, 3, 6, 7])
def test_the_average_over_all_orders_is_the_definition(players: int) -> None:
    worths = np.random.default_rng(players).normal(size=2**players)
    arrivals = orders(players)
    assert len(np.unique(arrivals, axis=0)) == np.prod(range(1, players + 1))
    paths = walks(worths, arrivals)
    assert np.all(paths[:, 0] == worths[0])
    assert np.all(paths[:, -1] == worths[-1])
    assert gains(paths, arrivals).mean(axis=0) == pytest.approx(shapley_values(worths))
    assert gains(paths, arrivals).sum(axis=1) == pytest.approx(np.full(len(arrivals), worths[-1] - worths[0]))


def test_many_players_walk_a_sample_of_orders_and_their_reverse() -> None:
    arrivals = orders(9)
    assert len(arrivals) == 1000
    assert np.all(arrivals[0::2] == arrivals[1::2, ::-1])
    assert np.all(np.sort(arrivals, axis=1) == np.arange(9))


def test_sampled_values_over_all_orders_are_exact() -> None:
    answer = Answer(network(), "log_odds", 0)
    draws = np.random.default_rng(5)
    rows, background = draws.normal(size=(3, 5)), draws.normal(size=(4, 5))
    found = sampled_values(answer, rows, background, alone(5), orders(5))
    assert found == pytest.approx(np.array([explained(answer, row, background) for row in rows]))


def test_log_odds_and_probability_are_one_answer() -> None:
    logits = np.random.default_rng(6).normal(size=(7, 4)) * 3
    powers = np.exp(logits)
    share = powers[:, 2] / powers.sum(axis=1)
    assert log_odds(logits, 2) == pytest.approx(np.log(share / (1 - share)))


# The page's runs


@pytest.mark.parametrize("data", ["wine", "breast_cancer", "digits"])
@pytest.mark.parametrize("method", METHODS)
def test_the_bars_add_up_to_the_answer(data: str, method: Any) -> None:
    shown = run_of(data=data, method=method)
    gap = abs(shown.values.sum() - (shown.prediction - shown.base))
    if method == "gradient":  # a sampled integral: near, and not exact
        assert 1e-6 < gap < 0.3
    else:
        assert gap < 1e-6
    assert shown.prediction == pytest.approx(float(shown.game.answer(shown.row[None])[0]))
    assert shown.base == pytest.approx(float(shown.game.answer(shown.game.background).mean()))


@pytest.mark.parametrize("method", ["exact", "kernel"])
def test_the_package_agrees_with_the_definition(method: Any) -> None:
    shown = run_of(method=method)
    assert np.abs(shown.values - shown.exact).max() < 1e-9


@pytest.mark.parametrize("method", ["kernel", "permutation"])
@pytest.mark.parametrize("data", ["wine", "digits"])
def test_every_feature_may_play(method: Any, data: str) -> None:
    shown = run_of(data=data, method=method, everyone=True)
    assert shown.values.shape == shown.exact.shape
    assert abs(shown.values.sum() - (shown.prediction - shown.base)) < 1e-6
    assert np.abs(shown.values - shown.exact).max() > 1e-6  # another game: the others do not move as one


def test_a_change_moves_the_row_and_keeps_what_was() -> None:
    plain, moved = run_of(), run_of(change=1.5)
    feature = moved.moved[0]
    assert moved.row[feature] - plain.row[feature] == pytest.approx(1.5)
    assert np.array_equal(np.delete(moved.row, feature), np.delete(plain.row, feature))
    assert np.array_equal(moved.before, plain.exact)
    assert moved.base == plain.base
    assert not np.allclose(moved.exact, plain.exact)


def test_a_tile_of_a_digit_is_inked_within_bounds() -> None:
    shown = run_of(data="digits", feature="3", change=4.0)
    assert shown.row.max() <= 1.0
    assert np.all(shown.row[list(shown.moved)] == 1.0)
    assert set(np.flatnonzero(shown.row != shown.recorded)) <= set(shown.moved)


def test_a_dragged_value_recomputes_nothing_costly() -> None:
    run(Params())
    costly = (repeats.lime_again, repeats.shap_again, repeats.other_networks, repeats.whole_set)
    before = [each.cache_info().misses for each in costly]
    for change in (-2.0, 0.7, 3.1):
        run(Params(change=change))
    assert [each.cache_info().misses for each in costly] == before


def test_the_shared_generator_is_left_as_it_was() -> None:
    from sklearn.utils import check_random_state

    shared = check_random_state(None)
    before = shared.get_state()[1].copy()
    for cache in (repeats.lime_again, repeats.shap_again):
        cache.cache_clear()
    run(Params(method="gradient", samples=50, repeats=2))
    run(Params(method="permutation", everyone=True, samples=50, repeats=2))
    assert np.array_equal(shared.get_state()[1], before)
    with pytest.raises(ZeroDivisionError), drawing_from(3):
        raise ZeroDivisionError
    assert np.array_equal(shared.get_state()[1], before)


def test_same_settings_same_run() -> None:
    params = Params(method="permutation", everyone=True, samples=100)
    first = wire.encode(view(run(params)))
    for cache in (repeats.lime_again, repeats.shap_again, repeats.whole_set, repeats.other_networks):
        cache.cache_clear()
    assert wire.encode(view(run(params))) == first


def test_sampling_spreads_and_enumeration_does_not() -> None:
    shown = run_of(method="permutation", everyone=True, samples=100)
    whole = run_of()
    assert shown.again is not None
    assert whole.again is not None
    assert shown.again.shap.std(axis=0).max() > 1e-4
    assert whole.again.shap.std(axis=0).max() < 1e-9  # 200 samples see all 126 coalitions
    assert whole.again.lime.std(axis=0).max() > 1e-3
    assert whole.again.networks[0] == pytest.approx(whole.exact)


def test_the_whole_set_holds_the_row() -> None:
    shown = run_of()
    assert shown.whole is not None
    assert shown.whole[shown.number] == pytest.approx(shown.exact)
    many = run_of(features=9)
    assert many.whole is not None
    assert many.whole[many.number] == pytest.approx(many.exact, abs=0.05)
    assert many.whole.sum(axis=1)[many.number] == pytest.approx(many.exact.sum())


def test_players_are_ranked_and_the_others_play_as_one() -> None:
    shown = run_of(data="breast_cancer")
    played = shown.game
    ranked = ranking(Which("breast_cancer"), shown.case.label)
    assert [group[0] for group in played.groups[:6]] == list(ranked[:6])
    assert sorted(feature for group in played.groups for feature in group) == list(range(30))
    assert played.names[-1] == "the other 24 features"


@pytest.mark.parametrize("count", range(3, 11))
def test_tiles_cover_the_digit_once(count: int) -> None:
    groups, rest = tiles(count)
    assert len(groups) == count
    assert rest == 0
    assert sorted(pixel for group in groups for pixel in group) == list(range(64))


def test_backgrounds() -> None:
    train = np.random.default_rng(0).normal(size=(50, 3))
    train[7] = 9.0
    assert stand_ins(train, "mean", 20) == pytest.approx(train.mean(axis=0)[None])
    assert np.array_equal(stand_ins(train, "odd", 20), train[[7]])
    assert len(stand_ins(train, "sample", 80)) == 50
    assert len(stand_ins(train, "centres", 5)) == 5
    assert len(stand_ins(np.ones((20, 2)), "centres", 5)) == 1


# Own tables


def test_a_table_of_words_and_one_of_numbers() -> None:
    classes, values = run_of(data=table(words_=True)), run_of(data=table())
    assert classes.game.subject.classes == ("<i>yes</i>", "no")
    assert values.game.subject.classes == ()
    assert values.case.kind == "value"
    assert values.base == pytest.approx(float(values.game.answers.mean()), abs=3.0)
    assert values.game.subject.scores.max() > 0.5
    for shown in (classes, values):
        assert abs(shown.values.sum() - (shown.prediction - shown.base)) < 1e-6


def test_strangers_names_are_no_markup() -> None:
    drawn = wire.encode(view(run_of(data=table(words_=True)))).decode()
    figures = drawn[: drawn.index('"view":{')]
    assert "&lt;b&gt;bold" in figures
    assert "<b>bold" not in figures.replace("alt", "")[: figures.index('"alt"')]
    for chart in view(run_of(data=table(words_=True))).charts:
        assert "<b>bold" not in str(chart.figure)
        assert "<i>yes" not in str(chart.figure)
        assert "<i>yes" not in chart.title


def test_holes_are_filled_and_told() -> None:
    shown = run_of(data=table(hole=True))
    assert shown.game.subject.holes == 10
    assert np.isfinite(shown.game.subject.train).all()
    assert "missing values" in causes(shown)


def test_a_table_that_is_gone_is_told_and_another_set_stands_in() -> None:
    shown = run_of(data="csv:0123456789abcdef")
    finding = next(each for each in view(shown).findings if each.cause == "missing table")
    assert finding.severity == "warning"
    assert "upload it again" in finding.text
    assert shown.case.which.data == FALLBACK


def test_a_row_that_does_not_exist_is_told() -> None:
    assert "There is no row 199" in view(run_of(row=199, repeats=2)).sentence
    assert "There is no row" not in view(run_of(row=3, repeats=2)).sentence


def test_an_odd_background_is_told_by_what_makes_it_odd() -> None:
    far, off = (
        next(each.text for each in view(run_of(repeats=2, **changes)).findings if each.cause == "odd background")
        for changes in ({"reference": "odd"}, {"background": 1})
    )
    assert "1 row lies farther" in far
    assert "farther" not in off


def test_a_table_sent_again_is_the_same_table() -> None:
    identity = table().removeprefix("csv:")
    assert resolve(f"csv:{identity}-7") == (f"csv:{identity}", True)
    assert Params(data=f"csv:{identity}-7").row == Params().row


@pytest.mark.parametrize(
    "text",
    [
        "a,b,y\n1,2,0\n2,1,1\n",
        "a,y\n" + "".join(f"{index},{index % 2}\n" for index in range(20)),
        "a,b,y\n" + "".join(f"1,2,{index % 3}\n" for index in range(20)),
        "a,b,y\n" + "".join(f"{index * 2e13},{index * 1e-9},{index * 2.5e13}\n" for index in range(30)),
        "a,b,y\n" + "".join(f"{index},{index % 7},{'x' if index else 'z'}\n" for index in range(20)),
    ],
)
@pytest.mark.parametrize(
    "changes", [{}, {"bins": True, "method": "kernel"}, {"twin": "near", "feature": "9", "change": 3}]
)
def test_odd_tables_are_explained_or_diagnosed(text: str, changes: dict[str, Any]) -> None:
    shown = run_of(data=f"csv:{uploads.keep(uploads.read_table(text.encode()))}", samples=50, repeats=2, **changes)
    assert np.isfinite(shown.values).all()
    assert np.isfinite(shown.line.effects).all()
    assert wire.encode(view(shown))


# What is drawn


def test_the_waterfall_goes_from_base_to_answer() -> None:
    shown = run_of(change=1.0)
    chart = view(shown).chart("waterfall")
    up, down, *_ = chart.figure["data"]
    assert up["x"] + down["x"] == pytest.approx(shown.exact)
    assert up["base"][0] == pytest.approx(shown.base)
    assert (up["base"] + shown.exact)[-1] == pytest.approx(shown.prediction)
    before = chart.figure["data"][3]["x"] - up["base"]
    assert before == pytest.approx(shown.before)
    assert "was" in chart.figure["layout"]["yaxis"]["ticktext"][1]
    assert chart.figure["data"][-1]["text"] == [f" <b>{words.value_label(shown)}</b>"]
    assert words.value_label(shown) != words.value_label(run_of(change=0.5))
    assert chart.figure["data"][0]["customdata"] == ["1", "2", "3", "4", "5", "6", None]


def test_every_frame_of_the_waterfall_ends_at_the_answer() -> None:
    shown = run_of()
    drawn = view(shown)
    frames = drawn.chart("waterfall").frames
    ends = frames["data.0.base"] + frames["data.0.x"] + frames["data.1.x"]
    assert ends[:, -1] == pytest.approx(np.full(len(ends), shown.prediction))
    assert drawn.steps is not None
    assert drawn.steps[0] == 1
    assert drawn.steps[-1] == 5040
    assert len(drawn.steps) <= 60
    assert drawn.captions[-1] == "exact"
    assert frames["data.0.x"][-1] + frames["data.1.x"][-1] == pytest.approx(shown.exact)


def test_another_method_does_not_play_the_definition() -> None:
    assert not view(run_of(method="deep")).chart("waterfall").frames


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"data": "digits"},
        {"bins": True},
        {"output": "log_odds", "change": -2.0},
        {"data": "breast_cancer", "features": 10},
    ],
)
def test_all_charts_are_valid_and_told(changes: dict[str, Any]) -> None:
    drawn = view(run_of(**changes))
    names = [chart.name for chart in drawn.charts]
    assert names[0] == ("pictures" if changes.get("data") == "digits" else "waterfall")
    assert {"lime", "side-by-side", "fit", "stability", "order", "average", "beeswarm"} <= set(names)
    for chart in drawn.charts:
        assert chart.to_figure("dark").data
        assert any(letter.isdigit() for letter in chart.alt), chart.name


def test_the_line_in_two_dimensions_is_straight() -> None:
    cut = run_of().plane
    assert np.diff(cut.line, n=2, axis=0) == pytest.approx(0.0, abs=1e-12)
    assert np.diff(cut.line, n=2, axis=1) == pytest.approx(0.0, abs=1e-12)
    slope = np.diff(cut.line, axis=1)[0, 0] / np.diff(cut.x)[0]
    game_ = run_of().game
    assert slope == pytest.approx(run_of().line.weights[game_.groups[cut.across][0]])


def test_a_partial_run_draws_the_same_charts() -> None:
    whole = run_of()
    partial = view(replace(whole, again=None, whole=None))
    assert [chart.name for chart in partial.charts] == [chart.name for chart in view(whole).charts]
    assert partial.charts[0].figure["data"][0]["x"] == pytest.approx(view(whole).charts[0].figure["data"][0]["x"])


def test_partial_runs_are_offered_and_a_superseded_run_stops() -> None:
    offered: list[Run] = []

    def report(fraction: float, what: str = "", partial: Any = None) -> None:
        assert isinstance(what, str)
        assert 0 <= fraction <= 1
        if partial is not None:
            offered.append(partial)
        if len(offered) > 1:
            raise Superseded

    with pytest.raises(Superseded):
        run(Params(row=3), report)
    assert offered[0].again is None
    assert offered[1].again is not None
    assert offered[1].whole is None


def test_points_of_a_swarm_stay_in_their_row() -> None:
    offsets = swarm(np.random.default_rng(0).normal(size=300))
    assert np.abs(offsets).max() <= 0.38
    assert swarm(np.zeros(5)).max() <= 0.38
    assert swarm(np.array([1.0])) == pytest.approx([0.0])


def test_labels_keep_their_distance() -> None:
    places = spread_out(np.array([0.5, 0.51, 0.0, 0.505]), 0.1)
    assert np.diff(np.sort(places)).min() >= 0.1 - 1e-12
    assert list(np.argsort(places)) == [2, 0, 3, 1]


# What breaks, what is asked, what is claimed


def test_defaults_are_whole_and_presets_are_diagnosed() -> None:
    assert not view(run_of()).findings
    for preset in lesson.presets:
        assert preset.cause in causes(run_of(**preset.values)), preset.name


def test_a_twin_is_diagnosed_and_shares_the_credit() -> None:
    shown = run_of(twin="copy")
    assert "correlated features" in causes(shown)
    assert shown.doubled is not None
    assert shown.doubled.original < shown.doubled.alone
    assert shown.doubled.copy < shown.doubled.alone
    assert shown.game.groups[0][0] + 0 == shown.case.which.twin_of
    assert shown.game.names[1] == f"{shown.game.names[0]} (copy)"
    assert np.array_equal(shown.game.subject.train[:, -1], shown.game.subject.train[:, shown.case.which.twin_of])


def test_a_lonely_background_row_is_odd() -> None:
    assert "odd background" in causes(run_of(background=1))
    assert "odd background" not in causes(run_of(reference="mean", data="breast_cancer", output="log_odds"))


def test_torn_rows() -> None:
    line = np.linspace(-2, 2, 20)
    pairs = np.column_stack([line, line])
    assert words.torn(np.array([0.0, 0.0]), np.zeros((3, 2)), 0.99) == 0.0
    assert words.torn(np.array([2.0, 2.0]), pairs, 0.999) > 0.9


@pytest.mark.parametrize("changes", [{}, {"data": "digits", "feature": "9"}, {"data": "breast_cancer", "feature": "2"}])
def test_predictions_are_graded_from_runs(changes: dict[str, Any]) -> None:
    for prediction in lesson.predictions:
        asked = prediction.setting(Params(**changes))
        answer = prediction.answer(run_of(**asked.model_dump()))
        assert 0 <= answer.choice < len(prediction.choices)
        assert any(letter.isdigit() for letter in answer.because)


def test_a_linear_model_does_not_spill() -> None:
    spill = lesson.predictions[1]
    asked = spill.setting(Params(data="breast_cancer", network="linear", output="log_odds"))
    assert spill.answer(run_of(**asked.model_dump())).choice == 0
    assert spill.answer(run_of(change=2.0)).choice == 1


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_come_to_a_verdict(claim: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "REPEATS", 2)
    assert isinstance(claim.test([0, 1], silent), Verdict)


def test_the_planted_proxy_is_not_seen_by_shap() -> None:
    rows, _, group = evidence.draw_people(0)
    assert np.corrcoef(rows[:, 1], group)[0, 1] > 0.85
    weights = np.array([[0.5, -0.5], [1.0, -1.0]])
    answer = evidence.blind_to_the_group([(weights, np.zeros(2))])
    people = np.column_stack([rows, group])
    assert evidence.importance_of_the_group(answer, people) == 0.0


@pytest.mark.parametrize("control", controls(Params), ids=lambda control: control.name)
def test_both_ends_of_every_control(control: Any) -> None:
    if control.kind == "range":
        values: list[Any] = [control.minimum, control.maximum]
    elif control.kind == "toggle":
        values = [True, False]
    else:
        values = [value for value, _ in control.options]
    for value in values:
        typed = int(value) if control.whole else value
        others = {"samples": 100, "repeats": 2} if control.name not in ("samples", "repeats") else {}
        shown = run(Params(**(others | {control.name: typed})))
        assert np.isfinite(shown.values).all()
        assert wire.encode(view(shown))


# The page


def opened(**query: str) -> AppTest:
    main = Path(__file__).parents[2] / "pages" / "main.py"
    test = AppTest.from_file(str(main), default_timeout=60).run().switch_page("shap_lime.py")
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def in_the_address(test: AppTest, name: str) -> str:
    """Return a setting as it stands in the address; AppTest holds what the page wrote as lists."""
    value = test.query_params[name]
    return value if isinstance(value, str) else value[0]


def test_a_table_can_be_sent_and_its_target_chosen() -> None:
    test = opened()
    assert not test.exception
    text = "a,b,c\n" + "".join(f"{index % 5},{index % 3},{index * 1.5}\n" for index in range(30))
    test.file_uploader[0].upload("mine.csv", text.encode(), "text/csv")
    test.run()
    assert not test.exception
    data = in_the_address(test, "data")
    assert data.startswith("csv:")
    assert in_the_address(test, "row") == "0"
    assert list(test.dataframe[0].value.columns) == ["row", "network says", "truth", "a", "b"]
    test.selectbox[0].set_value("a").run()
    assert in_the_address(test, "data") != data
    assert list(test.dataframe[0].value.columns) == ["row", "network says", "truth", "b", "c"]


@pytest.mark.parametrize("content", [b"a,b\n1,x\n2,3\n3,4\n", b"", b"a,b,c\n1,2,3\n2,3,4\n", b"\xff\xfe\x00"])
def test_a_bad_file_is_refused_and_changes_nothing(content: bytes) -> None:
    test = opened(row="3")
    test.file_uploader[0].upload("bad.csv", content, "text/csv")
    test.run()
    assert not test.exception
    assert "data" not in test.query_params
    assert in_the_address(test, "row") == "3"
    assert test.error
    assert test.code[0].value


def test_the_table_lists_what_can_be_explained() -> None:
    frame = opened().dataframe[0].value
    known = subject(Which("wine"))
    assert len(frame) == len(known.rows)
    outputs = game(Case(Which("wine"))).subject.networks[0].logits(known.rows)
    assert list(frame["network says"]) == [known.classes[index] for index in outputs.argmax(axis=1)]
    assert frame["alcohol"].between(10, 16).all()
    pictures = opened(data="digits").dataframe[0].value
    assert pictures["picture"].str.startswith("data:image/png;base64,").all()
