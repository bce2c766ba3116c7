"""How is a rule exchanged with the rule builder and stored?

As react-querybuilder's RuleGroup (`combinator`, `rules`, `not`, `field`, `operator`, `value`) in a
versioned envelope: the outermost group with one more key, `schema`. What a browser sends is
validated and normalised here; nothing unknown gets through.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.rules.fields import STANDARD, Catalogue, Field
from fairpatch.core.rules.settle import (
    LIST_OPERATORS,
    Unquoted,
    UnsettledError,
    Written,
    describe_unknown_field,
    settle_circle,
    settle_condition,
)
from fairpatch.core.rules.tree import (
    ALL,
    MAX_DEPTH,
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
    join_all,
    join_any,
    negate,
)

SCHEMA = "fairpatch-rule/1"

_TO_JSON: dict[Operator, str] = {
    "=": "=",
    "!=": "!=",
    "in": "in",
    "not in": "notIn",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "between": "between",
    "begins with": "beginsWith",
    "contains": "contains",
    "under": "under",
    "includes any": "includesAny",
    "includes all": "includesAll",
    "is empty": "null",
    "is not empty": "notNull",
    "within": "within",
    "inside": "inside",
}
_FROM_JSON: dict[str, Operator] = {written: operator for operator, written in _TO_JSON.items()}
_NEGATED: dict[str, Operator] = {
    "notBetween": "between",
    "doesNotBeginWith": "begins with",
    "doesNotContain": "contains",
}
_GROUP_KEYS = frozenset({"schema", "combinator", "rules", "not", "id", "path", "muted", "disabled"})
_RULE_KEYS = frozenset(
    {"field", "operator", "value", "id", "path", "valueSource", "inputType", "type", "muted", "disabled"}
)


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """The envelope of a rule. `all` is a group without rules."""
    return {"schema": SCHEMA, **_write_group(rule)}


def rule_from_json(data: object, catalogue: Catalogue = STANDARD, where: str = "rule") -> Rule:
    """The tree of an envelope. Raises FaultyInputError with every fault and its place in the JSON."""
    reader = _Reader(catalogue)
    rule: Rule = ALL
    if not isinstance(data, Mapping):
        reader.blame(where, "A rule in JSON is an object with combinator and rules.")
    elif data.get("schema") != SCHEMA:
        reader.blame(where, f'The key "schema" must be "{SCHEMA}".')
    elif data.get("rules") == [] and not data.get("not"):
        reader.check_group(data, where)
    else:
        rule = reader.read_group(data, where, 0) or ALL
    if reader.findings:
        raise FaultyInputError(reader.findings, "rule_faulty")
    return rule


def _write_group(rule: Rule) -> dict[str, Any]:
    is_negated = isinstance(rule, Not)
    inner = rule.rule if isinstance(rule, Not) else rule
    single: tuple[Rule, ...] = () if isinstance(inner, All) else (inner,)
    parts = inner.rules if isinstance(inner, And | Or) else single
    combinator = "or" if isinstance(inner, Or) else "and"
    return {"combinator": combinator, "not": is_negated, "rules": [_write_part(part) for part in parts]}


def _write_part(rule: Rule) -> dict[str, Any]:
    if not isinstance(rule, Condition):
        return _write_group(rule)
    return {"field": rule.field, "operator": _TO_JSON[rule.operator], "value": _write_value(rule.value)}


def _write_value(value: Value) -> Any:
    if isinstance(value, SetRef):
        return {"set": value.name}
    if isinstance(value, AreaRef):
        return value.name
    if isinstance(value, Range):
        return [_write_scalar(value.low), _write_scalar(value.high)]
    if isinstance(value, Circle):
        return {"km": value.radius_km, "latitude": value.latitude, "longitude": value.longitude}
    if isinstance(value, tuple):
        return [_write_scalar(item) for item in value]
    return None if value is None else _write_scalar(value)


def _write_scalar(value: Scalar) -> str | int | float | bool:
    return value.isoformat() if isinstance(value, dt.date) else value


class _Reader:
    """Collects faults while reading; a part that is faulty reads as None."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.findings: list[Finding] = []

    def blame(self, where: str, sentence: str) -> None:
        self.findings.append(Finding("error", where, sentence))

    def check_group(self, data: Mapping[str, Any], where: str) -> bool:
        self._check_keys(data, _GROUP_KEYS, where)
        if data.get("combinator") not in ("and", "or"):
            self.blame(
                where, 'A group has the "combinator" and or or; combinators between rules are not taken.'
            )
            return False
        if not isinstance(data.get("not", False), bool):
            self.blame(where, '"not" is true or false.')
            return False
        if not isinstance(data.get("rules"), list):
            self.blame(where, '"rules" is a list of rules and groups.')
            return False
        return True

    def read_group(self, data: Mapping[str, Any], where: str, depth: int) -> Rule | None:
        if not self.check_group(data, where):
            return None
        if depth > MAX_DEPTH:
            self.blame(where, f"The rule is nested more than {MAX_DEPTH} levels deep. Split it up.")
            return None
        if not data["rules"]:
            self.blame(where, "This group is empty. Add a condition or remove the group.")
            return None
        parts = [
            self._read_part(part, f"{where}.rules[{place}]", depth)
            for place, part in enumerate(data["rules"])
        ]
        known = [part for part in parts if part is not None]
        if not known:
            return None
        joined = join_all(*known) if data["combinator"] == "and" else join_any(*known)
        return negate(joined) if data.get("not", False) else joined

    def _read_part(self, part: object, where: str, depth: int) -> Rule | None:
        if isinstance(part, str):
            self.blame(where, "Combinators between rules are not taken; give each group one combinator.")
            return None
        if not isinstance(part, Mapping):
            self.blame(where, "A rule is an object with field, operator and value.")
            return None
        if "rules" in part or "combinator" in part:
            return self.read_group(part, where, depth + 1)
        return self._read_condition(part, where)

    def _read_condition(self, data: Mapping[str, Any], where: str) -> Rule | None:
        self._check_keys(data, _RULE_KEYS, where)
        if data.get("valueSource") not in (None, "value"):
            self.blame(f"{where}.valueSource", "A condition compares with a value, not with another field.")
            return None
        words, written = data.get("field"), data.get("operator")
        field = self.catalogue.find_field(words) if isinstance(words, str) else None
        operator = (_FROM_JSON | _NEGATED).get(written) if isinstance(written, str) else None
        if field is None:
            self.blame(f"{where}.field", describe_unknown_field(self.catalogue, str(words)))
        if operator is None:
            self.blame(f"{where}.operator", f'There is no operator "{written}".')
        if field is None or operator is None:
            return None
        try:
            condition = settle_condition(
                field, operator, self._read_value(field, operator, data.get("value"))
            )
        except UnsettledError as fault:
            self.blame(f"{where}.value", str(fault))
            return None
        return negate(condition) if written in _NEGATED else condition

    def _read_value(
        self, field: Field, operator: Operator, value: Any
    ) -> Written | list[Written] | SetRef | Circle | AreaRef | None:
        if operator in ("is empty", "is not empty"):
            return None
        if operator == "inside":
            if not isinstance(value, str):
                raise UnsettledError("The value is the name of an area.")
            return AreaRef(value)
        if operator == "within":
            return _read_circle(value)
        if isinstance(value, Mapping):
            if operator not in ("in", "not in") or set(value) != {"set"} or not isinstance(value["set"], str):
                raise UnsettledError('Only in and notIn take a value set, written {"set": "name"}.')
            return SetRef(value["set"])
        if isinstance(value, list):
            return [_read_scalar(item) for item in value]
        if operator in LIST_OPERATORS and isinstance(value, str) and field.type == "code":
            return [part.strip() for part in value.split(",") if part.strip()]
        return _read_scalar(value)

    def _check_keys(self, data: Mapping[str, Any], known: frozenset[str], where: str) -> None:
        for key in data:
            if key not in known:
                self.blame(where, f'"{key}" is not a key of a rule.')
        for key in ("muted", "disabled"):
            if data.get(key):
                self.blame(
                    where, f'A part that is "{key}" cannot be stored: remove it or switch it on again.'
                )


def _read_scalar(value: Any) -> Written:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return Unquoted("true" if value else "false", value)
    if isinstance(value, int | float) and math.isfinite(value):
        return Unquoted(str(int(value)) if value == int(value) else repr(value), value)
    raise UnsettledError("A value is text, a number, true or false, or a list of them.")


def _read_circle(value: Any) -> Circle:
    keys = ("km", "latitude", "longitude")
    if not isinstance(value, Mapping) or set(value) != set(keys):
        raise UnsettledError('A distance is written {"km": 50, "latitude": 37.7, "longitude": -122.4}.')
    numbers = [value[key] for key in keys]
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise UnsettledError("km, latitude and longitude are numbers.")
    return settle_circle(*numbers)
