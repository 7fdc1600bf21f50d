"""What is asked before the reveal; the right answers come from the run."""

import numpy as np

from nnviz.concepts.early_stopping.model import Params, Run
from nnviz.core.lesson import Answer, Prediction

EDGES = (30, 100, 300)  # epochs
OTHERS = 40  # the question is asked of seeds that are not on screen
TASK = ("data", "own", "noise", "share", "points", "width", "batch", "epochs", "min_delta", "steps")


def standard(params: Params, **changes: object) -> Params:
    """Return the page's own task and rule, with changes."""
    usual = {name: Params.model_fields[name].default for name in (*TASK, "patience", "restore", "guess", "ask")}
    return params.but(**usual | {"sketch": False} | changes)


def unseen(params: Params) -> Params:
    """Networks that are not on screen; shown above, their test curve waits for a click."""
    return standard(params, seed=(params.seed + OTHERS) % 100, seeds=8, shown=0, ask=True)


def where(run: Run) -> Answer:
    """Grade by the epoch of the lowest test error of the first network."""
    epoch = int(run.oracle[0])
    choice = int(np.searchsorted(EDGES, epoch, side="right"))
    spread = f"over {len(run.oracle)} networks it lies between {run.oracle.min()} and {run.oracle.max()}"
    because = f"Its test error is lowest at epoch {epoch}; {spread}. The rule stops at {run.stops.stopped[0]} and keeps {run.kept[0]}."
    return Answer(choice, because)


def impatient(params: Params) -> Params:
    """Patience 0 on the page's task."""
    return standard(params, patience=0, seeds=max(params.seeds, 8))


def before_or_after(run: Run) -> Answer:
    """Grade by the median of kept over best epoch."""
    ratio = float(np.median(run.kept / np.maximum(run.oracle, 1)))
    choice = 0 if ratio < 0.5 else 2 if ratio > 2 else 1
    medians = f"epoch {np.median(run.kept):.0f} is kept, {np.median(run.oracle):.0f} would have been best"
    return Answer(choice, f"In the median network {medians}. One jitter of the validation curve is enough to stop.")


def to_the_end(params: Params) -> Params:
    """The page's own rule on 16 networks."""
    return standard(params, seeds=16)


def worse_at_the_end(run: Run) -> Answer:
    """Grade by how many networks are worse at the last epoch than what the rule keeps."""
    worse, count = int(np.sum(run.curves.test[-1] > run.test_at(run.kept))), len(run.kept)
    choice = 0 if 2 * worse < count else 2 if worse == count else 1
    middle = f"median test error {np.median(run.test_at(run.kept)):.2f} kept, {np.median(run.curves.test[-1]):.2f} at the end"
    return Answer(choice, f"{worse} of {count} are worse at epoch {len(run.curves.test) - 1}; {middle}.")


PREDICTIONS = (
    Prediction(
        "A network of 64 units, 20 noisy points to learn from, 600 epochs: where should it have stopped?",
        ("Before epoch 30", "From 30 to 99", "From 100 to 299", "At 300 or later"),
        unseen,
        where,
    ),
    Prediction(
        "Patience 0: how does the epoch that is kept compare with the best one?",
        ("Long before it: less than half as many epochs", "Near it, within a factor of two", "Long after it"),
        impatient,
        before_or_after,
    ),
    Prediction(
        "Of 16 networks that train on to epoch 600, how many end worse than what the rule kept?",
        ("Fewer than half", "Half or more, but not all", "All 16"),
        to_the_end,
        worse_at_the_end,
    ),
)
