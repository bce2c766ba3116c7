"""Which points of the globe stand for all the others, as circles and areas see them?

Corners, middles, and the places right beside every border and every crossing of two circles. For circles that
is every combination of inside and outside there is, save where borders only touch.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fairpatch.core.rules.match import EARTH_RADIUS_KM, Scope, bind_condition
from fairpatch.core.rules.tree import AreaRef, Circle, Condition, Range
from fairpatch.engines.analysis.classes import FieldClasses, group_values
from fairpatch.engines.analysis.values import list_numbers

Point: TypeAlias = tuple[float | None, float | None]
"""Latitude and longitude in degrees; None is missing."""
Vector: TypeAlias = npt.NDArray[np.float64]

MOST_POINTS = 30_000
_NUDGE = 2e-7
"""In radians: about a metre on the ground."""
_SIDES = 16
_ELSEWHERE = ((0.0, -30.0), (-60.0, 100.0), (75.0, -150.0), (-40.0, -120.0))


def classify_points(conditions: Sequence[Condition], scope: Scope) -> FieldClasses:
    """The classes of (latitude, longitude), tested as `position` or by each coordinate."""
    points = choose_points(conditions, scope)
    answers = [_answer_points(condition, points, scope) for condition in conditions]
    return group_values(points, conditions, answers)


def choose_points(conditions: Sequence[Condition], scope: Scope) -> list[Point]:
    """The stand-ins, both coordinates present or one alone."""
    circles = [condition.value for condition in conditions if isinstance(condition.value, Circle)]
    names = {condition.value.name for condition in conditions if isinstance(condition.value, AreaRef)}
    rings = [scope.areas[name] for name in sorted(names)]
    found: Iterator[tuple[float, float]] = itertools.chain(
        _ELSEWHERE,
        *(_surround_circle(circle) for circle in circles),
        _cross_circles(circles),
        *(_surround_ring(ring) for ring in rings),
        *(_cross_rings(first, second) for first, second in itertools.combinations(rings, 2)),
    )
    limits = {"latitude": [0.0], "longitude": [0.0]}
    has_limits = False
    for condition in conditions:
        if condition.field in limits and condition.value is not None:
            has_limits = True
            value = condition.value
            bounds = (value.low, value.high) if isinstance(value, Range) else value
            given = bounds if isinstance(bounds, tuple) else (bounds,)
            limits[condition.field] += [bound for bound in given if isinstance(bound, int | float)]
    points: list[Point] = list(dict.fromkeys(itertools.islice(found, MOST_POINTS)))
    latitudes: list[float | None] = [None, *list_numbers(limits["latitude"], -90, 90)]
    longitudes: list[float | None] = [None, *list_numbers(limits["longitude"], -180, 180)]
    if has_limits:
        points += itertools.islice(itertools.product(latitudes, longitudes), MOST_POINTS)
    return [point for point in dict.fromkeys(points) if point != (None, None)]


def _answer_points(condition: Condition, points: Sequence[Point], scope: Scope) -> list[int]:
    if condition.field == "position" and isinstance(condition.value, Circle):
        return _find_in_circle(condition.value, points)
    test = bind_condition(condition, scope)
    found = [place for place, point in enumerate(points) if test(see_point(point))]
    return [*found, len(points)] if test({}) else found


def see_point(point: Point) -> dict[str, Any]:
    """A point as rules see it."""
    latitude, longitude = point
    seen: dict[str, Any] = {} if latitude is None else {"latitude": latitude}
    if longitude is not None:
        seen["longitude"] = longitude
    if latitude is not None and longitude is not None:
        seen["position"] = point
    return seen


def _find_in_circle(circle: Circle, points: Sequence[Point]) -> list[int]:
    """All points at once; none lies so near the border that rounding could matter."""
    known = [place for place, point in enumerate(points) if None not in point]
    at = np.radians(np.array([points[place] for place in known], np.float64)).reshape(-1, 2)
    latitude, longitude = math.radians(circle.latitude), math.radians(circle.longitude)
    chord = (
        np.sin((at[:, 0] - latitude) / 2) ** 2
        + math.cos(latitude) * np.cos(at[:, 0]) * np.sin((at[:, 1] - longitude) / 2) ** 2
    )
    distance = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return [known[place] for place in np.flatnonzero(distance <= circle.radius_km)]


def _to_vector(latitude: float, longitude: float) -> Vector:
    phi, theta = math.radians(latitude), math.radians(longitude)
    return np.array([math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)])


def _to_point(vector: Vector) -> tuple[float, float]:
    x, y, z = vector / np.linalg.norm(vector)
    return math.degrees(math.asin(max(-1.0, min(1.0, z)))), math.degrees(math.atan2(y, x))


def _surround_circle(circle: Circle) -> Iterator[tuple[float, float]]:
    yield circle.latitude, circle.longitude
    centre = _to_vector(circle.latitude, circle.longitude)
    aside = np.array([0.0, 0.0, 1.0]) if abs(centre[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    east = np.cross(aside, centre)
    east /= np.linalg.norm(east)
    north = np.cross(centre, east)
    angle = circle.radius_km / EARTH_RADIUS_KM
    for reach in (angle - _NUDGE, angle + _NUDGE, angle / 2):
        if not 0 < reach < math.pi:
            continue
        for turn in range(_SIDES):
            way = math.cos(turn * math.tau / _SIDES) * east + math.sin(turn * math.tau / _SIDES) * north
            yield _to_point(math.cos(reach) * centre + math.sin(reach) * way)


def _cross_circles(circles: Sequence[Circle]) -> Iterator[tuple[float, float]]:
    """Beside every crossing of two circles: within both, within either, within none."""
    unique = list(dict.fromkeys(circles))
    centres = np.array([_to_vector(one.latitude, one.longitude) for one in unique]).reshape(-1, 3)
    angles = np.array([one.radius_km / EARTH_RADIUS_KM for one in unique])
    for first in range(len(unique)):
        apart = np.arccos(np.clip(centres[first + 1 :] @ centres[first], -1, 1))
        reach = angles[first + 1 :]
        meets = (apart <= reach + angles[first]) & (apart >= np.abs(reach - angles[first])) & (apart > 1e-9)
        for second in np.flatnonzero(meets) + first + 1:
            yield from _cross_two(centres[first], angles[first], centres[second], angles[second])


def _cross_two(a: Vector, reach_a: float, b: Vector, reach_b: float) -> Iterator[tuple[float, float]]:
    cosine = float(a @ b)
    rest = 1 - cosine * cosine
    if rest < 1e-15:
        return
    alpha = (math.cos(reach_a) - cosine * math.cos(reach_b)) / rest
    beta = (math.cos(reach_b) - cosine * math.cos(reach_a)) / rest
    middle, across = alpha * a + beta * b, np.cross(a, b)
    length = math.sqrt(max(0.0, (1 - float(middle @ middle)) / float(across @ across)))
    for sign in (1, -1):
        crossing = middle + sign * length * across
        for nudge_a, nudge_b in itertools.product((_NUDGE, -_NUDGE, 0), repeat=2):
            yield _to_point(crossing + nudge_a * a + nudge_b * b)


def _surround_ring(ring: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Right beside each corner and along each side, towards the middle and away from it, and the middle."""
    x, y = (sum(corner[axis] for corner in ring) / len(ring) for axis in (0, 1))
    yield y, x
    for place, (x2, y2) in enumerate(ring):
        x1, y1 = ring[place - 1]
        for share in (0.01, 0.25, 0.5, 0.75, 0.99):
            at_x, at_y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
            across_x, across_y = y1 - y2, x2 - x1
            size = math.hypot(across_x, across_y) or 1.0
            for nudge in (1e-5, -1e-5, 0.05 * size, -0.05 * size):
                yield _wrap(at_y + nudge * across_y / size, at_x + nudge * across_x / size)


def _cross_rings(
    first: Sequence[tuple[float, float]], second: Sequence[tuple[float, float]]
) -> Iterable[tuple[float, float]]:
    """Around every crossing of a side of one with a side of the other."""
    for place, (x2, y2) in enumerate(first):
        x1, y1 = first[place - 1]
        for other, (x4, y4) in enumerate(second):
            x3, y3 = second[other - 1]
            slant = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3)
            if slant == 0:
                continue
            share = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / slant
            along = ((x3 - x1) * (y2 - y1) - (y3 - y1) * (x2 - x1)) / slant
            if not (0 <= share <= 1 and 0 <= along <= 1):
                continue
            for turn in range(_SIDES):
                angle = turn * math.tau / _SIDES + 0.1
                yield _wrap(
                    y1 + share * (y2 - y1) + 1e-5 * math.sin(angle),
                    x1 + share * (x2 - x1) + 1e-5 * math.cos(angle),
                )


def _wrap(latitude: float, longitude: float) -> tuple[float, float]:
    return max(-90.0, min(90.0, latitude)), (longitude + 180.0) % 360.0 - 180.0
