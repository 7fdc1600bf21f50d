"""The definition: what a coalition of features is worth, and Shapley's share of it, by going through all coalitions."""

from collections.abc import Callable, Sequence
from itertools import permutations
from math import comb, factorial

import numpy as np
from numpy.typing import NDArray

from nnviz.core.memo import memo

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Groups = tuple[tuple[int, ...], ...]
ROWS_AT_ONCE = 2048  # mixed rows held at a time, so that they stay in a core's cache
EVERY_ORDER = 5040  # up to 7 players all orders are walked; beyond, a sample of them
SAMPLED_ORDERS = 1000


def worth(
    answer: Callable[[Floats], Floats], row: Floats, background: Floats, groups: Sequence[Sequence[int]], present: Flags
) -> Floats:
    """Return what coalitions are worth: v(S) = mean over background rows b of f(x_S, b_rest).

    Args:
        answer: f, from inputs (..., d) to (...).
        row: x (d,); background: (B, d).
        groups: per player the features it brings.
        present: (n, players) who is in each coalition.
    """
    brings = np.array([np.isin(np.arange(len(row)), group) for group in groups])  # (players, d)
    known = present @ brings  # (n, d)
    result = np.empty(len(present))
    step = max(1, ROWS_AT_ONCE // len(background))
    for start in range(0, len(present), step):
        mixed = np.where(known[start : start + step, None, :], row, background)  # (step, B, d)
        result[start : start + step] = answer(mixed).mean(axis=1)
    return result


def shapley_values(worths: Floats) -> Floats:
    """Return φᵢ = Σ_{S ∌ i} |S|! (M − |S| − 1)! / M! · (v(S ∪ {i}) − v(S)), one per player.

    Args:
        worths: (2^M,) worth of every coalition; bit i of the index says whether player i is in it.

    Source: Shapley, "A value for n-person games", 1953; for features: Lundberg & Lee 2017.
    """
    players = len(worths).bit_length() - 1
    coalitions = np.arange(len(worths))
    sizes = every_coalition(players).sum(axis=1)
    shares = np.array([1 / (players * comb(players - 1, size)) for size in range(players)])
    values = np.empty(players)
    for player in range(players):
        without = coalitions[coalitions >> player & 1 == 0]
        gains = worths[without | 1 << player] - worths[without]
        values[player] = np.sum(shares[sizes[without]] * gains)
    return values


@memo(maxsize=16)
def every_coalition(players: int) -> Flags:
    """Return (2^M, M) who is in each coalition; row number s holds the bits of s."""
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)


@memo(maxsize=16)
def orders(players: int) -> NDArray[np.int64]:
    """Return (n, M) orders in which players may arrive: all M! shuffled, or a sample in pairs of an order and its reverse."""
    draws = np.random.default_rng(players)
    if factorial(players) <= EVERY_ORDER:
        return draws.permutation(np.array(list(permutations(range(players)))))
    half = np.array([draws.permutation(players) for _ in range(SAMPLED_ORDERS // 2)])
    return np.stack([half, half[:, ::-1]], axis=1).reshape(-1, players)


def walks(worths: Floats, arrivals: NDArray[np.int64]) -> Floats:
    """Return (n, M + 1) what the coalition is worth as it grows, from nobody to all, along each order (n, M)."""
    coalitions = np.cumsum(1 << arrivals, axis=1)
    steps = np.column_stack([np.zeros(len(arrivals), dtype=np.int64), coalitions])
    return np.asarray(worths[steps])


def gains(paths: Floats, arrivals: NDArray[np.int64]) -> Floats:
    """Return (n, M) what each player added when it came, by player, from walks (n, M + 1)."""
    result = np.empty(arrivals.shape)
    np.put_along_axis(result, arrivals, np.diff(paths, axis=1), axis=1)
    return result


def sampled_values(
    answer: Callable[[Floats], Floats], rows: Floats, background: Floats, groups: Groups, arrivals: NDArray[np.int64]
) -> Floats:
    """Return (rows, M) gains averaged over orders (n, M): Shapley values if these are all orders, else an estimate.

    Every coalition that several orders pass through is asked once.

    Source: Castro, Gómez & Tejada, "Polynomial calculation of the Shapley value based on sampling", 2009.
    """
    count, players = arrivals.shape
    place = np.argsort(arrivals, axis=1)  # when each player comes
    present = place[:, None, :] < np.arange(players + 1)[None, :, None]  # (n, M + 1, M)
    distinct, number = np.unique(present.reshape(-1, players), axis=0, return_inverse=True)
    number = number.reshape(count, players + 1)
    values = np.empty((len(rows), players))
    for index, row in enumerate(rows):
        paths = worth(answer, row, background, groups, distinct)[number]
        values[index] = gains(paths, arrivals).mean(axis=0)
    return values
