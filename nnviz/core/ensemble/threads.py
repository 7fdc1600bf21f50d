"""The threads that run the kernel: it holds no GIL, so they share the cores with everything else in the process."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")
WORKERS = os.cpu_count() or 1


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
