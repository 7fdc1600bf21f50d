"""The way in for a learner's own table, on every page that takes one: its setting `data` names the table."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from nnviz.core.params import Params
from nnviz.data import uploads
from nnviz.data.uploads import Table
from nnviz.ui import stage

FEWEST = 10  # rows: with fewer there is nothing to learn from

Changes = Callable[[Table], Mapping[str, Any]]


def uploader(slug: str, settings: type[Params], changes: Changes) -> None:
    """Draw the way in for a file and, where one was refused, the reason.

    Args:
        slug: the page.
        settings: its settings, among them `data`.
        changes: other settings that a new table changes.
    """
    key = f"{slug}-file"
    st.file_uploader(
        "CSV file", type=["csv", "tsv", "txt"], key=key, on_change=_take_file, args=(key, slug, settings, changes),
        label_visibility="collapsed",
    )  # fmt: skip
    if reason := st.session_state.get(_refused(slug)):
        st.error("This file was not taken, and nothing has changed.", icon=":material/close:")
        st.code(reason, language=None, wrap_lines=True)


def target(slug: str, params: Params, changes: Changes) -> None:
    """Draw the choice of the column to predict, if there is a table, and one whose words are not its target anyway.

    Args:
        slug, changes: as for `uploader`.
        params: the page's settings now.
    """
    data = params.texts()["data"]
    table = uploads.table_of(data)
    if table is None or table.classes:
        return
    key, names = f"{slug}-target-{data}", list(table.columns)
    st.selectbox(
        "Column to predict", names, index=names.index(table.target), key=key, on_change=_take_target,
        args=(key, slug, type(params), table, changes),
    )  # fmt: skip


def _take_file(key: str, slug: str, settings: type[Params], changes: Changes) -> None:
    file = st.session_state[key]
    st.session_state.pop(_refused(slug), None)
    if file:
        _take(slug, settings, lambda: _long_enough(uploads.read_table(file.getvalue())), changes)


def _take_target(key: str, slug: str, settings: type[Params], table: Table, changes: Changes) -> None:
    st.session_state.pop(_refused(slug), None)
    _take(slug, settings, lambda: table.with_target(st.session_state[key]), changes)


def _take(slug: str, settings: type[Params], read: Callable[[], Table], changes: Changes) -> None:
    """Keep a table and put its name into the address bar, or remember why it is refused."""
    try:
        table = read()
    except uploads.UploadError as error:
        st.session_state[_refused(slug)] = str(error)
        return
    current, _ = stage.settings_from_url(settings)
    data = uploads.renewed(uploads.keep(table), current.texts()["data"])
    stage.change_url(settings, data=data, **changes(table))


def _long_enough(table: Table) -> Table:
    if len(table) < FEWEST:
        raise uploads.UploadError(f"The table has {len(table)} rows; this page needs at least {FEWEST}.")
    return table


def _refused(slug: str) -> str:
    return f"{slug}-refused"
