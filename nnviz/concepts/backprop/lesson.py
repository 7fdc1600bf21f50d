"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

import numpy as np

from nnviz.concepts.backprop.claims import CLAIMS
from nnviz.concepts.backprop.graph import backward, forward, local_slopes
from nnviz.concepts.backprop.model import Params, Run
from nnviz.concepts.backprop.recipe import recipe
from nnviz.concepts.backprop.words import number
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference

DOUBLED = ("a", "b", "c")
SHARES = (0.25, 1e-2, 1e-4)
FORMULA = Params.model_fields["expression"].default


def _product(params: Params) -> Params:
    changes = {"graph": "expression", "expression": "a*b + c", "a": 0.8, "b": 1.5, "c": -0.2, "node": 1}
    return params.but(**changes)


def _doubling(run: Run) -> Answer:
    """Double one input after the other and see which doubles the gradient of a."""
    leaves = {name: np.float64(value) for name, value in run.params.leaves().items()}
    ratios = []
    for name in DOUBLED:
        values = forward(run.graph, leaves | {name: 2 * leaves[name]})
        ratios.append(float(backward(run.graph, values)[0][0]) / float(run.gradients[0]))
    doubles = [abs(ratio - 2) < 1e-9 for ratio in ratios]
    listed = ", ".join(f"{name}: ×{number(ratio)}" for name, ratio in zip(DOUBLED, ratios, strict=True))
    because = (
        f"The gradient of a, {number(float(run.gradients[0]))}, is b itself. Doubling one input makes it {listed}."
    )
    return Answer(doubles.index(True) if any(doubles) else len(DOUBLED), because)


def _twice(params: Params) -> Params:
    return params.but(graph="expression", expression=FORMULA, a=0.8, b=1.5, c=-0.2, target=1.0, node=1)


def _joining(run: Run) -> Answer:
    parts, whole = run.products, float(run.gradients[run.node])
    offers = (parts.sum(), parts.prod(), parts[np.argmax(np.abs(parts))], parts.mean())
    choice = int(np.argmin(np.abs(np.array(offers) - whole)))
    both = " and ".join(number(float(part)) for part in parts)
    return Answer(choice, f"The two paths bring {both}; the gradient is {number(whole)}.")


def _saturating(params: Params) -> Params:
    return params.but(graph="expression", expression="sigmoid(a*b)", a=3.0, b=3.0, node=1)


def _passing(run: Run) -> Answer:
    place = next(place for place, node in enumerate(run.graph) if node.operation == "sigmoid")
    slope = float(run.slopes[place][0])
    choice = int(np.argmin([abs(np.log(slope / share)) for share in SHARES]))
    return Answer(choice, f"At input {number(float(run.values[run.graph[place].inputs[0]]))} σ′ = {number(slope)}.")


PREDICTIONS = (
    Prediction(
        "L = a·b + c: the gradient of a doubles if which input doubles?", ("a", "b", "c", "None"), _product, _doubling
    ),
    Prediction(
        "a is used twice, so two paths lead to it. How does its gradient come from what the two paths bring?",
        ("Their sum", "Their product", "The larger one", "Their mean"),
        _twice,
        _joining,
    ),
    Prediction(
        "A sigmoid's input is 9. How much of the upstream gradient does it let through?",
        ("About a quarter", "About a hundredth", "About a ten-thousandth"),
        _saturating,
        _passing,
    ),
)

PRESETS = (
    Preset(
        "A saturated sigmoid",
        {"expression": "(sigmoid(a*b) - y)^2", "a": 3.0, "b": 3.0, "target": 0.0},
        "The answer is wrong by 1, and a and b hardly get a gradient: one factor of their product is 0.0001.",
        "saturation",
    ),
    Preset(
        "A path with a zero",
        {"c": 0.0},
        "c is 0, and c is the local slope from a·c towards a: that whole path brings nothing.",
        "vanishing gradient",
    ),
    Preset(
        "A ReLU that is off",
        {"expression": "(relu(a*b + c) - y)^2", "a": -1.0, "b": 2.0},
        "Its input is negative, its slope 0: nobody behind it learns, although the loss is not 0.",
        "dead units",
    ),
    Preset(
        "Slopes above one",
        {"expression": "(a*b)^6 - y", "a": 3.0, "b": 3.0, "rate": 0.001},
        "Six factors of 9: even the smallest step is thrown far away.",
        "exploding gradient",
    ),
    Preset(
        "Twin hidden units",
        {"graph": "network", "weights": (0.6, -1.0, 0.6, -1.0), "biases": (0.1, 0.1), "output": (0.5, 0.5, 0.2)},
        "Equal weights get equal gradients: compare w₁₁ with w₂₁. No step tells the units apart.",
        "symmetric units",
    ),
    Preset(
        "Logarithm of a negative",
        {"expression": "(log(a) - y)^2", "a": -1.0},
        "The forward pass breaks at ln, and nothing that comes after can be trusted.",
        "non-finite",
    ),
)

REFERENCES = (
    Reference(
        "Rumelhart, Hinton & Williams: Learning representations by back-propagating errors, Nature",
        1986,
        "https://doi.org/10.1038/323533a0",
    ),
    Reference(
        "Linnainmaa: Taylor expansion of the accumulated rounding error, BIT",
        1976,
        "https://doi.org/10.1007/BF01931367",
    ),
    Reference(
        "Baur & Strassen: The complexity of partial derivatives, Theoretical Computer Science",
        1983,
        "https://doi.org/10.1016/0304-3975(83)90110-X",
    ),
    Reference("Griewank & Walther: Evaluating Derivatives, SIAM", 2008, "https://doi.org/10.1137/1.9780898717761"),
    Reference(
        "Baydin, Pearlmutter, Radul & Siskind: Automatic differentiation in machine learning: a survey, JMLR",
        2018,
        "https://www.jmlr.org/papers/v18/17-468.html",
    ),
)

lesson = Lesson(
    intro="Every operation knows one thing: how much its output moves when an input moves. Backpropagation multiplies that "
    "local slope by what arrives from the loss, edge by edge, and adds where edges meet. Play the sweep, drag a "
    "leaf, click a node to follow its paths, or write your own formula.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(forward, local_slopes, backward),
    references=REFERENCES,
    measures=(
        Measure("loss after the step", "", lambda run: run.after, "less"),
        Measure("gradient of the inspected node", "", lambda run: float(run.gradients[run.node])),
        Measure("loss", "", lambda run: run.loss, "less"),
    ),
    recipe=recipe,
    notes=(
        Note(
            3,
            "Step through forward, then stop before each backward step. Ask: “What arrives? What is the local slope? "
            "What is sent on?” The answer appears above the graph.",
        ),
        Note(
            2,
            "Click a. Ask: “Two edges come back to a. Multiply or add?” Add: the chart of paths shows 0.13 and −0.30.",
        ),
        Note(
            2, "Drag c through 0. Ask: “Which path dies at c = 0, and why?” The lower one: c is the slope of a·c in a."
        ),
        Note(3, "Break it, “A saturated sigmoid”. Ask: “The answer is as wrong as can be. Why is there no gradient?”"),
        Note(2, "Step size: at which η does the loss rise again? Compare with the dashed straight slope."),
        Note(
            2,
            "The cost chart. Ask: “A million weights: how many forward passes is a gradient?” About three, not a million.",
        ),
    ),
)
