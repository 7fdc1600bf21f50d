"""Build your own network: what is asked for is what is trained, what is drawn is what was trained."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from nnviz.concepts.playground import Params, batches, lesson, run, view
from nnviz.concepts.playground.diagram import BLANK, MIDDLE, MOST_WIRES, Places, collect, edges, heavy, thumbnails
from nnviz.concepts.playground.findings import signals
from nnviz.concepts.playground.gallery import GALLERY
from nnviz.concepts.playground.hero import shades
from nnviz.concepts.playground.model import SURFACE, mesh
from nnviz.concepts.playground.problem import PLAYGROUND, features_of, make_problem
from nnviz.concepts.playground.result_charts import confusion
from nnviz.concepts.playground.saving import loaded, saved
from nnviz.concepts.playground.settings import DATA_NAMES
from nnviz.concepts.playground.training import edits_of, paced, planned, problem_of
from nnviz.core.params import controls
from nnviz.core.script import as_python, cells
from nnviz.core.seeds import generator
from nnviz.data import uploads
from nnviz.data.points import own_set
from nnviz.ui import wire

SMALL: dict[str, Any] = {"epochs": 12, "seeds": 2, "examples": 60}
LARGE = {"layers": 6} | {f"units{layer}": 16 for layer in range(1, 7)}


def small(**changes: Any) -> Any:
    return run(Params(**(SMALL | changes)))


def test_features_are_what_their_names_say() -> None:
    points = np.array([[0.5, -2.0], [1.0, 0.2]])
    found = features_of(points, ("x1", "x2", "x1x1", "x2x2", "x1x2", "sin1", "sin2"))
    x, y = points.T
    np.testing.assert_allclose(found.T, [x, y, x * x, y * y, x * y, np.sin(2.5 * x), np.sin(2.5 * y)])
    assert features_of(points, ()).tolist() == [[0.0], [0.0]]


def test_units_of_tensorflow_playground_are_those_of_its_plane() -> None:
    problem = make_problem("moons", features=("x1", "x2x2", "x1x2", "sin1"), scaling="playground")
    x, y = PLAYGROUND * problem.train.T
    np.testing.assert_allclose(problem.inputs(problem.train).T, [x, y * y, x * y, np.sin(x)])


def test_standardised_features_and_thousandths() -> None:
    plain = make_problem("spiral", features=("x1", "x1x2"), scaling="standard")
    found = plain.inputs(plain.train)
    np.testing.assert_allclose([found.mean(axis=0), found.std(axis=0)], [[0, 0], [1, 1]], atol=1e-12)
    wide = make_problem("spiral", features=("x1", "x2"), scaling="thousand")
    np.testing.assert_allclose(wide.inputs(wide.train), wide.train * [1, 1000])


def test_training_share_and_leaking_points() -> None:
    problem = make_problem("circle", examples=100, share=0.8)
    assert (len(problem.train), len(problem.test)) == (80, 20)
    leaking = make_problem("circle", examples=100, share=0.8, leak=0.5)
    assert len(leaking.train) == 90
    rows = {tuple(row) for row in leaking.train.tolist()}
    assert sum(tuple(row) in rows for row in leaking.test.tolist()) == 10


def test_targets_of_every_loss() -> None:
    two, three = make_problem("circle", loss="half_mse"), make_problem("three_classes", loss="mae")
    assert set(two.targets(two.labels).tolist()) == {-1.0, 1.0}
    assert two.output == "tanh"
    assert np.asarray(three.targets(three.labels)).sum(axis=1).tolist() == [1.0] * len(three.labels)
    assert make_problem("circle").loss == "bce"
    assert make_problem("three_classes").loss == "cross_entropy"
    assert make_problem("hills").loss == "half_mse"
    assert make_problem("diabetes").labels.std() == pytest.approx(1)


def test_own_points_and_what_stands_in_for_none() -> None:
    found = own_set("0,0,0;1,1,5;0.5,-1,2")
    assert found.classes == tuple("abcdef")
    assert len(own_set("")) == 2
    with pytest.raises(ValidationError):
        Params(points="1,2")
    assert small(data="points", points="0,0,0;1,1,1;0,1,2;1,0,2;2,2,0").network.sizes[-1] == 3


def test_two_columns_of_a_table_of_ones_own() -> None:
    text = "a,b,c,kind\n" + "\n".join(f"{n},{n % 7},{n * n},{'xyz'[n % 3]}" for n in range(30))
    identity = uploads.keep(uploads.read_table(text.encode()))
    params = Params(data="csv:" + identity, first=1, second=3, epochs=2, seeds=1)
    problem, there = problem_of(params)
    assert there
    assert problem.axes == ("a", "c")
    assert problem.classes == ("x", "y", "z")
    np.testing.assert_allclose(problem.train.mean(axis=0), 0, atol=1e-12)
    gone = Params(data="csv:ab", epochs=2, seeds=1)
    assert "no longer" in view(run(gone)).sentence


@pytest.mark.parametrize("last", [0, 1, 5, 59, 60, 75, 200, 2000])
def test_frames_are_close_together_in_the_beginning(last: int) -> None:
    found = paced(last, 60)
    assert found[0] == 0
    assert found[-1] == last
    assert len(found) == min(60, last + 1)
    assert (np.diff(found) > 0).all()


def test_the_network_is_the_one_that_was_asked_for() -> None:
    found = small(layers=3, units1=5, units2=5, units3=7, activation="mixed", residual=True, normalization="layer")
    assert found.network.sizes == (2, 5, 5, 7, 1)
    assert found.network.activation == ("tanh", "relu", "tanh")
    assert found.network.joints.tolist() == [1, 3, 1, 0]
    assert small(layers=0, features=()).network.sizes == (1, 1)
    query = Params(normalization="batch").to_query()
    assert query == {"normalization": "batch"}
    assert run(Params.from_query(query | {"epochs": "2"})[0]).network.joints.tolist() == [4, 4, 0]
    options = planned(Params(penalty="l1", clipping="value", dropout=(0.5,) * 6), found.problem).keywords
    assert (options["l1"], options["l2"], options["clip_value"], options["clip_norm"]) == (0.003, 0.0, 1.0, 0.0)
    assert options["dropout"] == ((0.5, 0.5),)


def test_long_runs_get_fewer_seeds_and_say_so() -> None:
    params = Params(epochs=2000, seeds=32, batch=1, share=0.9, **LARGE)
    plan = planned(params, problem_of(params)[0])
    assert 1 <= len(plan.seeds) < 32
    assert planned(params.preview(), problem_of(params)[0]).epochs < 200


def test_the_surface_and_the_thumbnails_are_the_networks_answers() -> None:
    found = small(layers=1, units1=3)
    module = found.trained.module(0)
    import torch

    grid = torch.from_numpy(found.problem.inputs(mesh(SURFACE, found.window)))
    logits = module(grid).detach().numpy().reshape(SURFACE, SURFACE)
    np.testing.assert_allclose(found.story.surface[-1, ..., 0], logits, rtol=1e-4, atol=1e-5)
    codes = shades(found)[-1]
    np.testing.assert_array_equal(codes, np.round(240 / (1 + np.exp(-logits.astype(np.float64)))).astype(np.uint8))
    side = found.story.units.shape[1]
    hidden = torch.tanh(module[0](torch.from_numpy(found.problem.inputs(mesh(side, found.window))))).detach().numpy()
    picture = thumbnails(found)[-1]  # columns x, hidden, output; rows are units from the top down
    for unit in range(3):
        part = picture[unit * (side + 1) : unit * (side + 1) + side, side + 1 : 2 * side + 1]
        expected = np.round(MIDDLE * (1 + hidden[:, unit].reshape(side, side)[::-1]))
        np.testing.assert_allclose(part, expected, atol=1)
    assert (picture[2 * (side + 1) :, : side + 1] == BLANK).all(), "there is no third feature"
    assert (np.diff(picture[0, :side].astype(int)) > 0).all(), "x₁ grows to the right"
    assert picture[side + 1, 0] > MIDDLE > picture[2 * side, 0], "x₂ grows upwards"
    x, y = edges(Places.of(found.network.sizes), side)
    assert (len(y) - 1, len(x) - 1) == picture.shape
    assert (np.diff(x) > 0).all()


def test_a_unit_is_shown_large_as_its_thumbnail_says() -> None:
    found = small(unit="1.2")
    assert found.large == (1, 2)
    unit = found.trained.hidden(found.problem.inputs(mesh(SURFACE, found.window)))[0][-1, 0, :, 2]
    np.testing.assert_array_equal(found.story.surface[-1, ..., 0], unit.reshape(SURFACE, SURFACE))
    np.testing.assert_array_equal(shades(small(unit="0.1"))[0][:, 0], shades(small(unit="0.1"))[-1][:, 9])
    for absent in ("out", "", "5.0", "1.9"):
        assert small(unit=absent).large is None
    marks = next(trace for trace in view(found).charts[0].figure["data"] if "ids" in trace)
    assert len(set(marks["ids"])) == len(marks["ids"]) == 2 + 4 + 2 + 1
    for key in marks["ids"]:
        assert Params(unit=key).unit == key


def test_wires_lie_between_their_units_and_the_heaviest_are_drawn_of_many() -> None:
    found = small()
    places = Places.of(found.network.sizes)
    wires = collect(found, places)
    assert len(wires.index) == 2 * 4 + 4 * 2 + 2
    matrix, _ = found.network.layers(found.trained.final[0])[1]
    layer, unit, source = wires.index[9]
    assert wires.weights[-1, 9] == pytest.approx(matrix[unit, source], rel=1e-5)
    assert layer == 1
    assert (wires.ends[:, 0] < wires.ends[:, 2]).all()
    many = collect(small(epochs=1, **LARGE), places=Places.of((2, *(16,) * 6, 1)))
    assert heavy(many).sum(axis=1).max() <= MOST_WIRES


def test_the_hero_has_few_traces_and_is_light() -> None:
    chart = view(run(Params())).charts[0]
    assert len(chart.figure["data"]) <= 12
    assert set(chart.click) == {"edge", "weight", "editing", "unit"}
    large = view(run(Params(seeds=1, epochs=60, **LARGE)))
    assert len(wire.encode(large)) < 1_700_000


def test_a_weight_set_by_hand_is_the_weight_and_training_goes_on_from_it() -> None:
    base = small()
    still = small(editing=True, edge="0.1.0=2.5;1.0.b", weight=-3.0, train_on=0)
    expected = base.trained.final[0].copy()
    layers = base.network.layers(expected)
    layers[0][0][1, 0], layers[1][1][0] = 2.5, -3.0
    np.testing.assert_allclose(still.story.weights[-1], expected, rtol=1e-6)
    on = small(editing=True, edge="0.1.0=2.5;1.0.b", weight=-3.0, train_on=30)
    assert on.story.at[-1] == 12 + 30
    assert (np.diff(on.story.at) > 0).all()
    assert on.later.train_loss[-1, 0] < on.later.train_loss[0, 0]
    np.testing.assert_array_equal(on.trained.final, base.trained.final)
    assert "Your change" in view(on).sentence


def test_clicks_keep_the_changes_made_so_far() -> None:
    found = small(editing=True, edge="0.1.0=2.5;1.0.b", weight=-3.0, train_on=0)
    dots = next(trace for trace in view(found).charts[0].figure["data"] if "customdata" in trace)
    assert "0.1.0=2.5;1.0.b=-3;0.0.0" in dots["customdata"]
    assert "0.1.0=2.5;1.0.b" in dots["customdata"], "the chosen one stays chosen"
    for number, chain in enumerate(dots["customdata"]):
        settings, ignored = Params.from_query({"edge": chain, "weight": dots["text"][number], "editing": "1"})
        assert not ignored
        assert len(edits_of(settings, found.network)) in (2, 3)
    assert edits_of(Params(editing=True, edge="5.3.1"), found.network) == (), "a wire of another network"


def test_the_confusion_matrix_counts_the_test_points() -> None:
    found = small(data="three_classes", epochs=30)
    tables = confusion(found)
    assert tables.shape[1:] == (3, 3)
    assert tables[-1].sum() == len(found.problem.test)
    share = np.trace(tables[-1]) / tables[-1].sum()
    assert share == pytest.approx(found.scores.test_score[-1, 0])


def test_gradients_of_a_linear_tower_grow_as_their_matrices() -> None:
    found = small(layers=3, units1=1, units2=1, units3=1, activation="linear", initialization="constant", gain=4.0)
    ratios = signals(found)
    np.testing.assert_allclose(ratios[:-1] / ratios[1:], 4.0, rtol=1e-6)


@pytest.mark.parametrize("good", GALLERY, ids=lambda good: good.name)
def test_settings_that_work_do_work(good: Any) -> None:
    found = run(Params(**(dict(good.values) | {"seeds": 3})))
    assert np.median(found.scores.test_score[-1]) >= good.reaches
    assert not [finding for finding in view(found).findings if finding.severity == "failure"]


@pytest.mark.parametrize("preset", lesson.presets, ids=lambda preset: preset.name)
def test_presets_break_and_are_named(preset: Any) -> None:
    causes = {finding.cause for finding in view(run(Params(**preset.values))).findings}
    assert preset.cause in causes


def test_nan_is_located_and_explained() -> None:
    finding = next(one for one in view(run(Params(**lesson.presets[0].values))).findings if one.cause == "non-finite")
    assert "step" in finding.text
    assert "lower the rate" in finding.text


@pytest.mark.parametrize("data", DATA_NAMES)
@pytest.mark.parametrize("loss", ["cross_entropy", "half_mse"])
def test_every_data_set_with_both_kinds_of_loss(data: str, loss: str) -> None:
    shown = view(small(data=data, loss=loss))
    assert [chart.name for chart in shown.charts][:2] == ["network", "losses"]
    for chart in shown.charts:
        chart.to_figure()


@pytest.mark.parametrize("control", controls(Params), ids=lambda control: control.name)
def test_every_control_at_its_ends(control: Any) -> None:
    values: list[Any] = {
        "range": [control.minimum, control.maximum],
        "toggle": [True],
        "select": [value for value, _ in control.options],
        "vector": [(control.maximum,) * control.length],
        "pills": [(), tuple(value for value, _ in control.options)],
        "text": [],
    }[control.kind]
    for value in values:
        whole = int(value) if control.whole else value
        changes = SMALL | {control.name: whole} | ({"epochs": 2} if control.name == "seeds" else {})
        shown = view(run(Params(**changes).preview() if control.name == "epochs" else Params(**changes)))
        assert shown.sentence


def test_a_preview_draws_the_same_charts_of_one_network() -> None:
    full, quick = Params(), Params().preview()
    found = run(quick)
    assert len(found.plan.seeds) == 1
    assert found.plan.epochs == full.epochs, "the default network is trained in full while the hand moves"
    names = [chart.name for chart in view(found).charts]
    assert names == [chart.name for chart in view(run(full)).charts]
    first = run(full).trained.final[0]
    np.testing.assert_array_equal(found.trained.final[0], first)


@pytest.mark.parametrize("prediction", lesson.predictions, ids=lambda one: one.question[:20])
@pytest.mark.parametrize("settings", [{}, {"data": "hills", "layers": 0}, {"data": "iris", "noise": 1.0}], ids=str)
def test_predictions_are_graded_from_any_settings(prediction: Any, settings: dict[str, Any]) -> None:
    answer = prediction.answer(run(prediction.setting(Params(**(SMALL | settings)))))
    assert 0 <= answer.choice < len(prediction.choices)
    assert "%" in answer.because or any(letter.isdigit() for letter in answer.because)


def test_a_linear_network_cannot_do_the_circle() -> None:
    prediction = lesson.predictions[1]
    assert prediction.answer(run(prediction.setting(Params()))).choice == 2


SCRIPTS: tuple[dict[str, Any], ...] = (
    {"epochs": 20},
    {"data": "three_classes", "layers": 3, "units2": 4, "residual": True, "normalization": "layer", "optimizer": "adam",
     "dropout": (0.2, 0.0, 0.3, 0.0, 0.0, 0.0), "rate": 0.01, "penalty": "both", "schedule": "warmup", "epochs": 8},
    {"data": "hills", "activation": "mixed", "layers": 4, "clipping": "norm", "threshold": 0.1, "batch": 7,
     "features": ("x1", "x2", "sin1"), "optimizer": "adamw", "rate": 0.01, "epochs": 8},
    {"data": "moons", "penalty": "max_norm", "longest": 0.8, "schedule": "plateau", "rate": 0.5, "epochs": 60},
    {"data": "points", "points": "0,0,0;1,1,1;2,1,2;-1,0,3;0,1,1;1,0,0", "loss": "half_mse", "epochs": 5},
    {"data": "iris", "loss": "huber", "scaling": "standard", "initialization": "playground", "epochs": 5},
    {"data": "xor", "normalization": "batch", "residual": True, "units2": 4, "activation": "relu", "epochs": 10,
     "dropout": (0.2, 0.3, 0.0, 0.0, 0.0, 0.0), "optimizer": "adam", "rate": 0.01, "penalty": "l2"},
    {"data": "two_gaussians", "normalization": "batch", "schedule": "plateau", "rate": 0.3, "epochs": 40, "batch": 83},
    {"data": "spiral", "normalization": "batch", "batch": 1, "epochs": 2, "optimizer": "adamw", "rate": 0.01},
)  # fmt: skip


@pytest.mark.parametrize("settings", SCRIPTS, ids=lambda settings: settings.get("data", "circle"))
def test_the_script_prints_the_numbers_of_the_screen(settings: dict[str, Any], tmp_path: Path) -> None:
    params = Params(**settings)
    assert lesson.recipe is not None
    file = tmp_path / "script.py"
    file.write_text(as_python(cells(lesson.recipe, params.model_dump(), "")))
    printed = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True, check=True).stdout
    numbers = dict(line.rsplit(" = ", 1) for line in printed.splitlines())
    found = run(params.but(seeds=1))
    for measure in lesson.measures:
        assert float(numbers[measure.name]) == pytest.approx(float(np.asarray(measure.of(found))[0]), rel=1e-5)


def test_max_norm_bounds_the_weights_into_every_unit() -> None:
    layers = [
        [np.linalg.norm(matrix, axis=1).max() for matrix, _ in found.plan.network.layers(found.story.weights[-1])]
        for found in (
            run(Params(**SMALL, rate=0.5, **extra)) for extra in ({}, {"penalty": "max_norm", "longest": 0.7})
        )
    ]
    assert max(layers[0]) > 0.7
    assert max(layers[1]) <= 0.7 + 1e-6


def test_where_the_loss_hardly_falls_the_rate_falls() -> None:
    ends = [
        run(Params(**(SMALL | {"epochs": 60}), rate=1e-4, schedule=name)).story.weights
        for name in ("constant", "plateau")
    ]
    moved = [float(np.abs(weights[-1] - weights[-2]).max()) for weights in ends]
    assert moved[1] < 0.01 * moved[0]


def test_what_is_saved_can_be_loaded_and_holds_the_weights() -> None:
    params = Params(
        **(SMALL | {"data": "spiral", "features": ("x1", "sin2"), "edge": "0.0.0=1;1.0.b", "editing": True})
    )
    text = saved(params)
    again, whole = loaded(text.encode())
    assert (again, whole) == (params, True)
    layers = json.loads(text)["layers"]
    assert [np.shape(layer["weight"]) for layer in layers] == [(4, 2), (2, 4), (1, 2)]
    assert layers[1]["bias"] == pytest.approx(run(params).story.weights[-1][20:22].tolist(), rel=1e-5, abs=1e-6)
    assert loaded(b'{"settings": {"rate": "0.5", "nonsense": 1}}') == (Params(rate=0.5), False)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"settings": 3}', b"\xff", b" " * 300_000], ids=lambda raw: repr(raw[:12])
)
def test_other_files_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="nothing has changed"):
        loaded(raw)


def test_a_run_that_ends_as_nan_says_so_and_why() -> None:
    """Too large a rate and too large first weights are different causes; a sentence has no number that is none."""
    rate, weights = (
        next(one for one in lesson.presets if one.name == name) for name in ("Diverging", "Exploding depth")
    )
    shown = view(run(Params(**rate.values, seeds=2)))
    assert "no numbers any more (NaN)" in shown.sentence
    assert "no number," not in shown.sentence
    assert any("Steps of rate 3 overshoot" in one.text for one in shown.findings)
    assert any("from epoch" in one.text for one in shown.findings)
    others = view(run(Params(**weights.values))).findings
    assert any(one.cause == "non-finite" and "first weights are too large" in one.text for one in others)


def test_long_trainings_are_told_in_whole_milliseconds() -> None:
    """110 ms are not 1.1e+02 ms."""
    found = small()
    slow = replace(found, trained=replace(found.trained, seconds=np.full(2, 0.1134)))
    assert "trained in 110 ms each" in view(slow).sentence


def test_what_moves_is_never_empty_and_axes_have_fixed_margins() -> None:
    """plotly.js draws a trace without points anew, and draws twice for automatic margins."""
    chart = view(small()).charts[0]
    assert all(len(x) for path, frames in chart.frames.items() if path.endswith(".x") for x in frames)
    layout = chart.figure["layout"]
    assert not any(layout[axis].get("automargin", axis in ("xaxis", "yaxis")) for axis in ("xaxis2", "yaxis2"))


EIGHT: dict[str, Any] = {"data": "xor", "activation": "relu", "units1": 8, "units2": 8}


def causes(found: Any) -> list[str]:
    return [finding.cause for finding in view(found).findings]


def test_batch_normalization_saves_tiny_weights_and_batches_of_two_break_it() -> None:
    good = next(good for good in GALLERY if good.name == "Six layers from tiny weights")
    for seed in (0, 50):
        assert np.median(run(Params(**good.values, seeds=3, seed=seed)).scores.test_score[-1]) > 0.95
        without = run(Params(**(dict(good.values) | {"normalization": "none", "seeds": 3, "seed": seed})))
        assert np.median(without.scores.test_score[-1]) < 0.6
        two, ten = (run(Params(**EIGHT, batch=size, normalization="batch", seed=seed)) for size in (2, 10))
        plain = run(Params(**EIGHT, batch=2, seed=seed))
        shares = [float(np.median(found.scores.test_score[-1])) for found in (two, ten, plain)]
        assert shares[0] < 0.65
        assert min(shares[1:]) > 0.95


def test_running_statistics_are_no_parameters_but_are_kept_and_go_on() -> None:
    base = small(normalization="batch", units1=3)
    length = base.network.parameters + 2 * (3 + 2)
    assert base.story.weights.shape[1] == base.trained.final.shape[1] == length
    titles = {chart.name: chart.title for chart in view(base).charts}
    assert f"{base.network.parameters} parameters" in titles["costs"]
    assert f"{4 * length} bytes with running statistics" in titles["costs"]
    assert f"{base.network.parameters} parameters" in view(base).sentence
    assert "as one batch" in titles["gradients"]
    assert "+norm" in str(view(base).charts[0].figure["layout"]["annotations"])
    still = small(normalization="batch", units1=3, editing=True, edge="0.1.0", weight=2.5, train_on=0)
    expected = base.trained.final[0].copy()
    base.network.layers(expected)[0][0][1, 0] = 2.5
    np.testing.assert_allclose(still.story.weights[-1], expected, rtol=1e-6)
    layers = json.loads(saved(base.params))["layers"]
    mean, variance = base.network.statistics(base.story.weights[-1])[1]
    np.testing.assert_allclose([layers[1]["running_mean"], layers[1]["running_var"]], [mean, variance], atol=1e-6)
    assert set(layers[2]) == {"weight", "bias"}


@pytest.mark.parametrize("residual", [False, True])
def test_the_score_in_batches_is_that_of_a_module_in_training_mode(residual: bool) -> None:
    import torch

    found = small(normalization="batch", residual=residual, layers=3, units2=4, batch=7, data="three_classes")
    problem = found.problem
    module = found.network.module(found.story.weights[-1].astype(np.float64), found.params.activations).train()
    order = torch.randperm(len(problem.train), generator=generator(0, "order")).numpy()[:28]
    given = [
        module(torch.from_numpy(problem.inputs(problem.train[rows]))).argmax(dim=1) for rows in order.reshape(4, 7)
    ]
    trained, shown = batches.modes(found)
    assert trained == pytest.approx(float((torch.cat(given).numpy() == problem.labels[order]).mean()))
    assert shown == pytest.approx(found.scores.train_score[-1, 0])


def test_small_batches_and_batches_of_one_are_named_with_their_numbers() -> None:
    """30 training points: batches of 29 leave one over, of 4 a mean is off by √(26 / 29 / 4) = 47 %."""
    texts = {
        size: " ".join(
            one.text for one in view(small(normalization="batch", batch=size)).findings if one.cause == "tiny batch"
        )
        for size in (1, 2, 4, 10, 29, 30)
    }
    assert "Every batch is a single point" in texts[1]
    assert "two points little but a sign" in texts[2]
    assert "from 4 points: they are off by about 47 %" in texts[4]
    assert "last batch of every epoch is a single point" in texts[29]
    assert texts[10] == texts[30] == ""
    assert "tiny batch" not in causes(small(batch=1)) + causes(small(batch=1, normalization="layer"))
    assert "tiny batch" not in causes(small(batch=1, normalization="batch", layers=0))


def test_running_statistics_that_lag_are_named() -> None:
    lagging = small(
        normalization="batch", **(EIGHT | {"epochs": 8, "batch": 500, "optimizer": "adam", "examples": 200})
    )
    trained, shown = batches.modes(lagging)
    finding = next(one for one in view(lagging).findings if one.cause == "running statistics")
    assert abs(trained - shown) >= 0.05
    assert finding.severity == ("warning" if shown < trained else "note")
    assert f"{trained:.3g}" in finding.text
    assert f"{shown:.3g}" in finding.text


def test_without_biases_tanh_answers_are_odd_and_relu_answers_are_not() -> None:
    odd, free = (
        run(Params(normalization="batch", seeds=1)),
        run(Params(normalization="batch", activation="relu", seeds=1)),
    )
    assert batches.oddness(odd) > 0.95
    assert batches.oddness(free) < 0.5
    assert "ReLU is not bound by that" in next(one.text for one in view(odd).findings if one.cause == "underfitting")
    line = small(layers=0)
    assert batches.oddness(line) == pytest.approx(1), "a linear answer is odd around any point"


def test_batches_of_one_teach_no_hidden_layer() -> None:
    found = small(normalization="batch", batch=1, residual=True, units2=4)
    (first, _), (second, _), _ = found.network.layers(found.story.weights[-1] - found.story.weights[0])
    assert (np.abs(first).max(), np.abs(second).max()) == (0, 0)
    assert np.isfinite(found.story.weights).all()


def test_wires_of_normalized_layers_are_drawn_beside_those_of_their_layer() -> None:
    for name, each in (("none", False), ("layer", True), ("batch", True)):
        found = small(normalization=name, gain=5.0)
        wires = collect(found, Places.of(found.network.sizes))
        for layer in range(3):
            own = wires.index[:, 0] == layer
            expected = np.abs(wires.weights[:, own] if each else wires.weights).max()
            np.testing.assert_array_equal(wires.heaviest[own], expected)
