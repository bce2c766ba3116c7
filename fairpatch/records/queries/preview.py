"""What would a territory win and lose with another rule or priority? Answered while it is typed."""

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

from fairpatch.core.errors import FaultyInputError
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.plans.plan import Territory
from fairpatch.core.routing.claims import prepare_rule
from fairpatch.core.rules.settle import find_rule_faults
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.records.models import Plan
from fairpatch.records.queries.accounts import ROW, shape_account_rows
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import Company, decide_layer, load_company, load_decisions
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts

SAMPLE = 10


def preview_rule(scope: Scope, plan: Plan, fields: dict[str, Any]) -> dict[str, Any]:
    """Accounts the territory's effective rule matches, those it would win, and from and to whom they go.

    `fields` holds `code` and what differs: `rule`, `priority`, and for a new territory `parent`, `layer`.
    """
    core = load_core_plan(plan)
    changed = _change_territory(core, fields)
    hierarchy = Hierarchy(changed)
    code = fields["code"]
    layer = hierarchy.layer_of(code)
    if layer not in {item.code for item in changed.layers}:
        raise NotFoundError("layer of this code in this plan")
    _check_rule(changed, code)
    company = load_company(scope, core)
    before = load_decisions(scope, plan, layer)
    after = decide_layer(scope, changed, layer, scope.today)
    seen = None if scope.sees_all else set(visible_accounts(scope).values_list("id", flat=True))
    inside = {code, *hierarchy.descendants_of(code)}
    takes: dict[str | None, list[int]] = defaultdict(list)
    loses: dict[str | None, list[int]] = defaultdict(list)
    won: list[int] = []
    for folded, decision in after.items():
        account = company.ids[folded]
        if seen is not None and account not in seen:
            continue
        old, new = before[folded].territory, decision.territory
        if new in inside:
            won.append(account)
            if old not in inside:
                takes[old].append(account)
        elif old in inside:
            loses[new].append(account)
    names = {node.code: node.name for node in load_tree(plan).nodes}
    taken = [account for accounts in takes.values() for account in accounts]
    return {
        "matches": _count_matches(changed, hierarchy, code, company, seen),
        "wins": len(won),
        "takes": _weigh(takes, company, names),
        "loses": _weigh(loses, company, names),
        "sample": _list_sample(scope, taken or won),
    }


def _change_territory(core: CorePlan, fields: dict[str, Any]) -> CorePlan:
    found = next((item for item in core.territories if item.code == fields["code"]), None)
    others = tuple(item for item in core.territories if item is not found)
    changed = replace(found or Territory(fields["code"]), **fields)
    if changed.parent is not None and changed.parent not in {item.code for item in others}:
        raise NotFoundError("territory with the code of this parent")
    return replace(core, territories=(*others, changed))


def _check_rule(plan: CorePlan, code: str) -> None:
    rule = next(item.rule for item in plan.territories if item.code == code)
    if rule is None:
        return
    findings = find_rule_faults(rule, plan.catalogue, plan.value_sets, plan.areas, "rule")
    faults = [finding for finding in findings if finding.is_error]
    if faults:
        raise FaultyInputError(faults, "rule_faulty")


def _count_matches(
    plan: CorePlan, hierarchy: Hierarchy, code: str, company: Company, seen: set[int] | None
) -> int:
    """Accounts that the effective rule matches, whoever wins them."""
    rule = hierarchy.effective_rule_of(code)
    if rule is None:
        return 0
    matches = prepare_rule(rule, plan.scope).matches
    rows = company.book.seen.items()
    return sum(1 for key, row in rows if (seen is None or company.ids[key] in seen) and matches(row))


def _weigh(
    groups: dict[str | None, list[int]], company: Company, names: dict[str, str]
) -> list[dict[str, Any]]:
    shares = []
    for code, accounts in groups.items():
        sums: Counter[str] = Counter()
        for account in accounts:
            revenue, deals, pipeline = company.weights[account]
            sums.update(revenue_minor=revenue, open_deals=deals, pipeline_minor=pipeline)
        shares.append(
            {
                "territory": code,
                "name": names.get(code, code) if code else "Unassigned",
                "accounts": len(accounts),
                "revenue_minor": sums["revenue_minor"],
                "open_deals": sums["open_deals"],
                "pipeline_minor": sums["pipeline_minor"],
            }
        )
    return sorted(shares, key=lambda share: (-share["accounts"], share["territory"] or ""))


def _list_sample(scope: Scope, accounts: list[int]) -> list[dict[str, Any]]:
    rows = visible_accounts(scope).filter(id__in=sorted(accounts)[:SAMPLE]).order_by("name", "id")
    return shape_account_rows(scope, list(rows.values_list(*ROW)))
