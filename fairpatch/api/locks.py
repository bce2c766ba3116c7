"""Which accounts are locked, until when, what follows, and are there too many exceptions?"""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router, Schema

from fairpatch.actions.locks import settle_locks
from fairpatch.api.answers import CSV, answer_csv, answer_json, answer_page
from fairpatch.api.auth import READING_AUTH, admit_user, get_scope
from fairpatch.api.once import answer_once
from fairpatch.api.pages import After, Limit, read_mark, write_mark
from fairpatch.api.shapes.accounts import AccountEffects
from fairpatch.api.shapes.locks import ExceptionRates, LockPage, LockQuestion, SettledLocks
from fairpatch.core.people.roles import Right
from fairpatch.records.queries.locks import (
    EXPORT_COLUMNS,
    LockFilter,
    find_unsettled_locks,
    list_locks,
    measure_exceptions,
    preview_lock,
    stream_locks,
)
from fairpatch.records.queries.plans import find_plan

router = Router(tags=["locks"])


class LockQuery(Schema):
    plan: str = "active"
    q: str | None = None
    territory: str | None = None
    layer: str | None = None
    state: Literal["live", "coming", "lapsed"] | None = None
    within_days: Annotated[int | None, Query(ge=0, le=3650)] = None

    def to_filter(self) -> LockFilter:
        return LockFilter(**self.dict())


@router.get("/locks", response=LockPage)
def get_locks(
    request: HttpRequest, filters: Query[LockQuery], after: After = None, limit: Limit = 100
) -> HttpResponse:
    """The locks of a plan, those that end first, first; each with what follows when it ends."""
    mark = read_mark(after, (str, int))
    rows, last, total = list_locks(
        get_scope(request), filters.to_filter(), (mark[0], mark[1]) if mark else None, limit
    )
    return answer_page(rows, write_mark(last) if last else None, total)


@router.get("/locks/export.csv", openapi_extra=CSV)
def get_locks_csv(request: HttpRequest, filters: Query[LockQuery]) -> StreamingHttpResponse:
    """The filtered locks, for spreadsheets."""
    return answer_csv("locks.csv", EXPORT_COLUMNS, stream_locks(get_scope(request), filters.to_filter()))


@router.post("/locks/preview", response=AccountEffects, auth=READING_AUTH)
def post_lock_preview(request: HttpRequest, asked: LockQuestion) -> HttpResponse:
    """What setting, changing or ending a lock would move today. Nothing is stored."""
    admit_user(request, Right.EDIT_PLANS)
    scope = get_scope(request)
    plan = find_plan(scope, asked.plan_id or "active")
    return answer_json(preview_lock(scope, plan, asked.dict()))


@router.get("/locks/exceptions", response=ExceptionRates)
def get_exception_rates(request: HttpRequest) -> HttpResponse:
    """The share of accounts that locks hold, in all and by territory; 10 % is an alarm, 15 % is red."""
    scope = get_scope(request)
    unsettled = len(find_unsettled_locks(scope.organisation, scope.today)) if scope.organisation else 0
    return answer_json({**measure_exceptions(scope), "unsettled": unsettled if scope.sees_all else 0})


@router.post("/locks/settle", response=SettledLocks)
@answer_once
def post_lock_settlement(request: HttpRequest) -> HttpResponse:
    """Let accounts whose lock has begun or lapsed follow the plan, by the policies of their layers."""
    settled = settle_locks(admit_user(request, Right.REASSIGN_BULK))
    made = [one for one in (settled.executed, settled.proposed) if one is not None]
    return answer_json(
        {
            "moved": settled.moved,
            "realignments": [{"id": one.pk, "title": one.title, "status": one.status} for one in made],
        }
    )
