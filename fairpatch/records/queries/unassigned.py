"""Which accounts does no territory of a layer have, which came nearest, and what would place them?

A page of accounts is found first; how near territories came is worked out for that page alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from fairpatch.core.errors import FairpatchError
from fairpatch.core.routing.nearest import Miss
from fairpatch.records.models import Account
from fairpatch.records.queries.accounts import AccountFilter, count_up_to, read_deal_sums, select_accounts
from fairpatch.records.queries.decided import Decided, match_decided
from fairpatch.records.queries.examination import find_core_layer, load_examiner, read_family, read_some
from fairpatch.records.queries.explanation_shapes import shape_account_flip, shape_miss
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import find_digits
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import NotFoundError, Scope

NEAREST = 3
STREAMED = 200
MOST_DECISIONS = 60
"""How far the search for a placing change goes on a list; the account's own page searches further."""
SORTS = {"id": F("id"), "name": F("name"), "revenue": Coalesce("annual_revenue_minor", Value(-1))}
COLUMNS = (
    "id", "external_id", "name", "city", "state", "country", "postal_code", "industry", "employees",
    "annual_revenue_minor", "segment", "status", "owner_id", "owner__name",
)  # fmt: skip
EXPORT_COLUMNS = [
    "external_id", "name", "city", "state", "country", "postal_code", "industry", "employees",
    "annual_revenue", "segment", "status", "owner", "nearest_territory", "failing_conditions", "what_fails",
    "what_would_place_it",
]  # fmt: skip
WRONG_SORT = "The queue cannot be sorted by {}. Choose one of: id, name, revenue; a minus reverses."


@dataclass(frozen=True)
class QueueFilter:
    """Which unassigned accounts: of a layer (the primary one), narrowed like a list of accounts."""

    layer: str | None = None
    accounts: AccountFilter = AccountFilter()  # noqa: RUF009 - frozen
    sort: str = "-revenue"

    @property
    def mark_kind(self) -> type:
        return str if self.sort.lstrip("-") == "name" else int


def select_unassigned(scope: Scope, wanted: QueueFilter) -> QuerySet[Account]:
    """The visible accounts without a territory in the layer, in no order."""
    if scope.plan is None:
        raise NotFoundError("live plan yet")
    layer = load_tree(scope.plan).find_layer(wanted.layer)
    if layer is None:
        raise NotFoundError("layer of this code in the live plan")
    accounts = replace(wanted.accounts, layer=None, list=None, cause=None, territory=None)
    return match_decided(select_accounts(scope, accounts), Decided(layer.id, is_unassigned=True))


def count_unassigned(scope: Scope, wanted: QueueFilter) -> int | None:
    """How many there are, exactly; None when there are more than is cheap to count."""
    return count_up_to(select_unassigned(scope, wanted), 200_000)


def list_unassigned(
    scope: Scope, wanted: QueueFilter, mark: list[Any] | None, limit: int
) -> tuple[list[dict[str, Any]], list[Any] | None]:
    """A page and, when more follow, the sort values of its last row."""
    name, is_down = wanted.sort.lstrip("-"), wanted.sort.startswith("-")
    if name not in SORTS or wanted.sort.count("-") > 1:
        raise FairpatchError("wrong_value", WRONG_SORT.format(wanted.sort))
    rows = select_unassigned(scope, wanted).annotate(_sort=SORTS[name])
    if mark is not None:
        beyond = "lt" if is_down else "gt"
        value, last_id = mark
        rows = rows.filter(Q(**{f"_sort__{beyond}": value}) | Q(_sort=value, **{f"id__{beyond}": last_id}))
    ordered = rows.order_by("-_sort", "-id") if is_down else rows.order_by("_sort", "id")
    found = list(ordered.values_list(*COLUMNS, "_sort")[: limit + 1])
    page = found[:limit]
    last = [page[-1][-1], page[-1][0]] if len(found) > limit else None
    return _shape_page(scope, wanted.layer, [row[:-1] for row in page]), last


def _shape_page(scope: Scope, layer: str | None, rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    assert scope.plan is not None, "the rows come from the live plan"
    core = load_core_plan(scope.plan)
    wanted = find_core_layer(core, layer)
    examiner = load_examiner(scope.plan, wanted.code, scope.today)
    ids = [row[0] for row in rows]
    if wanted.placement == "own" and wanted.families != "together":
        book, keys = read_some(scope, core, Account.objects.filter(id__in=ids))
    else:
        book, keys = read_family(scope, core, ids)
    names = {node.code: node.name for node in load_tree(scope.plan).nodes}
    deals = read_deal_sums(ids)
    shown = []
    for row in rows:
        item = dict(zip(COLUMNS, row, strict=True))
        item["owner"] = {"id": item.pop("owner_id"), "name": item.pop("owner__name")}
        item["open_deals"], item["pipeline_minor"] = deals.get(item["id"], (0, 0))
        folded = keys[item["id"]]
        seen = examiner.router.place_account(folded, book)
        # Its data may have changed since; then it only waits for a realignment.
        now = examiner.router.decide(folded, book).territory
        item["waits_for"] = now and {"code": now, "name": names.get(now, now)}
        misses = () if now else examiner.near.find_near_misses(folded, seen, {None}, NEAREST)
        item["nearest"] = [shape_miss(miss, names) for miss in misses]
        item["placing"] = None
        target = _choose_target(misses)
        if target is not None:
            flip = examiner.flips.find_account_flip(folded, book, target, MOST_DECISIONS)
            shaped = shape_account_flip(flip)
            item["placing"] = shaped and {"territory": target, **shaped}
        shown.append(item)
    return shown


def _choose_target(misses: tuple[Miss, ...]) -> str | None:
    """The nearest territory that the account's own data could lead to."""
    return next((miss.territory for miss in misses if miss.kind == "conditions"), None)


def stream_unassigned(scope: Scope, wanted: QueueFilter) -> Iterator[list[Any]]:
    """The whole queue for an export (columns as in EXPORT_COLUMNS), a page at a time.

    The first page is read at once, so that a faulty question is refused before any line is sent.
    """
    first = list_unassigned(scope, wanted, None, STREAMED)
    return _stream_pages(scope, wanted, *first)


def _stream_pages(
    scope: Scope, wanted: QueueFilter, rows: list[dict[str, Any]], mark: list[Any] | None
) -> Iterator[list[Any]]:
    digits = find_digits(scope)
    while True:
        for row in rows:
            yield _flatten_row(row, digits)
        if mark is None:
            return
        rows, mark = list_unassigned(scope, wanted, mark, STREAMED)


def _say_waiting(row: dict[str, Any]) -> str:
    waits_for = row["waits_for"]
    return f"belongs to {waits_for['code']} by its data now; a realignment moves it" if waits_for else ""


def _flatten_row(row: dict[str, Any], digits: int) -> list[Any]:
    minor = row["annual_revenue_minor"]
    # A roll-up covers the account and cannot have it: what can is told before it.
    ordered = sorted(row["nearest"], key=lambda near: near["kind"] == "unassignable")
    nearest = ordered[0] if ordered else None
    changes = row["placing"]["changes"] if row["placing"] else []
    return [
        row["external_id"],
        row["name"],
        row["city"],
        row["state"],
        row["country"],
        row["postal_code"],
        row["industry"],
        row["employees"],
        None if minor is None else Decimal(minor).scaleb(-digits),
        row["segment"],
        row["status"],
        row["owner"]["name"],
        nearest["territory"] if nearest else "",
        nearest["failed"] if nearest else None,
        nearest["reason"] if nearest else _say_waiting(row),
        "; ".join(change["sentence"] for change in changes),
    ]
