"""The first picture stands, and answers the hand, before Streamlit has started; then it goes on in Streamlit's page."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest

from tests.browser.tools import PATIENCE, Browser

AWAY, BACK = {"urls": ["*_stcore*"]}, {"urls": list[str]()}
PLACE = "const box = document.querySelector('.nv-stage').getBoundingClientRect(); return [box.x, box.y, box.width];"
COVER = "return document.querySelector('.nv-early .nv-stage') !== null"


@pytest.fixture
def alone(browser: Browser, server: str) -> Iterator[Browser]:
    """A browser that finds the pages of a warm server, but not yet the Streamlit behind them."""
    deadline = time.monotonic() + 5 * PATIENCE
    while not _warm(server):
        assert time.monotonic() < deadline, "the server never became warm"
        time.sleep(0.5)
    browser.driver.execute_cdp_cmd("Network.enable", {})
    browser.driver.execute_cdp_cmd("Network.setBlockedURLs", AWAY)
    yield browser
    browser.driver.execute_cdp_cmd("Network.setBlockedURLs", BACK)


def _warm(server: str) -> bool:
    try:
        with urlopen(f"{server}/ready") as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def picture(browser: Browser, chart: str) -> Any:
    return browser.js(f"return document.querySelector('[data-chart={chart}] .nv-plot')?._fullData?.[0] != null")


def test_the_picture_is_there_before_streamlit_and_stays_when_it_comes(alone: Browser) -> None:
    alone.open("/neuron?activation=relu", wait=False)
    alone.until(lambda: picture(alone, "plane"), "the hero")
    assert alone.js(COVER)
    assert alone.status() == "running"  # tabs and the address are not there yet
    alone.js("document.querySelector('[data-chart=plane] .nv-plot').mine = true")
    before = alone.drawn("plane")
    alone.drag("w1", 30)
    alone.until(lambda: alone.drawn("plane") != before, "the picture to follow the hand")
    moved, place = alone.value("w1"), alone.js(PLACE)
    alone.driver.execute_cdp_cmd("Network.setBlockedURLs", BACK)
    alone.settled()
    assert not alone.js(COVER)
    assert alone.js("return document.querySelector('[data-testid=stMain] [data-chart=plane] .nv-plot').mine")
    assert alone.value("w1") == moved
    assert alone.js(PLACE) == place
    alone.until(lambda: f"w1={moved}" in alone.driver.current_url, "what was set to be in the address")
    assert "activation=relu" in alone.driver.current_url
    assert alone.complaints() == []


@pytest.mark.parametrize("path", ["/", "/dropout", "/neuron?teach=1&plan=neuron,mlp"])
@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_the_cover_lies_over_the_page_to_the_pixel(alone: Browser, path: str, width: int) -> None:
    alone.emulate(width=width, height=900)
    alone.driver.get(alone.server + path)
    alone.until(lambda: alone.js(COVER), "the cover")
    alone.until(lambda: alone.js("return document.querySelector('.nv-plot .main-svg') !== null"), "a picture")
    covered = alone.js(PLACE)
    alone.driver.execute_cdp_cmd("Network.setBlockedURLs", BACK)
    alone.settled()
    assert alone.js(PLACE) == pytest.approx(covered, abs=1)
    alone.emulate(width=1280, height=720)


def test_streamlit_starts_without_the_picture_too(alone: Browser) -> None:
    alone.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/early.js"]})
    alone.open("/neuron")
    assert picture(alone, "plane")
    assert not alone.js("return document.querySelector('.nv-early') !== null")
