"""The page's nets as a script: all seeds at once, as on the page, and the numbers of the first.

All at once, because training is chaotic: a rounding in the sixteenth digit grows from step to step. Only the same sums
in the same order give the same numbers.
"""

from typing import Any

from nnviz.concepts.batch_norm.company import in_company
from nnviz.concepts.batch_norm.nets import Batches, Net, Noise
from nnviz.concepts.batch_norm.points import POINTS, points_of
from nnviz.models.deep import errors, forward, losses, start
from nnviz.models.deep_training import Plan, begin, train

WORK = 4e7  # seeds × layers × width × batch × steps that are trained


def recipe(
    seeds: int, seed: int, eval_mode: bool, sketch: bool, batch: int, depth: int, steps: int, **others: Any
) -> dict[str, float]:
    """Train the same nets without a norm and with it, from the same weights, on the same batches."""
    del sketch
    affordable = int(WORK / (depth * 16 * max(batch, 64) * steps))
    chosen = tuple(range(seed, seed + max(1, min(seeds, affordable))))
    net = Net(batch=batch, depth=depth, steps=steps, **others)
    own, plain = trained(net, chosen), trained(net.plain(), chosen)
    return {
        "test error with the norm": own["evaluation" if eval_mode else "training"],
        "test error without": plain["evaluation"],
        "training loss with the norm": own["loss"],
        "training loss without": plain["loss"],
    }


def trained(net: Net, seeds: tuple[int, ...]) -> dict[str, float]:
    """Train one network a seed; return the first one's training loss, and its test error in per cent in both modes."""
    noise = Noise(net, seeds) if net.noise else None
    shape, batches = net.architecture, Batches(net, seeds, noise)
    plan = Plan(rate=net.rate, statistics=net.statistics)
    state = train(shape, begin(shape, start(shape, seeds)), plan, net.steps, batches, disturb=noise)
    inputs, targets = points_of(net.data, seeds)
    outputs = forward(shape, state.theta, inputs, running=state.running).outputs
    company = in_company(shape, state.theta, inputs[..., POINTS:], net.batch)
    loss = float(losses(outputs[..., :POINTS], targets[:, :POINTS])[0])
    return {
        "loss": loss if abs(loss) < float("inf") else float("nan"),
        "evaluation": 100 * float(errors(outputs[..., POINTS:], targets[:, POINTS:])[0]),
        "training": 100 * float(errors(company, targets[:, POINTS:])[0]),
    }
