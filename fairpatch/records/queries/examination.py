"""How are a plan and an account from the database brought before the examiner of the core?"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Avg, QuerySet

from fairpatch.core.plans.plan import Layer, fold_account_id
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.routing.nearest import Centre
from fairpatch.core.routing.route import Book, read_book
from fairpatch.core.routing.why import LayerExaminer
from fairpatch.records.models import Account, Assignment, Plan
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import list_organisation_fields, load_core_plan
from fairpatch.records.queries.routed import find_digits
from fairpatch.records.queries.routing import read_raw_accounts
from fairpatch.records.visibility import NotFoundError, Scope

MOST_RELATIVES = 5_000


def load_examiner(plan: Plan, layer: str, on: date) -> LayerExaminer:
    """The examiner of one layer on one day, kept while the plan is the same."""
    core = load_core_plan(plan)
    wanted = find_core_layer(core, layer)
    key = (make_plan_key(plan), list_organisation_fields(), layer, on)
    return keep_content(
        "examiner", key, lambda: LayerExaminer(core, wanted, on, centres=load_centres(plan, layer))
    )


def load_centres(plan: Plan, layer: str) -> dict[str, Centre]:
    """The middle of the accounts that each territory holds now, by code; read once per state of the plan."""
    return keep_content("centres", (make_plan_key(plan), layer), lambda: _read_centres(layer))


def _read_centres(layer: str) -> dict[str, Centre]:
    rows = Assignment.objects.filter(
        layer__code=layer, territory__isnull=False, account__latitude__isnull=False
    )
    middles = rows.values("territory__code").annotate(
        latitude=Avg("account__latitude"), longitude=Avg("account__longitude")
    )
    columns = middles.order_by().values_list("territory__code", "latitude", "longitude")
    return {code: (latitude, longitude) for code, latitude, longitude in columns}


def find_core_layer(core: CorePlan, code: str | None) -> Layer:
    """The layer of a code; the primary one when none is named."""
    for layer in core.layers:
        if layer.code == code or (code is None and layer.role == "primary"):
            return layer
    raise NotFoundError("layer of this code in this plan")


def read_family(scope: Scope, core: CorePlan, ids: Iterable[int]) -> tuple[Book, dict[int, str]]:
    """The accounts with all their relatives, and the folded id of each by database id."""
    return read_some(scope, core, Account.objects.filter(id__in=find_relatives(ids)))


def read_some(
    scope: Scope, core: CorePlan, accounts: QuerySet[Account], extra: Iterable[dict[str, Any]] = ()
) -> tuple[Book, dict[int, str]]:
    """These accounts as the plan's rules see them, called by the ids that people know them by."""
    raws: list[dict[str, Any]] = []
    keys: dict[int, str] = {}
    for pk, _, raw in read_raw_accounts(accounts, find_digits(scope)):
        raws.append(raw)
        keys[pk] = fold_account_id(raw["id"])
    book = read_book(core, [*raws, *extra])
    known = dict(accounts.values_list("id", "external_id")) if keys else {}
    return Book({**book.ids, **{keys[pk]: known[pk] for pk in keys}}, book.seen), keys


def list_raw_family(scope: Scope, account_id: int) -> list[dict[str, Any]]:
    """The account and its relatives as routing reads them, by field."""
    rows = Account.objects.filter(id__in=find_relatives([account_id]))
    return [raw for _, _, raw in read_raw_accounts(rows, find_digits(scope))]


def find_relatives(ids: Iterable[int]) -> set[int]:
    """The whole families of these accounts by id: everybody above, then everybody below those."""
    found = set(ids)
    waiting = set(found)
    while waiting:
        rows = Account.objects.filter(id__in=waiting, parent__isnull=False)
        waiting = set(rows.values_list("parent_id", flat=True)) - found
        found |= waiting
    waiting = set(found)
    while waiting and len(found) < MOST_RELATIVES:
        below = Account.objects.filter(parent_id__in=waiting).values_list("id", flat=True)
        waiting = set(below) - found
        found |= waiting
    return found
