"""What is asked before the reveal; the right answers come from the run."""

import numpy as np

from nnviz.concepts.activations.functions import Name, softmax
from nnviz.concepts.activations.model import LABELS, Params, Run
from nnviz.core.lesson import Answer, Prediction
from nnviz.core.notation import significant

ASKED: tuple[Name, ...] = ("sigmoid", "tanh", "relu", "swish")
SHARES = ("More than a tenth", "Between a tenth and a ten-thousandth", "Less than a ten-thousandth")
DYING: dict[str, object] = {
    "picture": "nets",
    "functions": ("relu", "leaky_relu"),
    "bias": -10.0,
    "leak": 0.3,
    "rate": 0.3,
    "epochs": 200,
}
LEARNED = 0.75  # test accuracy; guessing has 0.5


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
    arrives = f"Layer 1 has {significant(share)} of layer {run.params.layers}'s gradient"
    because = f"{arrives}: ×{per_layer:.2f} at each layer on the way."
    return Answer(choice, because)


def _recovering(run: Run) -> Answer:
    relu, leaky = run.nets["relu"], run.nets["leaky_relu"]
    learned = [bool(np.median(nets.accuracy[-1]) > LEARNED) for nets in (relu, leaky)]
    choice = {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[learned[0], learned[1]]
    told = [
        f"{np.median(nets.accuracy[-1]):.2f} with {100 * nets.dead[1].mean():.0f} % of units dead"
        for nets in (relu, leaky)
    ]
    return Answer(choice, f"Median test accuracy: ReLU {told[0]}, leaky ReLU {told[1]}.")


def _evening(run: Run) -> Answer:
    before, now = softmax(run.params.logits), run.probabilities
    was, becomes = (float(p.max() - p.min()) for p in (before, now))
    choice = 2 if abs(was - becomes) < 1e-9 else 0 if becomes > was else 1
    largest = f"from {significant(float(before.max()))} to {significant(float(now.max()))}"
    because = f"The largest probability goes {largest}; in the centre all three are ⅓."
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
        "All biases start at −10, the leak is 0.3: which nets have learned the circle after 200 epochs?",
        ("Only ReLU's", "Only leaky ReLU's", "Both", "Neither"),
        lambda p: p.but(**DYING, data="circle", hidden=2, seeds=8),
        _recovering,
    ),
    Prediction(
        "Raise the softmax temperature from 1 to 10: where does the point on the simplex go?",
        ("Towards a corner", "Towards the centre", "It stays"),
        lambda p: p.but(picture="softmax", temperature=10.0, logits=Params().logits),
        _evening,
    ),
)
