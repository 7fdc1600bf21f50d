"""Runs under way and runs done: one computation for everybody who asks for the same settings."""

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from nnviz.catalogue import Room
from nnviz.core.params import Params
from nnviz.core.progress import Superseded

Key = tuple[str, Params]
KEPT = {"full": 24, "preview": 12}  # finished runs remembered, by stage
WORKERS = {"full": 2, "preview": 2}  # previews never wait behind long runs


@dataclass(eq=False)
class Job:
    """One run under way, watched by any number of learners; it stops when the last of them has left."""

    future: "Future[Any]" = field(default_factory=Future)
    fraction: float = 0.0
    what: str = ""
    partial: Any = None
    waiting: int = 0

    def report(self, fraction: float, what: str = "", partial: Any = None) -> None:
        """Take note of progress; raises Superseded when nobody waits any more."""
        if self.waiting == 0:
            raise Superseded
        self.fraction, self.what = fraction, what
        if partial is not None:
            self.partial = partial


class Jobs:
    """The finished runs (bounded) and the running ones of one stage."""

    def __init__(self, *, kept: int, workers: int) -> None:
        self._kept = kept
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="run")
        self._lock = threading.Lock()
        self._jobs: OrderedDict[Key, Job] = OrderedDict()

    def join(self, slug: str, room: Room, params: Params) -> Job:
        """Return the job of these settings, started if need be; every join must be answered by one `leave`."""
        key = (slug, params)
        with self._lock:
            job = self._jobs.get(key)
            if job is None or _is_lost(job):
                job = self._jobs[key] = Job()
                job.waiting += 1
                self._pool.submit(_compute, job, room, params)
            else:
                job.waiting += 1
            self._jobs.move_to_end(key)
            self._forget_the_oldest()
        return job

    def leave(self, job: Job) -> None:
        """Stop waiting for a job."""
        with self._lock:
            job.waiting -= 1

    def result(self, slug: str, room: Room, params: Params) -> Any:
        """Return the finished run of these settings, waiting for it."""
        job = self.join(slug, room, params)
        try:
            return job.future.result()
        finally:
            self.leave(job)

    def _forget_the_oldest(self) -> None:
        done = [key for key, job in self._jobs.items() if job.future.done()]
        for key in done[: max(0, len(self._jobs) - self._kept)]:
            del self._jobs[key]


def _is_lost(job: Job) -> bool:
    """Tell whether a job was given up or failed, so that a new request must start again."""
    abandoned = job.waiting == 0 and not job.future.done()
    return abandoned or (job.future.done() and job.future.exception() is not None)


def _compute(job: Job, room: Room, params: Params) -> None:
    try:
        job.report(0.0)
        job.future.set_result(room.run(params, job.report))
    except BaseException as error:
        job.future.set_exception(error)


STAGES = {stage: Jobs(kept=KEPT[stage], workers=WORKERS[stage]) for stage in ("full", "preview")}
