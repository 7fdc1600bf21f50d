"""The quick way from a moving hand to a picture: GET /live/SLUG/STAGE?settings answers with charts, line by line.

Each line is a JSON object: {"progress": …} while a run goes on, at last {"charts": …, "view": …} or {"error": …}.
A run is a pure function of its settings, so the answer needs no session; a request that is broken off stops its run.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from nnviz import catalogue
from nnviz.catalogue import Room
from nnviz.charts.view import View
from nnviz.core.params import Params
from nnviz.core.progress import Superseded
from nnviz.ui import wire
from nnviz.ui.jobs import STAGES, Job, Jobs

PATIENCE = 0.12  # seconds between two words on progress
LINES = "application/x-ndjson"
FIRST = asyncio.Event()
"""Set when somebody has seen a first picture."""
Encode = Callable[[View], bytes]
logger = logging.getLogger(__name__)


async def answer(request: Request) -> Response:
    """Compute what the query asks for and stream it; a bad query is answered with the reason."""
    slug, stage = request.path_params["slug"], request.path_params["stage"]
    try:
        room = await asyncio.to_thread(catalogue.load, slug)
        jobs = STAGES[stage]
    except KeyError as error:
        return JSONResponse({"error": str(error.args[0])}, status_code=404)
    params, ignored = room.Params.from_query(dict(request.query_params))
    if ignored:
        return JSONResponse({"error": "; ".join(str(one) for one in ignored)}, status_code=422)
    if stage == "preview":
        params = params.preview()
    if params == params.preview():  # as quick as a preview: it need not wait behind long runs, and may be there already
        jobs = STAGES["preview"]
    encode = partial(
        wire.encode,
        known=frozenset(request.headers.get("x-known", "").split(",")),
        moment=_moment(request) if stage == "preview" else None,
    )
    return StreamingResponse(_lines(jobs, slug, room, params, encode), media_type=LINES)


def _moment(request: Request) -> float | None:
    """Return which moment of the timeline the browser shows, 0…1; None, and so all of them, if it does not say."""
    try:
        moment = float(request.headers.get("x-moment", ""))
    except ValueError:
        return None
    return moment if 0 <= moment <= 1 else None


async def _lines(jobs: Jobs, slug: str, room: Room, params: Params, encode: Encode) -> AsyncIterator[bytes]:
    job = jobs.join(slug, room, params)
    try:
        async for line in _progress(job, room):
            yield line
        yield await asyncio.to_thread(_picture, job, room, encode) + b"\n"
    finally:
        jobs.leave(job)
        FIRST.set()


async def _progress(job: Job, room: Room) -> AsyncIterator[bytes]:
    """Yield a word on progress now and then until the job is done."""
    done = asyncio.wrap_future(job.future)
    done.add_done_callback(lambda future: future.exception())  # taken note of; `_picture` tells the learner
    drawn = None
    while not (await asyncio.wait({done}, timeout=PATIENCE))[0]:
        line = orjson.dumps({"progress": job.fraction, "what": job.what})
        if job.partial is not None and job.partial is not drawn:
            drawn = job.partial
            line = line[:-1] + b',"partial":' + await asyncio.to_thread(_encoded, room, drawn) + b"}"
        yield line + b"\n"


def _encoded(room: Room, run: Any) -> bytes:
    return wire.encode(room.view(run))


def _picture(job: Job, room: Room, encode: Encode) -> bytes:
    try:
        return encode(room.view(job.future.result()))
    except Superseded:
        return orjson.dumps({"error": "This run was given up for a newer one."})
    except Exception:
        logger.exception("a run failed")
        return orjson.dumps({"error": "This run failed. Your settings are kept; change one and it starts again."})


ROUTES = [Route("/live/{slug}/{stage}", answer)]
