"""Many networks at once are the same networks alone; runs stop, diverge and record as they should."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numba.core.dispatcher import Dispatcher

from nnviz.core.ensemble import MLP, PLACES, Trained, compilation, grid, train, warm
from nnviz.core.ensemble import runs as runs_module
from nnviz.core.ensemble import training as training_module
from nnviz.core.progress import Superseded
from nnviz.core.seeds import epoch_orders, generator

RNG = np.random.default_rng(5)
POINTS = RNG.normal(size=(41, 2))
TARGETS = (POINTS[:, 0] * POINTS[:, 1] > 0).astype(float)
NETWORK = MLP((2, 7, 5, 1))


def small(**settings: Any) -> Trained:
    return train(NETWORK, POINTS, TARGETS, **{"epochs": 6, "rate": 0.1, "batch": 8, **settings})


def test_networks_together_equal_each_alone_exactly() -> None:
    different = {
        "seeds": [0, 1, 0, 2],
        "rate": [0.1, 0.2, 0.05, 0.1],
        "batch": [1, 8, 41, 5],
        "epochs": [3, 6, 9, 2],
        "l1": [0, 0.01, 0, 0],
        "l2": [0, 0, 0.1, 0],
        "momentum": [0.5, 0.9, 0.9, 0.8],
        "optimizer": ["adam", "sgd", "momentum", "rmsprop"],
        "activation": ["relu", "tanh", ("gelu", "silu"), "elu"],
        "dropout": [[0.2, 0.5], [0.0, 0.0], [0.0, 0.3], [0.9, 0.0]],
        "rescale": [True, True, False, True],
        "clip_norm": [0, 0.1, 0, 0],
        "clip_value": [0.05, 0, 0, 0],
    }
    together = small(**different, snapshots=[0, 1, 4, 9])
    for index in range(4):
        own = {name: [values[index]] for name, values in different.items()}
        alone = small(**own, snapshots=[0, 1, 4, 9])
        np.testing.assert_array_equal(alone.final[0], together.final[index])
        np.testing.assert_array_equal(alone.weights[:, 0], together.weights[:, index])
        np.testing.assert_array_equal(alone.steps[:, 0], together.steps[:, index])


def test_networks_may_have_data_and_rows_of_their_own() -> None:
    own = RNG.normal(size=(2, 41, 2))
    labels = (own[..., 0] > 0).astype(float)
    rows = [np.arange(10), np.arange(5, 41)]
    together = train(NETWORK, own, labels, seeds=[4, 4], subset=rows, epochs=5, test=(own, labels))
    for index in range(2):
        alone = train(NETWORK, own[index][rows[index]], labels[index][rows[index]], seeds=[4], epochs=5)
        np.testing.assert_array_equal(alone.final[0], together.final[index])
        np.testing.assert_array_equal(alone.train_loss[:, 0], together.train_loss[:, index])


def test_same_seed_same_bits_and_another_seed_another_network() -> None:
    one, again, other = small(seeds=[3], dropout=0.5), small(seeds=[3], dropout=0.5), small(seeds=[4], dropout=0.5)
    np.testing.assert_array_equal(one.final, again.final)
    assert np.abs(one.final - other.final).max() > 0.01


def test_how_a_run_is_cut_into_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = small(seeds=range(3), dropout=0.3, schedule=[1, 0.5, 0.2], snapshots=[0, 2, 5])
    monkeypatch.setattr(training_module, "CHUNK_SECONDS", 0.0)
    monkeypatch.setattr(runs_module, "DRAWS_BYTES", 1)
    pieces = small(seeds=range(3), dropout=0.3, schedule=[1, 0.5, 0.2], snapshots=[0, 2, 5])
    np.testing.assert_array_equal(whole.final, pieces.final)
    np.testing.assert_array_equal(whole.weights, pieces.weights)


def test_threads_at_the_same_time_get_what_they_get_one_after_the_other() -> None:
    def work(seed: int) -> Trained:
        return small(seeds=[seed, seed + 100], epochs=150, dropout=0.2, snapshots=[0, 75, 150])

    after_another = [work(seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        at_once = list(pool.map(work, range(6)))
    for one, two in zip(after_another, at_once, strict=True):
        np.testing.assert_array_equal(one.final, two.final)
        np.testing.assert_array_equal(one.test if one.test else one.train_loss, two.train_loss)
        np.testing.assert_array_equal(one.gradients(), two.gradients())


def test_data_are_reshuffled_every_epoch() -> None:
    """Two epochs of one-example steps on a line: the weights follow the drawn orders, which differ."""
    x, y = np.array([[1.0], [2.0], [-1.0]]), np.array([1.0, -1.0, 0.5])
    trained = train(MLP((1, 1), loss="half_mse"), x, y, initial=[0.0, 0.0], batch=1, epochs=2, rate=0.1, seeds=[1])
    orders = epoch_orders(generator(1, "order"), 3, 2)
    assert not np.array_equal(orders[0], orders[1])
    weight = bias = 0.0
    for index in orders.ravel():
        gap = weight * x[index, 0] + bias - y[index]
        weight, bias = weight - 0.1 * gap * x[index, 0], bias - 0.1 * gap
    np.testing.assert_allclose(trained.final[0], [weight, bias], rtol=1e-12)


def test_superseding_stops_the_run() -> None:
    heard: list[float] = []

    def report(fraction: float, _what: str = "", _partial: Any = None) -> None:
        heard.append(fraction)
        if fraction > 0:
            raise Superseded

    with pytest.raises(Superseded):
        small(seeds=range(4), epochs=100_000, report=report)
    assert 0 < heard[-1] < 0.5


def test_reports_rise_to_one_and_carry_the_networks_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_module, "CHUNK_SECONDS", 0.0)
    monkeypatch.setattr(training_module, "PARTIAL_SECONDS", 0.0)
    heard: list[tuple[float, Trained | None]] = []
    final = small(
        seeds=[0, 1],
        epochs=5,
        snapshots=[0, 1, 3, 5],
        report=lambda fraction, _="", partial=None: heard.append((fraction, partial)),
    )
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    partial = next(partial for _, partial in heard if partial is not None and len(partial.at) == 3)
    np.testing.assert_array_equal(partial.train_loss, final.train_loss[:3])


def test_the_clock_may_count_steps_epochs_or_examples() -> None:
    by_epoch = small(epochs=3, snapshots=[0, 1, 3])
    by_step = small(epochs=3, snapshots=[0, 6, 18], unit="step")  # 41 points in batches of 8: 6 steps an epoch
    np.testing.assert_array_equal(by_epoch.weights, by_step.weights)
    np.testing.assert_array_equal(by_epoch.steps[:, 0], [0, 6, 18])
    np.testing.assert_array_equal(by_epoch.examples_seen[:, 0], [0, 41, 123])
    budget = small(steps=20, seeds=[0, 0], batch=[8, 41], snapshots=[0, 7, 20], unit="step")
    np.testing.assert_array_equal(budget.steps, [[0, 0], [7, 7], [20, 20]])
    np.testing.assert_array_equal(budget.examples_seen[-1], [3 * 41 + 2 * 8, 20 * 41])
    assert (budget.seconds > 0).all()


def test_a_finished_network_stays_as_it_ended() -> None:
    trained = small(seeds=[0, 0], epochs=[2, 6], snapshots=[0, 2, 6])
    np.testing.assert_array_equal(trained.weights[1, 0], trained.weights[2, 0])
    np.testing.assert_array_equal(trained.weights[1, 0], trained.weights[1, 1])
    np.testing.assert_array_equal(trained.weights[-1], trained.final.astype(np.float32))


@pytest.mark.parametrize("loss", ["mse", "half_mse", "mae", "huber", "bce", "cross_entropy"])
def test_losses_accuracies_gradients_and_scales_are_those_of_pytorch(loss: str) -> None:
    network = MLP((2, 6, 5, 2 if loss == "cross_entropy" else 1), loss=loss)
    targets = TARGETS.astype(int) if loss == "cross_entropy" else TARGETS
    trained = train(network, POINTS, targets, seeds=[0, 1], epochs=10, rate=0.1, l1=0.01, l2=0.1, snapshots=[0, 10])
    x, y = (
        torch.tensor(POINTS),
        torch.tensor(targets).view(-1) if loss == "cross_entropy" else torch.tensor(TARGETS)[:, None],
    )
    losses = {"mse": "mse_loss", "half_mse": "mse_loss", "mae": "l1_loss", "huber": "huber_loss"}
    name = {"bce": "binary_cross_entropy_with_logits"}.get(loss, losses.get(loss, loss))
    for snapshot, index in ((0, 0), (1, 1)):
        module = trained.module(index, snapshot)
        outputs = module(x)
        value = getattr(torch.nn.functional, name)(outputs, y) * (0.5 if loss == "half_mse" else 1)
        assert trained.train_loss[snapshot, index] == pytest.approx(value.item(), rel=1e-5)
        slopes = torch.autograd.grad(value, list(module.parameters()))
        norms = [np.hypot(w.norm().item(), b.norm().item()) for w, b in zip(slopes[::2], slopes[1::2], strict=True)]
        np.testing.assert_allclose(trained.gradient_norms[snapshot, index], norms, rtol=1e-5)
        scales = [module[:depth](x).pow(2).mean().sqrt().item() for depth in (2, 4, 5)]
        np.testing.assert_allclose(trained.activation_scales[snapshot, index], scales, rtol=1e-5)
        matrices = [layer.weight for layer in module if isinstance(layer, torch.nn.Linear)]
        penalty = sum(0.01 * w.abs().sum() + 0.05 * (w**2).sum() for w in matrices).item()
        assert trained.penalty[snapshot, index] == pytest.approx(penalty, rel=1e-5)
        right = outputs.argmax(1) if loss == "cross_entropy" else outputs[:, 0] > (0 if loss == "bce" else 0.5)
        assert trained.train_accuracy[snapshot, index] == pytest.approx((right.numpy() == TARGETS).mean())
        hidden = module[:4](x).detach().numpy()
        np.testing.assert_allclose(trained.hidden(POINTS)[1][snapshot, index], hidden, rtol=1e-4, atol=1e-6)


def test_a_regression_has_no_accuracy_and_asking_for_a_missing_test_set_says_so() -> None:
    trained = train(MLP((2, 3, 1), loss="mse"), POINTS, POINTS[:, 0], epochs=1)
    assert np.isnan(trained.train_accuracy).all()
    with pytest.raises(ValueError, match="test="):
        _ = trained.test_loss


@pytest.mark.parametrize("activation", ["linear", "leaky_relu", "silu"])
def test_divergence_is_located_where_pytorch_first_meets_it(activation: str) -> None:
    """A loss that explodes: step by step in PyTorch, the first layer whose output is not finite is the one named."""
    network = MLP((2, 4, 4, 1), activation, "mse", initialization="he_normal")
    budget = {"seeds": [2], "rate": 30.0, "batch": 41, "epochs": 60}
    trained = train(network, POINTS, TARGETS, **budget, snapshots=np.arange(61), unit="step")
    assert trained.diverged.all()
    assert np.isnan(trained.train_loss[-1]).all()
    assert not np.isfinite(trained.gradient_norms[-1]).all()
    step, place = int(trained.nonfinite_step[0]), PLACES[trained.nonfinite_place[0]]
    module = network.module(network.initial_weights([2])[0])
    optimizer, x, y = (
        torch.optim.SGD(module.parameters(), lr=30.0),
        torch.tensor(POINTS),
        torch.tensor(TARGETS)[:, None],
    )
    for count in range(1, step + 1):
        optimizer.zero_grad()
        linears = [layer for layer in module if isinstance(layer, torch.nn.Linear)]
        outputs = [module[: 2 * depth + 2](x) for depth in range(3)]
        torch.nn.functional.mse_loss(outputs[-1], y).backward()
        bad_forward = [layer for layer, values in enumerate(outputs) if not values.isfinite().all()]
        bad_backward = [layer for layer in (2, 1, 0) if not linears[layer].weight.grad.isfinite().all()]
        optimizer.step()
        if count < step:
            assert not bad_forward
            assert all(parameter.isfinite().all() for parameter in module.parameters())
    expected = ("activation", bad_forward) if bad_forward else ("gradient", bad_backward)
    assert (place, trained.nonfinite_layer[0]) == (expected[0], expected[1][0])


def test_an_infinite_weight_is_located_in_its_layer() -> None:
    weights = NETWORK.initial_weights([0])
    NETWORK.layers(weights)[0][1][:] = 100.0  # every unit of the first layer is far above 1
    NETWORK.layers(weights)[1][0][0, 2, 3] = 1e308  # so this one overflows in the second layer, in the first step
    trained = train(NETWORK, POINTS, TARGETS, initial=weights, activation="relu", epochs=1)
    assert (trained.nonfinite_step[0], trained.nonfinite_layer[0]) == (1, 1)
    assert PLACES[trained.nonfinite_place[0]] == "activation"


def test_a_grid_crosses_settings_with_seeds() -> None:
    crossed = grid(range(3), rate=(0.1, 0.2), batch=(4, 8))
    assert crossed["seeds"] == [0, 1, 2] * 4
    trained = small(**{**crossed, "epochs": 2})
    losses = trained.train_loss[-1].reshape(2, 2, 3)
    alone = small(seeds=[2], rate=0.2, batch=4, epochs=2)
    assert losses[1, 0, 2] == alone.train_loss[-1, 0]


def test_outputs_of_own_points_and_probabilities() -> None:
    trained = small(seeds=[0, 1], snapshots=[0, 6])
    shared = trained.outputs(POINTS)
    assert shared.shape == (2, 2, 41, 1)
    own = trained.outputs(np.stack([POINTS, POINTS[::-1]]))
    np.testing.assert_array_equal(own[:, 1], shared[:, 1, ::-1])
    np.testing.assert_allclose(trained.probabilities(POINTS), 1 / (1 + np.exp(-shared.astype(float))), rtol=1e-5)
    classes = train(MLP((2, 4, 3), loss="cross_entropy"), POINTS, np.arange(41) % 3, epochs=1)
    np.testing.assert_allclose(classes.probabilities(POINTS).sum(axis=-1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate": [0.1, 0.2]}, "rate must be one value or 3"),
        ({"optimizer": "sdg"}, "optimizer must be one of"),
        ({"activation": ["relu", "tanh"]}, "activation must be one name or 3"),
        ({"activation": "rleu"}, "activation must be one of"),
        ({"dropout": 1.0}, "dropout must lie in"),
        ({"batch": 0}, "batch must be a whole number ≥ 1"),
        ({"l2": -1.0}, "l2 must be ≥ 0"),
        ({"snapshots": [3, 1]}, "snapshots must be increasing"),
        ({"unit": "second"}, "unit must be"),
        ({"initial": np.zeros(5)}, "initial must be"),
        ({"subset": [50]}, "subset must be rows"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        small(seeds=range(3), **settings)


@pytest.mark.parametrize(
    ("network", "inputs", "targets", "message"),
    [
        (NETWORK, POINTS[:, :1], TARGETS, "inputs must have shape"),
        (NETWORK, POINTS, TARGETS[:5], "targets must match"),
        (NETWORK, POINTS * np.nan, TARGETS, "finite"),
        (MLP((2, 3, 3), loss="cross_entropy"), POINTS, TARGETS + 5, "class numbers"),
    ],
)
def test_wrong_data_are_named(network: MLP, inputs: np.ndarray, targets: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        train(network, inputs, targets)


def test_a_wrong_network_is_named() -> None:
    for wrong in (
        {"sizes": (2,)},
        {"loss": "mes"},
        {"output": "tanh"},
        {"initialization": "he"},
        {"activation": ("tanh",)},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            replace(NETWORK, **wrong)
    with pytest.raises(TypeError, match="learning_rate"):
        small(learning_rate=0.1)


def test_without_a_folder_to_write_in_the_kernel_is_compiled_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_self: Any) -> None:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(Dispatcher, "enable_caching", nowhere)
    assert compilation.entry(lambda x: x + 1)(2) == 3


def test_a_cache_older_than_the_kernel_is_dropped_and_a_newer_one_kept(tmp_path: Path) -> None:
    def train_epochs() -> None: ...

    old, new, other = (tmp_path / f"kernel.{name}.nbi" for name in ("train_epochs-1", "train_epochs-2", "evaluate-1"))
    for path in (old, new, other):
        path.touch()
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    compilation.drop_stale(tmp_path, train_epochs)
    assert (old.exists(), new.exists(), other.exists()) == (False, True, True)


def test_warm_leaves_nothing_to_compile() -> None:
    from nnviz.core.ensemble import kernel

    warm()
    for array in (frozen := POINTS.copy(), labels := TARGETS.copy()):
        array.setflags(write=False)
    trained = train(
        NETWORK, frozen, labels, epochs=np.array([1]), dropout=np.broadcast_to([0.2], (1, 2)), subset=[0, 1]
    )
    trained.outputs(np.asfortranarray(frozen.astype(np.float32)))
    trained.gradients()
    for kept in (trained.settings.activations, trained.train.inputs, trained.train.targets):
        kept.setflags(write=False)  # as a remembered run is
    trained.outputs(frozen)
    trained.gradients()
    entries = (kernel.train_epochs, kernel.evaluate, kernel.gradients)
    assert [len(entry.signatures) for entry in entries] == [1, 1, 1]
