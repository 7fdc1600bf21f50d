"""The first experiment: its gradient and its training are PyTorch's, and what it says is what it shows."""

import numpy as np
import pytest
import torch

from nnviz.concepts import home
from nnviz.concepts.home.model import MOMENTUM, POINTS, STEPS, Params, Weights, gradient, initial, parts


def curve(weights: list[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    slope, bias, out, offset = weights
    return out @ torch.tanh(torch.outer(slope, x) + bias[:, None]) + offset


@pytest.mark.parametrize("units", [1, 6, 16])
def test_the_gradient_by_hand_is_autograds(units: int) -> None:
    weights = initial(units, seed=3)
    x = np.linspace(-1, 1, POINTS)
    target = np.sin(4 * x)
    leaves = [torch.tensor(part, requires_grad=True) for part in weights]
    torch.nn.functional.mse_loss(curve(leaves, torch.tensor(x)), torch.tensor(target)).backward()
    for by_hand, leaf in zip(gradient(weights, x, target), leaves, strict=True):
        assert leaf.grad is not None
        np.testing.assert_allclose(by_hand, leaf.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_the_training_is_sgd_with_momentum() -> None:
    run = home.run(Params(units=4, rate=0.03))
    leaves = [torch.tensor(part, requires_grad=True) for part in initial(4, seed=0)]
    optimizer = torch.optim.SGD(leaves, lr=0.03, momentum=MOMENTUM)
    x, target = torch.tensor(run.x), torch.tensor(run.target)
    for _ in range(STEPS):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(curve(leaves, x), target).backward()
        optimizer.step()
    np.testing.assert_allclose(run.timeline.arrays["curve"][-1], curve(leaves, x).detach().numpy(), atol=1e-5)
    assert run.loss[-1] < run.loss[0]


def test_the_parts_and_the_offset_add_up_to_the_curve() -> None:
    weights = Weights(np.array([1.0, -2.0]), np.array([0.5, 0.0]), np.array([2.0, 3.0]), np.array([0.25]))
    shares = parts(weights, np.array([0.0]))
    np.testing.assert_allclose(shares.sum(axis=0) + weights.offset, 2 * np.tanh(0.5) + 0.25)


def test_the_sentence_has_the_last_error_and_a_diverged_run_says_so() -> None:
    run = home.run(Params(units=8))
    assert f"{run.loss[-1]:.2g}" in home.view(run).sentence
    assert "diverged" in home.view(home.run(Params(units=16, rate=1.0))).sentence
