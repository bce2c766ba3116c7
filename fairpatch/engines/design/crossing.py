"""What do two settled designs make together? One side of a line from one, the other side from the other.

Where territories lie well in one region and badly in another differs from design to design, and each is found
by chance. Two that have as many territories on one side of a line can be joined along it; what the sides cost
by themselves tells which lines to try.
"""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import numpy as np

from fairpatch.engines.design.centres import match_cells
from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.prices import Prices, list_choices
from fairpatch.engines.design.pricing import Settled
from fairpatch.engines.design.problem import DesignProblem, Floats, Positions

LINES = 8  # circles round the Earth, in directions drawn anew each time


class Cross(NamedTuple):
    """Up to the line the centres of parent `first`, beyond it those of `second`, and what that costs."""

    cost: float
    first: int
    second: int
    normal: Floats
    at: float


def find_crosses(
    frame: Frame, parents: list[Settled], group: Positions, rng: np.random.Generator
) -> list[Cross]:
    """The best line for each pair of parents, cheapest first; each side keeps its number per `group`."""
    normals = rng.normal(size=(LINES, 3))
    along = np.array([_lie_along(frame.unit, normal) for normal in normals])
    order = np.argsort(along, axis=1, kind="stable")
    along = np.take_along_axis(along, order, axis=1)
    paid, passed = [], []
    for _, centres, prices in parents:
        cost = list_choices(frame, centres, prices, 1).cost[:, 0]
        paid.append(np.cumsum(cost[order], axis=1))
        lying = np.array([_lie_along(centres, normal) for normal in normals])
        passed.append(_count_passed(lying, along, group))
    crosses = []
    for first, second in permutations(range(len(parents)), 2):
        cost = paid[first] - paid[second] + paid[second][0, -1]
        number = passed[first].sum(axis=0)
        is_level = (passed[first] == passed[second]).all(axis=0) & (number > 0) & (number < len(group))
        cost = np.where(is_level, cost, np.inf)
        line, place = np.unravel_index(int(cost.argmin()), cost.shape)
        if is_level[line, place]:
            crosses.append(
                Cross(float(cost[line, place]), first, second, normals[line], float(along[line, place]))
            )
    return sorted(crosses, key=lambda cross: cross.cost)


def _lie_along(points: Floats, normal: Floats) -> Floats:
    """How far each point lies along a direction, to the last bit the same however many are asked for."""
    return np.asarray(points[:, 0] * normal[0] + points[:, 1] * normal[1] + points[:, 2] * normal[2])


def _count_passed(centres: Floats, along: Floats, group: Positions) -> Positions:
    """How many centres of each group lie at or before each account: groups × lines × accounts."""
    return np.array(
        [
            [
                np.searchsorted(np.sort(line[group == each]), along[i], "right")
                for i, line in enumerate(centres)
            ]
            for each in range(int(group.max()) + 1)
        ]
    )


def join_parents(
    problem: DesignProblem, frame: Frame, parents: list[Settled], group: Positions, cross: Cross
) -> tuple[Floats, Prices]:
    """Centres and prices of both sides; a territory on both lends its second place to a missing one.

    Then equal territories change places where that suits their homes, locks and owners better.
    """
    _, centres, prices = parents[cross.first]
    _, others, their_prices = parents[cross.second]
    mine = np.flatnonzero(_lie_along(centres, cross.normal) <= cross.at)
    theirs = np.flatnonzero(_lie_along(others, cross.normal) > cross.at)
    joined, load = others.copy(), their_prices.load.copy()
    joined[mine], load[mine] = centres[mine], prices.load[mine]
    doubled = np.intersect1d(mine, theirs)
    missing = np.setdiff1d(np.arange(len(group)), np.union1d(mine, theirs))
    doubled = doubled[np.lexsort((problem.capacity[doubled], group[doubled]))]
    missing = missing[np.lexsort((problem.capacity[missing], group[missing]))]
    joined[missing], load[missing] = others[doubled], their_prices.load[doubled]
    place = match_cells(problem, frame, joined)
    return joined[place], Prices(load[place], prices.move)
