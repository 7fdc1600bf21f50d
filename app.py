"""nnviz as an ASGI application: `streamlit run app.py` finds `app` and serves it."""

from pathlib import Path

import streamlit as st

from nnviz.ui import server

app = st.App(
    Path(__file__).parent / "pages" / "main.py",
    lifespan=server.lifespan,
    routes=server.ROUTES,
    middleware=server.MIDDLEWARE,
)
