"""Compare: the run on screen beside a pinned one or the defaults, and whether the difference is luck."""

import time
from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from nnviz.catalogue import Room
from nnviz.core import compare
from nnviz.core.compare import Comparison
from nnviz.core.lesson import Measure
from nnviz.core.params import Params
from nnviz.ui import stage
from nnviz.ui.jobs import STAGES
from nnviz.ui.stage import Pin

MANY = 32  # seeds that "Is it luck?" asks for; a page may allow fewer
SIGNS = {True: ":green[✓ better]", False: ":orange[✗ worse]", None: "~"}


def draw(slug: str, room: Room, params: Params) -> None:
    """Say what differs between the run on screen and another one, measure by measure."""
    others = [*stage.pins_from_url(room.Params), Pin("Defaults", room.Params())]
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    names = [pin.name for pin in others]
    number = left.selectbox(
        "Compare the run on screen with",
        range(len(others)),
        format_func=lambda index: names[index],
        key=f"compare-{slug}",
        help="Pin a run under the controls, change one thing, and compare: both runs share their seeds.",
    )
    other = others[number or 0].params
    tested = right.button(
        "Is it luck?", key=f"luck-{slug}", help=f"Run both with up to {MANY} seeds", icon=":material/casino:"
    )
    differing = compare.changes(params, other)
    name = _plain(names[number or 0])
    if not differing:
        st.markdown(f"Both are the same settings: **{name}**. Change one thing and look here again.")
    else:
        st.markdown(f"**{name} → on screen** · " + " · ".join(_plain(line) for line in differing))
    if getattr(params, "seed", None) != getattr(other, "seed", None) and len(differing) > 1:
        st.caption("Their first seeds differ, too, so the pairs below are pairs by chance: give both the same.")
    many = (compare.seeded(params, MANY), compare.seeded(other, MANY)) if tested else ([], [])
    if tested and not many[0]:
        st.info("Nothing on this page is drawn at random: the same settings always give these numbers.")
    here = _values(slug, room, many[0] or [params])
    if not differing:
        for measure in room.lesson.measures:
            st.markdown(f"- {compare.spread(measure, here[measure.name])}")
        return
    there = _values(slug, room, many[1] or [other])
    for measure in room.lesson.measures:
        _show(compare.compare(measure, here[measure.name], there[measure.name]))


def _show(found: Comparison) -> None:
    st.markdown(f"- {SIGNS[found.better]} {found}")


def _values(slug: str, room: Room, settings: Sequence[Params]) -> dict[str, NDArray[np.float64]]:
    """Return every measure's values over the seeds of one or more runs."""
    runs = [_run(slug, room, one) for one in settings]
    measures: Sequence[Measure] = room.lesson.measures
    return {measure.name: np.concatenate([compare.values_of(measure, run) for run in runs]) for measure in measures}


def _run(slug: str, room: Room, params: Params) -> object:
    """Return a finished run; tells how far it is while it takes long."""
    job = STAGES["full"].join(slug, room, params)
    place = st.empty()
    try:
        while not job.future.done():
            place.progress(min(job.fraction, 1.0), text=job.what or "Computing")
            time.sleep(0.1)
        return job.future.result()
    finally:
        STAGES["full"].leave(job)
        place.empty()


def _plain(text: str) -> str:
    """Return a text that Markdown leaves alone: settings may hold what a learner wrote."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-.!|<>~$:" else letter for letter in text)
