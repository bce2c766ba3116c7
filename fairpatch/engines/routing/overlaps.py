"""Which keys count a territory twice, because its conjuncts stand in several tables?

A territory that matches an account in two tables claims it once. The keys where both match form rows of
one more table, by which the count is put right; so counting costs look-ups, however many territories
there are. Where that would take too many rows, matches are listed one by one instead.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from fairpatch.engines.routing.compile import MAX_KEYS, Conjunct, Signature
from fairpatch.engines.routing.levels import Alternative, LevelIndex

MAX_TABLES = 3
"""A territory in more tables than this is counted by listing."""
MAX_OVERLAP = 4_000
"""The most rows by which one territory's count is put right."""
MAX_SIGNATURES = 64
"""The most tables of a layer, those that put counts right included."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Keys at which a claimant is matched in several tables, so that its count is off."""

    tables: tuple[int, ...]
    """The claimant, then which of its tables these are. At each key they are put right once."""
    keys: Alternative

    @property
    def weight(self) -> int:
        """What is to be added, by inclusion and exclusion."""
        return -1 if len(self.tables) % 2 else 1

    @property
    def signature(self) -> Signature:
        return tuple(sorted(self.keys, key=repr))


def find_overlaps(
    conjuncts: Mapping[int, list[Conjunct]], levels: LevelIndex, known: Iterable[Signature]
) -> tuple[list[Overlap], set[int]]:
    """The overlaps of claimants that stand in several tables, and the claimants that must be listed.

    `conjuncts` holds all conjuncts of each claimant asked about, `known` the signatures that have tables.
    """
    by_claimant = {place: _join_homes(place, own, levels) for place, own in conjuncts.items()}
    listed = {place for place, found in by_claimant.items() if found is None}
    signatures = set(known)
    wanted: dict[Signature, int] = {}
    for found in by_claimant.values():
        for signature in {overlap.signature for overlap in found or ()} - signatures:
            wanted[signature] = wanted.get(signature, 0) + 1
    room = max(0, MAX_SIGNATURES - len(signatures))
    signatures.update(sorted(wanted, key=lambda one: (-wanted[one], repr(one)))[:room])
    overlaps: list[Overlap] = []
    for place, found in by_claimant.items():
        if found is not None and all(overlap.signature in signatures for overlap in found):
            overlaps.extend(found)
        else:
            listed.add(place)
    return overlaps, listed


def _join_homes(place: int, conjuncts: list[Conjunct], levels: LevelIndex) -> list[Overlap] | None:
    """By inclusion and exclusion; None when it would take too much."""
    homes: dict[Signature, list[Alternative]] = {}
    for conjunct in conjuncts:
        if conjunct.rest:
            return None
        homes.setdefault(conjunct.signature, []).append(conjunct.keys)
    if len(homes) > MAX_TABLES:
        return None
    parts = list(homes.values())
    overlaps: list[Overlap] = []
    rows = 0
    for count in range(2, len(homes) + 1):
        for numbers in itertools.combinations(range(len(homes)), count):
            chosen = [parts[number] for number in numbers]
            if math.prod(map(len, chosen)) > MAX_OVERLAP:
                return None
            for choice in itertools.product(*chosen):
                keys = _intersect(choice)
                if keys is None:
                    continue
                rows += math.prod(map(len, keys.values()))
                width = math.prod(levels.count_codes(level) + 1 for level in keys)
                if rows > MAX_OVERLAP or width > MAX_KEYS:
                    return None
                overlaps.append(Overlap((place, *numbers), keys))
    return overlaps


def _intersect(parts: Iterable[Alternative]) -> Alternative | None:
    """What satisfies all of some conjuncts; None when nothing does."""
    joined: Alternative = {}
    for part in parts:
        for level, codes in part.items():
            known = joined.get(level)
            joined[level] = codes if known is None else np.intersect1d(known, codes, assume_unique=True)
            if not len(joined[level]):
                return None
    return joined
