"""What the large picture shows, in words, and what is wrong with it."""

import numpy as np

from nnviz.concepts.learning_rate import look
from nnviz.concepts.learning_rate.model import Run
from nnviz.concepts.learning_rate.nets import Sweep
from nnviz.concepts.learning_rate.settings import HOME, SCHEDULES
from nnviz.concepts.learning_rate.trainability import Window
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding, findings
from nnviz.core.notation import significant
from nnviz.core.statistics import band

SLOW = 0.9  # a valley whose distance is still above this share after all steps was hardly walked


def sentence(run: Run) -> str:
    """Say in words what the large picture shows now."""
    tellers = {"map": _map, "descent": _descent, "curves": _curves, "range": _range}
    return tellers[run.params.picture](run)


def _map(run: Run) -> str:
    found, window = run.map, run.map.window
    blown = float(np.isinf(found.ends).mean())
    text = f"Of {found.ends.size:,} networks {look.share(found.share)} end below their first loss and {look.share(blown)} blow up."
    zoom = Window.of(*HOME).width / window.width
    if zoom > 1.5:
        text += f" The window is {significant(zoom)} times narrower than the first."
    if run.counting is None:
        return text
    if run.counting.counts[0] == 0:
        return f"{text} No edge between trained and blown up runs through this window."
    found_dimension = run.counting.dimension
    text += f" Their edge fills boxes like a set of dimension {found_dimension.estimate:.2f}"
    return f"{text} (95 % interval of the slope {found_dimension.low:.2f} to {found_dimension.high:.2f}): a smooth line has 1, an area 2."


def _descent(run: Run) -> str:
    p = run.params
    product, path = p.rate * p.curvature, run.descent.path
    start = f"ηλ = {significant(p.rate)} · {significant(p.curvature)} = {significant(product)}, "
    start += f"so a step at this rate multiplies θ by {significant(1 - product)}:"
    if product > 2:
        how = "it overshoots and ends farther away"
    elif product == 2:
        how = "it jumps to the other side, as far away"
    elif product > 1:
        how = "it overshoots, yet ends nearer"
    elif product == 1:
        how = "it reaches the floor"
    else:
        how = "it stays on its side and ends nearer"
    tail = f"After {len(path) - 1} steps θ is {significant(float(path[-1]))}; the limit of the rate is 2/λ = {significant(2 / p.curvature)}."
    scheduled = "" if p.schedule == "constant" else " The schedule changes the rate on the way."
    return f"{start} {how}. {tail}{scheduled}"


def _curves(run: Run) -> str:
    chosen = run.chosen
    train, test = (band(np.nan_to_num(values, nan=np.inf)) for values in (chosen.losses[-1, 0], chosen.test_losses[0]))
    many = f" (median of {run.params.seeds} seeds)" if run.params.seeds > 1 else ""
    text = f"At rate {significant(run.params.rate)} the training loss ends at {significant(float(train.median))}, the test loss at "
    text += f"{significant(float(test.median))}{many}."
    return f"{text} {best_and_largest(run.nets)}"


def best_and_largest(nets: Sweep) -> str:
    """Say which of the rates is best and which is the largest that trains."""
    if not np.isfinite(nets.largest):
        return f"Of the {len(nets.rates)} rates tried none trains."
    return f"Of the {len(nets.rates)} rates tried {significant(nets.least)} ends lowest, and {significant(nets.largest)} is the largest that trains."


def _range(run: Run) -> str:
    test = run.test
    text = f"While the rate grows, the loss is least at rate {significant(test.lowest)}"
    if np.isfinite(test.blows):
        text += f" and breaks away at {significant(test.blows)}"
    scheduled = SCHEDULES[run.params.schedule]
    which = "keep one rate to the end" if run.params.schedule == "constant" else f"follow the schedule “{scheduled}”"
    return f"{text}. Nets that {which} do best at {significant(run.nets.least)}."


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong in the large picture."""
    if run.params.picture == "descent":
        return findings(_leaves_the_valley(run), _creeps(run))
    if run.params.picture == "curves":
        return findings(_net_diverges(run), _net_learned_little(run))
    return ()


def _leaves_the_valley(run: Run) -> Finding | None:
    p, losses = run.params, run.descent.losses
    wrong = np.flatnonzero(losses[1:] > losses[:-1])
    if len(wrong) == 0 or losses[-1] <= losses[0]:
        return None
    step = int(wrong[0]) + 1
    rate = float(run.descent.rates[wrong[0]])
    since = (
        f"from step {step} on"
        if len(wrong) == len(losses) - step
        else f"at {len(wrong)} of {len(losses) - 1} steps, first at step {step}"
    )
    text = f"The loss diverged: it grows {since}, from {significant(float(losses[step - 1]))} to {significant(float(losses[step]))}. "
    cause = f"The curvature is λ = {significant(p.curvature)}, so rates above 2/λ = {significant(2 / p.curvature)} overshoot; "
    return Finding("divergence", "failure", f"{text}{cause}the rate of that step is {significant(rate)}.")


def _creeps(run: Run) -> Finding | None:
    path = np.abs(run.descent.path)
    if not SLOW * path[0] < path[-1] < path[0]:
        return None
    p = run.params
    text = f"After {len(path) - 1} steps |θ| is still {significant(float(path[-1]))} of 1: ηλ = {significant(p.rate * p.curvature)} is too small."
    return Finding("underfitting", "warning", text)


def _net_diverges(run: Run) -> Finding | None:
    losses = np.median(np.nan_to_num(run.chosen.losses[:, 0], nan=np.inf, posinf=np.inf), axis=1)
    seen = diagnosis.divergence(losses, run.chosen.epochs, unit="epoch")
    if seen is None or run.bending is None:
        return seen
    bent = run.bending
    known = 1 if run.params.schedule == "plateau" else len(bent.limits)  # later rates are those of each seed
    over = np.flatnonzero((bent.largest > bent.limits)[:known])
    if len(over) == 0:
        return seen
    first = over[0]
    limit = float(bent.limits[first])
    text = f" In the first net the curvature is {significant(float(bent.largest[first]))} at epoch {int(bent.epochs[first])}, above 2/η = "
    return Finding(
        "divergence",
        "failure",
        f"{seen.text}{text}{significant(limit)}: there a step overshoots by more than it gains.",
    )


def _net_learned_little(run: Run) -> Finding | None:
    last = run.chosen.losses[-1, 0]
    median = float(np.median(np.nan_to_num(last, nan=np.inf, posinf=np.inf)))
    if not median < 1.5 * run.chosen.losses[0, 0].mean():
        return None
    return diagnosis.underfitting(median, float(np.log(2)))
