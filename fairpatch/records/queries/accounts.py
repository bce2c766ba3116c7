"""Which accounts match, and what does a list show of each?

Rows come as tuples (no model per row); what hangs on them (decision, deals) is read once per page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from fairpatch.core.errors import FairpatchError
from fairpatch.core.units import count_minor_digits
from fairpatch.records.models import Account, Assignment, Deal
from fairpatch.records.queries.carve_outs import CarveFilter, Kind, find_carved_ids
from fairpatch.records.queries.decided import Decided, match_decided
from fairpatch.records.queries.id_lists import select_ids
from fairpatch.records.queries.misplaced import (
    Holding,
    describe_misplaced,
    find_misplaced_among,
    select_misplaced_ids,
)
from fairpatch.records.queries.tree import Tree, load_tree
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts

#: Totals are counted exactly up to here; beyond, no number is cheaper than a slow one.
COUNTED_ROWS = 10_000
STREAMED = 500
SORTS = {
    "name": "name",
    "city": "city",
    "state": "state",
    "country": "country",
    "industry": "industry",
    "segment": "segment",
    "status": "status",
    "external_id": "key",
    "revenue": "annual_revenue_minor",
    "employees": "employees",
}
NUMERIC_SORTS = frozenset({"revenue", "employees"})
ROW = [
    "id",
    "external_id",
    "name",
    "city",
    "state",
    "country",
    "industry",
    "employees",
    "annual_revenue_minor",
    "segment",
    "status",
    "latitude",
    "longitude",
    "territory_id",
    "owner_id",
    "owner__name",
]
EXPORT_COLUMNS = [
    "external_id",
    "name",
    "city",
    "state",
    "country",
    "industry",
    "employees",
    "annual_revenue",
    "segment",
    "status",
    "territory",
    "owner",
    "cause",
    "tie",
    "latitude",
    "longitude",
    "open_deals",
    "pipeline",
]
WRONG_SORT = (
    "Accounts cannot be sorted by {}. Choose one of: " + ", ".join(sorted(SORTS)) + "; a minus reverses."
)


@dataclass(frozen=True)
class AccountFilter:
    """The filters of every list, map and export of accounts. None filters nothing."""

    q: str | None = None
    territory: str | None = None
    descendants: bool = True
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
    cause: str | None = None
    tie: bool | None = None
    list: str | None = None
    base: str | None = None
    base_descendants: bool = True
    sort: str = "name"

    @property
    def sort_kind(self) -> type:
        return int if self.sort.lstrip("-") in NUMERIC_SORTS else str


def _find_tree(scope: Scope) -> Tree:
    return load_tree(scope.plan) if scope.plan else Tree([], [])


def select_accounts(scope: Scope, wanted: AccountFilter) -> QuerySet[Account]:
    """The visible accounts that match, in no order."""
    rows = visible_accounts(scope).filter(ended_at__isnull=True)
    rows = _match_columns(rows, wanted)
    tree = _find_tree(scope)
    layer = tree.find_layer(wanted.layer)
    if layer is None:
        return rows if wanted.layer is None else rows.none()
    rows = match_decided(rows, _read_decided(wanted, tree, layer.id))
    if wanted.list == "misplaced":
        rows = rows.filter(id__in=select_misplaced_ids(scope))
    if wanted.base is not None or wanted.list in ("carved_out", "sole"):
        rows = rows.filter(id__in=_select_carved_ids(scope, wanted))
    return rows


def _read_decided(wanted: AccountFilter, tree: Tree, layer_id: int) -> Decided:
    tie = True if wanted.list == "conflicts" else wanted.tie
    decided = Decided(layer_id, None, wanted.cause, wanted.list == "unassigned", tie)
    if wanted.territory is None:
        return decided
    node = tree.by_code.get(wanted.territory)
    if node is None:
        raise NotFoundError("territory of this code in the live plan")
    below = tree.list_subtree(node) if wanted.descendants else [node]
    # A territory belongs to one layer, so its code says which decision is meant.
    return replace(decided, layer_id=node.layer_id, territories=tuple(one.id for one in below))


def _select_carved_ids(scope: Scope, wanted: AccountFilter) -> RawSQL:
    kind: Kind = "sole" if wanted.list == "sole" else "carved_out"
    holder, base = (wanted.territory, wanted.descendants), (wanted.base, wanted.base_descendants)
    return select_ids(find_carved_ids(scope, CarveFilter(*holder, *base, kind, wanted.layer)).tolist())


def _match_columns(rows: QuerySet[Account], wanted: AccountFilter) -> QuerySet[Account]:
    exact = {
        "owner_id": wanted.owner,
        "country": wanted.country,
        "state": wanted.state,
        "segment": wanted.segment,
        "status": wanted.status,
        "industry__startswith": wanted.industry,
        "employees__gte": wanted.min_employees,
        "employees__lte": wanted.max_employees,
        "annual_revenue_minor__gte": wanted.min_revenue,
        "annual_revenue_minor__lte": wanted.max_revenue,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value not in (None, "")})
    if wanted.q and wanted.q.strip():
        text = wanted.q.strip()
        rows = rows.filter(
            Q(name__icontains=text) | Q(external_id__istartswith=text) | Q(city__istartswith=text)
        )
    return rows


def count_up_to(rows: QuerySet[Account], most: int = COUNTED_ROWS) -> int | None:
    """How many rows, exactly; None when there are more than is cheap to count."""
    count = rows.order_by().values("id")[: most + 1].count()
    return count if count <= most else None


def _order_rows(rows: QuerySet[Account], sort: str, mark: list[Any] | None) -> QuerySet[Account]:
    name = sort.lstrip("-")
    if name not in SORTS or sort.count("-") > 1:
        raise FairpatchError("wrong_value", WRONG_SORT.format(sort))
    column = SORTS[name]
    is_down = sort.startswith("-")
    if name in NUMERIC_SORTS:
        rows = rows.annotate(_sort=Coalesce(column, Value(-(2**62))))
    else:
        rows = rows.annotate(_sort=F(column))
    if mark is not None:
        beyond = "lt" if is_down else "gt"
        value, last_id = mark
        rows = rows.filter(
            **{f"_sort__{beyond}e": value},
        ).filter(Q(**{f"_sort__{beyond}": value}) | Q(**{f"id__{beyond}": last_id}))
    return rows.order_by("-_sort", "-id") if is_down else rows.order_by("_sort", "id")


def list_account_rows(
    scope: Scope, wanted: AccountFilter, mark: list[Any] | None, limit: int
) -> tuple[list[dict[str, Any]], list[Any] | None]:
    """A page of rows and, when more follow, the sort values of its last one."""
    ordered = _order_rows(select_accounts(scope, wanted), wanted.sort, mark)
    found = list(ordered.values_list(*ROW, "_sort")[: limit + 1])
    shown = found[:limit]
    last = [shown[-1][-1], shown[-1][0]] if len(found) > limit else None
    return shape_account_rows(scope, [row[:-1] for row in shown]), last


def read_deal_sums(account_ids: list[int]) -> dict[int, tuple[int, int]]:
    """Open deals and their amount, by account."""
    rows = Deal.objects.filter(account_id__in=account_ids, outcome=Deal.Outcome.OPEN).values("account_id")
    sums = rows.annotate(count=Count("id"), amount=Sum("amount_minor"))
    return {row["account_id"]: (row["count"], row["amount"] or 0) for row in sums.order_by()}


class Decision(NamedTuple):
    """What was decided for an account in one layer, as a list shows it."""

    territory_id: int | None
    cause: str
    tie: bool


def _read_decisions(tree: Tree, account_ids: list[int]) -> dict[int, Decision]:
    """By account, in the primary layer."""
    if tree.primary_layer is None:
        return {}
    rows = Assignment.objects.filter(account_id__in=account_ids, layer_id=tree.primary_layer.id)
    return {account: Decision(*said) for account, *said in rows.values_list("account_id", *Decision._fields)}


def shape_account_rows(
    scope: Scope,
    rows: list[tuple[Any, ...]],
    decisions: dict[int, Decision] | None = None,
    deals: dict[int, tuple[int, int]] | None = None,
) -> list[dict[str, Any]]:
    """Rows (columns as in ROW) in the form of the contract. `decisions`, `deals`: when known already."""
    tree = _find_tree(scope)
    items = [dict(zip(ROW, row, strict=True)) for row in rows]
    ids = [item["id"] for item in items]
    decided = _read_decisions(tree, ids) if decisions is None else decisions
    sums = read_deal_sums(ids) if deals is None else deals
    misplaced = find_misplaced_among(
        scope, {item["id"]: _hold(item, decided.get(item["id"])) for item in items}
    )
    for item in items:
        owner_id, owner_name = item.pop("owner_id"), item.pop("owner__name")
        decision = decided.get(item["id"])
        item["territory"] = name_territory(tree, item.pop("territory_id"))
        item["owner"] = {"id": owner_id, "name": owner_name}
        item["cause"], item["tie"] = (decision.cause, decision.tie) if decision else (None, False)
        item["open_deals"], item["pipeline_minor"] = sums.get(item["id"], (0, 0))
        misplacement = misplaced.get(item["id"])
        item["misplaced"] = misplacement and describe_misplaced(misplacement, owner_name, tree)
    return items


def _hold(item: dict[str, Any], decision: Decision | None) -> Holding:
    """What was decided for another territory says nothing about how this one came by the account."""
    territory_id = item["territory_id"]
    is_current = decision is not None and decision.territory_id == territory_id
    return Holding(territory_id, item["owner_id"], decision.cause if decision and is_current else None)


def name_territory(tree: Tree, territory_id: int | None) -> dict[str, str] | None:
    """A territory's code and name; one that the live plan no longer has is not named."""
    node = tree.by_id.get(territory_id) if territory_id is not None else None
    return {"code": node.code, "name": node.name} if node else None


def stream_account_rows(scope: Scope, wanted: AccountFilter) -> Iterator[list[Any]]:
    """Every matching account for an export (columns as in EXPORT_COLUMNS), a page at a time.

    The first page is read at once, so that a faulty question is refused before any line is sent.
    """
    first = list_account_rows(scope, wanted, None, STREAMED)
    return _stream_pages(scope, wanted, *first)


def _stream_pages(
    scope: Scope, wanted: AccountFilter, rows: list[dict[str, Any]], mark: list[Any] | None
) -> Iterator[list[Any]]:
    digits = count_minor_digits(scope.organisation.currency) if scope.organisation else 2
    while True:
        for row in rows:
            yield _flatten_row(row, digits)
        if mark is None:
            return
        rows, mark = list_account_rows(scope, wanted, mark, STREAMED)


def _flatten_row(row: dict[str, Any], digits: int) -> list[Any]:
    revenue = row["annual_revenue_minor"]
    return [
        row["external_id"],
        row["name"],
        row["city"],
        row["state"],
        row["country"],
        row["industry"],
        row["employees"],
        None if revenue is None else Decimal(revenue).scaleb(-digits),
        row["segment"],
        row["status"],
        row["territory"]["code"] if row["territory"] else "",
        row["owner"]["name"],
        row["cause"],
        "yes" if row["tie"] else "no",
        row["latitude"],
        row["longitude"],
        row["open_deals"],
        Decimal(row["pipeline_minor"]).scaleb(-digits),
    ]
