"""Sentences about backpropagation, put to the test."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nnviz.concepts.backprop import cost
from nnviz.concepts.backprop.expression import FUNCTIONS, LEAVES, Node
from nnviz.concepts.backprop.graph import Graph
from nnviz.concepts.backprop.recipe import autograd
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report

SMALL_CONSTANT = 5.0  # forward passes; Griewank & Walther's bound on operations
GRAPHS = 20  # random graphs a seed
TOLERANCE = 1e-9  # relative, float64
SMOOTH = tuple(name for name in FUNCTIONS if name not in ("relu", "log", "sqrt", "exp"))
Leaves = dict[str, float]


def random_graph(seed: int, *, smooth: bool = True) -> tuple[Graph, Leaves]:
    """Draw a graph of up to 24 nodes whose leaves are used several times, and values away from poles and kinks."""
    draws = np.random.default_rng([seed, 7])
    nodes = [Node("leaf", name=name) for name in LEAVES[: int(draws.integers(1, len(LEAVES) + 1))]]
    leaves = {name: float(value) for name, value in zip(LEAVES, draws.uniform(0.2, 1.5, len(LEAVES)), strict=True)}
    leaf_count, ends = len(nodes), list(range(len(nodes)))
    for _ in range(int(draws.integers(4, 12))):
        source = int(draws.choice(ends))
        other = int(draws.integers(leaf_count))
        kind = draws.choice(["+", "*", "/", "^", "function"])
        if kind == "function":
            node = Node(str(draws.choice(SMOOTH if smooth else FUNCTIONS)), (source,))
        elif kind == "^":
            node = Node("^", (source,), number=2.0)
        else:
            node = Node(str(kind), (source, other), signs=(1, int(draws.choice([-1, 1]))) if kind == "+" else ())
        nodes.append(node)
        ends = [end for end in ends if end != source or end < leaf_count] + [len(nodes) - 1]
    loose = tuple(end for end in ends if end >= leaf_count or not any(end in node.inputs for node in nodes))
    signs = tuple(int(sign) for sign in draws.choice([-1, 1], len(loose)))
    return (*nodes, Node("+", loose, signs=signs)), leaves


def split(graph: Graph, leaf: int, leaves: Leaves) -> tuple[Graph, Leaves, list[int]]:
    """Give every use of a leaf a leaf of its own with the same value; returns their places too."""
    uses = [(place, which) for place, node in enumerate(graph) for which, one in enumerate(node.inputs) if one == leaf]
    copies = tuple(Node("leaf", name=f"copy {index}") for index in range(len(uses)))
    shift = len(copies)
    moved: list[Node] = []
    for place, node in enumerate(graph):
        inputs = [uses.index((place, which)) if one == leaf else one + shift for which, one in enumerate(node.inputs)]
        moved.append(replace(node, inputs=tuple(inputs)))
    values = leaves | {copy.name: leaves[graph[leaf].name] for copy in copies}
    return (*copies, *moved), values, list(range(shift))


def contributions_add(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare a leaf's gradient with the sum over its uses, each of them cut loose; both by autograd."""
    held = trials = 0
    worst = 0.0
    for index, seed in enumerate(seeds):
        report(index / len(seeds), "differentiating random graphs")
        for number in range(GRAPHS):
            graph, leaves = random_graph(1000 * seed + number)
            used = [sum(node.inputs.count(place) for node in graph) for place in range(len(graph))]
            leaf = int(np.argmax(used[: sum(node.operation == "leaf" for node in graph)]))
            whole = autograd(graph, leaves)[1][leaf]
            pieces, values, copies = split(graph, leaf, leaves)
            gradients = autograd(pieces, values)[1]
            parts = [gradients[copy] for copy in copies]
            error = abs(sum(parts) - whole) / max(abs(whole), float(np.max(np.abs(parts))), 1e-12)
            worst, held, trials = max(worst, error), held + (error < TOLERANCE), trials + 1
    verdict = claims.in_every(held, trials, what="gradient = sum of contributions", seeds=len(seeds))
    return replace(verdict, reason=f"{verdict.reason} Largest relative error {worst:.1g}.", details={"worst": worst})


def constant_cost(seeds: Sequence[int], report: Report) -> Verdict:
    """Measure a gradient in forward passes, for every width: operations counted, time by the clock."""
    rows: list[Any] = []
    for index, seed in enumerate(seeds):
        report(index / len(seeds), "counting and timing")
        rows.append(cost.measured(seed))
    weights = rows[0].weights
    verdicts = {}
    for place in (0, len(weights) // 2, len(weights) - 1):
        for name, values in (
            ("operations", [row.operations[place] for row in rows]),
            ("time", [row.seconds[place] for row in rows]),
        ):
            interval = statistics.mean_interval(values)
            what = f"the cost in {name} of {weights[place]} weights' gradient"
            verdicts[f"{name}, {weights[place]} weights"] = claims.at_most(
                interval, SMALL_CONSTANT, what=what, unit="forward passes"
            )
    verdict = claims.by_condition(verdicts)
    known = np.isfinite(rows[0].differences)
    single = [float(np.median([row.differences[place] for row in rows])) for place in np.flatnonzero(known)]
    listed = ", ".join(f"{one:.0f} for {count} weights" for one, count in zip(single, weights[known], strict=True))
    aside = f"Finite differences took, by the clock, {listed}."
    return replace(verdict, reason=f"{verdict.reason} {aside}")


CLAIMS = (
    Claim(
        "constant-cost",
        "Reverse mode costs a small constant times the forward pass, whatever the number of weights.",
        "Griewank & Walther, Evaluating Derivatives, 2008 (at most 5 in operations); Baur & Strassen, 1983",
        constant_cost,
    ),
    Claim(
        "contributions-add",
        "Where a value is used twice, its gradient is the sum of both contributions.",
        "Rumelhart, Hinton & Williams, 1986",
        contributions_add,
    ),
)
