"""The one way in for a learner's own table, checked cell by cell.

A file is read as numbers and text and nothing else: no formula, no date, no object. What cannot be read is refused with
the row, the column, what stood there and what to do; nothing is guessed and nothing is dropped silently. Rows are
numbered as a spreadsheet shows them: the names are row 1.
"""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from nnviz.data.tables import (
    MAX_CLASSES,
    MAX_NAME,
    OWN,
    Table,
    UploadError,
    check_known,
    check_target,
    clean,
    keep,
    kept,
    no_target,
    renewed,
    shown,
    table_of,
)

__all__ = [
    "MAX_BYTES",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "OWN",
    "Table",
    "UploadError",
    "keep",
    "kept",
    "read_table",
    "renewed",
    "table_of",
]

MAX_BYTES, MAX_ROWS, MAX_COLUMNS = 1_000_000, 5_000, 64
MAX_NUMBER = 1e15  # beyond it float64 hardly tells neighbouring whole numbers apart
HOLES = frozenset({"", "na", "n/a", "nan", "null", "?"})
# [0-9] and not \d, which takes every script's digits; no "_", "inf" or "0x", which float() or int() would take.
_NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]+)?")

Row = list[str]


def read_table(
    raw: bytes,
    *,
    target: str | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
    max_columns: int = MAX_COLUMNS,
) -> Table:
    """Read a CSV file: names in row 1, then one row each; numbers everywhere, words allowed in the target only.

    UTF-8 (with or without its mark) or UTF-16 with its mark; separated by comma, semicolon or tab; with the latter two
    a decimal comma is read too. In numbers an empty cell, NA, N/A, NaN, NULL and ? are holes; the target has none.

    Args:
        raw: the file as it came.
        target: name of the column to predict; default the last.
        max_bytes, max_rows, max_columns: larger files are refused.

    Raises:
        UploadError: naming the row, the column, what stands there and the remedy. No other exception.
    """
    text = _decode(raw, max_bytes)
    delimiter = _delimiter(text)
    header, rows = _rows(text, delimiter, max_rows)
    columns = _names(header, max_columns)
    _check_widths(rows, columns)
    chosen = columns[-1] if target is None else clean(target)
    check_known(chosen, columns)
    values = np.empty((len(rows), len(columns)))
    classes: tuple[str, ...] = ()
    decimal = _decimal_sign(rows, delimiter)
    for index, name in enumerate(columns):
        cells = [row[index].strip() for row in rows]
        if name == chosen and not _mostly_numbers(cells):
            values[:, index], classes = _class_numbers(cells, name)
        else:
            values[:, index] = _numbers(cells, name, decimal)
    check_target(values[:, columns.index(chosen)], chosen)
    values.setflags(write=False)
    return Table(columns, values, chosen, classes)


def _decode(raw: bytes, max_bytes: int) -> str:
    """Return the text of a file, refusing what is too large, empty, binary or in an unknown encoding."""
    if len(raw) > max_bytes:
        raise UploadError(f"The file has {len(raw):,} bytes; at most {max_bytes:,} are taken. Send fewer rows.")
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        where = "The file is broken UTF-16" if wide else f"Line {line} is not UTF-8"
        raise UploadError(f"{where}. Save the table as CSV, UTF-8.") from None
    if "\0" in text:
        raise UploadError("The file is not plain text: it holds NUL characters. Save the table as CSV, UTF-8.")
    if not text.strip():
        raise UploadError("The file is empty. Row 1 holds the names of the columns, the rows below it the numbers.")
    return text


def _delimiter(text: str) -> str:
    """Return the separator that makes most of the first rows as wide as the names; then the one with most names."""

    def fit(delimiter: str) -> tuple[float, int]:
        widths = list(islice(_widths(text, delimiter), 20)) or [0]
        return (widths.count(widths[0]) / len(widths) if widths[0] > 1 else 0.0), widths[0]

    return max(",;\t", key=fit)


def _widths(text: str, delimiter: str) -> Iterator[int]:
    """Count the cells of each row, as far as the file can be read with this separator."""
    with suppress(csv.Error):
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield len(row)


def _rows(text: str, delimiter: str, max_rows: int) -> tuple[Row, list[Row]]:
    """Return the names and the rows below them, without blank rows at the end."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    blank = 0  # number of the first blank row
    try:
        for number, row in enumerate(reader, start=1):
            if not any(cell.strip() for cell in row):
                blank = blank or number
                continue
            if blank:
                raise UploadError(f"Row {blank} is empty, and row {number} is not. Remove the empty rows between.")
            if number > max_rows + 1:
                raise UploadError(
                    f"The table has more than {max_rows:,} rows. Send the first {max_rows:,}, or a sample."
                )
            rows.append(row)
    except csv.Error:
        problem = "a quotation mark is not closed or stands inside a cell, or a cell is far too long"
        remedy = "Put quotation marks around whole cells only, and write one inside them twice."
        raise UploadError(f"Line {reader.line_num}: {problem}. {remedy}") from None
    if not rows:
        raise UploadError("The file holds separators only. Row 1 holds the names of the columns.")
    if len(rows) < 3:
        raise UploadError("The table has fewer than two rows below the names. Add rows.")
    return rows[0], rows[1:]


def _names(header: Row, max_columns: int) -> tuple[str, ...]:
    """Return cleaned, unique names; refuses a first row that holds none."""
    if len(header) > max_columns:
        raise UploadError(f"The table has {len(header)} columns; at most {max_columns} are taken. Leave some out.")
    if len(header) < 2:
        remedy = "Give at least one column to learn from and one to predict, separated by comma, semicolon or tab."
        raise UploadError(f"The table has one column, '{shown(header[0])}'. {remedy}")
    if all(_NUMBER.fullmatch(cell.strip()) for cell in header):
        raise UploadError("Row 1 holds numbers only. Put the names of the columns there.")
    names = tuple(clean(cell) for cell in header)
    for index, name in enumerate(names):
        if not name:
            raise UploadError(f"Row 1, column {index + 1} has no name. Name the column, or remove it.")
        if name in names[:index]:
            both = f"columns {names.index(name) + 1} and {index + 1} are both named '{name}'"
            raise UploadError(f"Row 1, {both}. Names must differ in their first {MAX_NAME} letters.")
    return names


def _check_widths(rows: list[Row], columns: Sequence[str]) -> None:
    """Raise UploadError at the first row that has not one cell per name."""
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            remedy = "Give every row one cell per name; put a cell that holds the separator in quotation marks."
            raise UploadError(f"Row {number} has {len(row)} cells, row 1 has {len(columns)} names. {remedy}")


def _decimal_sign(rows: list[Row], delimiter: str) -> str:
    """Return the decimal sign of the first number that has one; a file separated by commas can only have points."""
    if delimiter == ",":
        return "."
    numbers = (cell for row in rows for cell in row if _NUMBER.fullmatch(cell.strip()))
    return next((sign for number in numbers for sign in ",." if sign in number), ".")


def _mostly_numbers(cells: list[str]) -> bool:
    """Whether a target is meant as numbers: more than half of its cells are."""
    return 2 * sum(_NUMBER.fullmatch(cell) is not None for cell in cells) > len(cells)


def _numbers(cells: list[str], name: str, decimal: str) -> NDArray[np.float64]:
    """Return a column of numbers, nan for a hole."""
    column = np.array([_number(cell, row, name, decimal) for row, cell in enumerate(cells, start=2)])
    if np.isnan(column).all():
        raise UploadError(f"Column '{name}' is empty. Fill it, or remove it.")
    return column


def _number(cell: str, row: int, name: str, decimal: str) -> float:
    """Return the number in a cell, nan for a hole."""
    if cell.lower() in HOLES:
        return math.nan
    place = f"Row {row}, column '{name}': '{shown(cell)}'"
    if not _NUMBER.fullmatch(cell):
        raise UploadError(f"{place} is not a number. Put a number there, leave it empty, or remove the row.")
    if ("," if decimal == "." else ".") in cell:
        raise UploadError(f"{place} has another decimal sign than this file. Write decimals as 1{decimal}5.")
    value = float(cell.replace(",", "."))
    if abs(value) > MAX_NUMBER:
        raise UploadError(f"{place} is too large. Numbers go from −{MAX_NUMBER:g} to {MAX_NUMBER:g}; change the unit.")
    return value


def _class_numbers(cells: list[str], name: str) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return the class number of each row and the names of the classes, in alphabetical order."""
    labels = [clean(cell, None) for cell in cells]
    if "" in labels:
        raise no_target(labels.index("") + 2, name)
    classes = sorted(set(labels))
    if len(classes) > MAX_CLASSES:
        row = next(number for number, cell in enumerate(cells, start=2) if not _NUMBER.fullmatch(cell))
        problem = (
            f"Column '{name}' holds {len(classes)} different words, such as '{shown(cells[row - 2])}' in row {row}"
        )
        raise UploadError(f"{problem}; at most {MAX_CLASSES} can be classes. Choose another column to predict.")
    names = tuple(clean(each) for each in classes)
    if len(set(names)) < len(names):
        raise UploadError(f"Column '{name}' holds words that differ only after {MAX_NAME} letters. Shorten them.")
    return np.array([classes.index(label) for label in labels], dtype=np.float64), names
