"""The run in words, and what the diagnosis finds."""

import numpy as np

from nnviz.concepts.capacity.look import NAMES, number, part_of
from nnviz.concepts.capacity.model import Run
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.statistics import band

NEAR = (0.75, 1.6)  # p/n that counts as near the interpolation point
WORSE = 1.25  # times an error that counts as worse


def sentence(run: Run) -> str:
    """Say what the hero shows, with the run's numbers."""
    parts, index = run.parts, run.here
    error = parts.measured[:, index]
    over = band(error)
    sure = (
        f" ({number(float(over.low))} to {number(float(over.high))} in 80 % of {over.count} seeds)"
        if over.count > 1
        else ""
    )
    total = float(error.mean())
    each = [
        part_of(total, value) for value in (parts.noise, shown(parts.bias[:, index]), shown(parts.variance[:, index]))
    ]
    split = f"noise {each[0]} + bias² {each[1]} + variance {each[2]}"
    many = "one parameter" if run.capacity == 1 else f"{run.capacity} parameters"
    return (
        f"With {many} ({NAMES[run.params.features]}) and {run.params.points} points the test error is "
        f"{number(total)}{sure}: {split}. {_least(run)}"
    )


def shown(values: np.ndarray) -> float:
    """Return the mean over the seeds, not below 0."""
    return max(0.0, float(values.mean()))


def _least(run: Run) -> str:
    """Say where the error is least below p = n, at p = n and at the right end."""
    parts, n = run.parts, run.params.points
    below = np.flatnonzero(parts.capacities < n)
    wall, end = parts.index(n), len(parts.capacities) - 1
    least = (
        f"below p = n it is least at p = {int(parts.capacities[below[parts.mean[below].argmin()]])} ({number(float(parts.mean[below].min()))}), "
        if len(below)
        else ""
    )
    return (
        f"{least[:1].upper()}{least[1:]}at p = {int(parts.capacities[wall])} it is {number(float(parts.mean[wall]))}, at "
        f"p = {int(parts.capacities[end])} {number(float(parts.mean[end]))}."
    )


def found(run: Run) -> tuple[Finding, ...]:
    """Say what is wrong with the size on screen."""
    peak = _peak(run)
    return diagnosis.findings(peak, None if peak else _memory(run), _too_stiff(run))


def _peak(run: Run) -> Finding | None:
    """Find a size near p = n whose error stands above what smaller and larger models reach."""
    parts, index, n = run.parts, run.here, run.params.points
    if not NEAR[0] <= run.capacity / n <= NEAR[1]:
        return None
    smaller, larger = parts.mean[: index + 1].min(), parts.mean[index:].min()
    here = float(parts.mean[index])
    if here < WORSE * max(smaller, larger) or shown(parts.variance[:, index]) < shown(parts.bias[:, index]):
        return None
    text = (
        f"The size is near p = n: {why_wild(run)}. Variance is {number(shown(parts.variance[:, index]))} of an error of {number(here)}; smaller models reach "
        f"{number(float(smaller))}, larger ones {number(float(larger))}."
    )
    return Finding("interpolation peak", "failure" if here > 2 * max(smaller, larger) else "warning", text)


def why_wild(run: Run) -> str:
    """Say why the fits swing at this size: what they must meet, and how little is left to choose."""
    p, size, n = run.params, run.capacity, run.params.points
    points = f"{n} {'noisy ' if run.parts.noise else ''}points"
    if p.features == "mlp":
        why = f"{size} parameters for {points} are about as many"
    elif size < n:
        why = f"{size} parameters for {points} leave little over which to average"
    elif size == n:
        why = f"{size} parameters must pass {points} and have no freedom left to do it calmly"
    else:
        why = f"{size} parameters pass {points} with {size - n} to spare, and even the shortest weights that do it are long"
    if not run.parts.noise:
        why += "; the labels have no noise, but what the features cannot follow acts like it"
    return why if p.ridge == "0" else f"{why}; ridge λ = {p.ridge} is too weak to hold them"


def _memory(run: Run) -> Finding | None:
    """Find a model that has learned the noise of its labels by heart."""
    parts, index = run.parts, run.here
    best, here = float(parts.mean.min()), float(parts.mean[index])
    training, variance = float(parts.training[:, index].mean()), shown(parts.variance[:, index])
    if not parts.noise or training > 0.2 * parts.noise or here < WORSE * best or variance < shown(parts.bias[:, index]):
        return None
    text = (
        f"The noise is learned by heart: the training error is {part_of(parts.noise, training)} although the labels' noise is "
        f"{number(parts.noise)}. That costs a variance of {number(variance)}; the test error is {number(here)}, the best size has {number(best)}."
    )
    return Finding("overfitting", "failure" if here > 2 * best else "warning", text)


def _too_stiff(run: Run) -> Finding | None:
    """Find fits whose mean misses the truth."""
    parts, index, p = run.parts, run.here, run.params
    bias, variance = shown(parts.bias[:, index]), shown(parts.variance[:, index])
    if bias < max(variance, 0.5 * parts.noise, 0.02):
        return None
    why = "ridge pulls all weights towards 0"
    if p.ridge == "0":
        why = (
            "so few parameters cannot bend like the truth"
            if run.capacity < p.points
            else "the shortest weights leave most of the truth out"
        )
    text = f"Even the mean of all fits misses the truth: bias² is {number(bias)}, variance {part_of(bias, variance)}; {why}."
    return Finding("underfitting", "failure" if bias > 2 * max(variance, parts.noise) else "warning", text)
