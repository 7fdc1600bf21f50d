"""Sentences about size, bias and variance, put to the test over seeds. Sizes are compared on the same data sets."""

from collections.abc import Callable, Sequence

import numpy as np

from nnviz.concepts.capacity import networks, survey
from nnviz.concepts.capacity.features import Floats
from nnviz.concepts.capacity.samples import draw_samples
from nnviz.concepts.capacity.settings import MOST, Features, Problem, Target
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

POINTS, SETS, NOISE = 20, 40, 0.4
KINDS: dict[Features, str] = {"polynomial": "polynomials", "fourier": "random waves", "gaussian": "Gaussian features"}
MATTERS = 1.1  # a ratio of errors that counts as a difference
OTHER = 10_000  # added to a seed: sizes are chosen on data that are never compared
LENGTHS, SIDES, TRAINED_SETS = (800, 8000), (3, 6, 32), 4  # steps; hidden units; data sets per seed
Test = Callable[[Features, str, Sequence[int], Report], dict[str, Verdict]]


def problem(kind: Features, seeds: Sequence[int], points: int = POINTS, target: Target = "wave") -> Problem:
    """Return the page's problem without ridge and without wrong labels."""
    return Problem(kind, target, points, 0.0, 0.0, 0.0, SETS, tuple(seeds))


def errors(
    kind: Features, seeds: Sequence[int], report: Report, points: int = POINTS, target: Target = "wave"
) -> Floats:
    """Return the measured test error at every p from 1 to 200, (S, 200)."""
    return survey.least_squares(problem(kind, seeds, points, target), report).measured.at(NOISE)


def over_kinds(test: Test, seeds: Sequence[int], report: Report) -> Verdict:
    """Judge a claim for every kind of features, in one or several conditions each."""
    verdicts: dict[str, Verdict] = {}
    for number, (kind, name) in enumerate(KINDS.items()):
        verdicts |= test(kind, name, seeds, part(report, number / len(KINDS), (number + 1) / len(KINDS)))
    return claims.by_condition(verdicts)


def u_shape(kind: Features, name: str, seeds: Sequence[int], report: Report) -> dict[str, Verdict]:
    """A U turns up once and stays up: up from the best size to p = n, and not down again to p = 10 n."""
    found = errors(kind, seeds, report)
    best = int(errors(kind, [seed + OTHER for seed in seeds[:8]], report)[:, : POINTS - 1].mean(axis=0).argmin())
    wall = found[:, POINTS - 1]
    rise = statistics.paired_ratio_interval(wall, found[:, best])
    stays = statistics.paired_ratio_interval(found[:, 10 * POINTS - 1], wall)
    before = claims.at_least(rise, MATTERS, what=f"the error at p = n over that at p = {best + 1} ({name})", unit="×")
    after = claims.at_least(stays, 1.0, what=f"the error at p = 10 n over that at p = n ({name})", unit="×")
    return {f"{name} up to p = n": before, f"{name} beyond it": after}


def rises(kind: Features, name: str, seeds: Sequence[int], report: Report) -> dict[str, Verdict]:
    """Variance at p = n over that at n/2, and at 10 n over that at n."""
    variance = survey.least_squares(problem(kind, seeds), report).variance.at(NOISE)
    steps = {"up to p = n": (POINTS // 2, POINTS), "beyond it": (POINTS, 10 * POINTS)}
    return {
        f"{name} {where}": claims.at_least(
            statistics.paired_ratio_interval(variance[:, high - 1], variance[:, low - 1]),
            1.0,
            what=f"variance at p = {high} over that at p = {low} ({name})",
            unit="×",
        )
        for where, (low, high) in steps.items()
    }


def no_peak(kind: Features, name: str, seeds: Sequence[int], report: Report) -> dict[str, Verdict]:
    """With ridge chosen on held-out labels, the error at p = n over the larger of those at n/2 and 2n."""
    _, chosen = survey.tuned(problem(kind, seeds), NOISE, report)
    sides = np.maximum(chosen[:, POINTS // 2 - 1], chosen[:, 2 * POINTS - 1])
    ratio = statistics.paired_ratio_interval(chosen[:, POINTS - 1], sides)
    return {name: claims.at_most(ratio, MATTERS, what=f"error at p = n over its sides, ridge tuned ({name})", unit="×")}


def hurts(kind: Features, name: str, seeds: Sequence[int], report: Report) -> dict[str, Verdict]:
    """The error of 20 parameters with 20 points over that with 10."""
    few, many = (errors(kind, seeds, report, points)[:, POINTS - 1] for points in (POINTS // 2, POINTS))
    ratio = statistics.paired_ratio_interval(many, few)
    return {name: claims.at_least(ratio, MATTERS, what=f"error with 20 points over that with 10 ({name})", unit="×")}


def bigger(kind: Features, name: str, seeds: Sequence[int], report: Report) -> dict[str, Verdict]:
    """The error of the best size beyond p = n over that of the best below it, both chosen on other seeds.

    A smooth truth suits few parameters; a step, which no few waves or powers can make, is the other side's case.
    """
    verdicts: dict[str, Verdict] = {}
    targets: tuple[Target, ...] = ("wave",) if kind == "gaussian" else ("wave", "step")
    for number, target in enumerate(targets):
        share = part(report, number / len(targets), (number + 1) / len(targets))
        other = errors(kind, [seed + OTHER for seed in seeds], part(share, 0, 0.5), target=target).mean(axis=0)
        below = int(other[: POINTS - 1].argmin())
        above = POINTS + 1 + int(other[POINTS + 1 : MOST].argmin())
        found = errors(kind, seeds, part(share, 0.5, 1), target=target)
        ratio = statistics.paired_ratio_interval(found[:, above], found[:, below])
        case = name if kind == "gaussian" else f"{name} ({target})"
        what = f"error at p = {above + 1} over that at p = {below + 1} ({case})"
        verdicts[case] = claims.at_most(ratio, 1.0, what=what, unit="×")
    return verdicts


def networks_peak(seeds: Sequence[int], report: Report) -> Verdict:
    """Networks of 10, 19 and 97 parameters for 20 points: the error of the middle one over the larger of its sides.

    Trained for 800 steps as on the page, and ten times as long, because a peak belongs to fits that leave nothing over.
    """
    drawn = [draw_samples("polynomial", "wave", POINTS, 0.0, TRAINED_SETS, seed, 1) for seed in seeds]
    verdicts: dict[str, Verdict] = {}
    for number, steps in enumerate(LENGTHS):
        asked = Problem("mlp", "wave", POINTS, NOISE, 0.0, 0.0, TRAINED_SETS, tuple(seeds), steps)
        share = part(report, (0, 0.1)[number], (0.1, 1)[number])
        found = []
        for column, width in enumerate(SIDES):
            own = part(share, column / len(SIDES), (column + 1) / len(SIDES))
            found.append(networks.fit_width(asked, width, drawn, np.zeros(2), own)[0][2, 0])
        ratio = statistics.paired_ratio_interval(found[1], np.maximum(found[0], found[2]))
        what = f"error at p = {3 * SIDES[1] + 1} over its sides, Adam for {steps} steps"
        verdicts[f"{steps} steps"] = claims.at_least(ratio, MATTERS, what=what, unit="×")
    return claims.by_condition(verdicts)


def over_all(test: Test) -> Callable[[Sequence[int], Report], Verdict]:
    """Return the test of a claim over all kinds of features."""
    return lambda seeds, report: over_kinds(test, seeds, report)


CLAIMS = (
    Claim(
        "u-shape",
        "Test error is U-shaped in capacity: past the best size, more parameters only make it worse.",
        "Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2009 (figure 2.11)",
        over_all(u_shape),
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "variance-rises",
        "Variance rises with the number of parameters.",
        "Geman, Bienenstock & Doursat, Neural networks and the bias/variance dilemma, 1992",
        over_all(rises),
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "tuned-ridge",
        "Ridge, well tuned, removes the peak at p = n.",
        "Nakkiran, Venkat, Kakade & Ma, Optimal regularization can mitigate double descent, 2021",
        over_all(no_peak),
    ),
    Claim(
        "more-data-hurts",
        "Near p = n more data can make the test error larger.",
        "Nakkiran et al., Deep double descent: where bigger models and more data hurt, 2020",
        over_all(hurts),
    ),
    Claim(
        "bigger-is-better",
        "Bigger is better: the best model with more parameters than points beats the best with fewer.",
        "widely repeated since Belkin et al. 2019",
        over_all(bigger),
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "networks-peak-too",
        "A network trained by gradient descent, too, is worst where it has as many parameters as points.",
        "widely repeated; Nakkiran et al. 2020 find the peak where training just reaches zero error",
        networks_peak,
        doubtful=True,
        seeds=32,
    ),
)
