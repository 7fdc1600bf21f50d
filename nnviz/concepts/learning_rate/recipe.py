"""The page's first small net, and the tiny net in the map's circle, as anyone would train them in PyTorch."""

import math

import torch
from torch import nn

from nnviz.concepts.learning_rate.points import Points, own_points, points_of
from nnviz.concepts.learning_rate.trainability import drawn_numbers
from nnviz.core.schedules import schedule
from nnviz.core.script import Cases
from nnviz.core.seeds import generator
from nnviz.models.plain import make_mlp

BATCH, PATIENCE, EARLY = 10, 5, 20


def train_net(points: Points, rate: float, name: str, epochs: int, hidden: str, seed: int) -> dict[str, float]:
    """Train a 2-8-8-1 network under a schedule and return its losses and its test accuracy (%)."""
    x, y, x_test, y_test = (torch.tensor(part).double() for part in points)
    module, loss = make_mlp((2, 8, 8, 1), hidden, seed=seed), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(module.parameters(), lr=rate)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=PATIENCE, eps=0)
    factors, orders = schedule(name, epochs), generator(seed, "order")
    for epoch in range(epochs):
        if name != "plateau":
            optimizer.param_groups[0]["lr"] = rate * factors[epoch]
        for rows in torch.randperm(len(x), generator=orders).split(BATCH):
            optimizer.zero_grad()
            loss(module(x[rows])[:, 0], y[rows]).backward()
            optimizer.step()
        if name == "plateau":
            with torch.no_grad():
                plateau.step(loss(module(x)[:, 0], y).item())
    with torch.no_grad():
        logits, fitted = module(x_test)[:, 0], loss(module(x)[:, 0], y).item()
    right = ((logits > 0) == (y_test > 0.5)).double().mean().item()
    return {"training loss": fitted, "test loss": loss(logits, y_test).item(), "test accuracy": 100 * right}


def tiny_loss(unit: str, first: float, second: float, seed: int) -> float:
    """Train f(x) = Σ vₖ φ(wₖ·x) / √8, each layer at its own rate, and return the loss after 20 full-batch steps."""
    numbers = [torch.from_numpy(part) for part in drawn_numbers(seed)]
    w, v = (part.requires_grad_() for part in numbers[:2])
    x, y = numbers[2:]
    activations: dict[str, nn.Module] = {"tanh": nn.Tanh(), "relu": nn.ReLU(), "linear": nn.Identity()}
    optimizer = torch.optim.SGD([{"params": [w], "lr": first}, {"params": [v], "lr": second}])
    for step in range(EARLY + 1):
        optimizer.zero_grad()
        loss = ((activations[unit](x @ w.T) @ v / len(v) ** 0.5 - y) ** 2).mean() / 2
        if step < EARLY:
            loss.backward()
            optimizer.step()
    last = float(loss.detach())
    return last if math.isfinite(last) else math.inf


def inside(px: float, py: float, x0: float, x1: float, y0: float, y1: float) -> tuple[float, float]:
    """Return the rates of the network in the circle: in the middle of the window if the circle lies outside it."""
    (left, right), (low, high) = sorted((x0, x1)), sorted((y0, y1))
    held = left <= px <= right and low <= py <= high
    return (10.0**px, 10.0**py) if held else (10.0 ** ((left + right) / 2), 10.0 ** ((low + high) / 2))


def on_toy_points(
    data: str,
    noise: float,
    flips: float,
    rate: float,
    schedule: str,
    epochs: int,
    hidden: str,
    unit: str,
    seed: int,
    px: float,
    py: float,
    x0: float,
    x1: float,
    y0: float,
    y1: float,
    **_others: object,
) -> dict[str, float]:
    """Train the first small net on the points of a toy set, and the tiny net in the circle."""
    found = train_net(points_of(data, noise, flips, seed), rate, schedule, epochs, hidden, seed)
    rates = inside(px, py, x0, x1, y0, y1)
    return found | {"loss of the net in the circle after 20 steps": tiny_loss(unit, *rates, seed)}


def on_own_points(
    points: str,
    noise: float,
    flips: float,
    rate: float,
    schedule: str,
    epochs: int,
    hidden: str,
    unit: str,
    seed: int,
    px: float,
    py: float,
    x0: float,
    x1: float,
    y0: float,
    y1: float,
    **_others: object,
) -> dict[str, float]:
    """Train the first small net on points of one's own, and the tiny net in the circle."""
    found = train_net(own_points(points, noise, flips, seed), rate, schedule, epochs, hidden, seed)
    rates = inside(px, py, x0, x1, y0, y1)
    return found | {"loss of the net in the circle after 20 steps": tiny_loss(unit, *rates, seed)}


RECIPES = Cases("data", {"points": on_own_points}, on_toy_points)
