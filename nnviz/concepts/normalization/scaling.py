"""Ways to bring features onto one scale. Plain NumPy: the runnable script takes it as it is."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Scaler = Literal["none", "minmax", "zscore", "robust", "layer"]
EPSILON = 1e-5  # under the root of layer normalization, as in torch.nn.LayerNorm


def fitted(scaler: str, inputs: Floats) -> tuple[Floats, Floats]:
    """Return what is subtracted from each feature and what it is then divided by, (d,) each, as seen in `inputs` (N, d).

    minmax: least value and range · zscore: mean and standard deviation · robust: median and the range of the middle
    half · none and layer: 0 and 1. A feature that does not vary is divided by 1.
    """
    if scaler == "minmax":
        centre, spread = inputs.min(axis=0), np.ptp(inputs, axis=0)
    elif scaler == "zscore":
        centre, spread = inputs.mean(axis=0), inputs.std(axis=0)
    elif scaler == "robust":
        lower, centre, upper = np.quantile(inputs, [0.25, 0.5, 0.75], axis=0)
        spread = upper - lower
    else:
        centre, spread = np.zeros(inputs.shape[1]), np.ones(inputs.shape[1])
    return centre, np.where(spread > 0, spread, 1.0)


def scaled(scaler: str, inputs: Floats, seen: Floats) -> Floats:
    """Return inputs (N, d) scaled by what was fitted on `seen`; layer: each example over its own features.

    Source: Ba, Kiros & Hinton 2016 (layer).
    """
    if scaler == "layer":
        middle = inputs.mean(axis=1, keepdims=True)
        return np.asarray((inputs - middle) / np.sqrt(inputs.var(axis=1, keepdims=True) + EPSILON))
    centre, spread = fitted(scaler, seen)
    return (inputs - centre) / spread
