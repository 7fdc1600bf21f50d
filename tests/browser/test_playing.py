"""A frame of a playing timeline is set in place; it must be the very picture that plotly.js would draw."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.browser.tools import Browser

FAINT = 80  # of 255: how far smoothed edges of lines may differ
COUNT = """
    window.reacts = 0;
    const react = Plotly.react;
    Plotly.react = (...parts) => { window.reacts += 1; return react(...parts); };
"""
SCRUB = """
    const scrub = document.querySelector(".nv-scrub");
    scrub.value = Math.round(arguments[0] * scrub.max);
    scrub.dispatchEvent(new Event("input"));
    if (arguments[1]) scrub.dispatchEvent(new Event("change"));
"""
PAINTED = "const done = arguments[0]; requestAnimationFrame(() => setTimeout(done, 200));"


def picture(browser: Browser) -> np.ndarray:
    browser.driver.execute_async_script(PAINTED)
    png = browser.find(".nv-hero .nv-plot").screenshot_as_png
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int64)


@pytest.mark.parametrize("path", ["/playground", "/playground?data=iris&layers=3&units1=16", "/gradient-flow"])
def test_a_frame_set_in_place_is_the_frame_that_is_drawn(browser: Browser, path: str) -> None:
    browser.open(path)
    browser.js(COUNT)
    for share in (0.1, 0.6, 0.0, 1.0):
        before = browser.js("return window.reacts")
        browser.js(SCRUB, share, False)
        moved = picture(browser)
        assert browser.js("return window.reacts") == before
        browser.js(SCRUB, share, True)
        drawn = picture(browser)
        assert browser.js("return window.reacts") > before
        assert np.abs(moved - drawn).max() <= FAINT
