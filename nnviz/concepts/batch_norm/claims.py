"""Sentences about batch normalization, put to the test: each kind of net at its own best rate, tuned on other seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nnviz.concepts.batch_norm.nets import Data, Floats, Net
from nnviz.concepts.batch_norm.sweeps import RATES, TRAINS, over_rates
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

TUNING = (1000, 1001, 1002, 1003)  # seeds on which rates are chosen; no claim rests on them
TRIED = (0.03, 0.1, 0.3, 1.0, 3.0)
MATTERS = 2.0  # points of test error
REMAINS = 5.0  # points of test error
NET = Net(depth=6)
DATA: tuple[Data, ...] = ("spiral", "moons")


def at_best(net: Net, seeds: Sequence[int], report: Report) -> Floats:
    """Return test errors (K,) in per cent, in evaluation mode and without noise, at the rate best on the tuning seeds."""
    tuned = over_rates(net, TUNING, TRIED, part(report, 0.0, 0.5))
    found = over_rates(net, tuple(seeds), (TRIED[tuned.best],), part(report, 0.5, 1.0))
    return np.asarray(100 * found.test[0])


def compared(pairs: Mapping[str, tuple[Net, Net]], seeds: Sequence[int], report: Report) -> dict[str, Floats]:
    """Return both nets' test errors under each condition, (2, K)."""
    found = {}
    for index, (name, nets) in enumerate(pairs.items()):
        spans = [part(report, (index + low) / len(pairs), (index + low + 0.5) / len(pairs), name) for low in (0, 0.5)]
        found[name] = np.stack([at_best(net, seeds, span) for net, span in zip(nets, spans, strict=True)])
    return found


def larger_rates(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how many decades the largest rate at which a seed still trains is larger with batch normalization."""
    parts = {}
    for index, depth in enumerate((4, 8)):
        ends = []
        for half, net in enumerate((replace(NET, depth=depth), replace(NET, depth=depth).plain())):
            low = (2 * index + half) / 4
            swept = over_rates(net, tuple(seeds), RATES, part(report, low, low + 0.25, f"{depth} layers"))
            trains = np.nan_to_num(swept.loss, nan=np.inf) < TRAINS
            ends.append(np.where(trains, np.log10(RATES)[:, None], -np.inf).max(axis=0))
        usable = [np.where(np.isfinite(each), each, np.nan) for each in ends]
        gain = statistics.paired_interval(*usable)
        parts[f"{depth} layers"] = claims.directional(
            gain, 0.3, what="what the norm adds to the largest rate that trains", unit="decades"
        )
    return claims.by_condition(parts)


def covariate_shift(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how many points fewer test errors than without a norm are left when noise after the norm undoes it."""
    pairs = {
        f"noise {noise:g}, {depth} layers": (replace(NET, depth=depth).plain(), replace(NET, depth=depth, noise=noise))
        for depth in (6, 10)
        for noise in (0.25, 0.5)
    }
    parts = {}
    for name, (plain, noisy) in compared(pairs, seeds, report).items():
        left = statistics.paired_interval(plain, noisy)
        parts[name] = claims.at_most(left, REMAINS, what="the test error that norm and noise still save", unit="points")
    return claims.by_condition(parts)


def regularizes(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how many points batches of 32 lower the test error against all 256 points in one.

    Over as many steps the large batch sees eight times the examples, over as many passes the small one takes eight times
    the steps: neither budget is fair to both, so both are tried.
    """
    pairs = {
        f"{data}, as many {budget}": (
            replace(NET, data=data, batch=256, steps=steps[0]),
            replace(NET, data=data, batch=32, steps=steps[1]),
        )
        for data in DATA
        for budget, steps in {"steps": (200, 200), "passes": (50, 400)}.items()
    }
    parts = {}
    for name, (whole, small) in compared(pairs, seeds, report).items():
        fewer = statistics.paired_interval(whole, small)
        parts[name] = claims.directional(fewer, 0.5, what="the test error that batch noise saves", unit="points")
    return claims.by_condition(parts)


def order(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how many points the norm before the activation has fewer test errors than after it."""
    pairs = {
        name: (replace(NET, activation=name, after=True), replace(NET, activation=name)) for name in ("relu", "tanh")
    }
    parts = {}
    for name, (after, before) in compared(pairs, seeds, report).items():
        fewer = statistics.paired_interval(after, before)
        parts[name] = claims.directional(
            fewer, MATTERS, what="what the norm before the activation saves", unit="points"
        )
    return claims.by_condition(parts)


CLAIMS = (
    Claim(
        "allows-larger-rates",
        "Batch normalization allows larger learning rates: the largest that still trains is at least twice as large.",
        "Ioffe & Szegedy 2015; Bjorck, Gomes, Selman & Weinberger 2018",
        larger_rates,
    ),
    Claim(
        "works-by-covariate-shift",
        "Batch normalization works because it reduces internal covariate shift: when noise after the norm brings the shift "
        "back, at most 5 points fewer test errors than without a norm are left.",
        "Ioffe & Szegedy 2015; doubted by Santurkar, Tsipras, Ilyas & Madry 2018",
        covariate_shift,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "batch-noise-regularizes",
        "The noise of the batches regularizes: with batches of 32 the test error is lower than with all 256 points in one "
        "batch, over as many steps and over as many passes.",
        "Ioffe & Szegedy 2015",
        regularizes,
    ),
    Claim(
        "before-the-activation",
        "The norm belongs before the activation: after it there are at least 2 points more test errors.",
        "Ioffe & Szegedy 2015; contested in practice",
        order,
    ),
)
