"""Which problems are territories designed for here: accounts around cities, measures, today's owners?

Accounts are drawn around Zipf-sized cities over an area like the United States, with log-normal potential.
A seed and a cell always give the same problem.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.problem import COUNT, DesignProblem, Measure, state_problem

FIRST_SEED = 1000  # held out: nothing was tuned on these


@dataclass(frozen=True)
class Cell:
    """A size, what must balance, and how many seeds show it."""

    name: str
    n: int
    k: int
    measures: tuple[Measure, ...]
    seeds: int = 10


POTENTIAL, WORK = Measure("potential", 0.02), Measure("work", 0.02)
ONE, UNIT = (Measure("potential", 0.01),), (Measure(COUNT, 0.01),)
CELLS = (
    Cell("1k/10 two", 1_000, 10, (POTENTIAL, WORK)),
    Cell("2k/20 two", 2_000, 20, (POTENTIAL, WORK)),
    # Which ten are drawn moves these two medians by a hundredth: as much as is to be shown.
    Cell("2k/20 unit", 2_000, 20, UNIT, seeds=40),
    Cell("5k/25 unit", 5_000, 25, UNIT, seeds=40),
    Cell("10k/50 unit", 10_000, 50, UNIT),
    Cell("10k/50 one", 10_000, 50, ONE),
    Cell("10k/50 two", 10_000, 50, (POTENTIAL, WORK)),
    Cell("10k/50 three", 10_000, 50, (POTENTIAL, WORK, Measure("high", 0.1, "spread"))),
    Cell("100k/200 one", 100_000, 200, ONE),
    Cell("1M/200 one", 1_000_000, 200, ONE),
    Cell("400/8 one", 400, 8, (Measure("potential", 0.05),)),
)


def find_cell(name: str) -> Cell:
    return next(cell for cell in CELLS if cell.name == name)


def draw_accounts(cell: Cell, seed: int) -> DesignProblem:
    """Cities by Zipf's law, one account in eight in the country."""
    rng = np.random.default_rng(seed)
    cities = 300
    longitude = np.where(
        rng.random(cities) < 0.65, rng.uniform(-97, -70, cities), rng.uniform(-124, -67, cities)
    )
    latitude = rng.uniform(26, 49, cities)
    share = 1 / np.arange(1, cities + 1) ** 0.9
    city = rng.choice(cities, cell.n, p=share / share.sum())
    width = 0.12 + 0.35 * rng.random(cell.n)
    at = np.column_stack(
        (
            latitude[city] + rng.normal(0, 1, cell.n) * width,
            longitude[city] + rng.normal(0, 1.25, cell.n) * width,
        )
    )
    rural = rng.random(cell.n) < 0.12
    at[rural] = np.column_stack((rng.uniform(26, 49, rural.sum()), rng.uniform(-122, -70, rural.sum())))
    potential = rng.lognormal(0, 1.1, cell.n)
    columns = {
        "potential": potential,
        "work": rng.gamma(2, 1, cell.n) * (0.5 + 0.5 * potential**0.3),
        "high": (potential >= np.quantile(potential, 0.9)).astype(np.float64),
        COUNT: np.ones(cell.n),
    }
    return state_problem(
        latitude=at[:, 0],
        longitude=at[:, 1],
        measures=cell.measures,
        values=np.column_stack([columns[measure.name] for measure in cell.measures]),
        capacity=np.ones(cell.k),
    )


def loosen_bands(problem: DesignProblem, tolerance: float) -> DesignProblem:
    """The same problem with another tolerance for every balance measure."""
    measures = [
        replace(measure, tolerance=tolerance) if measure.kind == "balance" else measure
        for measure in problem.measures
    ]
    return replace(problem, measures=tuple(measures))


def draw_capacities(k: int, seed: int) -> NDArray[np.float64]:
    """What territories carried when today's books were made: up to a quarter off a fair share."""
    return np.random.default_rng(seed + 7).uniform(0.75, 1.25, k)


def draw_homes(problem: DesignProblem, seed: int) -> NDArray[np.int32]:
    """Books far from any balance: each account with the nearest of k reps who live where accounts are."""
    rng = np.random.default_rng(seed + 11)
    n, k = len(problem.accounts), len(problem.codes)
    flat = np.column_stack(
        (problem.latitude, problem.longitude * np.cos(np.radians(problem.latitude.mean())))
    )
    homes = flat[rng.choice(n, k, replace=False)]
    return ((flat[:, None, :] - homes[None]) ** 2).sum(axis=2).argmin(axis=1).astype(np.int32)


def give_owners(
    problem: DesignProblem, owner: NDArray[np.int32], *, disruption: float = 0.0, budget: float | None = None
) -> DesignProblem:
    """The same accounts with owners, and a price or a limit on moves."""
    return state_problem(
        latitude=problem.latitude,
        longitude=problem.longitude,
        measures=problem.measures,
        values=problem.values,
        capacity=np.ones(len(problem.codes)),
        owner=owner,
        disruption=disruption,
        budget_share=budget,
    )
