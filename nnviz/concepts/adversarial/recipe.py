"""One network behind each defence, attacked, written out in PyTorch; a script has only the defence it is for."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from nnviz.concepts.adversarial.certified import lowest_margins
from nnviz.concepts.adversarial.defences import (
    ALARMS,
    DRAWS,
    MEMBER,
    MEMBERS,
    STAIRS,
    STUDENT,
    TEMPERATURE,
    rounded,
    straight_through,
)
from nnviz.concepts.adversarial.objectives import BOUNDS, RAMP
from nnviz.concepts.adversarial.survey import EPSILONS, PICTURES
from nnviz.core.script import Cases
from nnviz.core.seeds import generator
from nnviz.models.chain import Chain
from nnviz.models.digits import Architecture, chain_of, initial
from nnviz.models.plain_digits import digit_data, digit_network, train_digits
from nnviz.models.training import cross_entropy, fit

SEED = 0
DEFENDED, NOISE, GREYS = 0.15, 0.2, 2  # the radius trainings defend, the noise of smoothing, the greys of squeezing
Scores = Callable[[Tensor], Tensor]


class Guard(NamedTuple):
    """A network behind a defence: what answers, what a naive attacker differentiates, and one who knows; what it refuses."""

    decide: Scores
    follow: Scores
    adapted: Scores
    refuses: Callable[[Tensor], Tensor] = lambda x: torch.zeros(len(x), dtype=torch.bool)


def attacked(guard: Guard, norm: str, epsilon: float) -> dict[str, float]:
    """Attack test digits at the measured strength that is nearest to ε; count those answered rightly or refused."""
    _, _, x, y = digit_data()
    some, labels = x[:PICTURES], y[:PICTURES]
    epsilon = EPSILONS[abs(EPSILONS - epsilon).argmin()]
    radius = epsilon if norm == "linf" else epsilon * 64**0.5

    def kept(moved: Tensor) -> float:
        right = guard.decide(moved).argmax(dim=1) == labels
        return float((right | guard.refuses(moved)).double().mean())

    naive = ascent(guard.follow, some, labels, radius, 0.25 * radius, 10, norm)
    informed = ascent(guard.adapted, some, labels, radius, 0.25 * radius, 10, norm, margins=True)
    clean = (guard.decide(x).argmax(dim=1) == y) & ~guard.refuses(x)
    return {
        "accuracy under PGD": kept(naive),
        "accuracy when the attacker knows the defence": kept(informed),
        "clean accuracy": float(clean.double().mean()),
    }


def ascent(
    scores: Scores,
    x: Tensor,
    labels: Tensor,
    radius: float,
    step: float,
    steps: int,
    norm: str = "linf",
    *,
    margins: bool = False,
    start: Tensor | None = None,
) -> Tensor:
    """Climb the loss (or the margin of the best wrong score) within the ball around x: projected gradient descent."""
    moved = x if start is None else start
    for _ in range(steps):
        moved = moved.detach().requires_grad_()
        logits = scores(moved)
        loss = functional.cross_entropy(logits, labels, reduction="sum")
        if margins:
            own = labels.unsqueeze(1)
            loss = (logits.scatter(1, own, -torch.inf).amax(dim=1) - logits.gather(1, own)[:, 0]).sum()
        slope = torch.autograd.grad(loss, moved)[0]
        if norm == "linf":
            change = (moved + step * slope.sign() - x).clamp(-radius, radius)
        else:
            change = moved + step * slope / slope.norm(dim=1, keepdim=True).clamp_min(1e-12) - x
            change = change * (radius / change.norm(dim=1, keepdim=True).clamp_min(1e-12)).clamp_max(1.0)
        moved = (x + change).clamp(0, 1)
    return moved.detach()


def usual(model: str, seed: int = SEED, prepare: Callable[[Tensor], Tensor] = torch.clone) -> nn.Sequential:
    """Return a network trained with cross-entropy on prepared digits."""
    x, y, _, _ = digit_data()
    network, x = digit_network(model, seed), prepare(x)
    train_digits(network, lambda rows, _: functional.cross_entropy(network(x[rows]), y[rows]), seed=seed)
    return network.requires_grad_(False)


def mixture(logits: Tensor) -> Tensor:
    """Return the logarithm of the mean of M softmaxes: (M, N, C) → (N, C)."""
    return logits.log_softmax(dim=2).exp().mean(dim=0).log()


def undefended(model: str, norm: str, epsilon: float, **_others: object) -> dict[str, float]:
    """Attack a network as it is."""
    network = usual(model)
    return attacked(Guard(network, network, network), norm, epsilon)


def adversarial_training(model: str, norm: str, epsilon: float, **_others: object) -> dict[str, float]:
    """Train on the worst digits that two steps find in the ball, then attack."""
    x, y, _, _ = digit_data()
    network, draws = digit_network(model, SEED), generator(SEED, "attacks")

    def loss(rows: Tensor, share: float) -> Tensor:
        radius = DEFENDED * min(1.0, 2 * share)
        start = (x[rows] + radius * (2 * torch.rand(x[rows].shape, generator=draws) - 1)).clamp(0, 1)
        worst = ascent(network, x[rows], y[rows], radius, 1.25 * radius, 2, start=start)
        return functional.cross_entropy(network(worst), y[rows])

    train_digits(network, loss, seed=SEED)
    return attacked(Guard(network, network, network), norm, epsilon)


def distillation(model: str, norm: str, epsilon: float, **_others: object) -> dict[str, float]:
    """Train a student on a teacher's probabilities at a temperature, answer without it, then attack."""
    x, _, _, _ = digit_data()
    soft = usual(model)(x).softmax(dim=1)
    student = digit_network(model, SEED + STUDENT)
    train_digits(student, lambda rows, _: functional.cross_entropy(student(x[rows]), soft[rows]), seed=SEED + STUDENT)

    def answer(inputs: Tensor) -> Tensor:
        logits: Tensor = student(inputs)
        return TEMPERATURE * logits

    return attacked(Guard(answer, answer, answer), norm, epsilon)


def masking(model: str, norm: str, epsilon: float, **_others: object) -> dict[str, float]:
    """Hide the gradient on a staircase of greys; who knows passes it straight through."""
    return _on_a_staircase(usual(model), STAIRS, norm, epsilon)


def squeezing(model: str, norm: str, epsilon: float, **_others: object) -> dict[str, float]:
    """Train and answer on black and white only; who knows passes the gradient straight through."""
    steps = GREYS - 1
    return _on_a_staircase(usual(model, prepare=lambda x: rounded(x, steps)), steps, norm, epsilon)


def _on_a_staircase(network: Scores, steps: int, norm: str, epsilon: float) -> dict[str, float]:
    def answer(inputs: Tensor) -> Tensor:
        return network(rounded(inputs, steps))

    return attacked(Guard(answer, answer, lambda x: network(straight_through(x, steps))), norm, epsilon)


def smoothing(model: str, norm: str, epsilon: float, **_others: object) -> dict[str, float]:
    """Train on noisy digits and answer with the mean of noisy copies; who knows averages too."""
    x, y, _, _ = digit_data()
    network, draws = digit_network(model, SEED), generator(SEED, "noise")

    def loss(rows: Tensor, _share: float) -> Tensor:
        return functional.cross_entropy(network(x[rows] + NOISE * torch.randn(x[rows].shape, generator=draws)), y[rows])

    train_digits(network, loss, seed=SEED)
    copies = NOISE * torch.randn(DRAWS, 1, 64, generator=generator(0, "copies"))

    def answer(inputs: Tensor) -> Tensor:
        return mixture(torch.stack([network(inputs + copy) for copy in copies]))

    return attacked(Guard(answer, network, answer), norm, epsilon)


def detection(model: str, norm: str, epsilon: float, **_others: object) -> dict[str, float]:
    """Refuse a digit when making it black and white changes the answer much; who knows fools both views."""
    network = usual(model)

    def views(x: Tensor) -> Tensor:
        return torch.stack([network(x), network(straight_through(x, GREYS - 1))])

    def change(x: Tensor) -> Tensor:
        chances = views(x).softmax(dim=2)
        return (chances[0] - chances[1]).abs().sum(dim=1)

    limit = change(digit_data()[0]).quantile(1 - ALARMS)
    guard = Guard(network, network, lambda x: mixture(views(x)), lambda x: change(x) > limit)
    return attacked(guard, norm, epsilon)


def ensemble(model: str, norm: str, epsilon: float, **_others: object) -> dict[str, float]:
    """Answer with the mean of three networks' probabilities."""
    members = [usual(model, SEED + MEMBER * member) for member in range(MEMBERS)]

    def answer(x: Tensor) -> Tensor:
        return mixture(torch.stack([network(x) for network in members]))

    return attacked(Guard(answer, answer, answer), norm, epsilon)


def certified_training(model: Architecture, norm: str, epsilon: float, **_others: object) -> dict[str, float]:
    """Train on what intervals prove about the worst digit in the ball, then attack.

    Written as the page has it, kernels as matrices: here another order of the sums soon leads to another network.
    """
    x, y, _, _ = digit_data()

    def loss(chain: Chain, rows: Tensor, share: float) -> Tensor:
        grown = min(1.0, max(0.0, (share - RAMP[0]) / RAMP[1]))
        low, high = (x[rows] - DEFENDED * grown).clamp_min(0), (x[rows] + DEFENDED * grown).clamp_max(1)
        worst = -lowest_margins(chain, low, high, y[rows])
        usual_loss = cross_entropy(chain.logits(x[rows]), y[rows])
        return (1 - BOUNDS * grown) * usual_loss + BOUNDS * grown * cross_entropy(worst, y[rows])

    start = initial(model, (SEED,))
    chain = chain_of(fit(start, chain_of, loss, seeds=(SEED,), rows=len(x), epochs=18, rate=0.03))

    def answer(inputs: Tensor) -> Tensor:
        return chain.logits(inputs)[0]

    return attacked(Guard(answer, answer, answer), norm, epsilon)


RECIPES = Cases(
    "defence",
    {
        "none": undefended,
        "adversarial": adversarial_training,
        "distillation": distillation,
        "masking": masking,
        "squeezing": squeezing,
        "smoothing": smoothing,
        "detection": detection,
        "ensemble": ensemble,
        "certified": certified_training,
    },
)
