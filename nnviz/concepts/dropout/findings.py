"""What went wrong with dropout, by the number that shows it and its cause."""

import numpy as np

from nnviz.concepts.dropout.model import Run
from nnviz.core import diagnosis, statistics
from nnviz.core.diagnosis import Finding

FLIPS = 0.005  # share of test points answered differently when asked twice
RATIO = 1.35  # outputs at test this many times larger (or smaller) than in training
MEMORY = 1.5  # test loss this many times above its lowest
LOST = 0.03  # training accuracy given up, from which dropping is called too much


def diagnose(run: Run) -> tuple[Finding, ...]:
    """Return what was found, worst first; a slip at test explains whatever else is bad."""
    curves = run.curves["dropout"]
    losses = [np.median(loss, axis=1) for loss in (curves.train_loss, curves.test_loss)]
    slip = train_mode(run) or missing_rescale(run)
    memory = diagnosis.overfitting(losses[0], losses[1], run.epochs, factor=MEMORY, unit="epoch")
    return diagnosis.findings(slip or too_much(run), memory)


def train_mode(run: Run) -> Finding | None:
    """Find a network that still drops units at test: asked twice, it gives two answers."""
    share = run.drawn.flips
    if share < FLIPS:
        return None
    dropping = 100 * float(np.median(run.curves["dropout"].test_accuracy[-1]))
    whole = 100 * float(np.median(run.committee.all_units))
    text = (
        f"Asked twice, the network gives {100 * share:.0f} % of the test points another class: units go on dropping at "
        f"test, so eval mode was forgotten. Test accuracy is {dropping:.0f} %, with all units {whole:.0f} %."
    )
    return Finding("train mode at test", "failure", text)


def missing_rescale(run: Run) -> Finding | None:
    """Find outputs at test that are larger or smaller than in training, and that the right factor would mend."""
    drawn = run.drawn
    ratio = drawn.size_ratio / drawn.matched_ratio if drawn.matched_ratio else np.nan
    if not run.params.eval_mode or not np.isfinite(ratio) or 1 / RATIO < ratio < RATIO:
        return None
    keep = " and ".join(f"{1 - rate:.2g}" for rate in dict.fromkeys(run.params.rates))
    text = (
        f"With all units the outputs of the network drawn are {drawn.size_ratio:.2g} times their mean in training: each layer's outputs "
        f"should have been multiplied by the keep probability {keep} at test, or divided by it in training. So mended "
        f"they are {drawn.matched_ratio:.1f} times, test loss is {drawn.matched_loss:.2f} (now {drawn.test_loss:.2f}) "
        f"and accuracy {drawn.matched_accuracy:.2f} (now {drawn.test_accuracy:.2f})."
    )
    return Finding("missing rescale", "failure", text)


def too_much(run: Run) -> Finding | None:
    """Find dropout that takes more than the network has to spare: training and test accuracy both fall."""
    ends = {name: curve.train_accuracy[-1] for name, curve in run.curves.items()}
    lost = float(np.median(ends["none"] - ends["dropout"]))
    scores = [100 * run.curves[name].test_accuracy[-1] for name in ("dropout", "none")]
    change = statistics.paired_interval(scores[0], scores[1])
    worse = change.high < 0 if change.kept > 1 else change.estimate < 0
    if lost < LOST or not worse:
        return None
    width, rates = run.params.width, run.params.rates
    none_left = 1 - (1 - rates[0] ** width) * (1 - rates[1] ** width)
    empty = f", and in {100 * none_left:.0f} % of cases some layer keeps none" if none_left > 0.01 else ""
    train = f"{np.median(ends['dropout']):.2f} instead of {np.median(ends['none']):.2f}"
    text = (
        f"Too much is dropped: of {width} units a layer keeps {width * (1 - max(rates)):.1f} on average{empty}. "
        f"Training accuracy is {train}, test accuracy {change.estimate:+.1f} points.".replace("-", "−")
    )
    return Finding("underfitting", "failure" if change.estimate < -10 else "warning", text)
