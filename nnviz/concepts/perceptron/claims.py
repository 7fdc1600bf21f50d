"""Sentences from textbooks about the perceptron, put to the test over seeds."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nnviz.concepts.perceptron.bound import best_line
from nnviz.concepts.perceptron.clouds import cloud
from nnviz.concepts.perceptron.model import bound_of
from nnviz.concepts.perceptron.rule import Floats, Path, learn, margin, signed_points
from nnviz.concepts.perceptron.starts import order_of, starting_weights
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report

GAPS = (0.05, 0.1, 0.2, 0.4, 0.8)
SIZES = (10, 40, 100)
RATES = (0.01, 0.1, 3.0, 10.0)
PASSES = 5000
NEARLY = 0.9  # of the best margin: as good as the best


def trained(signed: Floats, seed: int, rate: float = 1.0, start: str = "zero", passes: int = PASSES) -> Path:
    """Train on points in the order of a seed."""
    return learn(signed, order_of(len(signed), seed), rate, starting_weights(start, seed), passes)


def stops_in_time(seeds: Sequence[int], report: Report) -> Verdict:
    """Count separable sets on which the rule stops, with every point right, after at most (R/γ)² mistakes."""
    held = trials = 0
    shares = []
    for index, seed in enumerate(seeds):
        report(index / len(seeds), "training on separable points")
        for gap in GAPS:
            for size in SIZES:
                signed = signed_points(*cloud("separable", size, gap, seed, ""))
                path, most = trained(signed, seed), bound_of(signed)
                held += bool(path.finished and path.mistakes <= most + 1e-6)
                shares.append(path.mistakes / most)
                trials += 1
    verdict = claims.in_every(held, trials, what="stopping within the bound", seeds=len(seeds))
    told = f" Of the bound, {100 * np.median(shares):.0f} % (median) and at most {100 * max(shares):.0f} % are used."
    return replace(verdict, reason=verdict.reason + told)


def rate_is_no_matter(seeds: Sequence[int], report: Report) -> Verdict:
    """Count trainings from zero that mistake the same points in the same order as with η = 1; beside it, from a drawn start."""
    held = trials = moved = 0
    for index, seed in enumerate(seeds):
        report(index / len(seeds), "training at several rates")
        for data in ("separable", "overlapping"):
            signed = signed_points(*cloud(data, 40, 0.2, seed, ""))
            for rate in RATES:
                held += same_path(signed, seed, rate, "zero")
                moved += not same_path(signed, seed, rate, "drawn")
                trials += 1
    verdict = claims.in_every(held, trials, what="the same path at another rate", seeds=len(seeds))
    aside = f" From a drawn start the rate changes the path in {moved} of {trials} cases: there it matters."
    return replace(verdict, reason=verdict.reason + aside, details={"changed from a drawn start": moved / trials})


def same_path(signed: Floats, seed: int, rate: float, start: str) -> bool:
    """Tell whether a rate gives the same mistakes and, up to one factor, the same weights as rate 1."""
    one, other = (trained(signed, seed, each, start, passes=50) for each in (1.0, rate))
    return np.array_equal(one.mistaken, other.mistaken) and np.allclose(
        rate * one.weights, other.weights, atol=1e-9 * rate
    )


def not_the_best(seeds: Sequence[int], report: Report) -> Verdict:
    """Measure how much of the best margin the found line has, mean over margins and sizes, seed by seed."""
    reached = []
    for index, seed in enumerate(seeds):
        report(index / len(seeds), "comparing with the best line")
        shares = []
        for gap in GAPS:
            for size in SIZES:
                signed = signed_points(*cloud("separable", size, gap, seed, ""))
                best = best_line(signed)
                if best is not None:
                    shares.append(margin(signed, trained(signed, seed).weights[-1]) / margin(signed, best))
        reached.append(float(np.mean(shares)) if min(shares) > 0 else np.nan)
    interval = statistics.mean_interval(reached)
    return claims.at_most(interval, NEARLY, what="the share of the best margin that the found line has")


CLAIMS = (
    Claim(
        "stops-within-the-bound",
        "On separable points it stops after at most (R/γ)² mistakes.",
        "Novikoff, On convergence proofs on perceptrons, 1962",
        stops_in_time,
    ),
    Claim(
        "rate-does-not-matter",
        "The learning rate does not change the boundary’s path when the weights start at zero.",
        "follows from the rule; yet many textbooks tune the rate",
        rate_is_no_matter,
        doubtful=True,
    ),
    Claim(
        "not-the-best-line",
        "It finds a separating line, not the best one: all points right, but less than 0.9 of the best margin.",
        "Boser, Guyon & Vapnik, A training algorithm for optimal margin classifiers, 1992",
        not_the_best,
    ),
)
