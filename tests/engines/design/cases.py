"""Random and hand-made design problems, and every figure of a design recomputed from its definition."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.problem import COUNT, NO_LIMIT, DesignProblem, Measure, state_problem
from fairpatch.engines.design.result import DesignResult

RADIUS_KM = 6371.0088


def draw_problem(seed: int, *, most: int = 60, **fixed: Any) -> DesignProblem:
    """A small problem with a random choice of every option; `fixed` overrides arguments of state_problem."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, most))
    k = int(rng.integers(2, min(n // 2, 6) + 1))
    measures = [Measure("potential", float(rng.choice([0.05, 0.2, 0.5])))]
    columns = [rng.lognormal(0, 0.5, n)]
    if rng.random() < 0.4:
        measures.append(Measure(COUNT, 0.4))
        columns.append(np.ones(n))
    if rng.random() < 0.3:
        measures.append(Measure("large", 0.3, "spread"))
        columns.append((columns[0] > np.quantile(columns[0], 0.7)).astype(float))
    options: dict[str, Any] = {}
    if rng.random() < 0.6:
        options["owner"] = rng.integers(-1, k, n).astype(np.int32)
        options["disruption"] = float(rng.choice([0.0, 2.0]))
        options["relationship"] = rng.random(n) if rng.random() < 0.5 else None
        options["budget_share"] = float(rng.choice([0.1, 0.4])) if rng.random() < 0.5 else None
    if rng.random() < 0.3:
        options["lock"] = np.where(rng.random(n) < 0.1, rng.integers(0, k, n), -1).astype(np.int32)
    if rng.random() < 0.3:
        masks = rng.random((3, k)) < 0.6
        masks[0] = True
        masks[:, 0] = True
        options["access"], options["masks"] = rng.integers(0, 3, n).astype(np.int32), masks
    if rng.random() < 0.3:
        most_accounts = np.where(rng.random(k) < 0.7, -(-n // k) + 1, NO_LIMIT)
        options["max_accounts"] = most_accounts.astype(np.int64)
    if rng.random() < 0.2:
        options["home"] = np.column_stack((rng.uniform(30, 45, k), rng.uniform(-120, -70, k)))
        options["has_fixed_centres"] = bool(rng.random() < 0.7)
    arguments: dict[str, Any] = {
        "latitude": rng.uniform(30, 45, n),
        "longitude": rng.uniform(-120, -70, n),
        "measures": measures,
        "values": np.column_stack(columns),
        "capacity": rng.choice([0.5, 1.0, 1.0], k),
        **options,
        **fixed,
    }
    return state_problem(**arguments)


def draw_grid(side: int, k: int, seed: int, **fixed: Any) -> DesignProblem:
    """side × side units, each touching the four around it."""
    rng = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(side * side), side)
    down = [(unit, unit + side) for unit in range(side * (side - 1))]
    across = [(unit, unit + 1) for unit in range(side * side) if (unit + 1) % side]
    arguments: dict[str, Any] = {
        "latitude": 35 + row * 0.1,
        "longitude": -100 + column * 0.12,
        "measures": [Measure("potential", 0.03)],
        "values": rng.lognormal(0, 0.5, (side * side, 1)),
        "capacity": np.ones(k),
        "neighbours": np.array(down + across, np.int64),
        **fixed,
    }
    return state_problem(**arguments)


def draw_nearest_books(
    seed: int, n: int = 1500, k: int = 12, measures: Sequence[Measure] = (Measure("potential", 0.02),)
) -> DesignProblem:
    """Each account is owned by the territory nearest to it, however full that is."""
    rng = np.random.default_rng(seed)
    latitude, longitude = rng.uniform(30, 45, n), rng.uniform(-120, -75, n)
    homes = rng.choice(n, k, replace=False)
    apart = (latitude[:, None] - latitude[homes]) ** 2 + (0.8 * (longitude[:, None] - longitude[homes])) ** 2
    return state_problem(
        latitude=latitude,
        longitude=longitude,
        measures=measures,
        values=rng.lognormal(0, 1, (n, len(measures))),
        capacity=np.ones(k),
        owner=apart.argmin(axis=1).astype(np.int32),
    )


def reckon_distances(problem: DesignProblem, centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Haversine, n × k, straight from the definition."""
    distances = np.empty((len(problem.accounts), len(centres)))
    for t, (latitude, longitude) in enumerate(np.radians(centres)):
        for i in range(len(distances)):
            phi, lam = math.radians(problem.latitude[i]), math.radians(problem.longitude[i])
            half = (
                math.sin((latitude - phi) / 2) ** 2
                + math.cos(phi) * math.cos(latitude) * math.sin((longitude - lam) / 2) ** 2
            )
            distances[i, t] = 2 * RADIUS_KM * math.asin(math.sqrt(half))
    return distances


def reckon_bands(problem: DesignProblem) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    share = problem.capacity / problem.capacity.sum()
    low, high = np.empty((len(share), len(problem.measures))), np.empty((len(share), len(problem.measures)))
    for m, measure in enumerate(problem.measures):
        target = problem.values[:, m].sum() * share
        low[:, m], high[:, m] = (1 - measure.tolerance) * target, (1 + measure.tolerance) * target
        if measure.kind == "spread":
            low[:, m], high[:, m] = np.floor(low[:, m] + 1e-9), np.ceil(high[:, m] - 1e-9)
    return low, high


def price_pairs(problem: DesignProblem, distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the objective charges for each pair, infinite where it is not allowed."""
    k = len(problem.capacity)
    moves = problem.owned[:, None] & (np.arange(k)[None, :] != problem.owner[:, None])
    pairs = problem.weight[:, None] * distances**2
    pairs = pairs + problem.disruption * 10_000 * problem.move_value[:, None] * moves
    return np.where(problem.masks[problem.access], pairs, np.inf)


def reckon_bound(result: DesignResult) -> float:
    """The contract's formula for lower_bound, term by term, from the reported prices and centres."""
    problem, prices = result.problem, result.prices
    assert prices is not None
    assert result.centres is not None
    k = len(problem.capacity)
    pairs = price_pairs(problem, reckon_distances(problem, result.centres))
    moves = problem.owned[:, None] & (np.arange(k)[None, :] != problem.owner[:, None])
    pairs = pairs + prices.move * problem.move_value[:, None] * moves + prices.accounts[None, :]
    for m in range(len(problem.measures)):
        pairs = pairs + problem.values[:, m][:, None] * prices.load[:, m][None, :]
    low, high = reckon_bands(problem)
    bound = pairs.min(axis=1).sum() - (np.where(prices.load > 0, high, low) * prices.load).sum()
    limited = problem.max_accounts != NO_LIMIT
    bound -= (prices.accounts[limited] * problem.max_accounts[limited]).sum()
    return float(bound - prices.move * (problem.budget or 0.0))
