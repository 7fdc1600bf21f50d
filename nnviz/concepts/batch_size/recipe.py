"""The smallest and the largest of the chosen batch sizes, trained by the usual loop in PyTorch."""

import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nnviz.concepts.batch_size.model import scaled_rate
from nnviz.concepts.batch_size.training import EXAMPLES, HELD_OUT, SPREAD, around
from nnviz.data import flipped
from nnviz.data.toy import drawn, lower_moon, upper_moon
from nnviz.models.plain import make_mlp, train_module

SEED = 0


def recipe(
    batch_sizes: tuple[str, ...], data: str, points: str, label_noise: float, rate: float, scaling: str, **budget: Any
) -> dict[str, float]:
    """Train one network at the smallest batch size and one at the largest, from the same weights."""
    x, y, test_x, test_y = own(points) if data == "points" else moons() if data == "moons" else digits()
    labels = torch.tensor(flipped(y, 10 if data == "digits" else 2, label_noise, np.random.default_rng(SEED)))
    sizes = [EXAMPLES if size == "full" else int(size) for size in batch_sizes] or [EXAMPLES]
    numbers = {}
    for name, batch in (("smallest", min(sizes)), ("largest", max(sizes))):
        net = make_mlp((64, 16, 10) if data == "digits" else (2, 16, 2), "tanh", seed=SEED)
        optimizer = torch.optim.SGD(net.parameters(), lr=scaled_rate(rate, batch, scaling))
        steps = allowed_steps(net, x, batch, **budget)
        train_module(net, x, labels, nn.functional.cross_entropy, optimizer, seed=SEED, batch=batch, steps=steps)
        with torch.no_grad():
            numbers[f"training loss, {name} batch"] = float(nn.functional.cross_entropy(net(x), labels))
            right = (net(test_x).argmax(dim=1) == test_y) & net(test_x).isfinite().all(dim=1)
            numbers[f"test accuracy, {name} batch"] = float(right.double().mean())
    return numbers


def allowed_steps(
    net: nn.Sequential, x: Tensor, batch: int, budget: str, epochs: int, steps: int, seconds: float, **_others: object
) -> int:
    """Return how many steps the budget allows: epochs · N/B, the steps themselves, or seconds / (seconds a step).

    Seconds are measured here, so with that budget the numbers are those of your machine and not those of the page.
    """
    if budget != "seconds":
        return epochs * EXAMPLES // batch if budget == "epochs" else steps
    inputs, labels = x[:batch], torch.zeros(batch, dtype=torch.int64)
    spent = []
    for _ in range(30):
        began = time.perf_counter()
        nn.functional.cross_entropy(net(inputs), labels).backward()
        spent.append(time.perf_counter() - began)
    return max(1, int(seconds / min(spent)))


def moons() -> tuple[Tensor, NDArray[np.int64], Tensor, Tensor]:
    """Draw overlapping moons to learn from, and others for the test."""
    draws = np.random.default_rng(SEED)
    learn, test = (drawn((upper_moon, lower_moon), count, SPREAD, draws) for count in (EXAMPLES, HELD_OUT))
    return torch.tensor(learn[0]), learn[1], torch.tensor(test[0]), torch.tensor(test[1])


def own(text: str) -> tuple[Tensor, NDArray[np.int64], Tensor, Tensor]:
    """Draw examples around a learner's own points to learn from, and others for the test."""
    draws = np.random.default_rng(SEED)
    learn, test = around(text, EXAMPLES, draws), around(text, HELD_OUT, draws)
    classes, test_classes = learn.targets.astype(np.int64), test.targets.astype(np.int64)
    return torch.tensor(learn.inputs), classes, torch.tensor(test.inputs), torch.tensor(test_classes)


def digits() -> tuple[Tensor, NDArray[np.int64], Tensor, Tensor]:
    """Draw digits to learn from, and others for the test."""
    from sklearn.datasets import load_digits

    bundle = load_digits()
    order = np.random.default_rng(SEED).permutation(len(bundle.data))
    learn, test = order[:EXAMPLES], order[EXAMPLES : EXAMPLES + HELD_OUT]
    pixels, labels = torch.tensor(bundle.data / 16), bundle.target
    return pixels[learn], labels[learn], pixels[test], torch.tensor(labels[test])
