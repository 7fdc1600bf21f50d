"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

import numpy as np

from nnviz.concepts.forward_pass.claims import CLAIMS
from nnviz.concepts.forward_pass.edits import write
from nnviz.concepts.forward_pass.model import PLANE, Run, square
from nnviz.concepts.forward_pass.network import Edge, forward, multiplications, softmax
from nnviz.concepts.forward_pass.recipe import recipe
from nnviz.concepts.forward_pass.words import number
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference

NARROW = {"layers": 2, "units1": 3, "units2": 3, "classes": 2}


def mirrored(run: Run) -> Answer:
    """Grade which class wins at the mirrored input."""
    chances = run.probabilities
    because = f"At ({number(run.params.x1)}, {number(run.params.x2)}) class 1 has {chances[0]:.3f}, class 2 {chances[1]:.3f}: "
    return Answer(run.winner, because + "the sign goes through every unit that x₁ feeds.")


def widened(run: Run) -> Answer:
    """Grade by how much the multiplications grow when both hidden widths double."""
    before, now = multiplications((2, 3, 3, 2)), sum(run.costs)
    ratio = now / before
    choice = 0 if ratio < 2.2 else 1 if ratio < 3.5 else 2
    because = f"From {before} to {now}: ×{ratio:.2f}. Only 3·3 → 6·6 grows fourfold; next to the input and the output one side stays."
    return Answer(choice, because)


def unbent(run: Run) -> Answer:
    """Grade whether the log-odds ln p₁/p₂ are a plane over the inputs, so that the border is a line."""
    odds = (run.logits[..., 0] - run.logits[..., 1]).ravel()
    flat = np.column_stack([square(PLANE), np.ones(odds.size)])
    best = flat @ np.linalg.lstsq(flat, odds, rcond=None)[0]
    gap = float(np.abs(odds - best).max())
    which = "a" if gap < 1e-6 else "the nearest"
    because = f"ln p₁/p₂ differs from {which} plane over x₁ and x₂ by {gap:.1g} at most: "
    because += "without bending, three layers are one matrix."
    return Answer(0 if gap < 1e-6 else 1, because)


PREDICTIONS = (
    Prediction(
        "Which class wins if x₁ changes sign?",
        ("Class 1", "Class 2"),
        lambda p: p.but(x1=-p.x1, classes=2),
        mirrored,
    ),
    Prediction(
        "A 2–3–3–2 network becomes 2–6–6–2: how many times as many multiplications?",
        ("Twice", "About three times", "Four times"),
        lambda p: p.but(**NARROW | {"units1": 6, "units2": 6}, batch="1"),
        widened,
    ),
    Prediction(
        "Both hidden layers become linear: what is the border between the classes?",
        ("A straight line", "Still bent"),
        lambda p: p.but(layers=2, classes=2, activation1="linear", activation2="linear"),
        unbent,
    ),
)


def changed(values: dict[Edge, float]) -> dict[str, object]:
    """Return weights as settings, the first of them in the hand."""
    first = next(iter(values))
    return {"weights": write(values), "edge": ".".join(map(str, first)), "weight": values[first]}


BELOW = {(1, unit, source): (-3.0 if source == 0 else 0.5) for unit in range(1, 5) for source in (1, 2, 0)}
STEEP = {(2, unit, source): 3.0 for unit in (1, 2, 3) for source in (1, 2, 3, 4, 0)}
MUTE = {(3, unit, source): 0.0 for unit in (1, 2) for source in (1, 2, 3)}

PRESETS = (
    Preset(
        "Dead ReLUs",
        {"activation1": "relu", "activation2": "relu"} | changed(BELOW),
        "Biases of −3 hold all four sums below zero wherever you put the input: only zeros arrive at layer 2.",
        "dead units",
    ),
    Preset(
        "Saturated sigmoids",
        {"activation1": "sigmoid", "activation2": "sigmoid"} | changed(STEEP),
        "Weights and biases of 3 push every sum of layer 2 to where the sigmoid is flat: it answers 1 to almost anything.",
        "saturation",
    ),
    Preset(
        "Nothing gets through",
        changed(MUTE),
        "All weights of the last layer are 0: the hidden numbers move, the probabilities do not.",
        "collapse",
    ),
)

MEASURES = (
    Measure("probability of class 1", "%", lambda run: 100 * run.probabilities[0]),
    Measure("multiplications", "", lambda run: sum(run.costs), "less"),
)

REFERENCES = (
    Reference(
        "Rumelhart, Hinton & Williams: Learning representations by back-propagating errors",
        1986,
        "https://doi.org/10.1038/323533a0",
    ),
    Reference(
        "Bridle: Probabilistic interpretation of feedforward classification network outputs (softmax)",
        1990,
        "https://doi.org/10.1007/978-3-642-76153-9_28",
    ),
    Reference(
        "Goodfellow, Bengio & Courville: Deep learning, chapter 6",
        2016,
        "https://www.deeplearningbook.org/contents/mlp.html",
    ),
    Reference(
        "PyTorch: Numerical accuracy (batched computations)",
        2024,
        "https://pytorch.org/docs/stable/notes/numerical_accuracy.html",
    ),
)

lesson = Lesson(
    intro="An input goes through the network once, from left to right: every unit multiplies, adds, and bends the sum. "
    "Play it step by step, drag the input, or click a wire and drag its weight, and watch which numbers move and which "
    "do not. Below is the same step as a matrix product, and one cell opened to its own sum.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(forward, softmax, multiplications),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=(
        Note(
            3,
            "Step with → from the input. At each sum ask for the next number before you show it. (“The sum” below "
            "has it number by number; click the unit to open it.)",
        ),
        Note(
            2,
            "Click a wire of the last layer and drag its weight. Ask: “Which numbers do not move?” (All to the left.)",
        ),
        Note(2, "Click a wire of layer 1 and drag. Ask: “And now?” (Everything to the right of that one unit.)"),
        Note(3, "Batch to 32 inputs. Ask: “What is new in the product?” (31 more rows; W and b are the same.)"),
        Note(2, "Set both activations to linear and move the input. Ask: “What has become of the border?” (A line.)"),
    ),
)
