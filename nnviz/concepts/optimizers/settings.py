"""The settings of the page, and where each surface is looked at."""

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from nnviz.core import params
from nnviz.models.surfaces import SURFACES, Surface

Optimizer = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
Ground = Literal["ravine", "rosenbrock", "beale", "saddle", "himmelblau", "rastrigin", "reddi"]
NAMES = {
    "sgd": "Gradient descent",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "amsgrad": "AMSGrad",
}
GROUNDS = {
    "ravine": "Ravine",
    "rosenbrock": "Rosenbrock's banana",
    "beale": "Beale",
    "saddle": "Saddle",
    "himmelblau": "Himmelblau: four minima",
    "rastrigin": "Rastrigin: many local minima",
    "reddi": "Reddi's sequence (2018)",
}
WINDOWS = {
    "ravine": (0.0, 0.0, 1.6),
    "rosenbrock": (0.0, 1.0, 2.0),
    "beale": (1.75, 0.0, 2.75),
    "saddle": (0.0, 0.0, 2.0),
    "himmelblau": (0.0, 0.0, 5.0),
    "rastrigin": (0.0, 0.0, 3.2),
    "reddi": (0.0, 0.0, 1.0),
}
"""Middle and half width of what the charts usually show of a surface: x, y, both axes alike."""
STARTS = {
    "ravine": (-1.2, 0.9),
    "rosenbrock": (-1.2, 1.0),
    "beale": (0.5, -2.0),
    "saddle": (-1.5, 0.01),
    "himmelblau": (-0.2, -1.1),
    "rastrigin": (-2.35, 1.7),
    "reddi": (0.0, 0.0),
}
"""Where the optimizers start unless the learner says otherwise."""
RATES = tuple(float(f"{10 ** (half / 2):.2g}") for half in range(-8, 3))
"""Learning rates of the sweep over five decades on the network: 10⁻⁴ to 10, two a decade."""
FINE = np.logspace(-4, 1, 41)
"""Learning rates of the sweep on a surface: the same five decades, eight a decade."""
QUICK_EPOCHS = 4
LOWEST = 1e-12  # heights below are all alike to the eye and to the comparison of rates


def place_of(surface: str, angle: float, start: tuple[float, float]) -> tuple[float, float]:
    """Return where all begin; the usual start, for 0, 0, turns with the ravine, so that only the axes differ."""
    if tuple(start) != (0.0, 0.0):
        return start
    x, y = STARTS[surface]
    turn = np.deg2rad(angle if surface == "ravine" else 0.0)
    return float(np.cos(turn) * x - np.sin(turn) * y), float(np.sin(turn) * x + np.cos(turn) * y)


def own_rate(name: str, rate: float) -> float:
    """Declare one optimizer's rate of its own."""
    found: float = params.field(
        rate, f"Rate of {NAMES[name]}", "Learning rate of this optimizer on the surface.",
        ge=1e-4, le=10, log=True, live=True, more=True, when={"rates": ("own",), "surface": SURFACES},
    )  # fmt: skip
    return found


class Params(params.Params):
    """Settings of the page."""

    surface: Ground = params.field(
        "beale",
        "Surface",
        "What is descended. Reddi's sequence is no surface but a game of rounds, in which Adam walks to the worst point.",
        labels=GROUNDS,
    )
    angle: float = params.field(
        0.0,
        "Turn the ravine",
        "Angle of its length against the first coordinate. Adaptive methods scale each coordinate by itself.",
        ge=0,
        le=90,
        multiple_of=5,
        unit="°",
        live=True,
        when={"surface": ("ravine",)},
    )
    optimizers: tuple[Optimizer, ...] = params.field(
        ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"),
        "Optimizers",
        "Who takes part in the race; with none chosen, gradient descent runs alone.",
        labels={name: NAMES[name] for name in NAMES if name != "amsgrad"},
    )
    rates: Literal["best", "same", "own"] = params.field(
        "best",
        "Learning rates",
        "Each at its own best of 41 rates over five decades: the lowest on average over this race. Or one for all, or your own. "
        "On Reddi's sequence: one for all, or else 0.5.",
        labels={"best": "each at its best", "same": "one for all", "own": "your own for each"},
    )
    rate: float = params.field(
        0.1, "Learning rate", "The same for all.", ge=1e-4, le=10, log=True, live=True, when={"rates": ("same",)}
    )
    noise: float = params.field(
        0.0,
        "Gradient noise",
        "Standard deviation of the noise on each slope, as a share of the gradient's size at the start.",
        ge=0,
        le=1,
        multiple_of=0.02,
        live=True,
        when={"surface": SURFACES},
    )
    steps: int = params.field(
        150, "Steps", "Steps of the race; on Reddi's sequence four rounds for each.", ge=10, le=500, multiple_of=10,
        live=True,
    )  # fmt: skip
    start: tuple[float, float] = params.field(
        (0.0, 0.0),
        "Start",
        "Where all begin; a click into the map sets it. 0, 0 stands for the surface's usual start.",
        ge=-6,
        le=6,
        more=True,
    )
    momentum: float = params.field(
        0.9, "Momentum μ", "What Momentum and Nesterov keep of the last step.", ge=0, le=0.995, multiple_of=0.005,
        live=True, more=True,
    )  # fmt: skip
    beta1: float = params.field(
        0.9, "β₁", "How slowly Adam's and AdamW's mean gradient forgets.", ge=0, le=0.999, live=True, more=True
    )
    beta2: float = params.field(
        0.999,
        "β₂",
        "How slowly Adam's and AdamW's mean squared gradient forgets.",
        ge=0,
        le=0.9999,
        live=True,
        more=True,
    )
    decay: float = params.field(
        0.99, "RMSprop's decay", "How slowly RMSprop's mean squared gradient forgets.", ge=0, le=0.9999, live=True,
        more=True,
    )  # fmt: skip
    weight_decay: float = params.field(
        0.01, "Weight decay", "AdamW's: each step also takes this share, times the rate, of the place itself.",
        ge=0, le=1, multiple_of=0.01, live=True, more=True,
    )  # fmt: skip
    condition: float = params.field(
        50.0, "Condition number κ", "Of the ravine: its steepest curvature over its flattest.", ge=1, le=1000, log=True,
        live=True, more=True, when={"surface": ("ravine",)},
    )  # fmt: skip
    sgd: float = own_rate("sgd", 0.001)
    heavy: float = own_rate("momentum", 0.001)
    ahead: float = own_rate("nesterov", 0.001)
    adagrad: float = own_rate("adagrad", 0.5)
    rmsprop: float = own_rate("rmsprop", 0.01)
    adam: float = own_rate("adam", 0.1)
    adamw: float = own_rate("adamw", 0.1)
    seeds: int = params.field(
        8,
        "Seeds",
        "Networks for each optimizer and rate, and draws of the gradient noise.",
        ge=1,
        le=32,
        more=True,
    )
    quick: bool = params.field(False, "Quick", "One seed, trained briefly, while the hand drags.", editor="hidden")

    def preview(self) -> Self:
        """Run the race in full with one draw of the noise; train one network of each kind, and only a little."""
        return self.but(seeds=1, quick=True)

    @property
    def racers(self) -> tuple[str, ...]:
        """Who takes part."""
        return self.optimizers or ("sgd",)

    @property
    def place(self) -> tuple[float, float]:
        """Where all begin."""
        return place_of(self.surface, self.angle, self.start)

    @property
    def window(self) -> tuple[float, float, float]:
        """Middle and half width of what is shown of the surface: its usual window, wider where the start lies outside."""
        x, y, reach = WINDOWS[self.surface]
        away = max(abs(self.place[0] - x), abs(self.place[1] - y))
        return x, y, reach if away <= reach else 1.05 * away

    @property
    def ground(self) -> Surface:
        """The surface; raises ValueError for Reddi's sequence, which is none."""
        return Surface(self.surface, self.condition, float(np.deg2rad(self.angle)))

    @property
    def memory(self) -> dict[str, float]:
        """What the optimizers remember, and decay, as keywords of `paths`."""
        names = ("momentum", "beta1", "beta2", "decay", "weight_decay")
        return {name: getattr(self, name) for name in names}

    def own_rates(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        """Return the rates that the learner has set for each, (M,)."""
        fields = {"momentum": "heavy", "nesterov": "ahead"}
        return np.array([float(getattr(self, fields.get(name, name))) for name in names])
