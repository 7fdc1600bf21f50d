"""The home page: a first experiment that moves, and the map of eight chapters and fifty questions."""

from dataclasses import asdict
from typing import Any

import streamlit as st

from nnviz import catalogue
from nnviz.ui import predict, stage
from nnviz.ui.component import component
from nnviz.ui.page import STYLE

KEY = "map"
TITLE = "Neural networks, under your hand"
WAYS = (
    ("ledger", "Claims, put to the test", "gavel"),
    ("glossary", "Glossary", "menu_book"),
    ("lesson_plan", "Lesson plan for a class", "co_present"),
)


def show() -> None:
    """Show home. It imports no torch."""
    room = catalogue.load(catalogue.HOME.slug)
    params, notes = stage.settings_from_url(room.Params)
    st.html(STYLE)
    st.title(TITLE, anchor=False)
    st.markdown(room.lesson.intro)
    stage.mount(catalogue.HOME.slug, room, params, notes)
    predict.tally([])
    st.subheader("Fifty questions, eight chapters", anchor=False)
    chosen = component("map")(key=KEY, data={"chapters": _chapters()}, on_go_change=lambda: None)
    for column, (script, label, icon) in zip(st.columns(len(WAYS)), WAYS, strict=True):
        column.page_link(f"{script}.py", label=label, icon=f":material/{icon}:")
    page = next((page for page in catalogue.built() if page.slug == chosen.go), None)
    if page:
        st.switch_page(f"{page.room}.py")


def _chapters() -> list[dict[str, Any]]:
    return [
        {"title": chapter.title, "pages": [_card(page) for page in chapter.pages]} for chapter in catalogue.CHAPTERS
    ]


def _card(page: catalogue.Page) -> dict[str, Any]:
    names = [catalogue.QUESTIONS[question - 1] for question in page.questions]
    return asdict(page) | {"exists": page.exists, "names": names, "before": page.before}
