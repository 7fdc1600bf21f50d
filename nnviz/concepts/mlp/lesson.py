"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

import numpy as np

from nnviz.concepts.mlp import words
from nnviz.concepts.mlp.claims import CLAIMS
from nnviz.concepts.mlp.model import Params, Run
from nnviz.concepts.mlp.network import best_line, forward, one_line
from nnviz.concepts.mlp.recipe import RECIPES
from nnviz.concepts.mlp.settings import STEADY
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference


def standard(params: Params, **changes: object) -> Params:
    """Return settings in which a question is asked: the usual training; which network is drawn stays."""
    usual = {name: Params.model_fields[name].default for name in (*STEADY, "initialization", "solved", "sketch")}
    return params.but(**usual | {"activation": "tanh"} | changes)


def solving(run: Run) -> Answer:
    """Grade how many of 32 seeds solve XOR."""
    total = len(run.network.accuracy[-1])
    solved = words.solvers(run)
    choice = 0 if solved == 0 else 3 if solved == total else 1 if 2 * solved < total else 2
    rest = f"the others stop at {words.percent(float(np.min(run.network.accuracy[-1])))} or more"
    return Answer(choice, f"{solved} of {total} solve it; {rest}, with their two lines in the wrong places.")


def linear_gain(run: Run) -> Answer:
    """Grade what eight linear units add to a line."""
    line, network = (100 * float(np.median(nets.accuracy[-1])) for nets in (run.line, run.network))
    choice = 0 if network >= run.params.solved else 1 if network - line > 5 else 2
    because = (
        f"Median test accuracy: {network:.1f} % against the line's {line:.1f} %. A product of matrices is a matrix."
    )
    return Answer(choice, because)


def fewest(run: Run) -> Answer:
    """Grade how many units it takes until at least half of the seeds have the circle."""
    enough = [size for size, values in run.accuracies.items() if np.mean(values >= run.solved) >= 0.5]
    needed = min(enough, default=99)
    choice = 0 if needed <= 1 else 1 if needed == 2 else 2 if needed <= 4 else 3
    shares = ", ".join(
        f"{100 * np.mean(run.accuracies[size] >= run.solved):.0f} % with {size}" for size in (1, 2, 3, 4)
    )
    return Answer(choice, f"Seeds that solve it: {shares}. A ring needs at least three lines around it.")


PREDICTIONS = (
    Prediction(
        "With 2 hidden units, how many of 32 seeds solve XOR?",
        ("None", "Fewer than half", "Half or more, but not all", "All 32"),
        lambda p: standard(p, data="xor", hidden=2, seeds=32),
        solving,
    ),
    Prediction(
        "Eight hidden units without an activation function, on XOR: how well do they do?",
        ("They solve it", "Better than a line", "No better than a line"),
        lambda p: standard(p, data="xor", hidden=8, activation="linear", seeds=8),
        linear_gain,
    ),
    Prediction(
        "A disc inside a ring: with how many hidden units does at least half of the seeds solve it?",
        ("1", "2", "3 or 4", "More than 4"),
        lambda p: standard(p, data="circle", hidden=3, seeds=16),
        fewest,
    ),
)

PRESETS = (
    Preset(
        "A deep line is a line",
        {"activation": "linear", "hidden": 16},
        "Sixteen units, and both pictures are alike: without bending, two layers multiply out to one.",
        "collapse",
    ),
    Preset(
        "All weights start at zero",
        {"initialization": "zeros"},
        "All units stay alike for ever: equal weights get equal gradients.",
        "symmetric units",
    ),
    Preset(
        "All weights start equal",
        {"initialization": "constant", "hidden": 8},
        "Not zero, but equal: eight units draw one line between them (look at the dots).",
        "symmetric units",
    ),
    Preset(
        "No hidden layer",
        {"hidden": 0},
        "The perceptron twice. It guesses, and no training can help it.",
        "underfitting",
    ),
    Preset(
        "Dead ReLUs",
        {"activation": "relu", "rate": 1.0},
        "Steps far too large throw units to where they answer 0 to every point.",
        "dead units",
    ),
)

MEASURES = (
    Measure("test accuracy", "%", lambda run: 100 * run.network.accuracy[-1], "more"),
    Measure("test accuracy of the line", "%", lambda run: 100 * run.line.accuracy[-1], "more"),
    Measure("test loss", "nats", lambda run: run.network.test_loss, "less"),
)

REFERENCES = (
    Reference("Rosenblatt: The perceptron", 1958, "https://doi.org/10.1037/h0042519"),
    Reference("Minsky & Papert: Perceptrons", 1969, "https://mitpress.mit.edu/9780262630221/perceptrons/"),
    Reference(
        "Rumelhart, Hinton & Williams: Learning representations by back-propagating errors",
        1986,
        "https://doi.org/10.1038/323533a0",
    ),
    Reference(
        "Cybenko: Approximation by superpositions of a sigmoidal function", 1989, "https://doi.org/10.1007/BF02551274"
    ),
    Reference(
        "Hornik, Stinchcombe & White: Multilayer feedforward networks are universal approximators",
        1989,
        "https://doi.org/10.1016/0893-6080(89)90020-8",
    ),
)

lesson = Lesson(
    intro="A perceptron parts the plane by one line; a hidden layer draws several and puts them together. Both learn "
    "here from the same points. Drag the hidden units from 0 upwards, watch when the rings vanish, then look below at "
    "what the hidden layer has made of the plane: something that one line can part.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(forward, one_line, best_line),
    references=REFERENCES,
    measures=MEASURES,
    recipe=RECIPES,
    notes=(
        Note(
            2,
            "XOR, before playing, ask: “Where would you put one line?” Let someone try with a ruler on the screen. "
            "(No line gets more than about three clouds of four; the sentence has the number.)",
        ),
        Note(
            3,
            "Drag the hidden units to 0, 1, 2, 3, 4 and stop at each. The dotted lines are the units' own. Ask: "
            "“How many lines does XOR need?” (Two.)",
        ),
        Note(
            3,
            "At 2 units press “New weights” again and again. Ask: “Same clouds, same rule: why do some fail?” (Other "
            "first weights: two lines are stuck where every small move makes the loss worse.)",
        ),
        Note(
            3,
            "2 or 3 units, look below (V) at “The plane as the hidden units bend it” and play. Ask: “Where is the line now?” "
            "(It is straight here, and bent up there: it is the same cut.)",
        ),
        Note(2, "Break it, “A deep line is a line”. Ask: “Sixteen units, what went wrong?” (Nothing bends.)"),
    ),
)
