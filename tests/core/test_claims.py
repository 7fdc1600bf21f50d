"""Rules turn intervals into words; verdicts survive their file."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core import claims
from nnviz.core.claims import Claim, Verdict
from nnviz.core.statistics import Interval, mean_interval


def interval(low: float, high: float, *, count: int = 16, lost: int = 0) -> Interval:
    return Interval((low + high) / 2, low, high, 0.95, count, lost, "given")


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(3, 4, "supported"), (2.5, 4, "it depends"), (1, 2, "contradicted"), (1, 3, "it depends"), (3, 3, "supported")],
)
def test_at_least_three(low: float, high: float, word: str) -> None:
    assert claims.at_least(interval(low, high), 3, what="it").word == word


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(3, 4, "it depends"), (3.5, 4, "contradicted"), (1, 2, "supported"), (1, 3, "supported"), (1, 3.5, "it depends")],
)
def test_at_most_three(low: float, high: float, word: str) -> None:
    assert claims.at_most(interval(low, high), 3, what="it").word == word


@pytest.mark.parametrize(
    ("low", "high", "word", "because"),
    [
        (0.6, 2, "supported", "more than"),
        (-2, -0.6, "contradicted", "the other way"),
        (-0.4, 0.4, "contradicted", "less than"),
        (-2, 0.2, "contradicted", "less than"),
        (0.2, 0.8, "it depends", "not clearly"),
        (-1, 1, "it depends", "not clearly"),
    ],
)
def test_directional_with_half_a_point_that_matters(low: float, high: float, word: str, because: str) -> None:
    verdict = claims.directional(interval(low, high), 0.5, what="the gain", unit="points")
    assert verdict.word == word
    assert because in verdict.reason


def test_directional_needs_an_effect_that_matters() -> None:
    for smallest in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="smallest must be positive"):
            claims.directional(interval(1, 2), smallest, what="it")


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(-1.02, -0.98, "supported"), (-1.1, -1, "it depends"), (-0.9, -0.8, "contradicted"), (-2, -1.06, "contradicted")],
)
def test_within_minus_one_give_or_take_a_twentieth(low: float, high: float, word: str) -> None:
    assert claims.within(interval(low, high), -1.05, -0.95, what="the slope").word == word


def test_within_refuses_reversed_ends() -> None:
    with pytest.raises(ValueError, match="low must not exceed high"):
        claims.within(interval(0, 1), 1, 0, what="it")


@given(st.floats(-10, 10), st.floats(0, 5), st.floats(0.1, 5))
def test_a_claim_and_its_opposite_are_never_both_supported(low: float, width: float, smallest: float) -> None:
    forth = claims.directional(interval(low, low + width), smallest, what="it").word
    back = claims.directional(interval(-low - width, -low), smallest, what="it").word
    assert not forth == back == "supported"
    if forth == "supported":
        assert back == "contradicted"


def test_the_reason_is_a_sentence_with_the_numbers() -> None:
    verdict = claims.directional(interval(1.2, 3.0), 0.5, what="the gain in accuracy", unit="points", seeds=16)
    expected = (
        "The gain in accuracy is 2.1 points (95 % interval 1.2 to 3, 16 seeds): more than the 0.5 points that matters."
    )
    assert verdict.reason == expected
    assert (verdict.effect, verdict.low, verdict.high, verdict.unit, verdict.seeds) == (2.1, 1.2, 3.0, "points", 16)
    assert verdict.sign == "✓"


def test_one_seed_never_decides() -> None:
    for rule in (claims.at_least, claims.at_most, claims.directional):
        verdict = rule(mean_interval([5.0]), 1.0, what="it")
        assert verdict.word == "it depends"
        assert "too few or too large" in verdict.reason


def test_numbers_too_large_for_an_interval_never_decide() -> None:
    verdict = claims.at_least(mean_interval([1e200, 1e300, 1e308]), 1.0, what="the loss")
    assert verdict.word == "it depends"
    assert "too few or too large" in verdict.reason


def test_diverged_networks_are_stated_and_too_many_of_them_decide_nothing() -> None:
    few = claims.at_least(interval(3, 4, count=16, lost=1), 1, what="it")
    assert few.word == "supported"
    assert "1 of 16 gave no number" in few.reason
    many = claims.at_least(interval(3, 4, count=16, lost=2), 1, what="it")
    assert many.word == "it depends"
    assert "2 of 16 gave no number and are left out, too many to decide" in many.reason


def test_one_counterexample_contradicts_a_claim_about_every_case() -> None:
    assert claims.in_every(200, 200, what="the bound", seeds=200).word == "supported"
    broken = claims.in_every(199, 200, what="the bound", seeds=200)
    assert broken.word == "contradicted"
    assert "199 of 200" in broken.reason
    assert claims.in_every(19, 19, what="the bound", seeds=19).word == "it depends"


def test_conditions_that_agree_keep_their_word_and_others_depend() -> None:
    up = claims.directional(interval(1, 2), 0.5, what="the gain", unit="points")
    down = claims.directional(interval(-2, -1), 0.5, what="the gain", unit="points")
    agreed = claims.by_condition({"moons": up, "digits": up})
    assert agreed.word == "supported"
    mixed = claims.by_condition({"moons": up, "digits": down})
    assert mixed.word == "it depends"
    assert (mixed.low, mixed.high, mixed.effect) == (-2, 2, 0)
    assert "Supported for moons; contradicted for digits" in mixed.reason
    assert mixed.details["digits"]["word"] == "contradicted"


def test_conditions_need_one_unit() -> None:
    points = claims.at_least(interval(1, 2), 0.5, what="it", unit="points")
    with pytest.raises(ValueError, match="one common unit"):
        claims.by_condition({"a": points, "b": claims.at_least(interval(1, 2), 0.5, what="it", unit="steps")})
    with pytest.raises(ValueError, match="one common unit"):
        claims.by_condition({})


def test_claims_and_verdicts_refuse_what_is_not_theirs() -> None:
    with pytest.raises(ValueError, match="name must be lower-case"):
        Claim("Dropout helps", "Dropout helps.", "nobody, 2000", lambda *_: always())
    with pytest.raises(ValueError, match="'maybe'"):
        claims.from_plain(claims.to_plain(always()) | {"word": "maybe"})


def always() -> Verdict:
    details = {"rate": np.float32(0.5), "curve": np.array([1.0, np.nan]), "list": [1, (2, "x")]}
    return Verdict("supported", 1.0, 0.5, 1.5, "points", 8, "It is so.", details)


def test_a_verdict_survives_its_plain_form() -> None:
    plain = claims.to_plain(always())
    json.dumps(plain, allow_nan=False)
    assert plain["details"] == {"rate": 0.5, "curve": [1.0, None], "list": [1, [2, "x"]]}
    assert claims.from_plain(plain) == Verdict("supported", 1.0, 0.5, 1.5, "points", 8, "It is so.", plain["details"])


def test_unknown_ends_survive_as_none() -> None:
    unknown = Verdict("it depends", math.nan, -math.inf, math.inf, "", 1, "One seed.")
    back = claims.from_plain(json.loads(json.dumps(claims.to_plain(unknown), allow_nan=False)))
    assert math.isnan(back.effect)
    assert (back.low, back.high) == (-math.inf, math.inf)


def test_stored_verdicts_come_back_with_date_and_versions(tmp_path: Path) -> None:
    assert claims.stored("dropout", folder=tmp_path) is None
    verdict = claims.from_plain(claims.to_plain(always()))
    path = claims.store("dropout", {"dropout-helps": verdict}, folder=tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["dropout.json"] == [path.name]
    found = claims.stored("dropout", folder=tmp_path)
    assert found is not None
    assert found.verdicts == {"dropout-helps": verdict}
    assert set(found.versions) == {"python", "nnviz", "torch", "numpy"}
    assert found.versions["numpy"] == np.__version__
    assert found.date.endswith("+00:00")


@pytest.mark.parametrize("slug", ["../secret", "Dropout", "", "a--b", "a/b", "a.json"])
def test_slugs_cannot_leave_the_folder(slug: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="slug"):
        claims.stored(slug, folder=tmp_path)
    with pytest.raises(ValueError, match="slug"):
        claims.store(slug, {}, folder=tmp_path)


@pytest.mark.parametrize("content", ["{}", "[]", '{"verdicts": {"a": {}}}', '{"verdicts": {"a": 1}}', "no json"])
def test_a_damaged_file_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "dropout.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"verdict|Expecting"):
        claims.stored("dropout", folder=tmp_path)
