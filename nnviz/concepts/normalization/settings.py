"""The settings of the page."""

from typing import Literal, Self

from nnviz.concepts.normalization.scaling import Scaler
from nnviz.concepts.normalization.wine import Cellar
from nnviz.core import params

Feature = Literal["alcohol", "flavanoids", "color_intensity", "proline"]
FEATURES: dict[str, int] = {"alcohol": 0, "flavanoids": 6, "color_intensity": 9, "proline": 12}
SCALERS = {
    "none": "None: as measured",
    "minmax": "Min–max: to 0…1",
    "zscore": "z-score: mean 0, deviation 1",
    "robust": "Robust: median, middle half",
    "layer": "Layer norm: each example",
}
STEADY = ("outlier", "rate", "wines", "feature", "epochs", "leak", "activation")
"""Settings that the wine networks depend on; at their defaults those networks are remembered."""
PREVIEWED = 2  # networks of each scaling while a hand moves something they depend on


class Params(params.Params):
    """How wide the features are, and how they are scaled."""

    ratio: float = params.field(
        10.0,
        "Scale ratio",
        "How many times as wide the second feature is as the first: metres beside centimetres are 100.",
        ge=1, le=1000, log=True, live=True,
    )  # fmt: skip
    scaler: Scaler = params.field(
        "zscore", "Scaling", "What is done to the features before anything is learned, on the right.", labels=SCALERS
    )
    outlier: float = params.field(
        0.0,
        "Outlier",
        "Where one example's first feature is moved to, in standard deviations; 0 leaves it. One wine gets the same.",
        ge=0, le=30, multiple_of=1, unit="σ", live=True,
    )  # fmt: skip
    step: float = params.field(
        1.5,
        "Learning rate",
        "In units of 1/λ with the largest curvature λ of each loss. Beyond 2 gradient descent diverges.",
        ge=0.1, le=2.2, multiple_of=0.05, live=True,
    )  # fmt: skip
    correlation: float = params.field(
        0.0, "Correlation", "Of the two features: no scaling of single features takes it away.",
        ge=0, le=0.95, multiple_of=0.05, live=True, more=True,
    )  # fmt: skip
    rate: float = params.field(
        0.1, "Learning rate on wine", "Step size of gradient descent of the wine networks, batches of 16.",
        ge=1e-4, le=10, log=True, more=True,
    )  # fmt: skip
    activation: Literal["tanh", "relu"] = params.field(
        "tanh", "Activation on wine", "Of the eight hidden units of the wine networks. tanh saturates far from 0, ReLU does not.",
        labels={"tanh": "tanh", "relu": "ReLU"}, more=True,
    )  # fmt: skip
    wines: int = params.field(
        90, "Wines to learn from", "Of 178; the others are tested on. Each seed divides them anew.",
        ge=30, le=150, multiple_of=10, more=True,
    )  # fmt: skip
    feature: Feature = params.field(
        "flavanoids", "Feature of the outlier", "In which of the 13 features one wine is moved.",
        labels={"alcohol": "Alcohol", "flavanoids": "Flavanoids", "color_intensity": "Colour intensity", "proline": "Proline"},
        more=True,
    )  # fmt: skip
    epochs: int = params.field(
        30, "Epochs on wine", "Passes over the wines to learn from.", ge=5, le=100, multiple_of=5, more=True
    )
    leak: bool = params.field(
        False,
        "Fit on all wines",
        "Let the scaler see the test wines too. It should not: they are for measuring.",
        more=True,
    )
    seeds: int = params.field(8, "Seeds", "Data sets and networks, each with draws of its own.", ge=1, le=32, more=True)
    seed: int = params.field(
        0, "First seed", "The seed of the first; the others take the numbers after it.", ge=0, le=99, more=True
    )
    sketch: bool = params.field(False, "Sketch", "Fewer networks, while a hand still moves a control.", editor="hidden")

    def preview(self) -> Self:
        """Train fewer networks while the hand moves."""
        return self.but(sketch=True)

    @property
    def quick(self) -> bool:
        """Whether a hand moves while the wine networks are not the usual ones, which are remembered."""
        fields = type(self).model_fields
        return self.sketch and any(getattr(self, name) != fields[name].default for name in STEADY)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The seeds."""
        return tuple(range(self.seed, self.seed + self.seeds))

    @property
    def cellar(self) -> Cellar:
        """What the wines depend on."""
        seeds = self.numbers[:PREVIEWED] if self.quick else self.numbers
        return Cellar(self.wines, FEATURES[self.feature], self.outlier, seeds)
