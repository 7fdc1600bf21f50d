"""The questions asked before the reveal, graded from the run."""

import numpy as np

from nnviz.concepts.normalization import words
from nnviz.concepts.normalization.model import EVERY, Run
from nnviz.concepts.normalization.outlier import SHOWN, share_left
from nnviz.concepts.normalization.settings import Params
from nnviz.concepts.normalization.wine import tree_answers
from nnviz.core.lesson import Answer, Prediction
from nnviz.core.notation import number


def asked(params: Params, **changes: object) -> Params:
    """Return settings in which a question is asked: seeds stay, the wine networks are the usual ones."""
    fields = Params.model_fields
    names = ("step", "correlation", "rate", "wines", "epochs", "leak", "activation", "outlier", "scaler", "sketch")
    return params.but(**{name: fields[name].default for name in names} | changes)


def more_steps(run: Run) -> Answer:
    """Grade how many times as many steps the wider feature costs."""
    even, wide = words.middle(run.needed["none"][0]), words.middle(run.raw.steps)
    times = wide / even
    choice = int(np.argmin(np.abs(np.log10(times) - np.array([0.0, 1.0, 2.0, 4.0]))))
    because = (
        f"{words.steps(run.raw.steps)} instead of {words.steps(run.needed['none'][0])}, {number(times)} times as many: the "
        f"condition number grows with the square of the ratio, to {words.kappa(run.raw.conditions)}."
    )
    return Answer(choice, because)


def unmoved(run: Run) -> Answer:
    """Grade which scaling leaves the others' spread most as it was."""
    left = {scaler: share_left(run, scaler) for scaler in SHOWN}
    choice = int(np.argmin([abs(np.log(share)) for share in left.values()]))
    told = ", ".join(f"{number(share)} times under {words.NAMES[scaler]}" for scaler, share in left.items())
    return Answer(
        choice, f"The middle half of the others spans {told}: one value sets the range, but not the quartiles."
    )


def changed_answers(run: Run) -> Answer:
    """Grade what share of a tree's test answers changes by z-scores."""
    cellar = run.params.cellar
    both = [[tree_answers(cellar, seed, scaler) for seed in cellar.seeds] for scaler in ("none", "zscore")]
    share = 100 * float(np.mean([np.mean(a != b) for a, b in zip(*both, strict=True)]))
    choice = 0 if share <= 1 else 1 if share <= 10 else 2
    accuracies = [words.percent(run.trees[EVERY.index(scaler)]) for scaler in ("none", "zscore")]
    because = (
        f"{share:.1f} % change (accuracy {accuracies[0]} raw, {accuracies[1]} scaled): a tree asks which values lie above a "
        "threshold, and their order stays. Only rounding can change an answer."
    )
    return Answer(choice, because)


PREDICTIONS = (
    Prediction(
        "Make one of two equally wide features 100 times as wide: how many more steps does gradient descent need?",
        ("About as many", "About 10 times", "About 100 times", "Thousands of times"),
        lambda p: asked(p, ratio=100.0, scaler="none"),
        more_steps,
    ),
    Prediction(
        "One value is 30 standard deviations off. Which scaling leaves the spread of the others most as it was?",
        ("Min–max", "z-score", "Robust"),
        lambda p: asked(p, outlier=30.0, scaler="minmax"),
        unmoved,
    ),
    Prediction(
        "A decision tree learns from raw wines and from z-scored ones: what share of its test answers changes?",
        ("At most 1 %", "Up to 10 %", "More than 10 %"),
        lambda p: asked(p),
        changed_answers,
    ),
)
