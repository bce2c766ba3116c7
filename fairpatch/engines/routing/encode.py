"""Which code does each account have on a level?

A level's codes follow from a base: the distinct values of a column, the stretches of a number column, or
the coordinates themselves. Only bases are kept per account; a level is a small map over its base.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fairpatch.core.rules.fields import PLACE_FIELDS
from fairpatch.core.rules.match import EARTH_RADIUS_KM, is_inside_ring, measure_distance_km
from fairpatch.core.rules.tree import AreaRef, Circle, Condition
from fairpatch.engines.routing.columns import LARGEST_EXACT, AccountColumns, Codes, Rows
from fairpatch.engines.routing.levels import Level, LevelIndex

Where: TypeAlias = slice | Rows
"""The accounts asked for."""

Numbers: TypeAlias = npt.NDArray[np.float64]

_BLOCK = 2**15
_FEW_CUTS = 40
_KM_IN_DOUBT = 1e-6
"""Distances this near to the radius are measured again as the reference measures them."""


class Encoder:
    """Codes of accounts on the levels of one layer. `source` says from whom each takes its place."""

    def __init__(self, columns: AccountColumns, levels: LevelIndex, source: Rows | None = None) -> None:
        self.size = columns.size
        self._columns = columns
        self._levels = levels
        self._source = source
        self.additions: dict[object, list[Rows]] = {}
        """Per table of a layer, what each base code adds to a key; kept here since it lasts as long."""
        self._bases: dict[tuple[str, bool], Codes] = {}
        self._maps: dict[Level, Codes] = {}
        self._numeric: dict[Level, bool] = {}

    def code_rows(self, level: Level, rows: Where) -> Codes:
        """The codes of some accounts on a level."""
        if level.field == "position":
            return self._test_positions(level, rows)
        return self.map_codes(level)[self.take_base(level, rows)]

    def map_codes(self, level: Level) -> Codes:
        """The code on a level of each code of its base."""
        if level not in self._maps:
            if level.field == "position":
                self._maps[level] = np.arange(2, dtype=np.int32)
            elif self._is_numeric(level):
                self._maps[level] = np.arange(self._levels.count_codes(level), dtype=np.int32)
            else:
                values = self._columns.fold(level.field).values
                codes = map(self._levels.choose_encoder(level), values)
                self._maps[level] = np.fromiter(codes, np.int32, len(values))
        return self._maps[level]

    def take_base(self, level: Level, rows: Where) -> Codes:
        """The base codes of some accounts."""
        if level.field == "position":
            return self._test_positions(level, rows)
        key = self.find_base(level)
        if key not in self._bases:
            base = self._bucket_numbers(level) if key[1] else self._columns.fold(level.field).codes
            self._bases[key] = self._place(level.field, base)
        return self._bases[key][rows]

    def find_base(self, level: Level) -> tuple[str, bool]:
        """Which base a level looks at; all that have the same one share its codes."""
        return level.field, self._is_numeric(level)

    def _place(self, name: str, values: Codes) -> Codes:
        return values if self._source is None or name not in PLACE_FIELDS else values[self._source]

    def _is_numeric(self, level: Level) -> bool:
        """Whether a level is worked out from floating-point numbers without loss."""
        if level not in self._numeric:
            self._numeric[level] = self._find_numeric(level)
        return self._numeric[level]

    def _find_numeric(self, level: Level) -> bool:
        if level.kind != "bucket" or self._levels.scope.catalogue[level.field].type != "number":
            return False
        cuts = self._levels.list_cuts(level)
        are_exact = all(isinstance(cut, float) or abs(cut) <= LARGEST_EXACT for cut in cuts)
        return are_exact and self._columns.read_numbers(level.field) is not None

    def _bucket_numbers(self, level: Level) -> Codes:
        numbers = self._columns.read_numbers(level.field)
        assert numbers is not None
        cuts = np.array(self._levels.list_cuts(level), np.float64)
        codes = np.empty(self.size, np.int32)
        for start in range(0, self.size, _BLOCK):
            codes[start : start + _BLOCK] = _find_stretches(numbers[start : start + _BLOCK], cuts)
        return codes

    def _test_positions(self, level: Level, rows: Where) -> Codes:
        condition = level.detail
        assert isinstance(condition, Condition)
        asked = rows if self._source is None else self._source[rows]
        latitude, longitude = (self._columns.read_numbers(name) for name in ("latitude", "longitude"))
        if latitude is None or longitude is None:
            return self._test_slowly(level, asked)
        y, x = latitude[asked], longitude[asked]
        is_there = ~(np.isnan(y) | np.isnan(x))
        if condition.operator == "is empty":
            return (~is_there).astype(np.int32)
        if condition.operator == "is not empty":
            return is_there.astype(np.int32)
        codes = np.zeros(len(y), np.int32)
        if isinstance(condition.value, Circle):
            codes[is_there] = _test_circle(y[is_there], x[is_there], condition.value)
        elif isinstance(condition.value, AreaRef):
            ring = self._levels.scope.areas[condition.value.name]
            heights = [corner[1] for corner in ring]
            in_band = np.flatnonzero(is_there & (y >= min(heights)) & (y <= max(heights)))
            points = zip(y[in_band].tolist(), x[in_band].tolist(), strict=True)
            codes[in_band] = [is_inside_ring(a, b, ring) for a, b in points]
        return codes

    def _test_slowly(self, level: Level, asked: Where) -> Codes:
        latitudes, longitudes = (self._columns.fold(name) for name in ("latitude", "longitude"))
        found = []
        for a, b in zip(latitudes.codes[asked].tolist(), longitudes.codes[asked].tolist(), strict=True):
            point = (latitudes.values[a], longitudes.values[b])
            found.append(self._levels.encode(level, None if None in point else point))
        return np.array(found, np.int32)


def _find_stretches(numbers: Numbers, cuts: Numbers) -> npt.NDArray[np.integer[Any]]:
    """0 where there is no number; else 1 below all cuts, 2 at the first, 3 between it and the second, …"""
    if len(cuts) <= _FEW_CUTS:
        # Counting the cuts that a number reaches, and those it exceeds, is quicker than a search among few.
        codes = np.ones(len(numbers), np.int8)
        for cut in cuts.tolist():
            codes += numbers >= cut
            codes += numbers > cut
    else:
        place = np.searchsorted(cuts, numbers)
        codes = 2 * place + 1 + (np.append(cuts, np.nan)[place] == numbers)
    codes[np.isnan(numbers)] = 0
    return codes


def _test_circle(latitude: Numbers, longitude: Numbers, circle: Circle) -> npt.NDArray[np.bool_]:
    """Distances at once; those in doubt again, one by one, so that rounding never decides."""
    phi_b = math.radians(circle.latitude)
    phi_a = np.radians(latitude)
    half_height = np.sin((phi_b - phi_a) / 2)
    half_width = np.sin(np.radians(circle.longitude - longitude) / 2)
    chord = half_height * half_height + np.cos(phi_a) * math.cos(phi_b) * half_width * half_width
    distance = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    is_near = distance <= circle.radius_km
    # Near the far side of the globe the arcsine loses digits, so everything there is measured again.
    in_doubt = (np.abs(distance - circle.radius_km) < _KM_IN_DOUBT) | (chord > 0.999)
    for place in np.flatnonzero(in_doubt):
        y, x = float(latitude[place]), float(longitude[place])
        is_near[place] = measure_distance_km(y, x, circle.latitude, circle.longitude) <= circle.radius_km
    return is_near
