"""The kernel's two passes through the layers, forward and back, over lists of small tables. Compiled, float64.

The lists are handed on one by one: numba 0.68 loses the arrays of a list that sits in a tuple or a named tuple.
"""

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.compilation import inlined
from nnviz.core.ensemble.functions import activate
from nnviz.core.ensemble.joints import (
    BATCH,
    LAYER,
    RESIDUAL,
    add_rows,
    copy_rows,
    normalize,
    normalize_back,
    normalize_batch,
    normalize_batch_back,
)
from nnviz.core.ensemble.linear import (
    Matrix,
    Vector,
    Whole,
    blocks,
    clear_rows,
    multiply,
    multiply_elements,
    sum_rows,
    transpose,
)


@inlined
def begins(sizes: Whole) -> Whole:
    """Return where each layer begins in a vector of parameters, (L + 1,)."""
    starts = np.zeros(sizes.size, np.int64)
    for layer in range(sizes.size - 1):
        starts[layer + 1] = starts[layer] + (blocks(sizes[layer]) + 1) * blocks(sizes[layer + 1])
    return starts


@inlined
def views(vector: Vector, sizes: Whole) -> tuple[list[Matrix], list[Vector], list[Vector]]:
    """Return views of a vector of parameters: per layer the matrix (in, out), the same flat, and the biases (out,)."""
    starts = begins(sizes)
    widths = [blocks(units) for units in sizes]
    depth = sizes.size - 1
    flat = [vector[starts[layer] : starts[layer + 1] - widths[layer + 1]] for layer in range(depth)]
    matrices = [flat[layer].reshape((widths[layer], widths[layer + 1])) for layer in range(depth)]
    biases = [vector[starts[layer + 1] - widths[layer + 1] : starts[layer + 1]] for layer in range(depth)]
    return matrices, flat, biases


@inlined
def room(sizes: Whole, rows: int) -> tuple[list[Matrix], list[Vector]]:
    """Return zeros for `rows` examples: per layer, inputs first, (padded rows, padded units), and the same flat."""
    tables = [np.zeros((blocks(rows), blocks(units))) for units in sizes]
    flat = [table.reshape(table.size) for table in tables]
    return tables, flat


@inlined
def forward(
    matrices: list[Matrix],
    biases: list[Vector],
    sizes: Whole,
    activations: Whole,
    joints: Whole,
    normal: list[Matrix],
    running: Vector,
    training: bool,
    shape: float,
    values: list[Matrix],
    flat_values: list[Vector],
    slopes: list[Matrix],
    flat_slopes: list[Vector],
    rows: int,
    uniforms: NDArray[np.float32],
    first: int,
    dropout: Vector,
    rescale: int,
) -> None:
    """Compute every layer's values φ(a W′ + b) and slopes φ′; drop units by `uniforms`, from row `first` on, if any.

    What `joints` ask for comes on top: sums normalized (`running` statistics are moved in training and used
    otherwise), and a layer's own input added in the end.
    """
    padded, column, place = blocks(rows), 0, 0
    for layer in range(activations.size):
        out = values[layer + 1]
        multiply(values[layer], matrices[layer], biases[layer], out, padded, sizes[layer])
        if joints[layer] & LAYER:
            normalize(out, normal[layer + 1], rows, sizes[layer + 1])
        elif joints[layer] & BATCH:
            normalize_batch(out, normal[layer + 1], running, place, rows, sizes[layer + 1], training)
            place += 2 * out.shape[1]
        activate(activations[layer], shape, flat_values[layer + 1], flat_slopes[layer + 1], padded * out.shape[1])
        if uniforms.size > 0 and layer < dropout.size and dropout[layer] > 0:
            factor = 1 / (1 - dropout[layer]) if rescale else 1.0
            drop(out, slopes[layer + 1], uniforms, first, column, rows, sizes[layer + 1], dropout[layer], factor)
        if joints[layer] & RESIDUAL:
            add_rows(out, values[layer], rows, sizes[layer + 1])
        column += sizes[layer + 1]


@inlined
def drop(
    values: Matrix,
    slopes: Matrix,
    uniforms: NDArray[np.float32],
    first: int,
    column: int,
    rows: int,
    units: int,
    rate: float,
    factor: float,
) -> None:
    """Multiply kept units by `factor` and the others by 0: Srivastava et al. 2014, inverted."""
    for row in range(rows):
        for unit in range(units):
            scale = factor if uniforms[first + row, column + unit] >= rate else 0.0
            values[row, unit] *= scale
            slopes[row, unit] *= scale


@inlined
def backward(
    matrices: list[Matrix],
    transposes: list[Matrix],
    sizes: Whole,
    joints: Whole,
    normal: list[Matrix],
    past: Matrix,
    values: list[Matrix],
    flat_slopes: list[Vector],
    errors: list[Matrix],
    flat_errors: list[Vector],
    gradient_matrices: list[Matrix],
    gradient_biases: list[Vector],
    zeros: Vector,
    rows: int,
) -> None:
    """Turn ∂loss/∂output into the gradient: δˡ⁻¹ = (δˡ Wˡ) ∘ φ′, ∂W = δᵀa, ∂b = Σδ. Source: Rumelhart et al. 1986.

    `past` is room for the error that goes past a layer with a residual connection.
    """
    padded = blocks(rows)
    for layer in range(sizes.size - 2, -1, -1):
        delta, slope = errors[layer + 1], gradient_matrices[layer]
        if joints[layer] & RESIDUAL:
            copy_rows(delta, past, rows, sizes[layer])
        multiply_elements(flat_errors[layer + 1], flat_slopes[layer + 1], padded * delta.shape[1])
        if joints[layer] & LAYER:
            normalize_back(delta, normal[layer + 1], rows, sizes[layer + 1])
        elif joints[layer] & BATCH:
            normalize_batch_back(delta, normal[layer + 1], rows, sizes[layer + 1])
        multiply(values[layer].T, delta, zeros, slope, slope.shape[0], rows)
        clear_rows(slope, sizes[layer])
        sum_rows(delta, gradient_biases[layer], rows)
        if layer > 0:
            transpose(matrices[layer], transposes[layer])
            multiply(delta, transposes[layer], zeros, errors[layer], padded, sizes[layer + 1])
            if joints[layer] & RESIDUAL:
                add_rows(errors[layer], past, rows, sizes[layer])
