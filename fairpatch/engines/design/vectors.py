"""How are small problems priced without compiled kernels, which would take longer to load than to work?

The same answers as in `kernels`, but for rounding, from whole-array steps. Nothing here goes through a
library whose last bits depend on its thread count.
"""

from __future__ import annotations

import numpy as np

from fairpatch.engines.design.frame import CUT, NONE, Frame
from fairpatch.engines.design.problem import Codes, Floats, Positions

BLOCK_CELLS = 60_000  # so few that a processor keeps them at hand
SLACK_HEATS = 2.0  # how far prices may go at first, in temperatures, before pairs are listed anew
TINY = 1e-12  # a share that moves no load
DENSE_FASTER = 15  # times, per product of two shares


def price_rows(
    frame: Frame, centres: Floats, prices: Floats, move_price: float, choice: Codes, cost: Floats
) -> None:
    """Fill `choice` and `cost` with the cheapest territories, best first (-1: none is left)."""
    rows = max(1, BLOCK_CELLS // len(centres))
    for first in range(0, len(choice), rows):
        block = slice(first, first + rows)
        _price_block(frame, block, centres, prices, move_price, choice[block], cost[block])


def _price_block(
    frame: Frame,
    block: slice,
    centres: Floats,
    prices: Floats,
    move_price: float,
    choice: Codes,
    cost: Floats,
) -> None:
    width = choice.shape[1]
    chord2 = np.zeros((len(choice), len(centres)))
    for axis in range(3):
        chord2 += np.square(np.subtract.outer(frame.unit[block, axis], centres[:, axis]))
    half_arc = np.arcsin(np.minimum(0.5 * np.sqrt(chord2), 1.0))
    own = (4.0 / (frame.scale * frame.scale) * frame.weight[block])[:, None] * np.square(half_arc)
    owner, move_load = frame.owner[block], frame.move_load[block]
    value = np.zeros_like(own)
    if (owner >= 0).any():
        leaves = np.arange(len(centres)) != owner[:, None]
        own += np.where(leaves, frame.move_cost[block, None], 0.0)
        value += np.where(leaves, (move_price * move_load)[:, None], 0.0)
    value += own
    for column in range(prices.shape[1]):
        value += np.multiply.outer(frame.load[block, column], prices[:, column])
    is_open = frame.masks[frame.access[block]]
    value[~is_open] = NONE
    if width < len(centres):
        some = np.sort(np.argpartition(value, width - 1, axis=1)[:, :width], axis=1)
        order = np.argsort(np.take_along_axis(value, some, axis=1), axis=1, kind="stable")
        order = np.take_along_axis(some, order, axis=1)
    else:
        order = np.argsort(value, axis=1, kind="stable")
    allowed = np.take_along_axis(is_open, order, axis=1)
    choice[:] = np.where(allowed, order, -1)
    cost[:] = np.where(allowed, np.take_along_axis(own, order, axis=1), NONE)


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
            value += (
                prices[choice, column] * frame.load[:, column, None]
            )  # -1 reads some price: it costs NONE
        if move_price:
            value += np.where(leaves, (move_price * frame.move_load)[:, None], 0.0)
        reach = value.min(axis=1) + CUT * self._heats + self._near.slack * self._size
        near = np.flatnonzero(value <= reach[:, None])
        self._row = near // choice.shape[1]
        self._starts = np.searchsorted(self._row, np.arange(len(choice)))
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
        row = np.searchsorted(torn, self._row[live])
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
    starts = np.cumsum(counts) - counts
    totals = [np.zeros(k * k) for _ in factors]
    for count in np.unique(counts[counts > 0]):
        alike = np.flatnonzero(counts == count)
        places = starts[alike][:, None] + np.arange(count)
        shares, territory = share[places], at[places].astype(np.int64)
        cells = (territory[:, :, None] * k + territory[:, None, :]).ravel()
        for total, factor in zip(totals, factors, strict=True):
            product = (shares * factor[alike][:, None])[:, :, None] * shares[:, None, :]
            total += np.bincount(cells, product.ravel(), k * k)
    return [total.reshape(k, k) for total in totals]


def solve_rows(matrix: Floats, right: Floats, step: Floats) -> bool:
    """Cholesky solve, in place; False when `matrix` is not positive definite."""
    size = len(matrix)
    for row in range(size):
        pivot = matrix[row, row]
        if not pivot > 1e-14:
            return False
        matrix[row, row:] /= np.sqrt(pivot)
        tail = matrix[row, row + 1 :]
        matrix[row + 1 :, row + 1 :] -= tail[:, None] * tail
    step[:] = right
    for row in range(size):
        step[row] /= matrix[row, row]
        step[row + 1 :] -= matrix[row, row + 1 :] * step[row]
    for row in reversed(range(size)):
        step[row] -= (matrix[row, row + 1 :] * step[row + 1 :]).sum()
        step[row] /= matrix[row, row]
    return True
