"""What of a box is left when others are taken away?

To lie outside a cover an account must leave it on one of its axes. When a cover leaves only one axis open,
the classes it takes there are lost for good; so nearly all covers are used up without trying anything. What
remains is split on the cover with the fewest ways out. It ends with a hole or the proof that there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from fairpatch.engines.analysis.classes import Mask

Cover: TypeAlias = tuple[tuple[int, Mask], ...]
"""The axes a cover constrains, and the classes it takes there."""


def make_cover(box: Sequence[Mask], everything: Sequence[Mask]) -> Cover:
    """A box as a cover: only where it constrains."""
    return tuple((axis, mask) for axis, mask in enumerate(box) if mask != everything[axis])


def find_hole(box: Sequence[Mask], covers: Iterable[Cover]) -> tuple[Mask, ...] | None:
    """Some part of the box that no cover touches; None when they cover it."""
    return next(list_holes(box, covers), None)


def list_holes(box: Sequence[Mask], covers: Iterable[Cover]) -> Iterator[tuple[Mask, ...]]:
    """Parts of the box that no cover touches, disjoint; together they are all that is left."""
    waiting: list[tuple[list[Mask], list[Cover]]] = [(list(box), list(covers))]
    while waiting:
        left, rest = waiting.pop()
        found = _use_up(left, rest)
        if found is None:
            continue
        if not found:
            yield tuple(left)
            continue
        axis, mask = _choose_split(left, found)
        inside, outside = list(left), left
        inside[axis] &= mask
        outside[axis] &= ~mask
        waiting.append((inside, found))
        waiting.append((outside, list(found)))


def _use_up(left: list[Mask], covers: list[Cover]) -> list[Cover] | None:
    """Shrinks the box by every cover with one way out. Answers those with more, or None when all is taken."""
    while True:
        rest: list[Cover] = []
        has_shrunk = False
        for cover in covers:
            ways = 0
            for axis, mask in cover:
                both = left[axis] & mask
                if not both:
                    break
                if both != left[axis]:
                    ways += 1
                    way, taken = axis, mask
            else:
                if ways == 0:
                    return None
                if ways == 1:
                    left[way] &= ~taken
                    has_shrunk = True
                else:
                    rest.append(cover)
        if not has_shrunk:
            return rest
        covers = rest


def _choose_split(left: Sequence[Mask], covers: Sequence[Cover]) -> tuple[int, Mask]:
    """A cover with the fewest ways out, and of those the one that takes most; its smallest step aside."""
    best: tuple[int, float] | None = None
    chosen = (0, 0)
    sizes = [mask.bit_count() for mask in left]
    for cover in covers:
        ways, share = 0, 1.0
        aside: tuple[float, int, Mask] | None = None
        for axis, mask in cover:
            part = (left[axis] & mask).bit_count() / sizes[axis]
            if part < 1:
                ways, share = ways + 1, share * part
                if aside is None or part > aside[0]:
                    aside = (part, axis, mask)
        assert aside is not None
        if best is None or (ways, -share) < best:
            best, chosen = (ways, -share), (aside[1], aside[2])
    return chosen
