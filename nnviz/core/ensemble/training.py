"""The door: train K networks at once, whatever they differ in."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.ensemble import kernel
from nnviz.core.ensemble.network import MLP, pad_weights, padded_positions
from nnviz.core.ensemble.settings import Prepared, Settings, prepare
from nnviz.core.ensemble.trained import Examples, Trained
from nnviz.core.progress import Report, silent
from nnviz.core.seeds import dropout_draws, epoch_orders, generator

CHUNK_SECONDS = 0.06  # between two reports, roughly
DRAWS_BYTES = 32_000_000  # orders and uniforms held by one thread
MULTIPLICATIONS_PER_SECOND = 2e9


def train(
    network: MLP,
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    test: tuple[ArrayLike, ArrayLike] | None = None,
    seeds: Sequence[int] = (0,),
    initial: ArrayLike | None = None,
    subset: Any = None,
    snapshots: ArrayLike | None = None,
    unit: str = "epoch",
    report: Report = silent,
    **settings: Any,
) -> Trained:
    """Train K networks, one per seed, each with its own settings; data are reshuffled every epoch.

    Args:
        network: shape, activation, loss and initialization.
        inputs: (N, d), or (K, N, d) for data of each network's own.
        targets: (N,) or (N, out), or one array per network with K in front; class numbers for cross_entropy.
        test: inputs and targets of the held-out examples, shaped alike.
        seeds: K seeds of initial weights, orders and dropout; equal seeds (with other settings) share them.
        initial: (P,) or (K, P) initial weights instead of the seeds' own.
        subset: training rows of each network: rows (m,), a mask (N,), or K of either; None for all.
        snapshots: increasing step or epoch numbers to keep the weights at (0: before training); None for start and end.
        unit: what `snapshots` counts, "epoch" or "step".
        report: told the share done, with the networks so far as `partial`; may raise Superseded to stop.
        settings: fields of `Settings`, each one value or K values: epochs, steps, batch, optimizer, rate, dropout, …

    Raises:
        ValueError: naming the argument, what came and what is accepted.
    """
    count = len(seeds)
    examples = Examples.of(network, inputs, targets, count, subset)
    held_out = None if test is None else Examples.of(network, *test, count, None)
    prepared = prepare(network, Settings(**settings), examples.counts)
    at = snapshot_numbers(snapshots, unit, prepared)
    state = State.fresh(network, seeds, initial, prepared, examples, at, unit)
    result = lambda final: Trained(  # noqa: E731
        network=network, seeds=np.asarray(seeds, np.int64), prepared=prepared, unit=unit, at=at,
    )
    return result(True)
