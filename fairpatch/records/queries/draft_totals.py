"""What would each territory of a draft carry? The draft routed over today's accounts.

A draft that shares its boundaries and locks with the live plan has the live plan's totals.
"""

from fairpatch.records.models import Plan
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import load_company, load_decisions
from fairpatch.records.queries.totals import KEYS, load_totals, make_scope_key
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import Scope, visible_accounts


def decides_alike(scope: Scope, plan: Plan) -> bool:
    """Does the plan share boundaries and locks with the live one?"""
    if scope.plan is None:
        return False
    if plan.id == scope.plan.id:
        return True
    return (
        plan.layout_id == scope.plan.layout_id
        and load_core_plan(plan).locks == load_core_plan(scope.plan).locks
    )


def load_draft_totals(scope: Scope, plan: Plan) -> dict[int, dict[str, int]]:
    """Roll-ups by territory of a plan that is not live, of what one may see."""
    if decides_alike(scope, plan):
        return load_totals(scope)
    key = (make_plan_key(plan), make_scope_key(scope))
    return keep_content("draft_totals", key, lambda: _sum_draft(scope, plan))


def _sum_draft(scope: Scope, plan: Plan) -> dict[int, dict[str, int]]:
    tree = load_tree(plan)
    company = load_company(scope, load_core_plan(plan))
    seen = None if scope.sees_all else set(visible_accounts(scope).values_list("id", flat=True))
    totals = {node.id: dict.fromkeys(KEYS, 0) for node in tree.nodes}
    for layer in tree.layers:
        for folded, decision in load_decisions(scope, plan, layer.code).items():
            account = company.ids[folded]
            if decision.territory is None or (seen is not None and account not in seen):
                continue
            revenue, deals, pipeline = company.weights[account]
            total = totals[tree.by_code[decision.territory].id]
            total["accounts"] += 1
            total["own_accounts"] += 1
            total["revenue_minor"] += revenue
            total["open_deals"] += deals
            total["pipeline_minor"] += pipeline
    # Quotas do not move with a draft: they are shown as they are today, rolled up already.
    live = load_totals(scope) if scope.plan else {}
    for node in reversed(tree.nodes):
        totals[node.id]["quota_minor"] = live[node.id]["quota_minor"] if node.id in live else 0
        if node.parent_id is not None:
            for key in ("accounts", "revenue_minor", "open_deals", "pipeline_minor"):
                totals[node.parent_id][key] += totals[node.id][key]
    return totals
