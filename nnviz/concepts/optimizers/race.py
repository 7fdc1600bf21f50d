"""The race across a surface: a sweep of learning rates first, then every optimizer at the rate it runs with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.optimizers.settings import FINE, LOWEST, Params
from nnviz.core.progress import Report, silent
from nnviz.core.seeds import generator
from nnviz.models.surfaces import Surface, paths

Floats = NDArray[np.float64]
PIECES = 8  # of a sweep, between which the run can be stopped


@dataclass(frozen=True)
class Race:
    """M racers on one surface, S draws of the gradient noise (all alike without noise).

    Attributes:
        rates: (M,) the rate that each runs with.
        ways: (M, S, T + 1, 2) places; NaN from where one has left all bounds.
        heights: (M, S, T + 1) of them above the lowest point.
        sweep: (M, R) mean height over the race at every rate of FINE, see `scores`; infinite where it was lost.
    """

    rates: Floats
    ways: Floats
    heights: Floats
    sweep: Floats


def held(params: Params, report: Report = silent) -> Race:
    """Sweep the rates, choose, and race."""
    names, ground = params.racers, params.ground
    blown = noise_of(params)
    sweep = np.empty((len(names), len(FINE)))
    pieces = np.array_split(np.arange(len(FINE)), PIECES)
    for index, name in enumerate(names):
        for number, piece in enumerate(pieces):
            report((index + number / PIECES) / len(names), "sweeping the learning rates")
            sweep[index, piece] = scores(params, ground, name, FINE[piece], blown)
    rates = {
        "best": FINE[sweep.argmin(axis=1)],
        "same": np.full(len(names), params.rate),
        "own": params.own_rates(names),
    }[params.rates]
    ways = np.stack(
        [walk(params, ground, name, np.array([rate]), blown)[0] for name, rate in zip(names, rates, strict=True)]
    )
    return Race(rates, ways, ground.value(ways), sweep)


def noise_of(params: Params) -> Floats | None:
    """Draw the noise on the slopes, (S, T, 2); its size is a share of the gradient's at the start."""
    if params.noise == 0:
        return None
    size = params.noise * float(np.linalg.norm(params.ground.slope(params.place)))
    draws = [np.random.default_rng(generator(seed, "slopes").initial_seed()) for seed in range(params.seeds)]
    return size * np.stack([each.standard_normal((params.steps, 2)) for each in draws])


def walk(params: Params, ground: Surface, name: str, rates: Floats, blown: Floats | None) -> Floats:
    """Follow one optimizer at R rates with every draw of the noise, (R, S, T + 1, 2)."""
    draws = 1 if blown is None else len(blown)
    ways = paths(
        ground,
        np.tile(params.place, (len(rates) * draws, 1)),
        steps=params.steps,
        optimizer=name,
        rate=np.repeat(rates, draws),
        noise=blown,
        **params.memory,
    )
    return ways.reshape(len(rates), draws, params.steps + 1, 2)


def scores(params: Params, ground: Surface, name: str, rates: Floats, blown: Floats | None) -> Floats:
    """Return one optimizer's mean height over the race at each of R rates, median over the noise, (R,).

    The mean is geometric, heights below LOWEST counting as LOWEST: a race is won on the way, and no lucky last step counts.
    """
    heights = ground.value(walk(params, ground, name, rates, blown))
    with np.errstate(over="ignore"):
        means = np.exp(np.log(np.maximum(heights, LOWEST)).mean(axis=-1))
    return np.asarray(np.median(np.where(np.isfinite(means), means, np.inf), axis=1))
