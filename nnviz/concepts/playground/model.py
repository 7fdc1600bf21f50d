"""A free network on two-dimensional data: its answers, its units, its losses, frame by frame."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.playground.problem import Floats, Problem, score
from nnviz.concepts.playground.settings import Params
from nnviz.concepts.playground.training import (
    FRAMES,
    SKETCHED,
    Edit,
    Plan,
    alone,
    continued,
    edits_of,
    name_of,
    planned,
    problem_of,
    trained,
)
from nnviz.core.ensemble import MLP, Trained
from nnviz.core.ensemble.metrics import data_loss
from nnviz.core.progress import Report, silent
from nnviz.data.toy import WINDOW

__all__ = ["Params", "Run", "run"]

SURFACE, THUMBNAIL, CROWDED = 40, 12, 8  # pixels a side; CROWDED where there are many units
Pixels = NDArray[np.float32]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """Over T epochs and K networks, (T, K) each, on training and on test points; gradient norms by layer (T, K, L)."""

    at: Whole
    train_loss: Floats
    test_loss: Floats
    train_score: Floats
    test_score: Floats
    penalty: Floats
    gradients: Floats


@dataclass(frozen=True)
class Story:
    """The network in the picture, frame by frame (T); a change by hand and what follows included.

    Attributes:
        at: (T,) epochs; the changed weights stand where training ended.
        weights: (T, P); outputs: (T, M, out) on the test points.
        surface: (T, S, S, out) outputs over the plane, or (T, S, S, 1) of the unit shown large; units: (T, s, s, U) values of features, hidden units, outputs.
        hidden: per layer (N, units), values on the training points at the end.
        changed: index of the frame with the changed weights, or None.
    """

    at: Whole
    weights: Pixels
    outputs: Pixels
    surface: Pixels
    units: Pixels
    hidden: tuple[Floats, ...]
    changed: int | None


@dataclass(frozen=True)
class Run:
    """Everything on the page.

    Attributes:
        params: settings; problem: what is learned; there: its data were there; plan: what was trained.
        trained: all seeds; scores: theirs; story: of the first.
        edits: changes by hand; later: scores of the changed network as it goes on, (T, 1), or None.
    """

    params: Params
    problem: Problem
    there: bool
    plan: Plan
    trained: Trained
    scores: Scores
    story: Story
    edits: tuple[Edit, ...] = ()
    later: Scores | None = None
    window: tuple[float, float] = WINDOW

    @property
    def network(self) -> MLP:
        """The network's shape."""
        return self.plan.network

    @property
    def large(self) -> tuple[int, int] | None:
        """Column and number of the unit that is shown large; None for the answer."""
        return None if shown_unit(self.params, self.network) is None else self.params.chosen


def run(params: Params, report: Report = silent) -> Run:
    """Train all seeds; follow the first through its training, and further if its weights were changed by hand."""
    problem, there = problem_of(params)
    plan = planned(params, problem)

    def told(fraction: float, what: str = "", partial: Any = None) -> None:
        report(0.9 * fraction, what, _run(params, problem, there, plan, partial) if partial is not None else None)

    found = trained(*name_of(params, there), plan, report=told)
    return _run(params, problem, there, plan, found)


def _run(params: Params, problem: Problem, there: bool, plan: Plan, found: Trained) -> Run:
    edits = edits_of(params, plan.network)
    parts = [alone(found)]
    if edits and len(found.at) and int(found.at[-1]) == plan.epochs:
        frames = SKETCHED if params.sketch else FRAMES // 2
        parts.append(continued(problem, plan, found, edits, params.train_on, frames))
    return Run(
        params=params,
        problem=problem,
        there=there,
        plan=plan,
        trained=found,
        scores=scores(problem, found),
        story=story(problem, parts, window_of(problem), shown_unit(params, plan.network)),
        edits=edits,
        later=scores(problem, parts[1]) if len(parts) > 1 else None,
        window=window_of(problem),
    )


def shown_unit(params: Params, network: MLP) -> int | None:
    """Return the number, among features and hidden units, of the unit that is shown large; None for the answer."""
    if params.chosen is None:
        return None
    column, number = params.chosen
    there = column < len(network.sizes) - 1 and number < network.sizes[column]
    return sum(network.sizes[:column]) + number if there else None


def window_of(problem: Problem) -> tuple[float, float]:
    """Return how far the picture of the plane reaches: as far as the toy sets do, or as a table's points."""
    far = max(float(np.abs(problem.train).max()), float(np.abs(problem.test).max()))
    reach = WINDOW[1] if far <= 1.3 * WINDOW[1] else min(1.05 * far, 6.0)
    return -reach, reach


def mesh(side: int, window: tuple[float, float]) -> Floats:
    """Return the (side², 2) centres of a grid of pixels, x₁ running fastest."""
    edges = np.linspace(*window, side + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    first, second = np.meshgrid(middle, middle)
    return np.column_stack([first.ravel(), second.ravel()])


def scores(problem: Problem, found: Trained) -> Scores:
    """Return losses and shares of right answers of all networks at all snapshots."""
    parts = []
    for positions, labels in ((problem.train, problem.labels), (problem.test, problem.test_labels)):
        outputs = found.outputs(problem.inputs(positions)).astype(np.float64)
        goals = np.asarray(problem.targets(labels), np.float64)
        if problem.loss == "cross_entropy":
            goals = np.eye(problem.outputs)[labels.astype(np.int64)]
        with np.errstate(over="ignore", invalid="ignore"):
            parts.append(data_loss(problem.loss, outputs, goals.reshape(len(labels), -1)))
            parts.append(score(problem, outputs, labels))
    train_loss, train_score, test_loss, test_score = parts
    return Scores(found.at, train_loss, test_loss, train_score, test_score, found.penalty, found.gradient_norms)


def story(problem: Problem, parts: list[Trained], window: tuple[float, float], shown: int | None) -> Story:
    """Follow one network through its parts: training, and going on after a change by hand.

    The frame before a change is left out: the change stands where training ended.
    """
    network = parts[0].network
    side = THUMBNAIL if network.hidden_units <= 40 else CROWDED
    grid, small = problem.inputs(mesh(SURFACE, window)), problem.inputs(mesh(side, window))
    cut = len(parts[0].at) - 1 if len(parts) > 1 else len(parts[0].at)
    end = int(parts[0].at[-1])

    def joined(arrays: list[Any]) -> Any:
        return np.concatenate([arrays[0][:cut], *arrays[1:]])

    outputs = joined([part.outputs(problem.inputs(problem.test))[:, 0] for part in parts])
    surface = joined([large(part, grid, shown) for part in parts])
    columns = [np.broadcast_to(small.astype(np.float32), (len(surface), *small.shape))]
    if network.hidden_units:
        columns.append(joined([np.concatenate(part.hidden(small), axis=-1)[:, 0] for part in parts]))
    columns.append(joined([part.outputs(small)[:, 0] for part in parts]))
    inside = parts[-1].hidden(problem.inputs(problem.train)) if network.hidden_units else []
    return Story(
        at=joined([parts[0].at, *(end + part.at for part in parts[1:])]),
        weights=joined([part.weights[:, 0] for part in parts]),
        outputs=outputs,
        surface=surface.reshape(len(surface), SURFACE, SURFACE, -1),
        units=np.concatenate(columns, axis=-1).reshape(len(surface), side, side, -1),
        hidden=tuple(layer[-1, 0].astype(np.float64) for layer in inside),
        changed=cut if len(parts) > 1 else None,
    )


def large(part: Trained, grid: Floats, shown: int | None) -> Pixels:
    """Return what is shown large: the outputs (T, M, out), or one feature's or hidden unit's values (T, M, 1)."""
    if shown is None:
        return np.asarray(part.outputs(grid)[:, 0])
    inputs = grid.shape[1]
    if shown < inputs:
        return np.broadcast_to(grid[:, shown, None].astype(np.float32), (len(part.at), len(grid), 1))
    return np.asarray(np.concatenate(part.hidden(grid), axis=-1)[:, 0, :, shown - inputs, None])
