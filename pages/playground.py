"""Build your own network: the page's own extras are settings that work, a learner's own table, saving and loading."""

from typing import Any

import streamlit as st

from nnviz.concepts.playground import Params
from nnviz.concepts.playground.gallery import GALLERY
from nnviz.concepts.playground.problem import REAL_NAMES
from nnviz.concepts.playground.saving import loaded, saved
from nnviz.concepts.playground.training import OWN, renewed, table_of
from nnviz.data import uploads
from nnviz.data.real import real
from nnviz.ui import stage
from nnviz.ui.page import show

FILE, REFUSED, SAVED, UNREAD = "playground-file", "playground-refused", "playground-saved", "playground-unread"
FEWEST, MOST_COLUMNS = 10, 30


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
    st.file_uploader(
        "CSV file", type=["csv", "tsv", "txt"], key=FILE, on_change=_take_file, label_visibility="collapsed"
    )
    if REFUSED in st.session_state:
        st.error("This file was not taken, and nothing has changed.", icon=":material/close:")
        st.code(st.session_state[REFUSED], language=None, wrap_lines=True)
    table = table_of(params.data)
    names = table.features if table else real(params.data).features if params.data in REAL_NAMES else ()
    for field, label in (("first", "Column on x₁"), ("second", "Column on x₂")):
        if names:
            _column(params, field, label, names[:MOST_COLUMNS])
    if table and not table.classes:
        columns = list(table.columns)
        key = f"playground-target-{params.data}"
        st.selectbox(
            "Column to predict", columns, index=columns.index(table.target), key=key, on_change=_take_target, args=(params, key)
        )  # fmt: skip
    if not names:
        st.caption(
            "Two of its columns become x₁ and x₂. It stays on this server for a while, for whoever has its link."
        )


def _column(params: Params, field: str, label: str, names: tuple[str, ...]) -> None:
    now = min(getattr(params, field), len(names)) - 1
    key = f"playground-{field}-{params.data}-{now}"
    st.selectbox(
        label, names, index=now, key=key, on_change=lambda: _write(**{field: names.index(st.session_state[key]) + 1})
    )


def _take_file() -> None:
    file = st.session_state[FILE]
    st.session_state.pop(REFUSED, None)
    if file is None:
        return
    try:
        table = uploads.read_table(file.getvalue())
        if len(table) < FEWEST:
            raise uploads.UploadError(f"The table has {len(table)} rows; this page needs at least {FEWEST}.")
        identity = uploads.keep(table)
    except uploads.UploadError as error:
        st.session_state[REFUSED] = str(error)
        return
    current, _ = stage.settings_from_url(Params)
    _write(data=renewed(identity, current.texts()["data"]), first=1, second=min(2, len(table.features)))


def _take_target(params: Params, key: str) -> None:
    table = table_of(params.data)
    if table is None:
        return
    try:
        identity = uploads.keep(table.with_target(st.session_state[key]))
    except uploads.UploadError as error:
        st.session_state[REFUSED] = str(error)
        return
    st.session_state.pop(REFUSED, None)
    _write(data=OWN + identity)


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


def _write(**changes: Any) -> None:
    current, _ = stage.settings_from_url(Params)
    stage.write_url(current.but(**changes))


show("playground", extras)
