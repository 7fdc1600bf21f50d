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
st.navigation({"": [home], **{title: pages for title, pages in rooms.items() if pages}}).run()
