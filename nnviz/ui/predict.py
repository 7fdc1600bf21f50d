"""Predict: the question before the reveal, graded from a run, and the tally that this browser keeps."""

from typing import Any

import streamlit as st

from nnviz.catalogue import Room
from nnviz.core.lesson import Prediction
from nnviz.core.params import Params
from nnviz.ui import stage
from nnviz.ui.component import component
from nnviz.ui.jobs import STAGES


def draw(slug: str, room: Room, params: Params) -> None:
    """Ask all questions of a page."""
    answers = [
        {"name": f"{slug}:{index}", "right": right}
        for index, prediction in enumerate(room.lesson.predictions)
        if (right := _ask(slug, room, params, index, prediction)) is not None
    ]
    tally(answers)


def tally(answers: list[dict[str, Any]]) -> None:
    """Add answers to what this browser remembers, and show how many there are; nothing of it leaves the browser."""
    component("progress")(key="progress", data={"answers": answers})


def _ask(slug: str, room: Room, params: Params, index: int, prediction: Prediction) -> bool | None:
    """Ask first; grade from a run of the very settings that the question speaks of. None until it is answered."""
    asked = prediction.setting(params)
    key = f"predict-{slug}-{index}-{hash(asked)}"
    st.markdown(f"**{prediction.question}**")
    kept: dict[str, int] = st.session_state.setdefault(
        "predicted", {}
    )  # outlives the tab, which a widget's state does not
    choice = st.radio(
        prediction.question, prediction.choices, index=kept.get(key), key=key, label_visibility="collapsed"
    )
    if choice is None:
        return None
    kept[key] = prediction.choices.index(choice)
    with st.spinner("Computing the answer from the run …"):
        answer = prediction.answer(STAGES["full"].result(slug, room, asked))
    right = prediction.choices[answer.choice]
    if choice == right:
        st.success(f"Right. {answer.because}", icon=":material/check:")
    else:
        st.error(f"Not here: it is “{right}”. {answer.because}", icon=":material/close:")
    if asked != params:
        st.button("Show this run above", key=f"{key}-show", on_click=stage.write_url, args=(asked,))
    return bool(choice == right)
