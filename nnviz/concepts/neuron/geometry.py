"""Where a neuron's line lies in a square window. Plain NumPy."""

import numpy as np

from nnviz.concepts.neuron.unit import Floats


def line_pieces(w: Floats, b: float, limit: float) -> Floats:
    """Return the two ends (2, 2) of the line w·x + b = 0 inside the square ±limit; NaN where it does not cross it.

    The line is its foot −b w/‖w‖² plus t times the direction (−w₂, w₁)/‖w‖; each coordinate bounds t.
    """
    nothing = np.full((2, 2), np.nan)
    square = float(w @ w)
    if square == 0:
        return nothing
    foot, along = -b * w / square, np.array([-w[1], w[0]]) / np.sqrt(square)
    low, high = -np.inf, np.inf
    for start, step in zip(foot, along, strict=True):
        if step == 0:
            if abs(start) > limit:
                return nothing
            continue
        ends = sorted(((-limit - start) / step, (limit - start) / step))
        low, high = max(low, ends[0]), min(high, ends[1])
    return nothing if low >= high else np.array([foot + low * along, foot + high * along])
