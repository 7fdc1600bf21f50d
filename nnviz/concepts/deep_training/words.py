"""The run in words, and what is wrong with it."""

import numpy as np

from nnviz.concepts.deep_training.depth_charts import depth_words
from nnviz.concepts.deep_training.landscape import Slice
from nnviz.concepts.deep_training.model import Run
from nnviz.concepts.deep_training.nets import Trained
from nnviz.concepts.deep_training.repair_charts import verdict_words
from nnviz.concepts.deep_training.search_charts import words_of
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import number
from nnviz.core.statistics import band, paired_interval

BEHIND = 25.0  # points of training error by which plain nets must lag behind those with skips to be called degraded


def sentence(run: Run) -> str:
    """Say what the large picture shows, with the run's numbers."""
    if run.params.picture == "repair":
        return verdict_words(run.log) if run.log else "The broken net is being trained: 0 changes so far."
    if run.params.picture == "search":
        return words_of(run.search) if run.search else "The searches have spent 0 training steps so far."
    text = pair_words(run)
    if run.params.picture == "depth":
        return f"{depth_words(run)} {text}" if run.depths else text
    return f"{text} {landscape_words(run)}"


def pair_words(run: Run) -> str:
    """Compare both kinds at the depth that is set."""
    plain, skip = (ending(float(band(each.final).median)) for each in (run.plain, run.skip))
    layers = "layer" if run.params.depth == 1 else "layers"
    count = len(run.plain.final)
    text = f"With {run.params.depth} {layers} the median training loss ends at {plain} plain and {skip} with skips"
    gain = paired_interval(run.plain.final, run.skip.final)
    if np.isfinite([gain.low, gain.high]).all() and gain.high > gain.low:
        text += (
            f": a mean difference of {number(gain.estimate)} (95 % interval {number(gain.low)} to {number(gain.high)}, "
        )
        text += f"{gain.kept} pairs)"
    elif count == 1:
        text += " (one net each)"
    if run.params.depth == 1:
        text += "; with one layer there is nothing to skip, so both are the same net"
    return f"{text}."


def ending(loss: float) -> str:
    """Write where a median loss ends."""
    return number(loss) if np.isfinite(loss) else "no finite number"


def landscape_words(run: Run) -> str:
    """Compare both landscapes, and say how much of the training they hold."""
    if run.slices is None:
        return ""
    plain, skip = run.slices
    if plain.broken or skip.broken:
        return ""
    counts = "" if run.params.sketch else f"{walk_words(plain, skip)} "
    held = [share_words(each.share) for each in (plain, skip)]
    return f"{counts}The two directions hold {held[0]} and {held[1]} of the way that training took; the line shows it, at its true loss."


def walk_words(plain: Slice, skip: Slice) -> str:
    """Say what one meets on a straight walk across both landscapes."""
    level = [who for who, each in (("the plain net", plain), ("the net with skips", skip)) if each.flat]
    if level:
        return f"Around {' and '.join(level)} the landscape is flat: nothing tells the steps where to go."
    return f"Walking straight across the landscape one meets {plain.valleys:.1f} valleys plain and {skip.valleys:.1f} with skips."


def share_words(share: float) -> str:
    """Write a share in per cent."""
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %" if percent >= 0.1 else "less than 0.1 %"


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the nets on screen: both of the pair, or the net that is repaired."""
    if run.params.picture == "repair":
        return _patient(run)
    if run.params.picture == "search":
        return ()
    return diagnosis.findings(
        _broken(run.plain, "plain nets"),
        _broken(run.skip, "nets with skips"),
        _no_learning(run.plain, "plain nets"),
        _no_learning(run.skip, "nets with skips"),
        _degraded(run),
        _gradient(run.plain),
    )


def _degraded(run: Run) -> Finding | None:
    """Tell of plain nets that are far worse in training than the same nets with skips."""
    plain, skip = (100 * float(band(each.error).median) for each in (run.plain, run.skip))
    if plain - skip < BEHIND:
        return None
    text = (
        f"Plain layers are in the way: such nets get {plain:.0f} % of their own training points wrong, the same nets "
    )
    return Finding("underfitting", "warning", text + f"with skips {skip:.0f} %. Both could represent the same answers.")


def _patient(run: Run) -> tuple[Finding, ...]:
    """Diagnose the net under repair, as it is now."""
    if run.log is None:
        return ()
    losses = run.log.steps[-1].loss
    return diagnosis.findings(_lost(losses, "nets under repair"), _stuck(losses, "nets under repair"))


def _broken(trained: Trained, who: str) -> Finding | None:
    return _lost(trained.loss, who)


def _lost(loss: np.ndarray, who: str) -> Finding | None:
    """Tell of networks whose loss stopped being finite, and when."""
    bad = ~np.isfinite(loss)
    lost = int(bad[-1].sum())
    if not lost:
        return None
    step = int(bad.any(axis=1).argmax())
    last = loss[step - 1][bad[step]][0] if step else np.nan
    before = f"; the loss one step before was {number(float(last))}" if step else ""
    text = (
        f"{lost} of {loss.shape[1]} {who} broke down: the first number that is not finite came at step {step}{before}."
    )
    return Finding("non-finite", "failure", text)


def _no_learning(trained: Trained, who: str) -> Finding | None:
    return _stuck(trained.loss, who)


def _stuck(loss: np.ndarray, who: str) -> Finding | None:
    """Tell of networks that end no better than guessing."""
    finite = loss[-1][np.isfinite(loss[-1])]
    if not len(finite):
        return None
    worst = diagnosis.underfitting(float(np.median(finite)), float(np.log(2)))
    if worst is None:
        return None
    half = "half of them" if len(finite) == loss.shape[1] else "half of those that are left"
    text = f"The {who} hardly learn: {half} end at a training loss of {np.median(finite):.2f} or more, "
    return Finding("underfitting", "warning", text + "where guessing gives 0.69.")


def _gradient(trained: Trained) -> Finding | None:
    """Tell of a gradient that fades or grows on its way back through the plain net, before training."""
    return diagnosis.gradient_flow(band(trained.signal, axis=1).median) if len(trained.signal) > 1 else None
