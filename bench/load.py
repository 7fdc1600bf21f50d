"""A classroom on one server: learners who open pages, drag sliders in bursts and let go, over several rounds.

`python -m bench.load [slug …] [--sessions 30] [--seconds 60] [--rounds 3]`. Only 127.0.0.1, at most 100 sessions, 300
seconds and 10 rounds. Memory is the server's resident set; the same number of sessions on a bare Streamlit page is measured in the same run.
"""

import argparse
import asyncio
import random
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import quantiles

import httpx2
import psutil

from bench.positions import live_control, rooms
from bench.table import show
from bench.visitor import Seen, Visitor
from nnviz.catalogue import Room
from tests.browser.machine import ROOT, Server, serving

MOST_SESSIONS, LONGEST, MOST_ROUNDS = 100, 300, 10
BURST, THINKING = 2.0, 3.0  # seconds on average
LEAVING = 6.0  # seconds after which Streamlit has forgotten who left (see FORGET)
FORGET = "--server.disconnectedSessionTTL=1"
MEGA = 2**20


async def classroom(server: Server, pages: dict[str, Room], sessions: int, seconds: float) -> tuple[Seen, float]:
    """Let learners in, let them play, see them out; return what they saw, and the memory while they were there."""
    seen = Seen()
    # The server closes a connection after 5 idle seconds; a browser that asks at that moment asks again, this client would not.
    limits = httpx2.Limits(max_connections=2 * sessions, max_keepalive_connections=2 * sessions, keepalive_expiry=3)
    async with httpx2.AsyncClient(limits=limits) as client, AsyncExitStack() as room:
        slugs = list(pages)
        own = [slugs[number % len(slugs)] for number in range(sessions)]
        visitors = [Visitor(server.address, slug, pages[slug], client, seen) for slug in own]
        await asyncio.gather(*(room.enter_async_context(visitor) for visitor in visitors))
        until = time.monotonic() + seconds
        await asyncio.gather(*(play(visitor, until) for visitor in visitors))
        memory = resident(server)
    return seen, memory


async def play(visitor: Visitor, until: float) -> None:
    """Think, drag, let go, until the time is up."""
    try:
        await asyncio.sleep(random.uniform(0, THINKING))
        while time.monotonic() < until:
            await visitor.drag(random.uniform(0.5, 1.5) * BURST)
            await asyncio.sleep(random.uniform(0.5, 1.5) * THINKING)
    except Exception as error:
        visitor.seen.errors.append(f"{visitor.slug}: {type(error).__name__} {error}")


async def bystanders(server: Server, sessions: int) -> tuple[Seen, float]:
    """Open sessions that touch no stage, rerun each a few times; return what they saw and the memory."""
    seen = Seen()
    async with httpx2.AsyncClient() as client, AsyncExitStack() as room:
        visitors = [Visitor(server.address, "home", None, client, seen) for _ in range(sessions)]
        for visitor in visitors:
            await room.enter_async_context(visitor)
        for _ in range(3):
            seen.reruns += await asyncio.gather(*(visitor.rerun() for visitor in visitors))
        memory = resident(server)
    return seen, memory


def resident(server: Server) -> float:
    """Return the server's resident memory in MB."""
    return float(psutil.Process(server.process.pid).memory_info().rss) / MEGA


def warm(server: Server) -> None:
    """Wait until the server has warmed up, two minutes at most."""
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{server.address}/ready", timeout=10):
                return
        except urllib.error.HTTPError:
            time.sleep(0.5)
    raise RuntimeError("the server did not warm up within two minutes")


def row(name: str, seen: Seen, before: float, there: float, after: float, sessions: int) -> list[str]:
    """Return one line of the table."""
    times = [_percentile(seen.moves, 50), _percentile(seen.moves, 95), _percentile(seen.releases, 50)]
    times += [_percentile(seen.releases, 95), _percentile(seen.reruns, 95), _percentile(seen.opened, 95)]
    memory = [f"{before:.0f}", f"{there:.0f}", f"{after:.0f}", f"{(there - before) / sessions:.2f}"]
    return [name, str(len(seen.moves)), *times, str(len(seen.errors)), *memory]


def _percentile(values: Sequence[float], percent: int) -> str:
    return f"{quantiles(values, n=100, method='inclusive')[percent - 1]:.0f}" if len(values) > 1 else ""


def measure(slugs: list[str], sessions: int, seconds: float, rounds: int) -> None:
    """Measure both servers and print the table."""
    pages = rooms(slugs)
    for room in pages.values():
        live_control(room)  # found by running models, for many seconds: not while the learners' clock runs
    table, errors = [], []
    with tempfile.TemporaryDirectory() as folder:
        bare = ROOT / "bench" / "bare.py"
        with serving(bare, "--browser.gatherUsageStats=false", FORGET, folder=Path(folder)) as server:
            asyncio.run(bystanders(server, 2))
            for number in range(rounds):
                before = resident(server)
                seen, there = asyncio.run(bystanders(server, sessions))
                table.append(row(f"bare Streamlit {number + 1}", seen, before, there, _left(server), sessions))
    with serving(ROOT / "app.py", "--server.fileWatcherType=none", FORGET) as server:
        warm(server)
        asyncio.run(classroom(server, pages, len(pages), 1.0))  # every page has been opened once
        for number in range(rounds):
            before = resident(server)
            seen, there = asyncio.run(classroom(server, pages, sessions, seconds))
            errors += seen.errors
            table.append(row(f"nnviz {number + 1}", seen, before, there, _left(server), sessions))
    heads = ["round", "moves", "p50 ms", "p95", "release p50", "p95", "rerun p95", "open p95", "errors"]
    heads += ["MB before", "there", "after", "MB a session"]
    show(f"{sessions} sessions for {seconds:g} s a round on {', '.join(pages)}", heads, table)
    for error in sorted(set(errors)):
        print(f"error: {error} ({errors.count(error)} times)")


def _left(server: Server) -> float:
    """Return the memory after the learners have left and Streamlit has looked for those who did."""
    time.sleep(LEAVING)
    asyncio.run(bystanders(server, 1))
    return resident(server)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slugs", nargs="*", help="pages to be visited; all if none is named")
    parser.add_argument("--sessions", type=int, default=30, choices=range(1, MOST_SESSIONS + 1), metavar="N")
    parser.add_argument("--seconds", type=int, default=60, choices=range(1, LONGEST + 1), metavar="S")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, MOST_ROUNDS + 1), metavar="R")
    known = parser.parse_args()
    measure(known.slugs, known.sessions, known.seconds, known.rounds)


if __name__ == "__main__":
    main()
