"""The script that Streamlit runs: which pages there are, and the one that was asked for."""

import streamlit as st

from nnviz import catalogue
from nnviz.ui.component import ASSETS

st.set_page_config(
    page_title="nnviz", page_icon=str(ASSETS / "icon.svg"), layout="wide", initial_sidebar_state="collapsed"
)

rooms = {
    chapter.title: [
        st.Page(f"{page.room}.py", title=page.title, url_path=page.slug) for page in chapter.pages if page.exists
    ]
    for chapter in catalogue.CHAPTERS
}
home = st.Page("home.py", title="nnviz", icon=":material/hub:", default=True)
more = [
    st.Page("ledger.py", title="Claims, put to the test", icon=":material/gavel:", url_path="ledger"),
    st.Page("glossary.py", title="Glossary", icon=":material/menu_book:", url_path="glossary"),
    st.Page("lesson_plan.py", title="Lesson plan", icon=":material/co_present:", url_path="lesson-plan"),
]
st.navigation({"": [home, *more], **{title: pages for title, pages in rooms.items() if pages}}, position="hidden").run()
