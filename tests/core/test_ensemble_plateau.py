"""Rates that fall on a plateau: the compiled ensemble against a plain PyTorch loop with ReduceLROnPlateau."""

import numpy as np
import pytest
import torch
from torch import nn

from nnviz.core.ensemble import MLP, OnPlateau, train
from nnviz.core.progress import Superseded
from nnviz.core.seeds import generator
from nnviz.data import toy

EPOCHS = 30
RULE = OnPlateau(factor=0.5, patience=1)


def plainly(seed: int, rate: float) -> tuple[np.ndarray, float]:
    """Return the final weights and the last rate of one network, trained as anyone would."""
    network, moons = MLP((2, 4, 1)), toy.moons(40, seed=3)
    x, y = torch.tensor(moons.inputs), torch.tensor(moons.targets).double()
    module = network.module(network.initial_weights([seed])[0])
    loss = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(module.parameters(), lr=rate)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=RULE.factor, patience=RULE.patience, eps=0)
    orders = generator(seed, "order")
    for _ in range(EPOCHS):
        for rows in torch.randperm(40, generator=orders).split(10):
            optimizer.zero_grad()
            loss(module(x[rows])[:, 0], y[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            plateau.step(loss(module(x)[:, 0], y).item())
    weights = nn.utils.parameters_to_vector(module.parameters()).detach().numpy()
    return weights, float(optimizer.param_groups[0]["lr"])


def test_an_ensemble_on_a_plateau_is_a_pytorch_loop_with_reduce_on_plateau() -> None:
    moons, rates = toy.moons(40, seed=3), (0.3, 2.0, 4.0)
    trained = train(
        MLP((2, 4, 1)), moons.inputs, moons.targets, seeds=(0, 1, 2), rate=rates, epochs=EPOCHS, plateau=RULE
    )
    for network, rate in enumerate(rates):
        weights, last = plainly(network, rate)
        np.testing.assert_allclose(trained.final[network], weights, rtol=1e-7, atol=1e-9)
        assert last <= rate
        reached = rate * trained.settings.schedule[network, -1]
        assert last == pytest.approx(reached, rel=1e-12) or last == pytest.approx(reached * RULE.factor, rel=1e-12)
    assert (trained.settings.schedule[1:, -1] < 1).all()  # the rates that are too high have fallen


def test_training_on_a_plateau_stops_when_nobody_waits() -> None:
    def report(fraction: float, what: str = "", partial: object = None) -> None:  # noqa: ARG001 - as every report
        if fraction > 0.3:
            raise Superseded

    moons = toy.moons(40, seed=3)
    with pytest.raises(Superseded):
        train(MLP((2, 4, 1)), moons.inputs, moons.targets, epochs=EPOCHS, plateau=RULE, report=report)
