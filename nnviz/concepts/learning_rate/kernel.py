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


@inlined
def spread(entries: Matrix, readout: Vector, across: Vector, down: Vector, out: Vector) -> None:
    """Give every lane of a block the same first weights."""
    for unit in range(readout.size):
        for lane in range(LANES):
            across[unit * LANES + lane] = entries[unit, 0]
            down[unit * LANES + lane] = entries[unit, 1]
            out[unit * LANES + lane] = readout[unit]


@inlined
def pass_example(
    x: float,
    y: float,
    target: float,
    weights: tuple[Vector, Vector, Vector],
    slopes: tuple[Vector, Vector, Vector],
    kind: int,
    active: Vector,
    bent: Vector,
    error: Vector,
    loss: Vector,
) -> None:
    """Pass one example forward and back: add its squared error to `loss` and its share to the slopes, without factors."""
    across, down, out = weights
    d_across, d_down, d_out = slopes
    scale = 1 / math.sqrt(out.size // LANES)
    for i in range(out.size):
        active[i] = x * across[i] + y * down[i]
    activate(kind, active, bent)
    error[:] = -target
    for start in range(0, out.size, LANES):
        for lane in range(LANES):
            error[lane] += scale * out[start + lane] * active[start + lane]
    for lane in range(LANES):
        loss[lane] += error[lane] * error[lane]
    for start in range(0, out.size, LANES):
        for lane in range(LANES):
            d_out[start + lane] += error[lane] * active[start + lane]
        for lane in range(LANES):
            bent[start + lane] *= error[lane]
    for i in range(out.size):
        bent[i] *= out[i]
    for i in range(out.size):
        d_across[i] += x * bent[i]
        d_down[i] += y * bent[i]


@inlined
def judge(
    step: int, steps: int, block: int, ratio: Vector, before: Vector, totals: Vector, ends: Vector, lasted: Vector
) -> int:
    """Take note of the losses relative to the first; return how many networks of the block are still at work."""
    busy = 0
    for lane in range(LANES):
        if ends[block + lane] == np.inf:
            continue
        if ratio[lane] < CEILING:
            totals[block + lane] += ratio[lane]
            if step >= steps - TAIL:
                ends[block + lane] += ratio[lane] / TAIL
            before[lane] = ratio[lane]
            busy += 1
            continue
        ends[block + lane] = np.inf
        share = 1.0
        if ratio[lane] < np.inf and before[lane] > 0:
            share = math.log(CEILING / before[lane]) / math.log(ratio[lane] / before[lane])
        lasted[block + lane] = step - 1 + share
    return busy


@inlined
def step_down(weights: Vector, slopes: Vector, rates: Vector, block: int, factor: float) -> None:
    """Take one step of gradient descent for every unit of every lane."""
    for start in range(0, weights.size, LANES):
        for lane in range(LANES):
            weights[start + lane] -= factor * rates[block + lane] * slopes[start + lane]


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
    wide = readout.size * LANES
    weights = (np.empty(wide), np.empty(wide), np.empty(wide))
    slopes = (np.empty(wide), np.empty(wide), np.empty(wide))
    active, bent = np.empty(wide), np.empty(wide)
    error, loss, before, begun = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    factor = 1 / math.sqrt(readout.size) / inputs.shape[0]
    totals[:], ends[:], lasted[:] = 0.0, 0.0, steps
    for block in range(0, first.size, LANES):
        spread(entries, readout, weights[0], weights[1], weights[2])
        for step in range(steps):
            loss[:] = 0.0
            for slope in slopes:
                slope[:] = 0.0
            for row in range(inputs.shape[0]):
                pass_example(
                    inputs[row, 0], inputs[row, 1], targets[row], weights, slopes, kind, active, bent, error, loss
                )
            if step == 0:
                begun[:] = loss
            for lane in range(LANES):
                loss[lane] /= begun[lane]
            if judge(step, steps, block, loss, before, totals, ends, lasted) == 0:
                break
            step_down(weights[0], slopes[0], first, block, factor)
            step_down(weights[1], slopes[1], first, block, factor)
            step_down(weights[2], slopes[2], second, block, factor)
