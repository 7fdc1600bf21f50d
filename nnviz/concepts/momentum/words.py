"""The run in words, and what is wrong with it."""

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.momentum import look, theory
from nnviz.concepts.momentum.model import MEASURED, Run
from nnviz.concepts.momentum.theory import METHODS
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import significant
from nnviz.core.statistics import paired_interval

TOO_LONG = 2.0  # swinging costs so many times the steps of the critical β before it is called too much


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    return f"{_descent(run)} {_network(run)}"


def _descent(run: Run) -> str:
    p, who = run.params, look.called(run.params.method)
    if not p.curvatures:
        return "All three start at the lowest point, where there is no slope: they stay."
    gaps = np.hypot(*run.ways[:, -1].T)
    start = f"After {p.steps} steps {who} (α = {p.rate:g}, β = {p.beta:g}) is {_away(gaps[run.front])}, "
    start += f"gradient descent at the same α {look.size(float(gaps[0]))}."
    own, measured = float(run.formula[run.front]), float(run.measured[run.front])
    seen = f" (steps {MEASURED // 2} to {MEASURED}: {look.factor(measured)})" if np.isfinite(measured) else ""
    long = f"A step multiplies it by {look.factor(own)} in the long run{seen}: it {look.need(float(theory.steps_for_a_tenth(own)))}"
    rate, beta = (significant(each) for each in theory.best(p.method, p.kappa))
    least = float(theory.steps_for_a_tenth(theory.best_convergence(p.method, p.kappa)))
    return f"{start} {long}; the best, α = {rate} and β = {beta}, takes {look.steps(least)}."


def _away(distance: float) -> str:
    return f"{significant(float(distance))} from the lowest point" if np.isfinite(distance) else "out of all bounds"


def _network(run: Run) -> str:
    nets, name = run.nets, run.params.method
    plain, own = nets.curve("sgd")[-1], nets.curve(name)[-1]
    ends = f"{significant(float(np.median(own)))} with {look.called(name)} and {significant(float(np.median(plain)))} without momentum"
    text = f"On the network, each at its own best rate, the median loss after {int(nets.steps[-1])} steps is {ends}"
    gain = paired_interval(own, plain)
    if gain.kept < 2:
        return f"{text}; one seed proves nothing."
    interval = f"95 % interval {significant(gain.low)} to {significant(gain.high)}, {gain.kept} seeds"
    return f"{text}: a mean difference of {significant(gain.estimate)} ({interval})."


def captions(run: Run, frames: NDArray[np.int64]) -> list[str]:
    """Return what stands beside the transport at each frame: the height of the method in front, and of gradient descent."""
    heights = run.heights[:, frames]
    name = look.NAMES[METHODS[run.front]]
    return [
        f"height: {name} {look.size(float(own))}, gradient descent {look.size(float(plain))}"
        for own, plain in zip(heights[run.front], heights[0], strict=True)
    ]


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the method in front."""
    return diagnosis.findings(unstable(run) or swinging(run))


def unstable(run: Run) -> Finding | None:
    """Find a rate at or beyond the limit of stability of the steepest direction in which the start is off."""
    p, who = run.params, look.called(run.params.method)
    bound = float(theory.limit(p.method, p.beta))
    if p.rate < bound - theory.ROUNDING or not p.curvatures:
        return None
    formula = "2 + 2β" if p.method == "momentum" else "(2 + 2β)/(1 + 2β)"
    limit = f"limit {formula} = {bound:.3g}"
    if p.rate * p.curvatures[-1] < bound - theory.ROUNDING:
        text = f"αλ = {p.rate:g} across the ravine (λ = 1) is not below the {limit}, but the start lies on its floor: any push aside "
        return Finding("divergence", "note", f"{text}would grow with every step.")
    where = "across" if p.y else "along"
    text = f"αλ = {significant(p.rate * p.curvatures[-1])} {where} the ravine (λ = {significant(p.curvatures[-1])}) is"
    own = float(run.formula[run.front])
    if own < 1 + theory.ROUNDING:
        return Finding("divergence", "failure", f"No step brings {who} nearer in the long run: {text} at the {limit}.")
    text = f"{who[0].upper()}{who[1:]} diverges: {text} beyond its {limit}, so in the long run a step multiplies the error by {look.factor(own)}."
    return Finding("divergence", "failure", text)


def swinging(run: Run) -> Finding | None:
    """Find a ball with too little friction: it swings through the lowest point, and a smaller β would be quicker."""
    p, own = run.params, float(run.formula[run.front])
    if not p.curvatures:
        return None
    friction = np.linspace(0, 1, 201)
    factors = theory.slowest(p.method, p.rate, friction, *p.curvatures)
    calm, least = float(friction[factors.argmin()]), float(factors.min())
    slow, quick = (float(theory.steps_for_a_tenth(each)) for each in (own, least))
    if least >= 1 or p.beta <= calm or slow < TOO_LONG * quick:
        return None
    if not np.isfinite(slow):
        text = f"Nothing brakes: with β = {p.beta:g} a step multiplies the error by {look.factor(own)} in the long run, so "
        text += f"it swings for ever; β = {calm:.2g} would leave a tenth after {look.steps(quick)}."
    else:
        text = f"Too little friction: with β = {p.beta:g} it swings through the lowest point and takes {look.steps(slow)} for a "
        text += f"tenth of the error; β = {calm:.2g} at the same α takes {look.steps(quick)}."
    return Finding("oscillation", "failure" if not np.isfinite(slow) else "warning", text)
