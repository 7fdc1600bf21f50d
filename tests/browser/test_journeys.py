"""Journeys through a real browser: every page answers the hand, and the address restores what was set."""

import pytest
from selenium.webdriver import ActionChains

from bench.positions import live_control
from nnviz import catalogue
from nnviz.core.params import Control
from tests.browser.tools import END, HOME, LEFT, RIGHT, SPACE, Browser

pytestmark = pytest.mark.browser
every_page = pytest.mark.parametrize("page", catalogue.built(), ids=lambda page: page.slug)


def live_range(page: catalogue.Page) -> Control:
    """Return a live slider that stands there from the defaults and moves the hero."""
    return live_control(catalogue.load(page.slug))


@every_page
def test_a_page_answers_the_hand_and_the_address_keeps_it(browser: Browser, page: catalogue.Page) -> None:
    browser.open(f"/{page.slug}")
    charts = browser.charts()
    assert charts
    for chart in charts:
        assert browser.js(
            "return document.querySelector(`[data-chart='${arguments[0]}'] .js-plotly-plot, [data-chart='${arguments[0]}'] .plotly`) !== null",
            chart,
        )
    name = live_range(page).name
    before, picture = browser.value(name), [browser.drawn(chart) for chart in charts]
    browser.drag(name, 60, release=False)
    browser.until(lambda: browser.value(name) != before, "the slider to move")
    browser.until(lambda: [browser.drawn(chart) for chart in charts] != picture, "a chart to follow the hand")
    browser.release()
    browser.settled()
    after = browser.value(name)
    assert f"{name}=" in browser.driver.current_url
    browser.driver.refresh()
    browser.settled()
    assert browser.value(name) == after
    browser.driver.get(browser.driver.current_url.split("?")[0])
    browser.settled()
    assert browser.value(name) == before
    assert browser.complaints() == []


@every_page
def test_back_and_forward_restore_settings(browser: Browser, page: catalogue.Page) -> None:
    browser.open(f"/{page.slug}")
    name = live_range(page).name
    first = browser.value(name)
    browser.drag(name, 60)
    browser.settled()
    second = browser.value(name)
    browser.driver.back()
    browser.until(lambda: browser.value(name) == first, "the first value to come back")
    browser.settled()
    browser.driver.forward()
    browser.until(lambda: browser.value(name) == second, "the second value to come back")
    browser.settled()


@every_page
def test_junk_in_the_address_is_named(browser: Browser, page: catalogue.Page) -> None:
    name = live_range(page).name
    browser.open(f"/{page.slug}?{name}=%3Cimg%20src%3Dx%3E&nonsense=1")
    assert "<img src=x> was ignored" in browser.notes()
    assert "nonsense=1 was ignored" in browser.notes()
    assert browser.js("return document.querySelectorAll('.nv-notes img').length") == 0


@every_page
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1920, 1080)], ids=["phone", "projector"])
def test_nothing_sticks_out(browser: Browser, page: catalogue.Page, width: int, height: int, dark: bool) -> None:
    browser.emulate(width=width, height=height, dark=dark)
    browser.driver.get(f"{browser.server}/{page.slug}?teach=1")
    browser.settled()
    wide = browser.js("return document.documentElement.scrollWidth")
    assert wide <= width
    order = browser.js(
        "return ['.nv-hero', '.nv-controls', '.nv-words'].map((one) => document.querySelector(one).getBoundingClientRect().top)"
    )
    assert width > 680 or order == sorted(order)
    ink = browser.js("return getComputedStyle(document.querySelector('.nv-stage')).color")
    assert ink == ("rgb(250, 250, 250)" if dark else "rgb(38, 39, 48)")


@every_page
def test_controls_hero_transport_and_sentence_stand_on_one_screen(browser: Browser, page: catalogue.Page) -> None:
    browser.open(f"/{page.slug}")
    bottoms = browser.js(
        "return ['.nv-hero', '.nv-controls', '.nv-transport', '.nv-sentence'].map((one) => document.querySelector(one).getBoundingClientRect().bottom)"
    )
    assert max(bottoms) <= 720, bottoms


def test_the_timeline_plays_in_the_browser_by_keys(browser: Browser) -> None:
    browser.open("/")
    last = browser.js("return document.querySelector('.nv-scrub').max")
    at = lambda: browser.js("return document.querySelector('.nv-scrub').value")  # noqa: E731
    assert at() == last
    requests = "return performance.getEntriesByType('resource').filter((one) => one.name.includes('/live/')).length"
    asked = browser.js(requests)
    browser.press(HOME)
    start = browser.drawn("wave")
    assert at() == "0"
    browser.press(RIGHT, RIGHT, LEFT)
    assert at() == "1"
    browser.press(SPACE)
    browser.until(lambda: int(at()) > 5, "the timeline to play")
    browser.press(SPACE)
    stood = at()
    assert 5 < int(stood) < int(last)
    browser.press(END)
    assert at() == last
    assert browser.drawn("wave") != start
    assert browser.js(requests) == asked, "the timeline needs no server"


def test_pan_and_hidden_traces_survive_a_slider_move(browser: Browser) -> None:
    browser.open("/")
    plot = "document.querySelector('[data-chart=wave] .nv-plot')"
    start = browser.js(f"return {plot}.layout.xaxis.range")
    ActionChains(browser.driver).drag_and_drop_by_offset(browser.find("[data-chart=wave] .nsewdrag"), 80, 0).perform()
    browser.until(lambda: browser.js(f"return {plot}.layout.xaxis.range") != start, "the picture to be panned")
    panned = browser.js(f"return {plot}.layout.xaxis.range")
    browser.find("[data-chart=wave] .legendtoggle").click()
    hidden = f"return {plot}.data.map((trace) => trace.visible ?? true)"
    browser.until(lambda: "legendonly" in browser.js(hidden), "a trace to hide")
    shown = browser.js(hidden)
    node, before = browser.js(f"return {plot}.querySelector('.main-svg')"), browser.value("rate")
    browser.drag("rate", 40)
    browser.settled()
    assert browser.value("rate") != before
    assert browser.js(f"return {plot}.layout.xaxis.range") == panned
    assert browser.js(hidden) == shown
    assert browser.js(f"return {plot}.querySelector('.main-svg')") == node


def test_an_exact_value_is_typed_and_a_bad_one_is_refused_in_words(browser: Browser) -> None:
    browser.open("/")
    box = browser.find('[data-param="units"] .nv-number')
    box.clear()
    box.send_keys("12\n")
    browser.until(lambda: "units=12" in browser.driver.current_url, "the address to follow")
    browser.settled()
    box.clear()
    box.send_keys("99\n")
    message = browser.find('[data-param="units"] .nv-message')
    assert message.text == "Neurons takes a whole number from 1 to 16."
    assert "units=12" in browser.driver.current_url


def test_a_preset_breaks_the_run_and_reset_mends_it(browser: Browser) -> None:
    browser.open("/")
    browser.control("rate")
    browser.find(".nv-preset").click()
    browser.until(
        lambda: browser.js("return document.querySelector('.nv-findings .nv-failure') !== null"), "a diagnosis"
    )
    browser.settled()
    assert "rate=1" in browser.driver.current_url
    browser.find(".nv-actions .nv-quiet").click()
    browser.settled()
    assert "rate" not in browser.driver.current_url
    assert browser.js("return document.querySelector('.nv-findings .nv-failure')") is None


def test_quick_repeated_changes_end_at_the_last_one(browser: Browser) -> None:
    browser.open("/")
    script = """
        const slider = document.querySelector('[data-param="units"] input[type=range]');
        for (let round = 0; round < 60; round += 1) {
            slider.value = 1 + (round % 16);
            slider.dispatchEvent(new Event("input", {bubbles: true}));
            if (round % 5 === 4) slider.dispatchEvent(new Event("change", {bubbles: true}));
        }
    """
    browser.js(script)
    browser.settled()
    assert browser.value("units") == "12"
    assert "units=12" in browser.driver.current_url
    browser.until(lambda: "12 neurons" in browser.find(".nv-sentence").text, "the sentence of the last setting")


def test_search_finds_a_page_by_its_symptom(browser: Browser) -> None:
    browser.open("/")
    page = catalogue.find("dropout")
    browser.find(".nv-search").send_keys("forgot eval mode")
    cards = "return [...document.querySelectorAll('a.nv-card')].filter((one) => !one.hidden).map((one) => one.getAttribute('href'))"
    browser.until(lambda: browser.js(cards) == [f"/{page.slug}"], "one card")
    browser.find(f'a.nv-card[href="/{page.slug}"]').click()
    browser.until(lambda: f"/{page.slug}" in browser.driver.current_url, "the page to open")
    browser.until(
        lambda: browser.js("return document.querySelector('[data-slug]')?.dataset.slug") == page.slug, "its stage"
    )
    browser.settled()
