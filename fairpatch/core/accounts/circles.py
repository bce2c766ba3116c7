"""Which members of a parent relation lead back to themselves?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def find_circle_members(parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places that lie ON a circle, ascending. `parents[i]` is the place of i's parent, or -1 for none.

    Pointer doubling: after as many jumps as there are places, whoever has not left the relation stands on a
    circle, and every member of a circle is reached. O(n log n) time, three arrays of memory.
    """
    count = len(parents)
    if not count:
        return np.empty(0, dtype=np.int64)
    # One more place that is its own parent stands for "none".
    jump = np.where(parents < 0, count, parents)
    jump = np.append(jump, count)
    steps = 1
    while steps <= count:
        jump = jump[jump]
        steps *= 2
    return np.unique(jump[jump < count])


def spell_circle(parents: NDArray[np.int64], start: int, most: int = 6) -> list[int]:
    """The way around the circle from one of its members back to itself; cut after `most` steps."""
    way = [start]
    at = int(parents[start])
    while at != start and len(way) < most:
        way.append(at)
        at = int(parents[at])
    return [*way, start] if at == start else way
