"""Which background jobs are there?"""

from typing import Any

from fairpatch.core.people.roles import Right
from fairpatch.records.models import Job
from fairpatch.records.visibility import NotFoundError, Scope, visible_jobs, visible_realignments


def find_job(scope: Scope, job_id: int, is_changing: bool = False) -> Job:
    """The job, when it may be seen; to stop it, it must be one's own or one must run the system."""
    found = Job.objects.filter(id=job_id).first()
    if found is None or not _may_see(scope, found):
        raise NotFoundError("job of this number")
    if is_changing and found.actor_id != scope.user.id and not scope.may(Right.MANAGE_PEOPLE):
        raise NotFoundError("job of yours with this number")
    return found


def _may_see(scope: Scope, job: Job) -> bool:
    if scope.may(Right.SEE_JOBS) or job.actor_id == scope.user.id:
        return True
    kind, _, number = job.subject.partition(":")
    return kind == "realignment" and number.isdecimal() and _sees_realignment(scope, int(number))


def _sees_realignment(scope: Scope, realignment_id: int) -> bool:
    return visible_realignments(scope).filter(id=realignment_id).exists()


def list_jobs(
    scope: Scope, subject: str | None, before: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Jobs, the newest first, and the last id when more follow."""
    rows = visible_jobs(scope)
    if subject is not None:
        kind, _, number = subject.partition(":")
        if kind == "realignment" and number.isdecimal() and _sees_realignment(scope, int(number)):
            rows = Job.objects.all()
        rows = rows.filter(subject=subject)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: limit + 1])
    shown = [describe_job(row) for row in found[:limit]]
    return shown, shown[-1]["id"] if len(found) > limit else None


def describe_job(row: Job) -> dict[str, Any]:
    """A job as the API writes it."""
    names = [
        "id",
        "kind",
        "status",
        "done",
        "total",
        "message",
        "result",
        "error",
        "subject",
        "created_at",
        "finished_at",
    ]
    return {name: getattr(row, name) for name in names}
