"""Backpropagation: the little language of formulas, the sweep, the layout, the page's pictures, words and script."""

import math
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nnviz.concepts.backprop import Params, claims, cost, lesson, run, view, words
from nnviz.concepts.backprop.expression import FUNCTIONS, LONGEST, MOST, parse
from nnviz.concepts.backprop.graph import backward, finite_differences, forward, paths
from nnviz.concepts.backprop.hero import moments
from nnviz.concepts.backprop.layout import NODE, NUMBERS, columns_of, covered, layout, pitch
from nnviz.concepts.backprop.network import two_two_one
from nnviz.concepts.backprop.recipe import recipe
from nnviz.core.claims import Claim
from nnviz.core.lesson import Preset
from nnviz.core.params import controls
from nnviz.core.progress import silent
from nnviz.core.script import as_python, cells

LEAVES = {"a": 0.8, "b": 1.5, "c": -0.2, "d": 1.1, "y": 0.6}


def value(text: str, **changes: float) -> float:
    return float(forward(parse(text), LEAVES | changes)[-1])


def gradient(text: str, name: str, **changes: float) -> float:
    graph = parse(text)
    gradients, _, _ = backward(graph, forward(graph, LEAVES | changes))
    return float(gradients[next(place for place, node in enumerate(graph) if node.name == name)])


# The language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b*c", 0.8 + 1.5 * -0.2),
        ("(a + b)*c", 2.3 * -0.2),
        ("a - b - c", 0.8 - 1.5 + 0.2),
        ("a/b/c", 0.8 / 1.5 / -0.2),
        ("-a^2", -0.64),
        ("(-a)^2", 0.64),
        ("a*-b", -1.2),
        ("--a*b", 1.2),
        ("a^-1", 1.25),
        ("a**3", 0.512),
        ("2.5*a + .5", 2.5),
        ("-a + b", 0.7),
        ("sigmoid(a)", 1 / (1 + math.exp(-0.8))),
        ("relu(c) + a", 0.8),
        ("exp(log(a))", 0.8),
        ("sin(a)^2 + cos(a)^2", 1.0),
        ("sqrt(a*a)", 0.8),
        ("a*(b)", 1.2),
    ],
)
def test_formulas_mean_what_they_say(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "expected a number"),
        ("a +", "got the end"),
        ("(a*b", "not closed before the end"),
        ("a b", "expected a sign"),
        ("2a", "expected a sign"),
        ("x*a", "got 'x'"),
        ("__import__('os')", "has no meaning here"),
        ("a.real", "has no meaning here"),
        ("tanh*a", "got 'tanh'"),
        ("eval(a)", "got 'eval'"),
        ("a^b", "whole number from -3 to 6"),
        ("a^9", "whole number from -3 to 6"),
        ("a^0.5", "whole number from -3 to 6"),
        ("a;b", "';' has no meaning"),
        ("<b>a</b>", "'<' has no meaning"),
        ("a", "something done with it"),
        ("2*3", "needs a letter"),
        ("a*a" + "*a" * 24, "at most 24 nodes"),
        ("a+" * 40 + "a", "at most 80 characters"),
        ("a\x00+b", "has no meaning"),
    ],
)
def test_what_is_no_formula_is_told_why(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        parse(text)
    assert told in str(raised.value)
    with pytest.raises(ValidationError):
        Params(expression=text)
    kept, ignored = Params.from_query({"expression": text})
    assert kept == Params()
    assert len(ignored) == 1


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=100) | st.text(alphabet="abcdy+-*/^(). 12exp", max_size=90))
def test_any_text_is_a_small_graph_or_a_plain_refusal(text: str) -> None:
    try:
        graph = parse(text)
    except ValueError:
        return
    assert 2 <= len(graph) <= MOST
    assert len(text) <= LONGEST
    for place, node in enumerate(graph):
        assert all(source < place for source in node.inputs)
        assert node.operation in ("leaf", "number", "+", "*", "/", "^", "neg", *FUNCTIONS)
    used = {source for node in graph for source in node.inputs}
    assert used == set(range(len(graph) - 1))


def test_deep_parentheses_are_read() -> None:
    text = "(" * 38 + "a*b" + ")" * 38
    assert value(text) == pytest.approx(1.2)


def test_a_letter_used_twice_is_one_node() -> None:
    assert sum(node.name == "a" for node in parse("a*a + tanh(a)")) == 1


# The sweep


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("a*b*c", "a", 1.5 * -0.2),
        ("a*a*a", "a", 3 * 0.64),
        ("a^3", "a", 3 * 0.64),
        ("a/b", "b", -0.8 / 2.25),
        ("b - a", "a", -1.0),
        ("tanh(a)", "a", 1 - math.tanh(0.8) ** 2),
        ("sigmoid(a)", "a", 0.8**0 * math.exp(-0.8) / (1 + math.exp(-0.8)) ** 2),
        ("exp(a*b)", "a", 1.5 * math.exp(1.2)),
        ("log(a)", "a", 1.25),
        ("sqrt(a)", "a", 0.5 / math.sqrt(0.8)),
        ("relu(c)*a", "c", 0.0),
        ("a^0 + a", "a", 1.0),
        ("a*b + a*c", "a", 1.3),
    ],
)
def test_gradients_in_closed_form(text: str, name: str, expected: float) -> None:
    assert gradient(text, name) == pytest.approx(expected, rel=1e-14, abs=1e-15)


def test_the_gradient_of_the_loss_is_the_sum_over_paths_everywhere() -> None:
    for seed in range(40):
        graph, leaves = claims.random_graph(seed)
        gradients, slopes, _ = backward(graph, forward(graph, leaves))
        for node in range(len(graph)):
            ways = paths(graph, node)
            products = [np.prod([float(slopes[place][which]) for place, which in way]) for way in ways]
            assert float(gradients[node]) == pytest.approx(sum(products), rel=1e-9, abs=1e-12)


def test_the_root_has_one_empty_path() -> None:
    graph = parse("a*b")
    assert paths(graph, len(graph) - 1) == [()]


def test_values_may_be_arrays_and_nodes_may_be_held() -> None:
    graph = parse("tanh(a*b)")
    many = forward(graph, LEAVES | {"a": np.array([0.0, 0.8])})[-1]
    np.testing.assert_allclose(many, np.tanh([0, 1.2]))
    product = next(place for place, node in enumerate(graph) if node.operation == "*")
    assert float(forward(graph, LEAVES, {product: 3.0})[-1]) == pytest.approx(math.tanh(3.0))


def test_finite_differences_need_two_passes_a_leaf() -> None:
    found = finite_differences(parse("a*b + c"), {"a": 2.0, "b": 3.0, "c": 1.0})
    assert found == pytest.approx({"a": 3.0, "b": 2.0, "c": 1.0}, abs=1e-8)


def test_the_network_is_the_network() -> None:
    p = Params(graph="network")
    hidden = np.tanh(np.array(p.weights).reshape(2, 2) @ p.inputs + p.biases)
    expected = (np.dot(p.output[:2], hidden) + p.output[2] - p.target) ** 2
    assert run(p).loss == pytest.approx(expected, rel=1e-14)
    assert len(p.nodes()) == 24


def test_a_small_step_lowers_the_loss_by_the_squared_length() -> None:
    result = run(Params(rate=0.001))
    assert result.loss - result.after == pytest.approx(0.001 * result.length, rel=0.02)


def test_the_target_and_the_inputs_do_not_move() -> None:
    formula = run(Params(expression="(a - y)^2", a=0.5, target=1.0, rate=0.5))
    assert formula.after == pytest.approx(0)
    assert formula.length == pytest.approx(1.0)
    net = run(Params(graph="network"))
    names = [node.name for node in net.graph]
    moving = [place for place, name in enumerate(names) if name and name not in ("y", "x1", "x2")]
    assert net.length == pytest.approx(float(np.sum(net.gradients[moving] ** 2)))


def test_the_tangent_touches_the_loss() -> None:
    for node in range(1, 10):
        result = run(Params(node=node))
        near = np.argsort(np.abs(result.grid - result.values[result.node]))[:3]
        slope = np.polyfit(result.grid[near], result.answer[near], 1)[0]
        assert slope == pytest.approx(result.gradients[result.node], abs=0.15)


# The layout


@pytest.mark.parametrize(
    "graph", [parse("(tanh(a*b) + a*c - y)^2"), parse("a*a + a"), two_two_one("tanh"), parse("a/(b+3)-exp(c)*y")]
)
def test_nodes_stand_apart_and_edges_go_right(graph: Any) -> None:
    spots = layout(graph)
    for one, other in combinations(range(len(graph)), 2):
        assert np.hypot(*(spots.places[one] - spots.places[other])) > 0.9
    columns = columns_of(graph)
    for place, node in enumerate(graph):
        assert all(columns[source] < columns[place] for source in node.inputs)
        for which, source in enumerate(node.inputs):
            line = spots.edges[place, which]
            np.testing.assert_array_equal(line[0], spots.places[source])
            np.testing.assert_array_equal(line[-1], spots.places[place])
            assert np.all(np.diff(line[:, 0]) > 0)


@pytest.mark.parametrize(
    "graph",
    [parse("(tanh(a*b) + a*c - y)^2"), two_two_one("tanh"), parse("(sigmoid(a*b+c)-y)^2+(tanh(a*d)-y)^2")],
)
def test_numbers_stand_beside_each_other_and_beside_the_nodes(graph: Any) -> None:
    spots = layout(graph)
    scale = pitch(spots.edges)
    numbers, size = np.array(NUMBERS), np.array(NUMBERS) + NODE
    where = np.array(list(spots.labels.values())) * scale
    beside = covered(where, where, numbers) - 1  # each covers itself
    assert beside.max() < 0.25
    assert covered(where, spots.places * scale, size / 2).max() < 0.25


def test_nodes_shrink_where_there_are_many_rows() -> None:
    assert layout(parse("a*b")).size == NODE[0]
    assert 18 <= layout(two_two_one("tanh")).size < NODE[0]
    assert layout(parse("a+" * 39 + "a")).size == 18


def test_two_edges_between_the_same_nodes_are_both_seen() -> None:
    spots = layout(parse("a*a"))
    first, second = spots.edges.values()
    assert not np.array_equal(first, second)


def test_values_never_move_the_graph() -> None:
    first, second = (view(run(Params(a=a))).chart("graph").figure for a in (-2.0, 2.0))
    for one, other in zip(first["data"][1:], second["data"][1:], strict=True):
        np.testing.assert_array_equal(one["x"], other["x"])
    assert first["layout"]["xaxis"] == second["layout"]["xaxis"]


# Pictures and words


def test_what_is_no_number_stays_none_behind_a_relu() -> None:
    result = run(Params(expression="(relu(log(a)) - y)^2", a=-1.0))
    assert np.isnan(result.loss)
    (finding,) = view(result).findings
    assert finding.cause == "non-finite"
    assert "nothing after it can be trusted" in finding.text


def test_a_long_sum_is_told_in_short() -> None:
    result = run(Params(expression="a+" * 39 + "a"))
    assert "is used 40 times" in words.arriving(result)
    assert "1 + 1 + 1 + 1 + … = 40" in words.arriving(result)
    back = words.going_back(result, len(result.graph) - 1)
    assert back.count("<br>") == 3
    assert back.endswith("and to 36 more")


def test_the_timeline_goes_forward_then_backward() -> None:
    result = run(Params())
    shown = view(result)
    assert shown.steps is not None
    assert list(shown.steps) == list(range(len(moments(result))))
    frames = shown.charts[0].frames
    values, gradients = frames["data.9.text"], frames["data.10.text"]
    known = [sum(bool(text) for text in row) for row in values]
    swept = [sum(bool(text) for text in row) for row in gradients]
    assert known == sorted(known)
    assert swept == sorted(swept)
    middle = known.index(known[-1])
    assert swept[middle] == 0
    assert swept[-1] == known[-1] == len(layout(result.graph).edges) + 1
    assert shown.captions[-1] == "end"


def test_each_backward_moment_shows_local_times_upstream() -> None:
    result = run(Params())
    texts = view(result).charts[0].frames["layout.annotations.0.text"]
    for (stage, place), text in zip(moments(result), texts, strict=True):
        if stage == "backward":
            upstream = words.number(float(result.gradients[place]))
            assert all(f"{words.number(float(slope))} × {upstream}" in text for slope in result.slopes[place])


def test_edges_carry_values_and_contributions() -> None:
    result = run(Params())
    figure = view(result).charts[0].figure
    edges = list(layout(result.graph).edges)
    for (place, which), above, below in zip(edges, figure["data"][9]["text"], figure["data"][10]["text"], strict=False):
        assert above == words.short(float(result.values[result.graph[place].inputs[which]]))
        assert below == words.short(float(result.sent[place][which]))


def test_clicking_a_node_inspects_it() -> None:
    result = run(Params())
    chart = view(result).charts[0]
    assert chart.click == {"node": "customdata"}
    assert chart.figure["data"][8]["customdata"] == list(range(1, len(result.graph) + 1))


def test_the_paths_chart_multiplies_and_adds() -> None:
    result = run(Params())
    bars = view(result).chart("paths").figure["data"][-1]["x"]
    np.testing.assert_allclose(bars, [*result.products, result.gradients[0]])
    assert bars[:-1].sum() == pytest.approx(bars[-1])


def test_many_paths_are_counted_although_few_are_drawn() -> None:
    result = run(Params(expression="a+a+a+a+a+a+a+a+a+a", path=10))
    assert len(result.paths) == 10
    assert result.path == 9
    chart = view(result).chart("paths")
    assert "first 8 of 10" in chart.title
    assert len(chart.figure["data"][-1]["x"]) == 9


def test_a_page_at_rest_is_whole_and_quick_to_send() -> None:
    shown = view(run(Params()))
    assert shown.findings == ()
    assert [chart.name for chart in shown.charts] == ["graph", "paths", "tangent", "step", "cost"]
    assert len(shown.charts[0].figure["data"]) <= 12
    for chart in shown.charts:
        chart.to_figure("dark")


@pytest.mark.parametrize("graph", ["expression", "network"])
@pytest.mark.parametrize("end", ["minimum", "maximum"])
@pytest.mark.parametrize(
    "control", [one for one in controls(Params) if one.kind in ("range", "vector")], ids=lambda one: one.name
)
def test_both_ends_of_every_slider_give_a_picture(control: Any, end: str, graph: Any) -> None:
    extreme = getattr(control, end)
    value = (extreme,) * control.length if control.kind == "vector" else int(extreme) if control.whole else extreme
    shown = view(run(Params(graph=graph, **{control.name: value})))
    assert len(shown.charts) == 5
    assert shown.sentence


@pytest.mark.parametrize(
    "text", ["1/a", "log(a)", "sqrt(a) + a", "a^-3", "exp(exp(exp(a*9)))", "a/a", "exp(a*999) - exp(a*999)", "a*0"]
)
@pytest.mark.parametrize("a", [0.0, -1.0, 3.0])
def test_poles_and_overflow_are_drawn_and_named(text: str, a: float) -> None:
    result = run(Params(expression=text, a=a))
    shown = view(result)
    broken = not (np.isfinite(result.values).all() and np.isfinite(result.gradients).all())
    assert broken == ("non-finite" in {finding.cause for finding in shown.findings})
    for chart in shown.charts:
        chart.to_figure()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.5, "0.5"),
        (-0.25, "−0.25"),
        (123.4, "123"),
        (0.00012, "1e−4"),
        (0.0, "0"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
        (2e5, "2e5"),
    ],
)
def test_numbers_fit_on_an_edge(number: float, text: str) -> None:
    assert words.short(number) == text


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_what_breaks_is_diagnosed(preset: Preset) -> None:
    assert preset.cause in {finding.cause for finding in view(run(Params(**preset.values))).findings}


def test_predictions_are_computed() -> None:
    rights = [
        question.choices[question.answer(run(question.setting(Params(graph="network")))).choice]
        for question in lesson.predictions
    ]
    assert rights == ["b", "Their sum", "About a ten-thousandth"]


# Cost and claims


def test_finite_differences_of_a_network_are_its_gradient() -> None:
    import torch

    module, inputs = cost.network(4, 0).double(), torch.linspace(-1, 1, 32, dtype=torch.float64).reshape(8, 4)
    cost.gradient(module, inputs)
    exact = torch.cat([parameter.grad.flatten() for parameter in module.parameters() if parameter.grad is not None])
    np.testing.assert_allclose(cost.one_at_a_time(module, inputs, 1e-6), exact, atol=1e-5)


def test_reverse_mode_takes_less_than_three_times_the_operations() -> None:
    found = cost.measured()
    assert np.all((found.operations > 2) & (found.operations < 3))
    assert np.all(found.weights == [3 * 0 + 2 * (w * w + w) + w + 1 for w in cost.WIDTHS])


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_give_a_verdict_with_few_seeds(claim: Claim) -> None:
    assert claim.test(range(2), silent).reason


def test_the_claim_would_see_a_lost_contribution(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = claims.split

    def forgetful(*arguments: Any) -> Any:
        graph, leaves, copies = plain(*arguments)
        return graph, leaves, copies[:1]

    monkeypatch.setattr(claims, "split", forgetful)
    assert claims.contributions_add(range(2), silent).word == "contradicted"


# The script


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"graph": "network", "node": 6},
        {"expression": "sigmoid(a*b)^2/(c+3) - y*relu(a)", "node": 2},
        {"graph": "network", "activation": "sigmoid"},
    ],
    ids=["defaults", "network", "formula", "sigmoid"],
)
def test_the_script_prints_the_numbers_on_screen(changes: dict[str, Any], tmp_path: Path) -> None:
    params = Params(**changes)
    script = tmp_path / "script.py"
    script.write_text(as_python(cells(recipe, params.model_dump(), "")), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", script], capture_output=True, text=True, check=True)
    printed = dict(line.split(" = ") for line in done.stdout.splitlines())
    result = run(params)
    assert set(printed) == {measure.name for measure in lesson.measures}
    for measure in lesson.measures:
        assert float(printed[measure.name]) == pytest.approx(float(np.ravel(measure.of(result))[0]), rel=1e-6)
