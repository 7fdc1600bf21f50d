"""The run in words, and what is wrong with it."""

import numpy as np

from nnviz.concepts.batch_norm.model import Run
from nnviz.concepts.batch_norm.sweeps import Sweep
from nnviz.concepts.batch_norm.training import Trained
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import decimals, number
from nnviz.core.statistics import band, paired_interval

FLIPPED = 0.02  # share of answers that depend on their company, from which on it is worth a word
UNFIT = 5.0  # points of test error by which evaluation mode is worse, from which on it is worth a word
TINY = 8  # examples, up to which the batch itself is named when a net does not learn


def kind(run: Run) -> str:
    """Name the net with the norm."""
    return f"{run.params.norm} norm" + (" and noise" if run.params.noise else "")


def sentence(run: Run) -> str:
    """Say how both kinds end, with the run's numbers."""
    plain, own = 100 * run.plain.modes[0], run.test
    mode = f" in {'evaluation' if run.params.eval_mode else 'training'} mode" if run.params.norm == "batch" else ""
    text = f"After {run.params.steps} steps the test error is {np.median(plain):.0f} % without a norm and "
    text += f"{np.median(own):.0f} % with {kind(run)}{mode}{medians(len(own))}"
    gain = paired_interval(plain, own)
    if np.isfinite([gain.low, gain.high]).all():
        points = [decimals(value, 1) for value in (gain.estimate, gain.low, gain.high)]
        text += f": a mean difference of {points[0]} points (95 % interval {points[1]} to {points[2]})"
    text += f".{lost_words(run.plain)}{drift_words(run)}"
    return f"{text} {rate_words(run)}" if run.rates is not None else text


def medians(count: int) -> str:
    """Say over how many nets a median was taken."""
    return f" (medians of {count})" if count > 1 else ""


def lost_words(plain: Trained) -> str:
    """Say how many nets without a norm broke down; those with it have a finding of their own."""
    lost = int((~np.isfinite(plain.final)).sum())
    return f" {lost} of {len(plain.final)} without a norm broke down: all their answers count as wrong." if lost else ""


def drift_words(run: Run) -> str:
    """Say by how much the layers' inputs move, unless a kind of net broke down at once."""
    moved = [typical(each) for each in (run.plain, run.own)]
    if not np.isfinite(moved).all():
        return ""
    text = " From one picture of the training to the next the means of the layers' inputs move by"
    return f"{text} {number(moved[0])} of their standard deviations without and {number(moved[1])} with."


def typical(trained: Trained) -> float:
    """Return the median drift over training and networks, from the second snapshot on."""
    drift = trained.drift[1:]
    return float(np.median(drift[np.isfinite(drift)])) if np.isfinite(drift).any() else float("nan")


def rate_words(run: Run) -> str:
    """Say up to which rate each kind still trains."""
    assert run.rates is not None
    plain, own = (rate_word(each) for each in run.rates)
    count = run.rates[0].loss.shape[1]
    text = f"Of {len(run.rates[0].rates)} rates from 0.01 to 10 the largest that still trains is {plain} without a norm and "
    return f"{text}{own} with{medians(count)}."


def rate_word(sweep: Sweep) -> str:
    """Write the largest rate that still trains."""
    return f"{sweep.largest:g}" if np.isfinite(sweep.largest) else "none"


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the nets with the norm."""
    unfit = _unfit(run)
    return diagnosis.findings(_broken(run.own), unfit or _stuck(run), _forgotten(run))


def _broken(trained: Trained) -> Finding | None:
    lost = int((~np.isfinite(trained.final)).sum())
    if not lost:
        return None
    step = int((~np.isfinite(trained.loss)).any(axis=1).argmax())
    when = f"; the first loss that is no number came at step {step}" if not np.isfinite(trained.loss).all() else ""
    return Finding("non-finite", "failure", f"{lost} of {len(trained.final)} nets with the norm broke down{when}.")


def _stuck(run: Run) -> Finding | None:
    """Tell of nets that end no better than guessing in evaluation mode; of a tiny batch if that is in the way."""
    worst, beside = (
        diagnosis.underfitting(float(band(each.final).median), float(np.log(2))) for each in (run.own, run.plain)
    )
    size = run.params.batch
    if worst is None or beside is not None or run.params.norm != "batch" or size > TINY:
        return worst
    text = f" Each mean is taken over {size} examples and is off by about {100 / np.sqrt(size):.0f} % of a standard deviation."
    text += f" Without a norm the same nets end at {number(float(band(run.plain.final).median))}."
    return Finding(worst.cause, worst.severity, worst.text + text)


def _unfit(run: Run) -> Finding | None:
    """Tell of nets that answer much worse by the running statistics than by the batch's own."""
    wrong = 100 * np.median(run.own.modes, axis=1)
    if run.params.norm != "batch" or wrong[0] < wrong[1] + UNFIT:
        return None
    text = f"The running statistics do not fit the nets: test error {wrong[0]:.0f} % in evaluation mode, {wrong[1]:.0f} % in "
    text += f"training mode. Each step moved them by {number(100 * run.params.statistics)} % of the way to its batch's"
    text += ", and they were taken under the noise." if run.params.noise else "."
    return Finding("running statistics", "warning", text)


def _forgotten(run: Run) -> Finding | None:
    """Tell that evaluation mode was forgotten, and how many answers depend on their company."""
    share = float(np.median(run.own.flips))
    if run.params.eval_mode or run.params.norm != "batch" or share < FLIPPED:
        return None
    wrong = 100 * np.median(run.own.modes, axis=1)
    text = f"The net is still in training mode: {100 * share:.0f} % of the test points get another answer when other points "
    text += f"come with them. Test error {wrong[1]:.0f} %; in evaluation mode it would be {wrong[0]:.0f} %."
    return Finding("train mode at test", "failure", text)
