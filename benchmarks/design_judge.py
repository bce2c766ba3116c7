"""What is an assignment worth, whoever made it? Recomputed here, by none of the engine's code."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fairpatch.engines.design.problem import NOBODY, DesignProblem

EARTH_KM = 6371.0088
MOVE_KM2 = 10_000.0
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Figures:
    """Distances are to each territory's own weighted middle; ratios are fractions."""

    deviation: float  # of the balance measures
    is_within: bool  # every band, spreads included
    cost: float  # weighted squared great-circle km
    inertia: float  # weighted squared chords: what k-means minimises
    rms_km: float
    moved_share: float  # of the weight that has an owner
    move_value: float
    fragments: int


def place_on_sphere(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def find_own_middles(problem: DesignProblem, territory: np.ndarray) -> np.ndarray:
    """Latitude and longitude of each territory's weighted middle, k × 2; NaN where it has no account."""
    points, k = place_on_sphere(problem.latitude, problem.longitude), len(problem.codes)
    sums = np.column_stack([np.bincount(territory, problem.weight * axis, k) for axis in points.T])
    degrees = np.column_stack(
        (
            np.degrees(np.arctan2(sums[:, 2], np.hypot(sums[:, 0], sums[:, 1]))),
            np.degrees(np.arctan2(sums[:, 1], sums[:, 0])),
        )
    )
    degrees[np.bincount(territory, minlength=k) == 0] = np.nan
    return degrees


def square_km(problem: DesignProblem, rows: slice, centres: np.ndarray) -> np.ndarray:
    """Squared great-circle km of some accounts to every centre."""
    latitude, to_latitude = np.radians(problem.latitude[rows])[:, None], np.radians(centres[:, 0])
    east = np.radians(centres[:, 1] - problem.longitude[rows][:, None])
    half = np.sin((to_latitude - latitude) / 2) ** 2
    half += np.cos(latitude) * np.cos(to_latitude) * np.sin(east / 2) ** 2
    return np.asarray((2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))) ** 2)


def cost_at(problem: DesignProblem, territory: np.ndarray, centres: np.ndarray) -> float:
    """Weighted squared km of an assignment to given centres."""
    total = 0.0
    for first in range(0, len(territory), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        mine = np.arange(len(territory[rows]))
        total += float(problem.weight[rows] @ square_km(problem, rows, centres)[mine, territory[rows]])
    return total


def judge_assignment(problem: DesignProblem, territory: np.ndarray) -> Figures:
    k = len(problem.codes)
    loads = np.column_stack([np.bincount(territory, column, k) for column in problem.values.T])
    is_balance = np.array([measure.kind == "balance" for measure in problem.measures])
    deviation = np.abs(loads / problem.targets - 1)
    low, high = problem.find_bands()
    slack = 1e-9 * problem.targets
    cost = cost_at(problem, territory, find_own_middles(problem, territory))
    owned = problem.owner != NOBODY
    moved = owned & (territory != problem.owner)
    return Figures(
        deviation=float(deviation[:, is_balance].max()),
        is_within=bool(((loads >= low - slack) & (loads <= high + slack)).all()),
        cost=cost,
        inertia=sum_inertia(problem, territory),
        rms_km=float(np.sqrt(cost / problem.weight.sum())),
        moved_share=float(problem.weight[moved].sum() / max(problem.weight[owned].sum(), 1e-300)),
        move_value=float(problem.move_value[moved].sum()),
        fragments=count_extra_pieces(problem, territory),
    )


def deviate_elsewhere(problem: DesignProblem, territory: np.ndarray) -> float:
    """Largest deviation of the first measure where no single account alone overfills the territory."""
    size, target = problem.values[:, 0], problem.targets[:, 0]
    largest = np.zeros(len(target))
    np.maximum.at(largest, territory, size)
    is_fair = largest <= target * (1 + problem.measures[0].tolerance)
    load = np.bincount(territory, size, len(target))
    return float(np.abs(load / target - 1)[is_fair].max(initial=0.0))


def sum_inertia(problem: DesignProblem, territory: np.ndarray) -> float:
    """Weighted squared chords in km² to each group's own mean: nobody's objective exactly, fair to both."""
    points = place_on_sphere(problem.latitude, problem.longitude) * EARTH_KM
    weight = np.maximum(np.bincount(territory, problem.weight), 1e-300)
    middles = np.column_stack([np.bincount(territory, problem.weight * axis) / weight for axis in points.T])
    return float((problem.weight * ((points - middles[territory]) ** 2).sum(axis=1)).sum())


def count_extra_pieces(problem: DesignProblem, territory: np.ndarray) -> int:
    """Over territories and components of the graph, the pieces beyond the first."""
    if problem.neighbours is None:
        return 0
    n = len(territory)
    a, b = problem.neighbours.T
    component = label_parts(a, b, n)
    inside = territory[a] == territory[b]
    piece = label_parts(a[inside], b[inside], n)
    return len(np.unique(piece)) - len(np.unique(component * (territory.max() + 1) + territory))


def label_parts(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    links = coo_array((np.ones(len(a)), (a, b)), shape=(n, n))
    return np.asarray(connected_components(links, directed=False)[1], np.int64)


def prove_from_prices(problem: DesignProblem, found: dict[str, Any]) -> float:
    """The bound that the reported prices prove at the reported centres, by the formula of the contract."""
    prices, move = found["load_prices"], float(found["move_price"])
    low, high = problem.find_bands()
    total = 0.0
    columns = np.arange(len(problem.codes))
    for first in range(0, len(problem.accounts), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        value = problem.weight[rows][:, None] * square_km(problem, rows, found["centres"])
        value += problem.values[rows] @ prices.T
        owner = problem.owner[rows][:, None]
        moves = (owner != NOBODY) & (owner != columns)
        value += (problem.disruption * MOVE_KM2 + move) * problem.move_value[rows][:, None] * moves
        total += float(np.nanmin(value, axis=1).sum())
    total -= float((np.where(prices > 0, high, low) * prices).sum())
    budget = problem.budget
    return total - (0.0 if budget is None else move * budget)


def weigh_surplus(problem: DesignProblem) -> float:
    """At least this share of some measure must change hands before every territory is inside its band."""
    low, high = problem.find_bands()
    shares = []
    for column, values in enumerate(problem.values.T):
        owned = problem.owner != NOBODY
        book = np.bincount(problem.owner[owned], values[owned], len(problem.codes))
        over = np.maximum(book - high[:, column], 0).sum()
        under = np.maximum(low[:, column] - book, 0).sum()
        shares.append(max(over, under) / values.sum())
    return float(max(shares))
