"""Which territories never win by their rule, because others come first everywhere?

An alternative decides something exactly where none of the better-ranked claims of other territories stands. A
territory is in the shadow when all its alternatives are covered so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairpatch.engines.analysis.boxes import Box, Ground, Part, is_open_literal
from fairpatch.engines.analysis.holes import find_hole
from fairpatch.engines.analysis.meetings import Meetings

_MOST_WEIGHED = 32
"""Of so many rivals the spare ones are left out."""


@dataclass(frozen=True)
class Shadow:
    """A territory whose rule never wins."""

    territory: str
    is_certain: bool


def find_shadows(ground: Ground, only: Collection[str] | None = None) -> Iterator[Shadow]:
    """Territories, by code, whose rule could match but never wins; `only` of some."""
    parts = [part for part in ground.parts if part.is_possible]
    ahead = _Ahead(ground, parts)
    places: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        if part.cause == "rule" and (only is None or part.territory in only):
            places.setdefault(part.territory, []).append(place)
    lit = set()
    for place, number, others in ahead.walk(sorted(place for some in places.values() for place in some)):
        part = parts[place]
        box = part.boxes[number]
        assert box is not None
        if part.territory not in lit and _has_hole(number, box, [parts[other] for other in others]):
            lit.add(part.territory)
    for code, some in places.items():
        if code not in lit:
            yield Shadow(code, _is_certain(ground, [parts[place] for place in some], parts))


class _Ahead:
    """Which parts of other territories come before a part and meet it?"""

    def __init__(self, ground: Ground, parts: Sequence[Part]) -> None:
        order = {standing: rank for rank, standing in enumerate(sorted({part.standing for part in parts}))}
        self._rank = np.array([order[part.standing] for part in parts], np.int64)
        number: dict[str, int] = {}
        # What a territory's own list brings it, its rule need not win: lists stand for themselves.
        owners = [part.territory if part.cause == "rule" else "" for part in parts]
        self._owner = np.array([number.setdefault(owner, len(number)) for owner in owners], np.int64)
        self._boxes = [[part.boxes[world] for part in parts] for world in range(len(ground.worlds))]

    def walk(self, wanted: Sequence[int]) -> Iterator[tuple[int, int, npt.NDArray[np.int64]]]:
        """Each wanted part that no single other swallows: its place, the world, the places of those ahead."""
        is_wanted = np.zeros(len(self._rank), bool)
        is_wanted[list(wanted)] = True
        for number, boxes in enumerate(self._boxes):
            meetings = Meetings(boxes)
            places = meetings.places
            rank, owner = self._rank[places], self._owner[places]
            for rows in meetings.walk_blocks():
                if not is_wanted[places[rows]].any():
                    continue
                meets, ways = meetings.read_rows(rows)
                meets &= (rank < rank[rows, None]) & (owner != owner[rows, None])
                swallowed = (meets & (ways == 0)).any(axis=1)
                for row in np.flatnonzero(is_wanted[places[rows]] & ~swallowed):
                    columns = np.flatnonzero(meets[row])
                    nearest = columns[np.argsort(ways[row, columns], kind="stable")]
                    yield int(places[rows][row]), number, places[nearest]


def _list_ahead(part: Part, parts: Sequence[Part]) -> list[Part]:
    """What comes before an alternative: claims of others, and the territory's own list and locks."""
    return [
        other
        for other in parts
        if other.standing < part.standing and (other.territory != part.territory or other.cause != "rule")
    ]


def _has_hole(number: int, box: Box, others: Sequence[Part]) -> bool:
    covers = (other.covers[number] for other in others)
    return find_hole(box, [cover for cover in covers if cover is not None]) is not None


def _is_certain(ground: Ground, mine: Sequence[Part], parts: Sequence[Part]) -> bool:
    """Whether that holds whatever texts and positions there may be: without the help of tests of either."""
    for part in mine:
        rivals = _list_ahead(part, parts)
        if not part.is_open and not any(other.is_open for other in rivals):
            continue
        plain = [literal for literal in part.literals if not is_open_literal(literal, ground.plan.scope)]
        closed = [other for other in rivals if not other.is_open]
        for number, world in enumerate(ground.worlds):
            wide = world.narrow(world.everything, plain)
            if wide is not None and _has_hole(number, wide, closed):
                return False
    return True


def is_hidden_by(ground: Ground, hidden: str, code: str) -> bool:
    """Whether a territory in the shadow would win something if one other were not there."""
    for part in ground.by_territory[hidden]:
        if part.cause != "rule":
            continue
        rivals = [other for other in _list_ahead(part, ground.parts) if other.territory != code]
        for number, box in enumerate(part.boxes):
            if box is not None and _has_hole(number, box, rivals):
                return True
    return False


def name_rivals(ground: Ground, code: str) -> list[str]:
    """Territories that together come before all a rule claims, none of them spare; the strongest first.

    The rule must be in the shadow.
    """
    parts = [part for part in ground.by_territory[code] if part.cause == "rule" and part.is_possible]
    ranked = _rank_rivals(ground, code, parts)
    size = 0
    while not _do_cover(ground, parts, ranked[:size]):
        assert size < len(ranked), f"{code} was said to be in the shadow"
        size = max(1, size * 2)
    kept = ranked[:size]
    if len(kept) <= _MOST_WEIGHED:
        for rival in reversed(list(kept)):
            if _do_cover(ground, parts, [other for other in kept if other != rival]):
                kept.remove(rival)
    return kept


def _rank_rivals(ground: Ground, code: str, parts: Sequence[Part]) -> list[str]:
    """Those ahead of a territory somewhere, the one that takes most of it first."""
    weight: dict[str, float] = {}
    for part in parts:
        for other in ground.parts:
            if other.territory == code or other.standing > part.standing:
                continue
            for box, theirs in zip(part.boxes, other.boxes, strict=True):
                if box is not None and theirs is not None and (share := _measure_share(box, theirs)):
                    weight[other.territory] = weight.get(other.territory, 0.0) + share
    return sorted(weight, key=lambda other: (-weight[other], other))


def _do_cover(ground: Ground, parts: Sequence[Part], rivals: Collection[str]) -> bool:
    for part in parts:
        near = [other for code in (*rivals, part.territory) for other in ground.by_territory[code]]
        ahead = _list_ahead(part, near)
        for number, box in enumerate(part.boxes):
            if box is not None and _has_hole(number, box, ahead):
                return False
    return True


def _measure_share(box: Box, other: Box) -> float:
    """Roughly how much of a box another takes: the product over the axes."""
    share = 1.0
    for mine, theirs in zip(box, other, strict=True):
        both = mine & theirs
        if not both:
            return 0.0
        if both != mine:
            share *= both.bit_count() / mine.bit_count()
    return share
