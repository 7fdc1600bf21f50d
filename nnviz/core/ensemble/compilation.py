"""How the kernel is compiled: without the GIL, cached where that is possible, and anew when any of its files changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """Compile a part of the kernel; it lives in the machine code of the entries that call it.

    `contract` lets a product and a sum become one fused instruction, rounded once; nothing else may be reordered, so
    that every run gives the same bits.
    """
    return cast(Function, numba.njit(nogil=True, error_model="numpy", fastmath={"contract"})(function))


def entry(function: Function) -> Function:
    """Compile an entry of the kernel and cache it on disk, or only in memory where no folder can be written."""
    options = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
    try:
        compiled = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # numba's "no locator available": a read-only install without a cache folder
        return cast(Function, numba.njit(**options)(function))
    drop_stale(compiled.stats.cache_path, function)
    return cast(Function, compiled)


def drop_stale(folder: str, function: Callable[..., Any]) -> None:
    """Delete an entry's cache index if any file of the kernel is newer: numba itself looks at the entry's file only."""
    newest = max(path.stat().st_mtime for path in Path(__file__).parent.glob("*.py"))
    for index in Path(folder).glob(f"kernel.{function.__name__}-*.nbi"):
        if index.stat().st_mtime < newest:
            index.unlink(missing_ok=True)
