"""How is a scenario solved when a neighbouring one, under other tolerances or prices, is solved already?

Its centres and prices are nearly right: they settle in a few cool steps, one dive over a narrow border makes
accounts whole, and a short repair ends it. Nothing is started from many places and no program over a wide
border is solved: that is why it costs a fraction of a design from scratch. The bound is proven as strictly.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from fairpatch.engines.design.centres import find_middles, overshoot_middles
from fairpatch.engines.design.diving import THOROUGH, Opening, Pace, dive_widening
from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.prices import (
    Choices,
    Prices,
    bound_cost,
    choose_prices,
    climb_prices,
    list_choices,
    settle_prices,
    value_choices,
)
from fairpatch.engines.design.pricing import LAST_HEATS, price_centres
from fairpatch.engines.design.problem import Codes, DesignProblem, Floats
from fairpatch.engines.design.settling import repair_standing
from fairpatch.engines.design.solve import Solution, aim_near, weigh_moves, weigh_standing
from fairpatch.engines.design.standing import (
    NEAR_PER_LIMIT,
    measure_excess,
    stand_assignment,
)
from fairpatch.engines.design.stopping import Clock

WARM_HEAT, HEATS = 0.1, (0.02,)
LOOSE = 0.03  # loads fit well enough to tell where middles lie
MOST_ROUNDS = 12  # of prices and middles
SETTLED = 6e-4  # of the bound: the middles gain less by another round
LOOSE_BOUND = 0.02  # a gap that is worth more care, or else the exact prices
ENOUGH = 0.0075  # of the bound: once all is kept, so near is near enough
STEPS = 12  # few are taken where prices fit already
WIDTH = 6
BORDER_STEPS, ROWS = ((0.1, 4), (1.0, 4), (10.0, 4)), 20_000  # reach and slots of the border
PROPOSALS_PER_ACCOUNT, LEAST_PROPOSALS = 10, 100_000


class Care(NamedTuple):
    """How finely accounts are made whole; with more care while a band is missed."""

    open_per_limit: int  # accounts per territory and column that a dive may move although far from a border
    pace: Pace
    force: float  # what a missed band costs


CARES = (
    Care(8, Pace(0.8, 8, 6), 2.0),
    Care(NEAR_PER_LIMIT, THOROUGH, 2.0),
    Care(NEAR_PER_LIMIT, Pace(0.1, 1, 40), 8.0),
)


def resume_design(
    problem: DesignProblem, frame: Frame, seed: int, clock: Clock, warm: Solution
) -> Solution | None:
    """The neighbour's design carried over to `problem`; None where a limit stayed broken.

    When the clock has run out it is taken over as it stands.
    """
    if clock.is_over("Prices", 0.1):
        return _take_over(frame, warm)
    centres, prices = _settle_middles(problem, frame, warm)
    prices, listing = settle_prices(frame, centres, prices, HEATS, width=WIDTH, steps=STEPS // 2)
    choices = listing.choose(prices, WIDTH)
    proven = bound_cost(frame, choices, prices)
    enough = aim_near(proven, ENOUGH)
    best, tight = _take_over(frame, warm), prices  # what kept these bands before may be hard to beat
    for attempt, care in enumerate(CARES):
        is_fine = best.is_kept and best.objective < aim_near(proven, LOOSE_BOUND)
        if attempt and (is_fine or clock.is_over("Accounts", 0.5 + 0.2 * attempt)):
            break
        territory, tighter = _make_whole(frame, choices, prices, care)
        standing = stand_assignment(frame, choices, territory)
        found = weigh_standing(frame, centres, prices, choices, standing)
        if not (found.is_kept and found.objective <= enough):
            proposals = max(LEAST_PROPOSALS, PROPOSALS_PER_ACCOUNT * len(territory))
            standing = repair_standing(
                frame, choices, prices, standing, seed + attempt, proposals, care.force, enough
            )
            found = weigh_standing(frame, centres, prices, choices, standing)
        if found.beats(best):
            best, tight = found, tighter
    return _recentre(problem, frame, best, tight) if best.is_kept or clock.reason is not None else None


def _take_over(frame: Frame, warm: Solution) -> Solution:
    """The same assignment, weighed by this scenario; who may have what is the same in every scenario."""
    loads = [
        np.bincount(warm.territory, column, len(frame.low)).astype(np.float64) for column in frame.load.T
    ]
    return replace(
        warm,
        objective=weigh_moves(frame, warm.centres, warm.territory),
        excess=measure_excess(frame, np.column_stack(loads), hard=False),
    )


def _settle_middles(problem: DesignProblem, frame: Frame, warm: Solution) -> tuple[Floats, Prices]:
    """Prices and middles in turn, until moving to the next middles would gain too little."""
    centres, prices = warm.centres, warm.prices
    for turn in range(MOST_ROUNDS):
        choices = list_choices(frame, centres, prices, WIDTH)
        prices, _ = climb_prices(frame, choices, prices, WARM_HEAT, STEPS if turn == 0 else STEPS // 2, LOOSE)
        if problem.has_fixed_centres:
            break
        best = value_choices(frame, choices, prices).argmin(axis=1)
        near = choices.territory[np.arange(len(best)), best]
        middles = find_middles(frame, near, centres)
        weight = np.bincount(near, frame.weight, len(centres))
        gain = float(weight @ ((middles - centres) ** 2).sum(axis=1)) / frame.scale**2
        is_settled = gain < SETTLED * float(choices.cost[np.arange(len(best)), best].sum())
        centres = middles if is_settled or turn == 0 else overshoot_middles(centres, middles)
        if is_settled:
            break
    return centres, prices


def _make_whole(frame: Frame, choices: Choices, prices: Prices, care: Care) -> tuple[Codes, Prices]:
    """One dive over the accounts near a border, and the prices of its first program."""
    values = value_choices(frame, choices, prices)
    territory = np.ascontiguousarray(choices.territory[np.arange(len(values)), values.argmin(axis=1)])
    standing = stand_assignment(frame, choices, territory)
    opening = Opening(BORDER_STEPS, ROWS, care.open_per_limit)
    dive = dive_widening(frame, choices, prices, values, standing, opening, care.pace)
    return (territory, prices) if dive is None else (dive.territory, dive.prices)


def _recentre(problem: DesignProblem, frame: Frame, found: Solution, tight: Prices) -> Solution:
    """The same assignment at its own middles, with the prices that prove most there."""
    centres = found.centres
    if not problem.has_fixed_centres:
        centres = find_middles(frame, found.territory, centres)
    objective = weigh_moves(frame, centres, found.territory)
    prices, proven = choose_prices(frame, centres, tight)
    if objective - proven > LOOSE_BOUND * abs(proven):
        prices = price_centres(frame, centres, prices, LAST_HEATS).prices
    return replace(found, centres=centres, prices=prices, objective=objective)
