"""How soon the picture follows the hand: nnviz beside st.slider and st.plotly_chart with the same figures, in one run.

`python -m bench.latency [slug …]`. Both servers run side by side, one Chromium looks at both, and the moves take turns.
A move is over with the frame that shows a new hero. The stock slider sends on release, so its clock starts there; on
nnviz it starts while the hand is still down. Both compute the page's preview and draw all of its charts.
"""

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from math import nan
from pathlib import Path
from statistics import median, quantiles

from selenium.webdriver.chrome.webdriver import WebDriver

from bench.hand import Hand
from bench.load import warm
from bench.positions import LAST, live_control, rooms, value_at
from bench.table import show
from nnviz.catalogue import Room
from tests.browser.machine import ROOT, chromium, serving
from tests.browser.tools import HOME, SPACE, Browser

MOVES = 16
VISITS = 3
DRAG = 4.0  # seconds
HERTZ = 60
PAUSE = 0.25  # seconds between moves, so that each meets a quiet page
TRAINED = ("dropout", "batch-size")  # pages that train networks under the hand
FASTEST, TRAINING = 15, 8  # updates/s asked of a page, and of one that trains
SHARE, FIRST = 0.4, 1000  # asked: a move against stock; milliseconds to the first picture


@dataclass(frozen=True)
class Side:
    """One side of the comparison: milliseconds of each move, bytes of a move, medians of the first picture."""

    moves: list[float]
    size: float
    cold: float
    again: float


@dataclass(frozen=True)
class Result:
    """A page: the stock side, nnviz's own, the milliseconds from release to the full picture, updates a second while
    dragging, and frames a second while its timeline plays four times as fast (NaN without a timeline)."""

    field: str
    stock: Side
    own: Side
    releases: list[float]
    rate: float
    playing: float


def measure(slug: str, room: Room, addresses: tuple[str, str], driver: WebDriver) -> Result:
    """Measure one page beside its stock twin."""
    control = live_control(room)
    start = min(range(LAST + 1), key=lambda position: abs(value_at(control, position) - float(control.default)))
    browser = Browser(driver, addresses[1])
    query = f"/?page={slug}&start={start}"
    stock = Hand(browser, addresses[0] + query, "[data-testid=stSlider] [role=group] > div", "pointerup")
    path = "/" if slug == "home" else f"/{slug}"
    own = Hand(browser, addresses[1] + path, f"[data-param='{control.name}'] input[type=range]", "input")
    hands = (stock, own)
    for hand in hands:
        hand.visit()  # both servers have computed this page before anything is timed
    cold = _visits(hands, cold=True)
    for hand in hands:
        hand.visit()  # from the second visit on, a browser keeps compiled scripts, too
    again = _visits(hands, cold=False)
    moves, sizes, releases = _moves(stock, own)
    rate, playing = _drag(own), _play(own)
    _close(driver, hands)
    sides = [Side(moves[side], sizes[side], median(cold[side]), median(again[side])) for side in (0, 1)]
    return Result(control.name, sides[0], sides[1], releases, rate, playing)


def _visits(hands: tuple[Hand, Hand], *, cold: bool) -> list[list[float]]:
    rounds = []
    for _ in range(VISITS):
        times = []
        for hand in hands:
            times.append(hand.visit(cold=cold))
            hand.leave()  # the other side is timed with nothing else to draw
        rounds.append(times)
    return [list(one) for one in zip(*rounds, strict=True)]


def _moves(stock: Hand, own: Hand) -> tuple[list[list[float]], list[float], list[float]]:
    """Move both sliders in turn over the same places; also let nnviz's go each time, for the full picture."""
    moves: list[list[float]] = [[], []]
    sizes: list[list[float]] = [[], []]
    releases: list[float] = []
    for hand in (stock, own):
        hand.visit()
        hand.look()
    for number in range(MOVES):
        share = 0.1 + 0.8 * ((0.13 + number * 0.37) % 1)
        for side, hand in enumerate((stock, own)):
            hand.here()
            received = hand.read("received")
            took = hand.timed(lambda hand=hand, share=share: _move(hand, share))  # type: ignore[misc]
            time.sleep(PAUSE)
            if took is not None:
                moves[side].append(took)
                sizes[side].append(hand.read("received") - received)
        before = time.monotonic()
        own.release(share)
        own.browser.settled()
        releases.append(1000 * (time.monotonic() - before))
        time.sleep(PAUSE)
    return moves, [_middle(side) for side in sizes], releases


def _move(hand: Hand, share: float) -> None:
    """Take the slider to a place: on the stock page let go there, on nnviz hold it still."""
    hand.press(share)
    if hand.event == "pointerup":
        hand.release(share)


def _drag(own: Hand) -> float:
    """Drag to and fro with the pointer moving at 60 Hz; return distinct pictures of the hero a second."""
    own.here()
    own.visit()
    own.look()
    own.press(0.5)
    time.sleep(PAUSE)
    before, began = own.paints(), time.monotonic()
    while (passed := time.monotonic() - began) < DRAG:
        phase = (passed / 2 + 0.25) % 1  # two seconds there and back
        own.move(0.1 + 0.8 * (2 * phase if phase < 0.5 else 2 - 2 * phase))
        time.sleep(max(0.0, began + (int(passed * HERTZ) + 1) / HERTZ - time.monotonic()))
    pictures = own.paints() - before
    own.release(0.5)
    return pictures / DRAG


def _play(own: Hand) -> float:
    """Play the timeline at four times its speed, twice; return pictures of the hero a second."""
    own.here()
    own.browser.settled()
    frames = own.browser.js("return Number(document.querySelector('.nv-scrub').max) + 1")
    if frames < 2:
        return nan
    own.browser.js("document.querySelector('.nv-speed').value = '4'")
    at = "return Number(document.querySelector('.nv-scrub').value)"
    rates = []
    for _ in range(2):
        own.browser.press(HOME)
        time.sleep(PAUSE)
        before = own.paints()
        own.browser.press(SPACE)
        own.browser.until(lambda: own.browser.js(at) == frames - 1, "the timeline to end")
        time.sleep(PAUSE)
        last = own.read("paints[benchClock.paints.length - 1]") - own.read(f"paints[{before}]")
        rates.append(1000 * (own.paints() - before - 1) / last if last else nan)
    return max(rates)


def _close(driver: WebDriver, hands: tuple[Hand, Hand]) -> None:
    for hand in hands:
        hand.here()
        driver.close()
    driver.switch_to.window(driver.window_handles[0])


def tell(results: dict[str, Result]) -> None:
    """Print what was measured, with what is asked beside it."""
    heads = ["page", "slider", "stock ms", "p95", "nnviz ms", "p95", "ratio", f"≤ {SHARE}", "full ms"]
    heads += ["updates/s", "asked", "playing/s", "bytes stock", "nnviz"]
    title = f"From a move of the slider to the new picture ({MOVES} moves each, taking turns)"
    show(title, heads, [[slug, *_move_cells(slug, result)] for slug, result in results.items()])
    heads = ["page", "stock, empty cache", "nnviz, empty cache", f"≤ {FIRST}", "stock, again", "nnviz, again"]
    title = f"First picture from a warm server, ms from navigation (median of {VISITS}); again: a browser that was there before"
    show(title, [*heads, f"≤ {FIRST}"], [[slug, *_first_cells(result)] for slug, result in results.items()])


def _move_cells(slug: str, result: Result) -> list[str]:
    stock, own = _middle(result.stock.moves), _middle(result.own.moves)
    asked = TRAINING if slug in TRAINED else FASTEST
    times = [f"{stock:.0f}", f"{_p95(result.stock.moves):.0f}", f"{own:.0f}", f"{_p95(result.own.moves):.0f}"]
    verdict = [f"{own / stock:.2f}", _mark(own / stock <= SHARE), f"{median(result.releases):.0f}"]
    pace = [f"{result.rate:.1f}", f"≥ {asked} {_mark(result.rate >= asked)}"]
    return [
        result.field,
        *times,
        *verdict,
        *pace,
        f"{result.playing:.0f}",
        f"{result.stock.size:,.0f}",
        f"{result.own.size:,.0f}",
    ]


def _first_cells(result: Result) -> list[str]:
    pairs = [(result.stock.cold, result.own.cold), (result.stock.again, result.own.again)]
    return [cell for stock, own in pairs for cell in (f"{stock:.0f}", f"{own:.0f}", _mark(own <= FIRST))]


def _middle(values: list[float]) -> float:
    """Return the median, or NaN where no move brought a new picture: the table then shows it."""
    return median(values) if values else nan


def _p95(values: list[float]) -> float:
    return nan if len(values) < 2 else quantiles(values, n=20, method="inclusive")[-1]


def _mark(good: bool) -> str:
    return "yes" if good else "NO"


def main(slugs: list[str]) -> None:
    """Measure the named pages, or all."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "stock"  # a folder without .streamlit: everything at its default
        plain.mkdir()
        alone = {"folder": plain, "environment": os.environ | {"PYTHONPATH": str(ROOT)}}
        with (
            serving(ROOT / "bench" / "stock.py", "--browser.gatherUsageStats=false", **alone) as stock,  # type: ignore[arg-type]
            serving(ROOT / "app.py", "--server.fileWatcherType=none") as own,
            chromium(Path(folder) / "chromium") as driver,
        ):
            warm(own)
            results = {}
            for slug, room in rooms(slugs).items():
                results[slug] = measure(slug, room, (stock.address, own.address), driver)
                print(slug, *_move_cells(slug, results[slug]), *_first_cells(results[slug]), flush=True)
            tell(results)


if __name__ == "__main__":
    main(sys.argv[1:])
