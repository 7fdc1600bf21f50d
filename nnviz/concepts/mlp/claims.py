"""Sentences from textbooks about one layer and two, put to the test over seeds."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nnviz.concepts.mlp.network import best_line
from nnviz.concepts.mlp.points import points_of
from nnviz.concepts.mlp.training import Data, Floats, Setting, trained
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

SOLVED = 0.95
MANY = 8  # networks trained for each seed where a share must be told apart from none
RATES = (0.003, 0.03, 0.3)
SETS: tuple[Data, ...] = ("xor", "circle", "moons", "spiral")


def accuracies(setting: Setting, hidden: int, seeds: Sequence[int], report: Report) -> Floats:
    """Return the test accuracy of a network for each seed, 0…1."""
    return np.asarray(trained(setting, hidden, tuple(seeds), report).accuracy[-1])


def several(seeds: Sequence[int]) -> list[int]:
    """Return eight seeds for each seed, all different."""
    return [MANY * seed + index for seed in seeds for index in range(MANY)]


def no_line_solves(seeds: Sequence[int], report: Report) -> Verdict:
    """Count the perceptrons, at three learning rates, that stay below 95 %."""
    below = []
    for index, rate in enumerate(RATES):
        told = part(report, index / len(RATES), (index + 1) / len(RATES), f"lines at rate {rate:g}")
        below.append(accuracies(Setting(rate=rate), 0, seeds, told) < SOLVED)
    return claims.in_every(int(np.sum(below)), int(np.size(below)), what="a line below 95 % on XOR", seeds=len(seeds))


def no_line_could(seeds: Sequence[int], report: Report) -> Verdict:
    """Search every line for the best one, on each seed's own points."""
    best = []
    for index, seed in enumerate(seeds):
        report(index / len(seeds), "trying every line")
        points, classes, _, _ = points_of("xor", 0.1, seed)
        best.append(100 * best_line(points, classes))
    what = "the share of points that the best of all lines gets right"
    return claims.at_most(statistics.mean_interval(best), 100 * SOLVED, what=what, unit="%")


def two_units_fail(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the share of networks with two tanh units that fail on XOR."""
    failed = accuracies(Setting(), 2, several(seeds), report) < SOLVED
    share = statistics.proportion_interval(int(failed.sum()), len(failed))
    what = "the share of two-unit networks that fail on XOR"
    return claims.at_least(share, 0.05, what=what, seeds=len(failed))


def eight_units_succeed(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the share of networks with eight tanh units that fail on XOR."""
    failed = accuracies(Setting(), 8, several(seeds), report) < SOLVED
    share = statistics.proportion_interval(int(failed.sum()), len(failed))
    what = "the share of eight-unit networks that fail on XOR"
    return claims.at_most(share, 0.05, what=what, seeds=len(failed))


def linear_adds_nothing(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge what a linear hidden layer of eight units adds to a line's test accuracy, on four data sets."""
    parts: dict[str, Verdict] = {}
    for index, data in enumerate(SETS):
        told = part(report, index / len(SETS), (index + 1) / len(SETS), data)
        setting = Setting(data=data, activation="linear")
        gain = statistics.paired_interval(
            100 * accuracies(setting, 8, seeds, told), 100 * accuracies(setting, 0, seeds, told)
        )
        parts[data] = claims.at_most(gain, 1.0, what="the accuracy that linear units add", unit="points")
    return claims.by_condition(parts)


def wide_enough_for_anything(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the share of networks with sixteen tanh units that solve each data set, with ten times the usual epochs."""
    parts: dict[str, Verdict] = {}
    for index, data in enumerate(SETS):
        told = part(report, index / len(SETS), (index + 1) / len(SETS), data)
        solved = accuracies(replace(Setting(data=data), epochs=1000), 16, seeds, told) >= SOLVED
        share = statistics.proportion_interval(int(solved.sum()), len(solved))
        parts[data] = claims.at_least(share, 0.5, what="the share of sixteen-unit networks that solve it")
    return claims.by_condition(parts)


CLAIMS = (
    Claim(
        "xor-needs-a-hidden-layer",
        "XOR needs a hidden layer: a trained line never solves it (learning rates 0.003, 0.03 and 0.3).",
        "Minsky & Papert 1969",
        no_line_solves,
    ),
    Claim(
        "no-line-could-solve-xor",
        "It is no matter of training: even the best of all lines stays below 95 % of XOR's points.",
        "Minsky & Papert 1969",
        no_line_could,
    ),
    Claim(
        "two-units-sometimes-fail",
        "Two tanh units can do XOR, but some seeds fail: at least one in twenty.",
        "Rumelhart, Hinton & Williams 1986 report such local minima as very rare",
        two_units_fail,
    ),
    Claim(
        "eight-units-almost-never-fail",
        "With eight tanh units almost no seed fails on XOR: at most one in twenty.",
        "widely taught: more units than needed make training easier",
        eight_units_succeed,
    ),
    Claim(
        "linear-layers-add-nothing",
        "Stacking linear layers adds nothing: at most one point of test accuracy on any of four data sets.",
        "Minsky & Papert 1969; every textbook",
        linear_adds_nothing,
    ),
    Claim(
        "one-hidden-layer-learns-anything",
        "One hidden layer can learn anything: with 16 units and 1000 epochs most seeds solve each of four data sets.",
        "widely concluded from Cybenko 1989 and Hornik, Stinchcombe & White 1989",
        wide_enough_for_anything,
        doubtful=True,
    ),
)
