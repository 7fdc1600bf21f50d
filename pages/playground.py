"""Build your own network: the page's own extras are settings that work, a learner's own table, saving and loading."""

import streamlit as st

from nnviz.concepts.playground import Params
from nnviz.concepts.playground.gallery import GALLERY
from nnviz.concepts.playground.problem import REAL_NAMES
from nnviz.concepts.playground.saving import loaded, saved
from nnviz.data.real import real
from nnviz.data.tables import Table, table_of
from nnviz.ui import stage, upload
from nnviz.ui.page import show

SAVED, UNREAD = "playground-saved", "playground-unread"
MOST_COLUMNS = 30


def extras(params: Params) -> None:
    """Draw settings that work, the way in for a table, and saving and loading."""
    left, middle, right = st.columns([6, 4, 3], gap="large")
    with left:
        _gallery()
    with middle:
        _table(params)
    with right:
        _saving(params)


def _gallery() -> None:
    st.markdown("**Settings that work, and why** · the counterparts of *Break it*")
    for number, good in enumerate(GALLERY):
        button, words = st.columns(2, vertical_alignment="center")
        settings = Params(**good.values)
        button.button(
            good.name, key=f"playground-good-{number}", on_click=stage.write_url, args=(settings,), width="stretch"
        )
        words.caption(good.why)


def _table(params: Params) -> None:
    st.markdown("**Your own table** · CSV, names in row 1; words only in the column to predict")
    upload.uploader("playground", Params, _first_columns)
    table = table_of(params.data)
    names = table.features if table else real(params.data).features if params.data in REAL_NAMES else ()
    for field, label in (("first", "Column on x₁"), ("second", "Column on x₂")):
        if names:
            _column(params, field, label, names[:MOST_COLUMNS])
    upload.target("playground", params, lambda _: {})
    if not names:
        st.caption(
            "Two of its columns become x₁ and x₂. It stays on this server for a while, for whoever has its link."
        )


def _column(params: Params, field: str, label: str, names: tuple[str, ...]) -> None:
    now = min(getattr(params, field), len(names)) - 1
    key = f"playground-{field}-{params.data}-{now}"
    st.selectbox(
        label,
        names,
        index=now,
        key=key,
        on_change=lambda: stage.change_url(Params, **{field: names.index(st.session_state[key]) + 1}),
    )


def _first_columns(table: Table) -> dict[str, int]:
    return {"first": 1, "second": min(2, len(table.features))}


def _saving(params: Params) -> None:
    st.markdown("**Save and load**")
    st.download_button(
        "Save settings and weights",
        data=lambda: saved(params),
        file_name="network.json",
        mime="application/json",
        help="Settings say all: whoever loads them gets this run. The weights are for use elsewhere, layer by layer",
    )
    st.file_uploader("Load a saved file", type=["json"], key=SAVED, on_change=_load)
    if UNREAD in st.session_state:
        st.error(st.session_state[UNREAD], icon=":material/close:")
    st.caption("The script in plain PyTorch is under *The code*. *Pin* keeps a run beside the next.")


def _load() -> None:
    file = st.session_state[SAVED]
    st.session_state.pop(UNREAD, None)
    if file is None:
        return
    try:
        params, whole = loaded(file.getvalue())
    except ValueError as error:
        st.session_state[UNREAD] = str(error)
        return
    if not whole:
        st.session_state[UNREAD] = "Some settings were left out."
    stage.write_url(params)


show("playground", extras)
