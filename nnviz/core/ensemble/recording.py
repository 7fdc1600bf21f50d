"""What the kernel writes down as it trains: snapshots, and the first thing that is not finite. Compiled, float64."""

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.compilation import inlined
from nnviz.core.ensemble.linear import Matrix, Vector, Whole, finite, finite_table

STEP, NEXT_SNAPSHOT, BAD_STEP, BAD_LAYER, BAD_PLACE = range(5)  # what `progress` holds
ACTIVATION, GRADIENT, WEIGHT = range(3)  # BAD_PLACE


@inlined
def locate(
    weights: list[Vector],
    biases: list[Vector],
    values: list[Matrix],
    gradient_weights: list[Vector],
    gradient_biases: list[Vector],
    sizes: Whole,
    rows: int,
    progress: Whole,
) -> None:
    """Write down the first thing in a step that is not finite: forwards by layer, then backwards, then the weights."""
    depth = sizes.size - 1
    progress[BAD_STEP] = progress[STEP]
    for layer in range(depth):
        if not finite_table(values[layer + 1], rows, sizes[layer + 1]):
            progress[BAD_LAYER], progress[BAD_PLACE] = layer, ACTIVATION
            return
    for layer in range(depth - 1, -1, -1):
        if not (finite(gradient_weights[layer]) and finite(gradient_biases[layer])):
            progress[BAD_LAYER], progress[BAD_PLACE] = layer, GRADIENT
            return
    for layer in range(depth):
        if not (finite(weights[layer]) and finite(biases[layer])):
            progress[BAD_LAYER], progress[BAD_PLACE] = layer, WEIGHT
            return


@inlined
def take_snapshots(vector: Vector, progress: Whole, steps: Whole, snapshots: NDArray[np.float32]) -> None:
    """Keep the vector under every snapshot whose step has come."""
    while progress[NEXT_SNAPSHOT] < steps.size and steps[progress[NEXT_SNAPSHOT]] <= progress[STEP]:
        snapshot = snapshots[progress[NEXT_SNAPSHOT]]
        for i in range(vector.size):
            snapshot[i] = vector[i]
        progress[NEXT_SNAPSHOT] += 1
