"""Is an assignment that keeps every hard limit always found in contiguous mode when there is one?"""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fairpatch.engines.design.problem import NO_LIMIT, DesignProblem, Measure, state_problem
from fairpatch.engines.design.run import design
from fairpatch.engines.geo.adjacency import count_fragments, link_neighbours

pytestmark = pytest.mark.slow


def keeps_everything(problem: DesignProblem, territory: NDArray[np.int32]) -> bool:
    """Straight from the definitions: who may go where, max accounts, budget, whole pieces."""
    k = len(problem.capacity)
    counts = np.bincount(territory, minlength=k)
    moved = problem.owned & (territory != problem.owner)
    assert problem.neighbours is not None
    graph = link_neighbours(problem.neighbours, len(territory))
    return bool(
        problem.masks[problem.access, territory].all()
        and ((problem.max_accounts == NO_LIMIT) | (counts <= problem.max_accounts)).all()
        and (problem.budget is None or problem.move_value[moved].sum() <= problem.budget * (1 + 1e-9))
        and not count_fragments(graph, territory, k).any()
    )


def draw_units(rng: np.random.Generator, edges: list[tuple[int, int]], n: int, k: int, **options: Any) -> Any:
    return state_problem(
        latitude=35 + rng.random(n),
        longitude=-100 + rng.random(n),
        measures=[Measure("potential", 0.3)],
        capacity=np.ones(k),
        neighbours=np.array(edges, np.int64),
        **{"values": rng.lognormal(0, 0.6, (n, 1)), **options},
    )


def draw_small(seed: int) -> DesignProblem:
    """Few units, random edges and limits: every assignment can be tried."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(5, 8)), int(rng.integers(2, 4))
    edges = [pair for pair in itertools.combinations(range(n), 2) if rng.random() < 0.32] or [(0, 1)]
    options: dict[str, Any] = {}
    if rng.random() < 0.6:
        options["lock"] = np.where(rng.random(n) < 0.3, rng.integers(0, k, n), -1).astype(np.int32)
    if rng.random() < 0.5:
        options["max_accounts"] = np.full(k, -(-n // k) + int(rng.integers(0, 2)), np.int64)
    if rng.random() < 0.7:
        options["owner"] = rng.integers(-1, k, n).astype(np.int32)
        options["budget_share"] = float(rng.choice([0.1, 0.3, 0.5]))
    return draw_units(rng, edges, n, k, **options)  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", range(40))
def test_every_limit_is_kept_when_some_assignment_keeps_it(seed: int) -> None:
    problem = draw_small(seed)
    open_to = [np.flatnonzero(problem.masks[row]).tolist() for row in problem.access]
    exists = any(
        keeps_everything(problem, np.array(choice, np.int32)) for choice in itertools.product(*open_to)
    )
    result = design(problem, 0)
    assert (result.territory is not None) == exists
    if result.territory is not None:
        assert keeps_everything(problem, result.territory)


@pytest.mark.parametrize("seed", range(6))
def test_planted_partition_is_found_again(seed: int) -> None:
    """A grid grown into whole pieces, then locks, head-counts and a budget that leave little beside it."""
    rng = np.random.default_rng(seed)
    side, k = 9, 5
    n = side * side
    edges = [(u, u + 1) for u in range(n) if (u + 1) % side] + [(u, u + side) for u in range(n - side)]
    graph = link_neighbours(np.array(edges), n)
    plan = np.full(n, -1, np.int32)
    plan[rng.choice(n, k, replace=False)] = np.arange(k)
    while (plan < 0).any():
        unit = int(rng.choice(np.flatnonzero(plan >= 0)))
        for other in graph.targets[graph.starts[unit] : graph.starts[unit + 1]].tolist():
            if plan[other] < 0 and rng.random() < 0.5:
                plan[other] = plan[unit]
    owner = np.where(rng.random(n) < 0.2, rng.integers(0, k, n), plan).astype(np.int32)
    options = {
        "lock": np.where(rng.random(n) < 0.3, plan, -1).astype(np.int32),
        "max_accounts": np.bincount(plan, minlength=k).astype(np.int64),
    }
    share = float((owner != plan).mean())  # every unit weighs the same
    problem = draw_units(rng, edges, n, k, owner=owner, values=np.ones((n, 1)), budget_share=share, **options)
    assert keeps_everything(problem, plan)
    result = design(problem, 0)
    assert result.territory is not None
    assert keeps_everything(problem, result.territory)
