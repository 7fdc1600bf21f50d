"""One declaration: what a setting accepts, how it stands in a URL, and what happens to junk."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nnviz.core import params as core
from nnviz.core.params import controls, field
from tests.strategies import JUNK, queries, spoiled


class Params(core.Params):
    rate: float = field(0.5, "Dropout rate", "Share dropped", ge=0, le=0.9, multiple_of=0.05, live=True)
    eta: float = field(0.1, "Learning rate", "Step", ge=1e-4, le=10, log=True)
    units: int = field(8, "Units", "How many", ge=1, le=64)
    activation: Literal["relu", "tanh"] = field("relu", "Activation", "Bend", labels={"relu": "ReLU"})
    shown: tuple[Literal["a", "b", "c"], ...] = field(("a", "c"), "Shown", "Which")
    logits: tuple[float, ...] = field((1.0, 0.0, -1.0), "Logits", "Scores", ge=-5, le=5, multiple_of=0.5)
    residual: bool = field(False, "Residual", "Skip")
    drawing: str = field("", "Drawing", "Ink", editor="drawing", pattern="^([0-9a-g]{64})?$")


def test_a_default_leaves_the_url_empty() -> None:
    assert Params().to_query() == {}
    assert Params.from_query({}) == (Params(), ())


def test_every_kind_of_setting_survives_the_url() -> None:
    params = Params(
        rate=0.15,
        eta=0.003,
        units=3,
        activation="tanh",
        shown=("b",),
        logits=(0.5, -5, 5),
        residual=True,
        drawing="g" * 64,
    )
    assert Params.from_query(params.to_query()) == (params, ())
    assert Params.from_query(params.texts()) == (params, ())


@given(queries(Params))
def test_any_good_query_is_taken_whole(query: dict[str, str]) -> None:
    params, ignored = Params.from_query(query)
    assert ignored == ()
    assert Params.from_query(params.to_query()) == (params, ())


@given(JUNK | spoiled(Params))
def test_junk_is_ignored_and_named_never_raised(query: dict[str, str]) -> None:
    params, ignored = Params.from_query(query)
    taken = params.to_query()
    named = {one.name for one in ignored}
    for name, value in query.items():
        assert (
            name in taken or name[:40] in {one[:40] for one in named} or Params.from_query({name: value})[0] == Params()
        )
    assert all(len(str(one)) < 400 and str(one).isprintable() for one in ignored)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rate", "0.07"),
        ("rate", "0.95"),
        ("rate", "nan"),
        ("eta", "inf"),
        ("eta", "0"),
        ("units", "5.7"),
        ("units", "0"),
        ("activation", "gelu"),
        ("shown", "a,d"),
        ("shown", "a,a"),
        ("logits", "1,2"),
        ("logits", "1,2,9"),
        ("residual", "maybe"),
        ("drawing", "z" * 64),
        ("rat", "0.5"),
    ],
)
def test_a_bad_value_is_ignored_alone(name: str, value: str) -> None:
    params, ignored = Params.from_query({name: value, "units": "9"} if name != "units" else {name: value})
    assert params == (Params(units=9) if name != "units" else Params())
    assert [one.name for one in ignored] == [name]
    assert f"{name}={value}"[:40] in str(ignored[0])


def test_a_refusal_says_what_is_accepted() -> None:
    _, ignored = Params.from_query({"rate": "2"})
    assert str(ignored[0]) == "rate=2 was ignored: Dropout rate takes a number from 0 to 0.9 in steps of 0.05"


def test_numbers_are_put_exactly_on_their_grid() -> None:
    assert Params(rate=0.1 + 0.2) == Params(rate=0.3)
    assert hash(Params(rate=0.1 + 0.2)) == hash(Params(rate=0.3))


@given(st.floats() | st.text() | st.none())
def test_direct_construction_refuses_what_is_out_of_range(value: object) -> None:
    try:
        params = Params.model_validate({"rate": value})
    except ValidationError:
        return
    assert 0 <= params.rate <= 0.9


def test_but_validates_again() -> None:
    assert Params().but(rate=0.2).rate == 0.2
    with pytest.raises(ValidationError):
        Params().but(rate=2)


def test_controls_carry_the_declaration() -> None:
    by_name = {control.name: control for control in controls(Params)}
    assert [control.kind for control in controls(Params)] == [
        "range", "range", "range", "select", "pills", "vector", "toggle", "text",
    ]  # fmt: skip
    assert by_name["rate"].step == 0.05
    assert by_name["rate"].live
    assert by_name["units"].step == 1
    assert by_name["activation"].options == (("relu", "ReLU"), ("tanh", "tanh"))
    assert by_name["logits"].length == 3
