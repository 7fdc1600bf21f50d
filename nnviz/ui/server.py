"""What the ASGI application adds to Streamlit: warm-up, static files, the live route, security headers."""

import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import plotly
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnviz import catalogue
from nnviz.ui import live
from nnviz.ui.component import ASSETS, preloads
from nnviz.ui.early import FirstPicture
from nnviz.ui.files import Files, packed
from nnviz.ui.jobs import STAGES

PLOTLY_FOLDER = Path(plotly.__file__).parent / "package_data"
WARM_UP_AFTER = 6.0  # seconds, or the first picture: whoever opens home at once does not wait for imports
DRAWING = 2.0  # seconds that the first browser, which may be on this machine, has for its first picture
SWEEP_EVERY = 30.0  # seconds
FOR_EVER = "public, max-age=31536000, immutable"  # these paths carry a version
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Streamlit's own pages need inline styles, inline scripts, blob modules and WebAssembly; nothing comes from elsewhere.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: data: blob:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
}
logger = logging.getLogger(__name__)


class SecurityHeaders:
    """Put the security headers on every answer, and a long life on files whose path carries a version."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the answer."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if scope["path"].startswith(("/plotly/", "/assets/")) and message["status"] == 200:
                    headers["Cache-Control"] = FOR_EVER
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Link"] = preloads()
            await send(message)

        await self.app(scope, receive, dressed if scope["type"] == "http" else send)


WARM = Event()
"""Set when every page has been run once."""


def warm_up() -> None:
    """Import what is heavy, compile the kernel and run every page once, so that no learner waits for it."""
    import scipy.stats  # noqa: F401 - intervals and claims load it when they first need it

    from nnviz.core import ensemble

    ensemble.warm()
    for page in catalogue.built():
        try:
            _visit(page.slug)
        except Exception:
            logger.exception("the warm-up of %s failed; it will still compute when it is asked to", page.slug)
    gc.collect()
    gc.freeze()
    WARM.set()


def _visit(slug: str) -> None:
    room = catalogue.load(slug)
    defaults = room.Params()
    room.view(STAGES["full"].result(slug, room, defaults))
    room.view(STAGES["preview"].result(slug, room, defaults.preview()))


async def _warm_up_in_time() -> None:
    """Warm up in a thread after the first picture, or soon if nobody comes."""
    with suppress(TimeoutError):
        await asyncio.wait_for(live.FIRST.wait(), WARM_UP_AFTER)
        await asyncio.sleep(DRAWING)
    Thread(target=warm_up, name="warm-up", daemon=True).start()


async def _sweep() -> None:
    """Collect garbage now and then, instead of after every rerun: sessions that have left are cycles of objects."""
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        await asyncio.to_thread(gc.collect)


def send_at_once() -> None:
    """Switch Nagle's algorithm off for all connections: they inherit that from the socket that listens.

    An answer is written in pieces, and the second one would wait for the browser's acknowledgement of the first, which
    comes up to 40 ms later. asyncio switches it off only for sockets made with proto=IPPROTO_TCP; Streamlit's own, which
    is bound before the application starts, is made without, and not handed on: hence the search.
    """
    # By type, for isinstance would wake objects that import what they stand for.
    sockets = [each for each in gc.get_objects() if issubclass(type(each), socket.socket)]
    for each in sockets:
        stream = each.family in (socket.AF_INET, socket.AF_INET6) and each.type == socket.SOCK_STREAM
        if stream and each.fileno() >= 0:  # not closed
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Serve at once; warm up in the background."""
    send_at_once()
    packing = asyncio.create_task(asyncio.to_thread(packed, str(PLOTLY_FOLDER / "plotly.min.js")))
    tasks = [asyncio.create_task(_warm_up_in_time()), asyncio.create_task(_sweep()), packing]
    yield
    for task in tasks:
        task.cancel()


async def ready(_request: Request) -> Response:
    """Tell whether the server is warm: 200, or 503 while it is not. The server answers all along."""
    return JSONResponse({"warm": WARM.is_set()}, status_code=200 if WARM.is_set() else 503)


ROUTES = [
    *live.ROUTES,
    Route("/ready", ready),
    Mount("/plotly/{version}", Files(directory=PLOTLY_FOLDER)),
    Mount("/assets/{version}", Files(directory=ASSETS)),
]
MIDDLEWARE = [Middleware(SecurityHeaders), Middleware(FirstPicture, ready=WARM.is_set)]
