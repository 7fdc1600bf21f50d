"""The forward pass: by hand, over the steps, in the charts, by clicks, in words, as a script."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from nnviz.concepts.forward_pass import Params, claims, edits, lesson, run, view
from nnviz.concepts.forward_pass.hero import CLICK, collect_wires, unit_numbers
from nnviz.concepts.forward_pass.network import forward, make_batch, make_layers, multiplications
from nnviz.concepts.forward_pass.planes import STRIDE, lead_of, mosaic
from nnviz.concepts.forward_pass.recipe import recipe
from nnviz.concepts.forward_pass.sums import labels, terms
from nnviz.concepts.forward_pass.words import brief, number
from nnviz.core.lesson import Prediction, Preset
from nnviz.core.params import controls
from nnviz.core.progress import silent
from nnviz.core.script import as_python, cells

LARGEST: dict[str, Any] = {"layers": 5, "classes": 4} | {f"units{layer}": 6 for layer in range(1, 6)}


# By hand


def test_a_small_network_by_hand() -> None:
    layers = [
        (np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([0.5, 0.0])),
        (np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.0, np.log(3)])),
    ]
    (first, sums, hidden), (_, logits, chances) = forward(np.array([[1.0, -1.0]]), layers, ["relu"])
    np.testing.assert_array_equal(first, [[1, -1]])
    np.testing.assert_array_equal(sums, [[1 - 3 + 0.5, -2 - 0.5]])
    np.testing.assert_array_equal(hidden, [[0, 0]])
    np.testing.assert_allclose(logits, [[0, np.log(3)]])
    np.testing.assert_allclose(chances, [[0.25, 0.75]])


def test_multiplications_are_the_products_of_neighbouring_widths() -> None:
    assert multiplications((2, 4, 3, 2)) == 2 * 4 + 4 * 3 + 3 * 2
    assert multiplications((2, 4, 3, 2), 32) == 32 * 26
    assert run(Params(batch="32")).flops == 2 * 32 * 26


def test_a_row_of_a_batch_is_that_row_alone() -> None:
    together = run(Params(batch="32", layers=4, seed=2))
    layers = make_layers(together.sizes, 2, Params().edits)
    for row in (0, 5, 31):
        alone = forward(together.batch[row : row + 1], layers, together.params.activations)
        for layer, (_, sums, outputs) in zip(together.layers, alone, strict=True):
            np.testing.assert_allclose(layer.sums[row], sums[0], rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(layer.outputs[row], outputs[0], rtol=1e-12, atol=1e-14)


def test_units_and_layers_that_are_added_leave_the_others_weights_alone() -> None:
    small, large = make_layers((2, 3, 2), 5, {}), make_layers((2, 5, 4, 2), 5, {})
    np.testing.assert_array_equal(small[0][0], large[0][0][:, :3])
    np.testing.assert_array_equal(small[1][0], large[1][0][:3, :2])
    assert all(np.abs(weights).max() <= 3 for weights, _ in large)


def test_the_hands_input_is_the_first_row() -> None:
    batch = make_batch(0.35, -1.2, 32)
    assert batch[0].tolist() == [0.35, -1.2]
    assert np.abs(batch).max() <= 2
    np.testing.assert_allclose(batch[1:] * 20, np.round(batch[1:] * 20), atol=1e-9)


# Changed weights


def test_changed_weights_survive_being_written() -> None:
    changes = {(1, 2, 0): -3.0, (2, 1, 4): 0.25, (6, 6, 6): 3.0}
    assert edits.parse(edits.write(changes)) == changes
    assert edits.parse("") == {}


@pytest.mark.parametrize(
    "text", ["1.2=3", "1.1.1=4", "7.1.1=1", "1.1.7=1", "1.1.1=nan", "1.1.1=0.123", ";", "1.1.1=1;x"]
)
def test_bad_changes_are_refused_and_named(text: str) -> None:
    with pytest.raises(ValueError, match="change"):
        edits.parse(text)
    taken, ignored = Params.from_query({"weights": text})
    assert taken == Params()
    assert [one.name for one in ignored] == ["weights"]


@pytest.mark.parametrize("field", ["edge", "cell"])
def test_bad_places_are_refused(field: str) -> None:
    for text in ("0.1.1", "1.33.1", "1.1", "a", "1.1.9"):
        with pytest.raises(ValidationError):
            Params(**{field: text})


def test_the_weight_in_the_hand_is_the_chosen_wires() -> None:
    result = run(Params(edge="2.3.4", weight=-0.75, weights="1.1.1=0.50;2.3.4=3.00"))
    assert result.layers[1].weights[3, 2] == -0.75
    assert result.layers[0].weights[0, 0] == 0.5
    assert run(Params(edge="3.2.0", weight=2.5)).layers[2].biases[1] == 2.5


def test_a_wire_that_is_not_there_changes_nothing_and_is_told() -> None:
    with_it, without = run(Params(layers=1, edge="4.1.1")), run(Params(layers=1, edge="5.2.2", weight=-1.0))
    np.testing.assert_array_equal(with_it.probabilities, without.probabilities)
    assert with_it.params.chosen is None
    assert "no wire 4.1.1" in view(with_it).sentence


def test_a_click_on_a_wire_takes_its_weight_and_keeps_all_others() -> None:
    params = Params(weights="2.1.1=0.75", weight=-1.1)
    result = run(params)
    chart = view(result).charts[0]
    assert chart.click == CLICK
    targets = next(trace for trace in chart.figure["data"] if "customdata" in trace)
    place = targets["customdata"].index("3.2.1")
    clicked = {field: targets[what][place] for field, what in CLICK.items()}
    assert clicked["cell"] == "3.1.2"
    taken, ignored = Params.from_query(params.to_query() | clicked)
    assert not ignored
    assert taken.chosen == (3, 2, 1)
    for before, after in zip(result.layers, run(taken).layers, strict=True):
        np.testing.assert_array_equal(before.weights, after.weights)
        np.testing.assert_array_equal(before.biases, after.biases)


def test_a_click_on_a_unit_opens_its_sum_and_nothing_else() -> None:
    chart = view(run(Params())).charts[0]
    units = next(t for t in chart.figure["data"] if "hovertext" in t and "customdata" not in t)
    assert not {"text", "meta"} & set(units)
    assert units["hovertext"][:3] == [None, None, "1.1.1"]
    assert units["hovertext"][-1] == "3.1.2"


def test_a_click_on_a_bar_takes_that_term() -> None:
    params = Params(cell="2.1.1")
    chart = view(run(params)).chart("sum")
    bars = chart.figure["data"][0]
    assert bars["customdata"] == ["2.1.1", "2.1.2", "2.1.3", "2.1.4", "2.1.0"]
    clicked = {field: bars[what][-1] for field, what in chart.click.items()}
    taken, ignored = Params.from_query(params.to_query() | clicked)
    assert not ignored
    np.testing.assert_array_equal(run(taken).probabilities, run(params).probabilities)


def test_clicks_in_product_and_plane_are_settings() -> None:
    drawn = view(run(Params(batch="32")))
    product = drawn.chart("product")
    for step in product.frames["data.2.customdata"]:
        assert all(Params.from_query({"cell": name})[1] == () for row in step for name in row)
    plane = drawn.chart("plane")
    assert plane.click == {"x1": "x", "x2": "y"}
    for value in np.float32(plane.figure["data"][0]["x"]):
        assert Params.from_query({"x1": f"{value:.6g}"})[1] == ()


# Charts


def test_numbers_arrive_layer_by_layer() -> None:
    result = run(Params())
    numbers = unit_numbers(result)
    assert numbers.shape == (7, 11)
    assert np.isfinite(numbers).sum(axis=1).tolist() == [2, 6, 6, 9, 9, 11, 11]
    np.testing.assert_array_equal(numbers[1, 2:6], result.layers[0].sums[0])
    np.testing.assert_array_equal(numbers[2, 2:6], result.layers[0].outputs[0])
    np.testing.assert_array_equal(numbers[6, 9:], result.probabilities)
    chart = view(result).charts[0]
    texts = next(values for path, values in chart.frames.items() if path.endswith("text") and path.startswith("data"))
    assert [sum(bool(text) for text in row) for row in texts] == [2, 6, 6, 9, 9, 11, 11]
    assert texts[-1][-1] == number(result.probabilities[-1])


def test_every_wire_is_drawn_once_in_the_end_and_none_at_the_beginning() -> None:
    result = run(Params(**LARGEST))
    wires = collect_wires(result)
    assert len(wires.edges) == sum(result.costs)
    chart = view(result).charts[0]
    moving = [chart.frames[f"data.{index}.y"] for index in range(1, 5)]
    counts = np.sum([np.isfinite(path).sum(axis=1) // 2 for path in moving], axis=0)
    assert counts[0] == 0
    assert counts[-1] == np.sum(wires.weights != 0)
    assert np.all(np.diff(counts) >= 0)


def test_the_product_shows_the_arrays_of_each_step() -> None:
    result = run(Params(batch="32"))
    frames = view(result).chart("product").frames
    for place, layer in enumerate(result.layers, 1):
        for step in (2 * place - 1, 2 * place):
            np.testing.assert_allclose(frames["data.0.z"][step], layer.inputs, rtol=1e-6)
            np.testing.assert_allclose(frames["data.1.z"][step][:-1], layer.weights, rtol=1e-6)
            np.testing.assert_allclose(frames["data.1.z"][step][-1], layer.biases, rtol=1e-6)
            np.testing.assert_allclose(frames["data.2.z"][step], layer.sums, rtol=1e-6)
        assert np.isnan(frames["data.3.z"][2 * place - 1]).all()
        np.testing.assert_allclose(frames["data.3.z"][2 * place], layer.outputs, rtol=1e-6)
    assert frames["layout.annotations.1.text"][3] == "W² (4, 3), last row b²"


def test_the_opened_cell_is_outlined_while_its_layer_is_shown() -> None:
    frames = view(run(Params(cell="2.1.3"))).chart("product").frames
    assert (frames["layout.shapes.2.x0"] > -1).tolist() == [False, False, False, True, True, False, False]
    assert frames["layout.shapes.2.x0"][3] == 1.5


def test_the_sum_is_opened_to_its_terms() -> None:
    result = run(Params(cell="2.1.3"))
    parts = terms(result)
    layer = result.layers[1]
    assert parts.sum() == pytest.approx(layer.sums[0, 2])
    assert parts[-1] == layer.biases[2]
    bars = view(result).chart("sum").figure["data"][0]
    np.testing.assert_allclose(bars["base"] + bars["x"], np.cumsum(parts))
    written = labels(result)
    assert written[0] == f"unit 1: {number(layer.inputs[0, 0])} × {number(layer.weights[0, 2])}"
    assert len(written) == 4 + 3
    assert labels(run(Params()))[0].startswith("x₁: 1.20 × 1.20")


def test_the_border_is_where_no_class_leads() -> None:
    result = run(Params(classes=3, layers=1))
    lead = lead_of(result)
    assert np.array_equal(lead > 0, result.plane.argmax(axis=-1) == result.winner)
    assert lead.shape == (41, 41)


def test_pictures_show_each_unit_scaled_by_its_own_largest() -> None:
    result = run(Params())
    picture = mosaic(result)
    corner = picture[STRIDE - 4, 0]  # bottom left of unit 1 of layer 1: the input (−2, −2)
    first = result.layers[0].answers[:, 0]
    assert corner == pytest.approx(first[0] / np.abs(first).max())
    assert np.nanmax(np.abs(picture)) == pytest.approx(1)


@pytest.mark.parametrize(
    "changes", [{}, LARGEST, LARGEST | {"batch": "32"}, {"layers": 1, "units1": 1, "cell": "6.32.6"}]
)
def test_all_charts_can_be_drawn(changes: dict[str, Any]) -> None:
    drawn = view(run(Params(**changes)))
    assert [chart.name for chart in drawn.charts] == ["network", "product", "sum", "plane", "units", "cost"]
    for chart in drawn.charts:
        assert chart.to_figure("dark").data
        assert any(letter.isdigit() for letter in chart.alt)
    assert len(drawn.charts[0].figure["data"]) <= 12


@pytest.mark.parametrize("end", ["minimum", "maximum"])
@pytest.mark.parametrize("control", [one for one in controls(Params) if one.kind == "range"], ids=lambda one: one.name)
def test_both_ends_of_every_slider_give_a_picture(control: Any, end: str) -> None:
    extreme = getattr(control, end)
    result = run(Params(**{control.name: int(extreme) if control.whole else extreme}))
    assert np.isfinite(result.plane).all()
    assert result.probabilities.sum() == pytest.approx(1)
    assert view(result).sentence


def test_a_moving_input_leaves_cost_alone() -> None:
    first, second = (view(run(Params(x1=x1))).chart("cost") for x1 in (0.1, 0.5))
    assert repr(first) == repr(second)


# Words


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.00"), (-0.001, "0.00"), (-1.5, "−1.50"), (123.4, "123"), (0.876, "0.88")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_the_sentence_has_the_runs_numbers() -> None:
    result = run(Params())
    text = view(result).sentence
    assert f"{result.probabilities.max():.3f}" in text
    assert "26 multiplications" in text
    assert "1.20 × 1.20 = 1.44" in text


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_what_breaks_is_diagnosed(preset: Preset) -> None:
    assert preset.cause in {finding.cause for finding in view(run(Params(**preset.values))).findings}
    assert view(run(Params())).findings == ()


@pytest.mark.parametrize("prediction", lesson.predictions, ids=lambda one: one.question[:20])
@pytest.mark.parametrize("start", [Params(), Params(x1=0.0, seed=9, batch="32", **LARGEST)])
def test_predictions_are_graded_from_the_run(prediction: Prediction, start: Params) -> None:
    result = run(prediction.setting(start))
    answer = prediction.answer(result)
    assert 0 <= answer.choice < len(prediction.choices)
    assert any(letter.isdigit() for letter in answer.because)


def test_the_right_answers() -> None:
    mirrored, widened, unbent = lesson.predictions
    for seed in range(4):
        result = run(mirrored.setting(Params(seed=seed)))
        assert result.params.x1 == -1.2
        assert mirrored.answer(result).choice == int(result.probabilities.argmax())
    assert "×2.86" in widened.answer(run(widened.setting(Params()))).because
    assert unbent.answer(run(unbent.setting(Params()))).choice == 0
    assert unbent.answer(run(Params())).choice == 1


@pytest.mark.parametrize("claim", lesson.claims, ids=lambda claim: claim.name)
def test_claims_give_a_verdict_with_few_seeds(claim: Any) -> None:
    verdict = claim.test(range(2), silent)
    assert verdict.reason
    assert verdict.word in ("supported", "contradicted", "it depends")


def test_the_claim_on_widths_would_see_a_wrong_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "multiplications", lambda sizes, rows: rows * sum(sizes))
    assert claims.product_of_widths(range(2), silent).word == "contradicted"


# The script


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"batch": "32", "layers": 3, "seed": 4, "activation2": "relu", "weights": "1.2.0=-3.00;2.1.4=2.50"},
        {"layers": 1, "units1": 6, "classes": 4, "activation1": "sigmoid", "edge": "2.1.0", "weight": -2.0},
        LARGEST | {"activation5": "linear", "x1": -0.55},
    ],
)
def test_the_script_prints_the_runs_numbers(changes: dict[str, Any], tmp_path: Path) -> None:
    params = Params(**changes)
    file = tmp_path / "run.py"
    file.write_text(as_python(cells(recipe, params.model_dump(), "")), encoding="utf-8")
    printed = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True, check=True).stdout
    numbers = {name: float(value) for name, value in (line.split(" = ") for line in printed.splitlines())}
    result = run(params)
    assert list(numbers) == [measure.name for measure in lesson.measures]
    for measure in lesson.measures:
        assert numbers[measure.name] == pytest.approx(measure.of(result), rel=1e-6)


def test_numbers_in_units_are_short() -> None:
    assert [brief(value) for value in (-0.8, 9.99, 9.996, -19.96, 99.96, -225.4)] == [
        "−0.80", "9.99", "10.0", "−20.0", "100", "−225"
    ]  # fmt: skip
