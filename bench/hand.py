"""One window of a Chromium, the hand in it, and the clock that says when it saw a new picture."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.browser.tools import Browser

CLOCK = (Path(__file__).parent / "clock.js").read_text(encoding="utf-8")
LONGEST = 4.0  # seconds without a new picture: the move changed nothing that is seen
BOX = """
    const track = document.querySelector(arguments[0]);
    track.scrollIntoView({block: "center"});
    const box = track.getBoundingClientRect();
    return [box.left, box.width, box.top + box.height / 2];
"""


class Hand:
    """A window of its own on one address.

    Attributes:
        track: CSS selector of the slider's way.
        event: the event with which the page hears of a move: "input" while dragging, "pointerup" on release.
    """

    def __init__(self, browser: Browser, address: str, track: str, event: str) -> None:
        self.browser = browser
        self.address = address
        self.track = track
        self.event = event
        self.driver = browser.driver
        self.driver.switch_to.new_window("window")
        self.window = self.driver.current_window_handle
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": CLOCK})
        browser.emulate(width=1280, height=720)

    def here(self) -> None:
        """Turn to this window."""
        self.driver.switch_to.window(self.window)

    def visit(self, *, cold: bool = False) -> float:
        """Open the page anew, with or without what the browser kept of it; return milliseconds to the first picture."""
        self.here()
        self.leave()
        time.sleep(0.5)  # what the page before left to do is not ours
        if cold:
            self.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        self.driver.get(self.address)
        self.browser.until(lambda: self.paints() and self.browser.status() in ("idle", None), "the first picture")
        return float(self.read("paints[0]"))

    def leave(self) -> None:
        """Go to an empty page."""
        self.here()
        self.driver.get("about:blank")

    def read(self, what: str) -> float:
        """Return a number of the clock."""
        return float(self.browser.js(f"return benchClock?.{what} ?? 0"))

    def paints(self) -> int:
        """Return how many different pictures the hero has shown."""
        return int(self.read("paints.length"))

    def timed(self, act: Callable[[], None]) -> float | None:
        """Act; return milliseconds from the event to the frame with the new picture, or None if there came none."""
        before = self.paints()
        act()
        deadline = time.monotonic() + LONGEST
        while self.paints() == before:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.01)
        return self.read(f"paints[{before}]") - self.read(self.event)

    def look(self) -> None:
        """Take note of where the slider is."""
        self.browser.js("for (const fold of document.querySelectorAll('.nv-stage details')) fold.open = true")
        time.sleep(0.3)
        self.left, self.width, self.height = self.browser.js(BOX, self.track)

    def press(self, share: float) -> None:
        """Put the pointer down at a share of the slider's way."""
        self._pointer("mousePressed", share)

    def move(self, share: float) -> None:
        """Move the pointer, held down."""
        self._pointer("mouseMoved", share)

    def release(self, share: float) -> None:
        """Let go."""
        self._pointer("mouseReleased", share)

    def _pointer(self, kind: str, share: float) -> None:
        place = {"x": self.left + 8 + share * (self.width - 16), "y": self.height}
        button = {"button": "left", "buttons": 0 if kind == "mouseReleased" else 1, "clickCount": 1}
        self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind} | place | button)
