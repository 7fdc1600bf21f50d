"""The page's run with PyTorch's autograd instead of the hand-written sweep."""

import torch
from torch import Tensor

from nnviz.concepts.backprop.expression import Node, parse
from nnviz.concepts.backprop.network import NAMES, two_two_one

FIXED = ("y", "x1", "x2")  # the target and the inputs: no step moves them


def in_torch(node: Node, inputs: list[Tensor]) -> Tensor:
    """Return the value of one operation, as PyTorch computes it."""
    if node.operation == "+":
        return torch.stack([sign * value for sign, value in zip(node.signs, inputs, strict=True)]).sum()
    if node.operation == "*":
        return inputs[0] * inputs[1]
    if node.operation == "/":
        return inputs[0] / inputs[1]
    if node.operation == "^":
        return inputs[0] ** node.number
    if node.operation == "loss":
        return (inputs[0] - inputs[1]) ** 2
    if node.operation == "neg":
        return -inputs[0]
    value: Tensor = getattr(torch, node.operation)(inputs[0])
    return value


def autograd(graph: tuple[Node, ...], leaves: dict[str, float]) -> tuple[list[float], list[float]]:
    """Return the value and the gradient of every node."""
    values: list[Tensor] = []
    for node in graph:
        if node.operation in ("leaf", "number"):
            number = leaves[node.name] if node.operation == "leaf" else node.number
            values.append(torch.tensor(number, dtype=torch.float64, requires_grad=True))
        else:
            values.append(in_torch(node, [values[source] for source in node.inputs]))
            values[-1].retain_grad()
    torch.autograd.backward(values[-1])
    gradients = [0.0 if value.grad is None else value.grad.item() for value in values]
    return [value.item() for value in values], gradients


def named_leaves(a: float, b: float, c: float, d: float, target: float) -> dict[str, float]:
    """Return the leaves of a formula by name."""
    return {"a": a, "b": b, "c": c, "d": d, "y": target}


def network_leaves(
    inputs: tuple[float, ...],
    weights: tuple[float, ...],
    biases: tuple[float, ...],
    output: tuple[float, ...],
    target: float,
) -> dict[str, float]:
    """Return the leaves of the 2-2-1 network by name."""
    return dict(zip(NAMES, (*inputs, *weights, *biases, *output, target), strict=True))


def recipe(
    graph: str,
    expression: str,
    a: float,
    b: float,
    c: float,
    d: float,
    inputs: tuple[float, ...],
    weights: tuple[float, ...],
    biases: tuple[float, ...],
    output: tuple[float, ...],
    activation: str,
    target: float,
    rate: float,
    node: int,
    **_others: object,
) -> dict[str, float]:
    """Return the loss, the inspected node's gradient and the loss after one step of gradient descent."""
    if graph == "network":
        nodes, leaves = two_two_one(activation), network_leaves(inputs, weights, biases, output, target)
    else:
        nodes, leaves = parse(expression), named_leaves(a, b, c, d, target)
    values, gradients = autograd(nodes, leaves)
    moved = dict(leaves)
    for one, gradient in zip(nodes, gradients, strict=True):
        if one.operation == "leaf" and one.name not in FIXED:
            moved[one.name] -= rate * gradient
    after, _ = autograd(nodes, moved)
    return {
        "loss": values[-1],
        "gradient of the inspected node": gradients[min(node, len(nodes)) - 1],
        "loss after the step": after[-1],
    }
