"""Why deep nets are hard: one net plain and with residual connections, its loss landscape, every depth, repairs, a search.

Both kinds of net share seeds, weights at the start, points and steps; they differ in `h + φ(·)` against `φ(·)` only.
"""

from dataclasses import dataclass, replace
from functools import partial as bound

from nnviz.concepts.deep_training.depths import Costs, Depths, costs, over_depths
from nnviz.concepts.deep_training.landscape import Key, Slice, slice_of
from nnviz.concepts.deep_training.nets import Net, Trained, train
from nnviz.concepts.deep_training.repair import Log, log
from nnviz.concepts.deep_training.search import Search, search
from nnviz.concepts.deep_training.settings import Params
from nnviz.core.ensemble.threads import side_by_side
from nnviz.core.progress import Report, part, silent

GRID, COARSE = 37, 19  # networks along each side of a landscape
FEW = 8  # seeds at every depth of the curve, at most

__all__ = ["Net", "Params", "Run", "run"]


@dataclass(frozen=True)
class Run:
    """A page's run; what the large picture does not need is None, and so is what is still being computed.

    Attributes:
        plain, skip: the networks of the setting, without and with residual connections; same seeds.
        slices: the landscapes of the first network of both kinds.
        depths: both kinds at every depth.
        costs: what depth costs.
        log: what repairs did.
        search: what three searches found.
    """

    params: Params
    plain: Trained
    skip: Trained
    slices: tuple[Slice, Slice] | None = None
    depths: Depths | None = None
    costs: Costs | None = None
    log: Log | None = None
    search: Search | None = None


def run(params: Params, report: Report = silent) -> Run:
    """Train both kinds, look around them, then do what the large picture asks for; what there is is shown on the way."""
    found = pair(params, part(report, 0.0, 0.7 if params.picture == "landscape" else 0.2))
    if params.picture == "repair":
        return _repaired(found, report)
    if params.picture == "search":
        searched = search(params.searched, params.seed, part(report, 0.2, 1.0))
        return replace(found, search=searched)
    if params.picture == "landscape":
        return replace(found, slices=landscapes(found, part(report, 0.7, 1.0)))
    return found if params.sketch else _deepened(found, report)


def pair(params: Params, report: Report = silent) -> Run:
    """Train the net plain and with residual connections."""
    nets = (params.net, params.net.twin())
    works = [bound(_train, net, params.numbers, params.steps) for net in nets]
    plain, skip = side_by_side(works, report)
    return Run(params, plain, skip)


def _train(net: Net, seeds: tuple[int, ...], steps: int, report: Report) -> Trained:
    return train(net, seeds, steps, report)


def landscapes(found: Run, report: Report = silent) -> tuple[Slice, Slice]:
    """Measure the loss around the first network of both kinds, along the same random draws."""
    params = found.params
    points = COARSE if params.sketch else GRID

    def around(trained: Trained, report: Report) -> Slice:
        return slice_of(Key(trained), params.directions, params.look, params.reach, points, report)

    plain, skip = side_by_side([bound(around, each) for each in (found.plain, found.skip)], report)
    return plain, skip


def _deepened(found: Run, report: Report) -> Run:
    """Add every depth and what it costs, showing what there is after each."""
    net, seeds = replace(found.params.net, depth=1), found.params.but(depth=50).numbers[:FEW]
    for depths in over_depths(net, seeds, found.params.steps, part(report, 0.2, 0.95)):
        found = replace(found, depths=depths)
        report(0.2 + 0.75 * depths.done, "training at every depth", found)
    return replace(found, costs=costs(net, part(report, 0.95, 1.0)))


def _repaired(found: Run, report: Report) -> Run:
    """Add the log of the repairs, line by line."""
    for each in log(found.params.patient, found.params.changes, found.params.seed, part(report, 0.2, 1.0)):
        found = replace(found, log=each)
        if found.params.sketch:
            break
        report(0.2 + 0.8 * each.done, "training the broken net", found)
    return found
