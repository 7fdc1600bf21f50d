"""SHAP and LIME (Q44): the page's own extras are a table of rows to click and a way in for a learner's own table."""

import base64
import io
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from nnviz.concepts.shap_lime import Params
from nnviz.concepts.shap_lime.model import asked
from nnviz.concepts.shap_lime.subject import Subject, subject
from nnviz.data.tables import Table, table_of
from nnviz.ui import stage, upload
from nnviz.ui.page import show

SLUG = "shap-lime"


def extras(params: Params) -> None:
    """Draw the rows that can be explained, and beside them the upload."""
    left, right = st.columns([3, 1], gap="large")
    with left:
        _rows(params)
    with right:
        _upload(params)


def _rows(params: Params) -> None:
    case, number, _ = asked(params)
    known = subject(case.which)
    st.markdown("**Rows to explain** · click the box at the left of a row")
    frame = listed(known)
    key = f"shap-lime-rows-{case.which.data}-{case.which.twin}"
    st.dataframe(
        frame,
        key=key,
        height=250,
        on_select=lambda: _take_row(key),
        selection_mode="single-row",
        row_height=28,
        column_config={"picture": st.column_config.ImageColumn("picture")} if known.picture else None,
    )
    st.caption(f"Row {number} of {len(frame)} test rows is explained above. Values are in the units of the data.")


def listed(known: Subject) -> pd.DataFrame:
    """Return one line a row: what the network says, what is true, and the features in their own units."""
    outputs = known.networks[0].logits(known.rows)
    if known.classes:
        says = [known.classes[index] for index in outputs.argmax(axis=1)]
        truth = [known.classes[int(index)] for index in known.targets]
    else:
        says = (known.target_centre + known.target_scale * outputs[:, 0]).round(4).tolist()
        truth = known.targets.tolist()
    columns: dict[str, Any] = {"row": range(len(says)), "network says": says, "truth": truth}
    if known.picture:
        return pd.DataFrame(columns | {"picture": [thumbnail(row) for row in known.rows]})
    values = known.rows * known.scale + known.centre
    for index, name in enumerate(known.features):
        columns[name if name not in columns else f"{name} (feature)"] = values[:, index]
    return pd.DataFrame(columns)


def thumbnail(ink: NDArray[np.float64]) -> str:
    """Return a digit (64,) as a small picture that a table can hold: a data address."""
    pixels = Image.fromarray((255 * ink.reshape(8, 8)).astype(np.uint8)).resize((32, 32), Image.Resampling.NEAREST)
    file = io.BytesIO()
    pixels.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def _take_row(key: str) -> None:
    chosen = st.session_state[key].selection.rows
    if chosen:
        stage.change_url(Params, row=chosen[0])


def _upload(params: Params) -> None:
    st.markdown("**Your own table** · CSV, names in row 1, numbers below; words only in the column to predict")
    upload.uploader(SLUG, Params, _anew)
    upload.target(SLUG, params, _anew)
    table = table_of(params.data)
    if table is None:
        st.caption("It stays on this server for a while and is seen only by whoever has its link.")
    elif table.classes:
        st.caption(f"{len(table)} rows, {len(table.columns)} columns. The column of words is the one to predict.")


def _anew(_table: Table) -> dict[str, Any]:
    return {"row": 0, "change": 0.0, "twin": "none"}


show(SLUG, extras)
