"""Which few codes stand for a condition?

A level is one way of looking at a field: its values, its prefixes of one length, the stretches between
the limits that rules name, or the outcome of one test. On its level a condition is a set of codes, so
matching becomes looking up. Conditions that need several levels become alternatives of one level each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np

from fairpatch.core.rules.account import fold_value, index_regions
from fairpatch.core.rules.fields import Field
from fairpatch.core.rules.match import SECTOR_RANGES, Predicate, Scope, bind_condition
from fairpatch.core.rules.normal import Literal as RuleLiteral
from fairpatch.core.rules.tree import Condition, Range
from fairpatch.engines.routing.columns import Codes

Kind: TypeAlias = Literal["value", "prefix", "under", "bucket", "test"]
MISSING = 0
_OTHER = 1
"""On "value" levels: a value no rule names."""


@dataclass(frozen=True, slots=True)
class Level:
    """`detail` is the length of prefixes, or the condition that is tested."""

    kind: Kind
    field: str
    detail: int | Condition | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of ordered values; None leaves an end open."""

    low: Any = None
    has_low: bool = True
    high: Any = None
    has_high: bool = True


@dataclass(frozen=True, slots=True)
class _Piece:
    """Values of one level that satisfy a condition, or (`is_rest`) all the others."""

    level: Level
    members: frozenset[Any]
    is_rest: bool = False


Alternative: TypeAlias = dict[Level, Codes]
"""What must hold together: on each level one of the codes."""


class LevelIndex:
    """The levels of some rules and their codes: first every literal is noted, then it can be translated."""

    def __init__(self, scope: Scope, regions: Mapping[str, tuple[str, ...]]) -> None:
        self.scope = scope
        self._regions = index_regions(regions)
        self._levels: dict[Level, Level] = {}
        """Each level once, so that finding one among many need not compare its parts."""
        self._pieces: dict[tuple[str, str, int], tuple[Condition, tuple[_Piece, ...]]] = {}
        self._tokens: dict[Level, dict[Any, int]] = {}
        self._limits: dict[Level, set[Any]] = {}
        self._cuts: dict[Level, list[Any]] = {}
        self._tests: dict[Level, Predicate] = {}
        self._encoders: dict[Level, Callable[[Any], int]] = {}
        self._translated: dict[tuple[str, str, int, bool], list[Alternative]] = {}

    def note(self, literal: RuleLiteral) -> None:
        """Takes the values of a literal into its levels."""
        condition = literal.condition
        key = _identify(condition)
        if key in self._pieces:
            return
        pieces = tuple(
            _Piece(self._levels.setdefault(piece.level, piece.level), piece.members, piece.is_rest)
            for piece in self._split(condition)
        )
        self._pieces[key] = (condition, pieces)
        for piece in pieces:
            self._take(piece)

    def translate(self, literal: RuleLiteral) -> list[Alternative]:
        """A noted literal as alternatives; none when nothing can satisfy it."""
        key = (*_identify(literal.condition), literal.is_positive)
        if key not in self._translated:
            pieces = self._pieces[key[:3]][1]
            if literal.is_positive:
                found = [{piece.level: codes} for piece in pieces if len(codes := self._resolve(piece))]
            else:
                found = [{piece.level: self._invert(piece.level, self._resolve(piece)) for piece in pieces}]
            self._translated[key] = [each for each in found if all(map(len, each.values()))]
        return self._translated[key]

    def count_codes(self, level: Level) -> int:
        """How many codes a level has."""
        if level.kind == "test":
            return 2
        if level.kind == "bucket":
            return 2 * len(self.list_cuts(level)) + 2
        return len(self._tokens[level]) + (2 if level.kind == "value" else 1)

    def list_cuts(self, level: Level) -> list[Any]:
        """The limits of a "bucket" level, ascending."""
        if level not in self._cuts:
            self._cuts[level] = sorted(self._limits[level])
        return self._cuts[level]

    def list_tokens(self, level: Level) -> dict[Any, int]:
        """The code of each value or prefix that rules name on a level."""
        return dict(self._tokens[level])

    def encode(self, level: Level, value: Any) -> int:
        """The code of a value as accounts have it; None is missing."""
        return self.choose_encoder(level)(value)

    def choose_encoder(self, level: Level) -> Callable[[Any], int]:
        """`encode` for one level, without asking for its kind each time."""
        if level not in self._encoders:
            self._encoders[level] = self._make_encoder(level)
        return self._encoders[level]

    def _make_encoder(self, level: Level) -> Callable[[Any], int]:
        if level.kind == "test":
            test, name = self._tests[level], level.field
            return lambda value: int(test({} if value is None else {name: value}))
        if level.kind == "bucket":
            return partial(_find_bucket, self.list_cuts(level))
        find = self._tokens[level].get
        if level.kind == "value":
            return lambda value: MISSING if value is None else find(value, _OTHER)
        length = level.detail
        assert isinstance(length, int)
        if level.kind == "under" and level.field == "industry":
            return lambda value: (
                MISSING if value is None else find(value if value in SECTOR_RANGES else value[:length], 0)
            )
        return lambda value: MISSING if value is None else find(value[:length], 0)

    def _split(self, condition: Condition) -> Iterator[_Piece]:
        """The pieces one of which an account must satisfy."""
        field, operator = self.scope.catalogue[condition.field], condition.operator
        if field.name == "region":
            yield self._split_region(condition)
        elif field.type in ("tags", "position") or operator == "contains":
            yield _Piece(Level("test", field.name, condition), frozenset({1}))
        elif operator in ("is empty", "is not empty"):
            kind: Kind = "bucket" if field.type in ("number", "date") else "value"
            yield _Piece(Level(kind, field.name), frozenset({None}), operator == "is not empty")
        elif field.type in ("number", "date") or operator in ("<", "<=", ">", ">=", "between"):
            yield _Piece(Level("bucket", field.name), frozenset(self._list_spans(condition, field)))
        elif operator in ("=", "in"):
            yield _Piece(Level("value", field.name), self.scope.fold_members(field, condition.value))
        else:
            yield from self._split_prefixes(condition, field)

    def _split_region(self, condition: Condition) -> _Piece:
        """A region is a set of countries."""
        test = bind_condition(condition, self.scope)
        of_none = test({})
        members = frozenset(
            country
            for country, regions in self._regions.items()
            if test({"country": country, "region": regions}) != of_none
        )
        return _Piece(Level("value", "country"), members, of_none)

    def _split_prefixes(self, condition: Condition, field: Field) -> Iterator[_Piece]:
        kind: Kind = "under" if condition.operator == "under" else "prefix"
        has_sectors = kind == "under" and field.name == "industry"
        by_length: dict[int, set[str]] = {}
        for code in self.scope.fold_members(field, condition.value):
            if has_sectors and code in SECTOR_RANGES:
                by_length.setdefault(2, set()).update(SECTOR_RANGES[code], (code,))
            else:
                by_length.setdefault(len(code), set()).add(code)
        for length, codes in sorted(by_length.items()):
            yield _Piece(Level(kind, field.name, length), frozenset(codes))

    def _list_spans(self, condition: Condition, field: Field) -> Iterator[Span]:
        operator, value = condition.operator, condition.value
        if operator in ("=", "in"):
            for member in self.scope.fold_members(field, value):
                yield Span(member, True, member, True)
            return
        if isinstance(value, Range):
            low, high = fold_value(field, value.low), fold_value(field, value.high)
            if low is not None and high is not None:
                yield Span(low, True, high, True)
            return
        limit = fold_value(field, value)
        if limit is not None and operator in ("<", "<="):
            yield Span(high=limit, has_high=operator == "<=")
        elif limit is not None:
            yield Span(low=limit, has_low=operator == ">=")

    def _take(self, piece: _Piece) -> None:
        level = piece.level
        if level.kind == "test":
            assert isinstance(level.detail, Condition)
            self._tests.setdefault(level, bind_condition(level.detail, self.scope))
        elif level.kind == "bucket":
            limits = self._limits.setdefault(level, set())
            for span in piece.members - {None}:
                limits.update(limit for limit in (span.low, span.high) if limit is not None)
        else:
            tokens = self._tokens.setdefault(level, {})
            first = 2 if level.kind == "value" else 1
            # One by one: the difference of two sets would look through all that is known so far.
            new = [member for member in piece.members if member is not None and member not in tokens]
            for member in sorted(new):
                tokens[member] = len(tokens) + first

    def _resolve(self, piece: _Piece) -> Codes:
        level = piece.level
        if level.kind == "test":
            found = np.array([1], np.int32)
        elif level.kind == "bucket":
            spans = [self._resolve_span(level, span) for span in piece.members]
            found = np.unique(np.concatenate([*spans, np.empty(0, np.int32)]))
        else:
            tokens = {**self._tokens[level], None: MISSING} if None in piece.members else self._tokens[level]
            found = np.fromiter(map(tokens.__getitem__, piece.members), np.int32, len(piece.members))
            found.sort()
        return self._invert(level, found) if piece.is_rest else found

    def _resolve_span(self, level: Level, span: Span | None) -> Codes:
        if span is None:
            return np.array([MISSING], np.int32)
        cuts = self.list_cuts(level)
        first, last = 1, 2 * len(cuts) + 1
        if span.low is not None:
            first = 2 * bisect_left(cuts, span.low) + (2 if span.has_low else 3)
        if span.high is not None:
            last = 2 * bisect_left(cuts, span.high) + (2 if span.has_high else 1)
        return np.arange(first, last + 1, dtype=np.int32)

    def _invert(self, level: Level, codes: Codes) -> Codes:
        is_left = np.ones(self.count_codes(level), bool)
        is_left[codes] = False
        return np.flatnonzero(is_left).astype(np.int32)


def _find_bucket(cuts: list[Any], value: Any) -> int:
    if value is None:
        return MISSING
    place = bisect_left(cuts, value)
    return 2 * place + (2 if place < len(cuts) and cuts[place] == value else 1)


def _identify(condition: Condition) -> tuple[str, str, int]:
    """Values may be long lists, shared by many literals; the index keeps each one alive."""
    return condition.field, condition.operator, id(condition.value)
