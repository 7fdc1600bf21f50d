"""The frame of every page: title, stage, and below it the tabs of a lesson, and where to go next."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from nnviz import catalogue, glossary
from nnviz.catalogue import Page, Room
from nnviz.core.lesson import Reference
from nnviz.core.params import Params
from nnviz.ui import claims, code, compare, predict, share, stage

STYLE = """<style>
    .block-container { padding-top: 2.6rem; padding-bottom: 2rem; max-width: 1500px; }
    .block-container h1 { padding: 0 0 0.1rem; font-size: 1.9rem; }
    .block-container abbr { text-decoration: underline dotted; text-underline-offset: 0.2em; cursor: help; }
    .block-container [data-testid="stCaptionContainer"] { color: inherit !important; opacity: 1 !important; }
    .block-container [data-testid="stCaptionContainer"] p { opacity: 0.85; }
    .block-container [data-tag] { background: transparent; border: 1px solid currentColor; color: inherit; }
    @media (max-width: 640px) { .block-container { padding-inline: 0.9rem; } .block-container [role="tablist"] { gap: 0.45rem; } }
</style>"""
PROJECTED = """<style>
    [data-testid="stTabs"] { min-height: 100vh; } /* room to bring the questions to the top */
    [role="tabpanel"] p { font-size: 1.2rem; }
    [role="radiogroup"] { scroll-margin-top: 4rem; } /* its question stays above it */
</style>"""


def show(slug: str, extras: Callable[[Any], None] | None = None) -> None:
    """Show the page of that slug, with the settings that stand in the address bar.

    Args:
        slug: the page.
        extras: draws what only this page has, between its stage and its tabs; takes the page's settings.
    """
    page, room = catalogue.find(slug), catalogue.load(slug)
    params, notes = stage.settings_from_url(room.Params)
    st.html(STYLE + PROJECTED if stage.teaching(st.query_params) else STYLE)
    _head(page, room)
    stage.mount(slug, room, params, notes)
    if extras:
        extras(params)
    _lesson(slug, room, params)
    _next(page)


def _head(page: Page, room: Room) -> None:
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.caption(stage.place(page, st.query_params))
    right.page_link("home.py", label="All pages", icon=":material/hub:", width="content")
    st.title(page.title, anchor=False)
    if stage.teaching(st.query_params):
        return  # the presenter says it, and all that the picture says of itself stands on one screen
    st.markdown(glossary.mark(room.lesson.intro, set()), unsafe_allow_html=True)  # words of the house, never a user's


def _lesson(slug: str, room: Room, params: Params) -> None:
    """Draw the tabs; only the open one runs, so that the stage does not wait for what nobody reads yet."""
    drawn: dict[str, Callable[[], None]] = {
        "Predict": lambda: predict.draw(slug, room, params),
        "Compare": lambda: compare.draw(slug, room, params),
        "Claims": lambda: claims.draw(slug, room.lesson.claims),
        "The code": lambda: code.draw(slug, room, params),
        "Share": lambda: share.draw(slug, room, params),
        "References": lambda: _list([_reference(reference) for reference in room.lesson.references]),
    }
    if stage.teaching(st.query_params):
        drawn = {
            "Presenter's notes": lambda: _list([f"{note.minutes} min · {note.text}" for note in room.lesson.notes])
        } | drawn
    key = f"tab-{slug}"
    asked = st.query_params.get("tab")
    if asked in drawn:
        st.session_state[key] = asked
    tabs = st.tabs(list(drawn), key=key, on_change=lambda: stage.write_own("tab", st.session_state[key]))
    for tab, draw in zip(tabs, drawn.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def _list(lines: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {line}" for line in lines))


def _reference(reference: Reference) -> str:
    return f"[{reference.text}]({reference.url}), {reference.year}"


def _next(page: Page) -> None:
    """Show the pages that come before and after: in the order of learning or of a lesson, and by what builds on what.

    On a projector the keys Page Up and Page Down, which a presenter's remote control sends, follow the first two links.
    """
    built = catalogue.built()
    order = stage.planned() if page in stage.planned() else list(built)
    position = order.index(page)
    st.divider()
    columns = st.columns(3)
    if position > 0:
        _link(columns[0].container(key="back"), order[position - 1], ":material/arrow_back:")
    columns[1].page_link("home.py", label="All fifty questions", icon=":material/hub:")
    if position + 1 < len(order):
        _link(columns[2].container(key="onward"), order[position + 1], ":material/arrow_forward:")
    _related(columns[0], "Builds on", [other for other in built if other.slug in page.before])
    _related(columns[2], "Leads to", [other for other in built if page.slug in other.before])


def _related(column: Any, title: str, pages: Sequence[Page]) -> None:
    if pages:
        column.caption(title)
        for page in pages:
            _link(column, page, ":material/subdirectory_arrow_right:")


def _link(column: Any, page: Page, icon: str) -> None:
    """Link to a page; a projector stays one, and a lesson goes on."""
    column.page_link(f"{page.room}.py", label=page.title, icon=icon, query_params=stage.presenting())
