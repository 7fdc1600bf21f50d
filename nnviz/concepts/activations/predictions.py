"""What is asked before the reveal; the right answers come from the run."""

import numpy as np

from nnviz.concepts.activations import look
from nnviz.concepts.activations.functions import Name, softmax
from nnviz.concepts.activations.model import LABELS, Params, Run
from nnviz.core.lesson import Answer, Prediction

ASKED: tuple[Name, ...] = ("sigmoid", "tanh", "relu", "swish")
SHARES = ("More than a tenth", "Between a tenth and a ten-thousandth", "Less than a ten-thousandth")
PLAIN = {"data": "circle", "hidden": 2, "rate": 0.1, "epochs": 60, "leak": 0.1}


def _steepest(run: Run) -> Answer:
    slopes = {name: run.readings[name].slope for name in ASKED}
    top = max(ASKED, key=lambda name: slopes[name])
    listed = ", ".join(f"{LABELS[name]} {slopes[name]:.5f}" for name in ASKED)
    return Answer(ASKED.index(top), f"The slopes at input {run.params.x:g}: {listed}.")


def _arriving(run: Run) -> Answer:
    gradient = run.passages["sigmoid"].gradient
    share = float(gradient[0] / gradient[-1])
    choice = 0 if share > 0.1 else 1 if share > 1e-4 else 2
    per_layer = share ** (1 / (run.params.layers - 1))
    because = f"Layer 1 has {look.number(share)} of layer {run.params.layers}'s gradient: ×{per_layer:.2f} at each layer on the way."
    return Answer(choice, because)


def _recovering(run: Run) -> Answer:
    dead = {name: float(run.nets[name].dead[1].mean()) for name in ("relu", "leaky_relu")}
    alive = tuple(share < 1 for share in dead.values())
    accuracy = {name: float(np.median(run.nets[name].accuracy[-1])) for name in dead}
    told = " and ".join(
        f"{LABELS[name]} {100 * dead[name]:.0f} % (test accuracy {accuracy[name]:.2f})" for name in dead
    )
    return Answer(
        {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[alive],
        f"Dead units after training: {told}.",
    )


def _evening(run: Run) -> Answer:
    before, now = softmax(run.params.logits), run.probabilities
    spread = [float(p.max() - p.min()) for p in (before, now)]
    choice = 2 if np.isclose(*spread, atol=1e-9) else 0 if spread[1] > spread[0] else 1
    because = f"The largest probability goes from {look.number(float(before.max()))} to {look.number(float(now.max()))}; the centre is ⅓ for all three."
    return Answer(choice, because)


PREDICTIONS = (
    Prediction(
        "Input 6: which derivative is largest?",
        tuple(LABELS[name] for name in ASKED),
        lambda p: p.but(picture="functions", functions=ASKED, x=6.0, gain=1.0, beta=1.0),
        _steepest,
    ),
    Prediction(
        "Ten sigmoid layers at gain 1: how much of layer 10's gradient arrives at layer 1?",
        SHARES,
        lambda p: p.but(picture="tower", functions=("sigmoid",), gain=1.0, layers=10, bias=0.0),
        _arriving,
    ),
    Prediction(
        "All biases start at −10: which nets still have a unit that can learn after 60 epochs?",
        ("Only ReLU's", "Only leaky ReLU's", "Both", "Neither"),
        lambda p: p.but(**PLAIN, picture="nets", functions=("relu", "leaky_relu"), bias=-10.0),
        _recovering,
    ),
    Prediction(
        "Raise the softmax temperature from 1 to 10: where does the point on the simplex go?",
        ("Towards a corner", "Towards the centre", "It stays"),
        lambda p: p.but(picture="softmax", temperature=10.0, logits=Params().logits),
        _evening,
    ),
)
