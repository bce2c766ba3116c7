"""Which way should the accounts go that the fractional optimum cuts in two?

Those larger than a band is wide are placed together by branch and bound, if there are few. Then the largest
first: each goes whole to the territory with most of it, and the rest is solved anew around it, so that many
small accounts make good at the least cost what one large account tips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np

from fairpatch.engines.design.exact import open_border, place_large, state_border, widen_border
from fairpatch.engines.design.frame import WITHOUT_BUDGET, Frame
from fairpatch.engines.design.prices import Choices, Prices
from fairpatch.engines.design.problem import Codes, Flags, Floats
from fairpatch.engines.design.program import Border, misses_limits, open_solver, read_choices, read_prices
from fairpatch.engines.design.standing import Standing, list_near_pairs

WHOLE = 1 - 1e-6
LEFT_OVER, ROOM = 0.1, 0.02  # of an account's mean load; of a band's width
BUDGET_ROOM = 0.002  # of a budget


class Pace(NamedTuple):
    """How many of the cut accounts are made whole before the rest is solved anew, and how often at most."""

    at_once: float  # of the cut accounts
    least: int  # but no fewer than these
    solves: int
    places_large: bool = False  # by branch and bound, before all others


THOROUGH = Pace(0.2, 1, 40, places_large=True)
MOST_PLACED, PLACED_ROWS = 150, 4_000  # large accounts, and rows of a border, to be worth branch and bound


@dataclass(frozen=True)
class Dive:
    """A nearly balanced whole assignment, and the prices of the fractional optimum it came from."""

    territory: Codes
    prices: Prices
    border: Border


class Opening(NamedTuple):
    """Which pairs a dive may decide."""

    steps: tuple[tuple[float, int], ...]  # reach and slots, tried in turn while even cut accounts miss a band
    rows: int  # at most
    per_limit: int  # accounts per territory and column that are open however far from a border


def dive_widening(
    frame: Frame,
    choices: Choices,
    prices: Prices,
    values: Floats,
    standing: Standing,
    opening: Opening,
    pace: Pace = THOROUGH,
) -> Dive | None:
    """Make whole what lies near a border, ever further from it while that cannot keep the bands.

    `values` are the choices' at these prices. None where nothing is open or no program was solved in time.
    """
    width = choices.territory.shape[1]
    if width < 2:
        return None
    near = list_near_pairs(choices, values, opening.per_limit * frame.load.shape[1])
    frame = _leave_room(frame)
    for step in opening.steps:
        reach, slots = step
        border = open_border(frame, choices, values, reach, opening.rows, slots)
        border = widen_border(border, *near, width)
        if len(border.rows) == 0:
            return None
        must_fit = step != opening.steps[-1]
        dived = dive_border(frame, choices, prices, standing, border, pace, must_fit=must_fit)
        if dived is not None:
            return dived
    return None


def _leave_room(frame: Frame) -> Frame:
    """Bands and budget drawn in a little for what the last whole accounts leave over: mending costs more.

    Not for accounts that all weigh the same: their bands end at whole numbers, and so cut next to none.
    """
    room = np.minimum(LEFT_OVER * frame.load.mean(axis=0), ROOM * (frame.high - frame.low))
    room[:, frame.is_hard | (np.ptp(frame.load, axis=0) == 0)] = 0.0
    budget = frame.budget * (1 - BUDGET_ROOM) if frame.budget < WITHOUT_BUDGET else frame.budget
    return frame._replace(low=frame.low + room, high=frame.high - room, budget=budget)


def _find_large(frame: Frame, border: Border) -> Flags:
    """Which rows of the border are larger than a band is wide.

    None where they are too many to be weighed, or where one fits nowhere: that search would be in vain.
    """
    load = frame.load[border.rows]
    is_large = (load > (frame.high - frame.low).min(axis=0)).any(axis=1)
    is_worth = len(is_large) <= PLACED_ROWS and np.count_nonzero(is_large) <= MOST_PLACED
    return np.asarray(is_large & (is_worth and bool((load <= frame.high.max(axis=0)).all())))


def dive_border(
    frame: Frame,
    choices: Choices,
    prices: Prices,
    standing: Standing,
    border: Border,
    pace: Pace = THOROUGH,
    *,
    must_fit: bool = False,
) -> Dive | None:
    """Make `border` whole, the largest cut accounts first.

    None when the first program is not solved in time, or if it `must_fit` and even cut accounts miss a band,
    or do so with the large ones whole.
    """
    program = state_border(frame, choices, prices, standing, border)
    solver = open_solver(program)
    rows, width = len(border.rows), choices.territory.shape[1]
    size = frame.load[border.rows].max(axis=1)
    is_large = _find_large(frame, border)
    is_fixed = np.zeros(rows, np.bool_)
    best, found = None, prices
    for turn in range(pace.solves):
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        solution = solver.getSolution()
        value = np.asarray(solution.col_value)
        fits_cut = turn == 0 and not misses_limits(program, value)
        if fits_cut:
            found = read_prices(frame, program, np.asarray(solution.row_dual))
        elif turn == 0 and must_fit:
            return None
        share = read_choices(program, value, width)
        best = share.argmax(axis=1)
        cut = np.flatnonzero(~is_fixed & (share.max(axis=1) < WHOLE))
        if len(cut) == 0:
            break
        placed = None
        if fits_cut and pace.places_large and is_large[cut].any():
            placed = place_large(program, is_large, width)
            if must_fit and placed is not None and placed.misses:
                return None
        if placed is None:
            number = max(pace.least, int(np.ceil(pace.at_once * len(cut))))
            chosen = cut[np.argsort(-size[cut], kind="stable")[:number]]
        else:
            chosen, best = np.flatnonzero(is_large), np.where(is_large, placed.slot, best)
        is_fixed[chosen] = True
        own = np.flatnonzero(np.isin(border.of_row, chosen)).astype(np.int32)
        is_taken = (border.slot[own] == best[border.of_row[own]]).astype(np.float64)
        solver.changeColsBounds(len(own), own, is_taken, is_taken)
    if best is None:
        return None
    territory = standing.territory.copy()
    territory[border.rows] = choices.territory[border.rows, best]
    return Dive(territory, found, border)
