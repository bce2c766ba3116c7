"""Which accounts does a territory claim that none of those below it takes?

Gaps are looked for where the plan says what its market is: below inner territories with a rule. A plan
without any has the whole world for its market.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from fairpatch.core.rules.normal import normalise_rule
from fairpatch.engines.analysis.boxes import Box, Ground
from fairpatch.engines.analysis.classes import Mask
from fairpatch.engines.analysis.holes import list_holes, make_cover
from fairpatch.engines.analysis.worlds import World

MOST_HOLES = 400
"""So many pieces of one gap are looked at to choose those that are shown."""


@dataclass(frozen=True)
class Gap:
    """Part of what `territory` claims, or of everything for None, that nobody takes: a box in a world."""

    territory: str | None
    world: int
    hole: Box
    narrowed: frozenset[str]
    """The fields in which the hole is narrower than the territory."""


def find_gaps(ground: Ground) -> Iterator[list[Gap]]:
    """Gaps by the deepest inner territory they lie in, several pieces of each; one list per territory."""
    tree = ground.hierarchy
    inner = [
        code
        for code in sorted(tree.by_code)
        if tree.layer_of(code) == ground.layer
        and not tree.is_assignable(code)
        and tree.by_code[code].rule is not None
    ]
    wide: dict[str, list[tuple[Box | None, ...]]] = {}
    for code in inner:
        rule = tree.effective_rule_of(code)
        assert rule is not None
        wide[code] = [ground.box_rule(conjunct) for conjunct in normalise_rule(rule)]
    for code in inner:
        below = set(tree.descendants_of(code))
        nested = [boxes for other in inner if other in below for boxes in wide[other]]
        if found := _find_pieces(ground, code, wide[code], nested):
            yield found
    if not inner and ground.parts:
        everything = tuple(world.everything for world in ground.worlds)
        if found := _find_pieces(ground, None, [everything], []):
            yield found


def _find_pieces(
    ground: Ground,
    code: str | None,
    claimed: list[tuple[Box | None, ...]],
    nested: list[tuple[Box | None, ...]],
) -> list[Gap]:
    """What nobody takes, one piece for each set of fields in which it is narrower than the whole."""
    found: dict[tuple[object, ...], Gap] = {}
    takers = [part.boxes for part in ground.parts if part.cause == "rule" and part.is_possible]
    for number, world in enumerate(ground.worlds):
        boxes = [boxes[number] for boxes in (*takers, *nested)]
        covers = [make_cover(box, world.everything) for box in boxes if box is not None]
        for whole in (boxes[number] for boxes in claimed):
            box = whole and _leave_lists(world, whole)
            if not box:
                continue
            for hole in islice(list_holes(box, covers), MOST_HOLES):
                names = _name_narrowed(world, box, hole)
                found.setdefault((tuple(sorted(names)),), Gap(code, number, hole, names))
    return sorted(found.values(), key=lambda gap: (len(gap.narrowed), sorted(gap.narrowed)))


def _leave_lists(world: World, box: Box) -> Box | None:
    """The box without accounts that lists name: what somebody takes or leaves by name is no market."""
    left: list[Mask] = list(box)
    for place, axis in enumerate(world.axes):
        if axis.fields == ("id",):
            for key, (at, mask) in world.masks.items():
                if at == place and key[1] in ("=", "in"):
                    left[place] &= ~mask
            if not left[place]:
                return None
    return tuple(left)


def _name_narrowed(world: World, box: Box, hole: Box) -> frozenset[str]:
    return frozenset(
        name
        for axis, whole, part in zip(world.axes, box, hole, strict=True)
        if whole != part
        for name in axis.fields
    )
