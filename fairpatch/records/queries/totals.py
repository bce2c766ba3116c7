"""How much does each territory and each rep carry, of what one may see? Added up the tree in one pass.

Worked out once per state of the company and scope, so that a page never counts a large company twice.
"""

from collections.abc import Hashable

import numpy as np
from django.db.models import Sum

from fairpatch.records.models import Deal, Quota
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.snapshot import find_visible_rows, load_snapshot
from fairpatch.records.queries.standing import find_state_mark
from fairpatch.records.queries.tree import Tree, load_tree
from fairpatch.records.snapshot import Figures, Ids, Snapshot
from fairpatch.records.visibility import Scope, visible_accounts

KEYS = ("accounts", "own_accounts", "revenue_minor", "open_deals", "pipeline_minor", "quota_minor")
REP_KEYS = ("accounts", "revenue_minor", "pipeline_minor", "quota_minor")


def make_scope_key(scope: Scope) -> tuple[Hashable, ...]:
    """What identifies the sight of a scope at one state of the company."""
    return *name_sight(scope), find_state_mark()


def name_sight(scope: Scope) -> tuple[Hashable, ...]:
    """What identifies what a scope sees, whatever the state of the company."""
    sight: Hashable = True if scope.sees_all else (scope.rep_ids, scope.territory_ids)
    return sight, make_plan_key(scope.plan) if scope.plan else None, scope.today


def load_totals(scope: Scope) -> dict[int, dict[str, int]]:
    """Roll-ups by territory of the live plan."""
    return keep_content("totals", make_scope_key(scope), lambda: _sum_territories(scope))


def _sum_territories(scope: Scope) -> dict[int, dict[str, int]]:
    assert scope.plan is not None, "totals are of the live plan"
    tree = load_tree(scope.plan)
    snapshot = load_snapshot()
    own = keep_content("own", (*name_sight(scope), snapshot.serial), lambda: _sum_held(scope, tree, snapshot))
    quotas = load_territory_quotas(scope)
    return add_up_tree(tree, {key: [*sums, quotas.get(key, 0)] for key, sums in own.items()})


def _sum_held(scope: Scope, tree: Tree, snapshot: Snapshot) -> dict[int, list[int]]:
    """Accounts, revenue, open deals and pipeline that each territory holds itself."""
    seen = find_visible_rows(scope, snapshot)
    ids = np.array(sorted(tree.by_id), np.int64)
    held = {key: [0, 0, 0, 0] for key in ids.tolist()}
    for figures in snapshot.layers.values() if len(ids) else ():
        places = np.minimum(np.searchsorted(ids, figures["territory"]), len(ids) - 1)
        is_counted = ids[places] == figures["territory"]
        rows = np.flatnonzero(is_counted if seen is None else is_counted & seen)
        for key, values in zip(held, sum_places(snapshot, places, rows, len(ids)), strict=True):
            held[key] = [a + b for a, b in zip(held[key], values, strict=True)]
    return held


def sum_places(snapshot: Snapshot, places: Figures, rows: Ids, count: int) -> list[list[int]]:
    """Accounts, revenue, open deals and pipeline of some rows by the place that each row has."""
    at = places[rows]
    columns = [np.bincount(at, minlength=count)]
    for values in (snapshot.revenue, snapshot.figures["open_deals"], snapshot.figures["pipeline"]):
        # Not by weights of bincount: floating point would lose the last cents of a large company.
        sums = np.zeros(count, np.int64)
        np.add.at(sums, at, values[rows])
        columns.append(sums)
    return np.stack(columns, axis=1).tolist() if count else []


def add_up_tree(tree: Tree, own: dict[int, list[int]]) -> dict[int, dict[str, int]]:
    """What each territory carries with all below it, from accounts, revenue, deals, pipeline and quota of
    its own.
    """
    # Children before parents, so that one pass adds everything up.
    sums = {key: list(values) for key, values in own.items()}
    for node in reversed(tree.nodes):
        if node.parent_id is not None:
            above = sums[node.parent_id]
            for place, value in enumerate(sums[node.id]):
                above[place] += value
    return {
        key: dict(zip(KEYS, (values[0], own[key][0], *values[1:]), strict=True))
        for key, values in sums.items()
    }


def load_territory_quotas(scope: Scope) -> dict[int, int]:
    """Today's quota of each territory of the live plan: its own; else that of the rep in its primary seat,
    once per rep.
    """
    tree = load_tree(scope.plan) if scope.plan else Tree([], [])
    live = Quota.objects.filter(starts_on__lte=scope.today, ends_on__gte=scope.today)
    quotas: dict[int, int] = {}
    reps: dict[int, int] = {}
    for territory, rep, amount in live.values_list("territory_id", "rep_id", "amount_minor"):
        if territory is not None:
            quotas[territory] = quotas.get(territory, 0) + amount
        else:
            reps[rep] = reps.get(rep, 0) + amount
    if reps and scope.plan is not None:
        seats = scope.plan.seats.filter(kind="primary").values_list(
            "territory_id", "rep_id", "from_on", "until_on"
        )
        for territory, rep, start, end in sorted(seats, key=lambda row: _place(tree, row[0])):
            is_live = (start is None or start <= scope.today) and (end is None or scope.today <= end)
            if is_live and territory not in quotas and rep in reps:
                quotas[territory] = reps.pop(rep)
    if scope.sees_all:
        return quotas
    return {key: amount for key, amount in quotas.items() if key in scope.territory_ids}


def _place(tree: Tree, territory_id: int) -> int:
    node = tree.by_id.get(territory_id)
    return node.position if node else len(tree.nodes)


def load_rep_totals(scope: Scope) -> dict[int, dict[str, int]]:
    """Accounts, revenue, open pipeline and today's quota by rep, of what one may see."""
    return keep_content("rep_totals", make_scope_key(scope), lambda: _sum_reps(scope))


def _sum_reps(scope: Scope) -> dict[int, dict[str, int]]:
    deals = Deal.objects.filter(outcome=Deal.Outcome.OPEN)
    if not scope.sees_all:
        deals = deals.filter(account_id__in=visible_accounts(scope).values("id"))
    snapshot = load_snapshot()
    seen = find_visible_rows(scope, snapshot)
    rows = np.arange(snapshot.size) if seen is None else np.flatnonzero(seen)
    owners, places = np.unique(snapshot.figures["owner"], return_inverse=True)
    totals: dict[int, dict[str, int]] = {}
    for rep, values in zip(owners.tolist(), sum_places(snapshot, places, rows, len(owners)), strict=True):
        if values[0]:
            total = totals.setdefault(rep, dict.fromkeys(REP_KEYS, 0))
            total["accounts"], total["revenue_minor"] = values[:2]
    for rep, amount in deals.values_list("owner_id").annotate(Sum("amount_minor")).order_by():
        totals.setdefault(rep, dict.fromkeys(REP_KEYS, 0))["pipeline_minor"] = amount or 0
    for rep, amount in load_rep_quotas(scope).items():
        totals.setdefault(rep, dict.fromkeys(REP_KEYS, 0))["quota_minor"] += amount
    return totals


def load_rep_quotas(scope: Scope) -> dict[int, int]:
    """Today's quota of each person in sight."""
    quotas = Quota.objects.filter(starts_on__lte=scope.today, ends_on__gte=scope.today, rep__isnull=False)
    if not scope.sees_all:
        quotas = quotas.filter(rep_id__in=scope.rep_ids)
    found: dict[int, int] = {}
    for rep_id, amount in quotas.values_list("rep_id", "amount_minor"):
        assert rep_id is not None, "filtered above"
        found[rep_id] = found.get(rep_id, 0) + amount
    return found
