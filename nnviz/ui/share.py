"""Share: the link of what is on screen, for a class with fewer controls, and as a code for a room full of phones."""

import io
from urllib.parse import urlencode

import segno
import streamlit as st

from nnviz.catalogue import Room
from nnviz.core.params import Params, controls
from nnviz.ui import stage

LONGEST = 1800  # characters that a code still holds so that a phone reads it from the last row


def draw(slug: str, room: Room, params: Params) -> None:
    """Show the link, what it may hide, and its code."""
    left, right = st.columns([3, 1], gap="large")
    with left:
        titles = {control.name: control.title for control in controls(room.Params) if control.editor != "hidden"}
        hidden = [name for name in st.query_params.get("hide", "").split(",") if name in titles]
        chosen = st.multiselect(
            "Hide controls", list(titles), hidden, format_func=lambda name: titles[name], key=f"hide-{slug}",
            help="The link opens without these controls: fewer to look at, and nobody turns what is not today's subject.",
        )  # fmt: skip
        teach = st.toggle(
            "For a projector",
            stage.teaching(st.query_params),
            key=f"teach-{slug}",
            help="Large type, presenter's notes",
        )
        address = link(params, hide=chosen, teach=teach)
        st.code(address, language=None, wrap_lines=True)
        st.link_button("Open it", address, icon=":material/open_in_new:")
        if "//localhost" in address or "//127.0.0.1" in address:
            st.caption(
                "This address is your own machine's. For others, open nnviz by the network address that Streamlit prints."
            )
    with right:
        if len(address) > LONGEST:
            st.caption(f"The link has {len(address)} characters, too many for a code: own points make it long.")
        else:
            st.image(qr(address), width=220, caption="A phone's camera opens this run.")


def link(params: Params, *, hide: list[str], teach: bool) -> str:
    """Return the address of this page with these settings, pins and tab."""
    own = {name: st.query_params[name] for name in ("tab", "pins") if name in st.query_params}
    own |= ({"teach": "1"} if teach else {}) | ({"hide": ",".join(hide)} if hide else {})
    query = urlencode(params.to_query() | own)
    return f"{(st.context.url or '').split('?')[0]}{'?' if query else ''}{query}"


def qr(address: str) -> bytes:
    """Return a QR code as PNG: dark on light in either theme, as cameras want it."""
    file = io.BytesIO()
    segno.make(address, error="m").save(file, kind="png", scale=5, border=3)
    return file.getvalue()
