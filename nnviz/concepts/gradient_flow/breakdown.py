"""Where a network's numbers stopped being finite, and what led to it."""

from dataclasses import dataclass

import numpy as np

from nnviz.concepts.gradient_flow.training import Floats, Record
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import number

LARGEST = float(np.finfo(np.float64).max)
CASCADE = 3  # steps before the breakdown that are told


@dataclass(frozen=True)
class Breakdown:
    """The first number that was not finite.

    Attributes:
        step: the step in which it appeared.
        seed: of the network in which it appeared; of several at once, the first.
        going: the way through the network it was on, "forward" or "back".
        layer: from 1; None if it was the loss.
        changes: sizes of the last steps before it (three at most), each over the size of the weights.
        growth: by how much each layer then multiplied what passes through it.
        lost, networks: how many networks have broken down in the end, and of how many.
    """

    step: int
    seed: int
    going: str
    layer: int | None
    changes: tuple[float, ...]
    growth: float
    lost: int
    networks: int


def locate(record: Record) -> Breakdown | None:
    """Return where the first number that is not finite appeared, in the order in which numbers are computed.

    Forward through layers 1…L, then the loss, then back through layers L…1.
    """
    depth = record.setting.depth
    back = np.stack([record.signal, record.gradient], axis=2)[:, ::-1].reshape(len(record.loss), 2 * depth, -1)
    order = np.concatenate([record.activation, record.loss[:, None], back], axis=1)  # (T, L + 1 + 2L, K)
    broken = ~np.isfinite(order)
    if not broken.any():
        return None
    step = int(broken.any(axis=(1, 2)).argmax())
    place = int(broken[step].any(axis=1).argmax())
    network = int(broken[step, place].argmax())
    on_the_way_back = place > depth
    layer = depth - (place - depth - 1) // 2 if on_the_way_back else place + 1
    return Breakdown(
        step=step,
        seed=record.setting.seeds[network],
        going="back" if on_the_way_back else "forward",
        layer=None if place == depth else layer,
        changes=tuple(float(change) for change in record.change[max(0, step - CASCADE) : step, network]),
        growth=growth(record.signal[step, ::-1, network] if on_the_way_back else record.activation[step, :, network]),
        lost=int(broken.any(axis=(0, 1)).sum()),
        networks=order.shape[2],
    )


def growth(norms: Floats) -> float:
    """Return the factor a layer of the finite positive norms a list begins with: (last/first)^(1/layers between)."""
    usable = np.isfinite(norms) & (norms > 0)
    count = len(norms) if usable.all() else int((~usable).argmax())
    if count < 2:
        return float("nan")
    return float(10 ** ((np.log10(norms[count - 1]) - np.log10(norms[0])) / (count - 1)))


def explain(found: Breakdown | None, noun: str) -> Finding | None:
    """Return a breakdown as a finding in words; `noun` is what the network counts, "layer" or "time step"."""
    if found is None:
        return None
    place = "in the loss" if found.layer is None else f"going {found.going}, at {noun} {found.layer}"
    text = f"Numbers stopped being finite at step {found.step}, {place} (seed {found.seed}): {found.lost} of "
    text += f"{found.networks} networks {'is' if found.lost == 1 else 'are'} lost."
    if found.changes:
        steps = ", ".join(number(change) for change in found.changes)
        before = "step" if len(found.changes) == 1 else "steps"
        text += f" The {before} before had moved its weights by {steps} times their own size:"
        grown = f"each {noun} then multiplied the signal by {number(found.growth)}" if found.growth > 10 else ""
        text += f" {grown or 'what passes through them grew'}, beyond {number(LARGEST)}, the largest number that 64 bits hold."
    return Finding("non-finite", "failure", text)


def silent_layers(record: Record) -> Finding | None:
    """Find networks in which a layer is zero for every example at initialization, so that nothing passes it."""
    silent = record.activation[0] == 0  # (L, K)
    networks = int(silent.any(axis=0).sum())
    if not networks:
        return None
    first = int(silent.any(axis=1).argmax()) + 1
    text = f"In {networks} of {silent.shape[1]} networks every unit of a layer (first: {first}) outputs zero for all "
    text += "examples, so no gradient passes it."
    return Finding("dead units", "failure" if networks == silent.shape[1] else "warning", text)
