"""The same numbers in plain PyTorch: one solver call a data set, or one training loop."""

import numpy as np
import torch
from torch import Tensor, nn

from nnviz.concepts.capacity.features import Floats
from nnviz.concepts.capacity.networks import RATE, WIDTHS, starting_weights, weight_decay
from nnviz.concepts.capacity.samples import Samples, draw_samples, noise_variance
from nnviz.concepts.capacity.settings import MOST
from nnviz.core.script import Cases

SMALL = 1e-8  # singular values this small beside the largest count as 0


def least_squares_weights(features: Tensor, labels: Tensor, ridge: float) -> Tensor:
    """Return the shortest w that minimizes ‖y − Φw‖² + λ‖w‖²."""
    if ridge > 0:
        points = len(features)
        kernel = features @ features.T + ridge * torch.eye(points, dtype=torch.float64)
        dual: Tensor = torch.linalg.solve(kernel, labels)
        return features.T @ dual
    inverse: Tensor = torch.linalg.pinv(features, rtol=SMALL)
    return inverse @ labels


def parts_of(answers: Floats, samples: Samples, noise: float, variance: float) -> dict[str, float]:
    """Split the error of the fits' answers (D, M) at the held-out places, and measure it on fresh labels."""
    sets = len(answers)
    spread = answers.var(axis=0, ddof=1).mean()
    fresh = samples.truth + samples.test_far + noise * samples.test_unit
    return {
        "test error": float(np.mean((answers - fresh) ** 2)),
        "bias²": float(np.mean((answers.mean(axis=0) - samples.truth) ** 2) - spread / sets),
        "variance": float(spread),
        "bias² + variance + noise": float(np.mean((answers - samples.truth) ** 2) + variance),
    }


def fitted(
    capacity: int,
    features: str,
    target: str,
    points: int,
    noise: float,
    wrong: float,
    ridge: str,
    sets: int,
    **_others: object,
) -> dict[str, float]:
    """Fit the first seed's data sets with the first p features."""
    samples = draw_samples(features, target, points, wrong, sets, 0, MOST)
    labels = torch.from_numpy(samples.clean + samples.far + noise * samples.unit)
    answers, lengths = [], []
    for columns, wanted in zip(torch.from_numpy(samples.columns), labels, strict=True):
        weights = least_squares_weights(columns[:, :capacity], wanted, float(ridge))
        answers.append((torch.from_numpy(samples.probes[:, :capacity].copy()) @ weights).numpy())
        lengths.append(float(weights.square().sum()))
    numbers = parts_of(np.stack(answers), samples, noise, noise_variance(noise, wrong))
    return numbers | {"length of the weights": float(np.sqrt(np.mean(lengths)))}


def trained(
    capacity: int,
    target: str,
    points: int,
    noise: float,
    wrong: float,
    ridge: str,
    sets: int,
    steps: int,
    seeds: int,
    **_others: object,
) -> dict[str, float]:
    """Train a network of the nearest width on each of the first seed's data sets: Adam on all points at once."""
    width = min(WIDTHS, key=lambda each: abs(3 * each + 1 - capacity))
    samples = draw_samples("polynomial", target, points, wrong, min(sets, max(4, 64 // seeds)), 0, 1)
    labels = torch.from_numpy(samples.clean + samples.far + noise * samples.unit)
    answers, lengths = [], []
    for places, wanted in zip(torch.from_numpy(samples.places), labels, strict=True):
        first, last = nn.Linear(1, width), nn.Linear(width, 1)
        network = nn.Sequential(first, nn.Tanh(), last).double()
        nn.utils.vector_to_parameters(torch.from_numpy(starting_weights(width, 0)), network.parameters())
        adam = torch.optim.Adam(network.parameters(), lr=RATE)
        decay = weight_decay(float(ridge), points)
        for _ in range(steps):
            adam.zero_grad()
            penalty = 0.5 * decay * (first.weight.square().sum() + last.weight.square().sum())
            loss = nn.functional.mse_loss(network(places[:, None])[:, 0], wanted) + penalty
            loss.backward()
            adam.step()
        answers.append(network(torch.from_numpy(samples.test_places)[:, None])[:, 0].detach().numpy())
        lengths.append(sum(float(each.detach().square().sum()) for each in network.parameters()))
    numbers = parts_of(np.stack(answers), samples, noise, noise_variance(noise, wrong))
    return numbers | {"length of the weights": float(np.sqrt(np.mean(lengths)))}


recipe = Cases("features", {"mlp": trained}, otherwise=fitted)
