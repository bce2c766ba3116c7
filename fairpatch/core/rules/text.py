"""How is a rule read from text and written back as text?

Written text is canonical: reading it gives the same tree, and writing that gives the same text.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedToken

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.rules.fields import STANDARD, Catalogue
from fairpatch.core.rules.lexer import FieldAt, RuleSyntaxError, RuleToken, lex_rule
from fairpatch.core.rules.settle import UnsettledError, settle_circle, settle_condition
from fairpatch.core.rules.tree import (
    ALL,
    MAX_DEPTH,
    All,
    And,
    AreaRef,
    Circle,
    Condition,
    Not,
    Or,
    Range,
    Rule,
    Scalar,
    SetRef,
    join_all,
    join_any,
    measure_depth,
    negate,
)

_NOTHING_MEANT = Condition("", "is empty")
"""Stands in for a condition whose fault has been noted; such a tree is never handed out."""


def parse_rule(text: str, catalogue: Catalogue = STANDARD, where: str = "rule") -> Rule:
    """The tree of a rule's text.

    Raises FaultyInputError whose findings carry line and column within the text. Names of value sets
    and areas are not looked up here: that is `find_rule_faults`.
    """
    faults: list[RuleSyntaxError] = []
    rule: Rule | None = None
    try:
        rule = _run_parser(text, catalogue, faults)
    except RuleSyntaxError as fault:
        faults.append(fault)
    if rule is not None and not faults and measure_depth(rule) > MAX_DEPTH:
        faults.append(
            RuleSyntaxError(0, f"The rule is nested more than {MAX_DEPTH} levels deep. Split it up.")
        )
    if faults:
        faults.sort(key=lambda fault: fault.offset)
        raise FaultyInputError([_place(text, fault, where) for fault in faults], "rule_faulty")
    assert rule is not None
    return rule


def print_rule(rule: Rule) -> str:
    """The canonical text of a rule, on one line."""
    if isinstance(rule, All):
        return "all"
    if isinstance(rule, Condition):
        return _print_condition(rule)
    if isinstance(rule, Not):
        inner = print_rule(rule.rule)
        is_bare = isinstance(rule.rule, Condition) and rule.rule.field.isidentifier()
        return f"not {inner}" if is_bare else f"not ({inner})"
    if isinstance(rule, And):
        return " and ".join(
            f"({print_rule(part)})" if isinstance(part, Or) else print_rule(part) for part in rule.rules
        )
    return " or ".join(print_rule(part) for part in rule.rules)


def print_value(value: Scalar) -> str:
    """One value as rules write it."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def _print_condition(condition: Condition) -> str:
    field, operator, value = condition.field, condition.operator, condition.value
    head = f"{field} {operator}"
    if value is None:
        return head
    if isinstance(value, SetRef):
        return f"{head} set {print_value(value.name)}"
    if isinstance(value, AreaRef):
        return f"{head} area {print_value(value.name)}"
    if isinstance(value, Range):
        return f"{head} {print_value(value.low)} and {print_value(value.high)}"
    if isinstance(value, Circle):
        numbers = (value.radius_km, value.latitude, value.longitude)
        radius, latitude, longitude = (print_value(number) for number in numbers)
        return f"{head} {radius} km of ({latitude}, {longitude})"
    if isinstance(value, tuple):
        return f"{head} [{', '.join(map(print_value, value))}]"
    return f"{head} {print_value(value)}"


class _TreeBuilder(Transformer[Token, Rule]):
    """Turns what the grammar recognised into the tree, while parsing."""

    def everything(self, _: list[Any]) -> Rule:
        return ALL

    def either(self, parts: list[Any]) -> Rule:
        return join_any(*(part for part in parts if not isinstance(part, RuleToken)))

    def both(self, parts: list[Any]) -> Rule:
        return join_all(*(part for part in parts if not isinstance(part, RuleToken)))

    def negation(self, parts: list[Any]) -> Rule:
        return negate(parts[1])

    def group(self, parts: list[Any]) -> Rule:
        return cast(Rule, parts[1])

    def plain(self, parts: list[RuleToken]) -> Rule:
        return _settle(parts[0], parts[1], parts[2].value)

    def in_set(self, parts: list[RuleToken]) -> Rule:
        return _settle(parts[0], parts[1], SetRef(parts[2].value))

    def inside(self, parts: list[RuleToken]) -> Rule:
        return _settle(parts[0], parts[1], AreaRef(parts[2].value))

    def between(self, parts: list[RuleToken]) -> Rule:
        return _settle(parts[0], parts[1], [parts[2].value, parts[4].value])

    def emptiness(self, parts: list[RuleToken]) -> Rule:
        return _settle(parts[0], parts[1], None)

    def within(self, parts: list[RuleToken]) -> Rule:
        radius, latitude, longitude = (parts[place].value.value for place in (2, 6, 8))
        try:
            circle = settle_circle(radius, latitude, longitude)
        except UnsettledError as fault:
            parts[0].value.faults.append(RuleSyntaxError(parts[2].offset, str(fault)))
            return _NOTHING_MEANT
        return _settle(parts[0], parts[1], circle)


def _settle(field_token: RuleToken, operator_token: RuleToken, value: Any) -> Rule:
    used: FieldAt = field_token.value
    if used.field is None:
        return _NOTHING_MEANT
    try:
        return settle_condition(used.field, operator_token.value, value)
    except UnsettledError as fault:
        used.faults.append(RuleSyntaxError(used.offset, str(fault)))
        return _NOTHING_MEANT


@lru_cache(maxsize=1)
def _load_grammar() -> Lark:
    grammar = files("fairpatch.core.rules").joinpath("rules.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", transformer=_TreeBuilder(), keep_all_tokens=True)


def _run_parser(text: str, catalogue: Catalogue, faults: list[RuleSyntaxError]) -> Rule:
    parser = _load_grammar().parse_interactive()
    last: RuleToken | None = None
    for token in lex_rule(text, catalogue, faults):
        try:
            parser.feed_token(cast(Token, token))
        except UnexpectedToken as unexpected:
            raise RuleSyntaxError(token.offset, _explain(token, unexpected.expected, last)) from None
        last = token
    end = RuleToken("$END", None, "", len(text.rstrip()))
    try:
        return cast(Rule, parser.feed_token(cast(Token, end)))
    except UnexpectedToken as unexpected:
        raise RuleSyntaxError(end.offset, _explain(end, unexpected.expected, last)) from None


def _explain(token: RuleToken, expected: set[str], last: RuleToken | None) -> str:
    """What is wrong at a token, in the words of someone who writes rules."""
    seen = f'"{token.spelling}" does not belong here' if token.spelling else "The rule breaks off here"
    if last is None and not token.spelling:
        return 'The rule is empty. Write a condition, or "all" to take every account.'
    after = f" after {last.spelling[:40]}" if last else ""
    if token.type == "ALL" or (last and last.type == "ALL"):
        return '"all" stands alone: it cannot be joined to other conditions.'
    if "COMPARE" in expected:
        return f"{seen}{after}: an operator such as =, in, begins with or is empty is expected."
    if "FIELD" in expected:
        return f"{seen}{after}: a condition is expected, beginning with a field such as state."
    if "KM" in expected:
        return f"{seen}{after}: a distance is written 50 km of (latitude, longitude)."
    if {"STRING", "LIST", "NUMBER"} & expected:
        wanted = 'a list such as ["CA", "OR"]' if last and last.type in ("MEMBER", "INCLUDES") else "a value"
        if "STRING" in expected and len(expected) == 1:
            wanted = "a name in quotes"
        return f'{seen}{after}: {wanted} is expected; text stands in quotes, as in "CA".'
    if "RPAR" in expected and "COMMA" not in expected and not token.spelling:
        return f"{seen}{after}: a closing bracket ) is missing."
    if token.type == "RPAR":
        return f"{seen}{after}: no bracket ( is open."
    if "AND" in expected and "OR" not in expected:
        return f'{seen}{after}: "between" needs two values joined by and.'
    return f'{seen}{after}: "and", "or" or the end of the rule is expected.'


def _place(text: str, fault: RuleSyntaxError, where: str) -> Finding:
    before = text[: fault.offset]
    line, column = before.count("\n") + 1, fault.offset - (before.rfind("\n") + 1) + 1
    return Finding(
        "error", where, f"{fault.sentence} (line {line}, column {column})", line=line, column=column
    )
