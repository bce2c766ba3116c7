"""Does a field take this operator and this value, and what exactly is then meant?

Both readers of rules (text and JSON) end here, so a condition means the same however it was written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fairpatch.core.errors import Finding
from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.core.rules.tree import (
    AreaRef,
    Circle,
    Condition,
    Operator,
    Range,
    Rule,
    Scalar,
    SetRef,
    walk_conditions,
)
from fairpatch.core.rules.values import read_boolean, read_date, read_scaled_number, simplify_number

TEXT_TYPES = frozenset({"text", "code", "choice", "tags"})
LIST_OPERATORS = frozenset({"in", "not in", "includes any", "includes all"})
ONE_OR_MANY = frozenset({"begins with", "contains", "under"})
EMPTINESS = frozenset({"is empty", "is not empty"})


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A value written without quotes: its spelling matters to text fields, its meaning to the others."""

    spelling: str
    value: int | float | bool | dt.date


Written = str | Unquoted


class UnsettledError(Exception):
    """Why a condition makes no sense, as a sentence."""


def settle_operator(field: Field, operator: Operator) -> None:
    """Refuses an operator the field's type does not take, saying which to use instead."""
    if operator in field.operators:
        return
    hint = f"It takes: {', '.join(field.operators)}."
    if field.type == "tags" and operator in ("=", "in", "contains"):
        hint = f'Use {field.name} includes any ["…"].'
    if operator == "under":
        hint = 'Only industry and sic are hierarchical; use "begins with".'
    raise UnsettledError(f'"{operator}" cannot be used with {field.name}, a {field.type} field. {hint}')


def settle_scalar(field: Field, written: Written) -> Scalar:
    """One value in the field's own type."""
    spelling = written if isinstance(written, str) else written.spelling
    if field.type in TEXT_TYPES:
        return spelling
    value: Scalar | None
    if field.type == "number":
        value = read_scaled_number(spelling)
        wanted = "a number such as 250, 2.5k or 10M"
    elif field.type == "date":
        value = read_date(spelling)
        wanted = "a date such as 2027-01-31"
    else:
        value = read_boolean(spelling)
        wanted = "true or false"
    if value is None:
        raise UnsettledError(f'{field.name} is a {field.type} field: "{spelling}" is not {wanted}.')
    return value


def settle_list(field: Field, written: Sequence[Written]) -> tuple[Scalar, ...]:
    """Many values at once; long lists of plain text cost next to nothing."""
    if field.type in TEXT_TYPES:
        return tuple([item if isinstance(item, str) else item.spelling for item in written])
    return tuple(settle_scalar(field, item) for item in written)


def settle_condition(
    field: Field,
    operator: Operator,
    written: Written | Sequence[Written] | SetRef | Range | Circle | AreaRef | None,
) -> Condition:
    """The condition in its one canonical form, or UnsettledError with the sentence to show.

    For "between" the value comes as a list of two.
    """
    settle_operator(field, operator)
    if operator in EMPTINESS:
        return Condition(field.name, operator)
    if isinstance(written, SetRef | Circle | AreaRef):
        return Condition(field.name, operator, written)
    assert written is not None
    assert not isinstance(written, Range)
    if operator == "between":
        if isinstance(written, str | Unquoted) or len(written) != 2:
            raise UnsettledError('"between" needs two values: between 10 and 50.')
        return Condition(field.name, operator, _settle_range(field, written))
    if isinstance(written, str | Unquoted):
        if operator in LIST_OPERATORS:
            raise UnsettledError(f'"{operator}" needs a list in square brackets: {operator} ["…", "…"].')
        return Condition(field.name, operator, settle_scalar(field, written))
    if operator not in LIST_OPERATORS and operator not in ONE_OR_MANY:
        raise UnsettledError(f'"{operator}" takes one value, not a list; use "in" for a list.')
    return Condition(field.name, operator, settle_list(field, written))


def settle_circle(radius_km: float, latitude: float, longitude: float) -> Circle:
    """A circle on the globe; refuses what is not one."""
    if radius_km < 0:
        raise UnsettledError("A distance cannot be negative.")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise UnsettledError(
            "A point is (latitude, longitude): latitude from -90 to 90, longitude from -180 to 180."
        )
    return Circle(_plain(radius_km), _plain(latitude), _plain(longitude))


def find_rule_faults(
    rule: Rule,
    catalogue: Catalogue,
    value_sets: Mapping[str, Sequence[str]],
    areas: Iterable[str],
    where: str = "rule",
) -> list[Finding]:
    """Names a rule uses that the plan does not have: fields, value sets, areas; unreadable set values."""
    known_areas = frozenset(areas)
    sentences: list[str] = []
    for condition in walk_conditions(rule):
        field, value = catalogue.by_name.get(condition.field), condition.value
        if field is None:
            sentences.append(describe_unknown_field(catalogue, condition.field))
        elif isinstance(value, SetRef):
            sentences.extend(_find_set_faults(field, value, value_sets))
        elif isinstance(value, AreaRef) and value.name not in known_areas:
            sentences.append(f'There is no area "{value.name}" in this plan.')
    return [Finding("error", where, sentence) for sentence in dict.fromkeys(sentences)]


def describe_unknown_field(catalogue: Catalogue, words: str) -> str:
    """The sentence for a field nobody knows, with the likeliest one meant."""
    near = catalogue.suggest_field(words)
    hint = f' Did you mean "{near}"?' if near else " Declare it under fields, or use a standard field."
    return f'There is no field "{words}".{hint}'


def _find_set_faults(field: Field, ref: SetRef, value_sets: Mapping[str, Sequence[str]]) -> Iterable[str]:
    if ref.name not in value_sets:
        yield f'There is no value set "{ref.name}" in this plan.'
        return
    if field.type in TEXT_TYPES:
        return
    for item in value_sets[ref.name]:
        try:
            settle_scalar(field, item)
        except UnsettledError as fault:
            yield f'Value set "{ref.name}": {fault}'


def _settle_range(field: Field, written: Sequence[Written]) -> Range:
    return Range(settle_scalar(field, written[0]), settle_scalar(field, written[1]))


def _plain(number: float) -> int | float:
    plain = simplify_number(number)
    assert plain is not None, "numbers are finite once read"
    return plain
