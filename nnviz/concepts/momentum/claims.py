"""Sentences about momentum, put to the test. Written before they were run."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.momentum import nets, theory
from nnviz.concepts.momentum.model import Floats, shrinking
from nnviz.concepts.momentum.theory import METHODS
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part, silent
from nnviz.models.surfaces import Surface, paths

TUNED_ON = tuple(range(1000, 1008))  # seeds that no comparison uses
CONDITIONS = (10.0, 100.0, 1000.0)
STEPS = 600  # of a quadratic's way
CLOSE = 0.01  # relative: a factor a step this near to the formula agrees with it
DRAWS = 40  # quadratics a seed whose stability is looked at
BASINS = 200  # starts a seed on the surface of many minima
WALK = 300  # steps across it
REST = 400  # small steps to the bottom of a basin
SMALL = 1e-3  # rate of these; the surface's curvature is at most 397
ESCAPING = 0.002  # rate of the walks; plain descent bears up to 2/397 = 0.005 there
NOISE = 30.0  # standard deviation of the noise on each slope of a walk, whose largest is about 63
LEAST_SHARE = 0.05  # of all starts
LEAST_LOSS = 0.01  # nats that matter


def best_rates(seeds: Sequence[int], report: Report) -> Verdict:
    """Search α and β on the tuning seeds' starts and measure the factor a step on each seed's own, over that of the formula."""
    parts = {}
    for place, (method, kappa) in enumerate((name, kappa) for name in METHODS[:2] for kappa in CONDITIONS):
        rate, beta = searched(method, kappa, part(report, place / 6, (place + 1) / 6))
        starts = np.array([start_of(seed) for seed in seeds])
        surface = Surface("ravine", kappa)
        ways = paths(surface, starts, steps=STEPS, optimizer=method, rate=rate, momentum=beta)
        formula = float(theory.best_convergence(method, kappa))
        ratio = statistics.paired_ratio_interval(shrinking(ways), np.full(len(seeds), formula))
        what = f"the best measured factor a step over {formula:.4f}"
        parts[f"{method}, κ = {kappa:g}"] = claims.within(ratio, 1 - CLOSE, 1 + CLOSE, what=what, unit="×")
    return claims.by_condition(parts)


def start_of(seed: int) -> Floats:
    """Return where a seed's way begins: a distance of 1 from the minimum, in any direction."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def searched(method: str, kappa: float, report: Report = silent) -> tuple[float, float]:
    """Find by ever finer grids the α and β whose slowest way, of those of the tuning seeds, shrinks fastest."""
    rates, betas = np.linspace(0.05, 4.4, 45), np.linspace(0, 0.99, 45) if method != "sgd" else np.zeros(1)
    for finer in range(5):
        report(finer / 5, f"searching for the best {method} at κ = {kappa:g}")
        pairs = np.stack(np.meshgrid(rates, betas), axis=-1).reshape(-1, 2)
        factors = np.max([factors_from(seed, method, kappa, pairs) for seed in TUNED_ON], axis=0)
        rate, beta = pairs[int(np.where(np.isfinite(factors), factors, np.inf).argmin())]
        rates = np.clip(rate + np.linspace(-1, 1, 15) * (rates[1] - rates[0]), 1e-3, 4.4)
        if len(betas) > 1:
            betas = np.clip(beta + np.linspace(-1, 1, 15) * (betas[1] - betas[0]), 0, 0.999)
    return float(rate), float(beta)


def factors_from(seed: int, method: str, kappa: float, pairs: Floats) -> Floats:
    """Measure the factor a step at every pair (N, 2) of α and β, from one seed's start: (N,)."""
    rate, beta = pairs.T
    start, surface = start_of(seed), Surface("ravine", kappa)
    return shrinking(paths(surface, start, steps=STEPS, optimizer=method, rate=rate, momentum=beta))


def stable(seeds: Sequence[int], report: Report) -> Verdict:
    """Count the quadratics on which the heavy ball's error shrinks exactly if 0 < αλ < 2 + 2β; both sides are drawn."""
    right, looked = 0, 0
    for place, seed in enumerate(seeds):
        report(place / len(seeds), "walking")
        draws = np.random.default_rng(seed)
        beta = draws.uniform(0, 0.98, DRAWS)
        curvature = 10 ** draws.uniform(-1, 0, DRAWS)
        product = (2 + 2 * beta) * draws.uniform(-0.5, 2.0, DRAWS)  # αλ, negative where the step goes uphill
        near = np.abs(product - (2 + 2 * beta)) < 0.01 * (2 + 2 * beta)
        near |= np.abs(product) < 0.01
        shrinks = ends_lower(product / curvature, beta, curvature)
        claimed = (product > 0) & (product < 2 + 2 * beta)
        right += int(np.sum((shrinks == claimed) & ~near))
        looked += int(np.sum(~near))
    return claims.in_every(right, looked, what="shrinking exactly if 0 < αλ < 2 + 2β", seeds=len(seeds))


def ends_lower(rate: Floats, beta: Floats, curvature: Floats) -> NDArray[np.bool_]:
    """Return whether the distance along one direction of curvature λ is below a thousandth after 5000 steps, (K,)."""
    ends = []
    for alpha, friction, bend in zip(rate, beta, curvature, strict=True):
        # Along its length the ravine's curvature is 1/κ = λ; nothing moves across it.
        way = paths(
            Surface("ravine", 1 / bend), (1.0, 0.0), steps=5000, optimizer="momentum", rate=alpha, momentum=friction
        )
        ends.append(bool(np.abs(way[0, -1, 0]) < 1e-3))  # NaN, out of all bounds, is not
    return np.array(ends)


def escapes(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how many more starts leave their basin with β = 0.9, at the same α and at the same effective step α/(1 − β)."""
    parts = {}
    cases = {
        "same α, no noise": (ESCAPING, 0.0),
        "same α, noisy slopes": (ESCAPING, NOISE),
        "same effective step, no noise": (ESCAPING / 10, 0.0),
        "same effective step, noisy slopes": (ESCAPING / 10, NOISE),
    }
    for place, (name, (rate, noise)) in enumerate(cases.items()):
        told = part(report, place / len(cases), (place + 1) / len(cases))
        left = np.array([both_shares(seed, rate, noise, told) for seed in seeds])
        more = statistics.paired_interval(left[:, 1], left[:, 0])
        what = f"the share of starts that leave their basin, beyond plain descent's ({100 * left[:, 0].mean():.0f} %),"
        parts[name] = claims.directional(more, LEAST_SHARE, what=what)
    return claims.by_condition(parts)


def both_shares(seed: int, rate: float, noise: float, report: Report) -> tuple[float, float]:
    """Return which share of a seed's starts ends in another basin: plain descent at ESCAPING, then momentum at `rate`."""
    report(0.0, f"seed {seed}")
    draws = np.random.default_rng(seed)
    starts = draws.uniform(-3, 3, (BASINS, 2))
    blown = noise * draws.standard_normal((BASINS, WALK, 2)) if noise else None
    home = basin(starts)
    walks: dict[str, dict[str, Any]] = {"sgd": {"rate": ESCAPING}, "momentum": {"rate": rate, "momentum": 0.9}}
    shares = []
    for optimizer, options in walks.items():
        ends = paths(Surface("rastrigin"), starts, steps=WALK, optimizer=optimizer, noise=blown, **options)[:, -1]
        shares.append(float(np.mean((basin(ends) != home).any(axis=1))))
    return shares[0], shares[1]


def basin(places: Floats) -> NDArray[np.int64]:
    """Return in which basin places (N, 2) lie: small steps downhill lead to its bottom, one of whole numbers nearly."""
    bottoms = paths(Surface("rastrigin"), places, steps=REST, rate=SMALL)[:, -1]
    return np.nan_to_num(np.round(bottoms), nan=99).astype(np.int64)


def helps_network(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the loss that the heavy ball saves on the network after the same steps, each at its own tuned rate."""
    return network_duel("sgd", "momentum", seeds, report)


def nesterov_helps(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the loss that Nesterov's look ahead saves over the heavy ball, each at its own tuned rate."""
    return network_duel("momentum", "nesterov", seeds, report)


def network_duel(first: str, second: str, seeds: Sequence[int], report: Report) -> Verdict:
    """Compare two methods on the network at β = 0.9 and 0.99; rates are tuned on seeds of their own."""
    parts = {}
    for place, beta in enumerate((0.9, 0.99)):
        tuned = nets.trained(beta, TUNED_ON, report=part(report, place / 2, place / 2 + 0.15))
        done = nets.trained(beta, tuple(seeds), report=part(report, place / 2 + 0.15, place / 2 + 0.5))
        ends = [done.last[METHODS.index(name), tuned.chosen[METHODS.index(name)]] for name in (first, second)]
        gain = statistics.paired_interval(*ends)
        rates = f"rates {tuned.best_rate(first):g} and {tuned.best_rate(second):g}"
        what = f"the loss saved by {second} over {first} ({rates})"
        parts[f"β = {beta:g}"] = claims.directional(gain, LEAST_LOSS, what=what, unit="nats")
    return claims.by_condition(parts)


def like_a_larger_rate(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how far the losses of the heavy ball at α and of gradient descent at α/(1 − β) lie apart, β = 0.9."""
    done = nets.trained(0.9, tuple(seeds), report=report)
    parts = {}
    for rate in (0.003, 0.03, 0.3, 1.0):
        here, there = nets.RATES.index(rate), nets.RATES.index(rate * 10)
        apart = np.abs(np.log(done.last[1, here]) - np.log(done.last[0, there]))
        gap = statistics.mean_interval(apart)
        what = "the distance of the two losses on a log scale (0.1: a tenth)"
        parts[f"α = {rate:g}"] = claims.at_most(gap, 0.1, what=what)
    return claims.by_condition(parts)


CLAIMS = (
    Claim(
        "best-rate-goes-with-the-root",
        "The best rate of convergence goes from (κ − 1)/(κ + 1) to (√κ − 1)/(√κ + 1).",
        "Polyak 1964; Goh 2017",
        best_rates,
    ),
    Claim(
        "stable-below-two-plus-two-beta",
        "The heavy ball is stable if and only if 0 < αλ < 2 + 2β.",
        "Goh 2017",
        stable,
    ),
    Claim(
        "escapes-local-minima",
        "Momentum escapes local minima: it leaves the basin it starts in more often than plain gradient descent.",
        "widely repeated in tutorials",
        escapes,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "momentum-speeds-up-the-network",
        "On a network momentum ends lower after the same steps, each at its own best rate.",
        "Sutskever, Martens, Dahl & Hinton 2013",
        helps_network,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "nesterov-beats-the-heavy-ball",
        "Nesterov's momentum ends lower on a network than the heavy ball, each at its own best rate.",
        "Sutskever, Martens, Dahl & Hinton 2013",
        nesterov_helps,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "momentum-is-a-larger-rate",
        "Momentum β does no more than a rate 1/(1 − β) times as large: the losses on the network agree within a tenth.",
        "widely repeated as “the effective learning rate”",
        like_a_larger_rate,
        doubtful=True,
        seeds=32,
    ),
)
