"""What goes wrong with ensembles, by the number that shows it and its cause."""

import numpy as np

from nnviz.concepts.ensembles import words
from nnviz.concepts.ensembles.draws import cycle_epochs
from nnviz.concepts.ensembles.model import Run
from nnviz.concepts.ensembles.training import BATCH
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding

SAME = 1e-12  # ambiguity below which members are one
REPEATED = 0.5  # share of wrong labels repeated, from which they count as learned
FALLEN = 2.0  # points of test accuracy below the best size
MOVED = 0.5  # Adam moves a weight by about the rate in a step; less than this in all is hardly anything
OVERLAP = 0.6  # noise from which the classes of every data set lie in each other
LEARNED = 0.6  # share of training points missed, beside a constant answer's, from which little is learned


def diagnose(run: Run) -> tuple[Finding, ...]:
    """Return what was found, worst first."""
    return diagnosis.findings(no_diversity(run), noise_learned(run), too_weak(run))


def no_diversity(run: Run) -> Finding | None:
    """Find members that all say the same: then averaging is for nothing."""
    ambiguity = float(run.scores.ambiguity[:, -1].max())
    if run.params.members == 1 or ambiguity > SAME:
        return None
    text = (
        f"All {run.params.members} members say the same: their disagreement is below {SAME:g}, so the ensemble errs exactly "
        f"as one of them does, at {run.params.members} times the cost. The gain is {words.signed(float(words.gain(run).mean()), 2)} points."
    )
    return Finding("no diversity", "failure", text)


def noise_learned(run: Run) -> Finding | None:
    """Find an ensemble that repeats most of the wrong labels it was given, and has lost accuracy on the way."""
    scores = run.scores
    medians = 100 * np.median(scores.accuracy, axis=0)
    best = int(np.argmax(medians))
    repeated = scores.repeated[np.isfinite(scores.repeated)]
    if not len(repeated) or np.median(repeated) < REPEATED or medians[best] - medians[-1] < FALLEN:
        return None
    text = (
        f"The ensemble learns the wrong labels: {100 * np.median(repeated):.0f} % of them are repeated. Test accuracy was "
        f"{medians[best]:.1f} % with {words.count(best + 1, 'member')} and is {medians[-1]:.1f} % with {run.params.members}."
    )
    return Finding("overfitting", "warning", text)


def too_weak(run: Run) -> Finding | None:
    """Find members that cannot do the task even together: averaging removes what they differ in, not what they share."""
    constant = float(np.mean([min(each.truth.mean(), 1 - each.truth.mean()) for each in run.points]))
    missed = float(np.median(run.scores.missed))
    if constant == 0 or missed < LEARNED * constant:
        return None
    text = (
        f"{why_weak(run)}: even together they get {100 * missed:.0f} % of the rightly labelled training points "
        f"wrong, a constant answer {100 * constant:.0f} %. Averaging removes what members differ in, not what they all lack."
    )
    return Finding("underfitting", "warning", text)


def why_weak(run: Run) -> str:
    """Name the cause: members that have hardly moved, points that overlap, or too few units."""
    p = run.params
    epochs = cycle_epochs(p.epochs) * p.members if p.method == "snapshot" else p.epochs
    steps = epochs * -(-len(run.points[0].targets) // BATCH)
    if p.rate * steps < MOVED:
        return f"The members are hardly trained ({steps} steps at rate {p.rate:g} move no weight much further than {p.rate * steps:.2g})"
    if p.noise > OVERLAP:
        return f"The members cannot part points that noise {p.noise:g} has mixed"
    return "The members are too weak"
