"""What went wrong with the penalty, by the number that shows it and its cause."""

from dataclasses import replace

import numpy as np

from nnviz.concepts.regularization.model import STRENGTHS, Run
from nnviz.concepts.regularization.problems import answers
from nnviz.concepts.regularization.words import best, strength
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import significant

FREE = 1.4  # validation error this many times the lowest along λ, at a λ below the best
SUNK = 0.3  # mean error this share of the targets' standard deviation


def diagnose(run: Run) -> tuple[Finding, ...]:
    """Return what was found, worst first."""
    baseline = float(np.median(run.problem.targets.var(axis=1)))
    flat = diagnosis.underfitting(float(np.median(run.error[0])), baseline) if baseline > 0 else None
    if flat is not None:
        flat = replace(flat, text=flat.text.replace("The network has", "λ is too large: the fit has"))
    return diagnosis.findings(sunk(run) or flat, loose(run))  # a sunk curve explains its errors


def sunk(run: Run) -> Finding | None:
    """Find a penalized bias: all answers are too low, or too high, by the same amount."""
    if not run.params.bias:
        return None
    given = answers(run.normal, run.chosen[:, None], run.problem.features)[:, 0]
    off = (given - run.problem.targets).mean(axis=1)
    share = float(np.median(np.abs(off) / np.maximum(run.problem.targets.std(axis=1), 1e-12)))
    if share < SUNK:
        return None
    text = (
        f"The bias is penalized: answers are off by {significant(float(np.median(off)))} on average, "
        f"{significant(share, 2)} standard deviations of the targets, and "
        "no other weight can make up for it. Leave the bias free: a curve's height is no complexity."
    )
    return Finding("penalized bias", "failure", text)


def loose(run: Run) -> Finding | None:
    """Find a penalty too weak to hold the fit: validation error far above the lowest along λ."""
    low = best(run)
    here, lowest = float(np.median(run.error[1])), float(np.median(run.validation[:, low]))
    if run.params.strength >= STRENGTHS[low] or not here > FREE * lowest:
        return None
    text = (
        f"Too little penalty: validation error is {significant(here)}, {significant(here / lowest)} times the lowest, which "
        f"{strength(float(STRENGTHS[low]))} reaches, while training error is only {significant(float(np.median(run.error[0])))}."
    )
    return Finding("overfitting", "warning", text)
