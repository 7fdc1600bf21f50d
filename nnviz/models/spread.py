"""Spread work on batches of networks over the cores, while the caller goes on reporting."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import cache
from threading import Event
from typing import Any, TypeVar

from nnviz.core.progress import Report, Superseded

Item = TypeVar("Item")
Result = TypeVar("Result")
CORES = os.cpu_count() or 1
PATIENCE = 0.08  # seconds between two reports


@cache
def _pool() -> ThreadPoolExecutor:
    """Return the threads for batches of networks; their own, so that quicker pages never queue behind them."""
    return ThreadPoolExecutor(CORES, "networks")


def spread(
    work: Callable[[Item, Report], Result],
    items: Sequence[Item],
    report: Report,
    what: str,
    done: Callable[[list[Result | None]], Any] = lambda _: None,
) -> list[Result]:
    """Return `work(item, report)` for every item, in order, computed on all cores.

    `report` is called in the caller's thread only; when it raises, the work under way stops at its own next report.
    `work` must not spread work itself: it would wait for threads that wait for it.

    Args:
        what: what is running, for the report.
        done: from the results so far (None where there is none yet) to the partial run that is reported with them.
    """
    results: list[Result | None] = [None] * len(items)
    stop = Event()

    def heed(fraction: float, what: str = "", partial: Any = None) -> None:
        del fraction, what, partial
        if stop.is_set():
            raise Superseded

    futures = {_pool().submit(work, item, heed): place for place, item in enumerate(items)}
    waiting = set(futures)
    try:
        while waiting:
            finished, waiting = wait(waiting, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            for future in finished:
                results[futures[future]] = future.result()
            partial = done(results) if finished and waiting else None
            report(1 - len(waiting) / len(futures), what, partial)
    finally:
        stop.set()
        for future in waiting:
            future.cancel()
    return [result for result in results if result is not None]
