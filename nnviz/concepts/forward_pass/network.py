"""A small network as a list of matrices, and its forward pass with everything on record. Plain NumPy and PyTorch."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.core.seeds import generator

Floats = NDArray[np.float64]
Edge = tuple[int, int, int]
"""Layer, unit it leads to, unit it comes from; all counted from 1. From 0 comes the bias."""
MOST_UNITS = 6
LIMIT = 3.0  # the largest weight

PHI: Mapping[str, Callable[[Floats], Floats]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(0.5 * z)),
    "linear": lambda z: z,
}


def softmax(logits: Floats) -> Floats:
    """Return pᵢ = e^zᵢ / Σⱼ e^zⱼ for every row, computed from z − max z so that nothing overflows."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def forward(inputs: Floats, layers: Sequence[tuple[Floats, Floats]], activations: Sequence[str]) -> list[list[Floats]]:
    """Compute layer by layer Z = A W + b and A = φ(Z), softmax at the end, and keep all of it.

    Args:
        inputs: (n, d) one row per example.
        layers: W (d, h) and b (h,) of every layer.
        activations: φ of every hidden layer.

    Returns:
        [A of the layer before, Z, A] of every layer: (n, d), (n, h), (n, h).
    """
    record = []
    for (weights, biases), name in zip(layers, [*activations, "softmax"], strict=True):
        sums = inputs @ weights + biases  # (n, d) @ (d, h) + (h,) → (n, h)
        outputs = softmax(sums) if name == "softmax" else PHI[name](sums)
        record.append([inputs, sums, outputs])
        inputs = outputs
    return record


def multiplications(sizes: Sequence[int], rows: int = 1) -> int:
    """Return n Σ d·h: every layer multiplies each of its d inputs with each of h weights, once per row."""
    return rows * sum(inputs * outputs for inputs, outputs in pairwise(sizes))


def drawn_layer(seed: int, layer: int, inputs: int, outputs: int) -> tuple[Floats, Floats]:
    """Draw W (d, h) from N(0, 1) and b (h,) from N(0, ¼), two decimals each, none beyond ±3.

    All 7 × 6 numbers that a layer could need are drawn, so that a unit more leaves the others as they are.
    """
    draws = generator(seed, f"layer {layer}")
    block = torch.randn(MOST_UNITS + 1, MOST_UNITS, generator=draws, dtype=torch.float64)
    block[0] /= 2
    table = np.round(block.clamp(-LIMIT, LIMIT).numpy(), 2)
    return table[1 : inputs + 1, :outputs].copy(), table[0, :outputs].copy()


def make_layers(sizes: Sequence[int], seed: int, edits: Mapping[Edge, float]) -> list[tuple[Floats, Floats]]:
    """Return the layers as they are drawn, with some weights changed; edits of edges that are not there do nothing."""
    layers = []
    for layer, (inputs, outputs) in enumerate(pairwise(sizes), 1):
        weights, biases = drawn_layer(seed, layer, inputs, outputs)
        for (where, to, start), value in edits.items():
            if where == layer and to <= outputs and start <= inputs:
                target = biases if start == 0 else weights[start - 1]
                target[to - 1] = value
        layers.append((weights, biases))
    return layers


def make_batch(x1: float, x2: float, rows: int) -> Floats:
    """Return the input as the first row, and rows − 1 others even over the plane, on a grid of 0.05, (n, 2)."""
    others = torch.rand(31, 2, generator=generator(0, "batch"), dtype=torch.float64).numpy()
    return np.vstack([[[x1, x2]], np.round((4 * others - 2) * 20) / 20])[:rows]
