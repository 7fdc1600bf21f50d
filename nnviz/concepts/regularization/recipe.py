"""One draw of the page, solved again by the same closed forms and coordinate descent, in NumPy."""

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.regularization.problems import diabetes_table, draw_curve, polynomial, standard_parts
from nnviz.concepts.regularization.solvers import ball_paths, coordinate_descent, ridge_paths

Floats = NDArray[np.float64]


def recipe(
    penalty: str,
    strength: float,
    data: str,
    points: int,
    degree: int,
    noise: float,
    mix: float,
    bias: bool,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Fit the first draw and measure it on the points that were held out."""
    if data == "curve":
        x, y = draw_curve(points, noise, seed)
        features = polynomial(x, degree)
        learn, y_learn, held_out, y_held = features[:points], y[:points], features[points:], y[points:]
    else:
        inputs, targets = diabetes_table()
        learn, y_learn, held_out, y_held = standard_parts(inputs, targets, points, seed)
    centre, level = learn.mean(axis=0), y_learn.mean()
    if bias:  # a column of ones whose weight is penalized like the others
        learn, held_out = (np.column_stack([np.ones(len(part)), part]) for part in (learn, held_out))
        centre, level = np.zeros(learn.shape[1]), 0.0
    away = learn - centre
    gram, correlation = away.T @ away / points, away.T @ (y_learn - level) / points
    weights = solved(gram, correlation, penalty, strength, mix)

    def error(part: Floats, wanted: Floats) -> float:
        return float(np.mean(((part - centre) @ weights + level - wanted) ** 2))

    return {
        "validation error": error(held_out, y_held),
        "weights exactly 0": int(np.sum(weights[int(bias) :] == 0)),
        "training error": error(learn, y_learn),
    }


def solved(gram: Floats, correlation: Floats, penalty: str, strength: float, mix: float) -> Floats:
    """Return the weights under one of the four penalties."""
    if penalty == "l2":
        return np.asarray(ridge_paths(gram[None], correlation[None], np.array([strength]))[0, 0])
    if penalty == "max_norm":
        return np.asarray(ball_paths(gram[None], correlation[None], np.array([1 / strength]))[0, 0])
    share, weights = (1.0 if penalty == "l1" else mix), np.zeros(len(correlation))
    coordinate_descent(gram, correlation, strength * share, strength * (1 - share), weights)
    return weights
