"""One network with dropout and one without, written out in PyTorch."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nnviz.concepts.dropout.thinning import Scaling, dropout, test_factor
from nnviz.concepts.dropout.training import BATCH, LEARNING_RATE, TEST, own_parts
from nnviz.core.seeds import generator
from nnviz.data import flipped
from nnviz.data.toy import drawn, lower_moon, upper_moon
from nnviz.models.plain import make_mlp

SNAPSHOTS = 37  # the page tests so many moments of training, each with masks of its own; the last is the end
Rates = tuple[float, float]


def recipe(
    data: str,
    own: str,
    rate: float,
    second: float,
    same: bool,
    width: int,
    points: int,
    noise: float,
    wrong: float,
    epochs: int,
    seed: int,
    scaling: Scaling,
    eval_mode: bool,
    **_others: object,
) -> dict[str, float]:
    """Train with dropout and without, from the same weights and on the same points; then test both."""
    if data == "points":
        (x, y), test = (tensors(part.inputs, part.targets) for part in own_parts(own, seed))
    else:
        (x, y), test = moons(points, noise, seed) if data == "moons" else digits(points, wrong, seed)
    rates = (rate, rate if same else second)
    scaling = scaling if any(rates) else "inverted"  # where nothing is dropped, nothing needs rescaling
    nets: dict[Rates, nn.Sequential] = {}
    for each in (rates, (0.0, 0.0)):
        sizes = (x.shape[1], width, width, 10 if data == "digits" else 2)
        nets[each] = make_mlp(sizes, "relu", seed=seed, scheme="he_normal")
        train(nets[each], x, y, each, epochs, seed, rescale=scaling == "inverted")

    def tested(part: tuple[Tensor, Tensor]) -> tuple[float, float]:
        uniforms = None
        if not eval_mode and any(rates):
            shape = (SNAPSHOTS, len(part[0]), 2 * width)
            uniforms = torch.rand(shape, generator=generator(seed, "masks at test"))[-1]
        return score(nets[rates], part, rates, scaling, uniforms)

    accuracy, loss = tested(test)
    plain, _ = score(nets[0.0, 0.0], test, (0.0, 0.0), "inverted", None)
    return {
        "test accuracy": accuracy,
        "gain over no dropout": 100 * (accuracy - plain),
        "training accuracy": tested((x, y))[0],
        "test loss": loss,
    }


def train(net: nn.Sequential, x: Tensor, y: Tensor, rates: Rates, epochs: int, seed: int, *, rescale: bool) -> None:
    """Train in place with Adam; every example of every epoch meets masks of its own."""
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    orders, draws = generator(seed, "order"), generator(seed, "dropout")
    units = sum(len(each) for each in net[:-1].parameters() if each.dim() == 1)
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=orders)
        uniforms = torch.rand(len(x), units, generator=draws).double() if any(rates) else torch.ones(len(x), units)
        for start in range(0, len(x), BATCH):
            rows, own = order[start : start + BATCH], uniforms[start : start + BATCH]
            optimizer.zero_grad()
            nn.functional.cross_entropy(forward(net, x[rows], rates, own, rescale=rescale), y[rows]).backward()
            optimizer.step()


def forward(net: nn.Sequential, x: Tensor, rates: Rates, uniforms: Tensor, *, rescale: bool) -> Tensor:
    """Return the logits of the thinned network: after each hidden layer, drop the units with uniforms below the rate."""
    left, right = uniforms.chunk(2, dim=1)
    hidden = dropout(net[:2](x), left, rates[0], rescale=rescale)
    logits: Tensor = net[4:](dropout(net[2:4](hidden), right, rates[1], rescale=rescale))
    return logits


def score(
    net: nn.Sequential, part: tuple[Tensor, Tensor], rates: Rates, scaling: Scaling, uniforms: Tensor | None
) -> tuple[float, float]:
    """Return accuracy and loss, with all units and their factor at test, or with units dropped as in training."""
    x, y = part
    with torch.no_grad():
        if uniforms is None:
            hidden = net[:2](x) * test_factor(rates[0], scaling)
            logits = net[4:](net[2:4](hidden) * test_factor(rates[1], scaling))
        else:
            logits = forward(net, x, rates, uniforms, rescale=scaling == "inverted")
        right = (logits.argmax(dim=1) == y).double().mean()
        return float(right), float(nn.functional.cross_entropy(logits, y))


def moons(points: int, noise: float, seed: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Draw noisy moons to learn from, and others for the test."""
    draws = np.random.default_rng([seed, 1])
    learn, test = (drawn((upper_moon, lower_moon), count, noise, draws) for count in (points, TEST))
    return tensors(*learn), tensors(*test)


def digits(points: int, wrong: float, seed: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Draw digits to learn from, some with a wrong label, and others for the test."""
    from sklearn.datasets import load_digits

    bundle, draws = load_digits(), np.random.default_rng([seed, 2])
    rows = draws.permutation(len(bundle.data))
    learn, test = rows[:points], rows[points : points + TEST]
    labels = flipped(bundle.target[learn], 10, wrong, draws)
    return tensors(bundle.data[learn] / 16, labels), tensors(bundle.data[test] / 16, bundle.target[test])


def tensors(inputs: NDArray[np.float64], labels: NDArray[Any]) -> tuple[Tensor, Tensor]:
    """Return inputs as float64, rounded to float32 as the page keeps them, and labels."""
    return torch.tensor(inputs.astype(np.float32)).double(), torch.tensor(labels)
