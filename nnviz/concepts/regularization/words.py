"""The run in words."""

import numpy as np

from nnviz.concepts.regularization.model import STRENGTHS, Run, zeros_of
from nnviz.core.notation import significant
from nnviz.core.statistics import band

SHORT = {"l1": "L1", "l2": "L2", "elastic": "the elastic net", "max_norm": "max-norm"}


def strength(value: float) -> str:
    """Write λ as its control does, on one line."""
    return f"λ\u00a0=\u00a0{value:.3g}"


def counted(run: Run) -> int:
    """Return how many weights there are, without a penalized bias."""
    return len(run.problem.names)


def best(run: Run) -> int:
    """Return the index into STRENGTHS of the lowest median validation error."""
    return int(np.median(run.validation, axis=0).argmin())


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    here, zeros = band(run.error[1]), run.zeros
    count = run.error.shape[1]
    spread = (
        f" ({significant(float(here.low))} to {significant(float(here.high))} over {count} draws)" if count > 1 else ""
    )
    low = best(run)
    lowest = float(np.median(run.validation[:, low]))
    return (
        f"Under {SHORT[run.params.penalty]} with {strength(run.params.strength)}, {int(zeros[0])} of {counted(run)} "
        f"weights are exactly 0 in the draw shown (median {np.median(zeros):.0f}). "
        f"Validation error is {significant(float(here.median))}{spread}; the lowest along λ is "
        f"{significant(lowest)} at {strength(float(STRENGTHS[low]))}, "
        f"with hardly any penalty it is {significant(float(np.median(run.validation[:, 0])))}."
    )


def picture(run: Run) -> str:
    """Describe the hero."""
    free, there = run.plane.free, run.plane.touching
    return (
        f"With two features, least squares has the weights {significant(float(free[0]))} and {significant(float(free[1]))}, "
        f"under {SHORT[run.params.penalty]} they are {significant(float(there[0]))} and {significant(float(there[1]))}; {meeting(run)}. "
        f"Training error is {significant(float(run.error[0, 0]))}."
    )


def loose_ball(run: Run) -> bool:
    """Whether max-norm's circle is so wide that the weights do not reach it."""
    length = float(np.linalg.norm(run.plane.touching))
    return run.params.penalty == "max_norm" and length < (1 - 1e-6) / run.params.strength


def meeting(run: Run) -> str:
    """Say where the penalty's shape and the contours of the loss meet."""
    there = run.plane.touching
    if loose_ball(run):
        return "least squares lies inside the circle, which holds nothing back"
    if not there.any():
        return "the shape has shrunk to a point: both weights are exactly 0"
    on = "on an axis: one weight is exactly 0" if np.any(there == 0) else "off the axes: neither weight is 0"
    return f"the shapes touch {on}"


def captions(run: Run) -> list[str]:
    """Return what stands beside the transport at each recorded step of descent."""
    zeros = zeros_of(run.descents, run.params)
    return [f"L1: {a} exact zeros by proximal steps, {b} by plain" for a, b in zip(*zeros.tolist(), strict=True)]
