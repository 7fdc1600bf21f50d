"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

import numpy as np

from nnviz.concepts.momentum import look, nets, theory
from nnviz.concepts.momentum.claims import CLAIMS
from nnviz.concepts.momentum.model import MEASURED, Params, Run, descend, shrinking
from nnviz.concepts.momentum.recipe import recipe
from nnviz.concepts.momentum.theory import METHODS
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference

BETA = 0.9  # of the questions


def heavier(params: Params) -> Params:
    """Return a short ravine and almost no friction."""
    return params.but(kappa=10.0, beta=0.99, rate=1.0, method="momentum", x=-1.2, y=0.9)


def grade_heavier(run: Run) -> Answer:
    """Grade by the measured factors a step at β = 0.99 and at 0.9."""
    p = run.params
    after = float(run.measured[1])
    before = float(shrinking(descend(p.kappa, (1.0, 1.0), p.rate, BETA, MEASURED))[1])
    choice = 0 if after < 0.995 * before else 1 if after > 1.005 * before else 2
    need = [look.steps(float(theory.steps_for_a_tenth(each))) for each in (before, after)]
    because = f"Measured over {MEASURED} steps, a step multiplies the error by {look.factor(before)} at β = {BETA:g} ({need[0]} for a "
    because += f"tenth) and by {look.factor(after)} at β = {p.beta:g} ({need[1]}): the ball swings and hardly brakes."
    return Answer(choice, because)


def longer(params: Params) -> Params:
    """Return the heavy ball at its best in a ravine of κ = 1000."""
    rate, beta = theory.best("momentum", 1000.0)
    return params.but(kappa=1000.0, rate=round(rate, 2), beta=round(200 * beta) / 200, method="momentum")


def grade_longer(run: Run) -> Answer:
    """Grade by the steps measured at the best α and β for κ = 10 and κ = 1000."""
    need = theory.steps_for_a_tenth(run.by_condition[:, [2, 6]])  # (2, 2): method, κ
    times = need[:, 1] / need[:, 0]
    choice = int(np.argmin([abs(np.log(times[1] / each)) for each in (1, 10, 100)]))
    because = f"Measured at the best α and β, the heavy ball goes from {look.steps(need[1, 0])} for a tenth to {look.steps(need[1, 1])}, "
    because += f"{times[1]:.3g} times as many; gradient descent needs {times[0]:.3g} times as many."
    return Answer(choice, because)


def grade_limit(run: Run) -> Answer:
    """Grade which method bears the largest rate, by walks at ever larger ones."""
    rates = np.round(np.arange(0.05, 4.5, 0.05), 2)
    bears = []
    for index in range(len(METHODS)):
        factors = np.array(
            [shrinking(descend(run.params.kappa, (0.0, 1.0), rate, BETA, MEASURED))[index] for rate in rates]
        )
        bears.append(float(rates[np.flatnonzero(factors < 1)[-1]]))
    told = ", ".join(f"{look.called(name)} {rate:g}" for name, rate in zip(METHODS, bears, strict=True))
    return Answer(int(np.argmax(bears)), f"Largest rate at which the error still shrank, in steps of 0.05: {told}.")


MEASURES = (
    Measure("height at the end", "", lambda run: run.heights[run.front, -1], "less"),
    Measure("height without momentum", "", lambda run: run.heights[0, -1], "less"),
    Measure("network's loss at the rate 0.01", "nats", lambda run: nets.calm_loss(run.nets, run.params.method), "less"),
    Measure(
        "network's loss at the rate 0.01, without momentum", "nats", lambda run: nets.calm_loss(run.nets, "sgd"), "less"
    ),
)

PREDICTIONS = (
    Prediction(
        "κ = 10, α = 1. You raise β from 0.9 to 0.99. Does the heavy ball arrive faster or slower?",
        ("Faster", "Slower", "Just as fast"),
        heavier,
        grade_heavier,
    ),
    Prediction(
        "The ravine's κ goes from 10 to 1000. How many times the steps does the heavy ball need, at its best α and β?",
        ("About as many", "About 10 times", "About 100 times"),
        longer,
        grade_longer,
    ),
    Prediction(
        "β = 0.9. Which method bears the largest learning rate before it diverges?",
        ("Gradient descent", "The heavy ball", "Nesterov"),
        lambda params: params.but(beta=BETA),
        grade_limit,
    ),
)

PRESETS = (
    Preset(
        "Beyond the limit",
        {"rate": 3.9},
        "Across the ravine every step overshoots by more than the last; the limit at β = 0.9 is 2 + 2β = 3.8.",
        "divergence",
    ),
    Preset(
        "Nesterov at the heavy ball's rate",
        {"rate": 1.5, "method": "nesterov"},
        "The heavy ball bears this rate, Nesterov does not: its limit falls as β grows.",
        "divergence",
    ),
    Preset(
        "Too little friction",
        {"beta": 0.99, "kappa": 10.0, "rate": 1.0},
        "The ball runs past the lowest point again and again; plain gradient descent is there long before.",
        "oscillation",
    ),
    Preset(
        "No friction at all",
        {"beta": 1.0},
        "Nothing takes the energy out: it swings for ever.",
        "oscillation",
    ),
)

REFERENCES = (
    Reference(
        "Polyak: Some methods of speeding up the convergence of iteration methods",
        1964,
        "https://doi.org/10.1016/0041-5553(64)90137-5",
    ),
    Reference(
        "Sutskever, Martens, Dahl & Hinton: On the importance of initialization and momentum in deep learning",
        2013,
        "https://proceedings.mlr.press/v28/sutskever13.html",
    ),
    Reference(
        "Lessard, Recht & Packard: Analysis and design of optimization algorithms via integral quadratic constraints",
        2016,
        "https://arxiv.org/abs/1408.3595",
    ),
    Reference("Goh: Why momentum really works, Distill", 2017, "https://distill.pub/2017/momentum"),
    Reference(
        "PyTorch documentation: torch.optim.SGD",
        2025,
        "https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html",
    ),
)

lesson = Lesson(
    intro="Momentum keeps a share β of the last step, as a heavy ball keeps its speed. In a long ravine it gathers speed "
    "along the valley while the zigzag across it cancels out. Drag β and α: watch the ripples, and your point on the map of "
    "how fast it converges. Too little friction, and the ball never comes to rest.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(descend, theory.factor, theory.best),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=(
        Note(
            2,
            "Start with β = 0 and play: the heavy ball and gradient descent are one. Ask: “Which direction is slow?” "
            "(Along the ravine: 1 − α/κ a step.) Then let β go to 0.9.",
        ),
        Note(
            3,
            "Ask the first question (Q): “Faster or slower?” Then “Show this run above” and, below (V), the map: every κ "
            "has one star, and it is not at β = 1.",
        ),
        Note(
            3,
            "Take κ, look below (V) and move it with the arrow keys: the star wanders. Ask: “What does a hundred times the "
            "κ cost?” (A hundred times the steps without momentum, ten times with it: the third chart.)",
        ),
        Note(
            2,
            "Break it, “Beyond the limit” and “Nesterov at the heavy ball's rate”. Ask: “Which direction diverges?” "
            "(Across: below, the error by direction tells.)",
        ),
        Note(2, "Claims: ask who believes that momentum escapes local minima, and what would be a fair test of it."),
    ),
)
