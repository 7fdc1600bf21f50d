"""The glossary: every term of the house, with its one definition."""

import streamlit as st

from nnviz.glossary import TERMS
from nnviz.ui.page import STYLE


def show() -> None:
    """Show all terms, narrowed by what is typed."""
    st.html(STYLE)
    st.title("Glossary", anchor=False)
    st.markdown(f"{len(TERMS)} terms, each with one meaning on all pages.")
    words = st.text_input("Search", placeholder="gradient, seed, logit …", key="glossary-words", max_chars=40).lower()
    found = {term: text for term, text in TERMS.items() if words in term.lower() or words in text.lower()}
    for term, text in sorted(found.items(), key=lambda item: item[0].lower()):
        st.markdown(f"**{term}** — {text}")
    if not found:
        st.info("No term has these letters. The search on the home page looks through pages and symptoms.")
