"""The run in words."""

import numpy as np

from nnviz.concepts.early_stopping.model import ROUNDING, Run
from nnviz.core.notation import significant
from nnviz.core.statistics import Interval, band, paired_interval
from nnviz.data.points import parse

SMALL = 0.05  # a difference below this share of the oracle's error is nothing to speak of


def signed(value: float) -> str:
    """Return a difference with its sign; zero has none."""
    return f"{'+' if value > 0 else ''}{significant(value, 2)}"


def difference(run: Run) -> Interval:
    """Return the interval of the test error that is kept minus that of the last epoch, paired by seed."""
    return paired_interval(run.test_at(run.kept), run.curves.test[-1])


def asked(run: Run) -> bool:
    """Whether the answer waits for the learner's click."""
    return run.params.ask and run.params.guess == 0


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    if asked(run):
        shown = run.curves.validation[1:, run.drawn]
        return (
            f"The validation loss goes from {significant(float(shown[0]))} to {significant(float(shown[-1]))} in {len(shown)} "
            "epochs. Click where you would have stopped; then the test curve and the rule's answer appear."
        )
    return grade(run) + story(run) + over_seeds(run) + remarks(run)


def story(run: Run) -> str:
    """Say where the drawn network stops, what it keeps, and what that costs or saves."""
    drawn = run.drawn
    stopped, kept, best = int(run.stops.stopped[drawn]), int(run.kept[drawn]), int(run.oracle[drawn])
    last = len(run.curves.test) - 1
    errors = [float(run.curves.test[epoch, drawn]) for epoch in (kept, best, last)]
    if run.stops.ran_out[drawn]:
        start = f"Training stops at epoch {stopped} and keeps epoch {kept}"
    else:
        start = f"Patience {run.params.patience} never runs out within {last} epochs; epoch {kept} is kept"
    return (
        f"{start}: test error {significant(errors[0])}. The best there was is {significant(errors[1])} at epoch {best}, "
        f"the last epoch has {significant(errors[2])}."
    )


def over_seeds(run: Run) -> str:
    """Say what stopping changes over all seeds, and whether that is more than luck."""
    change = difference(run)
    if change.kept < 2:
        return " One network proves nothing about the rule."
    clear = change.low > 0 or change.high < 0
    verb = "lowers" if change.estimate < 0 else "raises"
    told = f"it {verb} test error" if clear else "no clear difference in test error"
    interval = f"95 % interval {signed(change.low)} to {signed(change.high)}, {change.kept} seeds"
    return f" Against training to the end {told}: {signed(change.estimate)} on average ({interval})."


def remarks(run: Run) -> str:
    """Say which of a learner's own points stand in for others; empty where points are drawn."""
    if not run.params.by_hand:
        return ""
    positions, kinds = parse(run.params.own)
    told = []
    if len(np.unique(positions[kinds == 0, 0])) < 2:
        told.append("fewer than two places are there to learn from, so two points stand in")
    if not np.any(kinds == 1):
        told.append("nobody watches, so the points that are learned from do")
    if not np.any(kinds == 2):
        told.append("nothing is kept for the test, so the points that watch are the test as well")
    return f" Your points: {'; '.join(told)}." if told else ""


def grade(run: Run) -> str:
    """Grade the learner's guess against the oracle and the rule; empty without a guess."""
    if not run.params.guess:
        return ""
    last, drawn = len(run.curves.test) - 1, run.drawn
    guess = min(run.params.guess, last)
    here, best, rule = (
        float(run.curves.test[epoch, drawn]) for epoch in (guess, int(run.oracle[drawn]), int(run.kept[drawn]))
    )
    over = 100 * (here - best) / max(best, ROUNDING)
    verdict = "as good as the best" if over < 100 * SMALL else "near the best" if over < 400 * SMALL else "off the best"
    against = (
        "better than the rule"
        if here < rule * (1 - SMALL)
        else "worse than the rule"
        if here > rule * (1 + SMALL)
        else "level with the rule"
    )
    return f"Your stop at epoch {guess}: test error {significant(here)}, {over:.0f} % above the lowest: {verdict} and {against}. "


def picture(run: Run) -> str:
    """Describe the hero."""
    if asked(run):
        return f"Training and validation loss over {len(run.curves.test) - 1} epochs; the test curve is hidden until you guess."
    drawn = run.drawn
    ends = [float(getattr(run.curves, name)[-1, drawn]) for name in ("train", "validation", "test")]
    return (
        f"After {len(run.curves.test) - 1} epochs the errors are {significant(ends[0])} in training, {significant(ends[1])} on validation, "
        f"{significant(ends[2])} on test; the rule stops at epoch {int(run.stops.stopped[drawn])}, keeps epoch {int(run.kept[drawn])}, "
        f"the lowest test error is at epoch {int(run.oracle[drawn])}."
    )


def captions(run: Run, when: np.typing.NDArray[np.int64]) -> list[str]:
    """Return what stands beside the transport at each moment."""
    if asked(run):
        return [f"validation {significant(float(value))}" for value in run.curves.validation[when, run.drawn]]
    stopped, kept, best = (int(each[run.drawn]) for each in (run.stops.stopped, run.kept, run.oracle))
    marks = [(kept, "kept"), (best, "lowest test error")]
    if run.stops.ran_out[run.drawn]:
        marks.insert(0, (stopped, "stop"))
    told = []
    for epoch in when.tolist():
        names = ", ".join(name for place, name in marks if place == epoch)
        test = f"test {significant(float(run.curves.test[epoch, run.drawn]))}"
        told.append(f"{test} · {names}" if names else test)
    return told


def middle(run: Run, epochs: np.typing.NDArray[np.int64]) -> float:
    """Return the median test error at an epoch of each network's own."""
    return float(band(run.test_at(epochs)).median)
