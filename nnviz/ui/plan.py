"""The lesson plan: pages strung into a class, with minutes, links for the projector, and what to ask on each."""

from collections.abc import Sequence
from itertools import accumulate
from urllib.parse import urlencode

import streamlit as st

from nnviz import catalogue
from nnviz.catalogue import Page
from nnviz.core.lesson import Note
from nnviz.ui.page import STYLE
from nnviz.ui.stage import write_own

MINUTES, FEWEST, MOST = 45, 15, 120
USUAL = "neuron,mlp,dropout"
OPENING, CLOSING = 3, 4  # minutes for hello and for what was learned


def show() -> None:
    """Show the plan of the chosen pages; pages and minutes are in the address bar."""
    st.html(STYLE)
    st.title("Lesson plan", anchor=False)
    built = catalogue.built()
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    chosen = left.multiselect(
        "Pages, in order", built, catalogue.listed(st.query_params.get("pages", USUAL)), key="plan-pages",
        format_func=lambda page: page.title, max_selections=8, help="Choose in the order in which you teach them",
    )  # fmt: skip
    slugs = ",".join(page.slug for page in chosen)
    write_own("pages", slugs)
    whole = right.number_input("Minutes", FEWEST, MOST, _minutes(), 5, key="plan-minutes")
    write_own("minutes", str(whole) if whole != MINUTES else "")
    if not chosen:
        st.info("Choose at least one page.")
        return
    each = (whole - OPENING - CLOSING) / len(chosen)
    st.markdown(
        f"Open the first link on the projector: large type, presenter's notes, and keys. Space ← → Home End move the timeline, "
        f"which waits at its start; V goes through the charts below; Q shows the page's questions and the picture again; "
        f"1 to 9 answers the first open question on screen, or the one that Tab has reached; Page Down and Page Up (or a "
        f"presenter's remote control) go to the next page of the lesson and the one before. "
        f"Let the class predict by a show of hands before you move anything. {OPENING} minutes to begin, "
        f"**{each:.0f} for each page**, {CLOSING} at the end for what surprised."
    )
    at: float = OPENING
    for number, page in enumerate(chosen, 1):
        _stop(number, page, at, at + each, slugs)
        at += each
    st.markdown(f"**{at:.0f}–{whole} min · What surprised you?** Ask for one sentence that was wrong in a textbook.")
    st.page_link("ledger.py", label="The claims ledger has them all", icon=":material/gavel:")


def _minutes() -> int:
    """Return the length of the class in the address bar, where it is one."""
    asked = st.query_params.get("minutes", "")
    return int(asked) if asked in map(str, range(FEWEST, MOST + 1)) else MINUTES


def _stop(number: int, page: Page, begins: float, ends: float, slugs: str) -> None:
    lesson = catalogue.load(page.slug).lesson
    fitting, later = _fill(lesson.notes, round(ends - begins))
    with st.container(border=True):
        st.markdown(f"**{begins:.0f}–{ends:.0f} min · {number}. {page.title}** — {page.summary}")
        base = (st.context.url or "").rsplit("/", 1)[0]
        address = f"{base}/{page.slug}?{urlencode({'teach': 1, 'plan': slugs}, safe=',')}"
        st.link_button("Open on the projector", address, icon=":material/co_present:")
        st.markdown(f"*Ask first:* {lesson.predictions[0].question} ({' / '.join(lesson.predictions[0].choices)})")
        st.markdown("\n".join(f"- {note.minutes} min · {note.text}" for note in fitting))
        if later:
            st.caption("If there is time:\n" + "\n".join(f"- {note.minutes} min · {note.text}" for note in later))


def _fill(notes: Sequence[Note], minutes: int) -> tuple[Sequence[Note], Sequence[Note]]:
    """Part notes into those that fit into so many minutes, at least one, and those that follow."""
    ends = accumulate(note.minutes for note in notes)
    fitting = max(1, sum(end <= minutes for end in ends))
    return notes[:fitting], notes[fitting:]
