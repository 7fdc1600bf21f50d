"""The run in words, and what is wrong with it."""

import numpy as np

from nnviz.concepts.batch_norm.model import Run
from nnviz.concepts.batch_norm.nets import Trained
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import number
from nnviz.core.statistics import band, paired_interval

FLIPPED = 0.02  # share of answers that depend on their company, from which on it is worth a word
TINY = 8  # examples, up to which the batch itself is named when a net does not learn


def kind(run: Run) -> str:
    """Name the net with the norm."""
    return f"{run.params.norm} norm" + (" and noise" if run.params.noise else "")


def sentence(run: Run) -> str:
    """Say how both kinds end, with the run's numbers."""
    plain, own = 100 * run.plain.modes[0], run.test
    mode = "evaluation" if run.params.eval_mode else "training"
    text = f"After {run.params.steps} steps the test error is {np.median(plain):.0f} % without a norm and "
    text += f"{np.median(own):.0f} % with {kind(run)} in {mode} mode (medians of {len(own)})"
    gain = paired_interval(plain, own)
    if np.isfinite([gain.low, gain.high]).all():
        text += f": a mean difference of {gain.estimate:.1f} points (95 % interval {gain.low:.1f} to {gain.high:.1f})"
    moved = [number(typical(each)) for each in (run.plain, run.own)]
    text += f". From one picture to the next the layers' inputs move by {moved[0]} standard deviations without and {moved[1]} with."
    return f"{text} {rate_words(run)}" if run.rates is not None else text


def typical(trained: Trained) -> float:
    """Return the median drift over training and networks, from the second snapshot on."""
    drift = trained.drift[1:]
    return float(np.median(drift[np.isfinite(drift)])) if np.isfinite(drift).any() else float("nan")


def rate_words(run: Run) -> str:
    """Say up to which rate each kind still trains."""
    assert run.rates is not None
    words = [f"{each.largest:g}" if np.isfinite(each.largest) else "none" for each in run.rates]
    return f"Of {len(run.rates[0].rates)} rates from 0.01 to 10 the largest that still trains is {words[0]} without a norm and {words[1]} with."


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the nets with the norm."""
    return diagnosis.findings(_broken(run.own), _stuck(run), _forgotten(run))


def _broken(trained: Trained) -> Finding | None:
    lost = int((~np.isfinite(trained.final)).sum())
    if not lost:
        return None
    step = int((~np.isfinite(trained.loss)).any(axis=1).argmax())
    when = f"; the first loss that is no number came at step {step}" if not np.isfinite(trained.loss).all() else ""
    return Finding("non-finite", "failure", f"{lost} of {len(trained.final)} nets with the norm broke down{when}.")


def _stuck(run: Run) -> Finding | None:
    """Tell of nets that end no better than guessing in evaluation mode; of a tiny batch if that is in the way."""
    worst = diagnosis.underfitting(float(band(run.own.final).median), float(np.log(2)))
    size = run.params.batch
    if worst is None or run.params.norm != "batch" or size > TINY:
        return worst
    text = f" Each mean is taken over {size} examples and is off by about {100 / np.sqrt(size):.0f} % of a standard deviation."
    text += f" Without a norm the same nets end at {number(float(band(run.plain.final).median))}."
    return Finding(worst.cause, worst.severity, worst.text + text)


def _forgotten(run: Run) -> Finding | None:
    """Tell that evaluation mode was forgotten, and how many answers depend on their company."""
    share = float(np.median(run.own.flips))
    if run.params.eval_mode or run.params.norm != "batch" or share < FLIPPED:
        return None
    text = f"The net is still in training mode: {100 * share:.0f} % of the test points get another answer when other points "
    wrong = 100 * np.median(run.own.modes, axis=1)
    text += f"come with them. Test error {wrong[1]:.0f} %; in evaluation mode it would be {wrong[0]:.0f} %."
    return Finding("train mode at test", "failure", text)
