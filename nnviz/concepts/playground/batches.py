"""What batch normalization does to the network in the picture: too few points to a batch, two modes, no biases."""

import math
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from nnviz.concepts.playground.model import Run
from nnviz.concepts.playground.problem import score
from nnviz.core.diagnosis import Finding
from nnviz.core.ensemble.twins import Joined
from nnviz.core.notation import significant
from nnviz.core.seeds import generator

AUDIBLE, LOUD = 1 / 3, 1 / 2  # error of a batch's mean, in standard deviations, that is worth a note, or a warning
APART = 0.05  # difference of the two modes' scores that is worth a word
ODD = ("linear", "tanh", "sigmoid")  # φ(−z) = −φ(z), but for a constant that the next mean takes off
MIRRORED = 0.9  # share of the answer's variation that is odd, from which on it is named
Floats = NDArray[np.float64]


def normalized(run: Run) -> bool:
    """Say whether there is a layer with batch normalization."""
    return run.network.length > run.network.parameters


def size(run: Run) -> int:
    """Return the points of a whole batch."""
    return min(run.params.batch, len(run.problem.train))


def single(run: Run) -> Finding | None:
    """Tell of batches that are a single point: all of them, or the last of every epoch."""
    if not normalized(run) or (size(run) > 1 and len(run.problem.train) % size(run) != 1):
        return None
    if size(run) > 1:
        text = "The last batch of every epoch is a single point. It has no variance: batch normalization makes its sums 0, "
        text += "it teaches the output layer at most, and the running statistics leave it out."
        return Finding("tiny batch", "note", text)
    text = (
        "Every batch is a single point, which has no variance: batch normalization makes all sums 0. While training no "
    )
    text += (
        "answer depends on its point, and the hidden layers get no gradient. Running mean and variance stay 0 and 1."
    )
    return Finding("tiny batch", "failure", text)


def statistics(run: Run) -> Finding | None:
    """Tell how far a batch's mean is off, and what the running statistics make of the answers instead."""
    points, batch = len(run.problem.train), size(run)
    if not normalized(run) or batch < 2 or not np.isfinite(run.story.weights[-1]).all():
        return None
    noise = math.sqrt((points - batch) / (points - 1) / batch)  # of a mean of some, drawn from all without return
    few = noise >= AUDIBLE
    words = few_words(batch, noise) if few else ""
    trained, shown = modes(run)
    differ = abs(trained - shown) >= APART
    if differ:
        kind = "accuracy" if run.problem.classes else "R²"
        words += f"Normalized in batches of {batch}, as in training, the network in the picture has {kind} "
        words += f"{significant(trained)} on the training points; normalized by the running statistics, as drawn and scored, "
        words += f"{significant(shown)}."
    if not words:
        return None
    hurts = noise > LOUD or shown <= trained - APART
    return Finding("tiny batch" if few else "running statistics", "warning" if hurts else "note", words.rstrip())


def few_words(batch: int, noise: float) -> str:
    """Say what a small batch does to its statistics."""
    words = f"Batch normalization takes its means from {batch} points: they are off by about {100 * noise:.0f} % of a standard "
    return words + ("deviation, and of two points little but a sign is left. " if batch == 2 else "deviation. ")


def modes(run: Run) -> tuple[float, float]:
    """Return the share of right answers (or R²) on training points by batches of the size trained with, and as shown."""
    problem, batch = run.problem, size(run)
    module = run.network.module(run.story.weights[-1].astype(np.float64), run.params.activations)
    order = torch.randperm(len(problem.train), generator=generator(run.params.seed, "order")).numpy()
    whole = order[: len(order) // batch * batch]
    with torch.no_grad():
        x = torch.from_numpy(problem.inputs(problem.train))
        grouped = by_batches(module, x[whole].reshape(-1, batch, x.shape[1])).flatten(0, 1)
        found = (
            score(problem, grouped.numpy(), problem.labels[whole]),
            score(problem, module(x).numpy(), problem.labels),
        )
    return float(found[0]), float(found[1])


def by_batches(module: nn.Sequential, x: torch.Tensor) -> torch.Tensor:
    """Return the outputs (B, n, out) of B batches (B, n, d), each normalized by its own mean and variance."""
    for layer in module:
        if isinstance(layer, Joined):
            sums = layer.linear(x).mT
            branch = layer.activation(functional.layer_norm(sums, sums.shape[-1:]).mT)  # every unit over the n points
            x = x + branch if layer.residual else branch
        else:
            x = layer(x)
    return x


def oddness(run: Run) -> float:
    """Return how much of the answer's variation over the training points is odd around their mean, 0…1."""
    module = run.network.module(run.story.weights[-1].astype(np.float64), run.params.activations)
    x = torch.from_numpy(run.problem.inputs(run.problem.train))
    with torch.no_grad():
        here, there = module(x).numpy(), module(2 * x.mean(dim=0) - x).numpy()
    odd, even = (float(part.var(axis=0).sum()) for part in (here - there, here + there))
    return odd / (odd + even) if odd + even > 0 else 0.0


def explained(run: Run, finding: Finding | None) -> Finding | None:
    """Add to the finding that little was learned that the units have lost their biases, if that is what is in the way."""
    if finding is None or not normalized(run) or size(run) == 1 or not set(run.params.activations) <= set(ODD):
        return finding
    if (share := oddness(run)) < MIRRORED:
        return finding
    units = " and ".join(name for name in ODD if name in run.params.activations)
    words = " Batch normalization takes every unit's mean off, and its bias with it. From sums without a bias "
    words += f"{units} units make an answer that, but for a constant, changes its sign when a point is mirrored at the "
    words += f"points' mean: {100 * share:.0f} % of how this one varies does. "
    return replace(finding, text=f"{finding.text}{words}ReLU is not bound by that.")
