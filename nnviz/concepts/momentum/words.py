"""The run in words, and what is wrong with it."""

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.momentum import look, theory
from nnviz.concepts.momentum.model import Run
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
    p, name = run.params, look.NAMES[run.params.method]
    gaps = np.hypot(*run.ways[:, -1].T)
    start = f"After {p.steps} steps the {name} (α = {p.rate:g}, β = {p.beta:g}) is {_gap(gaps[run.front])} from the lowest point, "
    start += f"gradient descent at the same α {_gap(gaps[0])}."
    own, measured = float(run.formula[run.front]), float(run.measured[run.front])
    rate, beta = theory.best(p.method, p.kappa)
    least = float(theory.steps_for_a_tenth(theory.best_convergence(p.method, p.kappa)))
    need = float(theory.steps_for_a_tenth(own))
    seen = f" (measured {look.factor(measured)})" if np.isfinite(measured) else ""
    long = f"In the long run a step multiplies it by {look.factor(own)}{seen}"
    long += f": it {look.need(need)}"
    return f"{start} {long}; the best, α = {rate:.3g} and β = {beta:.3g}, takes {look.steps(least)}."


def _gap(distance: float) -> str:
    return significant(float(distance)) if np.isfinite(distance) else "infinitely far"


def _network(run: Run) -> str:
    nets, name = run.nets, run.params.method
    plain, own = nets.curve("sgd")[-1], nets.curve(name)[-1]
    ends = f"{significant(float(np.median(own)))} with the {look.NAMES[name]} and {significant(float(np.median(plain)))} without momentum"
    text = f"On the network, each at its own best rate, the median loss after {int(nets.steps[-1])} steps is {ends}"
    gain = paired_interval(own, plain)
    if gain.kept < 2:
        return f"{text}; one seed proves nothing."
    interval = f"95 % interval {significant(gain.low)} to {significant(gain.high)}, {gain.kept} seeds"
    return f"{text}: a mean difference of {significant(gain.estimate)} ({interval})."


def captions(run: Run, frames: NDArray[np.int64]) -> list[str]:
    """Return what stands beside the transport at each frame: the height of the method in front, and of gradient descent."""
    heights = run.heights[:, frames]
    own = [significant(float(each)) for each in heights[run.front]]
    plain = [significant(float(each)) for each in heights[0]]
    name = look.NAMES[METHODS[run.front]]
    return [f"height: {name} {mine}, gradient descent {other}" for mine, other in zip(own, plain, strict=True)]


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the method in front."""
    return diagnosis.findings(unstable(run) or swinging(run))


def unstable(run: Run) -> Finding | None:
    """Find a rate beyond the limit of stability."""
    p, name = run.params, look.NAMES[run.params.method]
    own, bound = float(run.formula[run.front]), float(theory.limit(p.method, p.beta))
    if own <= 1 or p.rate < bound:
        return None
    formula = "2 + 2β" if p.method == "momentum" else "(2 + 2β)/(1 + 2β)"
    text = f"The {name} diverges: αλ = {p.rate:g} in the steep direction (λ = 1) is beyond its limit {formula} = {bound:.3g}, "
    text += f"so every step multiplies the error by {look.factor(own)}."
    return Finding("divergence", "failure", text)


def swinging(run: Run) -> Finding | None:
    """Find a ball with too little friction: it swings through the lowest point, and a smaller β would be quicker."""
    p, own = run.params, float(run.formula[run.front])
    friction = np.linspace(0, 1, 201)
    factors = theory.convergence(p.method, p.rate, friction, p.kappa)
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
