"""The settings of the dropout page."""

from typing import Literal, Self

import numpy as np
from pydantic import field_validator

from nnviz.concepts.dropout.thinning import Scaling
from nnviz.concepts.dropout.training import Rates, Setting, own_parts
from nnviz.core import params
from nnviz.data.points import parse

LIVE = 2.4e7  # weights × points × epochs of a training that follows the hand


class Params(params.Params):
    """Settings of the dropout page."""

    data: Literal["moons", "digits", "points"] = params.field(
        "moons",
        "Data",
        "Two moons can be drawn as a plane, and so can points of your own. Digits are 8×8 pictures, ten classes.",
        labels={"moons": "Noisy moons", "digits": "Digits", "points": "Your own points"},
    )
    own: str = params.field(
        "",
        "Your points",
        "Click to add a point of the chosen class, drag it, double-click to remove it. Each network learns from one "
        "half of each class, drawn anew for every seed; the other half is its test.",
        editor="points",
        live=True,
        labels={"0": "a", "1": "b"},
        when={"data": ("points",)},
    )
    rate: float = params.field(
        0.5,
        "Dropout rate",
        "Share of hidden units switched off at random, anew for every example at every step of training.",
        ge=0,
        le=0.9,
        multiple_of=0.05,
        live=True,
    )
    width: int = params.field(
        32,
        "Width",
        "Units in each of the two hidden layers. A wide network has units to spare, a small one has none.",
        ge=2,
        le=64,
        unit="units",
        live=True,
    )
    points: int = params.field(
        40,
        "Training points",
        "How many examples each network learns from. Few examples are easy to memorize.",
        ge=20,
        le=200,
        multiple_of=10,
        live=True,
        when={"data": ("moons", "digits")},
    )
    eval_mode: bool = params.field(
        True,
        "Eval mode at test",
        "On: all units answer at test, as after model.eval(). Off: units go on dropping, which is what you get when "
        "you forget that call.",
    )
    noise: float = params.field(
        0.5,
        "Noise",
        "Standard deviation of the points around their moon. Near 0.5 the moons overlap, and memorizing hurts.",
        ge=0,
        le=1,
        multiple_of=0.05,
        live=True,
        more=True,
        when={"data": ("moons",)},
    )
    wrong: float = params.field(
        0.2,
        "Wrong labels",
        "Share of training digits that carry another digit's label. The test labels are all right.",
        ge=0,
        le=0.5,
        multiple_of=0.05,
        live=True,
        more=True,
        when={"data": ("digits",)},
    )
    same: bool = params.field(
        True,
        "Same rate in both layers",
        "Off: the second hidden layer gets a rate of its own.",
        more=True,
    )
    second: float = params.field(
        0.5,
        "Rate of the second layer",
        "Dropout rate of the hidden layer next to the output; the first slider then moves the first layer only.",
        ge=0,
        le=0.9,
        multiple_of=0.05,
        live=True,
        more=True,
        when={"same": ("0",)},
    )
    scaling: Scaling = params.field(
        "inverted",
        "Rescale",
        "A unit that is kept with probability 1 − rate is weaker on average than one that always answers. Inverted "
        "dropout makes up for it in training; the original recipe does so at test; forget both and the outputs grow.",
        more=True,
        labels={
            "inverted": "in training: ÷ (1 − rate)",
            "keep": "at test: × (1 − rate)",
            "rate": "at test: × rate (a slip)",
            "none": "forgotten",
        },
    )
    epochs: int = params.field(
        200, "Epochs", "Passes over the training points.", ge=50, le=300, multiple_of=10, live=True, more=True
    )
    passes: int = params.field(
        50,
        "Monte Carlo passes",
        "How many thinned networks are asked the same question. Their mean is an answer, their spread says how sure.",
        ge=2,
        le=200,
        live=True,
        more=True,
    )
    layer: Literal["first", "second"] = params.field(
        "first",
        "Layer to correlate",
        "Which hidden layer's units are compared with each other.",
        more=True,
        labels={"first": "first hidden layer", "second": "second hidden layer"},
    )
    seeds: int = params.field(
        8, "Seeds", "Networks per setting; each has its own points, weights, orders and masks.", ge=1, le=32, more=True
    )
    seed: int = params.field(
        0, "First seed", "The network that is drawn; the others take the numbers after it.", ge=0, le=99, more=True
    )
    sketch: bool = params.field(
        False, "Sketch", "One network and few frames, while a hand still moves a control.", editor="hidden"
    )

    @field_validator("own")
    @classmethod
    def _readable(cls, text: str) -> str:
        parse(text)
        return text

    @property
    def plane(self) -> bool:
        """Whether the examples lie in a plane that can be drawn."""
        return self.data != "digits"

    @property
    def rates(self) -> Rates:
        """Dropout rates of the two hidden layers."""
        return (self.rate, self.rate if self.same else self.second)

    def scaling_at(self, rates: Rates) -> Scaling:
        """Return how a network of these rates is rescaled: where nothing is dropped, nothing needs it."""
        return self.scaling if any(rates) else "inverted"

    @property
    def setting(self) -> Setting:
        """What the training depends on besides the rates."""
        own = self.own if self.data == "points" else ""
        return Setting(
            data=self.data,
            width=self.width,
            points=len(own_parts(own, self.seed)[0]) if self.data == "points" else self.points,
            noise={"moons": self.noise, "digits": self.wrong, "points": 0.0}[self.data],
            epochs=self.epochs,
            seeds=tuple(range(self.seed, self.seed + self.seeds)),
            rescale=self.scaling == "inverted",
            snapshots=9 if self.sketch else 37,
            own=own,
        )

    def preview(self) -> Self:
        """Return a sketch: one seed, at most 200 epochs (fewer where each takes long) and 20 passes."""
        most = LIVE / (self.setting.network.parameters * self.setting.points) // 10 * 10
        epochs = int(np.clip(most, 50, min(self.epochs, 200)))
        return self.but(sketch=True, seeds=1, epochs=epochs, passes=min(self.passes, 20))
