"""Who would get which account under a plan that is not live?

All accounts are read once per state of the company and kept as rules see them, so that a draft or a rule
being typed is answered by routing alone.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.routing.decisions import Decision
from fairpatch.core.routing.route import Book, LayerRouter, read_book
from fairpatch.core.units import count_minor_digits
from fairpatch.records.models import Account, AccountChange, Deal, Plan
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routing import AS_NAMED
from fairpatch.records.queries.standing import find_state_mark
from fairpatch.records.visibility import Scope

READ_AT_ONCE = 2_000


@dataclass(frozen=True)
class Company:
    """Every account as rules see it, its database id by folded id, and what hangs on it by database id."""

    book: Book
    ids: Mapping[str, int]
    weights: Mapping[int, tuple[int, int, int]]
    """Revenue, open deals, pipeline."""


def load_company(scope: Scope, core: CorePlan) -> Company:
    """The accounts that have not ended, as this plan's fields and regions read them."""
    position = AccountChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
    regions = tuple(sorted((name, tuple(codes)) for name, codes in core.regions.items()))
    key = (core.fields, regions, position, find_state_mark())
    return keep_content("company", key, lambda: _read_company(scope, core))


def read_raw_accounts(
    accounts: QuerySet[Account], digits: int
) -> Iterator[tuple[int, int | None, dict[str, Any]]]:
    """Database id, revenue in minor units, and what routing reads, for accounts that have not ended."""
    rows = accounts.filter(ended_at__isnull=True).values_list(
        "id", "key", "parent__key", "annual_revenue_minor", "custom", *AS_NAMED
    )
    for pk, key, parent, minor, custom, *values in rows.order_by("id").iterator(READ_AT_ONCE):
        raw = {**custom, **dict(zip(AS_NAMED, values, strict=True)), "id": key, "parent": parent}
        raw["annual_revenue"] = None if minor is None else Decimal(minor).scaleb(-digits)
        yield pk, minor, raw


def find_digits(scope: Scope) -> int:
    """Digits of the organisation's minor unit."""
    return count_minor_digits(scope.organisation.currency) if scope.organisation else 2


def _read_company(scope: Scope, core: CorePlan) -> Company:
    ids_by_key: dict[str, int] = {}
    revenue: dict[int, int] = {}

    def read() -> Iterator[dict[str, Any]]:
        for pk, minor, raw in read_raw_accounts(Account.objects.all(), find_digits(scope)):
            ids_by_key[raw["id"]] = pk
            revenue[pk] = minor or 0
            yield raw

    book = read_book(core, read())
    deals: dict[int, tuple[int, int]] = {}
    for account, amount in Deal.objects.filter(outcome=Deal.Outcome.OPEN).values_list(
        "account_id", "amount_minor"
    ):
        count, total = deals.get(account, (0, 0))
        deals[account] = count + 1, total + amount
    weights = {pk: (minor, *deals.get(pk, (0, 0))) for pk, minor in revenue.items()}
    return Company(book, {folded: ids_by_key[str(raw)] for folded, raw in book.ids.items()}, weights)


def load_decisions(scope: Scope, plan: Plan, layer: str) -> dict[str, Decision]:
    """The decision of a plan for every account in one layer today, by folded id."""
    core = load_core_plan(plan)
    key = (make_plan_key(plan), layer, scope.today, find_state_mark())
    return keep_content("decisions", key, lambda: decide_layer(scope, core, layer, scope.today))


def decide_layer(scope: Scope, core: CorePlan, layer: str, on: dt.date) -> dict[str, Decision]:
    """Routes every account in one layer, afresh."""
    wanted = next(item for item in core.layers if item.code == layer)
    return LayerRouter(core, wanted, on).decide_all(load_company(scope, core).book)
