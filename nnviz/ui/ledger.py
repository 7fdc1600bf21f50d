"""The ledger: every claim of every page, with what the runs said."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st

from nnviz import catalogue
from nnviz.catalogue import Page
from nnviz.core import claims
from nnviz.core.claims import SIGNS, Claim, Stored, Verdict
from nnviz.ui import claims as shown
from nnviz.ui.page import STYLE


@dataclass(frozen=True)
class Line:
    """One claim of one page with its verdict, if it has one."""

    page: Page
    claim: Claim
    stored: Stored | None
    verdict: Verdict | None


def lines() -> Iterator[Line]:
    """Walk over all claims of all pages."""
    for page in catalogue.built():
        stored = claims.stored(page.slug)
        for claim in catalogue.load(page.slug).lesson.claims:
            yield Line(page, claim, stored, shown.current(page.slug, claim, stored)[0])


def show() -> None:
    """Show the ledger, narrowed by words, verdict and doubt."""
    st.html(STYLE)
    st.title("What the textbooks say, put to the test", anchor=False)
    every = list(lines())
    counts = Counter(line.verdict.word if line.verdict else "not run" for line in every)
    told = ", ".join(f"{count} {word}" for word, count in counts.most_common())
    st.markdown(
        f"{len(every)} sentences from textbooks and papers, each tested on small networks over many seeds: {told}. "
        "A verdict speaks of these experiments; open one to see its setting, or run it again."
    )
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    words = left.text_input("Search", placeholder="dropout, batch norm, Pascanu …", key="ledger-words", max_chars=60)
    verdicts = middle.pills("Verdict", list(SIGNS), selection_mode="multi", key="ledger-verdicts", format_func=_signed)
    doubtful = right.toggle(
        "Only the doubtful ones", key="ledger-doubtful", help="Widely repeated, and doubted before it was run"
    )
    found = [line for line in every if _fits(line, words.lower().split(), verdicts, doubtful=doubtful)]
    st.caption(f"{len(found)} of {len(every)} shown")
    for page in dict.fromkeys(line.page for line in found):
        st.subheader(page.title, anchor=False, divider=True)
        st.page_link(f"{page.room}.py", label="Open the experiment", icon=":material/experiment:")
        for line in found:
            if line.page == page:
                shown.entry(page.slug, line.claim, line.stored)


def _fits(line: Line, words: list[str], verdicts: Sequence[str], *, doubtful: bool) -> bool:
    text = f"{line.page.title} {line.claim.text} {line.claim.source}".lower()
    judged = not verdicts or (line.verdict is not None and line.verdict.word in verdicts)
    return judged and all(word in text for word in words) and (line.claim.doubtful or not doubtful)


def _signed(word: str) -> str:
    return f"{ {str(key): sign for key, sign in SIGNS.items()}[word] } {word}"
