"""One network of the page, stopped early, written out in PyTorch."""

import numpy as np
import torch
from torch import Tensor, nn

from nnviz.concepts.early_stopping.rule import stopping
from nnviz.concepts.early_stopping.training import GAIN, LEARNING_RATE, STAND_IN, draw_points, own_parts
from nnviz.core.seeds import generator
from nnviz.models.plain import make_mlp


def recipe(
    patience: int,
    data: str,
    own: str,
    noise: float,
    share: float,
    restore: bool,
    min_delta: float,
    points: int,
    width: int,
    batch: int,
    epochs: int,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Train to the end, look at the validation points after every epoch, then ask when the rule would have stopped."""
    if data == "points":
        parts = own_parts(own or STAND_IN)
    else:
        x, y = draw_points(points, noise, seed)
        watching = int(np.clip(round(share * points), 1, points - 2))
        learn, watch, rest = slice(watching, points), slice(0, watching), slice(points, None)
        parts = (x[learn], y[learn]), (x[watch], y[watch]), (x[rest], y[rest])
    learning, validation, test = ([torch.from_numpy(each)[:, None] for each in part] for part in parts)
    net = make_mlp((1, width, 1), "tanh", seed=seed, gain=GAIN)
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    orders = generator(seed, "order")
    watched, tested = [], [error(net, *test)]  # the rule looks after epochs 1, 2, …
    for _ in range(epochs):
        for rows in torch.randperm(len(learning[0]), generator=orders).split(batch):
            optimizer.zero_grad()
            nn.functional.mse_loss(net(learning[0][rows]), learning[1][rows]).backward()
            optimizer.step()
        watched.append(error(net, *validation))
        tested.append(error(net, *test))
    stopped, best = stopping(np.array(watched), patience, min_delta)
    kept = best if restore else stopped
    return {
        "test error": tested[kept],
        "test error of the last epoch": tested[-1],
        "lowest test error": min(tested),
        "epoch kept": kept,
    }


def error(net: nn.Sequential, x: Tensor, y: Tensor) -> float:
    """Return the mean squared error."""
    with torch.no_grad():
        return float(nn.functional.mse_loss(net(x), y))
