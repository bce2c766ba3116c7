"""Why is an account where it is, which does nobody have or several want, and where would a record go?"""

from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router

from fairpatch.actions.placing import name_accounts
from fairpatch.api.accounts import NarrowingQuery
from fairpatch.api.answers import CSV, answer_csv, answer_json, answer_page
from fairpatch.api.auth import READING_AUTH, admit_user, get_scope
from fairpatch.api.edits import read_expected_version
from fairpatch.api.once import answer_once
from fairpatch.api.pages import After, read_mark, write_mark
from fairpatch.api.shapes.routing import (
    ConflictPage,
    NamedAccounts,
    TriedRecord,
    TryQuestion,
    UnassignedPage,
    WhyShape,
)
from fairpatch.api.shapes.territories import SavedVersion
from fairpatch.core.people.roles import Right
from fairpatch.records.queries.account import find_account
from fairpatch.records.queries.accounts import AccountFilter
from fairpatch.records.queries.conflicts import ConflictKind, list_conflicts
from fairpatch.records.queries.explanations import explain_decision
from fairpatch.records.queries.plans import find_plan
from fairpatch.records.queries.tried import try_record
from fairpatch.records.queries.unassigned import (
    EXPORT_COLUMNS,
    QueueFilter,
    count_unassigned,
    list_unassigned,
    stream_unassigned,
)

router = Router(tags=["routing"], by_alias=True)

Page = Annotated[int, Query(50, ge=1, le=200)]


class QueueQuery(NarrowingQuery):
    """The filters of the queue of unassigned accounts."""

    sort: str = "-revenue"

    def to_filter(self) -> QueueFilter:
        """The same for the records."""
        columns = self.dict(exclude={"layer", "sort"})
        return QueueFilter(self.layer, AccountFilter(**columns), self.sort)


@router.get("/accounts/{account_id}/why", response=WhyShape)
def get_account_why(
    request: HttpRequest,
    account_id: int,
    layer: str | None = None,
    on: Annotated[date | None, Query(None, alias="date")] = None,
    territory: str | None = None,
    rep: int | None = None,
) -> HttpResponse:
    """Why does the account belong where it belongs on a day, and why not to another territory or rep?"""
    scope = get_scope(request)
    account = find_account(scope, account_id)
    return answer_json(explain_decision(scope, account, layer, on, territory, rep))


@router.get("/routing/unassigned", response=UnassignedPage)
def get_unassigned(
    request: HttpRequest, filters: Query[QueueQuery], after: After = None, limit: Page = 50
) -> HttpResponse:
    """Accounts that no territory of a layer has, what came nearest, and what would place them."""
    scope = get_scope(request)
    wanted = filters.to_filter()
    mark = read_mark(after, (wanted.mark_kind, int))
    rows, last = list_unassigned(scope, wanted, mark, limit)
    total = count_unassigned(scope, wanted) if mark is None else None
    return answer_page(rows, write_mark(last) if last else None, total)


@router.get("/routing/unassigned.csv", openapi_extra=CSV)
def get_unassigned_csv(request: HttpRequest, filters: Query[QueueQuery]) -> StreamingHttpResponse:
    """The whole queue, for spreadsheets."""
    rows = stream_unassigned(get_scope(request), filters.to_filter())
    return answer_csv("unassigned.csv", EXPORT_COLUMNS, rows)


@router.get("/routing/conflicts", response=ConflictPage)
def get_conflicts(
    request: HttpRequest,
    layer: str | None = None,
    kind: ConflictKind = "ties",
    after: After = None,
    limit: Page = 50,
) -> HttpResponse:
    """Accounts where only the order of the tree or of codes broke a tie, or that several claim."""
    mark = read_mark(after, (int,))
    rows, last = list_conflicts(get_scope(request), layer, kind, mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.post("/routing/try", response=TriedRecord, auth=READING_AUTH)
def post_try(request: HttpRequest, asked: TryQuestion) -> HttpResponse:
    """Where a record would go under the live plan or a draft, and why. Nothing is stored."""
    scope = get_scope(request)
    plan = find_plan(scope, asked.plan_id or "active")
    layers = try_record(
        scope, plan, asked.fields, asked.date, asked.account_id, asked.territory, asked.rep_id
    )
    return answer_json({"layers": layers})


@router.post("/plans/{plan_id}/territories/{code}/accounts", response=SavedVersion)
@answer_once
def post_named_accounts(request: HttpRequest, plan_id: int, code: str, form: NamedAccounts) -> HttpResponse:
    """Add accounts to those that a territory of a draft names."""
    user = admit_user(request, Right.EDIT_PLANS)
    find_plan(get_scope(request), plan_id)
    version = name_accounts(user, plan_id, code, form.account_ids, read_expected_version(request))
    return answer_json({"version": version})
