"""Many trainings at once: over learning rates in one program, and over batch sizes one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.concepts.batch_norm.nets import Batches, Floats, Net, Noise, Trained, train
from nnviz.concepts.batch_norm.points import POINTS, points_of
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.models import deep, deep_training
from nnviz.models.deep_training import Plan

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
    batches = Batches(net, many, noise)
    begun = deep_training.begin(net.architecture, deep.start(net.architecture, many))
    plan = Plan(rate=each_rate, statistics=net.statistics)
    state = deep_training.train(net.architecture, begun, plan, net.steps, batches, disturb=noise, report=report)
    inputs, targets = points_of(net.data, many)
    with torch.no_grad():
        outputs = deep.forward(net.architecture, state.theta, inputs, running=state.running).outputs
    loss = deep.losses(outputs[..., :POINTS], targets[:, :POINTS]).numpy().reshape(len(rates), -1)
    test = deep.errors(outputs[..., POINTS:], targets[:, POINTS:]).numpy().reshape(len(rates), -1)
    return Sweep(rates, np.where(np.isfinite(loss), loss, np.nan), test)


def over_batches(net: Net, seeds: tuple[int, ...], report: Report = silent) -> Iterator[tuple[Trained, ...]]:
    """Train the net with every batch size of BATCHES, and hand out what there is after each."""
    done: list[Trained] = []
    for index, size in enumerate(BATCHES):
        span = part(report, index / len(BATCHES), (index + 1) / len(BATCHES), f"training with batches of {size}")
        done.append(train(replace(net, batch=size), seeds, span))
        yield tuple(done)


def modes_of(trained: tuple[Trained, ...]) -> tuple[NDArray[np.int64], Floats]:
    """Return batch sizes (B,) and test errors in per cent in evaluation and in training mode, (2, B, K)."""
    sizes = np.array([each.net.batch for each in trained])
    return sizes, 100 * np.stack([each.modes for each in trained], axis=1)
