"""A memo computes once, shares read-only results, stays bounded, and never remembers a failure."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnviz.core.memo import memo
from nnviz.core.progress import Report, Superseded, silent


@dataclass(frozen=True)
class Run:
    curve: NDArray[np.float64]
    parts: dict[str, tuple[NDArray[np.float64], list[NDArray[np.float64]]]]


def waiting(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, at most five seconds."""
    tick = threading.Event()
    for _ in range(1000):
        if condition():
            return
        tick.wait(0.005)
    raise AssertionError("the condition never held")


def test_a_second_call_returns_the_same_object_however_its_arguments_are_written() -> None:
    calls = []

    @memo(maxsize=4)
    def add(a: int, b: int = 2, *, c: int = 3) -> list[int]:
        """Add."""
        calls.append((a, b, c))
        return [a + b + c]

    assert add(1) is add(1, 2) is add(a=1, b=2) is add(1, c=3)
    assert calls == [(1, 2, 3)]
    assert add.cache_info() == (3, 1, 4, 1)
    assert (add.__name__, add.__doc__) == ("add", "Add.")


def test_equal_numbers_of_different_types_are_different_arguments() -> None:
    @memo(maxsize=8)
    def kind(value: object) -> str:
        return type(value).__name__

    assert [kind(1), kind(1.0), kind(True)] == ["int", "float", "bool"]


def test_the_report_is_passed_on_and_is_no_part_of_the_key() -> None:
    heard: list[float] = []

    @memo(maxsize=4)
    def run(settings: int, report: Report = silent) -> int:
        report(0.5)
        return settings

    def listen(fraction: float, *_: Any) -> None:
        heard.append(fraction)

    run(1, report=listen)
    run(1, listen)
    run(1)
    assert heard == [0.5]
    assert run.cache_info().misses == 1


def test_the_least_recently_used_result_makes_room() -> None:
    calls: list[int] = []

    @memo(maxsize=2)
    def square(x: int) -> int:
        calls.append(x)
        return x * x

    for x in (1, 2, 1, 3, 1, 2):
        square(x)
    assert calls == [1, 2, 3, 2]
    assert square.cache_info().currsize == 2
    square.cache_clear()
    assert square.cache_info() == (0, 0, 2, 0)
    assert square(1) == 1
    assert calls == [1, 2, 3, 2, 1]


def test_arrays_are_read_only_at_any_depth() -> None:
    @memo(maxsize=1)
    def run(_: int) -> Run:
        return Run(np.zeros(3), {"a": (np.ones(2), [np.ones(1)])})

    result = run(0)
    for array in (result.curve, result.parts["a"][0], result.parts["a"][1][0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5


def test_many_threads_share_one_computation() -> None:
    calls: list[int] = []
    gate = threading.Event()

    @memo(maxsize=4)
    def slow(x: int) -> list[int]:
        calls.append(x)
        gate.wait(5)
        return [x]

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(slow, 7) for _ in range(8)]
        waiting(lambda: calls == [7])
        gate.set()
        results = [future.result(5) for future in futures]
    assert calls == [7]
    assert all(result is results[0] for result in results)
    assert slow.cache_info() == (7, 1, 4, 1)


def test_different_arguments_do_not_wait_for_each_other() -> None:
    gate = threading.Event()

    @memo(maxsize=4)
    def run(x: int) -> int:
        if x == 0:
            gate.wait(5)
        return x

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(run, 0)
        assert run(1) == 1
        assert not held.done()
        gate.set()
        assert held.result(5) == 0


@pytest.mark.parametrize("error", [ValueError("bad"), Superseded(), KeyboardInterrupt()])
def test_failures_are_not_remembered(error: BaseException) -> None:
    answers: list[BaseException | None] = [error, None]

    @memo(maxsize=4)
    def run(x: int) -> int:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        return x

    with pytest.raises(type(error)):
        run(1)
    assert run(1) == 1
    assert run(1) == 1


def test_who_waited_for_a_superseded_run_computes_it() -> None:
    started, gate = threading.Event(), threading.Event()
    calls: list[str] = []

    def moved_on(*_: Any) -> None:
        started.set()
        gate.wait(5)
        raise Superseded

    def stays(_: float, what: str) -> None:
        calls.append(what)

    @memo(maxsize=4)
    def run(x: int, report: Report = silent) -> int:
        report(0.1, "computing")
        return x

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(run, 3, report=moved_on)
        assert started.wait(5)
        others = [pool.submit(run, 3, report=stays) for _ in range(3)]
        waiting(lambda: "waiting for the same computation" in calls)
        gate.set()
        with pytest.raises(Superseded):
            first.result(5)
        assert [other.result(5) for other in others] == [3, 3, 3]
    assert calls.count("computing") == 1


def test_who_waits_may_leave() -> None:
    started, gate = threading.Event(), threading.Event()

    @memo(maxsize=4)
    def run(x: int, report: Report = silent) -> int:
        started.set()
        gate.wait(5)
        report(1.0)
        return x

    def leaves(*_: Any) -> None:
        raise Superseded

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run, 3)
        assert started.wait(5)
        with pytest.raises(Superseded):
            run(3, report=leaves)
        gate.set()
        assert first.result(5) == 3


def test_random_calls_from_many_threads_stay_right_and_bounded() -> None:
    @memo(maxsize=3)
    def square(x: int) -> int:
        return x * x

    numbers = np.random.default_rng(0).integers(0, 10, size=2000).tolist()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(square, numbers)) == [x * x for x in numbers]
    info = square.cache_info()
    assert info.currsize <= 3
    assert info.hits + info.misses == 2000


def test_arguments_must_be_hashable_and_the_bound_positive() -> None:
    @memo(maxsize=1)
    def run(x: object, **more: object) -> object:
        return x, more

    with pytest.raises(TypeError, match="run remembers results by its arguments"):
        run([1])
    assert run(1, a=1, b=2) is run(1, b=2, a=1)
    with pytest.raises(ValueError, match="maxsize"):
        memo(maxsize=0)
