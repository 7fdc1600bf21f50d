"""Every page as Streamlit runs it: no exception, the stage mounted, settings read from the address, junk named."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nnviz import catalogue
from nnviz.core.params import controls

FOLDER = Path(__file__).parents[2] / "pages"
every_page = pytest.mark.parametrize("page", catalogue.built(), ids=lambda page: page.slug)


def opened(script: str, **query: str) -> AppTest:
    """Open the application as Streamlit does, then the page of that script with a query string."""
    test = AppTest.from_file(str(FOLDER / "main.py"), default_timeout=120)
    if script != "home.py":
        test = test.run().switch_page(script)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def stage_data(test: AppTest) -> dict[str, Any]:
    protos = [json.loads(one.proto.json) for one in test.get("bidi_component")]
    return next(data for data in protos if "settings" in data)


@every_page
def test_a_page_opens_from_defaults(page: catalogue.Page) -> None:
    test = opened(f"{page.room}.py")
    assert not test.exception
    assert test.title[0].value == page.title
    data = stage_data(test)
    assert data["settings"] == catalogue.load(page.slug).Params().texts()
    assert data["notes"] == []


@every_page
def test_junk_in_the_address_is_named_and_changes_nothing(page: catalogue.Page) -> None:
    name = controls(catalogue.load(page.slug).Params)[0].name
    test = opened(f"{page.room}.py", junk="1", **{name: "no-such-value"})
    assert not test.exception
    data = stage_data(test)
    assert data["settings"] == catalogue.load(page.slug).Params().texts()
    assert len(data["notes"]) == 2


@every_page
def test_on_a_projector_the_presenter_has_notes(page: catalogue.Page) -> None:
    test = opened(f"{page.room}.py", teach="1", hide="seeds")
    assert not test.exception
    data = stage_data(test)
    assert data["teach"] is True
    assert data["hide"] == ["seeds"]
    assert data["notes"] == []
    assert "Presenter's notes" in [tab.label for tab in test.tabs]


@every_page
def test_a_prediction_is_graded(page: catalogue.Page) -> None:
    test = opened(f"{page.room}.py")
    test.radio[0].set_value(test.radio[0].options[0]).run()
    assert not test.exception
    assert len(test.success) + len(test.error) == 1


def test_home_opens_and_knows_every_question() -> None:
    test = opened("home.py", units="4")
    assert not test.exception
    assert stage_data(test)["settings"]["units"] == "4"
    maps = [json.loads(one.proto.json) for one in test.get("bidi_component")]
    chapters = next(data for data in maps if "chapters" in data)["chapters"]
    assert len(chapters) == 8
    assert sum(len(page["questions"]) for chapter in chapters for page in chapter["pages"]) == 50
