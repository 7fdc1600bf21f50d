"""The threads that run the kernel: it holds no GIL, so they share the cores with everything else in the process."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import lru_cache

WORKERS = os.cpu_count() or 1


@lru_cache(maxsize=1)
def pool() -> ThreadPoolExecutor:
    """Return the pool all runs of this process share: as many threads as cores."""
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="ensemble")


def each[T](work: Callable[[T], None], items: Iterable[T], between: Callable[[], None] = lambda: None) -> None:
    """Call `work` on every item, on all cores; `between` runs in the caller's thread after each.

    Raises:
        whatever `work` or `between` raise; items not begun are then dropped, and those at work are waited for.
    """
