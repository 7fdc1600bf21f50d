"""How much of the gradient reaches layer 1 at every gain, all gains in one batch of networks."""

from dataclasses import dataclass, replace

import numpy as np
import torch

from nnviz.concepts.gradient_flow.network import (
    LOSSES,
    Setting,
    Weights,
    examples,
    forward,
    initial,
    unrolled,
)
from nnviz.concepts.gradient_flow.training import Floats, norm
from nnviz.core.memo import memo

GAINS = np.round(np.geomspace(0.1, 3.0, 10), 2)
SEEDS = 3  # networks at each gain
MEAN_SQUARE_SLOPE = {"linear": 1.0, "relu": 0.5, "leaky": 0.5 * (1 + 0.01**2)}
"""E[φ′(z)²] over a symmetric z, where it does not depend on the size of z."""


@dataclass(frozen=True)
class Sweep:
    """The share of the last layer's gradient that reaches layer 1, over gains.

    Attributes:
        gains: (G,).
        ratio: (G, K) measured at initialization; nan where no gradient arrives anywhere.
        theory: (G,) of an infinitely wide network, or None where there is no short formula.
    """

    gains: Floats
    ratio: Floats
    theory: Floats | None


def over_gains(setting: Setting) -> Sweep:
    """Measure the share of the gradient that reaches layer 1 at each of GAINS."""
    without = replace(setting, gain=1.0, clipping="none", threshold=1.0, rate=0.05, decay=0.0)  # none of them matters
    return _measured(replace(without, seeds=setting.seeds[:SEEDS]))


@memo(maxsize=64)
def _measured(setting: Setting) -> Sweep:
    unit, networks = initial(setting), len(setting.seeds)
    inputs, targets = examples(setting.network, setting.depth, setting.seeds)
    repeated = Weights(*(tensor.repeat(1, len(GAINS), 1, 1) for tensor in unit))  # gain by gain, seeds within
    gains = unit.out.new_tensor(np.repeat(GAINS, networks))[:, None, None]
    weights = repeated._replace(entry=repeated.entry * gains, hidden=repeated.hidden * gains)
    uses = unrolled(setting, weights)
    uses.entry.requires_grad_()  # enough to follow the signal; the gradients of all other weights are not needed here
    outputs, states = forward(setting, uses, inputs.repeat(1, len(GAINS), 1, 1))
    loss = LOSSES[setting.loss](outputs, targets.repeat(len(GAINS), 1)).sum()
    signals = torch.autograd.grad(loss, (states[0], states[-1]))
    sizes = norm(torch.stack(signals)).numpy().reshape(2, len(GAINS), networks)
    ratio = np.divide(sizes[0], sizes[1], out=np.full_like(sizes[0], np.nan), where=sizes[1] > 0)
    return Sweep(GAINS, ratio, theory(setting))


def theory(setting: Setting) -> Floats | None:
    """Return (gain · √E[φ′²])^(L − 1), the share in an infinitely wide MLP with neither cure.

    Source: He et al. 2015, equation 14; Schoenholz et al. 2017.
    """
    slope = MEAN_SQUARE_SLOPE.get(setting.activation)
    if slope is None or setting.residual or setting.normalization != "none" or setting.network == "rnn":
        return None
    return np.asarray((GAINS * slope**0.5) ** (setting.depth - 1))
