"""The stage: one component that holds a page's controls, charts and transport, mounted in a Streamlit page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

import streamlit as st

from nnviz import catalogue
from nnviz.catalogue import Page, Room
from nnviz.charts import theme
from nnviz.core.params import Params, as_text, controls
from nnviz.ui.component import component

KEPT = ("teach", "plan", "hide", "tab", "pins")
RESERVED = (*KEPT, "frame")
"""Names in the URL that speak to the frame and not to the model; a moment (`frame`) belongs to the run that was shared."""
MOST_PINS, LONGEST_NAME = 4, 40


@dataclass(frozen=True)
class Pin:
    """A run that a learner keeps beside the one on screen."""

    name: str
    params: Params


def settings_from_url(settings: type[Params]) -> tuple[Params, tuple[str, ...]]:
    """Read the page's settings from the address bar; also return in words what could not be taken."""
    return settings_from(settings, st.query_params)


def settings_from(settings: type[Params], query: Mapping[str, str]) -> tuple[Params, tuple[str, ...]]:
    """Read the page's settings from the query of an address; also return in words what could not be taken."""
    params, ignored = settings.from_query({name: value for name, value in query.items() if name not in RESERVED})
    return params, tuple(str(one) for one in ignored)


def write_url(params: Params) -> None:
    """Put settings into the address bar (only what differs from the defaults); the frame's own names stay."""
    kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    st.query_params.from_dict(params.to_query() | kept)


def change_url(settings: type[Params], **changes: Any) -> None:
    """Change some of the settings in the address bar."""
    current, _ = settings_from_url(settings)
    write_url(current.but(**changes))


def write_own(name: str, text: str) -> None:
    """Put one of the frame's own names into the address bar; an empty text takes it away."""
    if text:
        st.query_params[name] = text
    else:
        st.query_params.pop(name, None)


def pins_from_url(settings: type[Params]) -> list[Pin]:
    """Read the pinned runs from the address bar."""
    return pins_from(settings, st.query_params)


def pins_from(settings: type[Params], query: Mapping[str, str]) -> list[Pin]:
    """Read the pinned runs from the query of an address: name?settings|name?settings; junk in them is left out."""
    entries = query.get("pins", "").split("|")
    return [_pin(entry, settings) for entry in entries[:MOST_PINS] if entry]


def _pin(entry: str, settings: type[Params]) -> Pin:
    name, _, query = entry.partition("?")
    params, _ = settings.from_query(dict(parse_qsl(query, max_num_fields=200)))
    return Pin(unquote(name)[:LONGEST_NAME], params)


def write_pins(pins: Sequence[Pin]) -> None:
    """Put the pinned runs into the address bar."""
    entries = [f"{quote(pin.name, safe=' ')}?{urlencode(pin.params.to_query())}" for pin in pins[:MOST_PINS]]
    write_own("pins", "|".join(entries))


def mount(slug: str, room: Room, params: Params, notes: tuple[str, ...]) -> None:
    """Mount the stage of a page with the given settings."""
    key = f"stage-{slug}"
    component("stage")(
        key=key,
        data=description(slug, room, params, notes, st.query_params) | {"echo": _committed(key).get("number", 0)},
        on_committed_change=lambda: _take(key, room.Params),
        on_pinned_change=lambda: _take_pins(key, room.Params),
    )


def description(
    slug: str, room: Room, params: Params, notes: tuple[str, ...], query: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the browser must know to build a stage: settings, controls, presets, pins, colours; JSON values."""
    frame = query.get("frame", "")
    return {
        "slug": slug,
        "settings": params.texts(),
        "controls": [asdict(control) | {"accepted": control.accepted} for control in controls(room.Params)],
        "presets": [
            {"name": preset.name, "values": _texts(preset.values), "watch": preset.watch}
            for preset in room.lesson.presets
        ],
        "notes": list(notes),
        "teach": teaching(query),
        "hide": query.get("hide", "").split(","),
        "pins": [{"name": pin.name, "settings": pin.params.texts()} for pin in pins_from(room.Params, query)],
        "frame": frame if frame.isdigit() else "",
        "asks": slug != catalogue.HOME.slug and bool(room.lesson.predictions),
        "reseed": "seed" if "seed" in room.Params.model_fields else None,
        "echo": 0,
        "colours": theme.COLOURS,
    }


def teaching(query: Mapping[str, str]) -> bool:
    """Tell whether the page of an address stands on a projector."""
    return query.get("teach") == "1"


def planned() -> list[Page]:
    """Return the pages of the lesson that this page is shown in, in order; [] outside a lesson."""
    return catalogue.listed(st.query_params.get("plan", ""))


def place(page: Page, query: Mapping[str, str]) -> str:
    """Say where a page stands: chapter, questions, and its place in the lesson that an address names."""
    number, chapter = catalogue.chapter_of(page.slug)
    lesson = catalogue.listed(query.get("plan", ""))
    spot = f"{lesson.index(page) + 1} of {len(lesson)} in this lesson" if page in lesson else ""
    questions = ", ".join(f"Q{question}" for question in page.questions)
    return " · ".join(filter(None, (f"Chapter {number}", chapter.title, questions, spot)))


def presenting() -> dict[str, str]:
    """Return what a link takes along so that the next page is on the projector and in the lesson, too."""
    return {name: st.query_params[name] for name in ("teach", "plan") if name in st.query_params}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: as_text(value) for name, value in values.items()}


def _committed(key: str) -> Mapping[str, Any]:
    committed = st.session_state.get(key, {}).get("committed")
    return committed if isinstance(committed, Mapping) else {}


def _take(key: str, settings: type[Params]) -> None:
    """Take over what the learner has set in the browser: it goes into the address bar, the one place of truth."""
    params, _ = settings.from_query(_committed(key).get("settings", {}))
    write_url(params)


def _take_pins(key: str, settings: type[Params]) -> None:
    sent = st.session_state.get(key, {}).get("pinned")
    listed = sent.get("pins", []) if isinstance(sent, Mapping) else []
    write_pins([Pin(str(one["name"])[:LONGEST_NAME], settings.from_query(one["settings"])[0]) for one in listed])
