"""The run in words and short numbers."""

from nnviz.concepts.forward_pass.model import Run
from nnviz.concepts.forward_pass.network import Edge

NAMES = {"tanh": "tanh", "relu": "ReLU", "sigmoid": "sigmoid", "linear": "linear", "softmax": "softmax"}
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Return a number with two decimals and a real minus sign; none before a zero."""
    text = f"{value:.2f}" if abs(value) < 99.5 else f"{value:.0f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")


def brief(value: float) -> str:
    """Return a number that fits into a unit: one decimal from 10 on, none from 100 on."""
    return number(value) if abs(value) < 9.995 else f"{value:.{1 if abs(value) < 99.95 else 0}f}".replace("-", "−")


def unit_name(layer: int, unit: int, layers: int) -> str:
    """Name a unit: x₁ of layer 0, "class 1" of the last layer, otherwise "unit 1 of layer 1"."""
    if layer == 0:
        return f"x{unit}".translate(LOWERED)
    return f"class {unit}" if layer == layers else f"unit {unit} of layer {layer}"


def edge_name(edge: Edge, layers: int) -> str:
    """Name a wire or a bias."""
    layer, to, start = edge
    end = unit_name(layer, to, layers)
    return f"bias of {end}" if start == 0 else f"{unit_name(layer - 1, start, layers)} → {end}"


def moments(run: Run) -> list[str]:
    """Say what happens at each step: the input, then each layer's sum and activation."""
    texts = ["the input"]
    last = len(run.layers)
    for place, layer in enumerate(run.layers, 1):
        who = "output" if place == last else f"layer {place}"
        texts += [f"{who}: weighted sums", f"{who}: {NAMES[layer.name]}"]
    return texts


def formulas(run: Run) -> list[str]:
    """Write each step as a formula with the shapes of its arrays."""
    rows, texts = run.params.rows, [f"A⁰ = input, ({run.params.rows}, 2)"]
    for place, layer in enumerate(run.layers, 1):
        inner, outer = layer.weights.shape
        now, before = (str(each).translate(RAISED) for each in (place, place - 1))
        shapes = f"({rows}, {inner}) @ ({inner}, {outer}) + ({outer},) → ({rows}, {outer})"
        texts += [f"Z{now} = A{before} W{now} + b{now}:  {shapes}", f"A{now} = {NAMES[layer.name]}(Z{now})"]
    return texts


def sentence(run: Run) -> str:
    """Say what comes out, what it costs, and what the chosen wire carries."""
    p, chances = run.params, run.probabilities
    others = ", ".join(
        f"class {index + 1} has {chance:.3f}" for index, chance in enumerate(chances) if index != run.winner
    )
    text = f"Input ({number(p.x1)}, {number(p.x2)}) is class {run.winner + 1} with probability {chances[run.winner]:.3f} ({others}). "
    text += f"{sum(run.costs)} multiplications for {'one input' if p.rows == 1 else f'{p.rows} inputs'}. "
    if p.chosen is None:
        return text + f"This network has no wire {p.edge}: click one to change its weight."
    layer, _, start = p.chosen
    name = edge_name(p.chosen, len(run.layers))
    if start == 0:
        return text + f"The {name} adds {number(p.weight)}."
    value = float(run.layers[layer - 1].inputs[0, start - 1])
    product = f"{number(value)} × {number(p.weight)} = {number(value * p.weight)}"
    return text + f"The chosen wire {name} carries {product}."
