"""What is allowed in a plan but surely not meant, and what would a rule being typed do to its neighbours?"""

from collections import Counter
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fairpatch.api.answers import answer_json
from fairpatch.api.auth import READING_AUTH, get_scope
from fairpatch.api.problems import shape_finding
from fairpatch.api.rules import read_rule
from fairpatch.api.shapes.findings import PlanFindings, RuleFindingsQuestion
from fairpatch.core.plans.analysis import find_unknown_accounts
from fairpatch.core.plans.findings import KIND_TITLES, KINDS, PlanFinding, PlanReport
from fairpatch.core.plans.plan import Plan, Territory
from fairpatch.engines.analysis.analyse import analyse_plan, analyse_territory, choose_facts
from fairpatch.records.queries.listed import find_listed_accounts
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plans import find_plan, load_core_plan

router = Router(tags=["findings"])

MOST_LISTED = 200


@router.get("/plans/{plan_id}/findings", response=PlanFindings)
def get_plan_findings(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Everything noticed about a plan as it stands: faults, or else contradictions, ties, gaps and so on."""
    plan = find_plan(get_scope(request), plan_id, is_whole=True)
    core = load_core_plan(plan)
    key = (*make_plan_key(plan), core.fields)
    report = keep_content("findings", key, lambda: analyse_plan(core, choose_facts(core), most=MOST_LISTED))
    unknown = list(find_unknown_accounts(core, find_listed_accounts(core)))
    return answer_json(_shape_report(report, unknown))


@router.post("/rules/findings", response=PlanFindings, auth=READING_AUTH)
def post_rule_findings(request: HttpRequest, asked: RuleFindingsQuestion) -> HttpResponse:
    """What concerns one territory, with the rule or place it might get. Nothing is stored."""
    plan = find_plan(get_scope(request), asked.plan_id or "active", is_whole=True)
    changed = _change_plan(load_core_plan(plan), asked)
    return answer_json(_shape_report(analyse_territory(changed, asked.territory, choose_facts(changed)), []))


def _change_plan(plan: Plan, asked: RuleFindingsQuestion) -> Plan:
    fields: dict[str, Any] = {}
    if "rule" in asked.model_fields_set:
        fields["rule"] = read_rule(asked.rule, plan.catalogue) if asked.rule else None
    for name in ("priority", "parent", "layer"):
        if name in asked.model_fields_set:
            fields[name] = getattr(asked, name)
    territories = list(plan.territories)
    for place, territory in enumerate(territories):
        if territory.code == asked.territory:
            territories[place] = replace(territory, **fields)
            break
    else:
        territories.append(Territory(asked.territory, **fields))
    return replace(plan, territories=tuple(territories))


def _shape_report(report: PlanReport, unknown: list[PlanFinding]) -> dict[str, Any]:
    findings = [*report.findings, *unknown[:MOST_LISTED]]
    totals = Counter({**report.totals, "unknown": len(unknown)})
    listed = Counter(finding.kind for finding in findings)
    return {
        "counts": [
            {"kind": kind, "title": KIND_TITLES[kind], "total": totals[kind], "listed": listed[kind]}
            for kind in KINDS
            if totals[kind]
        ],
        "findings": [_shape_plan_finding(finding) for finding in findings],
    }


def _shape_plan_finding(finding: PlanFinding) -> dict[str, Any]:
    return {
        **shape_finding(finding),
        "kind": finding.kind,
        "territory": finding.territory,
        "others": finding.others,
        "account": finding.account,
        "is_certain": finding.is_certain,
    }
