"""The learning rate: in a valley, in a small net at many rates, in a range test, and on the map of trainability."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnviz.concepts.learning_rate.boxes import Counting, count_boxes, edge
from nnviz.concepts.learning_rate.descent import Descent, descend
from nnviz.concepts.learning_rate.nets import RATES, TEST_EPOCHS, Bending, RangeTest, Sweep, bending, range_test, sweep
from nnviz.concepts.learning_rate.settings import GRIDS, Params
from nnviz.concepts.learning_rate.trainability import Floats, Map, loss_curve, train_map
from nnviz.core.memo import memo
from nnviz.core.progress import Report, part, silent

__all__ = ["Params", "Run", "run"]
Seen = tuple[Floats, Floats, Floats]
"""Losses (steps,) of the pixel looked at, and of those one pixel left and right of it."""


@dataclass(frozen=True)
class Run:
    """Everything on the page.

    Attributes:
        descent: the path in the valley at the rate that is set.
        nets: nets at many rates; chosen: at the rate that is set (R = 1).
        test: the range test.
        bending: curvature of the first net's loss on its way at the rate that is set; None while the hand moves.
        map: the map of trainability.
        counting: boxes of its edge; None where the map is a sketch or unfinished.
        seen: losses of the pixel looked at and of its neighbours.
    """

    params: Params
    descent: Descent
    nets: Sweep
    chosen: Sweep
    test: RangeTest
    bending: Bending | None
    map: Map
    counting: Counting | None
    seen: Seen


def run(params: Params, report: Report = silent) -> Run:
    """Walk, train, test; the map comes last and is seen while it grows finer."""
    p, setting = params, params.setting
    nets = sweep(setting, RATES, p.numbers, part(report, 0.0, 0.15, "training nets at 16 rates"))
    chosen = sweep(setting, (p.rate,), p.numbers, part(report, 0.15, 0.2))
    plain = replace(setting, schedule="constant", epochs=TEST_EPOCHS)
    test = range_test(plain, p.numbers, part(report, 0.2, 0.25, "range test"))
    report(0.25, "measuring curvature")
    start = Run(
        params=p,
        descent=descend(p.rate, p.curvature, p.schedule),
        nets=nets,
        chosen=chosen,
        test=test,
        bending=None if p.sketch else bending(setting, p.rate, p.numbers[0]),
        map=train_map(p.tiny, p.window, *GRIDS["sketch"]),
        counting=None,
        seen=side_by_side(params),
    )

    def tell(fraction: float, what: str = "", partial: Any = None) -> None:
        report(0.25 + 0.75 * fraction, what, None if partial is None else replace(start, map=partial))

    if p.grid == GRIDS["sketch"]:
        return start
    found = train_map(p.tiny, p.window, *p.grid, report=tell)
    return replace(start, map=found, counting=count_boxes(edge(found.trained)))


def side_by_side(params: Params) -> Seen:
    """Train the network of the pixel looked at, and those one pixel of the map to its left and right."""
    (x, y), columns = params.pixel, GRIDS[params.detail][1]
    apart = params.window.width / columns
    return tuple(remembered_curve(params.tiny, 10.0**at, 10.0**y) for at in (x, x - apart, x + apart))  # type: ignore[return-value]


remembered_curve = memo(maxsize=96)(loss_curve)


def growth(run: Run) -> Floats:
    """Return by what every step multiplies the distance from the valley's floor, |1 − ηλ|, (30,)."""
    return np.asarray(np.abs(run.descent.factors))
