"""What is exactly best for the accounts on the borders, everybody else staying put?

HiGHS solves the fractional problem (whose duals are the tightest prices) and small whole-account problems.
"""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.prices import Choices, Prices
from fairpatch.engines.design.problem import Codes, Floats
from fairpatch.engines.design.program import (
    Border,
    Program,
    misses_limits,
    open_brancher,
    open_quietly,
    open_solver,
    read_choices,
    read_prices,
    start_from,
    state_program,
)
from fairpatch.engines.design.standing import Standing, rank_within

POLISH_GAP = 1e-5
PLACING_NODES, PLACING_GAP = 100, 1e-3
PAYS = 1e-9  # what a choice must save to be worth a column
SHORTFALL = 1000.0  # cost of missing a band by one fair share, relative to the dearest price


def open_border(
    frame: Frame, choices: Choices, values: Floats, reach: float, most_rows: int, most_slots: int
) -> Border:
    """Accounts with a second choice within `reach` (per unit of temper) of their best.

    Where those are more than `most_rows`, the closest of each territory: else one city would take them all.
    """
    gap = (values - values.min(axis=1, keepdims=True)) / frame.temper[:, None]
    is_open = np.isfinite(values) & (gap <= reach)
    is_open[:, most_slots:] = False
    second = np.partition(gap, 1, axis=1)[:, 1] if gap.shape[1] > 1 else np.full(len(gap), np.inf)
    rows = np.flatnonzero(np.isfinite(second) & (second <= reach) & (is_open.sum(axis=1) > 1))
    if len(rows) > most_rows:
        closest = np.argsort(second[rows], kind="stable")
        rank = rank_within(closest, choices.territory[rows, values[rows].argmin(axis=1)])
        rows = np.sort(rows[np.lexsort((second[rows], rank))[:most_rows]])
    of_row, slot = np.nonzero(is_open[rows])
    return Border(rows, of_row, slot)


def widen_border(border: Border, rows: NDArray[np.int64], slots: NDArray[np.int64], width: int) -> Border:
    """`border` with the pairs (row, slot) added."""
    pairs = np.unique(
        np.concatenate((border.rows[border.of_row] * width + border.slot, rows * width + slots))
    )
    account, slot = np.divmod(pairs, width)
    own, of_row = np.unique(account, return_inverse=True)
    return Border(own, of_row.ravel(), slot)


def draw_in_pairs(border: Border, choices: Choices, values: Floats, standing: Standing, most: int) -> Border:
    """`border` with what would pay most at these `values`: of each territory `most` accounts to come.

    Everybody's cheapest choice counts against the cheapest that is open to them, or where they stay put.
    """
    stays = np.maximum(standing.slot, 0)
    paid = values[np.arange(len(values)), stays]
    paid[border.rows] = np.inf
    account = border.rows[border.of_row]
    np.minimum.at(paid, account, values[account, border.slot])
    slot = values.argmin(axis=1)
    gain = paid - values.min(axis=1)
    rows = np.flatnonzero(gain > PAYS)
    order = np.argsort(-gain[rows], kind="stable")
    rows = rows[rank_within(order, choices.territory[rows, slot[rows]]) < most]
    both = np.concatenate((rows, rows)), np.concatenate((slot[rows], stays[rows]))
    return widen_border(border, *both, choices.territory.shape[1])


class Optimum(NamedTuple):
    """The fractional optimum over a border."""

    prices: Prices
    territory: Codes  # everybody's, shares rounded to the largest
    cost: float  # everybody's
    misses: bool  # even cut accounts of this border cannot keep every limit


def solve_border(
    frame: Frame, choices: Choices, prices: Prices, standing: Standing, border: Border
) -> Optimum | None:
    """The fractional optimum over `border`; None where it takes too many steps."""
    program = state_border(frame, choices, prices, standing, border)
    solver = open_solver(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    value = np.asarray(solution.col_value)
    share = read_choices(program, value, choices.territory.shape[1])
    territory = standing.territory.copy()
    territory[border.rows] = choices.territory[border.rows, share.argmax(axis=1)]
    stay = np.ones(len(territory), np.bool_)
    stay[border.rows] = False
    fixed = choices.cost[stay, np.maximum(standing.slot[stay], 0)].sum()
    return Optimum(
        prices=read_prices(frame, program, np.asarray(solution.row_dual)),
        territory=territory,
        cost=float(solver.getInfo().objective_function_value + fixed),
        misses=misses_limits(program, value),
    )


def state_border(
    frame: Frame, choices: Choices, prices: Prices, standing: Standing, border: Border, *, whole: bool = False
) -> Program:
    """The program in which missing a limit is dear beside the dearest price.

    Branch and bound gets plain costs: priced ones would only make its numbers larger.
    """
    shortfall = SHORTFALL * max(1.0, float(np.abs(prices.load).max()))
    stated = Prices(np.zeros_like(prices.load)) if whole else prices
    return state_program(frame, choices, stated, standing, border, shortfall, whole=whole)


def polish_border(
    frame: Frame, choices: Choices, prices: Prices, standing: Standing, border: Border, nodes: int
) -> Codes | None:
    """The best whole assignment of `border` found within `nodes` branch-and-bound nodes, if any."""
    program = state_border(frame, choices, prices, standing, border, whole=True)
    solver = open_brancher(program, np.ones(len(border.slot), np.bool_), nodes, POLISH_GAP)
    is_chosen = standing.slot[border.rows][border.of_row] == border.slot
    solver.setSolution(start_from(program, is_chosen))
    solver.run()
    value = np.asarray(solver.getSolution().col_value)
    if len(value) < len(border.slot):
        return None
    share = read_choices(program, value, choices.territory.shape[1])
    if (share.max(axis=1) < 0.5).any():
        return None
    territory = standing.territory.copy()
    territory[border.rows] = choices.territory[border.rows, share.argmax(axis=1)]
    return territory


class Placing(NamedTuple):
    """The slots of a border's rows, the large ones whole."""

    slot: Codes
    misses: bool  # even with the others cut at will, no such placing was found that keeps every limit


def place_large(program: Program, is_large: NDArray[np.bool_], width: int) -> Placing | None:
    """Where the large ones go, whole, the others cut at will; None if nothing was found.

    A few nodes without programs of their own to search in: those could take longer than all the rest.
    """
    solver = open_brancher(program, is_large[program.border.of_row], PLACING_NODES, PLACING_GAP)
    for name in ("root_reduced_cost", "rins", "rens"):
        solver.setOptionValue(f"mip_heuristic_run_{name}", False)
    solver.setOptionValue("mip_heuristic_effort", 0.0)
    solver.setOptionValue("mip_allow_restart", False)
    solver.run()
    value = np.asarray(solver.getSolution().col_value)
    if len(value) < len(program.border.slot):
        return None
    slot = read_choices(program, value, width).argmax(axis=1).astype(np.int32)
    return Placing(np.asarray(slot), misses_limits(program, value))


def find_least_deviation(supply: Floats, masks: NDArray[np.bool_], targets: Floats) -> float:
    """Least largest |load / target − 1| over fractional shares of `supply` (per class of access)."""
    of_class, territory = np.nonzero(masks & (supply > 0)[:, None])
    classes, k, cells = len(supply), len(targets), len(of_class)
    whole = max(float(supply.sum()), 1e-300)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = cells + 1, classes + 2 * k
    lp.col_cost_ = np.append(np.zeros(cells), 1.0)
    lp.col_lower_, lp.col_upper_ = np.zeros(cells + 1), np.full(cells + 1, highspy.kHighsInf)
    share, infinite = targets / whole, np.full(k, highspy.kHighsInf)
    lp.row_lower_ = np.concatenate((supply / whole, -infinite, share))
    lp.row_upper_ = np.concatenate((supply / whole, share, infinite))
    index = np.column_stack((of_class, classes + territory, classes + k + territory)).ravel()
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.append(np.arange(cells + 1) * 3, 3 * cells + 2 * k).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate((index, classes + np.arange(2 * k))).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate((np.ones(3 * cells), -share, share))
    solver = open_quietly()
    solver.passModel(lp)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return 0.0
    return max(0.0, float(solver.getInfo().objective_function_value) - 1e-7)


def find_least_miss(frame: Frame, choices: Choices) -> float:
    """By how many fair shares even fractional assignments miss the bands; `choices` lists every pair."""
    rows = np.arange(len(frame.weight))
    standing = Standing(
        np.ascontiguousarray(choices.territory[:, 0]),
        np.zeros(len(rows), np.int32),
        np.zeros(frame.low.shape),
        np.zeros(1),
    )
    for m in range(frame.load.shape[1]):
        standing.load[:, m] = np.bincount(standing.territory, frame.load[:, m], len(frame.low))
    standing.moved[0] = frame.move_load[standing.territory != frame.owner].sum()
    of_row, slot = np.nonzero(choices.territory >= 0)
    border = Border(rows, of_row, slot)
    free = Choices(choices.territory, np.zeros_like(choices.cost))
    nothing = Prices(np.zeros(frame.low.shape))
    solver = open_solver(state_program(frame, free, nothing, standing, border, 1.0, whole=False))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return 0.0
    return float(solver.getInfo().objective_function_value)
