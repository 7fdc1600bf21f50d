"""The script that Streamlit runs: which pages there are, and the one that was asked for."""

from pathlib import Path

import streamlit as st

from nnviz import catalogue

folder = Path(__file__).parent
st.set_page_config(page_title="nnviz", page_icon=str(folder.parent / "assets" / "icon.svg"), layout="wide", initial_sidebar_state="collapsed")


rooms = {
    chapter.title: [
        st.Page(folder / f"{page.room}.py", title=page.title, url_path=page.slug) for page in chapter.pages if page.exists
    ]
    for chapter in catalogue.CHAPTERS
}
home = st.Page(folder / "home.py", title="nnviz", icon=":material/hub:", default=True)
st.navigation({"": [home], **{title: pages for title, pages in rooms.items() if pages}}).run()
