"""The run in words."""

import numpy as np

from nnviz.concepts.mlp.model import Run
from nnviz.concepts.mlp.network import one_line
from nnviz.core.statistics import band
from nnviz.data.points import parse
from nnviz.data.toy import WINDOW

NAMES = {"tanh": "tanh", "relu": "ReLU", "sigmoid": "sigmoid", "linear": "linear"}


def count(number: int, noun: str) -> str:
    """Return a number with its noun: 1 hidden unit, 4 hidden units."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def percent(share: float) -> str:
    """Return a share as whole percent, with a digit where it is not whole."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def solvers(run: Run) -> int:
    """Return how many networks have solved the task."""
    return int(np.sum(run.network.accuracy[-1] >= run.solved))


def captions(run: Run) -> list[str]:
    """Say at each moment how much of the test points is right."""
    drawn = run.params.drawn
    both = zip(run.line.accuracy[:, drawn], run.network.accuracy[:, drawn], strict=True)
    return [f"test: line {100 * a:.0f} %, network {100 * b:.0f} %" for a, b in both]


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    line, network = run.line.accuracy[-1], run.network.accuracy[-1]
    units, total = run.params.hidden, len(network)
    who = f"{count(units, 'hidden unit')}" if units else "no hidden unit"
    first = f"With {who} {percent(_middle(network))} of the test points are right, with a line {percent(_middle(line))}"
    if total > 1:
        spread = band(network)
        first += f" (medians of {total} seeds; 80 % of the networks lie within {percent(float(spread.low))} and "
        first += f"{percent(float(spread.high))})"
    first += f": {solvers(run)} of {total} {'has' if total == 1 else 'have'} solved it"
    first += _lacking(run)
    if np.isnan(run.best):
        return first + "."
    return f"{first}. The best of all lines gets {percent(run.best)} of the training points drawn."


def _lacking(run: Run) -> str:
    """Say what a learner's own points lack."""
    if run.params.data != "points":
        return ""
    if len(parse(run.params.points)[0]) < 2:
        return ". Two points stand in until you have put two of your own"
    return "" if len(np.unique(run.classes)) > 1 else ". All your points are of one class: add some of the other"


def picture(run: Run) -> str:
    """Describe the hero."""
    drawn = run.params.drawn
    line, network = run.line.training_accuracy[-1, drawn], run.network.training_accuracy[-1, drawn]
    return (
        f"Two planes with the same {len(run.points)} points: the line has {percent(line)} of them on the right side, the network "
        f"with {count(run.params.hidden, 'hidden unit')} {percent(network)}."
    )


def collapsed(run: Run) -> str:
    """Say what a linear network's layers multiply out to, and how far that line is from the network."""
    layers = run.network.layers(run.params.drawn, final=True)
    weights, bias = one_line(layers)
    corners = np.array([[x, y] for x in WINDOW for y in WINDOW])
    inner = corners @ layers[0][0].T + layers[0][1]
    gap = float(np.abs(inner @ layers[1][0].T + layers[1][1] - (corners @ weights.T + bias)).max())
    w1 = f"{weights[0, 0]:.3g}".replace("-", "−")
    w2, shift = (f"{'−' if value < 0 else '+'} {abs(value):.3g}" for value in (weights[0, 1], bias[0]))
    return (
        f"Its two linear layers multiply out to one line, {w1}·x₁ {w2}·x₂ {shift}: the largest difference "
        f"over the plane is {gap:.1g}."
    )


def _middle(values: np.typing.NDArray[np.float64]) -> float:
    return float(np.median(values))
