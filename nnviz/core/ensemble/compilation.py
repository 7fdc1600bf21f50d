"""How the kernel is compiled: without the GIL, cached where that can be, and anew when one of its files changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

SOURCES = (
    "compilation", "functions", "joints", "kernel", "linear", "network", "optimizers", "passes", "recording", "settings",
)  # fmt: skip
Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """Compile a part of the kernel; it lives in the machine code of the entries that call it.

    `contract` lets a product and a sum become one fused instruction, rounded once; nothing else may be reordered, so
    that every run gives the same bits. Inlining matters: passing four arrays takes longer than a small layer.
    """
    return cast(
        Function, numba.njit(nogil=True, error_model="numpy", fastmath={"contract"}, forceinline=True)(function)
    )


def entry(function: Function) -> Function:
    """Compile an entry of the kernel and cache it on disk, or only in memory where no folder can be written."""
    compiled = numba.njit(nogil=True, error_model="numpy", fastmath={"contract"})(function)
    try:
        compiled.enable_caching()
    except RuntimeError:  # numba's "no locator available": a read-only install without a cache folder
        return cast(Function, compiled)
    drop_stale(Path(str(compiled.stats.cache_path)), function)
    return cast(Function, compiled)


def drop_stale(folder: Path, function: Callable[..., Any]) -> None:
    """Delete an entry's cache index if any file of the kernel is newer: numba itself looks at the entry's file only."""
    newest = max(Path(__file__).with_name(f"{name}.py").stat().st_mtime for name in SOURCES)
    for index in folder.glob(f"*.{function.__name__}-*.nbi"):
        if index.stat().st_mtime < newest:
            index.unlink(missing_ok=True)
