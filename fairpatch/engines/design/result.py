"""What does a design achieve, in the contract's own units, and what do its prices prove?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.frame import WITHOUT_BUDGET, Frame, Units
from fairpatch.engines.design.prices import Prices, bound_cost, list_choices
from fairpatch.engines.design.problem import MOVE_KM2, NO_LIMIT, SLACK, Codes, DesignProblem, Flags, Floats
from fairpatch.engines.geo.adjacency import count_fragments, link_neighbours
from fairpatch.engines.geo.distance import (
    EARTH_RADIUS_KM,
    measure_great_circle_km,
    sum_by_group,
    to_degrees,
    to_unit_vectors,
)

MOST_NAMED = 20
NOTHING_KM2 = 1e-9


@dataclass(frozen=True)
class Binding:
    """Why a request cannot be: the constraint, where it binds, and a sentence for people."""

    constraint: str
    sentence: str
    measure: str | None = None
    territory: str | None = None
    accounts: tuple[str, ...] | None = None
    needs: float | None = None
    allows: float | None = None
    is_hard: bool = False  # no assignment at all can be written

    def to_record(self) -> dict[str, Any]:
        return {
            "constraint": self.constraint,
            "measure": self.measure,
            "territory": self.territory,
            "accounts": None if self.accounts is None else list(self.accounts[:MOST_NAMED]),
            "needs": self.needs,
            "allows": self.allows,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class PriceList:
    """Prices in km² per unit of each measure, per account and per unit of move value."""

    load: Floats  # k × measures
    accounts: Floats  # k
    move: float


@dataclass(frozen=True, eq=False)
class DesignResult:
    """A design and every figure of it; without `territory` only what needs no assignment is filled in."""

    problem: DesignProblem
    seed: int
    status: str
    binding: tuple[Binding, ...]
    floors: Floats
    stopped: str | None = None
    territory: Codes | None = None
    centres: Floats | None = None  # k × 2 degrees, NaN for an empty territory without a home
    loads: Floats | None = None
    deviations: Floats | None = None
    is_met: Flags | None = None
    account_cost: Floats | None = None
    cost: float | None = None
    rms_km: float | None = None
    objective: float | None = None
    lower_bound: float | None = None
    gap: float | None = None
    moved_share: float | None = None
    relationship_moved: float | None = None
    fragments: NDArray[np.int64] | None = None
    prices: PriceList | None = None
    warm: Any = field(default=None, repr=False)  # where a neighbouring scenario may start


def locate_centres(problem: DesignProblem, territory: Codes) -> Floats:
    """Reported centres in degrees: fixed homes, or the weighted middles of the final assignment."""
    if problem.has_fixed_centres:
        return problem.home
    unit = to_unit_vectors(problem.latitude, problem.longitude)
    sums = sum_by_group(unit, problem.weight, territory, len(problem.capacity))
    middles = np.column_stack(to_degrees(sums))
    is_empty = np.bincount(territory, minlength=len(problem.capacity)) == 0
    return np.where(is_empty[:, None], problem.home, middles)


def convert_prices(problem: DesignProblem, units: Units, prices: Prices) -> PriceList:
    """From the frame's units to the contract's."""
    measures = len(problem.measures)
    load = prices.load * units.cost_km2 / units.load
    accounts = np.zeros(len(problem.capacity))
    if load.shape[1] > measures:
        accounts = np.where(problem.max_accounts == NO_LIMIT, 0.0, np.maximum(load[:, measures], 0.0))
    move = max(0.0, prices.move) * units.cost_km2 / units.moves if problem.budget is not None else 0.0
    return PriceList(load[:, :measures].copy(), accounts, move)


def prove_bound(problem: DesignProblem, centres: Floats, prices: PriceList) -> float:
    """The contract's formula: what `prices` prove for `centres`, over every fractional assignment.

    A territory without a centre cannot be priced and takes part in no minimum.
    """
    low, high = problem.find_bands()
    values, load_prices = problem.values, prices.load
    if prices.accounts.any():  # head-counts cost something: one more column
        limits = np.where(problem.max_accounts == NO_LIMIT, 0, problem.max_accounts).astype(np.float64)
        low, high = np.column_stack((low, np.zeros(len(limits)))), np.column_stack((high, limits))
        values = np.column_stack((values, np.ones(len(values))))
        load_prices = np.column_stack((load_prices, prices.accounts))
    has_centre = ~np.isnan(centres[:, 0])
    known = np.nan_to_num(centres)
    budget = problem.budget
    frame = Frame(
        unit=to_unit_vectors(problem.latitude, problem.longitude),
        weight=problem.weight,
        temper=problem.weight,
        load=np.ascontiguousarray(values),
        access=problem.access,
        masks=np.ascontiguousarray(problem.masks & has_centre),
        owner=problem.owner,
        move_cost=problem.disruption * MOVE_KM2 * problem.move_value,
        move_load=problem.move_value,
        low=low,
        high=high,
        is_hard=np.zeros(low.shape[1], np.bool_),
        budget=WITHOUT_BUDGET if budget is None else budget,
        scale=1 / EARTH_RADIUS_KM,
    )
    table = Prices(np.ascontiguousarray(load_prices), prices.move)
    choices = list_choices(frame, to_unit_vectors(known[:, 0], known[:, 1]), table, 1)
    return bound_cost(frame, choices, table)


def state_result(
    problem: DesignProblem,
    territory: Codes,
    *,
    seed: int,
    floors: Floats,
    binding: tuple[Binding, ...],
    prices: PriceList,
    stopped: str | None,
) -> DesignResult:
    """Measure `territory` (in the problem's order) afresh, independent of how it was found."""
    k = len(problem.capacity)
    centres = locate_centres(problem, territory)
    at = centres[territory]
    km = measure_great_circle_km(problem.latitude, problem.longitude, at[:, 0], at[:, 1])
    account_cost = problem.weight * km**2
    cost = float(account_cost.sum())
    moved = problem.owned & (territory != problem.owner)
    objective = cost + problem.disruption * MOVE_KM2 * float(problem.move_value[moved].sum())
    loads: Floats = np.column_stack(
        [np.bincount(territory, column, k).astype(np.float64) for column in problem.values.T]
    )
    deviations = np.where(
        problem.targets > 0, loads / np.where(problem.targets > 0, problem.targets, 1) - 1, 0
    )
    low, high = problem.find_bands()
    slack = SLACK * np.maximum(problem.targets, 0)
    is_met = np.all((loads >= low - slack) & (loads <= high + slack), axis=0)
    bound = None if binding else prove_bound(problem, centres, prices)
    fragments = None
    if problem.neighbours is not None:
        graph = link_neighbours(problem.neighbours, len(territory))
        fragments = count_fragments(graph, territory, k)
    keeps_hard = _keeps_hard_limits(problem, territory, moved) and (fragments is None or not fragments.any())
    return DesignResult(
        problem=problem,
        seed=seed,
        status="infeasible" if binding else "ok" if is_met.all() and keeps_hard else "unmet",
        binding=binding,
        floors=floors,
        stopped=stopped,
        territory=territory if keeps_hard else None,
        centres=centres,
        loads=loads,
        deviations=deviations,
        is_met=is_met,
        account_cost=account_cost,
        cost=cost,
        rms_km=float(np.sqrt(cost / problem.weight.sum())),
        objective=objective,
        lower_bound=bound,
        gap=_compare(objective, bound),
        moved_share=_share(problem.weight, moved, problem.owned),
        relationship_moved=(
            None if problem.relationship is None else _share(problem.relationship, moved, problem.owned)
        ),
        fragments=fragments,
        prices=None if binding else prices,
    )


def _keeps_hard_limits(problem: DesignProblem, territory: Codes, moved: Flags) -> bool:
    counts = np.bincount(territory, minlength=len(problem.capacity))
    limits = problem.max_accounts
    budget = problem.budget
    return bool(
        ((limits == NO_LIMIT) | (counts <= limits)).all()
        and problem.masks[problem.access, territory].all()
        and (budget is None or problem.move_value[moved].sum() <= budget * (1 + SLACK))
    )


def _share(value: Floats, part: Flags, whole: Flags) -> float | None:
    total = float(value[whole].sum())
    return float(value[part].sum()) / total if total > 0 else None


def _compare(objective: float, bound: float | None) -> float | None:
    if bound is None:
        return None
    if max(abs(objective), abs(bound)) < NOTHING_KM2:
        return 0.0
    return objective / bound - 1 if bound > 0 else None
