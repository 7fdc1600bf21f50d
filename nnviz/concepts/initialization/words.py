"""The run in words."""

import numpy as np
from numpy.typing import ArrayLike

from nnviz.concepts.initialization.model import Group, Run, arriving, kept
from nnviz.concepts.initialization.schemes import NAMES
from nnviz.concepts.initialization.training import Curves
from nnviz.core.notation import number
from nnviz.core.statistics import band, paired_interval

COIN = float(np.log(2))  # the loss of a coin toss, in nats


def name(group: Group) -> str:
    """Name a group of networks by how it starts."""
    gain = group.setting.gain
    return NAMES[group.setting.scheme] + ("" if gain == 1 else f" × {gain:.3g}")


def middle(values: ArrayLike) -> float:
    """Return the median of what is finite, or nan."""
    return float(band(values).median)


def times(ratios: ArrayLike) -> str:
    """Return the median of ratios as a factor in words."""
    return f"{number(middle(ratios))} times"


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    return f"{_start(run)} {_end(run)}".strip()


def _start(run: Run) -> str:
    depth = run.params.depth
    groups = [each for each in (run.own, run.beside) if _passes(each)]
    silent = [name(each) for each in (run.own, run.beside) if not _passes(each)]
    if not groups:
        return f"Before training, all sums of all {depth} layers are 0 on both sides: nothing passes."
    forward = [f"{times(kept(each.forward))} the mean square of layer 1's with {name(each)}" for each in groups]
    back = [times(arriving(each.backward)) for each in groups]
    text = f"Before training, layer {depth}'s sums have {' and '.join(forward)}; going back, layer 1's gradient has "
    text += f"{' and '.join(back)} that of layer {depth}'s."
    return f"{text} With {silent[0]} all sums are 0 then: nothing passes." if silent else text


def _passes(group: Group) -> bool:
    return middle(group.forward[0]) > 0


def _end(run: Run) -> str:
    if run.own.curves is None or run.beside.curves is None:
        return ""
    own, other = run.own.curves, run.beside.curves
    text = f"After {own.epochs[-1]} epochs the median loss is {loss(own)} against {loss(other)}"
    gap = paired_interval(own.loss[-1], other.loss[-1])
    if np.isfinite([gap.low, gap.high]).all():
        text += f": a mean difference of {number(gap.estimate)} (95 % interval {number(gap.low)} to {number(gap.high)}"
        text += f", {gap.kept} seeds)"
    return f"{text}; {number(COIN)} is a coin toss."


def loss(curves: Curves) -> str:
    """Return the median last loss, and how many networks have none."""
    last = band(curves.loss[-1])
    lost = f" ({int(last.lost)} of {last.count} lost)" if last.lost else ""
    return f"{number(float(last.median))}{lost}"


def captions(run: Run) -> list[str]:
    """Say at each moment what the loss is on both sides."""
    if run.own.curves is None or run.beside.curves is None:
        return ["before training"]
    both = zip(run.own.curves.loss, run.beside.curves.loss, strict=True)
    return [f"loss {number(middle(own))} | {number(middle(other))}" for own, other in both]


def units(group: Group) -> str:
    """Say how many different units hidden layer 2 of the first network has, at the start and at the end."""
    total = group.rows.shape[1]
    end = str(group.units[-1]) if np.isfinite(group.rows[-1]).all() else "no finite weights"
    return f"{group.units[0]} of {total} are different before training, {end} at the end"
