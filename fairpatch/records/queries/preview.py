"""What would a territory win and lose with another rule or priority? Answered while it is typed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from fairpatch.core.errors import FaultyInputError
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.plans.plan import Territory
from fairpatch.core.rules.settle import find_rule_faults
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.records.models import Plan, Rep
from fairpatch.records.queries.accounts import ROW, shape_account_rows
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import Company, decide_layer, load_company, load_decisions
from fairpatch.records.queries.snapshot import find_visible_rows
from fairpatch.records.queries.standing import load_owners
from fairpatch.records.queries.totals import load_rep_quotas, load_territory_quotas
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.routing_engine import Mask, Outcome, get_engine
from fairpatch.records.snapshot import Ids
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts

SAMPLE = 10
Groups = dict[str | None, Ids]
"""Rows by the other territory."""


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
    before = load_decisions(scope, plan, layer, company)
    after = decide_layer(scope, plan, changed, layer, company)
    seen = find_visible_rows(scope, company.snapshot)
    inside = {code, *hierarchy.descendants_of(code)}
    was_inside = before.place_of(inside)[before.territory]
    is_inside = after.place_of(inside)[after.territory]
    won = _find_rows(is_inside, seen)
    takes = _group_rows(before, _find_rows(is_inside & ~was_inside, seen))
    loses = _group_rows(after, _find_rows(was_inside & ~is_inside, seen))
    taken = np.sort(np.concatenate([*takes.values(), np.empty(0, np.int64)]))
    weigh = _Scales(scope, plan, hierarchy, company)
    return {
        "matches": _count_matches(scope, changed, hierarchy, code, company, seen),
        "wins": len(won),
        "takes": weigh.weigh_territories(takes),
        "loses": weigh.weigh_territories(loses),
        "owners": weigh.weigh_owners(layer, before, after, seen),
        "sample": _list_sample(scope, company, taken if len(taken) else won),
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


def _find_rows(wanted: Mask, seen: Mask | None) -> Ids:
    return np.flatnonzero(wanted if seen is None else wanted & seen)


def _group_rows(outcome: Outcome, rows: Ids) -> Groups:
    """Rows by the territory in which they are."""
    order = np.argsort(outcome.territory[rows], kind="stable")
    places, first = np.unique(outcome.territory[rows][order], return_index=True)
    parts = np.split(rows[order], first[1:]) if len(places) else []
    return {outcome.name_place(place): part for place, part in zip(places.tolist(), parts, strict=True)}


def _count_matches(
    scope: Scope, plan: CorePlan, hierarchy: Hierarchy, code: str, company: Company, seen: Mask | None
) -> int:
    """Accounts that the effective rule matches, whoever wins them."""
    rule = hierarchy.effective_rule_of(code)
    if rule is None:
        return 0
    is_matched = get_engine().match_rule(plan, rule, company.columns, scope.today)
    return len(_find_rows(is_matched, seen))


class _Scales:
    """What hangs on the accounts that would change hands."""

    def __init__(self, scope: Scope, plan: Plan, hierarchy: Hierarchy, company: Company) -> None:
        self._scope, self._plan, self._company = scope, plan, company
        self._hierarchy = hierarchy
        self._tree = load_tree(plan)

    def weigh_territories(self, groups: Groups) -> list[dict[str, Any]]:
        """What each other territory gives or gets, and the quota it has today."""
        quotas = load_territory_quotas(self._scope)
        shares = []
        for code, rows in groups.items():
            node = self._tree.by_code.get(code) if code else None
            accounts, revenue, deals, pipeline = self._company.weigh_rows(rows)
            shares.append(
                {
                    "territory": code,
                    "name": (node.name if node else code) if code else "Unassigned",
                    "accounts": accounts,
                    "revenue_minor": revenue,
                    "open_deals": deals,
                    "pipeline_minor": pipeline,
                    "quota_minor": quotas.get(node.id, 0) if node else 0,
                }
            )
        return sorted(shares, key=lambda share: (-share["accounts"], share["territory"] or ""))

    def weigh_owners(
        self, layer: str, before: Outcome, after: Outcome, seen: Mask | None
    ) -> list[dict[str, Any]]:
        """What each person would give and get, by who answers for the territories today."""
        sums: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(OWNER_KEYS, 0))
        for (giver, taker), rows in self._list_flows(layer, before, after, seen):
            accounts, _, deals, pipeline = self._company.weigh_rows(rows)
            for rep, side in ((giver, "out"), (taker, "in")):
                if rep is not None and giver != taker:
                    sums[rep][f"accounts_{side}"] += accounts
                    sums[rep][f"open_deals_{side}"] += deals
                    sums[rep][f"pipeline_minor_{side}"] += pipeline
        names = dict(Rep.objects.filter(id__in=sums).values_list("id", "name"))
        quotas = load_rep_quotas(self._scope)
        shares = [
            {"rep_id": rep, "name": names[rep], **values, "quota_minor": quotas.get(rep, 0)}
            for rep, values in sums.items()
        ]
        return sorted(
            shares, key=lambda share: (-share["accounts_in"] - share["accounts_out"], share["rep_id"])
        )

    def _list_flows(
        self, layer: str, before: Outcome, after: Outcome, seen: Mask | None
    ) -> Iterator[tuple[tuple[int | None, int | None], Ids]]:
        """Who gives, who gets, and which rows."""
        codes = sorted({*before.codes, *after.codes})
        moved = _find_rows(before.read_as(codes) != after.read_as(codes), seen)
        for old, rows in _group_rows(before, moved).items():
            for new, part in _group_rows(after, rows).items():
                yield (self._find_owner(old, layer), self._find_owner(new, layer)), part

    def _find_owner(self, code: str | None, layer: str) -> int | None:
        """A territory that is only being thought of would answer to those above it."""
        while code is not None and code not in self._tree.by_code:
            code = self._hierarchy.parent_of(code)
        owners = load_owners(self._scope, self._plan)
        primary = self._tree.primary_layer
        is_primary = primary is not None and primary.code == layer
        return owners.find_owner(self._tree.by_code[code].id if code else None, is_primary=is_primary)[0]


OWNER_KEYS = (
    *("accounts_out", "open_deals_out", "pipeline_minor_out"),
    *("accounts_in", "open_deals_in", "pipeline_minor_in"),
)


def _list_sample(scope: Scope, company: Company, rows: Ids) -> list[dict[str, Any]]:
    wanted = company.ids[rows[:SAMPLE]].tolist()
    found = visible_accounts(scope).filter(id__in=wanted).order_by("name", "id")
    return shape_account_rows(scope, list(found.values_list(*ROW)))
