"""Ensembles of small networks: grown member by member, and split exactly into what members err and how they differ."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.ensembles import observing, planes
from nnviz.concepts.ensembles.draws import Points
from nnviz.concepts.ensembles.observing import Scores
from nnviz.concepts.ensembles.planes import Plane
from nnviz.concepts.ensembles.settings import Params
from nnviz.concepts.ensembles.training import Members, large_chances, members_of, points_of
from nnviz.core.progress import Report, part, silent

__all__ = ["Params", "Run", "run"]
Floats = NDArray[np.float64]
LARGE_SEEDS = 8  # seeds at most that also train one large network


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        params: its settings.
        points: of every seed.
        members: the trained networks.
        scores: of ensembles of 1 … M members.
        plane: pictures of the first seed.
        large: (S′,) test accuracy of one network with as many hidden units as all members together, of the first
            S′ ≤ 8 seeds; empty in a sketch and until it is trained.
    """

    params: Params
    points: tuple[Points, ...]
    members: Members
    scores: Scores
    plane: Plane
    large: Floats


def run(params: Params, report: Report = silent) -> Run:
    """Train the members of every seed, grow their ensembles, and train one large network beside them."""
    setting = params.setting
    points = points_of(setting)
    members = members_of(setting, part(report, 0.0, 0.6))
    scores = observing.scores_of(params, members, points, part(report, 0.6, 0.75))
    report(0.75, "drawing the plane")
    plane = planes.draw(params, members, scores.weights[0])
    found = Run(params, points, members, scores, plane, np.empty(0))
    if params.sketch:
        return found
    report(0.76, "training one large network", found)
    few = replace(setting, method="seeds", seeds=setting.seeds[:LARGE_SEEDS])
    answers = large_chances(few, part(report, 0.76, 1.0))
    truth = np.stack([each.test_targets for each in points[:LARGE_SEEDS]])
    return replace(found, large=((answers > 0.5) == (truth == 1)).mean(axis=1))
