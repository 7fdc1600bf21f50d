"""The page's controls, and what the fits depend on."""

from dataclasses import dataclass
from typing import Literal, Self

from nnviz.core import params

Features = Literal["polynomial", "fourier", "relu", "gaussian", "mlp"]
Target = Literal["wave", "bump", "step", "line"]
Ridge = Literal["0", "0.001", "0.01", "0.1", "1", "10"]
Scale = Literal["areas", "log"]
FEATURES = {
    "polynomial": "Polynomials",
    "fourier": "Random waves",
    "relu": "Random ReLU units",
    "gaussian": "Gaussian features (theory)",
    "mlp": "Trained networks",
}
TARGETS = {"wave": "Wave", "bump": "Bump", "step": "Step", "line": "Straight line"}
RIDGES = {"0": "None: the shortest weights"} | {name: name for name in ("0.001", "0.01", "0.1", "1", "10")}
MOST = 200  # parameters
CURVES: dict[str, tuple[str, ...]] = {"features": ("polynomial", "fourier", "relu", "mlp")}


@dataclass(frozen=True)
class Problem:
    """What a survey of all capacities depends on; the capacity on screen is not part of it.

    Attributes:
        points: n, training points in a data set.
        noise: σ, needed before training where answers are not linear in the labels (networks); otherwise 0, see `Parabola`.
        wrong: share of labels that are far off.
        ridge: λ of ‖y − Φw‖² + λ‖w‖²; 0 is the shortest w among the best.
        sets: data sets per seed.
        steps: of training, for networks.
    """

    features: Features
    target: Target
    points: int
    noise: float
    wrong: float
    ridge: float
    sets: int
    seeds: tuple[int, ...]
    steps: int = 0


class Params(params.Params):
    """The settings of the page."""

    capacity: int = params.field(
        8, "Parameters p", "How many parameters the model has: drag it through p = n, the number of training points.",
        ge=1, le=MOST, log=True, live=True,
    )  # fmt: skip
    features: Features = params.field(
        "polynomial", "Model",
        "What the parameters weigh: powers of x, random waves, random ReLU units, the Gaussian features of the theory; or "
        "a network with one hidden layer, all of it trained.",
        labels=FEATURES,
    )  # fmt: skip
    noise: float = params.field(
        0.4, "Noise σ", "Standard deviation of the error in every label. No model can predict it.",
        ge=0, le=1, multiple_of=0.05, live=True,
    )  # fmt: skip
    points: int = params.field(
        20, "Training points n", "How many points each data set has.", ge=5, le=60
    )  # fmt: skip
    ridge: Ridge = params.field(
        "0", "Ridge λ", "Price on long weights: least squares plus λ times their squared length. For networks, weight decay.",
        labels=RIDGES,
    )  # fmt: skip
    wrong: float = params.field(
        0.0, "Wrong labels", "Share of labels that are far off: an error of standard deviation 1.5 on top of the noise.",
        ge=0, le=0.5, multiple_of=0.05,
    )  # fmt: skip
    target: Target = params.field(
        "wave", "True curve", "What the labels would be without noise.", labels=TARGETS, more=True, when=CURVES
    )
    scale: Scale = params.field(
        "areas", "Error axis", "Areas: parts that add up, on a plain scale. Logarithm: the whole peak, over decades.",
        labels={"areas": "Areas that add up", "log": "Logarithm"}, more=True,
    )  # fmt: skip
    sets: int = params.field(
        40, "Data sets", "How many data sets the model is fitted to anew, for each seed. Networks: at most 64 over all seeds, 4 a seed at least.",
        ge=4, le=50, more=True,
    )  # fmt: skip
    steps: int = params.field(
        800, "Training steps", "Steps of Adam on all points at once.",
        ge=100, le=2000, multiple_of=100, more=True, when={"features": ("mlp",)},
    )  # fmt: skip
    seeds: int = params.field(
        8, "Seeds", "How often the whole experiment is repeated, with its own data sets and its own random features.",
        ge=1, le=32, more=True,
    )  # fmt: skip

    def preview(self) -> Self:
        """Keep everything: all capacities are fitted once and remembered, and noise only weighs what is remembered."""
        return self

    @property
    def problem(self) -> Problem:
        """What the page's own fits depend on."""
        trained, seeds = self.features == "mlp", tuple(range(self.seeds))
        return Problem(
            features=self.features,
            target="wave" if self.features == "gaussian" else self.target,
            points=self.points,
            noise=self.noise if trained else 0.0,
            wrong=self.wrong,
            ridge=float(self.ridge),
            sets=min(self.sets, max(4, 64 // self.seeds)) if trained else self.sets,
            seeds=seeds,
            steps=self.steps if trained else 0,
        )
