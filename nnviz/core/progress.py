"""How a run tells what it is doing, and how it learns that nobody waits for it any more."""

from typing import Any, Protocol


class Superseded(Exception):
    """Raised inside a run by its `report` when the learner has already moved on."""


class Report(Protocol):
    """Called by a run as it goes: share done in 0…1, what is running, and (rarely) the partial Run to draw."""

    def __call__(self, fraction: float, what: str = "", partial: Any = None) -> None: ...


def silent(fraction: float, what: str = "", partial: Any = None) -> None:
    """Report to nobody."""


def part(report: Report, low: float, high: float, what: str = "") -> Report:
    """Return the report of a part from `low` to `high` of the whole; the part's own partial results stay inside.

    `what`, where given, replaces the part's own words.
    """

    words = what

    def tell(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - see above
        report(low + fraction * (high - low), words or what)

    return tell
