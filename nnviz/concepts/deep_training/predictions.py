"""What the page asks before it shows, and how the answers are read from the run."""

import numpy as np

from nnviz.concepts.deep_training.model import Run
from nnviz.concepts.deep_training.repair import TRAINS, Change, cured, final
from nnviz.concepts.deep_training.search import METHODS
from nnviz.concepts.deep_training.settings import Params
from nnviz.core.lesson import Answer, Prediction
from nnviz.core.notation import number, significant
from nnviz.core.statistics import band

SHALLOW, DEEP = 10, 50
ALIKE = 3.0  # points of error that make no difference
SINGLE: tuple[Change, ...] = ("residual", "norm", "init")
NAMES = ("Residual connections", "Batch normalization", "Suitable initialization")


def over_depth(params: Params) -> Params:
    """Ask over all depths, with the nets as they are set."""
    return params.but(picture="depth")


def degraded(run: Run) -> Answer:
    """Grade how the training error of 50 plain layers compares with that of 10."""
    assert run.depths is not None
    errors = 100 * band(run.depths.values("error", residual=False), axis=1).median
    shallow, deep = (float(errors[list(run.depths.depths).index(depth)]) for depth in (SHALLOW, DEEP))
    choice = 0 if deep > shallow + ALIKE else 2 if deep < shallow - ALIKE else 1
    because = f"{SHALLOW} plain layers end with {shallow:.0f} % training errors and {DEEP} with {deep:.0f} % (medians)."
    if choice == 0:
        because += " The deeper net could copy the shallower one and do nothing in the other layers; training does not find that."
    return Answer(choice, because)


def around(params: Params) -> Params:
    """Ask for the landscapes along random directions."""
    return params.but(picture="landscape", directions="random", reach=1.0)


def rugged(run: Run) -> Answer:
    """Grade who meets more valleys on a straight walk."""
    assert run.slices is not None
    plain, skip = (each.valleys for each in run.slices)
    choice = 0 if plain > 1.5 * skip else 2 if skip > 1.5 * plain else 1
    return Answer(choice, f"A straight walk meets {plain:.1f} valleys around the plain net and {skip:.1f} with skips.")


def patient(params: Params) -> Params:
    """Ask for the first patient, untouched."""
    return params.but(picture="repair", patient="faint", changes=())


def one_enough(run: Run) -> Answer:
    """Grade whether one of three changes makes the first patient train."""
    assert run.log is not None
    alone = {each.changes[0]: each for each in run.log.alone}
    good = [change for change in SINGLE if cured(alone[change])]
    choice = SINGLE.index(min(good, key=lambda change: final(alone[change]))) if good else len(SINGLE)
    ends = ", ".join(
        f"{name.lower()} {number(final(alone[change]))}" for change, name in zip(SINGLE, NAMES, strict=True)
    )
    return Answer(
        choice, f"Median training loss at the end, each alone: {ends}; below {TRAINS:g} it counts as trained."
    )


def searching(params: Params) -> Params:
    """Ask for the search."""
    return params.but(picture="search")


def finder(run: Run) -> Answer:
    """Grade who found the least held-out loss."""
    assert run.search is not None
    losses = [float(trials.loss[trials.best]) for trials in run.search.trials.values()]
    ends = ", ".join(f"{name} {significant(loss)}" for name, loss in zip(METHODS, losses, strict=True))
    return Answer(int(np.argmin(losses)), f"Least held-out loss: {ends}. This is one repeat: the claims have many.")


PREDICTIONS = (
    Prediction(
        f"{DEEP} plain layers: is the training error higher or lower than with {SHALLOW}?",
        ("Higher", f"About the same (within {ALIKE:g} points)", "Lower"),
        over_depth,
        degraded,
    ),
    Prediction(
        "You walk straight across both landscapes. Where do you meet more valleys?",
        ("Around the plain net", "About as many in both", "Around the net with skips"),
        around,
        rugged,
    ),
    Prediction(
        "Patient A: 24 layers, weights much too small. Which of these changes makes it train by itself?",
        (*NAMES, "None of them alone is enough"),
        patient,
        one_enough,
    ),
    Prediction(
        "Four hyperparameters, the same budget of training steps: who finds the best setting?",
        ("The grid", "Random trials", "Successive halving"),
        searching,
        finder,
    ),
)
