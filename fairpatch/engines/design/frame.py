"""How does a problem look to the kernels: plain arrays, scaled so that every territory's fair share is 1?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fairpatch.engines.design.problem import MOVE_KM2, NO_LIMIT, SLACK, Codes, DesignProblem, Flags, Floats
from fairpatch.engines.geo.distance import EARTH_RADIUS_KM, to_unit_vectors

WITHOUT_BUDGET = 1e300
NONE = 1e300  # the cost of what is not allowed
CUT = 16.0  # temperatures beyond which a choice has no share
LEAST_TEMPER = 0.05  # of the mean weight: keeps tiny accounts from freezing their soft share


class Frame(NamedTuple):
    """Scaled arrays. A column of `load` is a measure, or the head-count where max accounts apply.

    Cost of i in t = weight · (angle / scale)² + move_cost, which is km² / `unit_cost_km2`.
    """

    unit: Floats  # n × 3
    weight: Floats
    temper: Floats  # how soft each account's choice is, relative to the temperature
    load: Floats  # n × columns
    access: Codes
    masks: Flags
    owner: Codes
    move_cost: Floats
    move_load: Floats
    low: Floats  # k × columns
    high: Floats
    is_hard: Flags  # columns that may never be exceeded
    budget: float
    scale: float  # radians


class Units(NamedTuple):
    """Back from the frame to the contract's units."""

    cost_km2: float
    load: Floats  # what 1.0 of each column is
    moves: float


def frame_problem(problem: DesignProblem) -> tuple[Frame, Units]:
    """Scale `problem`; each measure's total becomes k, and so does the total weight."""
    k = len(problem.capacity)
    unit = to_unit_vectors(problem.latitude, problem.longitude)
    weight = problem.weight * (k / problem.weight.sum())
    middle = weight @ unit / k
    spread = max(float((weight * ((unit - middle) ** 2).sum(axis=1)).sum()) / k, 1e-14)
    scale = float(np.sqrt(spread / k))
    cost_km2 = (scale * EARTH_RADIUS_KM) ** 2 * problem.weight.sum() / k
    columns, low, high, sizes, hard = _stack_columns(problem)
    owned_value = float(problem.move_value.sum())
    moves = owned_value / k if owned_value > 0 else 1.0
    budget = problem.budget
    frame = Frame(
        unit=unit,
        weight=weight,
        temper=temper_weights(weight),
        load=columns,
        access=problem.access,
        masks=problem.masks,
        owner=problem.owner,
        move_cost=problem.disruption * MOVE_KM2 * problem.move_value / cost_km2,
        move_load=problem.move_value / moves,
        low=low,
        high=high,
        is_hard=hard,
        budget=WITHOUT_BUDGET if budget is None else budget * (1 + SLACK / 10) / moves,
        scale=scale,
    )
    return frame, Units(cost_km2, sizes, moves)


def temper_weights(weight: Floats) -> Floats:
    """How soft accounts of these weights choose."""
    return np.asarray(np.maximum(weight, weight.mean() * LEAST_TEMPER))


def narrow_bands(frame: Frame, units: Units, problem: DesignProblem) -> Frame:
    """The bands drawn in to whole numbers where every value of a measure is one; others stay as they are.

    Whole accounts reach no more and no less, but the fractional optimum then comes out nearly whole. A band
    without a whole number in it is left alone: nothing meets it. The frame itself when nothing is drawn in.
    """
    low, high = frame.low.copy(), frame.high.copy()
    for column in range(problem.values.shape[1]):
        values, size = problem.values[:, column], units.load[column]
        if (values != np.rint(values)).any():
            continue
        least = np.ceil(low[:, column] * size * (1 - SLACK)) / size
        most = np.floor(high[:, column] * size * (1 + SLACK)) / size
        has_room = least <= most
        low[has_room, column], high[has_room, column] = least[has_room], most[has_room]
    if np.array_equal(low, frame.low) and np.array_equal(high, frame.high):
        return frame
    return frame._replace(low=low, high=high)


def _stack_columns(problem: DesignProblem) -> tuple[Floats, Floats, Floats, Floats, Flags]:
    n, k = len(problem.accounts), len(problem.capacity)
    sizes = np.where(problem.totals > 0, problem.totals / k, 1.0)
    low, high = problem.find_bands()
    columns, lows, highs = problem.values / sizes, low / sizes, high / sizes
    limits = problem.max_accounts
    is_limited = bool((limits != NO_LIMIT).any())
    if is_limited:
        most = np.where(limits == NO_LIMIT, n, np.minimum(limits, n)).astype(np.float64)
        columns = np.column_stack((columns, np.full(n, k / n)))
        lows = np.column_stack((lows, np.zeros(k)))
        highs = np.column_stack((highs, (most + 1e-6) * k / n))
        sizes = np.append(sizes, n / k)
    hard = np.zeros(columns.shape[1], np.bool_)
    hard[len(problem.measures) :] = is_limited
    return (
        np.ascontiguousarray(columns),
        np.ascontiguousarray(lows),
        np.ascontiguousarray(highs),
        sizes,
        hard,
    )
