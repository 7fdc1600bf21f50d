"""The repair game: a deep net that does not train, six things one can change, and what each of them does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np

from nnviz.concepts.deep_training.nets import Floats, Net, train
from nnviz.core.progress import Report, part, silent

Change = Literal["residual", "norm", "init", "rate", "clip", "data"]
Patient = Literal["faint", "loud", "stiff", "quiet"]
CHANGES: tuple[Change, ...] = ("residual", "norm", "init", "rate", "clip", "data")
TRAINS = 0.15  # a median training loss below this counts as trained; guessing gives log 2 ≈ 0.69
SEEDS = 4  # networks in each line of the log
STEPS = 100

PATIENTS: Mapping[Patient, Net] = {
    "faint": Net(depth=24, norm="none", scheme="small", rate=0.02),
    "loud": Net(depth=10, norm="none", scheme="large", rate=0.02),
    "stiff": Net(depth=16, norm="none", scheme="large", rate=0.05, activation="tanh"),
    "quiet": Net(depth=30, norm="none", scheme="small", rate=0.02, activation="tanh"),
}
"""Nets that do not train: what is wrong with each is what the learner has to find."""
BETTER_RATE = 0.02
LONGEST = 1.0


def changed(net: Net, change: Change) -> Net:
    """Return the net with one thing changed."""
    changes: dict[Change, dict[str, Any]] = {
        "residual": {"residual": True},
        "norm": {"norm": "batch"},
        "init": {"scheme": "xavier_normal" if net.activation == "tanh" else "he_normal"},
        "rate": {"rate": BETTER_RATE if net.rate > 0.2 else 5 * net.rate},
        "clip": {"clip": LONGEST},
        "data": {"points": 4 * net.points},
    }
    return replace(net, **changes[change])


def repaired(net: Net, changes: tuple[Change, ...]) -> Net:
    """Return the net with several things changed."""
    for change in changes:
        net = changed(net, change)
    return net


@dataclass(frozen=True)
class Entry:
    """One line of the log.

    Attributes:
        changes: what differs from the broken net.
        loss: (T + 1, K) training loss.
    """

    changes: tuple[Change, ...]
    loss: Floats


@dataclass(frozen=True)
class Log:
    """What the changes did, all from the same seeds.

    Attributes:
        patient: which broken net.
        steps: the changes made, one after the other; the first entry is the broken net.
        alone: each change by itself.
        fewest: the smallest set of changes that makes the net train; () if no one or two do, None while nobody has looked.
        seed: of the first network.
        done: share of the work that is done.
    """

    patient: Patient
    steps: tuple[Entry, ...]
    alone: tuple[Entry, ...] = ()
    fewest: tuple[Change, ...] | None = None
    seed: int = 0
    done: float = 0.0


def log(patient: Patient, changes: tuple[Change, ...], seed: int = 0, report: Report = silent) -> Iterator[Log]:
    """Train the broken net, then with one change after the other, then with each alone; then look for the fewest."""
    found = Log(patient, (), seed=seed)
    for count in range(len(changes) + 1):
        span = part(report, 0.3 * count / (len(changes) + 1), 0.3 * (count + 1) / (len(changes) + 1))
        found = replace(found, steps=(*found.steps, entry(patient, changes[:count], seed, span)), done=0.1)
        yield found
    for index, change in enumerate(CHANGES):
        span = part(report, 0.3 + 0.05 * index, 0.35 + 0.05 * index)
        found = replace(found, alone=(*found.alone, entry(patient, (change,), seed, span)), done=0.35 + 0.05 * index)
        yield found
    yield replace(found, fewest=fewest(patient, found.alone, seed, part(report, 0.6, 1.0)), done=1.0)


def fewest(patient: Patient, alone: tuple[Entry, ...], seed: int = 0, report: Report = silent) -> tuple[Change, ...]:
    """Return the smallest set of one or two changes that makes the net train, the best of those; () if none does."""
    good = [each for each in alone if cured(each)]
    if not good:
        pairs = list(combinations(CHANGES, 2))
        spans = [part(report, index / len(pairs), (index + 1) / len(pairs)) for index in range(len(pairs))]
        tried = [entry(patient, pair, seed, span) for pair, span in zip(pairs, spans, strict=True)]
        good = [each for each in tried if cured(each)]
    return min(good, key=final).changes if good else ()


def entry(patient: Patient, changes: tuple[Change, ...], seed: int = 0, report: Report = silent) -> Entry:
    """Train the broken net with some things changed, always from the same seeds."""
    seeds = tuple(range(seed, seed + SEEDS))
    return Entry(changes, train(repaired(PATIENTS[patient], changes), seeds, STEPS, report).loss)


def final(entry: Entry) -> float:
    """Return the median training loss at the end; infinite where half of the networks broke down."""
    return float(np.median(np.where(np.isfinite(entry.loss[-1]), entry.loss[-1], np.inf)))


def cured(entry: Entry) -> bool:
    """Whether the net trains: its median loss ends below TRAINS."""
    return final(entry) < TRAINS
