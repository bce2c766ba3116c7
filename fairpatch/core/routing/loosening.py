"""How is one part of a rule widened as little as possible, so that it lets an account in?"""

from __future__ import annotations

from typing import cast

from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.match import Scope, bind_rule, measure_distance_km
from fairpatch.core.rules.tree import (
    ALL,
    Circle,
    Condition,
    Not,
    Operator,
    Range,
    Rule,
    Scalar,
    join_all,
    join_any,
    walk_conditions,
)

_REVERSED: dict[str, Operator] = {"<": "<=", ">": ">="}


def loosen_part(part: Rule, account: Seen, scope: Scope) -> Rule:
    """The part itself when it holds; else one that also holds for the account.

    A list takes one more value, a limit moves to the account's value, a negated list loses the value;
    anything else gets the account's own values as an alternative.
    """
    if bind_rule(part, scope)(account):
        return part
    loose = _widen_condition(part, account, scope) if isinstance(part, Condition) else None
    if loose is None and isinstance(part, Not) and isinstance(part.rule, Condition):
        loose = _narrow_refusal(part.rule, account, scope)
    if loose is not None and bind_rule(loose, scope)(account):
        return loose
    return _add_alternative(part, account, scope)


def _widen_condition(condition: Condition, account: Seen, scope: Scope) -> Rule | None:
    operator, value = condition.operator, condition.value
    if operator in ("!=", "not in"):
        positive: Operator = "=" if operator == "!=" else "in"
        return _narrow_refusal(Condition(condition.field, positive, value), account, scope)
    own = spell_value(condition.field, account, scope)
    if own is None:
        return None
    if (
        operator == "="
        and not isinstance(value, tuple)
        and scope.catalogue[condition.field].type != "boolean"
    ):
        return Condition(condition.field, "in", (cast(Scalar, value), own))
    if operator == "in" and isinstance(value, tuple):
        return Condition(condition.field, "in", (*value, own))
    if operator in _REVERSED or operator in ("<=", ">="):
        return Condition(condition.field, _REVERSED.get(operator, operator), own)
    if isinstance(value, Range):
        low, high = value.low, value.high
        is_below = bind_rule(Condition(condition.field, "<", low), scope)(account)
        return Condition(condition.field, "between", Range(own, high) if is_below else Range(low, own))
    if isinstance(value, Circle):
        latitude, longitude = account["position"]
        distance = measure_distance_km(latitude, longitude, value.latitude, value.longitude)
        return Condition(
            condition.field, "within", Circle(int(distance) + 1, value.latitude, value.longitude)
        )
    return None


def _narrow_refusal(condition: Condition, account: Seen, scope: Scope) -> Rule | None:
    """Not (a list) with the account's value taken out of the list; `all` when nothing is refused any more."""
    if condition.operator not in ("=", "in") or not isinstance(condition.value, tuple | str):
        return None
    field = scope.catalogue[condition.field]
    own = account.get(condition.field)
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    kept = tuple(item for item in values if own not in scope.fold_members(field, (item,)))
    return Condition(condition.field, "not in", kept) if kept else ALL


def _add_alternative(part: Rule, account: Seen, scope: Scope) -> Rule:
    """Or an account that has just these values in the fields that the part tests."""
    fields = dict.fromkeys(condition.field for condition in walk_conditions(part))
    own = [_equal_to(field, account, scope) for field in fields]
    return join_any(part, join_all(*own))


def _equal_to(field: str, account: Seen, scope: Scope) -> Rule:
    value = account.get(field)
    if value is None:
        return Condition(field, "is empty")
    if field == "position":
        return Condition(field, "within", Circle(1, value[0], value[1]))
    if field == "region":
        return Condition(field, "in", tuple(code.upper() for code in sorted(value)))
    if scope.catalogue[field].type == "tags":
        return Condition(field, "includes all", tuple(sorted(value)))
    own = spell_value(field, account, scope)
    assert own is not None, "a value that is there can be written"
    return Condition(field, "=", own)


def spell_value(field: str, account: Seen, scope: Scope) -> Scalar | None:
    """An account's compared value as a rule writes it; None when it is missing or has no simple form."""
    value = account.get(field)
    if value is None or isinstance(value, tuple | frozenset):
        return None
    return value.upper() if scope.catalogue[field].type == "code" else cast(Scalar, value)
