"""How does a background job begin, go on and end? Every write to a Job row is here.

The row is the queue: a worker claims the oldest queued one. Each claim counts `attempt` up, and every later
write of that worker names the attempt, so a worker that was taken for dead and wakes up again changes
nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairpatch.core.errors import FairpatchError
from fairpatch.records.models.jobs import Job

Status = Job.Status
OPEN = (Status.QUEUED, Status.RUNNING)

INTERRUPTED = (
    "The worker that ran this job stopped before the job was finished. Changes it had not completed were "
    "undone. Start it again."
)


def enqueue_job(kind: str, params: dict[str, Any], actor_id: int | None, subject: str = "") -> Job:
    """Write a job down for the next free worker. Call it after the transaction it follows has committed."""
    return Job.objects.create(
        kind=kind, params=params, actor_id=actor_id, subject=subject, created_at=timezone.now()
    )


def cancel_job(job_id: int) -> Job:
    """Stop a queued job at once, a running one at its next check. A finished job cannot be cancelled."""
    now = timezone.now()
    queued = Job.objects.filter(id=job_id, status=Status.QUEUED)
    if not queued.update(status=Status.CANCELLED, is_cancel_asked=True, finished_at=now):
        running = Job.objects.filter(id=job_id, status=Status.RUNNING)
        if not running.update(is_cancel_asked=True):
            raise FairpatchError("job_not_running", "This job is over already, so there is nothing to stop.")
    return Job.objects.get(id=job_id)


def claim_job(worker: str, kinds: Iterable[str]) -> Job | None:
    """Give the oldest queued job of these kinds to ``worker``; nobody else gets it."""
    queued = Job.objects.filter(status=Status.QUEUED, kind__in=list(kinds))
    if not queued.exists():  # idle workers ask often and must not take SQLite's write lock for it
        return None
    with transaction.atomic(using="jobs"):
        job = queued.select_for_update(skip_locked=True).order_by("id").first()
        if job is None:
            return None
        now = timezone.now()
        job.status = Status.RUNNING
        job.attempt += 1
        job.worker = worker
        job.started_at = job.heartbeat_at = now
        job.save(update_fields=["status", "attempt", "worker", "started_at", "heartbeat_at"])
    return job


def beat_job(job_id: int, attempt: int) -> bool:
    """Say that the worker lives. False: the job was taken away from it."""
    return bool(_held(job_id, attempt).update(heartbeat_at=timezone.now()))


def report_job(job_id: int, attempt: int, done: int, total: int, message: str) -> bool:
    """Write progress down; it counts as a heartbeat. False: the job was taken away."""
    held = _held(job_id, attempt)
    return bool(held.update(done=done, total=total, message=message[:255], heartbeat_at=timezone.now()))


def finish_job(job_id: int, attempt: int, result: dict[str, Any]) -> bool:
    """The job did what it was for."""
    return _end_job(job_id, attempt, Status.DONE, result=result)


def fail_job(job_id: int, attempt: int, code: str, sentence: str) -> bool:
    """The job ended without doing it, and this is why."""
    return _end_job(job_id, attempt, Status.FAILED, error={"code": code, "sentence": sentence})


def stop_job(job_id: int, attempt: int) -> bool:
    """The job noticed that it was cancelled and has undone what it began."""
    return _end_job(job_id, attempt, Status.CANCELLED)


def release_job(job_id: int, attempt: int) -> bool:
    """Put a job back because its worker is shutting down; it starts afresh, and this start does not count."""
    back = {"status": Status.QUEUED, "worker": "", "heartbeat_at": None, "attempt": attempt - 1, "done": 0}
    return bool(_held(job_id, attempt).update(**back))


def reap_jobs(retries: dict[str, int], silent_for: timedelta, gone: str = "") -> list[int]:
    """Take back running jobs whose heartbeat has been silent for so long, or whose worker is known to be
    ``gone``.

    A job whose kind allows another try is queued again, others fail with a sentence. Returns the ids, in
    order.
    """
    now = timezone.now()
    reaped = []
    for job in Job.objects.filter(status=Status.RUNNING).order_by("id"):
        is_gone = bool(gone) and job.worker == gone
        if not is_gone and not _is_silent(job, now - silent_for):
            continue
        # The heartbeat is part of the condition: a beat that comes in now keeps the job alive.
        held = _held(job.id, job.attempt).filter(heartbeat_at=job.heartbeat_at)
        if job.is_cancel_asked:
            taken = held.update(status=Status.CANCELLED, finished_at=now)
        elif job.attempt <= retries.get(job.kind, 0):
            taken = held.update(status=Status.QUEUED, worker="", done=0, heartbeat_at=None)
        else:
            error = {"code": "worker_stopped", "sentence": INTERRUPTED}
            taken = held.update(status=Status.FAILED, finished_at=now, error=error)
        if taken:
            reaped.append(job.id)
    return reaped


def _is_silent(job: Job, since: datetime) -> bool:
    return job.heartbeat_at is None or job.heartbeat_at < since


def _held(job_id: int, attempt: int) -> Any:
    return Job.objects.filter(id=job_id, attempt=attempt, status=Status.RUNNING)


def _end_job(job_id: int, attempt: int, status: str, **values: Any) -> bool:
    return bool(_held(job_id, attempt).update(status=status, finished_at=timezone.now(), **values))
