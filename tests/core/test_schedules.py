"""Schedules: the schedulers of `torch.optim`, epoch by epoch."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.optim import Optimizer, lr_scheduler

from nnviz.core.schedules import SCHEDULES, Plateau, schedule

EPOCHS = 40
TWINS: dict[str, Callable[[Optimizer], lr_scheduler.LRScheduler]] = {
    "constant": lambda one: lr_scheduler.ConstantLR(one, 1.0),
    "step": lambda one: lr_scheduler.MultiStepLR(one, [EPOCHS // 2, 3 * EPOCHS // 4]),
    "exponential": lambda one: lr_scheduler.ExponentialLR(one, 0.01 ** (1 / EPOCHS)),
    "cosine": lambda one: lr_scheduler.CosineAnnealingLR(one, EPOCHS),
    "warmup": lambda one: lr_scheduler.SequentialLR(
        one, [lr_scheduler.LinearLR(one, 0.25, total_iters=3), lr_scheduler.CosineAnnealingLR(one, EPOCHS - 4)], [4]
    ),
    "one_cycle": lambda one: lr_scheduler.OneCycleLR(one, 1.0, total_steps=EPOCHS, cycle_momentum=False),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.filterwarnings("ignore:The epoch parameter in")  # SequentialLR's own use of what it deprecates
def test_schedules_are_those_of_torch_optim(name: str) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = TWINS[name](optimizer)
    found = []
    for _ in range(EPOCHS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose(schedule(name, EPOCHS), found, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("epochs", [1, 2, 3, 7])
def test_schedules_of_few_epochs_are_factors(epochs: int) -> None:
    for name in SCHEDULES:
        factors = schedule(name, epochs)
        assert len(factors) == epochs
        assert all(0 <= factor <= 1 for factor in factors)


def test_schedules_at_their_ends() -> None:
    assert schedule("step", 100)[49::25] == (1.0, 0.1, 0.01)
    assert schedule("warmup", 100)[0] == pytest.approx(0.1)
    assert max(schedule("warmup", 100)) == 1.0
    assert schedule("one_cycle", 100)[-1] == pytest.approx(4e-6)


@pytest.mark.parametrize(("factor", "patience", "threshold"), [(0.1, 5, 1e-4), (0.5, 0, 0.05), (0.3, 2, 1e-4)])
def test_on_a_plateau_rates_fall_as_those_of_torch(factor: float, patience: int, threshold: float) -> None:
    draws = np.random.default_rng(1)
    losses = np.exp(-np.arange(60)[:, None] / 20) * draws.uniform(0.7, 1.3, (60, 4))  # four networks, falling and noisy
    losses[20:, 3] = np.nan
    watch = Plateau(4, factor, patience, threshold)
    ours = np.array([watch.observe(each) for each in losses])
    for network in range(4):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        twin = lr_scheduler.ReduceLROnPlateau(
            optimizer, factor=factor, patience=patience, threshold=threshold, eps=0
        )  # fmt: skip
        for epoch in range(60):
            twin.step(float(losses[epoch, network]))
            assert ours[epoch, network] == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
    assert (ours[-1] < 1).any()
