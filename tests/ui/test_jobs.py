"""Runs are shared, bounded, and stop when nobody waits for them."""

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from nnviz.core import params as core
from nnviz.core.params import field
from nnviz.core.progress import Superseded
from nnviz.ui.jobs import Jobs


class Params(core.Params):
    number: int = field(0, "Number", "Any number", ge=0, le=100)


def room(run: Any) -> Any:
    return SimpleNamespace(run=run)


def test_the_same_settings_are_computed_once() -> None:
    calls, gate = [], threading.Event()

    def run(params: Params, report: Any) -> int:
        calls.append(params)
        gate.wait(5)
        report(0.5)
        return params.number

    jobs = Jobs(kept=4, workers=2)
    first, second = jobs.join("a", room(run), Params(number=3)), jobs.join("a", room(run), Params(number=3))
    gate.set()
    assert first is second
    assert first.future.result(5) == 3
    assert jobs.result("a", room(run), Params(number=3)) == 3
    assert len(calls) == 1


def test_a_run_stops_when_the_last_learner_has_left() -> None:
    started = threading.Event()

    def run(_params: Params, report: Any) -> None:
        started.set()
        for _ in range(2_000):
            report(0.1)
            time.sleep(0.005)

    jobs = Jobs(kept=4, workers=1)
    job = jobs.join("a", room(run), Params())
    assert started.wait(5)
    jobs.leave(job)
    with pytest.raises(Superseded):
        job.future.result(5)


def test_a_run_that_was_given_up_starts_again() -> None:
    jobs = Jobs(kept=4, workers=1)
    block = threading.Event()
    jobs.join("other", room(lambda _params, _report: block.wait(5)), Params())
    job = jobs.join("a", room(lambda _params, _report: 1), Params())
    jobs.leave(job)
    again = jobs.join("a", room(lambda _params, _report: 2), Params())
    block.set()
    assert again.future.result(5) == 2


def test_a_failed_run_is_not_remembered() -> None:
    jobs = Jobs(kept=4, workers=1)
    with pytest.raises(ZeroDivisionError):
        jobs.result("a", room(lambda _params, _report: 1 // 0), Params())
    assert jobs.result("a", room(lambda _params, _report: 7), Params()) == 7


def test_only_so_many_runs_are_kept() -> None:
    jobs = Jobs(kept=3, workers=1)
    for number in range(10):
        jobs.result("a", room(lambda params, _report: params.number), Params(number=number))
    assert len(jobs._jobs) <= 4
