"""The page's first network and the line beside it, as anyone would train them in PyTorch."""

import torch
from torch import nn

from nnviz.concepts.mlp.points import Points, own_points, points_of
from nnviz.core.script import Cases
from nnviz.models.plain import make_mlp, train_module


def trained_scores(
    points: Points, hidden: int, activation: str, initialization: str, rate: float, epochs: int, seed: int
) -> tuple[float, float]:
    """Train a 2-h-1 network, or a line for h = 0, and return test accuracy (%) and test loss (nats)."""
    x, y, x_test, y_test = (torch.from_numpy(part).double() for part in points)
    gain = 0.5 if initialization == "constant" else 1.0
    sizes = (2, hidden, 1) if hidden else (2, 1)
    module = make_mlp(sizes, activation, seed=seed, scheme=initialization, gain=gain)
    loss = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(module.parameters(), lr=rate)
    train_module(module, x, y[:, None], loss, optimizer, seed=seed, epochs=epochs, batch=10)
    with torch.no_grad():
        logits = module(x_test)
    right = (logits[:, 0] > 0) == (y_test > 0.5)
    return 100 * right.double().mean().item(), loss(logits, y_test[:, None]).item()


def scores(
    points: Points, hidden: int, activation: str, initialization: str, rate: float, epochs: int, seed: int
) -> dict[str, float]:
    """Return the test accuracy of the network and of the line, and the network's test loss."""
    accuracy, loss = trained_scores(points, hidden, activation, initialization, rate, epochs, seed)
    line, _ = trained_scores(points, 0, activation, initialization, rate, epochs, seed)
    return {"test accuracy": accuracy, "test accuracy of the line": line, "test loss": loss}


def on_toy_points(
    data: str,
    noise: float,
    hidden: int,
    activation: str,
    initialization: str,
    rate: float,
    epochs: int,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Score the first network and the line on the points of a toy set."""
    return scores(points_of(data, noise, seed), hidden, activation, initialization, rate, epochs, seed)


def on_own_points(
    points: str,
    noise: float,
    hidden: int,
    activation: str,
    initialization: str,
    rate: float,
    epochs: int,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Score the first network and the line on points of one's own."""
    return scores(own_points(points, noise, seed), hidden, activation, initialization, rate, epochs, seed)


RECIPES = Cases("data", {"points": on_own_points}, on_toy_points)
