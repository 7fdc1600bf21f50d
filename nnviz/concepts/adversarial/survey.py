"""How defended networks fare under every attack, over seeds and strengths: the costly part, remembered in groups."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.adversarial.attacks import Goal, Norm, fgsm, gradient, pgd
from nnviz.concepts.adversarial.blackbox import by_chance, by_queries
from nnviz.concepts.adversarial.defences import Defence, Guard, guarded, learned
from nnviz.concepts.adversarial.minimal import carlini_wagner, jsma
from nnviz.concepts.adversarial.tasks import Model, task_of
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent

Floats = NDArray[np.float64]
Way = Literal["chance", "fgsm", "pgd", "adapted", "transfer", "queries"]

EPSILONS: Floats = np.array([0.0, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])
WAYS: tuple[Way, ...] = ("chance", "fgsm", "pgd", "adapted", "transfer", "queries")
PICTURES = 50  # test digits attacked on every network
GROUP = 4  # networks measured together
STEPS, STEP = 10, 0.25  # of projected gradient descent; one step in radii
BUDGET = 60  # questions of the attack by queries
TRIES = 50  # random points a picture, in the search by chance
PROBE = 0.15  # radius at which chance is measured
WHOLE = 1.0  # radius of the whole box: nothing holds an attack back
OTHER: dict[Model, Model] = {"cnn": "mlp", "mlp": "cnn", "linear": "mlp", "plane": "plane"}
STRANGER = 500  # added to a seed for the network on which examples are made that are to transfer


@dataclass(frozen=True)
class Curves:
    """What K networks behind one defence keep of their accuracy; all shares in 0…1, E = len(EPSILONS).

    Attributes:
        clean: (K,) right answers on the whole test part; refusing a clean digit is an error.
        kept: attack → (K, E), right or refused under the attack.
        strongest: (K, E), right or refused under every attack within a ball of this or a smaller radius.
        certified: (K, E), proven to stay right.
        flat: (K,) pictures on which the gradient that the attacker follows is exactly zero.
        unbounded: (K,) success of the plain attack when the ball is the whole box.
        chance: (K,) success of the best of 50 random points at the radius 0.15.
    """

    clean: Floats
    kept: Mapping[Way, Floats]
    strongest: Floats
    certified: Floats
    flat: Floats
    unbounded: Floats
    chance: Floats

    @property
    def networks(self) -> int:
        """How many networks were measured."""
        return len(self.clean)

    def at(self, epsilon: float) -> int:
        """Return the place of the measured radius that is nearest to `epsilon`."""
        return int(np.abs(EPSILONS - epsilon).argmin())


@dataclass(frozen=True)
class Smallest:
    """What K networks keep under the attacks that look for the smallest change, (K, E) each.

    Attributes:
        cw: Carlini and Wagner's; broken once ε √d reaches the L2 length it found.
        jsma: saliency map; broken once ε d reaches the number of pixels it set.
        length: (K,) median L2 length that Carlini and Wagner's needed; nan where it won less than half.
    """

    cw: Floats
    jsma: Floats
    length: Floats


def groups(seeds: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the seeds in groups of at most four: what is measured, and remembered, together."""
    return [tuple(seeds[start : start + GROUP]) for start in range(0, len(seeds), GROUP)]


@memo(maxsize=256)
def curves(model: Model, defence: Defence, norm: Norm, seeds: tuple[int, ...], report: Report = silent) -> Curves:
    """Return how a group of networks fares under the attacks of a given radius."""
    report(0.0, "training")
    bench = Bench.of(model, guarded(model, defence, seeds, report=report), len(seeds))
    stranger = learned(OTHER[model], "clean", tuple(seed + STRANGER for seed in seeds), report=report)
    kept: dict[Way, list[Tensor]] = {way: [] for way in WAYS}
    for place, epsilon in enumerate(EPSILONS):
        radius = bench.radius(epsilon, norm)
        for way in WAYS:
            report(place / len(EPSILONS), "attacking")
            kept[way].append(bench.survivors(_attacked(bench, stranger.logits, way, radius, norm)))
    radii = [bench.radius(epsilon, norm) for epsilon in EPSILONS]
    with torch.no_grad():
        certified = bench.guard.certify(bench.inputs, bench.goal.classes, radii, norm)
    survived = torch.stack([torch.stack(each) for each in kept.values()]).all(dim=0)  # (E, K, N)
    if norm == "l2":  # the nearest example is an attack within this ball too
        survived &= torch.tensor(radii)[:, None, None] < _nearest(bench)
    return Curves(
        clean=bench.clean(),
        kept={way: _shares(torch.stack(each)) for way, each in kept.items()},
        strongest=_shares(survived.cumprod(dim=0)),
        certified=_shares(certified),
        flat=_mean(gradient(bench.guard.follow, bench.inputs, bench.goal).eq(0).all(dim=2)),
        unbounded=1 - _mean(bench.survivors(_attacked(bench, stranger.logits, "pgd", bench.radius(WHOLE, norm), norm))),
        chance=1 - _mean(_lucky(bench, norm)),
    )


@memo(maxsize=128)
def smallest(model: Model, defence: Defence, seeds: tuple[int, ...], report: Report = silent) -> Smallest:
    """Return how a group of networks fares under the attacks that look for the smallest change."""
    report(0.0, "training")
    bench = Bench.of(model, guarded(model, defence, seeds, report=report), len(seeds))
    report(0.5, "searching the smallest change")
    length = _nearest(bench)
    wide = bench.inputs.shape[2]
    most = round(float(EPSILONS[-1]) * wide)
    report(0.8, "searching the fewest pixels")
    path = jsma(bench.guard.follow, bench.inputs, runner_up(bench.guard, bench.inputs, bench.goal), most=most)
    before = bench.survivors(bench.inputs)
    cw = [before & (length > bench.radius(epsilon, "l2")) for epsilon in EPSILONS]
    pixels = [bench.survivors(path[round(epsilon * wide)]) for epsilon in EPSILONS]
    found = length.median(dim=1).values.double().numpy()
    return Smallest(_shares(torch.stack(cw)), _shares(torch.stack(pixels)), np.where(np.isfinite(found), found, np.nan))


@memo(maxsize=64)
def transfers(norm: Norm, seeds: tuple[int, ...], report: Report = silent) -> Floats:
    """Return (K, E, 3, 3): of the digits a victim has right, the share that examples made on another network fool.

    Rows are the networks on which the examples are made, columns the victims: cnn, mlp, linear. Source and victim
    never share a seed. nan where a victim has nothing right.
    """
    report(0.0, "training")
    data = task_of("cnn").parts
    models: tuple[Model, ...] = ("cnn", "mlp", "linear")
    victims = [learned(model, "clean", seeds, report=report) for model in models]
    sources = [learned(model, "clean", tuple(seed + STRANGER for seed in seeds), report=report) for model in models]
    inputs, goal = (
        data.test[:PICTURES].expand(len(seeds), -1, -1),
        Goal(data.test_labels[:PICTURES].expand(len(seeds), -1)),
    )
    right = [~goal.won(victim.logits(inputs)) for victim in victims]
    rates = np.empty((len(seeds), len(EPSILONS), len(models), len(models)))
    for place, epsilon in enumerate(EPSILONS):
        radius = float(epsilon) * (1.0 if norm == "linf" else inputs.shape[2] ** 0.5)
        for row, source in enumerate(sources):
            report(place / len(EPSILONS), "transferring")
            made = pgd(source.logits, inputs, goal, radius=radius, step=STEP * radius, steps=STEPS, norm=norm)[-1]
            for column, (victim, knew) in enumerate(zip(victims, right, strict=True)):
                fooled = (goal.won(victim.logits(made)) & knew).sum(dim=1)
                rates[:, place, row, column] = (fooled / knew.sum(dim=1)).double().numpy()
    return rates


Part = TypeVar("Part", Curves, Smallest)


def joined(parts: Sequence[Part]) -> Part:
    """Return the measurements of several groups of seeds as one."""
    values: dict[str, Any] = {}
    for name in (field.name for field in fields(parts[0])):
        own = [getattr(part, name) for part in parts]
        if isinstance(own[0], Mapping):
            values[name] = {key: np.concatenate([each[key] for each in own]) for key in own[0]}
        else:
            values[name] = np.concatenate(own)
    return type(parts[0])(**values)


@dataclass(frozen=True)
class Bench:
    """Defended networks with the test digits on which they are measured."""

    model: Model
    guard: Guard
    inputs: Tensor
    goal: Goal

    @staticmethod
    def of(model: Model, guard: Guard, networks: int) -> "Bench":
        """Return the bench of K networks."""
        data = task_of(model).parts
        inputs = data.test[:PICTURES].expand(networks, -1, -1)
        return Bench(model, guard, inputs, Goal(data.test_labels[:PICTURES].expand(networks, -1)))

    def radius(self, epsilon: float, norm: Norm) -> float:
        """Return ε in L∞, ε √d in L2: the same root-mean-square change a pixel."""
        return float(epsilon) * (1.0 if norm == "linf" else self.inputs.shape[2] ** 0.5)

    def survivors(self, inputs: Tensor) -> Tensor:
        """Return (K, N) bool: answered rightly, or refused."""
        with torch.no_grad():
            return ~self.goal.won(self.guard.decide(inputs)) | self.guard.refused(inputs)

    def clean(self) -> Floats:
        """Return the (K,) shares of all test inputs that are answered rightly and not refused."""
        data = task_of(self.model).parts
        inputs = data.test.expand(len(self.inputs), -1, -1)
        with torch.no_grad():
            right = self.guard.decide(inputs).argmax(dim=2) == data.test_labels
        return _mean(right & ~self.guard.refused(inputs))


def _attacked(bench: Bench, stranger: Callable[[Tensor], Tensor], way: Way, radius: float, norm: Norm) -> Tensor:
    """Return the inputs (K, N, d) after one attack."""
    if radius == 0:
        return bench.inputs
    if way == "chance":
        return by_chance(bench.inputs, radius, norm)
    if way == "fgsm":
        return fgsm(bench.guard.follow, bench.inputs, bench.goal, radius, norm)
    if way == "queries":
        return by_queries(bench.guard.decide, bench.inputs, bench.goal, radius=radius, norm=norm, budget=BUDGET)[-1]
    scores = {"pgd": bench.guard.follow, "adapted": bench.guard.adapted, "transfer": stranger}[way]
    goal = Goal(bench.goal.classes, margins=way == "adapted")
    return pgd(scores, bench.inputs, goal, radius=radius, step=STEP * radius, steps=STEPS, norm=norm)[-1]


def _nearest(bench: Bench) -> Tensor:
    """Return (K, N), the L2 length of the smallest change that Carlini and Wagner's attack wins with; inf where none."""
    near = carlini_wagner(bench.guard.follow, bench.inputs, bench.goal)
    length: Tensor = (near - bench.inputs).norm(dim=2).nan_to_num(torch.inf)
    kept = bench.survivors(torch.where(length.isinf().unsqueeze(2), bench.inputs, near))
    return length.masked_fill(kept, torch.inf)


def _lucky(bench: Bench, norm: Norm) -> Tensor:
    """Return (K, N) bool: survived every one of the random points."""
    radius = bench.radius(PROBE, norm)
    tries = (by_chance(bench.inputs, radius, norm, seed=1 + number) for number in range(TRIES))
    return torch.stack([bench.survivors(each) for each in tries]).all(dim=0)


def runner_up(guard: Guard, inputs: Tensor, goal: Goal) -> Tensor:
    """Return (K, N), the class with the best score among those that are not the goal's."""
    with torch.no_grad():
        return guard.decide(inputs).scatter(2, goal.classes.unsqueeze(2), -torch.inf).argmax(dim=2)


def _mean(hits: Tensor) -> Floats:
    """Return (K,) shares of (K, N) bool."""
    return hits.double().mean(dim=1).numpy()


def _shares(hits: Tensor) -> Floats:
    """Return (K, E) shares of (E, K, N) bool."""
    return hits.double().mean(dim=2).T.contiguous().numpy()
