"""The kernel: one network's epochs, outputs or gradients as plain loops, compiled once to machine code without the GIL.

Vectors of parameters are laid out as `network.padded_positions` says. No random number is drawn here.
"""

import math

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.arithmetic import Matrix, Vector, activate, loss_slopes, multiply
from nnviz.core.ensemble.compilation import entry, inlined
from nnviz.core.ensemble.network import LANES
from nnviz.core.ensemble.settings import NUMBERS, OPTIMIZERS

OPTIMIZER, LOSS, BATCH, STEPS, RESCALE = range(5)  # columns of Prepared.choices
RATE, MOMENTUM, BETA1, BETA2, DECAY, L1, L2, WEIGHT_DECAY, CLIP_VALUE, CLIP_NORM, SHAPE = range(len(NUMBERS))
SGD, HEAVY_BALL, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW = range(len(OPTIMIZERS))
STEP, NEXT_SNAPSHOT, BAD_STEP, BAD_LAYER, BAD_PLACE = range(5)  # what `progress` holds
ACTIVATION, GRADIENT, WEIGHT = range(3)  # BAD_PLACE
ROWS = 64  # examples evaluated at a time, so that a layer stays in the nearest cache

Whole = NDArray[np.int64]


@inlined
def blocks(units: int) -> int:
    """Round up to whole blocks of LANES."""
    return (units + LANES - 1) // LANES * LANES


@inlined
def layer_blocks(vector: Vector, sizes: Whole) -> tuple[list[Matrix], list[Vector]]:
    """Return views of a parameter vector: per layer the matrix (in, out) and the biases (out), both padded."""
    matrices, biases, start = [], [], 0
    for layer in range(sizes.size - 1):
        rows, columns = blocks(sizes[layer]), blocks(sizes[layer + 1])
        matrices.append(vector[start : start + rows * columns].reshape((rows, columns)))
        start += rows * columns
        biases.append(vector[start : start + columns])
        start += columns
    return matrices, biases


@inlined
def layer_rows(sizes: Whole, rows: int) -> list[Matrix]:
    """Return per layer, inputs first, zeros for `rows` examples: (padded rows, padded units)."""
    return [np.zeros((blocks(rows), blocks(sizes[layer]))) for layer in range(sizes.size)]


@inlined
def forward(
    matrices: list[Matrix],
    biases: list[Vector],
    sizes: Whole,
    activations: Whole,
    shape: float,
    values: list[Matrix],
    slopes: list[Matrix],
    rows: int,
    kept: NDArray[np.float32],
    dropout: Vector,
    rescale: int,
) -> None:
    """Compute every layer's values and slopes; `kept` holds the batch's uniforms, or nothing when dropout is off."""
    first = 0
    padded = blocks(rows)
    for layer in range(len(matrices)):
        values_out, slopes_out = values[layer + 1], slopes[layer + 1]
        multiply(values[layer], matrices[layer], biases[layer], values_out, padded, sizes[layer])
        count = padded * values_out.shape[1]
        activate(activations[layer], shape, values_out.ravel()[:count], slopes_out.ravel()[:count])
        if layer < dropout.size and dropout[layer] > 0 and kept.size > 0:
            factor = 1 / (1 - dropout[layer]) if rescale else 1.0
            for row in range(rows):
                for unit in range(sizes[layer + 1]):
                    scale = factor if kept[row, first + unit] >= dropout[layer] else 0.0
                    values_out[row, unit] *= scale
                    slopes_out[row, unit] *= scale
        first += sizes[layer + 1]


@inlined
def backward(
    matrices: list[Matrix],
    sizes: Whole,
    values: list[Matrix],
    slopes: list[Matrix],
    errors: list[Matrix],
    gradient_matrices: list[Matrix],
    gradient_biases: list[Vector],
    rows: int,
    zeros: Vector,
) -> None:
    """Turn errors[-1] = ∂loss/∂output into the gradient: δˡ⁻¹ = (δˡ Wˡ) ∘ φ′, ∂W = aᵀδ, ∂b = Σδ. Rumelhart et al. 1986."""
    padded = blocks(rows)
    for layer in range(len(matrices) - 1, -1, -1):
        delta, slope, gradient = errors[layer + 1], slopes[layer + 1], gradient_matrices[layer]
        for row in range(padded):
            for unit in range(delta.shape[1]):
                delta[row, unit] *= slope[row, unit]
        multiply(values[layer].T, delta, zeros, gradient, gradient.shape[0], rows)
        gradient[sizes[layer] :] = 0.0  # a padding unit's value need not be 0, its weights must stay so
        sums = gradient_biases[layer]
        sums[:] = 0.0
        for row in range(rows):
            for unit in range(sums.size):
                sums[unit] += delta[row, unit]
        if layer > 0:
            multiply(delta, matrices[layer].T.copy(), zeros, errors[layer], padded, sizes[layer + 1])


@inlined
def regularize(
    matrices: list[Matrix], gradient_matrices: list[Matrix], gradient: Vector, numbers: Vector
) -> None:
    """Add the penalty's slope, l1 sign(w) + l2 w, then clip by value and by norm (Pascanu et al. 2013)."""
    if numbers[L1] > 0 or numbers[L2] > 0:
        for layer in range(len(matrices)):
            weights, slopes = matrices[layer].ravel(), gradient_matrices[layer].ravel()
            for i in range(weights.size):
                slopes[i] += numbers[L1] * np.sign(weights[i]) + numbers[L2] * weights[i]
    if numbers[CLIP_VALUE] < np.inf:
        for i in range(gradient.size):
            gradient[i] = min(max(gradient[i], -numbers[CLIP_VALUE]), numbers[CLIP_VALUE])
    if numbers[CLIP_NORM] < np.inf:
        factor = numbers[CLIP_NORM] / (math.sqrt(np.sum(gradient * gradient)) + 1e-6)
        if not factor >= 1:
            gradient *= factor


@inlined
def update(weights: Vector, gradient: Vector, moments: Matrix, optimizer: int, rate: float, step: int, numbers: Vector) -> None:
    """Take one step with the formulas, and the ε, of `torch.optim`; step counts from 1."""
    mean, square = moments[0], moments[1]
    if optimizer == SGD:
        for i in range(weights.size):
            weights[i] -= rate * gradient[i]
    elif optimizer == HEAVY_BALL or optimizer == NESTEROV:
        ahead = numbers[MOMENTUM] if optimizer == NESTEROV else 0.0
        for i in range(weights.size):
            mean[i] = numbers[MOMENTUM] * mean[i] + gradient[i]
            weights[i] -= rate * (mean[i] if ahead == 0 else gradient[i] + ahead * mean[i])
    elif optimizer == ADAGRAD:
        for i in range(weights.size):
            square[i] += gradient[i] * gradient[i]
            weights[i] -= rate * gradient[i] / (math.sqrt(square[i]) + 1e-10)
    elif optimizer == RMSPROP:
        for i in range(weights.size):
            square[i] = numbers[DECAY] * square[i] + (1 - numbers[DECAY]) * gradient[i] * gradient[i]
            weights[i] -= rate * gradient[i] / (math.sqrt(square[i]) + 1e-8)
    else:
        beta1, beta2 = numbers[BETA1], numbers[BETA2]
        size = rate / (1 - beta1**step)
        unbias = 1 / math.sqrt(1 - beta2**step)
        shrink = 1 - rate * numbers[WEIGHT_DECAY] if optimizer == ADAMW else 1.0
        for i in range(weights.size):
            mean[i] = beta1 * mean[i] + (1 - beta1) * gradient[i]
            square[i] = beta2 * square[i] + (1 - beta2) * gradient[i] * gradient[i]
            weights[i] = weights[i] * shrink - size * mean[i] / (math.sqrt(square[i]) * unbias + 1e-8)


@inlined
def finite(numbers: Vector) -> bool:
    """Say whether no entry is NaN or infinite: 0 · x is 0 for every finite x."""
    total = 0.0
    for i in range(numbers.size):
        total += 0.0 * numbers[i]
    return total == 0


@inlined
def locate(values: list[Matrix], matrices: list[Matrix], gradients: list[Matrix], sizes: Whole, rows: int, progress: Whole) -> None:
    """Write down the first thing in a step that is not finite: forwards by layer, then backwards, then the weights."""
    depth = len(matrices)
    progress[BAD_STEP] = progress[STEP]
    for layer in range(depth):
        for row in range(rows):
            if not finite(values[layer + 1][row, : sizes[layer + 1]]):
                progress[BAD_LAYER], progress[BAD_PLACE] = layer, ACTIVATION
                return
    for layer in range(depth - 1, -1, -1):
        if not finite(gradients[layer].ravel()):
            progress[BAD_LAYER], progress[BAD_PLACE] = layer, GRADIENT
            return
    for layer in range(depth):
        if not finite(matrices[layer].ravel()):
            progress[BAD_LAYER], progress[BAD_PLACE] = layer, WEIGHT
            return


@inlined
def take_snapshots(weights: Vector, progress: Whole, steps: Whole, snapshots: NDArray[np.float32]) -> None:
    """Keep the weights under every snapshot whose step has come."""
    while progress[NEXT_SNAPSHOT] < steps.size and steps[progress[NEXT_SNAPSHOT]] <= progress[STEP]:
        snapshot = snapshots[progress[NEXT_SNAPSHOT]]
        for i in range(weights.size):
            snapshot[i] = weights[i]
        progress[NEXT_SNAPSHOT] += 1


@entry
def train_epochs(
    weights: Vector,
    moments: Matrix,
    progress: Whole,
    sizes: Whole,
    choices: Whole,
    numbers: Vector,
    activations: Whole,
    dropout: Vector,
    factors: Vector,
    inputs: Matrix,
    targets: Matrix,
    orders: Whole,
    uniforms: NDArray[np.float32],
    snapshot_steps: Whole,
    snapshots: NDArray[np.float32],
) -> None:
    """Train one network for as many epochs as there are orders, in place.

    Args:
        weights: (P',) parameters; moments: (2, P') the optimizer's memory; progress: (5,) STEP … BAD_PLACE.
        sizes: (L + 1,); choices: (5,); numbers: (11,); activations: (L,); dropout: (L − 1,): see `Prepared`.
        factors: (E,) on the learning rate, per epoch.
        inputs, targets: (N, d) and (N, out); orders: (E, n) rows of inputs; uniforms: (E, n, H), or (E, 0, 0) if off.
        snapshot_steps, snapshots: (T,) step numbers and (T, P') float32 to fill.
    """
    rows = min(choices[BATCH], orders.shape[1])
    values, slopes, errors = layer_rows(sizes, rows), layer_rows(sizes, rows), layer_rows(sizes, rows)
    wanted = np.zeros((rows, targets.shape[1]))
    gradient = np.zeros(weights.size)
    zeros = np.zeros(weights.size)
    matrices, biases = layer_blocks(weights, sizes)
    gradient_matrices, gradient_biases = layer_blocks(gradient, sizes)
    take_snapshots(weights, progress, snapshot_steps, snapshots)
    for epoch in range(orders.shape[0]):
        for start in range(0, orders.shape[1], rows):
            if progress[STEP] >= choices[STEPS]:
                return
            order = orders[epoch, start : start + rows]
            gather(inputs, order, values[0])
            gather(targets, order, wanted)
            forward(
                matrices, biases, sizes, activations, numbers[SHAPE], values, slopes, order.size,
                uniforms[epoch, start : start + rows], dropout, choices[RESCALE],
            )
            loss_slopes(choices[LOSS], values[-1], wanted, errors[-1], order.size)
            backward(matrices, sizes, values, slopes, errors, gradient_matrices, gradient_biases, order.size, zeros)
            regularize(matrices, gradient_matrices, gradient, numbers)
            progress[STEP] += 1
            update(weights, gradient, moments, choices[OPTIMIZER], numbers[RATE] * factors[epoch], progress[STEP], numbers)
            if progress[BAD_STEP] < 0 and not finite(weights):
                locate(values, matrices, gradient_matrices, sizes, order.size, progress)
            take_snapshots(weights, progress, snapshot_steps, snapshots)


@inlined
def gather(table: Matrix, order: Whole, out: Matrix) -> None:
    """Copy the rows of a batch."""
    for row in range(order.size):
        for column in range(table.shape[1]):
            out[row, column] = table[order[row], column]


@entry
def evaluate(
    vectors: Matrix,
    sizes: Whole,
    activations: Whole,
    shape: float,
    inputs: Matrix,
    outputs: NDArray[np.float32],
    hidden: NDArray[np.float32],
) -> None:
    """Compute outputs (S, N, out), and hidden values (S, N, H) unless that array is empty, for S parameter vectors."""
    values, slopes = layer_rows(sizes, ROWS), layer_rows(sizes, ROWS)
    everything, no_dropout = np.zeros((0, 0), np.float32), np.zeros(0)
    for index in range(vectors.shape[0]):
        matrices, biases = layer_blocks(vectors[index], sizes)
        for start in range(0, inputs.shape[0], ROWS):
            rows = min(ROWS, inputs.shape[0] - start)
            values[0][:rows, : inputs.shape[1]] = inputs[start : start + rows]
            forward(matrices, biases, sizes, activations, shape, values, slopes, rows, everything, no_dropout, 0)
            outputs[index, start : start + rows] = values[-1][:rows, : outputs.shape[2]]
            if hidden.size > 0:
                first = 0
                for layer in range(1, sizes.size - 1):
                    hidden[index, start : start + rows, first : first + sizes[layer]] = values[layer][:rows, : sizes[layer]]
                    first += sizes[layer]


@entry
def gradients(
    vectors: Matrix,
    sizes: Whole,
    activations: Whole,
    shape: float,
    loss: int,
    inputs: Matrix,
    targets: Matrix,
    result: Matrix,
) -> None:
    """Compute the gradient of the mean loss over all inputs, without dropout or penalty, into result (S, P')."""
    rows = inputs.shape[0]
    values, slopes, errors = layer_rows(sizes, rows), layer_rows(sizes, rows), layer_rows(sizes, rows)
    values[0][:rows, : inputs.shape[1]] = inputs
    everything, no_dropout, zeros = np.zeros((0, 0), np.float32), np.zeros(0), np.zeros(vectors.shape[1])
    for index in range(vectors.shape[0]):
        matrices, biases = layer_blocks(vectors[index], sizes)
        gradient_matrices, gradient_biases = layer_blocks(result[index], sizes)
        forward(matrices, biases, sizes, activations, shape, values, slopes, rows, everything, no_dropout, 0)
        loss_slopes(loss, values[-1], targets, errors[-1], rows)
        backward(matrices, sizes, values, slopes, errors, gradient_matrices, gradient_biases, rows, zeros)
