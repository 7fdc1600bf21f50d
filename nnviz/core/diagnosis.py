"""What is wrong with a run, by its cause, with the number that shows it. Pure functions on arrays.

Each function returns None when it finds nothing. The texts say what was measured, so that a learner can check it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nnviz.core.notation import number, significant

Severity = Literal["note", "warning", "failure"]
Cause = Literal[
    "non-finite",
    "divergence",
    "dead units",
    "saturation",
    "collapse",
    "vanishing gradient",
    "exploding gradient",
    "symmetric units",
    "overfitting",
    "underfitting",
    "unscaled inputs",
    "leakage",
    "gradient masking",
    "correlated features",
    "flat surrogate",
    "odd background",
    "missing table",
    "missing values",
    "train mode at test",
    "running statistics",
    "tiny batch",
    "missing rescale",
    "outlier",
    "no diversity",
    "stopped too early",
    "noisy validation",
    "penalized bias",
    "oscillation",
    "vanishing step",
    "wrong limit",
    "interpolation peak",
]
SATURATED = 0.01  # |φ′| below this passes less than a hundredth of the gradient on
RATIO = 1e3  # gradient norms of first and last layer this far apart are a warning, the square of it a failure
Array = NDArray[Any]


@dataclass(frozen=True)
class Finding:
    """One thing that went wrong.

    Attributes:
        cause: its name, one of `Cause`; a page's presets and tests look for it.
        severity: note (worth knowing), warning (it hurts), failure (the result is not usable).
        text: one or two sentences that name the cause and the number that shows it.
    """

    cause: Cause
    severity: Severity
    text: str


def findings(*maybe: Finding | None) -> tuple[Finding, ...]:
    """Return what was found, worst first."""
    order = get_args(Severity)
    return tuple(sorted((each for each in maybe if each), key=lambda each: -order.index(each.severity)))


def non_finite(arrays: Mapping[str, Array], steps: Array | None = None, *, unit: str = "step") -> Finding | None:
    """Find where NaN or infinity began.

    Args:
        arrays: name of a layer (or of the loss), in the order of computation → (T, ...), first axis the step.
        steps: (T,) step numbers; default 0, 1, 2, …
        unit: noun of what they count.
    """
    first: tuple[int, str] | None = None
    for name, array in arrays.items():
        bad = ~np.isfinite(array).reshape(len(array), -1).all(axis=1)
        if bad.any() and (first is None or int(bad.argmax()) < first[0]):
            first = int(bad.argmax()), name
    if first is None:
        return None
    row, name = first
    values = np.asarray(arrays[name][row])
    kind = "NaN" if np.isnan(values).any() else "infinity"
    share = f"{np.sum(~np.isfinite(values))} of {values.size} numbers"
    text = f"Numbers stopped being finite at {unit} {_step(steps, row)} in {name}: {share} are not finite ({kind})."
    return Finding("non-finite", "failure", text)


def divergence(losses: Array, steps: Array | None = None, *, factor: float = 1.5, unit: str = "step") -> Finding | None:
    """Find a loss that ended above `factor` times where it began.

    The end is the median of the last tenth, so that a single noisy step is no divergence.

    Args:
        losses: (T,) non-negative, T ≥ 2; what is not finite counts as above everything.
        steps: (T,) step numbers.
        unit: noun of what they count.
    """
    curve = np.where(np.isfinite(losses), losses, np.inf)
    start, end = float(curve[0]), float(np.sort(curve[-max(1, len(curve) // 10) :])[max(1, len(curve) // 10) // 2])
    if not np.isfinite(start) or end <= factor * start:
        return None
    first, last = int(np.argmax(curve > factor * start)), int(np.flatnonzero(curve <= factor * start)[-1])
    ended = significant(end) if np.isfinite(end) else "infinity"
    if last == len(curve) - 1:  # it comes back now and then: no step can be named from which it stays
        since = f"rises above {factor:g} times that first at {unit} {_step(steps, first)}"
    else:
        since = f"stays above {factor:g} times that from {unit} {_step(steps, last + 1)}"
    text = f"The loss diverged: it began at {significant(start)}, {since} and ends around {ended}."
    return Finding("divergence", "failure", text)


def dead_units(activations: Array, layer: str = "") -> Finding | None:
    """Find ReLU units that output zero for every input and so receive no gradient.

    Args:
        activations: (N, H) outputs of one layer's units for N inputs.
    """
    dead = int(np.sum(np.all(activations == 0, axis=0)))
    units = activations.shape[1]
    if dead == 0:
        return None
    severity: Severity = "failure" if dead == units else "warning" if 4 * dead >= units else "note"
    zero = f"output zero for all {len(activations)} inputs and get no gradient"
    return Finding("dead units", severity, f"{dead} of {units} units{_of(layer)} are dead: they {zero}.")


def saturation(derivatives: Array, layer: str = "", *, threshold: float = SATURATED) -> Finding | None:
    """Find a layer that has gone flat: at least half of all |φ′| below `threshold`; nearly all is a failure.

    Args:
        derivatives: (N, H) derivative of the activation function at each unit's input.
    """
    share = float(np.mean(np.abs(derivatives) < threshold))
    if share < 0.5:
        return None
    text = f"Units{_of(layer)} are saturated: the derivative is below {threshold:g} in {100 * share:.0f} % of cases."
    return Finding("saturation", "failure" if share > 0.95 else "warning", text)


def collapsed_outputs(outputs: Array, *, tolerance: float = 1e-6) -> Finding | None:
    """Find a network that answers the same whatever it is shown.

    Args:
        outputs: (N, ...) outputs for N ≥ 2 different inputs.
    """
    spread = float(np.max(np.ptp(outputs, axis=0)))
    if not spread <= tolerance * max(1.0, float(np.max(np.abs(outputs)))):
        return None
    text = f"All {len(outputs)} inputs get the same output: the largest difference is {spread:.2g}."
    return Finding("collapse", "failure", text)


def collapsed_representation(hidden: Array, layer: str = "", *, tolerance: float = 1e-3) -> Finding | None:
    """Find a layer of several units that carries one number only: its centred outputs have rank 0 or 1.

    Args:
        hidden: (N, H) outputs of a layer with H ≥ 2 units; rank is judged by singular values above `tolerance`·largest.
    """
    if min(hidden.shape) < 2 or not np.isfinite(hidden).all():
        return None
    values = np.linalg.svd(hidden - hidden.mean(axis=0), compute_uv=False)
    if values[1] > tolerance * values[0]:
        return None
    share = values[1] / values[0] if values[0] > 0 else 0.0
    rest = f"the second direction has {share:.1g} of the first's size"
    text = f"The {hidden.shape[1]} units{_of(layer)} move as one: {rest}."
    return Finding("collapse", "warning", text)


def gradient_flow(norms: Sequence[float] | Array) -> Finding | None:
    """Find gradients that fade or grow on their way back, from the ratio of the first layer's norm to the last's.

    Args:
        norms: (L,) gradient norm by layer, the layer next to the input first; L ≥ 2.

    Source: Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013.
    """
    first, last = float(norms[0]), float(norms[-1])
    if not (np.isfinite(first) and np.isfinite(last)) or first == last == 0:
        return None
    ratio = first / last if last > 0 else np.inf
    if 1 / RATIO <= ratio <= RATIO:
        return None
    severity: Severity = "failure" if not RATIO**-2 <= ratio <= RATIO**2 else "warning"
    sizes = f"layer 1 has norm {number(first)}, layer {len(norms)} has {number(last)}, a ratio of {number(ratio)}"
    if ratio < 1:
        return Finding("vanishing gradient", severity, f"The gradient vanishes on its way back: {sizes}.")
    return Finding("exploding gradient", severity, f"The gradient explodes on its way back: {sizes}.")


def symmetric_units(weights: Array, layer: str = "") -> Finding | None:
    """Find units with identical weights: they compute the same, get the same gradient and can never part.

    Args:
        weights: (out, in) one row per unit; append the bias as a column if there is one.
    """
    repeated = np.unique(weights, axis=0, return_counts=True)[1]
    alike = int(repeated[repeated > 1].sum())
    if alike == 0:
        return None
    text = f"{alike} of {len(weights)} units{_of(layer)} have the weights of another: equal weights get equal gradients for ever."
    return Finding("symmetric units", "failure" if len(repeated) == 1 else "warning", text)


def overfitting(
    train: Array, test: Array, steps: Array | None = None, *, factor: float = 1.1, unit: str = "step"
) -> Finding | None:
    """Find a test loss that ends above `factor` times its lowest while the training loss has gone on falling.

    Args:
        train, test: (T,) losses at the same steps.
        steps: (T,) step numbers.
        unit: noun of what they count.
    """
    if not (np.isfinite(train).all() and np.isfinite(test).all()):
        return None
    best = int(np.argmin(test))
    if test[-1] <= factor * test[best] or train[-1] >= train[best]:
        return None
    text = (
        f"The network memorizes: test loss was lowest at {unit} {_step(steps, best)} ({test[best]:.3g}) and rose to "
        f"{test[-1]:.3g}, while training loss went on from {train[best]:.3g} to {train[-1]:.3g}."
    )
    return Finding("overfitting", "warning", text)


def underfitting(loss: float, baseline: float, *, share: float = 0.9) -> Finding | None:
    """Find a training loss that stays above `share` of the loss of always giving the best constant answer.

    Args:
        loss: training loss at the end.
        baseline: loss of the best constant answer, such as log(classes) or the variance of the targets; positive.
    """
    if not np.isfinite(loss) or loss < share * baseline:
        return None
    text = f"The network has learned little: its training loss is {loss:.3g}, a constant answer's is {baseline:.3g}."
    return Finding("underfitting", "warning", text)


def unscaled_inputs(inputs: Array, names: Sequence[str] = (), *, factor: float = 100.0) -> Finding | None:
    """Find features whose standard deviations differ by more than `factor`, so that one learning rate cannot suit all.

    Args:
        inputs: (N, d) with nan for holes; constant features are left out.
        names: (d,) names of the features.
    """
    spreads = np.array([np.std(column[np.isfinite(column)]) if np.isfinite(column).any() else 0 for column in inputs.T])
    varying = np.flatnonzero(spreads > 0)
    if len(varying) < 2:
        return None
    low, high = varying[spreads[varying].argmin()], varying[spreads[varying].argmax()]
    if spreads[high] <= factor * spreads[low]:
        return None
    wide, narrow = (names[index] if len(names) else f"feature {index + 1}" for index in (high, low))
    text = f"Features are not on one scale: {wide} spreads {spreads[high]:.3g}, {narrow} only {spreads[low]:.3g}."
    return Finding("unscaled inputs", "warning", text)


def leaking(train: Array, test: Array) -> Finding | None:
    """Find test rows that also stand in the training part.

    Args:
        train, test: (N, d) and (M, d) inputs.
    """
    seen = {row.tobytes() for row in np.ascontiguousarray(train)}
    leaked = sum(row.tobytes() in seen for row in np.ascontiguousarray(test, dtype=train.dtype))
    if not leaked:
        return None
    text = f"{leaked} of {len(test)} test rows are also training rows, so the test measures memory."
    return Finding("leakage", "failure" if 2 * leaked >= len(test) else "warning", text)


def _step(steps: Array | None, row: int) -> int:
    return row if steps is None else int(steps[row])


def _of(layer: str) -> str:
    return f" of {layer}" if layer else ""
