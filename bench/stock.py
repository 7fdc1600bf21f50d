"""The same figures by Streamlit's own means: st.slider and st.plotly_chart in a fragment. Run by bench.latency.

`?page=SLUG&start=POSITION` says whose figures; the slider holds a position of the page's live control.
"""

import streamlit as st

from bench.positions import LAST, live_control, settings_at
from nnviz import catalogue

room = catalogue.load(st.query_params["page"])
control = live_control(room)


@st.fragment
def figures() -> None:
    """Draw all charts of the page at the slider's position, computed as a page's preview is."""
    position = st.slider(control.title, 0, LAST, int(st.query_params["start"]), key="position")
    view = room.view(room.run(settings_at(room, control, position).preview()))
    for chart in view.charts:
        st.plotly_chart(chart.to_figure(), key=chart.name)


st.title("Stock")
figures()
