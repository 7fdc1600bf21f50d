"""Work side by side: results in order, progress from the caller's thread, and a stop that reaches every piece."""

import threading
import time
from functools import partial
from typing import Any

import pytest

from nnviz.core.ensemble.threads import side_by_side
from nnviz.core.progress import Report, Superseded


def piece(number: int, report: Report) -> tuple[int, int]:
    """Take a quarter of a second, reporting on the way; return the number and the thread."""
    for step in range(5):
        report(step / 5, f"piece {number}")
        time.sleep(0.05)
    return number, threading.get_ident()


def test_results_come_in_order_and_progress_from_the_callers_thread() -> None:
    seen: list[tuple[int, float]] = []

    def report(fraction: float, *_: Any) -> None:
        seen.append((threading.get_ident(), fraction))

    found = side_by_side([partial(piece, number) for number in range(3)], report)
    assert [number for number, _ in found] == [0, 1, 2]
    assert {thread for thread, _ in seen} == {threading.get_ident()}
    fractions = [fraction for _, fraction in seen]
    assert fractions == sorted(fractions)
    assert all(thread != threading.get_ident() for _, thread in found)


def test_a_superseded_caller_stops_every_piece() -> None:
    stopped: list[int] = []

    def endless(number: int, report: Report) -> None:
        try:
            while True:
                report(0.0)
                time.sleep(0.01)
        except Superseded:
            stopped.append(number)
            raise

    def report(*_: Any) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        side_by_side([partial(endless, number) for number in range(2)], report)
    assert set(stopped) <= {0, 1}
    assert stopped


def test_a_failing_piece_ends_the_others_and_is_raised() -> None:
    def fails(_report: Report) -> int:
        raise ValueError("broken piece")

    def waits(report: Report) -> int:
        while True:
            report(0.0)
            time.sleep(0.01)

    with pytest.raises(ValueError, match="broken piece"):
        side_by_side([fails, waits])
