"""Surfaces and ways across them: slopes are autograd's, steps are torch.optim's."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from nnviz.core.ensemble import OPTIMIZERS
from nnviz.models.surfaces import SURFACES, Surface, paths

ANGLE = 0.6


def ravine(p: Tensor) -> Tensor:
    turn = torch.tensor([[math.cos(ANGLE), math.sin(ANGLE)], [-math.sin(ANGLE), math.cos(ANGLE)]], dtype=torch.float64)
    u, v = turn @ p
    return (u**2 / 50 + v**2) / 2


def beale(p: Tensor) -> Tensor:
    x, y = p
    return sum(((a - x * (1 - y**power)) ** 2 for power, a in ((1, 1.5), (2, 2.25), (3, 2.625))), torch.zeros(()))


FORMULAS: dict[str, Callable[[Tensor], Tensor]] = {
    "ravine": ravine,
    "rosenbrock": lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2,
    "beale": beale,
    "saddle": lambda p: p[0] ** 2 / 2 + (p[1] ** 2 - 1) ** 2 / 4,
    "himmelblau": lambda p: (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2,
    "rastrigin": lambda p: 20 + (p**2 - 10 * torch.cos(2 * torch.pi * p)).sum(),
}
MINIMA = {
    "ravine": [(0.0, 0.0)],
    "rosenbrock": [(1.0, 1.0)],
    "beale": [(3.0, 0.5)],
    "saddle": [(0.0, 1.0), (0.0, -1.0)],
    "himmelblau": [(3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)],
    "rastrigin": [(0.0, 0.0)],
}
RATES = {"sgd": 1e-3, "momentum": 1e-3, "nesterov": 1e-3}


def surface(name: str) -> Surface:
    return Surface(name, 50.0, ANGLE)


@pytest.mark.parametrize("name", SURFACES)
def test_heights_and_slopes_are_autograds(name: str) -> None:
    places = np.random.default_rng(0).uniform(-2, 2, (20, 2))
    heights, slopes = surface(name).value(places), surface(name).slope(places)
    for row, place in enumerate(places):
        point = torch.tensor(place, requires_grad=True)
        height = FORMULAS[name](point)
        height.backward()
        assert point.grad is not None
        np.testing.assert_allclose(heights[row], height.item(), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(slopes[row], point.grad.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", SURFACES)
def test_minima_are_where_the_literature_has_them_with_height_0(name: str) -> None:
    places = np.array(MINIMA[name])
    assert surface(name).value(places).max() < 1e-9
    assert np.abs(surface(name).slope(places)).max() < 1e-3
    assert surface(name).value(np.random.default_rng(1).uniform(-4, 4, (500, 2))).min() >= 0


def in_torch(name: str, optimizer: str, start: tuple[float, float], steps: int, rate: float) -> np.ndarray:
    place = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    options: dict[str, Any] = {"lr": rate}
    makers: dict[str, Callable[..., torch.optim.Optimizer]] = {
        "sgd": torch.optim.SGD,
        "momentum": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.8),
        "nesterov": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.8, nesterov=True),
        "adagrad": torch.optim.Adagrad,
        "rmsprop": lambda p, lr: torch.optim.RMSprop(p, lr=lr, alpha=0.95),
        "adam": lambda p, lr: torch.optim.Adam(p, lr=lr, betas=(0.85, 0.99), weight_decay=0.02),
        "adamw": lambda p, lr: torch.optim.AdamW(p, lr=lr, betas=(0.85, 0.99), weight_decay=0.1),
    }
    made = makers[optimizer]([place], **options)
    way = [place.detach().numpy().copy()]
    for _ in range(steps):
        made.zero_grad()
        FORMULAS[name](place).backward()
        made.step()
        way.append(place.detach().numpy().copy())
    return np.array(way)


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_step_is_torch_optims(name: str, optimizer: str) -> None:
    rate, start = RATES.get(optimizer, 0.005), (-1.1, 0.7)
    own: dict[str, float] = {"momentum": 0.8, "decay": 0.95, "beta1": 0.85, "beta2": 0.99, "weight_decay": 0.1}
    if optimizer == "adam":
        own["l2"] = 0.02  # what torch.optim.Adam calls weight_decay
    way = paths(surface(name), start, steps=100, optimizer=optimizer, rate=rate, **own)[0]
    expected = in_torch(name, optimizer, start, 100, rate)
    np.testing.assert_allclose(way, expected, rtol=1e-7, atol=1e-9)
    assert np.abs(way[-1] - way[0]).max() > 1e-3


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop"])
def test_the_first_adaptive_step_follows_the_sign_of_the_slope(optimizer: str) -> None:
    starts = np.random.default_rng(3).uniform(-2, 2, (50, 2))
    here = surface("beale")
    step = np.diff(paths(here, starts, steps=1, optimizer=optimizer, rate=0.01, decay=0.0), axis=1)[:, 0]
    np.testing.assert_allclose(step, -0.01 * np.sign(here.slope(starts)), rtol=1e-4)


def test_many_ways_at_once_are_the_same_as_one_by_one() -> None:
    rates = np.array([0.001, 0.01, 0.1])
    together = paths(surface("himmelblau"), (1.0, -1.0), steps=40, optimizer="adam", rate=rates)
    for row, rate in enumerate(rates):
        alone = paths(surface("himmelblau"), (1.0, -1.0), steps=40, optimizer=["adam"], rate=rate)
        np.testing.assert_array_equal(together[row], alone[0])


def test_noise_is_added_to_the_slope() -> None:
    noise = np.random.default_rng(0).normal(size=(1, 3, 2))
    way = paths(Surface("saddle"), (0.5, 0.5), steps=3, rate=0.1, noise=noise)[0]
    place = np.array([0.5, 0.5])
    for step in range(3):
        place = place - 0.1 * (Surface("saddle").slope(place) + noise[0, step])
        np.testing.assert_allclose(way[step + 1], place, rtol=1e-12)


def test_a_way_that_leaves_all_bounds_is_nan_from_there() -> None:
    way = paths(Surface("rosenbrock"), (2.0, 2.0), steps=50, rate=1.0)[0]
    first = int(np.argmax(np.isnan(way).any(axis=1)))
    assert 0 < first < 50
    assert np.isfinite(way[:first]).all()
    assert np.isnan(way[first:]).all()


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="surface must be one of"):
        Surface("hill")
    with pytest.raises(ValueError, match="optimizer must be one of"):
        paths(Surface("saddle"), (0, 0), steps=1, optimizer="newton")
    with pytest.raises(ValueError, match=r"noise must be \(N, 4, 2\)"):
        paths(Surface("saddle"), np.zeros((2, 2)), steps=4, noise=np.zeros((3, 4, 2)))
    with pytest.raises(ValueError, match="settings must be among"):
        paths(Surface("saddle"), (0, 0), steps=1, speed=1.0)
