"""Hypothesis strategies made from a page's settings."""

from typing import Any

from hypothesis import strategies as st

from nnviz.core.params import Control, Params, controls


def texts(control: Control) -> st.SearchStrategy[str]:
    """Any value of one control that the browser could send, as text."""
    if control.kind in ("select", "toggle"):
        return st.sampled_from([value for value, _ in control.options] or ["0", "1"])
    if control.kind == "pills":
        values = [value for value, _ in control.options]
        return st.lists(st.sampled_from(values), unique=True).map(lambda some: ",".join(v for v in values if v in some))
    if control.kind == "text":
        return st.just(control.default)
    number = _number(control)
    if control.kind == "vector":
        return st.lists(number, min_size=control.length, max_size=control.length).map(",".join)
    return number


def _number(control: Control) -> st.SearchStrategy[str]:
    assert control.minimum is not None
    assert control.maximum is not None
    low, high = control.minimum, control.maximum
    if control.whole:
        return st.integers(int(low), int(high)).map(str)
    if control.step:
        step = control.step
        first, last = round(low / step), round(high / step)
        return st.integers(first, last).map(lambda k: f"{k * step:.12g}")
    return st.floats(low, high).map(lambda value: f"{value:.12g}").filter(lambda text: low <= float(text) <= high)


def queries(params: type[Params]) -> st.SearchStrategy[dict[str, str]]:
    """Any good query: some of the page's settings with values in range."""
    return st.fixed_dictionaries({}, optional={control.name: texts(control) for control in controls(params)})


JUNK: st.SearchStrategy[dict[str, str]] = st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=6)
NASTY = (
    "nan",
    "inf",
    "-1e999",
    "5.7",
    "",
    " ",
    "0x10",
    "١٢",
    "1_000",
    "True",
    "<script>alert(1)</script>",
    "'; --",
    "\x00",
    "1,2",
    "9" * 400,
)


def spoiled(params: type[Params]) -> st.SearchStrategy[dict[str, Any]]:
    """Queries that name real settings with bad values."""
    names = [control.name for control in controls(params)]
    return st.dictionaries(st.sampled_from(names), st.sampled_from(NASTY) | st.text(max_size=30), max_size=6)
