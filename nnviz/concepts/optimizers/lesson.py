"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnviz.concepts.optimizers import look, online, race
from nnviz.concepts.optimizers.claims import CLAIMS
from nnviz.concepts.optimizers.model import Params, Run
from nnviz.concepts.optimizers.recipe import CALM, SMALL, recipe
from nnviz.concepts.optimizers.settings import NAMES, RATES
from nnviz.core.ensemble import OPTIMIZERS
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference
from nnviz.core.notation import decimals
from nnviz.models.surfaces import paths

ASKED = ("sgd", "momentum", "rmsprop", "adam")  # of whom the first question asks
SMALLEST = 1e-30  # heights below count as this
BEST = ("sgd", "momentum", "rmsprop", "adam")


def turned(params: Params) -> Params:
    """Return a ravine at 45°, each racer at its own best rate, without noise."""
    return params.but(
        surface="ravine",
        angle=45.0,
        condition=50.0,
        rates="best",
        noise=0.0,
        start=(0.0, 0.0),
        steps=150,
        optimizers=ASKED,
    )


def grade_turned(run: Run) -> Answer:
    """Grade who ends higher by most decades than in the same ravine along the axes."""
    assert run.race is not None
    straight = race.held(run.params.but(angle=0.0))
    before, after = (np.maximum(one.heights[:, 0, -1], SMALLEST) for one in (straight, run.race))
    lost = np.log10(after / before)
    told = [f"{NAMES[name]} {decimals(float(each), 1)}" for name, each in zip(ASKED, lost, strict=True)]
    worst = int(lost.argmax())
    because = f"Turning costs, in decades of height after {run.params.steps} steps, each at its best rate: {look.listed(told)}."
    if ASKED[worst] in ("rmsprop", "adam"):
        because += f" {NAMES[ASKED[worst]]} divides each coordinate by its own slopes, which helps while the ravine lies along one."
    return Answer(worst, because)


def steep(params: Params) -> Params:
    """Return a ravine along the axes, without noise, from a place where both slopes differ much."""
    return params.but(surface="ravine", angle=0.0, condition=100.0, noise=0.0, start=(-1.0, 1.0), optimizers=("adam",))


def grade_first_step(run: Run) -> Answer:
    """Grade by the length of Adam's first step along both coordinates."""
    assert run.race is not None
    slopes = np.abs(run.params.ground.slope(run.params.place))
    step = np.abs(np.diff(run.race.ways[0, 0, :2], axis=0)[0])
    ratio = float(step[1] / step[0])
    choice = int(np.argmin([abs(np.log(ratio / each)) for each in (1.0, 10.0, 100.0)]))
    because = f"The slopes are {look.number(float(slopes[0]))} and {look.number(float(slopes[1]))}, the first step is "
    because += (
        f"{look.number(float(step[0]))} along x and {look.number(float(step[1]))} along y: −η · sign of the slope."
    )
    return Answer(choice, because)


def grade_network(run: Run) -> Answer:
    """Grade who ends lowest on the network, each at its own best rate."""
    ends = [float(np.median(run.nets.curve(name)[-1])) for name in BEST]
    told = [
        f"{NAMES[name]} {look.number(end)} (η = {run.nets.best_rate(name):g})"
        for name, end in zip(BEST, ends, strict=True)
    ]
    return Answer(int(np.argmin(ends)), f"Median loss at the end: {look.listed(told)}.")


def of_network(name: str) -> Callable[[Run], Any]:
    """Return what reads one optimizer's last loss at the rate 0.01, (S,)."""
    return lambda run: run.nets.last[OPTIMIZERS.index(name), RATES.index(CALM)]


def of_race(name: str, rate: float) -> Callable[[Run], Any]:
    """Return what walks with one optimizer, without noise, and reads the height at the end."""

    def height(run: Run) -> float:
        p = run.params
        if run.race is None:
            return float("nan")
        return float(
            p.ground.value(paths(p.ground, p.place, steps=p.steps, optimizer=name, rate=rate, **p.memory)[0, -1])
        )

    return height


MEASURES = (
    Measure("network's loss, Adam at the rate 0.01", "nats", of_network("adam"), "less"),
    Measure("network's loss, momentum at the rate 0.01", "nats", of_network("momentum"), "less"),
    Measure("height, Adam at the rate 0.01", "", of_race("adam", CALM), "less"),
    Measure("height, gradient descent at the rate 0.0001", "", of_race("sgd", SMALL), "less"),
)

PREDICTIONS = (
    Prediction(
        "You turn the ravine by 45°. Which optimizer suffers most?",
        tuple(NAMES[name] for name in ASKED),
        turned,
        grade_turned,
    ),
    Prediction(
        "The slope along y is a hundred times the slope along x. How much longer is Adam's first step along y?",
        ("Just as long", "10 times", "100 times"),
        steep,
        grade_first_step,
    ),
    Prediction(
        "On the network, each at its own best rate: who ends lowest?",
        tuple(NAMES[name] for name in BEST),
        lambda params: params,
        grade_network,
    ),
)

PRESETS = (
    Preset(
        "Adam on Reddi's sequence",
        {"surface": "reddi", "beta1": 0.0, "beta2": 1 / 17, "decay": 1 / 17},
        "Adam and RMSprop walk up to the worst point; AMSGrad and gradient descent go the other way.",
        "wrong limit",
    ),
    Preset(
        "Above the stability bound",
        {"surface": "ravine", "rates": "same", "rate": 2.2},
        "Gradient descent overshoots by more at every step; who divides by the slope's size stays.",
        "divergence",
    ),
    Preset(
        "Adagrad grinds to a halt",
        {"surface": "rosenbrock", "rates": "same", "rate": 0.1, "optimizers": ("adagrad", "rmsprop", "adam")},
        "The first slopes are huge and are never forgotten: Adagrad's steps shrink before it has reached the valley's end.",
        "vanishing step",
    ),
)

REFERENCES = (
    Reference(
        "Duchi, Hazan & Singer: Adaptive subgradient methods for online learning and stochastic optimization",
        2011,
        "https://jmlr.org/papers/v12/duchi11a.html",
    ),
    Reference(
        "Sutskever, Martens, Dahl & Hinton: On the importance of initialization and momentum in deep learning",
        2013,
        "https://proceedings.mlr.press/v28/sutskever13.html",
    ),
    Reference("Kingma & Ba: Adam: a method for stochastic optimization", 2015, "https://arxiv.org/abs/1412.6980"),
    Reference(
        "Wilson, Roelofs, Stern, Srebro & Recht: The marginal value of adaptive gradient methods in machine learning",
        2017,
        "https://arxiv.org/abs/1705.08292",
    ),
    Reference("Reddi, Kale & Kumar: On the convergence of Adam and beyond", 2018, "https://arxiv.org/abs/1904.09237"),
    Reference("Loshchilov & Hutter: Decoupled weight decay regularization", 2019, "https://arxiv.org/abs/1711.05101"),
    Reference("PyTorch documentation: torch.optim", 2025, "https://docs.pytorch.org/docs/stable/optim.html"),
)

lesson = Lesson(
    intro="Seven rules that turn a gradient into a step, raced down the same surface and trained on the same small network. "
    "The learning rate decides more than the name, so each runs at its own best of five decades. Play the race, turn the "
    "landscape, change the surface; then see who still wins on the network.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(race.held, race.walk, online.play),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=(
        Note(
            2,
            "Play the race, from above (V) it is plainer: name who leads. Ask: “Is it the method or the rate?” Set one rate "
            "for all and drag it: the order changes at every decade.",
        ),
        Note(
            3,
            "Ask the first question (Q), then “Show this run above” and turn the ravine back to 0°. (Adaptive methods divide "
            "each coordinate by its own slopes; at 45° both coordinates have the same.)",
        ),
        Note(
            3,
            "Below (V), the sweep “On the network”: ask who forgives a wrong rate. Read the width of each valley, not its depth.",
        ),
        Note(2, "Break it, “Adam on Reddi's sequence”. Ask: “The mean slope points left. Why does Adam go right?”"),
        Note(2, "Claims: let the class vote on “Adam beats SGD” before you open it; read the rates under the verdict."),
    ),
)
