"""The page's claims as experiments over seeds: paired by points, every method at its own best rate, tuned on other seeds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from nnviz.concepts.ensembles import combining
from nnviz.concepts.ensembles.draws import Method
from nnviz.concepts.ensembles.training import Data, Floats, Setting, large_chances, members_of, points_of
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

LEAST = 0.5  # points of accuracy, or of calibration error, that matter
DATA: dict[Data, float] = {"moons": 0.4, "circle": 0.3, "xor": 0.3}
"""Data sets and their noise."""
METHODS: tuple[Method, ...] = ("seeds", "bagging", "boosting", "stacking", "snapshot", "subspaces")
RATES = (0.01, 0.03, 0.1)
FRESH = 100  # the page's settings were chosen on lower seeds, so a claim does not use them
TUNING = tuple(range(1000, 1006))  # seeds on which rates are chosen, never those of the test
VALIDATION = 100  # test points given up to choose a member by
Score = Callable[[Setting, Report], Floats]
"""From a setting to one number per seed, in points; more is better."""


def base(data: Data, method: Method, seeds: Sequence[int], wrong: float = 0.0, width: int = 8) -> Setting:
    """Return sixteen members on 40 points, 150 epochs each."""
    setting = Setting(
        method=method,
        data=data,
        noise=DATA[data],
        seeds=tuple(FRESH + seed for seed in seeds),
        wrong=wrong,
        width=width,
    )
    return replace(setting, members=16, points=40, epochs=150)


def answers(setting: Setting, report: Report) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Return per seed the members' answers (M, T) at the test points, the whole ensemble's weights (M,), the targets (T,)."""
    members, points = members_of(setting, report), points_of(setting)
    found: tuple[list[Floats], list[Floats], list[Floats]] = ([], [], [])
    for index, each in enumerate(points):
        chances = members.chances(index, each.test_inputs)
        weights = combining.growing(members.say[index])
        if members.held_out is not None:
            weights = combining.stacked(members.held_out[index], each.targets.astype(np.float64))
        found[0].append((chances > 0.5).astype(np.float64) if setting.method == "boosting" else chances)
        found[1].append(weights[-1])
        found[2].append(each.test_targets.astype(np.float64))
    return found


def together(setting: Setting, report: Report) -> Floats:
    """Return the test accuracy of whole ensembles in %, (S,)."""
    rows = zip(*answers(setting, report), strict=True)
    return np.array([100 * np.mean(combining.named(weights @ given) == (truth == 1)) for given, weights, truth in rows])


def large(setting: Setting, report: Report) -> Floats:
    """Return the test accuracy in % of one network with as many hidden units as all members together, (S,)."""
    chances, points = large_chances(setting, report), points_of(setting)
    return np.array(
        [100 * np.mean((row > 0.5) == (p.test_targets == 1)) for row, p in zip(chances, points, strict=True)]
    )


def calibrated(setting: Setting, report: Report) -> Floats:
    """Return minus the calibration error of whole ensembles in points, (S,)."""
    rows = zip(*answers(setting, report), strict=True)
    return np.array([-100 * combining.calibration_error(weights @ given, truth) for given, weights, truth in rows])


def calibrated_alone(setting: Setting, report: Report) -> Floats:
    """Return minus the mean calibration error of the members alone in points, (S,)."""
    rows = zip(*answers(setting, report), strict=True)
    return np.array([-100 * combining.calibration_error(given, truth).mean() for given, _, truth in rows])


def at_best_rate(setting: Setting, score: Score, report: Report) -> Floats:
    """Return a score per seed at the rate whose mean score is highest on the tuning seeds."""
    trials = []
    for number, rate in enumerate(RATES):
        step = part(report, 0.2 * number, 0.2 * (number + 1))
        trials.append(score(replace(setting, rate=rate, seeds=TUNING), step).mean())
    return score(replace(setting, rate=RATES[int(np.argmax(trials))]), part(report, 0.6, 1.0))


def compared(
    pairs: Mapping[str, tuple[tuple[Setting, Score], tuple[Setting, Score]]], report: Report, what: str
) -> Verdict:
    """Judge "the first is better than the second" in every condition, both at their own best rate, paired by seed."""
    parts = {}
    for number, (name, (first, second)) in enumerate(pairs.items()):
        step = part(report, number / len(pairs), (number + 1) / len(pairs))
        left = at_best_rate(*first, part(step, 0.0, 0.5))
        right = at_best_rate(*second, part(step, 0.5, 1.0))
        change = statistics.paired_interval(left, right)
        parts[name] = claims.directional(change, LEAST, what=f"{what} on {name}", unit="points")
    return claims.by_condition(parts)


def never_worse(seeds: Sequence[int], report: Report) -> Verdict:
    """Count over all methods, data sets and seeds how often the ensemble errs no more than its average member."""
    held = trials = 0
    for number, data in enumerate(DATA):
        for place, method in enumerate(METHODS):
            done = (number * len(METHODS) + place) / (len(DATA) * len(METHODS))
            step = part(report, done, done + 1 / (len(DATA) * len(METHODS)))
            for given, weights, truth in zip(*answers(base(data, method, seeds), step), strict=True):
                error, member = np.mean((weights @ given - truth) ** 2), weights @ np.mean((given - truth) ** 2, axis=1)
                held, trials = held + int(error <= member + 1e-12), trials + 1
    return claims.in_every(held, trials, what="squared error at most the average member’s", seeds=len(seeds))


def beats_best(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare with the member that is best on the test points themselves: hindsight, as the sentence has it."""
    return _against(seeds, report, lambda own: 100 * own.max(), "the accuracy beyond the best member’s")


def _against(seeds: Sequence[int], report: Report, rival: Callable[[Floats], float], what: str) -> Verdict:
    parts = {}
    methods: tuple[Method, ...] = ("seeds", "bagging")
    every = [(data, method) for data in DATA for method in methods]
    for number, (data, method) in enumerate(every):
        step = part(report, number / len(every), (number + 1) / len(every))
        change = []
        for given, weights, truth in zip(*answers(base(data, method, seeds), step), strict=True):
            own = ((given > 0.5) == (truth == 1)).mean(axis=1)
            change.append(100 * np.mean(combining.named(weights @ given) == (truth == 1)) - rival(own))
        name = f"{method} on {data}"
        found = statistics.mean_interval(change)
        parts[name] = claims.directional(found, LEAST, what=f"{what}, {name},", unit="points")
    return claims.by_condition(parts)


def beats_chosen(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare with the member that is best on 100 points held out for that; both are tested on the other 900."""
    parts = {}
    for number, data in enumerate(DATA):
        step = part(report, number / len(DATA), (number + 1) / len(DATA))
        change = []
        for given, weights, truth in zip(*answers(base(data, "bagging", seeds), step), strict=True):
            right = (given > 0.5) == (truth == 1)
            chosen = int(right[:, :VALIDATION].mean(axis=1).argmax())
            all_of_them = combining.named(weights @ given) == (truth == 1)
            change.append(100 * (all_of_them[VALIDATION:].mean() - right[chosen, VALIDATION:].mean()))
        what = f"the accuracy beyond the chosen member’s on {data}"
        parts[str(data)] = claims.directional(statistics.mean_interval(change), LEAST, what=what, unit="points")
    return claims.by_condition(parts)


def better_calibrated(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare the calibration error of ensembles and of members alone, for different seeds and bagging."""
    methods: tuple[Method, ...] = ("seeds", "bagging")
    settings = {f"{data} ({method})": base(data, method, seeds) for data in DATA for method in methods}
    pairs = {name: ((one, calibrated), (one, calibrated_alone)) for name, one in settings.items()}
    return compared(pairs, report, "the fall of the calibration error")


def noise_hurts_boosting(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare what a fifth of wrong labels costs AdaBoost and bagging, both with small members at their best rate."""
    parts = {}
    methods: tuple[Method, ...] = ("boosting", "bagging")
    for number, data in enumerate(DATA):
        lost = []
        for place, method in enumerate(methods):
            step = part(report, (2 * number + place) / (2 * len(DATA)), (2 * number + place + 1) / (2 * len(DATA)))
            clean = at_best_rate(base(data, method, seeds, width=4), together, part(step, 0.0, 0.5))
            noisy = at_best_rate(base(data, method, seeds, 0.2, width=4), together, part(step, 0.5, 1.0))
            lost.append(clean - noisy)
        change = statistics.paired_interval(lost[0], lost[1])
        what = f"what wrong labels cost boosting more than bagging on {data}"
        parts[str(data)] = claims.directional(change, 2 * LEAST, what=what, unit="points")
    return claims.by_condition(parts)


def beats_large(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare bagged ensembles with one network of as many hidden units, trained at the same cost."""
    settings = {str(data): base(data, "bagging", seeds) for data in DATA}
    pairs = {name: ((one, together), (replace(one, method="seeds"), large)) for name, one in settings.items()}
    return compared(pairs, report, "the accuracy beyond one large network’s")


def seeds_beat_bagging(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare ensembles of different seeds, each trained on all points, with bagged ones."""
    pairs = {
        str(data): ((base(data, "seeds", seeds), together), (base(data, "bagging", seeds), together)) for data in DATA
    }
    return compared(pairs, report, "the accuracy of different seeds beyond bagging’s")


CLAIMS = (
    Claim(
        "never-worse-than-the-average-member",
        "In squared error an ensemble is never worse than its average member.",
        "Krogh & Vedelsby, 1995",
        never_worse,
    ),
    Claim(
        "beats-its-best-member",
        "An ensemble is more accurate than the best of its members.",
        "widely repeated in tutorials; compare Hansen & Salamon, 1990",
        beats_best,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "beats-the-member-one-would-choose",
        "An ensemble is more accurate than the member that a validation set would choose.",
        "Hansen & Salamon, 1990",
        beats_chosen,
    ),
    Claim(
        "lowers-calibration-error",
        "An ensemble’s chances are better calibrated than those of its members.",
        "Lakshminarayanan, Pritzel & Blundell, 2017",
        better_calibrated,
    ),
    Claim(
        "boosting-overfits-label-noise",
        "Boosting overfits label noise: wrong labels cost it more accuracy than they cost bagging.",
        "Dietterich, 2000",
        noise_hurts_boosting,
    ),
    Claim(
        "many-small-beat-one-large",
        "Many small networks together beat one network with as many units.",
        "widely repeated in tutorials",
        beats_large,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "seeds-beat-bagging",
        "For neural networks different starting weights on all the data give a better ensemble than bagging.",
        "Lakshminarayanan, Pritzel & Blundell, 2017",
        seeds_beat_bagging,
    ),
)
