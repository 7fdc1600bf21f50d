"""When to stop: the rule that libraries use, its shortcut for every patience at once, and how often a curve turns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
DEPTH = 0.2  # a turn of less than this share is jitter


def stopping(losses: Floats, patience: int, min_delta: float) -> tuple[int, int]:
    """Return the epoch at which training stops, and the epoch whose weights were the best so far.

    An epoch improves if its validation loss is below the best so far by more than `min_delta`. Training stops once
    `patience` epochs in a row have not improved; patience 0 and 1 both stop at the first that does not, as in Keras
    and Lightning. Without a stop the last epoch is returned; with nothing but NaN the best is 0, before training.

    Args:
        losses: (E,) validation loss after epochs 1…E.

    Source: Goodfellow, Bengio & Courville, Deep Learning, algorithm 7.1, 2016; Prechelt 1998.
    """
    best, kept, waited = np.inf, 0, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best - min_delta:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
            if waited >= patience:
                return epoch, kept
    return len(losses), kept


def records(losses: Floats, min_delta: float) -> Whole:
    """Return the epochs (from 1) that improve on all before them by more than `min_delta`; see `stopping`."""
    best, found = np.inf, []
    for epoch, loss in enumerate(losses.tolist(), start=1):
        if loss < best - min_delta:
            best = loss
            found.append(epoch)
    return np.array(found, dtype=np.int64)


def stopping_at(improved: Whole, patience: Whole, last: int) -> tuple[Whole, Whole]:
    """Return what `stopping` returns, for many patiences at once.

    The epochs that improve do not depend on patience: training stops in the first gap between them that is too long.

    Args:
        improved: `records` of the curve.
        patience: (P,) patiences.
        last: E, the number of epochs.
    """
    waits = np.maximum(patience, 1)[:, None]  # (P, 1)
    before = np.concatenate([[0], improved])  # the best so far; 0 before the first epoch
    after = np.concatenate([improved, [last + 1]])
    ends = before + waits <= np.minimum(after - 1, last)  # (P, R + 1): patience runs out within the gap
    gap = np.where(ends.any(axis=1), ends.argmax(axis=1), len(before) - 1)
    kept = before[gap]
    return np.minimum(kept + waits[:, 0], last), kept


@dataclass(frozen=True)
class Stops:
    """Where S networks stop and what they keep.

    Attributes:
        stopped: (S,) epoch at which training stops.
        best: (S,) epoch of the best validation loss until then.
        ran_out: (S,) whether patience ran out; otherwise the budget of epochs did.
    """

    stopped: Whole
    best: Whole
    ran_out: NDArray[np.bool_]


def stop_all(validation: Floats, patience: int, min_delta: float) -> Stops:
    """Apply the rule to every network.

    Args:
        validation: (E + 1, S) validation losses, epoch 0 (before training) first; the rule looks from epoch 1.
    """
    found = [stopping(curve, patience, min_delta) for curve in validation[1:].T]
    stopped, best = (np.array(column, dtype=np.int64) for column in zip(*found, strict=True))
    return Stops(stopped, best, stopped - best >= max(patience, 1))


def valleys(losses: Floats, depth: float = DEPTH) -> int:
    """Count a curve's valleys: how often it falls and then rises again, turns smaller than `depth` left out.

    A turn counts once the curve has come back by more than `depth` of where it turned, so that jitter is no valley.
    A curve that only falls has none, a U has one, a W two.

    Args:
        losses: (E,) positive numbers; what is not finite is left out.
        depth: share of the turning point's value.
    """
    curve = losses[np.isfinite(losses)]
    if len(curve) == 0:
        return 0
    count, low, high, falling = 0, curve[0], curve[0], True
    for loss in curve.tolist():
        if falling:
            low = min(low, loss)
            if loss > low * (1 + depth):
                count, falling, high = count + 1, False, loss
        else:
            high = max(high, loss)
            if loss < high * (1 - depth):
                falling, low = True, loss
    return count
