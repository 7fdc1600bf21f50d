"""Batch normalization: the same deep nets with a norm and without, over training, over rates and over batch sizes.

Both kinds share seeds, weights at the start, points and the order of the batches; they differ in the norm only.
"""

from dataclasses import dataclass, replace

import numpy as np

from nnviz.concepts.batch_norm.nets import Floats, Net, Trained, train
from nnviz.concepts.batch_norm.settings import Params
from nnviz.concepts.batch_norm.sweeps import Sweep, over_batches, over_rates
from nnviz.core.progress import Report, part, silent

FEW = 4  # seeds of the sweeps, at most
LONGEST = 200  # steps of the sweeps, at most

__all__ = ["Net", "Params", "Run", "run", "train"]


@dataclass(frozen=True)
class Run:
    """A page's run; what is still being computed is None or shorter.

    Attributes:
        plain, own: the networks without and with the norm; same seeds.
        rates: both kinds at every rate, plain first.
        batches: the net with the norm at the batch sizes that are done.
    """

    params: Params
    plain: Trained
    own: Trained
    rates: tuple[Sweep, Sweep] | None = None
    batches: tuple[Trained, ...] = ()

    @property
    def test(self) -> Floats:
        """Test error of the nets with the norm in the mode that is set, (K,), in per cent."""
        return np.asarray(100 * self.own.modes[0 if self.params.eval_mode else 1])


def run(params: Params, report: Report = silent) -> Run:
    """Train both kinds; then both at every rate, and the one with the norm at other batch sizes."""
    net, seeds = params.net, params.numbers
    plain = train(net.plain(), seeds, part(report, 0.0, 0.15))
    found = Run(params, plain, train(net, seeds, part(report, 0.15, 0.3)))
    if params.sketch:
        return found
    net = replace(net, steps=min(net.steps, LONGEST))
    report(0.3, "training at other rates", found)
    sweeps = [over_rates(replace(each, rate=0.1), seeds[:FEW], report=part(report, low, low + 0.15))
              for each, low in ((net.plain(), 0.3), (net, 0.45))]  # fmt: skip
    found = replace(found, rates=(sweeps[0], sweeps[1]))
    report(0.6, "training at other batch sizes", found)
    for batches in over_batches(net, seeds[:FEW], part(report, 0.6, 1.0)):
        found = replace(found, batches=batches)
        report(0.6 + 0.08 * len(batches), "training at other batch sizes", found)
    return found
