"""Backpropagation through a graph that the learner writes: values forward, gradients backward, one step downhill."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from nnviz.concepts.backprop.cost import Cost, measured
from nnviz.concepts.backprop.expression import LONGEST, MOST, parse
from nnviz.concepts.backprop.graph import Graph, Number, Path, as_row, backward, forward, paths
from nnviz.concepts.backprop.network import two_two_one
from nnviz.concepts.backprop.recipe import FIXED, autograd, named_leaves, network_leaves
from nnviz.core import params
from nnviz.core.progress import Report, silent

Floats = NDArray[np.float64]
Activation = Literal["sigmoid", "tanh", "relu"]
RATES: Floats = np.geomspace(1e-3, 10, 81)
REACH = 3.0  # leaves go from −REACH to REACH
FORMULA = {"graph": ("expression",)}
NETWORK = {"graph": ("network",)}


class Params(params.Params):
    """The graph, the values of its leaves, and what is looked at."""

    graph: Literal["expression", "network"] = params.field(
        "expression",
        "Graph",
        "A formula of your own, or a network with two inputs, two hidden units and one output.",
        labels={"expression": "Your formula", "network": "2-2-1 network"},
    )
    expression: str = params.field(
        "(tanh(a*b) + a*c - y)^2",
        "Formula of the loss",
        "Letters a, b, c, d and y (the target), numbers, + − * / ^ and sigmoid, tanh, relu, exp, log, sin, cos, sqrt. "
        f"At most {LONGEST} characters and {MOST} nodes. A letter used twice is one node.",
        when=FORMULA,
    )
    a: float = params.field(
        0.8, "Leaf a", "Drag it: every number of the graph follows.",
        ge=-REACH, le=REACH, multiple_of=0.05, live=True, when=FORMULA,
    )  # fmt: skip
    b: float = params.field(
        1.5, "Leaf b", "Where a and b are multiplied, b is the local slope towards a.",
        ge=-REACH, le=REACH, multiple_of=0.05, live=True, when=FORMULA,
    )  # fmt: skip
    c: float = params.field(
        -0.2, "Leaf c", "At 0, nothing flows back through a product with c.",
        ge=-REACH, le=REACH, multiple_of=0.05, live=True, when=FORMULA,
    )  # fmt: skip
    d: float = params.field(
        1.0, "Leaf d", "A fourth letter, if your formula uses it.",
        ge=-REACH, le=REACH, multiple_of=0.05, live=True, more=True, when=FORMULA,
    )  # fmt: skip
    inputs: tuple[float, ...] = params.field(
        (1.0, -0.5), "Inputs x₁, x₂", "What the network is shown. Each is used twice: by both hidden units.",
        ge=-REACH, le=REACH, multiple_of=0.05, live=True, when=NETWORK,
    )  # fmt: skip
    weights: tuple[float, ...] = params.field(
        (0.6, -1.0, -0.4, 0.9), "Weights w₁₁, w₁₂, w₂₁, w₂₂", "Of unit 1 from x₁ and x₂, then of unit 2.",
        ge=-REACH, le=REACH, multiple_of=0.05, live=True, when=NETWORK,
    )  # fmt: skip
    biases: tuple[float, ...] = params.field(
        (0.1, -0.2), "Biases b₁, b₂", "Of the two hidden units.",
        ge=-REACH, le=REACH, multiple_of=0.05, live=True, more=True, when=NETWORK,
    )  # fmt: skip
    output: tuple[float, ...] = params.field(
        (1.2, -0.7, 0.2), "Output v₁, v₂, c", "Weights of the hidden units' outputs, and the output's bias.",
        ge=-REACH, le=REACH, multiple_of=0.05, live=True, when=NETWORK,
    )  # fmt: skip
    activation: Activation = params.field(
        "tanh", "Activation", "Of both hidden units; its slope is one factor of every path to the first layer.",
        labels={"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU"}, more=True, when=NETWORK,
    )  # fmt: skip
    target: float = params.field(
        1.0, "Target y", "What the output should be; it moves the loss, and no step moves it.",
        ge=-REACH, le=REACH, multiple_of=0.05, live=True,
    )  # fmt: skip
    node: int = params.field(
        1, "Node to inspect", "Its number in the graph, in the order of computation; or click a node.",
        ge=1, le=MOST, live=True,
    )  # fmt: skip
    path: int = params.field(
        1, "Path", "Which of the paths from the loss to this node is drawn broad; or click it below.",
        ge=1, le=MOST, live=True, more=True,
    )  # fmt: skip
    rate: float = params.field(
        0.1, "Step size η", "Every leaf but the target and the inputs moves by −η times its gradient.",
        ge=1e-3, le=10, log=True, live=True,
    )  # fmt: skip

    @field_validator("expression")
    @classmethod
    def _readable(cls, text: str) -> str:
        parse(text)
        return text

    def nodes(self) -> Graph:
        """Return the graph."""
        return two_two_one(self.activation) if self.graph == "network" else read(self.expression)

    def leaves(self) -> dict[str, float]:
        """Return the value of every leaf by its name."""
        if self.graph == "network":
            return network_leaves(self.inputs, self.weights, self.biases, self.output, self.target)
        return named_leaves(self.a, self.b, self.c, self.d, self.target)


read = lru_cache(maxsize=256)(parse)


@dataclass(frozen=True)
class Run:
    """A swept graph of N nodes; nodes are counted from 0 here and from 1 on the page.

    Attributes:
        values, gradients: (N,) of every node.
        slopes, sent: for each node, one number per input: the local slope, and local slope × upstream.
        autograd: (N,) the same gradients by PyTorch.
        node: which one is inspected.
        paths: all ways from the loss to it; products: (paths,) the product of the local slopes along each.
        path: which of them is chosen, or −1 if there is none.
        after: loss after a step of size η along the negative gradient.
        rates, curve: (81,) the same for other step sizes.
        length: ‖gradient‖² over the leaves that move.
        grid, answer: (121,) the loss while the inspected node alone is changed.
        cost: measured cost of a gradient.
    """

    params: Params
    graph: Graph
    values: Floats
    gradients: Floats
    slopes: tuple[Floats, ...]
    sent: tuple[Floats, ...]
    autograd: Floats
    node: int
    paths: tuple[Path, ...]
    products: Floats
    path: int
    after: float
    curve: Floats
    length: float
    grid: Floats
    answer: Floats
    cost: Cost

    @property
    def loss(self) -> float:
        """Value of the last node."""
        return float(self.values[-1])


def run(params: Params, report: Report = silent) -> Run:
    """Sweep the graph forward and backward, take a step, and look at one node."""
    report(0.0, "sweeping the graph")
    graph, leaves = params.nodes(), params.leaves()
    node = min(params.node, len(graph)) - 1
    with np.errstate(all="ignore"):  # what is not finite is drawn and diagnosed
        values = forward(graph, {name: np.float64(value) for name, value in leaves.items()})
        gradients, slopes, sent = backward(graph, values)
        row = as_row(gradients)
        ways = tuple(sorted(paths(graph, node), key=lambda way: (len(way), way)))
        products = np.array([np.prod([float(slopes[place][which]) for place, which in way]) for way in ways])
        grid = reach(graph, node, float(values[node]))
        answer = np.broadcast_to(forward(graph, leaves, {node: grid})[-1], grid.shape)
        curve = stepped(graph, leaves, row, RATES)
        after = float(np.ravel(stepped(graph, leaves, row, np.array([params.rate])))[0])
    moving = [place for place, one in enumerate(graph) if moves(graph, place)]
    return Run(
        params=params,
        graph=graph,
        values=as_row(values),
        gradients=row,
        slopes=tuple(as_row(one) for one in slopes),
        sent=tuple(as_row(one) for one in sent),
        autograd=np.array(autograd(graph, leaves)[1]),
        node=node,
        paths=ways,
        products=products,
        path=min(params.path, len(ways)) - 1,
        after=after,
        curve=curve,
        length=float(np.sum(row[moving] ** 2)),
        grid=grid,
        answer=answer,
        cost=measured(),
    )


def moves(graph: Graph, place: int) -> bool:
    """Tell whether a step moves this node: a leaf that is neither the target nor an input."""
    return graph[place].operation == "leaf" and graph[place].name not in FIXED


def stepped(graph: Graph, leaves: dict[str, float], gradients: Floats, rates: Floats) -> Floats:
    """Return the loss after a step of each size: θ ← θ − η ∂L/∂θ for every leaf that moves."""
    moved: dict[str, Number] = dict(leaves)
    for place, node in enumerate(graph):
        if moves(graph, place):
            moved[node.name] = leaves[node.name] - rates * gradients[place]
    return np.array(np.broadcast_to(forward(graph, moved)[-1], rates.shape))


def reach(graph: Graph, node: int, value: float) -> Floats:
    """Return the values that the inspected node is set to: a leaf's whole range, or two to each side."""
    if graph[node].operation == "leaf":
        return np.linspace(-REACH, REACH, 121)
    centre = value if np.isfinite(value) else 0.0
    return np.linspace(centre - 2, centre + 2, 121)
