"""Two 3-D scenes of one chart are turned as one, are seen whole, and stay as they were turned when a control moves."""

from typing import Any

from selenium.webdriver import ActionChains

from tests.browser.tools import Browser

EYES = """
    const layout = document.querySelector(`[data-chart="landscape"] .nv-plot`)._fullLayout;
    return [layout.scene, layout.scene2].map(({ camera: { eye } }) => [eye.x, eye.y, eye.z]);
"""
QUICK = "/deep-training?depth=3&steps=20&seeds=2"


def eyes(browser: Browser) -> Any:
    return browser.js(EYES)


def turn(browser: Browser, share: float, across: int) -> Any:
    """Drag from a share of the chart's width to the side; return where both eyes are then."""
    plot, before = browser.find('[data-chart="landscape"] .nv-plot'), eyes(browser)
    start = round((share - 0.5) * plot.size["width"])
    chain = ActionChains(browser.driver, duration=30).move_to_element_with_offset(plot, start, 0).click_and_hold()
    for _ in range(8):
        chain.move_by_offset(across // 8, 0)
    chain.release().perform()
    browser.until(lambda: eyes(browser)[0] == eyes(browser)[1] != before[0], "both scenes to be turned")
    return eyes(browser)


def test_both_landscapes_turn_as_one_and_stay_so_when_a_control_moves(browser: Browser) -> None:
    browser.open(QUICK)
    turn(browser, 0.25, 160)
    turned = turn(browser, 0.75, -80)
    before = browser.drawn("landscape")
    browser.drag("depth", 40)
    browser.settled()
    browser.until(lambda: browser.drawn("landscape") != before, "other landscapes")
    assert eyes(browser) == turned


def test_in_a_narrow_window_the_eye_steps_back(browser: Browser) -> None:
    browser.open(QUICK)
    usual = eyes(browser)[0]
    browser.emulate(width=360, height=740)
    browser.driver.get(browser.server + QUICK)
    browser.settled()
    assert all(abs(near) < abs(far) for near, far in zip(usual, eyes(browser)[0], strict=True))
    browser.emulate(width=1280, height=720)
