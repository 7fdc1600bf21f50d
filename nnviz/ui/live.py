"""The quick way from a moving hand to a picture: GET /live/SLUG/STAGE?settings answers with charts, line by line.

Each line is a JSON object: {"progress": …} while a run goes on, at last {"charts": …, "view": …} or {"error": …}.
A run is a pure function of its settings, so the answer needs no session; a request that is broken off stops its run.
"""

import asyncio
import logging
from collections.abc import AsyncIterator

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from nnviz import catalogue
from nnviz.catalogue import Room
from nnviz.core.params import Params
from nnviz.core.progress import Superseded
from nnviz.ui import wire
from nnviz.ui.jobs import STAGES, Job, Jobs

PATIENCE = 0.12  # seconds between two words on progress
LINES = "application/x-ndjson"
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
    known = frozenset(request.headers.get("x-known", "").split(","))
    return StreamingResponse(_lines(jobs, slug, room, params, known), media_type=LINES)


async def _lines(jobs: Jobs, slug: str, room: Room, params: Params, known: frozenset[str]) -> AsyncIterator[bytes]:
    job = jobs.join(slug, room, params)
    try:
        async for line in _progress(job, room):
            yield line
        yield await asyncio.to_thread(_picture, job, room, known) + b"\n"
    finally:
        jobs.leave(job)


async def _progress(job: Job, room: Room) -> AsyncIterator[bytes]:
    """Yield a word on progress now and then until the job is done."""
    done = asyncio.wrap_future(job.future)
    done.add_done_callback(lambda future: future.exception())  # taken note of; `_picture` tells the learner
    drawn = None
    while not (await asyncio.wait({done}, timeout=PATIENCE))[0]:
        line = orjson.dumps({"progress": job.fraction, "what": job.what})
        if job.partial is not None and job.partial is not drawn:
            drawn = job.partial
            line = line[:-1] + b',"partial":' + await asyncio.to_thread(lambda: wire.encode(room.view(drawn))) + b"}"
        yield line + b"\n"


def _picture(job: Job, room: Room, known: frozenset[str]) -> bytes:
    try:
        return wire.encode(room.view(job.future.result()), known)
    except Superseded:
        return orjson.dumps({"error": "This run was given up for a newer one."})
    except Exception:
        logger.exception("a run failed")
        return orjson.dumps({"error": "This run failed. Your settings are kept; change one and it starts again."})


ROUTES = [Route("/live/{slug}/{stage}", answer)]
