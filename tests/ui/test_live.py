"""The live route: good settings answer with charts, bad ones with the reason, and every answer carries the headers."""

import base64
import re
import socket

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from nnviz.ui import server
from nnviz.ui.component import preloads

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


@pytest.mark.parametrize(("moment", "frame"), [("0", 0), ("0.5", None), ("1", -1)])
def test_a_preview_sends_only_the_moment_that_is_seen(moment: str, frame: int | None) -> None:
    def frames(path: str, **headers: str) -> dict[str, np.ndarray]:
        packed = lines(path, **headers)[-1]["charts"][0]["body"]["frames"]  # type: ignore[index]
        shape = {name: [int(one) for one in values["shape"].split(",")] for name, values in packed.items()}
        return {
            name: np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).reshape(shape[name])
            for name, values in packed.items()
        }

    every = frames("/live/home/preview?rate=0.05")
    seen = frames("/live/home/preview?rate=0.05", **{"x-moment": moment})
    assert every.keys() == seen.keys()
    for name, values in every.items():
        index = int(0.5 * (len(values) - 1) + 0.5) if frame is None else frame
        assert len(values) > 2
        assert np.array_equal(seen[name], values[index][None])


@pytest.mark.parametrize("moment", ["", "x", "nan", "-1", "2", "inf"])
def test_a_moment_that_is_none_sends_the_whole_timeline(moment: str) -> None:
    whole = lines("/live/home/preview?rate=0.07")[-1]["charts"][0]["fingerprint"]  # type: ignore[index]
    assert lines("/live/home/preview?rate=0.07", **{"x-moment": moment})[-1]["charts"][0]["fingerprint"] == whole  # type: ignore[index]


def test_scripts_travel_compressed_to_whoever_takes_that() -> None:
    packed = CLIENT.get("/assets/0/web/stage.js", headers={"accept-encoding": "gzip"})
    plain = CLIENT.get("/assets/0/web/stage.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert packed.text == plain.text


def test_what_a_page_preloads_is_there() -> None:
    paths = re.findall("<([^>]+)>", preloads())
    assert any(path.startswith("/plotly/") for path in paths)
    assert {CLIENT.get(path).status_code for path in paths} == {200}


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


@pytest.mark.parametrize(
    "path", ["/assets/0/web/../../../app.py", "/assets/0/%2e%2e/%2e%2e/app.py", "/plotly/0/..%2f__init__.py"]
)
def test_nothing_outside_the_assets_is_served(path: str) -> None:
    assert CLIENT.get(path).status_code in (404, 422)


def test_answers_are_not_held_back() -> None:
    with socket.socket(socket.AF_INET) as bound:  # as Streamlit makes it, before the application is there
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        server.send_at_once()
        with socket.create_connection(bound.getsockname()), bound.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
