"""Where a hand can put a live control: 121 positions from its minimum to its maximum, as the page's slider has them."""

import math
from dataclasses import replace
from functools import cache

from nnviz import catalogue
from nnviz.catalogue import Room
from nnviz.core.params import Control, Params, controls
from nnviz.ui.wire import encode

LAST = 120
MANY = 30
PROBES = (12, 45, 75, 108)


@cache
def live_control(room: Room) -> Control:
    """Return the first live slider that stands there from the defaults and moves the hero all along its way, one with many positions if there is one."""
    there = room.Params().texts()
    own = [one for one in controls(room.Params) if one.live and one.kind == "range"]
    shown = [one for one in own if all(there[name] in allowed for name, allowed in one.when.items())]
    return max((one for one in shown if _moves_hero(room, one)), key=lambda one: min(_count(one), MANY))


def _moves_hero(room: Room, control: Control) -> bool:
    views = (room.view(room.run(settings_at(room, control, position).preview())) for position in PROBES)
    return len({encode(replace(view, charts=view.charts[:1], sentence="", findings=())) for view in views}) == len(
        PROBES
    )


def value_at(control: Control, position: int) -> float:
    """Return the control's value at a position, put on its grid."""
    low, high = float(control.minimum or 0.0), float(control.maximum or 0.0)
    if control.log:
        value = float(f"{low * (high / low) ** (position / LAST):.3g}")
        return round(value) if control.whole else value
    value = low + (high - low) * position / LAST
    value = round(value / control.step) * control.step if control.step else value
    return round(value) if control.whole else value


def settings_at(room: Room, control: Control, position: int) -> Params:
    """Return the page's settings with one control at a position."""
    return room.Params().but(**{control.name: value_at(control, position)})


def rooms(slugs: list[str]) -> dict[str, Room]:
    """Return the named rooms, or home and all that are built."""
    return {slug: catalogue.load(slug) for slug in slugs or ["home", *(page.slug for page in catalogue.built())]}


def _count(control: Control) -> float:
    if control.log or not control.step:
        return math.inf
    return (float(control.maximum or 0.0) - float(control.minimum or 0.0)) / control.step
