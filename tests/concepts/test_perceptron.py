"""The perceptron: the rule by hand, its bound, the circle on XOR, own points, what the page shows and says."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.concepts.perceptron import Params, claims, lesson, look, run, view
from nnviz.concepts.perceptron.bound import best_line, best_weights, lower, most_mistakes, radius, upper
from nnviz.concepts.perceptron.charts import moments_of
from nnviz.concepts.perceptron.clouds import cloud, overlapping, separable, xor
from nnviz.concepts.perceptron.model import MARGINS, bound_of, sweep
from nnviz.concepts.perceptron.rule import MOST_MISTAKES, learn, margin, next_mistake, signed_points
from nnviz.concepts.perceptron.starts import order_of, starting_weights
from nnviz.core.notation import decimals
from nnviz.core.params import controls
from nnviz.core.progress import Superseded, silent
from nnviz.core.script import as_python, cells
from nnviz.ui import wire

ZERO = np.zeros(3)
FEW = {"seeds": 2, "size": 12}
OWN = "-1,0.5,0;-0.5,1,0;1,-0.5,1;1.5,0.25,1;0.25,-1,1"


def plain(
    positions: np.ndarray, labels: np.ndarray, order: np.ndarray, rate: float, passes: int
) -> list[tuple[int, list[float]]]:
    """Rosenblatt's rule as a beginner writes it: the mistaken point and the weights after it."""
    w1 = w2 = b = 0.0
    steps = []
    for _ in range(passes):
        for point in order.tolist():
            x1, x2 = positions[point]
            y = 1 if labels[point] == 1 else -1
            if y * (w1 * x1 + w2 * x2 + b) <= 1e-9:
                w1, w2, b = w1 + rate * y * x1, w2 + rate * y * x2, b + rate * y
                steps.append((point, [b, w1, w2]))
    return steps


# The rule


@pytest.mark.parametrize("seed", range(5))
def test_the_rule_is_that_of_a_plain_loop(seed: int) -> None:
    positions, labels = separable(30, 0.15, seed)
    order = order_of(30, seed)
    path = learn(signed_points(positions, labels), order, 0.3, ZERO, 200)
    steps = plain(positions, labels, order, 0.3, path.looked // 30)
    assert path.mistaken.tolist() == [point for point, _ in steps]
    np.testing.assert_allclose(path.weights[1:], [weights for _, weights in steps], atol=1e-12)
    assert path.finished


def test_a_worked_example() -> None:
    signed = signed_points(np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([1, 0]))
    np.testing.assert_array_equal(signed, [[1, 1, 2], [-1, 1, -0.5]])
    path = learn(signed, np.array([0, 1]), 2.0, ZERO, 10)
    np.testing.assert_array_equal(path.weights[:2], [[0, 0, 0], [2, 2, 4]])
    assert path.mistaken[0] == 0
    assert path.seen[0] == 1
    assert np.all(signed @ path.weights[-1] > 0)


def test_each_step_adds_the_mistaken_point_and_nothing_else() -> None:
    path = run(Params(data="overlapping", rate=0.7, passes=20)).path
    signed = run(Params(data="overlapping")).signed
    np.testing.assert_allclose(np.diff(path.weights, axis=0), 0.7 * signed[path.mistaken], atol=1e-12)
    scores = np.sum(path.weights[:-1] * signed[path.mistaken], axis=1)
    assert np.all(scores <= 1e-9), "only points on the wrong side are added"
    assert np.all(np.diff(path.seen) > 0)


def test_next_mistake_is_the_first_in_the_order() -> None:
    signed = np.array([[1.0, 0, 0], [-1.0, 0, 0], [-1.0, 0, 0]])
    w = np.array([1.0, 0, 0])
    assert next_mistake(signed, np.array([0, 2, 1]), w) == 1
    assert next_mistake(signed, np.array([0]), w) is None
    assert next_mistake(signed, np.array([], dtype=int), w) is None


def test_training_ends_after_its_passes_and_its_mistakes() -> None:
    signed = signed_points(*overlapping(40, 0))
    order = order_of(40, 0)
    assert learn(signed, order, 1.0, ZERO, 3).looked == 120
    long = learn(signed, order, 1.0, ZERO, 100_000)
    assert long.mistakes == MOST_MISTAKES
    assert not long.finished


# The circle


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("rate", [0.01, 0.1, 1.0, 10.0])
def test_xor_goes_round_in_a_circle_and_the_circle_is_true(seed: int, rate: float) -> None:
    signed = signed_points(*xor())
    path = learn(signed, order_of(4, seed), rate, ZERO, 200)
    assert path.cycle is not None
    first, last = path.cycle
    np.testing.assert_allclose(path.weights[first - 1], path.weights[last], atol=1e-9 * rate)
    length = last - first + 1
    again = path.mistaken[last:]
    np.testing.assert_array_equal(again, path.mistaken[first - 1 + np.arange(len(again)) % length])
    assert len(again) == (3 * length + 1) // 2


def test_what_stops_has_no_circle() -> None:
    assert learn(signed_points(*separable(20, 0.4, 0)), order_of(20, 0), 1.0, ZERO, 500).cycle is None
    assert learn(signed_points(*overlapping(20, 0)), order_of(20, 0), 1.0, ZERO, 50).cycle is None


# Points


@pytest.mark.parametrize("gap", [0.05, 0.4, 1.0])
@pytest.mark.parametrize("seed", [0, 9, 31])
def test_separable_points_have_exactly_their_margin(gap: float, seed: int) -> None:
    positions, labels = separable(40, gap, seed)
    signed = signed_points(positions, labels)
    best = best_line(signed)
    assert best is not None
    assert margin(signed, best) == pytest.approx(gap, rel=1e-5)
    assert np.abs(positions).max() < 2.5
    assert abs(int(labels.sum()) - 20) <= 1


def test_overlapping_points_and_xor_have_no_line() -> None:
    for seed in range(10):
        signed = signed_points(*overlapping(6 + 10 * seed, seed))
        assert best_weights(signed) is None
        assert best_line(signed) is None
    assert bound_of(signed_points(*xor())) == np.inf


def test_seeds_draw_other_points_orders_and_starts() -> None:
    assert not np.array_equal(separable(20, 0.4, 0)[0], separable(20, 0.4, 1)[0])
    assert sorted(order_of(20, 3)) == list(range(20))
    assert not np.array_equal(order_of(20, 3), order_of(20, 4))
    assert np.all(starting_weights("zero", 3) == 0)
    assert np.all(starting_weights("drawn", 3) != starting_weights("drawn", 4))


@pytest.mark.parametrize(
    ("text", "reason"),
    [("0,0,6", "point 1"), ("3,0,1", "2.5"), ("1,2", "point 1"), ("nan,0,1", "point 1"), ("x", "point 1")],
)
def test_points_that_cannot_be_are_named(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Params(points=text)
    taken, ignored = Params.from_query({"points": text, "data": "own"})
    assert taken == Params(data="own")
    assert len(ignored) == 1


def test_own_points_are_learned() -> None:
    params = Params(data="own", points=OWN)
    assert Params.from_query(params.to_query()) == (params, ())
    result = run(params)
    assert result.labels.tolist() == [0, 0, 1, 1, 1]
    assert np.all(result.wrong == 0)
    assert result.best is not None
    assert "all of 5 points" in view(result).sentence


def test_further_classes_stand_together_against_class_0() -> None:
    assert run(Params(data="own", points="0,1,0;1,0,2;1,1,5")).labels.tolist() == [0, 1, 1]


@pytest.mark.parametrize("points", ["", "0.5,0.5,1", "0,0,0;0,0,1", "1,1,0;1,1,0", "0,0,1;0,0,1;0,0,0"])
def test_few_or_odd_points_give_a_picture(points: str) -> None:
    shown = view(run(Params(data="own", points=points, seeds=2)))
    assert shown.sentence
    for chart in shown.charts:
        assert chart.to_figure().data
    assert wire.encode(shown)


# The bound


def test_the_bound_is_novikoffs_from_zero_whatever_the_rate() -> None:
    signed = signed_points(*separable(40, 0.3, 2))
    best = best_weights(signed)
    assert best is not None
    expected = (radius(signed) / (signed @ best).min()) ** 2
    for rate in (0.01, 1.0, 10.0):
        assert most_mistakes(signed, best, rate, ZERO) == pytest.approx(expected)
    assert radius(signed) == pytest.approx(np.sqrt(1 + (signed[:, 1:] ** 2).sum(axis=1).max()))


def test_a_hair_between_three_points_is_told_from_none() -> None:
    """The corner lies 5e-5 from the line through the others, or on it."""
    ends = np.array([[-2.49, -2.5], [2.5, 2.49]])
    on = np.array([[-0.68, 1.75], [-1.87, 1.43], [-2.13, 1.36]])  # off by one part of 0.01² only
    assert best_weights(signed_points(on, np.array([0, 1, 0]))) is not None
    for share in (0.0, 0.3, 1.0):
        middle = ends[0] + share * (ends[1] - ends[0])
        assert best_weights(signed_points(np.array([ends[0], middle, ends[1]]), np.array([0, 1, 0]))) is None


def test_more_passes_are_only_advised_where_there_are_more() -> None:
    """A separable hair of a margin: the bound is far beyond what is followed."""
    hair = Params(data="own", points="-0.68,1.75,0;-1.87,1.43,1;-2.13,1.36,0", seeds=1)
    for passes, advised in ((200, True), (1000, False)):
        found = run(hair.but(passes=passes))
        assert not found.path.finished
        assert ("more passes will find it" in view(found).sentence) is advised
        assert "a separating line exists" in view(found).findings[0].text


def test_nothing_has_a_larger_least_score_than_the_best_weights() -> None:
    signed = signed_points(*separable(25, 0.2, 5))
    best = best_weights(signed)
    assert best is not None
    assert np.linalg.norm(best) == pytest.approx(1)
    least = (signed @ best).min()
    random = np.random.default_rng(0)
    for size in (1e-4, 1e-2, 1.0):
        others = best + size * random.normal(size=(5000, 3))
        others /= np.linalg.norm(others, axis=1, keepdims=True)
        assert (others @ signed.T).min(axis=1).max() <= least + 1e-12


def test_mistakes_stay_within_the_bound_on_200_separable_sets() -> None:
    for seed in range(200):
        random = np.random.default_rng([seed, 77])
        size, gap = int(random.integers(6, 100)), float(random.uniform(0.05, 1))
        signed = signed_points(*separable(size, gap, seed))
        path = learn(signed, order_of(size, seed), float(random.choice([0.1, 1.0])), ZERO, 10_000)
        assert path.finished
        assert path.mistakes <= bound_of(signed) + 1e-9


@pytest.mark.parametrize("start", ["zero", "drawn"])
def test_the_weights_stay_between_the_two_lines_of_the_proof(start: Any) -> None:
    for order in range(6):
        result = run(Params(gap=0.1, start=start, rate=0.5, order=order, seeds=1, passes=1000))
        path, best = result.path, result.longest
        assert best is not None
        k = np.arange(path.mistakes + 1.0)
        lengths = np.linalg.norm(path.weights, axis=1)
        assert np.all(lengths <= upper(k, result.signed, 0.5, path.weights[0]) + 1e-9)
        assert np.all(lengths >= lower(k, best, result.signed, 0.5, path.weights[0]) - 1e-9)
        assert path.mistakes <= result.bound + 1e-9
        bound = np.array([result.bound])
        meet = [
            line[0]
            for line in (
                upper(bound, result.signed, 0.5, path.weights[0]),
                lower(bound, best, result.signed, 0.5, path.weights[0]),
            )
        ]
        assert meet[0] == pytest.approx(meet[1])


def test_the_sweep_trains_at_every_margin() -> None:
    swept = sweep(20, 3)
    assert swept.mistakes.shape == (len(MARGINS), 8)
    assert np.all(swept.mistakes <= swept.bounds[:, None] + 1e-9)
    assert np.all(np.diff(swept.bounds) < 0)
    signed = signed_points(*cloud("separable", 20, 0.2, 3, ""))
    assert swept.mistakes[3, 5] == learn(signed, order_of(20, 5), 1.0, ZERO, 1000).mistakes


def test_margin_is_a_distance() -> None:
    signed = signed_points(np.array([[2.0, 0.0], [-1.0, 3.0]]), np.array([1, 0]))
    assert margin(signed, np.array([0.0, 5.0, 0.0])) == pytest.approx(1)
    assert margin(signed, np.array([-15.0, 5.0, 0.0])) == pytest.approx(-1)
    assert np.isnan(margin(signed, np.array([1.0, 0.0, 0.0])))


# What is shown


def test_a_preview_is_the_shown_order_alone() -> None:
    params = Params(order=4)
    quick, full = run(params.preview()), run(params)
    assert len(quick.paths) == 1
    assert len(full.paths) == 8
    np.testing.assert_array_equal(quick.path.weights, full.path.weights)
    assert repr(view(quick).charts[0]) == repr(view(full).charts[0])


def test_every_mistake_is_a_frame_and_long_runs_are_thinned_out() -> None:
    short = run(Params())
    assert moments_of(short).tolist() == list(range(short.path.mistakes + 1))
    long = run(Params(data="overlapping"))
    moments = moments_of(long)
    assert len(moments) <= 60
    assert moments[0] == 0
    assert moments[-1] == long.path.mistakes
    assert len(view(long).captions) == len(moments)
    assert len(wire.encode(view(long))) < 500_000


def test_the_hero_shows_the_step_at_every_moment() -> None:
    result = run(Params())
    shown = view(result)
    chart, path = shown.charts[0], result.path
    names = [trace.get("line", {}).get("color") for trace in chart.figure["data"]]
    arrow = next(
        i
        for i, trace in enumerate(chart.figure["data"])
        if trace.get("marker", {}).get("symbol") == "arrow" and len(trace["x"]) == 2
    )
    after = names.index("$ink")
    tips = np.stack([chart.frames[f"data.{arrow}.x"], chart.frames[f"data.{arrow}.y"]], axis=-1)  # (T, 2, 2)
    scale = 1.8 / np.linalg.norm(path.weights[:, 1:], axis=1).max()
    np.testing.assert_allclose(tips[1:, 0], scale * path.weights[:-1, 1:], atol=1e-6)
    np.testing.assert_allclose(tips[1:, 1], scale * path.weights[1:, 1:], atol=1e-6)
    ends = np.stack([chart.frames[f"data.{after}.x"], chart.frames[f"data.{after}.y"]], axis=-1)[1:, :2]  # (T, 2, 2)
    for weights, pair in zip(path.weights[1:], ends.astype(float), strict=True):
        np.testing.assert_allclose(pair @ weights[1:] + weights[0], 0, atol=1e-4 * np.linalg.norm(weights))
    assert len(chart.figure["data"]) <= 12
    last = [text[-1] for path_, text in chart.frames.items() if path_.startswith("layout.annotations")]
    assert decimals(float(path.weights[-1, 0])) in last[2]


def test_sides_are_coloured_by_class() -> None:
    weights = np.array([0.3, 1.0, -0.5])
    for sign in (-1.0, 1.0):
        corners = look.sides(weights, sign)
        scores = corners @ weights[1:] + weights[0]
        np.testing.assert_allclose(scores[:2], 0, atol=1e-9)
        assert np.all(sign * scores[2:] > 0)
    assert np.isnan(look.sides(np.array([1.0, 0.0, 0.0]), 1.0)).all()


def test_the_charts_hold_what_they_say() -> None:
    result = run(Params(gap=0.2))
    shown = view(result)
    assert [chart.name for chart in shown.charts] == ["boundary", "mistakes", "weights", "proof", "lines", "by-margin"]
    steps = next(trace for trace in shown.chart("mistakes").figure["data"] if trace.get("name") == "the order shown")
    assert steps["y"].max() == result.path.mistakes
    assert shown.chart("mistakes").figure["layout"]["shapes"][0]["y0"] == pytest.approx(result.bound)
    way = shown.chart("weights").figure["data"][0]
    np.testing.assert_array_equal(way["x"], result.path.weights[:, 1])
    proof = {trace["name"]: trace for trace in shown.chart("proof").figure["data"] if "name" in trace}
    np.testing.assert_allclose(proof["‖(b, w)‖"]["y"], np.linalg.norm(result.path.weights[1:], axis=1))
    clicked = next(trace["customdata"] for trace in shown.chart("by-margin").figure["data"] if "customdata" in trace)
    assert [Params.from_query({"gap": text})[0].gap for text in clicked] == list(MARGINS)


def test_the_learning_rate_changes_no_mistake_from_zero() -> None:
    slow, fast = (run(Params(rate=rate, seeds=3)) for rate in (0.01, 10.0))
    np.testing.assert_array_equal(slow.path.mistaken, fast.path.mistaken)
    assert view(slow).chart("lines").alt == view(fast).chart("lines").alt
    drawn = [run(Params(rate=rate, seeds=8, start="drawn")).mistakes for rate in (0.01, 10.0)]
    assert not np.array_equal(*drawn)


@pytest.mark.parametrize("control", [one for one in controls(Params) if one.kind != "text"], ids=lambda one: one.name)
def test_both_ends_of_every_control_give_a_picture(control: Any) -> None:
    ends = [control.minimum, control.maximum] if control.kind == "range" else [value for value, _ in control.options]
    for end in ends:
        for data in ("separable", "overlapping", "xor"):
            value = int(end) if control.whole else end
            shown = view(run(Params(**{**FEW, "data": data, control.name: value})))
            assert any(letter.isdigit() for letter in shown.sentence)
            for chart in shown.charts:
                assert chart.to_figure("dark").data


def test_same_settings_same_numbers_and_a_run_can_be_given_up() -> None:
    first, second = (run(Params(start="drawn", rate=0.3)) for _ in range(2))
    np.testing.assert_array_equal(first.path.weights, second.path.weights)

    def gone(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the protocol's words
        raise Superseded

    with pytest.raises(Superseded):
        run(Params(), gone)


# Words


def test_the_sentence_says_how_it_ended() -> None:
    result = run(Params())
    said = view(result).sentence
    assert f"After {result.path.mistakes} mistakes" in said
    assert look.short(result.bound) in said
    assert "8 orders make" in said
    assert "come back for ever" in view(run(Params(data="xor"))).sentence
    assert "No line separates" in view(run(Params(data="overlapping"))).sentence


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_what_breaks_is_diagnosed_and_the_defaults_are_whole(preset: Any) -> None:
    assert preset.cause in {finding.cause for finding in view(run(Params(**preset.values))).findings}
    assert view(run(Params())).findings == ()


def test_the_diagnosis_names_the_circle() -> None:
    result = run(Params(data="xor"))
    assert result.path.cycle is not None
    text = view(result).findings[0].text
    assert f"after mistake {result.path.cycle[1]}" in text
    assert "circle" in text


@pytest.mark.parametrize(
    "start", [Params(), Params(data="own", points=OWN, start="drawn", rate=0.03, passes=1, seeds=3, gap=1.0)]
)
def test_predictions_are_graded_from_the_run_wherever_they_are_asked(start: Params) -> None:
    right = [one.choices[one.answer(run(one.setting(start))).choice] for one in lesson.predictions]
    assert right == ["Four times as many", "They go round in a circle", "Just as many", "In none of them"]


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_give_a_verdict_with_few_seeds(claim: Any) -> None:
    verdict = claim.test(range(2), silent)
    assert verdict.reason
    assert verdict.seeds == 2


def test_the_claims_would_see_a_counterexample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "bound_of", lambda _: 1.0)
    assert claims.stops_in_time(range(2), silent).word == "contradicted"
    real = claims.starting_weights
    monkeypatch.setattr(claims, "starting_weights", lambda _, seed: real("drawn", seed))
    assert claims.rate_is_no_matter(range(2), silent).word == "contradicted"


def test_a_line_as_good_as_the_best_contradicts_the_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    def perfect(signed: np.ndarray, seed: int) -> Any:
        return replace(learn(signed, order_of(len(signed), seed), 1.0, ZERO, 1), weights=np.array([best_line(signed)]))

    monkeypatch.setattr(claims, "trained", perfect)
    assert claims.not_the_best(range(3), silent).word == "contradicted"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"data": "xor", "order": 3},
        {"data": "overlapping", "start": "drawn", "rate": 0.1, "passes": 30},
        {"data": "own", "points": OWN},
    ],
)
def test_the_script_prints_the_numbers_of_the_screen(changes: dict[str, Any], tmp_path: Path) -> None:
    assert lesson.recipe is not None
    params = Params(**changes)
    script = tmp_path / "run.py"
    script.write_text(as_python(cells(lesson.recipe, params.model_dump(), "")), encoding="utf-8")
    printed = subprocess.run([sys.executable, "-I", script], capture_output=True, text=True, check=True).stdout
    told = dict(line.rsplit(" = ", 1) for line in printed.splitlines())
    result = run(params)
    for measure in lesson.measures:
        assert float(told[measure.name]) == pytest.approx(float(np.atleast_1d(measure.of(result))[0]), rel=1e-6)
