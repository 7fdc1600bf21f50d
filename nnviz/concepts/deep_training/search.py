"""Looking for good hyperparameters with one budget of training steps: grid, random, successive halving."""

from dataclasses import dataclass, replace
from functools import partial as bound
from itertools import product
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.deep_training.nets import Floats, Net, examples, start
from nnviz.core.ensemble.threads import side_by_side
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.core.seeds import generator
from nnviz.models import deep, deep_training
from nnviz.models.deep_training import Plan, State
from nnviz.models.norms import Statistics

Method = Literal["grid", "random", "halving"]
METHODS: tuple[Method, ...] = ("grid", "random", "halving")
AXES = ("learning rate", "initialization gain", "momentum", "weight decay")
LOW, HIGH = np.array([-3.0, -0.7, -2.0, -6.0]), np.array([0.5, 0.7, 0.0, -1.0])
"""Ends of each axis: log₁₀ of the rate, of the gain over He's, of 1 − momentum, of the penalty λ."""
STEPS = 48  # training steps of a full trial
DIVISIONS = 3  # values of each axis of the grid
TRIALS = DIVISIONS ** len(AXES)
BUDGET = TRIALS * STEPS  # training steps in all, the same for every method
RUNGS = ((6, 3), (18, 3), (48, 1))
"""Of successive halving: steps after which trials are compared, and by which factor fewer go on."""
GROUP = 96


@dataclass(frozen=True)
class Trials:
    """What one method tried.

    Attributes:
        places: (n, 4) in 0…1 along each of AXES.
        steps: (n,) int64 training steps that each trial was given.
        loss: (n,) loss on held-out points at its end; a broken network counts as guessing, log 2, or what it is if worse.
    """

    places: Floats
    steps: NDArray[np.int64]
    loss: Floats

    @property
    def best(self) -> int:
        """The trial that is chosen: the least loss among those that were trained to the end."""
        whole = np.where(self.steps == self.steps.max(), self.loss, np.inf)
        return int(np.argmin(whole))


@dataclass(frozen=True)
class Search:
    """All methods at one budget, and which axes mattered."""

    trials: dict[Method, Trials]
    importance: Floats


def actual(places: Floats) -> Floats:
    """Return log₁₀ of the hyperparameters at places (n, 4) in 0…1."""
    return np.asarray(LOW + places * (HIGH - LOW))


def grid() -> Floats:
    """Return the middles of a grid of three values an axis, (81, 4)."""
    middles = (np.arange(DIVISIONS) + 0.5) / DIVISIONS
    return np.array(list(product(middles, repeat=len(AXES))))


def drawn(count: int, seed: int) -> Floats:
    """Return uniform places (count, 4)."""
    return torch.rand(count, len(AXES), dtype=torch.float64, generator=generator(seed, "search")).numpy()


def beginners() -> int:
    """Return how many trials successive halving can begin with: as many as the budget pays for."""
    count = 1
    while halving_cost(count + 1) <= BUDGET:
        count += 1
    return count


def halving_cost(count: int) -> int:
    """Return the training steps that successive halving takes in all, beginning with `count` trials."""
    cost, before = 0, 0
    for steps, factor in RUNGS:
        cost, before, count = cost + count * (steps - before), steps, max(1, count // factor)
    return cost


@memo(maxsize=64)
def search(net: Net, seed: int, report: Report = silent) -> Search:
    """Let every method spend the same budget on the same network and data; validation decides."""
    random = drawn(max(TRIALS, beginners()), seed)
    places: dict[Method, Floats] = {"grid": grid(), "random": random[:TRIALS], "halving": random[: beginners()]}

    def spend(method: Method, report: Report) -> Trials:
        return attempt(net, seed, places[method], RUNGS if method == "halving" else ((STEPS, 1),), report)

    tried = side_by_side([bound(spend, method) for method in METHODS], report)
    return Search(dict(zip(METHODS, tried, strict=True)), importance(tried[METHODS.index("random")]))


def attempt(net: Net, seed: int, places: Floats, rungs: tuple[tuple[int, int], ...], report: Report = silent) -> Trials:
    """Train trials up to each rung in turn; after it only the best 1/factor go on."""
    alive = np.arange(len(places))
    steps, found = np.zeros(len(places), np.int64), np.full(len(places), np.inf)
    states, done = beginning(net, seed, places), 0
    for number, (rung, factor) in enumerate(rungs):
        span = part(report, number / len(rungs), (number + 1) / len(rungs))
        states = trained(net, seed, states, places[alive], rung - done, span)
        found[alive], steps[alive], done = validation(net, seed, states), rung, rung
        if factor > 1:
            kept = np.argsort(found[alive], kind="stable")[: max(1, len(alive) // factor)]
            states, alive = states.take(kept.tolist()), alive[kept]
    return Trials(places, steps, found)


def beginning(net: Net, seed: int, places: Floats) -> State:
    """Return all trials before their first step: the same draws, times the gain of each."""
    theta = start(replace(net, scheme="he_normal"), (seed,))
    gains = torch.tensor(10 ** actual(places)[:, 1])[:, None]
    weights = torch.cat([torch.full((r * c,), name == "weight") for name, r, c in net.architecture.parts])
    return deep_training.begin(net.architecture, torch.where(weights, gains * theta, theta.expand(len(places), -1)))


def trained(net: Net, seed: int, states: State, places: Floats, steps: int, report: Report = silent) -> State:
    """Train trials on, a group at a time; each with its own rate, momentum and penalty."""
    inputs, targets, _, _ = examples(net, (seed,))
    values = torch.tensor(10 ** actual(places))
    parts = []
    for low in range(0, len(places), GROUP):
        rows = list(range(low, min(low + GROUP, len(places))))
        rate, _, friction, decay = values[rows].split(1, dim=1)
        plan = Plan("momentum", rate, momentum=1 - friction, decay=decay, threshold=net.clip or float("inf"))
        span = part(report, low / len(places), rows[-1] / len(places))
        batch = shared(inputs.expand(len(rows), -1, -1), targets.expand(len(rows), -1))
        parts.append(deep_training.train(net.architecture, states.take(rows), plan, steps, batch, report=span))
    return joined(parts)


def shared(inputs: Tensor, targets: Tensor) -> deep_training.Batch:
    """Return what learns from the same points at every step."""
    return lambda _: (inputs, targets)


def joined(parts: list[State]) -> State:
    """Return the networks of several groups in one."""
    running = None
    if parts[0].running is not None:
        statistics = [each.running for each in parts if each.running is not None]
        running = Statistics(
            torch.cat([each.mean for each in statistics], 1), torch.cat([each.variance for each in statistics], 1)
        )
    theta, first, second = (torch.cat([getattr(each, name) for each in parts]) for name in ("theta", "first", "second"))
    return State(theta, running, first, second, max(each.step for each in parts))


def validation(net: Net, seed: int, states: State) -> Floats:
    """Return the held-out loss of every trial; one that is no number counts as the worst there is, infinity."""
    _, _, inputs, targets = examples(net, (seed,))
    found: list[Tensor] = []
    with torch.no_grad():
        for low in range(0, len(states.theta), GROUP):
            rows = list(range(low, min(low + GROUP, len(states.theta))))
            part_ = states.take(rows)
            x, y = inputs.expand(len(rows), -1, -1), targets.expand(len(rows), -1)
            outputs = deep.forward(net.architecture, part_.theta, x, running=part_.running).outputs
            found.append(deep.losses(outputs, y))
    return torch.cat(found).nan_to_num(nan=float("inf")).numpy()


def importance(trials: Trials, bins: int = 5) -> Floats:
    """Return how much of the spread of the trials' ranks each axis alone explains, (4,) in 0…1.

    Between-bin share of the variance of the ranks (η²), corrected for what five bins explain by chance (ω² without its
    small-sample terms, at least 0). Ranks, because losses of broken trials have no bound.
    """
    ranks = np.argsort(np.argsort(trials.loss)).astype(np.float64)
    total = float(ranks.var()) or 1.0
    found = []
    for column in trials.places.T:
        group = np.minimum((column * bins).astype(np.int64), bins - 1)
        between = sum(np.mean(group == b) * (ranks[group == b].mean() - ranks.mean()) ** 2 for b in set(group.tolist()))
        chance = (bins - 1) / (len(ranks) - 1)
        found.append(max(0.0, (between / total - chance) / (1 - chance)))
    return np.array(found)
