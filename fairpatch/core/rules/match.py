"""Does a rule match an account? This is the reference meaning every engine must agree with.

Two-valued: a comparison with a missing value is false, and `not` of it is true.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from fairpatch.core.rules.account import Seen, choose_fold, fold_value
from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.core.rules.tree import All, And, AreaRef, Circle, Condition, Not, Range, Rule, SetRef
from fairpatch.core.rules.values import fold_codes

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG); distances are great circles on a sphere of this size."""

SECTOR_RANGES: Mapping[str, tuple[str, ...]] = {
    "31-33": ("31", "32", "33"),
    "44-45": ("44", "45"),
    "48-49": ("48", "49"),
}

Predicate: TypeAlias = Callable[[Seen], bool]


@dataclass(frozen=True)
class Scope:
    """What the names in a rule stand for. Folded value sets are kept, since sets may be long."""

    catalogue: Catalogue
    value_sets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    areas: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    _folded: dict[tuple[object, str], tuple[object, frozenset[Any]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def fold_members(self, tested: Field, value: object) -> frozenset[Any]:
        """The values a condition lists, as they are compared; blank ones match nothing and drop out."""
        key = (value.name if isinstance(value, SetRef) else id(value), tested.name)
        known = self._folded.get(key)
        if known is None or (known[0] is not value and not isinstance(value, SetRef)):
            known = (value, self._fold_items(tested, value))
            self._folded[key] = known
        return known[1]

    def _fold_items(self, tested: Field, value: object) -> frozenset[Any]:
        if isinstance(value, SetRef):
            items: Sequence[object] = self.value_sets.get(value.name, ())
        else:
            items = value if isinstance(value, tuple) else (value,)
        if tested.type == "code":
            return fold_codes(items)
        fold = choose_fold(tested)
        return frozenset(folded for item in items if (folded := fold(item)) is not None)


def match_rule(rule: Rule, account: Seen, scope: Scope) -> bool:
    """Whether the rule matches. Written to be read; `bind_rule` is the same, prepared for many accounts."""
    return bind_rule(rule, scope)(account)


def bind_rule(rule: Rule, scope: Scope) -> Predicate:
    """The rule as a function of an account."""
    if isinstance(rule, All):
        return lambda account: True
    if isinstance(rule, Condition):
        return bind_condition(rule, scope)
    if isinstance(rule, Not):
        inner = bind_rule(rule.rule, scope)
        return lambda account: not inner(account)
    parts = [bind_rule(part, scope) for part in rule.rules]
    if isinstance(rule, And):
        return lambda account: all(part(account) for part in parts)
    return lambda account: any(part(account) for part in parts)


def bind_condition(condition: Condition, scope: Scope) -> Predicate:
    """One condition as a function of an account."""
    name, operator = condition.field, condition.operator
    if operator == "is empty":
        return lambda account: name not in account
    if operator == "is not empty":
        return lambda account: name in account
    if operator in ("!=", "not in"):
        equal = bind_condition(Condition(name, "=" if operator == "!=" else "in", condition.value), scope)
        return lambda account: not equal(account)
    test = _bind_test(condition, scope)
    if name == "region":  # a country may lie in several regions: any of them will do
        return lambda account: any(test(region) for region in account.get(name, ()))
    if operator == "=" and name in scope.catalogue:
        wanted = fold_value(scope.catalogue[name], condition.value)
        if wanted is None:
            return lambda account: False
        return lambda account: account.get(name) == wanted

    def holds(account: Seen) -> bool:
        value = account.get(name)
        return value is not None and test(value)

    return holds


def _bind_test(condition: Condition, scope: Scope) -> Callable[[Any], bool]:
    """The test of a value that is there."""
    operator, value = condition.operator, condition.value
    if isinstance(value, Circle):
        return lambda point: (
            measure_distance_km(point[0], point[1], value.latitude, value.longitude) <= value.radius_km
        )
    if isinstance(value, AreaRef):
        ring = scope.areas[value.name]
        return lambda point: is_inside_ring(point[0], point[1], ring)
    tested = scope.catalogue[condition.field]
    if isinstance(value, Range) or operator in ("<", "<=", ">", ">="):
        return _bind_order(condition, tested)
    members = scope.fold_members(tested, value)
    if operator in ("=", "in"):
        return lambda found: found in members
    if operator == "includes any":
        return lambda tags: not members.isdisjoint(tags)
    if operator == "includes all":
        return lambda tags: members <= tags
    if operator == "contains":
        return lambda found: any(member in found for member in members)
    if operator == "begins with":
        return _bind_prefixes(members)
    assert operator == "under", f"unknown operator {operator}"
    return lambda code: is_under(code, members, has_sectors=tested.name == "industry")


def _bind_prefixes(prefixes: frozenset[str]) -> Callable[[str], bool]:
    as_tuple = tuple(sorted(prefixes))
    return lambda found: found.startswith(as_tuple)


def _bind_order(condition: Condition, tested: Field) -> Callable[[Any], bool]:
    operator, value = condition.operator, condition.value
    if isinstance(value, Range):
        low, high = fold_value(tested, value.low), fold_value(tested, value.high)
        if low is None or high is None:
            return lambda found: False
        return lambda found: bool(low <= found <= high)
    limit = fold_value(tested, value)
    if limit is None:
        return lambda found: False
    if operator == "<":
        return lambda found: bool(found < limit)
    if operator == "<=":
        return lambda found: bool(found <= limit)
    if operator == ">":
        return lambda found: bool(found > limit)
    return lambda found: bool(found >= limit)


def is_under(code: str, tops: frozenset[str], has_sectors: bool) -> bool:
    """Whether a hierarchical code is one of the given codes or a descendant of one.

    A sector range of NAICS stands for its sectors; an account coded with the range itself is under the
    range only, never under one of its sectors.
    """
    if code in tops:
        return True
    if has_sectors and code in SECTOR_RANGES:
        return False
    for top in tops:
        if has_sectors and top in SECTOR_RANGES:
            if code.startswith(SECTOR_RANGES[top]):
                return True
        elif code.startswith(top):
            return True
    return False


def measure_distance_km(
    latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float
) -> float:
    """The great-circle distance of two points in kilometres (haversine formula)."""
    phi_a, phi_b = math.radians(latitude_a), math.radians(latitude_b)
    half_height = math.sin((phi_b - phi_a) / 2)
    half_width = math.sin(math.radians(longitude_b - longitude_a) / 2)
    chord = half_height * half_height + math.cos(phi_a) * math.cos(phi_b) * half_width * half_width
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, max(0.0, chord))))


def is_inside_ring(latitude: float, longitude: float, ring: Sequence[tuple[float, float]]) -> bool:
    """Whether a point lies in a ring of (longitude, latitude) corners; the border counts as inside.

    Sides are straight in degrees and take the short way round the globe, so a ring may cross the
    antimeridian.
    """
    corners = _unroll(ring)
    return any(_is_inside_plane(longitude + turn, latitude, corners) for turn in (-360.0, 0.0, 360.0))


def _unroll(ring: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    corners: list[tuple[float, float]] = []
    for x, y in ring:
        if corners:
            x -= 360.0 * round((x - corners[-1][0]) / 360.0)
        corners.append((x, y))
    return corners


def _is_inside_plane(x: float, y: float, corners: Sequence[tuple[float, float]]) -> bool:
    is_inside = False
    for place, (x2, y2) in enumerate(corners):
        x1, y1 = corners[place - 1]
        cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if cross == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            is_inside = not is_inside
    return is_inside
