"""What went wrong with the stop, by the number that shows it and its cause."""

import numpy as np

from nnviz.concepts.early_stopping.model import Run
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import significant

EARLY = 0.25  # kept before this share of the oracle's epoch
COST = 1.25  # test error this many times the oracle's is a loss that matters
FEW = 4  # validation points


def diagnose(run: Run) -> tuple[Finding, ...]:
    """Return what was found, worst first."""
    validation = run.curves.validation[:, run.drawn]
    return diagnosis.findings(
        diagnosis.non_finite({"the validation loss": validation}, unit="epoch"),
        few_watch(run) or stopped_early(run),
        kept_too_late(run),
    )


def costs(run: Run) -> np.typing.NDArray[np.float64]:
    """Return how many times the oracle's test error each network has that is kept, (S,)."""
    return 1 + run.above_lowest(run.kept)


def stopped_early(run: Run) -> Finding | None:
    """Find a rule that gives up long before the lowest test error, most of the seeds taken together."""
    early = run.kept < EARLY * run.oracle
    times = float(np.median(costs(run)))
    if np.mean(early) <= 0.5 or not times > COST:
        return None
    text = (
        f"Stopped too early: {int(early.sum())} of {len(early)} networks keep an epoch before a quarter of the way to their lowest test error "
        f"(median epoch {np.median(run.kept):.0f} instead of {np.median(run.oracle):.0f}). {what_ended(run)}; "
        f"test error is {times:.2g} times the lowest."
    )
    return Finding("stopped too early", "warning", text)


def what_ended(run: Run) -> str:
    """Say what made the rule give up: a jitter, a pause, or steps too small for min-delta; or that it did not."""
    p = run.params
    if 2 * int(run.stops.ran_out.sum()) < len(run.kept):
        return f"Patience {p.patience} has not run out in most of them: their validation loss was least so early"
    if p.min_delta > 0:
        return f"Improvements below min-delta {p.min_delta:g} count for nothing, and patience {p.patience} runs out meanwhile"
    if p.patience <= 1:
        return f"With patience {p.patience} the first jitter of the curve ends training"
    return f"{p.patience} epochs without a new best end training, though the lowest test error was still to come"


def few_watch(run: Run) -> Finding | None:
    """Find a validation set too small to tell one epoch from another."""
    count, times = run.params.setting.watching, float(np.median(costs(run)))
    if count > FEW:
        return None
    drawn = run.drawn
    seen = float(run.curves.validation[run.kept[drawn], drawn])
    text = (
        f"Only {count} point{'s watch' if count > 1 else ' watches'}: the loss there says {significant(seen)} for the epoch that is kept, the test "
        f"{significant(float(run.curves.test[run.kept[drawn], drawn]))}. Over all seeds the test error is {times:.2g} times the lowest."
    )
    return Finding("noisy validation", "warning", text)


def kept_too_late(run: Run) -> Finding | None:
    """Find a network that is kept long after its lowest test error, most of the seeds taken together."""
    late, times = run.kept > run.oracle, float(np.median(costs(run)))
    if np.mean(late) <= 0.5 or not times > COST:
        return None
    train = [float(np.median(run.curves.train[epochs, np.arange(len(late))])) for epochs in (run.oracle, run.kept)]
    if not train[1] < train[0]:
        return None
    what = "memorized" if run.params.noise > 0 or run.params.by_hand else "bent to its own points, which have no noise"
    text = (
        f"The network that is kept has {what}: {int(late.sum())} of {len(late)} are past their lowest test error (median epoch "
        f"{np.median(run.kept):.0f} instead of {np.median(run.oracle):.0f}). Training error went on from {train[0]:.2g} to "
        f"{train[1]:.2g}, test error is {times:.2g} times the lowest."
    )
    return Finding("overfitting", "warning", text)
