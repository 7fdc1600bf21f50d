"""Adversarial attacks and defences on small networks: one attack under the hand, all of them measured over seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.adversarial import plane
from nnviz.concepts.adversarial.defences import Defence
from nnviz.concepts.adversarial.plane import Plane
from nnviz.concepts.adversarial.portrait import Portrait, portray
from nnviz.concepts.adversarial.settings import COMPARED, DEFENCES, Params
from nnviz.concepts.adversarial.survey import Curves, Smallest, curves, groups, joined, smallest, transfers
from nnviz.core.memo import Memo
from nnviz.core.progress import Report, silent
from nnviz.models.spread import spread

__all__ = ["Params", "Run", "run"]


@dataclass(frozen=True)
class Run:
    """One attack under the hand, and what is known of all attacks over seeds.

    Attributes:
        portrait: the attack on one digit and on forty.
        plane: its path over a map.
        curves: defence → what its networks keep under attack; a defence that is not measured yet is missing.
        smallest: the chosen defence under the attacks that look for the smallest change, or None.
        transfers: (K, E, 3, 3) who fools whom, or None where it is not asked for or not measured yet.
    """

    params: Params
    portrait: Portrait
    plane: Plane
    curves: dict[Defence, Curves]
    smallest: Smallest | None
    transfers: NDArray[np.float64] | None

    @property
    def own(self) -> Curves | None:
        """The curves of the chosen defence, or None while they are not measured."""
        return self.curves.get(self.params.defence)


@dataclass(frozen=True)
class Job:
    """One piece of the costly part: a remembered function and its arguments."""

    kind: str
    function: "Memo[..., Any]"
    arguments: tuple[Any, ...]

    def known(self) -> Any:
        """Return the remembered result, or None: the function's first act is a report, and this one refuses."""
        try:
            return self.function(*self.arguments, report=_refuse)
        except Unknown:
            return None


class Unknown(Exception):
    """Raised by a report to find out whether a result is remembered."""


def _refuse(_fraction: float, _what: str = "", _partial: Any = None) -> None:
    raise Unknown


def run(params: Params, report: Report = silent) -> Run:
    """Attack what is shown at once; then measure every attack over seeds, reporting what is already known."""
    report(0.0, "training the network that is shown")
    shown = _shown(params, report)
    jobs = jobs_of(params)
    found = [job.known() for job in jobs]
    missing = [place for place, result in enumerate(found) if result is None]
    if not missing or params.hurried:
        return _assembled(params, shown, jobs, found)
    report(0.02, "attacking", _assembled(params, shown, jobs, found))

    def done(results: list[Any]) -> Run:
        for place, result in zip(missing, results, strict=True):
            found[place] = result
        return _assembled(params, shown, jobs, found)

    def work(place: int, heed: Report) -> Any:
        return jobs[place].function(*jobs[place].arguments, report=heed)

    names = " and ".join(DEFENCES[name] for name in params.compared[:2])
    return done(spread(work, missing, report, f"training and attacking: {names}, …", done))


def jobs_of(params: Params) -> list[Job]:
    """Return the pieces of the costly part, the chosen defence first."""
    seeds = groups(range(params.seeds))
    few = groups(range(min(params.seeds, COMPARED)))
    model, chosen, norm = params.model, params.defence, params.norm
    jobs = [Job(chosen, curves, (model, chosen, norm, group)) for group in seeds]
    jobs += [Job("smallest", smallest, (model, chosen, group)) for group in seeds]
    if params.detail == "transfer":
        jobs += [Job("transfers", transfers, (norm, group)) for group in few]
    others = [name for name in params.compared if name != chosen]
    return jobs + [Job(name, curves, (model, name, norm, group)) for name in others for group in few]


def _shown(params: Params, report: Report) -> tuple[Portrait, Plane]:
    """Return the attack under the hand and its path on the plane."""
    portrait = portray(params.model, params.defence, params.spec, params.digit, params.drawing, report)
    if params.plane == "cut":
        return portrait, plane.through_the_digit(params.model, params.defence, params.spec, portrait, params.drawing)
    return portrait, plane.on_two_features(params.defence, params.spec, (params.across, params.up), report)


def _assembled(params: Params, shown: tuple[Portrait, Plane], jobs: Sequence[Job], found: Sequence[Any]) -> Run:
    """Return the run with what is known so far."""
    parts: dict[str, list[Any]] = {}
    for job, result in zip(jobs, found, strict=True):
        if result is not None:
            parts.setdefault(job.kind, []).append(result)
    measured = {name: joined(parts[name]) for name in params.compared if name in parts}
    near = joined(parts["smallest"]) if "smallest" in parts else None
    rates = np.concatenate(parts["transfers"]) if "transfers" in parts else None
    return Run(params, *shown, measured, near, rates)
