"""Sentences about deep nets, put to the test: each kind of net at its own best rate, tuned on other seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch

from nnviz.concepts.deep_training.landscape import filter_normalized, surface, valleys
from nnviz.concepts.deep_training.nets import STEPS, Floats, Net, Trained, train
from nnviz.concepts.deep_training.search import STEPS as TRIAL
from nnviz.concepts.deep_training.search import TRIALS, attempt, drawn, grid
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent

RATES = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
TUNING = (1000, 1001, 1002, 1003)  # seeds on which rates are chosen; no claim rests on them
SHALLOW, DEEP = 10, 50
MATTERS = 5.0  # points of training error
SIDE = 31  # networks along each side of a landscape
RESTARTS = 6
GROUP = 48  # networks in one program
PLAIN = Net()


@memo(maxsize=64)
def best_rate(net: Net, steps: int = STEPS, report: Report = silent) -> float:
    """Return the rate with the least median training loss on the tuning seeds; a net that broke down counts as guessing."""
    ends = []
    for index, rate in enumerate(RATES):
        span = part(report, index / len(RATES), (index + 1) / len(RATES))
        final = train(replace(net, rate=rate), TUNING, steps, span).final
        ends.append(float(np.median(np.nan_to_num(final, nan=1.0))))
    return RATES[int(np.argmin(ends))]


def at_best(net: Net, seeds: Sequence[int], steps: int, report: Report) -> Trained:
    """Train a net at its own best rate."""
    rate = best_rate(net, steps, part(report, 0.0, 0.6))
    return train(replace(net, rate=rate), tuple(seeds), steps, part(report, 0.6, 1.0))


def degradation(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how many points the training error of 50 plain layers exceeds that of 10."""
    cases: Mapping[str, tuple[Net, int]] = {
        "batch normalization": (PLAIN, STEPS),
        "layer normalization": (replace(PLAIN, norm="layer"), STEPS),
        "no normalization": (replace(PLAIN, norm="none"), STEPS),
        "three times the steps": (PLAIN, 3 * STEPS),
    }
    parts = {}
    for index, (name, (net, steps)) in enumerate(cases.items()):
        span = part(report, index / len(cases), (index + 1) / len(cases), name)
        deep = at_best(replace(net, depth=DEEP), seeds, steps, part(span, 0.0, 0.8))
        shallow = at_best(replace(net, depth=SHALLOW), seeds, steps, part(span, 0.8, 1.0))
        worse = statistics.paired_interval(100 * deep.error, 100 * shallow.error)
        parts[name] = claims.directional(worse, MATTERS, what="the training error that depth adds", unit="points")
    return claims.by_condition(parts)


def norm_is_enough(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how many points 50 plain layers with batch normalization stay behind the same net with skips."""
    net = replace(PLAIN, depth=DEEP)
    plain = at_best(net, seeds, STEPS, part(report, 0.0, 0.5))
    skip = at_best(net.twin(), seeds, STEPS, part(report, 0.5, 1.0))
    behind = statistics.paired_interval(100 * plain.error, 100 * skip.error)
    return claims.at_most(behind, MATTERS, what="the training error that skips would save", unit="points")


def smoother(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how many valleys fewer one meets on a straight walk with skips, before training and after it."""
    parts = {}
    cases = {
        "10 layers": (10, STEPS),
        "20 layers": (20, STEPS),
        "40 layers": (40, STEPS),
        "20 layers, untrained": (20, 0),
    }
    for index, (name, (depth, steps)) in enumerate(cases.items()):
        span = part(report, index / len(cases), (index + 1) / len(cases), name)
        net = replace(PLAIN, depth=depth)
        counts = [
            counted(each, seeds, steps, part(span, low, low + 0.5)) for each, low in ((net, 0.0), (net.twin(), 0.5))
        ]
        fewer = statistics.paired_interval(*counts)
        parts[name] = claims.directional(fewer, 1.0, what="the valleys that skips remove", unit="valleys")
    return claims.by_condition(parts)


def counted(net: Net, seeds: Sequence[int], steps: int, report: Report) -> Floats:
    """Return the valleys around every network's end, (K,); directions are each seed's own, the same for both kinds."""
    untrained = replace(net, rate=0.0)
    trained = train(net if steps else untrained, tuple(seeds), max(steps, 1), part(report, 0.0, 0.3))
    ticks, found = torch.linspace(-1, 1, SIDE, dtype=torch.float64), []
    for index, seed in enumerate(seeds):
        span = part(report, 0.3 + 0.7 * index / len(seeds), 0.3 + 0.7 * (index + 1) / len(seeds))
        centre = torch.tensor(trained.ends[index])
        directions = filter_normalized(net.architecture, centre, seed)
        found.append(valleys(surface(net, seed, centre, directions, ticks, span)))
    return np.array(found)


def minima(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge which share of random restarts on the same points ends clearly above the best of them.

    Were local minima the main obstacle, most restarts would be stuck in worse ones than the best restart finds.
    """
    nets = {"10 plain layers": replace(PLAIN, depth=10), "20 plain layers": PLAIN, "20 layers with skips": PLAIN.twin()}
    parts = {}
    for index, (name, net) in enumerate(nets.items()):
        span = part(report, index / len(nets), (index + 1) / len(nets), name)
        stuck = statistics.mean_interval(stuck_share(net, seeds, span))
        parts[name] = claims.at_least(
            stuck, 50.0, what="the share of restarts that end 5 points behind the best", unit="%"
        )
    return claims.by_condition(parts)


def stuck_share(net: Net, seeds: Sequence[int], report: Report) -> Floats:
    """Return for each seed's points which share of RESTARTS has a training error 5 points above the best, (K,) per cent."""
    rate = best_rate(net, STEPS, part(report, 0.0, 0.2))
    data = tuple(seed for seed in seeds for _ in range(RESTARTS))
    weights = tuple(10_000 + RESTARTS * seed + again for seed in seeds for again in range(RESTARTS))
    errors = []
    for low in range(0, len(data), GROUP):
        rows = slice(low, low + GROUP)
        span = part(report, 0.2 + 0.8 * low / len(data), 0.2 + 0.8 * min(low + GROUP, len(data)) / len(data))
        errors.append(train(replace(net, rate=rate), data[rows], STEPS, span, weights[rows]).error)
    table = 100 * np.concatenate(errors).reshape(len(seeds), RESTARTS)
    return np.asarray(100 * (table >= table.min(axis=1, keepdims=True) + MATTERS).mean(axis=1))


def random_or_grid(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how many decades the best held-out loss of random trials lies below that of a grid of as many."""
    nets = {
        "8 plain layers": replace(PLAIN, depth=8, rate=0.0),
        "8 layers with skips": replace(PLAIN, depth=8, rate=0.0).twin(),
    }
    parts = {}
    for number, (name, net) in enumerate(nets.items()):
        gains = []
        for index, seed in enumerate(seeds):
            low = (number + index / len(seeds)) / len(nets)
            spans = [
                part(
                    report,
                    low + half / (2 * len(seeds) * len(nets)),
                    low + (half + 1) / (2 * len(seeds) * len(nets)),
                    name,
                )
                for half in (0, 1)
            ]
            tried = [
                attempt(net, seed, grid(), ((TRIAL, 1),), spans[0]),
                attempt(net, seed, drawn(TRIALS, seed), ((TRIAL, 1),), spans[1]),
            ]
            gains.append([float(np.log10(each.loss[each.best])) for each in tried])
        found = statistics.paired_interval(*np.array(gains).T)
        parts[name] = claims.directional(
            found, 0.05, what="what random trials gain over the grid", unit="decades of loss"
        )
    return claims.by_condition(parts)


CLAIMS = (
    Claim(
        "deeper-plain-nets-train-worse",
        "Deeper plain nets get worse in training, not only in the test: 50 layers end with at least 5 points more "
        "training error than 10, each at its own best rate.",
        "He, Zhang, Ren & Sun 2016",
        degradation,
    ),
    Claim(
        "skips-smooth-the-landscape",
        "Skips smooth the landscape: a straight walk around the trained net meets at least one valley fewer.",
        "Li, Xu, Taylor, Studer & Goldstein 2018",
        smoother,
    ),
    Claim(
        "local-minima-are-the-obstacle",
        "Local minima are the main obstacle: of random restarts on the same points at least half end 5 points of training "
        "error or more behind the best.",
        "widely repeated; doubted by Goodfellow, Vinyals & Saxe 2015",
        minima,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "random-beats-grid",
        "Random search beats grid search when few hyperparameters matter: with as many trials its best held-out loss is "
        "lower by more than a tenth.",
        "Bergstra & Bengio 2012",
        random_or_grid,
    ),
    Claim(
        "batch-normalization-is-enough",
        "Batch normalization alone makes 50 layers trainable: skips would save at most 5 points of training error.",
        "widely repeated after Ioffe & Szegedy 2015",
        norm_is_enough,
        doubtful=True,
        seeds=32,
    ),
)
