"""A learner's own data in a real browser: a digit that is drawn, a table that is uploaded, a table that is refused."""

from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver import ActionChains

from tests.browser.tools import Browser

pytestmark = pytest.mark.browser


def test_a_drawn_digit_is_attacked(browser: Browser) -> None:
    browser.open("/adversarial")
    before = browser.drawn("pictures")
    browser.js("for (const fold of document.querySelectorAll('details')) fold.open = true")
    pad = browser.find(".nv-drawing")
    browser.js("arguments[0].scrollIntoView({block: 'center'})", pad)
    chain = ActionChains(browser.driver, duration=30).move_to_element_with_offset(pad, 0, -55).click_and_hold()
    for _ in range(10):
        chain.move_by_offset(0, 11)
    chain.release().perform()
    browser.until(lambda: "drawing=" in browser.driver.current_url, "the drawing to reach the address")
    browser.settled()
    assert browser.drawn("pictures") != before
    browser.driver.refresh()
    browser.settled()
    ink = browser.js("return document.querySelector('.nv-drawing').getContext('2d').getImageData(80, 80, 1, 1).data[0]")
    assert ink > 128, "the drawing comes back with the address"


def upload(browser: Browser, path: Path) -> None:
    browser.find('[data-testid="stFileUploader"] input[type=file]').send_keys(str(path))


def test_a_table_is_explained_and_a_bad_one_is_refused_with_row_column_and_remedy(
    browser: Browser, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    numbers = random.normal(size=(60, 3))
    words = np.where(numbers[:, 0] + numbers[:, 1] > 0, "ripe", "<b>raw</b>")
    rows = [f"{a:.3f},{b:.3f},{c:.3f},{word}" for (a, b, c), word in zip(numbers, words, strict=True)]
    good = tmp_path / "fruit.csv"
    good.write_text("\n".join(["size,colour,<img src=x onerror=alert(1)>,state", *rows]), encoding="utf-8")
    browser.open("/shap-lime")
    upload(browser, good)
    browser.until(lambda: "data=csv" in browser.driver.current_url, "the table to reach the address")
    browser.settled()
    browser.until(lambda: "colour" in browser.drawn("waterfall"), "the table's features to be explained")
    assert browser.js("return document.querySelectorAll('img[src=x]').length") == 0
    kept = browser.driver.current_url

    bad = tmp_path / "spoiled.csv"
    bad.write_text(
        "\n".join(["size,colour,weight,state", *rows[:20], "1.0,abc,2.0,ripe", *rows[20:]]), encoding="utf-8"
    )
    upload(browser, bad)
    said = "return document.querySelector('[data-testid=stMain]').innerText"
    browser.until(lambda: "abc" in browser.js(said), "the refusal")
    words_of_it = browser.js(said)
    assert "22" in words_of_it
    assert "colour" in words_of_it
    browser.settled()
    assert browser.driver.current_url == kept
    assert "colour" in browser.drawn("waterfall"), "the last good picture stays"
    assert browser.complaints() == []


def test_a_link_to_a_table_that_is_gone_says_so(browser: Browser) -> None:
    browser.open(f"/shap-lime?data=csv:{'0' * 64}")
    browser.until(lambda: "again" in browser.find(".nv-words").text, "the message")
