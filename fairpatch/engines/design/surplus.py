"""At least how much must change hands before every territory can be inside its band?

For one measure alone the cheapest accounts of each full book leave. For all measures together, and with
accounts that may not leave or may not stay, a linear program says who leaves; its prices prove the figure.
"""

from __future__ import annotations

import numpy as np

from fairpatch.core.designs.words import name_measure, say_percent
from fairpatch.engines.design.problem import SLACK, DesignProblem, Floats
from fairpatch.engines.design.result import Binding

MOST_LEAVERS = 200_000  # accounts × measures of the linear program, a few seconds
MORE = 1e-6  # so much more than one measure proves is worth naming all of them


def find_least_moves(problem: DesignProblem, tolerance: float | None = None) -> tuple[float, str | None]:
    """Proven least move value Σ v(moved) that meets every band, and the measure that proves it.

    Today's surplus over a band must leave, today's shortfall beyond what orphans bring must arrive; accounts
    may be cut at will. Centres are ignored, so the truth is never less. The measure is None where no single
    one proves as much as all that is asked together. `tolerance` replaces that of every balance measure.
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
    if 0 < np.count_nonzero(problem.owned) * len(problem.measures) <= MOST_LEAVERS:
        together = _weigh_together(problem, low, high)
        if together > best[0] * (1 + MORE):
            best = (together, None)
    return best


def _weigh_together(problem: DesignProblem, low: Floats, high: Floats) -> float:
    """Least move value that brings all measures into these bands at once."""
    from fairpatch.engines.design.leaving import price_leaving, state_leaving  # slow to load

    leaving = state_leaving(problem, low, high)
    prices = price_leaving(leaving)
    return 0.0 if prices is None else leaving.prove_least(prices)


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
    aim = "every measure" if measure is None else name_measure(measure)
    sentence = (
        f"Bringing {aim} into every band moves at least {say_percent(least / whole)} of what is owned; "
        f"the budget allows {say_percent(budget / whole)}."
    )
    return [Binding("move_budget", sentence, measure=measure, needs=least, allows=budget)]
