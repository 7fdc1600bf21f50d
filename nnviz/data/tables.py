"""A learner's checked table, and a small store so that a link can name it."""

import hashlib
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from nnviz.data import Dataset, Task

MAX_CLASSES = 20
MAX_NAME = 40  # letters of a name, and of a cell that a message repeats
MAX_TABLES = 64
OWN = "csv:"  # before the id of a kept table, where a setting names it


class UploadError(ValueError):
    """A file that cannot be used; the message is written for the learner who sent it."""


@dataclass(frozen=True)
class Table:
    """A checked table.

    Attributes:
        columns: (C,) unique names, at most 40 letters, without control characters.
        values: (N, C) float64, read-only; nan marks a hole; a column of words holds class numbers.
        target: name of the column to predict.
        classes: names of the target's classes if it holds words, in alphabetical order; else empty.
    """

    columns: tuple[str, ...]
    values: NDArray[np.float64]
    target: str
    classes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of all columns but the target."""
        return tuple(name for name in self.columns if name != self.target)

    @property
    def task(self) -> Task:
        """Classification if the target holds words or at most 20 different whole numbers."""
        return "classification" if self.classes or _are_classes(self._column(self.target)) else "regression"

    def with_target(self, name: str) -> "Table":
        """Return the table with another column of numbers as its target.

        Raises:
            UploadError: if there is no such column, the present target holds words, or the column has holes or is
                constant.
        """
        if name == self.target:
            return self
        check_known(name, self.columns)
        if self.classes:
            raise UploadError(f"Column '{self.target}' holds words and can only be the target.")
        check_target(self._column(name), name)
        return replace(self, target=name)

    def dataset(self) -> Dataset:
        """Return the table as data for its own task."""
        return self.classification() if self.task == "classification" else self.regression()

    def classification(self) -> Dataset:
        """Return the table as classes to predict.

        Raises:
            UploadError: if the target is neither words nor at most 20 different whole numbers.
        """
        target, classes = self._column(self.target), self.classes
        if not classes:
            if not _are_classes(target):
                remedy = f"Choose a column of words or of at most {MAX_CLASSES} different whole numbers."
                raise UploadError(f"Column '{self.target}' holds {len(np.unique(target))} different numbers. {remedy}")
            numbers = np.unique(target)
            target = np.searchsorted(numbers, target).astype(np.float64)
            classes = tuple(str(int(number)) for number in numbers)
        return Dataset(self._feature_values(), target.astype(np.int64), self.features, classes, "Your table")

    def regression(self) -> Dataset:
        """Return the table as numbers to predict.

        Raises:
            UploadError: if the target holds words.
        """
        if self.classes:
            raise UploadError(f"Column '{self.target}' holds words. Choose a column of numbers as the target.")
        return Dataset(self._feature_values(), self._column(self.target), self.features, (), "Your table")

    def _column(self, name: str) -> NDArray[np.float64]:
        return self.values[:, self.columns.index(name)]

    def _feature_values(self) -> NDArray[np.float64]:
        return self.values[:, [self.columns.index(name) for name in self.features]]


def keep(table: Table) -> str:
    """Keep a table as long as this process has room, and return its id: the SHA-256 of its content, 64 letters."""
    words = "\x1e".join(["\x1f".join(table.columns), table.target, "\x1f".join(table.classes), ""])
    identity = hashlib.sha256(words.encode() + table.values.astype("<f8").tobytes()).hexdigest()
    with _lock:
        _tables[identity] = table
        _tables.move_to_end(identity)
        while len(_tables) > MAX_TABLES:
            _tables.popitem(last=False)
    return identity


def kept(identity: str) -> Table | None:
    """Return the table with this id, or None if it had to make room or the process is a new one."""
    with _lock:
        if identity in _tables:
            _tables.move_to_end(identity)
        return _tables.get(identity)


_tables: OrderedDict[str, Table] = OrderedDict()
_lock = Lock()


def table_of(setting: str) -> Table | None:
    """Return the table that a setting names (OWN, an id, perhaps a number; see `renewed`) if it is still kept."""
    return kept(setting.removeprefix(OWN).partition("-")[0]) if setting.startswith(OWN) else None


def renewed(identity: str, current: str) -> str:
    """Return the setting for a table just uploaded; a number makes it new where the same name is there already.

    Without it the settings would be those of a run that did not find the table, and that run would stay.
    """
    own, _, number = current.partition("-")
    return OWN + identity if own != OWN + identity else f"{own}-{int(number or 0) % 999 + 1}"


def check_known(name: str, columns: tuple[str, ...]) -> None:
    """Raise UploadError unless there is a column of this name."""
    if name not in columns:
        raise UploadError(f"There is no column '{shown(name)}'. There are: {', '.join(columns)}.")


def check_target(values: NDArray[np.float64], name: str) -> None:
    """Raise UploadError if a target has a hole or does not vary."""
    holes = np.flatnonzero(np.isnan(values))
    if len(holes):
        raise no_target(int(holes[0]) + 2, name)
    if len(values) < 2 or np.ptp(values) == 0:
        raise UploadError(f"Column '{name}' is the same in every row, so there is nothing to predict. Choose another.")


def no_target(row: int, name: str) -> UploadError:
    """Return the error of a row whose target is a hole."""
    remedy = "Fill it, remove the row, or choose another column to predict."
    return UploadError(f"Row {row}, column '{name}' is empty, and it is the column to predict. {remedy}")


def clean(text: str, length: int | None = MAX_NAME) -> str:
    """Return a name on one line: single spaces, no control or format characters, at most `length` letters."""
    printable = (letter if not letter.isspace() else " " for letter in text if _is_shown(letter))
    return " ".join("".join(printable).split())[:length].strip()


def shown(text: str) -> str:
    """Return what stands in a cell as a message may repeat it."""
    whole = clean(text, None)
    return whole if len(whole) <= MAX_NAME else whole[:MAX_NAME] + "…"


def _is_shown(letter: str) -> bool:
    return letter.isspace() or not unicodedata.category(letter).startswith("C")


def _are_classes(target: NDArray[np.float64]) -> bool:
    return bool(np.all(target == np.round(target)) and len(np.unique(target)) <= MAX_CLASSES)
