"""The page's numbers with PyTorch's own losses and autograd."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nnviz.concepts.losses.letters import perplexity, surprises, train_letters
from nnviz.concepts.losses.line import clean_points, fit, with_outlier
from nnviz.concepts.losses.samples import HIDDEN, class_points
from nnviz.core.seeds import initial_weights

NET_STEPS, NET_RATE = 120, 0.2


def in_torch(name: str, z: Tensor, target: float, delta: float, gamma: float, smoothing: float) -> Tensor:
    """Return a loss of one prediction z; for a classifier z is a logit and the class is 1 if target > 0."""
    y = torch.tensor(target, dtype=torch.float64)
    side = (y > 0).double()
    logits, label = torch.stack([torch.zeros_like(z), z])[None], side.long()[None]
    if name == "mse":
        return F.mse_loss(z, y)
    if name == "mae":
        return F.l1_loss(z, y)
    if name == "huber":
        return F.huber_loss(z, y, delta=delta)
    if name == "bce":
        return F.binary_cross_entropy_with_logits(z, side * (1 - smoothing) + smoothing / 2)
    if name == "sigmoid_mse":
        return F.mse_loss(torch.sigmoid(z), side)
    if name == "hinge":
        return F.relu(1 - (2 * side - 1) * z)
    if name == "focal":
        q = torch.sigmoid((2 * side - 1) * z)
        return -((1 - q) ** gamma) * F.logsigmoid((2 * side - 1) * z)
    if name == "dice":
        p = torch.sigmoid(z)
        return 1 - 2 * p * side / (p + side + 1e-12)
    if name == "perplexity":
        return torch.exp(F.cross_entropy(logits, label))
    shares = F.one_hot(label, 2).double() * (1 - smoothing) + smoothing / 2
    if name == "kl":
        return F.kl_div(F.log_softmax(logits, dim=1), shares, reduction="sum")
    if name == "categorical":
        return F.cross_entropy(logits, shares)
    return F.cross_entropy(logits, label, label_smoothing=smoothing)


def trained_accuracy(flips: float, smoothing: float, seed: int) -> float:
    """Train a 2-8-3 net under cross-entropy by plain PyTorch and return its test accuracy."""
    x, labels, x_test, truth = (torch.from_numpy(part) for part in class_points(seed, flips))
    layers = [nn.Linear(2, HIDDEN, dtype=torch.float64), nn.Tanh(), nn.Linear(HIDDEN, 3, dtype=torch.float64)]
    net = nn.Sequential(*layers)
    start = initial_weights((2, HIDDEN, 3), seed, "xavier_uniform")
    nn.utils.vector_to_parameters(torch.from_numpy(start), net.parameters())
    optimizer = torch.optim.SGD(net.parameters(), lr=NET_RATE, momentum=0.9)
    for _ in range(NET_STEPS):
        optimizer.zero_grad()
        torch.autograd.backward(F.cross_entropy(net(x), labels, label_smoothing=smoothing))
        optimizer.step()
    return float((net(x_test).argmax(dim=1) == truth).double().mean())


def recipe(
    first: str,
    prediction: float,
    target: float,
    delta: float,
    gamma: float,
    smoothing: float,
    outlier_x: float,
    outlier: float,
    flips: float,
    sentence: str,
    **_others: object,
) -> dict[str, float]:
    """Return the first loss and its gradient at the prediction, the lines' slopes, a net's accuracy, and the perplexity."""
    z = torch.tensor(prediction, dtype=torch.float64, requires_grad=True)
    loss = in_torch(first, z, target, delta, gamma, smoothing)
    (gradient,) = torch.autograd.grad(loss, z)
    x, y = with_outlier(*clean_points(), outlier_x, outlier)
    slopes = fit(x, y, delta)[:, 0]
    spent = surprises(train_letters(smoothing), sentence)
    return {
        "loss": loss.item(),
        "gradient": gradient.item(),
        "slope of the MSE line": float(slopes[0]),
        "slope of the MAE line": float(slopes[1]),
        "slope of the Huber line": float(slopes[2]),
        "test accuracy under cross-entropy": trained_accuracy(flips, smoothing, 0),
        "perplexity": float(perplexity(spent)[-1]) if len(spent) else math.nan,
        "bits of the sentence": float(np.sum(spent) / math.log(2)),
    }
