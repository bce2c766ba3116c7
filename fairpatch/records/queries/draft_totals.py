"""What would each territory of a draft carry? The draft routed over today's accounts.

A draft that shares its boundaries and locks with the live plan has the live plan's totals.
"""

import numpy as np

from fairpatch.records.models import Plan
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import load_company, load_decisions
from fairpatch.records.queries.snapshot import find_visible_rows
from fairpatch.records.queries.totals import add_up_tree, load_totals, make_scope_key, sum_places
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import Scope


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
    own: dict[int, list[int]] = {node.id: [0, 0, 0, 0, 0] for node in tree.nodes}
    company = load_company(scope, load_core_plan(plan))
    seen = find_visible_rows(scope, company.snapshot)
    for layer in tree.layers:
        outcome = load_decisions(scope, plan, layer.code, company)
        is_counted = outcome.territory >= 0 if seen is None else (outcome.territory >= 0) & seen
        sums = sum_places(company.snapshot, outcome.territory, np.flatnonzero(is_counted), len(outcome.codes))
        for code, values in zip(outcome.codes, sums, strict=True):
            if values[0]:
                own[tree.by_code[code].id][:4] = values
    totals = add_up_tree(tree, own)
    # Quotas do not move with a draft: they are shown as they are today, rolled up already.
    live = load_totals(scope) if scope.plan else {}
    for key, total in totals.items():
        total["quota_minor"] = live[key]["quota_minor"] if key in live else 0
    return totals
