"""Nodes and numbers as they are written on the page."""

import numpy as np

from nnviz.concepts.backprop.graph import Graph
from nnviz.concepts.backprop.model import Run

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
TERMS = 4  # of a sum, written out
SYMBOLS = {"*": "×", "/": "÷", "neg": "−", "sigmoid": "σ", "relu": "ReLU", "log": "ln", "sqrt": "√", "loss": "( )²"}


def number(value: float, digits: int = 3) -> str:
    """Return a number with a few significant digits and a real minus sign; a tiny or huge one in powers of ten."""
    if not np.isfinite(value):
        return "not a number" if np.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{float(f'{value:.{digits}g}'):g}".replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(RAISED)}".replace("-", "−")


def short(value: float) -> str:
    """Return a number that fits on an edge: at most two decimals, or its power of ten."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−") if abs(value) < 100 else number(value)
    return f"{value:.0e}".replace("e-0", "e−").replace("e+0", "e").replace("e-", "e−").replace("-", "−")


def symbol(graph: Graph, place: int) -> str:
    """Return what stands inside a node."""
    node = graph[place]
    if node.operation == "leaf":
        return node.name.translate(LOWERED)
    if node.operation == "number":
        return short(node.number)
    if node.operation == "^":
        return f"( ){str(int(node.number)).translate(RAISED)}"
    if node.operation == "+":
        return "+" if -1 not in node.signs else "−" if node.signs == (1, -1) else "±"
    return SYMBOLS.get(node.operation, node.operation)


def title(graph: Graph, place: int) -> str:
    """Name a node in a sentence: a leaf by its letter, an operation by sign and number."""
    sign = symbol(graph, place)
    return sign if graph[place].operation == "leaf" else f"{sign} (node {place + 1})"


def product(slope: float, upstream: float) -> str:
    """Write local × upstream with its result."""
    return f"{number(slope)} × {number(upstream)} = {number(slope * upstream)}"


def going_back(run: Run, place: int) -> str:
    """Say what the sweep does at one node: to each input, local × upstream."""
    graph, upstream = run.graph, float(run.gradients[place])
    edges = [
        f"to {symbol(graph, source)}: {product(float(slope), upstream)}"
        for source, slope in zip(graph[place].inputs, run.slopes[place], strict=True)
    ]
    lines = ["   ".join(edges[start : start + 2]) for start in range(0, len(edges), 2)]
    more = [f"and to {len(edges) - 4} more"] if len(edges) > 6 else []
    shown = lines[:2] if more else lines
    return "<br>".join([f"<b>{title(graph, place)}</b> sends local × upstream", *shown, *more])


def going_forward(run: Run, place: int) -> str:
    """Say what a node computes."""
    graph = run.graph
    inputs = ", ".join(
        f"{symbol(graph, source)} = {number(float(run.values[source]))}" for source in graph[place].inputs
    )
    return f"<b>{title(graph, place)}</b> computes {number(float(run.values[place]))}<br>from {inputs}"


def arriving(run: Run) -> str:
    """Say what has arrived at the inspected node: the sum over its edges."""
    name = title(run.graph, run.node)
    whole = number(float(run.gradients[run.node]))
    if run.node == len(run.graph) - 1:
        return f"<b>{name}</b> is the loss itself: ∂L/∂L = 1"
    edges = [
        float(sent)
        for user, node in enumerate(run.graph)
        for source, sent in zip(node.inputs, run.sent[user], strict=True)
        if source == run.node
    ]
    if len(edges) == 1:
        return f"<b>{name}</b> has the gradient {whole}<br>it is used once: one edge brings all of it"
    terms = " + ".join(number(one) if one >= 0 else f"({number(one)})" for one in edges[:TERMS])
    terms += " + …" if len(edges) > TERMS else ""
    return f"<b>{name}</b> is used {len(edges)} times: gradients add<br>{terms} = {whole}"


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    name = title(run.graph, run.node)
    gradient = number(float(run.gradients[run.node]))
    ways = len(run.paths)
    over = "one path" if ways == 1 else f"the sum over {ways} paths"
    first = f"The loss is {number(run.loss)}; its gradient with respect to {name} is {gradient}, {over}."
    step = f"A step of size {number(run.params.rate)} takes the loss to {number(run.after)}."
    return f"{first} {step} PyTorch's autograd differs by at most {number(difference(run), 1)}."


def difference(run: Run) -> float:
    """Return the largest difference between the hand-made gradients and autograd's, over nodes that both know."""
    both = np.isfinite(run.gradients) & np.isfinite(run.autograd)
    return float(np.max(np.abs(run.gradients[both] - run.autograd[both]), initial=0.0))
