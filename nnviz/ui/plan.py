"""The lesson plan: pages strung into a class, with minutes, links for the projector, and what to ask on each."""

from urllib.parse import urlencode

import streamlit as st

from nnviz import catalogue
from nnviz.catalogue import Page
from nnviz.ui.page import STYLE
from nnviz.ui.stage import write_own

MINUTES = 45
USUAL = ("neuron", "mlp", "backprop", "activations", "dropout")
OPENING, CLOSING = 3, 4  # minutes for hello and for what was learned


def show() -> None:
    """Show the plan of the chosen pages; the choice is in the address bar."""
    st.html(STYLE)
    st.title("Lesson plan", anchor=False)
    built = {page.slug: page for page in catalogue.built()}
    asked = [slug for slug in st.query_params.get("pages", ",".join(USUAL)).split(",") if slug in built]
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    chosen = left.multiselect(
        "Pages, in order", list(built), asked, format_func=lambda slug: built[slug].title, key="plan-pages",
        max_selections=8, help="Choose in the order in which you teach them",
    )  # fmt: skip
    write_own("pages", ",".join(chosen))
    whole = right.number_input("Minutes", 15, 120, MINUTES, 5, key="plan-minutes")
    if not chosen:
        st.info("Choose at least one page.")
        return
    each = (whole - OPENING - CLOSING) / len(chosen)
    st.markdown(
        f"Open each link on the projector: large type, presenter's notes, keys Space ← → for the timeline. "
        f"Let the class predict by a show of hands before you move anything. {OPENING} minutes to begin, "
        f"**{each:.0f} for each page**, {CLOSING} at the end for what surprised."
    )
    at: float = OPENING
    for number, slug in enumerate(chosen, 1):
        _stop(number, built[slug], at, at + each)
        at += each
    st.markdown(f"**{at:.0f}–{whole} min · What surprised you?** Ask for one sentence that was wrong in a textbook.")
    st.page_link("ledger.py", label="The claims ledger has them all", icon=":material/gavel:")


def _stop(number: int, page: Page, begins: float, ends: float) -> None:
    lesson = catalogue.load(page.slug).lesson
    with st.container(border=True):
        st.markdown(f"**{begins:.0f}–{ends:.0f} min · {number}. {page.title}** — {page.summary}")
        base = (st.context.url or "").rsplit("/", 1)[0]
        st.link_button(
            "Open on the projector", f"{base}/{page.slug}?{urlencode({'teach': 1})}", icon=":material/co_present:"
        )
        st.markdown(f"*Ask first:* {lesson.predictions[0].question} ({' / '.join(lesson.predictions[0].choices)})")
        st.markdown("\n".join(f"- {note}" for note in lesson.notes))
