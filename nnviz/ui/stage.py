"""The stage: one component that holds a page's controls, charts and transport, mounted in a Streamlit page."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from nnviz.catalogue import Room
from nnviz.charts import theme
from nnviz.core.params import Params, as_text, controls
from nnviz.ui.component import component

RESERVED = ("teach", "hide", "tab")
"""Names in the URL that speak to the frame and not to the model."""


def settings_from_url(settings: type[Params]) -> tuple[Params, tuple[str, ...]]:
    """Read the page's settings from the address bar; also return in words what could not be taken."""
    query = {name: value for name, value in st.query_params.items() if name not in RESERVED}
    params, ignored = settings.from_query(query)
    return params, tuple(str(one) for one in ignored)


def write_url(params: Params) -> None:
    """Put settings into the address bar (only what differs from the defaults); the frame's own names stay."""
    kept = {name: st.query_params[name] for name in RESERVED if name in st.query_params}
    st.query_params.from_dict(params.to_query() | kept)


def write_own(name: str, text: str) -> None:
    """Put one of the frame's own names into the address bar."""
    st.query_params[name] = text


def mount(slug: str, room: Room, params: Params, notes: tuple[str, ...]) -> None:
    """Mount the stage of a page with the given settings."""
    key = f"stage-{slug}"
    component("stage")(
        key=key,
        data={
            "slug": slug,
            "settings": params.texts(),
            "controls": [asdict(control) | {"accepted": control.accepted} for control in controls(room.Params)],
            "presets": [
                {"name": preset.name, "values": _texts(preset.values), "watch": preset.watch}
                for preset in room.lesson.presets
            ],
            "notes": list(notes),
            "teach": teaching(),
            "hide": st.query_params.get("hide", "").split(","),
            "echo": _committed(key).get("number", 0),
            "colours": theme.COLOURS,
        },
        on_committed_change=lambda: _take(key, room.Params),
    )


def teaching() -> bool:
    """Tell whether the page stands on a projector."""
    return st.query_params.get("teach") == "1"


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: as_text(value) for name, value in values.items()}


def _committed(key: str) -> Mapping[str, Any]:
    committed = st.session_state.get(key, {}).get("committed")
    return committed if isinstance(committed, Mapping) else {}


def _take(key: str, settings: type[Params]) -> None:
    """Take over what the learner has set in the browser: it goes into the address bar, the one place of truth."""
    params, _ = settings.from_query(_committed(key).get("settings", {}))
    write_url(params)
