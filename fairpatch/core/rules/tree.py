"""What is a rule, once read? An immutable tree of conditions joined by and, or, not.

Built only through `join_all`, `join_any` and `negate`, which keep trees in one shape: "and" and
"or" have at least two parts and never hold their own kind, so that text, JSON and tree round-trip.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

MAX_DEPTH = 100
"""Deeper nesting is refused when a rule is read, so that walking a tree never exhausts the stack."""

Operator: TypeAlias = Literal[
    "=",
    "!=",
    "in",
    "not in",
    "<",
    "<=",
    ">",
    ">=",
    "between",
    "begins with",
    "contains",
    "under",
    "includes any",
    "includes all",
    "is empty",
    "is not empty",
    "within",
    "inside",
]
Scalar: TypeAlias = str | int | float | bool | dt.date


@dataclass(frozen=True, slots=True)
class SetRef:
    """A value set of the plan, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends included."""

    low: Scalar
    high: Scalar


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within `radius_km` of a point; degrees, WGS 84."""

    radius_km: int | float
    latitude: int | float
    longitude: int | float


@dataclass(frozen=True, slots=True)
class AreaRef:
    """An area of the plan, by name."""

    name: str


Value: TypeAlias = Scalar | tuple[Scalar, ...] | SetRef | Range | Circle | AreaRef | None


@dataclass(frozen=True, slots=True)
class All:
    """Constrains nothing."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one field. `value` is as written, typed by the field, not yet normalised:

    a tuple or `SetRef` for "in" and "not in", a tuple for "includes any/all", a scalar or a tuple for
    "begins with", "contains" and "under", `Range`, `Circle`, `AreaRef` for "between", "within",
    "inside", None for "is (not) empty", a scalar for the rest.
    """

    field: str
    operator: Operator
    value: Value = None


@dataclass(frozen=True, slots=True)
class Not:
    rule: Rule


@dataclass(frozen=True, slots=True)
class And:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Or:
    rules: tuple[Rule, ...]


Rule: TypeAlias = All | Condition | Not | And | Or

ALL = All()


def join_all(*rules: Rule) -> Rule:
    """Every one of the rules; `all` constrains nothing and drops out."""
    parts: list[Rule] = []
    for rule in rules:
        if isinstance(rule, And):
            parts.extend(rule.rules)
        elif not isinstance(rule, All):
            parts.append(rule)
    if not parts:
        return ALL
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def join_any(*rules: Rule) -> Rule:
    """At least one of the rules. `all` has no place inside a rule and must not be among them."""
    parts: list[Rule] = []
    for rule in rules:
        assert not isinstance(rule, All), "`all` only stands alone"
        if isinstance(rule, Or):
            parts.extend(rule.rules)
        else:
            parts.append(rule)
    assert parts, "nothing to choose from"
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def negate(rule: Rule) -> Rule:
    """Not the rule, as written: a double negation stays one until the normal form is made."""
    assert not isinstance(rule, All), "`all` only stands alone"
    return Not(rule)


def walk_conditions(rule: Rule) -> Iterator[Condition]:
    """Every condition, in the order written, negated ones included."""
    if isinstance(rule, Condition):
        yield rule
    elif isinstance(rule, Not):
        yield from walk_conditions(rule.rule)
    elif isinstance(rule, And | Or):
        for part in rule.rules:
            yield from walk_conditions(part)


def measure_depth(rule: Rule) -> int:
    """How many levels of and, or, not lie above the deepest condition."""
    deepest, waiting = 0, [(rule, 0)]
    while waiting:
        part, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(part, Not):
            waiting.append((part.rule, depth + 1))
        elif isinstance(part, And | Or):
            waiting.extend((below, depth + 1) for below in part.rules)
    return deepest
