"""Networks behind a defence, as the one who answers and as the one who attacks sees them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from nnviz.concepts.adversarial import objectives
from nnviz.concepts.adversarial.attacks import Norm, Scores
from nnviz.concepts.adversarial.certified import around, certify, lowest_margins, never_wrong, radius_of_votes
from nnviz.concepts.adversarial.tasks import Model, Task, task_of
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.seeds import generator
from nnviz.models.chain import Chain

Defence = Literal[
    "none",
    "adversarial",
    "distillation",
    "masking",
    "squeezing",
    "smoothing",
    "detection",
    "ensemble",
    "certified",
]
Recipe = Literal["clean", "adversarial", "distilled", "squeezed", "noisy", "certified"]
Certify = Callable[[Tensor, Tensor, Sequence[float], Norm], Tensor]
Flags = Callable[[Tensor], Tensor]

TEMPERATURE = 100.0  # of distillation; Papernot et al. used 20 to 100
STAIRS = 16  # steps of the staircase that masks the gradient: the digits' own 17 grey levels, so clean digits stay
DRAWS = 6  # noisy copies whose probabilities smoothing averages
VOTES = 200  # noisy answers that a certificate of smoothing counts
MEMBERS = 3  # networks of an ensemble
ALARMS = 0.05  # share of clean training digits that the detector may flag
STUDENT, MEMBER = 10_000, 100_000  # added to a seed for the student, and for each further member


@dataclass(frozen=True)
class Guard:
    """K networks behind a defence.

    Attributes:
        decide: what answers.
        follow: what an attacker differentiates who does not know of the defence.
        adapted: what an attacker differentiates who does, and goes round it.
        certify: inputs, labels, E radii, norm → (E, K, N) bool, proven never to be fooled within that radius.
        flags: inputs → (K, N) bool, refused as suspicious; None where nothing is ever refused.
    """

    decide: Scores
    follow: Scores
    adapted: Scores
    certify: Certify
    flags: Flags | None = None

    def refused(self, inputs: Tensor) -> Tensor:
        """Return (K, N) bool: which inputs the detector refuses."""
        with torch.no_grad():
            return torch.zeros(inputs.shape[:2], dtype=torch.bool) if self.flags is None else self.flags(inputs)


def guarded(model: Model, defence: Defence, seeds: Sequence[int], report: Report = silent) -> Guard:
    """Return one defended network per seed; the training behind it is remembered."""
    seeds, task = tuple(seeds), task_of(model)
    if defence == "ensemble":
        teams = [tuple(seed + MEMBER * member for seed in seeds) for member in range(MEMBERS)]
        return _ensemble([learned(model, "clean", team, report=report) for team in teams])
    chain = learned(model, RECIPES[defence], seeds, report=report)
    if defence in ("masking", "squeezing"):
        return _rounding(chain, STAIRS if defence == "masking" else task.levels - 1)
    if defence == "smoothing":
        return _smoothing(chain, task.noise)
    if defence == "detection":
        return _detection(chain, task)

    return Guard(chain.logits, chain.logits, chain.logits, by_bounds(chain))


RECIPES: dict[Defence, Recipe] = {
    "none": "clean",
    "adversarial": "adversarial",
    "distillation": "distilled",
    "masking": "clean",
    "squeezing": "squeezed",
    "smoothing": "noisy",
    "detection": "clean",
    "certified": "certified",
}


@memo(maxsize=128)
def learned(model: Model, recipe: Recipe, seeds: tuple[int, ...], *, report: Report = silent) -> Chain:
    """Return trained networks, one per seed."""
    task = task_of(model)
    if recipe == "distilled":
        return _distilled(task, learned(model, "clean", seeds, report=report), seeds, report)
    if recipe == "squeezed":
        return task.learn(seeds, objectives.on_rows(task, lambda inputs: rounded(inputs, task.levels - 1)), report)
    if recipe == "adversarial":
        return task.learn(seeds, objectives.on_attacked(task, seeds), report)
    if recipe == "noisy":
        return task.learn(seeds, objectives.on_noise(task, seeds), report)
    if recipe == "certified":
        return task.learn(seeds, objectives.on_bounds(task), report, longer=1.5)
    return task.learn(seeds, objectives.on_rows(task), report)


def by_bounds(chain: Chain) -> Certify:
    """Return the certificate that interval bounds give."""

    def bounds(inputs: Tensor, labels: Tensor, radii: Sequence[float], norm: Norm) -> Tensor:
        return torch.stack([certify(chain, inputs, labels, radius, norm) for radius in radii])

    return bounds


def _distilled(task: Task, teacher: Chain, seeds: tuple[int, ...], report: Report) -> Chain:
    """Return students of their teachers' soft labels, trained at temperature T and deployed at 1.

    Training on logits / T and answering with the logits is training on f and answering with T · f.
    """
    students = task.learn([seed + STUDENT for seed in seeds], objectives.on_soft_labels(task, teacher), report)
    (*weights, weight), (*biases, bias) = students.weights, students.biases
    return Chain((*weights, TEMPERATURE * weight), (*biases, TEMPERATURE * bias))


def rounded(inputs: Tensor, steps: int) -> Tensor:
    """Return the inputs on a staircase of `steps` equal steps; its slope is zero wherever it has one."""
    return torch.round(inputs * steps) / steps


def straight_through(inputs: Tensor, steps: int) -> Tensor:
    """Return the same staircase with the slope of the identity: backward pass differentiable approximation (BPDA).

    Source: Athalye, Carlini & Wagner, "Obfuscated gradients give a false sense of security", 2018.
    """
    return inputs + (rounded(inputs, steps) - inputs).detach()


def mixture(logits: Tensor) -> Tensor:
    """Return the logarithm of the mean of M softmaxes: (K, M, N, C) → (K, N, C)."""
    return torch.logsumexp(torch.log_softmax(logits, dim=3), dim=1) - float(np.log(logits.shape[1]))


def _rounding(chain: Chain, steps: int) -> Guard:
    """Return networks that see their input on a staircase."""

    def answer(inputs: Tensor) -> Tensor:
        return chain.logits(rounded(inputs, steps))

    def bounds(inputs: Tensor, labels: Tensor, radii: Sequence[float], _norm: Norm) -> Tensor:
        # The interval of the L∞ ball holds the L2 ball too, and rounding keeps the order of its ends.
        ends = [[rounded(end, steps) for end in around(inputs, radius)] for radius in radii]
        return torch.stack([never_wrong(lowest_margins(chain, low, high, labels), labels) for low, high in ends])

    return Guard(answer, answer, lambda inputs: chain.logits(straight_through(inputs, steps)), bounds)


def _smoothing(chain: Chain, noise: float) -> Guard:
    """Return networks that answer with the mean of noisy copies; certificates count the votes of many more."""

    def noisy(inputs: Tensor, draws: int, purpose: str) -> Tensor:
        networks, count, width = inputs.shape
        copies = noise * torch.randn(draws, 1, width, generator=generator(0, purpose))
        logits = chain.logits((inputs.unsqueeze(1) + copies).reshape(networks, draws * count, width))
        return logits.reshape(networks, draws, count, -1)

    def answer(inputs: Tensor) -> Tensor:
        return mixture(noisy(inputs, DRAWS, "copies"))

    def bounds(inputs: Tensor, labels: Tensor, radii: Sequence[float], norm: Norm) -> Tensor:
        votes = (noisy(inputs, VOTES, "votes").argmax(dim=3) == labels.unsqueeze(1)).sum(dim=1)
        proven = radius_of_votes(votes.numpy(), VOTES, noise)
        scale = 1.0 if norm == "l2" else inputs.shape[2] ** 0.5  # the L2 ball that holds the L∞ ball
        return torch.tensor(np.stack([proven > radius * scale for radius in radii]))

    return Guard(answer, chain.logits, answer, bounds)


def _detection(chain: Chain, task: Task) -> Guard:
    """Return networks that refuse an input when squeezing it changes their answer much. Source: Xu et al. 2018."""

    def view(inputs: Tensor) -> Tensor:
        return chain.logits(straight_through(inputs, task.levels - 1))

    def change(inputs: Tensor) -> Tensor:
        return (chain.logits(inputs).softmax(dim=2) - view(inputs).softmax(dim=2)).abs().sum(dim=2)

    with torch.no_grad():
        usual = change(task.parts.train.expand(len(chain), -1, -1))
        limit = usual.quantile(1 - ALARMS, dim=1, keepdim=True)

    def both(inputs: Tensor) -> Tensor:
        return mixture(torch.stack([chain.logits(inputs), view(inputs)], dim=1))

    return Guard(chain.logits, chain.logits, both, by_bounds(chain), lambda inputs: change(inputs) > limit)


def _ensemble(chains: Sequence[Chain]) -> Guard:
    """Return teams that answer with the mean of their members' probabilities."""

    def answer(inputs: Tensor) -> Tensor:
        return mixture(torch.stack([chain.logits(inputs) for chain in chains], dim=1))

    def bounds(inputs: Tensor, labels: Tensor, radii: Sequence[float], norm: Norm) -> Tensor:
        # Where no member can be moved, their mean cannot.
        return torch.stack([by_bounds(chain)(inputs, labels, radii, norm) for chain in chains]).all(dim=0)

    return Guard(answer, answer, answer, bounds)
