"""The run of the page's first seed as plain PyTorch: what the runnable script is made of."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nnviz.concepts.playground.problem import PROBLEM_SETTINGS, Problem, make_problem, score
from nnviz.core.ensemble.replay import shorten
from nnviz.core.ensemble.twins import normalization_module
from nnviz.core.schedules import schedule
from nnviz.core.seeds import generator, initial_weights
from nnviz.models.plain import LAYERS

LOSSES: dict[str, nn.Module] = {
    "bce": nn.BCEWithLogitsLoss(),
    "cross_entropy": nn.CrossEntropyLoss(),
    "half_mse": nn.MSELoss(),
    "huber": nn.HuberLoss(),
    "mae": nn.L1Loss(),
}


class Hidden(nn.Module):
    """One hidden layer: φ(norm(W x + b)), dropped out while training, and x added where it is residual."""

    def __init__(self, inputs: int, units: int, activation: str, normalization: str, residual: bool) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, units, dtype=torch.float64)
        self.norm, self.activation = normalization_module(normalization, units), LAYERS[activation]()
        self.residual = residual and inputs == units

    def forward(self, x: Tensor, mask: Tensor | float = 1.0) -> Tensor:
        """Return the layer's values; `mask` multiplies what the activation returns."""
        branch: Tensor = self.activation(self.norm(self.linear(x))) * mask
        return x + branch if self.residual else branch


class Network(nn.Module):
    """Hidden layers, then a linear one; classes as ±1 come out of a tanh."""

    def __init__(
        self, sizes: Sequence[int], activations: Sequence[str], normalization: str, residual: bool, output: str
    ) -> None:
        super().__init__()
        pairs = list(pairwise(sizes))
        self.hidden = nn.ModuleList(
            Hidden(*pair, name, normalization, residual and index > 0)
            for index, (pair, name) in enumerate(zip(pairs, activations, strict=False))
        )
        self.output = nn.Linear(*pairs[-1], dtype=torch.float64)
        self.last = LAYERS[output]()

    def forward(self, x: Tensor, masks: Sequence[Tensor] = ()) -> Tensor:
        """Return the outputs, (N, outputs)."""
        for index, layer in enumerate(self.hidden):
            x = layer(x, masks[index] if masks else 1.0)
        result: Tensor = self.last(self.output(x))
        return result


def make_optimizer(name: str, parameters: Any, rate: float, momentum: float) -> torch.optim.Optimizer:
    """Return an optimizer of torch.optim."""
    if name in ("sgd", "momentum", "nesterov"):
        return torch.optim.SGD(
            parameters, rate, momentum=0.0 if name == "sgd" else momentum, nesterov=name == "nesterov"
        )
    classes = {"adagrad": torch.optim.Adagrad, "rmsprop": torch.optim.RMSprop, "adam": torch.optim.Adam}
    return (
        torch.optim.AdamW(parameters, rate, weight_decay=0.01) if name == "adamw" else classes[name](parameters, rate)
    )


def penalty(module: nn.Module, l1: float, l2: float) -> Tensor:
    """Return l1 Σ|w| + ½ l2 Σw² over all weights; biases are left alone."""
    weights = torch.cat([layer.weight.flatten() for layer in module.modules() if isinstance(layer, nn.Linear)])
    return l1 * weights.abs().sum() + 0.5 * l2 * (weights**2).sum()


def mean_loss(name: str, outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean loss; half_mse is ½ of the squared error."""
    wanted = targets if name == "cross_entropy" else targets.reshape(outputs.shape).double()
    loss: Tensor = LOSSES[name](outputs, wanted)
    return loss / 2 if name == "half_mse" else loss


def fit(module: Network, problem: Problem, x: Tensor, y: Tensor, settings: dict[str, Any]) -> None:
    """Train in place: every epoch a fresh order, one step a batch."""
    s = settings
    optimizer = make_optimizer(s["optimizer"], module.parameters(), s["rate"], s["momentum"])
    orders, draws = generator(s["seed"], "order"), generator(s["seed"], "dropout")
    widths, rates = [s[f"units{layer}"] for layer in range(1, s["layers"] + 1)], s["dropout"]
    l1, l2 = (s["strength"] if s["penalty"] in (name, "both") else 0.0 for name in ("l1", "l2"))
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=5, eps=0)
    for factor in schedule(s["schedule"], s["epochs"]):
        if s["schedule"] != "plateau":
            optimizer.param_groups[0]["lr"] = s["rate"] * factor
        order, masks = torch.randperm(len(x), generator=orders), []
        if any(rates[: len(widths)]):
            kept = torch.rand(len(x), sum(widths), generator=draws).split(widths, dim=1)
            masks = [(part.double() >= rate).double() / (1 - rate) for part, rate in zip(kept, rates, strict=False)]
        for start in range(0, len(x), s["batch"]):
            rows = order[start : start + s["batch"]]
            dropped = [mask[start : start + s["batch"]] for mask in masks]
            optimizer.zero_grad()
            loss = mean_loss(problem.loss, module(x[rows], dropped), y[rows]) + penalty(module, l1, l2)
            torch.autograd.backward(loss)
            if s["clipping"] == "norm":
                nn.utils.clip_grad_norm_(module.parameters(), s["threshold"])
            elif s["clipping"] == "value":
                nn.utils.clip_grad_value_(module.parameters(), s["threshold"])
            optimizer.step()
            if s["penalty"] == "max_norm":
                shorten(module, s["longest"])
        if s["schedule"] == "plateau":
            module.eval()
            with torch.no_grad():
                plateau.step(float(mean_loss(problem.loss, module(x), y)))
            module.train()


def recipe(**settings: Any) -> dict[str, float]:
    """Train the network in the picture and return the page's numbers of it, before any change by hand."""
    s = settings
    if s["data"].startswith("csv:"):
        raise ValueError("a table of your own is not in this script: call `divided` with a Dataset of its two columns")
    problem = make_problem(s["data"], **{name: s[name] for name in PROBLEM_SETTINGS})
    hidden = [s[f"units{layer}"] for layer in range(1, s["layers"] + 1)]
    mixed = s["activation"] == "mixed"
    activations = [s[f"activation{layer}"] if mixed else s["activation"] for layer in range(1, s["layers"] + 1)]
    sizes = (max(1, len(problem.features)), *hidden, problem.outputs)
    module = Network(sizes, activations, s["normalization"], s["residual"], problem.output)
    start = torch.from_numpy(initial_weights(sizes, s["seed"], s["initialization"], gain=s["gain"]))
    nn.utils.vector_to_parameters(start, module.parameters())
    x, y = (
        torch.from_numpy(np.array(part)) for part in (problem.inputs(problem.train), problem.targets(problem.labels))
    )
    fit(module, problem, x, y, settings)
    module.eval()
    with torch.no_grad():
        outputs = module(torch.from_numpy(problem.inputs(problem.test)))
        goals = torch.from_numpy(np.array(problem.targets(problem.test_labels)))
        train, test = float(mean_loss(problem.loss, module(x), y)), float(mean_loss(problem.loss, outputs, goals))
    share = float(score(problem, outputs.numpy(), problem.test_labels))
    return {"test accuracy or R²": share, "test loss": test, "training loss": train}
