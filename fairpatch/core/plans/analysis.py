"""What in a plan is allowed but surely not meant? Exact statements only; silence proves nothing.

Found here: value sets, regions and areas nothing uses; conditions that contradict each other, so that
a rule can never match; territories that can claim nothing; rules that repeat a better-ranked one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairpatch.core.errors import Finding
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.core.plans.plan import Plan, fold_account_id
from fairpatch.core.rules.account import fold_value
from fairpatch.core.rules.match import Scope
from fairpatch.core.rules.normal import Conjunct, Literal, normalise_rule
from fairpatch.core.rules.tree import All, AreaRef, Condition, Range, Rule, SetRef, walk_conditions
from fairpatch.core.territories.hierarchy import Hierarchy


def analyse_plan(plan: Plan) -> list[Finding]:
    """Faults; for a plan without any, warnings about what was surely not meant."""
    faults = find_plan_faults(plan)
    if faults:
        return faults
    hierarchy = Hierarchy(plan)
    places = {territory.code: place for place, territory in enumerate(plan.territories)}
    return [
        *_find_unused(plan),
        *_find_foreign_values(plan),
        *_find_idle_territories(plan, hierarchy, places),
        *_find_dead_rules(plan, hierarchy, places),
        *_find_repeated_rules(plan, hierarchy, places),
    ]


def is_contradiction(conjunct: Conjunct, scope: Scope) -> bool:
    """Whether conditions of one conjunct exclude each other. True is certain; False is not.

    Looks at one field at a time: emptiness, listed values, and order.
    """
    by_field: dict[str, list[Literal]] = {}
    for literal in conjunct:
        by_field.setdefault(literal.condition.field, []).append(literal)
    return any(_do_exclude_each_other(literals, scope) for literals in by_field.values())


def _do_exclude_each_other(literals: list[Literal], scope: Scope) -> bool:
    must_be_empty = any(literal.condition.operator == "is empty" for literal in literals)
    must_be_there = any(
        literal.is_positive and literal.condition.operator != "is empty" for literal in literals
    )
    if must_be_empty and must_be_there:
        return True
    field = scope.catalogue[literals[0].condition.field]
    if field.name == "region" or field.type in ("tags", "position"):
        return False  # several values at once, or none that can be listed
    listed: frozenset[object] | None = None
    for literal in literals:
        if literal.condition.operator in ("=", "in") and literal.is_positive:
            members = scope.fold_members(field, literal.condition.value)
            listed = members if listed is None else listed & members
    for literal in literals:
        if listed is not None and literal.condition.operator in ("=", "in") and not literal.is_positive:
            listed = listed - scope.fold_members(field, literal.condition.value)
    return (listed is not None and not listed) or _is_order_empty(literals, scope)


def _is_order_empty(literals: list[Literal], scope: Scope) -> bool:
    """Whether positive order conditions on one field leave no value between them."""
    low: tuple[Any, bool] | None = None
    high: tuple[Any, bool] | None = None
    field = scope.catalogue[literals[0].condition.field]
    for literal in literals:
        operator, value = literal.condition.operator, literal.condition.value
        if not literal.is_positive or operator not in ("<", "<=", ">", ">=", "between"):
            continue
        if isinstance(value, Range):
            bounds = [(fold_value(field, value.low), True, ">="), (fold_value(field, value.high), True, "<=")]
        else:
            bounds = [(fold_value(field, value), operator.endswith("="), operator)]
        for bound, is_included, sign in bounds:
            if bound is None:
                return True
            if sign.startswith(">") and (low is None or (bound, not is_included) > low):
                low = (bound, not is_included)
            if sign.startswith("<") and (high is None or (bound, is_included) < high):
                high = (bound, is_included)
    if low is None or high is None:
        return False
    if low[0] == high[0]:
        return low[1] or not high[1]
    return bool(low[0] > high[0])


def _find_unused(plan: Plan) -> Iterator[Finding]:
    used_sets: set[str] = set()
    used_areas: set[str] = set()
    for territory in plan.territories:
        for condition in walk_conditions(territory.rule) if territory.rule else ():
            if isinstance(condition.value, SetRef):
                used_sets.add(condition.value.name)
            elif isinstance(condition.value, AreaRef):
                used_areas.add(condition.value.name)
    for name in sorted(plan.value_sets.keys() - used_sets):
        yield Finding("warning", f"value_sets.{name}", f'No rule uses the value set "{name}".')
    for name in sorted(plan.areas.keys() - used_areas):
        yield Finding("warning", f"areas.{name}", f'No rule uses the area "{name}".')


def _find_foreign_values(plan: Plan) -> Iterator[Finding]:
    """Values outside a closed list: regions the plan does not have, choices a field does not offer."""
    for place, territory in enumerate(plan.territories):
        for condition in walk_conditions(territory.rule) if territory.rule else ():
            field = plan.catalogue[condition.field]
            known = plan.regions if field.name == "region" else field.choices
            if (field.name != "region" and not known) or condition.operator not in (
                "=",
                "!=",
                "in",
                "not in",
            ):
                continue
            offered = {fold_value(field, value) for value in known}
            for value in sorted(plan.scope.fold_members(field, condition.value) - offered):
                sentence = f'{field.name} is never "{value}": it is none of {", ".join(sorted(known))}.'
                yield Finding("warning", f"territories[{place}].rule", sentence)


def _find_idle_territories(plan: Plan, tree: Hierarchy, places: dict[str, int]) -> Iterator[Finding]:
    locked_to = {lock.territory for lock in plan.locks}
    for code, place in places.items():
        territory = tree.by_code[code]
        where = f"territories[{place}]"
        named, excluded = (set(map(fold_account_id, ids)) for ids in (territory.accounts, territory.exclude))
        for account in sorted(named & excluded):
            sentence = f'The account "{account}" is both named and excluded; excluding it wins.'
            yield Finding("warning", f"{where}.exclude", sentence)
        if not tree.is_assignable(code):
            if territory.accounts:
                yield Finding(
                    "warning", f"{where}.accounts", f"{code} is not assignable, so its list claims nothing."
                )
            if code in locked_to:
                yield Finding("warning", where, f"Locks send accounts to {code}, which is not assignable.")
        elif territory.rule is None and not territory.accounts and code not in locked_to:
            yield Finding("warning", where, f"{code} has neither rule nor accounts, so it claims nothing.")


def _find_dead_rules(plan: Plan, tree: Hierarchy, places: dict[str, int]) -> Iterator[Finding]:
    for code, place in places.items():
        rule = tree.effective_rule_of(code) if tree.is_assignable(code) else None
        if rule is None:
            continue
        conjuncts = normalise_rule(rule)
        dead = sum(is_contradiction(conjunct, plan.scope) for conjunct in conjuncts)
        if dead == len(conjuncts):
            sentence = (
                f"The rule of {code}, with those above it, can never match: conditions exclude each other."
            )
            yield Finding("warning", f"territories[{place}].rule", sentence)
        elif dead:
            sentence = f"{dead} of {len(conjuncts)} alternatives of the rule of {code} can never match."
            yield Finding("info", f"territories[{place}].rule", sentence)


def _find_repeated_rules(plan: Plan, tree: Hierarchy, places: dict[str, int]) -> Iterator[Finding]:
    """Territories whose effective rule equals that of one ranked ahead, which hence takes everything.

    Only where that one excludes no account. Named accounts and locks may still bring it something.
    """
    ahead: dict[tuple[str, frozenset[frozenset[Literal]]], str] = {}
    ranked = sorted(places, key=lambda code: (-tree.priority_of(code), -tree.depth_of(code), code))
    for code in ranked:
        rule = tree.effective_rule_of(code) if tree.is_assignable(code) else None
        if rule is None or not _is_comparable(rule):
            continue
        key = (tree.layer_of(code), frozenset(map(frozenset, normalise_rule(rule))))
        if key in ahead:
            sentence = (
                f"Its rule says the same as that of {ahead[key]}, which comes first and takes every account."
            )
            yield Finding("warning", f"territories[{places[code]}].rule", sentence)
        elif not tree.by_code[code].exclude:
            ahead[key] = code


def _is_comparable(rule: Rule) -> bool:
    """Rules with very long lists are not compared: hashing them again and again costs more than it tells."""
    return isinstance(rule, All) or sum(map(_measure_value, walk_conditions(rule))) <= 100_000


def _measure_value(condition: Condition) -> int:
    return len(condition.value) if isinstance(condition.value, tuple) else 1
