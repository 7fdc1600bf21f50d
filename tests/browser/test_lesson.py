"""The frame in a real browser: pins, sharing a moment, saving charts, the tally of predictions, the concept map."""

import csv
import io
import time
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Keys

from nnviz import catalogue
from nnviz.core.params import controls
from tests.browser.tools import ENTER, Browser

pytestmark = pytest.mark.browser
SAVED = """
    const done = arguments[arguments.length - 1];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { blob.text().then(done); return make(blob); };
    document.querySelector(`[data-chart="${arguments[0]}"] [data-save="${arguments[1]}"]`).click();
"""


def act(browser: Browser, name: str) -> None:
    browser.js("document.querySelector(`[data-act='${arguments[0]}']`).click()", name)


def test_a_pinned_run_stands_beside_the_next_on_the_same_axes(browser: Browser) -> None:
    browser.open("/gradient-flow")
    act(browser, "pin")
    drawn = "return document.querySelectorAll('.nv-pin .js-plotly-plot').length"
    browser.until(lambda: browser.js(drawn) == 1, "the pinned run")
    assert "pins=Defaults" in browser.driver.current_url
    browser.drag("gain", -60)
    browser.settled()
    assert "pins=Defaults" in browser.driver.current_url
    ranges = """return [...document.querySelectorAll('[data-chart=flow] .nv-plot, [data-chart=pinned] .nv-plot')]
        .map((plot) => ["xaxis", "yaxis"].flatMap((axis) => plot._fullLayout[axis].range).map((end) => end.toFixed(6)).join())"""
    browser.until(lambda: len(set(browser.js(ranges))) == 1, "the same ranges")
    browser.driver.refresh()
    browser.settled()
    browser.until(lambda: browser.js(drawn) == 1, "the pin after a reload")
    browser.js("document.querySelector('.nv-pin [aria-label^=Unpin]').click()")
    browser.until(lambda: browser.js(drawn) == 0, "the pin to go")
    browser.until(lambda: "pins=" not in browser.driver.current_url, "the address without pins")
    assert browser.complaints() == []


def test_a_shared_moment_is_where_the_timeline_opens(browser: Browser) -> None:
    browser.open("/?units=4&frame=7")
    assert browser.js("return document.querySelector('.nv-scrub').value") == "7"
    browser.drag("rate", 30)
    browser.settled()
    assert "frame=" not in browser.driver.current_url


def test_new_weights_are_another_seed_and_settings_stay(browser: Browser) -> None:
    browser.open("/?units=4")
    before = browser.drawn("wave")
    act(browser, "new-weights")
    browser.until(lambda: "seed=1" in browser.driver.current_url, "the next seed in the address")
    browser.settled()
    assert "units=4" in browser.driver.current_url
    assert browser.drawn("wave") != before


def test_a_chart_is_saved_as_numbers_and_as_a_page(browser: Browser) -> None:
    browser.open("/gradient-flow")
    rows = list(csv.DictReader(io.StringIO(browser.driver.execute_async_script(SAVED, "flow", "csv"))))
    shown = browser.js(
        "return document.querySelector('[data-chart=flow] .nv-plot').data.map(({ name, y }) => [name, Array.from(y)])"
    )
    for name, heights in shown:
        saved = [float(row["y"]) for row in rows if row["trace"] == name]
        assert name is None or saved == pytest.approx(heights)
    assert len(rows) == sum(len(heights) for _, heights in shown)
    page = browser.driver.execute_async_script(SAVED, "flow", "html")
    assert page.startswith("<!doctype html>")
    assert "http" not in page.split("<script>")[0]


def test_a_saved_page_draws_itself_without_a_server(browser: Browser, tmp_path: Path) -> None:
    browser.open("/gradient-flow")
    file = tmp_path / "chart.html"
    file.write_text(browser.driver.execute_async_script(SAVED, "by-gain", "html"), encoding="utf-8")
    browser.driver.get(file.as_uri())
    browser.until(lambda: browser.js("return document.querySelectorAll('#chart .trace').length > 0"), "the saved chart")
    assert browser.complaints() == []


def test_predictions_are_tallied_in_this_browser_and_can_be_cleared(browser: Browser) -> None:
    browser.open("/dropout")
    browser.js("localStorage.clear()")
    said = lambda: browser.js("return document.querySelector('.nv-progress')?.textContent ?? ''")  # noqa: E731
    browser.until(lambda: "counted here" in said(), "the empty tally")
    browser.js("document.querySelector('[data-testid=stRadio] input').click()")
    browser.until(lambda: "1 made" in said(), "the first prediction")
    browser.open("/")
    browser.until(lambda: "1 made" in said(), "the tally at home")
    browser.js("document.querySelector('.nv-progress button').click()")
    assert "counted here" in said()


def test_the_concept_map_shows_what_builds_on_what(browser: Browser) -> None:
    browser.open("/")
    act(browser, "concept-map")
    assert browser.js("return document.querySelectorAll('.nv-node').length") == len(catalogue.pages())
    arrows = sum(len(before) for before in catalogue.BUILDS_ON.values())
    assert browser.js("return document.querySelectorAll('.nv-arrow').length") == arrows
    browser.js(
        "document.querySelector('.nv-node[href=\"/dropout\"]').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))"
    )
    browser.until(lambda: browser.driver.current_url.endswith("/dropout"), "the page of the node")


def test_a_symptom_is_found(browser: Browser) -> None:
    browser.open("/")
    browser.find(".nv-search").send_keys("loss is NaN")
    left = browser.js(
        "return [...document.querySelectorAll('.nv-card')].filter((one) => one.offsetParent).map((one) => one.textContent)"
    )
    assert left
    assert any("exploding" in text for text in left)


POINTS = [
    (page, control.name)
    for page in catalogue.built()
    for control in controls(catalogue.load(page.slug).Params)
    if control.editor == "points"
]


@pytest.mark.parametrize(("page", "name"), POINTS, ids=[page.slug for page, _ in POINTS])
def test_own_points_are_set_moved_and_removed_by_hand(browser: Browser, page: catalogue.Page, name: str) -> None:
    conditions = next(one for one in controls(catalogue.load(page.slug).Params) if one.name == name).when
    query = "&".join(f"{field}={values[0]}" for field, values in conditions.items())
    browser.open(f"/{page.slug}?{query}")
    canvas = browser.find(f"[data-param='{name}'] canvas")
    browser.js("for (const fold of document.querySelectorAll('details')) fold.open = true")
    browser.js("arguments[0].scrollIntoView({ block: 'center' })", canvas)
    box = browser.js(
        "const box = arguments[0].getBoundingClientRect(); return [box.left, box.top, box.width, box.height]", canvas
    )

    def press(across: float, down: float, kind: str) -> None:
        place = {"x": box[0] + across * box[2], "y": box[1] + down * box[3]}
        browser.driver.execute_cdp_cmd(
            "Input.dispatchMouseEvent", {"type": kind, "button": "left", "clickCount": 1} | place
        )

    for across, down in ((0.3, 0.3), (0.7, 0.7)):
        press(across, down, "mousePressed")
        press(across, down, "mouseReleased")
        time.sleep(0.3)
    browser.until(lambda: f"{name}=" in browser.driver.current_url, "the points in the address")
    browser.until(
        lambda: "2 points" in browser.js("return arguments[0].parentElement.textContent", canvas), "two points"
    )
    canvas.send_keys(" ")
    browser.until(
        lambda: "3 points" in browser.js("return arguments[0].parentElement.textContent", canvas), "a third by key"
    )
    browser.settled()


def test_a_formula_that_is_refused_is_kept_with_the_reason_and_the_last_picture(browser: Browser) -> None:
    browser.open("/backprop")
    name = next(
        one.name for one in controls(catalogue.load("backprop").Params) if one.kind == "text" and not one.editor
    )
    box = browser.control(name)
    picture = browser.drawn("graph")
    box.clear()
    box.send_keys("a * (b +" + ENTER)
    browser.until(lambda: browser.status() == "error", "the refusal")
    assert "was ignored" in browser.notes()
    assert browser.control(name).get_attribute("value") == "a * (b +"
    assert browser.drawn("graph") == picture
    assert f"{name}=" not in browser.driver.current_url
    box.send_keys(" 2)" + ENTER)
    browser.until(lambda: f"{name}=" in browser.driver.current_url, "the formula in the address")
    browser.settled()
    assert browser.notes() == ""
    assert browser.drawn("graph") != picture
    assert all("422" in one for one in browser.complaints())  # the refusals themselves


def test_a_class_goes_from_page_to_page_by_a_remote_control(browser: Browser) -> None:
    browser.open("/lesson-plan?pages=neuron,losses", wait=False)
    link = "return document.querySelector('[data-testid=stLinkButton] a')?.href ?? ''"
    browser.until(lambda: browser.js(link), "the plan")
    browser.driver.get(browser.js(link))
    browser.settled()
    shown = "return document.querySelector('.nv-stage')?.dataset.slug"
    browser.until(lambda: browser.js("return !!document.querySelector('.st-key-onward a')"), "the link onward")
    top = "return document.querySelector(arguments[0]).getBoundingClientRect().top"
    browser.press("q")
    browser.until(lambda: browser.js(top, "[data-testid=stTabs]") < 200, "the questions")
    browser.until(lambda: browser.js("return !!document.querySelector('[role=radiogroup]')"), "an open question")
    browser.press("q")
    browser.until(lambda: 0 <= browser.js(top, "h1") < 200, "the picture")
    browser.press(Keys.PAGE_DOWN)
    browser.until(lambda: browser.js(shown) == "losses", "the next page of the lesson")
    browser.settled()
    assert browser.js("return !!document.querySelector('.nv-teach')")
    assert "plan=neuron" in browser.driver.current_url
    browser.until(lambda: browser.js("return !!document.querySelector('.st-key-back a')"), "the link back")
    browser.press(Keys.PAGE_UP)
    browser.until(lambda: browser.js(shown) == "neuron", "the page before")
    browser.settled()
    browser.driver.back()
    browser.until(lambda: browser.js(shown) == "losses", "back again")


def test_a_class_is_held_by_keys(browser: Browser) -> None:
    browser.open("/mlp?teach=1")
    browser.emulate(width=1280, height=720, still=False)
    browser.driver.refresh()
    browser.settled()
    place = "return document.querySelector('.nv-scrub').value"
    assert browser.js(place) == "0"  # it waits for the class
    ActionChains(browser.driver).send_keys(Keys.TAB).perform()
    assert browser.js("return !!document.activeElement.closest('[data-param=data]')")
    below = "return document.querySelector('.nv-charts figure').getBoundingClientRect().top"
    assert browser.js(below) > 300
    browser.press("v")
    browser.until(lambda: browser.js(below) < 100, "the charts below")
    browser.press("q")
    browser.until(lambda: browser.js("return !!document.querySelector('[role=radiogroup]')"), "an open question")
    browser.until(lambda: browser.js("return document.activeElement.textContent") == "Predict", "the tab")
    browser.press("2")
    chosen = "return [...document.querySelectorAll('[role=radiogroup] input')].findIndex((one) => one.checked)"
    browser.until(lambda: browser.js(chosen) == 1, "the second answer, and no other on the way")
    browser.until(lambda: browser.js("return !!document.querySelector('[data-testid=stAlert]')"), "the grade")


def test_a_point_in_a_picture_is_dragged_and_lands_where_the_hand_lets_go(browser: Browser) -> None:
    browser.open("/losses?picture=line")
    before = browser.drawn("line")
    area = browser.find("[data-chart=line] .nsewdrag[data-subplot=xy]")
    chain = ActionChains(browser.driver, duration=20).move_to_element(area).click_and_hold()
    for _ in range(5):
        chain.move_by_offset(-10, -12)
    chain.perform()
    browser.until(lambda: browser.drawn("line") != before, "the picture under the hand")
    assert "outlier" not in browser.driver.current_url
    held = browser.value("outlier")
    browser.release()
    browser.settled()
    assert f"outlier={held}" in browser.driver.current_url
    assert float(held) > 0
    assert browser.complaints() == []
