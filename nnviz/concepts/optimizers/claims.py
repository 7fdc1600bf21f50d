"""Sentences about optimizers, put to the test. Written before they were run."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.optimizers import online
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part
from nnviz.models.rate_sweep import Plan, swept
from nnviz.models.surfaces import Surface, paths

TUNED_ON = tuple(range(1000, 1008))  # seeds that no comparison uses
RATES = tuple(float(f"{rate:.3g}") for rate in np.logspace(-4, 1, 21))  # five decades, four rates a decade
LEAST_LOSS = 0.01  # nats that matter
GOOD = 0.05  # nats above its own lowest: such a rate is still a good one
LEAST_WIDTH = 0.25  # decades of rates that matter: one place of the grid
STEPS = 100  # of a way on a surface
DECAY = 0.1  # λ of L2 and of weight decay
Floats = NDArray[np.float64]


def adam_beats(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the loss that Adam saves on the network over gradient descent and over momentum, each at its own tuned rate."""
    names = ("sgd", "momentum", "adam")
    tuned = swept(Plan(names, RATES, TUNED_ON), part(report, 0.0, 0.3))
    done = swept(Plan(names, RATES, tuple(seeds)), part(report, 0.3, 1.0))
    parts = {}
    for rival, word in (("sgd", "gradient descent"), ("momentum", "momentum")):
        ends = [done.last[done.index(name), tuned.chosen[tuned.index(name)]] for name in (rival, "adam")]
        gain = statistics.paired_interval(*ends)
        what = f"the loss saved over {word} (rates {tuned.best_rate('adam'):g} and {tuned.best_rate(rival):g})"
        parts[f"against {word}"] = claims.directional(gain, LEAST_LOSS, what=what, unit="nats")
    return claims.by_condition(parts)


def wider(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how many decades the range of good rates of each adaptive method is wider than gradient descent's."""
    names = ("sgd", "adagrad", "rmsprop", "adam")
    widths = {
        name: good_decades(row)
        for name, row in zip(names, swept(Plan(names, RATES, tuple(seeds)), report).last, strict=True)
    }
    parts = {}
    for name, word in (("adagrad", "Adagrad"), ("rmsprop", "RMSprop"), ("adam", "Adam")):
        more = statistics.paired_interval(widths[name], widths["sgd"])
        what = f"the good range of {word} ({widths[name].mean():.2f} decades) beyond gradient descent's ({widths['sgd'].mean():.2f})"
        parts[word] = claims.directional(more, LEAST_WIDTH, what=what, unit="decades")
    return claims.by_condition(parts)


def good_decades(last: Floats) -> Floats:
    """Return over how many decades of rates the loss ends within GOOD of the lowest, (R, S) → (S,)."""
    return np.asarray((last <= last.min(axis=0) + GOOD).sum(axis=0) * (np.log10(RATES[1]) - np.log10(RATES[0])))


def turned_ends(seed: int, optimizer: str, rate: float) -> tuple[float, float]:
    """Return the heights at which a way ends in a ravine along the axes, and in the same at 45°, from the same place in it."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    ends = []
    for turn in (0.0, np.pi / 4):
        ground = Surface("ravine", 50.0, turn)
        start = np.array([np.cos(angle + turn), np.sin(angle + turn)])
        ends.append(float(ground.value(paths(ground, start, steps=STEPS, optimizer=optimizer, rate=rate)[0, -1])))
    return ends[0], ends[1]


def turning(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge whether turning the ravine by 45° moves Adam's end by a factor of two, and gradient descent's not at all."""
    report(0.0, "racing")
    parts = {}
    for name, rate in (("adam", 0.1), ("sgd", 1.0)):
        ends = np.array([turned_ends(seed, name, rate) for seed in seeds])
        moved = statistics.mean_interval(np.abs(np.log10(ends[:, 1] / ends[:, 0])))
        if name == "adam":
            parts["Adam"] = claims.at_least(moved, np.log10(2), what="how far turning moves Adam's end", unit="decades")
        else:
            what = "how far it moves gradient descent's end"
            parts["gradient descent"] = claims.at_most(moved, 1e-6, what=what, unit="decades")
    return claims.by_condition(parts)


def two_decays(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how far apart L2 in Adam and decay in AdamW end, λ and rate the same: on surfaces, and as losses of the network."""
    parts = {}
    for place, name in enumerate(("ravine", "himmelblau", "rosenbrock")):
        report(place / 4, name)
        ground = Surface(name)
        starts = np.stack([np.random.default_rng(seed).uniform(-2, 2, 2) for seed in seeds])
        coupled = paths(ground, starts, steps=1000, optimizer="adam", rate=0.05, l2=DECAY)[:, -1]
        apart = paths(ground, starts, steps=1000, optimizer="adamw", rate=0.05, weight_decay=DECAY)[:, -1]
        gap = statistics.mean_interval(np.linalg.norm(coupled - apart, axis=1))
        parts[name] = claims.at_least(gap, 0.01, what="the distance between their ends")
    coupled_nets = swept(Plan(("adam",), (0.03,), tuple(seeds), l2=DECAY), part(report, 0.75, 0.9)).last[0, 0]
    apart_nets = swept(Plan(("adamw",), (0.03,), tuple(seeds), weight_decay=DECAY), part(report, 0.9, 1.0)).last[0, 0]
    gap = statistics.mean_interval(np.abs(coupled_nets - apart_nets))
    parts["network"] = claims.at_least(gap, 0.01, what="the difference of their losses in nats")
    return claims.by_condition(parts)


def adam_converges(seeds: Sequence[int], report: Report) -> Verdict:
    """Count the games on Reddi's sequence, from each seed's start and for three C, that Adam ends nearer to the best point."""
    report(0.0, "playing")
    right, trials = 0, 0
    for steep in (3.0, 4.0, 6.0):
        starts = np.array([np.random.default_rng(seed).uniform(-1, 1) for seed in seeds])
        memory = {"beta1": 0.0, "beta2": 1 / (1 + steep**2)}
        ends = online.play(["adam"] * len(starts), starts, rounds=6000, steep=steep, **memory)[:, -1]
        right, trials = right + int(np.sum(ends < 0)), trials + len(starts)
    return claims.in_every(right, trials, what="ending nearer to the best point than to the worst", seeds=len(seeds))


CLAIMS = (
    Claim(
        "adam-beats-gradient-descent",
        "At its own best rate Adam ends lower than SGD on this network, with momentum or without.",
        "widely repeated after Kingma & Ba 2015; against it Wilson et al. 2017",
        adam_beats,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "adaptive-methods-forgive-the-rate",
        "Adaptive methods are less sensitive to the learning rate: the range of good rates is wider.",
        "widely repeated; Goodfellow, Bengio & Courville 2016, section 8.5",
        wider,
    ),
    Claim(
        "adam-sees-the-axes",
        "Adam is not invariant to rotation, gradient descent is: turning a ravine moves where Adam ends.",
        "follows from Kingma & Ba 2015: one divisor for each coordinate",
        turning,
    ),
    Claim(
        "l2-is-not-weight-decay",
        "An L2 penalty in Adam is not weight decay in AdamW: with the same λ and rate they end elsewhere.",
        "Loshchilov & Hutter 2019",
        two_decays,
    ),
    Claim(
        "adam-converges-on-convex-problems",
        "On convex problems Adam converges to the best point.",
        "Kingma & Ba 2015, theorem 4.1; against it Reddi, Kale & Kumar 2018",
        adam_converges,
        doubtful=True,
        seeds=32,
    ),
)
