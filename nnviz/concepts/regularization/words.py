"""The run in words."""

import numpy as np

from nnviz.concepts.regularization.model import STRENGTHS, Run
from nnviz.core.statistics import band

SHORT = {"l1": "L1", "l2": "L2", "elastic": "the elastic net", "max_norm": "max-norm"}


def number(value: float) -> str:
    """Return a number with the digits it deserves."""
    return f"{value:.3g}".replace("-", "−") if np.isfinite(value) else "not a number"


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
    spread = f" ({number(float(here.low))} to {number(float(here.high))} over {count} draws)" if count > 1 else ""
    low = best(run)
    lowest = float(np.median(run.validation[:, low]))
    return (
        f"Under {SHORT[run.params.penalty]} with λ = {number(run.params.strength)}, {int(zeros[0])} of {counted(run)} weights are exactly 0 in the "
        f"draw shown (median {np.median(zeros):.0f}). Validation error is {number(float(here.median))}{spread}; the lowest along λ is "
        f"{number(lowest)} at λ = {number(float(STRENGTHS[low]))}, with hardly any penalty it is {number(float(np.median(run.validation[:, 0])))}."
    )


def picture(run: Run) -> str:
    """Describe the hero."""
    free, there = run.plane.free, run.plane.touching
    on = "on an axis: one weight is exactly 0" if np.any(there == 0) else "off the axes: neither weight is 0"
    return (
        f"With two features, least squares has the weights {number(float(free[0]))} and {number(float(free[1]))}, under {SHORT[run.params.penalty]} "
        f"they are {number(float(there[0]))} and {number(float(there[1]))}; the shapes touch {on}. Training error is {number(float(run.error[0, 0]))}."
    )


def captions(run: Run) -> list[str]:
    """Return what stands beside the transport at each recorded step of descent."""
    zeros = (run.descents == 0).sum(axis=2)
    return [f"L1: {a} exact zeros by proximal steps, {b} by plain" for a, b in zip(*zeros.tolist(), strict=True)]
