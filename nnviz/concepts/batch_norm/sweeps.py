"""Other trainings beside the two of the page: over learning rates, and over batch sizes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.concepts.batch_norm.nets import Batches, Floats, Net, Noise
from nnviz.concepts.batch_norm.points import POINTS, points_of
from nnviz.concepts.batch_norm.training import Answered, answered, stepped
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.models import deep

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
BATCHES = (2, 4, 8, 32, 128)
TRAINS = 0.9 * float(np.log(2))  # a median training loss below nine tenths of guessing counts as trained


@dataclass(frozen=True)
class Sweep:
    """One kind of net at R rates for K seeds.

    Attributes:
        loss: (R, K) training loss at the end in evaluation mode, without noise; nan where a net broke down.
        test: (R, K) share of wrong answers on the test points.
    """

    rates: tuple[float, ...]
    loss: Floats
    test: Floats

    @property
    def medians(self) -> Floats:
        """The median loss at each rate, (R,); a net that broke down counts as infinitely bad."""
        return np.asarray(np.median(np.nan_to_num(self.loss, nan=np.inf), axis=1))

    @property
    def best(self) -> int:
        """The number of the rate with the least median loss."""
        return int(np.argmin(self.medians))

    @property
    def largest(self) -> float:
        """The largest rate that still trains, nan where none does."""
        return max((rate for rate, loss in zip(self.rates, self.medians, strict=True) if loss < TRAINS), default=np.nan)


@memo(maxsize=96)
def over_rates(net: Net, seeds: tuple[int, ...], rates: tuple[float, ...] = RATES, report: Report = silent) -> Sweep:
    """Train every seed at every rate, all in one program."""
    many = seeds * len(rates)
    each_rate = torch.tensor(np.repeat(rates, len(seeds)))[:, None]
    noise = Noise(net, many) if net.noise else None
    state = stepped(net, many, Batches(net, many, noise), noise, report, rate=each_rate)
    inputs, targets = points_of(net.data, many)
    outputs = deep.forward(net.architecture, state.theta, inputs, running=state.running).outputs
    loss = deep.losses(outputs[..., :POINTS], targets[:, :POINTS]).numpy().reshape(len(rates), -1)
    test = deep.errors(outputs[..., POINTS:], targets[:, POINTS:]).numpy().reshape(len(rates), -1)
    return Sweep(rates, np.where(np.isfinite(loss), loss, np.nan), test)


def at_batch(net: Net, seeds: tuple[int, ...], batch: int, report: Report = silent) -> Answered:
    """Train the net with another batch size."""
    return answered(replace(net, batch=batch), seeds, report)


def modes_of(trained: Sequence[Answered]) -> tuple[NDArray[np.int64], Floats]:
    """Return batch sizes (B,) and test errors in per cent in evaluation and in training mode, (2, B, K)."""
    return np.array([each.batch for each in trained]), 100 * np.stack([each.modes for each in trained], axis=1)
