"""Sentences from textbooks about neurons, put to the test over seeds."""

from collections.abc import Sequence

import numpy as np

from nnviz.concepts.neuron.fitting import MOST, Fit, Fitting, X, fit
from nnviz.concepts.neuron.unit import Activation, Floats, neuron
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

BOUNDED: tuple[Activation, ...] = ("sigmoid", "tanh", "relu")
SAME = 1e-6  # radians and lengths that count as none
FAR = 1e6  # a crossing farther away than this is none
RESTARTS = 8  # networks of two neurons per seed: one of them must make a bump
RISE = 0.5  # how far a bump stands out above both of its ends; that of the target is 1
FLAT = 1e-9
SIZES = (1, 2, 4, 8, 16)
TARGETS = ("sine", "step", "bump")
CURVED: tuple[Activation, ...] = ("tanh", "relu")
FALLS = 0.2  # least exponent a in error ∝ neurons⁻ᵃ that matters


def bias_moves_without_turning(seeds: Sequence[int], report: Report) -> Verdict:
    """Find the line where the output is ½ by bisection, before and after a new bias; compare both lines' directions."""
    report(0.0, "looking for the line")
    held = trials = 0
    for seed in seeds:
        random = np.random.default_rng([seed, 1])
        for _ in range(4):
            w, biases = random.normal(size=2), random.uniform(-2, 2, 2)
            (first, second), (third, fourth) = (crossings(w, float(b)) for b in biases)
            one, other = unit_vector(second - first), unit_vector(fourth - third)
            turn = abs(one[0] * other[1] - one[1] * other[0])
            shift = abs(float(unit_vector(w) @ (third - first)))
            expected = abs(biases[1] - biases[0]) / np.linalg.norm(w)
            held += bool(turn < SAME and abs(shift - expected) < SAME * (1 + expected))
            trials += 1
    what = "a line that moves by |Δb|/‖w‖ and does not turn"
    return claims.in_every(held, trials, what=what, seeds=len(seeds))


def crossings(w: Floats, b: float) -> tuple[Floats, Floats]:
    """Return two points at which a sigmoid neuron's output is ½: found by bisection, from outputs alone."""
    axis = int(np.argmax(np.abs(w)))  # along this input the output surely changes
    found = []
    for other in (-1.0, 1.0):
        low, high = np.full(2, other), np.full(2, other)
        low[axis], high[axis] = -100.0, 100.0
        rising = neuron(high, w, b, "sigmoid") > 0.5
        for _ in range(100):
            middle = (low + high) / 2
            above = neuron(middle, w, b, "sigmoid") > 0.5
            low, high = (low, middle) if above == rising else (middle, high)
        found.append((low + high) / 2)
    return found[0], found[1]


def unit_vector(v: Floats) -> Floats:
    """Return a vector of length 1 in the same direction."""
    return np.asarray(v / np.linalg.norm(v))


def prominence(trained: Fit) -> Floats:
    """Return by how much each network's curve stands out, inside, above the higher of its two ends, (K,)."""
    w, b, v = np.split(trained.final[:, :-1, None], 3, axis=1)
    curve = (v * neuron((w * X + b)[..., None], np.ones(1), 0.0, trained.activation)).sum(axis=1)  # (K, 64)
    return np.asarray(curve.max(axis=1) - np.maximum(curve[:, 0], curve[:, -1]))


def one_cannot_two_can(seeds: Sequence[int], report: Report) -> Verdict:
    """Train one and two neurons on the bump: no single one may rise and fall again, and of 8 pairs one must."""
    held = trials = 0
    alone: list[float] = []
    together: list[float] = []
    for index, name in enumerate(BOUNDED):
        span = part(report, index / len(BOUNDED), (index + 1) / len(BOUNDED), f"bumps of {name} neurons")
        tries = tuple(1000 * attempt + seed for seed in seeds for attempt in range(RESTARTS))
        setting = Fitting(name, "bump", epochs=400, seeds=tries)
        one, two = (
            prominence(fit(setting, units, part(span, 0.5 * units - 0.5, 0.5 * units))).reshape(-1, RESTARTS)
            for units in (1, 2)
        )
        held += int(np.sum((one.max(axis=1) <= FLAT) & (two.max(axis=1) >= RISE)))
        trials += len(seeds)
        alone.append(float(one.max()))
        together.append(float(np.mean(two >= RISE)))
    verdict = claims.in_every(held, trials, what="one neuron without a bump and a pair with one", seeds=len(seeds))
    shares = ", ".join(f"{100 * share:.0f} % of {name} pairs" for name, share in zip(BOUNDED, together, strict=True))
    added = f" The most that one neuron's curve stands out is {max(alone):.2g}; training finds the bump in {shares}."
    return Verdict(**{**vars(verdict), "reason": verdict.reason + added})


def error_falls(seeds: Sequence[int], report: Report) -> Verdict:
    """Estimate a in error ∝ neurons⁻ᵃ for every seed, curve and activation."""
    verdicts: dict[str, Verdict] = {}
    conditions = [(target, name) for target in TARGETS for name in CURVED]
    for index, (target, name) in enumerate(conditions):
        span = part(report, index / len(conditions), (index + 1) / len(conditions), f"{name} neurons on the {target}")
        verdicts[f"{name} on the {target}"] = falling(Fitting(name, target, seeds=tuple(seeds)), span)
    return claims.by_condition(verdicts)


def linear_falls(seeds: Sequence[int], report: Report) -> Verdict:
    """The same for neurons without an activation."""
    span = part(report, 0.0, 1.0, "linear neurons")
    return claims.by_condition(
        {target: falling(Fitting("linear", target, seeds=tuple(seeds)), span) for target in TARGETS}
    )


def falling(setting: Fitting, report: Report) -> Verdict:
    """Judge how fast the error falls with the number of neurons."""
    errors = []
    for index, units in enumerate(SIZES):
        errors.append(fit(setting, units, part(report, index / len(SIZES), (index + 1) / len(SIZES))).error)
    slope = statistics.loglog_slope(SIZES, np.array(errors).T)  # (K, 5)
    fall = statistics.Interval(
        -slope.estimate, -slope.high, -slope.low, slope.level, slope.count, slope.lost, slope.method
    )
    return claims.directional(fall, FALLS, what="the exponent a in error ∝ neurons⁻ᵃ")


CLAIMS = (
    Claim(
        "bias-moves",
        "A bias moves the boundary without turning it.",
        "Goodfellow, Bengio & Courville, Deep Learning, 2016",
        bias_moves_without_turning,
    ),
    Claim(
        "one-no-bump",
        "One neuron cannot make a bump, and two can.",
        "Nielsen, Neural Networks and Deep Learning, chapter 4, 2015",
        one_cannot_two_can,
    ),
    Claim(
        "more-neurons",
        f"The more neurons, the smaller the error (from 1 to {MOST}, trained on 64 points).",
        "Cybenko 1989 and Hornik 1991 promise that it can be small, not that training finds it",
        error_falls,
    ),
    Claim(
        "more-linear-neurons",
        "More neurons help also without an activation function.",
        "a common misunderstanding of “universal approximation”",
        linear_falls,
        doubtful=True,
    ),
)
