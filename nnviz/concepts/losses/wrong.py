"""One sigmoid unit that starts confidently wrong, and learns under cross-entropy and under MSE."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.losses.functions import binary_cross_entropy, sigmoid_mse
from nnviz.core.memo import memo

Floats = NDArray[np.float64]
STEPS = 120
COMPARED: tuple[Callable[..., tuple[Floats, Floats]], ...] = (binary_cross_entropy, sigmoid_mse)


@memo(maxsize=256)
def unit_descent(start: float, target: float, rate: float) -> Floats:
    """Return the logit at every step under each loss, (2, 121): z = w + b on the input 1, so a step moves z twice.

    w ← w − ηL′(z), b ← b − ηL′(z)
    """
    logits = np.empty((2, STEPS + 1))
    logits[:, 0] = start
    for row, loss in enumerate(COMPARED):
        for step in range(STEPS):
            logits[row, step + 1] = logits[row, step] - 2 * rate * loss(logits[row, step], target)[1]
    return logits


def steps_until(logits: Floats, target: float) -> list[int | None]:
    """Return the first step at which each unit is right with probability 0.9, or None."""
    side = 2 * target - 1
    right = side * logits > np.log(9)
    return [int(row.argmax()) if row.any() else None for row in right]


def durations(logits: Floats, target: float) -> list[str]:
    """Say after how many steps each unit is right with probability 0.9."""
    said = {None: f"more than {STEPS} steps", 1: "1 step"}
    return [said.get(step, f"{step} steps") for step in steps_until(logits, target)]
