"""Remember what a pure function answered: bounded, thread-safe, one computation for all who ask at once."""

import inspect
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, wait
from dataclasses import fields, is_dataclass
from functools import update_wrapper
from threading import Lock
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar

import numpy as np

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# How often a caller who waits for another's computation looks whether its own learner has moved on, in seconds.
PATIENCE = 0.1


class CacheInfo(NamedTuple):
    """How a memo has done so far; a wait for another caller's computation counts as a hit."""

    hits: int
    misses: int
    maxsize: int
    currsize: int


def memo(maxsize: int) -> Callable[[Callable[Arguments, Result]], "Memo[Arguments, Result]"]:
    """Return a decorator that remembers the last `maxsize` results of a pure function of hashable arguments.

    Callers with equal arguments share one computation and one result, whose numpy arrays become read-only.
    An argument named `report` is passed on but is no part of the key. Exceptions are not remembered: a caller who
    waited for a computation that failed or was superseded computes it itself.

    Raises:
        ValueError: if maxsize is below 1.
        TypeError: on a call with an argument that cannot be hashed.
    """
    if maxsize < 1:
        raise ValueError(f"maxsize must be at least 1, got {maxsize}")
    return lambda function: Memo(function, maxsize)


class Memo(Generic[Arguments, Result]):
    """A function that remembers. Made by `memo`."""

    def __init__(self, function: Callable[Arguments, Result], maxsize: int) -> None:
        update_wrapper(self, function)
        self._function = function
        self._signature = inspect.signature(function)
        self._maxsize = maxsize
        self._results: OrderedDict[Hashable, Result] = OrderedDict()
        self._running: dict[Hashable, Future[Result]] = {}
        self._lock = Lock()
        self._hits = self._misses = 0

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        """Return the remembered result, or wait for the one being computed, or compute it."""
        key, report = self._key_and_report(args, kwargs)
        while True:
            with self._lock:
                if key in self._results:
                    self._hits += 1
                    self._results.move_to_end(key)
                    return self._results[key]
                future = self._running.get(key)
                if future is None:
                    self._misses += 1
                    mine = self._running[key] = Future()
                    break
            _await(future, report)
            if future.exception() is None:
                with self._lock:
                    self._hits += 1
                return future.result()
        return self._compute(key, mine, args, kwargs)

    def _compute(self, key: Hashable, future: "Future[Result]", args: Any, kwargs: Any) -> Result:
        """Run the function and tell those who wait. BaseException, because Streamlit stops a script with one."""
        try:
            result = self._function(*args, **kwargs)
            freeze(result)
        except BaseException as error:
            with self._lock:
                del self._running[key]
            future.set_exception(error)
            raise
        with self._lock:
            del self._running[key]
            self._results[key] = result
            while len(self._results) > self._maxsize:
                self._results.popitem(last=False)
        future.set_result(result)
        return result

    def _key_and_report(self, args: Any, kwargs: Any) -> tuple[Hashable, Any]:
        """Return the key of a call, the same however its arguments are written, and its report if it has one.

        The type is in the key because 1, 1.0 and True are equal and a function may answer them differently.
        """
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        report = bound.arguments.pop("report", None)
        key = tuple((name, type(value), _hashable(value)) for name, value in bound.arguments.items())
        try:
            hash(key)
        except TypeError as error:
            name = getattr(self._function, "__name__", "the function")
            raise TypeError(f"{name} remembers results by its arguments, so all must be hashable: {error}") from None
        return key, report

    def cache_info(self) -> CacheInfo:
        """Return hits, misses, the bound and the present size."""
        with self._lock:
            return CacheInfo(self._hits, self._misses, self._maxsize, len(self._results))

    def cache_clear(self) -> None:
        """Forget all results and counts. A computation that is under way still finishes and is remembered."""
        with self._lock:
            self._results.clear()
            self._hits = self._misses = 0


def _await(future: "Future[Any]", report: Any) -> None:
    """Wait for another caller's computation; `report` may raise Superseded and so end the wait."""
    while not wait([future], timeout=PATIENCE).done:
        if report is not None:
            report(0.0, "waiting for the same computation")


def _hashable(value: Any) -> Any:
    """Return **kwargs, which arrive as a dict, as sorted pairs; anything else as it is."""
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


def freeze(value: Any) -> None:
    """Mark every numpy array inside dataclasses, mappings, tuples and lists read-only, in place."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            freeze(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            freeze(item)
    elif isinstance(value, tuple | list):
        for item in value:
            freeze(item)
