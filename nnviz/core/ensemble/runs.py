"""K networks in the middle of their training: what the kernel changes, and the random numbers it is handed."""

import time
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.core.ensemble import kernel
from nnviz.core.ensemble.examples import Examples
from nnviz.core.ensemble.network import MLP, padded_positions
from nnviz.core.ensemble.recording import BAD_LAYER, BAD_PLACE, BAD_STEP, NEXT_SNAPSHOT, STEP
from nnviz.core.ensemble.settings import Prepared
from nnviz.core.ensemble.trained import Trained
from nnviz.core.seeds import dropout_draws, epoch_orders, generator

DRAWS_BYTES = 32_000_000  # orders and uniforms one thread holds at a time


@dataclass
class Stream:
    """Networks that share a seed and a number of examples, and so their orders and dropout draws."""

    examples: int
    networks: tuple[int, ...]
    orders: torch.Generator
    dropout: torch.Generator


def streams_of(seeds: NDArray[np.int64], sizes: NDArray[np.int64], workers: int) -> list[Stream]:
    """Group networks by seed and examples; split groups (each part draws for itself) until every worker has one."""
    groups: dict[tuple[int, int], list[int]] = {}
    for index, key in enumerate(zip(seeds.tolist(), sizes.tolist(), strict=True)):
        groups.setdefault(key, []).append(index)
    parts = -(-workers // len(groups))
    return [
        Stream(size, tuple(members[part::parts]), generator(seed, "order"), generator(seed, "dropout"))
        for (seed, size), members in groups.items()
        for part in range(min(parts, len(members)))
    ]


@dataclass
class Runs:
    """The state of K trainings; only `advance` changes it, and never two threads the same network."""

    network: MLP
    seeds: NDArray[np.int64]
    settings: Prepared
    train: Examples
    test: Examples | None
    unit: str
    at: NDArray[np.int64]
    snapshot_steps: NDArray[np.int64]
    weights: NDArray[np.float64]
    moments: NDArray[np.float64] = field(init=False)
    progress: NDArray[np.int64] = field(init=False)
    snapshots: NDArray[np.float32] = field(init=False)
    seconds: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        count, length = self.weights.shape
        self.moments = np.zeros((count, 2, length))
        self.progress = np.tile(np.array([0, 0, -1, -1, -1]), (count, 1))
        # Before the first step every snapshot shows the initial weights; a run of no steps leaves them so.
        with np.errstate(over="ignore"):  # what float32 cannot hold is infinite, and shown as such
            self.snapshots = np.repeat(self.weights[:, None, :].astype(np.float32), len(self.at), axis=1)
        self.seconds = np.zeros(count)

    def advance(self, stream: Stream, begin: int, epochs: int) -> None:
        """Train the networks of one stream from epoch `begin`, drawing no more at a time than DRAWS_BYTES."""
        steps = self.settings.steps
        units = self.network.hidden_units if self.settings.dropout[list(stream.networks)].any() else 0
        at_once = max(1, DRAWS_BYTES // (stream.examples * (8 + 4 * units)))
        for first in range(begin, begin + epochs, at_once):
            busy = [index for index in stream.networks if self.progress[index, STEP] < steps[index]]
            if not busy:
                return
            count = min(at_once, begin + epochs - first)
            orders = epoch_orders(stream.orders, stream.examples, count)
            uniforms = np.empty((count, 0, 0), np.float32)
            if units > 0:
                uniforms = dropout_draws(stream.dropout, stream.examples, units, count)
            for index in busy:
                self._train(index, first, orders, uniforms)

    def _train(self, index: int, first: int, orders: NDArray[np.int64], uniforms: NDArray[np.float32]) -> None:
        settings, examples = self.settings, self.train
        epochs = np.minimum(np.arange(first, first + len(orders)), settings.schedule.shape[1] - 1)
        rows = orders if examples.rows is None else examples.rows[index][orders]
        inputs, targets = examples.all_of(index)
        began = time.perf_counter()
        kernel.train_epochs(
            self.weights[index],
            self.moments[index],
            self.progress[index],
            np.array(self.network.sizes),
            settings.choices[index],
            settings.numbers[index],
            settings.activations[index],
            self.network.joints,
            settings.dropout[index],
            settings.schedule[index, epochs],
            inputs,
            targets,
            rows,
            uniforms,
            self.snapshot_steps[index],
            self.snapshots[index],
        )
        self.seconds[index] += time.perf_counter() - began

    def fraction(self) -> float:
        """Return the share of all steps done, 0…1."""
        return float(self.progress[:, STEP].sum() / max(1, self.settings.steps.sum()))

    def snapshots_ready(self) -> int:
        """Return how many snapshots every network has passed."""
        return int(self.progress[:, NEXT_SNAPSHOT].min())

    def result(self, ready: int | None = None) -> Trained:
        """Return what is known, with the first `ready` snapshots (None: all)."""
        positions, _ = padded_positions(self.network)
        return Trained(
            network=self.network,
            settings=self.settings,
            seeds=self.seeds,
            unit=self.unit,
            at=self.at[:ready],
            steps=self.snapshot_steps.T[:ready],
            weights=self.snapshots[:, :ready][:, :, positions].transpose(1, 0, 2),
            final=self.weights[:, positions],
            nonfinite_step=self.progress[:, BAD_STEP].copy(),
            nonfinite_layer=self.progress[:, BAD_LAYER].copy(),
            nonfinite_place=self.progress[:, BAD_PLACE].copy(),
            seconds=self.seconds.copy(),
            train=self.train,
            test=self.test,
        )
