"""How is the fair assignment of the accounts on the borders stated as a program for HiGHS?

Everybody else stays put. Costs are stated with the prices known already and the loads are columns of their
own, so that taking everybody's cheapest choice is a basis without a negative reduced cost: the simplex starts
where the prices stand and mends the few loads that do not fit yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.frame import WITHOUT_BUDGET, Frame
from fairpatch.engines.design.prices import Choices, Prices
from fairpatch.engines.design.problem import Codes, Floats
from fairpatch.engines.design.standing import Standing

EPSILON = 1e-12
MISSED = 1e-9  # fair shares
LEAST_STEPS, STEPS_PER_ROW = 5_000, 5  # a degenerate program that needs more is not worth its time
MOST_STEPS = 500_000
AT_LOW, AT_HIGH, BASIC = (
    highspy.HighsBasisStatus.kLower,
    highspy.HighsBasisStatus.kUpper,
    highspy.HighsBasisStatus.kBasic,
)


@dataclass(frozen=True)
class Border:
    """Which (account, choice) pairs are open; all other accounts stay on their slot."""

    rows: NDArray[np.int64]  # accounts, ascending
    of_row: NDArray[np.int64]  # per pair: position in `rows`
    slot: NDArray[np.int64]  # per pair: position in the account's row of choices


@dataclass(frozen=True)
class Program:
    """What is open, at which prices, within which limits.

    Columns: the pairs, each limit's load, by how much it is short, by how much over. Rows: accounts, limits.
    The limits are the bands, territory by territory, and then the budget if there is one.
    """

    border: Border
    prices: Prices  # within the costs already
    territory: Codes  # of each pair
    cost: Floats  # of each pair, prices included
    amount: Floats  # of each pair in the limits' units: one per column of load, then the move
    low: Floats  # per limit, the accounts that stay put subtracted
    high: Floats
    may_exceed: NDArray[np.bool_]
    shortfall: float  # cost of missing a limit by 1

    @property
    def has_budget(self) -> bool:
        return len(self.low) > self.prices.load.size

    def list_limits(self) -> NDArray[np.int64]:
        """Per pair, which limits it counts against."""
        columns = self.prices.load.shape[1]
        limits: NDArray[np.int64] = self.territory[:, None].astype(np.int64) * columns + np.arange(columns)
        if not self.has_budget:
            return limits
        return np.column_stack((limits, np.full(len(limits), self.prices.load.size)))


def state_program(
    frame: Frame,
    choices: Choices,
    prices: Prices,
    standing: Standing,
    border: Border,
    shortfall: float,
    *,
    whole: bool,
) -> Program:
    """The program over `border` at some prices; `whole`: hard limits may not be exceeded at any cost."""
    has_budget = frame.budget < WITHOUT_BUDGET
    prices = Prices(prices.load, prices.move if has_budget else 0.0)
    rows, (k, columns) = border.rows, frame.low.shape
    account = rows[border.of_row]
    territory = choices.territory[account, border.slot]
    inside = np.column_stack(
        [np.bincount(standing.territory[rows], frame.load[rows, m], k) for m in range(columns)]
    )
    fixed = standing.load - inside
    moves = np.where(territory != frame.owner[account], frame.move_load[account], 0.0)
    cost = choices.cost[account, border.slot] + prices.move * moves
    for m in range(columns):
        cost += prices.load[territory, m] * frame.load[account, m]
    low, high, amount = (frame.low - fixed).ravel(), (frame.high - fixed).ravel(), frame.load[account]
    may_exceed = ~(np.tile(frame.is_hard, k) & whole)
    if has_budget:
        was = frame.move_load[rows] * (standing.territory[rows] != frame.owner[rows])
        left = frame.budget - (float(standing.moved[0]) - float(was.sum()))
        low, high, amount = (
            np.append(low, -highspy.kHighsInf),
            np.append(high, left),
            np.column_stack((amount, moves)),
        )
        may_exceed = np.append(may_exceed, not whole)
    return Program(border, prices, territory, cost, amount, low, high, may_exceed, shortfall)


def build_model(program: Program) -> highspy.HighsLp:
    """HiGHS' form of the program, accounts cut at will."""
    rows, pairs, limits = len(program.border.rows), len(program.cost), len(program.low)
    toll = _list_tolls(program)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = pairs + 3 * limits, rows + limits
    dear, none, infinite = (
        np.full(limits, program.shortfall),
        np.zeros(limits),
        np.full(limits, highspy.kHighsInf),
    )
    lp.col_cost_ = np.concatenate((program.cost, -toll, dear, dear))
    lp.col_lower_ = np.concatenate((np.zeros(pairs), program.low, none, none))
    may_exceed = np.where(program.may_exceed, infinite, 0.0)
    lp.col_upper_ = np.concatenate((np.ones(pairs), program.high, infinite, may_exceed))
    sides = np.concatenate((np.ones(rows), none))
    lp.row_lower_, lp.row_upper_ = sides, sides
    of_limit = (rows + np.arange(limits)).astype(np.int32)
    per_pair = 1 + program.amount.shape[1]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate(
        (np.arange(pairs) * per_pair, pairs * per_pair + np.arange(3 * limits + 1))
    ).astype(np.int32)
    index = np.column_stack((program.border.of_row, rows + program.list_limits())).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate((index.ravel(), of_limit, of_limit, of_limit))
    value = np.column_stack((np.ones(pairs), program.amount))
    one = np.ones(limits)
    lp.a_matrix_.value_ = np.concatenate((value.ravel(), -one, one, -one))
    return lp


def build_basis(program: Program) -> highspy.HighsBasis:
    """Everybody's cheapest choice is basic; a load is at the end of its band that its price points to."""
    border = program.border
    order = np.lexsort((program.cost, border.of_row))
    first = np.ones(len(order), np.bool_)
    first[1:] = border.of_row[order][1:] != border.of_row[order][:-1]
    cheapest = order[first]
    toll = _list_tolls(program)
    load = np.bincount(program.list_limits()[cheapest].ravel(), program.amount[cheapest].ravel(), len(toll))
    is_basic = (toll == 0) & (load >= program.low) & (load <= program.high)
    is_high = (toll > 0) | ((toll == 0) & (load > program.high))
    ends = [
        BASIC if basic else AT_HIGH if high else AT_LOW
        for basic, high in zip(is_basic.tolist(), is_high.tolist(), strict=True)
    ]
    chosen = np.zeros(len(order), np.bool_)
    chosen[cheapest] = True
    basis = highspy.HighsBasis()
    pairs = [BASIC if one else AT_LOW for one in chosen.tolist()]
    basis.col_status = pairs + ends + [AT_LOW] * (2 * len(toll))
    basis.row_status = [AT_LOW] * len(border.rows) + [
        AT_LOW if basic else BASIC for basic in is_basic.tolist()
    ]
    basis.valid = True
    return basis


def _list_tolls(program: Program) -> Floats:
    """The price of each limit."""
    prices = program.prices
    return np.append(prices.load.ravel(), prices.move) if program.has_budget else prices.load.ravel()


def open_quietly() -> Any:
    """HiGHS, silent, on one thread and without chance."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for name, setting in (("threads", 1), ("random_seed", 0), ("parallel", "off")):
        solver.setOptionValue(name, setting)
    solver.setOptionValue("simplex_iteration_limit", MOST_STEPS)
    return solver


def open_solver(program: Program) -> Any:
    """HiGHS with the program loaded, accounts cut at will."""
    solver = open_quietly()
    solver.passModel(build_model(program))
    steps = LEAST_STEPS + STEPS_PER_ROW * len(program.border.rows)
    solver.setOptionValue("simplex_iteration_limit", steps)
    solver.setOptionValue("dual_simplex_cost_perturbation_multiplier", 0.0)  # the start is nearly best
    solver.setBasis(build_basis(program))
    return solver


def open_brancher(program: Program, is_whole: NDArray[np.bool_], nodes: int, gap: float) -> Any:
    """HiGHS with the program loaded, the pairs marked `is_whole` whole numbers, within so many `nodes`."""
    kinds = highspy.HighsVarType
    model = build_model(program)
    whole = [kinds.kInteger if one else kinds.kContinuous for one in is_whole.tolist()]
    model.integrality_ = whole + [kinds.kContinuous] * (3 * len(program.low))
    solver = open_quietly()
    solver.passModel(model)
    solver.setOptionValue("mip_max_nodes", nodes)
    solver.setOptionValue("mip_rel_gap", gap)
    return solver


def start_from(program: Program, is_chosen: NDArray[np.bool_]) -> highspy.HighsSolution:
    """A whole assignment of the border, as a first solution: its pairs, loads, and what limits they miss."""
    load = np.bincount(
        program.list_limits()[is_chosen].ravel(), program.amount[is_chosen].ravel(), len(program.low)
    )
    inside = np.clip(load, program.low, program.high)
    start = highspy.HighsSolution()
    start.col_value = np.concatenate(
        (is_chosen, inside, np.maximum(inside - load, 0), np.maximum(load - inside, 0))
    ).tolist()
    return start


def read_prices(frame: Frame, program: Program, row_dual: Floats) -> Prices:
    """The prices at the optimum: those the program was stated with, less what its limits' rows say."""
    found = _list_tolls(program) - row_dual[len(program.border.rows) :]
    load = found[: frame.low.size].reshape(frame.low.shape)
    load[np.abs(load) < EPSILON] = 0.0
    load[:, frame.is_hard] = np.maximum(load[:, frame.is_hard], 0.0)
    return Prices(load, max(0.0, float(found[-1])) if program.has_budget else 0.0)


def read_choices(program: Program, col_value: Floats, width: int) -> Floats:
    """Shares, rows of the border × `width` slots."""
    share = np.zeros((len(program.border.rows), width))
    share[program.border.of_row, program.border.slot] = col_value[: len(program.cost)]
    return share


def misses_limits(program: Program, col_value: Floats) -> bool:
    """Whether even cut accounts could not keep every limit."""
    return float(col_value[-2 * len(program.low) :].sum()) > MISSED
