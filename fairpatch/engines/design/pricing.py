"""What must territories charge at given centres, and how much does that prove?

Prices settle on the softened dual; then the fractional optimum over border accounts (HiGHS) replaces them by
the tightest there are, and comes with a nearly whole assignment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fairpatch.engines.design.centres import find_middles, overshoot_middles
from fairpatch.engines.design.exact import Optimum, draw_in_pairs, open_border, solve_border, widen_border
from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.prices import (
    COLD_HEATS,
    Choices,
    Prices,
    bound_cost,
    charge_limits,
    list_choices,
    settle_prices,
    start_prices,
    value_choices,
)
from fairpatch.engines.design.problem import Codes, Floats
from fairpatch.engines.design.program import Border
from fairpatch.engines.design.standing import NEAR_PER_LIMIT, list_near_pairs, stand_assignment

WIDTH, LEAST_WIDTH, LIGHT_WIDTH = 12, 6, 20  # light: while only middles are sought
LISTED_CELLS = 6_000_000  # listed choices, a hundred megabytes
BORDER_REACH = 0.3
BORDER_ROWS, BORDER_PART = 30_000, 16
LP_ROUNDS = 5
MOST_DRAWS, DRAWN = 40, 60  # while a border misses a limit: accounts drawn in per territory at once
MOST_CELLS = 8_000_000  # where fewer cannot keep every band
LP_ENOUGH = 2e-5
LAST_HEATS = (0.04,)
ASTRAY = 1.0  # so far outside its band, a territory's price is not near what it should be
COOLING, MOST_COOLINGS = 0.3, 3
# Misfits, in shares of a band's top: small enough for middles, and for a program to mend.
ROUGH_FIT, CLOSE_FIT = 0.3, 0.1
MANY_PAIRS = 10_000_000  # to start anew over more costs more than it is worth
HOT_WIDTH, HOT_STEPS = 64, 20
START_HEATS = (4.0, 0.8)
EASY_PAIRS = 10_000  # so few pairs that the whole linear program is cheap


Heats = tuple[float, ...]  # temperatures, falling
Settled = tuple[float, Floats, Prices]  # what the centres prove, the centres, their prices


@dataclass(frozen=True)
class Priced:
    """Exact prices for some centres, the choices at them, and the fractional optimum rounded."""

    prices: Prices
    choices: Choices
    territory: Codes
    proven: float  # the bound, in the frame's unit


def count_border_rows(frame: Frame) -> int:
    """How many accounts a program may decide: of very many small ones a fixed number moves too little."""
    return max(BORDER_ROWS, len(frame.weight) // BORDER_PART)


def find_prices(
    frame: Frame, centres: Floats, prices: Prices, heats: Heats, width: int, fit: float
) -> tuple[Prices, Choices]:
    """Prices settled from those given until loads fit to `fit`; from none at all where these lead astray.

    Where centres have moved across a sea or a desert, prices settled cool cannot follow.
    """
    prices, listing = settle_prices(frame, centres, prices, heats, width=width)
    choices = listing.choose(prices, width)
    prices, choices = _cool_prices(frame, centres, prices, choices, heats[-1], fit)
    if len(frame.weight) * len(centres) > MANY_PAIRS or measure_misfit(frame, choices) < ASTRAY:
        return prices, choices
    hot = (*COLD_HEATS, *heats)
    cold = start_prices(frame)
    others, listing = settle_prices(frame, centres, cold, hot, width=HOT_WIDTH, steps=HOT_STEPS)
    listed = listing.choose(others, HOT_WIDTH)
    if bound_cost(frame, listed, others) > bound_cost(frame, choices, prices):
        return others, listed
    return prices, choices


def _cool_prices(
    frame: Frame, centres: Floats, prices: Prices, choices: Choices, heat: float, fit: float
) -> tuple[Prices, Choices]:
    """Settle cooler while loads do not fit: where many territories share a city, little sets prices apart."""
    misfit = measure_misfit(frame, choices)
    for _ in range(MOST_COOLINGS):
        if misfit < fit:
            break
        heat *= COOLING
        width = choices.territory.shape[1]
        cooler, listing = settle_prices(frame, centres, prices, (heat,), width=width)
        listed = listing.choose(cooler, width)
        cooled = measure_misfit(frame, listed)
        if cooled >= misfit:
            break
        prices, choices, misfit = cooler, listed, cooled
    return prices, choices


def measure_misfit(frame: Frame, choices: Choices) -> float:
    """How far, in shares of a band's top, loads are outside it when everybody takes what is cheapest."""
    load = np.column_stack(
        [
            np.bincount(choices.territory[:, 0], frame.load[:, column], len(frame.low))
            for column in range(frame.load.shape[1])
        ]
    )
    outside = np.maximum(load - frame.high, frame.low - load) / np.maximum(frame.high, 1e-9)
    return float(outside.max(initial=0.0))


def price_centres(frame: Frame, centres: Floats, prices: Prices, heats: Heats) -> Priced:
    """Settle prices for these centres, then replace them by the exact fractional optimum's."""
    reach, width = BORDER_REACH, max(LEAST_WIDTH, min(WIDTH, LISTED_CELLS // len(frame.weight)))
    prices, choices = find_prices(frame, centres, prices, heats, width, CLOSE_FIT)
    territory = np.ascontiguousarray(choices.territory[:, 0])
    best = Priced(prices, choices, territory, bound_cost(frame, choices, prices))
    if choices.territory.shape[1] < 2:
        return best
    if choices.territory.shape[0] * len(centres) <= EASY_PAIRS:
        reach, width = np.inf, len(centres)
        choices = list_choices(frame, centres, prices, width)
    for _ in range(LP_ROUNDS):
        values = value_choices(frame, choices, prices)
        border = open_border(frame, choices, values, reach, count_border_rows(frame), width)
        near = list_near_pairs(choices, values, NEAR_PER_LIMIT * frame.load.shape[1])
        border = widen_border(border, *near, choices.territory.shape[1])
        if len(border.rows) == 0:
            break
        standing = stand_assignment(frame, choices, np.ascontiguousarray(choices.territory[:, 0]))
        solved = solve_border(frame, choices, prices, standing, border)
        if solved is not None and solved.misses:
            most = min(len(centres), max(width, MOST_CELLS // len(frame.weight)))
            choices = list_choices(frame, centres, prices, most)
            solved = _draw_in_payers(frame, choices, prices, border)
        if solved is None:
            break
        if solved.misses:  # its prices say only by how much
            best = replace(best, territory=solved.territory)
            break
        reach *= 3
        width = min(2 * width, len(centres), max(width, LISTED_CELLS // len(frame.weight)))
        prices = solved.prices
        choices = list_choices(frame, centres, prices, width)
        proven = bound_cost(frame, choices, prices)
        if proven > best.proven:
            best = Priced(prices, choices, solved.territory, proven)
        if solved.cost - proven < LP_ENOUGH * abs(solved.cost):
            break
    return best


def _draw_in_payers(frame: Frame, choices: Choices, prices: Prices, border: Border) -> Optimum | None:
    """The fractional optimum over a border that grows by what pays at the prices found, until little would.

    Where even cut accounts of a border miss a limit, how near they are to it does not tell who is needed.
    """
    standing = stand_assignment(frame, choices, np.ascontiguousarray(choices.territory[:, 0]))
    solved = None
    for _ in range(MOST_DRAWS):
        solved = solve_border(frame, choices, prices, standing, border)
        if solved is None:
            break
        values = value_choices(frame, choices, solved.prices)
        proven = float(values.min(axis=1).sum()) - charge_limits(frame, solved.prices)
        if not solved.misses and solved.cost - proven < LP_ENOUGH * abs(solved.cost):
            break
        wider = draw_in_pairs(border, choices, values, standing, DRAWN)
        if len(wider.slot) == len(border.slot):
            break
        border = wider
    return solved


def settle_centres(frame: Frame, centres: Floats, prices: Prices, rounds: int) -> Settled:
    """Prices and middles in turn, and what they prove. Free prices are found hot first."""
    value = np.inf
    is_cold = not prices.load.any()
    for turn in range(rounds):
        first = turn == 0 and is_cold
        heats = START_HEATS if first else (0.3,) if turn < rounds - 2 else (0.2,)
        width, steps = (HOT_WIDTH, 10) if first else (LIGHT_WIDTH, 6)
        prices, listing = settle_prices(frame, centres, prices, heats, width=width, steps=steps)
        choices = listing.choose(prices, 1)
        value = bound_cost(frame, choices, prices)
        middles = find_middles(frame, choices.territory[:, 0], centres)
        is_plain = first or turn == rounds - 1
        centres = middles if is_plain else overshoot_middles(centres, middles)
    return value, centres, prices
