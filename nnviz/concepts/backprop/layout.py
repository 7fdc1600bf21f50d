"""Where the nodes of a graph stand: one column per step of the computation, few crossings, neighbours side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.backprop.graph import Graph

SWEEPS = 12
CANVAS = (800.0, 265.0)  # pixels of the graph on a laptop, the least but for a phone
NUMBERS, NODE = (38.0, 30.0), (32.0, 32.0)  # pixels of an edge's two numbers, and of a node
SHARES = (0.46, 0.4, 0.52, 0.34, 0.58, 0.28, 0.64, 0.7, 0.24, 0.76)  # where on a piece of an edge they may stand
TURNS = 4
MANY, SMALLER = 12, 26.0  # nodes, and how many pixels each has where there are more
NARROW = 0.6  # rows between an edge that passes a column and its neighbours
Floats = NDArray[np.float64]
Edges = dict[tuple[int, int], Floats]


@dataclass(frozen=True)
class Layout:
    """Places of nodes and edges, x in columns and y in rows.

    Attributes:
        places: (N, 2) of the nodes.
        edges: (node, which input) → (points, 2) its polyline from the input to the node.
        labels: (node, which input) → (2,) where its numbers stand.
    """

    places: Floats
    edges: Edges
    labels: Edges

    @property
    def columns(self) -> int:
        """Number of the last column."""
        return int(self.places[:, 0].max())

    @property
    def rows(self) -> tuple[float, float]:
        """Lowest and highest row."""
        return rows_of(self.edges)

    @property
    def size(self) -> float:
        """Diameter of a node in pixels: smaller where there are many nodes or rows."""
        largest = SMALLER if len(self.places) > MANY else NODE[0]
        return float(np.clip(0.85 * pitch(self.edges)[1], 18, largest))


def rows_of(edges: Edges) -> tuple[float, float]:
    """Return the lowest and highest row."""
    heights = np.concatenate([line[:, 1] for line in edges.values()])
    return float(heights.min()), float(heights.max())


def pitch(edges: Edges) -> Floats:
    """Return how many pixels lie between columns and between rows on a laptop, (2,)."""
    low, high = rows_of(edges)
    columns = max(float(line[-1, 0]) for line in edges.values())
    units = (columns + 1.5, high - low + 2 * max(0.6, 0.1 * (high - low)))
    return np.asarray(np.array(CANVAS) / np.array(units))


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


def apart(wanted: Floats, gaps: Floats) -> Floats:
    """Return the nearest heights, in the same order, each at least its gap above the one before (isotonic regression)."""
    blocks: list[tuple[float, int]] = []
    offsets: Floats = np.concatenate([[0.0], np.cumsum(gaps)])
    for value in wanted - offsets:
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            before, length = blocks.pop()
            mean, size = (before * length + mean * size) / (length + size), length + size
        blocks.append((mean, size))
    levels: Floats = np.concatenate([np.full(size, mean) for mean, size in blocks])
    return levels + offsets


def heights_of(nodes: int, links: Sequence[tuple[int, int]], columns: list[int]) -> Floats:
    """Return a height for each point, nodes first: sorted in every column by the mean of its neighbours, then drawn to it."""
    count = len(columns)
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
            points = np.array(layer)[order]
            gaps = np.where((points[1:] < nodes) & (points[:-1] < nodes), 1.0, NARROW)
            heights[points] = apart(means[order], gaps)
    return heights


def labels_of(places: Floats, edges: Edges) -> Edges:
    """Return where each edge's numbers stand: in turn, where they cover least of the nodes and of the other numbers."""
    scale = pitch(edges)
    numbers, node = np.array(NUMBERS), np.array(NODE)
    labels: Edges = {}
    for _ in range(TURNS):
        for edge, line in edges.items():
            spots = np.array([a + share * (b - a) for a, b in pairwise(line) for share in SHARES])
            others = np.array([spot for other, spot in labels.items() if other != edge]).reshape(-1, 2)
            cost = covered(spots * scale, places * scale, (numbers + node) / 2)
            cost += covered(spots * scale, others * scale, numbers)
            labels[edge] = spots[int(np.argmin(np.round(cost, 3)))]
    return labels


def covered(spots: Floats, boxes: Floats, size: Floats) -> Floats:
    """Return how much of the boxes at (B, 2) a box of this size would cover at each spot (S, 2), in boxes, (S,)."""
    shares: Floats = np.maximum(0, 1 - np.abs(spots[:, None] - boxes) / size).prod(axis=2)
    return np.asarray(shares.sum(axis=1))


@lru_cache(maxsize=256)
def layout(graph: Graph) -> Layout:
    """Place a graph. The structure alone decides, so nothing jumps while a value moves."""
    columns = columns_of(graph)
    chains, points = chains_of(graph, columns)
    links = [pair for chain in chains.values() for pair in pairwise(chain)]
    heights = heights_of(len(graph), links, points)
    spots = np.column_stack([np.array(points) / 2, heights])
    edges = {edge: spots[chain] for edge, chain in chains.items()}
    return Layout(spots[: len(graph)], edges, labels_of(spots[: len(graph)], edges))
