"""The frame: tabs, pins, ledger, glossary, lesson plan."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from nnviz import catalogue
from nnviz.core import claims
from tests.pages.test_pages import opened, stage_data

every_page = pytest.mark.parametrize("page", catalogue.built(), ids=lambda page: page.slug)
TABS = ("Predict", "Compare", "Claims", "The code", "Share", "References")


def words(test: AppTest) -> str:
    return "\n".join(one.value for one in test.markdown)


@every_page
@pytest.mark.parametrize("tab", TABS)
def test_a_tab_opens_from_its_link_and_only_it_is_drawn(page: catalogue.Page, tab: str) -> None:
    test = opened(f"{page.room}.py", tab=tab)
    assert not test.exception
    filled = [one.label for one in test.tabs if len(one.children)]
    assert filled == [tab]


@every_page
def test_a_run_is_compared_with_a_pinned_one(page: catalogue.Page) -> None:
    room = catalogue.load(page.slug)
    preset = room.Params().but(**room.lesson.presets[0].values) if room.lesson.presets else room.Params()
    query = {"tab": "Compare", "pins": "Before?", **preset.to_query()}
    test = opened(f"{page.room}.py", **query)
    assert not test.exception
    assert [pin["name"] for pin in stage_data(test)["pins"]] == ["Before"]
    said = words(test)
    for measure in room.lesson.measures:
        assert measure.name.lower() in said.lower()
    if preset != room.Params():
        assert "Before → on screen" in said


def test_junk_in_pins_is_left_out_and_at_most_four_stand() -> None:
    pins = "|".join(["A?rate=0.2", "B?rate=nonsense&x=1", "<b>C</b>?", "D?", "E?"])
    data = stage_data(opened("dropout.py", pins=pins))
    assert [pin["name"] for pin in data["pins"]] == ["A", "B", "<b>C</b>", "D"]
    assert [pin["settings"]["rate"] for pin in data["pins"]] == ["0.2", "0.5", "0.5", "0.5"]


def test_a_moment_that_is_no_number_is_left_out() -> None:
    assert stage_data(opened("dropout.py", frame="12"))["frame"] == "12"
    assert stage_data(opened("dropout.py", frame="-1e9"))["frame"] == ""


def test_the_ledger_has_every_claim_and_narrows() -> None:
    test = opened("ledger.py")
    assert not test.exception
    every = [claim for page in catalogue.built() for claim in catalogue.load(page.slug).lesson.claims]
    assert f"{len(every)} of {len(every)} shown" in [one.value for one in test.caption]
    test.text_input(key="ledger-words").input("no such words").run()
    assert f"0 of {len(every)} shown" in [one.value for one in test.caption]


def test_every_claim_has_a_stored_verdict() -> None:
    for page in catalogue.built():
        stored = claims.stored(page.slug)
        names = {claim.name for claim in catalogue.load(page.slug).lesson.claims}
        assert stored or not names, page.slug
        assert names == set(stored.verdicts if stored else ()), page.slug


def test_the_glossary_narrows() -> None:
    test = opened("glossary.py")
    assert not test.exception
    test.text_input(key="glossary-words").input("vanishing").run()
    assert "vanishing gradient" in words(test)
    assert "logit" not in words(test)


def test_a_lesson_plan_fills_its_minutes_with_links() -> None:
    test = opened("lesson_plan.py", pages="dropout,nonsense,activations")
    assert not test.exception
    said = words(test)
    assert "3–22 min · 1. Dropout" in said
    assert "22–41 min · 2. Activation functions" in said
    assert "41–45 min" in said


def test_a_plan_asks_for_no_more_minutes_than_it_has() -> None:
    test = opened("lesson_plan.py", pages="neuron,mlp,backprop,dropout", minutes="35")
    notes = [sum(map(int, re.findall(r"^- (\d+) min", one.value, re.MULTILINE))) for one in test.markdown]
    assert sum(total > 0 for total in notes) == 4
    assert max(notes) <= 7
    assert "If there is time" in " ".join(one.value for one in test.caption)
    assert opened("lesson_plan.py", minutes="9e9").number_input(key="plan-minutes").value == 45


def test_the_next_page_of_a_lesson_is_the_one_planned_and_on_the_projector() -> None:
    test = opened("mlp.py", teach="1", plan="neuron,mlp,junk,dropout")
    assert "2 of 3 in this lesson" in test.caption[0].value
    links = [one.proto for one in test.get("page_link")]
    onward = next(link for link in links if link.label == "Dropout")
    assert onward.query_string == "teach=1&plan=neuron%2Cmlp%2Cjunk%2Cdropout"
