"""Reverse-mode differentiation by hand: values going forward, then local slope times upstream going backward."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.backprop.expression import Node

Graph = tuple[Node, ...]
Number = Any  # a float64, or an array of them: every formula works on both
Path = tuple[tuple[int, int], ...]
"""Edges from the loss down to a node, each as (node, which of its inputs)."""


def sigmoid(x: Number) -> Number:
    """Return 1/(1 + e⁻ˣ) without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1, small) / (1 + small)


VALUES: Mapping[str, Callable[[Number], Number]] = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0.0),
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "sqrt": np.sqrt,
    "neg": lambda x: -x,
}
SLOPES: Mapping[str, Callable[[Number, Number], Number]] = {
    "sigmoid": lambda _, value: value * (1 - value),
    "tanh": lambda _, value: 1 - value * value,
    "relu": lambda x, _: np.where(np.asarray(x) > 0, 1.0, 0.0),
    "exp": lambda _, value: value,
    "log": lambda x, _: 1 / x,
    "sin": lambda x, _: np.cos(x),
    "cos": lambda x, _: -np.sin(x),
    "sqrt": lambda _, value: 0.5 / value,
    "neg": lambda _, value: -np.ones_like(value),
}
"""Derivative of each function from its input and its value."""


def evaluate(node: Node, inputs: Sequence[Number]) -> Number:
    """Return the value of one operation."""
    if node.operation == "+":
        return sum(sign * value for sign, value in zip(node.signs, inputs, strict=True))
    if node.operation == "*":
        return inputs[0] * inputs[1]
    if node.operation == "/":
        return np.divide(inputs[0], inputs[1])
    if node.operation == "^":
        return np.power(inputs[0], node.number)
    if node.operation == "loss":
        return (inputs[0] - inputs[1]) ** 2
    return VALUES[node.operation](inputs[0])


def local_slopes(node: Node, inputs: Sequence[Number], value: Number) -> tuple[Number, ...]:
    """Return the derivative of one operation with respect to each of its inputs."""
    if node.operation == "+":
        return tuple(np.full_like(value, sign) for sign in node.signs)
    if node.operation == "*":
        return inputs[1], inputs[0]
    if node.operation == "/":
        return np.divide(1.0, inputs[1]), -np.divide(value, inputs[1])
    if node.operation == "^":
        return (node.number * np.power(inputs[0], node.number - 1) if node.number else np.zeros_like(value),)
    if node.operation == "loss":
        return 2 * (inputs[0] - inputs[1]), -2 * (inputs[0] - inputs[1])
    return (SLOPES[node.operation](inputs[0], value),)


def forward(graph: Graph, leaves: Mapping[str, Number], held: Mapping[int, Number] | None = None) -> list[Number]:
    """Compute every node from the nodes before it.

    Args:
        graph: nodes, each after its inputs.
        leaves: value of each leaf by its name; numbers or arrays that broadcast.
        held: nodes that are set by hand instead of computed.
    """
    values: list[Number] = []
    for place, node in enumerate(graph):
        if held and place in held:
            values.append(held[place])
        elif node.operation in ("leaf", "number"):
            values.append(np.float64(node.number) if node.operation == "number" else leaves[node.name])
        else:
            values.append(evaluate(node, [values[source] for source in node.inputs]))
    return values


def backward(graph: Graph, values: Sequence[Number]) -> tuple[list[Number], list[list[Number]], list[list[Number]]]:
    """Send the gradient back from the last node: at every edge, local slope × upstream; where edges meet, they add.

    Returns:
        gradient of each node; for each node the local slope towards each input; and what it sends to each input.
    """
    gradients: list[Number] = [np.zeros_like(value) for value in values]
    gradients[-1] = np.ones_like(values[-1])
    slopes: list[list[Number]] = [[] for _ in graph]
    sent: list[list[Number]] = [[] for _ in graph]
    for place in reversed(range(len(graph))):
        node = graph[place]
        if not node.inputs:
            continue
        slopes[place] = list(local_slopes(node, [values[source] for source in node.inputs], values[place]))
        for source, slope in zip(node.inputs, slopes[place], strict=True):
            contribution = slope * gradients[place]
            sent[place].append(contribution)
            gradients[source] = gradients[source] + contribution
    return gradients, slopes, sent


def paths(graph: Graph, node: int) -> list[Path]:
    """Return every path from the last node down to `node`; of the last node itself, the empty one."""
    if node == len(graph) - 1:
        return [()]
    found: list[Path] = []
    for place in range(node + 1, len(graph)):
        for which, source in enumerate(graph[place].inputs):
            if source == node:
                found += [(*path, (place, which)) for path in paths(graph, place)]
    return found


def finite_differences(graph: Graph, leaves: Mapping[str, float], width: float = 1e-6) -> dict[str, float]:
    """Return the central differences of the last node, one leaf at a time: two forward passes for each."""
    found = {}
    for name, value in leaves.items():
        ends = [float(forward(graph, {**leaves, name: value + side * width})[-1]) for side in (-1, 1)]
        found[name] = (ends[1] - ends[0]) / (2 * width)
    return found


def as_row(numbers: Sequence[Number]) -> NDArray[np.float64]:
    """Return plain numbers as an array."""
    return np.array([float(number) for number in numbers])
