"""The first picture: what a page's HTML is given so that its stage stands before Streamlit has started.

Streamlit's own page takes a second to start, several times as long as a run and its picture. Until it has, the stage
stands in a cover over it (assets/web/early.js); then it goes on in Streamlit's page, at the same place. The two would
share one thread of the browser and one server: Streamlit's scripts are held back until the picture is there.
"""

import asyncio
import html
import re
from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import parse_qsl

import orjson
import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnviz import catalogue, glossary
from nnviz.catalogue import HOME, Room
from nnviz.ui import home, stage
from nnviz.ui.component import PLOTLY, folder

UNWANTED = (b"if-none-match", b"if-modified-since", b"accept-encoding", b"range")  # the answer is a new one, and whole
VARIABLES = {
    "primary-color": "primaryColor",
    "background-color": "backgroundColor",
    "secondary-background-color": "secondaryBackgroundColor",
    "text-color": "textColor",
    "border-color": "borderColor",
}
"""Variables of Streamlit's CSS that ours uses, and the options of the theme that they come from."""
HELD = {b'<script type="module"': b'<script type="held"', b'rel="modulepreload"': b'rel="held"'}
"""What starts Streamlit in its HTML, and what that is turned into, to be turned back by RELEASE."""
RELEASE = """<script>
    function startStreamlit() {
        for (const link of document.querySelectorAll("link[rel=held]")) link.rel = "modulepreload";
        for (const held of document.querySelectorAll("script[type=held]")) {
            held.replaceWith(Object.assign(document.createElement("script"), { type: "module", crossOrigin: "", src: held.src }));
        }
    }
    setTimeout(startStreamlit, 3000); // whatever has become of the picture
</script>"""


class FirstPicture:
    """Puts a stage into the HTML of every page that has one, once `ready` says that its run will not keep it waiting."""

    def __init__(self, app: ASGIApp, ready: Callable[[], bool]) -> None:
        self.app, self.ready = app, ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; if it asks for a page, put the page's opening into the answer."""
        slug = _slug(scope)
        if slug is None or not (self.ready() or slug == HOME.slug):  # home needs no torch
            await self.app(scope, receive, send)
            return
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        head, body = await asyncio.to_thread(opening, slug, query)
        start: Message = {}
        parts: list[bytes] = []

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            whole = b"".join(parts)
            for own, held in HELD.items():
                whole = whole.replace(own, held)
            whole = whole.replace(b"<head>", b"<head>" + head, 1).replace(b"<body>", b"<body>" + body, 1)
            headers = MutableHeaders(scope=start)
            headers["content-length"] = str(len(whole))
            for name in ("etag", "last-modified"):
                del headers[name]
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        kept = [(name, value) for name, value in scope["headers"] if name not in UNWANTED]
        await self.app({**scope, "headers": kept}, receive, dressed)


def _slug(scope: Scope) -> str | None:
    """Return which page with a stage is asked for; None for all else."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    return _slugs().get(scope["path"])


@cache
def _slugs() -> Mapping[str, str]:
    return {"/": HOME.slug} | {f"/{page.slug}": page.slug for page in catalogue.built()}


def opening(slug: str, query: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Return what goes into <head> and into <body>: styles and a script; the top of the page, and room for its stage."""
    room = catalogue.load(slug)
    params, notes = stage.settings_from(room.Params, query)
    data = orjson.dumps(stage.description(slug, room, params, notes, query)).replace(b"<", b"\\u003c")
    head = f"""<link rel="stylesheet" href="{folder()}/nnviz.css"><style>{_theme()}</style>{RELEASE}
        <script type="module" src="{folder()}/early.js"></script>"""
    body = f"""<div class="nv-early"><div>{_heading(slug, room, query)}
        <div class="nv-mount" data-plotly="{PLOTLY}"></div>
        <script type="application/json">{data.decode()}</script></div></div>"""
    return head.encode(), body.encode()


def _heading(slug: str, room: Room, query: Mapping[str, str]) -> str:
    """Return what stands above a stage, as `page` and `home` write it."""
    if slug == HOME.slug:
        place, title, intro = "", home.TITLE, room.lesson.intro
    else:
        page = catalogue.find(slug)
        place, title, intro = stage.place(page, query), page.title, glossary.mark(room.lesson.intro, set())
    intro = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", intro)
    place = f'<p class="nv-place">{html.escape(place)}</p>' if place else ""
    intro = "" if place and stage.teaching(query) else f"<p>{intro}</p>"
    return f"{place}<h1>{html.escape(title)}</h1>{intro}"


def _theme() -> str:
    """Return the variables that Streamlit will set, light and dark; early.js knows which one was chosen by hand."""
    light, dark = ("".join(f"--st-{name}:{st.get_option(f'theme.{mode}.{option}')};" for name, option in VARIABLES.items())
                   for mode in ("light", "dark"))  # fmt: skip
    return (
        f".nv-early{{{light}}}@media(prefers-color-scheme:dark){{.nv-early{{{dark}}}}}"
        f".nv-early[data-theme=Light]{{{light}}}.nv-early[data-theme=Dark]{{{dark}}}"
    )
