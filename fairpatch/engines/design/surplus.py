"""At least how much must change hands before every territory can be inside its band?"""

from __future__ import annotations

import numpy as np

from fairpatch.core.designs.words import name_measure, say_percent
from fairpatch.engines.design.problem import COUNT, SLACK, DesignProblem, Floats
from fairpatch.engines.design.result import Binding


def find_least_moves(problem: DesignProblem, tolerance: float | None = None) -> tuple[float, str | None]:
    """Proven least move value Σ v(moved) that meets every band, and the measure that proves it.

    Today's surplus over a band must leave, today's shortfall beyond what orphans bring must arrive; the
    cheapest accounts may be cut at will. Centres and eligibility are ignored, so the truth is never less.
    `tolerance` replaces that of every balance measure.
    """
    low, high = problem.find_bands()
    best: tuple[float, str | None] = (0.0, None)
    for column, measure in enumerate(problem.measures):
        if tolerance is not None and measure.kind == "balance":
            low[:, column] = problem.targets[:, column] * (1 - tolerance)
            high[:, column] = problem.targets[:, column] * (1 + tolerance)
        least = _weigh_shift(problem, problem.values[:, column], low[:, column], high[:, column])
        if least > best[0]:
            best = (least, measure.name)
    return best


def _weigh_shift(problem: DesignProblem, values: Floats, low: Floats, high: Floats) -> float:
    owned = problem.owned
    k = len(low)
    books = np.bincount(problem.owner[owned], values[owned], k)
    slack = SLACK * np.maximum(high, 0.0)
    surplus = np.where(books > high + slack, books - high, 0.0)
    leaving = 0.0
    for t in np.flatnonzero(surplus > 0):
        mine = problem.owner == t
        leaving += _shed(values[mine], problem.move_value[mine], float(surplus[t]))
    shortfall = float(np.where(books < low - slack, low - books, 0.0).sum()) - float(values[~owned].sum())
    arriving = _shed(values[owned], problem.move_value[owned], shortfall) if shortfall > 0 else 0.0
    return max(leaving, arriving)


def _shed(values: Floats, prices: Floats, amount: float) -> float:
    """Least price of parting with `amount`, the last account in part: the cheapest per unit go first."""
    rows = np.flatnonzero(values > 0)
    order = rows[np.argsort(prices[rows] / values[rows], kind="stable")]
    run = np.cumsum(values[order])
    whole = int(np.searchsorted(run, amount))
    paid = float(prices[order[:whole]].sum())
    if whole < len(order):
        before = float(run[whole - 1]) if whole else 0.0
        paid += float(prices[order[whole]]) * (amount - before) / float(values[order[whole]])
    return paid


def check_move_budget(problem: DesignProblem) -> list[Binding]:
    """A binding when the budget cannot pay for what the bands need."""
    budget = problem.budget
    if budget is None:
        return []
    least, measure = find_least_moves(problem)
    if least <= budget * (1 + SLACK) + 1e-12:
        return []
    whole = float(problem.move_value.sum())
    sentence = (
        f"Bringing {name_measure(measure or COUNT)} into every band moves at least "
        f"{say_percent(least / whole)} of what is owned; the budget allows {say_percent(budget / whole)}."
    )
    return [Binding("move_budget", sentence, measure=measure, needs=least, allows=budget)]
