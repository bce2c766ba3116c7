"""What runs in the background, and how far is it?"""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fairpatch.actions.jobs import cancel_job
from fairpatch.api.answers import answer_json, answer_page
from fairpatch.api.auth import get_scope
from fairpatch.api.once import answer_once
from fairpatch.api.pages import After, Limit, read_mark, write_mark
from fairpatch.api.shapes.audit import JobList, JobShape
from fairpatch.records.queries.tasks import describe_job, find_job, list_jobs

router = Router(tags=["jobs"])


@router.get("/jobs", response=JobList)
def get_jobs(
    request: HttpRequest, subject: str | None = None, after: After = None, limit: Limit = 100
) -> HttpResponse:
    """Jobs one may see, the newest first."""
    mark = read_mark(after, (int,))
    rows, last = list_jobs(get_scope(request), subject, mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.get("/jobs/{job_id}", response=JobShape)
def get_job(request: HttpRequest, job_id: int) -> HttpResponse:
    return answer_json(describe_job(find_job(get_scope(request), job_id)))


@router.post("/jobs/{job_id}/cancel", response=JobShape)
@answer_once
def post_job_cancellation(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop a job at its next check; what it had not committed is undone."""
    job = find_job(get_scope(request), job_id, is_changing=True)
    return answer_json(describe_job(cancel_job(job.id)))
