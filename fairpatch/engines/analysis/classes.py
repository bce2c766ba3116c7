"""Which values of a field does no rule tell apart?

Of a field's stand-in values those that answer every condition alike form a class. A condition is then a set
of classes, written as an integer whose bits are their numbers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fairpatch.core.rules.account import fold_value
from fairpatch.core.rules.fields import Field
from fairpatch.core.rules.match import SECTOR_RANGES, Scope, bind_condition
from fairpatch.core.rules.tree import Condition, Range
from fairpatch.engines.analysis.values import (
    END,
    MAX_TAGS,
    extend_texts,
    judge_text,
    list_days,
    list_numbers,
    list_tag_sets,
    list_texts,
)

Key: TypeAlias = tuple[Hashable, ...]
Mask: TypeAlias = int
_ORDER = ("<", "<=", ">", ">=", "between")
_BOUNDS: dict[str, tuple[float, float, bool]] = {
    "employees": (0, float("inf"), True),
    "annual_revenue": (0, float("inf"), False),
    "latitude": (-90, 90, False),
    "longitude": (-180, 180, False),
}
"""Least, most, and whether only whole numbers are possible: nobody employs half a person."""


@dataclass(frozen=True)
class FieldClasses:
    """`samples` holds one value per class, None for the missing one; `members` all stand-ins of each."""

    samples: list[Any]
    members: list[list[Any]]
    masks: dict[Key, Mask]
    full: Mask


def identify_condition(condition: Condition) -> Key:
    """What conditions of one meaning share; long lists are told apart by where they are kept."""
    value = condition.value
    said = id(value) if isinstance(value, tuple) else value
    return condition.field, condition.operator, type(value).__name__, said


def is_open_question(condition: Condition, scope: Scope) -> bool:
    """Whether stand-ins may miss a combination of answers: `contains`, positions, and very many tags."""
    if condition.operator in ("contains", "within", "inside"):
        return True
    field = scope.catalogue[condition.field]
    return field.type == "tags" and len(scope.fold_members(field, condition.value)) > MAX_TAGS


def classify_values(
    field: Field,
    conditions: Sequence[Condition],
    scope: Scope,
    preferred: Sequence[str] = (),
    extra: Iterable[str] = (),
) -> FieldClasses:
    """The classes of a field that has values of its own; every field but `id` may be missing."""
    if field.type == "tags":
        groups = [scope.fold_members(field, condition.value) for condition in conditions]
        values: list[Any] = list_tag_sets(groups)
        answers: list[Iterable[int]] = [
            _answer_singly(condition, field.name, values, scope) for condition in conditions
        ]
    else:
        values = _list_values(field, conditions, scope, preferred, extra)
        find = _index_answers(field, values, scope)
        answers = [find(condition) for condition in conditions]
    return group_values(values, conditions, answers, may_be_missing=field.name != "id")


def classify_countries(
    conditions: Sequence[Condition],
    scope: Scope,
    regions: Mapping[str, frozenset[str]],
    preferred: Sequence[str] = (),
) -> FieldClasses:
    """The classes of countries, which conditions on `region` test as well; `regions` by folded country."""
    field = scope.catalogue["country"]
    own = [condition for condition in conditions if condition.field == "country"]
    values = _list_values(field, own, scope, preferred, [*regions, *preferred])
    find = _index_answers(field, values, scope)
    answers = []
    for condition in conditions:
        if condition.field == "country":
            answers.append(find(condition))
            continue
        test = bind_condition(condition, scope)
        seen = [{"region": regions[value]} if value in regions else {} for value in [*values, None]]
        answers.append([place for place, account in enumerate(seen) if test(account)])
    return group_values(values, conditions, answers)


def group_values(
    values: Sequence[Any],
    conditions: Sequence[Condition],
    answers: Sequence[Iterable[int]],
    may_be_missing: bool = True,
) -> FieldClasses:
    """Values with the same answers together. `answers` are places in `values`; one past its end: missing."""
    missing = len(values)
    signatures: list[list[int]] = [[] for _ in range(missing + 1)]
    for number, places in enumerate(answers):
        for place in places:
            signatures[place].append(number)
    known: dict[tuple[int, ...], int] = {}
    members: list[list[Any]] = []
    holding: list[list[int]] = [[] for _ in conditions]
    for place, signature in enumerate(signatures):
        if place == missing and not may_be_missing:
            break
        # A missing value stands alone: it is the plainest to show.
        label = (*signature, -1) if place == missing else tuple(signature)
        number = known.setdefault(label, len(members))
        if number == len(members):
            members.append([])
            for condition in signature:
                holding[condition].append(number)
        members[number].append(None if place == missing else values[place])
    masks = {
        identify_condition(condition): make_mask(numbers)
        for condition, numbers in zip(conditions, holding, strict=True)
    }
    samples = [min(some, key=_judge_value) for some in members]
    return FieldClasses(samples, members, masks, (1 << len(members)) - 1)


def make_mask(numbers: Iterable[int]) -> Mask:
    """The integer whose bits are these numbers."""
    bits = bytearray()
    for number in numbers:
        byte = number >> 3
        if byte >= len(bits):
            bits.extend(bytes(byte + 1 - len(bits)))
        bits[byte] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def list_bits(mask: Mask) -> Iterator[int]:
    """The numbers of the bits that are set, ascending."""
    while mask:
        least = mask & -mask
        yield least.bit_length() - 1
        mask ^= least


def _judge_value(value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        return judge_text(value)
    if isinstance(value, frozenset):
        return (len(value),)
    return (int(isinstance(value, float)), int(isinstance(value, float | int) and value < 0))


def _list_values(
    field: Field,
    conditions: Sequence[Condition],
    scope: Scope,
    preferred: Sequence[str],
    extra: Iterable[str],
) -> list[Any]:
    if field.type == "boolean":
        return [False, True]
    limits = {value for condition in conditions for value in _list_limits(field, condition, scope)}
    if field.type == "date":
        return list(list_days(limits))
    if field.type == "number":
        least, most, is_whole = _BOUNDS.get(field.name, (-float("inf"), float("inf"), False))
        return list(list_numbers(limits, least, most, is_whole))
    if field.type == "choice":
        borders = {fold_value(field, choice) for choice in field.choices} - {None}
        return sorted(borders | {limit for limit in limits if not limit.endswith(END)})
    if field.name == "industry":
        limits.update(SECTOR_RANGES)
    found = list_texts({*limits, *extra}, preferred)
    patterns = {
        pattern
        for condition in conditions
        if condition.operator == "contains"
        for pattern in scope.fold_members(field, condition.value)
    }
    extended = (fold_value(field, text) for text in extend_texts(found, patterns))
    return sorted({*found, *extended} - {None}) if patterns else found


def _list_limits(field: Field, condition: Condition, scope: Scope) -> Iterator[Any]:
    """The values at which a condition may change its answer."""
    operator, value = condition.operator, condition.value
    if operator in ("is empty", "is not empty"):
        return
    if operator in _ORDER:
        bounds = (value.low, value.high) if isinstance(value, Range) else (value,)
        yield from (bound for bound in (fold_value(field, one) for one in bounds) if bound is not None)
        return
    for member in scope.fold_members(field, value):
        yield member
        if operator in ("begins with", "under"):
            for start in SECTOR_RANGES.get(member, (member,)) if operator == "under" else (member,):
                yield start
                yield start + END


def _index_answers(field: Field, values: Sequence[Any], scope: Scope) -> Callable[[Condition], Iterable[int]]:
    """How conditions are answered for values in ascending order, without asking each value."""
    place_of = {value: place for place, value in enumerate(values)}

    def begin_with(starts: Iterable[str]) -> Iterator[int]:
        for start in sorted(starts):
            yield from range(bisect_left(values, start), bisect_left(values, start + END))

    def find(condition: Condition) -> Iterable[int]:
        operator = condition.operator
        if operator == "is empty":
            return [len(values)]
        if operator == "is not empty":
            return range(len(values))
        if operator in _ORDER:
            return _find_span(field, condition, values)
        members = scope.fold_members(field, condition.value)
        if operator in ("=", "in"):
            return sorted(place_of[member] for member in members if member in place_of)
        if operator == "begins with":
            return sorted(set(begin_with(members)))
        if operator == "under" and field.name != "industry":
            return sorted(set(begin_with(members)))
        if operator == "under":
            ranges = {place_of[code] for code in SECTOR_RANGES} - {
                place_of[code] for code in members if code in SECTOR_RANGES
            }
            starts = [start for member in members for start in SECTOR_RANGES.get(member, (member,))]
            own = {place_of[member] for member in members}
            return sorted((set(begin_with(starts)) - ranges) | own)
        return _answer_singly(condition, field.name, values, scope)

    return find


def _find_span(field: Field, condition: Condition, values: Sequence[Any]) -> Iterable[int]:
    operator, value = condition.operator, condition.value
    if isinstance(value, Range):
        low, high = fold_value(field, value.low), fold_value(field, value.high)
        if low is None or high is None:
            return ()
        return range(bisect_left(values, low), bisect_right(values, high))
    limit = fold_value(field, value)
    if limit is None:
        return ()
    if operator in ("<", "<="):
        return range((bisect_left if operator == "<" else bisect_right)(values, limit))
    return range((bisect_left if operator == ">=" else bisect_right)(values, limit), len(values))


def _answer_singly(condition: Condition, name: str, values: Sequence[Any], scope: Scope) -> list[int]:
    test = bind_condition(condition, scope)
    found = [place for place, value in enumerate(values) if test({name: value})]
    return [*found, len(values)] if test({}) else found
