"""The first experiment as a script of its own."""

import numpy as np

from nnviz.concepts.home.model import MOMENTUM, POINTS, STEPS, Weights, gradient, initial, parts


def recipe(units: int, rate: float, waves: float, seed: int) -> dict[str, float]:
    """Train by gradient descent with momentum, v ← 0.9 v − η∇L, w ← w + v."""
    x = np.linspace(-1, 1, POINTS)
    target = np.sin(np.pi * waves * x)
    weights = initial(units, seed)
    velocity = Weights(*(np.zeros_like(part) for part in weights))
    with np.errstate(all="ignore"):  # too large a rate overflows
        for _ in range(STEPS):
            slope = gradient(weights, x, target)
            velocity = Weights(*(MOMENTUM * v - rate * g for v, g in zip(velocity, slope, strict=True)))
            weights = Weights(*(w + v for w, v in zip(weights, velocity, strict=True)))
        curve = parts(weights, x).sum(axis=0) + weights.offset
        return {"mean squared error": float(((curve - target) ** 2).mean())}
