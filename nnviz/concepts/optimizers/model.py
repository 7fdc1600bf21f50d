"""Optimizers: a race across a surface, and the same seven on a small network, each at its best of five decades of rates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.optimizers import clock, online, race
from nnviz.concepts.optimizers.race import Race
from nnviz.concepts.optimizers.settings import QUICK_EPOCHS, RATES, Params
from nnviz.core.ensemble import OPTIMIZERS
from nnviz.core.progress import Report, part, silent
from nnviz.models.rate_sweep import EPOCHS, Plan, Sweep, swept

__all__ = ["Params", "Run", "run"]

ROUNDS = 4  # of Reddi's sequence, for each step of the setting
ONLINE_RATE = 0.5  # α of Reddi's sequence where every racer would have its best on a surface
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """Everything on the page.

    Attributes:
        params: the settings.
        race: across the surface; None on Reddi's sequence.
        game: (M + 1, T + 1) points of the racers and of AMSGrad on Reddi's sequence; None on a surface.
        nets: all seven optimizers on the network.
        seconds: (7,) measured of one step of the network in plain PyTorch, in the order of OPTIMIZERS.
    """

    params: Params
    race: Race | None
    game: Floats | None
    nets: Sweep
    seconds: Floats

    @property
    def players(self) -> tuple[str, ...]:
        """Who plays Reddi's sequence."""
        return (*self.params.racers, "amsgrad")

    @property
    def online_rate(self) -> float:
        """The rate α with which all play Reddi's sequence."""
        return self.params.rate if self.params.rates == "same" else ONLINE_RATE


def run(params: Params, report: Report = silent) -> Run:
    """Race, then train the network by every optimizer at every rate."""
    report(0.0, "racing")
    found = None if params.surface == "reddi" else race.held(params, part(report, 0.0, 0.2))
    report(0.2, "timing a step")
    seconds = clock.seconds_per_step()
    epochs = QUICK_EPOCHS if params.quick else EPOCHS
    plan = Plan(OPTIMIZERS, RATES, tuple(range(params.seeds)), epochs, **params.memory)
    start = Run(params, found, None, swept(plan, part(report, 0.25, 1.0)), seconds)
    return start if found is not None else Run(params, None, game_of(start), start.nets, seconds)


def game_of(run: Run) -> Floats:
    """Let the racers and AMSGrad play Reddi's sequence."""
    p = run.params
    return online.play(run.players, p.place[0], rounds=ROUNDS * p.steps, rate=run.online_rate, **p.memory)
