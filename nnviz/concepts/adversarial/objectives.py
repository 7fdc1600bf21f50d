"""What the defences train on: clean rows, attacked rows, softened labels, noise, interval bounds.

Every network draws its own random numbers from its own seed, so that it does not depend on those trained beside it.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from nnviz.concepts.adversarial.attacks import Goal, ascent
from nnviz.concepts.adversarial.certified import around, lowest_margins
from nnviz.concepts.adversarial.tasks import Task
from nnviz.core.seeds import generator
from nnviz.models.chain import Chain
from nnviz.models.training import Objective, cross_entropy

STEPS = 2  # of the attack inside adversarial training
REACH = 1.25  # length of one of its steps, in radii: it crosses the ball
RAMP = (0.1, 0.5)  # shares of training: when the bounds' radius starts to grow, and for how long it does
BOUNDS = 0.5  # final weight of the bounds' loss


def on_rows(task: Task, prepare: Callable[[Tensor], Tensor] = torch.clone) -> Objective:
    """Return the usual objective: cross-entropy with the labels, on inputs prepared as they will be when asked."""
    data = task.parts
    inputs = prepare(data.train)

    def objective(chain: Chain, rows: Tensor, _share: float) -> Tensor:
        return cross_entropy(chain.logits(inputs[rows]), data.train_labels[rows])

    return objective


def on_attacked(task: Task, seeds: Sequence[int]) -> Objective:
    """Return adversarial training: min over weights of the loss at the worst input that two steps find in the ball.

    The radius grows from 0 to its full size over the first half of training.

    Source: Madry et al. 2018; Wong, Rice & Kolter, "Fast is better than free", 2020 (random start, long steps).
    """
    data, draws = task.parts, [generator(seed, "attacks") for seed in seeds]

    def objective(chain: Chain, rows: Tensor, share: float) -> Tensor:
        inputs, labels = data.train[rows], data.train_labels[rows]
        radius = task.epsilon * min(1.0, 2 * share)
        noise = torch.stack([torch.rand(inputs.shape[1:], generator=each) for each in draws])
        start = (inputs + radius * (2 * noise - 1)).clamp(0, 1)
        still = Chain(tuple(each.detach() for each in chain.weights), tuple(each.detach() for each in chain.biases))
        walk = ascent(still.logits, inputs, Goal(labels), radius=radius, step=REACH * radius, steps=STEPS, start=start)
        return cross_entropy(chain.logits(list(walk)[-1]), labels)

    return objective


def on_soft_labels(task: Task, teacher: Chain) -> Objective:
    """Return distillation: cross-entropy with the probabilities that the teacher of the same place gives.

    Source: Papernot et al., "Distillation as a defense to adversarial perturbations", 2016.
    """
    data = task.parts
    with torch.no_grad():
        soft = teacher.logits(data.train).softmax(dim=2)

    def objective(chain: Chain, rows: Tensor, _share: float) -> Tensor:
        own = torch.arange(len(rows)).unsqueeze(1)
        return cross_entropy(chain.logits(data.train[rows]), soft[own, rows])

    return objective


def on_noise(task: Task, seeds: Sequence[int]) -> Objective:
    """Return training on inputs with Gaussian noise added. Source: Cohen, Rosenfeld & Kolter 2019."""
    data, draws = task.parts, [generator(seed, "noise") for seed in seeds]

    def objective(chain: Chain, rows: Tensor, _share: float) -> Tensor:
        inputs = data.train[rows]
        noise = torch.stack([torch.randn(inputs.shape[1:], generator=each) for each in draws])
        return cross_entropy(chain.logits(inputs + task.noise * noise), data.train_labels[rows])

    return objective


def on_bounds(task: Task) -> Objective:
    """Return certified training: κ · loss + (1 − κ) · loss at the worst margins that interval bounds allow.

    κ falls from 1 to ½ while the radius grows to its full size. Source: Gowal et al. 2018.
    """
    data = task.parts
    begin, length = RAMP

    def objective(chain: Chain, rows: Tensor, share: float) -> Tensor:
        inputs, labels = data.train[rows], data.train_labels[rows]
        grown = min(1.0, max(0.0, (share - begin) / length))
        worst = -lowest_margins(chain, *around(inputs, task.epsilon * grown), labels)
        usual = cross_entropy(chain.logits(inputs), labels)
        return (1 - BOUNDS * grown) * usual + BOUNDS * grown * cross_entropy(worst, labels)

    return objective
