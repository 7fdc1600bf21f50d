"""The settings of the page."""

from typing import Literal, Self

import numpy as np
from pydantic import field_validator

from nnviz.concepts.ensembles.draws import FOLDS, Method
from nnviz.concepts.ensembles.training import Data, Setting
from nnviz.core import params
from nnviz.data.points import parse, within
from nnviz.data.toy import WINDOW

METHODS = {
    "seeds": "Different seeds",
    "bagging": "Bagging",
    "boosting": "Boosting (AdaBoost)",
    "stacking": "Stacking",
    "snapshot": "Snapshots",
    "subspaces": "Random subspaces",
    "copies": "Copies of one seed",
}
LIVE = 6e5  # examples in the training of all members that follows the hand
LIVE_SEQUENTIAL = 8e4
LEAST_EPOCHS = 20
MOST = 9e7  # examples in the training of all members of all seeds; for more, fewer seeds are trained


class Params(params.Params):
    """Settings of the ensembles page."""

    method: Method = params.field(
        "bagging",
        "Method",
        "What makes the members differ. Different seeds: other starting weights and orders. Bagging: each learns from "
        "a resample of the points. Boosting: each is drawn to what the ones before got wrong. Stacking: four kinds of "
        "network, weighed by points held out. Snapshots: one network, kept at the end of each cycle of its learning "
        "rate. Random subspaces: each sees 4 of 7 features made from x₁ and x₂. Copies: nothing.",
        labels=METHODS,
    )
    members: int = params.field(16, "Members", "How many networks answer together.", ge=1, le=32, live=True)
    width: int = params.field(
        8,
        "Member size",
        "Hidden units of each network: few make weak members that agree on what is simple, many make members that can "
        "memorize.",
        ge=1,
        le=16,
        unit="units",
        live=True,
    )
    combine: Literal["own", "mean", "vote", "weighted"] = params.field(
        "own",
        "Combine by",
        "Mean: average the chances. Vote: every member names a class. Weighted: mean with weights from training "
        "accuracy (log odds); boosting and stacking bring weights of their own. “As the method does” is a weighted vote "
        "in boosting, a weighted mean in stacking, otherwise the mean.",
        labels={"own": "As the method does", "mean": "Mean", "vote": "Vote", "weighted": "Weighted mean"},
    )
    data: Data = params.field(
        "moons",
        "Data",
        "Each seed has its own points, and 1000 others for its test. Your own points are all learned from; ten copies "
        "of each, moved by the noise, are the test.",
        labels={
            "moons": "Two moons",
            "circle": "Circle",
            "xor": "XOR: four squares",
            "spiral": "Spiral",
            "points": "Your own points",
        },
    )
    own: str = params.field(
        "",
        "Your points",
        "Click to add a point of the chosen class, drag it, double-click to remove it.",
        labels={"0": "a", "1": "b"},
        editor="points",
        live=True,
        when={"data": ("points",)},
    )
    noise: float = params.field(
        0.4,
        "Noise",
        "Standard deviation of what is added to every point.",
        ge=0,
        le=1,
        multiple_of=0.05,
        live=True,
    )
    points: int = params.field(
        40,
        "Training points",
        "How many points each seed learns from.",
        ge=20,
        le=200,
        multiple_of=10,
        live=True,
        more=True,
        when={"data": ("moons", "circle", "xor", "spiral")},
    )
    wrong: float = params.field(
        0.0,
        "Wrong labels",
        "Share of training labels that are turned over. The test labels are all right.",
        ge=0,
        le=0.4,
        multiple_of=0.05,
        live=True,
        more=True,
    )
    epochs: int = params.field(
        150,
        "Epochs of a member",
        "Passes over the training points. A snapshot takes a fifth of them.",
        ge=20,
        le=200,
        multiple_of=10,
        live=True,
        more=True,
    )
    rate: float = params.field(
        0.1, "Learning rate", "Step size of Adam.", ge=1e-3, le=0.3, log=True, live=True, more=True
    )
    seeds: int = params.field(
        8, "Seeds", "Ensembles trained at once, each with its own points and members.", ge=1, le=32, more=True
    )
    seed: int = params.field(
        0, "First seed", "The ensemble that is drawn; the others take the numbers after it.", ge=0, le=99, more=True
    )
    sketch: bool = params.field(
        False, "Sketch", "One ensemble, coarse pictures, while a hand still moves a control.", editor="hidden"
    )

    _points_lie_in_the_window = field_validator("own")(within(WINDOW))

    @property
    def setting(self) -> Setting:
        """What the training of the members depends on."""
        return Setting(
            method=self.method,
            members=self.members,
            width=self.width,
            data=self.data,
            own=self.own if self.data == "points" else "",
            points=self.points if self.data != "points" else 0,
            noise=self.noise,
            wrong=self.wrong,
            epochs=self.epochs,
            rate=self.rate,
            seeds=tuple(range(self.seed, self.seed + self.trained)),
        )

    @property
    def examples(self) -> float:
        """How many examples one seed's members are shown in their training, all epochs together."""
        points = max(2, len(parse(self.own)[0])) if self.data == "points" else self.points
        times = {"stacking": float(FOLDS), "snapshot": 0.2}.get(self.method, 1.0)
        return self.members * points * self.epochs * times

    @property
    def trained(self) -> int:
        """How many of the seeds are trained: all that a run may take."""
        return int(np.clip(MOST / self.examples, 1, self.seeds))

    def preview(self) -> Self:
        """Return a sketch: one ensemble, with fewer epochs where its training takes long."""
        budget = LIVE_SEQUENTIAL if self.method in ("boosting", "snapshot") else LIVE
        most = self.epochs * budget / self.examples // 10 * 10
        return self.but(sketch=True, seeds=1, epochs=int(np.clip(most, LEAST_EPOCHS, self.epochs)))
