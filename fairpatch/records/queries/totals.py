"""How much does each territory and each rep carry, of what one may see? Added up the tree in one pass.

Worked out once per state of the company and scope, so that a page never counts a large company twice.
"""

from collections.abc import Hashable

from django.db.models import Count, Sum

from fairpatch.records.models import Account, Assignment, Deal, Quota
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.standing import find_state_mark
from fairpatch.records.queries.tree import Tree, load_tree
from fairpatch.records.visibility import Scope, visible_accounts

KEYS = ("accounts", "own_accounts", "revenue_minor", "open_deals", "pipeline_minor", "quota_minor")
REP_KEYS = ("accounts", "revenue_minor", "pipeline_minor", "quota_minor")


def make_scope_key(scope: Scope) -> tuple[Hashable, ...]:
    """What identifies the sight of a scope at one state of the company."""
    sight: Hashable = True if scope.sees_all else (scope.rep_ids, scope.territory_ids)
    plan = make_plan_key(scope.plan) if scope.plan else None
    return sight, plan, scope.today, find_state_mark()


def load_totals(scope: Scope) -> dict[int, dict[str, int]]:
    """Roll-ups by territory of the live plan."""
    return keep_content("totals", make_scope_key(scope), lambda: _sum_territories(scope))


def _sum_territories(scope: Scope) -> dict[int, dict[str, int]]:
    assert scope.plan is not None, "totals are of the live plan"
    tree = load_tree(scope.plan)
    own: dict[int, list[int]] = {node.id: [0, 0, 0, 0, 0] for node in tree.nodes}
    decided = Assignment.objects.filter(territory_id__isnull=False, account__ended_at__isnull=True)
    deals = Deal.objects.filter(outcome=Deal.Outcome.OPEN, account__ended_at__isnull=True)
    if not scope.sees_all:
        seen = visible_accounts(scope).values("id")
        decided = decided.filter(account_id__in=seen)
        deals = deals.filter(account_id__in=seen)
    rows = decided.values_list("territory_id").annotate(Count("id"), Sum("account__annual_revenue_minor"))
    for key, count, revenue in rows.order_by():
        if key in own:
            own[key][:2] = count, revenue or 0
    placed = deals.filter(account__assignments__territory_id__isnull=False)
    sums = placed.values_list("account__assignments__territory_id").annotate(Count("id"), Sum("amount_minor"))
    for key, count, amount in sums.order_by():
        if key in own:
            own[key][2:4] = count, amount or 0
    for key, amount in _read_quotas(scope, tree).items():
        if key in own:
            own[key][4] = amount
    return _roll_up(tree, own)


def _roll_up(tree: Tree, own: dict[int, list[int]]) -> dict[int, dict[str, int]]:
    """Children before parents, so that one pass adds everything up."""
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


def _read_quotas(scope: Scope, tree: Tree) -> dict[int, int]:
    """Today's quota of each territory: its own; else that of the rep in its primary seat, once per rep."""
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
    accounts = Account.objects.filter(ended_at__isnull=True)
    deals = Deal.objects.filter(outcome=Deal.Outcome.OPEN)
    if not scope.sees_all:
        seen = visible_accounts(scope).values("id")
        accounts = accounts.filter(id__in=seen)
        deals = deals.filter(account_id__in=seen)
    totals: dict[int, dict[str, int]] = {}
    held = accounts.values_list("owner_id").annotate(Count("id"), Sum("annual_revenue_minor")).order_by()
    for rep, count, revenue in held:
        total = totals.setdefault(rep, dict.fromkeys(REP_KEYS, 0))
        total["accounts"], total["revenue_minor"] = count, revenue or 0
    for rep, amount in deals.values_list("owner_id").annotate(Sum("amount_minor")).order_by():
        totals.setdefault(rep, dict.fromkeys(REP_KEYS, 0))["pipeline_minor"] = amount or 0
    quotas = Quota.objects.filter(starts_on__lte=scope.today, ends_on__gte=scope.today, rep__isnull=False)
    if not scope.sees_all:
        quotas = quotas.filter(rep_id__in=scope.rep_ids)
    for rep_id, amount in quotas.values_list("rep_id", "amount_minor"):
        assert rep_id is not None, "filtered above"
        totals.setdefault(rep_id, dict.fromkeys(REP_KEYS, 0))["quota_minor"] += amount
    return totals
