"""How does a rule read in plain words?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from fairpatch.core.rules.account import Seen
from fairpatch.core.rules.fields import STANDARD, Catalogue, Field
from fairpatch.core.rules.tree import (
    All,
    And,
    AreaRef,
    Circle,
    Condition,
    Not,
    Operator,
    Or,
    Range,
    Rule,
    Scalar,
    SetRef,
    Value,
    walk_conditions,
)

MAX_LISTED = 12
"""Longer lists are cut short in words ("CA, OR and 30 more"); the text form shows them whole."""

_PHRASES: dict[Operator, tuple[str, str]] = {
    "=": ("is", "is not"),
    "in": ("is one of", "is not one of"),
    "<": ("is less than", "is not less than"),
    "<=": ("is at most", "is not at most"),
    ">": ("is more than", "is not more than"),
    ">=": ("is at least", "is not at least"),
    "between": ("is between", "is not between"),
    "begins with": ("begins with", "does not begin with"),
    "contains": ("contains", "does not contain"),
    "under": ("is under", "is not under"),
    "includes any": ("includes any of", "does not include any of"),
    "includes all": ("includes all of", "does not include all of"),
    "is empty": ("is empty", "is not empty"),
    "is not empty": ("is not empty", "is empty"),
    "within": ("lies within", "does not lie within"),
    "inside": ("lies inside", "does not lie inside"),
}


def describe_rule(rule: Rule, catalogue: Catalogue = STANDARD) -> str:
    """The rule in words: "state is one of CA and OR, and industry is not under 62"."""
    if isinstance(rule, All):
        return "every account"
    if isinstance(rule, Condition):
        return describe_condition(rule, catalogue)
    if isinstance(rule, Not):
        if isinstance(rule.rule, Condition):
            return describe_condition(rule.rule, catalogue, is_positive=False)
        return f"not ({describe_rule(rule.rule, catalogue)})"
    parts = [_describe_part(part, catalogue) for part in rule.rules]
    return (", and " if isinstance(rule, And) else ", or ").join(parts)


def describe_condition(
    condition: Condition, catalogue: Catalogue = STANDARD, is_positive: bool = True
) -> str:
    """One condition in words, or its negation."""
    operator = condition.operator
    if operator in ("!=", "not in"):
        operator, is_positive = ("=" if operator == "!=" else "in"), not is_positive
    title = catalogue[condition.field].title if condition.field in catalogue else condition.field
    phrase = _PHRASES[operator][0 if is_positive else 1]
    if isinstance(condition.value, SetRef):
        return f"{title} {'is' if is_positive else 'is not'} in the set {condition.value.name}"
    if operator == "in" and isinstance(condition.value, tuple) and len(condition.value) == 1:
        phrase = "is" if is_positive else "is not"
    value = _describe_value(operator, condition.value)
    return f"{title} {phrase} {value}" if value else f"{title} {phrase}"


def describe_scalar(value: Scalar) -> str:
    """A value for people: numbers with separators, days in ISO form."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}"
    return value.isoformat() if isinstance(value, dt.date) else value.strip() or '""'


def join_words(words: Sequence[str], last: str) -> str:
    """ "a, b and c"; a long list is cut short."""
    if len(words) > MAX_LISTED:
        words = [*words[: MAX_LISTED - 1], f"{len(words) - MAX_LISTED + 1:,} more"]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _describe_part(rule: Rule, catalogue: Catalogue) -> str:
    text = describe_rule(rule, catalogue)
    return f"({text})" if isinstance(rule, And | Or) else text


def _describe_value(operator: Operator, value: Value) -> str:
    if value is None or isinstance(value, SetRef):
        return ""
    if isinstance(value, AreaRef):
        return value.name
    if isinstance(value, Range):
        return f"{describe_scalar(value.low)} and {describe_scalar(value.high)}"
    if isinstance(value, Circle):
        return f"{value.radius_km:,} km of ({value.latitude}, {value.longitude})"
    if isinstance(value, tuple):
        if not value:
            return "nothing"
        last = "and" if operator in ("in", "not in", "includes all") else "or"
        return join_words([describe_scalar(item) for item in value], last)
    return describe_scalar(value)


def describe_seen(rule: Rule, seen: Seen, catalogue: Catalogue = STANDARD) -> str:
    """What an account has in the fields that a rule tests: "state is OR, city is empty".

    Values are told as compared; codes in capitals, as people write them.
    """
    names = dict.fromkeys(condition.field for condition in walk_conditions(rule))
    return ", ".join(f"{catalogue[name].title} is {_show_seen(catalogue[name], seen)}" for name in names)


def _show_seen(field: Field, seen: Seen) -> str:
    value = seen.get(field.name)
    if value is None:
        return "empty"
    if isinstance(value, frozenset):
        shown = ", ".join(sorted(value))
    elif isinstance(value, tuple):
        shown = ", ".join(map(str, value))
    else:
        shown = describe_scalar(value)
    return shown.upper() if field.type == "code" else shown
