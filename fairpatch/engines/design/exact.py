"""What is exactly best for the accounts on the borders, everybody else staying put?

HiGHS solves the fractional problem (whose duals are the tightest prices) and small whole-account problems.
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

SHORTFALL = 1000.0  # cost of missing a band by one fair share, relative to the dearest price
EPSILON = 1e-12
LEAST_STEPS, STEPS_PER_ROW = 5_000, 5  # a degenerate program that needs more is not worth its time


@dataclass(frozen=True)
class Border:
    """Which (account, choice) pairs are open; all other accounts stay on their slot."""

    rows: NDArray[np.int64]  # accounts, ascending
    of_row: NDArray[np.int64]  # per pair: position in `rows`
    slot: NDArray[np.int64]  # per pair: position in the account's row of choices


def open_border(
    frame: Frame, choices: Choices, values: Floats, reach: float, most_rows: int, most_slots: int
) -> Border:
    """Accounts with a second choice within `reach` (per unit of temper) of their best, the closest first."""
    gap = (values - values.min(axis=1, keepdims=True)) / frame.temper[:, None]
    is_open = np.isfinite(values) & (gap <= reach)
    is_open[:, most_slots:] = False
    second = np.partition(gap, 1, axis=1)[:, 1] if gap.shape[1] > 1 else np.full(len(gap), np.inf)
    rows = np.flatnonzero(np.isfinite(second) & (second <= reach) & (is_open.sum(axis=1) > 1))
    if len(rows) > most_rows:
        rows = np.sort(rows[np.argsort(second[rows], kind="stable")[:most_rows]])
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


def build_model(
    frame: Frame, choices: Choices, standing: Standing, border: Border, shortfall: float, *, whole: bool
) -> highspy.HighsLp:
    """The program over `border`: columns are the open pairs, then by how much each band is missed."""
    rows, k, columns = border.rows, *frame.low.shape
    account = rows[border.of_row]
    territory = choices.territory[account, border.slot]
    pairs, bands = len(account), k * columns
    load = frame.load[account]
    inside = np.zeros((k, columns))
    for m in range(columns):
        inside[:, m] = np.bincount(standing.territory[rows], frame.load[rows, m], k)
    fixed = standing.load - inside
    is_move = territory != frame.owner[account]
    moves = np.where(is_move, frame.move_load[account], 0.0)
    has_budget = frame.budget < WITHOUT_BUDGET
    was = frame.move_load[rows] * (standing.territory[rows] != frame.owner[rows])
    left = frame.budget - (float(standing.moved[0]) - float(was.sum()))
    per_pair = 1 + columns + has_budget
    index = np.empty((pairs, per_pair), np.int32)
    value = np.empty((pairs, per_pair))
    index[:, 0], value[:, 0] = border.of_row, 1.0
    for m in range(columns):
        index[:, 1 + m] = len(rows) + territory * columns + m
        value[:, 1 + m] = load[:, m]
    if has_budget:
        index[:, -1], value[:, -1] = len(rows) + bands, moves
    band_rows = (len(rows) + np.arange(bands)).astype(np.int32)
    lp = highspy.HighsLp()
    extra = 2 * bands + has_budget
    lp.num_col_, lp.num_row_ = pairs + extra, len(rows) + bands + has_budget
    dear = np.full(bands, shortfall)
    lp.col_cost_ = np.concatenate((choices.cost[account, border.slot], dear, dear, [shortfall] * has_budget))
    lp.col_lower_ = np.zeros(lp.num_col_)
    infinite = highspy.kHighsInf
    over = np.where(np.tile(frame.is_hard, k) & whole, 0.0, infinite)
    overdraft = [0.0 if whole else infinite] * has_budget
    lp.col_upper_ = np.concatenate((np.ones(pairs), np.full(bands, infinite), over, overdraft))
    one = np.ones(len(rows))
    budget_high, budget_low = ([left], [-infinite]) if has_budget else ([], [])
    lp.row_lower_ = np.concatenate((one, (frame.low - fixed).ravel(), budget_low))
    lp.row_upper_ = np.concatenate((one, (frame.high - fixed).ravel(), budget_high))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate(
        (np.arange(pairs) * per_pair, pairs * per_pair + np.arange(extra + 1))
    ).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate(
        (index.ravel(), band_rows, band_rows, [len(rows) + bands] * has_budget)
    ).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate((value.ravel(), np.ones(bands), -np.ones(extra - bands)))
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * pairs + [highspy.HighsVarType.kContinuous] * extra
    return lp


def open_solver(nodes: int | None = None) -> Any:
    """HiGHS, silent, on one thread and without chance."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for name, setting in (
        ("threads", 1),
        ("random_seed", 0),
        ("parallel", "off"),
        ("simplex_iteration_limit", 500_000),
    ):
        solver.setOptionValue(name, setting)
    if nodes is not None:
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("mip_rel_gap", 1e-5)
    return solver


def solve_border(
    frame: Frame, choices: Choices, prices: Prices, standing: Standing, border: Border
) -> tuple[Prices, Codes, float] | None:
    """The fractional optimum over `border`: its prices, its assignment with shares rounded to the largest,
    and its cost with everybody else's."""
    dearest = max(1.0, float(np.abs(prices.load).max()))
    solver = open_solver()
    solver.setOptionValue("simplex_iteration_limit", LEAST_STEPS + STEPS_PER_ROW * len(border.rows))
    solver.passModel(build_model(frame, choices, standing, border, SHORTFALL * dearest, whole=False))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    share = np.zeros((len(border.rows), choices.territory.shape[1]))
    share[border.of_row, border.slot] = np.asarray(solution.col_value)[: len(border.slot)]
    territory = standing.territory.copy()
    territory[border.rows] = choices.territory[border.rows, share.argmax(axis=1)]
    stay = np.ones(len(territory), np.bool_)
    stay[border.rows] = False
    fixed = choices.cost[stay, np.maximum(standing.slot[stay], 0)].sum()
    found = read_prices(frame, np.asarray(solution.row_dual)[len(border.rows) :])
    return found, territory, float(solver.getInfo().objective_function_value + fixed)


def read_prices(frame: Frame, dual: Floats) -> Prices:
    """The prices that a program's duals state: first those of the bands, then, if any, that of the budget."""
    bands = frame.low.size
    load = -dual[:bands].reshape(frame.low.shape)
    load[np.abs(load) < EPSILON] = 0.0
    load[:, frame.is_hard] = np.maximum(load[:, frame.is_hard], 0.0)
    return Prices(load, max(0.0, -float(dual[bands])) if len(dual) > bands else 0.0)


def polish_border(
    frame: Frame, choices: Choices, prices: Prices, standing: Standing, border: Border, nodes: int
) -> Codes | None:
    """The best whole assignment of `border` found within `nodes` branch-and-bound nodes, if any."""
    dearest = max(1.0, float(np.abs(prices.load).max()))
    solver = open_solver(nodes)
    model = build_model(frame, choices, standing, border, SHORTFALL * dearest, whole=True)
    solver.passModel(model)
    pairs = len(border.slot)
    start = highspy.HighsSolution()
    first = np.zeros(model.num_col_)
    first[:pairs] = standing.slot[border.rows][border.of_row] == border.slot
    missing = frame.low - standing.load
    first[pairs : pairs + 2 * frame.low.size] = np.concatenate(
        (np.maximum(missing, 0).ravel(), np.maximum(standing.load - frame.high, 0).ravel())
    )
    start.col_value = first.tolist()
    solver.setSolution(start)
    solver.run()
    value = np.asarray(solver.getSolution().col_value)
    if len(value) < pairs:
        return None
    share = np.zeros((len(border.rows), choices.territory.shape[1]))
    share[border.of_row, border.slot] = value[:pairs]
    if (share.max(axis=1) < 0.5).any():
        return None
    territory = standing.territory.copy()
    territory[border.rows] = choices.territory[border.rows, share.argmax(axis=1)]
    return territory


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
    solver = open_solver()
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
    solver = open_solver()
    solver.passModel(build_model(frame, free, standing, border, 1.0, whole=False))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return 0.0
    return float(solver.getInfo().objective_function_value)
