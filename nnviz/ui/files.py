"""Static files that are compressed once and for all, not at every request as Streamlit's own compression would."""

import asyncio
import gzip
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

PACKED = (".js", ".css", ".svg")


class Files(StaticFiles):
    """A folder of static files; texts travel compressed to whoever takes that."""

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """Answer with the file, or with its compressed form."""
        answer = await super().get_response(path, scope)
        takes = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if not (takes and scope["method"] == "GET" and isinstance(answer, FileResponse) and answer.status_code == 200):
            return answer
        if Path(path).suffix not in PACKED:
            return answer
        body = await asyncio.to_thread(packed, str(answer.path))
        headers = {name: answer.headers[name] for name in ("etag", "last-modified") if name in answer.headers}
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(body, headers=headers, media_type=answer.media_type)


@lru_cache(maxsize=64)
def packed(path: str) -> bytes:
    """Return a file's compressed content; the files of one version never change."""
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)
