"""Sentences from textbooks about the learning rate, put to the test over seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from nnviz.concepts.learning_rate.boxes import count_boxes, edge
from nnviz.concepts.learning_rate.nets import Setting, Sweep, sweep
from nnviz.concepts.learning_rate.settings import HOME
from nnviz.concepts.learning_rate.trainability import Activation, Floats, Tiny, Window, train_map
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

FINE = tuple(float(2.0 ** (power / 2)) for power in range(-10, 13))  # 0.03 to 64, a factor √2 apart
TUNING = tuple(range(1000, 1008))  # seeds on which rates are chosen, none of those that judge
TASKS: Mapping[str, Setting] = {
    "moons, tanh": Setting(),
    "moons, ReLU": Setting(activation="relu"),
    "circle, tanh": Setting(data="circle"),
    "XOR, tanh": Setting(data="xor"),
}
OVERFITTING = Setting(epochs=200, flips=0.2)
GRID = (96, 144)  # rows and columns of the maps whose edge is measured
ZOOM, DEPTH = 16.0, 3  # each window is so many times narrower than the one before; so many windows
SHARE = 0.02  # of the points: a difference in error that matters


def sweeps(settings: Mapping[str, Setting], seeds: Sequence[int], report: Report) -> dict[str, Sweep]:
    """Train the seeds at every rate of FINE under each of the settings."""
    found = {}
    for index, (name, setting) in enumerate(settings.items()):
        span = part(report, index / len(settings), (index + 1) / len(settings), name)
        found[name] = sweep(setting, FINE, tuple(seeds), span)
    return found


def best_is_near_the_edge(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how far below the largest rate that trains the best one lies, seed by seed."""
    rule = partial(claims.at_most, threshold=4.0, what="the largest rate that trains, over the best one,", unit="×")
    found = sweeps(TASKS, seeds, report)
    gaps = {name: statistics.paired_ratio_interval(each.largest_stable, each.best) for name, each in found.items()}
    return claims.by_condition({name: rule(gap) for name, gap in gaps.items()})


def learns(found: Sweep) -> Floats:
    """Return log₂ of the largest rate at which each seed halves its loss, (K,); nan where none does."""
    with np.errstate(invalid="ignore"):
        good = found.losses[-1] < 0.5 * found.losses[0]  # (R, K)
    return np.asarray([np.log2(max(found.rates[each], default=np.nan)) for each in good.T])


def warm_up_allows_larger_rates(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how many doublings a warm-up before the same cosine raises the largest rate that halves the loss."""
    rule = partial(claims.directional, smallest=0.5, what="what warm-up adds to the largest rate", unit="doublings")
    verdicts = {}
    for index, (name, setting) in enumerate(TASKS.items()):
        pair = {kind: replace(setting, schedule=kind) for kind in ("warmup", "cosine")}
        found = sweeps(pair, seeds, part(report, index / len(TASKS), (index + 1) / len(TASKS), name))
        verdicts[name] = rule(statistics.paired_interval(learns(found["warmup"]), learns(found["cosine"])))
    return claims.by_condition(verdicts)


def errors(setting: Setting, rate: float, seeds: Sequence[int], report: Report) -> tuple[Floats, Floats]:
    """Return the training and the test error of each seed at a rate, as shares, (K,) each."""
    found = sweep(setting, (rate,), tuple(seeds), report)
    return 1 - found.training_accuracy[0], 1 - found.accuracy[0]


def high_overfits_low_underfits(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the gap between test and training error at the highest rate that trains, and the training error at a low one.

    Tuned on other seeds: the best rate has the least median training loss, the highest is the largest at which three
    quarters of the seeds train, the low one is a sixteenth of the best.
    """
    tuned = sweep(OVERFITTING, FINE, TUNING, part(report, 0.0, 0.3, "tuning on other seeds"))
    ends = np.where(np.isfinite(tuned.losses[-1]), tuned.losses[-1], np.inf)
    best = float(tuned.rates[np.median(ends, axis=1).argmin()])
    high = float(tuned.rates[np.flatnonzero(tuned.trains.mean(axis=1) >= 0.75)[-1]])
    (train, test), (train_high, test_high), (train_low, _) = (
        errors(OVERFITTING, rate, seeds, part(report, low, low + 0.2, "training"))
        for rate, low in ((best, 0.3), (high, 0.5), (best / 16, 0.7))
    )
    wider = statistics.paired_interval(test_high - train_high, test - train)
    worse = statistics.paired_interval(train_low, train)
    return claims.by_condition({
        f"overfitting at rate {high:.3g}": claims.directional(
            wider, SHARE, what=f"how much wider the gap between test and training error is at {high:.3g} than at {best:.3g}"
        ),
        f"underfitting at rate {best / 16:.3g}": claims.directional(
            worse, SHARE, what=f"how much higher the training error is at {best / 16:.3g} than at {best:.3g}"
        ),
    })  # fmt: skip


def nested_dimension(unit: Activation, seed: int, report: Report) -> float:
    """Return the mean box-counting dimension of the edge over three nested windows; nan if one of them has no edge.

    Each window is 16 times narrower than the one before, around a pixel of its edge drawn with the seed.
    """
    draws, window, found = np.random.default_rng(seed), Window.of(*HOME), []
    for level in range(DEPTH):
        trained = train_map(
            Tiny(unit, seed=seed), window, *GRID, part(report, level / DEPTH, (level + 1) / DEPTH)
        ).trained
        rim = np.argwhere(edge(trained))
        if len(rim) == 0:
            return float("nan")
        found.append(count_boxes(edge(trained)).dimension.estimate)
        row, column = draws.choice(rim)
        x, y = window.centres(*GRID)
        window = window.around(float(x[column]), float(y[row]), ZOOM)
    return float(np.mean(found))


def edge_is_fractal(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge whether the dimension of the edge, over nested windows, lies more than 0.05 above a line's 1."""
    kinds: Mapping[str, Activation] = {"tanh": "tanh", "ReLU": "relu"}
    verdicts, done = {}, 0
    for name, unit in kinds.items():
        values = []
        for seed in seeds:
            low = done / (len(kinds) * len(seeds))
            values.append(
                nested_dimension(unit, seed, part(report, low, low + 0.5 / len(seeds), f"{name}, seed {seed}"))
            )
            done += 1
        above = statistics.mean_interval(np.array(values) - 1)
        verdicts[name] = claims.directional(above, 0.05, what="the edge's box-counting dimension above 1")
    return claims.by_condition(verdicts)


CLAIMS = (
    Claim(
        "best-near-largest-stable",
        "The rate with the best final loss lies within a factor of 4 of the largest rate that trains.",
        "Goodfellow, Bengio & Courville, Deep Learning, 2016; Bengio 2012 says a factor of 2",
        best_is_near_the_edge,
    ),
    Claim(
        "warm-up-lets-larger-rates-train",
        "Warm-up lets a larger rate train: before the same cosine, the largest rate that halves the loss rises.",
        "Goyal et al. 2017",
        warm_up_allows_larger_rates,
    ),
    Claim(
        "high-overfits-low-underfits",
        "A high rate overfits and a low one underfits.",
        "widely repeated",
        high_overfits_low_underfits,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "the-edge-is-fractal",
        "The boundary between rates that train and rates that do not is fractal: its dimension lies above a line's.",
        "Sohl-Dickstein 2024",
        edge_is_fractal,
    ),
)
