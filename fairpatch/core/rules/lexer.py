"""Which words of a rule's text are fields, operators and values?

A lexer of our own, because field names depend on the plan and may contain spaces, operators are
several words long, and a list of hundreds of thousands of codes must be one token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.core.rules.settle import Unquoted, Written, describe_unknown_field
from fairpatch.core.rules.tree import Operator
from fairpatch.core.rules.values import read_date, read_scaled_number

_OPERATORS: tuple[tuple[str, str, Operator], ...] = (
    ("is not empty", "EMPTINESS", "is not empty"),
    ("is empty", "EMPTINESS", "is empty"),
    ("not in set", "MEMBER_SET", "not in"),
    ("in set", "MEMBER_SET", "in"),
    ("not in", "MEMBER", "not in"),
    ("in", "MEMBER", "in"),
    ("is not", "COMPARE", "!="),
    ("not equals", "COMPARE", "!="),
    ("is", "COMPARE", "="),
    ("equals", "COMPARE", "="),
    ("less than", "COMPARE", "<"),
    ("at most", "COMPARE", "<="),
    ("greater than", "COMPARE", ">"),
    ("at least", "COMPARE", ">="),
    ("between", "BETWEEN", "between"),
    ("begins with", "MATCHES", "begins with"),
    ("contains", "MATCHES", "contains"),
    ("under", "MATCHES", "under"),
    ("includes any", "INCLUDES", "includes any"),
    ("includes all", "INCLUDES", "includes all"),
    ("within", "WITHIN", "within"),
    ("inside area", "INSIDE", "inside"),
)
_SIGNS: tuple[tuple[str, Operator], ...] = (
    ("!=", "!="),
    ("≠", "!="),
    ("<=", "<="),
    ("≤", "<="),
    (">=", ">="),
    ("≥", ">="),
    ("<", "<"),
    (">", ">"),
    ("=", "="),
)
_BY_SPELLING: dict[str, tuple[str, Operator]] = {
    **{words: (kind, operator) for words, kind, operator in _OPERATORS},
    **{sign: ("COMPARE", operator) for sign, operator in _SIGNS},
}
_WORDS = "|".join(words.replace(" ", r"\s+") for words, _, _ in _OPERATORS)
_OPERATOR = re.compile(rf"(?:(?:{_WORDS})(?!\w)|{'|'.join(sign for sign, _ in _SIGNS)})", re.IGNORECASE)
_UNKNOWN_FIELD = re.compile(rf"\w+(?:[ \t]+\w+)*?(?=\s*(?:{_OPERATOR.pattern}))|\w+", re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_KEYWORD = re.compile(r"(all|and|or|not|km|of)(?!\w)", re.IGNORECASE)
_QUOTED = r'"(?:[^"\\]|\\.)*+"|' + r"'(?:[^'\\]|\\.)*+'"
_STRING = re.compile(_QUOTED, re.DOTALL)
_LIST = re.compile(rf"\[(?:[^\[\]\"'\\]++|{_QUOTED})*+\]", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?![\w-])", re.ASCII)
_NUMBER = re.compile(r"[+-]?\$?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?[kKmMbB]?(?![\w.$])", re.ASCII)
_TRUTH = re.compile(r"(?:true|false)(?!\w)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([\"'\\])")
_ITEM = re.compile(rf"\s*(?:({_QUOTED})|([^\s,\[\]\"'][^,\[\]\"']*?))\s*(,|\Z)", re.DOTALL)
_BEFORE_A_VALUE = frozenset(
    {"COMPARE", "MEMBER", "MEMBER_SET", "BETWEEN", "MATCHES", "INCLUDES", "INSIDE", "AND"}
)
_PUNCTUATION = {"(": "LPAR", ")": "RPAR", ",": "COMMA"}


class RuleSyntaxError(Exception):
    """Where a rule's text stops making sense, and why."""

    def __init__(self, offset: int, sentence: str) -> None:
        super().__init__(sentence)
        self.offset = offset
        self.sentence = sentence


@dataclass(slots=True)
class RuleToken:
    """What the parser is fed. `value` holds a Field, an operator, a written value or a list of them."""

    type: str
    value: Any
    spelling: str
    offset: int


@dataclass(frozen=True, slots=True)
class FieldAt:
    """A field as used by one condition; `field` is None when nobody knows it."""

    field: Field | None
    words: str
    offset: int
    faults: list[RuleSyntaxError]


def lex_rule(text: str, catalogue: Catalogue, faults: list[RuleSyntaxError]) -> Iterator[RuleToken]:
    """Tokens in order. An unknown field is noted in `faults` and reading goes on."""
    at, wants, in_between, is_value_due = _skip(text, 0), "field", False, False
    while at < len(text):
        if wants == "field":
            token = _lex_start(text, at, catalogue, faults)
            wants = {"FIELD": "operator", "NOT": "field", "LPAR": "field"}.get(token.type, "value")
        elif wants == "operator":
            token = _lex_operator(text, at)
            wants, in_between = "value", token.type == "BETWEEN"
        else:
            token = _lex_value(text, at, is_value_due)
            if token.type in ("AND", "OR", "NOT") and not (in_between and token.type == "AND"):
                wants = "field"
            in_between = in_between and token.type != "AND"
        is_value_due = token.type in _BEFORE_A_VALUE
        yield token
        at = _skip(text, at + len(token.spelling))


def read_list(body: str, offset: int) -> list[Written]:
    """The values between the brackets. Plainly quoted ones, the usual case, are split in one go."""
    if not body.strip():
        return []
    if "\\" not in body and "'" not in body:
        parts = body.split('"')
        between = {part.strip() for part in parts[2:-1:2]}
        if len(parts) > 2 and between <= {","} and not parts[0].strip() and parts[-1].strip() in ("", ","):
            return list(parts[1::2])
    items: list[Written] = []
    at = 0
    while at < len(body):
        found = _ITEM.match(body, at)
        if not found:
            raise RuleSyntaxError(offset + at, "The values of a list are separated by single commas.")
        quoted, bare, _ = found.groups()
        items.append(unquote(quoted) if quoted else _read_bare(bare, offset + found.start(2)))
        at = _skip(body, found.end())
    return items


def unquote(quoted: str) -> str:
    """The text between quotes; a backslash keeps a quote or a backslash as it is."""
    inner = quoted[1:-1]
    return _ESCAPE.sub(r"\1", inner) if "\\" in inner else inner


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found
    return found.end()


def _lex_start(text: str, at: int, catalogue: Catalogue, faults: list[RuleSyntaxError]) -> RuleToken:
    if text[at] in "()":
        return RuleToken(_PUNCTUATION[text[at]], None, text[at], at)
    known = catalogue.match_field(text, at)
    if known:
        field, end = known
        return RuleToken("FIELD", FieldAt(field, field.name, at, faults), text[at:end], at)
    keyword = _KEYWORD.match(text, at)
    if keyword and keyword.group().lower() not in ("km", "of"):
        return RuleToken(keyword.group().upper(), None, keyword.group(), at)
    found = _UNKNOWN_FIELD.match(text, at)
    if not found:
        raise RuleSyntaxError(at, f"A condition begins with the name of a field, not with {text[at]!r}.")
    words = found.group()
    faults.append(RuleSyntaxError(at, describe_unknown_field(catalogue, words)))
    return RuleToken("FIELD", FieldAt(None, words, at, faults), words, at)


def _lex_operator(text: str, at: int) -> RuleToken:
    found = _OPERATOR.match(text, at)
    if not found:
        seen = re.match(r"\w+|\S", text[at:])
        assert seen
        raise RuleSyntaxError(
            at,
            f'"{seen.group()}" is no operator. After a field comes one such as =, in, begins with, is empty.',
        )
    kind, operator = _BY_SPELLING[" ".join(found.group().lower().split())]
    return RuleToken(kind, operator, found.group(), at)


def _lex_value(text: str, at: int, is_value_due: bool) -> RuleToken:
    first = text[at]
    if first in _PUNCTUATION:
        return RuleToken(_PUNCTUATION[first], None, first, at)
    if first == "[":
        found = _LIST.match(text, at)
        if not found:
            raise RuleSyntaxError(at, "This list is not closed: a ] is missing, or a quote inside it.")
        return RuleToken("LIST", read_list(found.group()[1:-1], at + 1), found.group(), at)
    if first in "\"'":
        found = _STRING.match(text, at)
        if not found:
            raise RuleSyntaxError(at, f"The closing {first} of this text is missing.")
        return RuleToken("STRING", unquote(found.group()), found.group(), at)
    keyword = _KEYWORD.match(text, at)
    if keyword:
        return RuleToken(keyword.group().upper(), None, keyword.group(), at)
    found = _DATE.match(text, at) or _TRUTH.match(text, at) or _NUMBER.match(text, at)
    if not found:
        seen = re.match(r"[\w-]+|\S", text[at:])
        assert seen
        hint = (
            f'Write text in quotes: "{seen.group()}".'
            if is_value_due
            else 'Join conditions with "and" or "or".'
        )
        raise RuleSyntaxError(at, f'"{seen.group()}" is not understood here. {hint}')
    value = _read_bare(found.group(), at)
    is_number = not isinstance(value.value, bool) and isinstance(value.value, int | float)
    return RuleToken("NUMBER" if is_number else "PLAIN", value, found.group(), at)


def _read_bare(spelling: str, offset: int) -> Unquoted:
    if spelling.lower() in ("true", "false"):
        return Unquoted(spelling.lower(), spelling.lower() == "true")
    date = read_date(spelling)
    if date is not None:
        return Unquoted(spelling, date)
    number = read_scaled_number(spelling) if _NUMBER.fullmatch(spelling) else None
    if number is None:
        raise RuleSyntaxError(
            offset, f'"{spelling}" is not understood here. Write text in quotes: "{spelling}".'
        )
    return Unquoted(spelling, number)
