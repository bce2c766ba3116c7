"""How does ownership pass from one state to the next: proposed, weighed, approved, executed, undone?"""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fairpatch.actions.jobs import enqueue_job
from fairpatch.actions.realignment import (
    approve_realignment,
    cancel_realignment,
    preview_realignment,
    propose_realignment,
    rebase_realignment,
    reject_realignment,
    undo_realignment,
)
from fairpatch.api.answers import answer_json, answer_page
from fairpatch.api.auth import READING_AUTH, admit_user, get_scope
from fairpatch.api.intents import shape_intent
from fairpatch.api.once import answer_once
from fairpatch.api.pages import After, Limit, read_mark, write_mark
from fairpatch.api.shapes.names import JobStarted
from fairpatch.api.shapes.realignments import (
    Comment,
    DealMovePage,
    MovePage,
    RealignmentForm,
    RealignmentPage,
    RealignmentPreview,
    RealignmentShape,
    RealignmentStatus,
    Reason,
    WaitingPage,
)
from fairpatch.core.people.roles import Right
from fairpatch.records.queries.account_changes import list_waiting
from fairpatch.records.queries.passages import (
    check_before_execution,
    describe_realignment,
    find_realignment,
    list_deal_moves,
    list_moves,
    list_realignments,
    shape_preview,
)

router = Router(tags=["realignments"], by_alias=True)


@router.get("/realignments", response=RealignmentPage)
def get_realignments(
    request: HttpRequest, status: RealignmentStatus | None = None, after: After = None, limit: Limit = 100
) -> HttpResponse:
    """The realignments that touch what one may see, the newest first."""
    mark = read_mark(after, (int,))
    rows, last = list_realignments(get_scope(request), status, mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.post("/realignments", response={201: RealignmentShape})
@answer_once
def post_realignment(request: HttpRequest, form: RealignmentForm) -> HttpResponse:
    """Propose a realignment. Nothing moves before it is approved and executed."""
    user = admit_user(request, Right.PROPOSE)
    scope = get_scope(request)
    intent = shape_intent(scope, form)
    made = propose_realignment(
        user, intent, reason=form.reason, title=form.title or "", deal_policy=form.deal_policy
    )
    return answer_json(describe_realignment(scope, made.id), 201)


@router.post("/realignments/preview", response=RealignmentPreview, auth=READING_AUTH)
def post_realignment_preview(request: HttpRequest, form: RealignmentForm) -> HttpResponse:
    """What a realignment would do. Nothing is stored."""
    user = admit_user(request, Right.PROPOSE)
    scope = get_scope(request)
    preview = preview_realignment(user, shape_intent(scope, form), deal_policy=form.deal_policy)
    return answer_json(shape_preview(scope, preview.impact, preview.move_count, preview.moves_sample))


@router.get("/realignments/waiting", response=WaitingPage)
def get_waiting(request: HttpRequest, after: After = None, limit: Limit = 100) -> HttpResponse:
    """Accounts that belong elsewhere by their data and that no open proposal moves, the longest first."""
    mark = read_mark(after, (int,))
    rows, last, total = list_waiting(get_scope(request), mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None, total)


@router.get("/realignments/{realignment_id}", response=RealignmentShape)
def get_realignment(request: HttpRequest, realignment_id: int) -> HttpResponse:
    """One realignment with its impact, approvals and what one may do with it."""
    return answer_json(describe_realignment(get_scope(request), realignment_id))


@router.get("/realignments/{realignment_id}/moves", response=MovePage)
def get_moves(
    request: HttpRequest,
    realignment_id: int,
    layer: str | None = None,
    rep: int | None = None,
    after: After = None,
    limit: Limit = 100,
) -> HttpResponse:
    """The moves one may see; `rep` is on either side."""
    scope = get_scope(request)
    found = find_realignment(scope, realignment_id)
    mark = read_mark(after, (int,))
    rows, last = list_moves(scope, found.id, layer, rep, mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.get("/realignments/{realignment_id}/deals", response=DealMovePage)
def get_deal_moves(
    request: HttpRequest, realignment_id: int, after: After = None, limit: Limit = 100
) -> HttpResponse:
    """The open deals that change hands with their accounts."""
    scope = get_scope(request)
    found = find_realignment(scope, realignment_id)
    mark = read_mark(after, (int,))
    rows, last = list_deal_moves(scope, found.id, mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.post("/realignments/{realignment_id}/approve", response=RealignmentShape)
@answer_once
def post_approval(request: HttpRequest, realignment_id: int, form: Comment) -> HttpResponse:
    """Say yes to somebody else's proposal."""
    user = admit_user(request, Right.APPROVE)
    scope = get_scope(request)
    approve_realignment(user, find_realignment(scope, realignment_id).id, form.comment)
    return answer_json(describe_realignment(scope, realignment_id))


@router.post("/realignments/{realignment_id}/reject", response=RealignmentShape)
@answer_once
def post_rejection(request: HttpRequest, realignment_id: int, form: Comment) -> HttpResponse:
    """Say no, with the reason."""
    user = admit_user(request, Right.APPROVE)
    scope = get_scope(request)
    reject_realignment(user, find_realignment(scope, realignment_id).id, form.comment)
    return answer_json(describe_realignment(scope, realignment_id))


@router.post("/realignments/{realignment_id}/cancel", response=RealignmentShape)
@answer_once
def post_cancellation(request: HttpRequest, realignment_id: int) -> HttpResponse:
    """Take a proposal back before it is executed."""
    user = admit_user(request, Right.PROPOSE)
    scope = get_scope(request)
    cancel_realignment(user, find_realignment(scope, realignment_id).id)
    return answer_json(describe_realignment(scope, realignment_id))


@router.post("/realignments/{realignment_id}/rebase", response={201: RealignmentShape})
@answer_once
def post_rebase(request: HttpRequest, realignment_id: int) -> HttpResponse:
    """Derive the same intent again on today's ground: a new proposal, to be approved afresh."""
    user = admit_user(request, Right.PROPOSE)
    scope = get_scope(request)
    made = rebase_realignment(user, find_realignment(scope, realignment_id).id)
    return answer_json(describe_realignment(scope, made.id), 201)


@router.post("/realignments/{realignment_id}/undo", response={201: RealignmentShape})
@answer_once
def post_undo(request: HttpRequest, realignment_id: int, form: Reason) -> HttpResponse:
    """Propose the way back of an executed realignment."""
    user = admit_user(request, Right.PROPOSE)
    scope = get_scope(request)
    made = undo_realignment(user, find_realignment(scope, realignment_id).id, reason=form.reason)
    return answer_json(describe_realignment(scope, made.id), 201)


@router.post("/realignments/{realignment_id}/execute", response={202: JobStarted})
@answer_once
def post_execution(request: HttpRequest, realignment_id: int) -> HttpResponse:
    """Apply an approved realignment in the background: all of it or nothing."""
    user = admit_user(request, Right.EXECUTE)
    found = find_realignment(get_scope(request), realignment_id)
    check_before_execution(user, found)
    subject = f"realignment:{found.id}"
    job = enqueue_job("realignment.execute", {"realignment_id": found.id}, user.id, subject)
    return answer_json({"job_id": job.id}, 202)
