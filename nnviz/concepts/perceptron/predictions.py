"""What is asked before the reveal; the right answers come from the run."""

import numpy as np

from nnviz.concepts.perceptron.clouds import cloud
from nnviz.concepts.perceptron.look import short, times
from nnviz.concepts.perceptron.model import Run, bound_of
from nnviz.concepts.perceptron.rule import learn, signed_points
from nnviz.concepts.perceptron.starts import order_of
from nnviz.core.lesson import Answer, Prediction
from nnviz.core.notation import decimals

FACTORS = (1, 2, 4, 8)


def _halved(run: Run) -> Answer:
    """Compare the bound with that of the same points at twice the margin."""
    p = run.params
    wide = bound_of(signed_points(*cloud("separable", p.size, 2 * p.gap, p.draw, "")))
    ratio = run.bound / wide
    choice = int(np.argmin(np.abs(np.log2(ratio) - np.log2(FACTORS))))
    return Answer(
        choice,
        f"(R/γ)² goes from {short(wide)} at margin {decimals(2 * p.gap)} to {short(run.bound)} at {decimals(p.gap)}: "
        f"{short(ratio)} times. This order makes {times(run.path.mistakes, 'mistake')}.",
    )


def _round_in_circles(run: Run) -> Answer:
    """Look how training on XOR goes on."""
    path = run.path
    longest = float(np.linalg.norm(path.weights, axis=1).max())
    choice = 0 if path.finished else 2 if path.cycle else 1
    if not path.cycle:
        return Answer(
            choice, f"After {times(path.mistakes, 'mistake')} the weights have been up to {short(longest)} long."
        )
    first, last = path.cycle
    because = f"Mistakes {first} to {last} come back for ever; the weights are never longer than {short(longest)}."
    return Answer(choice, because)


def _tenfold(run: Run) -> Answer:
    """Compare with a tenth of the learning rate, same order, same start at zero."""
    p = run.params
    slow = learn(run.signed, order_of(len(run.signed), p.order), p.rate / 10, np.zeros(3), p.passes)
    fast, other = run.path.mistakes, slow.mistakes
    choice = 0 if fast < other else 2 if fast > other else 1
    same = np.array_equal(slow.mistaken, run.path.mistaken)
    points = "the same points in the same order" if same else "different points"
    lengths = [short(float(np.linalg.norm(path.weights[-1]))) for path in (slow, run.path)]
    return Answer(
        choice, f"{other} and {fast}, on {points}; only the length of (b, w) differs, {lengths[0]} and {lengths[1]}."
    )


def _best(run: Run) -> Answer:
    """See how much of the best margin the orders reach."""
    reached = run.margins / run.best_margin
    choice = 0 if np.all(reached > 0.99) else 1 if np.any(reached > 0.99) else 2
    text = f"{100 * reached.min():.0f} to {100 * reached.max():.0f} % of the best line’s margin"
    return Answer(
        choice, f"{times(len(run.paths), 'order')} end with {text}: the rule stops at the first line that is right."
    )


PREDICTIONS = (
    Prediction(
        "Halve the margin: how many more mistakes are there at most?",
        ("No more", "Twice as many", "Four times as many", "Eight times as many"),
        lambda p: p.but(data="separable", gap=0.2, start="zero"),
        _halved,
    ),
    Prediction(
        "XOR, pass after pass: what becomes of the weights?",
        ("They settle on a line", "They grow without end", "They go round in a circle"),
        lambda p: p.but(data="xor", start="zero", rate=1.0, passes=200),
        _round_in_circles,
    ),
    Prediction(
        "Ten times the learning rate, starting from zero weights: how many mistakes?",
        ("Fewer", "Just as many", "More"),
        lambda p: p.but(data="separable", gap=0.1, start="zero", rate=10.0, passes=1000),
        _tenfold,
    ),
    Prediction(
        "Does the rule end with the line that keeps farthest from all points?",
        ("Yes, in every order", "In some orders", "In none of them"),
        lambda p: p.but(data="separable", gap=0.4, start="zero", passes=1000, seeds=max(8, p.seeds)),
        _best,
    ),
)
