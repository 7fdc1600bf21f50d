"""The learning rate: the valley's closed forms, the map's pixels, box counting, and what the charts hold."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nnviz.concepts.learning_rate import Params, lesson, look, map_chart, run, trainability, valley_chart, view, words
from nnviz.concepts.learning_rate.boxes import SIDES, count_boxes, edge
from nnviz.concepts.learning_rate.descent import START, STEPS, descend
from nnviz.concepts.learning_rate.kernel import CEILING, TAIL
from nnviz.concepts.learning_rate.nets import RATES, Setting, curvature, sweep, train_at
from nnviz.concepts.learning_rate.predictions import close_up
from nnviz.concepts.learning_rate.settings import GRIDS, HOME
from nnviz.concepts.learning_rate.trainability import (
    LEAST_SPAN,
    STRIDES,
    Tiny,
    Window,
    filled,
    loss_curve,
    passes,
    train_map,
    train_pixels,
)
from nnviz.core.progress import Superseded, silent
from nnviz.ui import wire

QUICK: dict[str, Any] = {"seeds": 2, "epochs": 10, "steps": 50}


def settings(**changes: Any) -> Params:
    """Return settings that run quickly."""
    return Params(**{**QUICK, **changes})


@pytest.mark.parametrize("rate", [0.05, 0.4, 0.5, 0.9, 0.999, 1.001, 1.3])
def test_the_valley_converges_exactly_below_two_over_lambda(rate: float) -> None:
    path = descend(rate, 2.0).path  # 2/λ = 1
    np.testing.assert_allclose(path, START * (1 - 2 * rate) ** np.arange(STEPS + 1), rtol=1e-12, atol=1e-300)
    assert (abs(path[-1]) > abs(path[0])) == (rate > 1)


def test_at_the_limit_itself_the_walk_jumps_from_side_to_side_for_ever() -> None:
    np.testing.assert_array_equal(descend(0.5, 4.0).path, START * (-1.0) ** np.arange(STEPS + 1))


def test_one_over_lambda_is_one_step() -> None:
    assert descend(0.25, 4.0).path[1] == 0


@pytest.mark.parametrize("name", ["step", "exponential", "cosine", "warmup", "one_cycle", "plateau"])
def test_a_schedule_on_the_valley_is_that_of_torch(name: str) -> None:
    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=1.3)
    watch = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=3, eps=0)
    walked = descend(1.3, 2.0, name)
    for step in range(STEPS):
        loss = theta**2
        if name == "plateau":
            watch.step(loss.item())
        else:
            optimizer.param_groups[0]["lr"] = float(walked.rates[step])
        assert optimizer.param_groups[0]["lr"] == pytest.approx(walked.rates[step], rel=1e-12)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert theta.item() == pytest.approx(walked.path[step + 1], rel=1e-9)


def in_pytorch(tiny: Tiny, first: float, second: float) -> np.ndarray[Any, Any]:
    """Train one pixel's network as anyone would in PyTorch, float64; return the loss before every step."""
    w, v, x, y = (torch.from_numpy(part.copy()) for part in tiny.drawn())
    layer = nn.Linear(2, len(v), bias=False, dtype=torch.float64)
    out = nn.Linear(len(v), 1, bias=False, dtype=torch.float64)
    layer.weight.data, out.weight.data = w, v[None]
    active = {"tanh": nn.Tanh(), "relu": nn.ReLU(), "linear": nn.Identity()}[tiny.activation]
    groups = [{"params": layer.parameters(), "lr": first}, {"params": out.parameters(), "lr": second}]
    optimizer, losses = torch.optim.SGD(groups), []
    for _ in range(tiny.steps):
        loss = 0.5 * nn.functional.mse_loss(out(active(layer(x)))[:, 0] / len(v) ** 0.5, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses)


@pytest.mark.parametrize("activation", ["tanh", "relu", "linear"])
@pytest.mark.parametrize("rates", [(0.1, 0.1), (1.0, 2.0), (0.3, 0.05), (20.0, 1.0), (2.0, 40.0), (0.5, 300.0)])
def test_a_pixel_is_plain_pytorch(activation: trainability.Activation, rates: tuple[float, float]) -> None:
    tiny = Tiny(activation, steps=60, seed=3)
    losses = in_pytorch(tiny, *rates)
    ratio = losses / losses[0]
    totals, ends, lasted = train_pixels(tiny, np.array([rates[0]]), np.array([rates[1]]))[:, 0]
    over = np.flatnonzero(~(ratio < CEILING))
    alive = int(over[0]) if len(over) else tiny.steps
    # Above the edge of stability a network is chaotic: a rounding error grows, and ten digits become six.
    assert totals == pytest.approx(ratio[:alive].sum(), rel=1e-6)
    if len(over):
        assert ends == np.inf
        assert alive - 1 <= lasted <= alive
    else:
        assert ends == pytest.approx(ratio[-TAIL:].mean(), rel=1e-6)
        assert lasted == tiny.steps
    np.testing.assert_allclose(loss_curve(tiny, *rates)[:alive], losses[:alive], rtol=1e-6)


def test_pixels_blow_up_in_these_tests_and_others_do_not() -> None:
    ends = train_pixels(Tiny(steps=60, seed=3), np.array([0.1, 0.5]), np.array([0.1, 300.0]))[1]
    assert ends[0] < 1
    assert ends[1] == np.inf


def test_a_pixel_alone_is_the_pixel_in_company() -> None:
    draws = np.random.default_rng(0)
    first, second = 10.0 ** draws.uniform(-1, 2, 50), 10.0 ** draws.uniform(-1, 2, 50)
    together = train_pixels(Tiny(steps=80), first, second)
    for index in (0, 17, 49):
        alone = train_pixels(Tiny(steps=80), first[index : index + 1], second[index : index + 1])
        np.testing.assert_array_equal(alone[:, 0], together[:, index])


def test_the_linear_net_of_one_trained_layer_has_the_limit_of_its_hessian() -> None:
    # With the first layer frozen (rate ~ 0) the loss is a quadratic in v: it trains exactly below 2/λ.
    tiny = Tiny("tanh", steps=400, seed=5)
    w, v, x, _ = tiny.drawn()
    features = np.tanh(x @ w.T) / len(v) ** 0.5
    limit = 2 / np.linalg.eigvalsh(features.T @ features / len(x))[-1]
    rates = limit * np.array([0.5, 0.98, 1.1, 1.5])
    ends = train_pixels(tiny, np.full(4, 1e-14), rates)[1]
    assert (ends[:2] < 1).all()
    assert (ends[2:] > 1).all()


def test_passes_visit_every_pixel_once_coarse_first() -> None:
    order = list(passes(24, 40))
    assert [stride for stride, _ in order] == list(STRIDES)
    every = np.concatenate([cells for _, cells in order])
    assert sorted(every.tolist()) == list(range(24 * 40))
    assert len(order[0][1]) == 3 * 5


def test_what_is_not_trained_yet_shows_the_coarser_pixel() -> None:
    found = np.full((3, 16, 16), np.nan)
    found[:, ::8, ::8] = np.arange(4.0).reshape(2, 2)
    shown = filled(found)
    assert not np.isnan(shown).any()
    assert (shown[0, :8, 8:] == 1).all()
    found[0, 4, 12] = 9
    assert (filled(found)[0, 4:8, 12:] == 9).all()


def test_a_map_is_its_pixels_and_refines_in_between() -> None:
    partials = []

    def report(fraction: float, what: str = "", partial: Any = None) -> None:
        assert 0 <= fraction <= 1
        assert "training" in what
        if partial is not None:
            partials.append(partial)

    tiny, window = Tiny(steps=500, seed=77), Window.of(-1, 2, 0, 1)
    found = train_map(tiny, window, 96, 256, report=report)
    x, y = window.centres(96, 256)
    again = train_pixels(tiny, np.array([10 ** x[20]]), np.array([10 ** y[5]]))  # a calm place: roundings do not grow
    assert found.totals[5, 20] == pytest.approx(again[0, 0], rel=1e-9)
    assert found.done == 1
    for partial in partials:
        assert partial.done < 1
        assert not np.isnan(partial.lasted).any()


def test_a_superseded_map_stops() -> None:
    def report(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - as every report
        if fraction > 0:
            raise Superseded

    with pytest.raises(Superseded):
        train_map(Tiny(steps=500, seed=78), Window.of(-1, 2, 0, 1), 96, 256, report=report)


def test_windows_are_put_in_order_and_kept_apart() -> None:
    assert Window.of(3, 1, 5, 4) == Window(1, 3, 4, 5)
    narrow = Window.of(1, 1, 2, 2)
    assert narrow.width == pytest.approx(LEAST_SPAN, rel=1e-5)
    x, y = 10.0 ** narrow.centres(192, 512)[0], 10.0 ** narrow.centres(192, 512)[1]
    assert (np.diff(x) > 0).all()
    assert (np.diff(y) > 0).all()
    assert Window.of(0, 4, 0, 2).around(1, 1, 4) == Window(0.5, 1.5, 0.75, 1.25)


def test_box_counting_gives_one_on_a_line_and_two_on_a_square() -> None:
    line, square = np.zeros((128, 128), bool), np.ones((128, 128), bool)
    line[64] = True
    assert count_boxes(line).dimension.estimate == pytest.approx(1, abs=1e-12)
    assert count_boxes(square).dimension.estimate == pytest.approx(2, abs=1e-12)
    assert count_boxes(np.eye(128, dtype=bool)).dimension.estimate == pytest.approx(1, abs=1e-12)


def test_box_counting_gives_the_dimension_of_sierpinskis_triangle() -> None:
    # Three of the four quarters are kept at each halving.
    carpet = np.ones((1, 1), bool)
    for _ in range(7):
        carpet = np.block([[carpet, carpet], [carpet, np.zeros_like(carpet)]])
    assert count_boxes(carpet).dimension.estimate == pytest.approx(np.log(3) / np.log(2), abs=1e-12)


def test_the_edge_of_a_disc_is_a_line() -> None:
    y, x = np.mgrid[:256, :256]
    rim = edge((x - 127.5) ** 2 + (y - 127.5) ** 2 < 100**2)
    assert count_boxes(rim).dimension.estimate == pytest.approx(1, abs=0.05)
    assert rim.sum() == pytest.approx(8 * 100, abs=8)  # the circle crosses 2r rows and 2r columns, twice each


@pytest.mark.parametrize("slope", [0.0, 0.21, 0.5, 0.83, 1.7])
def test_the_edge_of_a_slanting_half_plane_has_dimension_one(slope: float) -> None:
    y, x = np.mgrid[:128, :256]
    rim = edge(y - 60.3 < slope * (x - 127.7))
    assert count_boxes(rim).dimension.estimate == pytest.approx(1, abs=0.05)


def test_an_edge_of_nothing_is_empty() -> None:
    assert not edge(np.ones((32, 32), bool)).any()


def test_box_counting_refuses_what_boxes_do_not_tile_and_knows_the_empty_set() -> None:
    with pytest.raises(ValueError, match="multiples of 16, got 20 × 32"):
        count_boxes(np.ones((20, 32), bool))
    assert np.isnan(count_boxes(np.zeros((32, 32), bool)).dimension.estimate)
    assert all(side % SIDES[-1] == 0 for name in ("medium", "fine") for side in GRIDS[name])


def test_a_map_without_activation_has_a_smooth_edge() -> None:
    # Two layers without activation: f = v·Wx, one product; the edge is that of catapults, thin and nearly straight.
    found = train_map(Tiny("linear", steps=300, seed=0), Window.of(-2, 0.6, -2, 0.6), 128, 128)
    assert count_boxes(edge(found.trained)).dimension.estimate < 1.1


def test_sweeps_know_the_best_and_the_largest_rate() -> None:
    found = sweep(Setting(epochs=20), RATES, (0, 1))
    assert found.losses.shape == (21, len(RATES), 2)
    assert (found.best <= found.largest_stable).all()
    assert not found.trains[-1].any()
    assert {found.least, found.largest} <= set(RATES)
    assert found.least <= found.largest
    row = RATES.index(found.largest_stable[0])
    assert not found.trains[row + 1 :, 0].any()


def test_curvature_is_that_of_power_iteration_on_differences_of_gradients() -> None:
    setting = Setting(epochs=20)
    trained = train_at(setting, (0.5,), (4,))
    x, y, _, _ = setting.drawn(4)
    weights = trained.final.copy()

    def gradient(vector: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        module = setting.network.module(vector)
        logits = module(torch.tensor(x))[:, 0]
        nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(y).double()).backward()
        return np.concatenate([each.grad.flatten().numpy() for each in module.parameters() if each.grad is not None])

    way = np.asarray(np.random.default_rng(0).standard_normal(weights.shape))[0]
    length = 0.0
    for _ in range(150):
        way = way / np.linalg.norm(way)
        image = (gradient(weights[0] + 1e-4 * way) - gradient(weights[0] - 1e-4 * way)) / 2e-4
        length, way = float(image @ way), image
    assert curvature(setting.network, weights, x, y)[0] == pytest.approx(length, rel=1e-3)
    assert np.isnan(curvature(setting.network, np.full_like(weights, np.nan), x, y)).all()


def test_shades_go_by_rank_and_keep_the_two_sides_apart() -> None:
    found = run(settings()).map
    shades = map_chart.codes(found)
    good = found.trained
    assert shades[good].max() <= look.TRAINED[1] < look.BLOWN[0] <= shades[~good].min()
    flat = np.where(good, found.totals, np.nan)
    assert shades.flat[np.nanargmin(flat)] < shades.flat[np.nanargmax(flat)]


@pytest.mark.parametrize("code", [*range(132, 257, 4), 257])
def test_the_colours_of_every_moment_are_a_scale(code: int) -> None:
    stops = look.scale(code)
    places = [place for place, _ in stops]
    assert places[0] == 0
    assert places[-1] == 1
    assert all(left <= right for left, right in pairwise(places))


def test_the_map_asks_for_the_window_that_is_dragged_and_knows_the_way_out() -> None:
    first = view(run(settings())).chart("map")
    assert first.zoom == {"x0": "x0", "x1": "x1", "y0": "y0", "y1": "y1"}
    assert first.wider == {}
    window: dict[str, Any] = {"x0": 1.0, "x1": 1.03, "y0": 0.7, "y1": 0.71}
    close = view(run(settings(**window))).chart("map")
    assert close.wider == {"x0": 0.955, "x1": 1.075, "y0": 0.685, "y1": 0.725}
    assert Params(**{**window, **map_chart.wider(Window.of(0.5, 1.5, 0.5, 1.0))}) == Params()
    assert close.figure["layout"]["xaxis"]["range"] == [1.0, 1.03]
    assert b'"wider":{"x0":"0.955"' in wire.encode(view(run(settings(**window))))


@pytest.mark.parametrize("width", [3.0, 1.0, 0.3, 1e-3, 1e-6, 1e-9])
def test_every_window_has_a_few_ticks(width: float) -> None:
    ticks = map_chart._ticks(0.5, 0.5 + width)
    assert 2 <= len(ticks["tickvals"]) <= 12
    assert len(set(ticks["ticktext"])) == len(ticks["tickvals"])
    assert all(0.5 <= place <= 0.5 + width + 1e-12 for place in ticks["tickvals"])


def test_a_narrow_window_says_what_its_ticks_are_distances_from() -> None:
    close: dict[str, Any] = {"x0": 1.0, "x1": 1.0 + 4.4e-8, "y0": 0.5, "y1": 0.9}
    layout = view(run(settings(**close))).chart("map").figure["layout"]
    assert layout["xaxis"]["title"]["text"] == "layer 1: 10⁻⁸ decades from 10.00000051"
    assert layout["xaxis"]["ticktext"] == ["−2", "−1", "0", "+1", "+2"]
    assert layout["yaxis"]["title"]["text"] == "layer 2: decades from 5.01"
    assert "0" in layout["yaxis"]["ticktext"]


def test_boxes_are_shown_where_they_are_counted_only() -> None:
    assert "boxes" not in [chart.name for chart in view(run(settings(picture="range"))).charts]
    waiting = view(run(settings(picture="map").preview())).chart("boxes")
    assert "when the map is trained" in waiting.figure["layout"]["annotations"][0]["text"]


def test_a_range_test_says_under_which_schedule_the_others_trained() -> None:
    assert "one rate to the end" in view(run(settings(picture="range"))).sentence
    assert "“Exponential”" in view(run(settings(picture="range", schedule="exponential"))).sentence


def test_the_timeline_lets_the_blown_up_ones_appear_in_their_order() -> None:
    found = run(settings())
    shown = view(found)
    frames = shown.chart("map").frames["data.0.colorscale"]
    assert shown.steps is not None
    assert len(frames) == len(shown.steps)
    assert frames[0][-1] == [1.0, look.STILL]
    assert frames[-1] == look.scale()


def test_a_pixel_outside_the_window_moves_into_the_middle() -> None:
    assert Params().pixel == (1.1, 0.72)
    assert Params(x0=0, x1=0.5, y0=0, y1=0.4).pixel == (0.25, 0.2)


def test_the_words_tell_the_sides_of_the_limit() -> None:
    told = {rate: words.sentence(run(settings(picture="descent", rate=rate))) for rate in (0.3, 0.5, 0.8, 1.0, 1.2)}
    assert "stays on its side" in told[0.3]
    assert "it reaches the floor" in told[0.5]
    assert "overshoots, yet ends nearer" in told[0.8]
    assert "to the other side, as far away" in told[1.0]
    assert "ends farther away" in told[1.2]


def test_divergence_is_named_with_its_step_and_its_curvature() -> None:
    found = view(run(settings(picture="descent", rate=1.2))).findings[0]
    assert "from step 1 on" in found.text
    assert "λ = 2" in found.text
    cycle = view(run(settings(picture="descent", rate=2.5, schedule="one_cycle"))).findings[0]
    assert "of 30 steps, first at step" in cycle.text
    net = view(run(settings(epochs=40, picture="curves", rate=12.0))).findings[0]
    assert net.cause == "divergence"
    assert "curvature is" in net.text
    assert "2/η" in net.text


def test_a_walk_goes_along_the_curve_and_never_to_infinity() -> None:
    found = run(settings(picture="descent", rate=32, curvature=20))
    x, y = valley_chart.trail(found)
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()
    assert len(wire.encode(view(found))) < 1_000_000


def test_a_preview_is_quick_and_draws_the_same_charts() -> None:
    for picture in ("map", "descent", "curves", "range"):
        params = settings(picture=picture)
        full, quick = view(run(params)), view(run(params.preview()))
        assert [chart.name for chart in full.charts] == [chart.name for chart in quick.charts]
        assert full.charts[0].name == picture
    assert run(settings(picture="map").preview()).map.ends.size == 24 * 64
    assert run(settings(picture="descent").preview()).map.ends.size == 24 * 64


def test_first_prediction_is_oscillation_that_grows() -> None:
    question = lesson.predictions[0]
    asked = question.setting(settings(curvature=0.1))
    assert isinstance(asked, Params)
    answer = question.answer(run(asked, silent))
    assert answer.choice == 0


def test_the_close_up_is_fifty_times_narrower_and_on_the_edge() -> None:
    near = close_up(settings())
    assert near.window.width == pytest.approx(Window.of(*HOME).width / 50)
    assert 0 < run(near).map.share < 1
