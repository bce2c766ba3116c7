"""Are exactly the members of circles found?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fairpatch.core.accounts.circles import find_circle_members, spell_circle


def walk(parents: list[int]) -> set[int]:
    """Members of circles, found by walking from each place until it comes back."""
    members = set()
    for start in range(len(parents)):
        at, steps = parents[start], 0
        while at != -1 and at != start and steps <= len(parents):
            at, steps = parents[at], steps + 1
        if at == start:
            members.add(start)
    return members


@given(st.integers(0, 40).flatmap(lambda n: st.lists(st.integers(-1, n - 1), min_size=n, max_size=n)))
def test_finds_what_walking_finds(parents: list[int]) -> None:
    assert set(find_circle_members(np.array(parents, dtype=np.int64)).tolist()) == walk(parents)


def test_spells_the_way_around() -> None:
    assert spell_circle(np.array([1, 2, 0, 0]), 1) == [1, 2, 0, 1]
