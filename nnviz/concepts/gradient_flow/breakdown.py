"""Where a network's numbers stopped being finite, and what led to it."""

from dataclasses import dataclass

import numpy as np

from nnviz.concepts.gradient_flow.training import Floats, Record
from nnviz.core.diagnosis import Finding

LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True)
class Breakdown:
    """The first number that was not finite.

    Attributes:
        step: the step in which it appeared.
        seed: of the network in which it appeared; of several at once, the first.
        going: the way through the network it was on, "forward" or "back".
        layer: from 1; None if it was the loss.
        change: size of the step before, over the size of the weights; nan at step 0.
        growth: by how much each layer then multiplied what passes through it.
        lost, networks: how many networks have broken down in the end, and of how many.
    """

    step: int
    seed: int
    going: str
    layer: int | None
    change: float
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
        change=float(record.change[step - 1, network]) if step else float("nan"),
        growth=growth(record.signal[step, ::-1, network] if on_the_way_back else record.activation[step, :, network]),
        lost=int(broken.any(axis=(0, 1)).sum()),
        networks=order.shape[2],
    )


def growth(norms: Floats) -> float:
    """Return the factor a layer, (last/first)^(1/steps between), of the finite positive norms at the start of the list."""
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
    text += f"{found.networks} networks are lost."
    if np.isfinite(found.change):
        text += f" Step {found.step - 1} had moved the weights by {found.change:.2g} times their own size;"
    if np.isfinite(found.growth):
        text += f" each {noun} then multiplied the signal by {found.growth:.2g}, past the largest number ({LARGEST:.2g})."
    return Finding("non-finite", "failure", text)
