"""The same numbers in plain PyTorch: a neuron is a linear layer and a function; many of them are two layers."""

from collections.abc import Callable

import torch
from torch import nn

from nnviz.concepts.neuron.fitting import BATCH, X, starting_weights
from nnviz.concepts.neuron.targets import target_curve
from nnviz.models.plain import train_module


class Step(nn.Module):
    """1 above 0, 0 elsewhere."""

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Return the step of every element of z."""
        return (z > 0).to(z.dtype)


FUNCTIONS: dict[str, Callable[[], nn.Module]] = {
    "step": Step,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "linear": nn.Identity,
}


def recipe(
    w1: float,
    w2: float,
    b: float,
    x1: float,
    x2: float,
    activation: str,
    neurons: int,
    target: str,
    heights: str,
    start: str,
    rate: float,
    epochs: int,
    **_others: object,
) -> dict[str, float]:
    """Compute one neuron's output and slope, and the error of a network of several after training (seed 0)."""
    one = nn.Sequential(nn.Linear(2, 1, dtype=torch.float64), FUNCTIONS[activation]())
    nn.utils.vector_to_parameters(torch.tensor([w1, w2, b], dtype=torch.float64), one.parameters())
    x = torch.tensor([x1, x2], dtype=torch.float64, requires_grad=True)
    output = one(x)[0]
    steepness = 0.0
    if output.requires_grad:  # a step has no gradient
        (gradient,) = torch.autograd.grad(output, x)
        steepness = gradient.norm().item()

    hidden, last = nn.Linear(1, neurons, dtype=torch.float64), nn.Linear(neurons, 1, dtype=torch.float64)
    network = nn.Sequential(hidden, FUNCTIONS[activation](), last)
    weights = torch.from_numpy(starting_weights(neurons, 0)) * (0.0 if start == "zeros" else 1.0)
    nn.utils.vector_to_parameters(weights, network.parameters())
    inputs, wanted = torch.from_numpy(X)[:, None], torch.from_numpy(target_curve(target, X, heights))[:, None]
    # No gradient passes a step: only the last layer learns, on steps that stay as they were drawn.
    learner, features = (last, network[:2](inputs).detach()) if activation == "step" else (network, inputs)
    adam = torch.optim.Adam(learner.parameters(), lr=rate)
    train_module(learner, features, wanted, nn.functional.mse_loss, adam, seed=0, epochs=epochs, batch=BATCH)
    error = nn.functional.mse_loss(network(inputs), wanted).sqrt()
    return {
        "error of the network": error.item(),
        "output of the neuron": output.item(),
        "steepness of the neuron": steepness,
    }
