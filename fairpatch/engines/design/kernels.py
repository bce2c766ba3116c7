"""Which territories are cheapest for each account at given prices, and how do loads answer a price?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.compiled import compile_kernel
from fairpatch.engines.design.frame import CUT, NONE, Frame
from fairpatch.engines.design.problem import Codes, Floats, Positions
from fairpatch.engines.design.vectors import Nearness

NO_SLOPE = np.zeros((1, 1))  # tells the kernel that no slope is wanted


@compile_kernel
def _value_at_least(frame: Frame, axes: Floats, tolls: Floats, pressed: float, i: int, least: Floats) -> None:
    """Fill `least` with what each territory costs row `i` by its chord, prices included: no arc is shorter.

    `axes` and `tolls` are centres and prices turned, so that the processor takes several territories at once.
    """
    k = len(least)
    x, y, z = frame.unit[i, 0], frame.unit[i, 1], frame.unit[i, 2]
    w = frame.weight[i] / (frame.scale * frame.scale)
    for t in range(k):
        least[t] = w * ((x - axes[0, t]) ** 2 + (y - axes[1, t]) ** 2 + (z - axes[2, t]) ** 2)
    for m in range(len(tolls)):
        load = frame.load[i, m]
        for t in range(k):
            least[t] += tolls[m, t] * load
    own = least[frame.owner[i]]  # nobody's is -1: any will do
    for t in range(k):
        least[t] += pressed
    if frame.owner[i] >= 0:
        least[frame.owner[i]] = own
    open_to = frame.masks[frame.access[i]]
    for t in range(k):
        if not open_to[t]:
            least[t] = NONE


@compile_kernel
def _list_least(least: Floats, nearest: Codes, value: Floats) -> None:
    """Fill `nearest` with where `least` is least, in order; `value` is room to work in."""
    last = len(nearest) - 1
    value[:] = NONE
    nearest[:] = -1
    for t in range(len(least)):
        if least[t] >= value[last]:
            continue
        q = last
        while q > 0 and value[q - 1] > least[t]:
            value[q], nearest[q] = value[q - 1], nearest[q - 1]
            q -= 1
        value[q], nearest[q] = least[t], t


@compile_kernel
def price_block(
    first: int,
    last: int,
    frame: Frame,
    centres: Floats,
    prices: Floats,
    move_price: float,
    choice: Codes,
    cost: Floats,
) -> None:
    """Fill rows of `choice` and `cost` with the cheapest territories, best first (-1: none is left).

    Those cheapest by their chords come first, so that few other arcs need be measured.
    """
    k, columns = prices.shape
    width = choice.shape[1]
    per_square = 1.0 / (frame.scale * frame.scale)
    least, best, nearest = np.empty(k), np.empty(width), np.empty(width, np.int32)
    axes, tolls = centres.T.copy(), prices.T.copy()
    for i in range(first, last):
        move = frame.move_cost[i]
        pressed = move + move_price * frame.move_load[i]
        _value_at_least(frame, axes, tolls, pressed, i, least)
        _list_least(least, nearest, best)
        best[:] = NONE
        choice[i, :] = -1
        cost[i, :] = NONE
        x, y, z = frame.unit[i, 0], frame.unit[i, 1], frame.unit[i, 2]
        w = frame.weight[i] * per_square
        for at in range(width + k):
            t = nearest[at] if at < width else at - width
            if t < 0 or least[t] >= best[width - 1]:
                continue
            toll = 0.0
            for m in range(columns):
                toll += prices[t, m] * frame.load[i, m]
            if t != frame.owner[i]:
                toll += pressed
            chord2 = (x - centres[t, 0]) ** 2 + (y - centres[t, 1]) ** 2 + (z - centres[t, 2]) ** 2
            arc = 2.0 * np.arcsin(min(1.0, 0.5 * np.sqrt(chord2)))
            value = w * arc * arc + toll
            least[t] = NONE  # once is enough
            if value >= best[width - 1]:
                continue
            q = width - 1
            while q > 0 and best[q - 1] > value:
                best[q], choice[i, q], cost[i, q] = best[q - 1], choice[i, q - 1], cost[i, q - 1]
                q -= 1
            best[q], choice[i, q] = value, t
            cost[i, q] = w * arc * arc + (move if t != frame.owner[i] else 0.0)


@compile_kernel
def part_rows(
    frame: Frame,
    choice: Codes,
    cost: Floats,
    prices: Floats,
    move_price: float,
    heat: float,
    slack: float,
    load: Floats,
) -> tuple[Positions, float]:
    """Which rows have a second choice that could have a share while prices part by at most `slack`.

    The others have one choice for all that: `load` (flat, moves last) gets theirs; also returned is what they
    cost, prices left out.
    """
    n, width = choice.shape
    columns, moves = prices.shape[1], load.shape[0] - 1
    torn, count, settled = np.empty(n, np.int64), 0, 0.0
    for i in range(n):
        low, second, best = NONE, NONE, 0
        size = frame.move_load[i]
        for m in range(columns):
            size += frame.load[i, m]
        for q in range(width):
            t = choice[i, q]
            if t < 0:
                continue
            # As in `sum_soft_loads`: a call that takes the frame would cost many times more.
            value = cost[i, q]
            for m in range(columns):
                value += prices[t, m] * frame.load[i, m]
            if t != frame.owner[i]:
                value += move_price * frame.move_load[i]
            if value < low:
                low, second, best = value, low, q
            else:
                second = min(second, value)
        if second - low <= CUT * heat * frame.temper[i] + slack * size:
            torn[count] = i
            count += 1
            continue
        t = choice[i, best]
        settled += cost[i, best]
        if t != frame.owner[i]:
            load[moves] += frame.move_load[i]
        for m in range(columns):
            load[t * columns + m] += frame.load[i, m]
    return torn[:count], settled


@compile_kernel
def sum_soft_loads(
    frame: Frame,
    choice: Codes,
    cost: Floats,
    rows: Positions,
    prices: Floats,
    move_price: float,
    heat: float,
    load: Floats,
    hessian: Floats,
) -> float:
    """The smoothed priced minimum of `rows`; adds their loads (flat, moves last) and, if sized, the slope.

    Each account spreads over its choices by exp(−value / (heat · temper)).
    """
    width, columns = choice.shape[1], prices.shape[1]
    wants_slope = hessian.shape[0] > 1
    moves = load.shape[0] - 1
    share, at, size = np.empty(width), np.empty(width, np.int64), np.empty(width)
    total = 0.0
    for i in rows:
        e = heat * frame.temper[i]
        low = NONE
        for q in range(width):
            t = choice[i, q]
            share[q] = NONE
            if t >= 0:
                value = cost[i, q]
                for m in range(columns):
                    value += prices[t, m] * frame.load[i, m]
                if t != frame.owner[i]:
                    value += move_price * frame.move_load[i]
                share[q] = value
                low = min(low, value)
        z = 0.0
        live = 0
        for q in range(width):
            if share[q] - low < CUT * e:
                part = np.exp((low - share[q]) / e)
                z += part
                share[live] = part
                at[live] = choice[i, q]
                live += 1
        total += low - e * np.log(z)
        for q in range(live):
            share[q] /= z
            size[q] = 0.0 if at[q] == frame.owner[i] else frame.move_load[i]
            load[moves] += share[q] * size[q]
            for m in range(columns):
                load[at[q] * columns + m] += share[q] * frame.load[i, m]
        if wants_slope and live > 1:
            _add_slope(frame.load[i], share, at, size, live, columns, e, hessian)
    return total


@compile_kernel
def _add_slope(
    row: Floats,
    share: Floats,
    at: NDArray[np.int64],
    size: Floats,
    live: int,
    columns: int,
    e: float,
    hessian: Floats,
) -> None:
    last = hessian.shape[0] - 1
    for q in range(live):
        for r in range(live):
            h = ((share[q] if q == r else 0.0) - share[q] * share[r]) / e
            for m in range(columns):
                hm = h * row[m]
                if hm != 0.0:
                    for o in range(columns):
                        hessian[at[q] * columns + m, at[r] * columns + o] += hm * row[o]
                    if size[r] != 0.0:
                        hessian[at[q] * columns + m, last] += hm * size[r]
                        hessian[last, at[q] * columns + m] += hm * size[r]
            hessian[last, last] += h * size[q] * size[r]


class SoftKernels:
    """The softened minimum over listed choices, as `vectors.SoftRows` computes it for small problems.

    Only rows that could have two shares at prices near those of the last parting are summed one by one.
    """

    def __init__(self, frame: Frame, choice: Codes, cost: Floats, heat: float) -> None:
        self._frame, self._choice, self._cost, self._heat = frame, choice, cost, heat
        self._near = Nearness(heat)
        self._point = (np.zeros(frame.low.shape), 0.0)

    def weigh(self, prices: Floats, move_price: float) -> tuple[float, Floats]:
        """What everybody pays, and the expected loads (flat, moves last)."""
        self._point = (prices, move_price)
        if self._near.is_left(prices, move_price):
            self._part_rows()
        load = self._settled_load.copy()
        fee = float((self._settled_load[:-1] * prices.ravel()).sum()) + move_price * self._settled_load[-1]
        return self._settled_cost + fee + self._sum(load, NO_SLOPE), load

    def _part_rows(self) -> None:
        self._settled_load = np.zeros(self._frame.low.size + 1)
        listed = (self._frame, self._choice, self._cost)
        self._rows, self._settled_cost = part_rows(
            *listed, *self._point, self._heat, self._near.slack, self._settled_load
        )

    def bend(self) -> Floats:
        """How those loads answer to prices, at the point last weighed."""
        size = self._frame.low.size + 1
        slope = np.zeros((size, size))
        self._sum(np.zeros(size), slope)
        return slope

    def _sum(self, load: Floats, slope: Floats) -> float:
        listed = (self._frame, self._choice, self._cost, self._rows)
        return sum_soft_loads(*listed, *self._point, self._heat, load, slope)


@compile_kernel
def solve_positive(matrix: Floats, right: Floats, step: Floats) -> bool:
    """Cholesky solve, in place; False when `matrix` is not positive definite.

    Our own, on one thread, because a library's answer may depend on its thread count in the last bits.
    """
    size = matrix.shape[0]
    for row in range(size):
        pivot = matrix[row, row]
        if not pivot > 1e-14:
            return False
        pivot = np.sqrt(pivot)
        for column in range(row, size):
            matrix[row, column] /= pivot
        for lower in range(row + 1, size):
            factor = matrix[row, lower]
            if factor != 0.0:
                for column in range(lower, size):
                    matrix[lower, column] -= factor * matrix[row, column]
    for row in range(size):
        step[row] = right[row]
    for row in range(size):
        step[row] /= matrix[row, row]
        for column in range(row + 1, size):
            step[column] -= matrix[row, column] * step[row]
    for row in range(size - 1, -1, -1):
        for column in range(row + 1, size):
            step[row] -= matrix[row, column] * step[column]
        step[row] /= matrix[row, row]
    return True
