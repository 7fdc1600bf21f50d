"""The run in words."""

import numpy as np
from numpy.typing import ArrayLike

from nnviz.concepts.normalization.model import EVERY, Run
from nnviz.concepts.normalization.scaling import Floats, Scaler
from nnviz.core.notation import number
from nnviz.core.statistics import Interval, paired_interval

EDGE = 2.0  # learning rate, in units of 1/λ, from which on the steepest direction never comes to rest
NAMES = {"none": "raw", "minmax": "min–max", "zscore": "z-score", "robust": "robust", "layer": "layer norm"}


def middle(values: ArrayLike) -> float:
    """Return the median; infinities count as the largest."""
    return float(np.median(np.asarray(values, dtype=np.float64)))


def steps(values: ArrayLike) -> str:
    """Return a median number of steps in words."""
    count = middle(values)
    if not np.isfinite(count):
        return "no number of steps is enough"
    return f"{count:,.0f} step{'' if count == 1 else 's'}".replace(",", " ")


def kappa(values: ArrayLike) -> str:
    """Return a median condition number."""
    found = middle(values)
    return number(found) if np.isfinite(found) else "infinite"


def percent(values: ArrayLike) -> str:
    """Return a mean share as per cent."""
    return f"{100 * float(np.mean(np.asarray(values))):.1f} %"


def name(run: Run) -> str:
    """Name the page's own scaling."""
    return NAMES[run.params.scaler]


def scaling(run: Run) -> str:
    """Name the page's own scaling in a sentence: "z-score scaling", but "layer norm"."""
    return name(run) + (" scaling" if run.params.scaler != "layer" else "")


def leak_gap(run: Run) -> Interval:
    """Return by how much the test loss falls when the scaler has seen the test wines, paired by seed, in nats."""
    return paired_interval(run.scores.loss[5], run.scores.loss[6])


def accuracy(run: Run, scaler: Scaler) -> Floats:
    """Return the share of test wines right under a scaling, (S,)."""
    return np.asarray(run.scores.accuracy[EVERY.index(scaler)])


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    p = run.params
    sets, count = len(run.raw.steps), run.scores.accuracy.shape[1]
    text = f"Raw, the condition number is {kappa(run.raw.conditions)}: {arrival(run.raw.steps, p.step)}"
    if p.scaler != "none":
        text += f"; with {scaling(run)} it is {kappa(run.own.conditions)}: {arrival(run.own.steps, p.step)}"
    text += f" ({of(sets, 'medians', 'data set')}). On wine a network gets {percent(run.scores.accuracy[5 + p.leak])} of the "
    text += f"test wines right {'raw' if p.scaler == 'none' else f'with {scaling(run)}'}"
    text += f" and {percent(accuracy(run, 'none'))} raw" if p.scaler != "none" else ""
    if run.trees.shape[1]:
        text += f", a tree {percent(run.trees[EVERY.index(p.scaler)])}"
        text += f" and {percent(run.trees[0])}" if p.scaler != "none" else ""
    return f"{text} ({of(count, 'means', 'seed')})."


def arrival(values: ArrayLike, step: float) -> str:
    """Say how many steps bring the weights within a hundredth of their first distance."""
    if step >= EDGE:
        return f"at a learning rate of {step:g} no number of steps is enough"
    return f"{steps(values)} to within 1 % of the first distance" if np.isfinite(middle(values)) else steps(values)


def of(count: int, what: str, noun: str) -> str:
    """Say over how many of something a number was taken: "medians of 8 seeds"."""
    return f"{what} of {count} {noun}s" if count > 1 else f"1 {noun}"


def captions(run: Run) -> list[str]:
    """Say at each step how far both are from the best weights, as a share of the first distance."""
    far = [np.linalg.norm(valley.path, axis=1) for valley in (run.raw, run.own)]
    both = zip(*(each / each[0] for each in far), strict=True)
    return [f"to go: raw {_left(raw)}, {name(run)} {_left(own)}" for raw, own in both]


def _left(share: float) -> str:
    """Return a share of the first distance as per cent."""
    return f"{number(100 * share)} %" if share > 1e-4 else "< 0.01 %"
