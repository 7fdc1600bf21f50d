"""What may join a hidden layer to the one below it: a normalization and a residual connection. Compiled, float64.

h = φ(norm(W a + b)), and with a residual connection h = a + φ(norm(W a + b)). Only examples that are there are touched,
and only units that are there: the padding of a layer stays as it is.
"""

import math

import numpy as np

from nnviz.core.ensemble.compilation import inlined
from nnviz.core.ensemble.linear import Matrix, Vector, Whole, blocks

LAYER, RESIDUAL, BATCH = 1, 2, 4  # bits of `MLP.joints`
EPSILON = 1e-5  # under the root, as in torch.nn.LayerNorm and BatchNorm1d
SHARE = 0.1  # of a new batch in the running statistics, as in torch.nn.BatchNorm1d


@inlined
def joined(joints: Whole, kind: int) -> bool:
    """Say whether any layer has a joint of this kind."""
    found = 0
    for layer in range(joints.size):
        found |= joints[layer] & kind
    return found > 0


@inlined
def joint_room(sizes: Whole, joints: Whole, rows: int) -> tuple[list[Matrix], Matrix]:
    """Return zeros for what the joints must remember; next to nothing where there are none.

    Returns:
        Per layer the normalized sums (padded rows, padded units), with 1/σ in one more column and one more row; and the
        errors that go past a layer, (padded rows, widest).
    """
    normal = joined(joints, LAYER | BATCH)
    tables = [np.zeros((blocks(rows) + 1, blocks(units) + 1) if normal else (1, 1)) for units in sizes]
    return tables, np.zeros((blocks(rows), blocks(sizes.max())) if joined(joints, RESIDUAL) else (1, 1))


@inlined
def normalize(sums: Matrix, kept: Matrix, rows: int, units: int) -> None:
    """Replace every example's sums z by ẑ = (z − mean z) / √(var z + ε) over the units. Source: Ba et al. 2016.

    `kept` takes ẑ, and 1/√(var z + ε) in its last column.
    """
    for row in range(rows):
        mean = 0.0
        for unit in range(units):
            mean += sums[row, unit]
        mean /= units
        variance = 0.0
        for unit in range(units):
            variance += (sums[row, unit] - mean) ** 2
        inverse = 1 / math.sqrt(variance / units + EPSILON)
        kept[row, kept.shape[1] - 1] = inverse
        for unit in range(units):
            kept[row, unit] = (sums[row, unit] - mean) * inverse
            sums[row, unit] = kept[row, unit]


@inlined
def normalize_back(errors: Matrix, kept: Matrix, rows: int, units: int) -> None:
    """Turn ∂loss/∂ẑ into ∂loss/∂z = (δ − mean δ − ẑ mean(δ ẑ)) / √(var z + ε)."""
    for row in range(rows):
        mean, along = 0.0, 0.0
        for unit in range(units):
            mean += errors[row, unit]
            along += errors[row, unit] * kept[row, unit]
        mean, along = mean / units, along / units
        inverse = kept[row, kept.shape[1] - 1]
        for unit in range(units):
            errors[row, unit] = (errors[row, unit] - mean - kept[row, unit] * along) * inverse


@inlined
def normalize_batch(
    sums: Matrix, kept: Matrix, running: Vector, place: int, rows: int, units: int, training: bool
) -> None:
    """Replace every unit's sums z by ẑ = (z − mean z) / √(var z + ε) over the batch. Source: Ioffe & Szegedy 2015.

    `running` has the layer's running means at `place`, and its variances a padded layer further: in training they take
    the batch's mean and unbiased variance in, otherwise they are used. A batch of one has no variance: in training its
    sums become 0, and `running` stays. `kept` takes ẑ, and 1/√(var z + ε) in its last row.
    """
    last, variances = kept.shape[0] - 1, place + sums.shape[1]
    for unit in range(units):
        mean, variance = running[place + unit], running[variances + unit]
        if training:
            mean, variance = 0.0, 0.0
            for row in range(rows):
                mean += sums[row, unit]
            mean /= rows
            for row in range(rows):
                variance += (sums[row, unit] - mean) ** 2
            if rows > 1:
                running[place + unit] = (1 - SHARE) * running[place + unit] + SHARE * mean
                running[variances + unit] = (1 - SHARE) * running[variances + unit] + SHARE * variance / (rows - 1)
            variance /= rows
        inverse = 1 / math.sqrt(variance + EPSILON)
        kept[last, unit] = inverse
        for row in range(rows):
            kept[row, unit] = (sums[row, unit] - mean) * inverse
            sums[row, unit] = kept[row, unit]


@inlined
def normalize_batch_back(errors: Matrix, kept: Matrix, rows: int, units: int) -> None:
    """Turn ∂loss/∂ẑ into ∂loss/∂z = (δ − mean δ − ẑ mean(δ ẑ)) / √(var z + ε), means over the batch."""
    last = kept.shape[0] - 1
    for unit in range(units):
        mean, along = 0.0, 0.0
        for row in range(rows):
            mean += errors[row, unit]
            along += errors[row, unit] * kept[row, unit]
        mean, along = mean / rows, along / rows
        for row in range(rows):
            errors[row, unit] = (errors[row, unit] - mean - kept[row, unit] * along) * kept[last, unit]


@inlined
def add_rows(out: Matrix, table: Matrix, rows: int, units: int) -> None:
    """out += table, for the first rows and units."""
    for row in range(rows):
        for unit in range(units):
            out[row, unit] += table[row, unit]


@inlined
def copy_rows(table: Matrix, out: Matrix, rows: int, units: int) -> None:
    """out = table, for the first rows and units."""
    for row in range(rows):
        for unit in range(units):
            out[row, unit] = table[row, unit]
