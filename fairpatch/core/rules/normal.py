"""What is the disjunctive normal form of a rule, and how large would it be?

Negations are pushed to the conditions, then "and" is distributed over "or", without absorption
(plan format, section 3). The size is worked out before anything is multiplied out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from fairpatch.core.errors import FairpatchError
from fairpatch.core.rules.tree import All, And, Condition, Not, Operator, Rule

MAX_CONJUNCTS = 10_000

_OPPOSITE: dict[Operator, Operator] = {
    "=": "!=",
    "!=": "=",
    "in": "not in",
    "not in": "in",
    "is empty": "is not empty",
    "is not empty": "is empty",
}


@dataclass(frozen=True, slots=True)
class Literal:
    """A condition or its negation. `!=` and `not in` never appear: they are negated `=` and `in`."""

    condition: Condition
    is_positive: bool


Conjunct: TypeAlias = tuple[Literal, ...]


def count_conjuncts(rule: Rule, is_positive: bool = True) -> int:
    """How many conjuncts the normal form has, by arithmetic alone."""
    if isinstance(rule, All | Condition):
        return 1
    if isinstance(rule, Not):
        return count_conjuncts(rule.rule, not is_positive)
    counts = [count_conjuncts(part, is_positive) for part in rule.rules]
    if isinstance(rule, And) != is_positive:
        return sum(counts)
    total = 1
    for count in counts:
        total *= count
    return total


def normalise_rule(rule: Rule) -> list[Conjunct]:
    """The conjuncts, in the order written. Raises FairpatchError "rule_too_large" beyond the limit."""
    size = count_conjuncts(rule)
    if size > MAX_CONJUNCTS:
        raise FairpatchError("rule_too_large", describe_oversize(size))
    return _distribute(rule, True)


def describe_oversize(size: int) -> str:
    """The sentence for a rule whose normal form is too large to work with."""
    amount = f"{size:,}" if size < 10**12 else "more than a trillion"
    return (
        f"Written out as alternatives, this rule with those above it has {amount} combinations; "
        f"at most {MAX_CONJUNCTS:,} are allowed. Use lists instead of many joined alternatives."
    )


def make_literal(condition: Condition, is_positive: bool) -> Literal:
    """The literal of a condition: negations live in the flag, but emptiness has its own opposite."""
    operator = condition.operator
    if operator in ("!=", "not in") or (operator in ("is empty", "is not empty") and not is_positive):
        return Literal(
            Condition(condition.field, _OPPOSITE[operator], condition.value),
            operator in ("is empty", "is not empty") or not is_positive,
        )
    return Literal(condition, is_positive)


def _distribute(rule: Rule, is_positive: bool) -> list[Conjunct]:
    if isinstance(rule, All):
        return [()]
    if isinstance(rule, Condition):
        return [(make_literal(rule, is_positive),)]
    if isinstance(rule, Not):
        return _distribute(rule.rule, not is_positive)
    parts = [_distribute(part, is_positive) for part in rule.rules]
    if isinstance(rule, And) != is_positive:
        return [conjunct for part in parts for conjunct in part]
    return [sum(choice, ()) for choice in product(*parts)]
