"""Which accounts are there, and who owns each?"""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from fairpatch.actions.accounts import create_account, edit_account, preview_account
from fairpatch.actions.activities import NewActivity, log_activity
from fairpatch.api.answers import answer_json, answer_page
from fairpatch.api.auth import READING_AUTH, admit_user, get_scope
from fairpatch.api.once import answer_once
from fairpatch.api.pages import After, Limit, read_mark, write_mark
from fairpatch.api.shapes.accounts import (
    AccountEffects,
    AccountForm,
    AccountPage,
    AccountPatch,
    AccountPoints,
    AccountQuestion,
    AccountShape,
    ActivityForm,
    ActivityPage,
    ActivityRow,
    DealPage,
    OwnershipEntry,
    SavedAccount,
)
from fairpatch.core.people.roles import Right
from fairpatch.records.queries.account import (
    describe_account,
    find_account,
    list_account_activities,
    list_account_deals,
    list_account_timeline,
)
from fairpatch.records.queries.account_changes import describe_effects, hint_effect
from fairpatch.records.queries.accounts import AccountFilter, count_up_to, list_account_rows, select_accounts
from fairpatch.records.queries.points import list_points

router = Router(tags=["accounts"])


class NarrowingQuery(Schema):
    """What accounts may be narrowed down by, whichever list they stand in."""

    q: str | None = None
    layer: str | None = None
    owner: int | None = None
    country: str | None = None
    state: str | None = None
    industry: str | None = None
    segment: str | None = None
    status: str | None = None
    min_employees: int | None = None
    max_employees: int | None = None
    min_revenue: int | None = None
    max_revenue: int | None = None


class AccountQuery(NarrowingQuery):
    """The filters of every account list, map and export."""

    territory: str | None = None
    descendants: bool = True
    cause: Literal["lock", "named", "rule", "family", "unassigned"] | None = None
    tie: bool | None = None
    list: Literal["unassigned", "misplaced", "conflicts", "carved_out", "sole"] | None = Field(
        None,
        description="`carved_out`: another would have them, did theirs claim nothing; `sole`: nobody",
    )
    base: str | None = Field(None, description="Carved out of this territory")
    base_descendants: bool = Field(True, description="or of one below it")
    sort: str = "name"

    def to_filter(self) -> AccountFilter:
        return AccountFilter(**self.dict())


def answer_account_page(
    request: HttpRequest, filters: AccountQuery, after: str | None, limit: int
) -> HttpResponse:
    """One page of accounts; the total is counted on the first page only, and only while it is cheap."""
    scope = get_scope(request)
    wanted = filters.to_filter()
    mark = read_mark(after, (wanted.sort_kind, int))
    rows, last = list_account_rows(scope, wanted, mark, limit)
    total = count_up_to(select_accounts(scope, wanted)) if mark is None else None
    return answer_page(rows, write_mark(last) if last else None, total)


@router.get("/accounts", response=AccountPage)
def get_accounts(
    request: HttpRequest, filters: Query[AccountQuery], after: After = None, limit: Limit = 100
) -> HttpResponse:
    """The accounts one may see."""
    return answer_account_page(request, filters, after, limit)


@router.get("/accounts/points", response=AccountPoints)
def get_account_points(request: HttpRequest, filters: Query[AccountQuery]) -> HttpResponse:
    """Where the accounts are, as columns for the map."""
    return answer_json(list_points(get_scope(request), filters.to_filter()))


@router.post("/accounts", response={201: SavedAccount})
@answer_once
def post_account(request: HttpRequest, form: AccountForm) -> HttpResponse:
    """A new account; the live plan decides at once who owns it."""
    user = admit_user(request, Right.EDIT_ACCOUNTS)
    scope = get_scope(request)
    account_id = create_account(user, scope, form.dict(exclude_unset=True))
    made = describe_account(scope, account_id, is_new=True)
    return answer_json({**made, "proposal_hint": None, "effects": [], "realignments": []}, 201)


@router.post("/accounts/preview", response=AccountEffects, auth=READING_AUTH)
def post_account_preview(request: HttpRequest, form: AccountQuestion) -> HttpResponse:
    """What creating or changing an account would bring about. Nothing is stored."""
    user = admit_user(request, Right.EDIT_ACCOUNTS)
    fields = form.dict(exclude_unset=True)
    account_id, version = fields.pop("account_id", None), fields.pop("version", None)
    return answer_json(preview_account(user, get_scope(request), account_id, fields, version))


@router.get("/accounts/{account_id}", response=AccountShape)
def get_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Everything about one account."""
    return answer_json(describe_account(get_scope(request), account_id))


@router.patch("/accounts/{account_id}", response=SavedAccount)
def patch_account(request: HttpRequest, account_id: int, form: AccountPatch) -> HttpResponse:
    """Change an account's data. What that moves goes by the layers' policies, and is said in the answer."""
    user = admit_user(request, Right.EDIT_ACCOUNTS)
    scope = get_scope(request)
    fields = form.dict(exclude_unset=True)
    version = fields.pop("version")
    find_account(scope, account_id)
    settled = edit_account(user, scope, account_id, fields, version).settled
    described = describe_effects(scope, settled.effects, account_id) if settled.effects else {}
    made = [one for one in (settled.executed, settled.proposed) if one is not None]
    return answer_json(
        {
            **describe_account(scope, account_id, is_own_edit=True),
            "effects": described.get("effects", []),
            "proposal_hint": hint_effect(described.get("effects", []), account_id),
            "realignments": [{"id": one.pk, "title": one.title, "status": one.status} for one in made],
        }
    )


@router.get("/accounts/{account_id}/timeline", response=list[OwnershipEntry])
def get_account_timeline(request: HttpRequest, account_id: int) -> HttpResponse:
    """Who owned the account when, as recorded, the newest first."""
    return answer_json(list_account_timeline(find_account(get_scope(request), account_id)))


@router.get("/accounts/{account_id}/deals", response=DealPage)
def get_account_deals(
    request: HttpRequest, account_id: int, after: After = None, limit: Limit = 100
) -> HttpResponse:
    """The account's deals, the newest first."""
    account = find_account(get_scope(request), account_id)
    mark = read_mark(after, (int,))
    rows, last = list_account_deals(account, mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.get("/accounts/{account_id}/activities", response=ActivityPage)
def get_account_activities(
    request: HttpRequest, account_id: int, after: After = None, limit: Limit = 100
) -> HttpResponse:
    """Calls, meetings, e-mails and tasks, the newest first."""
    account = find_account(get_scope(request), account_id)
    mark = read_mark(after, (int,))
    rows, last = list_account_activities(account, mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.post("/accounts/{account_id}/activities", response={201: ActivityRow})
@answer_once
def post_account_activity(request: HttpRequest, account_id: int, form: ActivityForm) -> HttpResponse:
    """Write down a call, meeting, e-mail or task with an account one may see."""
    user = admit_user(request, Right.LOG_ACTIVITIES)
    account = find_account(get_scope(request), account_id)
    return answer_json(log_activity(user, account, NewActivity(**form.dict())), 201)
