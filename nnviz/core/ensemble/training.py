"""The door: train K networks at once, whatever they differ in."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.ensemble.examples import Examples
from nnviz.core.ensemble.network import MLP, pad_weights
from nnviz.core.ensemble.plateau import OnPlateau, run_on_plateau
from nnviz.core.ensemble.runs import Runs, streams_of
from nnviz.core.ensemble.settings import Prepared, Settings, prepare
from nnviz.core.ensemble.threads import WORKERS, each
from nnviz.core.ensemble.trained import Trained
from nnviz.core.progress import Report, silent

CHUNK_SECONDS = 0.06  # between two reports, which come when a stream is through with its chunk, roughly
PARTIAL_SECONDS = 0.3  # between two partial results, which come when all streams are
MULTIPLICATIONS_PER_SECOND = 2e9  # of one core; only to guess how many epochs fill a chunk


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
    plateau: OnPlateau | None = None,
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
        initial: (P,) or (K, P) initial weights instead of the seeds' own; with batch normalization the running
            statistics lie behind them, as in `Trained.final`.
        subset: training rows of each network: rows (m,), a mask (N,), or K of either; None for all.
        snapshots: increasing step or epoch numbers to keep the weights at (0: before training); None for start and end.
        unit: what `snapshots` counts, "epoch" or "step".
        plateau: when the rates fall because the training loss does not; stands in for `schedule`.
        report: told the share done, with the Trained so far as `partial` now and then; may raise Superseded to stop.
        settings: fields of `Settings`, each one value or K values: epochs, steps, batch, optimizer, rate, dropout, …

    Raises:
        ValueError: naming the argument, what came and what is accepted.
    """
    count = len(seeds)
    examples = Examples.of(network, inputs, targets, count, subset)
    held_out = None if test is None else Examples.of(network, *test, count)
    sizes = np.array([examples.size(index) for index in range(count)])
    prepared = prepare(network, Settings(**settings), sizes)
    if plateau is not None:
        prepared = replace(prepared, schedule=np.ones((count, max(1, int(prepared.epochs.max(initial=0))))))
    at, steps = snapshot_steps(snapshots, unit, prepared, -(-sizes // prepared.batch))
    start = pad_weights(starting_weights(network, seeds, initial), network)
    runs = Runs(network, np.asarray(seeds, np.int64), prepared, examples, held_out, unit, at, steps, start)
    if plateau is None:
        run_in_chunks(runs, sizes, report)
    else:
        run_on_plateau(runs, sizes, plateau, report)
    return runs.result()


def run_in_chunks(runs: Runs, sizes: NDArray[np.int64], report: Report) -> None:
    """Train in chunks of whole epochs, telling `report` in between; only here may the caller stop the run."""
    streams = streams_of(runs.seeds, sizes, WORKERS)
    cost = 3 * runs.weights.shape[1] / MULTIPLICATIONS_PER_SECOND  # of one example
    longest = cost * max(stream.examples * len(stream.networks) for stream in streams)
    together = cost * float(sizes.sum()) / min(WORKERS, len(streams))
    epochs = max(1, int(min(CHUNK_SECONDS / longest, PARTIAL_SECONDS / together)))
    last = int(runs.settings.epochs.max(initial=0))
    heard = shown = time.perf_counter()
    taken = 0

    def tell() -> None:
        nonlocal heard
        if time.perf_counter() - heard > CHUNK_SECONDS:
            report(runs.fraction(), "training")
            heard = time.perf_counter()

    report(0.0, "training")
    for begin in range(0, last, epochs):
        each(partial(runs.advance, begin=begin, epochs=min(epochs, last - begin)), streams, tell)
        now = time.perf_counter()
        if now - shown > PARTIAL_SECONDS and (ready := runs.snapshots_ready()) > taken:
            report(runs.fraction(), "training", runs.result(ready))
            taken, shown = ready, time.perf_counter()
        else:
            report(runs.fraction(), "training")
        heard = time.perf_counter()


def starting_weights(network: MLP, seeds: Sequence[int], initial: ArrayLike | None) -> NDArray[np.float64]:
    """Return the vectors with which K networks begin, (K, length): given, or drawn from the seeds."""
    if initial is None:
        return network.initial_weights(seeds)
    given = np.asarray(initial, np.float64)
    if given.shape not in ((network.length,), (len(seeds), network.length)):
        raise ValueError(f"initial must be {network.length} numbers, or {len(seeds)} rows of them, got {given.shape}")
    return np.broadcast_to(given, (len(seeds), network.length))


def snapshot_steps(
    snapshots: ArrayLike | None, unit: str, settings: Prepared, per_epoch: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the snapshot numbers (T,), and the step each network takes them at, (K, T), never beyond its last."""
    if unit not in ("epoch", "step"):
        raise ValueError(f"unit must be 'epoch' or 'step', got {unit!r}")
    last = int((settings.epochs if unit == "epoch" else settings.steps).max())
    at = np.unique([0, last]) if snapshots is None else np.atleast_1d(np.asarray(snapshots, np.int64))
    if at.min() < 0 or np.any(np.diff(at) <= 0):
        raise ValueError(f"snapshots must be increasing numbers ≥ 0, got {at}")
    steps = at[None, :] * (per_epoch[:, None] if unit == "epoch" else 1)
    return at, np.ascontiguousarray(np.minimum(steps, settings.steps[:, None]))
