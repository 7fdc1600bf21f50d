"""Training what the settings name: many seeds at once, and one of them further after its weights were changed."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.playground.problem import PROBLEM_SETTINGS, Problem, divided, make_problem, two_columns
from nnviz.concepts.playground.settings import Params
from nnviz.core.ensemble import MLP, OnPlateau, Trained, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.schedules import schedule
from nnviz.data.points import own_set
from nnviz.data.tables import OWN, table_of

FRAMES, SKETCHED = 60, 8
BUDGET, SKETCH = 14.0, 0.08  # seconds of one core for all seeds, and for what follows the hand
FALLBACK = "circle"
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Pairs = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Plan:
    """What a training depends on, hashable.

    Attributes:
        network: the network; seeds: its weight seeds.
        epochs: after the budget (see `planned`); snapshots: epochs that are kept.
        options: other keywords of `train`, as pairs.
    """

    network: MLP
    seeds: tuple[int, ...]
    epochs: int
    snapshots: tuple[int, ...]
    options: tuple[tuple[str, Any], ...] = field(default=())

    @property
    def keywords(self) -> dict[str, Any]:
        """Keywords of `train`."""
        return dict(self.options)


def problem_of(params: Params) -> tuple[Problem, bool]:
    """Return the problem, and whether its data were there: a table that is gone is replaced by the circle."""
    there = not params.data.startswith(OWN) or table_of(params.data) is not None
    return named_problem(*name_of(params, there)), there


def name_of(params: Params, there: bool = True) -> tuple[str, Pairs]:
    """Return what a problem is named by: its data and the settings it depends on."""
    return (params.data if there else FALLBACK), tuple((name, getattr(params, name)) for name in PROBLEM_SETTINGS)


@memo(maxsize=24)
def named_problem(data: str, settings: Pairs) -> Problem:
    """Return the problem of that name, or remember it."""
    values = dict(settings)
    if not data.startswith(OWN):
        return make_problem(data, **values)
    table = table_of(data)
    columns = two_columns(table.dataset(), values["first"], values["second"]) if table else own_set("")
    return divided(
        columns, values["share"], values["leak"], values["features"], values["scaling"], values["loss"],
        values["data_seed"],
    )  # fmt: skip


def planned(params: Params, problem: Problem) -> Plan:
    """Return what to train: as many seeds, and while a hand moves as many epochs, as there is time for."""
    inputs = max(1, len(problem.features))
    network = MLP(
        sizes=(inputs, *params.sizes, problem.outputs),
        activation=params.activations,
        loss=problem.loss,
        output=problem.output,
        initialization=params.initialization,
        gain=params.gain,
        normalization=params.normalization,
        residual=params.residual,
    )
    costs = seconds_per_epoch(network, len(problem.train), params)
    epochs, seeds = params.epochs, params.seeds
    if params.sketch:
        epochs = int(np.clip(SKETCH / costs, 1, epochs))
    else:
        seeds = int(np.clip(BUDGET / (costs * epochs), 1, seeds))
    return Plan(
        network,
        tuple(range(params.seed, params.seed + seeds)),
        epochs,
        tuple(paced(epochs, SKETCHED if params.sketch else FRAMES).tolist()),
        options(params, epochs),
    )


def seconds_per_epoch(network: MLP, examples: int, params: Params) -> float:
    """Guess what one epoch of one network takes: a little for every weight, unit and step (measured, generously)."""
    steps = -(-examples // min(params.batch, examples))
    a_point = 0.5e-9 * network.parameters + 4e-9 * (network.hidden_units + 2) * (2 if any(params.dropout) else 1)
    looked = (0.3 * examples * a_point + 1e-4) if params.schedule == "plateau" else 0.0  # at the loss of every epoch
    return examples * a_point + steps * 0.4e-6 * (network.depth + 1) + 2e-5 + looked


def options(params: Params, epochs: int) -> tuple[tuple[str, Any], ...]:
    """Return keywords of `train` as pairs that can be hashed."""
    both = params.penalty == "both"
    chosen: dict[str, Any] = {
        "batch": params.batch,
        "optimizer": params.optimizer,
        "rate": params.rate,
        "momentum": params.momentum,
        "schedule": schedule(params.schedule, epochs),
        "plateau": OnPlateau() if params.schedule == "plateau" else None,
        "l1": params.strength if both or params.penalty == "l1" else 0.0,
        "l2": params.strength if both or params.penalty == "l2" else 0.0,
        "max_norm": params.longest if params.penalty == "max_norm" else 0.0,
        "clip_norm": params.threshold if params.clipping == "norm" else 0.0,
        "clip_value": params.threshold if params.clipping == "value" else 0.0,
    }
    if params.layers and any(params.dropout[: params.layers]):
        chosen["dropout"] = (params.dropout[: params.layers],)
    return tuple(chosen.items())


def paced(last: int, count: int) -> Whole:
    """Return up to `count` epochs from 0 to `last`, close together in the beginning, where most happens."""
    wanted = np.round(last * np.linspace(0, 1, count) ** 2).astype(np.int64)
    for index in range(1, count):
        wanted[index] = max(wanted[index], wanted[index - 1] + 1)
    return wanted[wanted <= last] if last < count else wanted


@memo(maxsize=8)
def trained(data: str, settings: Pairs, plan: Plan, report: Report = silent) -> Trained:
    """Train all seeds of a plan on a problem (named by its settings), or remember them."""
    problem = named_problem(data, settings)
    return train(
        plan.network,
        problem.inputs(problem.train),
        problem.targets(problem.labels),
        seeds=plan.seeds,
        epochs=plan.epochs,
        snapshots=plan.snapshots,
        report=report,
        **plan.keywords,
    )


@dataclass(frozen=True)
class Edit:
    """One weight set by hand: layer, unit and source number (from 0; None: the unit's bias), and its value."""

    layer: int
    unit: int
    source: int | None
    value: float

    @property
    def name(self) -> str:
        """How the setting `edge` writes its place."""
        return f"{self.layer}.{self.unit}.{'b' if self.source is None else self.source}"


def edits_of(params: Params, network: MLP) -> tuple[Edit, ...]:
    """Read the changes by hand; the last one is on the slider. What this network does not have is left out."""
    if not params.editing or not params.edge:
        return ()
    entries = params.edge.split(";")
    values = [entry.partition("=") for entry in entries[:-1]]
    pairs = [(name, float(value)) for name, _, value in values] + [(entries[-1], params.weight)]
    found: dict[str, Edit] = {}
    for name, value in pairs:
        layer, unit, source = name.split(".")
        one = Edit(int(layer), int(unit), None if source == "b" else int(source), value)
        there = one.layer < network.depth and one.unit < network.sizes[one.layer + 1]
        if there and (one.source is None or one.source < network.sizes[one.layer]):
            found[one.name] = one
    return tuple(found.values())


def continued(
    problem: Problem, plan: Plan, base: Trained, edits: tuple[Edit, ...], epochs: int, frames: int
) -> Trained:
    """Train the first network on from its last weights with some of them replaced; its optimizer starts anew."""
    start = base.final[0].copy()
    layers = plan.network.layers(start)  # views
    for edit in edits:
        matrix, bias = layers[edit.layer]
        if edit.source is None:
            bias[edit.unit] = edit.value
        else:
            matrix[edit.unit, edit.source] = edit.value
    rest = plan.keywords | {"schedule": plan.keywords["schedule"][-1:]}
    return train(
        plan.network,
        problem.inputs(problem.train),
        problem.targets(problem.labels),
        seeds=plan.seeds[:1],
        initial=start,
        epochs=epochs,
        snapshots=paced(epochs, frames),
        **rest,
    )


def alone(several: Trained) -> Trained:
    """Return the first network by itself."""
    return replace(several, seeds=several.seeds[:1], weights=several.weights[:, :1], final=several.final[:1],
                   steps=several.steps[:, :1])  # fmt: skip
