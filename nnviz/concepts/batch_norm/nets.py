"""The networks of the page: what a group of them is, and what they learn from at every step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.batch_norm.points import POINTS, orders_of, points_of, shaken
from nnviz.models.deep import Activation, Architecture, Disturb
from nnviz.models.norms import Norm

Floats = NDArray[np.float64]
Data = Literal["spiral", "moons", "circle", "xor"]


@dataclass(frozen=True)
class Net:
    """What a group of networks is and how it is trained.

    Attributes:
        statistics: share of a new batch in the running statistics.
        noise: n of `shaken`, injected after every norm while training; 0 for none.
        after: normalize the activation's output instead of its input.
    """

    norm: Norm = "batch"
    depth: int = 8
    batch: int = 32
    rate: float = 0.1
    statistics: float = 0.1
    noise: float = 0.0
    after: bool = False
    activation: Activation = "relu"
    width: int = 16
    data: Data = "spiral"
    steps: int = 200

    @property
    def architecture(self) -> Architecture:
        """The shape of the networks."""
        return Architecture(self.depth, self.width, activation=self.activation, norm=self.norm, after=self.after)

    def plain(self) -> "Net":
        """Return the same network without a norm, and so without noise after it."""
        return replace(self, norm="none", noise=0.0, after=False, statistics=0.1)


class Noise:
    """What is done to every norm's output: another factor and another shift for each unit at each step."""

    def __init__(self, net: Net, seeds: tuple[int, ...]) -> None:
        self.step = 0
        self.factors, self.shifts = shaken(seeds, net.steps, net.depth, net.width, net.noise)

    def __call__(self, layer: int) -> tuple[Tensor, Tensor]:
        """Return a layer's factor and shift, (K, H, 1) each."""
        return self.factors[self.step, layer], self.shifts[self.step, layer]

    def at(self, steps: Sequence[int]) -> Disturb:
        """Return what is done at several steps, for the networks of one step after those of the other."""
        chosen = list(steps)
        return lambda layer: (self.factors[chosen, layer].flatten(0, 1), self.shifts[chosen, layer].flatten(0, 1))


class Batches:
    """The batch of each step; it also tells the noise which step it is."""

    def __init__(self, net: Net, seeds: tuple[int, ...], noise: Noise | None) -> None:
        inputs, targets = points_of(net.data, seeds)
        self.inputs, self.targets = inputs[..., :POINTS], targets[:, :POINTS]
        self.orders, self.noise = orders_of(seeds, net.steps, net.batch), noise

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        """Return inputs (K, 2, B) and classes (K, B)."""
        if self.noise is not None:
            self.noise.step = step
        rows = self.orders[:, step]
        return self.inputs.gather(2, rows[:, None].expand(-1, 2, -1)), self.targets.gather(1, rows)
