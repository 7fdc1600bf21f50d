"""The same training as `train`, of one network, as the plain PyTorch loop anyone would write."""

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from nnviz.core.ensemble.examples import Examples
from nnviz.core.ensemble.network import MLP
from nnviz.core.ensemble.settings import NUMBERS, Prepared, Settings, prepare
from nnviz.core.ensemble.twins import Joined, loss_module
from nnviz.core.seeds import generator


def replay_in_pytorch(
    network: MLP,
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    seed: int = 0,
    initial: NDArray[np.float64] | None = None,
    subset: ArrayLike | None = None,
    **settings: Any,
) -> nn.Sequential:
    """Train one network with autograd and `torch.optim`, from the same draws as `train(..., seeds=[seed])`.

    Arguments as in `train`; returns the trained float64 module, in evaluation mode. Equal to the kernel to 1e-6.
    """
    examples = Examples.of(network, inputs, targets, 1, None if subset is None else [subset])
    x, y = (torch.from_numpy(np.array(part)) for part in examples.chosen(0))
    plan = prepare(network, Settings(**settings), np.array([len(x)]))
    value = dict(zip(NUMBERS, plan.numbers[0].tolist(), strict=True))
    weights = network.initial_weights([seed])[0] if initial is None else initial
    module = network.module(weights, plan.names[0][0], value["shape"]).train()
    optimizer = torch_optimizer(plan.names[0][1], module, value)
    orders, dropout = generator(seed, "order"), generator(seed, "dropout")
    step, last, batch = 0, int(plan.steps[0]), int(plan.batch[0])
    for epoch in range(int(plan.epochs[0])):
        order = torch.randperm(len(x), generator=orders)
        uniforms = torch.rand(len(x), network.hidden_units, generator=dropout) if plan.dropout.any() else None
        factor = plan.schedule[0, min(epoch, plan.schedule.shape[1] - 1)]
        optimizer.param_groups[0]["lr"] = value["rate"] * factor
        for start in range(0, len(x), batch):
            if step == last:
                break
            rows = order[start : start + batch]
            masks = None if uniforms is None else dropout_masks(network, plan, uniforms[start : start + batch])
            optimizer.zero_grad()
            loss = mean_loss(network.loss, forward(module, x[rows], masks), y[rows]) + penalty(module, value)
            torch.autograd.backward(loss)
            nn.utils.clip_grad_value_(module.parameters(), value["clip_value"])
            nn.utils.clip_grad_norm_(module.parameters(), value["clip_norm"])
            optimizer.step()
            shorten(module, value["max_norm"])
            step += 1
    return module.eval()


def dropout_masks(network: MLP, plan: Prepared, uniforms: Tensor) -> list[Tensor]:
    """Turn a batch's uniforms (B, H) into one factor per example and unit of each hidden layer."""
    masks = []
    for part, rate in zip(
        torch.split(uniforms, list(network.sizes[1:-1]), dim=1), plan.dropout[0].tolist(), strict=True
    ):
        kept = (part.double() >= rate).double()
        masks.append(kept / (1 - rate) if plan.choices[0, -1] else kept)
    return masks


def forward(module: nn.Sequential, x: Tensor, masks: list[Tensor] | None) -> Tensor:
    """Compute the outputs; `masks` multiply what each hidden activation returns."""
    waiting = iter(masks or ())
    for index, layer in enumerate(module):
        if isinstance(layer, Joined):
            x = layer(x, next(waiting, 1.0))
            continue
        x = layer(x)
        if masks is not None and index % 2 == 1:
            x = x * next(waiting, 1.0)
    return x


def mean_loss(name: str, outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean loss of a batch, as in `MLP.loss`."""
    loss: Tensor = loss_module(name)(outputs, targets)
    return loss / 2 if name == "half_mse" else loss


def penalty(module: nn.Sequential, value: dict[str, float]) -> Tensor:
    """Return l1 Σ|w| + ½ l2 Σw² over weights, not biases."""
    matrices = [layer.weight for layer in module.modules() if isinstance(layer, nn.Linear)]
    absolute = torch.stack([matrix.abs().sum() for matrix in matrices]).sum()
    squares = torch.stack([(matrix**2).sum() for matrix in matrices]).sum()
    return value["l1"] * absolute + 0.5 * value["l2"] * squares


def shorten(module: nn.Module, longest: float) -> None:
    """Bring every unit's incoming weights back to the norm that is allowed: max-norm (Srivastava et al. 2014)."""
    if longest < np.inf:
        with torch.no_grad():
            for layer in module.modules():
                if isinstance(layer, nn.Linear):
                    layer.weight.copy_(torch.renorm(layer.weight, 2, 0, longest))


def torch_optimizer(name: str, module: nn.Module, value: dict[str, float]) -> torch.optim.Optimizer:
    """Return the `torch.optim` optimizer of one of OPTIMIZERS."""
    parameters, rate = list(module.parameters()), value["rate"]
    betas = (value["beta1"], value["beta2"])
    if name == "adam":
        return torch.optim.Adam(parameters, lr=rate, betas=betas)
    if name == "adamw":
        return torch.optim.AdamW(parameters, lr=rate, betas=betas, weight_decay=value["weight_decay"])
    if name == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, alpha=value["decay"])
    if name == "adagrad":
        return torch.optim.Adagrad(parameters, lr=rate)
    momentum = 0.0 if name == "sgd" else value["momentum"]
    return torch.optim.SGD(parameters, lr=rate, momentum=momentum, nesterov=name == "nesterov")
