"""What holds for every page: words, settings, charts, presets, predictions. A new page needs no new line here."""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings

from nnviz import catalogue
from nnviz.catalogue import Page
from nnviz.charts.view import Chart, View
from nnviz.core.params import controls
from nnviz.core.progress import silent
from nnviz.ui import wire
from tests.strategies import JUNK, queries, spoiled

BUILT = (catalogue.HOME, *catalogue.built())
PRESETS = [(page, preset) for page in BUILT for preset in catalogue.load(page.slug).lesson.presets]
PREDICTIONS = [(page, question) for page in BUILT for question in catalogue.load(page.slug).lesson.predictions]
CLAIMS = [(page, claim) for page in BUILT for claim in catalogue.load(page.slug).lesson.claims]
every_page = pytest.mark.parametrize("page", BUILT, ids=lambda page: page.slug)
CACHE: dict[Any, View] = {}


def view_of(page: Page, **changes: Any) -> View:
    """Return the view of a page's run, remembered across tests."""
    room = catalogue.load(page.slug)
    params = room.Params(**changes)
    key = (page.slug, params)
    if key not in CACHE:
        CACHE[key] = room.view(room.run(params, silent))
    return CACHE[key]


def test_fifty_questions_are_asked_once_each() -> None:
    asked = sorted(question for page in catalogue.pages() for question in page.questions)
    assert asked == list(range(1, 51))
    assert len(catalogue.QUESTIONS) == 50
    assert len(catalogue.CHAPTERS) == 8


def test_slugs_are_unique_and_fit_for_a_path() -> None:
    slugs = [page.slug for page in catalogue.pages()]
    assert len(set(slugs)) == len(slugs)
    assert all(slug.replace("-", "").isalpha() and slug.islower() for slug in slugs)


def test_an_unknown_page_is_named_with_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"no page 'nowhere'; there are"):
        catalogue.load("nowhere")


@every_page
def test_words(page: Page) -> None:
    lesson = catalogue.load(page.slug).lesson
    assert 40 < len(lesson.intro) < 600
    assert lesson.predictions
    assert all(question.question.endswith("?") for question in lesson.predictions)
    assert all(2 <= len(question.choices) <= 5 for question in lesson.predictions)
    assert lesson.heart
    assert lesson.references
    assert all(reference.url.startswith("https://") and 1900 < reference.year < 2030 for reference in lesson.references)
    names = [claim.name for claim in lesson.claims]
    assert len(set(names)) == len(names)


@every_page
def test_every_control_has_a_title_and_teaches(page: Page) -> None:
    for control in controls(catalogue.load(page.slug).Params):
        assert control.title
        assert control.editor == "hidden" or len(control.help) > 15, control.name
        if control.kind in ("range", "vector"):
            assert control.minimum is not None, control.name
            assert control.maximum is not None, control.name
    front = [
        control
        for control in controls(catalogue.load(page.slug).Params)
        if not control.more and control.editor != "hidden" and not control.when
    ]
    assert len(front) <= 6, [control.name for control in front]


@every_page
def test_first_picture_from_defaults(page: Page) -> None:
    view = view_of(page)
    assert view.charts
    assert len({chart.name for chart in view.charts}) == len(view.charts)
    assert any(letter.isdigit() for letter in view.sentence), "the sentence has the run's numbers"
    for chart in view.charts:
        assert_readable(chart)


def assert_readable(chart: Chart) -> None:
    assert chart.title
    assert len(chart.alt) > 20, chart.name
    figure = chart.to_figure("dark")
    assert isinstance(figure, go.Figure)
    assert len(figure.data) > 0
    layout = chart.figure.get("layout", {})
    for name, axis in layout.items():
        if name.startswith(("xaxis", "yaxis")) and axis.get("visible", True) and axis.get("showticklabels", True):
            assert axis.get("title", {}).get("text") or axis.get("matches") or axis.get("overlaying"), (
                chart.name,
                name,
            )
    assert not [colour for colour in hexes(chart.figure) if colour not in GREYS], chart.name


GREYS = {"#000000", "#FFFFFF", "#000", "#FFF", "#fff", "#ffffff"}


def hexes(spec: Any) -> list[str]:
    """Return hard colours inside a specification: they would not follow the theme."""
    if isinstance(spec, str):
        return [spec] if spec.startswith("#") else []
    if isinstance(spec, dict):
        return [found for value in spec.values() for found in hexes(value)]
    if isinstance(spec, list | tuple):
        return [found for value in spec for found in hexes(value)]
    return []


@every_page
def test_same_settings_same_picture(page: Page) -> None:
    room = catalogue.load(page.slug)
    defaults = room.Params().preview()
    first, second = (wire.encode(room.view(room.run(defaults, silent))) for _ in range(2))
    assert first == second


@every_page
def test_every_preview_draws_the_same_charts(page: Page) -> None:
    room = catalogue.load(page.slug)
    preview = room.view(room.run(room.Params().preview(), silent))
    assert preview.charts[0].name == view_of(page).charts[0].name


@pytest.mark.parametrize(("page", "preset"), PRESETS, ids=lambda value: getattr(value, "slug", None) or value.name)
def test_presets_break_and_the_diagnosis_names_the_cause(page: Page, preset: Any) -> None:
    view = view_of(page, **preset.values)
    assert preset.cause in {finding.cause for finding in view.findings}
    assert preset.cause not in {finding.cause for finding in view_of(page).findings}, "the defaults are whole"


@pytest.mark.parametrize(("page", "prediction"), PREDICTIONS, ids=lambda value: getattr(value, "slug", None))
def test_predictions_are_graded_from_the_run(page: Page, prediction: Any) -> None:
    room = catalogue.load(page.slug)
    answer = prediction.answer(room.run(prediction.setting(room.Params()), silent))
    assert 0 <= answer.choice < len(prediction.choices)
    assert any(letter.isdigit() for letter in answer.because)


@pytest.mark.parametrize(("page", "claim"), CLAIMS, ids=lambda value: getattr(value, "slug", None) or value.name)
def test_stored_verdicts_stand_for_every_claim(page: Page, claim: Any) -> None:
    from nnviz.core import claims

    stored = claims.stored(page.slug)
    assert stored is not None, f"run: python -m nnviz claims {page.slug} --store"
    verdict = stored.verdicts[claim.name]
    assert verdict.seeds >= 16
    assert verdict.reason
    assert math.isnan(verdict.effect) or verdict.low <= verdict.effect <= verdict.high


@every_page
def test_any_good_query_survives_the_url_and_any_junk_is_named(page: Page) -> None:
    params = catalogue.load(page.slug).Params

    @settings(max_examples=60, deadline=None)
    @given(queries(params))
    def good(query: dict[str, str]) -> None:
        taken, _ = params.from_query(query)
        assert params.from_query(taken.to_query()) == (taken, ())
        assert isinstance(taken.preview(), params)

    @settings(max_examples=60, deadline=None)
    @given(JUNK | spoiled(params))
    def junk(query: dict[str, str]) -> None:
        taken, ignored = params.from_query(query)
        assert params.from_query(taken.to_query()) == (taken, ())
        assert all(str(one).isprintable() for one in ignored)

    good()
    junk()


@every_page
def test_any_settings_in_range_give_a_picture(page: Page) -> None:
    room = catalogue.load(page.slug)

    @settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(queries(room.Params))
    def drawn(query: dict[str, str]) -> None:
        params = room.Params.from_query(query)[0].preview()
        view = room.view(room.run(params, silent))
        assert view.charts
        assert view.sentence
        assert len(wire.encode(view)) < 4_000_000

    drawn()


@every_page
def test_payload_is_light(page: Page) -> None:
    assert len(wire.encode(view_of(page))) < 3_000_000


def test_known_charts_travel_without_their_body() -> None:
    import orjson

    view = view_of(catalogue.HOME)
    first = orjson.loads(wire.encode(view))
    known = frozenset(chart["fingerprint"] for chart in first["charts"])
    again = orjson.loads(wire.encode(view, known))
    assert [chart["body"] for chart in again["charts"]] == [None] * len(known)
    assert again["view"] == first["view"]


def test_arrays_travel_as_typed_arrays() -> None:
    spec = wire._array(np.arange(6, dtype=np.float64).reshape(2, 3))
    assert spec["dtype"] == "f4"
    assert spec["shape"] == "2, 3"
