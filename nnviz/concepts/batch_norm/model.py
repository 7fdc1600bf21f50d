"""Batch normalization: the same deep nets with a norm and without, over training, over rates and over batch sizes.

Both kinds share seeds, weights at the start, points and the order of the batches; they differ in the norm only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial as bound
from itertools import takewhile
from typing import Any

import numpy as np

from nnviz.concepts.batch_norm.nets import Floats, Net
from nnviz.concepts.batch_norm.settings import Params
from nnviz.concepts.batch_norm.sweeps import BATCHES, RATES, Sweep, at_batch, over_rates
from nnviz.concepts.batch_norm.training import Answered, Trained, train
from nnviz.core.progress import Report, part, silent
from nnviz.models.spread import spread

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
    batches: tuple[Answered, ...] = ()

    @property
    def test(self) -> Floats:
        """Test error of the nets with the norm in the mode that is set, (K,), in per cent."""
        return np.asarray(100 * self.own.modes[0 if self.params.eval_mode else 1])


def run(params: Params, report: Report = silent) -> Run:
    """Train both kinds; both at every rate; and the one with the norm at other batch sizes: all side by side."""
    net, seeds = params.net, params.numbers
    pair = [bound(train, each, seeds) for each in (net.plain(), net)]
    if params.sketch:
        plain, own = (work(part(report, half / 2, half / 2 + 0.5)) for half, work in enumerate(pair))
        return Run(params, plain, own)
    short, few = replace(net, rate=0.1, steps=min(net.steps, LONGEST)), seeds[:FEW]
    works: list[Callable[[Report], Any]] = [
        *pair,
        *[bound(over_rates, each, few, RATES) for each in (short.plain(), short)],
        *[bound(at_batch, replace(short, rate=net.rate), few, size) for size in BATCHES],
    ]
    what = "training both nets, then at other rates and batch sizes"
    done = spread(lambda work, heed: work(heed), works, report, what, lambda parts: gathered(params, parts))
    found = gathered(params, done)
    assert found is not None
    return found


def gathered(params: Params, parts: Sequence[Any]) -> Run | None:
    """Return a run of the parts that are done, up to the first that is not; None before both kinds are trained."""
    done = list(takewhile(lambda each: each is not None, parts))
    if len(done) < 2:
        return None
    rates = (done[2], done[3]) if len(done) > 3 else None
    return Run(params, done[0], done[1], rates, tuple(done[4:]))
