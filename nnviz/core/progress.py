"""How a run tells what it is doing, and how it learns that nobody waits for it any more."""

from typing import Any, Protocol


class Superseded(Exception):
    """Raised inside a run by its `report` when the learner has already moved on."""


class Report(Protocol):
    """Called by a run as it goes: share done in 0…1, what is running, and (rarely) the partial Run to draw."""

    def __call__(self, fraction: float, what: str = "", partial: Any = None) -> None: ...


def silent(fraction: float, what: str = "", partial: Any = None) -> None:
    """Report to nobody."""
