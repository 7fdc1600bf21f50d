"""Training whose learning rates fall when the loss stops falling: what no schedule can say beforehand."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble import kernel, metrics
from nnviz.core.ensemble.network import plain
from nnviz.core.ensemble.runs import Runs, streams_of
from nnviz.core.ensemble.threads import WORKERS, each
from nnviz.core.progress import Report
from nnviz.core.schedules import Plateau


@dataclass(frozen=True)
class OnPlateau:
    """Multiply the rate by `factor` after more than `patience` epochs without a lower training loss."""

    factor: float = 0.1
    patience: int = 5


def run_on_plateau(runs: Runs, sizes: NDArray[np.int64], rule: OnPlateau, report: Report) -> None:
    """Train epoch by epoch; after each, every network's loss on its training points sets its rate for the next."""
    watch = Plateau(len(runs.seeds), rule.factor, rule.patience)
    streams = streams_of(runs.seeds, sizes, WORKERS)
    last = int(runs.settings.epochs.max(initial=0))
    losses = np.empty(len(runs.seeds))
    for epoch in range(last):
        report(epoch / last, "training")
        each(partial(runs.advance, begin=epoch, epochs=1), streams)
        for index in range(len(losses)):
            losses[index] = _loss(runs, index)
        if epoch + 1 < last:
            runs.settings.schedule[:, epoch + 1] = watch.observe(losses)


def _loss(runs: Runs, index: int) -> float:
    """Return one network's mean loss on its training points, without dropout or penalty."""
    inputs, targets = runs.train.chosen(index)
    outputs = np.empty((1, len(inputs), runs.network.sizes[-1]), np.float32)
    settings = runs.settings
    kernel.evaluate(
        plain(runs.weights[index][None]),
        np.array(runs.network.sizes),
        settings.activations[index],
        runs.network.joints,
        settings.number("shape")[index],
        inputs,
        outputs,
        np.empty((1, len(inputs), 0), np.float32),
    )
    with np.errstate(over="ignore", invalid="ignore"):
        return float(metrics.data_loss(runs.network.loss, outputs.astype(np.float64), targets)[0])
