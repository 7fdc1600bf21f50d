"""The threads that run the kernel: it holds no GIL, so they share the cores with everything else in the process."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, as_completed, wait
from functools import lru_cache
from threading import Event
from typing import Any, TypeVar

from nnviz.core.progress import Report, Superseded, silent

T = TypeVar("T")
WORKERS = os.cpu_count() or 1
BEAT = 0.05  # seconds between two reports of work done side by side


@lru_cache(maxsize=1)
def pool() -> ThreadPoolExecutor:
    """Return the pool all runs of this process share: as many threads as cores."""
    return ThreadPoolExecutor(WORKERS, "ensemble")


def each(work: Callable[[T], None], items: Iterable[T], between: Callable[[], None] = lambda: None) -> None:
    """Call `work` on every item, on all cores; `between` runs in the caller's thread after each.

    Raises:
        whatever `work` or `between` raise; items not begun are then dropped, and those at work are waited for.
    """
    waiting = list(items)
    if len(waiting) <= 1 or WORKERS == 1:
        for item in waiting:
            work(item)
            between()
        return
    futures = [pool().submit(work, item) for item in waiting]
    try:
        for future in as_completed(futures):
            future.result()
            between()
    finally:
        for future in futures:
            future.cancel()
        wait(futures)


def side_by_side(works: Sequence[Callable[[Report], T]], report: Report = silent) -> list[T]:
    """Do several pieces of work at once, each on a core of its own, and return what each gave, in order.

    The caller's thread reports their mean progress. Its `report` may raise Superseded: then every piece is told to stop
    at its own next report.

    Raises:
        whatever `report` or a piece of work raises; the others are then stopped and waited for.
    """
    stopped, done, said = Event(), [0.0] * len(works), [""]

    def own(number: int) -> Report:
        def tell(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - partial results stay inside
            if stopped.is_set():
                raise Superseded
            done[number], said[0] = fraction, what

        return tell

    futures = [pool().submit(work, own(number)) for number, work in enumerate(works)]
    try:
        while wait(futures, timeout=BEAT, return_when=FIRST_EXCEPTION).not_done:
            report(sum(done) / len(done), said[0])
            if any(future.done() and future.exception() for future in futures):
                break
        return [future.result() for future in futures]
    finally:
        stopped.set()
        wait(futures)
