"""Losses against torch.nn.functional, gradients against autograd, lines against scipy, nets against PyTorch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.optimize import linprog, minimize
from torch import Tensor, nn

from nnviz.concepts.losses import functions, letters, line, nets
from nnviz.concepts.losses.functions import LABELS, along
from nnviz.concepts.losses.recipe import in_torch
from nnviz.concepts.losses.samples import HIDDEN, class_points, curve_points
from nnviz.core.seeds import initial_weights

LOGITS = np.unique(np.concatenate([np.linspace(-1000, 1000, 41), np.linspace(-12, 12, 97)]))
CLASSES = np.array([0, 2, 1, 1, 2, 0])
ONE_HOT = np.eye(3)[CLASSES]


def by_torch(loss: Callable[[Tensor], Tensor], z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return PyTorch's losses, one per row, and autograd's gradient of their sum."""
    leaf = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    value = loss(leaf)
    (slope,) = torch.autograd.grad(value.sum(), leaf)
    return value.detach().numpy(), slope.numpy()


def assert_equal(ours: tuple[Any, Any], theirs: tuple[Any, Any], tolerance: float = 1e-10) -> None:
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("target", [1.5, -0.5])
@pytest.mark.parametrize("name", ["mse", "mae", "huber"])
def test_regression_losses_equal_pytorch(name: str, target: float) -> None:
    y = torch.full((len(LOGITS),), target, dtype=torch.float64)
    pairs: dict[str, tuple[Any, Callable[[Tensor], Tensor]]] = {
        "mse": (functions.mse(LOGITS, target), lambda z: F.mse_loss(z, y, reduction="none")),
        "mae": (functions.mae(LOGITS, target), lambda z: F.l1_loss(z, y, reduction="none")),
        "huber": (functions.huber(LOGITS, target, 1.7), lambda z: F.huber_loss(z, y, reduction="none", delta=1.7)),
    }
    ours, theirs = pairs[name]
    assert_equal(ours, by_torch(theirs, LOGITS))


@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_binary_cross_entropy_equals_pytorch(target: float, smoothing: float) -> None:
    y = torch.full((len(LOGITS),), target * (1 - smoothing) + smoothing / 2, dtype=torch.float64)
    theirs = by_torch(lambda z: F.binary_cross_entropy_with_logits(z, y, reduction="none"), LOGITS)
    assert_equal(functions.binary_cross_entropy(LOGITS, target, smoothing), theirs)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_hinge_equals_pytorch(target: float) -> None:
    side = torch.full((len(LOGITS),), 2 * target - 1, dtype=torch.float64)
    # PyTorch's hinge_embedding_loss of 1 − margin: for the label −1 it is max(0, 1 − x).
    theirs = by_torch(lambda z: F.hinge_embedding_loss(side * z, -torch.ones_like(z), reduction="none"), LOGITS)
    ours = functions.hinge(LOGITS, target)
    away = np.abs(1 - side.numpy() * LOGITS) > 1e-9  # at the kink either slope is right
    assert_equal(tuple(part[away] for part in ours), tuple(part[away] for part in theirs))


@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_focal_equals_autograd(target: float, gamma: float) -> None:
    side = 2 * target - 1
    grid = np.linspace(-30, 30, 121)
    theirs = by_torch(lambda z: -(torch.sigmoid(-side * z) ** gamma) * F.logsigmoid(side * z), grid)
    assert_equal(functions.focal(grid, target, gamma), theirs)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_sigmoid_and_mse_equal_autograd(target: float) -> None:
    y = torch.full((len(LOGITS),), target, dtype=torch.float64)
    theirs = by_torch(lambda z: F.mse_loss(torch.sigmoid(z), y, reduction="none"), LOGITS)
    assert_equal(functions.sigmoid_mse(LOGITS, target), theirs)


def test_dice_equals_autograd() -> None:
    draws = np.random.default_rng(0)
    z, y = draws.normal(0, 4, (5, 40)), (draws.random((5, 40)) < 0.2).astype(np.float64)
    mask = torch.tensor(y)

    def loss(logits: Tensor) -> Tensor:
        p = torch.sigmoid(logits)
        return 1 - 2 * (p * mask).sum(dim=1) / (p + mask).sum(dim=1)

    assert_equal(functions.dice(z, y), by_torch(loss, z))


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_cross_entropy_and_kl_equal_pytorch(scale: float, smoothing: float) -> None:
    z = np.clip(np.random.default_rng(1).normal(0, scale, (6, 3)), -1000, 1000)
    labels, shares = torch.tensor(CLASSES), torch.tensor(ONE_HOT * (1 - smoothing) + smoothing / 3)
    theirs = by_torch(lambda logits: F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing), z)
    assert_equal(functions.sparse(z, CLASSES, smoothing), theirs)
    assert_equal(functions.categorical(z, ONE_HOT, smoothing), theirs)
    by_shares = by_torch(lambda logits: F.cross_entropy(logits, shares, reduction="none"), z)
    assert_equal(functions.categorical(z, ONE_HOT, smoothing), by_shares)
    divergence = by_torch(lambda logits: F.kl_div(F.log_softmax(logits, 1), shares, reduction="none").sum(dim=1), z)
    assert_equal(functions.kl(z, ONE_HOT, smoothing), divergence, 1e-9)


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_other_losses_of_three_classes_equal_autograd(scale: float) -> None:
    z = np.random.default_rng(2).normal(0, scale, (6, 3))
    labels, one_hot = torch.tensor(CLASSES), torch.tensor(ONE_HOT)
    rows = torch.arange(6)

    def focal(logits: Tensor) -> Tensor:
        log_q = F.log_softmax(logits, 1)[rows, labels]
        return -((1 - log_q.exp()) ** 1.5) * log_q

    def dice(logits: Tensor) -> Tensor:
        p = torch.softmax(logits, 1)
        return 1 - (2 * (p * one_hot).sum(0) / (p + one_hot).sum(0)).mean()

    brier = by_torch(lambda logits: (torch.softmax(logits, 1) - one_hot).square().sum(1), z)
    absolute = by_torch(lambda logits: (torch.softmax(logits, 1) - one_hot).abs().sum(1), z)
    assert_equal(functions.softmax_mse(z, ONE_HOT), brier)
    assert_equal(functions.softmax_mae(z, ONE_HOT), absolute)
    assert_equal(
        functions.multi_hinge(z, ONE_HOT), by_torch(lambda q: F.multi_margin_loss(q, labels, reduction="none"), z)
    )
    assert_equal(functions.multi_focal(z, ONE_HOT, 1.5), by_torch(focal, z))
    assert_equal(functions.class_dice(z, ONE_HOT), by_torch(dice, z))


@pytest.mark.parametrize(
    "loss", [functions.softmax_mse, functions.multi_hinge, functions.multi_focal, functions.class_dice]
)
def test_losses_of_three_huge_logits_stay_finite(loss: Any) -> None:
    z = np.array([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 1000.0]])
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        value, slope = loss(z, np.eye(3)[:2])
    assert np.isfinite(value).all()
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("target", [2.0, -2.0])
def test_curves_of_the_hero_equal_autograd(name: Any, target: float) -> None:
    grid = np.linspace(-7.93, 7.93, 61)
    ours = along(name, grid, target, 1.3, 1.7, 0.1)
    for index, number in enumerate(grid):
        z = torch.tensor(number, requires_grad=True)
        value = in_torch(name, z, target, 1.3, 1.7, 0.1)
        (slope,) = torch.autograd.grad(value, z)
        assert float(ours[0][index]) == pytest.approx(value.item(), rel=1e-9, abs=1e-12)
        assert float(ours[1][index]) == pytest.approx(slope.item(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("outlier", [(4.0, 20.0), (-2.0, -11.0), (40.0, -20.0), (5.0, 3.0)])
def test_lines_equal_scipy(outlier: tuple[float, float]) -> None:
    x, y = line.with_outlier(*line.clean_points(), *outlier)
    fits = line.fit(x, y, 1.3)
    np.testing.assert_allclose(fits[0], np.polyfit(x, y, 1), rtol=1e-9)
    # MAE as a linear program: minimise Σt with −t ≤ y − ax − b ≤ t.
    count = len(x)
    above = np.column_stack([x, np.ones(count), -np.eye(count)])
    below = np.column_stack([-x, -np.ones(count), -np.eye(count)])
    program = linprog(
        np.r_[0, 0, np.ones(count)],
        A_ub=np.vstack([above, below]),
        b_ub=np.r_[y, -y],
        bounds=[(None, None)] * 2 + [(0, None)] * count,
    )
    assert np.abs(y - fits[1, 0] * x - fits[1, 1]).sum() == pytest.approx(program.fun, rel=1e-9)
    best = minimize(lambda p: functions.huber(p[0] * x + p[1], y, 1.3)[0].sum(), fits[0], method="BFGS", tol=1e-12)
    assert functions.huber(fits[2, 0] * x + fits[2, 1], y, 1.3)[0].sum() <= best.fun + 1e-8
    np.testing.assert_allclose(fits[2], best.x, atol=1e-4)


def test_trained_nets_equal_pytorch() -> None:
    x, labels, x_test, truth = (torch.from_numpy(part) for part in class_points(3, 0.2))
    net = nn.Sequential(nn.Linear(2, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 3)).double()
    nn.utils.vector_to_parameters(
        torch.from_numpy(initial_weights((2, HIDDEN, 3), 3, "xavier_uniform")), net.parameters()
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=nets.CLASS_RATE, momentum=nets.MOMENTUM)
    layers = nets.start((2, HIDDEN, 3), (3,))
    gradient = nets.class_gradient("multi_hinge", labels.numpy()[None], 0.0, 0.0)
    nets.descend(layers, x.numpy()[None], gradient, 40, nets.CLASS_RATE, lambda _: None)
    for _ in range(40):
        optimizer.zero_grad()
        F.multi_margin_loss(net(x), labels).backward()
        optimizer.step()
    _, ours = nets.answer(layers, x_test.numpy()[None])
    np.testing.assert_allclose(ours[0], net(x_test).detach(), rtol=1e-8, atol=1e-9)
    assert truth.shape == (150,)


def test_the_curve_under_huber_equals_pytorch() -> None:
    x, y = (torch.from_numpy(part)[:, None] for part in curve_points(2))
    net = nn.Sequential(nn.Linear(1, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 1)).double()
    nn.utils.vector_to_parameters(
        torch.from_numpy(initial_weights((1, HIDDEN, 1), 2, "xavier_uniform")), net.parameters()
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=nets.CURVE_RATE, momentum=nets.MOMENTUM)
    for _ in range(nets.CURVE_STEPS):
        optimizer.zero_grad()
        F.huber_loss(net(x), y, delta=0.6).backward()
        optimizer.step()
    ours = nets.curves("huber", 0.6, (2,)).outputs[0]
    np.testing.assert_allclose(ours, net(torch.from_numpy(nets.GRID)[:, None]).detach()[:, 0], rtol=1e-6, atol=1e-8)


def test_the_cross_entropy_of_a_sentence_equals_pytorch() -> None:
    logs = letters.train_letters(0.05)
    text = letters.numbers("a small step")
    before = np.append(letters.ALPHABET.index(" "), text[:-1])
    mean = F.cross_entropy(torch.tensor(logs)[before], torch.tensor(text))
    found = letters.perplexity(letters.surprises(logs, "a small step"))[-1]
    assert found == pytest.approx(float(torch.exp(mean)), rel=1e-12)
