"""The run in words, and what is wrong with it."""

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.optimizers import look, online
from nnviz.concepts.optimizers.model import Run
from nnviz.concepts.optimizers.race import Race, noise_of
from nnviz.concepts.optimizers.settings import GROUNDS, NAMES
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.statistics import paired_interval
from nnviz.models.surfaces import Surface

LEFT = 0.02  # share of the first height: who ends above has not arrived
FLAT = 1e-9  # curvatures below count as this
GONE = 1e6  # who ends so many times higher than at the start has diverged; others only climb, and may come back
FORGETFUL = ("rmsprop", "adam", "adamw")  # who forgets old squares of the slope
HALTED = 20.0  # the last step is shorter than the first by so much
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    first = _race(run, run.race) if run.race is not None else _game(run)
    return f"{first} {_network(run)}"


def _race(run: Run, race: Race) -> str:
    ends = np.median(race.heights[:, :, -1], axis=1)
    order = np.argsort(np.where(np.isfinite(ends), ends, np.inf))
    told = [
        f"{NAMES[run.params.racers[index]]}, {look.number(float(ends[index]))} (η = {race.rates[index]:.2g})"
        for index in order
    ]
    how = {"best": "each at its own best rate", "same": "all at one rate", "own": "at your rates"}[run.params.rates]
    where = GROUNDS[run.params.surface].split(":")[0]
    text = f"{where}, {run.params.steps} steps, {how}: lowest in the end {told[0]}"
    return f"{text}, highest {told[-1]}." if len(told) > 1 else f"{text}."


def _game(run: Run) -> str:
    assert run.game is not None
    told = [
        f"{NAMES[name]} at {look.number(float(end))}" for name, end in zip(run.players, run.game[:, -1], strict=True)
    ]
    return f"Reddi's sequence, {run.game.shape[1] - 1} rounds: {look.listed(told)}; the best point is −1, the worst 1."


def _network(run: Run) -> str:
    ends = {name: run.nets.curve(name)[-1] for name in ("adam", "sgd")}
    rates = {name: run.nets.best_rate(name) for name in ends}
    text = f"On the network after {int(run.nets.steps[-1])} steps, each at its best rate, Adam's median loss is "
    text += f"{look.number(float(np.median(ends['adam'])))} (η = {rates['adam']:g}) and gradient descent's "
    text += f"{look.number(float(np.median(ends['sgd'])))} (η = {rates['sgd']:g})"
    gain = paired_interval(ends["adam"], ends["sgd"])
    if gain.kept < 2:
        return f"{text}; one seed proves nothing."
    interval = f"95 % interval {look.number(gain.low)} to {look.number(gain.high)}, {gain.kept} seeds"
    return f"{text}: a mean difference of {look.number(gain.estimate)} ({interval})."


def captions(run: Run, frames: Whole) -> list[str]:
    """Return what stands beside the transport at each frame: who is lowest."""
    if run.race is None:
        assert run.game is not None
        return [
            f"points from {look.number(float(run.game[:, k].min()))} to {look.number(float(run.game[:, k].max()))}"
            for k in frames
        ]
    heights = np.median(run.race.heights[:, :, frames], axis=1)
    heights = np.where(np.isfinite(heights), heights, np.inf)
    first = heights.argmin(axis=0)
    told = [
        f"lowest: {NAMES[run.params.racers[who]]}, {look.number(float(heights[who, k]))}" for k, who in enumerate(first)
    ]
    alike = heights.min(axis=0) == heights.max(axis=0)
    return [_all_at(float(heights[0, k])) if alike[k] else words for k, words in enumerate(told)]


def _all_at(height: float) -> str:
    return f"all at {look.number(height)}" if np.isfinite(height) else "all lost"


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the racers, each with its cause."""
    if run.race is None:
        return diagnosis.findings(worst_point(run))
    lost = [unstable(run, run.race, index) for index in range(len(run.params.racers))]
    return diagnosis.findings(*lost, grinding(run, run.race))


def unstable(run: Run, race: Race, index: int) -> Finding | None:
    """Find a racer that ends higher than it began, and the bound that its rate exceeds."""
    p, name, rate = run.params, run.params.racers[index], float(race.rates[index])
    heights = np.median(race.heights[index], axis=0)
    if diagnosis.divergence(heights) is None:
        return None
    curvature = steepest(p.ground, p.place)
    keeps = p.momentum
    factors = {"sgd": 2.0, "momentum": 2 + 2 * keeps, "nesterov": (2 + 2 * keeps) / (1 + 2 * keeps)}
    last = heights[-max(1, len(heights) // 10) :]
    end = float(np.median(last)) if np.isfinite(last).all() else np.inf
    where = f"{look.number(end)}, median of the last tenth" if np.isfinite(end) else "out of all bounds"
    text = f"{NAMES[name]} {'diverges' if end > GONE * heights[0] else 'climbs'} at the rate {rate:.3g}: "
    text += f"its height goes from {look.number(float(heights[0]))} to {where}."
    if name in factors and curvature > 0 and rate > factors[name] / curvature:
        text += f" The steepest curvature at the start, {look.number(curvature)}, bears rates up to {look.number(factors[name] / curvature)}."
    return Finding("divergence", "failure", text)


def steepest(ground: Surface, place: tuple[float, float]) -> float:
    """Return the largest curvature of a surface at a place."""
    return float(np.linalg.eigvalsh(curvatures(ground, np.array(place)))[-1])


def curvatures(ground: Surface, place: Floats) -> Floats:
    """Return the matrix of second derivatives of a surface at a place, (2, 2), by central differences of its slope."""
    step = 1e-5 * np.eye(2)
    rows = (ground.slope(place + step) - ground.slope(place - step)) / 2e-5
    return np.asarray((rows + rows.T) / 2)


def still_to_fall(ground: Surface, place: Floats) -> float:
    """Return how much lower the nearest place without slope lies, ½ gᵀ|H|⁻¹g, were the surface a quadratic there."""
    bends, axes = np.linalg.eigh(curvatures(ground, place))
    along = axes.T @ ground.slope(place)
    return float((along**2 / np.maximum(np.abs(bends), FLAT)).sum() / 2)


def grinding(run: Run, race: Race) -> Finding | None:
    """Find an Adagrad whose steps have all but ended before it has arrived."""
    if "adagrad" not in run.params.racers:
        return None
    index = run.params.racers.index("adagrad")
    way, heights = race.ways[index, 0], race.heights[index, 0]
    lengths = np.linalg.norm(np.diff(way, axis=0), axis=1)
    last = float(lengths[-max(1, len(lengths) // 10) :].mean())
    if not np.isfinite(last) or last <= 0 or heights[-1] < LEFT * heights[0] or lengths[0] < HALTED * last:
        return None
    if still_to_fall(run.params.ground, way[-1]) < LEFT * heights[-1]:
        return None  # the slope itself has ended: a local minimum or a saddle
    blown = noise_of(run.params)
    slopes = run.params.ground.slope(way[:-1]) + (0.0 if blown is None else blown[0])
    divisor, now = np.sqrt((slopes**2).sum(axis=0)), np.abs(slopes[-1])
    axis = int((divisor / np.maximum(now, 1e-300)).argmax())
    text = f"Adagrad grinds to a halt: its steps are {look.number(lengths[0] / last)} times shorter than the first, at height "
    text += f"{look.number(float(heights[-1]))} of {look.number(float(heights[0]))}. It divides by the root of all squared slopes since the "
    text += f"start, along {'xy'[axis]} now {look.number(float(divisor[axis]))}, where the slope itself is {look.number(float(now[axis]))}."
    return Finding("vanishing step", "warning", text)


def worst_point(run: Run) -> Finding | None:
    """Find a player of Reddi's sequence that forgets, and that stays near the worst point rather than walk away from it."""
    assert run.game is not None
    third = online.PERIOD * max(1, (run.game.shape[1] - 1) // (3 * online.PERIOD))
    early, late = run.game[:, :third].mean(axis=1), run.game[:, -third:].mean(axis=1)
    bad = [
        index
        for index, name in enumerate(run.params.racers)
        if name in FORGETFUL and late[index] > max(0.5, early[index])
    ]
    if not bad:
        return None
    means = online.regret(run.game)[:, -1]
    told = [
        f"{NAMES[run.players[index]]} ({look.number(float(run.game[index, -1]))}, mean regret {look.number(float(means[index]))})"
        for index in bad
    ]
    kept = {"RMSprop's decay": run.params.decay} if "rmsprop" in (run.players[index] for index in bad) else {}
    if any(run.players[index] != "rmsprop" for index in bad):
        kept["β₂"] = run.params.beta2
    left = [f"{name} = {value:.3g} keeps {look.number(100 * value**2)} %" for name, value in kept.items()]
    text = f"The worst point is 1, and there stand {look.listed(told)}. The rare slope {online.STEEP:g} is forgotten before it comes "
    text += f"again: of its square, after two rounds, {look.listed(left)}. AMSGrad, which never lets the divisor fall, stands at "
    return Finding("wrong limit", "failure", f"{text}{look.number(float(run.game[-1, -1]))}.")
