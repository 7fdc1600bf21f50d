"""The kernel: one network's epochs, outputs or gradients as plain loops, compiled once to machine code without the GIL.

Vectors are laid out as `network.padded_positions` says: parameters, and behind them the running statistics of batch
normalization, of which optimizers and bounds know nothing. No random number is drawn here.
"""

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.compilation import entry
from nnviz.core.ensemble.functions import loss_slopes
from nnviz.core.ensemble.joints import joint_room
from nnviz.core.ensemble.linear import Matrix, Vector, Whole, finite, finite_table, gather
from nnviz.core.ensemble.optimizers import RATE, SHAPE, regularize, shorten, update
from nnviz.core.ensemble.passes import backward, begins, forward, room, views
from nnviz.core.ensemble.recording import BAD_STEP, STEP, locate, take_snapshots

OPTIMIZER, LOSS, BATCH, STEPS, RESCALE = range(5)  # columns of Prepared.choices
ROWS = 64  # examples evaluated at a time, so that a layer stays in the nearest cache


@entry
def train_epochs(
    vector: Vector,
    moments: Matrix,
    progress: Whole,
    sizes: Whole,
    choices: Whole,
    numbers: Vector,
    activations: Whole,
    joints: Whole,
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
        vector: (P' + S',) parameters and running statistics; moments: (2, P' + S') the optimizer's memory of the
            parameters; progress: (5,) STEP … BAD_PLACE.
        sizes: (L + 1,); choices: (5,); numbers: (12,); activations, joints: (L,); dropout: (L − 1,): see `Prepared`.
        factors: (E,) on the learning rate, per epoch.
        inputs, targets: (N, d) and (N, out); orders: (E, n) rows of inputs; uniforms: (E, n, H), or (E, 0, 0) if off.
        snapshot_steps, snapshots: (T,) step numbers and (T, P' + S') float32 to fill.
    """
    rows = min(choices[BATCH], orders.shape[1])
    values, flat_values = room(sizes, rows)
    slopes, flat_slopes = room(sizes, rows)
    errors, flat_errors = room(sizes, rows)
    normal, past = joint_room(sizes, joints, rows)
    parameters = begins(sizes)[sizes.size - 1]
    weights, running = vector[:parameters], vector[parameters:]
    wanted, gradient, zeros = np.zeros((rows, targets.shape[1])), np.zeros(weights.size), np.zeros(weights.size)
    matrices, flat_matrices, biases = views(weights, sizes)
    g_matrices, g_flat, g_biases = views(gradient, sizes)
    transposes = [matrix.T.copy() for matrix in matrices]
    outputs, output_errors = values[sizes.size - 1], errors[sizes.size - 1]
    take_snapshots(vector, progress, snapshot_steps, snapshots)
    for epoch in range(orders.shape[0]):
        for start in range(0, orders.shape[1], rows):
            if progress[STEP] >= choices[STEPS]:
                return
            count = min(rows, orders.shape[1] - start)
            gather(inputs, orders, epoch, start, count, values[0])
            gather(targets, orders, epoch, start, count, wanted)
            forward(
                matrices,
                biases,
                sizes,
                activations,
                joints,
                normal,
                running,
                True,
                numbers[SHAPE],
                values,
                flat_values,
                slopes,
                flat_slopes,
                count,
                uniforms[epoch],
                start,
                dropout,
                choices[RESCALE],
            )
            loss_slopes(choices[LOSS], outputs, wanted, output_errors, count)
            backward(
                matrices,
                transposes,
                sizes,
                joints,
                normal,
                past,
                values,
                flat_slopes,
                errors,
                flat_errors,
                g_matrices,
                g_biases,
                zeros,
                count,
            )
            regularize(flat_matrices, g_flat, gradient, numbers)
            progress[STEP] += 1
            rate = numbers[RATE] * factors[epoch]
            update(weights, gradient, moments, choices[OPTIMIZER], rate, progress[STEP], numbers)
            shorten(matrices, sizes, numbers)
            if progress[BAD_STEP] < 0 and not (finite(weights) and finite_table(outputs, count, targets.shape[1])):
                locate(flat_matrices, biases, values, g_flat, g_biases, sizes, count, progress)
            take_snapshots(vector, progress, snapshot_steps, snapshots)


@entry
def evaluate(
    vectors: Matrix,
    sizes: Whole,
    activations: Whole,
    joints: Whole,
    shape: float,
    inputs: Matrix,
    outputs: NDArray[np.float32],
    hidden: NDArray[np.float32],
) -> None:
    """Compute outputs (S, N, out), and hidden values (S, N, H) unless that array is empty, for S parameter vectors."""
    values, flat_values = room(sizes, ROWS)
    slopes, flat_slopes = room(sizes, ROWS)
    normal, _ = joint_room(sizes, joints, ROWS)
    all_kept, rates = np.zeros((0, 0), np.float32), np.zeros(0)
    parameters = begins(sizes)[sizes.size - 1]
    for index in range(vectors.shape[0]):
        matrices, _, biases = views(vectors[index], sizes)
        running = vectors[index, parameters:]
        for start in range(0, inputs.shape[0], ROWS):
            rows = min(ROWS, inputs.shape[0] - start)
            values[0][:rows, : inputs.shape[1]] = inputs[start : start + rows]
            forward(
                matrices,
                biases,
                sizes,
                activations,
                joints,
                normal,
                running,
                False,
                shape,
                values,
                flat_values,
                slopes,
                flat_slopes,
                rows,
                all_kept,
                0,
                rates,
                0,
            )
            outputs[index, start : start + rows] = values[sizes.size - 1][:rows, : outputs.shape[2]]
            column = 0
            for layer in range(1, sizes.size - 1 if hidden.size > 0 else 0):
                units = sizes[layer]
                hidden[index, start : start + rows, column : column + units] = values[layer][:rows, :units]
                column += units


@entry
def gradients(
    vectors: Matrix,
    sizes: Whole,
    activations: Whole,
    joints: Whole,
    shape: float,
    loss: int,
    inputs: Matrix,
    targets: Matrix,
    result: Matrix,
) -> None:
    """Compute the gradient of the mean loss over all inputs, without dropout or penalty, into result (S, P' + S').

    Batch normalization is in training mode, all inputs being one batch.
    """
    rows = inputs.shape[0]
    values, flat_values = room(sizes, rows)
    slopes, flat_slopes = room(sizes, rows)
    errors, flat_errors = room(sizes, rows)
    normal, past = joint_room(sizes, joints, rows)
    values[0][:rows, : inputs.shape[1]] = inputs
    all_kept, rates, zeros = np.zeros((0, 0), np.float32), np.zeros(0), np.zeros(vectors.shape[1])
    parameters = begins(sizes)[sizes.size - 1]
    for index in range(vectors.shape[0]):
        matrices, _, biases = views(vectors[index], sizes)
        g_matrices, _, g_biases = views(result[index], sizes)
        transposes = [matrix.T.copy() for matrix in matrices]
        running = vectors[index, parameters:].copy()  # training mode moves it
        forward(
            matrices,
            biases,
            sizes,
            activations,
            joints,
            normal,
            running,
            True,
            shape,
            values,
            flat_values,
            slopes,
            flat_slopes,
            rows,
            all_kept,
            0,
            rates,
            0,
        )
        loss_slopes(loss, values[sizes.size - 1], targets, errors[sizes.size - 1], rows)
        backward(
            matrices,
            transposes,
            sizes,
            joints,
            normal,
            past,
            values,
            flat_slopes,
            errors,
            flat_errors,
            g_matrices,
            g_biases,
            zeros,
            rows,
        )
