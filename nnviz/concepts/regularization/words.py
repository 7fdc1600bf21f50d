"""The run in words."""

import numpy as np

from nnviz.concepts.regularization.model import STRENGTHS, Run
from nnviz.core.notation import significant
from nnviz.core.statistics import band

SHORT = {"l1": "L1", "l2": "L2", "elastic": "the elastic net", "max_norm": "max-norm"}


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
        f"Under {SHORT[run.params.penalty]} with λ = {significant(run.params.strength)}, {int(zeros[0])} of {counted(run)} "
        f"weights are exactly 0 in the draw shown (median {np.median(zeros):.0f}). "
        f"Validation error is {significant(float(here.median))}{spread}; the lowest along λ is "
        f"{significant(lowest)} at λ = {significant(float(STRENGTHS[low]))}, "
        f"with hardly any penalty it is {significant(float(np.median(run.validation[:, 0])))}."
    )


def picture(run: Run) -> str:
    """Describe the hero."""
    free, there = run.plane.free, run.plane.touching
    on = "on an axis: one weight is exactly 0" if np.any(there == 0) else "off the axes: neither weight is 0"
    return (
        f"With two features, least squares has the weights {significant(float(free[0]))} and {significant(float(free[1]))}, "
        f"under {SHORT[run.params.penalty]} they are {significant(float(there[0]))} and {significant(float(there[1]))}; the shapes touch {on}. "
        f"Training error is {significant(float(run.error[0, 0]))}."
    )


def captions(run: Run) -> list[str]:
    """Return what stands beside the transport at each recorded step of descent."""
    zeros = (run.descents == 0).sum(axis=2)
    return [f"L1: {a} exact zeros by proximal steps, {b} by plain" for a, b in zip(*zeros.tolist(), strict=True)]
