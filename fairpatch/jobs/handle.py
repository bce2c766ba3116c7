"""What does a running job hold in its hand? Its progress, its heartbeat, and the question whether to go on.

The heartbeat beats in a thread of its own, with its own connection to the jobs database: neither a
transaction of many seconds on the main database nor a computation that reports nothing makes the job look
dead.
"""

import threading
import time
from types import TracebackType
from typing import Any, Self

import structlog
from django.db import DatabaseError, connections

from fairpatch.actions.jobs import beat_job, report_job
from fairpatch.actions.progress import JobCancelled
from fairpatch.records.models.jobs import Job

log = structlog.get_logger("fairpatch.jobs")

BEAT_SECONDS = 2.0
#: Progress is written at most this often, and the wish to cancel is read as often.
NEWS_SECONDS = 0.25


class WorkerStopping(Exception):  # noqa: N818 - a request from outside, not an error
    """The worker is shutting down; the job goes back to the queue."""


class JobLost(Exception):  # noqa: N818 - the job belongs to somebody else now
    """The job was taken away from this worker, which had been silent for too long."""


class JobHandle:
    """Progress for a deed run by a worker. Use as a context: it beats while open."""

    def __init__(self, job: Job, stopping: threading.Event, beat_seconds: float = BEAT_SECONDS) -> None:
        self.job_id: int = job.pk
        self.attempt: int = job.attempt
        self.actor_id: int | None = job.actor_id
        self._stopping = stopping
        self._beat_seconds = beat_seconds
        self._is_lost = False
        self._ended = threading.Event()
        self._reported_at = self._checked_at = float("-inf")
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{job.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def report(self, done: int, total: int, message: str = "") -> None:
        """Write progress down, unless that was done a moment ago; the last step is always written."""
        now = time.monotonic()
        if now - self._reported_at < NEWS_SECONDS and not (total and done >= total):
            return
        self._reported_at = now
        if not report_job(self.job_id, self.attempt, done, total, message):
            self._is_lost = True

    def check_cancelled(self) -> None:
        """Raise JobCancelled, WorkerStopping or JobLost when the job is not to go on."""
        if self._is_lost:
            raise JobLost
        if self._stopping.is_set():
            raise WorkerStopping
        now = time.monotonic()
        if now - self._checked_at < NEWS_SECONDS:
            return
        self._checked_at = now
        if Job.objects.filter(id=self.job_id, is_cancel_asked=True).exists():
            raise JobCancelled

    def _beat(self) -> None:
        try:
            while not self._ended.wait(self._beat_seconds):
                try:
                    if not beat_job(self.job_id, self.attempt):
                        self._is_lost = True
                        return
                except DatabaseError as error:  # the next beat may get through; the reaper is patient
                    log.warning("heartbeat not written", job=self.job_id, error=str(error))
        finally:
            connections.close_all()


def name_job_for_log(job: Job) -> dict[str, Any]:
    """What the log says about a job. Never its parameters: they may hold names."""
    return {"job": job.pk, "kind": job.kind, "attempt": job.attempt}
