"""What in a plan is allowed but surely not meant, as far as reading it shows?

Definitions nothing uses, values outside a closed list, territories that can claim nothing, lists that
contradict each other or name accounts that are not there. What rules do to one another is looked at in
`engines/analysis`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from fairpatch.core.plans.findings import FindingKind, PlanFinding
from fairpatch.core.plans.plan import Plan, fold_account_id
from fairpatch.core.rules.account import fold_value
from fairpatch.core.rules.tree import AreaRef, Condition, SetRef, walk_conditions
from fairpatch.core.territories.hierarchy import Hierarchy

_LISTED_OPERATORS = ("=", "!=", "in", "not in")


def find_loose_ends(plan: Plan, hierarchy: Hierarchy) -> Iterator[PlanFinding]:
    """Everything of that kind in a plan free of faults."""
    yield from _find_unused(plan)
    yield from _find_foreign_values(plan)
    yield from _find_idle_territories(plan, hierarchy)
    yield from _find_double_names(plan, hierarchy)


def find_unknown_accounts(plan: Plan, known: Collection[str]) -> Iterator[PlanFinding]:
    """Accounts that lists and locks name and that are not among the `known` folded ids."""
    for place, territory in enumerate(plan.territories):
        for key in ("accounts", "exclude"):
            for account in getattr(territory, key):
                if fold_account_id(account) not in known:
                    sentence = f'{territory.code} lists the account "{account}", which is not there.'
                    where = f"territories[{place}].{key}"
                    yield _warn(
                        "unknown", where, sentence, territory.code, "Check the id, or take it off the list."
                    )
    for place, lock in enumerate(plan.locks):
        if fold_account_id(lock.account) not in known:
            sentence = f'The lock to {lock.territory} names the account "{lock.account}", which is not there.'
            yield _warn(
                "unknown",
                f"locks[{place}].account",
                sentence,
                lock.territory,
                "Check the id, or end the lock.",
            )


def _warn(
    kind: FindingKind, where: str, sentence: str, territory: str | None = None, suggestion: str | None = None
) -> PlanFinding:
    return PlanFinding("warning", where, sentence, suggestion=suggestion, kind=kind, territory=territory)


def _find_unused(plan: Plan) -> Iterator[PlanFinding]:
    conditions = [
        condition for item in plan.territories if item.rule for condition in walk_conditions(item.rule)
    ]
    used_sets = {one.value.name for one in conditions if isinstance(one.value, SetRef)}
    used_areas = {one.value.name for one in conditions if isinstance(one.value, AreaRef)}
    for name in sorted(plan.value_sets.keys() - used_sets):
        yield _warn("unused", f"value_sets.{name}", f'No rule uses the value set "{name}".')
    for name in sorted(plan.areas.keys() - used_areas):
        yield _warn("unused", f"areas.{name}", f'No rule uses the area "{name}".')
    used_regions = _list_used_regions(plan, conditions)
    for name in sorted(plan.regions):
        if fold_value(plan.catalogue["region"], name) not in used_regions:
            yield _note(f"regions.{name}", f'No rule uses the region "{name}".')
    used_fields = {condition.field for condition in conditions}
    for place, field in enumerate(plan.fields):
        if field.name not in used_fields:
            yield _note(f"fields[{place}]", f'No rule tests the field "{field.name}".')


def _note(where: str, sentence: str) -> PlanFinding:
    return PlanFinding("info", where, sentence, kind="unused")


def _list_used_regions(plan: Plan, conditions: list[Condition]) -> frozenset[object]:
    """Folded names of regions that conditions list; a test of their text looks at all of them."""
    field = plan.catalogue["region"]
    used: set[object] = set()
    for condition in conditions:
        if condition.field == "region" and condition.operator in _LISTED_OPERATORS:
            used |= plan.scope.fold_members(field, condition.value)
        elif condition.field == "region":
            used |= {fold_value(field, name) for name in plan.regions}
    return frozenset(used)


def _find_foreign_values(plan: Plan) -> Iterator[PlanFinding]:
    """Values outside a closed list: regions the plan does not have, choices a field does not offer."""
    for place, territory in enumerate(plan.territories):
        for condition in walk_conditions(territory.rule) if territory.rule else ():
            field = plan.catalogue[condition.field]
            known = plan.regions if field.name == "region" else field.choices
            if (field.name != "region" and not known) or condition.operator not in _LISTED_OPERATORS:
                continue
            offered = {fold_value(field, value) for value in known}
            for value in sorted(plan.scope.fold_members(field, condition.value) - offered):
                sentence = f'{field.name} is never "{value}": it is none of {", ".join(sorted(known))}.'
                yield _warn("foreign", f"territories[{place}].rule", sentence, territory.code)


def _find_idle_territories(plan: Plan, tree: Hierarchy) -> Iterator[PlanFinding]:
    locked_to = {lock.territory for lock in plan.locks}
    for place, territory in enumerate(plan.territories):
        code, where = territory.code, f"territories[{place}]"
        named, excluded = (set(map(fold_account_id, ids)) for ids in (territory.accounts, territory.exclude))
        for account in sorted(named & excluded):
            sentence = f'The account "{account}" is both named and excluded; excluding it wins.'
            yield _warn("list", f"{where}.exclude", sentence, code, "Take it off one of the two lists.")
        if not tree.is_assignable(code):
            if territory.accounts:
                sentence = f"{code} is not assignable, so its list claims nothing."
                yield _warn("idle", f"{where}.accounts", sentence, code, "Name them in a territory below it.")
            if code in locked_to:
                sentence = f"Locks send accounts to {code}, which is not assignable."
                yield _warn("idle", where, sentence, code, "Lock them to a territory below it.")
        elif territory.rule is None and not territory.accounts and code not in locked_to:
            sentence = f"{code} has neither rule nor accounts, so it claims nothing."
            yield _warn("idle", where, sentence, code, "Give it a rule or a list, or remove it.")


def _find_double_names(plan: Plan, tree: Hierarchy) -> Iterator[PlanFinding]:
    """Accounts that several territories of a layer name: priority, depth, then code decide."""
    claims: dict[tuple[str, str], list[tuple[tuple[int, int, str], int]]] = {}
    for place, territory in enumerate(plan.territories):
        if not tree.is_assignable(territory.code):
            continue
        rank = (-tree.priority_of(territory.code), -tree.depth_of(territory.code), territory.code)
        layer = tree.layer_of(territory.code)
        excluded = set(map(fold_account_id, territory.exclude))
        for account in sorted(set(map(fold_account_id, territory.accounts)) - excluded):
            claims.setdefault((layer, account), []).append((rank, place))
    for (_, account), rivals in claims.items():
        (best, _), *others = sorted(rivals)
        for rank, place in others:
            sentence = (
                f'{best[2]} and {rank[2]} both name the account "{account.upper()}"; {best[2]} gets it.'
            )
            found = _warn(
                "list", f"territories[{place}].accounts", sentence, rank[2], "Name it in one of them."
            )
            yield replace(found, others=(best[2],), account={"id": account.upper()})
