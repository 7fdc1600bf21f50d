"""The page's first network and the line beside it, as anyone would train them in PyTorch."""

import torch
from torch import nn

from nnviz.concepts.mlp.points import points_of
from nnviz.models.plain import make_mlp, train_module


def trained_scores(
    hidden: int, activation: str, data: str, noise: float, initialization: str, rate: float, epochs: int, seed: int
) -> tuple[float, float]:
    """Train a 2-h-1 network, or a line for h = 0, and return test accuracy (%) and test loss (nats)."""
    x, y, x_test, y_test = (torch.from_numpy(part).double() for part in points_of(data, noise, seed))
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


def recipe(
    data: str,
    hidden: int,
    activation: str,
    epochs: int,
    noise: float,
    rate: float,
    initialization: str,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Return the test accuracy of the network and of the line, and the network's test loss."""
    accuracy, loss = trained_scores(hidden, activation, data, noise, initialization, rate, epochs, seed)
    line, _ = trained_scores(0, activation, data, noise, initialization, rate, epochs, seed)
    return {"test accuracy": accuracy, "test accuracy of the line": line, "test loss": loss}
