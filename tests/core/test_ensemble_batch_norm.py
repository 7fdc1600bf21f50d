"""Batch normalization in the kernel: a plain PyTorch loop with nn.BatchNorm1d, both modes, and batches of one."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nnviz.core.ensemble import MLP, OnPlateau, Trained, replay_in_pytorch, train
from nnviz.core.seeds import generator

RNG = np.random.default_rng(11)
POINTS = RNG.normal(size=(23, 3))
TARGETS = np.tanh(POINTS @ RNG.normal(size=(3, 2)))
SIZES = (3, 5, 5, 5, 2)
RATE = 0.02
SLACK = (1e-9, 1e-6)  # a hidden bias has gradient 0: Adam, which divides by its size, moves it by the rounding error


def network(**changes: Any) -> MLP:
    return MLP(**({"sizes": SIZES, "activation": "gelu", "loss": "mse", "normalization": "batch"} | changes))


class Plain(nn.Module):
    """The network as anyone would write it."""

    def __init__(self, own: MLP, weights: np.ndarray) -> None:
        super().__init__()
        widths = list(zip(own.sizes[:-1], own.sizes[1:], strict=True))
        self.linears = nn.ModuleList(nn.Linear(*pair, dtype=torch.float64) for pair in widths)
        self.norms = nn.ModuleList(nn.BatchNorm1d(out, affine=False, dtype=torch.float64) for _, out in widths[:-1])
        self.residual = own.residual
        nn.utils.vector_to_parameters(torch.tensor(weights[: own.parameters]), self.parameters())

    def forward(self, x: Tensor, masks: list[Tensor] | None = None) -> Tensor:
        for layer, norm in enumerate(self.norms):
            values = nn.functional.gelu(norm(self.linears[layer](x)))
            if masks is not None:
                values = values * masks[layer]
            x = x + values if self.residual and layer > 0 else values
        return self.linears[-1](x)

    def vector(self) -> np.ndarray:
        statistics = [part for norm in self.norms for part in (norm.running_mean, norm.running_var)]
        return torch.cat([nn.utils.parameters_to_vector(self.parameters()).detach(), *statistics]).numpy()


OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, RATE),
    "momentum": lambda parameters: torch.optim.SGD(parameters, RATE, momentum=0.9),
    "adam": lambda parameters: torch.optim.Adam(parameters, RATE),
    "adamw": lambda parameters: torch.optim.AdamW(parameters, RATE, weight_decay=0.1),
}


def plainly(
    own: MLP, optimizer: str, *, dropout: float = 0.0, batch: int = 5, plateau: OnPlateau | None = None, epochs: int = 6
) -> Plain:
    """Train on all points, seed 3; where batches are ragged the last is smaller."""
    module = Plain(own, own.initial_weights([3])[0])
    x, y = torch.tensor(POINTS), torch.tensor(TARGETS)
    chosen = OPTIMIZERS[optimizer](module.parameters())
    orders, draws = generator(3, "order"), generator(3, "dropout")
    watch = None
    if plateau is not None:
        watch = torch.optim.lr_scheduler.ReduceLROnPlateau(
            chosen, factor=plateau.factor, patience=plateau.patience, eps=0
        )
    for _ in range(epochs):
        order, masks = torch.randperm(len(x), generator=orders), None
        if dropout:
            kept = (torch.rand(len(x), own.hidden_units, generator=draws).double() >= dropout).double() / (1 - dropout)
            masks = list(kept.split(own.sizes[1:-1], dim=1))
        for start in range(0, len(x), batch):
            rows = slice(start, start + batch)
            chosen.zero_grad()
            own_masks = None if masks is None else [mask[rows] for mask in masks]
            nn.functional.mse_loss(module(x[order[rows]], own_masks), y[order[rows]]).backward()
            chosen.step()
        if watch is not None:
            module.eval()
            with torch.no_grad():
                watch.step(nn.functional.mse_loss(module(x), y).item())
            module.train()
    return module.eval()


def trained(own: MLP, optimizer: str = "sgd", **settings: Any) -> Trained:
    settings = {"epochs": 6, "batch": 5, "rate": RATE, "weight_decay": 0.1} | settings
    return train(own, POINTS, TARGETS, seeds=[3], optimizer=optimizer, **settings)


@pytest.mark.parametrize("residual", [False, True], ids=["plain", "residual"])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_weights_statistics_and_answers_are_those_of_a_pytorch_loop(
    optimizer: str, dropout: float, residual: bool
) -> None:
    own = network(residual=residual)
    found, expected = trained(own, optimizer, dropout=dropout), plainly(own, optimizer, dropout=dropout)
    np.testing.assert_allclose(found.final[0], expected.vector(), rtol=1e-6, atol=SLACK[optimizer.startswith("adam")])
    assert np.abs(found.final[0] - own.initial_weights([3])[0])[: own.parameters].max() > 5e-3
    answers = expected(torch.tensor(POINTS)).detach()
    np.testing.assert_allclose(found.outputs(POINTS)[-1, 0], answers, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.module()(torch.tensor(POINTS)).detach(), answers, rtol=1e-6, atol=1e-6)
    assert found.train_loss[-1, 0] == pytest.approx(
        nn.functional.mse_loss(answers, torch.tensor(TARGETS)).item(), rel=1e-5
    )


def test_on_a_plateau_the_loss_that_is_watched_is_that_of_evaluation_mode() -> None:
    own, rule = network(), OnPlateau(factor=0.5, patience=1)
    found = trained(own, "momentum", plateau=rule, epochs=25)
    np.testing.assert_allclose(
        found.final[0], plainly(own, "momentum", plateau=rule, epochs=25).vector(), rtol=1e-6, atol=1e-8
    )
    assert found.settings.schedule[0, -1] < 1


@pytest.mark.parametrize("settings", [
    {"optimizer": "adamw", "l1": 0.01, "l2": 0.1, "clip_norm": 0.2}, {"optimizer": "nesterov", "clip_value": 0.02},
    {"optimizer": "rmsprop", "max_norm": 0.5}, {"activation": ("tanh", "relu", "silu"), "dropout": [[0.2, 0.0, 0.5]]},
], ids=str)  # fmt: skip
def test_the_twin_replays_it_with_everything_else(settings: dict[str, Any]) -> None:
    own = network(residual=True)
    found = trained(own, **settings)
    settings = {"epochs": 6, "batch": 5, "rate": RATE, "weight_decay": 0.1} | settings
    module = replay_in_pytorch(own, POINTS, TARGETS, seed=3, **settings)
    np.testing.assert_allclose(found.final[0], vector_of(module), rtol=1e-6, atol=SLACK[1])


def vector_of(module: nn.Module) -> np.ndarray:
    """Return parameters and running statistics of a twin."""
    statistics = [part for name, part in module.named_buffers() if "running" in name]
    return torch.cat([nn.utils.parameters_to_vector(module.parameters()).detach(), *statistics]).numpy()


@pytest.mark.parametrize("batch", [11, 22])
def test_a_rest_of_one_example_has_sums_of_zero_and_leaves_the_statistics(batch: int) -> None:
    own = network(residual=True)
    found = trained(own, "adam", batch=batch)
    module = replay_in_pytorch(own, POINTS, TARGETS, seed=3, batch=batch, optimizer="adam", epochs=6, rate=RATE)
    np.testing.assert_allclose(found.final[0], vector_of(module), rtol=1e-6, atol=SLACK[1])
    counts = [int(part) for name, part in module.named_buffers() if "num_batches" in name]
    assert counts == [6 * (23 // batch)] * 3, "batches of one are left out"


def test_batches_of_one_move_the_output_layer_only() -> None:
    own = network(activation="sigmoid", residual=True)
    start, found = own.initial_weights([3])[0], trained(own, batch=1)
    module = replay_in_pytorch(own, POINTS, TARGETS, seed=3, batch=1, epochs=6, rate=RATE)
    np.testing.assert_allclose(found.final[0], vector_of(module), rtol=1e-9, atol=1e-12)
    (first, _), *_, (last, _) = own.layers(found.final[0] - start)
    assert (np.abs(first).max(), np.abs(last).max() > 1e-3) == (0.0, True)
    np.testing.assert_array_equal(found.final[0, own.parameters :], start[own.parameters :])


def test_statistics_are_a_running_mean_that_no_rate_moves() -> None:
    """At rate 0 and with whole batches: mean (1 − 0.9ᵗ) m, variance 0.9ᵗ + (1 − 0.9ᵗ) v, v unbiased."""
    own = network()
    found = trained(own, batch=23, rate=0.0, epochs=4, optimizer="adamw", l2=1.0, clip_norm=1e-3)
    matrix, bias = own.layers(found.final[0])[0]
    sums, left = POINTS @ matrix.T + bias, 0.9**4
    mean, variance = own.statistics(found.final[0])[0]
    np.testing.assert_allclose(mean, (1 - left) * sums.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(variance, left + (1 - left) * sums.var(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_array_equal(found.final[0, : own.parameters], own.initial_weights([3])[0, : own.parameters])


def test_gradients_are_those_of_training_mode_on_all_points_at_once() -> None:
    own = network(residual=True)
    found = trained(own, snapshots=[0, 6])
    before = found.weights.copy()
    for snapshot in range(2):
        module = Plain(own, found.weights[snapshot, 0].astype(np.float64))
        loss = nn.functional.mse_loss(module(torch.tensor(POINTS)), torch.tensor(TARGETS))
        slopes = torch.cat([slope.flatten() for slope in torch.autograd.grad(loss, list(module.parameters()))])
        np.testing.assert_allclose(found.gradients()[snapshot, 0], slopes, rtol=1e-6, atol=1e-12)
    np.testing.assert_array_equal(found.weights, before)
    assert found.gradients().shape[-1] == own.parameters


def test_hidden_values_are_those_of_evaluation_mode() -> None:
    own = network()
    found = trained(own)
    module = plainly(own, "sgd")
    x = torch.tensor(POINTS)
    for layer, values in enumerate(found.hidden(POINTS)):
        x = nn.functional.gelu(module.norms[layer](module.linears[layer](x)))
        np.testing.assert_allclose(values[-1, 0], x.detach(), rtol=1e-5, atol=1e-6)


def test_going_on_from_the_end_is_training_without_a_break() -> None:
    own = network()
    whole = trained(own, batch=23, epochs=7)
    rest = trained(own, batch=23, epochs=4, initial=trained(own, batch=23, epochs=3).final)
    np.testing.assert_allclose(rest.final, whole.final, rtol=1e-10, atol=1e-12)


def test_networks_together_equal_each_alone_exactly() -> None:
    own, several = network(), {"batch": [5, 1, 23], "rate": [0.1, 0.2, 0.3], "optimizer": ["adam", "sgd", "momentum"]}
    together = train(own, POINTS, TARGETS, seeds=[0, 1, 2], epochs=3, **several)
    for index in range(3):
        alone = train(
            own, POINTS, TARGETS, seeds=[index], epochs=3, **{name: [each[index]] for name, each in several.items()}
        )
        np.testing.assert_array_equal(alone.final[0], together.final[index])


def test_statistics_lie_behind_the_parameters() -> None:
    own = network(sizes=(3, 4, 2, 1))
    vector = own.initial_weights([0, 1])
    assert (own.parameters, own.length, vector.shape) == (29, 41, (2, 41))
    assert own.joints.tolist() == [4, 4, 0]
    assert [matrix.shape for matrix, _ in own.layers(vector)] == [(2, 4, 3), (2, 2, 4), (2, 1, 2)]
    assert [(mean.shape, variance.shape) for mean, variance in own.statistics(vector)] == [
        ((2, 4), (2, 4)),
        ((2, 2), (2, 2)),
    ]
    for mean, variance in own.statistics(vector):
        assert ((mean == 0).all(), (variance == 1).all()) == (True, True)
    for without in (MLP((3, 4, 1)), network(sizes=(3, 1)), network(normalization="layer")):
        assert without.length == without.parameters
        assert without.statistics(without.initial_weights([0])) == []
    with pytest.raises(ValueError, match="initial must be 41 numbers"):
        train(own, POINTS, TARGETS[:, :1], initial=vector[0, :29])


def test_an_infinite_statistic_is_no_weight_that_is_not_finite() -> None:
    own = network(activation="tanh")
    start = own.initial_weights([3])
    own.layers(start)[0][0][0, 0] *= 1e170  # its square, and so the variance of the unit's sums, is infinite
    found = trained(own, initial=start)
    assert np.isinf(own.statistics(found.final[0])[0][1][0])
    assert np.isfinite(found.final[0, : own.parameters]).all()
    assert found.nonfinite_step[0] == -1
