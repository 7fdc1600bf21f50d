"""A rectangle dragged on a chart becomes settings; “Zoom out”, a double click and the browser's back lead out again."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver import ActionChains

from tests.browser.tools import Browser

AREA = "const area = document.querySelector('.nv-hero .nsewdrag').getBoundingClientRect(); return [area.x, area.y, area.width, area.height];"
RANGES = "const layout = document.querySelector('.nv-hero .nv-plot')._fullLayout; return [...layout.xaxis.range, ...layout.yaxis.range];"
OUT = "return document.querySelector('.nv-hero .nv-out').hidden"
SIDES = ("x0", "x1", "y0", "y1")


def window(browser: Browser) -> dict[str, float]:
    query = parse_qs(urlsplit(browser.driver.current_url).query)
    return {name: float(query[name][0]) for name in SIDES if name in query}


def drag_rectangle(browser: Browser, left: float, top: float, right: float, bottom: float) -> None:
    """Drag from one corner to the other, in shares of the plot's width and height."""
    x, y, wide, high = browser.js(AREA)
    chain = ActionChains(browser.driver, duration=30)
    mouse: Any = chain.w3c_actions.pointer_action
    mouse.move_to_location(round(x + left * wide), round(y + top * high))
    mouse.pointer_down()
    for part in (0.25, 0.5, 0.75, 1.0):
        across, down = left + part * (right - left), top + part * (bottom - top)
        mouse.move_to_location(round(x + across * wide), round(y + down * high))
    mouse.pointer_up()
    chain.perform()


def wait_for(browser: Browser, sides: dict[str, float]) -> None:
    browser.until(lambda: window(browser) == pytest.approx(sides, abs=1e-9), f"the window {sides}")
    browser.settled()


def test_a_rectangle_on_the_map_is_trained_anew_and_the_way_back_leads_out(browser: Browser) -> None:
    browser.open("/learning-rate?steps=50")
    home = browser.js(RANGES)
    assert browser.js(OUT)
    drag_rectangle(browser, 0.4, 0.25, 0.6, 0.75)
    browser.until(lambda: len(window(browser)) == 4, "the window in the address")
    browser.settled()
    first = window(browser)
    wide, high = home[1] - home[0], home[3] - home[2]
    wanted = [home[0] + 0.4 * wide, home[0] + 0.6 * wide, home[2] + 0.25 * high, home[2] + 0.75 * high]
    assert list(first.values()) == pytest.approx(wanted, abs=0.03)
    assert browser.js(RANGES) == pytest.approx(list(first.values()), abs=1e-9)
    assert not browser.js(OUT)

    drag_rectangle(browser, 0.3, 0.3, 0.5, 0.6)
    browser.until(lambda: window(browser) != first, "the next window")
    browser.settled()
    assert browser.js(RANGES) == pytest.approx(list(window(browser).values()), abs=1e-9)

    browser.driver.back()
    wait_for(browser, first)
    assert browser.js(RANGES) == pytest.approx(list(first.values()), abs=1e-9)

    browser.find(".nv-hero .nv-out").click()
    browser.until(lambda: window(browser) != first, "a wider window")
    browser.settled()
    ranges = browser.js(RANGES)
    assert ranges[1] - ranges[0] > 2 * (first["x1"] - first["x0"])
    assert not browser.complaints()


def test_a_click_on_the_map_chooses_a_network_and_keeps_the_window(browser: Browser) -> None:
    browser.open("/learning-rate?steps=50")
    x, y, wide, high = browser.js(AREA)
    chain = ActionChains(browser.driver)
    mouse: Any = chain.w3c_actions.pointer_action
    mouse.move_to_location(round(x + wide / 4), round(y + high / 2))
    mouse.click()
    chain.perform()
    browser.until(lambda: "px=" in browser.driver.current_url, "the network in the address")
    browser.settled()
    assert window(browser) == {}
