"""A learner's file becomes a table or a message that helps, and never anything else."""

import csv
import io
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nnviz.data import tables
from nnviz.data.uploads import OWN, Table, UploadError, keep, kept, read_table, renewed, table_of

GOOD = b"age,height,kind\n1,2.5,cat\n-3,4e1,dog\n,+.5,cat\n"


def test_a_plain_file_is_read() -> None:
    table = read_table(GOOD)
    assert table.columns == ("age", "height", "kind")
    assert (table.target, table.classes, table.features, len(table)) == ("kind", ("cat", "dog"), ("age", "height"), 3)
    np.testing.assert_array_equal(table.values, [[1, 2.5, 0], [-3, 40, 1], [np.nan, 0.5, 0]])
    dataset = table.dataset()
    assert (dataset.task, dataset.classes, dataset.features) == ("classification", ("cat", "dog"), ("age", "height"))
    np.testing.assert_array_equal(dataset.targets, [0, 1, 0])
    with pytest.raises(ValueError, match="read-only"):
        table.values[0, 0] = 9


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        b"\xfe\xff" + GOOD.decode().encode("utf-16-be"),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        GOOD.replace(b",", b";"),
        GOOD.replace(b",", b"\t"),
        GOOD.replace(b",", b";").replace(b".", b","),
        GOOD + b"\n\n,,\n \n",
        GOOD.rstrip(),
        GOOD.replace(b"cat", b'"cat"').replace(b"2.5", b' "2.5"').replace(b' "', b'"'),
        GOOD.replace(b"age", b" a\x07ge\x7f "),
        GOOD.replace(b"\n,+", b"\nN/A,+"),
    ],
    ids=["bom", "utf16", "utf16be", "crlf", "cr", "semicolon", "tab", "decimal comma", "blank end", "no end", "quotes",
         "control", "hole"],
)  # fmt: skip
def test_the_same_table_in_other_clothes(raw: bytes) -> None:
    table, plain = read_table(raw), read_table(GOOD)
    assert (table.columns, table.classes) == (plain.columns, plain.classes)
    np.testing.assert_array_equal(table.values, plain.values)
    assert keep(table) == keep(plain)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", ["is empty"]),
        (b"\xef\xbb\xbf \n\n", ["is empty"]),
        (b"a,b\n", ["fewer than two rows"]),
        (b"a,b\n1,2\n", ["fewer than two rows"]),
        (b"a,b\n1,2\n\n\n", ["fewer than two rows"]),
        (b",,\n,,\n", ["separators only"]),
        (b"\na,b\n1,2\n3,4\n", ["Row 1 is empty", "row 2"]),
        (b"a,b\n1,2\n\n3,4\n", ["Row 3 is empty", "row 4"]),
        (b"a\n1\n2\n", ["one column, 'a'"]),
        (b"1,2\n3,4\n5,6\n", ["Row 1", "names"]),
        (b"a,\n1,2\n3,4\n", ["Row 1, column 2 has no name"]),
        (b"a,a,b\n1,2,3\n3,4,4\n", ["Row 1", "columns 1 and 2", "'a'"]),
        (b"a,b\n1,2\n3\n", ["Row 3 has 1 cells", "2 names"]),
        (b"a,b\n1,2,3\n3,4\n", ["Row 2 has 3 cells", "2 names"]),
        (b"age,b\n1,2\nabc,4\n", ["Row 3, column 'age': 'abc' is not a number", "leave it empty"]),
        (b"age,b\n1,2\n1_000,4\n", ["'1_000' is not a number"]),
        (b"age,b\n1,2\n0x10,4\n", ["'0x10' is not a number"]),
        (b"age,b\n1,2\n-inf,4\n", ["Row 3, column 'age': '-inf' is not a number"]),
        ("age,b\n1,2\n١٢,4\n".encode(), ["'١٢' is not a number"]),
        (b"age,b\n1,2\n=1+1,4\n", ["'=1+1' is not a number"]),
        (b"age,b\n1,2\n1e400,4\n", ["Row 3, column 'age'", "too large"]),
        (b"age,b\n1,2\n" + b"9" * 5000 + b",4\n", ["too large", "99…"]),
        (b'age,b\n1,2\n"1,5",4\n', ["'1,5'", "Write decimals as 1.5"]),
        (b"age;b\n1,5;2\n1.5;4\n", ["'1.5'", "Write decimals as 1,5"]),
        (b"a,b\n,2\n,4\n", ["Column 'a' is empty"]),
        (b"a,b\n1,2\n2,\n3,5\n", ["Row 3, column 'b' is empty", "to predict"]),
        (b"a,b\n1,cat\n2,\n", ["Row 3, column 'b' is empty", "to predict"]),
        (b"a,b\n1,7\n2,7\n", ["Column 'b' is the same in every row"]),
        (b"a,b\n1,x\n2,x\n", ["Column 'b' is the same in every row"]),
        (b"a,b\n1,2\n2,3\n4,oops\n", ["Row 4, column 'b': 'oops' is not a number"]),
        (b"a,b\n" + b"".join(b"1,w%d\n" % n for n in range(21)), ["'b' holds 21 different words", "'w0' in row 2"]),
        (b"a,b\n1," + b"x" * 50 + b"y\n2," + b"x" * 50 + b"z\n", ["differ only after 40"]),
        (b'a,b\n1,2\n3,"4\n', ["Line 3: a quotation mark is not closed"]),
        (b'a,b\n1,2\n3,"' + b"x" * 200_000 + b'"\n', ["far too long"]),
        (b"a,b\n1,2\n3,4\0\n", ["NUL"]),
        (GOOD.decode().encode("utf-16-le"), ["NUL"]),
        (GOOD.decode().encode("utf-32"), ["NUL"]),
        (b"\xff\xfea", ["broken UTF-16"]),
        (b"a,b\n1,2\n\xe9,4\n", ["Line 3 is not UTF-8", "Save the table as CSV, UTF-8"]),
        (b"\x89PNG\r\n\x1a\n\0", ["Line 1 is not UTF-8"]),
        (b"a,b\n" + b"1,2\n" * 5001, ["more than 5,000 rows"]),
        (b",".join(b"c%d" % n for n in range(65)) + b"\n", ["fewer than two rows"]),
        (b",".join(b"c%d" % n for n in range(65)) + b"\n1\n2\n", ["65 columns", "64"]),
        (b"x" * 1_000_001, ["1,000,001 bytes", "1,000,000"]),
    ],
)  # fmt: skip
def test_every_refusal_names_the_place_and_the_remedy(raw: bytes, words: list[str]) -> None:
    with pytest.raises(UploadError) as caught:
        read_table(raw)
    for word in words:
        assert word in str(caught.value)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 300


def test_limits_can_be_lowered_and_met_exactly() -> None:
    assert len(read_table(GOOD, max_rows=3, max_columns=3, max_bytes=len(GOOD))) == 3
    for limits in ({"max_rows": 2}, {"max_columns": 2}, {"max_bytes": len(GOOD) - 1}):
        with pytest.raises(UploadError):
            read_table(GOOD, **limits)


def test_another_column_can_be_the_target() -> None:
    raw = b"kind,age,score\ncat,1,0.5\ndog,2,0.7\n"
    assert read_table(raw, target="kind").features == ("age", "score")
    with pytest.raises(UploadError, match="'cat' is not a number"):
        read_table(raw)
    with pytest.raises(UploadError, match=r"no column 'sex'\. There are: kind, age, score"):
        read_table(raw, target="sex")


def test_a_numeric_table_can_change_its_target() -> None:
    table = read_table(b"a,b,c,d\n1,2,0.5,\n3,4,0.7,1\n5,4,0.9,1\n", target="c")
    other = table.with_target("b")
    assert (other.task, other.features) == ("classification", ("a", "c", "d"))
    assert table.with_target("c") is table
    assert keep(other) != keep(table)
    with pytest.raises(UploadError, match="Row 2, column 'd' is empty"):
        table.with_target("d")
    with pytest.raises(UploadError, match="no column 'e'"):
        table.with_target("e")
    with pytest.raises(UploadError, match="only be the target"):
        read_table(GOOD).with_target("age")


def test_whole_numbers_are_classes_or_numbers_as_asked() -> None:
    table = read_table(b"x,y\n1,10\n2,-2\n3,-0\n4,10\n")
    assert table.task == "classification"
    assert table.classification().classes == ("-2", "0", "10")
    assert table.classification().targets.tolist() == [2, 0, 1, 2]
    assert table.regression().targets.tolist() == [10, -2, 0, 10]
    with pytest.raises(UploadError, match="Column 'kind' holds words"):
        read_table(GOOD).regression()


@pytest.mark.parametrize("targets", [range(21), [0.5, 1]])
def test_many_or_broken_numbers_are_for_regression_only(targets: list[float]) -> None:
    table = read_table(b"x,y\n" + b"".join(b"1,%r\n" % number for number in targets))
    assert (table.task, table.dataset().task) == ("regression", "regression")
    with pytest.raises(UploadError, match=r"Column 'y' holds \d+ different numbers"):
        table.classification()


def test_names_are_clipped_and_cannot_break_a_line() -> None:
    table = read_table(('"a\n\tb",' + "n" * 60 + ",z\u202e\u200b\n1,2,3\n3,4,5\n").encode())
    assert table.columns == ("a b", "n" * 40, "z")


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b'",\n')
def test_random_bytes_give_a_table_or_a_message(raw: bytes) -> None:
    check(raw)


CELLS = st.one_of(
    st.floats(-1e3, 1e3).map(str),
    st.integers().map(str),
    st.sampled_from(["", " ", "NA", "nan", "inf", "-1e999", "1,5", "1.5", "cat", "dog"]),
    st.sampled_from(['"', '"a"', "\0", "\x1b[0m", "é", "\n", "="]),
    st.text(max_size=6),
)  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Return bytes that look like a table, with everything that goes wrong in one."""
    delimiter, end = draw(st.sampled_from(",;\t")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    width = draw(st.integers(1, 4))
    header = draw(st.lists(st.text(max_size=5) | st.sampled_from("abcd"), min_size=width, max_size=width))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width) | st.lists(CELLS, max_size=5), max_size=6))
    text = end.join(delimiter.join(row) for row in [header, *rows])
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])), errors="replace")


@settings(max_examples=300)
@given(files())
def test_broken_tables_give_a_table_or_a_message(raw: bytes) -> None:
    check(raw)


def table_or_message(raw: bytes) -> Table | str:
    """Return the table, or the refusal; let any other exception through."""
    try:
        return read_table(raw)
    except UploadError as error:
        return str(error)


def check(raw: bytes) -> None:
    """Hold what comes out to everything a table promises."""
    table = table_or_message(raw)
    if isinstance(table, str):
        assert table.isprintable()
        assert len(table) < 1000
        return
    assert len(set(table.columns)) == len(table.columns) >= 2
    assert all(name and len(name) <= 40 and name.isprintable() for name in (*table.columns, *table.classes))
    assert not np.isinf(table.values).any()
    dataset = table.dataset()
    assert np.isfinite(dataset.targets).all()
    assert len(np.unique(dataset.targets)) >= 2


@given(
    names=st.lists(st.text(alphabet="abcxyz ,;\"'", min_size=1, max_size=8), min_size=2, max_size=5),
    data=st.data(),
    delimiter=st.sampled_from(",;\t"),
)
def test_what_csv_writes_comes_back(names: list[str], data: st.DataObject, delimiter: str) -> None:
    columns = tuple(f"{tables.clean(name)} {index}".strip() for index, name in enumerate(names))
    number = st.none() | st.floats(-1e15, 1e15).map(lambda value: value + 0.0)
    rows = data.draw(st.lists(st.tuples(*[number] * len(names)), min_size=2, max_size=6))
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow([*columns, "target"])
    for index, row in enumerate(rows):
        # A first value in each column, so that no column is empty and the decimal sign is a point.
        writer.writerow([0.5 if index == 0 else cell for cell in row] + [index + 0.5])
    table = read_table(stream.getvalue().encode())
    assert table.columns == (*columns, "target")
    expected = [[0.5] * len(row) if index == 0 else list(row) for index, row in enumerate(rows)]
    numbers = [[math.nan if cell is None else cell for cell in row] for row in expected]
    np.testing.assert_array_equal(table.values[:, :-1], numbers)


def small(number: int) -> Table:
    return read_table(b"a,b\n1,2\n%d,3\n" % number)


def test_a_kept_table_is_found_by_its_content() -> None:
    identity = keep(small(5))
    assert len(identity) == 64
    assert keep(small(5)) == identity != keep(small(6))
    found = kept(identity)
    assert found is not None
    np.testing.assert_array_equal(found.values, small(5).values)
    assert kept("unknown") is None


def test_a_setting_names_a_kept_table() -> None:
    identity = keep(small(7))
    table = kept(identity)
    assert table is not None
    assert table_of(OWN + identity) is table
    assert table_of(f"{OWN}{identity}-7") is table
    assert table_of(identity) is None
    assert table_of(OWN + "ab") is None


def test_the_same_table_sent_again_is_a_new_setting() -> None:
    assert renewed("ab", "wine") == "csv:ab"
    assert renewed("ab", "csv:cd-3") == "csv:ab"
    assert renewed("ab", "csv:ab") == "csv:ab-1"
    assert renewed("ab", "csv:ab-1") == "csv:ab-2"
    assert renewed("ab", "csv:ab-999") == "csv:ab-1"


def test_the_store_keeps_the_64_tables_used_last() -> None:
    first, second = keep(small(1000)), keep(small(1001))
    for number in range(62):
        keep(small(2000 + number))
    assert kept(first) is not None  # used again: the second goes first
    keep(small(3000))
    assert kept(first) is not None
    assert kept(second) is None


def test_the_store_holds_under_many_threads() -> None:
    def work(number: int) -> bool:
        identity = keep(small(number % 32))
        return kept(identity) is not None

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(400)))
