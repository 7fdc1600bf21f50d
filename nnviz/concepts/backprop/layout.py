"""Where the nodes of a graph stand: one column per step of the computation, few crossings, neighbours side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.backprop.graph import Graph

SWEEPS = 12
NEAR, MIDDLE, FAR = 0.34, 0.46, 0.62  # where on an edge its numbers stand: near the input where many edges meet
CROWDED = 4  # rows
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """Places of nodes and edges, x in columns and y in rows.

    Attributes:
        places: (N, 2) of the nodes.
        edges: (node, which input) → (points, 2) its polyline from the input to the node.
        labels: (node, which input) → (2,) where its numbers stand.
    """

    places: Floats
    edges: dict[tuple[int, int], Floats]
    labels: dict[tuple[int, int], Floats]

    @property
    def columns(self) -> int:
        """Number of the last column."""
        return int(self.places[:, 0].max())

    @property
    def rows(self) -> tuple[float, float]:
        """Lowest and highest row."""
        heights = np.concatenate([line[:, 1] for line in self.edges.values()])
        return float(heights.min()), float(heights.max())


def columns_of(graph: Graph) -> list[int]:
    """Return each node's column: operations after all their inputs, leaves right before their first use."""
    columns = [0] * len(graph)
    for place, node in enumerate(graph):
        if node.inputs:
            columns[place] = 1 + max(columns[source] for source in node.inputs)
    for place, node in enumerate(graph):
        if not node.inputs:
            columns[place] = min(columns[user] for user, other in enumerate(graph) if place in other.inputs) - 1
    return columns


def chains_of(graph: Graph, columns: list[int]) -> tuple[dict[tuple[int, int], list[int]], list[int]]:
    """Return each edge as a chain of points from input to node, with new points where it crosses a column.

    A second edge between the same two nodes gets a point of its own, so that both can be seen. New points are numbered
    on from the nodes; the second result is the column of every point, in half columns where a double edge needs it.
    """
    points = [2 * column for column in columns]
    chains: dict[tuple[int, int], list[int]] = {}
    for place, node in enumerate(graph):
        for which, source in enumerate(node.inputs):
            stops = [2 * column for column in range(columns[source] + 1, columns[place])]
            if not stops and node.inputs.count(source) > 1:
                stops = [2 * columns[source] + 1]
            first = len(points)
            points += stops
            chains[place, which] = [source, *range(first, len(points)), place]
    return chains, points


def apart(wanted: Floats, gap: float) -> Floats:
    """Return the nearest heights, in the same order, that are at least `gap` from each other (isotonic regression)."""
    blocks: list[tuple[float, int]] = []
    for value in wanted - gap * np.arange(len(wanted)):
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            before, length = blocks.pop()
            mean, size = (before * length + mean * size) / (length + size), length + size
        blocks.append((mean, size))
    levels: Floats = np.concatenate([np.full(size, mean) for mean, size in blocks])
    return levels + gap * np.arange(len(wanted))


def heights_of(count: int, links: Sequence[tuple[int, int]], columns: list[int]) -> Floats:
    """Return a height for each point: sorted in every column by the mean of its neighbours, then drawn towards it."""
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for low, high in links:
        neighbours[low].append(high)
        neighbours[high].append(low)
    heights = np.zeros(count)
    layers = [[p for p in range(count) if columns[p] == column] for column in sorted(set(columns))]
    for layer in layers:
        heights[layer] = -np.arange(len(layer)) + (len(layer) - 1) / 2
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 else reversed(layers):
            means = np.array([np.mean(heights[neighbours[point]]) for point in layer])
            order = np.argsort(means, kind="stable")
            heights[np.array(layer)[order]] = apart(means[order], 1.0)
    return heights


@lru_cache(maxsize=256)
def layout(graph: Graph) -> Layout:
    """Place a graph. The structure alone decides, so nothing jumps while a value moves."""
    columns = columns_of(graph)
    chains, points = chains_of(graph, columns)
    links = [pair for chain in chains.values() for pair in pairwise(chain)]
    heights = heights_of(len(points), links, points)
    spots = np.column_stack([np.array(points) / 2, heights])
    edges = {edge: spots[chain] for edge, chain in chains.items()}
    used = [sum(place in node.inputs for node in graph) for place in range(len(graph))]
    near = NEAR if np.ptp(heights) > CROWDED else MIDDLE
    labels = {}
    for (place, which), line in edges.items():
        share = near if used[graph[place].inputs[which]] == 1 else FAR
        labels[place, which] = line[0] + share * (line[1] - line[0])
    return Layout(spots[: len(graph)], edges, labels)
