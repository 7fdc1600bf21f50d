"""A line and a network with one hidden layer, trained side by side on the same points."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.mlp.network import best_line, forward, one_line, probability
from nnviz.concepts.mlp.settings import Params
from nnviz.concepts.mlp.space import Space, hidden_space
from nnviz.concepts.mlp.training import Nets, Setting, trained
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent
from nnviz.data.toy import WINDOW

__all__ = ["Params", "Run", "best_line", "forward", "one_line", "run"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        params: its settings.
        points, classes: training points (N, 2) and classes (N,) of the network drawn.
        line, network: the perceptrons and the networks, over seeds.
        ticks: (G,) coordinates of the surfaces on both axes.
        surfaces: chance of class b over the plane, (T, G, G) float32, by the line and by the network drawn.
        logits: (T, N) of the training points drawn, by both.
        space: the hidden layer of the network drawn.
        accuracies: number of hidden units → (S,) test accuracy at the end; only its own while a hand moves.
        best: share of the training points drawn that the best of all lines gets right; nan while a hand moves.
    """

    params: Params
    points: Floats
    classes: NDArray[np.int64]
    line: Nets
    network: Nets
    ticks: NDArray[np.float32]
    surfaces: tuple[NDArray[np.float32], NDArray[np.float32]]
    logits: tuple[NDArray[np.floating], NDArray[np.floating]]
    space: Space
    accuracies: dict[int, Floats]
    best: float

    @property
    def solved(self) -> float:
        """Share of test points right from which a task counts as solved, 0…1."""
        return self.params.solved / 100


def run(params: Params, report: Report = silent) -> Run:
    """Train a line and a network over seeds, look inside one of them, then train networks of every other width."""
    line = trained(params.setting, 0, params.numbers, part(report, 0.0, 0.05))
    network = trained(params.setting, params.hidden, params.numbers, part(report, 0.05, 0.2))
    first = pictured(params, line, network)
    missing = [size for size in params.sizes if size not in first.accuracies]
    if not missing:
        return first
    report(0.2, "training networks of every width", first)
    found = dict(first.accuracies)
    for index, size in enumerate(missing):
        span = part(report, 0.2 + 0.8 * index / len(missing), 0.2 + 0.8 * (index + 1) / len(missing), f"{size} units")
        found[size] = trained(params.setting, size, params.numbers, span).accuracy[-1]
    return replace(first, accuracies=dict(sorted(found.items())))


def pictured(params: Params, line: Nets, network: Nets) -> Run:
    """Evaluate the two networks drawn over the plane and at their points."""
    points, classes, _, _ = params.setting.drawn(params.numbers[params.drawn])
    ticks = np.linspace(*WINDOW, 31 if params.sketch else 45, dtype=np.float32)
    plane = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)  # x₁ runs fastest
    surfaces, logits = [], []
    for nets in (line, network):
        layers = nets.layers(params.drawn)
        over = probability(forward(plane, layers, params.activation)[1])
        surfaces.append(np.asarray(over.reshape(-1, len(ticks), len(ticks)), np.float32))
        logits.append(forward(points, layers, params.activation)[1])
    return Run(
        params=params,
        points=points,
        classes=classes,
        line=line,
        network=network,
        ticks=ticks,
        surfaces=(surfaces[0], surfaces[1]),
        logits=(logits[0], logits[1]),
        space=hidden_space(network.layers(params.drawn), points, params.activation),
        accuracies={0: line.accuracy[-1], params.hidden: network.accuracy[-1]},
        best=np.nan if params.quick else ceiling(params.setting, params.numbers[params.drawn]),
    )


@memo(maxsize=64)
def ceiling(setting: Setting, seed: int) -> float:
    """Return the share of a seed's training points that the best of all lines gets right."""
    points, classes, _, _ = setting.drawn(seed)
    return best_line(points, classes)
