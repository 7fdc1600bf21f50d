"""From a run to the page's view, with its timeline and what the diagnosis finds."""

import numpy as np

from nnviz.charts.view import View
from nnviz.concepts.backprop import words
from nnviz.concepts.backprop.hero import graph_chart, moments
from nnviz.concepts.backprop.model import Run
from nnviz.concepts.backprop.pictures import cost_chart, paths_chart, step_chart, tangent_chart
from nnviz.core.diagnosis import SATURATED, Finding, findings

HUGE = 1e3  # a gradient beyond it has exploded
SQUASHING = ("sigmoid", "tanh")


def view(run: Run) -> View:
    """Draw a run."""
    story = moments(run)
    steps = np.arange(len(story), dtype=np.int64)
    captions = [stage if place < 0 else f"{stage}: {words.symbol(run.graph, place)}" for stage, place in story]
    charts = (graph_chart(run), paths_chart(run), tangent_chart(run), step_chart(run), cost_chart(run))
    return View(charts, words.sentence(run), steps, "step", captions, found(run))


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the graph as it stands."""
    return findings(non_finite(run), saturated(run), dead(run), cut(run), exploding(run), symmetric(run))


def non_finite(run: Run) -> Finding | None:
    """Find the first value, going forward, or gradient, going backward, that is no number."""
    for place, value in enumerate(run.values):
        if not np.isfinite(value):
            text = f"{words.title(run.graph, place)} computes {words.number(float(value))}: nothing after it can be trusted."
            return Finding("non-finite", "failure", text)
    for place in reversed(range(len(run.graph))):
        if not np.isfinite(run.gradients[place]):
            name = words.title(run.graph, place)
            return Finding("non-finite", "failure", f"The gradient of {name} is {words.number(run.gradients[place])}.")
    return None


def saturated(run: Run) -> Finding | None:
    """Find a sigmoid or tanh whose slope lets less than a hundredth through."""
    for place, node in enumerate(run.graph):
        if node.operation in SQUASHING and abs(run.slopes[place][0]) < SATURATED:
            name, slope = words.title(run.graph, place), words.number(float(run.slopes[place][0]))
            text = f"{name} is saturated: its local slope is {slope}, and every product through it shrinks that much."
            return Finding("saturation", "failure" if abs(run.slopes[place][0]) < SATURATED**2 else "warning", text)
    return None


def dead(run: Run) -> Finding | None:
    """Find ReLUs that are off."""
    off = [p for p, node in enumerate(run.graph) if node.operation == "relu" and run.values[p] == 0]
    if not off:
        return None
    names = ", ".join(f"node {place + 1}" for place in off)
    sums = ", ".join(words.number(float(run.values[run.graph[place].inputs[0]])) for place in off)
    return Finding("dead units", "warning", f"ReLU is off at {names} (input {sums}): local slope 0, nothing goes back.")


def cut(run: Run) -> Finding | None:
    """Find a product whose other factor is zero, so that a path ends there."""
    for place, node in enumerate(run.graph):
        if node.operation == "*" and run.gradients[place] != 0:
            for which, slope in enumerate(run.slopes[place]):
                if slope == 0:
                    name, other = (words.symbol(run.graph, node.inputs[one]) for one in (which, 1 - which))
                    at = f"at × (node {place + 1})"
                    text = f"{other} is 0 {at}, and it is the local slope towards {name}: 0 × upstream = 0."
                    return Finding("vanishing gradient", "warning", text)
    return None


def exploding(run: Run) -> Finding | None:
    """Find a leaf whose gradient is huge."""
    for place, node in enumerate(run.graph):
        if node.operation == "leaf" and HUGE < abs(run.gradients[place]) < np.inf:
            name, size = words.title(run.graph, place), words.number(float(run.gradients[place]))
            return Finding(
                "exploding gradient", "warning", f"The gradient of {name} is {size}: local slopes above 1 multiply."
            )
    return None


def symmetric(run: Run) -> Finding | None:
    """Find two hidden units that are and stay equal, because their gradients are equal too."""
    p = run.params
    if p.graph != "network":
        return None
    units = np.array([[*p.weights[:2], p.biases[0], p.output[0]], [*p.weights[2:], p.biases[1], p.output[1]]])
    if not np.array_equal(units[0], units[1]):
        return None
    place = next(place for place, node in enumerate(run.graph) if node.name == "w11")
    text = "Both hidden units have equal weights, so their gradients are equal (w₁₁ and w₂₁: "
    return Finding(
        "symmetric units", "failure", f"{text}{words.number(float(run.gradients[place]))}): no step parts them."
    )
