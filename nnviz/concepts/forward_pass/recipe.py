"""The page's network as a PyTorch module, and what it answers."""

import torch
from torch import nn

from nnviz.concepts.forward_pass.edits import edge_of, parse
from nnviz.concepts.forward_pass.network import make_batch, make_layers, multiplications

MODULES = {"tanh": nn.Tanh(), "relu": nn.ReLU(), "sigmoid": nn.Sigmoid(), "linear": nn.Identity()}


def recipe(
    x1: float,
    x2: float,
    batch: str,
    layers: int,
    activation1: str,
    activation2: str,
    activation3: str,
    activation4: str,
    activation5: str,
    units1: int,
    units2: int,
    units3: int,
    units4: int,
    units5: int,
    classes: int,
    seed: int,
    edge: str,
    weight: float,
    weights: str,
    **_others: object,
) -> dict[str, float]:
    """Return the probability of class 1 for the first row of the batch, and what the batch costs."""
    sizes = [2, *(units1, units2, units3, units4, units5)[:layers], classes]
    names = (activation1, activation2, activation3, activation4, activation5)[:layers]
    edits = parse(weights) | {edge_of(edge): weight}
    steps: list[nn.Module] = []
    for (matrix, biases), name in zip(make_layers(sizes, seed, edits), [*names, "softmax"], strict=True):
        linear = nn.Linear(len(matrix), len(biases), dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(matrix.T))  # PyTorch keeps (h, d) and multiplies by its transpose
            linear.bias.copy_(torch.from_numpy(biases))
        steps += [linear, nn.Softmax(dim=-1) if name == "softmax" else MODULES[name]]
    rows = torch.from_numpy(make_batch(x1, x2, int(batch)))
    with torch.no_grad():
        probabilities = nn.Sequential(*steps)(rows)
    return {
        "probability of class 1": 100 * probabilities[0, 0].item(),
        "multiplications": float(multiplications(sizes, len(rows))),
    }
