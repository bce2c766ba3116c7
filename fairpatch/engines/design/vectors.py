"""How are small problems priced without compiled kernels, which would take longer to load than to work?

The same answers as in `kernels`, but for rounding, from whole-array steps. Nothing here goes through a
library whose last bits depend on its thread count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.frame import CUT, NONE, Frame
from fairpatch.engines.design.problem import Codes, Floats

Rows = NDArray[np.int64]


def price_rows(
    frame: Frame, centres: Floats, prices: Floats, move_price: float, choice: Codes, cost: Floats
) -> None:
    """Fill `choice` and `cost` with the cheapest territories, best first (-1: none is left)."""
    width = choice.shape[1]
    chord2 = np.zeros((len(frame.weight), len(centres)))
    for axis in range(3):
        chord2 += (frame.unit[:, axis, None] - centres[:, axis]) ** 2
    arc = 2.0 * np.arcsin(np.minimum(1.0, 0.5 * np.sqrt(chord2)))
    own = (frame.weight / (frame.scale * frame.scale))[:, None] * arc * arc
    leaves = np.arange(len(centres)) != frame.owner[:, None]
    own += np.where(leaves, frame.move_cost[:, None], 0.0)
    value = own + np.where(leaves, (move_price * frame.move_load)[:, None], 0.0)
    for column in range(prices.shape[1]):
        value += prices[:, column] * frame.load[:, column, None]
    is_open = frame.masks[frame.access]
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


def sum_soft_rows(
    frame: Frame,
    choice: Codes,
    cost: Floats,
    prices: Floats,
    move_price: float,
    heat: float,
    load: Floats,
    hessian: Floats,
) -> float:
    """The smoothed priced minimum; adds expected loads (flat, moves last) and, if sized for it, the slope."""
    width, columns = choice.shape[1], prices.shape[1]
    value = cost.copy()
    for column in range(columns):
        value += prices[choice, column] * frame.load[:, column, None]  # -1 reads some price: it costs NONE
    if move_price:
        value += np.where(choice != frame.owner[:, None], (move_price * frame.move_load)[:, None], 0.0)
    low = value.min(axis=1)
    heats = heat * frame.temper
    live = np.flatnonzero(value <= (low + CUT * heats)[:, None])
    row, at = live // width, choice.ravel()[live]
    share = np.exp((low[row] - value.ravel()[live]) / heats[row])
    whole = np.bincount(row, share)
    share /= whole[row]
    size = np.where(at != frame.owner[row], frame.move_load[row], 0.0)
    load[-1] += (share * size).sum()
    for column in range(columns):
        load[column:-1:columns] += np.bincount(at, share * frame.load[row, column], minlength=len(prices))
    if hessian.shape[0] > 1:
        _add_slopes(frame, row, at, share, size, heats, hessian)
    return float((low - heats * np.log(whole)).sum())


def _add_slopes(
    frame: Frame, row: Rows, at: Codes, share: Floats, size: Floats, heats: Floats, hessian: Floats
) -> None:
    """Of the accounts with more than one live choice; the others do not answer a small change of price."""
    columns = frame.load.shape[1]
    k = (len(hessian) - 1) // columns
    torn = np.flatnonzero(np.bincount(row, minlength=len(heats)) > 1)
    place = np.full(len(heats), -1)
    place[torn] = np.arange(len(torn))
    live = place[row] >= 0
    cells, shape = place[row[live]] * k + at[live], (len(torn), k)
    share, size = share[live], size[live]
    load, heats = frame.load[torn], heats[torn]
    full = np.bincount(cells, share, minlength=shape[0] * k).reshape(shape)
    away = np.bincount(cells, share * size, minlength=shape[0] * k).reshape(shape)
    moved = away.sum(axis=1)
    for m in range(columns):
        for o in range(m, columns):
            scaled = full * (load[:, m] * load[:, o] / heats)[:, None]
            block = np.diag(scaled.sum(axis=0)) - np.einsum("it,iu->tu", scaled, full)
            hessian[m:-1:columns, o:-1:columns] += block
            if o != m:
                hessian[o:-1:columns, m:-1:columns] += block.T
        if moved.any():
            cross = ((away - full * moved[:, None]) * (load[:, m] / heats)[:, None]).sum(axis=0)
            hessian[m:-1:columns, -1] += cross
            hessian[-1, m:-1:columns] += cross
    if moved.any():
        squares = np.bincount(place[row[live]], share * size * size, minlength=len(torn))
        hessian[-1, -1] += ((squares - moved**2) / heats).sum()


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
