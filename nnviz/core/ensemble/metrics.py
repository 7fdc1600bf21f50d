"""Losses and accuracies of outputs, in NumPy; the same definitions as the kernel's and PyTorch's."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def data_loss(name: str, outputs: Array, targets: Array) -> Array:
    """Return the mean loss over examples (and outputs): (..., N, out) and (N, out) to (...), without penalty.

    Computed from logits without overflow: bce is max(z, 0) − z t + ln(1 + e^−|z|), cross_entropy Σt ln Σeᶻ − Σ t z.
    """
    gap = outputs - targets
    if name == "bce":
        each = np.maximum(outputs, 0) - outputs * targets + np.log1p(np.exp(-np.abs(outputs)))
    elif name == "cross_entropy":
        top = outputs.max(axis=-1, keepdims=True)
        spread = np.log(np.exp(outputs - top).sum(axis=-1)) + top[..., 0]
        return np.asarray((spread * targets.sum(axis=-1) - (targets * outputs).sum(axis=-1)).mean(axis=-1))
    elif name == "mae":
        each = np.abs(gap)
    elif name == "huber":
        each = np.where(np.abs(gap) < 1, 0.5 * gap**2, np.abs(gap) - 0.5)
    else:
        each = gap**2 * (0.5 if name == "half_mse" else 1.0)
    return np.asarray(each.mean(axis=(-2, -1)))


def accuracy(name: str, outputs: Array, targets: Array) -> Array:
    """Return the share of examples on the right side: (..., N, out) and (N, out) to (...).

    Several classes: the largest output is the class. One output: on the same side of the threshold as the target; the
    threshold is 0 for logits, otherwise midway between the two values that targets take. NaN for a true regression.
    An output that is not a number is never right.
    """
    if name == "cross_entropy" or (targets.shape[-1] > 1 and set(np.unique(targets)) == {0.0, 1.0} and name != "bce"):
        right = (outputs.argmax(axis=-1) == targets.argmax(axis=-1)) & np.isfinite(outputs).all(axis=-1)
        return np.asarray(right.mean(axis=-1))
    values = np.unique(targets)
    if name != "bce" and len(values) != 2:
        return np.full(outputs.shape[:-2], np.nan)
    middle = values.mean() if name != "bce" else 0.5
    side = outputs > (0.0 if name == "bce" else middle)
    right = (side == (targets > middle)) & np.isfinite(outputs)
    return np.asarray(right.mean(axis=(-2, -1)))
