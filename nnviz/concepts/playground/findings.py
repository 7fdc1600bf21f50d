"""What is wrong with the networks on the page, by its cause."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.concepts.playground import batches
from nnviz.concepts.playground.model import Run
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.ensemble import PLACES

DEEP = 3  # hidden layers from which a gradient can fade or grow on its way
BOUNDED = ("sigmoid", "tanh")


def found(run: Run) -> tuple[Finding, ...]:
    """Return what the diagnosis finds, worst first."""
    scores = run.scores
    train, test = np.median(scores.train_loss, axis=1), np.median(scores.test_loss, axis=1)
    leaking = diagnosis.leaking(run.problem.train, run.problem.test) if run.params.leak else None
    return diagnosis.findings(
        not_finite(run),
        diagnosis.divergence(train, scores.at, unit="epoch") if len(train) > 2 else None,
        diagnosis.unscaled_inputs(run.problem.inputs(run.problem.train), run.problem.features),
        leaking,
        diagnosis.overfitting(train, test, scores.at, unit="epoch") if leaking is None else None,
        batches.single(run),
        batches.statistics(run),
        batches.explained(run, underfitting(run, float(train[-1]))),
        flow(run),
        *layers(run),
    )


def not_finite(run: Run) -> Finding | None:
    """Say where a network first met a NaN or an infinity, and why the numbers got there."""
    bad = np.flatnonzero(run.trained.nonfinite_step >= 0)
    if not len(bad):
        return None
    one = int(bad[0])
    layer = int(run.trained.nonfinite_layer[one])
    place = PLACES[int(run.trained.nonfinite_place[one])]
    where = "the output layer" if layer == run.network.depth - 1 else f"layer {layer + 1}"
    article = "an" if place[0] in "aeiou" else "a"
    text = f"{len(bad)} of {len(run.plan.seeds)} networks end as NaN: at step {int(run.trained.nonfinite_step[one])} "
    text += f"{article} {place} of {where} grew beyond what a number can hold. {reason(run)}"
    return Finding("non-finite", "failure", text)


def reason(run: Run) -> str:
    """Say why numbers grew without end: gradients that explode before the first step, or steps that overshoot."""
    before = flow(run)
    if before is not None and before.cause == "exploding gradient":
        return (
            "The first weights are too large: gradients explode from the start; scale them down or clip the gradient."
        )
    steps = f"Steps of rate {run.params.rate:g} overshoot, each farther than the last"
    return f"{steps}; lower the rate or clip the gradient."


def underfitting(run: Run, loss: float) -> Finding | None:
    """Compare the training loss with that of the best constant answer."""
    labels = run.problem.labels
    if run.problem.loss in ("bce", "cross_entropy"):
        shares = np.bincount(labels.astype(np.int64)) / len(labels)
        shares = shares[shares > 0]
        baseline = float(-(shares * np.log(shares)).sum())
    elif run.problem.loss == "half_mse":
        baseline = 0.5 * float(np.asarray(run.problem.targets(labels), np.float64).var(axis=0).mean())
    else:
        return None
    return diagnosis.underfitting(loss, baseline) if baseline > 0 else None


def layers(run: Run) -> Iterator[Finding | None]:
    """Look into every hidden layer of the network in the picture as it ends."""
    matrices = run.network.layers(run.story.weights[-1].astype(np.float64))
    for index, values in enumerate(run.story.hidden):
        if not np.isfinite(values).all():
            return
        name, activation = f"layer {index + 1}", run.params.activations[index]
        matrix, bias = matrices[index]
        if len(bias) > 1:
            yield diagnosis.symmetric_units(np.column_stack([matrix, bias]), name)
        plain = not int(run.network.joints[index])
        if activation == "relu" and plain:
            yield diagnosis.dead_units(values, name)
        if activation in BOUNDED and plain:
            slopes = 1 - values**2 if activation == "tanh" else values * (1 - values)
            yield diagnosis.saturation(slopes, name)


def flow(run: Run) -> Finding | None:
    """Compare the gradient that reaches the first hidden layer's sums with the last's, before training."""
    if run.params.layers < DEEP:
        return None
    return diagnosis.gradient_flow(signals(run))


def signals(run: Run) -> NDArray[np.float64]:
    """Return the norm of ∂loss/∂(values of each hidden layer) over the training points, before training, (layers,).

    With batch normalization the training points are one batch.
    """
    network = run.network
    module = network.module(run.story.weights[0].astype(np.float64), run.params.activations).train()
    x = torch.from_numpy(run.problem.inputs(run.problem.train))
    states: list[torch.Tensor] = []
    width = 1 if network.joints.any() else 2  # a joined layer is one module, a plain one Linear and activation
    for index, part in enumerate(module):
        x = part(x)
        if index < width * run.params.layers and index % width == width - 1:
            x.requires_grad_() if x.is_leaf else x.retain_grad()
            states.append(x)
    goals = torch.from_numpy(np.array(run.problem.targets(run.problem.labels)))
    loss = _loss(network.loss, x, goals)
    slopes = torch.autograd.grad(loss, states)
    return np.array([float(slope.norm()) for slope in slopes])


def _loss(name: str, outputs: torch.Tensor, goals: torch.Tensor) -> torch.Tensor:
    functional = torch.nn.functional
    if name == "cross_entropy":
        return functional.cross_entropy(outputs, goals)
    goals = goals.double().reshape(outputs.shape)
    if name == "bce":
        return functional.binary_cross_entropy_with_logits(outputs, goals)
    return functional.mse_loss(outputs, goals)
