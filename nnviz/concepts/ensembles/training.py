"""The members of many ensembles at once, by every method, through the compiled kernel."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.concepts.ensembles import combining, draws
from nnviz.concepts.ensembles.draws import FOLDS, MIXED, Method, Points, Rows
from nnviz.core.ensemble import MLP, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent

Data = Literal["moons", "circle", "xor", "spiral", "points"]
Floats = NDArray[np.float64]
BATCH = 20
FUNCTIONS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "elu": torch.nn.functional.elu,
}


@dataclass(frozen=True)
class Setting:
    """Everything that the training of S ensembles depends on; see the page's `Params` for the fields."""

    method: Method = "bagging"
    members: int = 16
    width: int = 8
    data: Data = "moons"
    own: str = ""
    points: int = 40
    noise: float = 0.4
    wrong: float = 0.0
    epochs: int = 150
    rate: float = 0.1
    seeds: tuple[int, ...] = (0,)

    @property
    def network(self) -> MLP:
        """One hidden layer and one logit, PyTorch's own initial weights."""
        return MLP((7 if self.method == "subspaces" else 2, self.width, 1), activation="tanh", loss="bce")

    @property
    def activations(self) -> tuple[str, ...]:
        """The hidden activation of each member."""
        mixed = self.method == "stacking"
        return tuple(MIXED[member % len(MIXED)] if mixed else "tanh" for member in range(self.members))

    @property
    def cost(self) -> float:
        """What each member costs, in trainings on all points: with its twins in stacking, of one cycle in snapshots."""
        other = {"stacking": 1.0 + (FOLDS - 1), "snapshot": draws.cycle_epochs(self.epochs) / self.epochs}
        return other.get(self.method, 1.0)


@dataclass(frozen=True)
class Members:
    """The members of S ensembles.

    Attributes:
        network: their shape.
        activations: (M,) names, the same in every ensemble.
        weights: (S, M, P) float64 parameters in PyTorch's order.
        seen: (S, M, d) ones and zeros: which features each sees.
        say: (S, M) boosting's α; ones otherwise.
        held_out: (S, M, N) chances of b at points that a twin of the member, trained without them, was asked; stacking
            only, else None.
    """

    network: MLP
    activations: tuple[str, ...]
    weights: Floats
    seen: Floats
    say: Floats
    held_out: Floats | None = None

    def chances(self, index: int, points: Floats) -> Floats:
        """Return every member's chance of b at points (N, 2) in the ensemble of one seed, (M, N) float64."""
        inputs = draws.features_of(points) if self.network.sizes[0] == 7 else points
        return chances(self.network, self.weights[index], self.activations, self.seen[index][:, None] * inputs)


def chances(network: MLP, weights: Floats, activations: tuple[str, ...], inputs: Floats) -> Floats:
    """Return σ(W₂φ(W₁x + b₁) + b₂) of K networks (K, P) at inputs (K, N, d), (K, N) float64."""
    layers = [[torch.tensor(each) for each in layer] for layer in network.layers(weights)]
    (first, offset), (second, shift) = layers
    found = np.empty(inputs.shape[:2])
    for name in dict.fromkeys(activations):
        rows = [row for row, own in enumerate(activations) if own == name]
        sums = torch.baddbmm(offset[rows, None], torch.tensor(inputs[rows]), first[rows].mT)
        logits = torch.baddbmm(shift[rows, None], FUNCTIONS[name](sums), second[rows].mT)
        found[rows] = torch.sigmoid(logits[..., 0]).numpy()
    return found


@memo(maxsize=32)
def _points(data: str, points: int, noise: float, wrong: float, seeds: tuple[int, ...], own: str) -> tuple[Points, ...]:
    return tuple(draws.points_of(data, points, noise, wrong, seed, own) for seed in seeds)


def points_of(setting: Setting) -> tuple[Points, ...]:
    """Return the points of every seed."""
    return _points(setting.data, setting.points, setting.noise, setting.wrong, setting.seeds, setting.own)


@memo(maxsize=24)
def members_of(setting: Setting, report: Report = silent) -> Members:
    """Train the members of every seed's ensemble."""
    grow = {"boosting": _boosted, "snapshot": _snapshots, "stacking": _stacked}.get(setting.method, _side_by_side)
    return grow(setting, report)


def _fit(setting: Setting, inputs: Floats, targets: Rows, seeds: list[int], report: Report, **more: Any) -> Floats:
    """Train K networks and return where they ended, (K, P) float64."""
    options: dict[str, Any] = {"epochs": setting.epochs, "batch": BATCH, "optimizer": "adam", "rate": setting.rate}
    plain = part(report, 0.0, 1.0)  # without the half-trained networks, which are no Run
    return train(setting.network, inputs, targets, seeds=seeds, report=plain, **options | more).final


def _seeds(setting: Setting, member: int) -> list[int]:
    return [draws.network_seed(setting.method, seed, member) for seed in setting.seeds]


def _tables(setting: Setting) -> tuple[Floats, Rows]:
    """Return all seeds' training points: (S, N, 2) and (S, N)."""
    points = points_of(setting)
    return np.stack([each.inputs for each in points]), np.stack([each.targets for each in points])


def _finished(setting: Setting, weights: Floats, **more: Any) -> Members:
    shape = (len(setting.seeds), setting.members)
    parts = {"seen": np.ones((*shape, 2)), "say": np.ones(shape)} | more
    return Members(setting.network, setting.activations, weights.reshape(*shape, -1), **parts)


def _side_by_side(setting: Setting, report: Report) -> Members:
    """Train all members of all seeds in one call: seeds, copies, bagging, random subspaces."""
    inputs, targets = _tables(setting)
    seeds = [draws.network_seed(setting.method, seed, m) for seed in setting.seeds for m in range(setting.members)]
    inputs, targets = np.repeat(inputs, setting.members, axis=0), np.repeat(targets, setting.members, axis=0)
    every = [(seed, member) for seed in setting.seeds for member in range(setting.members)]
    if setting.method == "bagging":
        rows = [draws.bootstrap_rows(seed, member, inputs.shape[1]) for seed, member in every]
        return _finished(setting, _fit(setting, inputs, targets, seeds, report, subset=rows))
    if setting.method == "subspaces":
        seen = np.stack([draws.subspace(seed, member) for seed, member in every])
        features = np.stack([draws.features_of(each) for each in inputs]) * seen[:, None]
        weights = _fit(setting, features, targets, seeds, report)
        return _finished(setting, weights, seen=seen.reshape(len(setting.seeds), setting.members, 7))
    return _finished(setting, _fit(setting, inputs, targets, seeds, report))


def _stacked(setting: Setting, report: Report) -> Members:
    """Train every member on all points, and twins of it without each fold, which answer for the points they never saw."""
    inputs, targets = _tables(setting)
    count, size, ensembles = setting.members, inputs.shape[1], len(setting.seeds)
    folds = [draws.fold_numbers(seed, size) for seed in setting.seeds]
    everything = np.arange(size)
    rows, seeds, names = [], [], []
    for index, seed in enumerate(setting.seeds):
        subsets = [everything, *(np.flatnonzero(folds[index] != fold) for fold in range(FOLDS))]
        for member in range(count):
            rows += [subset if len(subset) else everything for subset in subsets]
            seeds += [draws.network_seed(setting.method, seed, member)] * (1 + FOLDS)
            names += [setting.activations[member]] * (1 + FOLDS)
    times = count * (1 + FOLDS)
    tables = np.repeat(inputs, times, axis=0), np.repeat(targets, times, axis=0)
    found = _fit(setting, *tables, seeds, report, subset=rows, activation=names).reshape(
        ensembles, count, 1 + FOLDS, -1
    )
    held_out = np.empty((ensembles, count, size))
    for index, fold in enumerate(folds):
        for number in range(FOLDS):
            own = np.flatnonzero(fold == number)
            points = np.broadcast_to(inputs[index, own], (count, len(own), 2))
            held_out[index][:, own] = chances(setting.network, found[index, :, 1 + number], setting.activations, points)
    return _finished(setting, found[:, :, 0], held_out=held_out)


def _snapshots(setting: Setting, report: Report) -> Members:
    """Train one network per seed through as many cosine cycles as there are members, each beginning where the last ended."""
    inputs, targets = _tables(setting)
    cycle = draws.cycle_epochs(setting.epochs)
    kept: list[Floats] = []
    for member in range(setting.members):
        step = part(report, member / setting.members, (member + 1) / setting.members)
        options = {"initial": kept[-1]} if kept else {}
        schedule = {"epochs": cycle, "schedule": draws.cosine_cycle(cycle)}
        kept.append(_fit(setting, inputs, targets, _seeds(setting, member), step, **options | schedule))
    return _finished(setting, np.stack(kept, axis=1))


def _boosted(setting: Setting, report: Report) -> Members:
    """Train one member after the other, each on points drawn by the weights that the ones before have left."""
    inputs, targets = _tables(setting)
    size = inputs.shape[1]
    weights, kept, say = np.full((len(inputs), size), 1 / size), [], np.empty((len(inputs), setting.members))
    for member in range(setting.members):
        step = part(report, member / setting.members, (member + 1) / setting.members)
        rows = [draws.resampled_rows(seed, member, weights[index]) for index, seed in enumerate(setting.seeds)]
        kept.append(_fit(setting, inputs, targets, _seeds(setting, member), step, subset=rows))
        answers = chances(setting.network, kept[-1], ("tanh",) * len(inputs), inputs)
        for index, wrong in enumerate((answers > 0.5) != (targets == 1)):
            say[index, member], weights[index] = combining.boosted(wrong, weights[index])
    return _finished(setting, np.stack(kept, axis=1), say=say)


@memo(maxsize=8)
def large_chances(setting: Setting, report: Report = silent) -> Floats:
    """Train one network per seed with as many hidden units as all members together; return its test chances (S, T)."""
    one = replace(setting, method="seeds", members=1, width=setting.width * setting.members)
    found, points = members_of(one, report), points_of(setting)
    return np.concatenate([found.chances(index, each.test_inputs) for index, each in enumerate(points)])
