"""What is asked before the reveal; the right answers come from the run."""

import numpy as np

from nnviz.concepts.neuron import look
from nnviz.concepts.neuron.geometry import line_pieces
from nnviz.concepts.neuron.model import INPUTS, Params, Run
from nnviz.concepts.neuron.unit import line_distance, slope
from nnviz.core.lesson import Answer, Prediction
from nnviz.core.notation import decimals

FOLLOWS = 0.1  # an error at or below it: the bump, 1 high, is followed


def angle(w: np.ndarray) -> float:
    """Return the direction of the normal in degrees."""
    return float(np.degrees(np.arctan2(w[1], w[0])))


def _doubled(run: Run) -> Answer:
    """Compare the line and the slope across it with those of half the weights and half the bias."""
    w, b, name = run.weights, run.params.b, run.params.activation
    half = w / 2
    moved = abs(line_distance(w, b) - line_distance(half, b / 2)) > 1e-9 or abs(angle(w) - angle(half)) > 1e-9
    before, after = (float(slope(name, 0.0) * np.linalg.norm(each)) for each in (half, w))
    choice = 0 if moved else 1 if abs(after - before) < 1e-9 else 2
    kept = f"The distance |b|/‖w‖ is {decimals(line_distance(half, b / 2))} before and {decimals(run.distance)} after"
    return Answer(choice, f"{kept}; the slope across the line goes from {decimals(before)} to {decimals(after)}.")


def _shifted(run: Run) -> Answer:
    """Compare the line with that of the same weights and bias 0."""
    w, b = run.weights, run.params.b
    nearer, farther = line_distance(w, 0.0), line_distance(w, b)
    before, after = (np.subtract(*line_pieces(w, bias, INPUTS)) for bias in (0.0, b))
    turn = abs(before[0] * after[1] - before[1] * after[0]) / (np.linalg.norm(before) * np.linalg.norm(after))
    choice = 1 if turn > 1e-9 else 0 if farther > nearer else 2
    turned = f"and turns by {decimals(np.degrees(np.arcsin(turn)))} degrees"
    return Answer(choice, f"It goes from {decimals(nearer)} to {decimals(farther)} from the origin {turned}.")


def _bump(run: Run) -> Answer:
    """Find the smallest network whose median error on the bump is small."""
    errors = [float(np.median(fit.error)) for fit in run.fits]
    enough = next((size for size, error in enumerate(errors, 1) if error <= FOLLOWS), len(errors) + 1)
    choice = 0 if enough == 1 else 1 if enough == 2 else 2 if enough <= 4 else 3
    listed = ", ".join(f"{look.short(error)} with {size}" for size, error in enumerate(errors[:4], 1))
    return Answer(choice, f"Median error over seeds: {listed}.")


def _no_bend(run: Run) -> Answer:
    """Compare sixteen linear neurons with one."""
    one, many = (float(np.median(run.fits[index].error)) for index in (0, -1))
    choice = 0 if many > 0.95 * one else 1 if many > 0.2 * one else 2
    because = f"The error is {look.short(one)} with one and {look.short(many)} with 16: a sum of lines is a line."
    return Answer(choice, because)


def _ask_bump(params: Params) -> Params:
    changes = {"target": "bump", "activation": "tanh", "start": "drawn", "rate": 0.03, "epochs": 250, "neurons": 2}
    return params.but(picture="network", **changes)


def _ask_lines(params: Params) -> Params:
    changes = {"activation": "linear", "start": "drawn", "rate": 0.03, "epochs": 250, "neurons": 16, "target": "sine"}
    return params.but(picture="network", **changes)


PREDICTIONS = (
    Prediction(
        "Double w and b together: does the line move?",
        ("Yes, it moves", "No, and nothing else changes", "No, but the output gets steeper across it"),
        lambda p: p.but(picture="plane", w1=2.0, w2=-1.2, b=1.4, activation="tanh"),
        _doubled,
    ),
    Prediction(
        "Raise the bias from 0 to 1.5 and leave the weights: what does the line do?",
        ("It moves away from the origin, parallel to itself", "It turns", "It stays"),
        lambda p: p.but(picture="plane", w1=1.0, w2=-1.0, b=1.5),
        _shifted,
    ),
    Prediction(
        "How many tanh neurons does a network need to follow a bump with an error of at most 0.1?",
        ("1", "2", "3 or 4", "More than 4"),
        _ask_bump,
        _bump,
    ),
    Prediction(
        "Sixteen neurons without an activation follow a sine. How does their error compare with that of one?",
        ("It is about the same", "It is clearly smaller", "It is less than a fifth"),
        _ask_lines,
        _no_bend,
    ),
)
