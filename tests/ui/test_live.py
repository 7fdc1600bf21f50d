"""The live route: good settings answer with charts, bad ones with the reason, and every answer carries the headers."""

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from nnviz.ui import server

CLIENT = TestClient(Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE))


def lines(path: str, **headers: str) -> list[dict[str, object]]:
    answer = CLIENT.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return [orjson.loads(line) for line in answer.text.splitlines()]


def test_a_full_run_answers_with_charts_and_words() -> None:
    last = lines("/live/home/full?rate=0.1")[-1]
    assert last["charts"][0]["name"] == "wave"  # type: ignore[index]
    assert "mean squared error" in last["view"]["sentence"]  # type: ignore[index]


def test_what_the_browser_has_is_not_sent_again() -> None:
    first = lines("/live/home/full?rate=0.2")[-1]["charts"]
    fingerprint = first[0]["fingerprint"]  # type: ignore[index]
    again = lines("/live/home/full?rate=0.2", **{"x-known": fingerprint})[-1]["charts"]
    assert again == [{"name": "wave", "fingerprint": fingerprint, "body": None}]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/live/nowhere/full", 404, "no page"),
        ("/live/home/sideways", 404, "sideways"),
        ("/live/home/full?rate=99", 422, "Learning rate takes"),
        ("/live/home/full?x=1", 422, "no such setting"),
    ],
)
def test_a_bad_request_is_told_why(path: str, status: int, words: str) -> None:
    answer = CLIENT.get(path)
    assert answer.status_code == status
    assert words in answer.json()["error"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80))
def test_any_query_string_is_answered(query: str) -> None:
    answer = CLIENT.get("/live/home/preview", params={query[:20]: query})
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize("path", ["/live/home/preview", "/live/nowhere/full", "/assets/0/web/nnviz.css", "/nothing"])
def test_every_answer_carries_the_security_headers(path: str) -> None:
    answer = CLIENT.get(path)
    for name, value in server.HEADERS.items():
        assert answer.headers[name] == value


def test_files_under_a_versioned_path_are_kept_for_ever_but_not_their_absence() -> None:
    assert CLIENT.get("/plotly/0/plotly.min.js").headers["cache-control"] == server.FOR_EVER
    assert CLIENT.get("/assets/0/web/absent.js").headers.get("cache-control") != server.FOR_EVER


@pytest.mark.parametrize("path", ["/assets/0/web/../../../app.py", "/assets/0/%2e%2e/%2e%2e/app.py", "/plotly/0/..%2f__init__.py"])
def test_nothing_outside_the_assets_is_served(path: str) -> None:
    assert CLIENT.get(path).status_code in (404, 422)
