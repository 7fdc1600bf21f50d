"""One learner without a browser: the websocket that Streamlit's page opens, and the requests that our stage sends."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.positions import LAST, live_control, settings_at
from nnviz.catalogue import Room

LONGEST = 60.0  # seconds for one answer
DRAWING = 0.033  # seconds a browser draws: the hand's next request does not come sooner


@dataclass
class Seen:
    """What learners have waited for, in milliseconds, and what went wrong."""

    moves: list[float] = field(default_factory=list)
    releases: list[float] = field(default_factory=list)
    reruns: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Visitor:
    """A learner on one page; `async with` opens the page and leaves it."""

    def __init__(self, address: str, slug: str, room: Room | None, client: httpx2.AsyncClient, seen: Seen) -> None:
        self.address, self.slug, self.room, self.client, self.seen = address, slug, room, client, seen
        self.query, self.script, self.stage = "", "", ""
        self.commits = 0
        self.known: dict[str, str] = {}
        self.position = LAST // 2
        self.socket: ClientConnection

    async def __aenter__(self) -> Self:
        """Connect as Streamlit's page does and run the script once."""
        answer = await self.client.get(f"{self.address}/_stcore/health")
        token = answer.cookies.get("_streamlit_xsrf") or "PLACEHOLDER_AUTH_TOKEN"
        headers = {"Cookie": f"_streamlit_xsrf={token}"}
        address = f"ws://{urlsplit(self.address).netloc}/_stcore/stream"
        options: dict[str, Any] = {"subprotocols": ["streamlit", token], "origin": self.address}
        self.socket = await connect(address, additional_headers=headers, max_size=None, **options)
        self.seen.opened.append(await self.rerun())
        if self.room is not None:
            await self.ask("full", {})
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Leave."""
        await self.socket.close()

    async def rerun(self, widgets: dict[str, Any] | None = None) -> float:
        """Run the script with the state of widgets; return milliseconds until it has finished."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self.query, self.script
        state.page_name = "" if self.script else self.slug.replace("home", "")
        state.context_info.url = f"{self.address}/{state.page_name}"
        for identity, value in (widgets or {}).items():
            state.widget_states.widgets.add(id=identity, json_value=json.dumps(value))
        began = time.monotonic()
        await self.socket.send(message.SerializeToString())
        async with asyncio.timeout(LONGEST):
            while not self._take(await self.socket.recv()):
                pass
        return 1000 * (time.monotonic() - began)

    def _take(self, data: str | bytes) -> bool:
        """Take note of one message; tell whether it says that the script has finished."""
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.script = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            self._look(message.delta.new_element)
        return kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY

    def _look(self, element: Any) -> None:
        """Find the stage among the elements, and exceptions."""
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.seen.errors.append(f"{self.slug}: {element.exception.type}")
        if kind == "bidi_component" and element.bidi_component.component_name.endswith("nnviz_stage"):
            self.stage = element.bidi_component.id

    async def ask(self, stage: str, settings: dict[str, str]) -> float:
        """Ask the live route as the stage does; return milliseconds until the whole answer is here."""
        began = time.monotonic()
        headers = {"x-known": ",".join(self.known.values()), "x-moment": "1"}
        url = f"{self.address}/live/{self.slug}/{stage}"
        answer = await self.client.get(url, params=settings, headers=headers, timeout=LONGEST)
        took = 1000 * (time.monotonic() - began)
        text = answer.text
        last: dict[str, Any] = json.loads(text.splitlines()[-1]) if answer.status_code == 200 else {"error": text[:80]}
        if "charts" not in last:
            self.seen.errors.append(f"{self.slug}: {answer.status_code} {last.get('error')}")
        self.known = {chart["name"]: chart["fingerprint"] for chart in last.get("charts", ())}
        return took

    async def drag(self, seconds: float) -> None:
        """Drag the page's live slider for a while, then let go: the full run, and a rerun of the script."""
        assert self.room is not None
        control = live_control(self.room)
        until = time.monotonic() + seconds
        direction = random.choice((-1, 1))
        settings: dict[str, str] = {}
        while time.monotonic() < until:
            began = time.monotonic()
            direction = -direction if not 0 < self.position + direction < LAST else direction
            self.position += direction
            settings = settings_at(self.room, control, self.position).texts()
            self.seen.moves.append(await self.ask("preview", settings))
            await asyncio.sleep(max(0.0, began + DRAWING - time.monotonic()))
        self.commits += 1
        committed = {"committed": {"number": self.commits, "settings": settings}}
        full, rerun = await asyncio.gather(self.ask("full", settings), self.rerun({self.stage: committed}))
        self.seen.releases.append(full)
        self.seen.reruns.append(rerun)
