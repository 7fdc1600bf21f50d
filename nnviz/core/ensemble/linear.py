"""The kernel's linear algebra: products, sums and copies of small tables. Compiled, float64.

A layer's units and a batch's examples are padded to whole blocks of LANES. Functions index tables and never slice them:
a slice costs more than a small layer.
"""

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.compilation import inlined
from nnviz.core.ensemble.network import LANES

WIDE = 16  # columns from which whole rows beat blocks of 4 × 4 (measured: 70 GFLOP/s at 128, where OpenBLAS has 50)

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Whole = NDArray[np.int64]


@inlined
def blocks(units: int) -> int:
    """Round up to whole blocks of LANES."""
    return (units + LANES - 1) // LANES * LANES


@inlined
def multiply(left: Matrix, right: Matrix, start: Vector, out: Matrix, rows: int, inner: int) -> None:
    """out = left · right + start for `rows` (whole blocks) rows and `inner` products per sum.

    For wide matrices, left's columns and right's rows beyond `inner` are read up to a whole block: one must be zero.
    """
    if right.shape[1] >= WIDE:
        multiply_wide(left, right, start, out, rows, inner)
    else:
        multiply_narrow(left, right, start, out, rows, inner)


@inlined
def multiply_narrow(left: Matrix, right: Matrix, start: Vector, out: Matrix, rows: int, inner: int) -> None:
    """Compute blocks of 4 rows × 4 columns, whose sixteen sums stay in registers."""
    for row in range(0, rows, LANES):
        for column in range(0, right.shape[1], LANES):
            a0, a1, a2, a3 = start[column], start[column + 1], start[column + 2], start[column + 3]
            b0, b1, b2, b3 = a0, a1, a2, a3
            c0, c1, c2, c3 = a0, a1, a2, a3
            d0, d1, d2, d3 = a0, a1, a2, a3
            for k in range(inner):
                w0, w1, w2, w3 = right[k, column], right[k, column + 1], right[k, column + 2], right[k, column + 3]
                a, b, c, d = left[row, k], left[row + 1, k], left[row + 2, k], left[row + 3, k]
                a0, a1, a2, a3 = a0 + a * w0, a1 + a * w1, a2 + a * w2, a3 + a * w3
                b0, b1, b2, b3 = b0 + b * w0, b1 + b * w1, b2 + b * w2, b3 + b * w3
                c0, c1, c2, c3 = c0 + c * w0, c1 + c * w1, c2 + c * w2, c3 + c * w3
                d0, d1, d2, d3 = d0 + d * w0, d1 + d * w1, d2 + d * w2, d3 + d * w3
            out[row, column], out[row, column + 1] = a0, a1
            out[row, column + 2], out[row, column + 3] = a2, a3
            out[row + 1, column], out[row + 1, column + 1] = b0, b1
            out[row + 1, column + 2], out[row + 1, column + 3] = b2, b3
            out[row + 2, column], out[row + 2, column + 1] = c0, c1
            out[row + 2, column + 2], out[row + 2, column + 3] = c2, c3
            out[row + 3, column], out[row + 3, column + 1] = d0, d1
            out[row + 3, column + 2], out[row + 3, column + 3] = d2, d3


@inlined
def multiply_wide(left: Matrix, right: Matrix, start: Vector, out: Matrix, rows: int, inner: int) -> None:
    """Add four of right's rows at a time to four whole rows of the result: sixteen products for every four loads."""
    for row in range(0, rows, LANES):
        for column in range(right.shape[1]):
            out[row, column] = start[column]
            out[row + 1, column] = start[column]
            out[row + 2, column] = start[column]
            out[row + 3, column] = start[column]
        for k in range(0, inner, LANES):
            a0, a1, a2, a3 = left[row, k], left[row, k + 1], left[row, k + 2], left[row, k + 3]
            b0, b1, b2, b3 = left[row + 1, k], left[row + 1, k + 1], left[row + 1, k + 2], left[row + 1, k + 3]
            c0, c1, c2, c3 = left[row + 2, k], left[row + 2, k + 1], left[row + 2, k + 2], left[row + 2, k + 3]
            d0, d1, d2, d3 = left[row + 3, k], left[row + 3, k + 1], left[row + 3, k + 2], left[row + 3, k + 3]
            for column in range(right.shape[1]):
                w0, w1, w2 = right[k, column], right[k + 1, column], right[k + 2, column]
                w3 = right[k + 3, column]
                out[row, column] += a0 * w0 + a1 * w1 + (a2 * w2 + a3 * w3)
                out[row + 1, column] += b0 * w0 + b1 * w1 + (b2 * w2 + b3 * w3)
                out[row + 2, column] += c0 * w0 + c1 * w1 + (c2 * w2 + c3 * w3)
                out[row + 3, column] += d0 * w0 + d1 * w1 + (d2 * w2 + d3 * w3)


@inlined
def multiply_elements(left: Vector, right: Vector, count: int) -> None:
    """left = left ∘ right for the first `count` entries."""
    for i in range(count):
        left[i] *= right[i]


@inlined
def clear_rows(table: Matrix, first: int) -> None:
    """Set the rows from `first` on to zero: a padding unit's value need not be 0, but its weights must stay so."""
    for row in range(first, table.shape[0]):
        for column in range(table.shape[1]):
            table[row, column] = 0.0


@inlined
def sum_rows(table: Matrix, sums: Vector, rows: int) -> None:
    """Add up the first `rows` rows."""
    for column in range(sums.size):
        sums[column] = 0.0
    for row in range(rows):
        for column in range(sums.size):
            sums[column] += table[row, column]


@inlined
def transpose(table: Matrix, out: Matrix) -> None:
    """out = tableᵀ."""
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            out[column, row] = table[row, column]


@inlined
def gather(table: Matrix, orders: Whole, epoch: int, start: int, count: int, out: Matrix) -> None:
    """Copy the rows of a batch."""
    for row in range(count):
        for column in range(table.shape[1]):
            out[row, column] = table[orders[epoch, start + row], column]


@inlined
def finite(numbers: Vector) -> bool:
    """Say whether no entry is NaN or infinite: 0 · x is 0 for every finite x. Four sums, not to wait for one."""
    a = b = c = d = 0.0
    for i in range(0, numbers.size, LANES):
        a += 0.0 * numbers[i]
        b += 0.0 * numbers[i + 1]
        c += 0.0 * numbers[i + 2]
        d += 0.0 * numbers[i + 3]
    return a + b + c + d == 0


@inlined
def finite_table(table: Matrix, rows: int, columns: int) -> bool:
    """Say whether no entry of the first rows and columns is NaN or infinite."""
    total = 0.0
    for row in range(rows):
        for column in range(columns):
            total += 0.0 * table[row, column]
    return total == 0
