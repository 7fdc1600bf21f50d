"""What moves is drawn by a short way, a playing timeline as well as a picture under the hand: as plotly.js would draw it."""

import io

import numpy as np
import pytest
from PIL import Image

from bench.positions import live_control
from nnviz import catalogue
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
MOVE = """
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    const slider = document.querySelector(`[data-param="${arguments[0]}"] input[type=range]`);
    slider.value = Number(slider.min) + arguments[1] * (slider.max - slider.min);
    slider.dispatchEvent(new Event("input"));
"""
RUSH = """
    const [name, last, done] = arguments;
    const slider = document.querySelector(`[data-param="${name}"] input[type=range]`);
    const began = performance.now();
    const step = () => {
      const passed = Math.min(1, (performance.now() - began) / 500);
      slider.value = Number(slider.min) + (passed < 1 ? 0.9 - 0.2 * passed : last) * (slider.max - slider.min);
      slider.dispatchEvent(new Event("input"));
      if (passed < 1) requestAnimationFrame(step); else done();
    };
    step();
"""
PAINTED = "const done = arguments[0]; requestAnimationFrame(() => setTimeout(done, 200));"
STILL = """
    const done = arguments[0];
    let seen = -1;
    const look = () => { if (window.reacts === seen) done(); else { seen = window.reacts; setTimeout(look, 400); } };
    setTimeout(look, 400);
"""
BOXES = """
    const whole = ({ left, top, right, bottom }) => [left, top, right, bottom].map((edge) => Math.max(0, Math.round(edge)));
    const figures = [...document.querySelectorAll(".nv-stage [data-chart]")];
    return Object.fromEntries(figures.map((one) => [one.dataset.chart, whole(one.querySelector(".nv-plot").getBoundingClientRect())]));
"""
REDRAW = """
    const done = arguments[0];
    Promise.all([...document.querySelectorAll(".nv-stage .js-plotly-plot")].map((plot) => Plotly.redraw(plot))).then(() => done());
"""


def picture(browser: Browser) -> np.ndarray:
    browser.driver.execute_async_script(PAINTED)
    png = browser.find(".nv-hero .nv-plot").screenshot_as_png
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int64)


def pictures(browser: Browser) -> dict[str, np.ndarray]:
    """Return what the window shows of each chart."""
    browser.driver.execute_async_script(PAINTED)
    window = np.asarray(Image.open(io.BytesIO(browser.driver.get_screenshot_as_png())).convert("RGB"), np.int64)
    shown = {name: window[top:bottom, left:right] for name, (left, top, right, bottom) in browser.js(BOXES).items()}
    return {name: pixels for name, pixels in shown.items() if pixels.size}


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


@pytest.mark.parametrize("slug", ["neuron", "losses", "activations", "gradient-flow", "batch-size", "adversarial"])
def test_a_picture_under_the_hand_is_the_picture_that_is_drawn(browser: Browser, slug: str) -> None:
    browser.emulate(width=1280, height=1600)
    browser.open(f"/{slug}")
    browser.js(COUNT)
    control = live_control(catalogue.load(slug)).name
    revisions = []
    for share in (0.4, 0.5):
        browser.js(MOVE, control, share)
        browser.driver.execute_async_script(STILL)
        revisions.append(browser.js("return document.querySelector('.nv-hero .nv-plot').layout.datarevision"))
    assert revisions[0] == revisions[1], "the whole chart was drawn"
    moved = pictures(browser)
    browser.driver.execute_async_script(REDRAW)
    drawn = pictures(browser)
    assert len(drawn) > 1 or slug == "losses"
    for name, pixels in drawn.items():
        assert np.abs(pixels - moved[name]).max() <= FAINT, name


def test_charts_that_lag_behind_a_quick_hand_catch_up_with_it(browser: Browser) -> None:
    browser.open("/adversarial")
    browser.js(COUNT)
    browser.js("document.querySelector('[data-chart=strip]').scrollIntoView({block: 'center'})")
    for share in (0.3, 0.2):
        browser.js(MOVE, "epsilon", share)
        browser.driver.execute_async_script(STILL)
    slow = browser.drawn("strip")
    for _ in range(4):
        browser.driver.execute_async_script(RUSH, "epsilon", 0.2)
        browser.driver.execute_async_script(STILL)
        assert browser.drawn("strip") == slow
