"""What the ASGI application adds to Streamlit: warm-up, static files, the live route, security headers."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import plotly
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnviz import catalogue
from nnviz.ui import live
from nnviz.ui.component import ASSETS
from nnviz.ui.jobs import STAGES

WARM_UP_AFTER = 1.0  # seconds: whoever opens home first is served first
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
            await send(message)

        await self.app(scope, receive, dressed if scope["type"] == "http" else send)


def warm_up() -> None:
    """Import what is heavy, compile the kernel and run every page once, so that no learner waits for it."""
    from nnviz.core import ensemble

    ensemble.warm()
    for page in catalogue.built():
        room = catalogue.load(page.slug)
        defaults = room.Params()
        room.view(STAGES["full"].result(page.slug, room, defaults))
        room.view(STAGES["preview"].result(page.slug, room, defaults.preview()))
    gc.collect()
    gc.freeze()
    logger.info("warm")


def _start_warm_up() -> None:
    try:
        warm_up()
    except Exception:
        logger.exception("the warm-up failed; pages will still compute when they are asked to")


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Serve at once; warm up in the background."""
    handle = asyncio.get_running_loop().call_later(WARM_UP_AFTER, Thread(target=_start_warm_up, daemon=True).start)
    yield
    handle.cancel()


ROUTES = [
    *live.ROUTES,
    Mount("/plotly/{version}", StaticFiles(directory=Path(plotly.__file__).parent / "package_data")),
    Mount("/assets/{version}", StaticFiles(directory=ASSETS)),
]
MIDDLEWARE = [Middleware(SecurityHeaders)]
