"""K modules as one batched program train as each would alone in a plain PyTorch loop."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nnviz.core.ensemble import TrainedModules, train_modules
from nnviz.core.progress import Superseded
from nnviz.core.seeds import generator, reset_module

RNG = np.random.default_rng(3)
IMAGES = RNG.normal(size=(29, 1, 8, 8)).astype(np.float32)
LABELS = RNG.integers(0, 3, 29)


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(24, 3),
    )


def alone(seed: int, epochs: int, batch: int, make_optimizer: Any) -> nn.Module:
    module = reset_module(cnn(), seed)
    optimizer = make_optimizer(module.parameters())
    draws, x, y = generator(seed, "order"), torch.tensor(IMAGES), torch.tensor(LABELS)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=draws).split(batch):
            optimizer.zero_grad()
            nn.functional.cross_entropy(module(x[rows]), y[rows]).backward()
            optimizer.step()
    return module


OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.05, weight_decay=0.01),
    "momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.05, momentum=0.9, weight_decay=0.01),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.05, weight_decay=0.01),
}


def together(**changes: Any) -> TrainedModules:
    settings = {
        "seeds": [0, 1, 5],
        "epochs": 3,
        "batch": 8,
        "rate": 0.05,
        "l2": 0.01,
        **changes,
    }  # 29 images: last has 5
    return train_modules(cnn, IMAGES, LABELS, **settings)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_batched_cnn_equals_each_alone(optimizer: str) -> None:
    trained = together(optimizer=optimizer, test=(IMAGES[:10], LABELS[:10]))
    for index, seed in enumerate((0, 1, 5)):
        module = alone(seed, 3, 8, OPTIMIZERS[optimizer])
        expected = module(torch.tensor(IMAGES)).detach()
        np.testing.assert_allclose(trained.outputs(IMAGES)[index], expected, rtol=1e-4, atol=1e-4)
        ours = trained.one(index)(torch.tensor(IMAGES)).detach()
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)
        loss = nn.functional.cross_entropy(expected, torch.tensor(LABELS)).item()
        assert trained.train_loss[-1, index] == pytest.approx(loss, rel=1e-3)
        right = (expected.argmax(1).numpy() == LABELS)[:10].mean()
        assert trained.test_accuracy is not None
        assert trained.test_accuracy[-1, index] == pytest.approx(right)


def test_a_rate_for_each_network_and_the_same_bits_again() -> None:
    first, again = (together(rate=[0.05, 0.0, 0.1], snapshots=[0, 1, 3]) for _ in range(2))
    weights = [snapshot["0.weight"] for snapshot in first.snapshots]
    assert torch.equal(weights[0][1], weights[2][1])
    assert not torch.equal(weights[0][0], weights[1][0])
    assert torch.equal(weights[-1], again.snapshots[-1]["0.weight"])


def test_regression_targets() -> None:
    x = RNG.normal(size=(20, 3)).astype(np.float32)
    trained = train_modules(lambda: nn.Linear(3, 2), x, x[:, :2], loss="mse", epochs=100, rate=0.1, seeds=[0, 1])
    assert (trained.train_loss[-1] < 1e-3).all()
    assert np.isnan(trained.train_accuracy).all()


def test_what_one_program_cannot_share_is_refused() -> None:
    for layer, message in ((nn.BatchNorm1d(3), "buffers"), (nn.Dropout(0.5), "dropout")):
        with pytest.raises(ValueError, match=message):
            train_modules(lambda layer=layer: nn.Sequential(nn.Linear(3, 3), layer), IMAGES[:, 0, 0, :3], LABELS)
    with pytest.raises(ValueError, match="optimizer must be one of"):
        together(optimizer="lion")


def test_superseding_stops_the_run() -> None:
    def report(fraction: float, _what: str = "", _partial: Any = None) -> None:
        if fraction >= 0.5:
            raise Superseded

    with pytest.raises(Superseded):
        together(epochs=4, report=report)


class Odd(nn.Module):
    """A network that is no chain of layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.line = nn.Conv2d(1, 2, 3), nn.Linear(72, 3, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (B, 3)."""
        found: torch.Tensor = self.line(torch.relu(self.conv(x)).flatten(1))
        return found


SHAPES: dict[str, Callable[[], nn.Module]] = {
    "strides, groups, no bias": lambda: nn.Sequential(
        nn.Conv2d(1, 4, 3, stride=2, bias=False),
        nn.GELU(),
        nn.Conv2d(4, 6, 2, groups=2, dilation=2),
        nn.AvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 5),
        nn.ReLU(),
        nn.Linear(5, 3, bias=False),
    ),
    "padded by reflection": lambda: nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect"), nn.Flatten(), nn.Linear(128, 3)
    ),
    "no chain of layers": Odd,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_any_convolutional_network_answers_as_its_copies_do(shape: str) -> None:
    trained = train_modules(SHAPES[shape], IMAGES, LABELS, seeds=[0, 1, 5], epochs=2, batch=8, rate=0.05)
    for index in range(3):
        alone = trained.one(index)(torch.tensor(IMAGES)).detach()
        np.testing.assert_allclose(trained.outputs(IMAGES)[index], alone, rtol=1e-4, atol=1e-5)
    assert (trained.train_loss[-1] != trained.train_loss[0]).all()
