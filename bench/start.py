"""From the command to the first paint: `streamlit run app.py` beside a bare Streamlit page, taking turns.

`python -m bench.start`. Chromium goes there as soon as the port answers; its cache is empty. The title is painted with
the first frame that has an <h1>, the picture with the first frame that has a drawn hero.
"""

import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from selenium.webdriver.chrome.webdriver import WebDriver

from bench.hand import CLOCK
from bench.table import show
from tests.browser.machine import ROOT, Server, chromium, serving, wait_for

ROUNDS = 5
LONGEST = 120.0  # seconds
OWN, BARE = ROOT / "app.py", ROOT / "bench" / "bare.py"


@dataclass(frozen=True)
class Start:
    """Seconds from the command until the port answers, the title and the first picture are painted, all is warm;
    then, on the running server, from navigation to the title with an empty cache and with a filled one."""

    port: float
    title: float
    picture: float | None
    warm: float | None
    again_cold: float
    again: float


def start(script: Path, folder: Path, driver: WebDriver) -> Start:
    """Start a server and look at it at once."""
    own = script == OWN
    driver.get("about:blank")
    driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    began = time.time()
    with serving(script, "--browser.gatherUsageStats=false", folder=ROOT if own else folder, wait=False) as server:
        wait_for(server, pause=0.02)
        port = time.time() - began
        driver.get(server.address)
        title = _painted(driver, "title") - began
        picture = _painted(driver, "picture") - began if own else None
        warm = _until(lambda: _is_warm(server)) - began if own else None
        time.sleep(0.5)
        again = [_navigate(driver, server, cold=cold) for cold in (True, False)]
        driver.get("about:blank")
        time.sleep(1)  # uvicorn waits for ever for a browser that connects in the moment in which it ends
    return Start(port, title, picture, warm, *again)


def _navigate(driver: WebDriver, server: Server, *, cold: bool) -> float:
    driver.get("about:blank")
    if cold:
        driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    driver.get(server.address)
    return _painted(driver, "title") - float(driver.execute_script("return performance.timeOrigin / 1000"))


def _painted(driver: WebDriver, what: str) -> float:
    """Wait for a paint; return when it was, in seconds of the clock on the wall."""
    moment = {"title": "benchClock.title", "picture": "benchClock.paints[0]"}[what]
    _until(lambda: driver.execute_script(f"return {moment} ?? null"))
    return float(driver.execute_script(f"return (performance.timeOrigin + {moment}) / 1000"))


def _until(true: Callable[[], object]) -> float:
    deadline = time.monotonic() + LONGEST
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {LONGEST:g} s")
        time.sleep(0.02)
    return time.time()


def _is_warm(server: Server) -> bool:
    try:
        with urllib.request.urlopen(f"{server.address}/ready", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.HTTPError, TimeoutError):
        return False


def tell(own: list[Start], bare: list[Start]) -> None:
    """Print medians side by side."""
    rows = []
    lines = {
        "command → port answers": "port",
        "command → title painted": "title",
        "command → first picture": "picture",
        "command → every page warm": "warm",
        "running server: navigation → title, empty cache": "again_cold",
        "running server: navigation → title, again": "again",
    }
    for words, name in lines.items():
        mine, theirs = ([getattr(one, name) for one in side] for side in (own, bare))
        ratio = "" if None in theirs else f"{median(mine) / median(theirs):.2f}"
        rows.append([words, "" if None in theirs else f"{median(theirs):.2f}", f"{median(mine):.2f}", ratio])
    show(f"Start, seconds (median of {len(own)}, taking turns)", ["", "bare Streamlit", "nnviz", "ratio"], rows)


def main() -> None:
    """Start both, in turn, and print the table."""
    with tempfile.TemporaryDirectory() as name, chromium(Path(name) / "chromium") as driver:
        folder = Path(name) / "bare"  # without .streamlit: everything at its default
        folder.mkdir()
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": CLOCK})
        bare, own = [], []
        for _ in range(ROUNDS):
            bare.append(start(BARE, folder, driver))
            own.append(start(OWN, folder, driver))
        tell(own, bare)


if __name__ == "__main__":
    main()
