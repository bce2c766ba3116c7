"""Who has to leave today's owner so that every book can come into all its bands at once, and what proves it?

Accounts may be cut, and those that leave feed one pool that all short territories draw on: an optimist's view
of where they can go, with one column per account, so the least it needs is never more than the truth.
Any prices prove a bound; the solver's are the best, its own value is not trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from fairpatch.engines.design.problem import NOBODY, SLACK, Codes, DesignProblem, Floats
from fairpatch.engines.design.program import open_quietly


@dataclass(frozen=True)
class Leaving:
    """Owned accounts that may have several territories; loads in mean targets, to have prices of one size."""

    owner: Codes  # of each of those accounts
    worth: Floats  # what moving it costs, in shares of all that is owned
    load: Floats  # accounts × measures
    least: Floats  # 1 where it may not stay, else 0
    book: Floats  # territories × measures: those accounts' and what can go nowhere else
    orphaned: Floats  # per measure, what may go to several and has no owner
    low: Floats
    high: Floats
    forced: float  # shares of what is owned that can only go elsewhere
    whole: float  # the move value of all that is owned

    def prove_least(self, price: Floats) -> float:
        """The move value that prices (territories × measures, of load, of either sign) prove to be needed.

        The pool's price is that of the territory that pays least for load, or wants it most.
        """
        pool = price.min(axis=0)
        fee = np.where(price > 0, self.high, self.low)
        gain = self.worth - ((price[self.owner] - pool) * self.load).sum(axis=1)
        leaves = np.where(gain < 0, 1.0, self.least)
        proven = (price * (self.book - fee)).sum() + (pool * self.orphaned).sum() + (gain * leaves).sum()
        return (self.forced + max(0.0, float(proven))) * self.whole


def state_leaving(problem: DesignProblem, low: Floats, high: Floats) -> Leaving:
    """What the bands ask of today's books; some account must be owned."""
    k = len(low)
    unit = np.maximum(problem.targets.mean(axis=0), 1e-300)
    load = problem.values / unit
    whole = max(float(problem.move_value[problem.owned].sum()), 1e-300)
    masks = problem.masks
    only = np.where(masks.sum(axis=1) == 1, masks.argmax(axis=1), NOBODY)[problem.access]
    is_forced = problem.owned & (only != NOBODY) & (only != problem.owner)
    rows = np.flatnonzero(problem.owned & (only == NOBODY))
    owner = problem.owner[rows]
    stands = np.where(only == NOBODY, problem.owner, only)  # nobody's: orphans with a choice
    slack = SLACK * np.maximum(high, 0.0)
    return Leaving(
        owner=owner,
        worth=problem.move_value[rows] / whole,
        load=load[rows],
        least=np.where(masks[problem.access[rows], owner], 0.0, 1.0),
        book=np.column_stack(
            [np.bincount(stands[stands != NOBODY], column[stands != NOBODY], k) for column in load.T]
        ).astype(np.float64),
        orphaned=load[stands == NOBODY].sum(axis=0),
        low=(low - slack) / unit,
        high=(high + slack) / unit,
        forced=float(problem.move_value[is_forced].sum()) / whole,
        whole=whole,
    )


def price_leaving(leaving: Leaving) -> Floats | None:
    """The prices that prove most; None where no cut of the accounts keeps the bands.

    Columns: who leaves, what each book draws from the pool. Rows: the books' bands, the pools.
    """
    n, (k, columns) = len(leaving.owner), leaving.book.shape
    size = max(1, n)  # costs near one, whatever the number
    books, drawn = k * columns, np.arange(k * columns)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n + books, books + columns
    lp.col_cost_ = np.append(leaving.worth * size, np.zeros(books))
    lp.col_lower_ = np.append(leaving.least, np.zeros(books))
    lp.col_upper_ = np.append(np.ones(n), np.full(books, highspy.kHighsInf))
    lp.row_lower_ = np.append((leaving.low - leaving.book).ravel(), leaving.orphaned)
    lp.row_upper_ = np.append((leaving.high - leaving.book).ravel(), leaving.orphaned)
    measure = np.arange(columns)
    rows = np.column_stack(
        (
            leaving.owner[:, None].astype(np.int64) * columns + measure,
            np.broadcast_to(books + measure, (n, columns)),
        )
    )
    pools = np.column_stack((drawn, books + drawn % columns))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    starts = np.append(np.arange(n) * 2 * columns, 2 * n * columns + 2 * np.arange(books + 1))
    lp.a_matrix_.start_ = starts.astype(np.int32)
    lp.a_matrix_.index_ = np.append(rows.ravel(), pools.ravel()).astype(np.int32)
    lp.a_matrix_.value_ = np.append(-np.tile(leaving.load, 2).ravel(), np.ones(2 * books))
    solver = open_quietly()
    solver.passModel(lp)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    dual = np.asarray(solver.getSolution().row_dual)[:books]
    return -dual.reshape(k, columns) / size
