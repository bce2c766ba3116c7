"""Which territory does each state, county or country fall to?

By most of the accounts inside it; where there are none, by what the plan would decide for an account of which
only the place is known. A unit that even then nobody covers is white space.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
from django.db.models import Count, Sum

from fairpatch.core.routing.route import route_plan
from fairpatch.records.models import Assignment, Plan
from fairpatch.records.queries.draft_totals import decides_alike
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.plans import find_plan
from fairpatch.records.queries.routed import load_company, load_decisions
from fairpatch.records.queries.snapshot import find_visible_rows
from fairpatch.records.queries.totals import make_scope_key
from fairpatch.records.queries.tree import LayerRow, load_tree
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts


class Atlas(Protocol):
    """What knows the pieces of the map (engines/geo/units.py)."""

    def name_unit(self, level: str, country: str, state: str, postal_code: str) -> str | None: ...

    def list_unit_records(self, level: str) -> dict[str, dict[str, object]]: ...


PLACE = ("country", "state", "postal_code")
Row = tuple[str, str, str, str | None, int, int]
"""Country, state, postal code, territory, accounts, revenue."""


def list_map_units(
    scope: Scope, atlas: Atlas, level: str, asked: str, layer_code: str | None
) -> dict[str, Any]:
    """Units of a level with their territory, the accounts in sight inside each, and how they are shared."""
    if asked == "active" and scope.plan is None:
        return {"level": level, "layer": layer_code or "", "units": []}
    plan = find_plan(scope, asked)
    layer = load_tree(plan).find_layer(layer_code)
    if layer is None:
        raise NotFoundError("layer of this code in this plan")
    key = (make_plan_key(plan), make_scope_key(scope), level, layer.code)
    units = keep_content("map_units", key, lambda: _build_units(scope, atlas, plan, layer, level))
    return {"level": level, "layer": layer.code, "units": units}


def _build_units(scope: Scope, atlas: Atlas, plan: Plan, layer: LayerRow, level: str) -> list[dict[str, Any]]:
    is_live = decides_alike(scope, plan)
    rows = _read_live_rows(scope, plan, layer) if is_live else _read_routed_rows(scope, plan, layer)
    shares: dict[str, Counter[str | None]] = defaultdict(Counter)
    revenue: Counter[str] = Counter()
    for country, state, postal_code, territory, count, minor in rows:
        unit = atlas.name_unit(level, country, state, postal_code)
        if unit:
            shares[unit][territory] += count
            revenue[unit] += minor
    empty = keep_content(
        "map_grounds",
        (make_plan_key(plan), level, layer.code, scope.today),
        lambda: _route_empty_units(scope, atlas, plan, layer, level),
    )
    units = []
    for unit in sorted(shares.keys() | empty.keys()):
        inside = shares.get(unit, Counter())
        order = sorted(inside.items(), key=lambda share: (-share[1], share[0] or ""))
        territory = order[0][0] if order else empty[unit]
        units.append(
            {
                "id": unit,
                "territory": territory,
                "accounts": inside.total(),
                "revenue_minor": revenue[unit],
                "is_white_space": not order and territory is None,
                "shares": [{"territory": code, "accounts": count} for code, count in order],
            }
        )
    return units


def _read_live_rows(scope: Scope, plan: Plan, layer: LayerRow) -> Iterable[Row]:
    codes = {node.id: node.code for node in load_tree(plan).nodes}
    decided = Assignment.objects.filter(layer_id=layer.id, account__ended_at__isnull=True)
    if not scope.sees_all:
        decided = decided.filter(account_id__in=visible_accounts(scope).values("id"))
    columns = ("account__country", "account__state", "account__postal_code", "territory_id")
    sums = (
        decided.values_list(*columns).annotate(Count("id"), Sum("account__annual_revenue_minor")).order_by()
    )
    for country, state, postal_code, territory, count, minor in sums:
        yield country, state, postal_code, codes.get(territory), count, minor or 0


def _read_routed_rows(scope: Scope, plan: Plan, layer: LayerRow) -> Iterable[Row]:
    company = load_company(scope, load_core_plan(plan))
    outcome = load_decisions(scope, plan, layer.code, company)
    seen = find_visible_rows(scope, company.snapshot)
    rows = np.arange(company.snapshot.size) if seen is None else np.flatnonzero(seen)
    columns = company.snapshot.columns
    places = [columns[name].values.take(columns[name].codes[rows]).to_pylist() for name in PLACE]
    territory = [outcome.name_place(place) for place in outcome.territory[rows].tolist()]
    revenue = company.snapshot.revenue[rows].tolist()
    yield from zip(*places, territory, itertools.repeat(1), revenue)


def _route_empty_units(
    scope: Scope, atlas: Atlas, plan: Plan, layer: LayerRow, level: str
) -> dict[str, str | None]:
    """What the plan decides for an account of which only the unit is known; of a county, its largest ZIP."""
    records = atlas.list_unit_records(level)
    decided = route_plan(load_core_plan(plan), records.values(), scope.today)
    by_record = {row.account: row.territory for row in decided if row.layer == layer.code}
    return {unit: by_record[record["id"]] for unit, record in records.items()}
