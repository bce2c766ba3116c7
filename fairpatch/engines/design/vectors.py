"""How are small problems priced without compiled kernels, which would take longer to load than to work?

The same answers as in `kernels`, but for rounding, from whole-array steps. Nothing here goes through a
library whose last bits depend on its thread count.
"""

from __future__ import annotations

import numpy as np

from fairpatch.engines.design.frame import CUT, NONE, Frame
from fairpatch.engines.design.problem import Codes, Flags, Floats, Positions

BLOCK_CELLS = 60_000  # so few that a processor keeps them at hand
SLACK_HEATS = 2.0  # how far prices may go at first, in temperatures, before pairs are listed anew
TINY = 1e-5  # a share so small that prices hardly move it
DENSE_FASTER = 15  # times, per product of two shares


def cost_pairs(frame: Frame, centres: Floats) -> Floats:
    """What each account costs in each territory without prices, n × k; NONE where it may not go."""
    n, k = len(frame.weight), len(centres)
    cost = np.zeros((n, k))
    apart = np.empty((min(n, _count_rows(k)), k))
    for block in _list_blocks(n, k):
        own = cost[block]
        step = apart[: len(own)]
        for axis in range(3):
            np.subtract.outer(frame.unit[block, axis], centres[:, axis], out=step)
            own += np.square(step, out=step)
        half_arc = np.sqrt(own, out=own)
        half_arc *= 0.5
        np.arcsin(np.minimum(half_arc, 1.0, out=own), out=own)
        np.square(own, out=own)
        own *= (4.0 / (frame.scale * frame.scale) * frame.weight[block])[:, None]
        if frame.move_cost[block].any():
            own += np.where(_find_leavers(frame, block, k), frame.move_cost[block, None], 0.0)
        own[~frame.masks[frame.access[block]]] = NONE
    return cost


def _count_rows(k: int) -> int:
    return max(1, BLOCK_CELLS // k)


def _list_blocks(n: int, k: int) -> list[slice]:
    rows = _count_rows(k)
    return [slice(first, first + rows) for first in range(0, n, rows)]


def _find_leavers(frame: Frame, block: slice, k: int) -> Flags:
    """Which pairs take an account from its owner; nobody's leaves nobody."""
    owner = frame.owner[block, None]
    return np.asarray((owner >= 0) & (np.arange(k) != owner))


def rank_pairs(
    frame: Frame, pair_cost: Floats, prices: Floats, move_price: float, choice: Codes, cost: Floats
) -> None:
    """Fill `choice` and `cost` with the cheapest territories, best first (-1: none is left)."""
    n, k = pair_cost.shape
    for block in _list_blocks(n, k):
        own = pair_cost[block]
        value = own.copy()
        for column in range(prices.shape[1]):
            value += np.multiply.outer(frame.load[block, column], prices[:, column])
        if move_price:
            tolls = (move_price * frame.move_load[block])[:, None]
            value += np.where(_find_leavers(frame, block, k), tolls, 0.0)
        order = _order_cheapest(value, choice.shape[1])
        cost[block] = np.take_along_axis(own, order, axis=1)
        choice[block] = np.where(cost[block] < NONE, order, -1)


def _order_cheapest(value: Floats, width: int) -> Positions:
    """Where each row is least, in order; equal ones by their place."""
    if width == 1:
        return np.asarray(value.argmin(axis=1)[:, None])
    if width == value.shape[1]:
        return np.asarray(np.argsort(value, axis=1, kind="stable"))
    some = np.sort(np.argpartition(value, width - 1, axis=1)[:, :width], axis=1)
    order = np.argsort(np.take_along_axis(value, some, axis=1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(some, order, axis=1))


class Nearness:
    """Around which prices choices were listed last, and how far from there the list still answers."""

    def __init__(self, heat: float) -> None:
        self.slack = SLACK_HEATS * heat
        self._middle: tuple[Floats, float] | None = None

    def is_left(self, prices: Floats, move_price: float) -> bool:
        """Whether a choice left out might have a share at these prices; then they are the new middle.

        Each time but the first twice as much is to be listed.
        """
        if self._middle is not None:
            apart = np.ptp(prices - self._middle[0], axis=0).max()
            if max(apart, abs(move_price - self._middle[1])) <= self.slack:
                return False
            self.slack *= 2.0
        self._middle = (prices, move_price)
        return True


class SoftRows:
    """The softened minimum of small problems: what everybody pays, and how loads answer to prices.

    Only pairs that could have a share at prices near those of the last listing are looked at. Prices that
    have gone further list them anew and more widely, so nothing is lost.
    """

    def __init__(self, frame: Frame, choice: Codes, cost: Floats, heat: float) -> None:
        self._frame, self._choice, self._cost = frame, choice, cost
        self._heats = heat * frame.temper
        self._near = Nearness(heat)
        self._size = frame.load.sum(axis=1) + frame.move_load

    def weigh(self, prices: Floats, move_price: float) -> tuple[float, Floats]:
        """The softened priced minimum, and the expected loads (flat, moves last)."""
        if self._near.is_left(prices, move_price):
            self._list_pairs(prices, move_price)
        row, columns = self._row, prices.shape[1]
        value = self._pair_cost + move_price * self._pair_moves
        for column in range(columns):
            value += prices[self._at, column] * self._pair_load[column]
        low = np.minimum.reduceat(value, self._starts)
        share = np.exp((low[row] - value) / self._heats[row])
        whole = np.add.reduceat(share, self._starts)
        share /= whole[row]
        self._share = share
        load = np.empty(prices.size + 1)
        load[-1] = (share * self._pair_moves).sum()
        for column in range(columns):
            load[column:-1:columns] = np.bincount(self._at, share * self._pair_load[column], len(prices))
        return float((low - self._heats * np.log(whole)).sum()), load

    def _list_pairs(self, prices: Floats, move_price: float) -> None:
        frame, choice = self._frame, self._choice
        leaves = choice != frame.owner[:, None]
        value = self._cost.copy()
        for column in range(prices.shape[1]):
            tolls = prices[:, column].take(choice)  # -1 reads some price: it costs NONE
            tolls *= frame.load[:, column, None]
            value += tolls
        if move_price:
            value += np.where(leaves, (move_price * frame.move_load)[:, None], 0.0)
        reach = value.min(axis=1) + CUT * self._heats + self._near.slack * self._size
        is_near = value <= reach[:, None]
        near = np.flatnonzero(is_near)
        number = is_near.sum(axis=1)
        self._row = np.repeat(np.arange(len(choice)), number)
        self._starts = np.cumsum(number) - number
        self._at, self._pair_cost = choice.ravel()[near], self._cost.ravel()[near]
        self._pair_load = [frame.load[self._row, column] for column in range(prices.shape[1])]
        self._pair_moves = np.where(leaves.ravel()[near], frame.move_load[self._row], 0.0)

    def bend(self) -> Floats:
        """How loads answer to prices at the point last weighed: only accounts with two live pairs do."""
        frame, columns = self._frame, len(self._pair_load)
        k, size = len(frame.low), frame.low.size + 1
        slope = np.zeros((size, size))
        own = np.maximum.reduceat(self._share, self._starts) < 1 - TINY
        live = np.flatnonzero(own[self._row] & (self._share > TINY))
        torn = np.flatnonzero(own)
        row = (np.cumsum(own) - 1)[self._row[live]]
        at, share = self._at[live], self._share[live]
        load, heats = frame.load[torn], self._heats[torn]
        pairs = [(m, o) for m in range(columns) for o in range(m, columns)]
        factors = [load[:, m] * load[:, o] / heats for m, o in pairs]
        products = sum_products(row, at, share, factors, k)
        for (m, o), factor, product in zip(pairs, factors, products, strict=True):
            block = np.diag(np.bincount(at, share * factor[row], k)) - product
            slope[m:-1:columns, o:-1:columns] = block
            slope[o:-1:columns, m:-1:columns] = block.T
        moves = self._pair_moves[live]
        if not moves.any():
            return slope
        cells = row * k + at
        full = np.bincount(cells, share, minlength=len(torn) * k).reshape(-1, k)
        moved = np.bincount(row, share * moves, minlength=len(torn))
        away = np.bincount(cells, share * moves, minlength=len(torn) * k).reshape(-1, k)
        for m in range(columns):
            cross = ((away - full * moved[:, None]) * (load[:, m] / heats)[:, None]).sum(axis=0)
            slope[m:-1:columns, -1] = slope[-1, m:-1:columns] = cross
        squares = np.bincount(row, share * moves * moves, minlength=len(torn))
        slope[-1, -1] = ((squares - moved**2) / heats).sum()
        return slope


def sum_products(row: Positions, at: Codes, share: Floats, factors: list[Floats], k: int) -> list[Floats]:
    """Per factor Σ over rows of factor · share · shareᵀ, k × k; `row` (ascending), `at`: whose a share is.

    Without BLAS, whose sums depend on the number of cores. Pair by pair where rows have few shares.
    """
    rows = len(factors[0])
    counts = np.bincount(row, minlength=rows)
    if (counts**2).sum() * DENSE_FASTER > rows * k * k:
        full = np.bincount(row * k + at, share, minlength=rows * k).reshape(-1, k)
        return [np.asarray(np.einsum("it,iu->tu", full * factor[:, None], full)) for factor in factors]
    own = counts[row]  # each share meets all of its row's
    first = np.repeat(np.arange(len(row)), own)
    passed = np.cumsum(own) - own
    starts = np.cumsum(counts) - counts
    second = np.arange(len(first)) + np.repeat(starts[row] - passed, own)
    cells = at[first].astype(np.int64) * k + at[second]
    product = share[first] * share[second]
    totals = [np.bincount(cells, product * factor[row[first]], k * k) for factor in factors]
    return [np.asarray(total.reshape(k, k), np.float64) for total in totals]


def solve_rows(matrix: Floats, right: Floats, step: Floats) -> bool:
    """Solve by elimination without pivoting; False when the symmetric `matrix` is not positive definite."""
    size = len(matrix)
    both = np.column_stack((matrix, right))  # one pass for the matrix and the right side
    for row in range(size):
        pivot = both[row, row]
        if not pivot > 1e-14:
            return False
        tail = both[row, row + 1 :]
        both[row + 1 :, row + 1 :] -= np.multiply.outer(tail[:-1] / pivot, tail)
    step[:] = both[:, -1]
    for row in range(size - 1, -1, -1):
        step[row] /= both[row, row]
        step[:row] -= step[row] * both[:row, row]
    return True
