"""The page's nets as a script: all seeds at once, as on the page, and the numbers of the first.

All at once, because the training of a deep plain net is chaotic: a rounding in the sixteenth digit grows, step by step,
until it decides where training ends. Only the same sums in the same order give the same numbers.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from nnviz.concepts.deep_training.points import own_points, points_of
from nnviz.models.deep import Activation, Architecture, errors, forward, losses, start
from nnviz.models.deep_training import Optimizer, Plan, begin, train
from nnviz.models.norms import Norm

NOISE = 0.05
LONGEST = 1.0  # gradient that clipping lets through
WRONG_ON_PURPOSE = {"small": ("normal", 0.05), "large": ("he_normal", 2.0)}
WORK = 1.1e7  # seeds × layers × points × width² that are trained


def recipe(
    depth: int, width: int, norm: Norm, activation: Activation, points: int, seeds: int, seed: int, **others: Any
) -> dict[str, float]:
    """Train the same nets plain and with residual connections, from the same weights, all points in one batch."""
    affordable = int(WORK / (depth * max(points, 64) * width**2))
    chosen = tuple(range(seed, seed + max(1, min(seeds, affordable))))
    found = {}
    for name, residual in (("plain nets", False), ("nets with skips", True)):
        architecture = Architecture(depth, width, activation=activation, residual=residual, norm=norm)
        loss, wrong = trained(architecture, chosen, *data_of(chosen, points, **others), **others)
        found[f"training loss of {name}"] = loss if np.isfinite(loss) else float("nan")
        found[f"training error of {name}"] = 100 * wrong
    return found


def data_of(seeds: tuple[int, ...], points: int, data: str, own: str, **_others: object) -> tuple[Tensor, Tensor]:
    """Return inputs (K, 2, N) and classes (K, N), every seed its own."""
    rows = [
        own_points(own, NOISE, each) if data == "points" else points_of(data, points, NOISE, each) for each in seeds
    ]
    return torch.tensor(np.stack([row[0] for row in rows])).mT, torch.tensor(np.stack([row[1] for row in rows]))


def trained(
    architecture: Architecture,
    seeds: tuple[int, ...],
    inputs: Tensor,
    targets: Tensor,
    scheme: str,
    optimizer: Optimizer,
    rate: float,
    clipping: bool,
    steps: int,
    **_others: object,
) -> tuple[float, float]:
    """Return the first network's loss after training, and its share of wrong answers in evaluation mode."""
    drawn, gain = WRONG_ON_PURPOSE.get(scheme, (scheme, 1.0))
    plan = Plan(optimizer, rate, threshold=LONGEST if clipping else float("inf"))
    state = begin(architecture, start(architecture, seeds, drawn, gain))
    state = train(architecture, state, plan, steps, lambda _: (inputs, targets))
    with torch.no_grad():
        loss = losses(forward(architecture, state.theta, inputs).outputs, targets)[0]
        wrong = errors(forward(architecture, state.theta, inputs, running=state.running).outputs, targets)[0]
    return float(loss), float(wrong)
