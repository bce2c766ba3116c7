"""Which values of a field could make a difference to the rules of a layer?

Rules cannot tell apart values between which none of their conditions changes, so it is enough to try one
value of each kind: those that conditions name, one between two limits, one that no rule names, and none.
What hangs together is changed together: a country with its region, a latitude with its longitude.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairpatch.core.plans.plan import Plan
from fairpatch.core.rules.account import Seen, fold_value, index_regions
from fairpatch.core.rules.fields import Field
from fairpatch.core.rules.match import SECTOR_RANGES
from fairpatch.core.rules.normal import Literal
from fairpatch.core.rules.tree import AreaRef, Circle, Condition, Range, SetRef
from fairpatch.core.rules.values import fold_code

UNNAMED = "(other)"
"""Stands for any value that no rule names."""
MOST_TAGS = 4
_ORDERED = frozenset({"<", "<=", ">", ">=", "between"})
_TOGETHER = {"region": "country", "latitude": "position", "longitude": "position"}
_NEVER_NEGATIVE = frozenset({"employees", "annual_revenue"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A value as it is compared, and as a person writes it. Both None: the field is emptied."""

    folded: Any
    written: Any


def find_unit(field: str) -> str:
    """The field that is changed when another outcome of a test of this field is wanted."""
    return _TOGETHER.get(field, field)


class Representatives:
    """The values worth trying, by field; worked out when a field is first asked for."""

    def __init__(self, plan: Plan, literals: Iterable[Literal]) -> None:
        self._plan = plan
        self._regions = index_regions(plan.regions)
        self._lands = {fold_code(land): land for lands in plan.regions.values() for land in lands}
        self._conditions: dict[str, list[Condition]] = {}
        for literal in literals:
            self._conditions.setdefault(find_unit(literal.condition.field), []).append(literal.condition)
        self._known: dict[str, tuple[Choice, ...]] = {}

    def list_choices(self, unit: str) -> tuple[Choice, ...]:
        """Every value worth trying, in a fixed order; the empty one and the unnamed one come last."""
        if unit not in self._known:
            conditions = self._conditions.get(unit, [])
            if unit == "position":
                found = list(self._list_points(conditions))
            elif self._plan.catalogue[unit].type == "tags":
                found = list(self._list_tags(unit, conditions))
            else:
                found = list(self._list_values(self._plan.catalogue[unit], conditions))
            unique = {choice.folded: choice for choice in reversed([*found, Choice(None, None)])}
            self._known[unit] = tuple(reversed(unique.values()))
        return self._known[unit]

    def change_account(self, account: Seen, unit: str, choice: Choice) -> dict[str, Any]:
        """The account as rules would see it with this value."""
        changed = dict(account)
        for name in ("latitude", "longitude", "position") if unit == "position" else (unit,):
            changed.pop(name, None)
        if unit == "country":
            changed.pop("region", None)
        if choice.folded is None:
            return changed
        if unit == "position":
            changed["latitude"], changed["longitude"] = choice.folded
        changed[unit] = choice.folded
        if unit == "country" and choice.folded in self._regions:
            changed["region"] = self._regions[choice.folded]
        return changed

    def _list_values(self, field: Field, conditions: Sequence[Condition]) -> Iterator[Choice]:
        written: dict[Any, Any] = {}
        limits: set[Any] = set()
        for condition in conditions:
            for value in self._list_named(condition):
                folded = fold_value(field, value)
                if folded is not None:
                    written.setdefault(folded, value)
                    limits.add(folded)
        if field.type in ("number", "date"):
            for folded in list_between(sorted(limits), field.type):
                written.setdefault(folded, folded)
            yield from (
                Choice(folded, value)
                for folded, value in sorted(written.items())
                if not (field.name in _NEVER_NEGATIVE and folded < 0)
            )
            return
        if field.type == "boolean":
            yield from (Choice(True, True), Choice(False, False))
            return
        if any(condition.operator in _ORDERED for condition in conditions):
            # Codes are compared in the order of text: this one stands just behind the limit.
            written.update({f"{limit}0": f"{limit}0" for limit in limits if f"{limit}0" not in written})
        yield from (Choice(folded, written[folded]) for folded in sorted(written))
        yield Choice(UNNAMED, UNNAMED)

    def _list_named(self, condition: Condition) -> Iterator[Any]:
        value = condition.value
        if condition.field == "region":
            wanted = {fold_value(self._plan.catalogue["region"], item) for item in _spread(value)}
            lands = sorted(land for land in self._regions if not wanted.isdisjoint(self._regions[land]))
            yield from (self._lands[land] for land in lands)
        elif isinstance(value, SetRef):
            yield from self._plan.value_sets.get(value.name, ())
        elif isinstance(value, Range):
            yield from (value.low, value.high)
        elif condition.operator == "under":
            # Of a sector range only its sectors are codes that companies have.
            for item in _spread(value):
                yield from SECTOR_RANGES.get(str(item), (item,))
        elif value is not None:
            yield from _spread(value)

    def _list_tags(self, unit: str, conditions: Sequence[Condition]) -> Iterator[Choice]:
        field = self._plan.catalogue[unit]
        written: dict[str, str] = {}
        for condition in conditions:
            for value in self._list_named(condition):
                folded = fold_value(field, value)
                if folded is not None:
                    written.setdefault(folded, str(value))
        if len(written) <= MOST_TAGS:
            groups: Iterable[list[str]] = (
                [tag for bit, tag in enumerate(sorted(written)) if mask >> bit & 1]
                for mask in range(1, 2 ** len(written))
            )
        else:
            listed = [
                sorted({fold_value(field, value) for value in self._list_named(condition)} - {None})
                for condition in conditions
            ]
            groups = [[tag] for tag in sorted(written)] + [group for group in listed if group]
        yield from (Choice(frozenset(group), [written[tag] for tag in group]) for group in groups)
        yield Choice(frozenset({UNNAMED}), [UNNAMED])

    def _list_points(self, conditions: Sequence[Condition]) -> Iterator[Choice]:
        for condition in conditions:
            if isinstance(condition.value, Circle):
                point = (condition.value.latitude, condition.value.longitude)
                yield Choice(point, list(point))
            elif isinstance(condition.value, AreaRef):
                ring = self._plan.areas[condition.value.name]
                corners = ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
                middle = (
                    sum(y for _, y in corners) / len(corners),
                    sum(x for x, _ in corners) / len(corners),
                )
                yield Choice(middle, list(middle))
        latitudes, longitudes = (
            self._list_degrees(conditions, name) or [0.0] for name in ("latitude", "longitude")
        )
        yield from (Choice((y, x), [y, x]) for y in latitudes for x in longitudes)

    def _list_degrees(self, conditions: Sequence[Condition], name: str) -> list[float]:
        """What tests of a latitude or a longitude alone tell apart."""
        asked = [condition for condition in conditions if condition.field == name]
        if not asked:
            return []
        field = self._plan.catalogue[name]
        return [choice.folded for choice in self._list_values(field, asked) if choice.folded != UNNAMED]


def _spread(value: object) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def list_between(limits: Sequence[Any], kind: str) -> list[Any]:
    """A value below, between and above the limits, so that each stretch has one; any one without limits."""
    if not limits:
        return [dt.date(2000, 1, 1) if kind == "date" else 1]
    step: Any = dt.timedelta(days=1) if kind == "date" else 1
    found = [limits[0] - step, limits[-1] + step]
    for low, high in itertools.pairwise(limits):
        found += [low + step, high - step] if high - low > 2 * step else _halve(low, high, kind)
    return found


def _halve(low: Any, high: Any, kind: str) -> list[Any]:
    """Whatever lies between two limits that are near each other."""
    if kind == "date":
        return [low + dt.timedelta(days=1)] if (high - low).days > 1 else []
    return [(low + high) // 2 if high - low == 2 and isinstance(low + high, int) else (low + high) / 2]


def write_choices(changes: Mapping[str, Choice]) -> dict[str, Any]:
    """The changes as raw values by field, as a form or a file would hold them."""
    raw: dict[str, Any] = {}
    for unit, choice in changes.items():
        if unit == "position":
            latitude, longitude = choice.written or (None, None)
            raw.update(latitude=latitude, longitude=longitude)
        else:
            raw[unit] = choice.written
    return raw
