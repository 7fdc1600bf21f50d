"""What is attacked: networks on digits, and a small one on two features whose whole input space fits on a screen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import torch
from torch import Tensor

from nnviz.core.progress import Report, silent
from nnviz.core.seeds import generator
from nnviz.data import split, toy
from nnviz.models import digits
from nnviz.models.chain import Chain
from nnviz.models.digits import Parts
from nnviz.models.training import Objective, fit, normal_weights

Model = Literal["cnn", "mlp", "linear", "plane"]
HIDDEN = 32  # units of each of the two hidden layers of the net with two inputs
WIDE = 5.0  # of the window in which the two moons lie; divided out, so that they live in the same box as pixels


@dataclass(frozen=True)
class Task:
    """Data and the networks that learn it.

    Attributes:
        parts: inputs within [0, 1].
        start: seeds → fresh parameters.
        build: parameters → networks; differentiable.
        epochs, rate: how long and how fast it learns.
        epsilon: the L∞ radius that adversarial and certified training defend.
        noise: standard deviation for randomized smoothing.
        levels: grey levels that input squeezing leaves.
    """

    parts: Parts
    start: Callable[[Sequence[int]], list[Tensor]]
    build: Callable[[Sequence[Tensor]], Chain]
    epochs: int
    rate: float
    epsilon: float
    noise: float
    levels: int

    def learn(
        self, seeds: Sequence[int], objective: Objective, report: Report = silent, *, longer: float = 1.0
    ) -> Chain:
        """Return networks trained on an objective, `longer` times the usual epochs."""
        parameters = fit(
            self.start(seeds),
            self.build,
            objective,
            seeds=seeds,
            rows=len(self.parts.train),
            epochs=round(longer * self.epochs),
            rate=self.rate,
            report=report,
        )
        return self.build(parameters)


@cache
def task_of(model: Model) -> Task:
    """Return the task of a model."""
    if model == "plane":
        return Task(moons(), _plane_start, digits.chain_of, 40, 0.02, 0.06, 0.08, 9)

    def start(seeds: Sequence[int]) -> list[Tensor]:
        return digits.initial(model, seeds)

    return Task(digits.parts(), start, digits.chain_of, digits.EPOCHS, digits.RATE, 0.15, 0.2, 2)


@cache
def moons() -> Parts:
    """Return 400 training and 200 test points of two moons, moved into the unit square."""
    parts = split(toy.moons(600, noise=0.12, seed=0), test_share=1 / 3, seed=0)
    tensors = []
    for part in (parts.train, parts.test):
        tensors += [
            torch.tensor(part.inputs / WIDE + 0.5, dtype=torch.float32),
            torch.tensor(part.targets.astype("int64")),
        ]
    return Parts(*tensors)


def _plane_start(seeds: Sequence[int]) -> list[Tensor]:
    """Return fresh parameters of 2-32-32-2 networks."""
    draws, parameters = [generator(seed, "weights") for seed in seeds], []
    for inputs, outputs in ((2, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 2)):
        gain = 1.0 if outputs == 2 else 2.0
        parameters += [normal_weights((inputs, outputs), inputs, gain, draws), torch.zeros(len(seeds), outputs)]
    return parameters
