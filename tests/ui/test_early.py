"""What a page's HTML is given for its first picture: whole, harmless, and only where a stage stands."""

import re
from pathlib import Path

import orjson
import pytest
import streamlit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from nnviz import catalogue
from nnviz.ui import early, stage
from nnviz.ui.early import FirstPicture

PAGE = "<html><head><title>·</title></head><body><div id='root'></div></body></html>"
STREAMLIT = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
SAID = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)


def page(request: Request) -> Response:
    headers = {"etag": "one", "last-modified": "then", "x-asked": request.headers.get("if-none-match", "nothing")}
    return HTMLResponse(STREAMLIT if request.url.path == "/mlp" else PAGE, headers=headers)


def client(*, ready: bool = True) -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])
    return TestClient(FirstPicture(app, ready=lambda: ready))


@pytest.mark.parametrize("slug", ["", *(page.slug for page in catalogue.built())])
def test_every_page_opens_with_its_own_stage(slug: str) -> None:
    answer = client().get(f"/{slug}", headers={"if-none-match": "one"})
    room = catalogue.load(slug or "home")
    said = orjson.loads(SAID.findall(answer.text)[0])
    assert said["settings"] == room.Params().texts()
    assert answer.text.index("early.js") < answer.text.index("<title>")  # it starts before Streamlit's own scripts
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["x-asked"] == "nothing"
    assert "etag" not in answer.headers


def test_streamlit_itself_waits_for_the_picture() -> None:
    text = client().get("/mlp").text
    held, ours = text[text.index("<title>") :], text[: text.index("<title>")]
    assert STREAMLIT.count('type="module"') == held.count('<script type="held"') == 1
    assert STREAMLIT.count('rel="modulepreload"') == held.count('rel="held"') > 10
    assert "module" not in held
    assert re.findall(r'<script type="module" src="([^"]+)"', ours)[0].endswith("/early.js")
    assert "setTimeout(startStreamlit" in ours  # not for ever


@pytest.mark.parametrize("path", ["/glossary", "/nowhere", "/home", "/dropout/", "/static/index.js"])
def test_what_has_no_stage_is_left_alone(path: str) -> None:
    assert client().get(path).text == PAGE


def test_only_home_opens_before_the_server_is_warm() -> None:
    cold = client(ready=False)
    assert cold.get("/dropout").text == PAGE
    assert "nv-early" in cold.get("/").text
    assert client().post("/dropout").text == PAGE


def test_settings_pins_and_the_lesson_come_from_the_address() -> None:
    text = client().get("/dropout?rate=0.3&pins=mine%3Frate%3D0.1&plan=neuron,dropout&teach=1&width=abc").text
    said = orjson.loads(SAID.findall(text)[0])
    assert (said["settings"]["rate"], said["teach"], said["pins"][0]["name"]) == ("0.3", True, "mine")
    assert said["pins"][0]["settings"]["rate"] == "0.1"
    assert any("Width" in note for note in said["notes"])
    assert "2 of 2 in this lesson" in text


def test_words_from_the_address_cannot_leave_their_place() -> None:
    text = client().get("/dropout", params={"pins": "</script><script>alert(1)</script>?", "plan": "<b>"}).text
    assert text.count("<script") == client().get("/dropout").text.count("<script")
    assert orjson.loads(SAID.findall(text)[0])["pins"][0]["name"].startswith("</script>")


NAMES = [*stage.RESERVED, *catalogue.load("dropout").Params.model_fields]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), st.text(max_size=60), max_size=6))
def test_no_address_breaks_the_page(query: dict[str, str]) -> None:
    text = client().get("/dropout", params=query).text
    assert orjson.loads(SAID.findall(text)[0])["slug"] == "dropout"


def test_the_colours_are_those_of_the_theme() -> None:
    head, _ = early.opening("home", {})
    assert b"--st-background-color:#FFFFFF" in head
    assert b"--st-background-color:#0E1117" in head
