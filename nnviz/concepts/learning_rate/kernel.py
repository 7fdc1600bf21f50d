"""The map's kernel: thousands of tiny networks trained side by side, each at its own pair of learning rates.

Structure of arrays: the same number of LANES networks lie next to each other in memory, so that every inner loop is
vector code. Compiled, float64, without the GIL.
"""

import math

import numpy as np

from nnviz.core.ensemble.compilation import entry, inlined
from nnviz.core.ensemble.functions import exponential_minus_one
from nnviz.core.ensemble.linear import Matrix, Vector

LANES = 16  # networks per block
TANH, RELU, LINEAR = range(3)
CEILING = 1e12  # a loss this many times that of the start is given up: divergence beyond doubt
TAIL = 20  # steps at the end whose mean loss decides


@inlined
def activate(kind: int, values: Vector, slopes: Vector) -> None:
    """Replace sums z by φ(z) and write φ′(z) beside them."""
    if kind == TANH:
        for i in range(values.size):
            less = exponential_minus_one(-2 * abs(values[i]))
            values[i] = math.copysign(-less / (less + 2), values[i])
        for i in range(values.size):
            slopes[i] = 1 - values[i] * values[i]
    elif kind == RELU:
        for i in range(values.size):
            slopes[i] = 1.0 if values[i] > 0 else 0.0
        for i in range(values.size):
            values[i] *= slopes[i]
    else:
        for i in range(values.size):
            slopes[i] = 1.0


@entry
def train_pixels(
    first: Vector,
    second: Vector,
    entries: Matrix,
    readout: Vector,
    inputs: Matrix,
    targets: Vector,
    steps: int,
    kind: int,
    totals: Vector,
    ends: Vector,
    lasted: Vector,
) -> None:
    """Train f(x) = Σₖ vₖ φ(wₖ·x) / √h by gradient descent on ½ mean (f − y)², one network per pair of rates.

    Args:
        first, second: (P,) rates of w and of v; P is a multiple of LANES.
        entries: (h, 2) initial w; readout: (h,) initial v.
        inputs: (N, 2); targets: (N,).
        steps: how many; kind: TANH, RELU or LINEAR.
        totals: (P,) filled with Σₜ loss(t) / loss(0), over the steps before it was given up.
        ends: (P,) filled with the mean of loss / loss(0) over the last TAIL steps; inf where given up.
        lasted: (P,) filled with the step, interpolated, at which the loss passed CEILING times its start; `steps` for never.
    """
    examples, units = inputs.shape[0], readout.size
    wide = units * LANES
    across, down, out = np.empty(wide), np.empty(wide), np.empty(wide)
    d_across, d_down, d_out = np.empty(wide), np.empty(wide), np.empty(wide)
    active, bent = np.empty(wide), np.empty(wide)
    error, loss, before, begun = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    given_up = np.empty(LANES)
    scale = 1 / math.sqrt(units)
    for block in range(0, first.size, LANES):
        rates, others = first[block : block + LANES], second[block : block + LANES]
        for unit in range(units):
            for lane in range(LANES):
                across[unit * LANES + lane] = entries[unit, 0]
                down[unit * LANES + lane] = entries[unit, 1]
                out[unit * LANES + lane] = readout[unit]
        totals[block : block + LANES] = 0.0
        ends[block : block + LANES] = 0.0
        lasted[block : block + LANES] = steps
        given_up[:] = 0.0
        for step in range(steps):
            loss[:] = 0.0
            d_across[:] = 0.0
            d_down[:] = 0.0
            d_out[:] = 0.0
            for example in range(examples):
                x, y = inputs[example, 0], inputs[example, 1]
                for i in range(wide):
                    active[i] = x * across[i] + y * down[i]
                activate(kind, active, bent)
                error[:] = -targets[example]
                for unit in range(units):
                    start = unit * LANES
                    for lane in range(LANES):
                        error[lane] += scale * out[start + lane] * active[start + lane]
                for lane in range(LANES):
                    loss[lane] += error[lane] * error[lane]
                for unit in range(units):
                    start = unit * LANES
                    for lane in range(LANES):
                        d_out[start + lane] += error[lane] * active[start + lane]
                    for lane in range(LANES):
                        bent[start + lane] *= error[lane]
                for i in range(wide):
                    bent[i] *= out[i]
                for i in range(wide):
                    d_across[i] += x * bent[i]
                    d_down[i] += y * bent[i]
            busy = 0
            for lane in range(LANES):
                if step == 0:
                    begun[lane] = loss[lane]
                ratio = loss[lane] / begun[lane]
                if given_up[lane] == 0.0:
                    if ratio < CEILING:
                        totals[block + lane] += ratio
                        if step >= steps - TAIL:
                            ends[block + lane] += ratio / TAIL
                        before[lane] = ratio
                        busy += 1
                    else:
                        given_up[lane] = 1.0
                        ends[block + lane] = np.inf
                        share = 1.0
                        if ratio < np.inf and before[lane] > 0:
                            share = math.log(CEILING / before[lane]) / math.log(ratio / before[lane])
                        lasted[block + lane] = step - 1 + share
            if busy == 0:
                break
            factor = scale / examples
            for unit in range(units):
                start = unit * LANES
                for lane in range(LANES):
                    across[start + lane] -= factor * rates[lane] * d_across[start + lane]
                for lane in range(LANES):
                    down[start + lane] -= factor * rates[lane] * d_down[start + lane]
                for lane in range(LANES):
                    out[start + lane] -= factor * others[lane] * d_out[start + lane]
